"""Models are read by mypy --strict without complaint: idioms for optional values, claims, composition; ports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import assay.checker
import pytest

CONSTRUCTS = Path(__file__).with_name("constructs")
REACH = Path(__file__).parents[2] / "reach"
PORTS = Path(__file__).parents[2] / "models" / "ports"


@pytest.mark.slow
def test_idioms_are_typed_strictly(tmp_path: Path) -> None:
    (tmp_path / "assay").mkdir()  # an editable installation hides its folders from type checkers
    (tmp_path / "assay" / "checker").symlink_to(Path(next(iter(assay.checker.__path__))), target_is_directory=True)
    files = [str(CONSTRUCTS / f"{name}.py") for name in ("optionals", "claims", "evenness", "composed")]
    files += [str(REACH / "test_optional_values.py"), *map(str, sorted(PORTS.glob("*.py")))]
    options = ["--strict", "--namespace-packages", "--explicit-package-bases", "--follow-imports=silent"]
    command = [sys.executable, "-m", "mypy", *options, "--cache-dir", str(tmp_path / "cache"), *files]
    ran = subprocess.run(
        command,
        env={**os.environ, "MYPYPATH": f"{tmp_path}{os.pathsep}{REACH}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
