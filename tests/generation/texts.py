"""Texts that are nearly models: what somebody types who is in the middle of an edit, or mistaken."""

from __future__ import annotations

import ast
import re
import warnings

from tests.generation.choices import Choices

__all__ = ["classes", "mistaken"]

MOST = 3
"""Edits of one text: after many, nothing is read but the first mistake."""

FOREIGN = [
    *("None", "True", "0", "-1", "10**30", "1.5", "''", "'n1'", "b''", "...", "[]", "{}", "()", "set()", "lambda: 0"),
    *(
        "self",
        "super()",
        "Model",
        "Sort",
        "Set",
        "Map[bool, bool]",
        "Seq[bool, 2]",
        "Seq[bool, 0]",
        "Bag[bool]",
        "Perm",
    ),
    *("Range[0, 3]", "Range[3, 0]", "Range[0, 'x']", "Nat", "int", "str", "float", "object", "type(self)", "self.self"),
    *("require", "choose", "anything()", "everywhere(None)", "first(self)", "frozen([])", "some(None)", "removed"),
    *(
        "action",
        "invariant",
        "axiom",
        "lambda x: x",
        "[x for x in []]",
        "{x: x for x in self}",
        "(y := 1)",
        "f'{self}'",
    ),
    *(
        "max()",
        "min([])",
        "sum(self)",
        "len(0)",
        "next(iter([]))",
        "sorted",
        "not 1",
        "1 if 2 else 3",
        "self.x.y.z[0]()",
    ),
    *("choose(x for x in x)", "[*self]", "{**self}", "1 < 2 < 3", "1 @ 2", "2 ** 3", "1 / 2", "1 << 2", "await self"),
]
"""Expressions that are put in the place of others."""

WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def classes(source: str) -> list[str]:
    """Return the names of the classes of a text that may be models."""
    found = re.findall(r"^class (\w+)\(([^)]*)\)", source, re.MULTILINE)
    return [name for name, bases in found if not re.search("Sort|Order|Enum|QuorumSystem", bases)]


def mistaken(source: str, choices: Choices) -> str:
    """Return a text with a few edits: expressions exchanged, words changed, statements deleted, moved or doubled."""
    for _ in range(choices.number(1, MOST)):
        source = _edited(source, choices)
    return source


def _edited(source: str, choices: Choices) -> str:
    """Return a text that is mostly a program: what has no syntax is refused in one place."""
    for _ in range(20):
        edit = choices.pick(
            [_grafted, _grafted, _grafted, _replaced, _renamed, _renamed, _cut, _repeated, _moved, _retyped]
        )
        edited = edit(source, choices)
        if edited != source and (_has_syntax(edited) or choices.chance(2)):
            return edited
    return source


def _has_syntax(source: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "text", "exec")
        except (SyntaxError, ValueError):
            return False
    return True


def _tree(source: str) -> list[ast.AST]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(ast.walk(ast.parse(source)))
        except (SyntaxError, ValueError):
            return []


def _span(source: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    """Return where a node begins and ends; the sources are ASCII, so that columns are characters."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset


def _expressions(source: str) -> list[tuple[int, int]]:
    return [_span(source, node) for node in _tree(source) if isinstance(node, ast.expr)]


def _statements(source: str) -> list[tuple[int, int]]:
    found = [_span(source, node) for node in _tree(source) if isinstance(node, ast.stmt)]
    return [(source.rfind("\n", 0, a) + 1, source.find("\n", b - 1) + 1) for a, b in found if "\n" in source[b - 1 :]]


def _grafted(source: str, choices: Choices) -> str:
    """Put an expression of the text in the place of another one."""
    places = _expressions(source)
    if not places:
        return source
    (a, b), (c, d) = choices.pick(places), choices.pick(places)
    return source[:a] + source[c:d] + source[b:]


def _replaced(source: str, choices: Choices) -> str:
    places = _expressions(source)
    if not places:
        return source
    a, b = choices.pick(places)
    return source[:a] + choices.pick(FOREIGN) + source[b:]


def _renamed(source: str, choices: Choices) -> str:
    """A name becomes another name of the text."""
    names = list(re.finditer(r"[A-Za-z_]\w*", source))
    one, other = choices.pick(names), choices.pick(names)
    return source[: one.start()] + other.group() + source[one.end() :]


def _retyped(source: str, choices: Choices) -> str:
    """A word or a sign is deleted, doubled, or becomes another one."""
    words = WORDS.findall(source)
    place, other = choices.number(0, len(words) - 1), choices.number(0, len(words) - 1)
    words[place] = choices.pick(["", words[place] * 2, words[other]])
    return "".join(words)


def _cut(source: str, choices: Choices) -> str:
    places = _statements(source)
    if not places:
        return source
    a, b = choices.pick(places)
    indent = len(source[a:b]) - len(source[a:b].lstrip())
    return source[:a] + choices.pick(["", " " * indent + "pass\n"]) + source[b:]


def _repeated(source: str, choices: Choices) -> str:
    places = _statements(source)
    if not places:
        return source
    a, b = choices.pick(places)
    return source[:b] + source[a:b] + source[b:]


def _moved(source: str, choices: Choices) -> str:
    """A statement stands before another one, with the indentation of that one."""
    places = _statements(source)
    if not places:
        return source
    (a, b), (c, d) = choices.pick(places), choices.pick(places)
    indents = [len(source[x:y]) - len(source[x:y].lstrip(" ")) for x, y in ((a, b), (c, d))]
    lines = [" " * indents[1] + line[indents[0] :] for line in source[a:b].splitlines(keepends=True)]
    return source[:c] + "".join(lines) + source[c:]
