"""The state graph of a small instance, built with the interpreter as a `networkx.MultiDiGraph`."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
from assay.checker.engine.exploration import Path, Watcher
from assay.checker.engine.graph.attributes import describe
from assay.checker.engine.limits import Limits
from assay.checker.engine.lookout import Lookout, TooLarge
from assay.checker.engine.trace import Failed
from assay.checker.engine.walk import Walk
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen

__all__ = ["state_graph"]


def state_graph(
    instance: Instance,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    *,
    watch: Watcher | None = None,
    give_up: Callable[[float], bool] | None = None,
    give_up_after: int | None = None,
    outside: bool = False,
) -> nx.MultiDiGraph:
    """Build the graph of an instance's reachable states, breadth first.

    Parameters
    ----------
    instance : Instance
        The model's instance.
    limits : Limits, optional
        Where to stop. A graph that a limit cut off says so: ``graph.graph["complete"]`` is false.
    watch : callable, optional
        Called now and then with the progress.
    give_up : callable, optional
        Called now and then with the seconds so far; raise `TooLarge` once it returns True.
    give_up_after : int, optional
        Raise `TooLarge` once the graph has this many nodes.
    outside : bool
        Whether the first states outside a state constraint are nodes too, marked by the attribute ``outside``. They
        have no successors.

    Returns
    -------
    MultiDiGraph
        Its nodes are numbers from 0, in breadth-first order, with the attributes ``state`` (the frozen
        state), ``initial``, ``depth`` (an initial state has 1) and ``frontier`` (not all of its steps are
        in the graph). Each edge is one way to take a step, with the attributes ``action`` (a name) and
        ``arguments`` (a tuple); parallel edges have the keys 0, 1, ... The graph's own attributes are those
        of `assay.checker.engine.graph.attributes.describe`.

    Raises
    ------
    ModelError
        If there is no initial state, because the model's own code fails there. If it fails later, the graph lacks
        that step, and says so in ``graph.graph["failure"]``.
    TooLarge
        See `give_up` and `give_up_after`.

    Notes
    -----
    A complete graph has an edge for every generated successor: the number that an exploration calls *generated*, less
    its initial states. Successors outside a state constraint have no edge, and are counted as ``cut``.
    """
    builder = _Builder(give_up_after, outside=outside)
    with instance.active():
        walk = Walk(instance, Lookout(limits, watch, give_up), builder)
        walk.run()
        builder.graph.graph.update(describe(instance, walk.stop, walk.cut, builder.failure), initial=builder.initial)
    return builder.graph


class _Builder:
    """The visitor that keeps states as nodes and steps as edges."""

    def __init__(self, give_up_after: int | None, *, outside: bool) -> None:
        self.graph = nx.MultiDiGraph()
        self._give_up_after, self._outside = give_up_after, outside
        self._numbers: dict[Frozen, int] = {}
        self.failure: Failed | None = None

    def begin(self, walk: Walk) -> None:
        self._walk = walk

    def meet(self, state: Frozen, parent: Frozen | None, *, inside: bool) -> None:
        if state in self._numbers and inside:  # a step constraint excluded it on an earlier path
            self.graph.nodes[self._numbers[state]].pop("outside", None)
        if state in self._numbers or not (inside or self._outside):
            return
        if self._give_up_after is not None and len(self._numbers) >= self._give_up_after:
            raise TooLarge
        node = self._numbers[state] = len(self._numbers)
        depth = 1 if parent is None else self.graph.nodes[self._numbers[parent]]["depth"] + 1
        self.graph.add_node(node, state=state, initial=parent is None, depth=depth, frontier=True)
        if not inside:
            self.graph.nodes[node]["outside"] = True

    def step(self, before: Frozen, call: Call, after: Frozen) -> None:
        """Do nothing yet: the state after the step may not have a node until it is reached."""

    def reach(self, before: Frozen, call: Call, after: Frozen, *, new: bool) -> None:  # noqa: ARG002
        action, arguments = call
        if after in self._numbers:
            self.graph.add_edge(self._numbers[before], self._numbers[after], action=action, arguments=arguments)

    def leave(self, state: Frozen, calls: int) -> None:
        node = self._numbers[state]
        self.graph.nodes[node]["frontier"] = self.graph.out_degree(node) < calls

    def fail(self, error: ModelError, path: Path) -> None:
        self.failure = self.failure or Failed(error, self._walk.interpreter.instance, path)

    def has_ended(self, *, between_levels: bool) -> bool:  # noqa: ARG002
        return False

    @property
    def initial(self) -> tuple[int, ...]:
        return tuple(node for node, initial in self.graph.nodes(data="initial") if initial)
