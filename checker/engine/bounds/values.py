"""The numbers that expressions and collections may have: the hull of all numbers in a value, whatever its structure."""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assay.checker.engine.bounds.intervals import ANY, Hull, Interval, arithmetic, join, joined, meet
from assay.checker.engine.bounds.knowledge import AbstractState
from assay.checker.errors import ModelError
from assay.checker.immutable import immutable
from assay.checker.language.bags import Bag
from assay.checker.language.execution.instance import Instance
from assay.checker.language.ir.nodes import (
    Arithmetic,
    BagCount,
    BagTotal,
    Cardinality,
    Cast,
    Collected,
    Collection,
    Comprehension,
    Concatenation,
    Conditional,
    ConstantRef,
    Elements,
    Entry,
    Expr,
    Extreme,
    Field,
    Generator,
    IntRange,
    Item,
    ItemAt,
    Length,
    Let,
    Listing,
    Literal,
    Make,
    MakeMap,
    MakeTuple,
    Members,
    Narrow,
    Place,
    Read,
    Root,
    SeqItem,
    SeqLength,
    SetChoice,
    SetOf,
    SetOperation,
    SetOperator,
    SizeOf,
    Slice,
    Stored,
    Sum,
    Universe,
)
from assay.checker.language.sorts import Element
from assay.checker.language.types import BagType, IntType, SeqType, SetType, Type, subtypes

__all__ = ["IntervalDomain", "numbers_in"]


def numbers_in(value: Any) -> Hull:
    """Return the hull of all numbers in a Python value."""
    match value:
        case None | bool() | str() | enum.Enum() | Element():
            return None
        case int():
            return Interval(value, value)
        case Mapping():
            return joined(numbers_in(part) for pair in value.items() for part in pair)
        case list() | tuple() | set() | frozenset() | Bag():
            return joined(map(numbers_in, value))
        case _ if dataclasses.is_dataclass(value):
            return joined(numbers_in(getattr(value, part.name)) for part in dataclasses.fields(value))
        case _:
            return ANY


