"""``assay help TOPIC``: the documentation pages, in the terminal."""

from __future__ import annotations

import sys
from importlib.resources import files

from assay.checker.cli.form import deliver
from assay.checker.errors import UsageError
from assay.checker.verdicts import ExitStatus
from assay.checker.wording import nearest

__all__ = ["help", "page", "topics"]

INDEX = "index.md"
"""The first page of the website; in the terminal, the list of topics takes its place."""


def help(topic: str | None = None, /) -> int:
    """Show a page of the documentation, or list the pages.

    Parameters
    ----------
    topic
        The page: ``language``, ``quorums``, ... Without one, all are listed.
    """
    if topic is None:
        deliver(_overview(), None)
    else:
        _show(page(topic))
    return ExitStatus.AS_CLAIMED


def topics() -> dict[str, str]:
    """Return the title of each page by its name, in alphabetical order."""
    found = sorted(file.name for file in files("assay.checker.help").iterdir())
    names = [name.removesuffix(".md") for name in found if name.endswith(".md") and name != INDEX]
    return {name: _title(page(name)) for name in names}


def page(topic: str) -> str:
    """Return the text of a page, as Markdown.

    Raises
    ------
    UsageError
        If there is no page of that name.
    """
    file = files("assay.checker.help") / f"{topic}.md"
    if not topic.isidentifier() or not file.is_file():
        names = [*topics()]
        raise UsageError(f"there is no help on {topic!r}{nearest(topic, names)}", help=f"there is {', '.join(names)}")
    return file.read_text(encoding="utf-8")


def _title(text: str) -> str:
    return text.partition("\n")[0].lstrip("# ")


def _overview() -> str:
    shown = topics()
    width = max(map(len, shown))
    lines = [f"assay help {name:{width}}  {title}" for name, title in shown.items()]
    return "\n".join([*lines, "", "assay COMMAND --help  the options of a command", ""])


def _show(text: str) -> None:
    """Print a page: laid out on a terminal, as plain Markdown anywhere else."""
    if not sys.stdout.isatty():
        deliver(text, None)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=min(Console().width, 120)).print(Markdown(text))
