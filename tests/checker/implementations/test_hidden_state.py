"""State that is kept outside of a node's attributes: whatever hides it, the exhaustive check does not say *holds*."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
from assay.checker.implementations.checking import check_cluster
from assay.checker.implementations.handlers.outside import Outside
from assay.checker.implementations.loading import load_cluster
from assay.checker.implementations.results import ImplementationResult
from assay.checker.verdicts import Verdict
from assay.impl.node import Address, Cluster, Network, Node, NodeError, World, message, on


@message
class Ping:
    """Come here."""

    number: int


class Source(Node):
    def on_start(self) -> None:
        for number in range(3):
            self.send("b", Ping(number))
            self.send("c", Ping(number))


class Hiding(Node):
    """Is wrong once something that it keeps elsewhere has grown."""

    seen: int = 0
    is_wrong: bool = False

    @on(Ping)
    def ping(self, sender: Address, message: Ping) -> None:
        self.seen += 1
        self.is_wrong = self.grown() > self.most

    most = 30

    def grown(self) -> int:
        raise NotImplementedError


IN_A_GLOBAL: list[int] = []
BY_OBJECT: list[tuple[Node, list[int]]] = []


class InAGlobal(Hiding):
    def grown(self) -> int:
        IN_A_GLOBAL.append(1)
        return len(IN_A_GLOBAL)


class InTheClass(Hiding):
    total = 0

    def grown(self) -> int:
        type(self).total += 1
        return type(self).total


class InADefault(Hiding):
    def grown(self, kept: list[int] = []) -> int:  # noqa: B006
        kept.append(1)
        return len(kept)


class ByObject(Hiding):
    """Its state is tied to the object: copies of the node know nothing of it, and when it runs, it is one object."""

    most = 2

    def grown(self) -> int:
        kept = next((kept for node, kept in BY_OBJECT if node is self), None)
        if kept is None:
            kept = []
            BY_OBJECT.append((self, kept))
        kept.append(1)
        return len(kept)


class InAClosure(Hiding):
    @staticmethod
    def _counter() -> Any:
        def count() -> Iterator[int]:
            number = 0
            while True:
                number += 1
                yield number

        return count()

    counting = _counter()

    def grown(self) -> int:
        return int(next(type(self).counting))


def is_right(world: World) -> bool:
    return not any(node.is_wrong for node in world.of(Hiding).values())


def checked(node: type[Node]) -> ImplementationResult:
    nodes = {"a": Source(), "b": node(), "c": node()}
    return check_cluster(Cluster(nodes, network=Network("bag"), invariants=(is_right,)))


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    IN_A_GLOBAL.clear()
    BY_OBJECT.clear()
    InTheClass.total = 0
    FIRST.clear()
    InAnAttributeOfTheClass.first = None
    globals().pop("NAMED", None)
    for cache in (ByEquality.counted, ByMethod.counted, most_of):
        cache.cache_clear()


@pytest.mark.parametrize("node", [InAGlobal, InTheClass, InADefault, InAClosure, ByObject])
def test_state_outside_of_attributes_is_found(node: type[Node]) -> None:
    found = checked(node)
    assert "rules" in found.violated
    (rules,) = (claim for claim in found.claims if claim.name == "rules")
    assert any(
        said in rules.note
        for said in ("a later call of the same on the same gave another result", "a node that has lived differs")
    )
    assert not any(claim.verdict is Verdict.HOLDS for claim in found.claims)


class Counting(Hiding):
    """Tells how many different ones it has seen, as it was when somebody asked first."""

    numbers: set[int]

    def grown(self) -> int:
        self.numbers.add(self.seen)
        self.told = self.counted()
        return 0

    def counted(self) -> int:
        return len(self.numbers)


class ByEquality(Counting):
    """All nodes are equal, so one result is cached for all: the first."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByEquality)

    def __hash__(self) -> int:
        return 1

    counted = lru_cache(Counting.counted)


class ByMethod(Counting):
    """Each object has its cached results: copies have none, and when it runs, it is one object."""

    counted = lru_cache(Counting.counted)


FIRST: dict[str, int] = {}


class ByAddress(Counting):
    def counted(self) -> int:
        return FIRST.setdefault(self.address, len(self.numbers))


class InAnAttributeOfTheClass(Counting):
    first: ClassVar[int | None] = None

    def counted(self) -> int:
        if type(self).first is None:
            type(self).first = len(self.numbers)
        return type(self).first or 0


class ByAGlobalName(Counting):
    def counted(self) -> int:
        return int(globals().setdefault("NAMED", len(self.numbers)))


