"""The systems of the literature: safe exactly where their theorems say so."""

from itertools import combinations

import pytest
from assay.proofs.quorums import library
from assay.proofs.quorums.analyses.resilience.splitting_sets import splitting_of
from assay.proofs.quorums.analyses.resilience.survival import lower_bounds
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, verify
from assay.proofs.quorums.trees import Node, TreeError, majority
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = [f"n{i}" for i in range(40)]


def splitting_sets_of(system):
    """The smallest sets of nodes that split a safe system if they lie."""
    problems = lower_bounds(resolve(system, UnknownNodes.ABSENT))
    return set(splitting_of(problems, {node: node for node in system.nodes}, None, Deadline()).sets.sets)


def condition(system):
    return verify(resolve(system, UnknownNodes.ABSENT)).condition


def is_safe(system):
    found = condition(system)
    assert found in (Condition.SAFE, Condition.SPLIT)
    return found is Condition.SAFE


@st.composite
def sizes(draw, count):
    nodes = draw(st.integers(1, 12))
    return nodes, *(draw(st.integers(1, nodes)) for _ in range(count))


@settings(max_examples=80, deadline=None)
@given(sizes(2))
def test_reads_see_writes_exactly_if_r_and_w_exceed_n(drawn):
    n, read, write = drawn
    assert is_safe(library.read_write(NAMES[:n], read, write)) == (read + write > n)
    ordered = library.read_write(NAMES[:n], read, write, ordered_writes=True)
    assert is_safe(ordered) == (read + write > n and 2 * write > n)
    assert is_safe(library.flexible_paxos(NAMES[:n], read, write)) == (read + write > n)


@settings(max_examples=60, deadline=None)
@given(sizes(2))
def test_fast_paxos_is_safe_exactly_if_two_fast_and_a_classic_quorum_meet(drawn):
    n, classic, fast = drawn
    system = library.fast_paxos(NAMES[:n], classic, fast)
    assert is_safe(system) == (2 * classic > n and 2 * fast + classic > 2 * n)


@pytest.mark.parametrize("n", range(1, 16, 2))
def test_epaxos_is_safe_for_every_odd_number(n):
    assert is_safe(library.epaxos(NAMES[:n]))


def test_epaxos_of_an_even_number_is_refused():
    with pytest.raises(TreeError, match="odd"):
        library.epaxos("abcd")


@pytest.mark.parametrize("n", range(1, 30))
def test_two_f_plus_one_is_right_only_where_n_is_three_f_plus_one(n):
    """IBFT used 2F+1 with F = (n-1)//3: at 5 nodes two quorums of 3 meet in the faulty node alone."""
    f = (n - 1) // 3
    assert is_safe(library.byzantine(NAMES[:n], 2 * f + 1, f)) == (2 * (2 * f + 1) - n > f)
    assert is_safe(library.byzantine(NAMES[:n], -(-2 * n // 3), f))


def test_the_split_of_five_nodes_is_named():
    safety = verify(resolve(library.byzantine("abcde", 3, 1), UnknownNodes.ABSENT))
    (split,) = safety.splits
    assert len(split.common) == 1
    assert all(len(quorum) == 3 for _, quorum in split.quorums)


@pytest.mark.parametrize("faults", range(4))
def test_byzantine_systems_are_safe_from_their_least_number_of_nodes(faults):
    assert is_safe(library.dissemination(NAMES[: 3 * faults + 1], faults))
    assert is_safe(library.masking(NAMES[: 4 * faults + 1], faults))
    assert is_safe(library.opaque(NAMES[: max(1, 5 * faults)], faults))


@pytest.mark.parametrize(("n", "faults"), [(n, f) for f in (1, 2) for n in range(4 * f + 1, 4 * f + 4)])
def test_a_masking_system_is_split_by_one_more_liar_than_it_masks(n, faults):
    """A reader believes what f + 1 nodes say, however much quorums have in common beyond what they need."""
    expected = set(map(frozenset, combinations(NAMES[:n], faults + 1)))
    assert splitting_sets_of(library.masking(NAMES[:n], faults)) == expected


@pytest.mark.parametrize(
    "system",
    [
        library.grid(["abc", "def", "ghi"]),
        library.maekawa_grid(["abcd", "efgh", "ijkl", "mnop"]),
        library.hierarchical([list("abc"), list("def"), list("ghi")]),
        library.tree(NAMES[:15]),
        library.crumbling_wall(["a", "bc", "def", "ghij"]),
        library.projective_plane(2),
        library.projective_plane(3),
        library.weighted({"a": 3, "b": 2, "c": 2}),
        library.federated(dict.fromkeys("abcd", majority("abcd"))),
        library.joint(library.majority("abc"), library.majority("cdefg")),
    ],
    ids=lambda system: system.name,
)
def test_the_structured_systems_are_safe(system):
    assert is_safe(system)


def test_half_of_the_weight_splits():
    assert not is_safe(library.weighted({"a": 2, "b": 1, "c": 1}, 2))


def test_each_node_trusting_itself_splits():
    assert not is_safe(library.federated({n: Node(n) for n in "abc"}))


@pytest.mark.parametrize("order", [0, 1, 4, 6])
def test_a_plane_of_an_order_that_is_no_prime_is_refused(order):
    with pytest.raises(TreeError):
        library.projective_plane(order)


def test_a_grid_with_rows_of_different_length_is_refused():
    with pytest.raises(TreeError):
        library.maekawa_grid(["ab", "c"])
