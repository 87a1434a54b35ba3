"""Containers that are made as parts of values: a variable for each, and the formula that says what it holds.

As with an extreme, the formula around it says that there is one: see `Context.pending`. Every container of a type
within its bounds exists, and no others. To say that one outside its bounds exists would be a contradiction, from which
anything follows. So of a container that is not within its bounds nothing is said: it may be any, and that there is none
such is a claim of its own (`beyond`, in `assay.proofs.encoding.expressions.definedness`).
"""

from __future__ import annotations

from functools import partial

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import BagType, MapType, SeqType, SetType, Type, has_numbers
from assay.checker.wording import article
from assay.proofs.encoding.expressions.bags import copies_at
from assay.proofs.encoding.expressions.context import Context, Predicate
from assay.proofs.encoding.expressions.places import containers, inside, root_of, type_of
from assay.proofs.encoding.expressions.ranges import demand_within, is_within
from assay.proofs.encoding.expressions.ranging import some_value
from assay.proofs.encoding.expressions.sequences import longest, sequence
from assay.proofs.encoding.symbols.cases import Case, sort_of
from assay.proofs.encoding.symbols.layout import BagLayout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.universes import in_type, in_window
from assay.proofs.encoding.symbols.values import Atom, Value, are_equal, choose
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import for_all
from assay.proofs.logic.terms import FALSE, Symbol, Term, number, variable

__all__ = ["beyond", "collected", "copied", "entry", "held", "made"]


def collected(c: Context, expr: ir.Collected) -> Value:
    """Return the container that holds the elements of a collection."""
    layout, result = c.theory.contents(expr.type), variable(sort_of(expr.type))
    match layout:
        case SetLayout():
            meaning = _set(c, layout, result, expr.collection)
        case SeqLayout():
            meaning = _sequence(c, layout, result, expr.collection)
        case BagLayout():
            meaning = _bag(c, layout, result, expr.collection)
        case _:
            raise AssertionError(layout)
    return _pending(c, result, _unless(beyond(c, expr), meaning))


def held(c: Context, place: ir.Place) -> Value:
    """Return the container that holds what a place holds now."""
    return c.value(copied(place))


def copied(place: ir.Place) -> ir.Collected | ir.MakeMap:
    """Return the expression that makes a container of what a place holds."""
    match place.type:
        case SetType() | SeqType() | BagType():
            return ir.Collected(ir.Stored(place), place.type, location=place.location)
        case MapType(key, value):
            name = ir.Name(f"key {len(place.keys)} of {place.variable}", key)
            entry_ = ir.Read(ir.Place(place.root, place.variable, (*place.keys, name), value))
            return ir.MakeMap(place.type, name, entry_, location=place.location)
    raise AssertionError(place)


def made(c: Context, expr: ir.MakeMap) -> Value:
    """Return the map that has one value at every key."""
    layout, result = c.theory.contents(expr.type), variable(sort_of(expr.type))
    assert isinstance(layout, MapLayout)
    meanings = []
    for case, part in layout.parts:
        assert isinstance(part, ScalarLayout)
        names = _named(c, case)
        c.names[expr.variable.name] = case.build(names)
        held_there = part.read((result, *names), c.apply)
        meaning = c.closed(partial(_entry_is, c, expr, held_there))
        meanings.append(for_all(names, logic.implies(in_window(c.theory, case, names), meaning)))
    return _pending(c, result, _unless(beyond(c, expr), logic.conjunction(meanings)))


def _entry_is(c: Context, expr: ir.MakeMap, there: Value) -> Term:
    return are_equal(there, c.value(expr.value))


def _unless(outside: Term, meaning: Term) -> Term:
    return meaning if outside is FALSE else logic.disjunction((outside, meaning))


def entry(c: Context, expr: ir.Entry) -> Value:
    """Return the value at a key of a map that is part of a value."""
    (container, layout), key = inside(c, expr.map), c.value(expr.key)
    assert isinstance(layout, MapLayout)
    result: Value | None = None
    for case, part in reversed(layout.parts):
        matches, terms = case.match(key)
        if matches is not FALSE:
            assert isinstance(part, ScalarLayout)
            value = part.read((container, *terms), c.apply)
            result = value if result is None else choose(matches, value, result)
    assert result is not None
    return result


def _pending(c: Context, result: Term, meaning: Term) -> Value:
    c.pending.append((result, meaning))
    return Atom(result)


