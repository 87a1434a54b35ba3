"""Actions that are claimed never to happen are judged by every command that sees them happen."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.cli import main

MODEL = """
from assay.checker.language import *


class Node(Sort): ...


class Clocks(Model):
    default = {"Node": 2}
    check_deadlock = False
    clock: Map[Node, Range[0, 2]] = everywhere(0)

    @action
    def tick(self, n: Node) -> None:
        require(self.clock[n] < 2)
        self.clock[n] += 1

    @action(fires="never")
    def back(self, n: Node) -> None:
        require(self.clock[n] < 0)
        self.clock[n] = 0


class Backwards(Clocks):
    expected = Violates("back")

    @action(fires="never")
    def back(self, n: Node) -> None:
        require(self.clock[n] > 1)
        self.clock[n] = 0
"""


def test_an_action_that_never_happens_is_found_by_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("clocks.py").write_text(MODEL)

    def said(words: str) -> tuple[int, str]:
        return main(words.split()), capsys.readouterr().out

    assert said("check clocks.py:Backwards --itf found.itf.json")[0] == 1
    status, report = said("check clocks.py:Backwards --replay found.itf.json")
    assert (status, "violated: back in state 4" in report) == (1, True)
    assert said("graph clocks.py:Backwards --property back --format json")[0] == 0
    status, report = said("upgrade clocks.py:Clocks clocks.py:Backwards --versions Node")
    assert (status, "violated  back" in report) == (1, True)
    status, report = said("upgrade clocks.py:Clocks clocks.py:Clocks --versions Node --only back")
    assert (status, "holds  back" in report) == (0, True)
