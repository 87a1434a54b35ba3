"""Find what a reviewer must know: changes of behaviour, claims, assumptions, coverage and state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assay.checker.changes.claims import Claims, Fate, StatementChange
from assay.checker.changes.difference import Difference, Distinction
from assay.checker.changes.fairness import added
from assay.checker.changes.nodes import ANY_NUMBER
from assay.checker.changes.observation import Observation
from assay.checker.changes.outline import General
from assay.checker.changes.places import Line, location
from assay.checker.changes.predicates import CONSTRAINT, MAPPING, MODEL, SEQUENTIAL
from assay.checker.findings.finding import Finding, Step
from assay.checker.findings.rules import RULES
from assay.checker.findings.subject import Subject
from assay.checker.language.kinds import Kind
from assay.checker.quantities import plural

__all__ = ["reshaped", "review", "review_behaviour", "where"]


def review_behaviour(
    subject: Subject, difference: Difference, lines: Mapping[str, Line], *, since: str = ""
) -> Iterator[Finding]:
    """Yield a finding for each action that only one of two behaviours allows somewhere, with a shortest trace.

    Parameters
    ----------
    subject : Subject
        Subject of the findings.
    difference : Difference
        How the behaviours differ.
    lines : mapping from action to file and line
        Where the new version defines its actions.
    since : str
        The revision of the old version, if messages should name it.
    """
    revision = f" in {since}:" if since else ","
    for rule, words, distinctions in (
        ("BEH001", "can no longer be taken where it could", difference.removed),
        ("BEH002", "can be taken where it could not", difference.added),
    ):
        for each in distinctions:
            message = f"{each.action} {words}{revision} {where(each)}"
            shape = (each.action, *(label.action for label in each.trace))
            steps = tuple(Step(str(label), location(lines.get(label.action))) for label in each.trace)
            yield Finding(RULES[rule], subject, message, shape, location(lines.get(each.action)), steps)


def where(distinction: Distinction) -> str:
    """Return in how many places a distinction occurs, and after how many steps first, as text."""
    places = "in one place" if distinction.places == 1 else f"in {distinction.places:,} places"
    return f"{places}, first after {plural(len(distinction.trace) - 1, 'step')}"


def review(subject: Subject, old: Observation, new: Observation, claims: Claims) -> tuple[Finding, ...]:
    """Return findings on how claims, assumptions and state changed; see `review_behaviour` for the rest.

    Parameters
    ----------
    subject : Subject
        Subject of the findings.
    old, new : Observation
        Observations of the versions.
    claims : Claims
        The comparison of their statements.
    """
    return (
        *_statements(subject, claims),
        *_of_nodes(subject, old, new),
        *_refinements(subject, old, new),
        *_general(subject, old, new),
        *_vacuous(subject, old, new, claims),
        *_fairness(subject, old, new),
        *_bounds(subject, old, new),
        *_shapes(subject, old, new),
    )


_WORDS: Mapping[Fate, tuple[str, str]] = {
    Fate.REMOVED: ("CLM001", "is no longer stated"),
    Fate.ADDED: ("CLM002", "is newly stated"),
    Fate.WEAKENED: ("CLM003", "says less than before: what it said does not follow from it"),
    Fate.CHANGED: ("CLM004", "says something else: neither what it said nor what it says now implies the other"),
    Fate.STRENGTHENED: ("CLM005", "says more than before"),
    Fate.RESTATED: ("CLM006", "is stated in another way"),
    Fate.VACUOUS: ("CLM007", "says nothing any more"),
    Fate.UNKNOWN: ("CLM008", "may say less than before"),
}

_NARROWED: Mapping[Kind | None, tuple[str, str]] = {
    Kind.AXIOM: ("BND002", "assumes more than before, so that fewer instances are looked at"),
    Kind.CONSTRAINT: ("BND001", "keeps out states that were explored before"),
    Kind.STEP_CONSTRAINT: ("BND001", "keeps out steps that were explored before"),
    Kind.TERMINAL: ("CLM003", "lets behaviours end where that was a deadlock before"),
}


def _statements(subject: Subject, claims: Claims) -> Iterator[Finding]:
    for said in claims.statements:
        rule, words = _NARROWED[said.kind] if said.fate is Fate.NARROWED else _WORDS[said.fate]
        if said.fate is Fate.UNKNOWN and said.kind in _NARROWED:
            words = "may let more behaviours end" if said.kind is Kind.TERMINAL else "may assume more than before"
        note = f": {said.note}" if said.note else ""
        yield _finding(rule, subject, f"{said.noun} {said.name} {words}{note}", (said.noun, said.name), _line(said))


def _line(said: StatementChange) -> Line | None:
    return (said.file, said.line) if said.file else None


def _of_nodes(subject: Subject, old: Observation, new: Observation) -> Iterator[Finding]:
    """Yield the removed, added and changed claims of an implementation; their code is compared, not their meaning."""
    if not new.outline.is_of_nodes:
        return
    for rule, words, before, after in (
        ("CLM001", "is no longer stated", old.properties, new.properties),
        ("CLM002", "is newly stated", new.properties, old.properties),
    ):
        for name, kind in before.items():
            if after.get(name) != kind:
                yield _finding(rule, subject, f"{kind} {name} {words}", (kind, name))
    yield from _of_code(subject, old, new)


_RESTED_ON = (CONSTRAINT, MAPPING, MODEL, SEQUENTIAL)


def _of_code(subject: Subject, old: Observation, new: Observation) -> Iterator[Finding]:
    """Yield which claims, and what belongs to them, are not the code that they were."""
    before, after = old.outline.predicates, new.outline.predicates
    for name in dict.fromkeys([*before, *after]):
        is_there = name in _RESTED_ON or (name in old.properties and name in new.properties)
        is_dropped = name in _RESTED_ON and name not in after  # less is assumed; or the claim is gone
        if is_there and not is_dropped and before.get(name) != after.get(name):
            words = "may assume more" if name == CONSTRAINT else "may say less"
            called = f"{new.properties[name]} {name}" if name in new.properties else name
            message = f"{called} {words} than before: its code is another one"
            yield _finding("CLM008", subject, message, ("code", name))


def _refinements(subject: Subject, old: Observation, new: Observation) -> Iterator[Finding]:
    """Yield changes of refinements: whether the mapping, and all that it calls, and the other model are the same."""
    for name, digest in old.outline.refinements.items():
        if name not in new.outline.refinements:
            yield _finding("CLM001", subject, f"refinement {name} is no longer stated", ("refinement", name))
        elif new.outline.refinements[name] != digest:
            message = (
                f"refinement {name} may say less than before: its mapping, or the model that it maps to, is another one"
            )
            yield _finding("CLM008", subject, message, ("refinement", name), new.outline.lines.get(name))
    for name in new.outline.refinements:
        if name not in old.outline.refinements:
            message = f"refinement {name} is newly stated"
            yield _finding("CLM002", subject, message, ("refinement", name), new.outline.lines.get(name))


_GENERAL = {General.DEADLOCK: "no state is a deadlock", General.ASSERTIONS: "no assertion is false"}


def _general(subject: Subject, old: Observation, new: Observation) -> Iterator[Finding]:
    for claim in old.outline.claims:
        if claim not in new.outline.claims:
            yield _finding("CLM001", subject, f"that {_GENERAL[claim]} is no longer checked", ("general", claim.value))
    yield from _firing(subject, old, new)
    yield from _assertions(subject, old, new)


def _firing(subject: Subject, old: Observation, new: Observation) -> Iterator[Finding]:
    """Yield the claims about whether an action fires that are gone; of one that fired and is gone, its steps tell."""
    for name, claim in old.outline.fires.items():
        is_gone = name not in new.outline.fires
        if claim == "never" if is_gone else claim not in ("maybe", new.outline.fires[name]):
            words = "never fires" if claim == "never" else "fires somewhere"
            why = ": the action is gone" if is_gone else ""
            message = f"that {name} {words} is no longer claimed{why}"
            yield _finding("CLM001", subject, message, ("fires", name), new.outline.lines.get(name))


def _assertions(subject: Subject, old: Observation, new: Observation) -> Iterator[Finding]:
    for name, digest in old.outline.asserted.items():
        if name not in new.outline.fires or new.outline.asserted.get(name) == digest:
            continue
        if name in new.outline.asserted:
            rule, message = "CLM008", f"what {name} asserts may say less than before: its code is another one"
        elif General.ASSERTIONS in new.outline.claims:  # else none is checked, which has been told
            rule, message = "CLM001", f"what {name} asserts is no longer stated"
        else:
            continue
        yield _finding(rule, subject, message, ("asserted", name), new.outline.lines.get(name))


def _vacuous(subject: Subject, old: Observation, new: Observation, claims: Claims) -> Iterator[Finding]:
    told = {said.name for said in claims.statements if said.fate is Fate.VACUOUS}
    if not new.behaviour.is_complete:
        return
    for name in new.unwitnessed:
        if name in old.witnessed and name not in told:
            message = f"{new.properties[name]} {name} says nothing any more: in no state does it come to its conclusion"
            yield _finding("CLM007", subject, message, (new.properties[name], name), new.outline.lines.get(name))


def _fairness(subject: Subject, old: Observation, new: Observation) -> Iterator[Finding]:
    for one in added(old.outline.fairness, new.outline.fairness):
        line = new.outline.lines.get(one.actions[0]) if one.actions else None
        yield _finding("CLM009", subject, f"{one.words} is newly assumed", (one.words,), line)


def _bounds(subject: Subject, old: Observation, new: Observation) -> Iterator[Finding]:
    fewer: dict[tuple[str, str, str], list[str]] = {}
    for instance, sizes in old.outline.instances.items():
        there = new.outline.instances.get(instance)
        if there is None:
            yield _finding("BND001", subject, f"there is no {instance} instance any more", ("instance", instance))
            continue
        for name, size in sizes.items():
            if _is_less(there.get(name), size):
                fewer.setdefault((name, there[name], size), []).append(instance)
    for (name, now, before), instances in fewer.items():
        message = (
            f"{name} is {now} in the {' and '.join(instances)} instance{'s'[: len(instances) > 1]}, and was {before}"
        )
        yield _finding("BND001", subject, message, ("instance", *instances, name))
    ranges = dict(new.outline.ranges)
    for part, (low, high) in old.outline.ranges:
        found = ranges.get(part)
        if found is not None and (found[0] > low or found[1] < high):
            message = f"{part} is {_range(*found)}, and was {_range(low, high)}"
            yield _finding("BND001", subject, message, ("range", str(part)), new.outline.lines.get(part.variable))


def _range(low: int, high: int) -> str:
    return "any" if high >= ANY_NUMBER else f"from {low} to {high}"


def _is_less(now: str | None, before: str) -> bool:
    """Return whether a setting was reduced: a smaller number, or a Boolean that is now false."""
    if now is None or now == before:
        return False
    if {now, before} <= {"True", "False"}:
        return now == "False"
    try:
        return int(now) < int(before)
    except ValueError:  # a quorum system: compared by the axioms about it
        return False


def _shapes(subject: Subject, old: Observation, new: Observation) -> Iterator[Finding]:
    nodes = new.outline.is_of_nodes
    for rule, what, before, after in (
        ("STA001", "record" if nodes else "enumeration", old.outline.parts, new.outline.parts),
        ("STA001", "message" if nodes else "record", old.outline.records, new.outline.records),
        (
            "STA002" if nodes else "STA003",
            "durable attribute" if nodes else "variable",
            old.outline.variables,
            new.outline.variables,
        ),
    ):
        for name, told in reshaped(what, before, after):
            yield _finding(rule, subject, told, (what, name), new.outline.lines.get(name))


def reshaped(what: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the names of parts whose shape changed, each with a message.

    A removed and an added part of the same shape are taken to be renamed.
    """
    gone = [name for name in before if name not in after]
    fresh = [name for name in after if name not in before]
    for name in (name for name in before if name in after and before[name] != after[name]):
        yield name, f"{what} {name} is {after[name]}, and was {before[name]}"
    for name in gone:
        other = next((each for each in fresh if after[each] == before[name]), None)
        if other is None:
            yield name, f"{what} {name} is gone: {before[name]}"
        else:
            fresh.remove(other)
            yield other, f"{what} {name} is now called {other}: {before[name]}"
    for name in fresh:
        yield name, f"{what} {name} is new: {after[name]}"


def _finding(rule: str, subject: Subject, message: str, identity: tuple[str, ...], line: Line | None = None) -> Finding:
    return Finding(RULES[rule], subject, message, identity, location(line))
