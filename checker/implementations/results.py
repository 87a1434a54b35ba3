"""What checking an implementation has shown: its claims with their verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from assay.checker.implementations.abstraction import Abstraction
from assay.checker.implementations.modelling import Edges, NearMiss
from assay.checker.implementations.native.findings import NativeExploration
from assay.checker.implementations.worlds import Trace
from assay.checker.language.execution.interpreter import Call, Frozen
from assay.checker.verdicts import Verdict
from assay.impl.node.cluster import Cluster

__all__ = ["ClaimResult", "ClusterClaim", "Divergence", "ImplementationResult"]


class ClusterClaim(Enum):
    """Kinds of claims about a cluster."""

    RULES = "the nodes keep the rules of handlers"
    INVARIANT = "true of every reachable world"
    REACHABLE = "true of some reachable world"
    CONSISTENCY = "what clients see is consistent"
    REFINEMENT = "every step is one of the model"


@dataclass(frozen=True)
class Divergence:
    """A step that the model does not allow.

    Attributes
    ----------
    states : tuple of frozen states
        The model's state for each world of the trace.
    attempts : tuple of NearMiss
        The actions nearest to the last step; empty if already the first world is not an initial state of the model.
    """

    states: tuple[Frozen, ...]
    attempts: tuple[NearMiss, ...]


@dataclass(frozen=True)
class ClaimResult:
    """The result for a claim.

    Attributes
    ----------
    name : str
        The name of the predicate, or ``rules``, ``refinement`` or the cluster's consistency.
    kind : ClusterClaim
        The kind of the claim.
    verdict : Verdict
        *Holds* only if everything was explored or, for a reachable predicate, a world was found.
    trace : Trace
        The counterexample or the witness.
    note : str
        Further explanation.
    divergence : Divergence, optional
        For a failed refinement, the step that the model does not allow.
    """

    name: str
    kind: ClusterClaim
    verdict: Verdict
    trace: Trace = ()
    note: str = ""
    divergence: Divergence | None = None

    @property
    def violation(self) -> str:
        """What a violation of it shows, in a sentence."""
        return "a rule of handlers is broken" if self.kind is ClusterClaim.RULES else f"{self.name} is violated"


@dataclass(frozen=True)
class ImplementationResult:
    """The result of checking an implementation.

    Attributes
    ----------
    cluster : Cluster
        The cluster.
    claims : tuple of ClaimResult
        The claims with their verdicts.
    exploration : NativeExploration
        The exploration.
    abstraction : Abstraction, optional
        The mapping to the model, if the refinement was checked.
    states : int
        The number of distinct model states of all worlds.
    edges : Edges, optional
        The number of model steps that the cluster takes.
    paths : dict of (int, int) to tuple of Call
        For each step of the cluster, between numbered model states, the actions that it takes.
    never : tuple of str
        The actions of the model that the cluster never takes.
    """

    cluster: Cluster
    claims: tuple[ClaimResult, ...]
    exploration: NativeExploration
    abstraction: Abstraction | None = None
    states: int = 0
    edges: Edges | None = None
    paths: dict[tuple[int, int], tuple[Call, ...]] = field(default_factory=dict)
    never: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict on all claims together."""
        combined = Verdict.HOLDS
        for claim in self.claims:
            combined &= claim.verdict
        return combined

    @property
    def violated(self) -> tuple[str, ...]:
        """The names of the claims that are violated."""
        return tuple(claim.name for claim in self.claims if claim.verdict is Verdict.VIOLATED)

    @property
    def is_exhaustive(self) -> bool:
        """Whether every reachable world was explored."""
        return self.exploration.complete
