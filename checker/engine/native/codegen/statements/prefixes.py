"""What guards say of a sequence while only its first items are chosen: conditions on these that follow from the guards.

A prefix that breaks such a condition is not completed. ``all(P(x) for x in some)`` is one condition for each position,
known once its item is chosen; of ``order.index(a) < order.index(b)`` it is known that it is false as soon as only ``b``
is among the items. Whatever reads an item that is not chosen yet may be true or false, as in Kleene's logic.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.ir.definedness import position_in
from assay.checker.language.ir.nodes import (
    FALSE,
    TRUE,
    And,
    Arithmetic,
    ArithmeticOperator,
    Cardinality,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Conditional,
    ConstantRef,
    Expr,
    Extreme,
    Generator,
    Implies,
    IntRange,
    ItemAt,
    Length,
    Let,
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
    Sum,
    children,
    mentioned_names,
    rewritten,
    substituted,
    walk,
)
from assay.checker.language.types import INT, IntType, SeqType

__all__ = ["Chosen"]

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
class Chosen:
    """The first items of a sequence that an action chooses. Its length is chosen before them.

    Attributes
    ----------
    place : Place
        The sequence.
    count : int
        How many items are chosen, if the sequence is as long.
    most : int
        The most items that it can have; a permutation has as many.
    instance : Instance
        Tells numbers that the model leaves open.
    """

    place: Place
    count: int
    most: int
    instance: Instance

    def demands(self, guard: Expr) -> list[Expr]:
        """Return conditions on the items that are chosen which follow from a guard, if that cannot fail."""
        return [part for part in _conjuncts(self._relaxed(guard, True)) if part != TRUE]

    def knows(self, node: Expr) -> bool:
        """Return whether an expression reads no item that is not chosen yet."""
        return all(self._is_chosen(at) == TRUE for at in self._read(node))

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
                return _number(self.most)
            case Length(Slice(place, start, stop)) if place == self.place and is_permutation:
                return _number(max(0, min(self.most, self.most if stop is None else stop) - start))
            case Extreme(_, _, _, None) if self._is_position(node):
                return replace(node, default=_number(0))  # never needed
            case SizeOf(universe):
                return _number(self.instance.size(universe.of))
            case ConstantRef(name, IntType()):
                return _number(self.instance.bound(name))
            case ItemAt(Slice(place, start, _), Literal(value), True) if place == self.place:
                return ItemAt(Stored(place), _number(start + int(value)), safe=True)
            case SeqItem(place, Literal(value)) if place == self.place and is_permutation:
                at = int(value) + (self.most if int(value) < 0 else 0)
                return ItemAt(Stored(place), _number(at), safe=True) if 0 <= at < self.most else node
            case Arithmetic(sign, Literal(left), Literal(right)) if sign in _SIMPLE:
                return _number(_SIMPLE[sign](int(left), int(right)))
            case Compare(sign, Literal(left, IntType()), Literal(right, IntType())):
                return _truth(_HOLDS[sign](int(left), int(right)))
            case Conditional(Literal(test), then, otherwise):
                return then if test else otherwise
            case Not(Literal(value)):
                return _truth(not value)
            case And(parts):
                return _all(parts) if FALSE in parts or TRUE in parts else node
            case Or(parts):
                return _any(parts) if FALSE in parts or TRUE in parts else node
            case _:
                return node

    def _reads(self, node: Node) -> bool:
        return any(part == self.place for part in walk(node) if isinstance(part, Place))

    # Conditions

    def _relaxed(self, node: Expr, weaker: bool) -> Expr:
        """Return a condition on the items that are chosen: one that follows from a given one, or implies it."""
        if not self._reads(node):
            return node
        match node:
            case Not(operand):
                return _not(self._relaxed(operand, not weaker))
            case And(parts):
                return _all(self._relaxed(part, weaker) for part in parts)
            case Or(parts):
                return _any(self._relaxed(part, weaker) for part in parts)
            case Implies(left, right):
                return _any((_not(self._relaxed(left, not weaker)), self._relaxed(right, weaker)))
            case Quantifier(_, _, domain, body) if not self._reads(domain):
                return replace(node, body=self._relaxed(body, weaker))
            case Let(variable, value, body) if not self._reads(value):
                inner = self._relaxed(body, weaker)
                return Let(variable, value, inner) if variable.name in mentioned_names(inner) else inner
            case _:
                return self._read_as_is(node, weaker)

    def _read_as_is(self, node: Expr, weaker: bool) -> Expr:
        """Return a condition where all items that it reads are chosen, and otherwise what may be of it."""
        chosen = _all(self._is_chosen(at) for at in self._read(node))
        if chosen == FALSE:
            return self._compared(node, weaker) if isinstance(node, Compare) else _truth(weaker)
        return _any((_not(chosen), node)) if weaker else _all((chosen, node))

    # Quantifiers

    def _written_out(self, node: Node, last: int) -> Node:
        """Return a node with quantifiers written out, where the sequence is known to have an item at `last`."""
        match node:
            case Quantifier(universal, variable, domain, body) if (cases := self._cases(domain)) is not None:
                instances = [self._instance(body, variable, case, last, universal) for case in cases]
                return _all(instances) if universal else _any(instances)
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
        return _any((_not(case.exists), found)) if universal else _all((case.exists, found))

    def _cases(self, domain: Collection) -> list[_Case] | None:
        """Return what a quantifier is over; None if it is no items of the sequence, or positions in it."""
        match domain:
            case Stored(place) if place == self.place:
                return [_Case(self._exists(at), self._item(at), at) for at in range(self.most)]
            case Slice(place, start, stop) if place == self.place:
                last = self.most if stop is None else min(stop, self.most)
                return [_Case(self._exists(at), self._item(at), at) for at in range(start, last)]
            case IntRange(Literal(start), Literal(stop)) if int(stop) - int(start) <= self.most:
                return [_Case(TRUE, _number(at), -1) for at in range(int(start), int(stop))]
            case IntRange(Literal(start), stop) if int(start) >= 0 and (behind := self._behind(stop)) is not None:
                positions = range(int(start), self.most - behind)
                return [_Case(_less(_number(at), stop), _number(at), at + behind) for at in positions]
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

    # Items

    def _item(self, at: int) -> Expr:
        return ItemAt(Stored(self.place), _number(at), safe=True)

    def _exists(self, at: int) -> Expr:
        return self.simplified(_less(_number(at), SeqLength(self.place)))

    def _is_chosen(self, at: Expr) -> Expr:
        if isinstance(at, Literal):
            return _truth(0 <= int(at.value) < self.count)
        return _all((_less(_number(-1), at), _less(at, _number(self.count))))

    def _read(self, node: Node) -> list[Expr]:
        """Return the positions that an expression reads: the last one for what needs the whole sequence."""
        bound = {part.variable.name for part in walk(node) if isinstance(part, Let | Quantifier | Generator)}
        return [_number(self.most - 1) if mentioned_names(at) & bound else at for at in self._positions(node)]

    def _positions(self, node: Node) -> Iterable[Expr]:
        match node:
            case SeqLength() | Length(Stored() | Slice()):
                return ()
            case SeqItem(place, at) | ItemAt(Stored(place), at) if place == self.place:
                return (at, *self._positions(at))
            case ItemAt(Slice(place, start, _), at) if place == self.place:
                return (Arithmetic(ArithmeticOperator.ADD, _number(start), at), *self._positions(at))
            case Slice(place, start, stop) if place == self.place and stop is not None:
                return (_number(min(stop, self.most) - 1),) if start < min(stop, self.most) else ()
            case Place() if node == self.place:
                return (_number(self.most - 1),)
            case _:
                return chain.from_iterable(map(self._positions, children(node)))

    # Numbers

    def _compared(self, node: Compare, weaker: bool) -> Expr:
        left, right = node.left, node.right
        if not isinstance(left.type, IntType) or not isinstance(right.type, IntType):
            return _truth(weaker)
        if node.operator is not Comparison.EQ:
            return _below(node.operator, self._limit(left, not weaker), self._limit(right, weaker), weaker)
        if not weaker:
            return FALSE
        both = (left, right), (right, left)
        return _all(_below(Comparison.LE, self._limit(a, False), self._limit(b, True), True) for a, b in both)

    def _limit(self, node: Expr, upper: bool) -> Expr | None:
        """Return the least or greatest number that an expression may still have as its value; None if not known."""
        if self.knows(node):
            return node
        match node:
            case Let(variable, value, body) if not self._reads(value):
                inner = self._limit(body, upper)
                return None if inner is None else Let(variable, value, inner)
            case Arithmetic(ArithmeticOperator.ADD | ArithmeticOperator.SUBTRACT as sign, left, right):
                first = self._limit(left, upper)
                second = self._limit(right, upper == (sign is ArithmeticOperator.ADD))
                return None if first is None or second is None else Arithmetic(sign, first, second)
            case Extreme() if self._is_position(node):
                return self._position(node, upper)
            case Sum(Literal(1), (Generator(variable, Stored(place), condition),)) if place == self.place:
                if condition is not None and self._reads(condition):
                    return None
                return self._more(Sum(_number(1), (Generator(variable, self._prefix, condition),)), upper)
            case Cardinality(Comprehension(item, (Generator(variable, Stored(place), condition),))):
                if place != self.place or self._reads(item) or (condition is not None and self._reads(condition)):
                    return None
                collection = Comprehension(item, (Generator(variable, self._prefix, condition),))
                return self._more(Cardinality(collection), upper)
            case _:
                return None

    def _is_position(self, node: Node) -> bool:
        """Return whether an expression is the position of an element in the permutation, which has every element."""
        return position_in(node) == (self.place, _number(self.most))

    def _position(self, node: Extreme, upper: bool) -> Expr:
        """Return a limit of the position of what is sought: it may be among the items that are not chosen."""
        (generator,) = node.generators
        among = replace(generator, domain=IntRange(_number(0), _number(self.count)))
        return replace(node, generators=(among,), default=_number(self.most - 1 if upper else self.count))

    @property
    def _prefix(self) -> Slice:
        return Slice(self.place, 0, self.count)

    def _more(self, counted: Expr, upper: bool) -> Expr:
        """Return a count of the items that are chosen, to which each other item may add one."""
        length, count = SeqLength(self.place), _number(self.count)
        rest = Arithmetic(ArithmeticOperator.SUBTRACT, length, count)
        left = self.simplified(Conditional(_less(count, length), rest, _number(0)))
        return Arithmetic(ArithmeticOperator.ADD, counted, left) if upper else counted


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


def _number(value: int) -> Literal:
    return Literal(value, INT)


def _truth(value: bool) -> Literal:
    return TRUE if value else FALSE


def _less(left: Expr, right: Expr) -> Expr:
    return Compare(Comparison.LT, left, right)


def _below(sign: Comparison, left: Expr | None, right: Expr | None, weaker: bool) -> Expr:
    return _truth(weaker) if left is None or right is None else Compare(sign, left, right)


def _not(part: Expr) -> Expr:
    return _truth(not part.value) if isinstance(part, Literal) else Not(part)


def _all(parts: Iterable[Expr]) -> Expr:
    left = tuple(part for part in parts if part != TRUE)
    return FALSE if FALSE in left else left[0] if len(left) == 1 else And(left) if left else TRUE


def _any(parts: Iterable[Expr]) -> Expr:
    left = tuple(part for part in parts if part != FALSE)
    return TRUE if TRUE in left else left[0] if len(left) == 1 else Or(left) if left else FALSE


def _nesting(node: Node) -> int:
    """Return how many quantifiers over positions or items are inside one another."""
    inner = max(map(_nesting, children(node)), default=0)
    return inner + (isinstance(node, Quantifier) and isinstance(node.domain, IntRange | Stored | Slice))


def _conjuncts(condition: Expr) -> Iterator[Expr]:
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _conjuncts(part)
    else:
        yield condition
