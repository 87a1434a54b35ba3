"""What may import what, as ``.importlinter`` says; and ARCHITECTURE.md, as far as a program can tell."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.way import call_paths
from tests.house import Module, figures, modules

ROOT = Path(__file__).parent.parent
FOLDERS = ("checker", "models", "impl", "proofs")
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def product() -> list[Module]:
    """Return all modules, whose syntax trees are kept for these tests only: they are half of what a process holds."""
    return modules(ROOT)


def test_imports_run_one_way_only() -> None:
    command = "from importlinter.cli import lint_imports_command as run; run()"
    ran = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_rules_are_about_every_package_there_is() -> None:
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter")
    there = {f"assay.{folder}" for folder in FOLDERS if any((ROOT / folder).rglob("*.py"))}
    assert set(rules["importlinter"]["root_packages"].split()) == there


def test_the_map_names_every_package() -> None:
    packages = {path.parent.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("__init__.py")}
    missing = [str(package) for package in sorted(packages) if f"{package}/" not in PAGE]
    assert missing == []


def test_tests_stand_where_what_they_test_stands() -> None:
    tested = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    folders = sorted(folder for folder in tested if folder.parts[:1] and folder.parts[0] in FOLDERS)
    assert folders
    assert [str(folder) for folder in folders if not (ROOT / folder).is_dir()] == []


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:checker|models|impl|proofs|tests|\.ci)/[^`\s]*)`", PAGE)))
)
def test_every_path_on_the_page_exists(path: str) -> None:
    assert (ROOT / path).exists()


_DEFINED = re.findall(r"`([\w.]+)`(?:,? (?:in|of) | \()`([\w/]+\.py)`", PAGE)


@pytest.mark.parametrize(("name", "path"), sorted(set(_DEFINED)))
def test_every_name_that_the_page_finds_in_a_module_is_defined_there(name: str, path: str) -> None:
    last = re.escape(name.rpartition(".")[2])
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"\b(?:class|def) {last}\b|^ *{last}\b[^=\n]*=", text, re.MULTILINE)


def _stated(row: str) -> list[int]:
    """Return the numbers of a row of a table of the page."""
    (line,) = (line for line in PAGE.splitlines() if line.startswith(f"| {row} |"))
    return [int(cell.replace(",", "")) for cell in re.findall(r"\| ([\d,]+)(?= \|)", line)]


def test_no_module_knows_two_classes_of_one_name(product: list[Module]) -> None:
    """Then one of the two would have to be called something else there."""
    renamed = [
        f"{module.name}: {alias.name} as {alias.asname}"
        for module in product
        for node in module.nodes
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("assay.")
        for alias in node.names
        if alias.asname and alias.name[0].isupper()
    ]
    assert renamed == []


def test_the_house_is_as_the_page_says(product: list[Module]) -> None:
    stated = {figure: _stated(figure.name)[-1] for figure in figures(product)}
    larger = [(figure, now) for figure, now in stated.items() if figure.value > now * (1 + figure.slack)]
    assert larger == [], "shrink it, or write down what `python -m tests.house` says"


def test_the_way_of_an_obligation_is_as_short_as_the_page_says() -> None:
    assert all(found <= stated for found, stated in zip(call_paths().figures, _stated("now"), strict=True))
