"""Mutants of a model: its source with one guard, one update or one lemma broken.

A mutant is one change in the syntax tree of the module, so that it reads as the model does and has its places.

=========  ==========================================================================================================
kind       what is changed
=========  ==========================================================================================================
guard      a condition of a ``require``, a part of its conjunction, or the test of an ``if`` is left out (true), or
           the test is never true; or a part of what a helper returns is left out
update     a statement that changes the state is left out, or adds where it discarded and the other way round
lemma      a lemma, or an axiom, is left out, so that the proof has to do without; or a part of what it says is
=========  ==========================================================================================================
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

__all__ = ["Mutant", "Mutation", "kinds", "mutants"]


class Mutation(Enum):
    """What is broken."""

    GUARD = "guard"
    UPDATE = "update"
    LEMMA = "lemma"


@dataclass(frozen=True)
class Mutant:
    """A model with one thing broken.

    Attributes
    ----------
    kind : Mutation
        What is broken.
    place : str
        The method, and the line in the model's own source.
    change : str
        The change, in words.
    source : str
        The source of the module.
    """

    kind: Mutation
    place: str
    change: str
    source: str


@dataclass(frozen=True)
class _Edit:
    """One node of the tree, and what stands in its place: None where the statement or method is left out."""

    kind: Mutation
    node: ast.AST
    instead: ast.AST | None
    change: str


def mutants(source: str, classes: frozenset[str]) -> Iterator[Mutant]:
    """Yield every mutant of what these classes of a module define.

    Parameters
    ----------
    source : str
        The source of the module.
    classes : frozenset of str
        The names of the classes whose methods are changed; helpers of the module are, too.
    """
    count = len(list(_edits(ast.parse(source), classes)))
    for index in range(count):
        tree = ast.parse(source)
        method, edit = list(_edits(tree, classes))[index]
        changed = ast.fix_missing_locations(_Replacing(edit).visit(tree))
        yield Mutant(edit.kind, f"{method}, line {edit.node.lineno}", edit.change, ast.unparse(changed))  # type: ignore[attr-defined]


def kinds(source: str, classes: frozenset[str]) -> list[Mutation]:
    """Return the kind of each mutant, in order, without writing any."""
    return [edit.kind for _, edit in _edits(ast.parse(source), classes)]


def _edits(tree: ast.Module, classes: frozenset[str]) -> Iterator[tuple[str, _Edit]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            for edit in (*_of_code(node, with_updates=False), *_weakened(node, Mutation.GUARD)):
                yield node.name, edit
        if isinstance(node, ast.ClassDef) and node.name in classes:
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    for edit in _of_method(method):
                        yield f"{node.name}.{method.name}", edit


def _of_method(method: ast.FunctionDef) -> Iterator[_Edit]:
    decorators = {d.id for d in method.decorator_list if isinstance(d, ast.Name)}
    decorators |= {d.func.id for d in method.decorator_list if isinstance(d, ast.Call) and isinstance(d.func, ast.Name)}
    if decorators & {"lemma", "axiom"}:
        yield _Edit(Mutation.LEMMA, method, None, "left out")
    if "lemma" in decorators:
        yield from _weakened(method)
    if decorators & {"action", "initial"} or not decorators:
        yield from _of_code(method, with_updates=bool(decorators & {"action", "initial"}))
    if not decorators:
        yield from _weakened(method, Mutation.GUARD)


def _weakened(method: ast.FunctionDef, kind: Mutation = Mutation.LEMMA) -> Iterator[_Edit]:
    """Leave out each part of the conjunction, or disjunction, that a predicate returns."""
    for node in ast.walk(method):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.BoolOp):
            neutral = ast.Constant(isinstance(node.value.op, ast.And))
            yield from (_Edit(kind, part, neutral, f"{ast.unparse(part)} is left out") for part in node.value.values)


def _of_code(method: ast.FunctionDef, *, with_updates: bool) -> Iterator[_Edit]:
    for node in ast.walk(method):
        match node:
            case ast.Call(func=ast.Name("require")):
                for condition in node.args:
                    yield from _conditions(condition)
            case ast.If(test=test) | ast.IfExp(test=test):
                yield _true(Mutation.GUARD, test)
                yield _Edit(Mutation.GUARD, test, ast.Constant(False), f"{ast.unparse(test)} is never true")
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.AugAssign() if with_updates:
                yield _Edit(Mutation.UPDATE, node, ast.Pass(), f"{ast.unparse(node)} is left out")
            case ast.Expr(ast.Call(func=ast.Attribute(attr=name))) if with_updates and name in _OPPOSITES:
                yield from _calls(node, name)


_OPPOSITES = {"add": "discard", "discard": "add", "append": None, "pop": None, "remove": None, "clear": None}


def _calls(node: ast.Expr, name: str) -> Iterator[_Edit]:
    yield _Edit(Mutation.UPDATE, node, ast.Pass(), f"{ast.unparse(node)} is left out")
    opposite = _OPPOSITES[name]
    if opposite is not None:
        call = ast.parse(ast.unparse(node)).body[0]
        call.value.func.attr = opposite  # type: ignore[attr-defined]
        yield _Edit(Mutation.UPDATE, node, call, f"{ast.unparse(node)} becomes {opposite}")


def _conditions(condition: ast.expr) -> Iterator[_Edit]:
    yield _true(Mutation.GUARD, condition)
    if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And):
        yield from (_true(Mutation.GUARD, part) for part in condition.values)


def _true(kind: Mutation, node: ast.expr) -> _Edit:
    return _Edit(kind, node, ast.Constant(True), f"{ast.unparse(node)} is left out")


class _Replacing(ast.NodeTransformer):
    def __init__(self, edit: _Edit) -> None:
        self._edit = edit

    def visit(self, node: ast.AST) -> ast.AST | None:
        if node is self._edit.node:
            return self._edit.instead
        return self.generic_visit(node)
