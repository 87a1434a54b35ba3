"""Sequences and bags in a state, and what else has an order and a known end: a sequence is its length and its items.

An action may append beyond the bound of a sequence and take out again, and only the state that it leaves is held
against the bound, as in the model's own code; so there is room for what is appended, beyond the bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import IntType, SeqType, SortType, Type
from assay.proofs.encoding.barriers import Barrier
from assay.proofs.encoding.cases import cases, sort_of
from assay.proofs.encoding.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout
from assay.proofs.encoding.sets import Predicate, Sets
from assay.proofs.encoding.universes import MANY, all_values
from assay.proofs.encoding.values import Atom, Value, are_equal, choose
from assay.proofs.encoding.vocabulary import Held, Nowhere
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import FALSE, TRUE, Op, Symbol, Term, constant, element, number

__all__ = ["Items", "Sequences", "never"]

BagTarget = tuple[Term, tuple[Term, ...], BagLayout]


@dataclass(frozen=True)
class Items:
    """What a sequence is: the first so many of these."""

    length: Term
    items: tuple[Value, ...]

    def present(self) -> Iterator[tuple[Term, Value]]:
        """Yield each item that there may be, with whether there is."""
        for index, item in enumerate(self.items):
            yield logic.less(number(index), self.length), item

    def part(self, start: int, stop: int | None) -> Items:
        """Return the items from an index on, and before another."""
        end = self.length if stop is None else _least(self.length, stop)
        rest = logic.add((end, number(-start)))
        return Items(_greatest(rest, 0), self.items[start:stop])


def _least(term: Term, most: int) -> Term:
    return logic.ite(logic.at_most(term, number(most)), term, number(most))


def _greatest(term: Term, least: int) -> Term:
    return logic.ite(logic.at_most(number(least), term), term, number(least))


def never(type_: Type) -> Value:
    """Return a value in place of one that there never is: the model's own code would fail here."""
    case = cases(type_)[-1]
    return case.build([constant(Nowhere(), sort) for sort in case.sorts])


