"""The package: what is installed is what is in the tree, and the command line starts without what it does not need."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("checker", "models", "impl", "proofs")
TOP_LEVEL = {*FOLDERS, "tests", "pyproject.toml", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE"}
LEFT_BY_TOOLS = {"build", "dist", "assay.egg-info", "__pycache__", "MANIFEST"}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def packages_in_the_tree() -> set[str]:
    return {
        "assay." + ".".join(path.parent.relative_to(ROOT).parts)
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
    }


def test_the_packages_that_are_installed_are_those_in_the_tree(project: dict[str, Any]) -> None:
    assert set(project["tool"]["setuptools"]["packages"]) == packages_in_the_tree()


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {path.parent for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_top_level_holds_nothing_else() -> None:
    environments = {path.parent.name for path in ROOT.glob("*/pyvenv.cfg")}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - environments
    assert found - LEFT_BY_TOOLS <= TOP_LEVEL


def test_the_version_is_said_once(project: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "assay.checker.cli", "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout == f"assay {project['project']['version']}\n"


def test_the_wheel_holds_every_module_and_says_that_it_is_typed() -> None:
    copies = ({str(file) for file in found.files or ()} for found in metadata.distributions(name="assay"))
    wheel = next((copy for copy in copies if any(name.startswith("assay/") for name in copy)), None)
    if wheel is None:
        pytest.skip("assay is installed from its source tree, not from a wheel")
    installed = {name for name in wheel if ".dist-info" not in name}
    modules = {f"assay/{path.relative_to(ROOT)}" for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    marks = {f"assay/{folder}/py.typed" for folder in FOLDERS if any((ROOT / folder).rglob("*.py"))}
    assert modules | marks <= installed
    assert {name for name in installed if not name.startswith("assay/")} <= {"../../../bin/assay"}


IMPORTED = """
import sys
from assay.checker.cli import main
status = main({arguments!r})
slow = {{"numba", "z3", "scipy", "networkx", "hypothesis", "numpy"}} & set(sys.modules)
print(status, sorted(slow), file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["check", "--help"]], ids=" ".join)
def test_what_only_an_exploration_or_a_proof_needs_is_not_imported(arguments: list[str]) -> None:
    program = IMPORTED.format(arguments=arguments)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.stderr == "0 []\n"


def test_a_small_check_needs_no_compiler() -> None:
    program = IMPORTED.format(arguments=["check", "consensus", "--engine", "reference"])
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.stderr == "0 []\n"
