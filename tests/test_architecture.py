"""What may import what, as ``.importlinter`` says; and ARCHITECTURE.md, as far as a program can tell."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("checker", "models", "impl", "proofs")
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_imports_run_one_way_only(tmp_path: Path) -> None:
    command = "from importlinter.cli import lint_imports_command as run; run()"
    options = ["--config", str(ROOT / ".importlinter"), "--no-cache"]
    ran = subprocess.run(
        [sys.executable, "-c", command, *options], capture_output=True, text=True, cwd=tmp_path, check=False
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


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:checker|models|impl|proofs|tests|\.ci)/[^`\s]*)`", PAGE)))
)
def test_every_path_on_the_page_exists(path: str) -> None:
    assert (ROOT / path).exists()
