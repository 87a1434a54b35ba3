"""Which fairness assumptions follow from which: a property under more of them says less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.checker.changes.outline import Fair

__all__ = ["added"]


def added(before: Iterable[Fair], after: Iterable[Fair]) -> Iterator[Fair]:
    """Yield what is assumed now and does not follow from what was assumed before."""
    known = [*before]
    yield from (one for one in dict.fromkeys(after) if not any(_follows(one, other) for other in known))


def _follows(one: Fair, other: Fair) -> bool:
    """Return whether a fairness assumption follows from another one.

    Strong fairness implies the weak one of the same actions. Strong fairness for each of finitely many values implies
    the strong one of all together, and so the weak one: what is enabled again and again is enabled again and again for
    one of the values. Weak fairness for each does not: the values may take turns, and none stay enabled.
    """
    if set(one.actions) != set(other.actions):
        return False
    if set(one.each) == set(other.each):
        return other.is_strong or not one.is_strong
    return other.is_strong and set(one.each) < set(other.each)
