"""Verify the safety of a quorum system: prove every obligation, or find quorums that break one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from assay.checker.verdicts import Verdict
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.decide import decide
from assay.proofs.quorums.intersection.outcome import Meets, Misses, Outcome, Undecided
from assay.proofs.quorums.intersection.problem import IntersectionProblem
from assay.proofs.quorums.minimal import minimal_quorum, quorum_within
from assay.proofs.quorums.resolution import without
from assay.proofs.quorums.systems import Federation, QuorumClass, QuorumObligation, QuorumSystem

__all__ = ["Checked", "Condition", "Safety", "Split", "problem_of", "verify"]


class Condition(Enum):
    """The verdict on a configuration. Without any quorum it is neither safe nor split."""

    SAFE = "safe"
    SPLIT = "split"
    NO_QUORUM = "no quorum"
    UNKNOWN = "unknown"

    @property
    def verdict(self) -> Verdict:
        """The verdict on the claim that the configuration is safe and can act."""
        if self is Condition.SAFE:
            return Verdict.HOLDS
        return Verdict.UNKNOWN if self is Condition.UNKNOWN else Verdict.VIOLATED


@dataclass(frozen=True)
class Split:
    """Minimal quorums, one of each class of an obligation, that have too little in common.

    ``common`` are the nodes that they share, without the ``faulty`` ones.
    """

    quorums: tuple[tuple[str, frozenset[str]], ...]
    common: frozenset[str] = frozenset()
    faulty: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Checked:
    """The result for one obligation and one set of faulty nodes."""

    obligation: QuorumObligation
    faulty: frozenset[str]
    outcome: Outcome
    split: Split | None = None


@dataclass(frozen=True)
class Safety:
    """The verdict on a system, with the results that it rests on; ``empty`` names the classes without a quorum."""

    condition: Condition
    checked: tuple[Checked, ...]
    empty: tuple[str, ...] = ()

    @property
    def splits(self) -> tuple[Split, ...]:
        """The splits that were found, in the order of the obligations."""
        return tuple(one.split for one in self.checked if one.split)

    @property
    def open_questions(self) -> tuple[str, ...]:
        """Why the verdict is *unknown*, if it is."""
        reasons = [one.outcome.reason for one in self.checked if isinstance(one.outcome, Undecided)]
        if not self.checked:
            reasons.append("the system states no obligation: nothing was checked")
        return tuple(dict.fromkeys(reasons))


def verify(system: QuorumSystem, deadline: Deadline | None = None) -> Safety:
    """Check every obligation of a resolved system.

    Parameters
    ----------
    system : QuorumSystem
        As `resolve` returns it: without absent and unknown names.
    deadline : Deadline, optional
        For all obligations together.

    Returns
    -------
    Safety
        *Safe* only if there are obligations, all of them were proved, and every class has a quorum; *split* if one is
        broken, even if others were not decided.
    """
    limit = deadline or Deadline()
    cases = [(obligation, faulty) for obligation in system.obligations for faulty in _fault_sets(obligation)]
    checked = tuple(_check(system, obligation, faulty, limit) for obligation, faulty in cases)
    everyone = set(system.nodes)
    empty = tuple(name for name, kind in system.classes.items() if not quorum_within(kind, everyone))
    return Safety(_condition(checked, empty), checked, empty)


def problem_of(system: QuorumSystem, obligation: QuorumObligation, faulty: frozenset[str]) -> IntersectionProblem:
    """Return the question whether the obligation can be broken while these nodes are faulty."""
    kinds = tuple(without(system.classes[name], faulty) for name in obligation.classes)
    weights = {node: obligation.weight(node) for node in system.nodes if node not in faulty}
    return IntersectionProblem(kinds, obligation.need, weights)


def _fault_sets(obligation: QuorumObligation) -> tuple[frozenset[str], ...]:
    return obligation.faulty or (frozenset(),)


def _check(system: QuorumSystem, obligation: QuorumObligation, faulty: frozenset[str], deadline: Deadline) -> Checked:
    outcome = decide(problem_of(system, obligation, faulty), deadline)
    if not isinstance(outcome, Misses):
        return Checked(obligation, faulty, outcome)
    quorums = tuple(_with_faulty(system, obligation, faulty, outcome.quorums))
    common = frozenset.intersection(*(quorum for _, quorum in quorums)) - faulty
    return Checked(obligation, faulty, outcome, Split(quorums, common, faulty))


def _with_faulty(
    system: QuorumSystem, obligation: QuorumObligation, faulty: frozenset[str], quorums: tuple[frozenset[str], ...]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the quorums, each with the deleted faulty nodes that it needs; in a federation, with all of them."""
    order = {node: place for place, node in enumerate(system.nodes)}
    for name, quorum in zip(obligation.classes, quorums, strict=True):
        yield name, _completed(system.classes[name], quorum, faulty, order)


def _completed(
    kind: QuorumClass, quorum: frozenset[str], faulty: frozenset[str], order: dict[str, int]
) -> frozenset[str]:
    if not faulty:
        return quorum
    if isinstance(kind, Federation):
        return quorum | faulty
    parts = (sorted(part & order.keys(), key=order.__getitem__) for part in (quorum, faulty))
    known = [node for part in parts for node in part]
    return minimal_quorum(kind, known) or quorum | faulty


def _condition(checked: tuple[Checked, ...], empty: tuple[str, ...]) -> Condition:
    if any(isinstance(one.outcome, Misses) for one in checked):
        return Condition.SPLIT
    if empty:
        return Condition.NO_QUORUM
    proved = [isinstance(one.outcome, Meets) for one in checked]
    return Condition.SAFE if proved and all(proved) else Condition.UNKNOWN