def _named(c: Context, case: Case) -> list[Term]:
    """Return variables for the terms of a case, and record their ranges."""
    names = [variable(sort) for sort in case.sorts]
    c.ranges.update({name: range_ for name, range_ in zip(names, case.ranges, strict=True) if range_ is not None})
    return names


# What they hold


def _set(c: Context, layout: SetLayout, result: Term, collection: ir.Collection) -> Term:
    return logic.conjunction(_members(c, case, symbol, result, collection) for case, symbol in layout.relations)


def _members(c: Context, case: Case, symbol: Symbol, result: Term, collection: ir.Collection) -> Term:
    """Return the formula that the members of one case are those of a collection.

    It is two implications, which help solvers more than an equivalence.
    """
    names = _named(c, case)
    window, there = in_window(c.theory, case, names), symbol(result, *names)
    given = c.closed(partial(c.member, case.build(names), collection))
    return logic.conjunction(
        for_all(names, logic.implies(logic.conjunction((window, one)), other))
        for one, other in ((there, given), (given, there))
    )


def _sequence(c: Context, layout: SeqLayout, result: Term, collection: ir.Collection) -> Term:
    found = sequence(c, collection)
    if layout.type.distinct and _type_of(collection) != layout.type:
        raise Unencodable(f"a {layout.type} that is made of something else, as part of a value,", collection.location)
    parts = [logic.equal(layout.length(result), found.length)]
    for index, (there, item) in enumerate(list(found.present())[: layout.capacity]):
        parts.append(logic.implies(there, are_equal(layout.item(index).read((result,), c.apply), item)))
    return logic.conjunction(parts)


def _bag(c: Context, layout: BagLayout, result: Term, collection: ir.Collection) -> Term:
    """Return the formula that a bag equals another one, in the state or in a value, to which nothing was added yet."""
    if not isinstance(collection, ir.Stored | ir.Elements):
        raise Unencodable("a bag that is made of something else, as part of a value,", collection.location, finite=True)
    found = containers(c, collection)
    for _, _, source in found:
        assert isinstance(source, BagLayout)
        if source.capacity > layout.capacity or any(symbol in c.definitions for symbol in source.leaves()):
            raise _changed(layout.type, collection)
    demand_within(c, collection)
    root, facts = root_of(collection), list[Term]()
    for case, symbol in layout.counts:
        names = _named(c, case)
        count = copies_at(c, case.build(names), found, root)
        same = logic.equal(symbol(result, *names), count)
        facts.append(for_all(names, logic.implies(in_window(c.theory, case, names), same)))
    return logic.conjunction(facts)


def _type_of(collection: ir.Collection) -> Type | None:
    return type_of(collection) if isinstance(collection, ir.Stored | ir.Elements) else None


# That they keep to their bounds


def beyond(c: Context, expr: ir.Expr) -> Term:
    """Return whether a container that an expression makes is outside its bounds; of a part of it, nothing is said."""
    match expr:
        case ir.MakeMap(MapType(key, value), name, entry_) if has_numbers(value):
            outside = partial(_outside, c, value)
            return logic.disjunction(some_value(c, key, partial(_at, c, name, entry_, outside)))
        case ir.Collected(collection, SetType(element)) if has_numbers(element):
            return c.closed(partial(c.any_of, collection, partial(_outside, c, element)))
        case ir.Collected(collection, SeqType()):
            return c.closed(partial(_beyond_its_end, c, expr, collection))
    return FALSE


def _at(c: Context, name: ir.Name, entry_: ir.Expr, holds: Predicate, key: Value) -> Term:
    c.names[name.name] = key
    return holds(c.value(entry_))


def _beyond_its_end(c: Context, expr: ir.Collected, collection: ir.Collection) -> Term:
    found, layout = sequence(c, collection), c.theory.contents(expr.type)
    assert isinstance(layout, SeqLayout)
    parts = []
    if longest(c, found) > layout.capacity:
        parts.append(logic.less(number(layout.capacity), found.length))
    if has_numbers(layout.type.element):
        outside = ((there, _outside(c, layout.type.element, item)) for there, item in found.present())
        parts += [logic.conjunction(pair) for pair in outside]
    return logic.disjunction(parts)


def _outside(c: Context, type_: Type, value: Value) -> Term:
    return FALSE if is_within(c, value, type_) else logic.negation(in_type(c.theory, type_, value))


def _changed(type_: Type, node: ir.Node) -> Unencodable:
    what = f"{article(type_)} that may be outside of its bounds, as part of a value,"
    return Unencodable(what, node.location, finite=True, remedy="read it before it is changed")
