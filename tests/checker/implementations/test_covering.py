"""Schedules that cover a model: they take every step that the cluster takes, and the cluster does what it should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from assay.checker.implementations.checking import check_cluster
from assay.checker.implementations.covering import cover
from assay.checker.implementations.judging import Judge
from assay.checker.implementations.loading import load_cluster
from assay.checker.implementations.refinement import ModelPaths, PathUndecided, refine
from assay.checker.implementations.schedules import play
from assay.checker.report.covering import CoverRun
from assay.checker.verdicts import Verdict

from tests.command_line import Assay
from tests.tiers import one_in

SMALL = [
    ("two_phase_commit", {"participants": "2"}),
    ("two_phase_commit", {"participants": "1", "crashes": "1"}),
    ("paxos", {"acceptors": "3", "proposers": "1"}),
    ("round_robin", {"backends": "2"}),
]


def test_a_step_that_stays_undecided_leaves_the_coverage_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object) -> None:
        raise PathUndecided

    monkeypatch.setattr(ModelPaths, "_search", give_up)
    named = load_cluster("two_phase_commit", {"participants": "1"})
    run = CoverRun(named, cover(named.cluster), "assay tests two_phase_commit", "")
    assert run.found.failure is None
    assert (run.verdict, run.status, run.sentence.startswith("unknown: ")) == (Verdict.UNKNOWN, 3, True)


@pytest.mark.parametrize(("protocol", "sizes"), one_in(2, SMALL))
def test_the_schedules_take_every_step_of_the_model_that_the_cluster_takes(
    protocol: str, sizes: dict[str, str]
) -> None:
    """Held against the plain oracle of refinement, which finds the steps by itself."""
    cluster = load_cluster(protocol, sizes).cluster
    found, oracle = cover(cluster), refine(cluster)
    assert found.complete
    assert found.failure is None
    judge, taken = Judge(cluster), set()
    with judge.active():
        for start, schedule in zip(found.starts, found.schedules, strict=True):
            played = play(judge, start, schedule)
            assert played.finding is None
            assert played.steps == schedule
            pairs = zip(played.worlds, played.worlds[1:], strict=False)
            taken |= {judge.edge(before, after) for before, after in pairs}
    assert {edge for edge in taken if edge and edge[0] != edge[1]} == {e for e in oracle.edges if e[0] != e[1]}


@pytest.mark.parametrize(("protocol", "sizes"), one_in(2, SMALL))
def test_what_is_taken_and_what_never_is_are_all_steps_of_the_model(protocol: str, sizes: dict[str, str]) -> None:
    found = cover(load_cluster(protocol, sizes).cluster)
    assert found.all == found.taken + sum(found.never.values())


def test_a_mutant_is_found_on_the_way() -> None:
    found = cover(load_cluster("paxos:ForgetfulPromise").cluster)
    assert found.failure is not None
    assert found.failure.finding is not None
    assert found.failure.finding.name == "refinement"
    assert len(found.failure.steps) == 2
    assert found.schedules == ()


def test_an_implementation_that_refuses_everything_covers_next_to_nothing() -> None:
    found = cover(load_cluster("paxos:RefusingEverything", {"acceptors": "3", "proposers": "1"}).cluster)
    assert found.failure is None
    assert found.taken < 5


def test_more_worlds_than_the_limit_leave_it_open(assay: Assay) -> None:
    ran = assay("tests two_phase_commit --max-worlds 20 --format json")
    report = json.loads(ran.out)
    assert (ran.status, report["verdict"], report["complete"]) == (3, "unknown", False)


def test_the_module_of_tests_plays_the_schedules(assay: Assay) -> None:
    ran = assay("tests two_phase_commit --set participants=1 --format pytest --output test_generated.py")
    assert ran.status == 0
    space: dict[str, object] = {}
    exec(Path("test_generated.py").read_text(), space)
    schedules, test = space["SCHEDULES"], space["test_a_schedule_does_what_the_model_allows"]
    assert isinstance(schedules, list)
    assert len(schedules) > 3
    for schedule in schedules:
        test(schedule)  # type: ignore[operator]


def test_the_report_names_what_is_never_taken(assay: Assay) -> None:
    ran = assay("tests paxos --set acceptors=3 proposers=1")
    assert ran.status == 0
    assert "cover 76 of 77 steps of the model; the implementation never takes the others" in ran.out
    assert "never taken  prepare 1" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("tests", "name a PROTOCOL"),
        ("tests nothing", "there is no implementation 'nothing'"),
        ("tests alone.py", "the cluster does not say which model it refines"),
        ("tests paxos --max-worlds 0", "--max-worlds 0: expected more than zero"),
    ],
)
def test_wrong_usage_is_said(assay: Assay, words: str, said: str) -> None:
    Path("alone.py").write_text(
        "from assay.impl.node import Cluster, Node\n\ndef cluster():\n    return Cluster({'one': Node()})\n"
    )
    ran = assay(words)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


DICE = '''
from assay.checker.language import Model, Range, action, choose, require


class Dice(Model):
    """Two throws, one after the other."""

    first: Range[0, 3] = 0
    second: Range[0, 3] = 0

    @action
    def throw(self) -> None:
        require(self.first == 0)
        self.first = choose(n for n in range(1, 4))

    @action
    def throw_again(self) -> None:
        require(self.first != 0, self.second == 0)
        self.second = choose(n for n in range(1, 4))
'''

THROWN = """
from pathlib import Path

