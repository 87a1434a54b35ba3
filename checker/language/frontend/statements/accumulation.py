"""Accumulations: statements that add to a variable so that the order of any two makes no difference."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    ArithmeticOperator,
    Assign,
    AssignCollection,
    AssignLocal,
    BagUpdate,
    Clear,
    Compare,
    Comparison,
    Conditional,
    Expr,
    Let,
    Name,
    Node,
    Or,
    Place,
    Read,
    SetUpdate,
    Statement,
    free_names,
    walk,
)

__all__ = ["Accumulation", "Way", "accumulation", "mentions"]


class Way(enum.Enum):
    """How a value is accumulated. Two steps of one way commute; those of two ways do not."""

    SUM = "sum"
    PRODUCT = "product"
    LARGEST = "largest"
    SMALLEST = "smallest"
    SOME = "some"
    ALL = "all"
    UNION = "union"
    DIFFERENCE = "difference"
    INTERSECTION = "intersection"
    PUT = "put into a bag"
    TAKEN = "taken out of a bag"
    SAME = "the same function, or value, each time"


@dataclass(frozen=True)
class Accumulation:
    """A step of an accumulation.

    Attributes
    ----------
    way : Way
        How the value changes.
    value : Node or None
        What makes the value, where each step makes it in the same way.
    """

    way: Way
    value: Node | None = None


_ARITHMETIC = {
    ArithmeticOperator.ADD: Way.SUM,
    ArithmeticOperator.SUBTRACT: Way.SUM,
    ArithmeticOperator.MULTIPLY: Way.PRODUCT,
}


def accumulation(statement: Statement, own: frozenset[str]) -> Accumulation | None:
    """Return the accumulation that a statement makes; None if its order among similar ones may matter.

    Parameters
    ----------
    statement : Statement
        An assignment, or a change of a container.
    own : frozenset of str
        The local names whose value may be another one in each round.
    """
    match statement:
        case Assign(place, value):
            return _accumulated(Read(place), value, own)
        case AssignLocal(variable, value):
            return _accumulated(variable, value, own)
        case SetUpdate(change):
            return Accumulation(Way[_CHANGES[change.name]])
        case BagUpdate(add):
            return Accumulation(Way.PUT if add else Way.TAKEN)
        case AssignCollection(place, collection) if not free_names(collection) & own:
            return None if mentions(collection, Read(place)) else Accumulation(Way.SAME, collection)
        case Clear():
            return Accumulation(Way.SAME, statement)
        case _:
            return None


_CHANGES = {"ADD": "UNION", "DISCARD": "DIFFERENCE", "KEEP": "INTERSECTION"}


def _accumulated(target: Expr, value: Expr, own: frozenset[str]) -> Accumulation | None:
    """Return the accumulation that ``target = value`` makes, or None if it is not one."""
    found = _step(target, value)
    if found is not None and not mentions(found[1], target):
        return Accumulation(found[0])
    # The same function each time, such as `b = succ(b)`: only how often it is applied makes a difference.
    return None if free_names(value) & (own - free_names(target)) else Accumulation(Way.SAME, value)


def _step(target: Expr, value: Expr) -> tuple[Way, Node] | None:
    """Return the way of ``target + x``, ``max(x, target)`` and the like, and x."""
    match value:
        case Arithmetic(operator, left, right) if operator in _ARITHMETIC and left == target:
            return _ARITHMETIC[operator], right
        case Arithmetic(ArithmeticOperator.ADD | ArithmeticOperator.MULTIPLY as operator, left, right):
            return (_ARITHMETIC[operator], left) if right == target else None
        case And(parts) | Or(parts) if target in parts:
            others = [part for part in parts if part != target]
            # Where the target decides, what follows is not evaluated, so whether it raises would depend on the order.
            if len(others) != len(parts) - 1 or any(map(can_fail, others)):
                return None
            return (Way.ALL if isinstance(value, And) else Way.SOME), type(value)(tuple(others))
        case _:
            return _extreme(target, value, {})


def _extreme(target: Expr, value: Expr, named: Mapping[str, Expr]) -> tuple[Way, Node] | None:
    """Return the way of ``max(target, x)``, which is a comparison of two named values, and x."""
    match value:
        case Let(name, bound, body) if body == name:
            return _extreme(target, bound, named)
        case Let(Name(name), bound, body) if bound == target or not mentions(bound, target):
            return _extreme(target, body, {**named, name: bound})
        case Conditional(Compare(Comparison.LT | Comparison.LE, low, high), then, otherwise) if {then, otherwise} == {
            low,
            high,
        }:
            operands = [named.get(part.name, part) if isinstance(part, Name) else part for part in (low, high)]
            if target not in operands:
                return None
            return (Way.LARGEST if then == high else Way.SMALLEST), operands[operands[0] == target]
        case _:
            return None


def mentions(node: Node, target: Expr) -> bool:
    """Return whether a node reads a name, or anything of the variable in which a place is."""
    if isinstance(target, Name):
        return target.name in free_names(node)
    assert isinstance(target, Read)
    return any(isinstance(part, Place) and part.variable == target.place.variable for part in walk(node))
