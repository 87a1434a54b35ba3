"""Run the gate: from settings and lock file to outcomes and findings, and accept them into the lock file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from assay.checker.errors import InternalError, Location
from assay.checker.findings.finding import Finding, Step, status_of
from assay.checker.findings.levels import leveled
from assay.checker.findings.rules import RULES
from assay.checker.findings.subject import Subject
from assay.checker.gate import lock_file
from assay.checker.gate.cache import Cache
from assay.checker.gate.comparison import changes, differences, gone
from assay.checker.gate.configuration import Configuration
from assay.checker.gate.digests import Digests
from assay.checker.gate.facts import Item, ItemKind, Outcome
from assay.checker.gate.lock_file import Lock
from assay.checker.gate.requests import Answer, Line, Objection, Refusal, Request, Verified
from assay.checker.gate.selection import chosen, demand_each_once, demand_found, is_named, origin, requests
from assay.checker.verdicts import ExitStatus

__all__ = ["Gating", "Told", "accept", "gate"]

Told = Callable[[Request, bool], None]
"""Progress callback: called with each answered request, and whether its answer came from the cache."""


@dataclass(frozen=True)
class Gating:
    """The result of a run of the gate.

    Attributes
    ----------
    configuration : Configuration
        What is gated.
    names : tuple of str
        The names that the user asked for; empty means everything.
    lock : mapping from Item to facts, optional
        The accepted facts; None if there is no lock file.
    outcomes : tuple of Outcome
        The verified items, in the lock file's order.
    refused : tuple of Finding
        Findings about requests that could not be verified at all.
    unreached : frozenset of (ItemKind, str)
        The kinds and references of those requests.
    explained : tuple of Finding
        Findings that explain changed behaviour by the steps that differ.
    """

    configuration: Configuration
    names: tuple[str, ...]
    lock: Lock | None
    outcomes: tuple[Outcome, ...] = ()
    refused: tuple[Finding, ...] = ()
    unreached: frozenset[tuple[ItemKind, str]] = field(default_factory=frozenset)
    explained: tuple[Finding, ...] = ()

    @property
    def lock_path(self) -> Path:
        """Path of the lock file."""
        return self.configuration.root / lock_file.NAME

    @property
    def gone(self) -> tuple[Item, ...]:
        """The recorded items, among those the user named, that are no longer gated."""
        there = {outcome.item for outcome in self.outcomes}
        return tuple(
            item
            for item in self.lock or ()
            if item not in there and is_named((item.reference,), self.names) and not self._is_unreached(item)
        )

    def _is_unreached(self, item: Item) -> bool:
        """Whether an item may be in a file that could not be read, so that it must not be reported as gone."""
        return any(item.kind is kind and origin(item.reference) == origin(name) for kind, name in self.unreached)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, at the severity levels that the project chose."""
        return leveled([*self.wrong, *self.different], self.configuration.levels)

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """Findings independent of the lock file."""
        return (*self.refused, *(found for outcome in self.outcomes for found in outcome.findings))

    def is_right(self, outcome: Outcome) -> bool:
        """Whether an item meets its expectation and can be accepted."""
        return status_of(leveled(outcome.findings, self.configuration.levels)) is ExitStatus.AS_CLAIMED

    @property
    def different(self) -> tuple[Finding, ...]:
        """Differences from the lock file, for the items that meet their expectation.

        The facts of any other item come from a search that stopped at a violation or a limit: comparing them would
        only repeat that.
        """
        place = Location(lock_file.NAME)
        right = filter(self.is_right, self.outcomes)
        found = [each for outcome in right for each in differences(outcome, self.lock, place)]
        return (*found, *self.explained, *gone(self.gone, place))

    @property
    def status(self) -> ExitStatus:
        """The exit status: a run that verified nothing is *unknown*."""
        if not self.outcomes and not self.refused:
            return ExitStatus.UNKNOWN
        return status_of(self.findings)


def gate(
    configuration: Configuration,
    names: Sequence[str] = (),
    *,
    workers: int = 1,
    cache: Cache | None = None,
    told: Told = lambda *_: None,
) -> Gating:
    """Verify what changed and compare it with the lock file.

    Parameters
    ----------
    configuration : Configuration
        What is gated.
    names : sequence of str
        Restricts the run to these items, unless empty.
    workers : int
        Number of concurrent processes.
    cache : Cache, optional
        Answers of earlier runs; the user's cache by default.
    told : callable
        Progress callback.

    Raises
    ------
    AssayError
        If the settings or the lock file are invalid, or a name matches nothing.
    """
    lock = lock_file.read_lock(configuration.root / lock_file.NAME)
    asked = chosen(requests(configuration), names, [*(lock or ())])
    gating = Gating(configuration, tuple(names), lock)
    known = Cache.kept() if cache is None else cache
    found: dict[int, tuple[Answer, bool]] = {}
    for number, answer, is_cached in _answers(asked, configuration.root, workers, known):
        told(asked[number], is_cached)
        found[number] = answer, is_cached
    for number in sorted(found):
        gating = _with(gating, asked[number], *found[number])
    if not gating.refused:  # else the named item may be in a file that could not be read
        there = [
            name for n, (answer, _) in found.items() for one in answer.verified for name in _references(asked[n], one)
        ]
        demand_found(names, [*there, *(item.reference for item in lock or ())])
    demand_each_once((outcome.item for outcome in gating.outcomes), configuration)
    gating = replace(gating, outcomes=tuple(sorted(gating.outcomes, key=lambda outcome: outcome.item.place)))
    return replace(gating, explained=tuple(_explained(gating)))