from assay.impl.node import Cluster, Node, on_timeout


class Thrower(Node):
    thrown: tuple[int, int] = (0, 0)

    def on_start(self) -> None:
        self.set_timer("throw", 0.0)

    @on_timeout("throw")
    def throw(self) -> None:
        self.thrown = (self.choose("first", [1, 2, 3]), self.choose("second", [1, 2, 3]))


def abstract(world):
    first, second = world.nodes["n"].thrown
    return {"first": first, "second": second}


def cluster():
    model = str(Path(__file__).with_name("dice.py"))
    return Cluster({"n": Thrower()}, refines=model, abstract=abstract, steps=2)
"""


def test_of_an_action_that_chooses_every_outcome_is_looked_at(tmp_path: Path) -> None:
    """Both throws at once: 3 steps of the model from the first to the second state, and 9 from there."""
    (tmp_path / "dice.py").write_text(DICE)
    (tmp_path / "thrown.py").write_text(THROWN)
    found = cover(load_cluster(str(tmp_path / "thrown.py")).cluster)
    assert (found.failure, found.complete) == (None, True)
    assert (found.taken, found.all, found.never) == (12, 12, {})


COUNTING = """
from assay.checker.language import *

class Counting(Model):
    n: Range[0, 100] = 0

    @constraint
    def small(self) -> bool:
        return self.n <= 3

    @action
    def count(self) -> None:
        require(self.n < 100)
        self.n += 1
"""

COUNTED = """
from assay.impl.node import *

class Counter(Node):
    n: int = 0

    def on_start(self) -> None:
        self.set_timer("count", 1)

    @on_timeout("count")
    def count(self) -> None:
        self.n += 1
        if self.n < 2:
            self.set_timer("count", 1)

def cluster() -> Cluster:
    return Cluster(
        {"a": Counter()},
        refines="counting.py",
        abstract=lambda world: {"n": world.nodes["a"].n},
    )
"""


def test_steps_of_the_model_beyond_its_constraint_are_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From 0, 1, 2 and 3 a step each leads on; nothing is explored of 4, as `assay check` of the model has it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counting.py").write_text(COUNTING)
    (tmp_path / "counted.py").write_text(COUNTED)
    counted = load_cluster(str(tmp_path / "counted.py")).cluster
    assert (cover(counted).taken, cover(counted).all) == (2, 4)
    edges = check_cluster(counted).edges
    assert edges is not None
    assert (edges.taken, edges.all) == (2, 4)
