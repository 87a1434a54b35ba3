"""The effects of statements on sequences and bags."""

from __future__ import annotations

from collections.abc import Sequence

from assay.checker.language.ir import nodes as ir
from assay.proofs.encoding.expressions.bags import copies_at
from assay.proofs.encoding.expressions.definedness import Failure
from assay.proofs.encoding.expressions.places import Holding, containers, root_of
from assay.proofs.encoding.expressions.ranges import note_value
from assay.proofs.encoding.expressions.sequences import Items, items_at, position, room, sequence
from assay.proofs.encoding.statements.effects import Execution
from assay.proofs.encoding.symbols.layout import BagLayout, SeqLayout
from assay.proofs.encoding.symbols.values import Atom, Value, choose, mapped
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import FALSE, Term, number, variable

__all__ = ["append", "assign_bag", "assign_sequence", "pop", "store", "update_bag"]


def _sequences(e: Execution, place: ir.Place) -> list[tuple[Term, tuple[Term, ...], SeqLayout]]:
    found = []
    for test, arguments, layout in e.places(place):
        assert isinstance(layout, SeqLayout)
        found.append((test, arguments, layout))
    return found


def append(e: Execution, node: ir.SeqAppend) -> None:
    """Append to a sequence, beyond its bound if need be: only the state after the action is checked against it."""
    value = e.computed(node.value)
    for test, arguments, layout in _sequences(e, node.place):
        found = items_at(e.context, layout, arguments)
        e.context.rooms[layout.held] = len(found.items) + 1
        for index in range(len(found.items) + 1):
            here = logic.conjunction((test, logic.equal(found.length, number(index))))
            _write_item(e, layout, index, here, arguments, value)
        e.write(layout.length, test, arguments, logic.add((found.length, number(1))))


def pop(e: Execution, node: ir.SeqPop) -> None:
    """Take the first or last item out of a sequence."""
    taken: Value | None = None
    for test, arguments, layout in _sequences(e, node.place):
        found = items_at(e.context, layout, arguments)
        empty = logic.conjunction((test, logic.at_most(found.length, number(0))))
        e.fails(Failure(empty, "a pop from an empty sequence", node.location))
        mine = _taken_out(found, node.first)
        taken = mine if taken is None else choose(test, mine, taken)
        for index, item in enumerate(found.items[1:] if node.first else ()):
            _write_item(e, layout, index, test, arguments, item)
        e.write(layout.length, test, arguments, logic.add((found.length, number(-1))))
    if node.into is not None and taken is not None:
        e.context.names[node.into.name] = taken


def _taken_out(found: Items, first: bool) -> Value:
    result = found.items[0]
    for index, item in enumerate(found.items[1:] if not first else (), start=2):
        result = choose(logic.equal(found.length, number(index)), item, result)
    return result


def store(e: Execution, node: ir.SeqStore) -> None:
    """Replace an item of a sequence."""
    value, index = e.computed(node.value), e.computed(node.index)
    assert isinstance(index, Atom)
    for test, arguments, layout in _sequences(e, node.place):
        found = items_at(e.context, layout, arguments)
        wanted = position(index.term, found.length)
        inside = logic.conjunction((logic.at_most(number(0), wanted), logic.less(wanted, found.length)))
        beyond = logic.conjunction((test, logic.negation(inside)))
        e.fails(Failure(beyond, "an item beyond the end of a sequence", node.location))
        for place in range(len(found.items)):
            here = logic.conjunction((test, logic.equal(wanted, number(place))))
            _write_item(e, layout, place, here, arguments, value)


def assign_sequence(e: Execution, place: ir.Place, value: ir.Collection) -> None:
    """Make a sequence equal to another, to a part of one, or to a list display."""
    new, settle = e.choosing(lambda: sequence(e.context, value))
    items, length = [mapped(item, settle) for item in new.items], settle(new.length)
    for test, arguments, layout in _sequences(e, place):
        e.context.rooms[layout.held] = max(room(e.context, layout), len(items))
        for index, item in enumerate(items):
            _write_item(e, layout, index, test, arguments, item)
        e.write(layout.length, test, arguments, length)


def _write_item(
    e: Execution, layout: SeqLayout, index: int, test: Term, arguments: Sequence[Term], value: Value
) -> None:
    for symbol, term in layout.item(index).written(value):
        e.write(symbol, test, arguments, term)


def assign_bag(e: Execution, place: ir.Place, source: Holding) -> None:
    """Make a bag equal to another, of the same type."""
    c = e.context
    found, settle = e.choosing(lambda: containers(c, source))
    copied = [
        (settle(test), tuple(map(settle, keys)), layout)
        for test, keys, layout in found
        if isinstance(layout, BagLayout)
    ]
    for test, keys, layout in e.places(place):
        assert isinstance(layout, BagLayout)
        for index, (_, symbol) in enumerate(layout.counts):
            names = tuple(variable(sort) for sort in symbol.arguments)
            here = logic.conjunction((test, *map(logic.equal, names[: len(keys)], keys)))
            count: Term = number(0)
            for there, others, given in copied:
                held = c.applied(root_of(source))(given.counts[index][1], (*others, *names[len(keys) :]))
                count = logic.ite(there, held, count)
            c.define(symbol, names, logic.ite(here, count, c.apply(symbol, names)))


def update_bag(e: Execution, node: ir.BagUpdate) -> None:
    """Add a copy of an element to a bag, or remove one."""
    value, found = e.computed(node.value), e.places(node.place)
    if not node.add:
        none = logic.at_most(copies_at(e.context, value, found), number(0))
        e.fails(Failure(none, "the removal of what a bag does not hold", node.location))
    else:
        note_value(e.context, node.place, value)
    for test, arguments, layout in found:
        assert isinstance(layout, BagLayout)
        for case, symbol in layout.counts:
            matches, terms = case.match(value)
            if matches is not FALSE:
                where = (*arguments, *terms)
                changed = logic.add((e.context.apply(symbol, where), number(1 if node.add else -1)))
                e.write(symbol, logic.conjunction((test, matches)), where, changed)
