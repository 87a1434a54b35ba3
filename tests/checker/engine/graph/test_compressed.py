"""Every algorithm on a compressed graph gives what it gives on the equivalent `networkx.MultiDiGraph`."""

from __future__ import annotations

import copy
import pickle

import networkx as nx
import numpy as np
import pytest
from assay.checker.engine.graph import CompressedStateGraph, components, distances, state_graph
from hypothesis import given
from hypothesis import strategies as st

NAMES = ("left", "right", "stay")


@st.composite
def graphs(draw, min_size=1):
    """Draw a compressed graph, loops and parallel edges included, and the same as networkx has it."""
    size = draw(st.integers(min_size, 9))
    nodes = st.integers(0, size - 1)
    rows = draw(st.lists(st.lists(st.tuples(nodes, st.integers(0, 2)), max_size=5), min_size=size, max_size=size))
    indptr = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    targets = np.array([target for row in rows for target, _ in row], dtype=np.uint32)
    actions = np.array([action for row in rows for _, action in row], dtype=np.int32)
    initial, expanded = draw(st.integers(1, size)), draw(st.integers(0, size))

    def call(source, edge):
        return NAMES[actions[edge]], (source, edge)

    compressed = CompressedStateGraph(
        indptr, targets, actions, NAMES, lambda node: (node,), call, initial=initial, expanded=expanded, model="random"
    )
    plain = nx.MultiDiGraph(complete=expanded == size, model="random", initial=tuple(range(initial)))
    plain.add_nodes_from(
        (node, {"state": (node,), "initial": node < initial, "frontier": node >= expanded}) for node in range(size)
    )
    edge = 0
    for source, row in enumerate(rows):
        for target, action in row:
            plain.add_edge(source, target, action=NAMES[action], arguments=(source, edge))
            edge += 1
    steps = nx.multi_source_dijkstra_path_length(plain, set(range(initial)), weight=lambda *_: 1)
    for node in plain:
        plain.nodes[node]["depth"] = steps.get(node, -1) + 1
    return compressed, plain


pairs = given(graphs())


@pairs
def test_it_equals_the_plain_graph(pair):
    compressed, plain = pair
    assert nx.utils.graphs_equal(compressed, plain)
    assert nx.utils.graphs_equal(compressed.copy(), plain)
    assert compressed.graph == plain.graph


@pairs
def test_views_of_nodes_and_edges_agree(pair):
    compressed, plain = pair
    assert list(compressed) == list(compressed.nodes) == list(plain)
    assert dict(compressed.nodes(data=True)) == dict(plain.nodes(data=True))
    assert dict(compressed.nodes(data="depth")) == dict(plain.nodes(data="depth"))
    assert set(compressed.edges) == set(plain.edges)
    assert len(compressed.edges) == len(compressed.out_edges) == len(plain.edges)
    assert set(compressed.in_edges(keys=True)) == set(plain.in_edges(keys=True))
    assert_same_edges(compressed.edges(keys=True, data=True), plain.edges(keys=True, data=True))
    assert_same_edges(compressed.in_edges(keys=True, data=True), plain.in_edges(keys=True, data=True))
    assert sorted(compressed.edges(data="action")) == sorted(plain.edges(data="action"))


def assert_same_edges(one, other):
    assert {edge[:3]: dict(edge[3]) for edge in one} == {edge[:3]: dict(edge[3]) for edge in other}


@pairs
def test_membership_and_neighbours_agree(pair):
    compressed, plain = pair
    for node in [*plain, len(plain), -1, None, "a", 0.5]:
        assert (node in compressed) == (node in plain) == compressed.has_node(node)
    for source in plain:
        assert set(compressed.successors(source)) == set(plain.successors(source))
        assert set(compressed.predecessors(source)) == set(plain.predecessors(source))
        assert compressed[source] == plain[source]
        assert compressed.pred[source] == plain.pred[source]
        for target in plain:
            assert compressed.has_edge(source, target) == plain.has_edge(source, target)
            assert compressed.has_edge(source, target, 1) == plain.has_edge(source, target, 1)
            assert compressed.number_of_edges(source, target) == plain.number_of_edges(source, target)
            assert ((source, target) in compressed.edges) == ((source, target) in plain.edges)
            assert compressed.get_edge_data(source, target) == plain.get_edge_data(source, target)


