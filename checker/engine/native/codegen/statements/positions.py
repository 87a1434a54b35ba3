"""A sequence that an action chooses, in its guards: what they ask of its items, written out for each position.

What is known of its length, and of which positions it has, is put into the guards, so that they seem to fail no more
often than they do.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import replace

from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.ir.definedness import position_in
from assay.checker.language.ir.nodes import (
    FALSE,
    TRUE,
    And,
    Arithmetic,
    ArithmeticOperator,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Conditional,
    ConstantRef,
    Expr,
    Extreme,
    Generator,
    IntRange,
    ItemAt,
    Length,
    Literal,
    Member,
    Name,
    Node,
    Not,
    Or,
    Place,
    Quantifier,
    SeqItem,
    SeqLength,
    SetRelation,
    SizeOf,
    Slice,
    Stored,
    children,
    rewritten,
    substituted,
    walk,
)
from assay.checker.language.types import INT, IntType, SeqType

__all__ = ["Sequence", "all_of", "any_of", "less", "negated", "number", "truth"]

_MOST_CASES = 1000
"""The most conditions to write out for a guard; code is generated for each of them."""

_ANY = "any item"
"""A name that no model uses, because it is not a Python identifier."""


@immutable
class _Case:
    """What a quantifier is over: a value, the condition that it is there, and the last item that is there then."""

    exists: Expr
    value: Expr
    last: int


@immutable
class Sequence:
    """A sequence that an action chooses.

    Attributes
    ----------
    place : Place
        Where it is.
    most : int
        The most items that it can have; a permutation has as many.
    instance : Instance
        Tells numbers that the model leaves open.
    """

    place: Place
    most: int
    instance: Instance

    def simplified(self, node: Expr) -> Expr:
        """Return an expression with what is known of lengths and numbers in it, and of which items there are."""
        return rewritten(node, self._simpler)

    def written_out(self, guard: Expr) -> Expr:
        """Return a guard with each quantifier over items or their positions as a condition for each of them.

        What asks for an item that is there, as its position shows, cannot fail in it.
        """
        few = self.most ** _nesting(guard) <= _MOST_CASES
        return rewritten(guard, lambda part: self._written_out(part, -1)) if few else guard

    def _simpler(self, node: Node) -> Node:
        is_permutation = isinstance(self.place.type, SeqType) and self.place.type.distinct
        match node:
            case SeqLength(place) | Length(Stored(place)) if place == self.place and is_permutation:
                return number(self.most)
            case Length(Slice(place, start, stop)) if place == self.place and is_permutation:
                return number(max(0, min(self.most, self.most if stop is None else stop) - start))
            case Extreme(_, _, _, None) if self.is_position(node):
                return replace(node, default=number(0))  # never needed
            case SizeOf(universe):
                return number(self.instance.size(universe.of))
            case ConstantRef(name, IntType()):
                return number(self.instance.bound(name))
            case ItemAt(Slice(place, start, _), Literal(value), True) if place == self.place:
                return ItemAt(Stored(place), number(start + int(value)), safe=True)
            case SeqItem(place, Literal(value)) if place == self.place and is_permutation:
                at = int(value) + (self.most if int(value) < 0 else 0)
                return ItemAt(Stored(place), number(at), safe=True) if 0 <= at < self.most else node
            case Arithmetic(sign, Literal(left), Literal(right)) if sign in _SIMPLE:
                return number(_SIMPLE[sign](int(left), int(right)))
            case Compare(sign, Literal(left, IntType()), Literal(right, IntType())):
                return truth(_HOLDS[sign](int(left), int(right)))
            case Conditional(Literal(test), then, otherwise):
                return then if test else otherwise
            case Not(Literal(value)):
                return truth(not value)
            case And(parts):
                return all_of(parts) if FALSE in parts or TRUE in parts else node
            case Or(parts):
                return any_of(parts) if FALSE in parts or TRUE in parts else node
            case _:
                return node

    def reads(self, node: Node) -> bool:
        """Return whether a node mentions the sequence."""
        return any(part == self.place for part in walk(node) if isinstance(part, Place))

    def is_position(self, node: Node) -> bool:
        """Return whether an expression is the position of an element in the permutation, which has every element."""
        return position_in(node) == (self.place, number(self.most))

    # Quantifiers

    def _written_out(self, node: Node, last: int) -> Node:
        """Return a node with quantifiers written out, where the sequence is known to have an item at `last`."""
        match node:
            case Quantifier(universal, variable, domain, body) if (cases := self._cases(domain)) is not None:
                instances = [self._instance(body, variable, case, last, universal) for case in cases]
                return all_of(instances) if universal else any_of(instances)
            case Member(element, Stored(place) as domain) if place == self.place and element.type == domain.element:
                item = Name(_ANY, domain.element)
                return self._written_out(Quantifier(False, item, domain, Compare(Comparison.EQ, item, element)), last)
            case SetRelation(Comparison.LE, Comprehension(item, (Generator(each, domain, None),)), right):
                return self._written_out(Quantifier(True, each, domain, Member(item, right)), last)
            case SeqItem(place, Literal(value)) if place == self.place and 0 <= int(value) <= last:
                return self._item(int(value))
            case _:
                return self._simpler(node)

    def _instance(self, body: Expr, variable: Name, case: _Case, last: int, universal: bool) -> Expr:
        there = max(last, case.last)
        found = rewritten(substituted(body, {variable: case.value}), lambda part: self._written_out(part, there))
        return any_of((negated(case.exists), found)) if universal else all_of((case.exists, found))

    def _cases(self, domain: Collection) -> list[_Case] | None:
        """Return what a quantifier is over; None if it is no items of the sequence, or positions in it."""
        match domain:
            case Stored(place) if place == self.place:
                return [_Case(self._exists(at), self._item(at), at) for at in range(self.most)]
            case Slice(place, start, stop) if place == self.place:
                last = self.most if stop is None else min(stop, self.most)
                return [_Case(self._exists(at), self._item(at), at) for at in range(start, last)]
            case IntRange(Literal(start), Literal(stop)) if int(stop) - int(start) <= self.most:
                return [_Case(TRUE, number(at), -1) for at in range(int(start), int(stop))]
            case IntRange(Literal(start), stop) if int(start) >= 0 and (behind := self._behind(stop)) is not None:
                positions = range(int(start), self.most - behind)
                return [_Case(less(number(at), stop), number(at), at + behind) for at in positions]
            case _:
                return None

    def _behind(self, stop: Expr) -> int | None:
        """Return how many items there are at least from where a range ends; None if it may end behind the last."""
        match stop:
            case SeqLength(place) | Length(Stored(place)) if place == self.place:
                return 0
            case Length(Slice(place, start, _)) if place == self.place:
                return start
            case Arithmetic(ArithmeticOperator.SUBTRACT, left, Literal(right)) if int(right) >= 0:
                behind = self._behind(left)
                return None if behind is None else behind + int(right)
            case Conditional(Compare(Comparison.LT | Comparison.LE, left, right), then, otherwise):
                # The smaller of two: what `zip` has in common.
                found = [end for end in map(self._behind, (then, otherwise)) if end is not None]
                return max(found) if found and (left, right) == (then, otherwise) else None
            case _:
                return None

    def _item(self, at: int) -> Expr:
        return ItemAt(Stored(self.place), number(at), safe=True)

    def _exists(self, at: int) -> Expr:
        return self.simplified(less(number(at), SeqLength(self.place)))


_SIMPLE: dict[ArithmeticOperator, Callable[[int, int], int]] = {
    ArithmeticOperator.ADD: operator.add,
    ArithmeticOperator.SUBTRACT: operator.sub,
    ArithmeticOperator.MULTIPLY: operator.mul,
}
_HOLDS: dict[Comparison, Callable[[int, int], bool]] = {
    Comparison.EQ: operator.eq,
    Comparison.LT: operator.lt,
    Comparison.LE: operator.le,
}


def number(value: int) -> Literal:
    """Return a number that is written out."""
    return Literal(value, INT)


def truth(value: bool) -> Literal:
    """Return a truth value that is written out."""
    return TRUE if value else FALSE


def less(left: Expr, right: Expr) -> Expr:
    """Return whether a number is less than another."""
    return Compare(Comparison.LT, left, right)


def negated(part: Expr) -> Expr:
    """Return a negation, simplified."""
    return truth(not part.value) if isinstance(part, Literal) else Not(part)


def all_of(parts: Iterable[Expr]) -> Expr:
    """Return a conjunction without what is known to be true."""
    left = tuple(part for part in parts if part != TRUE)
    return FALSE if FALSE in left else left[0] if len(left) == 1 else And(left) if left else TRUE


def any_of(parts: Iterable[Expr]) -> Expr:
    """Return a disjunction without what is known to be false."""
    left = tuple(part for part in parts if part != FALSE)
    return TRUE if TRUE in left else left[0] if len(left) == 1 else Or(left) if left else FALSE


def _nesting(node: Node) -> int:
    """Return how many quantifiers over positions or items are inside one another."""
    inner = max(map(_nesting, children(node)), default=0)
    return inner + (isinstance(node, Quantifier) and isinstance(node.domain, IntRange | Stored | Slice))
