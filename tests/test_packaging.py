"""The package: what is installed is what is in the tree, and the command line starts without what it does not need."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from assay.checker.cli.registry import COMMANDS

from tests.tiers import one_in

ROOT = Path(__file__).parent.parent
FOLDERS = ("checker", "models", "impl", "proofs")
TOP_LEVEL = {
    *(*FOLDERS, "tests", "pyproject.toml", "assay.lock"),
    *("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE"),
}
LEFT_BY_TOOLS = {"build", "dist", "assay.egg-info", "__pycache__", "MANIFEST"}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


SOURCES = (*FOLDERS, "pyproject.toml", "README.md", "LICENSE")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def modules_in(root: Path) -> set[str]:
    """Return what is to be installed from a tree: modules, pages of help, and marks of types."""
    files = (path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
    return {
        f"assay/{path.relative_to(root)}"
        for path in files
        if "__pycache__" not in path.parts and path.suffix != ".toml"
    }


def built(tree: Path, folder: str) -> set[str]:
    """Build a wheel from a tree, and return what is in it."""
    command = [sys.executable, "-c", BUILD, folder]
    subprocess.run(command, cwd=tree, capture_output=True, check=True, timeout=120)
    (wheel,) = (tree / folder).glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_a_build_holds_what_is_in_the_tree_and_nothing_of_an_earlier_one(tmp_path: Path) -> None:
    for source in SOURCES:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / source).exists():
            shutil.copy(ROOT / source, tmp_path)
    assert built(tmp_path, "first") == modules_in(tmp_path)
    (tmp_path / "models" / "voting.py").unlink()
    (tmp_path / "models" / "new").mkdir()
    (tmp_path / "models" / "new" / "__init__.py").touch()
    second = built(tmp_path, "second")
    assert second == modules_in(tmp_path)
    assert ("assay/models/voting.py" in second, "assay/models/new/__init__.py" in second) == (False, True)


MODULES = {"python-sat": "pysat", "pyyaml": "yaml", "z3-solver": "z3"}
"""What a distribution is imported as, where that is not its own name."""


def test_everything_that_is_installed_is_imported_somewhere(project: dict[str, Any]) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    names = [re.split("[<>=]", dependency)[0] for dependency in project["project"]["dependencies"]]
    modules = [MODULES.get(name, name) for name in names]
    assert [name for name in modules if not re.search(rf"^\s*(import|from) {name}\b", text, re.MULTILINE)] == []


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
    modules = modules_in(ROOT)
    marks = {f"assay/{folder}/py.typed" for folder in FOLDERS if any((ROOT / folder).rglob("*.py"))}
    assert modules | marks <= installed
    assert {name for name in installed if not name.startswith("assay/")} <= {"../../../bin/assay"}


IMPORTED = """
import sys
from assay.checker.cli import main
status = main({arguments!r})
slow = {{"numba", "z3", "scipy", "networkx", "hypothesis", "numpy", "yaml", "pysat"}} & set(sys.modules)
print(status, sorted(slow), file=sys.stderr)
"""


HELP = [[command, "--help"] for command in COMMANDS]


@pytest.mark.parametrize("arguments", one_in(4, [["list"], ["--help"], *HELP]), ids=" ".join)
def test_what_only_an_exploration_or_a_proof_needs_is_not_imported(arguments: list[str]) -> None:
    program = IMPORTED.format(arguments=arguments)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.stderr == "0 []\n"


def test_a_small_check_needs_no_compiler() -> None:
    program = IMPORTED.format(arguments=["check", "consensus", "--engine", "reference"])
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.stderr == "0 []\n"
