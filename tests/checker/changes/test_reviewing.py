"""What `assay diff` tells besides behaviours: what is claimed, assumed, stored and looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from assay.checker.changes.claims import ClaimsRequest
from assay.checker.changes.fairness import added
from assay.checker.changes.observation import ObservationRequest, seen
from assay.checker.changes.outline import Fair
from assay.checker.changes.reviewing import review
from assay.checker.findings.finding import Finding
from assay.checker.findings.subject import Subject
from assay.proofs.changes.answering import compared

from tests.command_line import Assay

PROTOCOL = """
from dataclasses import dataclass

from assay.checker.language import *


class Node(Sort):
    pass


@dataclass(frozen=True)
class Vote:
    node: Node


class Protocol(Model):
    default = {"Node": 3}
    smoke = {"Node": 2}
    check_deadlock = True
    votes: Set[Vote] = set()
    elected: Set[Node] = set()
    term: Range[0, 2] = 0

    @action
    def vote(self, node: Node) -> None:
        self.votes.add(Vote(node))

    @action(fair="weak")
    def elect(self, node: Node) -> None:
        require(Vote(node) in self.votes, not self.elected)
        self.elected.add(node)

    @action(fires="never")
    def recall(self, node: Node) -> None:
        require(node in self.elected, Vote(node) not in self.votes)
        self.elected.discard(node)

    @action(fires="maybe")
    def count(self, node: Node) -> None:
        seen = Vote(node) in self.votes
        require(seen)
        assert len(self.elected) < 2

    @terminal
    def somebody(self) -> bool:
        return len(self.elected) == 1

    @constraint
    def few(self) -> bool:
        return self.term <= 1

    @invariant
    def elected_were_voted_for(self) -> bool:
        return all(Vote(node) in self.votes for node in self.elected)

    @eventually
    def somebody_is_elected(self) -> bool:
        return any(node in self.elected for node in Node)
"""


Told = Callable[..., tuple[Finding, ...]]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Return a function that compares the protocol with what becomes of it by replacements, and returns findings."""

    def told(*replacements: tuple[str, str]) -> tuple[Finding, ...]:
        text = PROTOCOL
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new)
        files = [str(tmp_path / name) for name in ("before.py", "after.py")]
        for file, content in zip(files, (PROTOCOL, text), strict=True):
            Path(file).write_text(content)
        old_, new_ = (seen(ObservationRequest(file, settings={"Node": "2"})) for file in files)
        claims = compared(ClaimsRequest(*files, str(tmp_path), str(tmp_path), settings={"Node": "2"}, seconds=30.0))
        return review(Subject("after.py"), old_, new_, claims)

    return told


def words(found: Iterable[Finding]) -> list[tuple[str, str, str]]:
    return [(each.rule.identifier, each.severity.value, each.message) for each in found]


@pytest.mark.parametrize(
    ("replaced", "rule", "message"),
    [
        (('"Node": 3', '"Node": 2'), "BND001", "Node is 2 in the default and deep instances, and was 3"),
        (("Range[0, 2]", "Range[0, 1]"), "BND001", "term is from 0 to 1, and was from 0 to 2"),
        (("self.term <= 1", "self.term <= 0"), "BND001", "constraint few keeps out states that were explored before"),
        (('fair="weak"', 'fair="strong"'), "CLM009", "strong fairness of elect is newly assumed"),
        (
            ("check_deadlock = True", "check_deadlock = False"),
            "CLM001",
            "that no state is a deadlock is no longer checked",
        ),
        (
            ("    node: Node\n\n", "    node: Node\n    term: Range[0, 0] = 0\n\n"),
            "STA001",
            "record Vote is node: Node, term: int, and was node: Node",
        ),
        (
            ("for node in self.elected)", "for node in self.elected if self.term == 1)"),
            "CLM003",
            "invariant elected_were_voted_for says less than before: what it said does not follow from it",
        ),
        (
            ("for node in self.elected)", "for node in self.elected if self.term == 1)"),
            "CLM007",
            "invariant elected_were_voted_for says nothing any more: in no state does it come to its conclusion",
        ),
        (('fires="never"', 'fires="maybe"'), "CLM001", "that recall never fires is no longer claimed"),
        (
            (
                PROTOCOL[PROTOCOL.index('    @action(fires="never")') : PROTOCOL.index('    @action(fires="maybe")')],
                "",
            ),
            "CLM001",
            "that recall never fires is no longer claimed: the action is gone",
        ),
        (
            ("    @action\n    def vote", '    @action(fires="maybe")\n    def vote'),
            "CLM001",
            "that vote fires somewhere is no longer claimed",
        ),
        (
            ("assert len(self.elected) < 2", "assert len(self.elected) < 3"),
            "CLM008",
            "what count asserts may say less than before: its code is another one",
        ),
        (
            ("seen = Vote(node) in self.votes", "seen = Vote(node) in self.votes and node not in self.elected"),
            "CLM008",
            "what count asserts may say less than before: its code is another one",
        ),
        (
            ("        assert len(self.elected) < 2\n", ""),
            "CLM001",
            "that no assertion is false is no longer checked",
        ),
        (
            ("len(self.elected) == 1", "len(self.elected) <= 1"),
            "CLM003",
            "terminal somebody lets behaviours end where that was a deadlock before",
        ),
        (
            ("    @constraint", "    @terminal\n    def early(self) -> bool:\n        return True\n\n    @constraint"),
            "CLM003",
            "terminal early lets behaviours end where that was a deadlock before",
        ),
    ],
)  # fmt: skip
def test_what_a_reviewer_must_know(told: Told, replaced: tuple[str, str], rule: str, message: str) -> None:
    assert (rule, "error", message) in words(told(replaced))


