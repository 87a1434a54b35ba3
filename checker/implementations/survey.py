"""Find out which check catches which mutant of a protocol: exhaustive ones at its own size, and random schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from assay.checker.engine.limits import Limits
from assay.checker.errors import UsageError
from assay.checker.implementations.checking import check_cluster
from assay.checker.implementations.fuzzing import Fuzzing
from assay.checker.implementations.loading import NamedCluster, load_cluster, mutants_of
from assay.checker.implementations.results import ClusterClaim, ImplementationResult
from assay.checker.verdicts import Verdict
from assay.impl.node.cluster import Cluster

__all__ = ["COLUMNS", "Enlarged", "Ran", "Row", "explored", "survey"]

COLUMNS = {
    "invariants": (ClusterClaim.INVARIANT, ClusterClaim.RULES, ClusterClaim.REACHABLE),
    "refinement": (ClusterClaim.REFINEMENT,),
    "consistency": (ClusterClaim.CONSISTENCY,),
}
"""The columns of exhaustive checks, with the kinds of claims in each."""


_EXHAUSTIVELY = 60.0
"""Time limit, in seconds, of exploring a mutant at its own, small size."""


@dataclass(frozen=True)
class Ran:
    """The result of a real run of a mutant.

    Attributes
    ----------
    verdict : Verdict
        The verdict on the run.
    steps : int
        The number of steps that its nodes took.
    by : str
        The claim that was violated.
    """

    verdict: Verdict
    steps: int
    by: str = ""


@dataclass(frozen=True)
class Row:
    """A mutant with the checks that caught it.

    Attributes
    ----------
    name : str
        The name of the mutant.
    doc : str
        Its docstring, which says what is broken.
    checks : tuple of Verdict or None
        For each of `COLUMNS` whether a claim of it is violated; None where the protocol claims nothing of the kind.
    fuzzing : tuple of Fuzzing
        The results of random schedules, on each of the larger clusters.
    ran : Ran, optional
        The result of a real run, if there was one.
    """

    name: str
    doc: str
    checks: tuple[Verdict | None, ...]
    fuzzing: tuple[Fuzzing, ...]
    ran: Ran | None = None

    @property
    def is_caught(self) -> bool:
        """Whether some check caught it."""
        is_seen = self.ran is not None and self.ran.verdict is Verdict.VIOLATED
        is_met = any(played.failure is not None for played in self.fuzzing)
        return Verdict.VIOLATED in self.checks or is_met or is_seen

    @property
    def verdict(self) -> Verdict:
        """The verdict on the claim that it is caught; unknown if nothing caught it but a check ended at a limit."""
        if self.is_caught:
            return Verdict.HOLDS
        is_open = Verdict.UNKNOWN in self.checks or any(played.undecided for played in self.fuzzing)
        return Verdict.UNKNOWN if is_open else Verdict.VIOLATED


Enlarged: TypeAlias = Callable[[str], NamedCluster]
"""Makes the cluster of a mutant for random schedules."""


def survey(
    protocol: str,
    enlarged: Sequence[Enlarged],
    *,
    play: Callable[[Cluster], Fuzzing],
    seconds: float,
    run: Callable[[str], Ran] | None = None,
) -> tuple[Row, ...]:
    """Try each check on each mutant of a protocol.

    Parameters
    ----------
    protocol : str
        The protocol.
    enlarged : sequence of callable
        Each makes the cluster of a mutant that random schedules are played on.
    play : callable
        Plays them.
    seconds : float
        The time limit for exploring each mutant, if that is longer than a minute.
    run : callable, optional
        Runs the mutant of a name for real.

    Raises
    ------
    UsageError
        If the protocol has no mutants.
    """
    found = mutants_of(load_cluster(protocol).module)
    if not found:
        raise UsageError(f"{protocol} has no mutants", help="a mutant is a node class with `expected = Caught(...)`")

    def row(name: str) -> Row:
        reference = f"{protocol}:{name}"
        named = load_cluster(reference)
        played = tuple(play(larger(reference).cluster) for larger in enlarged)
        doc = (named.mutant.__doc__ or "").strip().partition("\n")[0] if named.mutant else ""
        verdicts = tuple(explored(named.cluster, max(seconds, _EXHAUSTIVELY)))
        return Row(name, doc, verdicts, played, None if run is None else run(name))

    return tuple(row(mutant.__name__) for mutant in found)


def explored(cluster: Cluster, seconds: float) -> Iterator[Verdict | None]:
    """Yield the verdict for each of `COLUMNS`, each from its own exploration, since invariants need no model."""
    limits = Limits(seconds=seconds)
    alone = replace(cluster, refines=None, sequential=None)
    linear = cluster.consistency == "linearizable"
    consistency = "linearizability" if linear else "sequential consistency"
    yield _verdict(check_cluster(alone, limits=limits), COLUMNS["invariants"])
    for column, name, is_claimed in (
        ("refinement", "refinement", cluster.refines is not None),
        ("consistency", consistency, cluster.sequential is not None),
    ):
        yield _verdict(check_cluster(cluster, limits=limits, only=name), COLUMNS[column]) if is_claimed else None


def _verdict(checked: ImplementationResult, kinds: tuple[ClusterClaim, ...]) -> Verdict | None:
    verdicts = [claim.verdict for claim in checked.claims if claim.kind in kinds]
    if not verdicts:
        return None
    if Verdict.VIOLATED in verdicts:
        return Verdict.VIOLATED
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.HOLDS
