"""The functions that a model consists of, and the sorts that they name."""

from __future__ import annotations

import ast
import functools
import types
from collections.abc import Iterator, Sequence
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.introspection import source
from assay.checker.language.introspection.once import once
from assay.checker.language.model import Model
from assay.checker.language.sorts import Element

__all__ = ["functions_of", "is_named", "makes_assertions", "sorts_named"]


@once
def functions_of(cls: type[Model]) -> tuple[types.FunctionType, ...]:
    """Return the methods of a model and the functions that these name, directly or indirectly.

    A method that a subclass replaces is included only if something calls it by ``super()``, or by its class.
    """
    found: dict[types.FunctionType, None] = {}
    for method in _methods_of(cls):
        _follow(method, found)
    return tuple(found)


def _methods_of(cls: type[Model]) -> list[types.FunctionType]:
    methods = [
        (name, function)
        for owner in reversed(cls.__mro__)
        for name, value in vars(owner).items()
        if (function := _function(value)) is not None
    ]
    # A method that calls `super()` without arguments has `__class__` among its free variables in CPython.
    latest = dict(methods)
    by_super = {name for _, f in methods if "__class__" in f.__code__.co_freevars for name in f.__code__.co_names}
    by_class = {name for _, f in methods if _names_any(f, cls.__mro__) for name in f.__code__.co_names}
    return [function for name, function in methods if function is latest[name] or name in by_super | by_class]


def _names_any(function: types.FunctionType, classes: Sequence[type[Any]]) -> bool:
    return any(isinstance(value, type) and value in classes for value in _named(function))


def _function(value: object) -> types.FunctionType | None:
    """Return the function behind a method, a static method or a property."""
    if isinstance(value, staticmethod):
        value = value.__func__
    if isinstance(value, property):
        value = value.fget
    return value if isinstance(value, types.FunctionType) else None


def _follow(function: types.FunctionType, found: dict[types.FunctionType, None]) -> None:
    pending = [function]
    while pending:
        function = pending.pop()
        if function not in found:
            found[function] = None
            pending += [value for value in _named(function) if isinstance(value, types.FunctionType) and _is_own(value)]


def sorts_named(functions: Sequence[types.FunctionType]) -> Iterator[type[Any]]:
    """Yield the sorts that functions name, some more than once."""
    for function in functions:
        for value in _named(function):
            if isinstance(value, type) and issubclass(value, Element) and value.__module__ != Element.__module__:
                yield value


def is_named(thing: object, functions: Sequence[types.FunctionType]) -> bool:
    """Return whether any of the functions names an object."""
    return any(value is thing for function in functions for value in _named(function))


def makes_assertions(functions: Sequence[types.FunctionType]) -> bool:
    """Return whether any of the functions contains an ``assert``."""
    return any(map(_asserts, functions))


@functools.cache
def _asserts(function: types.FunctionType) -> bool:
    pending = [_tree_of(function)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Assert):
            return True
        pending += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr)]
    return False


def _tree_of(function: types.FunctionType) -> ast.AST:
    """Return the syntax tree of a function; an empty one if it cannot be read, which the front end will report."""
    try:
        return source.function_of(function)[1]
    except ModelError:
        return ast.Pass()


def _is_own(function: types.FunctionType) -> bool:
    """Return whether a function is part of a model, rather than of the language or of Python."""
    module = str(function.__module__)
    return module != "dataclasses" and not module.startswith(f"{_LANGUAGE}.")


_LANGUAGE = Model.__module__.rpartition(".")[0]


def _named(function: types.FunctionType) -> Iterator[object]:
    """Yield the objects that the global and enclosing names in a function stand for."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    for name in _names_in(function):
        yield _content(cells[name]) if name in cells else function.__globals__.get(name)


def _content(cell: types.CellType) -> object:
    """Return the value of a variable of an enclosing function; None if it has none yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


@functools.cache
def _names_in(function: types.FunctionType) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_names(function.__code__), *_names_written(function))))


def _names(code: types.CodeType) -> Iterator[str]:
    yield from (*code.co_names, *code.co_freevars)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _names(inner)


def _names_written(function: types.FunctionType) -> tuple[str, ...]:
    """Return the outer names in the source of a function's body.

    The code object is not enough: CPython leaves out what a literal makes unreachable, like `y` in
    ``x if True else y``, which is still part of the model. Annotations are skipped, for those of local names are never
    evaluated.
    """
    tree = _tree_of(function)
    body = tree.body if isinstance(tree, ast.FunctionDef) else [tree.body] if isinstance(tree, ast.Lambda) else []
    parts = [part for statement in body for part in _evaluated(statement)]
    names = [part for part in parts if isinstance(part, ast.Name)]
    bound = {name.id for name in names if not isinstance(name.ctx, ast.Load)}
    bound |= {part.arg for part in parts if isinstance(part, ast.arg)}
    bound |= {str(part.name) for part in parts if isinstance(part, ast.MatchAs | ast.MatchStar)}
    bound |= {*function.__code__.co_varnames, *function.__code__.co_cellvars}
    return tuple(dict.fromkeys(name.id for name in names if name.id not in bound))


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below a node in the order of the source, without annotations."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        fields = [getattr(node, field) for field in node._fields if field not in ("annotation", "returns")]
        children = [child for value in fields for child in (value if isinstance(value, list) else [value])]
        pending += [child for child in reversed(children) if isinstance(child, ast.AST)]
