"""Where a behaviour is not the accepted one: which steps are new, and which are gone.

The lock file has only a fingerprint of what was accepted. The behaviour itself is looked for in the history of the
repository: in a revision whose lock file has that fingerprint, and whose model has it, too, when it is observed again.
Without such a revision (no git, a shallow clone, never committed) nothing is told besides that it changed.
"""

from __future__ import annotations

import ast
import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from assay.checker.changes.behaviour import Behaviour
from assay.checker.changes.deterministic import fingerprint
from assay.checker.changes.difference import Distinction, difference
from assay.checker.changes.observation import Observation, Request, observe
from assay.checker.changes.versions import checked_out
from assay.checker.errors import AssayError, Location
from assay.checker.findings.finding import Finding, Step
from assay.checker.findings.rules import RULES
from assay.checker.gate.facts import Item, Kind
from assay.checker.gate.lock_file import NAME
from assay.checker.gate.verifying.instances import parsed
from assay.checker.quantities import plural

__all__ = ["changed_steps"]

MOST_REVISIONS = 5
"""Revisions that are tried."""

STATES = 50_000
SECONDS = 60.0


def changed_steps(item: Item, accepted: str, root: Path) -> tuple[Finding, ...]:
    """Return which steps are new and which are gone, each with a shortest trace; none where that is not known.

    Parameters
    ----------
    item : Item
        A model, by its file.
    accepted : str
        The fingerprint of its behaviour that stands in the lock file.
    root : Path
        The project.
    """
    if item.kind is not Kind.MODEL or not item.reference.partition(":")[0].endswith(".py"):
        return ()
    with contextlib.suppress(AssayError):
        for revision in _revisions(root, accepted):
            before = _observed(item, root, revision)
            if _is(before.behaviour, accepted):
                return tuple(_findings(item, root, before, _observed(item, root), revision))
    return ()


def _is(behaviour: Behaviour, accepted: str) -> bool:
    return behaviour.is_complete and fingerprint(behaviour) == accepted


def _revisions(root: Path, accepted: str) -> Iterator[str]:
    """Yield revisions whose lock file has the fingerprint: what is checked out, then those that brought or took it."""
    told = f"HEAD\n{_git(root, 'log', '--format=%h', f'-{MOST_REVISIONS}', f'-S{accepted}', '--', NAME)}"
    for revision in dict.fromkeys(told.split()):
        for candidate in (revision, f"{revision}~1"):
            if accepted in _git(root, "show", f"{candidate}:./{NAME}"):
                yield candidate


def _observed(item: Item, root: Path, revision: str | None = None) -> Observation:
    file, _, name = item.reference.partition(":")
    cls = f":{name}" if name else ""
    instance, settings = parsed(item.instance)
    if revision is None:
        return observe(Request(f"{file}{cls}", instance, settings, STATES, SECONDS), root)
    with checked_out(f"{revision}:{root / file}{cls}") as version:
        return observe(Request(version.reference, instance, settings, STATES, SECONDS), version.root)


def _findings(item: Item, root: Path, before: Observation, after: Observation, revision: str) -> Iterator[Finding]:
    lines = dict(_actions(root / item.reference.partition(":")[0]))
    found = difference(before.behaviour, after.behaviour)
    for distinction in found.removed:
        yield _finding("BEH001", item, distinction, f"can no longer be taken where it could in {revision}", lines)
    for distinction in found.added:
        yield _finding("BEH002", item, distinction, f"can be taken where it could not in {revision}", lines)


def _actions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the name and the line of each method of a file; of two of one name, the first counts, in the main class."""
    with contextlib.suppress(OSError, SyntaxError, ValueError):
        functions = [part for part in ast.walk(ast.parse(path.read_bytes())) if isinstance(part, ast.FunctionDef)]
        yield from sorted(((one.name, one.lineno) for one in functions), reverse=True)


def _finding(rule: str, item: Item, distinction: Distinction, words: str, lines: Mapping[str, int]) -> Finding:
    file = item.reference.partition(":")[0]
    where = f"in {plural(distinction.places, 'place')}, first after {plural(len(distinction.trace) - 1, 'step')}"
    return Finding(
        RULES[rule],
        item.words,
        f"{distinction.action} {words}: {where}",
        (distinction.action,),
        Location(file, lines.get(distinction.action, 0)),
        tuple(Step(call, Location(file, lines.get(call.partition("(")[0], 0))) for call in distinction.trace),
    )


def _git(root: Path, *words: str) -> str:
    """Return what git prints; nothing where it has nothing to say, or is not there."""
    with contextlib.suppress(OSError):
        return subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, errors="replace", check=False
        ).stdout
    return ""
