"""The state graph of a small instance, by the reference reading, as a `networkx.MultiDiGraph`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import networkx as nx
from assay.checker.engine.exploration import Progress, Watcher
from assay.checker.engine.graph.attributes import describe
from assay.checker.engine.limits import Limits, Stop, StopReason, depth_reached, states_reached, time_reached
from assay.checker.engine.memory import default_limit, resident
from assay.checker.engine.reference import TooLarge
from assay.checker.language.instance import Instance
from assay.checker.language.kinds import Kind
from assay.checker.language.reading import Frozen, Reading

__all__ = ["state_graph"]

_GLANCE = 256
"""States expanded between two looks at the clock and the memory."""


def state_graph(
    instance: Instance,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    *,
    watch: Watcher | None = None,
    give_up_after: int | None = None,
) -> nx.MultiDiGraph:
    """Build the graph of the reachable states of an instance, breadth first.

    Parameters
    ----------
    instance : Instance
        The model's instance.
    limits : Limits, optional
        Where to stop. A graph that a limit cut off says so: ``graph.graph["complete"]`` is false.
    watch : callable, optional
        Called now and then with the progress.
    give_up_after : int, optional
        Raise `TooLarge` once this many states are stored.

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
        If an action raises, or a value exceeds its bound.
    TooLarge
        See `give_up_after`.

    Notes
    -----
    A complete graph has an edge for every successor that is generated, except for those outside a state
    constraint: without one, what an exploration counts as *generated*, less its initial states.
    """
    with instance.active():
        search = _Search(Reading(instance), limits, watch, give_up_after)
        try:
            search.run()
        except KeyboardInterrupt:
            search.stop = Stop(StopReason.INTERRUPT, "interrupted")
        search.graph.graph.update(describe(instance, search.stop), initial=tuple(range(search.initial)))
    return search.graph


class _Ended(Exception):
    """A limit was reached."""


@dataclass
class _Search:
    reading: Reading
    limits: Limits
    watch: Watcher | None
    give_up_after: int | None
    graph: nx.MultiDiGraph = field(default_factory=nx.MultiDiGraph)
    numbers: dict[Frozen, int] = field(default_factory=dict)
    initial: int = 0
    generated: int = 0
    depth: int = 0
    expanded: int = 0
    stop: Stop | None = None

    def __post_init__(self) -> None:
        self.constraints = self.reading.specification.of(Kind.CONSTRAINT)
        self.started = time.perf_counter()
        self.memory = resident() + default_limit() if self.limits.memory is None else self.limits.memory

    def run(self) -> None:
        try:
            self._begin()
            while self.expanded < len(self.numbers):
                self._level()
        except _Ended:
            pass

    def _begin(self) -> None:
        for state in self.reading.initial_states():
            self.generated += 1
            self._number(state, depth=1)
            self.initial = len(self.numbers)

    def _level(self) -> None:
        first, end = self.expanded, len(self.numbers)
        if self.limits.depth is not None and self.depth >= self.limits.depth:
            raise self._halted(depth_reached(self.depth, end - first))
        for node in range(first, end):
            if node % _GLANCE == 0:
                self._glance()
            self._expand(node)
            self.expanded += 1

    def _expand(self, node: int) -> None:
        attributes = self.graph.nodes[node]
        for (action, arguments), after in self.reading.successors(attributes["state"]):
            self.generated += 1
            target = self._number(after, attributes["depth"] + 1)
            if target is not None:
                self.graph.add_edge(node, target, action=action, arguments=arguments)
        attributes["frontier"] = False

    def _number(self, state: Frozen, depth: int) -> int | None:
        """Return the node of a state, a new one if need be; None if it is outside the constraints."""
        if state in self.numbers:
            return self.numbers[state]
        thawed = self.reading.thaw(state)
        if not all(self.reading.truth(method, thawed) for method in self.constraints):
            return None
        self._demand_room()
        node = self.numbers[state] = len(self.numbers)
        self.graph.add_node(node, state=state, initial=depth == 1, depth=depth, frontier=True)
        self.depth = depth
        return node

    def _demand_room(self) -> None:
        stored = len(self.numbers)
        if self.limits.states is not None and stored >= self.limits.states:
            raise self._halted(states_reached(self.limits.states))
        if self.give_up_after is not None and stored >= self.give_up_after:
            raise TooLarge

    def _glance(self) -> None:
        seconds, held, stored = time.perf_counter() - self.started, resident(), len(self.numbers)
        if self.watch is not None:
            self.watch(Progress(stored, self.generated, self.depth, stored - self.expanded, seconds, held))
        if self.limits.seconds is not None and seconds > self.limits.seconds:
            raise self._halted(time_reached())
        if held > self.memory:
            holds = f"the run holds {held >> 20:,} MiB, the limit is {self.memory >> 20:,} MiB"
            raise self._halted(Stop(StopReason.MEMORY, holds))

    def _halted(self, stop: Stop) -> _Ended:
        self.stop = stop
        return _Ended()
