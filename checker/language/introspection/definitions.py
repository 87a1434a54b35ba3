"""The names that the bodies of classes define: each once, and none that means something else.

Of two definitions of a name, Python silently keeps the last. If these are two invariants, the first vanishes, and a
broken model holds because nothing checks it.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Iterator
from typing import Any

from assay.checker.errors import Location, ModelError
from assay.checker.language.introspection import source
from assay.checker.language.introspection.overrides import is_plain, own_classes
from assay.checker.language.model import Model

__all__ = ["demand_each_once", "demand_plain_names", "demand_quoted_bounds", "demand_single_definitions"]


def demand_single_definitions(cls: type[Any]) -> None:
    """Refuse a model one of whose classes defines a name twice.

    Raises
    ------
    ModelError
        At the second definition; the message names the place of the first.
    """
    for owner in own_classes(cls):
        found = source.class_of(owner)
        if found is not None:
            _demand_each_once(*found, owner.__name__)


@functools.cache
def _demand_each_once(path: str, node: ast.ClassDef, where: str) -> None:
    demand_each_once(path, node.body, where)


def demand_each_once(path: str, body: list[ast.stmt], where: str, *, assigned: bool = True) -> None:
    """Refuse a body in which one definition replaces another; without ``assigned``, only functions and classes count.

    Definitions in different branches of an ``if`` or ``try`` do not replace each other. Nor does a definition that
    builds on the first: ``safe = invariant(safe)``, the setter of a property, an overload.
    """
    _follow(path, body, where, {}, assigned=assigned)


def _follow(path: str, body: list[ast.stmt], where: str, seen: dict[str, ast.stmt], *, assigned: bool) -> None:
    for statement in body:
        branches = _branches(statement)
        if branches:
            after = [dict(seen) for _ in branches]
            for branch, known in zip(branches, after, strict=True):
                _follow(path, branch, where, known, assigned=assigned)
            for known in after:
                seen.update(known)
        for name in _defined(statement, assigned=assigned):
            first = seen.get(name)
            if first is not None and not _completes(first, statement) and name != "_":
                raise ModelError(
                    f"{where} defines {name} twice: the definition in line {first.lineno} is lost",
                    location=Location(path, statement.lineno, statement.col_offset + 1),
                    help="give one of them another name, or delete it",
                )
            seen[name] = statement


def _branches(statement: ast.stmt) -> list[list[ast.stmt]]:
    match statement:
        case ast.If(body=body, orelse=orelse) | ast.For(body=body, orelse=orelse) | ast.While(body=body, orelse=orelse):
            return [body, orelse]
        case ast.With(body=body):
            return [body]
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
            return [[*body, *orelse], *(handler.body for handler in handlers), finalbody]
        case ast.Match(cases=cases):
            return [case.body for case in cases]
        case _:
            return []


def _defined(statement: ast.stmt, *, assigned: bool) -> Iterator[str]:
    """Yield the names that a statement defines anew, without those that it defines by their present value."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            if not _extends(statement, name):
                yield name
        case ast.Assign(targets=targets, value=value) if assigned:
            used = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
            stored = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
            yield from (part.id for part in stored if isinstance(part.ctx, ast.Store) and part.id not in used)
        case ast.AnnAssign(target=ast.Name(id=name)) if assigned:
            yield name


def _extends(statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, name: str) -> bool:
    """Return whether decorators say that a definition belongs to an earlier one of the name."""
    texts = [ast.unparse(decorator) for decorator in statement.decorator_list]
    return any(text.startswith(f"{name}.") or text.rpartition(".")[2] == "overload" for text in texts)


def _completes(first: ast.stmt, second: ast.stmt) -> bool:
    """Return whether two statements are one definition: an annotation, and the value that belongs to it."""
    kinds = {type(first), type(second)}
    if kinds != {ast.AnnAssign, ast.Assign}:
        return False
    annotation = first if isinstance(first, ast.AnnAssign) else second
    return isinstance(annotation, ast.AnnAssign) and annotation.value is None


def demand_plain_names(cls: type[Any]) -> None:
    """Refuse methods with names that mean something else, to Python or as the settings of a model.

    Raises
    ------
    ModelError
        At the method.
    """
    for owner in own_classes(cls):
        for name, value in vars(owner).items():
            complaint = None if is_plain(value) or isinstance(value, type) else _complaint(owner, name)
            if complaint is not None:
                raise ModelError(complaint, location=source.field_location(owner, name), help="choose another name")


def _complaint(owner: type[Any], name: str) -> str | None:
    private = f"_{owner.__name__.lstrip('_')}__"
    if name in Model.__annotations__:
        return f"{name!r} is reserved for the settings of a model"
    if name.startswith("__") and name.endswith("__"):
        return f"{name} is a special method of Python, by which a state would no longer be its variables"
    if name.startswith(private):
        return f"__{name.removeprefix(private)} begins with two underscores, so Python gives it another name"
    return None


def demand_quoted_bounds(cls: type[Any], parameters: Collection[str]) -> None:
    """Refuse bounds that name a parameter without quotes: Python computes them once, with the default.

    Raises
    ------
    ModelError
        At the name.
    """
    for owner in own_classes(cls) if parameters else ():
        found = source.class_of(owner)
        if found is None:
            continue
        path, node = found
        for name in _names_in_bounds(node):
            if name.id in parameters:
                raise ModelError(
                    f"{name.id} stands for its default here, whatever an instance sets",
                    location=Location(path, name.lineno, name.col_offset + 1),
                    help=f'put the bound in quotes: "{name.id}", "{name.id} + 1"',
                )


@functools.cache
def _names_in_bounds(node: ast.ClassDef) -> tuple[ast.Name, ...]:
    """Return the names without quotes in the bounds of a class; once for all models that derive from it."""
    bounds: list[ast.expr] = []
    for part in ast.walk(node):
        match part:
            case ast.Subscript(value=ast.Name(id="Range" | "Seq" | "Bag"), slice=inside):
                bounds.append(inside)
            case ast.Call(func=ast.Name(id="Range" | "AtMost"), args=arguments):
                bounds += arguments
    return tuple(name for bound in bounds for name in ast.walk(bound) if isinstance(name, ast.Name))
