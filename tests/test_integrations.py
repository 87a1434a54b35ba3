"""What other services run of this repository: the action of GitHub, the hook of pre-commit."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parent.parent
ACTION = ROOT / ".github" / "actions" / "gate" / "action.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"

LEASE = """
from assay.checker.language import *

class Node(Sort): ...

class Lease(Model):
    default = {"Node": 2}
    holder: Node | None = None

    @action
    def grant(self, node: Node) -> None:
        require(self.holder is None)
        self.holder = node

    @action
    def release(self, node: Node) -> None:
        require(self.holder == node)
        self.holder = None
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lease.py").write_text(LEASE)
    (tmp_path / "assay.toml").write_text('[[models]]\nfiles = ["lease.py"]\n')
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-e", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def assay() -> str:
    found = shutil.which("assay")
    assert found is not None
    return found


def test_the_step_of_the_action_verifies_and_writes_the_summary(project):
    """A name that looks like a command is a name; what was never accepted is a finding, with an annotation."""
    action = yaml.safe_load(ACTION.read_text())
    assert action["runs"]["using"] == "composite"
    assert all(step["shell"] == "bash" for step in action["runs"]["steps"])
    verify = action["runs"]["steps"][-1]
    assert "${{" not in verify["run"], "an input in a script is code"
    summary = project / "summary.md"
    environment = {**os.environ, "PATH": f"{Path(assay()).parent}:{os.environ['PATH']}"}
    environment |= {"GITHUB_STEP_SUMMARY": str(summary), "NAMES": "lease.py"}
    ran = subprocess.run(
        ["bash", "-e", "-c", verify["run"]], capture_output=True, text=True, env=environment, check=False
    )
    assert ran.returncode == 1, ran.stderr
    assert "::error" in ran.stdout
    assert "LCK" in summary.read_text()
    environment["NAMES"] = "$(touch,hacked)"
    ran = subprocess.run(
        ["bash", "-e", "-c", verify["run"]], capture_output=True, text=True, env=environment, check=False
    )
    assert ran.returncode == 2
    assert not (project / "hacked").exists()


def test_the_hook_runs_the_gate_and_writes_nothing(project):
    (hook,) = yaml.safe_load(HOOKS.read_text())
    assert {"id", "name", "entry", "language"} <= {*hook}
    assert hook["pass_filenames"] is False
    words = hook["entry"].split()
    assert words[0] == "assay"
    subprocess.run([assay(), "gate", "--accept"], check=True, capture_output=True)
    before = {path.name for path in project.iterdir()}
    assert subprocess.run([assay(), *words[1:]], check=False, capture_output=True).returncode == 0
    assert {path.name for path in project.iterdir()} == before
    (project / "lease.py").write_text(LEASE.replace("is None)", "is None or self.holder == node)"))
    assert subprocess.run([assay(), *words[1:]], check=False, capture_output=True).returncode == 1
