"""Check an implementation: explore every reachable world of its cluster and judge all claims."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from time import perf_counter

from assay.checker.engine.exploration import Watcher
from assay.checker.engine.limits import Limits
from assay.checker.errors import UsageError
from assay.checker.implementations.abstraction import Abstraction
from assay.checker.implementations.clients import judge_history
from assay.checker.implementations.modelling import ModelSide
from assay.checker.implementations.native.explorer import explore
from assay.checker.implementations.native.findings import NOTHING, NativeExploration, Refinement, Watched
from assay.checker.implementations.predicates import name_of
from assay.checker.implementations.results import ClaimResult, ClusterClaim, Divergence, ImplementationResult
from assay.checker.implementations.semantics import Semantics, nothing_is_inside
from assay.checker.verdicts import Verdict
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import ClusterError, NodeError
from assay.impl.node.freezing import freeze
from assay.impl.node.world import Invocation, Response, World

__all__ = ["check_cluster"]


def check_cluster(
    cluster: Cluster,
    *,
    limits: Limits | None = None,
    keep_going: bool = False,
    watch: Watcher | None = None,
    only: str | None = None,
) -> ImplementationResult:
    """Check all claims of a cluster by exploring every reachable world.

    Parameters
    ----------
    cluster : Cluster
        The nodes, their network and faults, and the claims.
    limits : Limits, optional
        Resource limits.
    keep_going : bool
        Whether to find a counterexample for each claim rather than stop at the first.
    watch : callable, optional
        Progress callback.
    only : str, optional
        The one claim to check: the name of a predicate, ``"refinement"``, or the cluster's consistency.

    Raises
    ------
    NodeError
        If the cluster is described wrongly, or its constraint excludes every initial world.
    AssayError
        If the refined model cannot be loaded, or does not fit the cluster.
    """
    refines = cluster.refines is not None and only in (None, "refinement")
    abstraction = Abstraction(cluster) if refines else None
    with nullcontext() if abstraction is None else abstraction.instance.active():
        side = None if abstraction is None else ModelSide(abstraction)
        return _Check(cluster, side, limits, keep_going, watch, only).run()


class _Check:
    """One check."""

    def __init__(
        self,
        cluster: Cluster,
        side: ModelSide | None,
        limits: Limits | None,
        keep_going: bool,
        watch: Watcher | None,
        only: str | None,
    ) -> None:
        self.cluster, self.side = cluster, side
        self.limits, self.keep_going, self.watch = limits, keep_going, watch
        self.began = perf_counter()
        self.has_open_history = False
        claimed = [*self._claimed()]
        self.watched = [(each, kind) for each, kind in claimed if only in (None, each.name)]
        if not self.watched and only is not None and not (only == "refinement" and side is not None):
            known = [each.name for each, _ in claimed] + (["refinement"] if cluster.refines is not None else [])
            raise UsageError(f"nothing is claimed under the name {only!r}", help=f"there is {', '.join(known)}")

    def _claimed(self) -> Iterator[tuple[Watched, ClusterClaim]]:
        for predicate in self.cluster.invariants:
            yield Watched(name_of(predicate), predicate, fires=False), ClusterClaim.INVARIANT
        for predicate in self.cluster.reachable:
            yield Watched(name_of(predicate), predicate, fires=True, ends=False), ClusterClaim.REACHABLE
        if self.cluster.sequential is not None:
            yield Watched(self.consistency, self._is_consistent, fires=False), ClusterClaim.CONSISTENCY

    @property
    def consistency(self) -> str:
        """The name of the claim about the history of clients, as mutants refer to it."""
        return "linearizability" if self.cluster.consistency == "linearizable" else "sequential consistency"

    def _is_consistent(self, world: World) -> bool:
        """Return whether the history of clients is consistent; one that is too large to decide leaves the claim open.

        The search goes on after it: another world may violate the claim.
        """
        verdict = judge_history(self.cluster, map(_frozen, world.history)).verdict
        self.has_open_history |= verdict is Verdict.UNKNOWN
        return verdict is not Verdict.VIOLATED

    def run(self) -> ImplementationResult:
        """Explore the cluster and judge the claims."""
        try:
            return self._explored()
        except ClusterError:
            raise
        except NodeError as error:  # at the first start of a node, so there is no trace
            return self._never_started(error)

    def _never_started(self, error: NodeError) -> ImplementationResult:
        help_ = f" ({error.help})" if error.help else ""
        rules = ClaimResult("rules", ClusterClaim.RULES, Verdict.VIOLATED, note=f"{error.message}{help_}")
        others = (ClaimResult(each.name, kind, Verdict.UNKNOWN) for each, kind in self.watched)
        return ImplementationResult(self.cluster, (rules, *others), NOTHING)

    def _explored(self) -> ImplementationResult:
        refinement, side = None, self.side
        if side is not None:
            refinement = Refinement(side.abstraction.state, side.number, side)
            wrong = self._wrong_initial_world(side)
            if wrong is not None:
                self.side, refinement = None, None
        watched = [each for each, _ in self.watched]
        found = explore(
            self.cluster, watched, refinement, limits=self.limits, keep_going=self.keep_going, watch=self.watch
        )
        if found.complete and not found.worlds:
            raise nothing_is_inside()
        claims = [self._rules(found), *(self._claim(each, kind, found) for each, kind in self.watched)]
        if side is not None:
            claims.append(wrong or self._refinement(side, found))
        result = ImplementationResult(self.cluster, tuple(claims), found)
        return result if side is None or wrong is not None else self._with_model(result, side)

    def _with_model(self, result: ImplementationResult, side: ModelSide) -> ImplementationResult:
        actions = [method.name for method in side.abstraction.model.specification.actions]
        taken = side.actions()
        return replace(
            result,
            abstraction=side.abstraction,
            states=len(side.states),
            edges=side.edges(self._is_late) if result.is_exhaustive else None,
            paths=side.paths,
            never=tuple(name for name in actions if name not in taken),
        )

    def _is_late(self) -> bool:
        """Return whether the time limit has been reached."""
        seconds = None if self.limits is None else self.limits.seconds
        return seconds is not None and perf_counter() - self.began >= seconds

    def _wrong_initial_world(self, side: ModelSide) -> ClaimResult | None:
        """Return a violated refinement if an initial world has no initial state of the model."""
        semantics = Semantics(self.cluster)
        for world in semantics.first_inside():
            state = side.abstraction.state(semantics.observed(world))
            if not side.begins(state):
                trace = ((None, world),)
                return ClaimResult(
                    "refinement",
                    ClusterClaim.REFINEMENT,
                    Verdict.VIOLATED,
                    trace,
                    "the model does not begin like this",
                    Divergence((state,), ()),
                )
        return None

    def _rules(self, found: NativeExploration) -> ClaimResult:
        if found.error is None:
            verdict = Verdict.HOLDS if found.complete else Verdict.UNKNOWN
            return ClaimResult("rules", ClusterClaim.RULES, verdict)
        help_ = f" ({found.error.help})" if found.error.help else ""
        said = f"{found.error.message}{help_}"
        return ClaimResult("rules", ClusterClaim.RULES, Verdict.VIOLATED, found.error_trace, said)

    def _claim(self, watched: Watched, kind: ClusterClaim, found: NativeExploration) -> ClaimResult:
        fired = next((each for each in found.found if each.watched is watched), None)
        if fired is not None:
            verdict = Verdict.HOLDS if kind is ClusterClaim.REACHABLE else Verdict.VIOLATED
            return ClaimResult(watched.name, kind, verdict, fired.trace)
        if not found.complete:
            return ClaimResult(watched.name, kind, Verdict.UNKNOWN)
        if kind is ClusterClaim.CONSISTENCY and self.has_open_history:
            return ClaimResult(watched.name, kind, Verdict.UNKNOWN, note="a history of clients is too large to decide")
        if kind is ClusterClaim.REACHABLE and found.cut:
            beyond = "not inside the constraint, beyond which nothing is known"
            return ClaimResult(watched.name, kind, Verdict.UNKNOWN, note=beyond)
        if kind is ClusterClaim.REACHABLE:
            return ClaimResult(watched.name, kind, Verdict.VIOLATED, note="true of no reachable world")
        return ClaimResult(watched.name, kind, Verdict.HOLDS)

    def _refinement(self, side: ModelSide, found: NativeExploration) -> ClaimResult:
        if found.unrefined is None:
            verdict = Verdict.HOLDS if found.complete else Verdict.UNKNOWN
            return ClaimResult("refinement", ClusterClaim.REFINEMENT, verdict)
        semantics = Semantics(self.cluster)
        states = tuple(side.abstraction.state(semantics.observed(world)) for _, world in found.unrefined)
        divergence = Divergence(states, tuple(side.nearest(states[-2], states[-1])))
        return ClaimResult(
            "refinement", ClusterClaim.REFINEMENT, Verdict.VIOLATED, found.unrefined, divergence=divergence
        )


def _frozen(event: Invocation | Response) -> Invocation | Response:
    if isinstance(event, Invocation):
        return Invocation(event.client, freeze(event.operation))
    return Response(event.client, freeze(event.result))