def _explained(gating: Gating) -> Iterator[Finding]:
    for outcome in filter(gating.is_right, gating.outcomes):
        accepted = (gating.lock or {}).get(outcome.item)
        if accepted is not None and any(
            change.name[0] in _TOLD_BY_HISTORY for change in changes(accepted, outcome.facts)
        ):
            from assay.checker.gate.history import explained  # imports the model checker, which most runs do not need

            yield from explained(outcome.item, accepted, gating.configuration.root)


_TOLD_BY_HISTORY = frozenset({"behaviour", "statement", "asserted", "fires", "fairness", "sizes"})
"""Facts recorded as fingerprints only: explaining their change takes the accepted version itself, from the history."""


def _answers(asked: Sequence[Request], root: Path, workers: int, cache: Cache) -> Iterator[tuple[int, Answer, bool]]:
    digests, left = Digests(root), []
    for number, request in enumerate(asked):
        answer = cache.find(request, digests)
        if answer is None:
            left.append(number)
        else:
            yield number, answer, True
    if not left:
        return
    from assay.checker.gate.processes import answers

    for place, answer in answers([asked[number] for number in left], root, workers):
        if _is_lasting(answer):
            cache.keep(asked[left[place]], answer)
        yield left[place], answer, False


def _is_lasting(answer: Answer) -> bool:
    """Return whether the same content always gives this answer: one that ran into a limit may be decided next time."""
    decided = all(
        RULES[objection.rule].status is ExitStatus.FINDING for one in answer.verified for objection in one.objections
    )
    return answer.refusal is None and bool(answer.verified) and bool(answer.dependencies) and decided


def _with(gating: Gating, request: Request, answer: Answer, is_cached: bool) -> Gating:
    kind = ItemKind(request.kind)
    if answer.refusal is not None:
        refused = (*gating.refused, _refused(request, answer.refusal, gating.configuration.root))
        return replace(gating, refused=refused, unreached=gating.unreached | {(kind, request.reference)})
    root = gating.configuration.root
    outcomes = [
        Outcome(
            item, dict(one.facts), tuple(_finding(item, objection, root) for objection in one.objections), one.seconds
        )
        for one in answer.verified
        if is_named(_references(request, one), gating.names)
        for item in [Item(kind, one.reference, one.instance)]
    ]
    return replace(
        gating, outcomes=(*gating.outcomes, *(replace(outcome, is_cached=is_cached) for outcome in outcomes))
    )


def _references(request: Request, one: Verified) -> tuple[str, ...]:
    """Return every name of an item: its reference, also with the file's main class, and its file in the settings."""
    return (one.reference, f"{one.reference}:{one.main}" if one.main else one.reference, request.reference)


_RULE_OF_STATUS: Mapping[int, str] = {ExitStatus.BAD_INPUT: "CHK004", ExitStatus.UNKNOWN: "CHK003"}


def _refused(request: Request, refusal: Refusal, root: Path) -> Finding:
    if refusal.status not in _RULE_OF_STATUS:
        raise InternalError(f"{request.reference}: {refusal.message}")
    return Finding(
        RULES[_RULE_OF_STATUS[refusal.status]],
        Subject(request.words),
        refusal.message,
        location=_location(refusal.place) or _file(request.reference, root),
        help=refusal.help or "",
    )


def _finding(item: Item, objection: Objection, root: Path) -> Finding:
    return Finding(
        RULES[objection.rule],
        item.subject,
        objection.message,
        objection.identity,
        _location(objection.place) or _file(item.reference, root),
        tuple(Step(words, _location(place)) for words, place in objection.steps),
        objection.help,
    )


def _location(line: Line | None) -> Location | None:
    return None if line is None else Location(*line)


def _file(reference: str, root: Path) -> Location | None:
    """Return where a finding without a line is shown: at the file of its item, if that has one."""
    file = origin(reference)
    return Location(file) if (root / file).is_file() else None


def accept(gating: Gating) -> tuple[Gating, tuple[Item, ...]]:
    """Record the outcomes in the lock file; return the updated run and the items that were not recorded.

    An item that fails its expectation is never recorded. Whatever another run has accepted in the meantime is kept.

    Raises
    ------
    InputError
        If the lock file cannot be written, or has become invalid.
    """
    with lock_file.held(gating.configuration.root):
        # Read again under the lock: another run may have accepted something since this one began.
        before = lock_file.read_lock(gating.lock_path)
        lock, left = _accepted(replace(gating, lock=before))
        if lock != (before or {}):
            lock_file.write_lock(gating.lock_path, lock)
    return replace(gating, lock=lock, explained=()), left


def _accepted(gating: Gating) -> tuple[Lock, tuple[Item, ...]]:
    right = [outcome for outcome in gating.outcomes if gating.is_right(outcome)]
    left = tuple(outcome.item for outcome in gating.outcomes if outcome not in right)
    lock = {item: facts for item, facts in (gating.lock or {}).items() if item not in gating.gone}
    return lock | {outcome.item: outcome.facts for outcome in right}, left
