"""Explore rolling upgrades of implementations; run as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import msgspec
from assay.checker.changes.chance import not_checked
from assay.checker.changes.predicates import digests
from assay.checker.changes.processes import serve
from assay.checker.changes.side_by_side import at_home
from assay.checker.engine.limits import Limits
from assay.checker.errors import UsageError
from assay.checker.implementations.checking import check_cluster
from assay.checker.implementations.handlers.modules import active
from assay.checker.implementations.loading import NamedCluster
from assay.checker.implementations.predicates import name_of
from assay.checker.implementations.results import ClaimResult
from assay.checker.implementations.worlds import FrozenWorld
from assay.checker.report.worlds import between, changed, whole
from assay.checker.upgrades.answers import ClaimVerdict, Phase, Side, Upgrade, UpgradeRequest, UpgradeStep
from assay.checker.upgrades.judging import VersionedPredicate
from assay.checker.upgrades.loading import load_release
from assay.checker.upgrades.rolling import mixed, restarted
from assay.checker.verdicts import Verdict
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.releases import Release

__all__ = ["explore_clusters"]


def explore_clusters(request: UpgradeRequest) -> Upgrade:
    """Check a rolling upgrade in this process, whose modules it changes.

    Raises
    ------
    AssayError
        If a version is malformed, or the two do not fit together.
    """
    try:
        return _Explorer(request).upgrade()
    except NodeError as error:
        raise UsageError(error.message, help=error.help) from None


Unhandled = tuple[tuple[str, str], ...]
"""Nodes, each with a message that it receives and has no method for, by name."""


class _Explorer:
    def __init__(self, request: UpgradeRequest) -> None:
        self.request = request
        self.old, self.before = self._load(request.before, "before")
        self.new, self.after = self._load(request.after, "after")

    def _load(self, side: Side, name: str) -> tuple[NamedCluster, Release]:
        return load_release(side.reference, self.request.settings, name=name, root=Path(side.root))

    def upgrade(self) -> Upgrade:
        request = self.request
        clusters = (self.old.cluster, self.new.cluster)
        cluster = mixed(self.before, self.after, clusters, moving=request.moving, downgrades=request.downgrades)
        assert cluster.rolling is not None
        found, unhandled = self._phase("mixed", cluster, self.after, request.after)
        return Upgrade(
            "implementation",
            {name: str(value) for name, value in self.new.sizes.items()},
            tuple(address for address in cluster.nodes if address in cluster.rolling.moving),
            found,
            tuple(self._alone()) if found.violated else (),
            tuple(self._differences()),
            unhandled,
            self._not_checked(),
        )

    def _not_checked(self) -> str:
        """Return what either version leaves to chance."""
        found: dict[str, None] = {}
        sides = ((self.old, self.before, self.request.before), (self.new, self.after, self.request.after))
        for named, release, side in sides:
            with at_home(Path(side.root)), active(release):
                found |= dict.fromkeys(filter(None, [not_checked(named)]))
        return "; ".join(found)

    def _alone(self) -> Iterator[Phase]:
        """Explore each version alone, to tell whether a violation is due to mixing them."""
        sides = ((self.before, self.old, self.request.before), (self.after, self.new, self.request.after))
        for release, named, side in sides:
            cluster = restarted(release, named.cluster, moving=self.request.moving)
            yield self._phase(release.name, cluster, release, side)[0]

    def _phase(
        self, name: str, cluster: Cluster, release: Release, side: Side
    ) -> tuple[Phase, tuple[tuple[str, str], ...]]:
        limits = Limits(self.request.states, None, self.request.seconds)
        with at_home(Path(side.root)), active(release):
            result = check_cluster(cluster, limits=limits, keep_going=name != "mixed")
        if _why_open(cluster.abstract):
            without, unhandled = self._phase(name, replace(cluster, refines=None, abstract=None), release, side)
            refinement = ClaimVerdict("refinement", "refinement", Verdict.UNKNOWN, _why_open(cluster.abstract))
            return msgspec.structs.replace(without, claims=(*without.claims, refinement)), unhandled
        found = result.exploration
        claims = tuple(_claim(cluster, claim) for claim in result.claims)
        stop = _why_open(cluster.constraint) or ("" if found.stop is None else found.stop.detail)
        unhandled = tuple(sorted((node.__name__, message.__name__) for node, message in found.unhandled))
        return Phase(name, () if _why_open(cluster.constraint) else claims, found.worlds, found.depth, stop), unhandled

    def _differences(self) -> Iterator[str]:
        old, new = self.old.cluster, self.new.cluster
        if (old.network, old.faults) != (new.network, new.faults):
            yield "the network or the faults of the two clusters differ: those of the version after were taken"
        if new.constraint is not None:
            yield "what the constraint of the version after keeps out was not explored"
        known = {*map(name_of, new.invariants)}
        for name in (name for name in map(name_of, old.invariants) if name not in known):
            yield f"only the version before claims {name}, which was not checked"
        before = self._code(self.old, self.before, self.request.before)
        after = self._code(self.new, self.after, self.request.after)
        for name in (name for name in map(name_of, old.invariants) if name in known):
            if before.get(name) != after.get(name):
                yield f"{name} is other code in the version before, which was not checked"

    def _code(self, named: NamedCluster, release: Release, side: Side) -> dict[str, str]:
        with at_home(Path(side.root)), active(release):
            return dict(digests(named))


def _why_open(function: object) -> str:
    """Return why a function could not be evaluated in some world; an empty text if it never failed."""
    return function.open if isinstance(function, VersionedPredicate) else ""


def _claim(cluster: Cluster, claim: ClaimResult) -> ClaimVerdict:
    trace = tuple(_trace(cluster, claim)) if claim.verdict is Verdict.VIOLATED else ()
    named = (p for p in (*cluster.invariants, *cluster.reachable) if name_of(p) == claim.name)
    # Several may have one name, as lambdas have: each of them is as open as any.
    open_ = next(filter(None, map(_why_open, named)), "") if not claim.trace else ""
    verdict = Verdict.UNKNOWN if open_ else claim.verdict
    return ClaimVerdict(claim.name, claim.kind.name.lower(), verdict, open_ or claim.note, trace)


def _trace(cluster: Cluster, claim: ClaimResult) -> Iterator[UpgradeStep]:
    if not claim.trace:
        return
    first = claim.trace[0][1]
    rows = [*_running(cluster, first), *(f"{name} = {value}" for name, value in whole(cluster, first))]
    yield UpgradeStep("the nodes have started", tuple(rows))
    for (_, old), (step, new) in pairwise(claim.trace):
        changes = tuple(map(str, changed(cluster, old, new)))
        yield UpgradeStep(str(step), changes, *between(step))


def _running(cluster: Cluster, world: FrozenWorld) -> Iterator[str]:
    assert cluster.rolling is not None
    for address, local in zip(cluster.nodes, world.locals, strict=True):
        yield f"{address} runs {cluster.rolling.releases[local.release].name}"


if __name__ == "__main__":
    serve(UpgradeRequest, explore_clusters, imports=False)  # each version imports its own
