"""Cutting and marking of state graphs."""

from __future__ import annotations

import networkx as nx
import pytest
from assay.checker.engine import reference
from assay.checker.engine.graph import mark, mark_path, neighbourhood, state_graph, where
from assay.checker.engine.graph.calls import Calls
from assay.checker.engine.graph.rows import Rows
from assay.checker.engine.limits import Limits
from assay.checker.engine.trace import Trace, TraceStep, execute
from assay.checker.errors import InternalError, UsageError


def states(graph, name):
    return {data["state"] for _, data in graph.nodes(data=True) if data.get(name)}


def test_violations_deadlocks_and_ends_are_marked(counter, gathering):
    graph = state_graph(counter)
    mark(graph)
    assert {data["state"][0]: data["violates"] for _, data in graph.nodes(data=True) if data["violates"]} == {
        3: ("not_three",),
        5: ("deadlock",),
    }
    assert not states(graph, "terminal")
    graph = state_graph(gathering)
    mark(graph)
    assert not states(graph, "violates")
    assert all(closed for _, closed in states(graph, "terminal"))
    assert len(states(graph, "terminal")) == 1


def test_steps_that_break_a_step_invariant_are_marked(counter):
    graph = state_graph(counter)
    mark(graph)
    for source, target, step in graph.edges(data=True):
        wide = graph.nodes[target]["state"][0] - graph.nodes[source]["state"][0] == 2
        assert step["violates"] == (("one_at_a_time",) if wide else ())


def test_a_state_that_was_not_expanded_is_no_deadlock(gathering):
    graph = state_graph(gathering, Limits(depth=2))
    mark(graph)
    assert not states(graph, "violates")
    assert not states(graph, "terminal")


def test_a_state_all_of_whose_successors_are_outside_the_constraint_is_no_deadlock(counter):
    piece = neighbourhood(state_graph(counter), [0], 0)
    mark(piece)
    assert piece.nodes[0]["violates"] == ()


def test_the_neighbourhood_holds_what_is_within_reach(gathering):
    graph = state_graph(gathering)
    for depth in range(6):
        piece = neighbourhood(graph, [0], depth)
        assert set(piece) == set(nx.single_source_shortest_path_length(graph, 0, cutoff=depth))
        inner = [node for node, data in piece.nodes(data=True) if data["depth"] <= depth]
        assert all(piece.out_degree(node) == graph.out_degree(node) for node in inner)
        assert {node for node, on in piece.nodes(data="frontier") if on} == {
            node for node in piece if piece.out_degree(node) < graph.out_degree(node)
        }


def test_the_neighbourhood_of_the_start_is_what_a_limit_of_depth_gives(gathering):
    graph = state_graph(gathering)
    for depth in range(5):
        piece, limited = neighbourhood(graph, [0], depth), state_graph(gathering, Limits(depth=depth + 1))
        assert piece.adj == limited.adj
        assert dict(piece.nodes(data="state")) == dict(limited.nodes(data="state"))


def test_a_piece_is_complete_only_if_nothing_is_missing(gathering):
    graph = state_graph(gathering)
    assert neighbourhood(graph, [0]).graph["complete"]
    assert not neighbourhood(graph, [0], 1).graph["complete"]
    assert neighbourhood(graph, [8], 0).graph["initial"] == ()


def test_a_compressed_graph_gives_the_same_piece(gathering, compressed):
    graph = state_graph(gathering)
    one, other = neighbourhood(compressed(graph), [1], 1), neighbourhood(graph, [1], 1)
    assert nx.utils.graphs_equal(one, other)
    assert type(one) is nx.MultiDiGraph
    mark(one)


def counterexample(instance, name):
    with instance.active():
        explored = reference.explore(instance, Limits(), keep_going=True)
        return execute(instance, explored.found[instance.specification.named(name)])


def test_the_path_of_a_counterexample_is_marked(counter):
    graph, trace = state_graph(counter), counterexample(counter, "not_three")
    mark_path(graph, trace)
    assert states(graph, "path") == {step.state for step in trace}
    assert sum(1 for *_, on in graph.edges(data="path") if on) == len(trace) - 1
    alone = neighbourhood(graph, [node for node, on in graph.nodes(data="path") if on], 0)
    assert alone.number_of_edges() == len(trace) - 1


def test_a_trace_that_is_no_path_is_our_fault(counter):
    graph = state_graph(counter)
    steps = (TraceStep(None, (0,)), TraceStep(("step", (1,)), (5,)))
    with pytest.raises(InternalError, match="not a path"):
        mark_path(graph, Trace(counter, steps))


def test_where_finds_states_by_a_property(counter):
    graph = state_graph(counter)
    assert [graph.nodes[node]["state"] for node in where(graph, "four")] == [(4,)]
    assert [graph.nodes[node]["state"] for node in where(graph, "not_three")] == [(3,)]
    with pytest.raises(UsageError, match="five") as error:
        list(where(graph, "five"))
    assert "four" in error.value.help


def test_arrays_that_the_model_contradicts_are_our_fault(counter, compressed):
    graph = compressed(state_graph(counter))
    wrong = Rows(graph.rows.indptr, graph.rows.targets[::-1].copy())
    calls = Calls(counter, wrong, graph.actions, graph.names, lambda node: graph.nodes[node]["state"])
    with pytest.raises(InternalError, match="step"):
        calls(0, 0)
