"""Whatever may change what Python code returns changes its text: every fault planted in what claims rest on is seen."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from assay.checker.changes.predicates import digests
from assay.checker.implementations.loading import load_cluster

from tests.processes import started
from tests.tiers import as_shown_by, one_in

RULES = """
import functools
import operator
from collections import namedtuple
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import cache, cached_property, partial, partialmethod, singledispatch, wraps


class Phase(Enum):
    EARLY = 1
    LATE = 2


class Level(IntEnum):
    LOW = 3
    HIGH = 4


class Limits:
    most = 10
    table = {"few": 11, "many": (12, [13])}


class Base:
    offset = 14

    def shifted(self, by=15):
        return self.offset + by


class Checker(Base):
    step: int = 16

    def __init__(self, start):
        self.start = start
        self.inner = [self, {"at": start}]

    def __call__(self, world):
        return world.total() + self.start + self.shifted() + super().shifted() > self.step

    def few(self, world):
        return len(world.nodes) < self.start

    twice = partialmethod(Base.shifted, 17)


@dataclass(order=True)
class Ballot:
    number: int
    owner: int = 18
    note: str = field(default="19", compare=False)

    @property
    def is_large(self):
        return self.number > 20

    @staticmethod
    def least():
        return 21

    @classmethod
    def first(cls):
        return cls(22)

    @cached_property
    def half(self):
        return self.number / 23

    def __contains__(self, number):
        return number == 24 + self.number

    def by_name(self):
        return 25

    def by_getter(self):
        return 26

    def by_pattern(self):
        return 27


class Low(Ballot):
    @property
    def is_large(self):
        return self.number > 28


Pair = namedtuple("Pair", ["left", "right"], defaults=[29])


def negated(function, of=30):
    @wraps(function)
    def inner(world):
        return function(world) != of

    return inner


def limited(limit):
    def decorate(function):
        def inner(world):
            return function(world) > limit

        return inner

    return decorate


def between(low, high):
    return low - high > 31


@singledispatch
def size(value):
    return 32


@size.register
def _(value: str):
    return 33


@cache
def cached(number):
    return number + 34


def local(world):
    from helpers import late

    import helpers as other

    return late(world) and other.later(world) > 35


def shadowed(world):
    return (lambda SHADOW: SHADOW)(world) and SHADOW > 36


SHADOW = 37
LAMBDAS = [lambda world: 38, lambda world: 39]
BY_SIZE = {number: (lambda world, number=number: number) for number in (40, 41)}


@limited(42)
def decorated(world):
    return len(world.nodes) + 43


def plain(world):
    return 44


wrapped = negated(plain)
threshold = partial(operator.lt, 45)
getter = operator.methodcaller("by_getter")


def nested(world):
    def count(node, extra=46):
        if node:
            return count(node[1:]) + extra
        return 47

    class Inner:
        value = 48

    match world:
        case Ballot(by_pattern=49):
            return Inner.value
    return count([50])


def everything(world):
    ballot = world.nodes["server"].kept
    yield ballot.is_large and ballot.half > Ballot.least() and ballot in Ballot.first()
    yield between(low=Limits.most, high=Limits.table["few"])
    yield getattr(ballot, "by_name")() + getter(ballot)
    yield size("") + cached(51) + nested(world)
    yield decorated(world) and wrapped(world) and local(world) and shadowed(world)
    yield LAMBDAS[0](world) and BY_SIZE[40](world) and threshold(52)
    yield Phase.EARLY.value and Level.LOW and Pair(53).right
    yield f"{world:54}" and Checker(55).twice()


claims = (lambda world: all(everything(world)), Checker(57), Checker(58).few, partial(nested), wrapped)
"""

HELPERS = """
def late(world):
    return 59


def later(world):
    return 60
"""

NODES = """
from assay.impl.node import Cluster, Durable, Node, World
from rules import Ballot, claims


class Server(Node):
    kept: Durable[Ballot] = Ballot(0)

    def on_start(self) -> None:
        self.kept = Ballot(61)


def cluster() -> Cluster:
    return Cluster({"server": Server()}, invariants=claims)
"""

OWN = ("rules", "helpers", "mailbox")

Told = Callable[..., dict[str, str]]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """Return a function that returns the hashes of the claims, given what `rules.py` and `helpers.py` hold."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    number = iter(range(1_000_000))

    def told(rules: str = RULES, helpers: str = HELPERS, *, name_of_helpers: str = "helpers") -> dict[str, str]:
        for name in OWN:
            sys.modules.pop(name, None)
        folder = tmp_path / str(next(number))
        folder.mkdir()
        rules = rules.replace("helpers", name_of_helpers)
        for name, text in (("rules", rules), (name_of_helpers, helpers), ("nodes", NODES)):
            (folder / f"{name}.py").write_text(text)
        monkeypatch.syspath_prepend(str(folder))
        return dict(digests(load_cluster(str(folder / "nodes.py"))))

    yield told
    for name in OWN:
        sys.modules.pop(name, None)


class _Planted(ast.NodeTransformer):
    """Plants one fault: another number, another comparison, or another operator."""

    def __init__(self, place: int) -> None:
        self.place, self.met, self.what = place, 0, ""

    def visit(self, node: ast.AST) -> ast.AST:
        node = self.generic_visit(node)
        mutant = self._mutant(node)
        if mutant is None:
            return node
        self.met += 1
        if self.met - 1 != self.place:
            return node
        self.what = f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)}"
        return ast.copy_location(mutant, node)

    def _mutant(self, node: ast.AST) -> ast.AST | None:
        match node:
            case ast.Constant(value=bool() | None):
                return None
            case ast.Constant(value=int(number)):
                return ast.Constant(number + 100)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return ast.Compare(left, [ast.GtE() if isinstance(op, ast.Gt) else ast.Gt()], [right])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return ast.BinOp(left, ast.Sub(), right)
        return None


