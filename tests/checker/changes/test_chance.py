"""Chance that handlers draw from is told, in whatever way they refer to it, and nothing else is."""

from __future__ import annotations

import json
import random
import sys
from datetime import date
from pathlib import Path
from types import BuiltinMethodType, FrameType
from typing import Any

import pytest
from assay.checker.changes.chance import drawn_by, not_checked
from assay.checker.implementations.loading import load_cluster

from tests.command_line import Assay

NODES = """
import datetime
import functools
import os
import random
import random as dice
import secrets
import time
import uuid
from dataclasses import dataclass, field
from random import randint, shuffle as mix
from time import monotonic

from assay.impl.node import Cluster, Network, Node, message, on, on_timeout

RNG = random.Random()
ROLL = functools.partial(random.randint, 1, 6)
TABLE = {{"roll": [random.choice]}}
FLIPS = frozenset({{RNG.getrandbits}})
LATER = lambda: time.time_ns()


class Dice(random.Random):
    pass


@dataclass(frozen=True)
class Mark:
    key: object = field(default_factory=uuid.uuid4)


def helper(draw=random.random):
    return draw()


@message
class Vote:
    key: int = 1


class Voter(Node):
    peer: str
    votes: int = 0

    def on_start(self):
        self.send(self.peer, Vote())

    @on(Vote)
    def count(self, sender, vote):
        {statement}
        self.votes = 1

    @on_timeout("never")
    def never(self):
        pass

    def method(self):
        return random.random()

    def unused(self):
        return random.betavariate(1, 1)


class Mutant(Voter):
    def never(self):
        random.random()


def is_counted(world):
    return all(node.votes <= 1 for node in world.nodes.values())


def cluster():
    return Cluster({{"a": Voter(peer="b"), "b": Voter(peer="a")}}, invariants=(is_counted,))
"""

LINE = 1 + NODES[: NODES.index("{statement}")].count("\n")

DRAWING = {
    "random.random()": "random.random",
    "dice.uniform(1, 2)": "random.uniform",
    "randint(1, 2)": "random.randint",
    "mix([1, 2])": "random.shuffle",
    "RNG.random()": "random.Random",
    "ROLL()": "random.randint",
    "TABLE['roll'][0]([1])": "random.choice",
    "[flip(3) for flip in FLIPS]": "random.Random",
    "Dice().random()": "random.Random",
    "helper()": "random.random",
    "self.method()": "random.random",
    "getattr(self, 'method')()": "random.random",
    "Mark()": "uuid.uuid4",
    "LATER()": "time.time_ns",
    "[random.random() for _ in range(2)]": "random.random",
    "r = random; r.random()": "random",
    "import random as r; r.gauss()": "random.gauss",
    "from secrets import token_hex as t; t()": "secrets.token_hex",
    "secrets.randbelow(5)": "secrets.randbelow",
    "random.SystemRandom().random()": "random.SystemRandom",
    "uuid.uuid1()": "uuid.uuid1",
    "os.urandom(1)": "os.urandom",
    "getattr(os, 'urandom')(1)": "os.urandom",
    "monotonic()": "time.monotonic",
    "c = time; c.time()": "time",
    "datetime.datetime.now()": "datetime.now",
    "datetime.date.today()": "date.today",
    "now = datetime.datetime.utcnow; now()": "datetime.utcnow",
}

HONEST = [
    "pass",
    "os.path.join('a', 'b')",
    "datetime.timedelta(seconds=1)",
    "datetime.datetime(2020, 1, 1).isoformat()",
    "datetime.datetime.fromtimestamp(0, datetime.timezone.utc)",
    "uuid.UUID(int=1)",
    "uuid.uuid5(uuid.NAMESPACE_DNS, 'a')",
    "secrets.compare_digest('a', 'a')",
    "random = 3; random + 1",
    "'random.random()'.upper()",
    "self.choose('side', (1, 2))",
    "import pytest; pytest.approx(1)",
]


def _cluster(tmp_path: Path, statement: str) -> Any:
    path = tmp_path / "nodes.py"
    path.write_text(NODES.format(statement=statement), encoding="utf-8")
    return load_cluster(str(path))


def _draws(node: Any) -> bool:
    """Return whether a call of a handler draws from chance, as the interpreter tells: a second opinion."""
    chance: list[str] = []

    def listen(_: FrameType, event: str, called: Any) -> None:
        if event != "c_call" or not isinstance(called, BuiltinMethodType):
            return
        owner, name = called.__self__, called.__name__
        is_random = isinstance(owner, random.Random)
        is_now = isinstance(owner, type) and issubclass(owner, date) and name in _NOW
        if is_random or is_now or (getattr(owner, "__name__", "") in _READERS and name in _READING):
            chance.append(name)

    sys.setprofile(listen)
    try:
        node.count("a", None)
    finally:
        sys.setprofile(None)
    return bool(chance)


