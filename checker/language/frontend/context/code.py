"""The function being compiled: its syntax tree, and the objects that its global names denote."""

from __future__ import annotations

import ast
import functools
import types
from collections import Counter
from collections.abc import Callable
from typing import Any

from assay.checker.errors import Location, ModelError
from assay.checker.immutable import immutable
from assay.checker.language.introspection.source import function_of

__all__ = ["Code"]


@immutable
class Code:
    """A function being compiled: its source, and the objects that its global names denote."""

    function: Callable[..., Any]
    path: str
    node: ast.FunctionDef

    @property
    def globals(self) -> dict[str, Any]:
        """The global names of the function's module."""
        assert isinstance(self.function, types.FunctionType)
        return self.function.__globals__

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Code:
        """Find the source of a function."""
        path, node = function_of(function)
        if isinstance(node, ast.Lambda):
            raise ModelError(
                "a lambda is not part of the language",
                location=Location(path, node.lineno, node.col_offset + 1),
                help="define a function",
            )
        return cls(function, path, node)

    @property
    def statements(self) -> list[ast.stmt]:
        """The statements of the body without docstrings and other strings between them."""
        return [statement for statement in self.node.body if not _is_text(statement)]

    @property
    def times_stored(self) -> Counter[str]:
        """How often each local name is given a value."""
        return _times_stored(self.node)

    def evaluate(self, annotation: ast.expr) -> Any:
        """Evaluate an annotation in the body, as Python would; whatever that raises is passed on."""
        names = {part.id for part in ast.walk(annotation) if isinstance(part, ast.Name)}
        found = {name: value for name in names for exists, value in [self.lookup(name)] if exists}
        return eval(compile(ast.Expression(annotation), self.path, "eval"), {"__builtins__": {}}, found)

    def lookup(self, name: str) -> tuple[bool, Any]:
        """Return whether a global, enclosing or built-in name exists, and its value."""
        function = self.function
        assert isinstance(function, types.FunctionType)
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        if name in cells:
            return _content(cells[name])
        if name in function.__globals__:
            return True, function.__globals__[name]
        builtins = function.__globals__["__builtins__"]
        namespace = builtins if isinstance(builtins, dict) else vars(builtins)
        return name in namespace, namespace.get(name)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _content(cell: types.CellType) -> tuple[bool, Any]:
    """Return whether a variable of an enclosing function has a value yet, and the value."""
    try:
        return True, cell.cell_contents
    except ValueError:
        return False, None


@functools.cache
def _times_stored(node: ast.FunctionDef) -> Counter[str]:
    names = (part for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))
    return Counter(name.id for name in names)
