"""Explain how a model differs from the accepted version: steps added or removed, claims weakened, coverage reduced.

The lock file records only fingerprints of the accepted version. The model itself is looked up in the repository's
history: in a revision whose lock file has these fingerprints, and whose model reproduces them when it is explored.
Without such a revision (no git, a shallow clone, never committed) the report says no more than that it changed.
"""

from __future__ import annotations

import contextlib
import itertools
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from assay.checker.changes.comparing import ComparisonOptions, compared_claims, observed
from assay.checker.changes.deterministic import fingerprint
from assay.checker.changes.difference import difference
from assay.checker.changes.observation import Observation
from assay.checker.changes.reviewing import review, review_behaviour
from assay.checker.changes.versions import Version, checked_out
from assay.checker.engine.limits import Limits
from assay.checker.errors import AssayError
from assay.checker.findings.finding import Finding
from assay.checker.gate.facts import Facts, Item, ItemKind
from assay.checker.gate.instances import parsed
from assay.checker.gate.lock_file import NAME
from assay.checker.references import split_reference

__all__ = ["explained"]

MOST_REVISIONS = 5
"""Revisions to try per fingerprint."""

MOST_SEARCHED = 4
"""Fingerprints to search for in the history; for each, git reads the lock file of every revision."""

LIMITS = Limits(states=50_000, seconds=60.0)
"""Of exploring each version, and of comparing their claims: an explanation must not take longer than the gate."""


def explained(item: Item, accepted: Facts, root: Path) -> tuple[Finding, ...]:
    """Return findings that explain a model's change; empty if the accepted version cannot be found.

    Parameters
    ----------
    item : Item
        A model, referred to by its file.
    accepted : Facts
        Its facts in the lock file.
    root : Path
        The project.
    """
    if item.kind is not ItemKind.MODEL or not split_reference(item.reference)[0].endswith(".py"):
        return ()
    fingerprints = [str(accepted[name]) for name in accepted if name[0] in ("behaviour", "statement")]
    with contextlib.suppress(AssayError):
        for revision in _revisions(root, fingerprints):
            with checked_out(_words(item, root, revision)) as version:
                before = observed(version, _options(item))
                if _is(before, accepted):
                    return tuple(_findings(item, root, before, version, revision))
    return ()


def _is(before: Observation, accepted: Facts) -> bool:
    """Return whether a version reproduces the accepted fingerprints."""
    known = accepted.get(("behaviour",))
    if known is not None and (not before.behaviour.is_complete or fingerprint(before.behaviour) != known):
        return False
    said = {stated.name: stated.digest for stated in before.outline.statements} | before.outline.refinements
    return said == {name[1]: digest for name, digest in accepted.items() if name[0] == "statement"}


def _words(item: Item, root: Path, revision: str) -> str:
    file, name = split_reference(item.reference)
    return f"{revision}:{root / file}" + (f":{name}" if name else "")


def _revisions(root: Path, accepted: Sequence[str]) -> Iterator[str]:
    """Yield revisions whose lock file has the fingerprints: HEAD first, then those that added or removed one."""
    searched = accepted[:MOST_SEARCHED]
    logs = (_git(root, "log", "--format=%h", f"-{MOST_REVISIONS}", f"-S{one}", "--", NAME) for one in searched)
    for revision in dict.fromkeys(word for told in itertools.chain(["HEAD"], logs) for word in told.split()):
        # `git log -S` also finds the commit that removed a fingerprint; the version that had it is that commit's
        # parent.
        for candidate in (revision, f"{revision}~1"):
            lock = _git(root, "show", f"{candidate}:./{NAME}")
            if accepted and all(one in lock for one in accepted):
                yield candidate


def _options(item: Item) -> ComparisonOptions:
    instance, settings = parsed(item.instance)
    return ComparisonOptions(instance, settings, LIMITS)


def _findings(item: Item, root: Path, before: Observation, version: Version, revision: str) -> Iterator[Finding]:
    options, present = _options(item), Version(item.reference, item.reference, root)
    after = observed(present, options)
    differing = difference(before.behaviour, after.behaviour)
    yield from review_behaviour(item.subject, differing, after.outline.lines, since=revision)
    claims = compared_claims((version, before), (present, after), options)
    # The representation of a state is not among the accepted facts, so a refactoring is no finding here.
    yield from (each for each in review(item.subject, before, after, claims) if each.rule.identifier != "STA003")


def _git(root: Path, *words: str) -> str:
    """Return git's output; empty if git fails or is not installed."""
    with contextlib.suppress(OSError):
        return subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, errors="replace", check=False
        ).stdout
    return ""
