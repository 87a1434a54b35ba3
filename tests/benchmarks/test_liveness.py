"""The benchmark of liveness beside TLC, with a stand-in for Java that prints what TLC prints; it measures nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks import liveness, tlc
from tests.benchmarks.figures import Figures

STAND_IN = """\
#!{python}
import json, os, pathlib, sys
module = sys.argv[-1]
seen = dict(arguments=sys.argv[1:], cfg=pathlib.Path(module + ".cfg").read_text(),
            tla=pathlib.Path(module + ".tla").read_text())
pathlib.Path({seen!r}).write_text(json.dumps(seen))
print({report!r})
sys.exit({status})
"""

REPORT = """\
TLC2 Version 2.19 of 08 August 2024
Implied-temporal checking--satisfiability problem has 3 branches.
Progress(9) at 2024-10-01 12:00:03: 99,999 states generated, 1,000 distinct states found, 5 states left on queue.
Progress(14) at 2024-10-01 12:00:04: 2,941 states generated, 688 distinct states found, 0 states left on queue.
Checking 3 branches of temporal properties for the complete state space with 864 total distinct states
Finished checking temporal properties in 00s at 2024-10-01 12:00:04
Model checking completed. No error has been found.
{generated} states generated, {distinct} distinct states found, 0 states left on queue.
The depth of the complete state graph search is 11.
Finished in 03s at (2024-10-01 12:00:05)
"""

SMALL = {
    "TwoPhase": (liveness.two_phase(3), 288, 1146),
    "TwoPhaseWithCrashes": (liveness.with_crashes(2), 688, 2941),
    "ZooKeeperLock": (liveness.lock(2, 2), 1462, 5017),
}


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return a function that puts a stand-in for Java first on the path; it returns what the last call has seen."""

    def place(report, status=0):
        folder, seen = tmp_path / "bin", tmp_path / "seen.json"
        folder.mkdir(exist_ok=True)
        java = folder / "java"
        java.write_text(STAND_IN.format(python=sys.executable, seen=str(seen), report=report, status=status))
        java.chmod(0o755)
        (tmp_path / "tla2tools.jar").write_text("a jar")
        monkeypatch.setenv("PATH", str(folder), prepend=":")
        monkeypatch.setenv("TLA2TOOLS_JAR", str(tmp_path / "tla2tools.jar"))
        return lambda: json.loads(seen.read_text())

    return place


@pytest.mark.parametrize("module", SMALL)
def test_tlc_is_asked_the_same_and_the_ratio_is_printed(module, stand_in, capsys):
    case, distinct, generated = SMALL[module]
    seen = stand_in(REPORT.format(generated=generated, distinct=distinct))
    liveness.main([case])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == str(case)
    assert lines[1].startswith(f"  assay: {distinct:,} states, {generated:,} generated, ")
    assert lines[2] == f"  TLC: {distinct:,} states, {generated:,} generated, 3.0 s"
    assert lines[3].startswith("  TLC / assay: ")
    asked = seen()
    assert asked["arguments"][-4:] == ["-workers", "1", "-deadlock", module]
    assert asked["cfg"].startswith("SPECIFICATION LiveSpec\nINVARIANT ")
    words = asked["cfg"].split()
    assert words[2:5:2] == ["INVARIANT", "PROPERTY"]
    for name in words[3:6:2]:
        assert f"\n{name} ==" in asked["tla"]


def test_other_counts_are_no_comparison(stand_in):
    stand_in(REPORT.format(generated=1146, distinct=287))
    with pytest.raises(RuntimeError, match="counted differently"):
        liveness.main([SMALL["TwoPhase"][0]])


def test_a_run_of_tlc_that_finds_an_error_is_no_comparison(stand_in):
    stand_in("Error: Temporal properties were violated.\nFinished in 03s at (2024-10-01 12:00:05)", status=13)
    with pytest.raises(ValueError, match="Temporal properties were violated"):
        liveness.main([SMALL["TwoPhase"][0]])


def test_without_a_jar_only_assay_is_measured(monkeypatch, capsys):
    monkeypatch.delenv("TLA2TOOLS_JAR", raising=False)
    assert not tlc.available()
    liveness.main([SMALL["TwoPhase"][0]])
    assert "TLC: not here" in capsys.readouterr().out


@pytest.mark.slow
def test_what_is_measured_beside_tlc_has_a_million_states():
    for name, states in (("lock", 1_233_566), ("two-phase-with-crashes", 1_128_320)):
        found = liveness.run_assay(liveness.CASES[name])
        assert isinstance(found, Figures)
        assert found.distinct == states
