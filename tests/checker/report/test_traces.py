"""What a counterexample tells a reader who does not have the source."""

from __future__ import annotations

import json

import pytest

from tests.command_line import Assay

MODEL = '''\
from assay.checker.language import *

class Client(Sort):
    pass

class Lock(Model):
    default = {"Client": 2}
    smoke = {}
    holders: Set[Client]  # who believes that it has the lock
    spare: Set[Client]  # noqa: nothing for readers

    @action
    def take(self, client: Client) -> None:
        """The lock is given to whoever asks."""
        require(client not in self.holders)
        self.holders.add(client)

    @action(fires="maybe")
    def give(self, client: Client) -> None:
        """Given back, which is never told of where it does not happen."""
        require(client in self.holders, len(self.holders) > 2)
        self.holders.discard(client)

    @invariant
    def one_holder(self, a: Client, b: Client) -> bool:
        """Two do not hold it at once."""
        return a == b or not (a in self.holders and b in self.holders)

    @terminal
    def over(self) -> bool:
        return len(self.holders) == 2
'''


@pytest.fixture
def ran(tmp_path, monkeypatch, assay: Assay):
    (tmp_path / "plain.py").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    return lambda *options: assay(" ".join(("check plain.py", *options)))


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_counterexample_says_what_is_claimed_for_whom_it_fails_and_what_happens(ran, engine):
    out = ran("--engine", engine).out.splitlines()
    start = out.index("counterexample to one_holder(a=c1, b=c2): 3 states, none is shorter")
    assert out[start + 1] == "  Two do not hold it at once."
    told = out.index("  The actions:")
    assert out[told + 1 : told + 3] == ["    take: The lock is given to whoever asks.", "  The variables:"]
    assert out[told + 3 : told + 5] == ["    holders: who believes that it has the lock", ""]


def test_markdown_and_json_tell_it_too(ran):
    page = ran("--format", "markdown").out
    assert "<summary>counterexample to one\\_holder(a=c1, b=c2): 3 states, none is shorter</summary>" in page
    assert "Two do not hold it at once." in page
    found = json.loads(ran("--format", "json").out)["properties"]
    assert [p.get("violated_for") for p in found if p["name"] == "one_holder"] == ["one_holder(a=c1, b=c2)"]
