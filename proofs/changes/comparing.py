"""Classify how each claim of a model changed between two versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assay.checker.changes.claims import Fate, StatementChange
from assay.proofs.changes.questions import Questions
from assay.proofs.changes.versions import BEHAVIOURS, STATES, STEPS, WITNESSES, Carried, Said, Versions

__all__ = ["claims", "vacuous"]

NOT_SHOWN = "whether what it said before follows from it was not decided"


@dataclass(frozen=True)
class _Found:
    """How a claim changed, and the claim of the new version, if any, that states the same under another name."""

    statement: StatementChange | None
    instead: Said | None = None


def claims(versions: Versions, questions: Questions) -> Iterator[StatementChange]:
    """Yield the claims that changed; equivalent reformulations do not count."""
    for kinds in (STATES, STEPS, WITNESSES, BEHAVIOURS):
        there, names, instead = versions.after(*kinds), set[str](), list[Said]()
        for old in versions.before(*kinds):
            found = _fate(old, there, questions, together=kinds in (STATES, STEPS))
            names.add(old.said.name)
            instead += [] if found.instead is None else [found.instead]
            yield from () if found.statement is None else (found.statement,)
        taken = set(map(id, instead))
        for new in there:
            if new.name not in names and id(new) not in taken:
                yield _statement(new, Fate.ADDED)


def vacuous(versions: Versions, questions: Questions) -> Iterator[StatementChange]:
    """Yield the claims about states and steps that became vacuous: they hold by the types alone."""
    for kinds in (STATES, STEPS):
        for old in versions.before(*kinds):
            new = _namesake(old, versions.after(*kinds))
            if new is None or old.here is None or questions.follows(old.here, ()) is not False:
                continue
            if questions.follows(new, ()):
                yield _statement(new, Fate.VACUOUS, "it is true of every state, whatever the actions do")


def _fate(old: Carried, there: Sequence[Said], questions: Questions, *, together: bool) -> _Found:
    new = _namesake(old, there)
    if old.here is None:
        return _Found(_removed(old, old.why) if new is None else _statement(new, Fate.UNKNOWN, old.why))
    follows = None if new is None else questions.follows(old.here, [new])
    if new is not None and follows:
        return _Found(_of_more(old.here, new, questions))
    if together or new is None:
        elsewhere = _elsewhere(old.here, new, there, questions, together=together)
        if elsewhere is not None:
            return elsewhere
    return _Found(_removed(old) if new is None else _of_less(old.here, new, follows, questions))


def _of_more(old: Said, new: Said, questions: Questions) -> StatementChange | None:
    """Return how a claim changed that still implies the old one: not at all, or it is stronger."""
    back = questions.follows(new, [old])
    if back:
        return None
    return _statement(new, Fate.STRENGTHENED, "" if back is False else "it says as much at least")


def _elsewhere(
    old: Said, new: Said | None, there: Sequence[Said], questions: Questions, *, together: bool
) -> _Found | None:
    """Return how a claim is restated by others, or None if none is known to imply it."""
    others = [other for other in there if other is not new]
    for other in others:
        if questions.follows(old, [other]):
            is_the_same = bool(questions.follows(other, [old]))
            about = other if new is None else new
            note = f"what {old.name} said is what {other.name} says now" if is_the_same else f"{other.name} implies it"
            return _Found(_statement(about, Fate.RESTATED, note, old), other if is_the_same else None)
    if together and others and questions.follows(old, there):
        note = "it follows from what is claimed now, all of it together"
        return _Found(_statement(new or there[0], Fate.RESTATED, note, old))
    return None


def _of_less(old: Said, new: Said, follows: bool | None, questions: Questions) -> StatementChange:
    """Return how a claim changed that no longer implies the old one."""
    if follows is None:
        return _statement(new, Fate.UNKNOWN, questions.why_open(new) or questions.why_open(old) or NOT_SHOWN)
    back = questions.follows(new, [old])
    if back is None:
        return _statement(new, Fate.WEAKENED, "whether it says something else, too, was not decided")
    return _statement(new, Fate.WEAKENED if back else Fate.CHANGED)


def _namesake(old: Carried, there: Sequence[Said]) -> Said | None:
    return next((new for new in there if new.name == old.said.name), None)


def _removed(old: Carried, why: str = "") -> StatementChange:
    return StatementChange(old.said.name, old.said.kind, Fate.REMOVED, why)


def _statement(at: Said, fate: Fate, note: str = "", about: Said | None = None) -> StatementChange:
    """Return a statement with its location."""
    place, named = at.location, at if about is None else about
    where = ("", 0) if place is None else (place.file, place.line)
    return StatementChange(named.name, named.kind, fate, note, *where)
