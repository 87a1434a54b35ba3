"""Blocking sets: nodes, or zones, without which no quorum is left.

The blocking sets of a tree are exactly the quorums of its dual, and replacing each leaf by its zone gives a tree over
zones. In a federation the failure of some nodes makes others fall, round by round. Nodes with the same tree fall
together, and every round that changes anything fells at least one more tree, so as many rounds as there are distinct
trees are enough.
"""

from __future__ import annotations

from collections.abc import Mapping

from assay.proofs.quorums.analyses.collapse import as_tree
from assay.proofs.quorums.analyses.cost.smallest_quorum import smallest_read_once_quorum
from assay.proofs.quorums.analyses.minimise import fewest_true
from assay.proofs.quorums.analyses.units import Units, members
from assay.proofs.quorums.answers import Smallest
from assay.proofs.quorums.clauses import Encoding, TooLarge
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.cores import cores, distinct_trees, restricted
from assay.proofs.quorums.minimal import quorum_within
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.systems import Federation, QuorumClass, class_names
from assay.proofs.quorums.trees import ALWAYS, Node, Tree, dual, is_read_once, names, substitute

__all__ = ["blocks", "smallest_blocking_set"]


def blocks(kind: QuorumClass, units: Units, chosen: frozenset[str]) -> bool:
    """Tell, by direct evaluation, whether no quorum is left once the ``chosen`` units have failed."""
    return not quorum_within(kind, set(class_names(kind)) - members(units, chosen))


def smallest_blocking_set(kind: QuorumClass, units: Units, deadline: Deadline) -> Smallest:
    """Return a smallest set of units whose failure leaves no quorum of the class.

    Parameters
    ----------
    kind : QuorumClass
        Resolved. A class without any quorum is blocked by the empty set.
    units : mapping of node to unit
        A node that is not listed never fails.
    deadline : Deadline

    Returns
    -------
    Smallest
        Found directly for trees in which no unit occurs twice, otherwise by MaxSAT; not settled if time runs out.
        ``at_least`` is None if the nodes that never fail contain a quorum.
    """
    if blocks(kind, units, frozenset()):
        return Smallest(0, frozenset())
    if not blocks(kind, units, frozenset(units.values())):
        return Smallest(None)
    tree = as_tree(kind)
    found = _for_tree(tree, units, deadline) if tree is not None else _for_cores(kind, units, deadline)
    return _with_example(kind, units, found)


def _for_tree(tree: Tree, units: Units, deadline: Deadline) -> Smallest:
    over_units = simplify(dual(substitute(tree, _by_unit(tree, units))))
    if is_read_once(over_units) and (best := smallest_read_once_quorum(over_units)) is not None:
        return Smallest(len(best), best)
    encoding = Encoding(deadline=deadline)
    failed = {name: encoding.variable() for name in names(over_units)}
    root = encoding.variable()
    encoding.add(root)
    try:
        encoding.implies_tree(root, over_units, failed)
    except TooLarge:  # the empty set was ruled out, and the caller finds an example
        return Smallest(1)
    return _minimised(encoding, failed, deadline)


def _by_unit(tree: Tree, units: Units) -> dict[str, Tree]:
    return {name: Node(units[name]) if name in units else ALWAYS for name in names(tree)}


def _minimised(encoding: Encoding, failed: Mapping[str, int], deadline: Deadline) -> Smallest:
    fewest = fewest_true(encoding, list(failed.values()), deadline)
    if fewest.true is None:
        return Smallest(1)
    return Smallest(fewest.at_least, frozenset(unit for unit, var in failed.items() if var in fewest.true))


def _for_cores(kind: QuorumClass, units: Units, deadline: Deadline) -> Smallest:
    """Minimise over all cores at once, since a unit may have nodes in several of them."""
    assert isinstance(kind, Federation)
    encoding = Encoding(deadline=deadline)
    failed = {unit: encoding.variable() for unit in dict.fromkeys(units.values())}
    try:
        for core in cores(kind):
            _unroll(encoding, restricted(kind, core), units, failed)
    except TooLarge:  # the empty set was ruled out, and the caller finds an example
        return Smallest(1)
    return _minimised(encoding, failed, deadline)


def _unroll(encoding: Encoding, core: Federation, units: Units, failed: Mapping[str, int]) -> None:
    """Require that every node of the core has fallen after as many rounds as there are trees.

    Raises
    ------
    TooLarge
        If that takes too many clauses, or too long.
    """
    # A variable implies what it stands for, but not the reverse. So a fallen node may be counted as standing, but never
    # a standing one as fallen, and every solution is a blocking set. The variable 0 means: not fallen yet.
    trees = distinct_trees(core)
    fallen = dict.fromkeys(trees, 0)
    for _ in trees:
        by_now = _fallen_nodes(encoding, core, units, failed, fallen)
        for tree in trees:
            if encoding.deadline.passed:
                raise TooLarge
            fallen[tree] = encoding.variable()
            encoding.implies_tree(fallen[tree], dual(tree), by_now)
    for variable in _fallen_nodes(encoding, core, units, failed, fallen).values():
        encoding.add(variable)


def _fallen_nodes(
    encoding: Encoding, core: Federation, units: Units, failed: Mapping[str, int], fallen: Mapping[Tree, int]
) -> dict[str, int]:
    """Return for each node a variable that implies that it has failed, or that its tree fell in the round before."""
    return {
        node: _has_fallen(encoding, failed[units[node]] if node in units else None, fallen[tree])
        for node, tree in core.trees.items()
    }


def _has_fallen(encoding: Encoding, failed: int | None, fallen: int) -> int:
    """Return a variable that implies that the node's unit has failed or its tree can no longer be satisfied."""
    variable = encoding.variable()
    encoding.add(-variable, *(literal for literal in (failed, fallen) if literal))
    return variable


def _with_example(kind: QuorumClass, units: Units, found: Smallest) -> Smallest:
    """Return the answer with an example that direct evaluation confirms: its own, or one made minimal unit by unit."""
    example = found.example
    if example is None or not blocks(kind, units, example):
        example = frozenset(units.values())
        for unit in sorted(example):
            if blocks(kind, units, example - {unit}):
                example -= {unit}
    return Smallest(found.at_least, example)
