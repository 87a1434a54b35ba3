"""Places: the symbols that hold the value of a variable, or of an entry of a map in it."""

from __future__ import annotations

from collections.abc import Sequence

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import Type
from assay.proofs.encoding.expressions.context import Context, Target
from assay.proofs.encoding.symbols.layout import Layout, MapLayout, ScalarLayout, SetLayout
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import Value, choose
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import FALSE, TRUE, Term

__all__ = ["Holding", "Inside", "containers", "inside", "read", "root_of", "sets_among", "targets", "type_of"]

Holding = ir.Stored | ir.Elements
"""A container: one in the state, or one that is part of a value."""

Inside = tuple[Term, Layout]
"""A container that is part of a value, and the layout of its contents."""


def inside(c: Context, container: ir.Expr) -> Inside:
    """Return a container that is part of a value, and the layout whose symbols take it as their first argument."""
    return c.term(container), c.theory.contents(container.type)


def containers(c: Context, held: Holding) -> list[Target]:
    """Return the possible targets of a container, as `targets` does; one in a value is the key of its own contents."""
    if isinstance(held, ir.Stored):
        return targets(c, held.place)
    container, layout = inside(c, held.value)
    return [(TRUE, (container,), layout)]


def targets(c: Context, place: ir.Place) -> list[Target]:
    """Return the possible targets of a place: the condition, the keys, and the part of the layout of each."""
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


def root_of(held: Holding) -> ir.Root:
    """Return the state in which to look up a container's contents; those of one in a value never change."""
    return held.place.root if isinstance(held, ir.Stored) else ir.Root.STATE


def type_of(held: Holding) -> Type:
    """Return the type of a container."""
    return held.place.type if isinstance(held, ir.Stored) else held.value.type


def read(c: Context, place: ir.Place) -> Value:
    """Return the scalar at a place."""
    result: Value | None = None
    for test, arguments, layout in reversed(targets(c, place)):
        assert isinstance(layout, ScalarLayout)
        value = layout.read(arguments, c.applied(place.root))
        result = value if result is None else choose(test, value, result)
    assert result is not None
    return result


def sets_among(found: Sequence[Target], type_: Type) -> list[tuple[Term, tuple[Term, ...], SetLayout]]:
    """Return the possible targets of a container that must be a set.

    Raises
    ------
    Unencodable
        If it is not a set.
    """
    sets = []
    for test, arguments, layout in found:
        if not isinstance(layout, SetLayout):
            raise Unencodable(f"a {type_}", finite=True)
        sets.append((test, arguments, layout))
    return sets
