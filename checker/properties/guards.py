"""Guards that were false, as reports show them: where the condition stands, and its source."""

from __future__ import annotations

import ast
import linecache

from assay.checker.errors import Location, ModelError
from assay.checker.language.introspection.source import parse
from assay.checker.properties.implementation import Guard

__all__ = ["missed_guard"]


def missed_guard(path: str, line: int, index: int | None, column: int = 0) -> Guard:
    """Return a guard that was false; of the conditions of its `require`, the first that was.

    Parameters
    ----------
    path, line : str, int
        Where its `require` begins.
    index : int, optional
        Which of its conditions is false; None if that is not known.
    column : int
        Where in the line, if that is known.
    """
    call = _require_at(path, line)
    if call is None:
        return Guard(Location(path, line, column), linecache.getline(path, line).strip())
    if index is None or len(call.args) == 1 or any(isinstance(part, ast.Starred) for part in call.args[: index + 1]):
        return Guard(Location(path, line, call.col_offset + 1), _source(path, call))
    condition = call.args[index]
    return Guard(Location(path, condition.lineno, condition.col_offset + 1), f"require({_source(path, condition)})")


def _require_at(path: str, line: int) -> ast.Call | None:
    """Return the call of `require` that begins in a line; None if there is no such line, or it holds several."""
    try:
        found = [node for node in ast.walk(parse(path)) if isinstance(node, ast.Call) and node.lineno == line]
    except ModelError:
        return None
    calls = [node for node in found if isinstance(node.func, ast.Name) and node.func.id == "require"]
    return calls[0] if len(calls) == 1 else None


def _source(path: str, node: ast.expr) -> str:
    """Return the source of an expression in one line."""
    segment = ast.get_source_segment("".join(linecache.getlines(path)), node)
    return " ".join((segment or ast.unparse(node)).split())
