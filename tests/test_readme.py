"""The README and the pages of ``assay help`` are executed.

Their files are written as they stand there, their commands run, their output compared.

A block ``console`` is a session: what follows ``$`` is run by a shell, what stands below it is its output. A line
``...`` stands for any lines. A block with ``title="NAME"`` is appended to that file. All blocks of a page share one
folder, in its order. Only times, rates, the engine that ``auto`` chose and the widths of tables are normalised.

To bring the outputs up to date: ``python tests/test_readme.py``, then read the difference.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
HELP = ROOT / "checker" / "help"
PAGES = [README, *sorted(HELP.glob("*.md"))]
ELLIPSIS = "..."
LONG = (
    *("ci", "conform", "diff", "gate", "implementations", "inference", "liveness", "networks", "quorums", "refinement"),
    "upgrade",
)
"""Pages whose examples take so long that they are for the second tier."""

CONTINUED = {HELP / "tutorial.md": README}
"""A page that goes on with the files of another."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its title, its text, and the line that it begins on."""

    language: str
    title: str
    text: str
    line: int


@dataclass(frozen=True)
class Example:
    """A command of a session, what is to be seen after it, and its line."""

    command: str
    output: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    for match in re.finditer(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', page, re.MULTILINE | re.DOTALL):
        yield Block(match[1], match[2] or "", match[3], page.count("\n", 0, match.start()) + 2)


def examples(block: Block) -> Iterator[Example]:
    for match in re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
        yield Example(match[1], match[2], block.line + block.text.count("\n", 0, match.start()))


TIME = r"(?:\d+ h \d\d min|\d+ min \d\d s|\d+\.\d+ s)"
"""A duration, as reports have it on machines of any speed."""


def normalised(text: str) -> str:
    """Return an output without what differs from run to run."""
    text = re.sub(rf"(, [\d,.]+ generated/s)?(, {TIME} in all)?$", "", text, flags=re.MULTILINE)
    text = re.sub(rf"\b{TIME}(?!\w)", "T s", text)
    text = re.sub(r"^(  engine +)(reference|native)$", r"\1ENGINE", text, flags=re.MULTILINE)
    text = re.sub(r" \d+\.\d\d$", "  T", text, flags=re.MULTILINE)
    return re.sub(r"(?<=\S)  +", "  ", text).rstrip()


def agrees(wanted: str, found: str) -> bool:
    """Return whether an output is what the page says, where ``...`` stands for any lines."""
    parts = [".*" if line == ELLIPSIS else re.escape(line) for line in normalised(wanted).split("\n")]
    pattern = "\n".join(parts).replace("\n.*\n", "\n(?:.*\n)?").replace("\n.*", "(?:\n.*)?")
    pattern = re.sub(r"^\.\*\n", "(?:.*\n)?", pattern)
    return re.fullmatch(pattern, normalised(found), re.DOTALL) is not None


class Session:
    """A shell in a folder of its own, in which the examples run one after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.status = 0

    def run(self, command: str) -> str:
        """Run a command; return both streams, as a terminal shows them."""
        if command == "echo $?":
            return f"{self.status}\n"
        scripts = str(Path(sys.executable).parent)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")}
        environment |= {"PATH": scripts + os.pathsep + os.environ["PATH"], "NO_COLOR": "1"}
        ran = subprocess.run(
            command,
            shell=True,
            executable="/bin/sh",
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.status = ran.returncode
        return ran.stdout

    def write(self, block: Block) -> None:
        """Append a titled block to its file, two lines below what is there."""
        path = self.folder / block.title
        before = path.read_text(encoding="utf-8") + "\n\n" if path.exists() else ""
        path.write_text(before + block.text, encoding="utf-8")


def begin(session: Session, path: Path) -> None:
    """Write the files that a page starts with: those of the page it continues."""
    if path in CONTINUED:
        for block in blocks(CONTINUED[path].read_text(encoding="utf-8")):
            if block.title:
                session.write(block)


def page(name: str = "README") -> str:
    """Return the text of the README, or of a page of ``assay help``."""
    path = README if name == "README" else HELP / f"{name}.md"
    return path.read_text(encoding="utf-8")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path)


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[pytest.mark.slow] * (path.stem in LONG)) for path in PAGES],
    ids=lambda path: path.stem,
)
def test_every_example_does_what_the_page_says(session: Session, path: Path) -> None:
    begin(session, path)
    complaints = []
    for block in blocks(path.read_text(encoding="utf-8")):
        if block.title:
            session.write(block)
        elif block.language == "console":
            assert list(examples(block)), f"line {block.line}: a session without a command"
            found = (complaint for example in examples(block) for complaint in differences(session, example))
            complaints += [f"{path.name}:{complaint}" for complaint in found]
    assert complaints == [], "\n\n".join(complaints)


def differences(session: Session, example: Example) -> Iterator[str]:
    found = session.run(example.command)
    if not agrees(example.output, found):
        yield f"{example.line}: $ {example.command}\n{found}"


def test_the_tutorial_is_typed_strictly(tmp_path: Path) -> None:
    session = Session(tmp_path)
    for block in blocks(page()):
        if block.language == "python":
            session.write(block)
    (tmp_path / "stubs" / "assay").mkdir(parents=True)
    import assay.checker

    (tmp_path / "stubs" / "assay" / "checker").symlink_to(Path(assay.checker.__file__).parent)
    options = ["--strict", "--namespace-packages", "--explicit-package-bases", "--cache-dir", str(tmp_path / "cache")]
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "lease.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(tmp_path / "stubs")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_the_two_commands_are_on_the_page() -> None:
    commands = [block.text.strip() for block in blocks(page()) if block.language == "sh"]
    assert commands == ["pip install . && assay check", "pip install '.[test]' && pytest"]


def keys_in_the_table(name: str, after: str) -> set[str]:
    table = page(name).partition(after)[2].partition("\n\n")[2].partition("\n\n")[0]
    return {key for line in table.splitlines()[2:] for key in re.findall(r"`(\w+)`", line.split("|")[1])}


def test_the_keys_of_the_json_report_are_those_on_the_page(session: Session) -> None:
    report = json.loads(session.run("assay check consensus --format json"))
    assert set(report) == keys_in_the_table("reports", "the keys of the JSON report on one model:")


def test_the_exit_statuses_are_those_on_the_page() -> None:
    from assay.checker.verdicts import ExitStatus

    table = page("verdicts").partition("| status | meaning |")[2].partition("\n\n")[0]
    assert [int(number) for number in re.findall(r"^\| (\d+) ", table, re.MULTILINE)] == list(ExitStatus)


def test_everything_of_the_language_is_on_the_page() -> None:
    from assay.checker import language

    text = page("language")
    missing = [name for name in language.__all__ if not re.search(rf"\b{name}\b", text)]
    assert missing == ["dataclass"]


def test_every_command_is_on_the_page() -> None:
    from assay.checker.cli.registry import available

    text = page().partition("## The commands")[2]
    assert [name for name in available() if f"| `assay {name}" not in text] == []


def test_the_settings_on_the_page_are_accepted(tmp_path: Path) -> None:
    (settings,) = (block.text for block in blocks(page("settings")) if block.language == "toml")
    tables: dict[str, Any] = tomllib.loads(settings)["tool"]["assay"]
    assert set(tables) == {"time-limit", "check"}
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    session = Session(tmp_path)
    session.run("assay check consensus --output report.md")
    assert session.status == 0
    assert (tmp_path / "report.md").read_text(encoding="utf-8").startswith("#")


def test_links_between_pages_lead_somewhere() -> None:
    for path in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)?(?:#([^)]+))?\)", path.read_text(encoding="utf-8")):
            linked = (path.parent / target[0]) if target[0] else path
            assert linked.is_file(), f"{path.name}: {target[0]}"
            heads = re.findall(r"^#+ (.*)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}
            assert not target[1] or target[1] in anchors, f"{path.name}: #{target[1]}"


def test_every_page_is_in_the_terminal(session: Session) -> None:
    listed = session.run("assay help")
    for path in [page for page in PAGES[1:] if page.stem != "index"]:
        assert f"assay help {path.stem} " in listed
        assert session.run(f"assay help {path.stem}") == path.read_text(encoding="utf-8")


def test_a_page_that_is_not_there_is_said_with_those_that_are(session: Session) -> None:
    found = session.run("assay help langauge")
    assert session.status == 2
    assert "did you mean 'language'" in found
    assert "quorums" in found


def test_every_model_that_the_page_names_is_there(session: Session) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    named = set(
        re.findall(r"assay (?:check|prove|graph) (?!theorems)([a-z_]+(?::\w+)?)(?=[ `\n])(?! --implementation)", text)
    )
    listed = session.run("assay list")
    assert [name for name in sorted(named) if not re.search(rf"^{name} ", listed, re.MULTILINE)] == []


def updated(path: Path) -> str:
    """Return a page with the outputs that its commands have now; those with ``...`` are only checked."""
    text = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder))
        begin(session, path)
        for block in blocks(text):
            if block.title:
                session.write(block)
            elif block.language == "console":
                text = text.replace(block.text, "".join(_updated(session, example) for example in examples(block)))
    return text


def _updated(session: Session, example: Example) -> str:
    found = session.run(example.command)
    if agrees(example.output, found):
        return f"$ {example.command}\n{example.output}"
    if ELLIPSIS in example.output.split("\n"):
        print(f"line {example.line}: {example.command}: edit by hand; it printed\n{found}", file=sys.stderr)
        return f"$ {example.command}\n{example.output}"
    return f"$ {example.command}\n{found}"


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(updated(path), encoding="utf-8")
