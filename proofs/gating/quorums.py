"""Gate quorum configurations: safety, resilience, and the quorums themselves."""

from __future__ import annotations

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from assay.checker.changes.places import line_of
from assay.checker.gate.facts import Name, Value
from assay.checker.gate.requests import Objection, Request, Verified
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.analyses.resilience.survival import all_units
from assay.proofs.quorums.analyses.resilience.tolerance import Tolerance
from assay.proofs.quorums.findings import Severity
from assay.proofs.quorums.formats.reading import read_configuration
from assay.proofs.quorums.intersection.outcome import Meets, Misses
from assay.proofs.quorums.questions import Questions, Topic
from assay.proofs.quorums.report import QuorumReport
from assay.proofs.quorums.safety import Checked, Condition, Split
from assay.proofs.quorums.systems import NODES, Federation, QuorumClass

__all__ = ["verify"]

LONGEST = 200
"""The most characters of a rule in the lock file, which has the hash of a longer one."""


def verify(request: Request, is_alive: Callable[[], None]) -> Iterator[Verified]:
    """Verify a quorum configuration.

    Raises
    ------
    AssayError
        If it cannot be read.
    """
    is_alive()
    began = time.perf_counter()
    path = Path(request.reference)
    os.listdir(path.parent)  # recorded as a dependency: a new file beside this one may be read once it exists
    configuration = read_configuration(path, as_=request.format, settings=dict(request.settings))
    asked = Questions(topics=frozenset({Topic.SURVIVAL}), time_limit=request.seconds)
    report = analyse(configuration, asked, keep=lambda _: is_alive())
    expected = request.expect.get("*", "safe")
    facts, objections = tuple(_facts(report, expected)), tuple(_objections(report, expected))
    yield Verified(request.reference, request.instances[0], facts, objections, time.perf_counter() - began)


def _facts(report: QuorumReport, expected: str) -> Iterator[tuple[Name, Value]]:
    system = report.subject.system
    yield ("expected",), expected
    yield ("verdict",), _verdict(report)
    yield ("format",), report.subject.configuration.format
    yield ("nodes",), ", ".join(sorted(system.nodes))
    for name, kind in system.classes.items():
        yield ("quorums", name), _written(kind)
    yield from _obligations(report)
    for unit, tolerance in _tolerances(report).items():
        is_known = tolerance is not None and tolerance.is_settled
        yield ("survives", unit), tolerance.at_least if tolerance and is_known else "unknown"
    for found in report.findings:
        if found.severity is not Severity.NOTE:
            yield ("remark", found.code), found.severity.value


def _tolerances(report: QuorumReport) -> dict[str, Tolerance | None]:
    """Return the tolerance by nodes and by each label; None if there was no time to compute it."""
    if report.subject.condition is Condition.NO_QUORUM:
        return {}
    known = {} if report.survival is None else report.survival.tolerances
    return {unit: known.get(unit) for unit in all_units(report.subject.system)}


def _verdict(report: QuorumReport) -> str:
    """Return the verdict; a configuration that breaks a rule of its system is not safe, even if its quorums meet."""
    breaks = any(found.severity is Severity.ERROR for found in report.findings)
    return "breaks a rule" if breaks and _is_safe(report) else report.subject.condition.value


def _is_safe(report: QuorumReport) -> bool:
    return report.subject.condition is Condition.SAFE


def _written(kind: QuorumClass) -> str:
    """Return a rule as text, or its hash if it is long."""
    if isinstance(kind, Federation):
        text = "\n".join(f"{name}: {tree}" for name, tree in sorted(kind.trees.items()))
    else:
        text = str(kind)
    return text if len(text) <= LONGEST and "\n" not in text else hashlib.sha256(text.encode()).hexdigest()


def _obligations(report: QuorumReport) -> Iterator[tuple[Name, Value]]:
    found: dict[str, set[str]] = defaultdict(set)
    for checked in report.subject.safety.checked:
        found[" meets ".join(checked.obligation.classes)].add(_word(checked))
    for name, words in found.items():
        yield ("obligation", name), ", ".join(sorted(words))


def _word(checked: Checked) -> str:
    if isinstance(checked.outcome, Meets):
        return "proved"
    return "refuted" if isinstance(checked.outcome, Misses) else "open"


def _objections(report: QuorumReport, expected: str) -> Iterator[Objection]:
    verdict = _verdict(report)
    if report.subject.condition is Condition.UNKNOWN:
        reasons = "; ".join(report.subject.reasons)
        yield Objection("CHK003", f"whether it is safe is unknown: {reasons}")
        return
    yield from _open(report)
    if expected == "split" and verdict != "split":
        yield Objection("CHK002", f"it is expected to be split, and is {verdict}", (expected,))
    elif expected == "safe":
        yield from _faults(report)


def _open(report: QuorumReport) -> Iterator[Objection]:
    """Yield objections for undecided questions: facts that only a fast machine finds do not belong in a lock file."""
    for unit, tolerance in _tolerances(report).items():
        if tolerance is None or not tolerance.is_settled:
            known = "" if tolerance is None else f": between {tolerance.at_least} and {tolerance.at_most}"
            what = "nodes" if unit == NODES else f"values of {unit}"
            yield Objection("CHK003", f"how many {what} may fail is unknown{known}", ("survives", unit))
    for name, words in _obligations(report):
        if "open" in str(words):
            yield Objection("CHK003", f"whether {name[1]} is unknown", name)


def _faults(report: QuorumReport) -> Iterator[Objection]:
    safety = report.subject.safety
    for checked in safety.checked:
        if checked.split is not None:
            yield Objection("QRM001", _described(checked.split), ("split", *checked.obligation.classes))
    if report.subject.condition is Condition.NO_QUORUM:
        empty = ", ".join(safety.empty) or "some class"
        yield Objection("QRM001", f"there is no quorum of {empty}", ("no quorum",))
    for found in report.findings:
        if found.severity is Severity.ERROR:
            yield Objection("QRM001", found.message, (found.code,), line_of(found.location), help=found.help or "")


def _described(split: Split) -> str:
    sides = " and ".join(f"{name} {{{', '.join(sorted(nodes))}}}" for name, nodes in split.quorums)
    shared = f", which share {{{', '.join(sorted(split.common))}}}" if split.common else ""
    faulty = f" while {', '.join(sorted(split.faulty))} lie" if split.faulty else ""
    return f"two quorums do not meet as they must: {sides}{shared}{faulty}"
