"""What was once taken for something else than the code means: each of these models is refuted without exploration."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.errors import ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model
from claims import open_claims, proved, specified

from tests.tiers import one_in

BROKEN = {
    "a loop that sums up in a local name": """
    default = dict(Node=2)
    count: Range[0, 3] = 0
    up: Map[Node, bool] = everywhere(True)
    @action
    def tally(self):
        total = 0
        for n in Node:
            if self.up[n]:
                total += 1
        self.count = total
    @invariant
    def wrong(self):
        return self.count == 0
""",
    "a loop over an order that keeps the last": """
    default = dict(Round=3)
    seen: Set[Round]
    top: Round = anything()
    @initial
    def start(self):
        self.top = first(Round)
    @action
    def see(self, r: Round):
        self.seen.add(r)
    @action
    def pick(self):
        last = first(Round)
        for r in Round:
            if r in self.seen:
                last = r
        self.top = last
    @invariant
    def wrong(self):
        return self.top == first(Round)
""",
    "a loop over numbers that changes a number": """
    count: Range[0, 9] = 0
    @action
    def thrice(self):
        require(self.count == 0)
        for i in range(3):
            self.count += 1
    @invariant
    def wrong(self):
        return self.count <= 1
""",
    "a loop that adds under its own key and under another": """
    default = dict(Node=2, Round=2)
    seen: Map[Round, Set[Node]]
    @action
    def put(self, m: Node):
        for r in Round:
            self.seen[first(Round)].add(m)
            self.seen[r].add(m)
    @invariant
    def wrong(self, n: Node):
        return all(n not in self.seen[r] for r in Round)
""",
    "a quantifier over a range with a parameter for a bound": """
    default = dict(top=0)
    top: Parameter[int] = 0
    slots: Map[Range[0, "top"], Color] = everywhere(Color.RED)
    @action
    def put(self, k: Range[0, "top"]):
        self.slots[k] = Color.GREEN
    @invariant
    def wrong(self):
        return any(self.slots[k] == Color.RED for k in self.slots)
""",
    "equality of maps of which some values are absent": """
    default = dict(Node=2)
    mine: Map[Node, Node | None]
    theirs: Map[Node, Node | None]
    changed: bool
    done: bool
    @action
    def put(self, n: Node, m: Node):
        require(self.changed)
        self.mine[n] = m
    @action
    def change(self):
        self.changed = True
    @action
    def same(self):
        require(self.changed, self.mine == self.theirs)
        self.done = True
    @invariant
    def wrong(self):
        return not self.done
""",
    "negative numbers in sets, keys and ranges": """
    count: Range[-3, 3] = 0
    low: Set[Range[-2, 1]]
    up: Map[Range[-2, 1], bool]
    @action
    def down(self, k: Range[-2, 1]):
        require(self.count > -3, not self.up[k])
        self.count -= 1
        self.up[k] = True
        self.low.add(k)
    @invariant
    def wrong(self):
        return self.count >= -1 and -2 not in self.low
""",
}


@pytest.mark.parametrize("body", one_in(3, BROKEN.values()), ids=BROKEN.keys())
def test_broken_model_is_refuted_by_the_proof_as_by_exploration(tmp_path: Path, body: str) -> None:
    explored = check(instantiate(specified(tmp_path, body)), Options(engine=Engine.REFERENCE))
    assert explored.violated == ("wrong",)
    result = proved(tmp_path, body, search=0.0)
    assert result.verdict is not Verdict.HOLDS
    assert any(claim.startswith("wrong") for claim in open_claims(result))
    assert all(o.counterexample is not None for o in result.failed if o.proved is False)


def test_numbers_below_zero_are_shown_as_they_are(tmp_path: Path) -> None:
    body = BROKEN["negative numbers in sets, keys and ranges"].replace("self.count >= -1 and ", "")
    example = next(o.counterexample for o in proved(tmp_path, body).failed)
    assert example is not None
    assert example.call == ("down", (-2,))
    assert example.after is not None
    count, low, up = example.after
    assert -2 in low
    assert up[0] is True
    assert example.before[0] == count + 1


def test_range_of_an_absent_value_does_not_matter(tmp_path: Path) -> None:
    body = """
    best: Range[1, 3] | None
    start: Range[1, 3] = anything()
    @action
    def put(self, k: Range[1, 3]):
        self.best = k
    @invariant
    def fine(self):
        return self.best is None or self.best >= 1
"""
    assert proved(tmp_path, body).verdict is Verdict.HOLDS


def test_element_out_of_range_is_refuted(tmp_path: Path) -> None:
    body = """
    numbers: Set[Range[0, 2]]
    @action
    def put(self, k: Range[0, 2]):
        self.numbers.add(k + 1)
    @invariant
    def fine(self):
        return 0 not in self.numbers
