"""The variables of a state: which symbols hold a place, what is read there, and whether two places hold the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assay.checker.language.ir import nodes as ir
from assay.proofs.encoding.barriers import Barrier
from assay.proofs.encoding.cases import Case
from assay.proofs.encoding.counting import Counting
from assay.proofs.encoding.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.sets import Target
from assay.proofs.encoding.theory import primed
from assay.proofs.encoding.universes import in_window
from assay.proofs.encoding.values import Value, are_equal, choose
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, for_all
from assay.proofs.logic.terms import FALSE, TRUE, Symbol, Term, variable

__all__ = ["Places"]

_Part = tuple[ir.Root, tuple[Term, ...], Layout]
"""In which state, with which keys, which part of the layout."""

_Tables = tuple[tuple[Case, Symbol], ...]
"""For each case of its elements what is known of a set or bag."""


@dataclass
class Places(Counting):
    """What places hold, in a state."""

    def read(self, place: ir.Place) -> Value:
        """Return the scalar at a place."""
        targets = self.targets(place)
        result: Value | None = None
        for test, arguments, layout in reversed(targets):
            assert isinstance(layout, ScalarLayout)
            value = layout.read(arguments, self.applied(place.root))
            result = value if result is None else choose(test, value, result)
        assert result is not None
        return result

    def targets(self, place: ir.Place) -> list[Target]:
        """Return where a place may be: under which condition, with which keys, in which part of the layout."""
        found: list[tuple[Term, tuple[Term, ...], Layout]] = [
            (TRUE, (), self.theory.layout(place.variable, place.location))
        ]
        for key in place.keys:
            found = self._indexed(found, self.value(key))
        return found

    @staticmethod
    def _indexed(
        found: Sequence[tuple[Term, tuple[Term, ...], Layout]], key: Value
    ) -> list[tuple[Term, tuple[Term, ...], Layout]]:
        deeper = []
        for test, arguments, layout in found:
            assert isinstance(layout, MapLayout)
            for case, part in layout.parts:
                matches, terms = case.match(key)
                both = logic.conjunction((test, matches))
                if both is not FALSE:
                    deeper.append((both, arguments + terms, part))
        return deeper

    def applied(self, root: ir.Root):  # type: ignore[no-untyped-def]
        """Return what the symbols are in the state of a root."""
        if root is ir.Root.AFTER:
            return lambda symbol, arguments: primed(symbol)(*arguments)
        return self.apply

    def apply(self, symbol: Symbol, arguments: Sequence[Term]) -> Term:
        """Return what a symbol is for some arguments, in the current state."""
        definition = self.definitions.get(symbol)
        return symbol(*arguments) if definition is None else definition(*arguments)

    def define(self, symbol: Symbol, formals: tuple[Term, ...], body: Term) -> None:
        """Change a symbol."""
        self.definitions[symbol] = Definition(formals, body)

    def set_at(self, place: ir.Place) -> list[tuple[Term, tuple[Term, ...], SetLayout]]:
        """Return where a stored set may be."""
        return self.sets_among(self.targets(place), place)

    def sets_among(self, targets: Sequence[Target], place: ir.Place) -> list[tuple[Term, tuple[Term, ...], SetLayout]]:
        """Return the places, all of which are sets.

        Raises
        ------
        Barrier
            If one is something else.
        """
        found = []
        for test, arguments, layout in targets:
            if not isinstance(layout, SetLayout):
                raise Barrier(f"a {place.type}", place.location, finite=True)
            found.append((test, arguments, layout))
        return found

    # Comparison

    def same(self, left: ir.Place, right: ir.Place) -> Term:
        """Return whether two places hold the same."""
        return logic.disjunction(
            logic.conjunction((here, there, self._same_layout((left.root, first, mine), (right.root, second, theirs))))
            for here, first, mine in self.targets(left)
            for there, second, theirs in self.targets(right)
        )

    def _same_layout(self, left: _Part, right: _Part) -> Term:
        """Return whether two parts of the state hold the same; what means nothing is not looked at."""
        (_, keys, mine), (_, others, theirs) = left, right
        match mine, theirs:
            case MapLayout(_, parts), MapLayout(_, other_parts):
                pairs = zip(parts, other_parts, strict=True)
                return logic.conjunction(self._same_entries(left, right, case, a, b) for (case, a), (_, b) in pairs)
            case ScalarLayout(), ScalarLayout():
                return are_equal(mine.read(keys, self.applied(left[0])), theirs.read(others, self.applied(right[0])))
            case SetLayout(_, tables), SetLayout(_, other_tables):
                return self._same_tables(left, right, tables, other_tables)
            case BagLayout(_, tables, _), BagLayout(_, other_tables, _):
                return self._same_tables(left, right, tables, other_tables)
            case SeqLayout(), SeqLayout():
                return self.same_items(self.items_at(mine, keys, left[0]), self.items_at(theirs, others, right[0]))
        raise AssertionError((mine, theirs))

    def _same_entries(self, left: _Part, right: _Part, case: Case, mine: Layout, theirs: Layout) -> Term:
        names = tuple(variable(sort) for sort in case.sorts)
        first, second = (left[0], (*left[1], *names), mine), (right[0], (*right[1], *names), theirs)
        known = in_window(self.theory, case, names)
        return for_all(names, logic.implies(known, self._same_layout(first, second)))

    def _same_tables(self, left: _Part, right: _Part, tables: _Tables, others: _Tables) -> Term:
        return logic.conjunction(
            self._same_table(left, right, case, mine, theirs)
            for (case, mine), (_, theirs) in zip(tables, others, strict=True)
        )

    def _same_table(self, left: _Part, right: _Part, case: Case, mine: Symbol, theirs: Symbol) -> Term:
        names = tuple(variable(sort) for sort in case.sorts)
        here = self.applied(left[0])(mine, (*left[1], *names))
        there = self.applied(right[0])(theirs, (*right[1], *names))
        return for_all(names, logic.implies(in_window(self.theory, case, names), logic.equal(here, there)))
