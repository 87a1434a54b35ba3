"""Small quorum systems of every shape, for hypothesis."""

from __future__ import annotations

from assay.proofs.quorums.systems import Federation, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Threshold, Tree
from hypothesis import strategies as st

NODES = tuple("abcdefg")


def trees(nodes: tuple[str, ...] = NODES) -> st.SearchStrategy[Tree]:
    leaf = st.sampled_from(nodes).map(Node)
    return st.recursive(leaf, _threshold, max_leaves=12)


def flat_trees(nodes: tuple[str, ...] = NODES) -> st.SearchStrategy[Tree]:
    weights = st.tuples(*(st.integers(0, 5) for _ in nodes))
    leaves = weights.map(lambda drawn: [(w, Node(n)) for n, w in zip(nodes, drawn, strict=True)])
    return leaves.flatmap(_reachable)


def grouped_trees(nodes: tuple[str, ...] = NODES) -> st.SearchStrategy[Tree]:
    """Trees in which no node occurs twice: thresholds over groups."""

    def group(weights: list[int], cuts: list[int], needs: list[int]) -> Tree:
        bounds = [0, *sorted(set(cuts)), len(nodes)]
        parts = []
        for start, end, need in zip(bounds, bounds[1:], needs, strict=False):
            members = tuple((weights[i], Node(nodes[i])) for i in range(start, end))
            if members:
                parts.append((1, Threshold(need, members)))
        return Threshold(needs[-1], tuple(parts))

    return st.builds(
        group,
        st.lists(st.integers(1, 3), min_size=len(nodes), max_size=len(nodes)),
        st.lists(st.integers(1, len(nodes) - 1), max_size=3),
        st.lists(st.integers(1, 4), min_size=5, max_size=5),
    )


def any_trees(nodes: tuple[str, ...] = NODES) -> st.SearchStrategy[Tree]:
    return st.one_of(trees(nodes), flat_trees(nodes), grouped_trees(nodes))


def _threshold(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    weighted = st.lists(st.tuples(st.sampled_from([1, 1, 1, 2, 3]), parts), min_size=1, max_size=5)
    return weighted.flatmap(_reachable)


def _reachable(pairs: list[tuple[int, Tree]]) -> st.SearchStrategy[Tree]:
    """Thresholds over these parts; now and then one that nothing reaches, or everything."""
    total = sum(weight for weight, _ in pairs)
    need = st.integers(total // 3 + 1, max(total, 1)) | st.integers(0, total + 1)
    return need.map(lambda need: Threshold(need, tuple(pairs)))


def federations(nodes: tuple[str, ...] = NODES[:6]) -> st.SearchStrategy[Federation]:
    own = st.one_of(
        st.fixed_dictionaries({}, optional={n: any_trees(nodes) for n in nodes}),
        any_trees(nodes).map(lambda tree: dict.fromkeys(nodes, tree)),
        st.lists(any_trees(nodes), min_size=2, max_size=2).flatmap(
            lambda two: st.fixed_dictionaries({n: st.sampled_from(two) for n in nodes})
        ),
    )
    return own.map(Federation)


def obligations(classes: tuple[str, ...], nodes: tuple[str, ...] = NODES) -> st.SearchStrategy[QuorumObligation]:
    return st.builds(
        QuorumObligation,
        st.lists(st.sampled_from(classes), min_size=2, max_size=3).map(tuple),
        st.integers(1, 3),
        st.one_of(st.just({}), st.fixed_dictionaries({n: st.integers(0, 2) for n in nodes})),
        st.lists(st.frozensets(st.sampled_from(nodes), max_size=2), max_size=2).map(tuple),
    )


@st.composite
def systems(draw: st.DrawFn) -> QuorumSystem:
    nodes = NODES[: draw(st.integers(1, 7))] if draw(st.booleans()) else NODES[:5]
    classes = {"read": draw(any_trees(nodes)), "write": draw(any_trees(nodes))} if len(nodes) > 1 else {}
    classes = classes or {"read": Node(nodes[0]), "write": Node(nodes[0])}
    duties = draw(st.lists(obligations(("read", "write"), nodes), min_size=1, max_size=2))
    return QuorumSystem("drawn", nodes, classes, tuple(duties))


@st.composite
def federated_systems(draw: st.DrawFn) -> QuorumSystem:
    nodes = NODES[: draw(st.integers(2, 6))]
    duty = draw(obligations(("quorum",), nodes).filter(lambda duty: len(duty.classes) == 2))
    return QuorumSystem("drawn", nodes, {"quorum": draw(federations(nodes))}, (duty,))
