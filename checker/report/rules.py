"""Rules, explained: one on a terminal, all on a page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from assay.checker.findings.rules import Level, Rule
from assay.checker.report.parts import Cell, Table
from rich.text import Text

__all__ = ["explanation", "overview", "page"]

STYLE = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.NOTE: "cyan", Level.OFF: "dim"}

LINE = 100
"""Width of running text."""

PREFACE = """\
# Rules

What `assay gate`, `assay diff` and the other commands object to has an identifier, so that a project can give it \
another level, and a reviewer can look it up: `assay explain BEH001`. The levels are *error*, which fails a run, \
*warning* and *note*, which do not, and *off*:

```toml
[tool.assay.gate.levels]
BEH002 = "note"     # one rule
LCK = "warning"     # all rules of a kind; what stands for one rule goes before it
```

Rules about what is unknown, or could not be read, are always errors. A finding has a fingerprint that is the same \
wherever its lines move; so a report can tell what is new.
"""


def explanation(rule: Rule) -> Iterator[Text]:
    """Yield what there is to say about a rule, for a terminal."""
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
    """Return the page that documents rules, as Markdown."""
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