PAINTING = """
from assay.checker.language import *


class Color(Enum):
    RED, BLUE, GREEN = range(3)


class Painting(Model):
    default = {}
    color: Color = Color.RED

    @action
    def paint(self) -> None:
        self.color = Color.BLUE

    @invariant
    def has_a_color(self) -> bool:
        return any(self.color is each for each in Color)
"""


def test_an_enumeration_with_other_members_changes_what_is_said_of_it(assay: Assay, tmp_path: Path) -> None:
    before, after = tmp_path / "before.py", tmp_path / "after.py"
    before.write_text(PAINTING)
    after.write_text(PAINTING.replace("RED, BLUE, GREEN = range(3)", "RED, BLUE = range(2)"))
    ran = assay(f"diff {before} {after}")
    assert "STA001 enumeration Color is RED, BLUE, and was RED, BLUE, GREEN" in ran.out
    assert "CLM008" in ran.out


def test_a_renamed_variable_is_a_note(told: Told) -> None:
    found = told(("elected:", "chosen:"), ("self.elected", "self.chosen"))
    assert words(found) == [("STA003", "note", "variable elected is now called chosen: Set[Node]")]


def test_more_of_everything_is_no_finding(told: Told) -> None:
    assert told(('"Node": 3', '"Node": 4'), ("Range[0, 2]", "Range[0, 3]"), ("self.term <= 1", "self.term <= 2")) == ()


def test_a_project_gives_rules_their_levels(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "assay.toml").write_text('[levels]\nBND001 = "warning"\n[[models]]\nfiles = ["*.py"]\n')
    (tmp_path / "before.py").write_text(PROTOCOL)
    (tmp_path / "after.py").write_text(PROTOCOL.replace('"Node": 3', '"Node": 2'))
    ran = assay("diff before.py after.py --set Node=2")
    assert ran.status == 0
    assert "warning BND001 Node is 2 in the default and deep instances, and was 3" in ran.out


def test_a_finding_has_the_line_of_what_it_is_about_and_the_same_fingerprint_wherever_that_is(told: Told) -> None:
    weaker = ("for node in self.elected)", "for node in self.elected if self.term == 1)")
    (found, _), (moved, _) = told(weaker), told(weaker, ("class Node", "# One line more.\nclass Node"))
    assert found.location is not None
    assert moved.location is not None
    assert "elected_were_voted_for" in PROTOCOL.splitlines()[found.location.line - 1]
    assert moved.location.line == found.location.line + 1
    assert moved.fingerprint == found.fingerprint


def fair(is_strong: bool, *actions: str, each: tuple[str, ...] = ()) -> Fair:
    return Fair(is_strong, actions, each)


@pytest.mark.parametrize(
    ("before", "after", "is_added"),
    [
        (fair(False, "a"), fair(False, "a"), False),
        (fair(True, "a"), fair(False, "a"), False),
        (fair(False, "a"), fair(True, "a"), True),
        (fair(False, "a", "b"), fair(False, "b", "a"), False),
        (fair(False, "a", "b"), fair(False, "a"), True),
        (fair(True, "a", each=("node",)), fair(True, "a"), False),
        (fair(True, "a", each=("node",)), fair(False, "a"), False),
        (fair(False, "a", each=("node",)), fair(False, "a"), True),
        (fair(True, "a"), fair(True, "a", each=("node",)), True),
        (fair(False), fair(False, "a"), True),
    ],
)
def test_fairness_that_follows_from_what_was_assumed_is_not_added(before: Fair, after: Fair, is_added: bool) -> None:
    assert [*added([before], [after])] == ([after] if is_added else [])