@pairs
def test_degrees_and_sizes_agree(pair):
    compressed, plain = pair
    for view in ("degree", "in_degree", "out_degree"):
        assert dict(getattr(compressed, view)) == dict(getattr(plain, view))
        assert getattr(compressed, view)(0) == getattr(plain, view)(0)
    assert compressed.number_of_edges() == plain.number_of_edges()
    assert compressed.number_of_nodes() == len(compressed) == compressed.order() == len(plain)
    assert compressed.size() == plain.size()
    assert compressed.size(weight="missing") == plain.size(weight="missing")


@pairs
def test_components_and_condensation_agree(pair):
    compressed, plain = pair
    for algorithm in (nx.strongly_connected_components, nx.weakly_connected_components):
        assert as_sets(algorithm(compressed)) == as_sets(algorithm(plain))
    one, other = nx.condensation(compressed), nx.condensation(plain)
    assert as_sets(dict(one.nodes(data="members")).values()) == as_sets(dict(other.nodes(data="members")).values())
    assert nx.dag_longest_path_length(one) == nx.dag_longest_path_length(other)
    assert nx.is_directed_acyclic_graph(compressed) == nx.is_directed_acyclic_graph(plain)


def as_sets(groups):
    return {frozenset(group) for group in groups}


@pairs
def test_paths_and_reachability_agree(pair):
    compressed, plain = pair
    assert dict(nx.all_pairs_shortest_path_length(compressed)) == dict(nx.all_pairs_shortest_path_length(plain))
    for source in plain:
        assert nx.descendants(compressed, source) == nx.descendants(plain, source)
        assert nx.ancestors(compressed, source) == nx.ancestors(plain, source)
        for target in nx.descendants(plain, source):
            path = nx.shortest_path(compressed, source, target)
            assert nx.is_path(plain, path)
            assert len(path) == len(nx.shortest_path(plain, source, target))
    assert as_sets(map(frozenset, nx.simple_cycles(compressed))) == as_sets(map(frozenset, nx.simple_cycles(plain)))


@pairs
def test_more_algorithms_agree(pair):
    compressed, plain = pair
    assert dict(nx.bfs_successors(compressed, 0)).keys() == dict(nx.bfs_successors(plain, 0)).keys()
    assert set(nx.dfs_preorder_nodes(compressed, 0)) == set(nx.dfs_preorder_nodes(plain, 0))
    assert nx.immediate_dominators(compressed, 0) == nx.immediate_dominators(plain, 0)
    assert list(nx.isolates(compressed)) == list(nx.isolates(plain))
    assert nx.to_dict_of_lists(nx.DiGraph(compressed)).keys() == nx.to_dict_of_lists(nx.DiGraph(plain)).keys()
    assert (nx.to_numpy_array(compressed) == nx.to_numpy_array(plain)).all()
    assert nx.is_isomorphic(compressed, plain)
    assert nx.number_of_selfloops(compressed) == nx.number_of_selfloops(plain)


@given(graphs(), st.sets(st.integers(0, 8)))
def test_views_and_copies_of_parts_agree(pair, nodes):
    compressed, plain = pair
    one, other = compressed.subgraph(nodes), plain.subgraph(nodes)
    assert nx.is_frozen(one)
    assert nx.utils.graphs_equal(one, other)
    assert nx.utils.graphs_equal(one.copy(), other.copy())
    assert nx.utils.graphs_equal(compressed.reverse(copy=False), plain.reverse(copy=False))
    assert nx.utils.graphs_equal(compressed.reverse(), plain.reverse())
    assert nx.utils.graphs_equal(compressed.to_undirected(), plain.to_undirected())
    edges = list(plain.edges(keys=True))[::2]
    assert nx.utils.graphs_equal(compressed.edge_subgraph(edges), plain.edge_subgraph(edges))


