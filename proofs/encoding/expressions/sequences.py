"""Sequences in a state, and other collections with an order and a known end: each is a length and its items.

An action may append beyond the bound of a sequence and remove items again; only the state at its end is checked against
the bound, as in the model's own code. So there is room for appended items beyond the bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.checker.immutable import immutable
from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import SeqType, SortType, Type
from assay.proofs.encoding.expressions.context import Context
from assay.proofs.encoding.expressions.places import inside, targets, type_of
from assay.proofs.encoding.symbols.cases import cases, sort_of
from assay.proofs.encoding.symbols.layout import SeqLayout
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.universes import MANY
from assay.proofs.encoding.symbols.values import Atom, Value, are_equal, choose
from assay.proofs.encoding.symbols.vocabulary import Nowhere
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import FALSE, TRUE, Op, Term, constant, element, number

__all__ = [
    "Items",
    "in_order",
    "item",
    "item_at",
    "items_at",
    "longest",
    "never",
    "position",
    "room",
    "same_items",
    "sequence",
    "stored_items",
]


@immutable
class Items:
    """The contents of a sequence: the first `length` of `items`."""

    length: Term
    items: tuple[Value, ...]

    def present(self) -> Iterator[tuple[Term, Value]]:
        """Yield each possible item with whether it exists."""
        for index, item in enumerate(self.items):
            yield logic.less(number(index), self.length), item

    def part(self, start: int, stop: int | None) -> Items:
        """Return the items from one index to another, which is excluded."""
        end = self.length if stop is None else _least(self.length, stop)
        rest = logic.add((end, number(-start)))
        return Items(_greatest(rest, 0), self.items[start:stop])


def _least(term: Term, most: int) -> Term:
    return logic.ite(logic.at_most(term, number(most)), term, number(most))


def _greatest(term: Term, least: int) -> Term:
    return logic.ite(logic.at_most(number(least), term), term, number(least))


def never(type_: Type) -> Value:
    """Return a placeholder for a value that never exists: the model's own code would fail here."""
    case = cases(type_)[-1]
    return case.build([constant(Nowhere(), sort) for sort in case.sorts])


def sequence(c: Context, collection: ir.Collection) -> Items:
    """Return the contents of a collection that is a list in Python."""
    match collection:
        case ir.Stored(place):
            return stored_items(c, place)
        case ir.Elements(value) if isinstance(value.type, SeqType):
            return _items_inside(c, value)
        case ir.Slice(place, start, stop):
            return stored_items(c, place).part(start, stop)
        case ir.SetOf(items, _):
            return Items(number(len(items)), tuple(map(c.value, items)))
        case ir.Concatenation(left, right):
            return _joined(sequence(c, left), sequence(c, right), collection.element)
        case ir.Listing():
            return _listed(c, collection)
    raise Unencodable(f"a sequence made of a {type(collection).__name__.lower()}", collection.location, finite=True)


def _joined(left: Items, right: Items, element: Type) -> Items:
    """Return the concatenation of two sequences; the length of the first decides where the second begins."""
    items = []
    for index in range(len(left.items) + len(right.items)):
        later = never(element)
        for shift, value in enumerate(right.items[: index + 1]):
            later = choose(logic.equal(left.length, number(index - shift)), value, later)
        if index < len(left.items):
            later = choose(logic.less(number(index), left.length), left.items[index], later)
        items.append(later)
    return Items(logic.add((left.length, right.length)), tuple(items))


def _listed(c: Context, listing: ir.Listing) -> Items:
    """Return the items that generators yield, each at the position that the ones before it leave free."""
    found = list(_candidates(c, listing.item, listing.generators))
    c.theory.allowance.spend(len(found) ** 2)
    before: list[Term] = []
    count: Term = number(0)
    for there, _ in found:
        before.append(count)
        count = logic.add((count, logic.ite(there, number(1), number(0))))
    items = []
    for index in range(len(found)):
        item = never(listing.element)
        for (there, value), place in reversed(list(zip(found[index:], before[index:], strict=True))):
            item = choose(logic.conjunction((there, logic.equal(place, number(index)))), value, item)
        items.append(item)
    return Items(count, tuple(items))


def _candidates(
    c: Context, item: ir.Expr, generators: Sequence[ir.Generator], so_far: Term = TRUE
) -> Iterator[tuple[Term, Value]]:
    """Yield each possible item, in order, with whether it exists."""
    if not generators:
        yield so_far, c.value(item)
        return
    first, rest = generators[0], generators[1:]
    domain = in_order(c, first.domain)
    if domain is None:
        domain = _positions(c, first, item)
    if domain is None:
        raise Unencodable("a list without a known end", first.domain.location)
    for there, value in domain:
        c.names[first.variable.name] = value
        condition = TRUE if first.condition is None else c.formula(first.condition)
        test = logic.conjunction((so_far, there, condition))
        if test is not FALSE:
            yield from _candidates(c, item, rest, test)


def _positions(c: Context, generator: ir.Generator, item: ir.Expr) -> list[tuple[Term, Value]] | None:
    """Return the numbers of a range that are positions in a sequence; None if the range is not of that form."""
    if not isinstance(generator.domain, ir.IntRange):
        return None
    parts = [part for node in (item, generator.condition) if node is not None for part in ir.walk(node)]
    for part in parts:
        if isinstance(part, ir.ItemAt) and part.safe and generator.variable.name in ir.mentioned_names(part.index):
            start, stop = c.term(generator.domain.start), c.term(generator.domain.stop)
            return [
                (logic.conjunction((logic.at_most(start, index), logic.less(index, stop))), Atom(index))
                for index in map(number, range(len(sequence(c, part.sequence).items)))
            ]
    return None


