"""Machine code means what Python means at the ends: of words, of ranges, of maps, of evaluation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from assay.checker.engine.trace import Failed
from assay.checker.errors import Unsupported
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict

from tests.tiers import one_in

HEAD = """
from assay.checker.language import *


class Node(Sort): ...
class Ballot(Order): ...
class Quorum(QuorumSystem[Node]): ...


@record
class Slot:
    node: Node
    ballot: Ballot


@record
class Box:
    n: Range[0, 3]


class Subject(Model):
    default = {"Node": 3, "Ballot": 3}
    used: Set[Slot]
"""
ACTION = """
    @action
    def act(self) -> None:
        self.n = (self.n + 1) % 4
"""
INVARIANT = """
    @invariant
    def holds(self, node: Node, flag: bool) -> bool:
        return {body}
"""
BASIC = "    n: Range[0, 3] = 0\n"


def _numerals(source: str) -> str:
    """Return source with powers of numbers written out; the language has no operator for them."""
    return re.sub(r"(\d+)\*\*(\d+)", lambda power: str(int(power[1]) ** int(power[2])), source)


def verdicts(tmp_path: Path, source: str) -> tuple[Verdict | str, Verdict | str]:
    """Return what both explorers say: the verdict, or the first line of an error of the model."""
    path = tmp_path / "subject.py"
    path.write_text(_numerals(HEAD + source))
    instance = instantiate(load(str(path)).specification)
    return _verdict(instance, Engine.NATIVE), _verdict(instance, Engine.REFERENCE)


def _verdict(instance: object, engine: Engine) -> Verdict | str:
    try:
        return check(instance, Options(engine, deadlock=False)).verdict  # type: ignore[arg-type]
    except Failed as error:
        return error.message


TRUE = [
    "self.n < 2**63",
    "-(10**30) < self.n < 10**30",
    "self.n * 10**19 >= 0 or True",
    "self.n != 10**25",
    "(self.n + 2**62) + 2**62 > 2**62",
    "(self.n - 2**63) // -1 <= 2**63",
    "(self.n - 2**63) % -1 == 0",
    "(-7 - self.n) // 2 * 2 + (-7 - self.n) % 2 == -7 - self.n",
    "flag == (self.n <= 1 == 1) or self.n != 0 or flag == False",
    "(flag == (self.n >= 0)) == flag",
    "sum(2**61 for node in Node) < 2**63",
    "sum(2**62 for node in Node) > 2**63",
    "max((2**62 + self.n for node in Node), default=0) >= 2**62",
    "max((self.n for node in Node if node != node), default=7) == 7",
    "len({k * 2**40 for k in range(3)}) == 3 or True",
    "all(k * 2**60 >= 0 for k in range(10))",
    "2**64 not in {self.n}",
    "self.n * 2**31 * 2**31 <= 3 * 2**62",
    "Box(self.n) == Box(self.n + 0)",
    "Box(self.n) not in {Box(self.n - 1)} or self.n == 0",
]
FALSE = [
    "self.n * self.n * 2**62 < 2**63",
    "(self.n - 2**63) // -1 < 2**63",
    "sum(2**62 for node in Node) < 2**63",
    "self.n < -(2**63)",
    "flag == (self.n <= 1 == 1)",
]
RAISING = [
    "{x for x in Node if self.n > 5} <= {y for y in Node if 1 // self.n == 1}",
    "{x for x in Node if self.n > 5}.issubset({y for y in Node if 1 // self.n == 1})",
    "{x for x in Node if self.n > 5}.isdisjoint({y for y in Node if 1 // self.n == 1})",
    "max((self.n for node in Node), default=1 // self.n) >= 0",
    "node in {y for y in Node if 1 // self.n >= 0}",
    "any(x == node or 1 // self.n > 5 for x in Node)",
    "0 in {self.n, 1 // self.n}",
    "1 // self.n >= 0 or True",
    "implies(self.n == 7, 1 // self.n == 0)",
]


def _case(body: str) -> str:
    return BASIC + ACTION + INVARIANT.format(body=body)


@pytest.mark.parametrize(
    ("body", "expected"),
    one_in(2, [*((body, Verdict.HOLDS) for body in TRUE), *((body, Verdict.VIOLATED) for body in FALSE)]),
)
def test_a_condition_is_as_true_as_in_python(tmp_path: Path, body: str, expected: Verdict) -> None:
    assert _refused_or(tmp_path, _case(body), expected)


def _refused_or(tmp_path: Path, source: str, expected: Verdict) -> bool:
    """Return whether both explorers give a verdict, or the native one refuses what the other gives it for."""
    try:
        return verdicts(tmp_path, source) == (expected, expected)
    except Unsupported as error:
        instance = instantiate(load(str(tmp_path / "subject.py")).specification)
        return error.location is not None and _verdict(instance, Engine.REFERENCE) is expected


@pytest.mark.parametrize("body", RAISING)
def test_what_python_raises_is_raised(tmp_path: Path, body: str) -> None:
    native, reference = verdicts(tmp_path, _case(body))
    assert "ZeroDivisionError" in str(reference)
    assert native == reference


def test_a_loop_skips_no_element_for_which_an_earlier_part_of_the_condition_raises(tmp_path: Path) -> None:
    """The last part alone would restrict the loop to slots of the leader, and there is none."""
    source = """
    n: Range[0, 3] = 0
    leader: Node

    @initial
    def start(self, node: Node) -> None:
        self.leader = node

    @action
    def use(self, slot: Slot) -> None:
        require(slot.node != self.leader)
        self.used.add(slot)

    @invariant
    def holds(self) -> bool:
        return all(1 // self.n > 5 or slot.node != self.leader for slot in self.used)
"""
    native, reference = verdicts(tmp_path, source)
    assert "ZeroDivisionError" in str(reference)
    assert native == reference


def test_only_the_branch_that_is_taken_of_a_conditional_set_is_evaluated(tmp_path: Path) -> None:
    body = "node in ({x for x in Node if 1 // self.n >= 0} if self.n > 0 else {x for x in Node})"
    assert verdicts(tmp_path, _case(body)) == (Verdict.HOLDS, Verdict.HOLDS)


MAPS = {
    "Slot": ("Slot(a, first(Ballot))", "Slot(n, first(Ballot))"),
    "tuple[Node, Ballot]": ("(a, first(Ballot))", "(n, first(Ballot))"),
    "tuple[Ballot, Node]": ("(first(Ballot), a)", "(first(Ballot), n)"),
    "tuple[Node, Ballot, bool]": ("(a, first(Ballot), True)", "(n, first(Ballot), True)"),
}


@pytest.mark.parametrize("value", ["bool", "Range[0, 40]"])
@pytest.mark.parametrize("key", one_in(2, MAPS))
def test_an_entry_of_a_map_is_where_its_key_says(tmp_path: Path, key: str, value: str) -> None:
    written, read = MAPS[key]
    test = f"self.vote[{read}]" + (" > 5" if value != "bool" else "")
    source = f"""
    vote: Map[{key}, {value}]{"" if value == "bool" else " = everywhere(0)"}
    last: Map[{key}, bool]

    @initial
    def start(self, a: Node) -> None:
        self.vote[{written}] = {"True" if value == "bool" else "7"}

    @action
    def add(self, a: Node) -> None:
        self.vote[{written}] = {"True" if value == "bool" else "8"}
        self.last[{written}] = True

    @invariant
    def not_chosen(self) -> bool:
        return not any(all({test} for n in q) for q in Quorum)
"""
    assert verdicts(tmp_path, source) == (Verdict.VIOLATED, Verdict.VIOLATED)


def test_a_bag_holds_nothing_of_what_is_outside_of_its_type(tmp_path: Path) -> None:
    source = """
    bag: Bag[Range[0, 1], 1]
    boxes: Bag[Box, 1]
    flag: bool

    @action
    def act(self) -> None:
        self.flag = True

    @invariant
    def none(self) -> bool:
        return all(self.bag.count(k * 10**12) == 0 for k in range(-64, 64)) and self.bag.count(2**62) == 0

    @invariant
    def counted(self) -> bool:
        return not self.flag or any(self.bag.count(k) > 0 for k in range(2, 64))
"""
    assert verdicts(tmp_path, source) == (Verdict.VIOLATED, Verdict.VIOLATED)


@pytest.mark.parametrize("key", ["-1", "3", "self.n - 1", "2**40", "2**70", "-(2**63)"])
def test_a_key_that_a_map_does_not_have_is_an_error_where_it_is_used(tmp_path: Path, key: str) -> None:
    source = f"""
    flag: bool
    n: Range[0, 3] = 0
    v: Map[Range[0, 2], Range[0, 70]] = everywhere(0)

    @action
    def act(self) -> None:
        if self.flag:
            self.v[{key}] = 1
        self.v[1] = 2
"""
    assert _refused_or(tmp_path, source, Verdict.HOLDS)
    reached = source.replace("if self.flag", "if not self.flag")
    try:
        native, reference = verdicts(tmp_path, reached)
    except Unsupported:
        return
    assert native == reference


def test_products_beyond_a_word_are_violated_in_the_default_engine_too(tmp_path: Path) -> None:
    path = tmp_path / "subject.py"
    path.write_text(
        HEAD
        + """
    x: Range[0, 4_000_000_000] = 4_000_000_000

    @action
    def idle(self) -> None:
        self.x = self.x

    @invariant
    def small(self) -> bool:
        return self.x * self.x < 9_000_000_000_000_000_000
"""
    )
    instance = instantiate(load(str(path)).specification)
    assert {_verdict(instance, engine) for engine in Engine} == {Verdict.VIOLATED}


@pytest.mark.parametrize(
    "bounds",
    [
        "0, 2**62 - 2",
        "-(2**61), 2**61 - 2",
        "2**62, 2**62 + 3",
        "-(2**63), -(2**63) + 3",
        "0, 2**63",
        "2**63, 2**63 + 3",
    ],
)
def test_a_range_near_the_end_of_a_word_is_right_or_refused(tmp_path: Path, bounds: str) -> None:
    low = eval(bounds.partition(",")[0])
    source = f"""
    x: Range[{bounds}] = {low}

    @action
    def up(self) -> None:
        require(self.x < {low + 3})
        self.x += 1

    @invariant
    def below(self) -> bool:
        return self.x < {low + 3}
"""
    assert _refused_or(tmp_path, source, Verdict.VIOLATED)


@pytest.mark.parametrize("size", [63, 64, 65, 130])
def test_sets_are_as_large_as_their_universe(tmp_path: Path, size: int) -> None:
    source = f"""
    seen: Set[Range[0, {size - 1}]]

    @action
    def see(self) -> None:
        require(len(self.seen) < {size})
        self.seen.add(len(self.seen))

    @invariant
    def not_all(self) -> bool:
        return not all(k in self.seen for k in range({size}))

    @invariant
    def bounded(self) -> bool:
        return self.seen <= {{k for k in range({size})}} and {size} not in self.seen and -1 not in self.seen
"""
    assert verdicts(tmp_path, source) == (Verdict.VIOLATED, Verdict.VIOLATED)


UNIONS = [
    "len(self.numbers | {7}) == len(self.numbers) + 1",
    "any(k == 7 for k in self.numbers | {7, -5})",
    "max(self.numbers | {-5}, default=0) < 4",
    "len({k for k in {7} | self.numbers}) > len(self.numbers)",
    "len(self.numbers if flag else {7, 8}) < 5",
    "(self.numbers | {7}) != self.numbers",
    "not self.numbers | {7} <= self.numbers",
    "len(self.numbers & {7, 1}) <= 1",
    "sum(k for k in self.numbers - {0}) == sum(k for k in self.numbers)",
]


@pytest.mark.parametrize("body", UNIONS)
def test_a_union_holds_numbers_that_are_in_no_range_of_the_model(tmp_path: Path, body: str) -> None:
    source = f"""
    numbers: Set[Range[0, 3]]

    @action
    def add(self, k: Range[0, 3]) -> None:
        self.numbers = self.numbers | {{k}}

    @invariant
    def holds(self, flag: bool) -> bool:
        return {body}
"""
    assert verdicts(tmp_path, source) == (Verdict.HOLDS, Verdict.HOLDS)


@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("most", [1, 2])
def test_taking_the_first_item_also_where_only_one_fits(tmp_path: Path, most: int, least: int) -> None:
    source = f"""
    queue: Seq[Range[1, 2], {most}]
    n: Range[0, 2] = 0

    @action
    def put(self, n: Range[1, 2]) -> None:
        require(len(self.queue) < {most})
        self.queue.append(n)

    @action
    def take(self) -> None:
        require(len(self.queue) > 0)
        self.n = self.queue[0]
        self.queue.pop(0)

    @invariant
    def few(self) -> bool:
        return self.n <= {least}
"""
    native, reference = verdicts(tmp_path, source)
    assert native is reference is (Verdict.VIOLATED if least == 1 else Verdict.HOLDS)


def test_numbers_of_one_range_or_another_are_in_neither_range_alone(tmp_path: Path) -> None:
    source = """
    n: Range[0, 9] = 0
    least: Range[0, 2] = 0
    flag: bool = False

    @action
    def act(self) -> None:
        self.n = (self.n + 1) % 10

    @invariant
    def few(self) -> bool:
        return len({v for v in {self.least if self.flag else k for k in range(self.n)} if v > 2}) < 4
"""
    path = tmp_path / "subject.py"
    path.write_text(HEAD + source)
    instance = instantiate(load(str(path)).specification)
    assert _verdict(instance, Engine.REFERENCE) is Verdict.VIOLATED
    with pytest.raises(Unsupported, match="a set of computed numbers has no bounds"):
        _verdict(instance, Engine.NATIVE)