@dataclass
class Sequences(Sets):
    """Sequences and bags in a state.

    Attributes
    ----------
    rooms : dict from Held to int
        How many items a sequence may have by now, by what its layout stands for; its bound, if absent.
    """

    rooms: dict[Held, int] = field(default_factory=dict)

    # Sequences

    def sequence(self, collection: ir.Collection) -> Items:
        """Return what a collection that is a list in Python holds."""
        match collection:
            case ir.Stored(place):
                return self.stored_items(place)
            case ir.Slice(place, start, stop):
                return self.stored_items(place).part(start, stop)
            case ir.SetOf(items, _):
                return Items(number(len(items)), tuple(map(self.value, items)))
        raise Barrier(f"a sequence made of a {type(collection).__name__.lower()}", collection.location, finite=True)

    def stored_items(self, place: ir.Place) -> Items:
        """Return what the sequence at a place holds."""
        found: Items | None = None
        for test, arguments, layout in reversed(self.targets(place)):
            assert isinstance(layout, SeqLayout)
            mine = self.items_at(layout, arguments, place.root)
            found = mine if found is None else _either(test, mine, found)
        assert found is not None
        return found

    def items_at(self, layout: SeqLayout, arguments: Sequence[Term], root: ir.Root = ir.Root.STATE) -> Items:
        """Return what a sequence holds for some keys."""
        apply = self.applied(root)
        room = self.room(layout) if root is ir.Root.STATE else layout.capacity
        items = tuple(layout.item(index).read(arguments, apply) for index in range(room))
        return Items(apply(layout.length, arguments), items)

    def room(self, layout: SeqLayout) -> int:
        """Return how many items a sequence may have by now."""
        return self.rooms.get(layout.held, layout.capacity)

    def position(self, index: Term, length: Term) -> Term:
        """Return which item an index means; negative ones count from the end."""
        return logic.ite(logic.at_most(number(0), index), index, logic.add((index, length)))

    def item(self, expr: ir.SeqItem) -> Value:
        """Return an item of a sequence; where there is none, the model's own code fails."""
        found = self.stored_items(expr.place)
        position = self.position(self.term(expr.index), found.length)
        result = never(expr.type)
        for index, (there, item) in reversed(list(enumerate(found.present()))):
            here = logic.equal(position, number(index))
            result = choose(logic.conjunction((here, there)), item, result)
        return result

    def same_items(self, left: Items, right: Items) -> Term:
        """Return whether two sequences are equal."""
        pairs = zip(left.present(), right.present(), strict=False)
        parts = [logic.implies(there, are_equal(mine, theirs)) for (there, mine), (_, theirs) in pairs]
        return logic.conjunction((logic.equal(left.length, right.length), *parts))

    # Bags

    def bags_at(self, place: ir.Place) -> list[BagTarget]:
        """Return where a stored bag may be."""
        found = []
        for test, arguments, layout in self.targets(place):
            assert isinstance(layout, BagLayout)
            found.append((test, arguments, layout))
        return found

    def any_in_bag(self, place: ir.Place, holds: Predicate) -> Iterator[Term]:
        """Yield formulas one of which is true if something is true of some element of a bag."""
        apply = self.applied(place.root)
        for test, arguments, layout in self.bags_at(place):
            for case, symbol in layout.counts:

                def some(terms: Sequence[Term], symbol: Symbol = symbol, case=case, keys=arguments, test=test) -> Term:  # type: ignore[no-untyped-def]
                    some = logic.less(number(0), apply(symbol, (*keys, *terms)))
                    return logic.conjunction((test, some, holds(case.build(terms))))

                yield from self.some_terms(case, some)

    def copies(self, value: Value, place: ir.Place) -> Term:
        """Return how many copies of a value a bag holds."""
        return self.copies_at(value, self.targets(place), place.root)

    def copies_at(
        self, value: Value, targets: Sequence[tuple[Term, tuple[Term, ...], Layout]], root: ir.Root = ir.Root.STATE
    ) -> Term:
        """Return how many copies of a value the bag at one of these places holds."""
        apply, found = self.applied(root), []
        for test, arguments, layout in targets:
            assert isinstance(layout, BagLayout)
            for case, symbol in layout.counts:
                matches, terms = case.match(value)
                here = logic.conjunction((test, matches))
                if here is not FALSE:
                    found.append(logic.ite(here, apply(symbol, (*arguments, *terms)), number(0)))
        return logic.add(found)

    def total(self, expr: ir.BagTotal) -> Term:
        """Return how many elements a bag holds in all."""
        place = expr.place
        part = place.type.element  # type: ignore[union-attr]
        values = all_values(self.theory, part, "the size of a bag", expr.location)
        return logic.add(self.copies(value, place) for value in values)

    # What has an order and a known end

    def in_order(self, collection: ir.Collection) -> list[tuple[Term, Value]] | None:
        """Return the elements of what has an order, each with whether it is there, or None if it has no known end."""
        match collection:
            case ir.IntRange(start, stop):
                return self._numbers(self.term(start), self.term(stop))
            case ir.Universe(SortType(_, True) as order):
                size = self.theory.size(sort_of(order))
                return None if size is None else [(TRUE, Atom(element(sort_of(order), i))) for i in range(size)]
            case ir.Stored(place) if not isinstance(place.type, SeqType):
                return None
            case ir.Stored() | ir.Slice() | ir.SetOf(_, _, True):
                return list(self.sequence(collection).present())
        return None

    def _numbers(self, start: Term, stop: Term) -> list[tuple[Term, Value]] | None:
        low, high = self._interval(start), self._interval(stop)
        if low is None or high is None or high[1] - low[0] > MANY:
            return None
        return [
            (logic.conjunction((logic.at_most(start, i), logic.less(i, stop))), Atom(i))
            for i in map(number, range(low[0], high[1]))
        ]

    def _interval(self, term: Term) -> tuple[int, int] | None:
        """Return numbers between which a term is, in any state that keeps to its bounds."""
        match term.op:
            case Op.NUMBER:
                return term.of, term.of
            case Op.APPLY:
                return self._intervals.get(term.of)
            case Op.ADD:
                parts = [self._interval(arg) for arg in term.args]
                known = [part for part in parts if part is not None]
                return (sum(p[0] for p in known), sum(p[1] for p in known)) if len(known) == len(parts) else None
            case Op.MULTIPLY if term.args[0].op == Op.NUMBER:
                inner, factor = self._interval(term.args[1]), term.args[0].of
                ends = None if inner is None else sorted(end * factor for end in inner)
                return None if ends is None else (ends[0], ends[1])
            case Op.ITE:
                then, other = self._interval(term.args[1]), self._interval(term.args[2])
                return None if then is None or other is None else (min(then[0], other[0]), max(then[1], other[1]))
        return None

    @cached_property
    def _intervals(self) -> dict[Symbol, tuple[int, int]]:
        """The least and the greatest length of each sequence, and number of each range, in the state before."""
        found: dict[Symbol, tuple[int, int]] = {}
        for layout in self.theory.layouts.values():
            for part in _scalars(layout):
                if isinstance(part, SeqLayout):
                    found[part.length] = (0, part.capacity)
                elif isinstance(part.type, IntType) and part.type.low is not None and part.type.high is not None:
                    low, high = self.theory.bound(part.type.low), self.theory.bound(part.type.high)
                    if low.op == high.op == Op.NUMBER:
                        found[part.symbols[0]] = (low.of, high.of)
        return found


def _scalars(layout: Layout) -> Iterator[ScalarLayout | SeqLayout]:
    match layout:
        case MapLayout(_, parts):
            for _, part in parts:
                yield from _scalars(part)
        case ScalarLayout() | SeqLayout():
            yield layout


def _either(test: Term, then: Items, otherwise: Items) -> Items:
    longer, shorter = sorted((then.items, otherwise.items), key=len, reverse=True)
    both = [choose(test, a, b) for a, b in zip(then.items, otherwise.items, strict=False)]
    return Items(logic.ite(test, then.length, otherwise.length), (*both, *longer[len(shorter) :]))
