"""Mutants are what they are said to be, and a contradiction is seen."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generation.agreement import Report, reported
from tests.mutation import campaign, verdicts
from tests.mutation.mutants import Mutation, kinds, mutants
from tests.processes import started

SOURCE = """
def ahead(a: int, b: int) -> bool:
    return a < b and b < 3


class Counter(Model):
    x: Range[0, 3] = 0
    seen: Set[Range[0, 3]]

    @action
    def up(self) -> None:
        require(self.x < 3 and self.x >= 0, self.x != 2)
        if self.x == 1:
            self.seen.add(self.x)
        self.x += 1

    @lemma
    def small(self) -> bool:
        return self.x <= 3

    @invariant
    def fine(self) -> bool:
        return self.x < 4 and self.x >= 0


class Other(Model):
    @action
    def nothing(self) -> None:
        require(True)
"""


def test_each_guard_update_and_lemma_is_broken_once() -> None:
    made = list(mutants(SOURCE, frozenset({"Counter"})))
    assert sorted(m.kind.value for m in made) == ["guard"] * 8 + ["lemma"] + ["update"] * 3
    assert len({m.source for m in made}) == len(made)


def test_what_is_claimed_is_never_changed() -> None:
    """A mutant breaks how a protocol works, or what its proof rests on: not what it promises."""
    promised = ast.unparse(ast.parse(SOURCE).body[1].body[-1])  # type: ignore[attr-defined]
    assert all(promised.replace("\n", "\n    ") in m.source for m in mutants(SOURCE, frozenset({"Counter"})))


def test_kinds_are_those_of_the_mutants_in_their_order() -> None:
    classes = frozenset({"Counter"})
    assert kinds(SOURCE, classes) == [m.kind for m in mutants(SOURCE, classes)]


def test_other_classes_are_left_alone() -> None:
    assert all("nothing" not in m.place for m in mutants(SOURCE, frozenset({"Counter"})))
    assert [m.place for m in mutants(SOURCE, frozenset({"Other"})) if "Other" in m.place] == ["Other.nothing, line 29"]


def test_every_sound_model_has_mutants_of_its_guards_and_updates() -> None:
    for subject in campaign.subjects():
        found = set(campaign.kinds_of(subject))
        if str(subject) == "byzantine_broadcast:FairByzantineBroadcast":  # says nothing new but what is fair
            continue
        assert Mutation.GUARD in found, subject
        assert Mutation.UPDATE in found or str(subject) == "paxos:PaxosAsVoting", subject  # its action is Paxos' own


LEASE = '''
from assay.checker.language import *


class Node(Sort):
    """A node."""


class Lock(Model):
    default = {"Node": 2}
    smoke = {"Node": 1}
    held: Set[Node]

    @action
    def take(self, n: Node) -> None:
        require(not self.held)
        self.held.add(n)

    @terminal
    def done(self) -> bool:
        return True

    @invariant
    def exclusive(self, a: Node, b: Node) -> bool:
        return a == b or a not in self.held or b not in self.held
'''


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    (mutant,) = [m for m in mutants(LEASE, frozenset({"Lock"})) if m.kind is Mutation.GUARD]
    path = tmp_path / "lock.py"
    path.write_text(mutant.source)
    return path


def test_a_broken_guard_is_violated_and_not_proved(broken: Path) -> None:
    findings = verdicts.judge(broken, "Lock", [("--instance", "smoke"), ()])
    assert findings.proof == "violated"
    assert findings.broken == {"exclusive"}
    assert findings.contradictions == ()


def test_a_proof_of_what_is_violated_is_a_contradiction(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "_proved", lambda name: "holds")
    findings = verdicts.judge(broken, "Lock", [()])
    assert findings.contradictions == ("proved, and violated: exclusive",)


def test_engines_that_differ_are_a_contradiction(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "ENGINES", ("reference", "auto"))

    def lying(*arguments: str) -> Report:
        report = reported(*arguments)
        if "auto" in arguments:
            report.document["states"]["generated"] += 1
        return report

    monkeypatch.setattr(verdicts, "reported", lying)
    (text,) = verdicts.judge(broken, "Lock", [()]).contradictions
    assert text.startswith("the engines disagree")


HANGS = """
import os, sys, time
from tests.mutation import campaign

def _judged(task):
    os.write(1, b"at work\\n")
    time.sleep(3600)

_judged.__module__ = campaign.__name__
campaign._judged = _judged
for _ in campaign.run(list(campaign.subjects())[:1], each=2, workers=2):
    pass
"""


@pytest.mark.timeout(60)
def test_no_worker_outlives_a_campaign_that_is_killed() -> None:
    with started([sys.executable, "-c", HANGS], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"at work\n"
        process.kill()
        process.stdout.read()  # ends when nobody holds the other end: the workers are gone