def stored_items(c: Context, place: ir.Place) -> Items:
    """Return the contents of the sequence at a place."""
    found: Items | None = None
    for test, arguments, layout in reversed(targets(c, place)):
        assert isinstance(layout, SeqLayout)
        mine = items_at(c, layout, arguments, place.root)
        found = mine if found is None else _either(test, mine, found)
    assert found is not None
    return found


def _items_inside(c: Context, value: ir.Expr) -> Items:
    container, layout = inside(c, value)
    assert isinstance(layout, SeqLayout)
    return items_at(c, layout, (container,))


def items_at(c: Context, layout: SeqLayout, arguments: Sequence[Term], root: ir.Root = ir.Root.STATE) -> Items:
    """Return the contents of a sequence for some keys."""
    apply = c.applied(root)
    count = room(c, layout) if root is ir.Root.STATE else layout.capacity
    items = tuple(layout.item(index).read(arguments, apply) for index in range(count))
    return Items(apply(layout.length, arguments), items)


def room(c: Context, layout: SeqLayout) -> int:
    """Return the number of items that a sequence may have by now."""
    return c.rooms.get(layout.held, layout.capacity)


def position(index: Term, length: Term) -> Term:
    """Return the position that an index means; negative indices count from the end."""
    return logic.ite(logic.at_most(number(0), index), index, logic.add((index, length)))


def item(c: Context, expr: ir.SeqItem) -> Value:
    """Return an item of a sequence; if there is none, the model's own code fails."""
    return _item_of(c, stored_items(c, expr.place), expr)


def item_at(c: Context, expr: ir.ItemAt) -> Value:
    """Return an item of a computed sequence; if there is none, the model's own code fails."""
    return _item_of(c, sequence(c, expr.sequence), expr)


def _item_of(c: Context, found: Items, expr: ir.SeqItem | ir.ItemAt) -> Value:
    wanted = position(c.term(expr.index), found.length)
    result = never(expr.type)
    for index, (there, value) in reversed(list(enumerate(found.present()))):
        here = logic.equal(wanted, number(index))
        result = choose(logic.conjunction((here, there)), value, result)
    return result


def same_items(left: Items, right: Items) -> Term:
    """Return whether two sequences are equal."""
    pairs = zip(left.present(), right.present(), strict=False)
    parts = [logic.implies(there, are_equal(mine, theirs)) for (there, mine), (_, theirs) in pairs]
    return logic.conjunction((logic.equal(left.length, right.length), *parts))


# Collections with an order and a known end


def in_order(c: Context, collection: ir.Collection) -> list[tuple[Term, Value]] | None:
    """Return the elements of an ordered collection, each with whether it is there; None if the end is not known."""
    match collection:
        case ir.IntRange(start, stop):
            return _numbers(c, c.term(start), c.term(stop))
        case ir.Universe(SortType(_, True) as order):
            size = c.theory.size(sort_of(order))
            return None if size is None else [(TRUE, Atom(element(sort_of(order), i))) for i in range(size)]
        case ir.Stored() | ir.Elements() if not isinstance(type_of(collection), SeqType):
            return None
        case ir.Stored() | ir.Elements() | ir.Slice() | ir.SetOf(_, _, True) | ir.Listing() | ir.Concatenation():
            return list(sequence(c, collection).present())
    return None


def _numbers(c: Context, start: Term, stop: Term) -> list[tuple[Term, Value]] | None:
    low, high = _interval(c, start), _interval(c, stop)
    if low is None or high is None or high[1] - low[0] > MANY:
        return None
    return [
        (logic.conjunction((logic.at_most(start, i), logic.less(i, stop))), Atom(i))
        for i in map(number, range(low[0], high[1]))
    ]


def longest(c: Context, found: Items) -> int:
    """Return the most items that there are in any state within its bounds."""
    known = _interval(c, found.length)
    return len(found.items) if known is None else min(len(found.items), known[1])


def _interval(c: Context, term: Term) -> tuple[int, int] | None:
    """Return a lower and an upper bound of a term, valid in any state within its bounds."""
    match term.op:
        case Op.NUMBER:
            return term.of, term.of
        case Op.APPLY:
            return c.theory.intervals.get(term.of)
        case Op.ADD:
            parts = [_interval(c, arg) for arg in term.args]
            known = [part for part in parts if part is not None]
            return (sum(p[0] for p in known), sum(p[1] for p in known)) if len(known) == len(parts) else None
        case Op.MULTIPLY if term.args[0].op is Op.NUMBER:
            inner, factor = _interval(c, term.args[1]), term.args[0].of
            ends = None if inner is None else sorted(end * factor for end in inner)
            return None if ends is None else (ends[0], ends[1])
        case Op.ITE:
            test, *branches = term.args
            known = [part for part in (_interval(c, branch) for branch in branches) if part is not None]
            if len(known) < len(branches):
                return None
            low, high = zip(*known, strict=True)
            if test.op is Op.AT_MOST and set(test.args) == set(branches):  # the smaller or the larger of two
                pick = min if test.args[0] is branches[0] else max
                return pick(low), pick(high)
            return min(low), max(high)
    return None


def _either(test: Term, then: Items, otherwise: Items) -> Items:
    longer, shorter = sorted((then.items, otherwise.items), key=len, reverse=True)
    both = [choose(test, a, b) for a, b in zip(then.items, otherwise.items, strict=False)]
    return Items(logic.ite(test, then.length, otherwise.length), (*both, *longer[len(shorter) :]))
