"""Hash the claims of an implementation: a weakened predicate still holds, so no verdict shows the change.

Predicates are ordinary Python, so the hash covers their code and that of the functions and methods they call. Layout,
comments, annotations and the names of local variables, functions and methods do not affect it. Attributes of nodes are
identified by their position in their class, constants of modules by their value.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import inspect
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from assay.checker.changes.classes import numbered
from assay.checker.errors import ModelError
from assay.checker.implementations.predicates import name_of
from assay.checker.language.introspection.source import function_of, parse
from assay.impl.node.attributes import declared
from assay.impl.node.cluster import Cluster
from assay.impl.node.node import Node

__all__ = ["CONSTRAINT", "MAPPING", "digests"]

CONSTRAINT, MAPPING = "the constraint", "the mapping"
"""Names of `Cluster.constraint` and `Cluster.abstract`; as they contain blanks, no predicate has them."""

_RUNTIME = "assay.impl.node"
"""The package that implementations are written against, which assay's version identifies."""


def digests(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Yield the name of each predicate with the hash of its code; predicates without readable code are left out.

    Parameters
    ----------
    cluster : Cluster
        The cluster whose claims are hashed.
    """
    claims = [(name_of(one), one) for one in (*cluster.invariants, *cluster.reachable)]
    others = [(CONSTRAINT, cluster.constraint), (MAPPING, cluster.abstract)]
    nodes = tuple(dict.fromkeys(type(node) for node in cluster.nodes.values()))
    met: set[str] = set()
    for name, predicate in [*claims, *others]:
        called = next(numbered(name, n) for n in itertools.count(1) if numbered(name, n) not in met)
        met.add(called)
        text = _text(predicate, nodes)
        if text is not None:
            yield called, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text(predicate: Callable[..., Any] | None, nodes: tuple[type[Node], ...]) -> str | None:
    function = _function(predicate)
    if function is None:
        return None
    try:
        return "\n".join(_Writer(nodes).texts(function))
    except (ModelError, RecursionError):  # typed at a prompt, or nested too deep
        return None


def _function(thing: object) -> FunctionType | None:
    """Return the Python function behind a callable, or None if it has none whose code can be read."""
    if isinstance(thing, MethodType):
        return _function(thing.__func__)
    if isinstance(thing, property):
        return _function(thing.fget)
    found = inspect.unwrap(thing) if callable(thing) else None
    return found if isinstance(found, FunctionType) and _is_told(found.__module__) else None


def _is_told(module: str) -> bool:
    """Return whether to hash the functions of a module: not Python's and the runtime's, which versions identify."""
    return module.partition(".")[0] not in sys.stdlib_module_names and not module.startswith(_RUNTIME)


class _Writer:
    """Writes functions in canonical form, each once, numbered in the order of their first use."""

    def __init__(self, nodes: tuple[type[Node], ...]) -> None:
        self.nodes = nodes
        self.attributes = _places(nodes)
        self.met: list[FunctionType] = []

    def texts(self, function: FunctionType) -> Iterator[str]:
        """Yield the text of a function, and of every function that it calls."""
        self.number(function)
        for one in self.met:  # a queue: it grows during the iteration
            trees = [_Renamed(self, one).visit(copy.deepcopy(tree)) for tree in _trees(one)]
            yield from (ast.unparse(ast.fix_missing_locations(tree)) for tree in trees)

    def number(self, function: FunctionType) -> int:
        """Return the number of a function."""
        if function not in self.met:
            self.met.append(function)
        return self.met.index(function)

    def value(self, name: str, value: object) -> str:
        """Return the canonical text of a global name: its function, its constant value or, failing that, the name."""
        function = _function(value) if not isinstance(value, type) else None
        if function is not None:
            return f"@{self.number(function)}"
        return _constant(value) or name

    def attribute(self, name: str) -> str:
        """Return the canonical text of an attribute; a method of nodes is written as the functions that it may call."""
        if name in self.attributes:
            return self.attributes[name]
        found = (_function(inspect.getattr_static(cls, name, None)) for cls in self.nodes)
        numbers = dict.fromkeys(self.number(function) for function in found if function is not None)
        return "@" + "@".join(map(str, numbers)) if numbers else name


def _trees(function: FunctionType) -> Iterable[ast.AST]:
    """Return the syntax tree of a function; if a lambda cannot be identified, those of all lambdas in its line."""
    path, tree = function_of(function)
    if isinstance(tree, ast.FunctionDef):
        return (tree,)
    alike = [node for node in ast.walk(parse(path)) if isinstance(node, ast.Lambda) and node.lineno == tree.lineno]
    around = [node for node in alike if _holds(node.body, function.__code__)]
    return [min(around, key=lambda node: (_end(node.body), -node.body.col_offset))] if around else alike


def _holds(body: ast.expr, code: CodeType) -> bool:
    """Return whether code was compiled from an expression or a part of it, by its positions in the file."""
    places = [(line, left, last, right) for line, last, left, right in code.co_positions() if right]
    begin, end = (body.lineno, body.col_offset), _end(body)
    return bool(places) and all(
        begin <= (line or 0, left or 0) and (last or 0, right or 0) <= end for line, left, last, right in places
    )


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or 0, node.end_col_offset or 0


def _places(nodes: tuple[type[Node], ...]) -> Mapping[str, str]:
    """Return an identifier for each attribute: the number of its class, its position, and how many there are.

    The last part makes the hash change when an attribute is added.
    """
    found: dict[str, str] = {}
    for number, cls in enumerate(nodes):
        names = [*declared(cls)]
        for place, name in enumerate(names):
            found.setdefault(name, f"${number}_{place}_{len(names)}")
    return found


class _Renamed(ast.NodeTransformer):
    """Replaces names by canonical ones, and drops docstrings and annotations."""

    def __init__(self, writer: _Writer, function: FunctionType) -> None:
        self.writer = writer
        self.own = {*_own(function.__code__)}
        self.numbers: dict[str, str] = {}
        self.around = {**function.__globals__, **dict(_closed_over(function))}

    def _number(self, name: str) -> str:
        """Return the canonical form of a name: a local one by the order of first occurrence, any other as it is."""
        return self.numbers.setdefault(name, f"%{len(self.numbers)}") if name in self.own else name

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        node.name, node.returns = self._number(node.name) if node.name in self.own else "_", None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._number(node.arg), None)

    def visit_MatchAs(self, node: ast.MatchAs) -> ast.AST:
        node.name = None if node.name is None else self._number(node.name)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.own:
            return ast.Name(self._number(node.id), node.ctx)
        known = node.id in self.around
        return ast.Name(self.writer.value(node.id, self.around[node.id]) if known else node.id, node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        match node.value:
            case ast.Name(id=name) if name not in self.own and isinstance(self.around.get(name), ModuleType):
                value = getattr(self.around[name], node.attr, None)
                return ast.Attribute(ast.Name(name, ast.Load()), self.writer.value(node.attr, value), node.ctx)
        node.attr = self.writer.attribute(node.attr)
        return self.generic_visit(node)


def _own(code: CodeType) -> Iterator[str]:
    """Yield the names that a function binds, including those of nested functions and comprehensions."""
    yield from (*code.co_varnames, *code.co_cellvars)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _own(constant)


def _closed_over(function: FunctionType) -> Iterator[tuple[str, object]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:  # it has no value yet
            continue


def _constant(value: object) -> str | None:
    """Return the text of a constant, the same in every process, or None if the value is more than data."""
    match value:
        case Enum():
            return f"{type(value).__qualname__}.{value.name}"
        case None | bool() | int() | float() | complex() | str() | bytes():
            return repr(value)
        case tuple() | list():
            return _listed(map(_constant, value))
        case set() | frozenset():
            return _listed(map(_constant, value), sort=True)
        case dict():
            return _listed((_constant(item) for item in value.items()), sort=True)
    return None


def _listed(items: Iterable[str | None], *, sort: bool = False) -> str | None:
    found = [*items]
    written = [item for item in found if item is not None]
    if len(written) < len(found):
        return None
    return f"[{', '.join(sorted(written) if sort else written)}]"