"""
    result = proved(tmp_path, body)
    assert open_claims(result) == ["numbers in range: preserved put"]
    assert result.verdict is Verdict.VIOLATED


def test_greatest_of_what_may_be_nothing_is_none(tmp_path: Path) -> None:
    body = """
    default = dict(Round=3)
    seen: Set[Round]
    top: Round | None
    both: tuple[bool, Color] = (True, Color.GREEN)
    @action
    def see(self, r: Round):
        self.seen.add(r)
        self.top = max((s for s in self.seen), default=None)
    @lemma
    def nothing_is_seen_without_a_greatest(self):
        return self.top == max((s for s in self.seen), default=None)
    @invariant
    def greatest(self):
        return all(self.top is not None and s <= self.top for s in self.seen)
    @invariant
    def unchanged(self):
        return self.both == (True, Color.GREEN)
"""
    assert open_claims(proved(tmp_path, body)) == []
    broken = body.replace("max((s for s in self.seen), default=None)", "min((s for s in self.seen), default=None)", 1)
    assert proved(tmp_path, broken).verdict is not Verdict.HOLDS


def test_state_is_reached_beside_steps_that_fail(tmp_path: Path) -> None:
    body = """
    queue: Seq[Color, 1]
    count: Range[0, 2] = 0
    @action
    def take(self):
        self.queue.pop()
    @action
    def up(self):
        require(self.count < 2)
        self.count += 1
    @invariant
    def low(self):
        return self.count < 2
"""
    result = proved(tmp_path, body, search=5.0)
    assert set(result.violated) == {"low", "take is defined"}
    assert all(o.counterexample.reachable for o in result.failed if o.counterexample is not None)


PASSING_THROUGH = """
    held: Set[Range[0, 3]]
    count: Range[0, 9] = 0

    @action
    def pass_through(self, k: Range[0, 3]) -> None:
        self.held.add(k + {more})
        self.count = len(self.held)
        self.held.discard(k + {more})

    @invariant
    def none_counted(self) -> bool:
        return self.count == 0
"""


def test_a_number_that_a_set_holds_for_a_moment_only_is_counted_or_refused(tmp_path: Path) -> None:
    assert proved(tmp_path, PASSING_THROUGH.format(more=0)).verdict is not Verdict.HOLDS
    with pytest.raises(ModelError, match="going through held, which may hold numbers outside of its range"):
        proved(tmp_path, PASSING_THROUGH.format(more=4))


BEYOND_THE_FIELD = """
from assay.checker.language import *


@record
class Slot:
    n: Range[0, 3]


class Subject(Model):
    most: Parameter[int] = 9
    x: Range[0, "most"] = 0
    default = {{"most": 9}}
    smoke = {{"most": 2}}

    @action
    def grow(self) -> None:
        require(self.x < self.most)
        self.x += 1

    @invariant
    def few(self) -> bool:
        return {body}
"""


@pytest.mark.parametrize(
    "body",
    [
        "len({Slot(v) for v in range(self.x)}) + 0 * self.x <= 4",
        "sum(s.n for s in {Slot(v) for v in range(self.x)}) <= 6",
    ],
)
def test_records_beyond_the_ranges_of_their_fields_are_not_passed_over(tmp_path: Path, body: str) -> None:
    """The smoke instance is too small to show it: the proof alone has to notice."""
    path = tmp_path / "beyond.py"
    path.write_text(BEYOND_THE_FIELD.format(body=body))
    with pytest.raises(ModelError, match="Slot, which may hold numbers outside of its ranges"):
        prove_model(load(str(path)).specification, ProofOptions(screening=0, workers=1))


THROUGH_A_NAME = """
from assay.checker.language import *


@record
class Slot:
    n: Range[0, 3]


class Subject(Model):
    most: Parameter[int] = 9
    x: Range[0, "most"] = 0
    flag: bool = False
    default = {"most": 9}
    smoke = {"most": 2}

    @action
    def grow(self) -> None:
        require(self.x < self.most)
        self.x += 1

    @action
    def raise_flag(self) -> None:
        slot = Slot(self.x)
        require(len({slot for n in range(2) if slot.n > 3}) + self.x > self.x)
        self.flag = True

    @invariant
    def never(self) -> bool:
        return not self.flag
"""


def test_a_record_beyond_its_ranges_is_not_passed_over_behind_a_local_name(tmp_path: Path) -> None:
    """Nothing below 4 shows it, and the smoke instance has nothing else."""
    path = tmp_path / "beyond.py"
    path.write_text(THROUGH_A_NAME)
    specification = load(str(path)).specification
    assert check(instantiate(specification), Options(Engine.REFERENCE)).verdict is Verdict.VIOLATED
    with pytest.raises(ModelError, match="Slot, which may hold numbers outside of its ranges"):
        prove_model(specification, ProofOptions(screening=0, workers=1))


def test_a_sum_over_a_set_written_out_takes_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "beyond.py"
    path.write_text(BEYOND_THE_FIELD.format(body="sum(s.n for s in {Slot(self.x), Slot(self.x), Slot(1)}) < 7"))
    specification = load(str(path)).specification
    result = prove_model(specification, ProofOptions(screening=0, workers=1))
    assert result.verdict is check(instantiate(specification), Options(Engine.REFERENCE)).verdict is Verdict.VIOLATED