@immutable
class IntervalDomain:
    """Computes the hulls of expressions and collections in an instance.

    Attributes
    ----------
    instance : Instance
        The instance.
    assume : callable
        `assay.checker.engine.bounds.guards.assume`, passed in because that module imports this one.
    """

    instance: Instance
    assume: Callable[[IntervalDomain, Expr, AbstractState, bool], AbstractState | None]
    """Returns what is known where a condition has a truth value; None where it never has."""

    def of_type(self, type_: Type) -> Hull:
        """Return the hull of the numbers in all values of a type."""
        return joined(self._range(part) for part in subtypes(type_) if isinstance(part, IntType))

    def _range(self, type_: IntType) -> Interval:
        if type_.is_unbounded:
            return Interval(0 if type_.low == 0 else -math.inf, math.inf)
        return ANY if type_.is_computed else Interval(*self.instance.interval(type_))

    def of(self, expr: Expr, known: AbstractState) -> Hull:
        """Return the hull of the numbers in the value of an expression."""
        if expr in known.facts:
            return known.facts[expr]
        match expr:
            case Literal(value):
                return numbers_in(value)
            case ConstantRef(name):
                return numbers_in(self.instance.constants[name]) if name in self.instance.constants else ANY
            case Arithmetic(operator, left, right):
                return arithmetic(operator, self.of(left, known), self.of(right, known))
            case Conditional(test, then, otherwise):
                return join(self._where(test, True, then, known), self._where(test, False, otherwise, known))
            case Let(variable, value, body):
                return self.of(body, known.named(variable, self.of(value, known)))
            case Read(place):
                return self.at(place, known)
            case Make(_, arguments) | MakeTuple(_, arguments):
                return joined(self.of(argument, known) for argument in arguments)
            case Collected(collection):
                return self.elements(collection, known)
            case MakeMap(type_, variable, value):
                return join(self.of_type(type_.key), self.of(value, known.named(variable, self.of_type(variable.type))))
        return self._part_or_measure(expr, known)

    def _where(self, test: Expr, truth: bool, expr: Expr, known: AbstractState) -> Hull:
        assumed = self.assume(self, test, known, truth)
        return None if assumed is None else self.of(expr, assumed)

    def _part_or_measure(self, expr: Expr, known: AbstractState) -> Hull:
        match expr:
            case Field(operand) | Item(operand) | Cast(operand) | Narrow(operand) | Entry(operand):
                return meet(self.of(operand, known), self.of_type(expr.type))
            case SeqItem(place):
                return meet(self.at(place, known), self.of_type(expr.type))
            case ItemAt(sequence):
                return self.elements(sequence, known)
            case Extreme(largest, element, (Generator(variable, SetOf(items), None),), _) if element == variable:
                return _extreme(largest, [self.of(item, known) for item in items])
            case Extreme(_, element, generators, default):
                inner = self._given(element, generators, known)
                return inner if default is None else join(inner, self.of(default, known))
            case Sum(element, generators):
                return self._sum(self._given(element, generators, known), generators, known)
            case SizeOf(universe):
                return Interval(0, self.most(universe, known))
            case Cardinality(collection) | Length(collection):
                return Interval(0, self.most(collection, known))
            case SeqLength(place) | BagTotal(place) | BagCount(place):
                return Interval(0, self.most(Stored(place), known))
        return self.of_type(expr.type)

    def _sum(self, element: Hull, generators: Sequence[Generator], known: AbstractState) -> Hull:
        most = math.prod(self.most(generator.domain, known) for generator in generators)
        if element is None or most == 0:
            return Interval(0, 0)
        return Interval(min(0.0, element.low * most), max(0.0, element.high * most))

    def at(self, place: Place, known: AbstractState) -> Hull:
        """Return the hull of the numbers at a place."""
        of_type = self.of_type(place.type)
        return meet(known.at(place), of_type) if place.root is Root.STATE else of_type

    def _given(self, item: Expr, generators: Sequence[Generator], known: AbstractState) -> Hull:
        """Return the hull of the numbers in all items that generators yield."""
        inside: AbstractState | None = known
        for generator in generators:
            if inside is not None:
                inside = inside.named(generator.variable, self.elements(generator.domain, inside))
            if inside is not None and generator.condition is not None:
                inside = self.assume(self, generator.condition, inside, True)
        return None if inside is None else self.of(item, inside)

    def elements(self, collection: Collection, known: AbstractState) -> Hull:
        """Return the hull of the numbers in the elements of a collection."""
        match collection:
            case Stored(place) | Slice(place):
                return self.at(place, known)
            case Elements(value):
                return meet(self.of(value, known), self.of_type(collection.element))
            case IntRange(start, stop):
                first, end = self.of(start, known), self.of(stop, known)
                inside = first is not None and end is not None and first.low < end.high
                return Interval(first.low, end.high - 1) if inside and first and end else None
            case Comprehension(item, generators) | Listing(item, generators):
                return self._given(item, generators, known)
            case SetOf(items):
                return joined(self.of(item, known) for item in items)
            case SetOperation(operator, left, right):
                both = operator is SetOperator.UNION
                return join(self.elements(left, known), self.elements(right, known) if both else None)
            case SetChoice(_, left, right) | Concatenation(left, right):
                return join(self.elements(left, known), self.elements(right, known))
            case Members():
                return None
        return self.of_type(collection.element)

    def most(self, collection: Collection, known: AbstractState) -> float:
        """Return an upper bound on the number of elements of a collection; infinity if there is none."""
        match collection:
            case Stored(place):
                return self._room(place.type)
            case Slice(place):
                return self._room(place.type)
            case Elements(value):
                return self._room(value.type)
            case Universe(type_):
                return self._all(type_)
            case Members(_, member):
                return self._all(member)
            case IntRange(start, stop):
                first, end = self.of(start, known), self.of(stop, known)
                return 0 if first is None or end is None else max(0, end.high - first.low)
            case Comprehension(_, generators) | Listing(_, generators):
                return math.prod(self.most(generator.domain, known) for generator in generators)
            case SetOf(items):
                return len(items)
            case SetOperation(SetOperator.UNION, left, right) | Concatenation(left, right):
                return self.most(left, known) + self.most(right, known)
            case SetOperation(_, left, _):
                return self.most(left, known)
            case SetChoice(_, left, right):
                return max(self.most(left, known), self.most(right, known))
        return math.inf

    def _room(self, type_: Type) -> float:
        match type_:
            case SetType(element):
                return self._all(element)
            case SeqType(_, bound) | BagType(_, bound):
                return self.instance.bound(bound)
        return math.inf

    def _all(self, type_: Type) -> float:
        if any(isinstance(part, IntType) and part.is_computed for part in subtypes(type_)):
            return math.inf
        try:
            return min(self.instance.size(type_), math.inf)
        except ModelError:
            return math.inf


def _extreme(largest: bool, hulls: Sequence[Hull]) -> Hull:
    """Return the hull of the largest or smallest of some numbers."""
    known = [hull for hull in hulls if hull is not None]
    if len(known) < len(hulls) or not known:
        return joined(hulls)
    choose = max if largest else min
    return Interval(choose(hull.low for hull in known), choose(hull.high for hull in known))
