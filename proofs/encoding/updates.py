"""What statements do to the places of the state: each symbol as a function of the state before."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from assay.checker.language.ir import nodes as ir
from assay.proofs.encoding.definedness import Failure, failures
from assay.proofs.encoding.formulas import Formulas, Target
from assay.proofs.encoding.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout
from assay.proofs.encoding.sequences import Items
from assay.proofs.encoding.values import Value, choose, mapped
from assay.proofs.encoding.vocabulary import Chosen
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, for_all, replace_variables
from assay.proofs.logic.terms import FALSE, Symbol, Term, number, variable

__all__ = ["Updates"]

_T = TypeVar("_T")


@dataclass
class Updates(Formulas):
    """Changes of a state.

    Attributes
    ----------
    guards : list of Term
        What has been required.
    witnesses : list of Symbol
        What was chosen on the way, such as a maximum; a function of the variables of the loops around it.
    context : tuple of Term
        What is known where the statement stands, beside the guards: the tests of the branches around it.
    failures : list of Failure
        Where the model's own code raises.
    """

    guards: list[Term] = field(default_factory=list)
    witnesses: list[Symbol] = field(default_factory=list)
    context: tuple[Term, ...] = ()
    failures: list[Failure] = field(default_factory=list)

    def demand_defined(self, node: ir.Node) -> None:
        """Note where evaluating the expressions of a node raises, and go on where it does not."""
        for failure in failures(self, node):
            self.fails(failure)

    def fails(self, failure: Failure) -> None:
        """Note where the model's own code raises, and go on where it does not."""
        here = logic.conjunction((*self.context, *self.guards, failure.condition))
        if here is not FALSE:
            self.failures.append(replace(failure, condition=here))
            self.guards.append(logic.negation(failure.condition))

    def computed(self, expr: ir.Expr) -> Value:
        """Return the value of an expression; what it chooses on the way becomes symbols of the action."""
        value, chosen = self._choosing(lambda: self.value(expr))
        return mapped(value, lambda term: replace_variables(term, chosen))

    def places(self, place: ir.Place) -> list[Target]:
        """Return where a place may be, as `targets` does; what its keys choose becomes symbols of the action."""
        found, chosen = self._choosing(lambda: self.targets(place))

        def settled(term: Term) -> Term:
            return replace_variables(term, chosen)

        return [(settled(test), tuple(map(settled, arguments)), layout) for test, arguments, layout in found]

    def _choosing(self, build: Callable[[], _T]) -> tuple[_T, dict[Term, Term]]:
        """Build something; return it, and what to put in place of the variables that are pending in it.

        Each becomes a symbol of its own, a function of the variables of the loops around it.
        """
        saved, self.pending = self.pending, []
        built = build()
        pending, self.pending = self.pending, saved
        names = frozenset(name for name, _ in pending)
        around = sorted({v for _, meaning in pending for v in meaning.free} - names, key=lambda v: v.number)
        chosen = {}
        for name, _ in pending:
            witness = Symbol(Chosen(len(self.witnesses) + 1), tuple(v.sort for v in around), name.sort)
            self.witnesses.append(witness)
            chosen[name] = witness(*around)
        self.guards += [replace_variables(meaning, chosen) for _, meaning in pending]
        return built, chosen

    # Changes

    def assign(self, targets: Sequence[Target], value: Value) -> None:
        changes = []
        for test, arguments, layout in targets:
            assert isinstance(layout, ScalarLayout)
            changes += [(symbol, test, arguments, term) for symbol, term in layout.written(value)]
        for symbol, test, arguments, term in changes:
            self._redefine(symbol, test, arguments, Definition((), term).anywhere)

    def _redefine(
        self, symbol: Symbol, test: Term, arguments: Sequence[Term], body: Callable[[tuple[Term, ...]], Term]
    ) -> None:
        """Change a symbol where its first arguments are these, and a test is true."""
        self.theory.allowance.spend()
        formals = tuple(variable(sort) for sort in symbol.arguments)
        old = self.apply(symbol, formals)
        here = logic.conjunction([test, *map(logic.equal, formals, arguments)])
        self.define(symbol, formals, logic.ite(here, body(formals[len(arguments) :]), old))

    def assign_map(self, node: ir.AssignMap) -> None:
        changes = []
        for test, arguments, layout in self.places(node.place):
            assert isinstance(layout, MapLayout)
            for case, part in layout.parts:
                assert isinstance(part, ScalarLayout)
                keys = [variable(sort) for sort in case.sorts]
                self.names[node.variable.name] = case.build(keys)
                guards, self.guards = self.guards, []
                value = self.computed(node.value)
                self.guards = [*guards, for_all(keys, logic.conjunction(self.guards))]
                changes += [(symbol, test, arguments, keys, term) for symbol, term in part.written(value)]
        for symbol, test, arguments, keys, term in changes:
            self._redefine(symbol, test, arguments, Definition(tuple(keys), term).at)

    def update_set(self, place: ir.Place, operator: str, value: ir.Collection) -> None:
        changes = []
        for test, arguments, layout in self.sets_among(self.places(place), place):
            for case, symbol in layout.relations:
                names = [variable(sort) for sort in case.sorts]
                new = self.closed(functools.partial(self.member, case.build(names), value))
                changes.append((symbol, test, arguments, names, new))
        for symbol, test, arguments, names, new in changes:
            inside = Definition(tuple(names), new)
            self._update_relation(symbol, test, arguments, inside, operator)

    def _update_relation(
        self, symbol: Symbol, test: Term, arguments: Sequence[Term], inside: Definition, operator: str
    ) -> None:
        """Change a relation where its first arguments are these, by what is inside of a collection."""
        formals = tuple(variable(sort) for sort in symbol.arguments)
        new, old = inside(*formals[len(arguments) :]), self.apply(symbol, formals)
        here = logic.conjunction([test, *map(logic.equal, formals, arguments)])
        match operator:
            case "add":
                body = logic.disjunction((old, logic.conjunction((here, new))))
            case "discard":
                body = logic.conjunction((old, logic.negation(logic.conjunction((here, new)))))
            case "keep":
                body = logic.ite(here, logic.conjunction((old, new)), old)
            case _:
                body = logic.ite(here, new, old)
        self.define(symbol, formals, body)

    # Sequences and bags

    def _sequences(self, place: ir.Place) -> list[tuple[Term, tuple[Term, ...], SeqLayout]]:
        found = []
        for test, arguments, layout in self.places(place):
            assert isinstance(layout, SeqLayout)
            found.append((test, arguments, layout))
        return found

    def append(self, node: ir.SeqAppend) -> None:
        """Append to a sequence, beyond its bound if need be: the state that is left is held against that."""
        value = self.computed(node.value)
        for test, arguments, layout in self._sequences(node.place):
            found = self.items_at(layout, arguments)
            self.rooms[layout.held] = len(found.items) + 1
            for index in range(len(found.items) + 1):
                here = logic.conjunction((test, logic.equal(found.length, number(index))))
                self._write_item(layout, index, here, arguments, value)
            self._write(layout.length, test, arguments, logic.add((found.length, number(1))))

    def pop(self, node: ir.SeqPop) -> None:
        """Take the first or last item out of a sequence."""
        taken: Value | None = None
        for test, arguments, layout in self._sequences(node.place):
            found = self.items_at(layout, arguments)
            empty = logic.conjunction((test, logic.at_most(found.length, number(0))))
            self.fails(Failure(empty, "a pop from an empty sequence", node.location))
            mine = self._taken_out(found, node.first)
            taken = mine if taken is None else choose(test, mine, taken)
            rest = found.items[1:] if node.first else ()
            for index, item in enumerate(rest):
                self._write_item(layout, index, test, arguments, item)
            self._write(layout.length, test, arguments, logic.add((found.length, number(-1))))
        if node.into is not None and taken is not None:
            self.names[node.into.name] = taken

    @staticmethod
    def _taken_out(found: Items, first: bool) -> Value:
        result = found.items[0]
        for index, item in enumerate(found.items[1:] if not first else (), start=2):
            result = choose(logic.equal(found.length, number(index)), item, result)
        return result

    def store(self, node: ir.SeqStore) -> None:
        """Replace an item of a sequence."""
        value, index = self.computed(node.value), self._index(node.index)
        for test, arguments, layout in self._sequences(node.place):
            found = self.items_at(layout, arguments)
            position = self.position(index, found.length)
            inside = logic.conjunction((logic.at_most(number(0), position), logic.less(position, found.length)))
            beyond = logic.conjunction((test, logic.negation(inside)))
            self.fails(Failure(beyond, "an item beyond the end of a sequence", node.location))
            for place in range(len(found.items)):
                here = logic.conjunction((test, logic.equal(position, number(place))))
                self._write_item(layout, place, here, arguments, value)

    def _index(self, expr: ir.Expr) -> Term:
        value = self.computed(expr)
        return value.term  # type: ignore[union-attr]

    def assign_sequence(self, place: ir.Place, value: ir.Collection) -> None:
        """Make a sequence equal to another, or to a part of it, or to what is written out."""
        new, chosen = self._choosing(lambda: self.sequence(value))
        items = [mapped(item, lambda term: replace_variables(term, chosen)) for item in new.items]
        for test, arguments, layout in self._sequences(place):
            self.rooms[layout.held] = max(self.room(layout), len(items))
            for index, item in enumerate(items):
                self._write_item(layout, index, test, arguments, item)
            self._write(layout.length, test, arguments, new.length)

    def update_bag(self, node: ir.BagUpdate) -> None:
        """Add a copy to a bag, or take one out."""
        value, place = self.computed(node.value), node.place
        targets = self.places(place)
        if not node.add:
            none = logic.at_most(self.copies_at(value, targets), number(0))
            self.fails(Failure(none, "the removal of what a bag does not hold", node.location))
        for test, arguments, layout in targets:
            assert isinstance(layout, BagLayout)
            for case, symbol in layout.counts:
                matches, terms = case.match(value)
                if matches is not FALSE:
                    where = (*arguments, *terms)
                    changed = logic.add((self.apply(symbol, where), number(1 if node.add else -1)))
                    self._write(symbol, logic.conjunction((test, matches)), where, changed)

    def clear(self, place: ir.Place) -> None:
        """Empty a set, sequence or bag."""
        for test, arguments, layout in self.places(place):
            match layout:
                case SeqLayout():
                    self._write(layout.length, test, arguments, number(0))
                case BagLayout():
                    for _, symbol in layout.counts:
                        self._write(symbol, test, arguments, number(0))
                case _:
                    self._empty(test, arguments, layout)

    def _empty(self, test: Term, arguments: tuple[Term, ...], layout: Layout) -> None:
        for symbol in layout.leaves():
            self._write(symbol, test, arguments, FALSE)

    def _write(self, symbol: Symbol, test: Term, arguments: Sequence[Term], term: Term) -> None:
        self._redefine(symbol, test, arguments, Definition((), term).anywhere)

    def _write_item(self, layout: SeqLayout, index: int, test: Term, arguments: Sequence[Term], value: Value) -> None:
        for symbol, term in layout.item(index).written(value):
            self._write(symbol, test, arguments, term)
