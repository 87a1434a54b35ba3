"""Small models whose graphs are known by heart, and the way from a networkx graph to a compressed one."""

from __future__ import annotations

from typing import Annotated, Any, Self

import networkx as nx
import numpy as np
import pytest
from assay.checker.engine.graph import CompressedStateGraph
from assay.checker.engine.graph.calls import Calls
from assay.checker.engine.graph.rows import Rows
from assay.checker.language import (
    Model,
    Range,
    Set,
    Sort,
    action,
    constraint,
    invariant,
    reachable,
    require,
    step_invariant,
    terminal,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify


class Node(Sort):
    """Who may join."""


class Gathering(Model):
    """Nodes join one by one, and leave all at once; a full house may close, and then nothing happens any more."""

    default = {"Node": 3}
    present: Set[Node]
    closed: bool = False

    @action
    def join(self, node: Node) -> None:
        require(not self.closed)
        self.present.add(node)

    @action
    def disperse(self) -> None:
        require(not self.closed)
        self.present.clear()

    @action
    def close(self, by: Node) -> None:
        require(not self.closed, len(self.present) == len(Node), by in self.present)
        self.closed = True

    @terminal
    def is_closed(self) -> bool:
        return self.closed

    @reachable
    def a_full_house(self) -> bool:
        return len(self.present) == len(Node)


class Counter(Model):
    """Counts up to where a constraint ends it; three is forbidden, steps of two are too, and five is a dead end."""

    n: Annotated[int, Range(0, 9)] = 0

    @action
    def step(self, by: Annotated[int, Range(1, 2)]) -> None:
        require(self.n < 5)
        self.n += by

    @constraint
    def small(self) -> bool:
        return self.n <= 5

    @invariant
    def not_three(self) -> bool:
        return self.n != 3

    @step_invariant
    def one_at_a_time(self, after: Self) -> bool:
        return after.n == self.n + 1

    @reachable
    def four(self) -> bool:
        return self.n == 4


@pytest.fixture
def gathering() -> Any:
    return instantiate(specify(Gathering))


@pytest.fixture
def counter() -> Any:
    return instantiate(specify(Counter))


@pytest.fixture
def compressed() -> Any:
    return compress


def compress(graph: nx.MultiDiGraph) -> CompressedStateGraph:
    """Return a state graph as a native explorer delivers it: arrays, and the actions without their arguments."""
    names = tuple(action.name for action in graph.graph["instance"].specification.actions)
    edges = sorted(graph.edges(data="action"), key=lambda edge: edge[0])
    sources = np.array([source for source, _, _ in edges], dtype=np.int64)
    indptr = np.searchsorted(sources, np.arange(len(graph) + 1)).astype(np.int64)
    targets = np.array([target for _, target, _ in edges], dtype=np.uint32)
    actions = np.array([names.index(name) for *_, name in edges], dtype=np.int32)

    def decode(node: int) -> Any:
        return graph.nodes[node]["state"]

    calls = Calls(graph.graph["instance"], Rows(indptr, targets), actions, names, decode)
    attributes = {key: value for key, value in graph.graph.items() if key != "initial"}
    return CompressedStateGraph(
        indptr, targets, actions, names, decode, calls, initial=len(graph.graph["initial"]), **attributes
    )