@pairs
def test_components_by_scipy_are_those_by_networkx(pair):
    compressed, plain = pair
    assert dict(enumerate(components(compressed).tolist())) == components(plain)
    numbers = list(components(plain).values())
    assert list(dict.fromkeys(numbers)) == list(range(max(numbers) + 1))


@given(graphs(), st.data())
def test_distances_over_arrays_are_those_by_networkx(pair, data):
    compressed, plain = pair
    sources = data.draw(st.none() | st.lists(st.sampled_from(range(len(plain)))))
    assert dict(enumerate(distances(compressed, sources).tolist())) == distances(plain, sources)
    with pytest.raises(nx.NodeNotFound, match="-1"):
        distances(compressed, [-1])
    with pytest.raises(nx.NodeNotFound):
        distances(plain, [-1])


@pytest.fixture
def small(gathering, compressed):
    return compressed(state_graph(gathering))


def test_arguments_are_found_again_by_the_reference_reading(gathering, small):
    assert nx.utils.graphs_equal(small, state_graph(gathering))


def test_it_refuses_to_be_changed(small):
    changes = [
        lambda: small.add_node(99),
        lambda: small.add_nodes_from([99]),
        lambda: small.remove_node(0),
        lambda: small.remove_nodes_from([0]),
        lambda: small.add_edge(0, 1),
        lambda: small.add_edges_from([(0, 1)]),
        lambda: small.add_weighted_edges_from([(0, 1, 2.0)]),
        lambda: small.remove_edge(0, 1),
        lambda: small.remove_edges_from([(0, 1)]),
        lambda: small.update(nodes=[99]),
        lambda: nx.add_path(small, [0, 1]),
        small.clear_edges,
        small.clear,
    ]
    for change in changes:
        with pytest.raises(nx.NetworkXError, match=r"read-only.*copy"):
            change()
    with pytest.raises(TypeError):
        small.nodes[0]["colour"] = "red"
    assert nx.is_frozen(small)


def test_a_copy_may_be_changed(small):
    thawed = small.copy()
    thawed.nodes[0]["colour"] = "red"
    thawed.remove_node(1)
    assert len(thawed) == len(small) - 1
    assert type(thawed) is nx.MultiDiGraph


def test_a_copy_can_be_pickled_and_the_arrays_cannot(small):
    with pytest.raises(TypeError, match="copy"):
        pickle.dumps(small)
    again = copy.deepcopy(small.copy())
    assert (again.adj, again.nodes) == (small.adj, small.nodes)


def test_missing_places_are_key_errors(small):
    for place in (lambda: small[99], lambda: small[0][99], lambda: small[0][1][99], lambda: small.nodes[-1]):
        with pytest.raises(KeyError):
            place()


def test_it_reads_as_what_it_is(small):
    assert str(small) == "CompressedStateGraph with 9 nodes and 35 edges"
    assert repr(small[7][8]).count("close") == 3


def test_nothing_is_decoded_to_walk_the_graph():
    def never(*_):
        raise AssertionError("decoded")

    indptr = np.append(np.arange(1001), 1000)
    targets, actions = np.arange(1, 1001, dtype=np.uint32), np.zeros(1000, np.int32)
    graph = CompressedStateGraph(indptr, targets, actions, ("step",), never, never, initial=1)
    assert nx.shortest_path_length(graph, 0, 1000) == 1000
    assert list(distances(graph)) == list(range(1001))
    assert graph.nodes[1000]["depth"] == 1001
    assert graph[0][1][0]["action"] == "step"
