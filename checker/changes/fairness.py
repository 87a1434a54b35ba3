"""Find fairness assumptions that were added: a property that needs more of them says less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.checker.changes.outline import Fair

__all__ = ["added"]


def added(before: Iterable[Fair], after: Iterable[Fair]) -> Iterator[Fair]:
    """Yield the assumptions in `after` that follow from none of those in `before`."""
    known = [*before]
    yield from (one for one in dict.fromkeys(after) if not any(_follows(one, other) for other in known))


def _follows(one: Fair, other: Fair) -> bool:
    """Return whether the assumption `one` follows from `other`.

    Strong fairness implies weak fairness of the same actions. Strong fairness for each of finitely many values implies
    strong fairness of their disjunction, and so weak fairness: if the disjunction is enabled infinitely often, one of
    the values is. Weak fairness for each value does not: the values may take turns, so that none stays enabled.
    """
    if set(one.actions) != set(other.actions):
        return False
    if set(one.each) == set(other.each):
        return other.is_strong or not one.is_strong
    return other.is_strong and set(one.each) < set(other.each)
