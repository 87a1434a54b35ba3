"""``assay diff`` on implementations: what nodes do, what they send, and what they keep on disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from assay.checker.changes.claims import Claims
from assay.checker.changes.difference import Difference, Effect, difference
from assay.checker.changes.observation import ObservationRequest, seen
from assay.checker.changes.reviewing import review
from assay.checker.changes.side_by_side import loaded
from assay.checker.changes.worlds import behaviour_of
from assay.checker.engine.limits import Limits
from assay.checker.findings.subject import Subject
from assay.checker.implementations.loading import load_cluster
from assay.checker.implementations.plain import explore

from tests.command_line import Assay

STORE = Path(__file__).parents[1] / "upgrades" / "protocols" / "store.py"

Compared = Callable[..., tuple[Difference, list[tuple[str, str]]]]


@pytest.fixture
def compared(tmp_path: Path) -> Compared:
    """Return a function that compares the store with what becomes of it by replacements."""

    def compared(*replacements: tuple[str, str], states: int | None = None) -> tuple[Difference, list[tuple[str, str]]]:
        text = STORE.read_text()
        for before, after in replacements:
            assert before in text, before
            text = text.replace(before, after)
        (tmp_path / "new.py").write_text(text)
        files = (str(STORE), str(tmp_path / "new.py"))
        old, new = (seen(ObservationRequest(file, settings={"crashes": "1"}, states=states)) for file in files)
        found = review(Subject("new.py"), old, new, Claims())
        return difference(old.behaviour, new.behaviour), [(each.rule.identifier, each.message) for each in found]

    return compared


def test_the_same_nodes_do_the_same(compared: Compared) -> None:
    found, told = compared(("self.kept = max(self.kept, message.value)", "self.kept = max(message.value, self.kept)"))
    assert (found.effect, found.is_complete, told) == (Effect.NONE, True, [])


def test_the_worlds_are_those_of_the_plain_explorer() -> None:
    cluster = load_cluster(str(STORE), {"crashes": "1"}).cluster
    assert len(behaviour_of(cluster, Limits()).steps) == explore(cluster).worlds


def test_a_message_that_is_sent_no_longer_is_told_with_a_shortest_run(compared: Compared) -> None:
    found, _ = compared(("        self.send(client, Stored(message.value))\n", ""))
    assert found.effect is Effect.BREAKING
    gone = found.removed[0]
    assert gone.action == "client receives Stored"
    assert str(gone.trace[-1]).startswith("client receives Stored(")
    assert len(gone.trace) == 2


@pytest.mark.parametrize(
    ("replacements", "rule", "message"),
    [
        (
            (("class Put:\n    value: int", "class Put:\n    value: int\n    term: int = 0"),),
            "STA001",
            "message Put is value: int, term: int = ..., and was value: int",
        ),
        (
            (("kept: Durable[int]", "kept: Durable[int | None]"),),
            "STA002",
            "durable attribute Server.kept is int | None, and was int",
        ),
        ((("kept: Durable[int]", "kept: int"),), "STA002", "durable attribute Server.kept is gone: int"),
        ((("nothing_is_lost", "all_is_there"),), "CLM001", "invariant nothing_is_lost is no longer stated"),
        (
            (("crashes=crashes", "crashes=0"),),
            "BND001",
            "the number of crashes is from 0 to 0, and was from 0 to 1",
        ),
    ],
)
def test_what_a_reviewer_must_know_of_nodes(
    compared: Compared, replacements: tuple[tuple[str, str], ...], rule: str, message: str
) -> None:
    assert (rule, message) in compared(*replacements)[1]


def _itself(folder: Path, _: object) -> tuple[str]:
    return (str(folder),)


NODES = """
from dataclasses import dataclass
from enum import Enum

import other
from assay.impl.node import Address, Cluster, Durable, Network, Node, message, on


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Mark:
    colour: Colour


@dataclass(frozen=True)
class Entry:
    mark: Mark


@message
class Put:
    entries: tuple[Entry, ...]


class Server(Node):
    kept: Durable[dict[int, other.Entry]]

    @on(Put)
    def put(self, source: Address, message: Put) -> None:
        self.kept = {}

    @on(other.Put)
    def put_there(self, source: Address, message: other.Put) -> None:
        self.kept = {}


def cluster() -> Cluster:
    invariants = [lambda world: True, lambda world: not world.crashed]
    return Cluster({"server": Server()}, network=Network("bag"), invariants=invariants)
"""
OTHER = """
from dataclasses import dataclass

from assay.impl.node import message


@dataclass(frozen=True)
class Entry:
    term: int


@message
class Put:
    entry: Entry
"""


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("nodes.py", "colour: Colour", "colour: Colour\n    term: int = 0",
         ("STA001", "record Mark is colour: Colour, term: int = ..., and was colour: Colour")),
        ("nodes.py", 'RED = "red"', 'RED = "red"\n    BLUE = "blue"',
         ("STA001", "record Colour is RED, BLUE, and was RED")),
        ("other.py", "term: int", "term: str", ("STA001", "record other.Entry is term: str, and was term: int")),
        ("other.py", "entry: Entry", "entry: tuple[Entry, ...]",
         ("STA001", "message other.Put is entry: tuple[other.Entry, ...], and was entry: other.Entry")),
        ("nodes.py", "dict[int, other.Entry]", "dict[int, Entry]",
         ("STA002", "durable attribute Server.kept is dict[int, Entry], and was dict[int, other.Entry]")),
        ("nodes.py", "lambda world: True, ", "", ("CLM001", "invariant <lambda> number 2 is no longer stated")),
    ],
    ids=["a field of what is in a message", "an enumeration", "what is on disk", "a message of the same name",
         "of another class of the same name", "a claim without a name"],
)  # fmt: skip
def test_what_is_inside_and_what_has_the_name_of_another(
    tmp_path: Path, file: str, before: str, after: str, told: tuple[str, str]
) -> None:
    outlines = []
    for folder, texts in (("old", (before, before)), ("new", (before, after))):
        (tmp_path / folder).mkdir()
        for name, text in (("nodes.py", NODES), ("other.py", OTHER)):
            assert name != file or before in text
            (tmp_path / folder / name).write_text(text.replace(*texts) if name == file else text)
        observed, _ = loaded(
            partial(seen, ObservationRequest("nodes.py")), tmp_path / folder, partial(_itself, tmp_path / folder)
        )
        outlines.append(observed)
    found = [(each.rule.identifier, each.message) for each in review(Subject("nodes.py"), *outlines, Claims())]
    found = [each for each in found if "<lambda> may say less" not in each[1]]  # the first one is the second now
    assert found == [told]


def test_where_a_limit_is_met_only_what_is_certain_is_told(compared: Compared) -> None:
    found, _ = compared(("        self.send(client, Stored(message.value))\n", ""), states=1)
    assert (found.effect, found.is_complete) == (Effect.NONE, False)


def test_an_implementation_is_no_version_of_a_model(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text(STORE.read_text())
    ran = assay("diff lease.py store.py")
    assert ran.status == 2
    assert "is a model, and store.py is an implementation: they are no versions of one thing" in ran.err
