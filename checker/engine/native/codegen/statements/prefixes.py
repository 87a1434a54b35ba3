"""What guards say of a sequence while only its first items are chosen: conditions on these that follow from the guards.

A prefix that breaks such a condition is not completed. ``all(P(x) for x in some)`` is one condition for each position,
known once its item is chosen; of ``order.index(a) < order.index(b)`` it is known that it is false as soon as only ``b``
is among the items. Whatever reads an item that is not chosen yet may be true or false, as in Kleene's logic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from assay.checker.engine.native.codegen.statements.positions import (
    Sequence,
    all_of,
    any_of,
    less,
    negated,
    number,
    truth,
)
from assay.checker.immutable import immutable
from assay.checker.language.ir.nodes import (
    FALSE,
    TRUE,
    And,
    Arithmetic,
    ArithmeticOperator,
    Cardinality,
    Compare,
    Comparison,
    Comprehension,
    Conditional,
    Expr,
    Extreme,
    Generator,
    Implies,
    IntRange,
    ItemAt,
    Length,
    Let,
    Literal,
    Node,
    Not,
    Or,
    Place,
    Quantifier,
    SeqItem,
    SeqLength,
    Slice,
    Stored,
    Sum,
    children,
    mentioned_names,
    walk,
)
from assay.checker.language.types import IntType

__all__ = ["Chosen"]


@immutable
class Chosen:
    """The first items of a sequence that an action chooses. Its length is chosen before them.

    Attributes
    ----------
    whole : Sequence
        The sequence.
    count : int
        How many items are chosen, if the sequence is as long.
    """

    whole: Sequence
    count: int

    def demands(self, guard: Expr) -> list[Expr]:
        """Return conditions on the items that are chosen which follow from a guard, if that cannot fail."""
        return [part for part in _conjuncts(self._relaxed(guard, True)) if part != TRUE]

    def knows(self, node: Expr) -> bool:
        """Return whether an expression reads no item that is not chosen yet."""
        return all(self._is_chosen(at) == TRUE for at in self._read(node))

    # Conditions

    def _relaxed(self, node: Expr, weaker: bool) -> Expr:
        """Return a condition on the items that are chosen: one that follows from a given one, or implies it."""
        if not self.whole.reads(node):
            return node
        match node:
            case Not(operand):
                return negated(self._relaxed(operand, not weaker))
            case And(parts):
                return all_of(self._relaxed(part, weaker) for part in parts)
            case Or(parts):
                return any_of(self._relaxed(part, weaker) for part in parts)
            case Implies(left, right):
                return any_of((negated(self._relaxed(left, not weaker)), self._relaxed(right, weaker)))
            case Quantifier(_, _, domain, body) if not self.whole.reads(domain):
                return replace(node, body=self._relaxed(body, weaker))
            case Let(variable, value, body) if not self.whole.reads(value):
                inner = self._relaxed(body, weaker)
                return Let(variable, value, inner) if variable.name in mentioned_names(inner) else inner
            case _:
                return self._read_as_is(node, weaker)

    def _read_as_is(self, node: Expr, weaker: bool) -> Expr:
        """Return a condition where all items that it reads are chosen, and otherwise what may be of it."""
        chosen = all_of(self._is_chosen(at) for at in self._read(node))
        if chosen == FALSE:
            return self._compared(node, weaker) if isinstance(node, Compare) else truth(weaker)
        return any_of((negated(chosen), node)) if weaker else all_of((chosen, node))

    def _is_chosen(self, at: Expr) -> Expr:
        if isinstance(at, Literal):
            return truth(0 <= int(at.value) < self.count)
        return all_of((less(number(-1), at), less(at, number(self.count))))

    def _read(self, node: Node) -> list[Expr]:
        """Return the positions that an expression reads: the last one for what needs the whole sequence."""
        bound = {part.variable.name for part in walk(node) if isinstance(part, Let | Quantifier | Generator)}
        return [number(self.whole.most - 1) if mentioned_names(at) & bound else at for at in self._positions(node)]

    def _positions(self, node: Node) -> Iterable[Expr]:
        match node:
            case SeqLength() | Length(Stored() | Slice()):
                return ()
            case SeqItem(place, at) | ItemAt(Stored(place), at) if place == self.whole.place:
                return (at, *self._positions(at))
            case ItemAt(Slice(place, start, _), at) if place == self.whole.place:
                return (Arithmetic(ArithmeticOperator.ADD, number(start), at), *self._positions(at))
            case Slice(place, start, stop) if place == self.whole.place and stop is not None:
                return (number(min(stop, self.whole.most) - 1),) if start < min(stop, self.whole.most) else ()
            case Place() if node == self.whole.place:
                return (number(self.whole.most - 1),)
            case _:
                return chain.from_iterable(map(self._positions, children(node)))

    # Numbers

    def _compared(self, node: Compare, weaker: bool) -> Expr:
        left, right = node.left, node.right
        if not isinstance(left.type, IntType) or not isinstance(right.type, IntType):
            return truth(weaker)
        if node.operator is not Comparison.EQ:
            return _below(node.operator, self._limit(left, not weaker), self._limit(right, weaker), weaker)
        if not weaker:
            return FALSE
        both = (left, right), (right, left)
        return all_of(_below(Comparison.LE, self._limit(a, False), self._limit(b, True), True) for a, b in both)

    def _limit(self, node: Expr, upper: bool) -> Expr | None:
        """Return the least or greatest number that an expression may still have as its value; None if not known."""
        if self.knows(node):
            return node
        match node:
            case Let(variable, value, body) if not self.whole.reads(value):
                inner = self._limit(body, upper)
                return None if inner is None else Let(variable, value, inner)
            case Arithmetic(ArithmeticOperator.ADD | ArithmeticOperator.SUBTRACT as sign, left, right):
                first = self._limit(left, upper)
                second = self._limit(right, upper == (sign is ArithmeticOperator.ADD))
                return None if first is None or second is None else Arithmetic(sign, first, second)
            case Extreme() if self.whole.is_position(node):
                return self._position(node, upper)
            case Sum(Literal(1), (Generator(variable, Stored(place), condition),)) if place == self.whole.place:
                if condition is not None and self.whole.reads(condition):
                    return None
                return self._more(Sum(number(1), (Generator(variable, self._prefix, condition),)), upper)
            case Cardinality(Comprehension(item, (Generator(variable, Stored(place), condition),))):
                if (
                    place != self.whole.place
                    or self.whole.reads(item)
                    or (condition is not None and self.whole.reads(condition))
                ):
                    return None
                collection = Comprehension(item, (Generator(variable, self._prefix, condition),))
                return self._more(Cardinality(collection), upper)
            case _:
                return None

    def _position(self, node: Extreme, upper: bool) -> Expr:
        """Return a limit of the position of what is sought: it may be among the items that are not chosen."""
        (generator,) = node.generators
        among = replace(generator, domain=IntRange(number(0), number(self.count)))
        return replace(node, generators=(among,), default=number(self.whole.most - 1 if upper else self.count))

    @property
    def _prefix(self) -> Slice:
        return Slice(self.whole.place, 0, self.count)

    def _more(self, counted: Expr, upper: bool) -> Expr:
        """Return a count of the items that are chosen, to which each other item may add one."""
        length, count = SeqLength(self.whole.place), number(self.count)
        rest = Arithmetic(ArithmeticOperator.SUBTRACT, length, count)
        left = self.whole.simplified(Conditional(less(count, length), rest, number(0)))
        return Arithmetic(ArithmeticOperator.ADD, counted, left) if upper else counted


def _below(sign: Comparison, left: Expr | None, right: Expr | None, weaker: bool) -> Expr:
    return truth(weaker) if left is None or right is None else Compare(sign, left, right)


def _conjuncts(condition: Expr) -> Iterator[Expr]:
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _conjuncts(part)
    else:
        yield condition
