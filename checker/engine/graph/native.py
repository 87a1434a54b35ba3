"""The state graph of a large instance: explored in machine code, held as arrays."""

from __future__ import annotations

from functools import lru_cache

import networkx as nx
import numpy as np
from assay.checker.engine.exploration import Watcher
from assay.checker.engine.graph.attributes import describe
from assay.checker.engine.graph.building import state_graph
from assay.checker.engine.graph.calls import Calls
from assay.checker.engine.graph.compressed import CompressedStateGraph
from assay.checker.engine.graph.rows import Rows
from assay.checker.engine.limits import Limits
from assay.checker.engine.native import abi
from assay.checker.engine.native.codegen.packing.layout import Layout
from assay.checker.engine.native.edges import edges
from assay.checker.engine.native.explorer import CompiledInstance, with_room
from assay.checker.engine.native.handover import Handover
from assay.checker.engine.native.outcome import NativeOutcome
from assay.checker.engine.native.store import OutOfMemory
from assay.checker.errors import UsageError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.quantities import size

__all__ = ["native_state_graph"]

_REMEMBERED = 1 << 16
"""How many decoded states to cache: each edge into a state and each property asks for it again."""


def native_state_graph(
    instance: Instance,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    *,
    watch: Watcher | None = None,
) -> nx.MultiDiGraph:
    """Build the graph of the reachable states of an instance in machine code, as a `CompressedStateGraph`.

    If machine code has no answer for some state, because an action raises there or a number does not fit into its
    word, the interpreter builds an ordinary graph instead.

    Parameters
    ----------
    instance : Instance
        The model's instance.
    limits : Limits, optional
        Where to stop. A graph that a limit cut off says so: ``graph.graph["complete"]`` is false.
    watch : callable, optional
        Called now and then with the progress.

    Raises
    ------
    ModelError
        If the model cannot be compiled.
    UsageError
        If the edges need more memory than is available.
    """
    with instance.active():

        def attempt(compiled: CompiledInstance) -> tuple[Layout, Handover, NativeOutcome]:
            handover = Handover(instance, compiled.layout, deadlock=False)
            found = compiled.search(limits, keep_going=True, deadlock=False, watch=watch, handover=handover)
            return compiled.layout, handover, found

        layout, handover, outcome = with_room(instance, attempt)
    if handover.states or handover.findings.failure is not None:
        return state_graph(instance, limits.after(outcome.seconds), watch=watch)
    states = outcome.states()

    @lru_cache(_REMEMBERED)
    def decode(node: int) -> Frozen:
        with instance.active():
            return layout.unpack(states[node].tolist())

    try:
        found = edges(outcome, memory=limits.memory)
    except OutOfMemory as error:
        raise UsageError(
            f"the edges of {outcome.distinct:,} states take {size(error.needed)}, more than there is",
            help="make the instance smaller, or stop earlier with --max-states",
        ) from None
    names = [method.name for method in instance.specification.actions]
    return CompressedStateGraph(
        found.indptr,
        found.targets,
        found.actions,
        names,
        decode,
        Calls(instance, Rows(found.indptr, found.targets), found.actions, names, decode),
        initial=int(np.count_nonzero(outcome.parents() == abi.NONE)),
        expanded=outcome.expanded,
        lacking=found.lacking,
        **describe(instance, outcome.stop, outcome.cut),
    )
