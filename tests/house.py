"""Measure the house: sizes of functions and folders, calls upwards, circles, exemptions from types and directions.

Usage: ``python -m tests.house [FOLDER]``, which prints the table of ARCHITECTURE.md for a tree; for a revision, put
one beside it (``git worktree add ../before c47f480``). Nothing is imported: every figure is read from syntax trees.
`tests/test_architecture.py` holds the table against the tree it stands in.
"""

from __future__ import annotations

import ast
import itertools
import math
import re
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import networkx as nx

FOLDERS = ("checker", "models", "impl", "proofs")
Function = ast.FunctionDef | ast.AsyncFunctionDef
LONG = 300
"""Lines from which a module is looked at for a seam."""


@dataclass(frozen=True)
class Module:
    """One file of the product: its dotted name inside of the tree, its text, and its syntax tree."""

    path: Path
    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree; to walk it takes as long as to parse it."""
        return list(ast.walk(self.tree))

    @property
    def lines(self) -> int:
        return self.text.count("\n")


def modules(root: Path) -> list[Module]:
    """Return all modules of a tree, in the order of their paths."""
    found = sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py"))
    return [Module(path, _dotted(path.relative_to(root)), path.read_text(encoding="utf-8")) for path in found]


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


# Sizes


def function_sizes(found: list[Module]) -> list[int]:
    """Return the lines of each function, its signature included and its docstring left out."""
    nodes = (node for module in found for node in module.nodes if isinstance(node, Function))
    return [_lines(node) for node in nodes]


def _lines(node: Function) -> int:
    first = node.body[0]
    is_documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.value.value
    text = (first.end_lineno or 0) - first.lineno + 1 if is_documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - text


def largest_folder(found: list[Module]) -> int:
    """Return how many modules the fullest folder has, catalogues left out."""
    # There, one file is one protocol, command, quorum system or format: more of them make no folder harder to read.
    catalogues = ("models", "impl", "cli", "systems", "library")
    folders = Counter(m.path.parent for m in found if m.path.name != "__init__.py")
    return max(count for folder, count in folders.items() if folder.name not in catalogues)


def uncommented(found: list[Module]) -> int:
    """Return how many modules of 20 lines and more have no comment."""
    return sum(module.lines >= 20 and not _has_comment(module) for module in found)


def _has_comment(module: Module) -> bool:
    return re.search(r"^\s*# |  # (?!type: ignore)", module.text, re.MULTILINE) is not None


# Calls upwards


@dataclass(frozen=True)
class Class:
    """What a class says itself, and the names of its bases."""

    bases: tuple[str, ...]
    methods: Mapping[str, Function]
    attributes: frozenset[str]


def classes(found: list[Module]) -> dict[str, Class]:
    """Return the classes of a tree that have methods. Of two of one name, both are taken together."""
    result: dict[str, Class] = {}
    for module in found:
        for node in module.nodes:
            if isinstance(node, ast.ClassDef):
                made, before = _class(node), result.get(node.name, Class((), {}, frozenset()))
                bases = (*before.bases, *made.bases)
                methods = {**before.methods, **made.methods}
                result[node.name] = Class(bases, methods, before.attributes | made.attributes)
    return result


def _class(node: ast.ClassDef) -> Class:
    own = {
        child.attr
        for child in ast.walk(node)
        if isinstance(child, ast.Attribute) and isinstance(child.ctx, ast.Store) and _is_self(child.value)
    }
    declared = {t.target.id for t in node.body if isinstance(t, ast.AnnAssign) and isinstance(t.target, ast.Name)}
    bases = tuple(ast.unparse(base).split("[")[0].rpartition(".")[2] for base in node.bases)
    methods = {child.name: child for child in node.body if isinstance(child, Function)}
    return Class(bases, methods, frozenset(own | declared))


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def upward_calls(found: list[Module]) -> int:
    """Return how many calls go from a base class to what only a class derived from it has.

    Those are calls of ``self.name(...)`` where ``name`` is in no base and only in derived classes, or only a stub
    (``raise NotImplementedError``, ``...``) up to the class, with the code in a derived one. Protocols count as well.
    """
    known = classes(found)
    derived = nx.DiGraph([(base, name) for name, cls in known.items() for base in cls.bases if base in known])
    return sum(_upward(name, cls, known, derived) for name, cls in known.items() if name in derived)


def _upward(name: str, cls: Class, known: Mapping[str, Class], derived: nx.DiGraph) -> int:
    above = [known[base] for base in (name, *nx.ancestors(derived, name)) if base in known]
    below = [known[each] for each in nx.descendants(derived, name)]
    has = {m for each in above for m, node in each.methods.items() if not _is_stub(node)}
    has |= {attribute for each in above for attribute in each.attributes}
    later = {m for each in below for m, node in each.methods.items() if not _is_stub(node)}
    calls = [node for method in cls.methods.values() for node in ast.walk(method) if isinstance(node, ast.Call)]
    return sum(_called(call) in later - has for call in calls)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) and _is_self(call.func.value) else ""


def _is_stub(node: Function) -> bool:
    last = node.body[-1]
    raises = isinstance(last, ast.Raise) and last.exc is not None and "NotImplementedError" in ast.unparse(last.exc)
    return raises or (isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant))


# Imports


def imports(found: list[Module]) -> nx.DiGraph:
    """Return which module imports which, also late and for types only."""
    names = {module.name for module in found}
    graph = nx.DiGraph()
    graph.add_nodes_from(names)
    for module in found:
        graph.add_edges_from((module.name, target) for target in _imported(module, names) if target != module.name)
    return graph


def _imported(module: Module, names: set[str]) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            wanted = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in (each.removeprefix("assay.") for each in wanted):
            target = name if name in names else name.rpartition(".")[0]
            if target in names:
                yield target


def between(graph: nx.DiGraph, first: str, second: str) -> int:
    """Return how many imports go from one folder to another."""
    return sum(a.split(".")[0] == first and b.split(".")[0] == second for a, b in graph.edges)


def circles(graph: nx.DiGraph) -> int:
    """Return how many groups of modules import each other, directly or over others."""
    return sum(len(group) > 1 for group in nx.strongly_connected_components(graph))


def circles_of_folders(found: list[Module], graph: nx.DiGraph) -> int:
    """Return how many groups of folders side by side import each other."""
    inside: dict[str, nx.DiGraph] = defaultdict(nx.DiGraph)
    packages = {module.name for module in found if module.path.name == "__init__.py"}
    for first, second in graph.edges:
        ways = first.split("."), second.split(".")
        shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(*ways, strict=False)))
        package = ".".join(ways[0][:shared])
        if package in packages and shared < min(map(len, ways)):
            inside[package].add_edge(ways[0][shared], ways[1][shared])
    return sum(circles(each) for each in inside.values())


# The table

_GROWTH = 0.1
"""Counts of exceptions may grow by a tenth before the page has to be brought up to date; others may not grow."""

_ANY = math.inf
"""A house may become as large as it likes."""


@dataclass(frozen=True)
class Figure:
    """One row: its name in ARCHITECTURE.md, what is measured, and by what share it may grow before that is wrong."""

    name: str
    value: int
    slack: float = 0.0


def figures(found: list[Module]) -> list[Figure]:
    """Return what is measured of a tree, in the order of the table."""
    sizes, graph = sorted(function_sizes(found)), imports(found)
    text = "\n".join(module.text for module in found)
    return [
        Figure("functions", len(sizes), _ANY),
        Figure("lines of a function, median", statistics.median_high(sizes)),
        Figure("lines of a function, 90th percentile", sizes[len(sizes) * 9 // 10]),
        Figure("modules", len(found), _ANY),
        Figure(f"modules of more than {LONG} lines", sum(module.lines > LONG for module in found), _GROWTH),
        Figure("modules of 20 lines and more without a comment", uncommented(found), _GROWTH),
        Figure("modules in the fullest folder", largest_folder(found), _GROWTH),
        Figure("calls upwards", upward_calls(found)),
        Figure("`type: ignore`", len(re.findall("# type: ignore", text)), _GROWTH),
        Figure("circles of modules", circles(graph)),
        Figure("circles of packages side by side", circles_of_folders(found, graph)),
        Figure("imports from `checker` to `proofs`", between(graph, "checker", "proofs")),
    ]


if __name__ == "__main__":
    for figure in figures(modules(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent)):
        print(f"| {figure.name} | {figure.value:,} |")
