"""Bounds that are expressions of parameters and sizes of sorts: ``"max_clock + 1"``, ``"2 * len(Node) - 1"``."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import TypeVar

from assay.checker.language.types import Bound

__all__ = ["OPERATORS", "bound_of", "counted_in", "is_bound", "names_in"]

T = TypeVar("T")

OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//"}

_LONGEST = 200
"""The most characters of a bound. It keeps nesting shallow enough for the parser's stack."""

_MOST_BITS = 1024
"""The most bits of a power in a bound."""


def is_bound(text: str) -> bool:
    """Return whether a text is a well-formed bound; what its names stand for is not checked here."""
    tree = _parsed(text)
    return tree is not None and _is_bound(tree)


def _is_bound(node: ast.expr) -> bool:
    match node:
        case ast.Name():
            return True
        case ast.Call():
            return _counted(node) is not None
        case ast.Constant(value=value):
            return type(value) is int
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _is_bound(operand)
        # A divisor must be a positive literal, not a name, so that a bound never fails, whatever the sizes are.
        case ast.BinOp(left=left, op=ast.FloorDiv(), right=ast.Constant(value=divisor)):
            return type(divisor) is int and divisor > 0 and _is_bound(left)
        case ast.BinOp(left=ast.Constant(value=base), op=ast.Pow(), right=ast.Constant(value=exponent)):
            return _is_power(base, exponent)
        case ast.BinOp(left=left, op=operator, right=right):
            return (
                type(operator) in OPERATORS
                and type(operator) is not ast.FloorDiv
                and all(map(_is_bound, (left, right)))
            )
        case _:
            return False


def _counted(node: ast.AST) -> ast.Name | None:
    """Return the name in ``len(Node)``; None if a node is no such call."""
    match node:
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name() as name], keywords=[]):
            return name
    return None


def _is_power(base: object, exponent: object) -> bool:
    """Return whether two constants are numbers that make a power of some bits."""
    if not (type(base) is int and type(exponent) is int):
        return False
    return exponent >= 0 and base.bit_length() * exponent <= _MOST_BITS


@functools.cache
def _parsed(text: str) -> ast.expr | None:
    if len(text) > _LONGEST:  # before parsing, which deep nesting would crash
        return None
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None


def names_in(bound: Bound) -> tuple[str, ...]:
    """Return the names in a bound, in order, also those of sorts whose elements it counts."""
    parts = _parts(bound)
    functions = [part.func for part in parts if isinstance(part, ast.Call)]
    return tuple(part.id for part in parts if isinstance(part, ast.Name) and part not in functions)


def counted_in(bound: Bound) -> tuple[str, ...]:
    """Return the names whose elements a bound counts, ``len(Node)``, in order."""
    return tuple(name.id for name in map(_counted, _parts(bound)) if name is not None)


def _parts(bound: Bound) -> list[ast.AST]:
    tree = _parsed(bound) if isinstance(bound, str) else None
    return [] if tree is None else list(ast.walk(tree))


def bound_of(
    bound: Bound, number: Callable[[int], T], name: Callable[[str], T], compute: Callable[[str, T, T], T]
) -> T:
    """Evaluate a bound.

    Parameters
    ----------
    bound : int or str
        The bound; if it is a text, `is_bound` is true of it.
    number, name : callable
        From a number, and from a name, to a value.
    compute : callable
        From an operator (``+ - * //``) and two values to a value.
    """
    if isinstance(bound, int):
        return number(bound)
    tree = _parsed(bound)
    assert tree is not None

    def fold(node: ast.expr) -> T:
        match node:
            case ast.Name(id=text) | ast.Call(args=[ast.Name(id=text)]):
                return name(text)
            case ast.UnaryOp(operand=operand):
                return compute("-", number(0), fold(operand))
            case ast.BinOp(left=ast.Constant(value=int(base)), op=ast.Pow(), right=ast.Constant(value=int(exponent))):
                return number(base**exponent)
            case ast.BinOp(left=left, op=operator, right=right):
                return compute(OPERATORS[type(operator)], fold(left), fold(right))
            case ast.Constant(value=int(value)):
                return number(value)
        raise AssertionError(bound)

    return fold(tree)
