"""``assay prove --infer``: what it says, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Assay
from tests.tiers import as_shown_by

LOCK = """
from assay.checker.language import *


class Client(Sort):
    pass


class Lock(Model):
    'A lock that is granted in a message.'

    default = {"Client": 3}
    free: bool = True
    granted: Set[Client]
    holders: Set[Client]

    @action
    def grant(self, client: Client) -> None:
        require(self.free)
        self.free = False
        self.granted.add(client)

    @action
    def take(self, client: Client) -> None:
        require(client in self.granted)
        self.granted.discard(client)
        self.holders.add(client)

    @action
    def give_back(self, client: Client) -> None:
        require(client in self.holders)
        self.holders.discard(client)
        self.free = True

    @invariant
    def mutual_exclusion(self) -> bool:
        return all(c == d for c in self.holders for d in self.holders)
"""

ODD = """
from __future__ import annotations
from assay.checker.language import *
from typing import Annotated
class Class(Sort):
    pass
class Café(Order):
    pass
class Count(Sort):
    pass
@record
class Pair:
    left: Class
    right: Count
class Odd(Model):
    default = {"Class": 2, "Café": 2, "Count": 2}
    number: Annotated[int, Range(0, 3)] = 0 if False else 0
    at: Map[Class, Café | None] = everywhere(None)
    pairs: Set[Pair]
    seen: Set[Class]
    @action
    def move(self, c: Class, where: Café) -> None:
        require(self.at[c] is None)
        self.at[c] = where
        self.seen.add(c)
    @action
    def pair(self, c: Class, n: Count) -> None:
        require(self.at[c] is not None)
        self.pairs.add(Pair(c, n))
    @invariant
    def paired_are_seen(self) -> bool:
        return all(p.left in self.seen for p in self.pairs)
"""

FLAGS = """
from assay.checker.language import *
class Flags(Model):
    up: bool = False
    down: bool = False
    @action
    def lift(self) -> None:
        require(not self.down)
        self.up = True
    @action
    def lower(self) -> None:
        require(not self.up)
        self.down = True
    @invariant
    def not_both(self) -> bool:
        return not (self.up and self.down)
"""


@pytest.fixture
def lock(tmp_path: Path) -> str:
    return _model(tmp_path, "lock", LOCK)


def _model(folder: Path, name: str, source: str) -> str:
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return f"{name}.py"


def test_the_lemmas_are_python_that_proves_the_model(assay: Assay, lock: str, tmp_path: Path) -> None:
    ran = assay("prove", lock, "--infer", "--workers", "1", "--format", "json")
    assert ran.status == 0, ran.out + ran.err
    report = json.loads(ran.out)
    assert report["verdict"] == "holds"
    found = report["inferred"]
    assert found["lemmas"]
    assert found["ended"] is None
    assert assay("prove", lock, "--workers", "1").status == 3
    pasted = "\n".join("    " + line for lemma in found["lemmas"] for line in lemma.splitlines())
    proved = _model(tmp_path, "pasted", LOCK + "\n" + pasted + "\n")
    assert assay("prove", proved, "--workers", "1").status == 0
    assert assay("check", proved, "--engine", "reference").status == 0


def test_another_solver_agrees_with_the_proof(assay: Assay, lock: str) -> None:
    pytest.importorskip("cvc5")
    assert assay("prove", lock, "--infer", "--workers", "1", "--certificate", "proof").status == 0
    again = assay("prove", "--recheck", "proof")
    assert again.status == 0, again.out


def test_a_broken_model_is_answered_with_a_run(assay: Assay, tmp_path: Path) -> None:
    broken = _model(tmp_path, "broken", LOCK.replace("require(self.free)", "require(True)"))
    ran = assay("prove", broken, "--infer", "--workers", "1")
    assert ran.status == 1
    assert "violated: mutual_exclusion" in ran.out


RELAYED = """
from assay.checker.language import *

class Node(Sort):
    pass

@record
class Message:
    sender: Node
    receiver: Node

class Relayed(Model):
    default = {"Node": 2}
    trusted: Set[Node]
    awake: Set[Node]
    sent: Set[Message]
    received: Set[Node]
    noted: Set[Node]

    @action
    def trust(self, node: Node) -> None:
        self.trusted.add(node)

    @action
    def wake(self, node: Node) -> None:
        self.awake.add(node)

    @action
    def send(self, sender: Node, receiver: Node) -> None:
        self.sent.add(Message(sender, receiver))

    @action
    def note(self, sender: Node, receiver: Node) -> None:
        require(Message(sender, receiver) in self.sent, sender in self.trusted, sender in self.awake)
        self.noted.add(receiver)

    @action
    def forward(self, node: Node) -> None:
        require(node in self.noted)
        self.received.add(node)
%s
    @invariant
    def somebody_sent(self, node: Node) -> bool:
        return node not in self.received or any(
            Message(other, node) in self.sent and other in self.trusted and other in self.awake for other in Node
        )
"""

HINT = """
    @hint
    def was_sent_something(self, node: Node) -> bool:
        return any(Message(n, node) in self.sent and n in self.trusted and n in self.awake for n in Node)
"""


@as_shown_by(test_the_lemmas_are_python_that_proves_the_model)
def test_what_no_lemma_can_say_is_told_with_the_counterexample_and_a_hint_helps(assay: Assay, tmp_path: Path) -> None:
    ran = assay("prove", _model(tmp_path, "relayed", RELAYED % ""), "--infer", "--workers", "1")
    assert ran.status == 3, ran.out + ran.err
    assert "to be pasted" not in ran.out
    assert "counterexample to induction: somebody_sent is not preserved by forward" in ran.out
    assert "no candidate that the grammar has answers the counterexample" in ran.out
    assert "help: say what is missing in a predicate with @hint" in ran.out
    helped = assay("prove", _model(tmp_path, "relayed", RELAYED % HINT), "--infer", "--workers", "1")
    assert helped.status == 0, helped.out + helped.err
    assert "self.was_sent_something(n1)" in helped.out
    assert "help:" not in helped.out


@pytest.mark.parametrize("source", [ODD, FLAGS])
def test_odd_names_and_no_sorts_at_all_are_no_trouble(assay: Assay, tmp_path: Path, source: str) -> None:
    ran = assay("prove", _model(tmp_path, "odd", source), "--infer", "--workers", "1")
    assert ran.status == 0, ran.out + ran.err


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--infer", "--set", "Client=3"], "not inferred for given sizes"),
        (["--budget", "3s"], "--budget has no effect for MODEL alone"),
        (["--infer", "--budget", "soon"], "--budget"),
        (["--infer", "--bounded", "3"], "--infer has no effect for MODEL with --bounded"),
        (["--infer", "--induction", "2"], "--infer has no effect for MODEL with --induction"),
        (["--infer", "--only", "mutual_exclusion"], "--only has no effect for MODEL with --infer"),
    ],
)
def test_what_makes_no_sense_is_refused(assay: Assay, lock: str, options: list[str], complaint: str) -> None:
    ran = assay("prove", lock, *options)
    assert ran.status == 2
    assert complaint in ran.err
