"""The graph of the native explorer is that of the interpreter, but for the numbers of its nodes."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import pytest
from assay.checker.engine.graph import components, distances, mark, mark_path, neighbourhood, state_graph
from assay.checker.engine.graph.native import native_state_graph
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.trace import execute
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load

MODELS = ["consensus", "atomic_commit", "two_phase_commit", "atomic_commit:CommitsOnMajority"]


def smoke(model):
    return instantiate(load(model).specification, name="smoke")


def by_state(graph):
    """Return a graph whose nodes are the states, with what does not depend on their numbers."""
    state = dict(graph.nodes(data="state"))
    nodes = {state[node]: {key: data[key] for key in data if key != "state"} for node, data in graph.nodes(data=True)}
    edges = [
        (state[source], state[target], *(data[key] for key in ("action", "arguments", "violates") if key in data))
        for source, target, data in graph.edges(data=True)
    ]
    return nodes, Counter(edges)


@pytest.mark.parametrize("model", MODELS)
def test_both_graphs_are_the_same(model):
    instance = smoke(model)
    native, reference = native_state_graph(instance), state_graph(instance)
    assert by_state(native) == by_state(reference)
    assert native.graph.keys() == reference.graph.keys()
    assert native.graph["complete"]


@pytest.mark.parametrize("model", MODELS)
def test_both_graphs_are_marked_the_same(model):
    instance = smoke(model)
    native, reference = native_state_graph(instance), state_graph(instance)
    mark(native)
    mark(reference)
    assert by_state(native) == by_state(reference)


def test_algorithms_agree_up_to_the_numbers():
    instance = smoke("two_phase_commit")
    native, reference = native_state_graph(instance), state_graph(instance)
    assert len(set(components(native).tolist())) == nx.number_strongly_connected_components(reference)
    assert sorted(distances(native).tolist()) == sorted(distances(reference).values())


def test_a_limit_of_depth_leaves_the_same_frontier():
    instance = smoke("two_phase_commit")
    native, reference = native_state_graph(instance, Limits(depth=3)), state_graph(instance, Limits(depth=3))
    assert by_state(native) == by_state(reference)
    assert not native.graph["complete"]
    assert native.graph["stop"].reason is StopReason.DEPTH


def test_a_limit_of_states_leaves_the_graph_incomplete():
    native = native_state_graph(smoke("two_phase_commit"), Limits(states=10))
    assert len(native) <= 10
    assert not native.graph["complete"]
    assert any(frontier for _, frontier in native.nodes(data="frontier"))


def test_a_path_is_marked_and_cut_out():
    instance = smoke("two_phase_commit")
    graph = native_state_graph(instance)
    furthest = max(graph, key=lambda node: graph.nodes[node]["depth"])
    path = nx.shortest_path(graph, 0, furthest)
    with instance.active():
        trace = execute(instance, [graph.nodes[node]["state"] for node in path])
    assert mark_path(graph, trace) == path
    piece = neighbourhood(graph, path, 0)
    assert set(piece) == set(path)
    assert piece.number_of_edges() == len(path) - 1
    assert all(on for *_, on in piece.edges(data="path"))
