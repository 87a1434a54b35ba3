"""Explanations of rules: of one rule for the terminal, of all on a Markdown page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from assay.checker.findings.rules import Level, Rule
from assay.checker.report.parts import Cell, Table
from rich.text import Text

__all__ = ["explanation", "overview", "page"]

STYLE = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.NOTE: "cyan", Level.OFF: "dim"}

LINE = 100
"""The width of running text."""

PREFACE = """\
# Rules

Everything that `assay gate`, `assay diff` and the other commands object to has an identifier, so that a project can \
change its level, and a reviewer can look it up: `assay explain BEH001`. The levels are *error*, which fails a run, \
*warning* and *note*, which do not, and *off*:

```toml
[tool.assay.gate.levels]
BEH002 = "note"     # one rule
LCK = "warning"     # all rules of a kind; a level for a single rule takes precedence
```

Rules about what is unknown, or could not be read, are always errors. A finding has a fingerprint that stays the same \
when its lines move, so that a report can tell which findings are new.
"""


def explanation(rule: Rule) -> Iterator[Text]:
    """Yield the explanation of a rule, for a terminal."""
    yield Text.assemble((rule.identifier, "bold"), f"  {rule.name}  ", (rule.level.value, STYLE[rule.level]))
    for paragraph in (rule.summary, rule.reason, f"What to do: {rule.remedy}."):
        yield Text("")
        yield from (Text(f"  {line}") for line in textwrap.wrap(paragraph, LINE))
    if not rule.is_configurable:
        yield Text("")
        yield Text("  Its level cannot be changed.")


def overview(rules: Iterable[Rule]) -> Iterator[Text]:
    """Yield a line for each rule, for a terminal."""
    rows = tuple((Cell(rule.identifier), Cell(rule.name), Cell(rule.summary)) for rule in rules)
    yield from Table(("rule", "", ""), rows).text(heads=False)


def page(rules: Iterable[Rule]) -> str:
    """Return the page that documents all rules, as Markdown."""
    return "\n".join([PREFACE, *map(_section, rules)])


def _section(rule: Rule) -> str:
    level = rule.level.value if rule.is_configurable else f"{rule.level.value}, always"
    paragraphs = (
        f"## {rule.identifier} {rule.name}",
        f"*{level}* · {rule.summary}",
        rule.reason,
        f"What to do: {rule.remedy}.",
    )
    return "\n\n".join(paragraphs) + "\n"
