"""The plugin of pytest: what is gated as tests, a fixture, and nothing at all for who does not ask."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checker.gate.projects import LEASE

PLUGIN = "assay.checker.cli.pytest_plugin"

BROKEN = """
from assay.checker.language import *

class Counter(Model):
    default = {}
    count: Range[0, 3] = 0

    @action
    def up(self) -> None:
        require(self.count < 3)
        self.count += 1

    @invariant
    def below_three(self) -> bool:
        return self.count < 3
"""

TESTS = """
import pytest

def test_lease(assay_check):
    assay_check.model("lease.py", Node=2)

def test_counter(assay_check):
    with pytest.raises(Exception, match="below_three is violated"):
        assay_check.model("counter.py")

def test_quorums(assay_check):
    assay_check.quorums("three.toml")
    with pytest.raises(Exception, match="not safe in one step"):
        assay_check.quorums("three.toml", against="five.toml")
"""


def run(*words: str, plugin: bool = True) -> subprocess.CompletedProcess[str]:
    loaded = ["-p", PLUGIN] if plugin else []
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *loaded, *words]
    # The plugin is loaded by its name: whether the environment knows its entry point is another question.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(autouse=True)
def _project(tmp_path: Path) -> None:
    (tmp_path / "counter.py").write_text(BROKEN)
    (tmp_path / "test_protocols.py").write_text(TESTS)
    for name, nodes in (("three", '"a", "b", "c"'), ("five", '"a", "b", "c", "d", "e"')):
        (tmp_path / f"{name}.toml").write_text(f'[assay]\nsystem = "majority"\nnodes = [{nodes}]\n')
    (tmp_path / "assay.toml").write_text('[[models]]\nfiles = ["lease.py", "counter.py"]\n')


def test_who_does_not_ask_is_not_disturbed(tmp_path):
    ran = run("--collect-only")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "assay model" not in ran.stdout
    loaded = (
        "import sys, assay.checker.cli.pytest_plugin as p; print([m for m in sys.modules if m.startswith('assay.')])"
    )
    names = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout
    assert set(eval(names)) == {"assay.checker", "assay.checker.cli", PLUGIN}


def test_the_fixture_checks_models_and_configurations():
    ran = run("test_protocols.py")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 passed" in ran.stdout


def test_what_is_gated_is_collected_and_k_chooses():
    ran = run("--assay", "-k", "counter and assay")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "1 failed" in ran.stdout
    assert "CHK001 model counter.py" in ran.stdout
    assert "below_three is violated" in ran.stdout
    assert "  3  up()" in ran.stdout
    assert "Traceback" not in ran.stdout


def test_what_is_recorded_and_not_gated_any_more_is_a_test_that_fails(tmp_path):
    for name in ("lease.py", "other.py"):  # the second is accepted by its name, and the first stays recorded
        (tmp_path / name).write_text(LEASE)
        (tmp_path / "assay.toml").write_text(f'[[models]]\nfiles = ["{name}"]\n')
        accept = [sys.executable, "-m", "assay.checker.cli", "gate", "--accept", name]
        subprocess.run(accept, check=True, capture_output=True)
    ran = run("--assay", "-m", "assay")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "1 failed, 1 passed" in ran.stdout
    assert "LCK003 model lease.py" in ran.stdout


def test_settings_that_mean_nothing_end_the_run_in_a_line(tmp_path):
    (tmp_path / "assay.toml").write_text("[[modles]]\n")
    ran = run("--assay")
    assert ran.returncode == 4
    assert "modles" in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr


def test_the_entry_point_is_declared():
    text = (Path(__file__).parents[3] / "pyproject.toml").read_text()
    assert f'[project.entry-points.pytest11]\nassay = "{PLUGIN}"' in text


@pytest.mark.parametrize(
    "spread", ["load", *(pytest.param(one, marks=pytest.mark.slow) for one in ("loadscope", "loadfile", "worksteal"))]
)
def test_xdist_spreads_what_is_gated(tmp_path, spread):
    pytest.importorskip("xdist")
    (tmp_path / "lease.py").write_text(LEASE)
    accept = [sys.executable, "-m", "assay.checker.cli", "gate", "--accept"]
    subprocess.run(accept, check=False, capture_output=True)
    ran = run("-p", "xdist", "-n", "2", "--dist", spread, "--assay", "-m", "assay")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "1 failed, 1 passed" in ran.stdout
    assert "below_three is violated" in ran.stdout


def test_a_name_chooses_among_what_is_gated(tmp_path):
    (tmp_path / "assay.toml").write_text('[[models]]\nnames = ["consensus", "voting"]\ninstances = "smoke"\n')
    accept = [sys.executable, "-m", "assay.checker.cli", "gate", "--accept"]
    subprocess.run(accept, check=True, capture_output=True)
    ran = run("--assay", "-k", "consensus")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed, 4 deselected" in ran.stdout


def test_what_is_unknown_fails(tmp_path):
    (tmp_path / "assay.toml").write_text('[[models]]\nfiles = ["lease.py"]\nmax-states = 1\n')
    ran = run("--assay", "-m", "assay")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "CHK003" in ran.stdout


NODES = """
from assay.impl.node import Cluster, Network, Node, message, on

@message
class Hello: ...

class Talker(Node):
    peer: str
    heard: int = 0

    def on_start(self):
        self.send(self.peer, Hello())

    @on(Hello)
    def hello(self, sender, message):
        self.heard += 1

def heard_nothing(world):
    return all(node.heard == 0 for node in world.nodes.values())

def cluster(talkers=2, quiet=0):
    nodes = {"a": Talker(peer="b"), "b": Talker(peer="a")}
    return Cluster(nodes, network=Network("bag"), invariants=() if quiet else (heard_nothing,))
"""

OWN_TESTS = """
import pytest

def test_quiet(assay_check):
    assay_check.implementation("nodes.py", quiet=1)

def test_loud(assay_check):
    assay_check.implementation("nodes.py")

def test_counter(assay_check):
    assay_check.model("counter.py")

def test_no_model(assay_check):
    assay_check.model("nobody.py")

def test_no_size(assay_check):
    assay_check.model("lease.py", Nodes=2)
"""


def test_a_counterexample_is_the_text_of_the_failure_of_a_test_of_ones_own(tmp_path):
    (tmp_path / "nodes.py").write_text(NODES)
    (tmp_path / "test_protocols.py").write_text(OWN_TESTS)
    ran = run("test_protocols.py")
    assert "4 failed, 1 passed" in ran.stdout, ran.stdout + ran.stderr
    assert "heard_nothing is violated" in ran.stdout
    assert "receives Hello" in ran.stdout
    assert "below_three is violated" in ran.stdout
    assert "  4  up()" in ran.stdout
    assert "nobody.py" in ran.stdout
    assert "Nodes" in ran.stdout
