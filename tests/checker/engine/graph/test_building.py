"""The state graph by the interpreter, compared with the reference explorer."""

from __future__ import annotations

import pytest
from assay.checker.engine import reference
from assay.checker.engine.graph import state_graph
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.reference import TooLarge
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load


@pytest.mark.parametrize(
    "model", ["consensus", "atomic_commit", "two_phase_commit", "paxos", "atomic_commit:CommitsOnMajority"]
)
def test_nodes_edges_and_depth_are_those_of_the_explorer(model):
    instance = instantiate(load(model).specification, name="smoke")
    graph = state_graph(instance)
    with instance.active():
        explored = reference.explore(instance, Limits(), keep_going=True, deadlock=False)
    assert len(graph) == explored.distinct
    assert graph.number_of_edges() == explored.generated - len(graph.graph["initial"])
    assert max(depth for _, depth in graph.nodes(data="depth")) == explored.depth
    assert graph.graph["complete"]


def test_fired_actions_are_the_edges_of_that_action(gathering):
    graph = state_graph(gathering)
    with gathering.active():
        explored = reference.explore(gathering, Limits())
    fired = dict.fromkeys(explored.fired, 0)
    for *_, action in graph.edges(data="action"):
        fired[action] += 1
    assert fired == explored.fired


def test_every_edge_is_a_step_of_the_model(gathering):
    from assay.checker.language.execution.interpreter import Interpreter

    graph = state_graph(gathering)
    with gathering.active():
        interpreter = Interpreter(gathering)
        for source, target, step in graph.edges(data=True):
            after = interpreter.step(graph.nodes[source]["state"], (step["action"], step["arguments"]))
            assert after == graph.nodes[target]["state"]


def test_parallel_steps_are_parallel_edges(gathering):
    graph = state_graph(gathering)
    full, closed = 7, 8
    assert [step["action"] for step in graph[full][closed].values()] == ["close"] * 3
    assert len({step["arguments"] for step in graph[full][closed].values()}) == 3
    assert list(graph[full][closed]) == [0, 1, 2]


def test_successors_outside_a_constraint_are_no_nodes(counter):
    graph = state_graph(counter)
    assert sorted(state for _, (state,) in graph.nodes(data="state")) == [0, 1, 2, 3, 4, 5]
    assert graph.out_degree(graph_node(graph, 4)) == 1
    assert (graph.graph["complete"], graph.graph["cut"]) == (False, 1)


def graph_node(graph, value):
    return next(node for node, state in graph.nodes(data="state") if state == (value,))


def test_a_graph_says_what_it_is_of(gathering):
    graph = state_graph(gathering)
    assert graph.graph["model"] == "Gathering"
    assert graph.graph["parameters"] == {"Node": 3}
    assert graph.graph["initial"] == (0,)
    assert graph.nodes[0]["initial"]
    assert graph.graph["stop"] is None


@pytest.mark.parametrize("states", [1, 2, 5, 8])
def test_the_limit_of_states_is_kept_and_told(gathering, states):
    graph = state_graph(gathering, Limits(states=states))
    assert len(graph) == states
    assert not graph.graph["complete"]
    assert graph.graph["stop"].reason is StopReason.STATES
    assert any(frontier for _, frontier in graph.nodes(data="frontier"))


def test_the_limit_of_depth_leaves_the_last_level_unexpanded(gathering):
    graph = state_graph(gathering, Limits(depth=2))
    assert {depth for _, depth in graph.nodes(data="depth")} == {1, 2}
    assert all(data["frontier"] is (data["depth"] == 2) for _, data in graph.nodes(data=True))
    assert graph.graph["stop"].reason is StopReason.DEPTH


def test_a_depth_that_is_never_reached_is_no_limit(gathering):
    assert state_graph(gathering, Limits(depth=50)).graph["complete"]


def test_the_limit_of_time_ends_the_run(gathering):
    assert state_graph(gathering, Limits(seconds=0)).graph["stop"].reason is StopReason.TIME


def test_too_large_is_raised_only_beyond_the_bound(gathering):
    assert len(state_graph(gathering, give_up_after=9)) == 9
    with pytest.raises(TooLarge):
        state_graph(gathering, give_up_after=8)


def test_progress_is_reported(gathering):
    seen = []
    state_graph(gathering, watch=seen.append)
    assert seen[0].distinct == 1
