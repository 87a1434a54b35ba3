"""Definedness: which nodes may raise in Python although their operands do not.

Code that evaluates expressions in another order, or not at all, must ask here first: an error must neither appear nor
vanish. A proof that an action or property never raises has one obligation for each such node.
"""

from __future__ import annotations

from assay.checker.language.ir.collections import Generator, IntRange, Stored, Universe
from assay.checker.language.ir.conditions import Assertion, Compare, Comparison
from assay.checker.language.ir.core import Expr, Literal, Name, Node, Place, walk
from assay.checker.language.ir.expressions import (
    Arithmetic,
    ArithmeticOperator,
    Cast,
    Make,
    MakeTuple,
    Narrow,
    SeqItem,
)
from assay.checker.language.ir.measures import Extreme
from assay.checker.language.ir.parts import Collected, Entry, ItemAt, Length, MakeMap
from assay.checker.language.ir.statements import BagUpdate, SeqPop, SeqStore
from assay.checker.language.types import IntType, RecordType, SeqType, SetType, SortType, Type, UnionType, has_numbers

__all__ = ["can_fail", "is_partial", "position_in"]


def can_fail(node: Node) -> bool:
    """Return whether evaluating a node may raise: whether it, or any node inside it, is partial."""
    return any(map(is_partial, walk(node)))


def is_partial(node: Node) -> bool:
    """Return whether a node may raise although everything inside it has a value.

    A number that becomes part of a value, or selects an entry, counts as partial: it may be out of the range of its
    type, and packed states have no room for such a number. What an action stores in a variable does not count, nor
    does appending or adding to one: the bounds of variables are claims about the state after the action.
    """
    match node:
        case Narrow(_, _, safe):
            return not safe
        case SeqItem(Place(_, _, _, SeqType(distinct=True)), Literal(0 | -1)):
            return False  # a permutation has every element of a sort or enumeration, and each has an element
        case SeqItem() | SeqPop() | SeqStore() | Assertion():
            return True
        case BagUpdate(add, _, _):
            return not add
        case Extreme(_, _, (Generator(_, Universe(SortType()), None),), _):
            return False  # every sort has an element
        case Extreme(_, _, _, None):
            found = position_in(node)
            return found is None or found[1] != Length(Stored(found[0]))
        case Arithmetic(operator, _, _):
            return operator in (ArithmeticOperator.DIVIDE, ArithmeticOperator.REMAINDER)  # by zero
        case Make(type_, arguments):
            return any(map(_may_be_outside, arguments, (field for _, field in type_.fields)))
        case MakeTuple(type_, arguments):
            return any(map(_may_be_outside, arguments, type_.items))
        case ItemAt(_, _, safe):
            return not safe
        case Collected(collection, type_):
            return not isinstance(type_, SetType) or has_numbers(type_) or has_numbers(collection.element)
        case MakeMap(type_, _, _):
            return has_numbers(type_)
        case Entry(_, key):
            return isinstance(key.type, IntType)
        case Cast(operand, UnionType()) if isinstance(operand.type, RecordType):
            return False  # the numbers were checked when they became part of the record
        case Cast(operand, type_):
            return has_numbers(type_) and type_ != operand.type
        case Place(_, _, keys, _):
            return any(isinstance(key.type, IntType) for key in keys)
        case _:
            return False


def position_in(node: Node) -> tuple[Place, Expr] | None:
    """Return the permutation in which an expression is the position of an element, and where the search ends."""
    match node:
        case Extreme(False, Name() as at, (Generator(index, IntRange(Literal(0), stop), Compare() as condition),)):
            match condition:
                case Compare(Comparison.EQ, ItemAt(Stored(place), where), Name() as sought) if at == index == where:
                    type_ = place.type
                    if isinstance(type_, SeqType) and type_.distinct and sought.type == type_.element and sought != at:
                        return place, stop
    return None


def _may_be_outside(value: Expr, type_: Type) -> bool:
    """Return whether a part of a value may be a number outside of its range: one that is written out is known."""
    if not isinstance(type_, IntType):
        return False
    if not isinstance(value, Literal):
        return True
    low, high = type_.low, type_.high
    return not isinstance(low, int) or not isinstance(high, int) or not low <= value.value <= high
