"""Places: which symbols hold what a variable, or an entry of a map in it, holds."""

from __future__ import annotations

from collections.abc import Sequence

from assay.checker.language.ir import nodes as ir
from assay.proofs.encoding.expressions.context import Context, Target
from assay.proofs.encoding.symbols.layout import MapLayout, ScalarLayout, SetLayout
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import Value, choose
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import FALSE, TRUE, Term

__all__ = ["read", "sets_among", "targets"]


def targets(c: Context, place: ir.Place) -> list[Target]:
    """Return where a place may be: under which condition, with which keys, in which part of the layout."""
    found: list[Target] = [(TRUE, (), c.layout(place))]
    for key in place.keys:
        found = _indexed(found, c.value(key))
    return found


def _indexed(found: Sequence[Target], key: Value) -> list[Target]:
    deeper = []
    for test, arguments, layout in found:
        assert isinstance(layout, MapLayout)
        for case, part in layout.parts:
            matches, terms = case.match(key)
            both = logic.conjunction((test, matches))
            if both is not FALSE:
                deeper.append((both, arguments + terms, part))
    return deeper


def read(c: Context, place: ir.Place) -> Value:
    """Return the scalar at a place."""
    result: Value | None = None
    for test, arguments, layout in reversed(targets(c, place)):
        assert isinstance(layout, ScalarLayout)
        value = layout.read(arguments, c.applied(place.root))
        result = value if result is None else choose(test, value, result)
    assert result is not None
    return result


def sets_among(found: Sequence[Target], place: ir.Place) -> list[tuple[Term, tuple[Term, ...], SetLayout]]:
    """Return where a place may be, which holds a set.

    Raises
    ------
    Unencodable
        If it holds something else.
    """
    sets = []
    for test, arguments, layout in found:
        if not isinstance(layout, SetLayout):
            raise Unencodable(f"a {place.type}", place.location, finite=True)
        sets.append((test, arguments, layout))
    return sets
