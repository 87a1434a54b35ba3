"""Accumulations: statements that add to a variable so that the order of any two makes no difference."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping

from assay.checker.immutable import immutable
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    ArithmeticOperator,
    Assign,
    AssignCollection,
    AssignLocal,
    BagUpdate,
    Cast,
    Clear,
    Compare,
    Comparison,
    Conditional,
    Expr,
    IsKind,
    Let,
    Name,
    Narrow,
    Node,
    Or,
    Place,
    Read,
    SetUpdate,
    Statement,
    mentioned_names,
    rewritten,
    walk,
)
from assay.checker.language.types import NoneOnly

__all__ = ["Accumulation", "Reduction", "accumulation", "keys_of", "mentions", "of_what_may_be_none"]


class Reduction(enum.Enum):
    """How a value is accumulated. Two steps of one reduction commute; steps of different ones need not."""

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


@immutable
class Accumulation:
    """A step of an accumulation.

    Attributes
    ----------
    reduction : Reduction
        How the value changes.
    value : Node or None
        Of `SAME`: the expression or statement that every step evaluates. Steps with different ones do not commute. The
        keys of an entry have the names of `keys_of` in it.
    """

    reduction: Reduction
    value: Node | None = None


_ARITHMETIC = {
    ArithmeticOperator.ADD: Reduction.SUM,
    ArithmeticOperator.SUBTRACT: Reduction.SUM,
    ArithmeticOperator.MULTIPLY: Reduction.PRODUCT,
}


def accumulation(statement: Statement, own: frozenset[str]) -> Accumulation | None:
    """Return the accumulation that a statement makes; None if its order among similar ones may matter.

    Parameters
    ----------
    statement : Statement
        An assignment, or a change of a container.
    own : frozenset of str
        The local names that may have a different value in each round.
    """
    match statement:
        case Assign(place, value):
            return _accumulated(Read(place), value, own)
        case AssignLocal(variable, value):
            return _accumulated(variable, value, own)
        case SetUpdate(change):
            return Accumulation(Reduction[_CHANGES[change.name]])
        case BagUpdate(add):
            return Accumulation(Reduction.PUT if add else Reduction.TAKEN)
        case AssignCollection(place, collection) if not mentioned_names(collection) & own:
            return None if mentions(collection, Read(place)) else Accumulation(Reduction.SAME, collection)
        case Clear():
            return Accumulation(Reduction.SAME, statement)
        case _:
            return None


_CHANGES = {"ADD": "UNION", "DISCARD": "DIFFERENCE", "KEEP": "INTERSECTION"}


def _accumulated(target: Expr, value: Expr, own: frozenset[str]) -> Accumulation | None:
    """Return the accumulation that ``target = value`` makes, or None if it is not one."""
    found = _step(target, value)
    if found is not None and not mentions(found[1], target):
        return Accumulation(found[0])
    # The same function each time, such as `b = succ(b)`: only how often it is applied makes a difference. To one entry
    # of a map, rounds give the same value if that tells of the entry's keys alone.
    if isinstance(target, Read):
        keys = {key: name for key, name in keys_of(target.place) if mentioned_names(key) & own}
        value = rewritten(value, lambda part: keys.get(part, part) if isinstance(part, Expr) else part)
    else:
        own -= mentioned_names(target)
    return None if mentioned_names(value) & own else Accumulation(Reduction.SAME, value)


def keys_of(place: Place) -> Iterator[tuple[Expr, Name]]:
    """Yield the keys of a place, each with a name for it, which has a blank, so that no name of a model is the same."""
    for index, key in enumerate(place.keys):
        yield key, Name(f"key {index}", key.type)


def _step(target: Expr, value: Expr) -> tuple[Reduction, Node] | None:
    """Return the reduction in ``target + x``, ``max(x, target)`` and the like, and x."""
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
            return (Reduction.ALL if isinstance(value, And) else Reduction.SOME), type(value)(tuple(others))
        case _:
            return _extreme(target, value, {})


def _extreme(target: Expr, value: Expr, named: Mapping[str, Expr]) -> tuple[Reduction, Node] | None:
    """Return the reduction in ``max(target, x)``, which the IR has as a comparison of two named values, and x."""
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
            return (Reduction.LARGEST if then == high else Reduction.SMALLEST), operands[operands[0] == target]
        case Conditional(test, Cast(given, _), otherwise) | Cast(
            Conditional(test, given, Narrow(otherwise, _, True)), _
        ) if otherwise == target:
            # Nothing yet, or the largest so far: None comes before (or after) all others.
            largest = of_what_may_be_none(test, target, given)
            return None if largest is None else (Reduction.LARGEST if largest else Reduction.SMALLEST, given)
        case _:
            return None


def of_what_may_be_none(test: Expr, target: Expr, value: Expr) -> bool | None:
    """Return whether a test says that a target is None or less than a value; False if it says greater, else None."""
    match test:
        case Or((IsKind(tested, (NoneOnly(),)), Compare(Comparison.LT | Comparison.LE, low, high))) if tested == target:
            # Numbers of different ranges are compared as they are: the target's own need not be that of the value.
            first, second = (isinstance(side, Narrow) and side.operand == target for side in (low, high))
            return True if first and high == value else False if second and low == value else None
        case _:
            return None


def mentions(node: Node, target: Expr) -> bool:
    """Return whether a node reads a name, or anything of the variable in which a place is."""
    if isinstance(target, Name):
        return target.name in mentioned_names(node)
    assert isinstance(target, Read)
    return any(isinstance(part, Place) and part.variable == target.place.variable for part in walk(node))
