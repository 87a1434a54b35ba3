"""The fixtures of the command line, and protocols in two versions."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command_line import assay, in_a_project_of_its_own

__all__ = ["assay", "commit", "in_a_project_of_its_own", "write"]

STORE = Path(__file__).parent / "protocols" / "store.py"
PAXOS = Path(__file__).parent / "protocols" / "paxos.py"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a protocol to a file, with replacements that must all apply."""

    def write(name: str, protocol: Path = STORE, /, *replacements: tuple[str, str]) -> Path:
        text = protocol.read_text()
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new)
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


@pytest.fixture
def commit(tmp_path: Path) -> Callable[[str], None]:
    """Return a function that commits all files."""

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def commit(message: str) -> None:
        if not (tmp_path / ".git").exists():
            git("init", ".")
        git("add", ".")
        git("commit", "-m", message)

    return commit
