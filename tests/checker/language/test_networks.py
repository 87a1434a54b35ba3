"""The networks that models derive from: published counts, what may go wrong, and what is refused."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.generics import meanings_in
from assay.checker.language.introspection.specification import specify
from assay.checker.language.loader import load
from assay.checker.language.types import BagType, MapType, SetType, UnionType

from tests.checker.engine.test_constructs_agree import models_of
from tests.command_line import Assay, assay, in_a_project_of_its_own

__all__ = ["assay", "in_a_project_of_its_own"]


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> dict[str, type]:
    monkeypatch.syspath_prepend(str(Path(__file__).with_name("constructs")))
    return {cls.__name__: cls for name in ("composed", "carried") for cls in models_of(name)}


def counts(cls: type, **settings: object) -> tuple[int, int, int]:
    instance = instantiate(specify(cls), settings)
    with instance.active():
        found = reference.explore(instance, Limits())
    return found.distinct, found.generated, found.depth


def test_ping_pong_over_a_bag_has_the_states_that_stateright_counts(composed: dict[str, type]) -> None:
    assert counts(composed["PingPong"]) == (11, 11, 11)


AsksState = tuple[tuple[int, int], tuple[int, int], tuple[tuple[int, int], ...]]


def asks_by_hand() -> set[AsksState]:
    """Return the states of `Asks`: what each node has asked, the newest that it was asked, and what is in transit."""
    nodes = 0, 1
    found: set[AsksState] = set()
    level: set[AsksState] = {((0, 0), (0, 0), ())}
    while level:
        found |= level
        after: set[AsksState] = set()
        for asked, newest, bag in level:
            for a, b in itertools.product(nodes, nodes):
                if asked[a] < 2 and len(bag) < 2:
                    number = asked[a] + 1
                    after.add((put(asked, a, number), newest, tuple(sorted((*bag, (b, number))))))
            for at, (to, number) in enumerate(bag):
                after.add((asked, put(newest, to, number), bag[:at] + bag[at + 1 :]))
        level = after - found
    return found


def put(pair: tuple[int, int], at: int, number: int) -> tuple[int, int]:
    return (number, pair[1]) if at == 0 else (pair[0], number)


def test_one_kind_of_message_is_received_whatever_number_it_holds(composed: dict[str, type]) -> None:
    assert counts(composed["Asks"])[0] == len(asks_by_hand())


def test_a_network_that_loses_and_doubles_has_more(composed: dict[str, type]) -> None:
    distinct, _, _ = counts(composed["OverABadNetwork"], most=2)
    assert distinct > counts(composed["PingPong"], most=2)[0]


def test_taking_an_inherited_option_away_leaves_fewer_steps(composed: dict[str, type]) -> None:
    assert counts(composed["NoLoss"])[1] < counts(composed["Queues"])[1]


def test_type_variables_stand_for_what_the_model_names(composed: dict[str, type]) -> None:
    variables = {v.name: v.type for cls in composed.values() for v in specify(cls).variables}
    assert isinstance(variables["messages"], SetType | BagType)
    bag = specify(composed["PingPong"]).variables[0].type
    assert isinstance(bag, BagType)
    assert isinstance(bag.element, UnionType)
    channels = next(v.type for v in specify(composed["Queues"]).variables if v.name == "channels")
    assert isinstance(channels, MapType)
    lose = next(m for m in specify(composed["OverABadNetwork"]).actions if m.name == "lose")
    assert lose.parameters == (("message", bag.element),)
    assert all(set(meanings.values()) for meanings in meanings_in(composed["Queues"]).values() if meanings)


AlternatingBitState = tuple[int, int, int, int, "int | None", tuple[tuple[int, int], ...], tuple[int, ...]]


def steps_of_alternating_bit(state: AlternatingBitState, capacity: int) -> Iterator[AlternatingBitState]:
    """Yield the state after each step of the protocol: a packet is an item and a bit, an acknowledgement a bit."""
    sending, bit, expected, delivered, latest, packets, acks = state
    if sending < 3 and len(packets) < capacity:
        yield sending, bit, expected, delivered, latest, (*packets, (sending, bit)), acks
    if packets:
        (item, mark), rest = packets[0], packets[1:]
        after = (1 - mark, delivered + 1, item) if mark == expected else (expected, delivered, latest)
        yield sending, bit, *after, rest, (*acks, mark)[:capacity]
        yield sending, bit, expected, delivered, latest, rest, acks
        if len(packets) < capacity:
            yield sending, bit, expected, delivered, latest, (packets[0], *packets), acks
    if acks:
        moved = (sending + 1, 1 - bit) if acks[0] == bit and sending < 3 else (sending, bit)
        yield *moved, expected, delivered, latest, packets, acks[1:]
        yield sending, bit, expected, delivered, latest, packets, acks[1:]
        if len(acks) < capacity:
            yield sending, bit, expected, delivered, latest, packets, (acks[0], *acks)


def brute_force(capacity: int) -> tuple[int, int, int]:
    level: set[AlternatingBitState] = {(0, 0, 0, 0, None, (), ())}
    seen, generated, depth = set(level), len(level), 0
    while level:
        after = [step for state in level for step in steps_of_alternating_bit(state, capacity)]
        generated, depth = generated + len(after), depth + 1
        level = set(after) - seen
        seen |= level
    return len(seen), generated, depth


@pytest.fixture
def alternating_bit(tmp_path: Path) -> str:
    """The protocol of `assay help networks`, in a file."""
    page = resources.files("assay.checker.help").joinpath("networks.md").read_text()
    source = re.search(r'title="alternating_bit.py"\n(.*?)```', page, re.DOTALL)
    assert source is not None
    path = tmp_path / "alternating_bit.py"
    path.write_text(source[1])
    return str(path)


@pytest.mark.parametrize("capacity", [1, 2, 3])
def test_the_alternating_bit_protocol_has_the_states_that_brute_force_counts(
    alternating_bit: str, capacity: int
) -> None:
    cls = load(f"{alternating_bit}:AlternatingBit").cls
    assert counts(cls, capacity=capacity) == brute_force(capacity)


@pytest.mark.parametrize("only", ["lose", "duplicate"])
def test_without_the_bit_either_fault_breaks_the_protocol(alternating_bit: str, only: str) -> None:
    other = {"lose": "duplicate", "duplicate": "lose"}[only]
    path = Path(alternating_bit)
    path.write_text(f"{path.read_text()}\n\nclass OneFault(StopAndWait):\n    {other} = removed\n")
    instance = instantiate(load(f"{path}:OneFault").specification)
    with instance.active():
        found = reference.explore(instance, Limits()).found
    assert [one.name for one in found] == ["once_and_in_order"]


HEAD = """
from assay.checker.language import *
from assay.checker.language.networks import SetNetwork, BagNetwork


@record
class Note:
    flag: bool


"""


TELL = """
    @action
    def tell(self, note: Note) -> None:
        self.send(note)
"""


def test_a_network_of_no_type_is_refused_with_what_to_write(assay: Assay) -> None:
    Path("open.py").write_text(f"{HEAD}class Open(SetNetwork, Model):{TELL}")
    ran = assay("check open.py")
    assert ran.status == 2
    assert "Message stands for no type of this model" in ran.err
    assert "help: say which where a class derives from the generic one" in ran.err


def test_a_network_that_overflows_is_an_error_with_the_trace(assay: Assay) -> None:
    Path("full.py").write_text(f"{HEAD}class Full(BagNetwork[Note], Model):{TELL}")
    for engine in ("reference", "native"):
        ran = assay(f"check full.py --engine {engine} --set capacity=1")
        assert ran.status == 2
        assert "messages" in ran.err
        assert "how it gets there" in ran.err
