"""Which sizes of sets a model of ground formulas depends on: whatever the others are, it is one too."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assay.proofs.logic.instances import counts
from assay.proofs.logic.terms import Counted, Op, Term

__all__ = ["relevant"]

Value = Callable[[Term], object]


def relevant(formulas: Iterable[Term], value: Value) -> list[Term]:
    """Return sizes of sets that suffice for all formulas to be true in a model; of a disjunction, one disjunct does."""
    chosen = dict[Term, None]()
    for formula in formulas:
        chosen.update(_reasons(formula, value, chosen))
    return list(chosen)


def _reasons(term: Term, value: Value, chosen: dict[Term, None]) -> dict[Term, None]:
    """Return the sizes that a term's value depends on, given those that were chosen."""
    if not counts(term):
        return {}
    parts: tuple[Term, ...]
    match term.op:
        case Op.AND | Op.OR if bool(value(term)) is not (term.op is Op.AND):
            return _cheapest(term, value, chosen)
        case Op.ITE:
            parts = (term.args[0], term.args[1 if value(term.args[0]) else 2])
        case Op.APPLY if isinstance(term.of.of, Counted):
            return {term: None}
        case _:
            parts = term.args
    found = dict[Term, None]()
    for part in parts:
        found.update(_reasons(part, value, chosen))
    return found


def _cheapest(term: Term, value: Value, chosen: dict[Term, None]) -> dict[Term, None]:
    """Return what one part depends on that alone decides a conjunction or disjunction."""
    alone = [part for part in term.args if bool(value(part)) is bool(value(term))]
    reasons = (_reasons(part, value, chosen) for part in sorted(alone, key=counts))
    return min(reasons, key=lambda found: len(found.keys() - chosen.keys()))
