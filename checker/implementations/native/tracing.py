"""Traces of a native search: paths of packed states, executed again as worlds."""

from __future__ import annotations

from itertools import pairwise

from assay.checker.engine.native.program import PackedStates
from assay.checker.errors import InternalError
from assay.checker.implementations.native.supplying import Supplier
from assay.checker.implementations.semantics import Semantics
from assay.checker.implementations.steps import Step
from assay.checker.implementations.worlds import FrozenWorld, Trace
from assay.impl.node.cluster import Cluster

__all__ = ["Tracer"]


class Tracer:
    """Executes paths again, by the plain semantics, which shares no table with the search."""

    def __init__(self, cluster: Cluster, supplier: Supplier) -> None:
        self._semantics = Semantics(cluster)
        self._packing = supplier.packing

    def trace(self, path: PackedStates) -> Trace:
        """Return a path of packed states as worlds, with the steps between them.

        Raises
        ------
        InternalError
            If the cluster does not take them.
        """
        worlds = [self._packing.unpack(row) for row in path.tolist()]
        if worlds[0] not in self._semantics.initial():
            raise InternalError("the native explorer began in a world that is not a first one")
        steps: list[tuple[Step | None, FrozenWorld]] = [(None, worlds[0])]
        for before, after in pairwise(worlds):
            steps.append((self._step(before, after), after))
        return tuple(steps)

    def _step(self, before: FrozenWorld, after: FrozenWorld) -> Step:
        for step, world in self._semantics.steps(before):
            if world == after:
                return step
        raise InternalError("the native explorer took a step that the nodes do not take")
