"""Compare the facts established now with the accepted ones: each difference is a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.checker.errors import Location
from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import RULES
from assay.checker.gate.facts import Facts, Item, Name, Outcome, in_order
from assay.checker.gate.lock_file import Lock
from assay.checker.quantities import plural

__all__ = ["Change", "changes", "differences", "gone"]

SHOWN = 12
"""Characters of a hash that messages show."""


@dataclass(frozen=True)
class Change:
    """A fact that differs from the accepted one; None on the side that lacks it."""

    name: Name
    before: str | int | None
    after: str | int | None


def changes(accepted: Facts, now: Facts) -> tuple[Change, ...]:
    """Return the facts that changed, in the lock file's order."""
    names = dict(in_order({**accepted, **now}))
    return tuple(
        Change(name, accepted.get(name), now.get(name)) for name in names if accepted.get(name) != now.get(name)
    )


def differences(outcome: Outcome, lock: Lock | None, place: Location) -> Iterator[Finding]:
    """Yield a finding for each difference between an item's outcome and its accepted facts."""
    accepted = None if lock is None else lock.get(outcome.item)
    item = outcome.item
    if accepted is None:
        count = plural(len(outcome.facts), "fact")
        yield Finding(RULES["LCK002"], item.subject, f"it was never accepted: {count} of it", location=place)
        return
    for change in changes(accepted, outcome.facts):
        yield Finding(
            RULES[_rule(change)],
            item.subject,
            f"{'.'.join(change.name)}: {_shown(change.before)} -> {_shown(change.after)}",
            (*change.name,),
            place,
        )


def _rule(change: Change) -> str:
    """Return the rule for a changed fact: a specific one if there is one, else LCK001."""
    if change.name == ("behaviour",):
        return "BEH004"
    match change:
        case Change(("statement" | "asserted", _), str(), str()):
            return "CHK005"
        case Change(("obligation", _), str(), str()):
            return "PRF003"
        case Change(("obligation", _), str(), None):
            return "PRF004"
        case Change(("coverage", "steps"), int() as before, int() as after) if after < before:
            return "IMP003"
    return "LCK001"


def gone(items: Iterable[Item], place: Location) -> Iterator[Finding]:
    """Yield a finding for each recorded item that is no longer gated."""
    for item in items:
        yield Finding(RULES["LCK003"], item.subject, "it is recorded but no longer gated", location=place)


def _shown(value: str | int | None) -> str:
    """Return a fact's value as shown in messages, with hashes abbreviated."""
    if value is None:
        return "nothing"
    if isinstance(value, int):
        return f"{value:,}"
    is_hash = len(value) == 64 and set(value) <= set("0123456789abcdef")
    return value[:SHOWN] if is_hash else value