_NOW = {"now", "today", "utcnow"}
_READERS = {"time", "posix", "nt", "_uuid"}
_READING = {"time", "time_ns", "monotonic", "urandom", "generate_time_safe"}


class _Port:
    def choose(self, _: str, options: tuple[int, ...]) -> int:
        return options[0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("statement", [*DRAWING, *HONEST])
def test_what_is_told_is_what_the_interpreter_is_seen_to_draw(tmp_path: Path, statement: str) -> None:
    named = _cluster(tmp_path, statement)
    found = {each.name for each in drawn_by(named)}
    assert found == ({DRAWING[statement]} if statement in DRAWING else set())
    node: Any = named.cluster.nodes["a"]
    node.bind("a", _Port())
    assert _draws(node) == bool(found)


def test_it_is_told_where_that_is(tmp_path: Path) -> None:
    named = _cluster(tmp_path, "random.random()")
    assert not_checked(named) == f"what chance decides (random.random in Voter.count, nodes.py:{LINE})"


@pytest.mark.parametrize("protocol", ["abd", "lock", "paxos", "raft", "replication", "round_robin", "two_phase_commit"])
def test_the_library_draws_from_no_chance(protocol: str) -> None:
    assert not_checked(load_cluster(protocol)) == ""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("node.votes <= 1", "node.votes <= 1 + (random.random() < 1e-9)", "random.random in is_counted"),
        ("    return Cluster(", "    random.random()\n    return Cluster(", "random.random in cluster"),
        ("    key: int = 1", "    key: int = field(default_factory=RNG.random)", "random.Random in Vote"),
    ],
)
def test_claims_the_cluster_and_messages_count_too(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "nodes.py"
    path.write_text(NODES.format(statement="pass").replace(old, new), encoding="utf-8")
    assert told in not_checked(load_cluster(str(path)))


RARE, JITTER, NONE = (
    "self.votes = 1 + (random.random() < 1e-9)",
    "self.set_timer('never', random.uniform(1, 2))",
    "pass",
)


@pytest.mark.parametrize(("statement", "name"), [(RARE, "random.random"), (JITTER, "random.uniform")])
def test_no_report_calls_what_depends_on_chance_exhaustive(assay: Assay, statement: str, name: str) -> None:
    Path("nodes.py").write_text(NODES.format(statement=statement), encoding="utf-8")
    left_out = f"what chance decides ({name} in Voter.count, nodes.py:{LINE})"
    ran = assay("check nodes.py --implementation")
    assert ran.status == 0
    assert "worlds, but not what chance decides\n" in ran.out
    assert f"  not checked: {left_out}\n" in ran.out
    report = json.loads(assay("check nodes.py --implementation --format json").out)
    assert (report["verdict"], report["exhaustive"], report["not_checked"]) == ("holds", False, left_out)
    page = assay("check nodes.py --implementation --format markdown").out
    assert f"IMP004 not checked: what chance decides ({name}" in page
    assert not [text for text in (ran.out, page) if "exhaustive" in text]
    assert f"  not checked: {left_out}\n" in assay("fuzz nodes.py --walks 1").out
    assert json.loads(assay("fuzz nodes.py --walks 1 --format json").out)["not_checked"] == left_out


def test_a_cluster_without_chance_is_explored_exhaustively(assay: Assay) -> None:
    Path("nodes.py").write_text(NODES.format(statement=NONE), encoding="utf-8")
    ran = assay("check nodes.py --implementation")
    assert ": exhaustive, all" in ran.out
    assert "chance" not in ran.out
    report = json.loads(assay("check nodes.py --implementation --format json").out)
    assert (report["exhaustive"], report["not_checked"]) == (True, "")


def test_an_upgrade_says_so_too(assay: Assay) -> None:
    Path("nodes.py").write_text(NODES.format(statement=RARE), encoding="utf-8")
    out = assay("upgrade nodes.py nodes.py").out
    assert "of the mixture, but not what chance decides\n" in out
    assert "warning: not checked: what chance decides (random.random in Voter.count" in out


def test_the_gate_warns_of_it(assay: Assay) -> None:
    Path("nodes.py").write_text(NODES.format(statement=RARE), encoding="utf-8")
    Path("assay.toml").write_text('[[implementations]]\nfiles = "nodes.py"\n', encoding="utf-8")
    assert assay("gate --accept").status == 0
    ran = assay("gate")
    assert ran.status == 0
    assert "IMP004" in ran.out
    assert "random.random in Voter.count" in ran.out
