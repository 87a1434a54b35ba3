"""Random schedules: what they find, that it is shortened as far as it goes, and that it is found again."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE
from types import SimpleNamespace
from typing import Any

import pytest
from assay.checker.errors import UsageError
from assay.checker.implementations import judging
from assay.checker.implementations.covering import cover
from assay.checker.implementations.fuzzing import Fuzzing, fuzz
from assay.checker.implementations.judging import Judge
from assay.checker.implementations.loading import load_cluster
from assay.checker.implementations.schedules import play, play_words
from assay.checker.implementations.stateful import examine
from assay.checker.implementations.survey import Row
from assay.checker.report.fuzzing import FuzzRun, MutantTable
from assay.checker.report.surveys import of_fuzz, of_mutants
from assay.checker.verdicts import Verdict
from assay.impl.node import Cluster, Node, World, on_timeout
from assay.impl.two_phase_commit import Prepared

from tests.command_line import Assay
from tests.processes import run, started
from tests.tiers import one_in

FOUND = [
    ("paxos:ForgetfulPromise", {"acceptors": "5", "crashes": "1"}, "refinement"),
    ("paxos:TakingPromisesOfAnyBallot", {"acceptors": "3"}, "refinement"),
    ("two_phase_commit:TakingARefusalForAVote", {"participants": "5"}, "refinement"),
    ("round_robin:Forgetting", {"backends": "5", "crashes": "1"}, "nothing_is_lost"),
    ("abd:StampsWithoutAWriter", {}, "refinement"),
    ("abd:TakingLateReplies", {}, "refinement"),
]


def failing(reference: str, sizes: dict[str, str]) -> Fuzzing:
    found = fuzz(load_cluster(reference, sizes).cluster, walks=300)
    assert found.failure is not None
    return found


@pytest.mark.parametrize(("reference", "sizes", "name"), one_in(2, FOUND), ids=[reference for reference, _, _ in FOUND])
def test_a_mutant_is_found_by_a_schedule_of_which_no_step_can_be_left_out(
    reference: str, sizes: dict[str, str], name: str
) -> None:
    failure = failing(reference, sizes).failure
    assert failure is not None
    assert failure.finding is not None
    assert failure.finding.name == name
    judge = Judge(load_cluster(reference, sizes).cluster)
    with judge.active():
        again = play(judge, failure.worlds[0], failure.steps)
        assert (again.finding, again.steps) == (failure.finding, failure.steps)
        for left_out in range(len(failure.steps)):
            without = failure.steps[:left_out] + failure.steps[left_out + 1 :]
            shorter = play(judge, failure.worlds[0], without).finding
            assert shorter is None or shorter.name != name


@pytest.mark.parametrize("reference", ["paxos", "two_phase_commit", "round_robin", "abd"])
def test_nothing_is_found_in_what_is_sound(reference: str) -> None:
    found = fuzz(load_cluster(reference).cluster, walks=8, depth=60)
    assert found.failure is None
    assert found.steps > 8


def test_equal_seeds_play_equal_schedules() -> None:
    cluster = load_cluster("paxos:IgnoringVotes").cluster
    first, second = (fuzz(cluster, seed=3, walks=5) for _ in range(2))
    assert (first.steps, first.edges, first.failure) == (second.steps, second.edges, second.failure)


def test_equal_seeds_play_equal_schedules_whatever_the_hashes_are(tmp_path: Path) -> None:
    """Sets of texts come in another order in each process."""

    def schedule(hashes: str) -> str:
        words = ["fuzz", "paxos:CountingPromisesTwice", "--walks", "100", "--duration", "600s", "--format", "json"]
        environment = {**os.environ, "PYTHONHASHSEED": hashes}
        ran = run(*words, env=environment, cwd=tmp_path)
        return str(json.loads(ran.stdout)["schedule"])

    assert schedule("1") == schedule("2") != "None"


def test_the_clock_ends_it() -> None:
    ticks = iter(range(100))
    found = fuzz(load_cluster("paxos").cluster, seconds=4, clock=lambda: next(ticks))
    assert found.walks == 3


def test_a_number_of_steps_ends_it_where_nothing_is_possible() -> None:
    found = fuzz(Cluster({"idle": Node()}), steps=10)
    assert (found.steps, found.walks, found.failure) == (0, 10, None)


def test_a_schedule_is_played_again_by_its_words() -> None:
    failure = failing("paxos:ForgetfulPromise", {"acceptors": "5", "crashes": "1"}).failure
    assert failure is not None
    words = [*map(str, failure.steps)]
    sizes = {"acceptors": "5", "crashes": "1"}
    mutant, sound = load_cluster("paxos:ForgetfulPromise", sizes).cluster, load_cluster("paxos", sizes).cluster
    assert play_words(mutant, words).finding == failure.finding
    assert play_words(sound, words).finding is None
    with pytest.raises(UsageError, match="the schedule is not possible any more: a9 does nothing"):
        play_words(sound, [*words, "a9 does nothing"])


OWN = """
from assay.impl.node import Address, Cluster, Network, Node, message, on