@pytest.mark.parametrize("node", [ByEquality, ByMethod, ByAddress, InAnAttributeOfTheClass, ByAGlobalName])
def test_what_is_kept_once_and_read_ever_after_is_found(node: type[Node]) -> None:
    """Every later call gives the same, whatever it is called with; only what was called first decides."""
    found = checked(node)
    assert "rules" in found.violated
    (rules,) = (claim for claim in found.claims if claim.name == "rules")
    assert any(
        said in rules.note
        for said in ("with what is kept outside of the nodes as it was", "a node that has lived differs")
    )
    assert not any(claim.verdict is Verdict.HOLDS for claim in found.claims)


KEPT_BESIDE = """
import mailbox

from assay.impl.node import *
from tests.checker.implementations.test_hidden_state import Counting, Source, is_right


class InAModule(Counting):
    def counted(self) -> int:
        mailbox.box.append(len(self.numbers))
        return mailbox.box[0]


def cluster() -> Cluster:
    nodes = {"a": Source(), "b": InAModule(), "c": InAModule()}
    return Cluster(nodes, network=Network("bag"), invariants=(is_right,))
"""


def test_a_module_of_the_project_that_is_named_like_one_of_pythons_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "mailbox", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "mailbox.py").write_text("box = []\n")
    (tmp_path / "kept.py").write_text(KEPT_BESIDE)
    found = check_cluster(load_cluster(str(tmp_path / "kept.py")).cluster)
    monkeypatch.delitem(sys.modules, "mailbox")
    assert "rules" in found.violated


def test_what_is_kept_elsewhere_is_there_again_afterwards() -> None:
    outside = Outside([ByAddress])
    assert not outside.has_changed()
    FIRST["a"] = 1
    assert outside.has_changed()
    with outside.as_at_the_beginning():
        assert FIRST == {}
        assert not outside.has_changed()
        FIRST["b"] = 2
    assert FIRST == {"a": 1}


def test_what_is_referred_to_weakly_and_gone_is_passed_over() -> None:
    proxy = weakref.proxy(Pure())
    gc.collect()
    with pytest.raises(ReferenceError):
        isinstance(proxy, Node)
    assert not Outside([Pure]).has_changed()


@lru_cache
def most_of(count: int) -> int:
    return count // 2 + 1


class Pure(Counting):
    """Caches what depends on nothing but its arguments."""

    def counted(self) -> int:
        return most_of(len(self.numbers))


def test_a_cache_of_what_depends_on_its_arguments_alone_is_no_state() -> None:
    assert checked(Pure).verdict is Verdict.HOLDS
    assert most_of.cache_info().currsize > 0


class Sending(Hiding):
    def grown(self) -> int:
        try:
            self.send("nobody", Ping(1))
        except Exception:  # as broad as can be
            return 0
        return 1


class Sleeping(Hiding):
    def grown(self) -> int:
        try:
            self.set_timer("nothing", 1)
        except BaseException:
            return 0
        return 1


class Packing(Hiding):
    def grown(self) -> int:
        try:
            self.send("a", Ping(open(__file__)))  # type: ignore[arg-type]  # noqa: SIM115
        except NodeError:
            return 0
        return 1


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (Sending, "it goes on after: it sends to 'nobody', which is no node of the cluster"),
        (Sleeping, "it goes on after: it sets the timer 'nothing'"),
        (Packing, "it goes on after: Ping"),
    ],
)
def test_a_handler_that_catches_what_it_is_told_has_broken_the_rule_all_the_same(node: type[Node], said: str) -> None:
    (rules,) = (claim for claim in checked(node).claims if claim.name == "rules")
    assert rules.verdict is Verdict.VIOLATED
    assert said in rules.note


class Deleting(Hiding):
    def grown(self) -> int:
        del self.seen
        return 0


def test_a_declared_attribute_is_not_deleted() -> None:
    """What is durable would come back after a restart, as it was when it was written last."""
    (rules,) = (claim for claim in checked(Deleting).claims if claim.name == "rules")
    assert "Deleting deletes seen, which it declares" in rules.note


def test_slots_are_no_attributes() -> None:
    with pytest.raises(NodeError, match="Slotted has __slots__, whose values are none of its attributes"):
        type("Slotted", (Hiding,), {"__slots__": ("kept",)})


class Honest(Hiding):
    """Caches in an attribute that nobody has declared, which is one all the same."""

    def grown(self) -> int:
        self.cache = getattr(self, "cache", 0) + 1
        return int(self.cache)


def test_what_is_kept_in_attributes_is_no_hidden_state() -> None:
    assert checked(Honest).verdict is Verdict.HOLDS


def test_every_cache_of_a_function_is_looked_at_wherever_it_is_referred_to_from() -> None:
    hidden = [lru_cache(most_of.__wrapped__)]
    kind = type(most_of)
    own = [each for each in gc.get_objects() if type(each) is kind and each.__wrapped__.__module__ == __name__]
    assert {id(hidden[0]), id(most_of)} <= {id(each) for each in own}
    assert {id(each) for each in Outside([Pure]).caches} >= {id(each) for each in own}