def _mutants(text: str) -> Iterator[tuple[str, str]]:
    """Yield what was changed, with the text of each mutant."""
    place = 0
    while True:
        planted = _Planted(place)
        tree = planted.visit(ast.parse(text))
        if not planted.what:
            return
        yield planted.what, ast.unparse(ast.fix_missing_locations(tree))
        place += 1


@pytest.mark.parametrize(
    ("before", "after"),
    one_in(
        2,
        [
            pytest.param("low=Limits.most, high=Limits", "high=Limits.most, low=Limits", id="arguments by keyword"),
            pytest.param("def between(low, high):", "def between(high, low):", id="parameters of arguments by keyword"),
            pytest.param("operator.lt", "operator.le", id="a function of Python's"),
            pytest.param("    @cached_property\n", "    @property\n", id="a descriptor"),
            pytest.param(
                "number: int\n    owner: int = 18", "owner: int\n    number: int = 18", id="the order of fields"
            ),
            pytest.param("compare=False", "compare=True", id="a field that is compared"),
            pytest.param("@dataclass(order=True)", "@dataclass(order=True, eq=True, repr=False)", id="nothing"),
            pytest.param("    LATE = 2\n", "    LATE = 2\n    LAST = 3\n", id="a member"),
            pytest.param("class Checker(Base):", "class Checker(Base, Limits):", id="a base"),
            pytest.param("wrapped = negated(plain)", "wrapped = plain", id="a decorator"),
            pytest.param('["left", "right"]', '["right", "left"]', id="fields of a named tuple"),
            pytest.param(
                '{"few": 11, "many": (12, [13])}', '{"many": (12, [13]), "few": 11}', id="the order of a dictionary"
            ),
            pytest.param("(12, [13])", "[12, [13]]", id="the type of a collection"),
        ],
    ),
)
def test_a_change_of_meaning_is_seen(told: Told, before: str, after: str, request: pytest.FixtureRequest) -> None:
    assert before in RULES
    assert (told() == told(RULES.replace(before, after))) == ("nothing" in request.node.name)


@as_shown_by(test_a_change_of_meaning_is_seen)
def test_no_fault_in_what_claims_rest_on_goes_unnoticed(told: Told) -> None:
    sound = told(ast.unparse(ast.parse(RULES)), ast.unparse(ast.parse(HELPERS)))
    tried = [(what, told(rules=mutant)) for what, mutant in _mutants(RULES)]
    tried += [(what, told(ast.unparse(ast.parse(RULES)), mutant)) for what, mutant in _mutants(HELPERS)]
    assert len(tried) > 70
    assert [what for what, found in tried if found == sound] == []
    assert all(found.keys() == sound.keys() for _, found in tried)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def shifted(self, by=15):", "def shifted(self, by: int = 15) -> int:  # shifted"),
        ("ballot", "vote"),
        ("count", "counted"),
        ("limited(", "bounded("),
        ("SHADOW = 37", "SHADOW = 30 + 7"),
        ("by=15):\n        return self.offset + by", "of=15):\n        return self.offset + of"),
    ],
)
def test_names_and_layout_are_no_meaning(told: Told, before: str, after: str) -> None:
    assert told() == told(RULES.replace(before, after))


def test_code_that_looks_names_up_by_their_text_is_read_with_its_module(told: Told) -> None:
    by_text = RULES.replace("return 44", "return eval('hidden(world)')") + "\n\ndef hidden(world):\n    return 1\n"
    assert told(by_text) != told(by_text.replace("return 1\n", "return 2\n"))


def test_a_module_that_is_named_like_one_of_pythons_is_read(told: Told) -> None:
    before = told(name_of_helpers="mailbox")
    assert told(helpers=f"{HELPERS}\nUNUSED = 1\n", name_of_helpers="mailbox") == before
    mutants = [told(helpers=mutant, name_of_helpers="mailbox") for _, mutant in _mutants(HELPERS)]
    assert mutants
    assert before not in mutants


def test_code_without_a_file_is_told_apart_as_it_was_compiled(told: Told) -> None:
    made = "exec('def wrapped(world): return limit(world)')\ndef limit(world):\n    return 1\n"
    typed = RULES.replace("wrapped = negated(plain)\n", made)
    assert told(typed) != told(typed.replace("return 1\n", "return 2\n"))
    assert told(typed) != told(typed.replace("return limit", "return not limit"))


PRINTED = """
import sys
from assay.checker.changes.predicates import digests
from assay.checker.implementations.loading import load_cluster

sys.path.insert(0, {folder!r})
print(sorted(digests(load_cluster({folder!r} + "/nodes.py"))))
"""


def test_hashes_do_not_depend_on_the_process(told: Told, tmp_path: Path) -> None:
    many = RULES.replace("return 44", "return world in {'a', 'b', 'c', Phase.EARLY, Phase.LATE, plain, negated}")
    here = told(many)
    folder = str(tmp_path / "0")
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", PRINTED.format(folder=folder)]
        with started(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.communicate(timeout=60)[0].strip() == str(sorted(here.items()))
