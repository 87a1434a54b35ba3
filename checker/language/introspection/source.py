"""The syntax trees of models, read from their files.

`inspect.getsource` is not used: it fails for code that was typed at a prompt or loaded from bytecode, and returns the
wrong text if a file changed after its import. Here both cases are errors that say so.
"""

from __future__ import annotations

import ast
import functools
import inspect
import os
import sys
import tokenize
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from assay.checker.errors import Location, ModelError
from assay.checker.language.introspection.once import once

__all__ = [
    "annotation_location",
    "class_location",
    "class_of",
    "comment_at",
    "field_location",
    "function_of",
    "source_file",
]

T = TypeVar("T")


def source_file(thing: type[Any] | Callable[..., Any]) -> str:
    """Return the path of the file that defines a class or function.

    Raises
    ------
    ModelError
        If there is no such file: the definition was typed at a prompt or comes from bytecode.
    """
    path: str | None
    if isinstance(thing, type):
        path = getattr(sys.modules.get(thing.__module__), "__file__", None)
    else:
        path = inspect.unwrap(thing).__code__.co_filename
    if path is None or not os.path.isfile(path):
        raise ModelError(
            f"the source of {thing.__qualname__} cannot be read: it was typed at a prompt or loaded from bytecode",
            help="put the model into a file; it is compiled from its source",
        )
    return path


@functools.cache
def _parse(path: str, _modified: int) -> ast.Module:
    # Bytes, not text: the parser itself then handles a byte order mark and a declared encoding.
    return ast.parse(Path(path).read_bytes(), filename=path)


@functools.cache
def _classes(path: str, modified: int) -> dict[str, list[ast.ClassDef]]:
    """Return the classes of a file by their qualified names; several for a name if one replaces another."""
    found: dict[str, list[ast.ClassDef]] = {}
    pending: list[tuple[ast.AST, str]] = [(_parse(path, modified), "")]
    while pending:
        node, prefix = pending.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                continue  # expressions contain no classes
            inner = prefix
            if isinstance(child, ast.ClassDef):
                found.setdefault(prefix + child.name, []).append(child)
                inner = f"{prefix}{child.name}."
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = f"{prefix}{child.name}.<locals>."
            pending.append((child, inner))
    return found


_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@functools.cache
def _functions(path: str, modified: int) -> dict[tuple[str, int], _Function]:
    """Return the functions of a file by their names and first lines."""
    found: dict[tuple[str, int], _Function] = {}
    for node in ast.walk(_parse(path, modified)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.setdefault((node.name, _first_line(node)), node)
        elif isinstance(node, ast.Lambda):
            found.setdefault(("<lambda>", node.lineno), node)
    return found


def parse(path: str) -> ast.Module:
    """Return the syntax tree of a file, parsed again only if the file changes."""
    return _read(path, _parse)


def _read(path: str, reader: Callable[[str, int], T]) -> T:
    try:
        return reader(path, os.stat(path).st_mtime_ns)
    except SyntaxError as error:
        place = Location(path, error.lineno or 0, error.offset or 0)
        raise ModelError(f"not valid Python: {error.msg}", location=place) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"cannot be read: {error}", location=Location(path), help="save it as UTF-8, and let yourself read it"
        ) from None


def comment_at(place: Location) -> str | None:
    """Return the comment at the end of a line, without the ``#``; None if there is none, or it is for a tool."""
    try:
        text = _read(place.file, _comments).get(place.line, "")
    except ModelError:
        return None
    comment = text.removeprefix("#").strip()
    return None if comment.startswith(("noqa", "type:", "pragma:", "fmt:")) else comment or None


@functools.cache
def _comments(path: str, _modified: int) -> dict[int, str]:
    """Return the comments of a file by their lines."""
    try:
        with open(path, "rb") as file:
            tokens = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    except tokenize.TokenError:
        return {}
    return {token.start[0]: token.string for token in tokens}


def function_of(function: Callable[..., Any]) -> tuple[str, ast.FunctionDef | ast.Lambda]:
    """Return the file and the syntax tree of a function.

    Raises
    ------
    ModelError
        If the file cannot be read, or changed since it was imported, or the function is a coroutine.
    """
    code = inspect.unwrap(function).__code__
    path = source_file(function)
    node = _read(path, _functions).get((code.co_name, code.co_firstlineno))
    if isinstance(node, ast.AsyncFunctionDef):
        raise ModelError(
            f"{function.__qualname__} is a coroutine, and an action is one atomic step",
            location=Location(path, node.lineno, node.col_offset + 1),
            help="do without async and await",
        )
    if node is not None:
        return path, node
    raise ModelError(
        f"{function.__qualname__} is not where it was when the file was imported",
        location=Location(path, code.co_firstlineno),
        help="the file changed while it was being used; run again",
    )


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


@once
def class_of(cls: type[Any]) -> tuple[str, ast.ClassDef] | None:
    """Return the file and the syntax tree of a class, or None if they cannot be found. Cached for each class."""
    try:
        path = source_file(cls)
        classes = _read(path, _classes)
    except ModelError:
        return None
    found = classes.get(cls.__qualname__, [])
    exact = [node for node in found if _holds(node, cls)] if len(found) > 1 else []
    return (path, (exact or found)[-1]) if found else None


def _holds(node: ast.ClassDef, cls: type[Any]) -> bool:
    """Return whether a syntax tree is that of a class, by the lines of its methods."""
    lines = [value.__code__.co_firstlineno for value in vars(cls).values() if isinstance(value, types.FunctionType)]
    return any(node.lineno <= line <= (node.end_lineno or 0) for line in lines)


def field_location(cls: type[Any], name: str) -> Location | None:
    """Return where a class or one of its bases annotates or assigns a name, or else where the class is defined."""
    for owner in cls.__mro__:
        found = class_of(owner) if owner.__module__ not in _OURS else None
        if found is None:
            continue
        path, node = found
        statement = _statements(node).get(name)
        if statement is not None:
            return Location(path, statement.lineno, statement.col_offset + 1)
    return class_location(cls)


_OURS = ("builtins", "assay.checker.language.model")
"""The modules of what every model inherits, which is no place of the user's."""


@functools.cache
def _statements(node: ast.ClassDef) -> dict[str, ast.stmt]:
    """Return, for each name in the body of a class, the first statement that annotates or assigns it."""
    found: dict[str, ast.stmt] = {}
    for statement in node.body:
        for name in _targets(statement):
            found.setdefault(name, statement)
    return found


def class_location(cls: type[Any]) -> Location | None:
    """Return where a class is defined, or None if that cannot be found."""
    found = class_of(cls)
    return Location(found[0], found[1].lineno, found[1].col_offset + 1) if found else None


def annotation_location(thing: type[Any] | Callable[..., Any], name: str) -> Location | None:
    """Return where an annotation of a class or function mentions a name, or None if none does."""
    try:
        found = class_of(thing) if isinstance(thing, type) else function_of(thing)
    except ModelError:
        return None
    if found is None:
        return None
    path, node = found
    for annotation in _annotations(node):
        for part in ast.walk(annotation):
            if isinstance(part, ast.Name) and part.id == name:
                return Location(path, part.lineno, part.col_offset + 1)
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and name in part.value:
                return Location(path, part.lineno, part.col_offset + 1)
    return None


def _annotations(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.ClassDef(body=body):
            return [statement.annotation for statement in body if isinstance(statement, ast.AnnAssign)]
        case ast.FunctionDef(args=arguments):
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            return [argument.annotation for argument in every if argument.annotation is not None]
        case _:
            return []


def _targets(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case _:
            return []
