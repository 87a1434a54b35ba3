"""The probability that a quorum is alive, when nodes fail independently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from assay.proofs.quorums.analyses.collapse import as_tree
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.minimal import quorum_within
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.systems import QuorumClass, class_names
from assay.proofs.quorums.trees import ALWAYS, NEVER, Node, Threshold, Tree, all_of, leaves, names, substitute

__all__ = ["LARGEST_EXACT", "OutOfTime", "availability", "probability_of"]

Number = TypeVar("Number", Fraction, float)

LARGEST_EXACT = 64
"""Up to this many nodes the probability is an exact fraction; beyond, where fractions grow too long to add quickly, it
is a float good to about 13 digits."""

MOST_SUMS = 1_000_000
"""The most distinct sums of weights to keep, each with its probability: a few hundred megabytes."""

POLLED = 2_048
"""The additions between two looks at the clock: not too many, since exact fractions can be long and slow to add."""


class OutOfTime(Exception):
    """The deadline passed before the probability was known."""


def availability(
    kinds: Sequence[QuorumClass], failure: Mapping[str, Fraction], deadline: Deadline
) -> Fraction | float | None:
    """Return the probability that each of the classes has a quorum among the nodes that are up.

    Parameters
    ----------
    kinds : sequence of QuorumClass
        Resolved.
    failure : mapping of node to Fraction
        The probability that the node is down, for every node; nodes fail independently.
    deadline : Deadline

    Returns
    -------
    Fraction, float or None
        Exact up to `LARGEST_EXACT` nodes, a float beyond; None if the time is up. The float comes from adding,
        multiplying and complementing (``1 - p``) numbers between 0 and 1. None of these amplifies an absolute error, so
        each step adds at most one rounding.

    Notes
    -----
    The parts of a threshold that share no node are independent, and their weights are convolved. A node that occurs in
    several parts is taken to be up, and then to be down (Shannon's expansion); federations without a tree are expanded
    node by node. At worst exponential in the number of such nodes.
    """
    nodes = {name for kind in kinds for name in class_names(kind)}
    try:
        if len(nodes) <= LARGEST_EXACT:
            return _any_classes(kinds, {n: 1 - failure[n] for n in nodes}, Fraction(1), deadline)
        return _any_classes(kinds, {n: float(1 - failure[n]) for n in nodes}, 1.0, deadline)
    except OutOfTime:
        return None


def probability_of(tree: Tree, up: Mapping[str, Number], one: Number, deadline: Deadline) -> Number:
    """Return the probability that the nodes that are up satisfy the tree.

    ``up`` gives the probability of each node, as fractions or as floats, and ``one`` is 1 of the same type.

    Raises
    ------
    OutOfTime
        If the deadline passes.
    """
    return _expanded(simplify(tree), up, one, deadline, {})


def _any_classes(kinds: Sequence[QuorumClass], up: Mapping[str, Number], one: Number, deadline: Deadline) -> Number:
    trees = [tree for kind in kinds if (tree := as_tree(kind)) is not None]
    if len(trees) == len(kinds):
        return probability_of(all_of(trees), up, one, deadline)
    return _by_nodes(kinds, up, one, deadline, [], sorted(up))


def _expanded(
    tree: Tree, up: Mapping[str, Number], one: Number, deadline: Deadline, known: dict[Tree, Number]
) -> Number:
    """Return the probability of a tree in normal form; ``known`` has those of subtrees that were computed before."""
    if isinstance(tree, Node):
        return up[tree.name]
    if tree in (ALWAYS, NEVER):
        return one if tree == ALWAYS else one - one
    if tree in known:
        return known[tree]
    if deadline.passed:
        raise OutOfTime
    if (shared := _most_shared(tree)) is None:
        parts = [(weight, _expanded(part, up, one, deadline, known)) for weight, part in tree.parts]
        result = _convolved(parts, tree.need, one, deadline)
    else:
        chance = up[shared]
        with_it = _expanded(simplify(substitute(tree, {shared: ALWAYS})), up, one, deadline, known)
        without = _expanded(simplify(substitute(tree, {shared: NEVER})), up, one, deadline, known)
        result = chance * with_it + (one - chance) * without
    known[tree] = result
    return result


def _most_shared(tree: Threshold) -> str | None:
    """Return, of the nodes that several parts share, the one that occurs most often; None if parts share no node."""
    parts = Counter(name for _, part in tree.parts for name in names(part))
    if max(parts.values(), default=0) <= 1:
        return None
    # Fixing the node that occurs most often removes the most sharing. Sorted, so that runs do not differ.
    times = Counter(leaf.name for leaf in leaves(tree))
    return max(sorted(parts), key=lambda name: (parts[name] > 1, times[name]))


def _convolved(parts: Sequence[tuple[int, Number]], need: int, one: Number, deadline: Deadline) -> Number:
    """Return the probability that independent parts reach the weight ``need``.

    Adds one part after the other to the distribution of the weight so far. A sum above ``need`` is counted as ``need``,
    since nothing depends on the excess.

    Raises
    ------
    OutOfTime
        If the deadline passes, or there are more than `MOST_SUMS` sums, which would exhaust the memory.
    """
    reached: dict[int, Number] = {0: one}
    for weight, chance in parts:
        if deadline.passed or len(reached) > MOST_SUMS:
            raise OutOfTime
        following: dict[int, Number] = {}
        for number, (total, share) in enumerate(reached.items()):
            if number % POLLED == POLLED - 1 and deadline.passed:
                raise OutOfTime
            for sum_, part in ((min(total + weight, need), share * chance), (total, share * (one - chance))):
                following[sum_] = following[sum_] + part if sum_ in following else part
        reached = following
    return reached.get(need, one - one)


def _by_nodes(
    kinds: Sequence[QuorumClass],
    up: Mapping[str, Number],
    one: Number,
    deadline: Deadline,
    alive: list[str],
    open_: list[str],
) -> Number:
    """Return the probability given that the nodes of ``alive`` are up, and those in neither list down."""
    if deadline.passed:
        raise OutOfTime
    # The open nodes make no difference once every class has a quorum, or some class can no longer have one.
    if all(quorum_within(kind, set(alive)) for kind in kinds):
        return one
    if not all(quorum_within(kind, {*alive, *open_}) for kind in kinds):
        return one - one
    node, rest = open_[0], open_[1:]
    chance = up[node]
    with_it = _by_nodes(kinds, up, one, deadline, [*alive, node], rest)
    return chance * with_it + (one - chance) * _by_nodes(kinds, up, one, deadline, alive, rest)