class Names:
    def __init__(self, names):
        self.names = names

@message
class Hello:
    names: Names

class Greeter(Node):
    greets: bool = False

    def on_start(self):
        self.greets = self.choose("greets", [False, True])
        if self.greets:
            self.send("b", Hello(Names({"ann", "bob", "cid", "dee"})))

class Greeted(Node):
    heard: int = 0

    @on(Hello)
    def hello(self, sender: Address, message: Hello) -> None:
        self.heard += 1
        WRONG

def nobody_is_greeted(world):
    return world.nodes["b"].heard == 0

def cluster():
    return Cluster({"a": Greeter(), "b": Greeted()}, network=Network("bag"), invariants=(INVARIANTS))
"""


def test_a_regression_finds_it_again_in_any_process_and_not_once_it_is_mended(assay: Assay) -> None:
    """The second first world leads there, by a message with a set of texts in it, of a class that writes no repr."""
    Path("own.py").write_text(OWN.replace("WRONG", "").replace("INVARIANTS", "nobody_is_greeted,"))
    report = json.loads(assay("fuzz own.py --walks 100 --duration 600s --format json").out)
    assert report["schedule"] == ["b receives Hello(names=Names(...)) from a"]
    Path("test_own.py").write_text(report["regression"])
    hashes = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    code = "import test_own; test_own.test_own_py_keeps_what_it_claims()"
    with started([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": hashes}, stderr=PIPE) as process:
        assert "AssertionError" in process.communicate()[1].decode()
    for mended in ("self.heard = 0", "self.heard -= 1; self.seen = True"):
        Path("own.py").write_text(OWN.replace("WRONG", mended).replace("INVARIANTS", "nobody_is_greeted,"))
        space: dict[str, Any] = {}
        exec(report["regression"], space)
        space["test_own_py_keeps_what_it_claims"]()


def test_a_rule_that_is_broken_in_the_end_is_found_again(tmp_path: Path) -> None:
    (tmp_path / "raising.py").write_text(OWN.replace("WRONG", "1 // (2 - self.heard)").replace("INVARIANTS", ""))
    text = (tmp_path / "raising.py").read_text().replace('self.send("b"', 'self.send(["b", "b"]')
    (tmp_path / "raising.py").write_text(text)
    cluster = load_cluster(str(tmp_path / "raising.py")).cluster
    failure = fuzz(cluster, walks=100).failure
    assert failure is not None
    assert failure.finding is not None
    assert (failure.finding.name, len(failure.steps)) == ("rules", 1)
    assert play_words(cluster, [*map(str, failure.steps)]).finding == failure.finding


@pytest.mark.slow
def test_hypothesis_finds_and_shrinks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cluster = load_cluster("paxos:ForgetfulPromise", {"acceptors": "3", "crashes": "1"}).cluster
    found = examine(cluster, depth=15, walks=50)
    assert found.failure is not None
    assert found.failure.finding is not None
    assert found.failure.finding.name == "refinement"
    assert len(found.failure.steps) == 2
    assert examine(load_cluster("paxos").cluster, depth=5, walks=3).failure is None


@pytest.mark.parametrize(
    ("words", "walks", "steps"),
    [
        ("--walks 4", 4, range(1, 4 * 200)),
        ("--max-steps 7", None, range(7, 8)),
        ("--steps 2 --walks 3", 3, range(1, 7)),
    ],
)
def test_hypothesis_says_what_it_played_and_keeps_to_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assay: Assay, words: str, walks: int | None, steps: range
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = assay(f"fuzz two_phase_commit --nodes 2 --engine hypothesis --duration 5m --format json {words}")
    report = json.loads(ran.out)
    assert (ran.status, report["verdict"]) == (0, "holds")
    assert walks in (None, report["walks"])
    assert report["steps"] in steps
    assert 0 < report["edges"] <= report["steps"]


def test_hypothesis_finds_nothing_where_no_step_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assay: Assay
) -> None:
    monkeypatch.chdir(tmp_path)
    idle = "from assay.impl.node import Cluster, Node\n\n\nclass Idle(Node): ...\n\n\n"
    Path("idle.py").write_text(f"{idle}def cluster() -> Cluster:\n    return Cluster({{'one': Idle()}})\n")
    for engine in ("hypothesis", "seeded"):
        ran = assay(f"fuzz idle.py --engine {engine} --walks 3")
        assert (ran.status, "unknown: no step was played" in ran.out) == (3, True), ran.out
    ran = assay("fuzz two_phase_commit --engine hypothesis --duration 1ms")
    assert (ran.status, "unknown: no step was played" in ran.out) == (3, True), ran.out
    ran = assay("fuzz two_phase_commit --engine hypothesis --mutants")
    assert (ran.status, "--engine has no effect with --mutants" in ran.err) == (2, True)


def test_the_command_shows_the_schedule_and_a_test_of_it(assay: Assay) -> None:
    ran = assay("fuzz two_phase_commit:ForgetfulParticipant --nodes 3 --duration 60s --format json")
    report = json.loads(ran.out)
    assert (ran.status, report["verdict"], report["finding"]) == (1, "violated", "refinement")
    space: dict[str, object] = {}
    exec(report["regression"], space)
    (test,) = (value for name, value in space.items() if name.startswith("test_"))
    with pytest.raises(AssertionError):
        test()  # type: ignore[operator]
    shown = assay("fuzz two_phase_commit:ForgetfulParticipant --nodes 3 --duration 60s")
    assert shown.status == 1
    assert all(step in shown.out for step in report["schedule"])


def test_nothing_found_is_no_proof(assay: Assay) -> None:
    ran = assay("fuzz two_phase_commit --nodes 3 --walks 3 --duration 60s")
    assert ran.status == 0
    assert "this says nothing about other schedules" in ran.out


def test_a_number_of_crashes_is_no_number_of_nodes(assay: Assay) -> None:
    Path("own.py").write_text(
        OWN.replace("WRONG", "").replace("INVARIANTS", "").replace("def cluster():", "def cluster(crashes=0):")
    )
    ran = assay("fuzz own.py --walks 2 --duration 60s")
    assert (ran.status, ran.err) == (0, "")
    assert "cluster  crashes=2" in ran.out
    ran = assay("fuzz own.py --walks 2 --nodes 5")
    assert (ran.status, ran.out) == (2, "")
    assert "--nodes: cluster of own.py has no number of nodes for its first parameter" in ran.err


@pytest.mark.slow
def test_the_table_of_mutants_says_what_catches_them(assay: Assay) -> None:
    Path("nodes.py").write_text(
        '''
from assay.impl.node import Caught, Cluster, Faults, Network, Node, World, message, on


@message
class Tick:
    """Go on."""


class Counter(Node):
    """Counts to three."""

    count: int = 0

    def on_start(self) -> None:
        self.send(self.address, Tick())

    @on(Tick)
    def tick(self, sender: str, message: Tick) -> None:
        if self.count < 3:
            self.count += self.stride()

    def stride(self) -> int:
        return 1


class Leaping(Counter):
    """Broken: it counts by fours."""

    expected = Caught("few")

    def stride(self) -> int:
        return 4


def few(world: World) -> bool:
    return all(node.count <= 3 for node in world.of(Counter).values())


def cluster() -> Cluster:
    return Cluster({"n": Counter()}, network=Network("set"), invariants=(few,))
'''
    )
    ran = assay("fuzz nodes.py --mutants --max-steps 100")
    assert ran.status == 0
    assert "all 1 mutant caught" in ran.out
    (row,) = (line for line in ran.out.splitlines() if "Leaping" in line)
    assert row.split()[:4] == ["Leaping", "caught", "-", "-"]
    assert "caught after 1 (few, 1 step)" in row


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("fuzz", "name a PROTOCOL"),
        ("fuzz nothing", "there is no implementation 'nothing'"),
        ("fuzz paxos --walks 0", "--walks 0: expected a number from 1"),
        ("fuzz paxos --set acceptor=3", "cluster of paxos has no parameter 'acceptor'; did you mean 'acceptors'?"),
        ("fuzz paxos:Nothing", "paxos has no node class 'Nothing'"),
    ],
)
def test_wrong_usage_is_said(assay: Assay, words: str, said: str) -> None:
    ran = assay(words)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_a_world_that_is_no_state_of_the_model_is_a_finding() -> None:
    cluster = importlib.import_module("assay.impl.two_phase_commit").cluster()

    def abstract(world: World) -> Any:
        return cluster.abstract(world) | ({"votes": {"nobody"}} if list(world.messages(Prepared)) else {})

    found = fuzz(replace(cluster, abstract=abstract), walks=50)
    assert found.failure is not None
    assert found.failure.finding is not None
    assert found.failure.finding.name == "refinement"
    assert "'nobody' is no Participant" in found.failure.finding.note


class Chooser(Node):
    """Begins with a choice."""

    number: int = 0
    bell: int = 0

    def on_start(self) -> None:
        self.number = self.choose("number", range(100))
        self.set_timer("bell", 0.0)

    @on_timeout("bell")
    def ring(self) -> None:
        self.bell = self.number


def choosing(wrong: int) -> Cluster:
    def rings_right(world: World) -> bool:
        return all(node.bell != wrong for node in world.of(Chooser).values())

    return Cluster({"n": Chooser()}, invariants=(rings_right,))


def test_schedules_begin_in_each_first_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for found in (examine(choosing(99), depth=5, walks=1_000), fuzz(choosing(99), walks=2_000)):
        assert found.failure is not None
        assert found.failure.worlds[0].locals[0].attributes == (("bell", 0), ("number", 99))
        assert play_words(choosing(99), [*map(str, found.failure.steps)]).finding == found.failure.finding


def test_a_first_world_that_the_model_does_not_begin_with_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cluster = importlib.import_module("assay.impl.two_phase_commit").cluster()

    def abstract(world: World) -> Any:
        return cluster.abstract(world) | {"decision": "COMMIT"}

    wrong = replace(cluster, abstract=abstract)
    for failure in (fuzz(wrong, walks=1).failure, examine(wrong, walks=1).failure, cover(wrong).failure):
        assert failure is not None
        assert failure.finding is not None
        assert (failure.finding.name, failure.steps) == ("refinement", ())


@pytest.mark.parametrize("play", [lambda c: fuzz(c, walks=3), lambda c: examine(c, depth=5, walks=3)])
def test_what_stayed_undecided_of_a_schedule_is_not_said_to_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, play: Callable[[Cluster], Fuzzing]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Judge, "undecided", 2)
    named = load_cluster("two_phase_commit", {"participants": "2"})
    run = FuzzRun(named, play(named.cluster), "assay fuzz two_phase_commit", "")
    assert (run.verdict, run.status) == (UNKNOWN, 3)
    assert run.sentence.endswith("but 2 judgements would take too long to decide")
    assert of_fuzz(run).status == 3


def test_a_history_that_stays_undecided_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "judge_history", lambda *_: SimpleNamespace(verdict=UNKNOWN))
    found = fuzz(load_cluster("abd").cluster, walks=20)
    assert found.failure is None
    assert found.undecided > 0


def row(*checks: Verdict | None, found: Fuzzing | None = None) -> Row:
    return Row("Mutant", "Broken.", checks, (found or Fuzzing(0, steps=10),))


HOLDS, VIOLATED, UNKNOWN = Verdict.HOLDS, Verdict.VIOLATED, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("of", "cells", "status", "sentence"),
    [
        (row(HOLDS, VIOLATED, None), ["survives", "caught", "-", "survives"], 0, "all 1 mutant caught"),
        (row(UNKNOWN, VIOLATED, None), ["unknown", "caught", "-", "survives"], 0, "all 1 mutant caught"),
        (row(HOLDS, HOLDS, None), ["survives", "survives", "-", "survives"], 1, "nothing catches Mutant"),
        (row(HOLDS, UNKNOWN, None), ["survives", "unknown", "-", "survives"], 3, "not known of Mutant"),
        (
            row(HOLDS, HOLDS, None, found=Fuzzing(0, steps=10, undecided=2)),
            ["survives", "survives", "-", "unknown"],
            3,
            "not known of Mutant",
        ),
    ],
)
def test_a_mutant_of_which_a_check_ended_at_a_limit_is_not_said_to_survive_all(
    of: Row, cells: list[str], status: int, sentence: str
) -> None:
    table = MutantTable("own", (of,), "assay fuzz own --mutants", (None,))
    assert [cell.words for cell in table.table().rows[0][1:]] == cells
    assert (table.status, table.sentence.find(sentence) >= 0) == (status, True)
    assert of_mutants(table).checked[0].verdict is {0: HOLDS, 1: VIOLATED, 3: UNKNOWN}[status]
    assert table.record()["verdict"] == {0: "holds", 1: "violated", 3: "unknown"}[status]
