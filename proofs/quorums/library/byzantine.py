"""Byzantine quorum systems: quorums intersect in more nodes than may lie (Malkhi, Reiter 1998)."""

from __future__ import annotations

from collections.abc import Iterable

from assay.proofs.quorums import trees
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.minimal import minimal_quorums
from assay.proofs.quorums.systems import QuorumClass, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Tree

__all__ = ["byzantine", "dissemination", "masking", "opaque", "opaque_of"]

MOST_QUORUMS = 1_000
PATIENCE = 5.0
"""The most quorums of different sizes to enumerate, and the seconds for it."""

_SOURCE = "Malkhi, Reiter, Distributed Computing 1998"


def byzantine(nodes: Iterable[str], size: int, faults: int) -> QuorumSystem:
    """Return quorums of ``size`` that must meet in more than ``faults`` nodes: the rule of BFT agreement.

    ``size`` is a parameter because implementations get it wrong: ``2 * f + 1`` with ``f = (n - 1) // 3`` is unsafe for
    5 nodes.
    """
    listed = tuple(nodes)
    words = "any two quorums have a correct node in common"
    return _counted("Byzantine", listed, size, faults, _obligation(faults + 1, words, margin=faults))


def dissemination(nodes: Iterable[str], faults: int) -> QuorumSystem:
    """Return the dissemination system, for self-verifying data, with quorums of ``ceil((n + f + 1) / 2)``."""
    listed = tuple(nodes)
    size = (len(listed) + faults + 2) // 2
    words = "any two quorums have a correct node in common"
    return _counted("dissemination", listed, size, faults, _obligation(faults + 1, words, margin=faults))


def masking(nodes: Iterable[str], faults: int) -> QuorumSystem:
    """Return the masking system, in which lies are outvoted, with quorums of ``ceil((n + 2f + 1) / 2)``."""
    listed = tuple(nodes)
    size = (len(listed) + 2 * faults + 2) // 2
    words = "any two quorums have more correct nodes in common than may lie"
    # A reader believes what f + 1 nodes say, so f + 1 that lie are enough to break the system, although quorums may
    # have one node more in common than they need. The margin is such that just these sets are found to split it.
    need, common = 2 * faults + 1, 2 * size - len(listed)
    return _counted("masking", listed, size, faults, _obligation(need, words, margin=max(0, need + faults - common)))


def opaque(nodes: Iterable[str], faults: int) -> QuorumSystem:
    """Return the opaque system, for clients that do not know ``f``, with quorums of ``ceil((2n + 2f) / 3)``.

    The correct nodes with the newest value must be at least as many as the faulty and the stale ones together; for
    quorums of one size ``q`` that is ``2 * (common - f) >= q``.
    """
    listed = tuple(nodes)
    size = -(-(2 * len(listed) + 2 * faults) // 3)
    words = "the correct nodes that are up to date outvote the faulty and the stale"
    return _counted("opaque", listed, size, faults, _obligation(faults + -(-size // 2), words, margin=faults))


def opaque_of(tree: Tree, faults: int) -> QuorumSystem:
    """Return the opaque system whose quorums are the minimal ones of any tree.

    If a client reads a quorum of ``s`` nodes that shares ``common`` nodes with the one written, the correct nodes with
    the newest value must not be outvoted: ``2 * (common - f) >= s`` (Malkhi, Reiter 1998, opaque masking quorum
    systems, for any ``f`` faulty nodes). So a quorum of ``s`` nodes must share ``f + ceil(s / 2)`` with every other. If
    sizes differ, there is a class for each size.

    Raises
    ------
    TreeError
        If the quorums have different sizes, and there are more than `MOST_QUORUMS` or they are not enumerated in time.
    """
    nodes = trees.names(tree)
    size = _only_size(tree)
    words = "the correct nodes that are up to date outvote the faulty and the stale"
    if size is not None:
        obligation = _obligation(faults + -(-size // 2), words, margin=faults)
        return QuorumSystem(f"opaque, quorums of {size}, f = {faults}", nodes, {"quorum": tree}, (obligation,))
    found = minimal_quorums(tree, Deadline.after(PATIENCE), MOST_QUORUMS + 1)
    if not found.is_complete or len(found.sets) > MOST_QUORUMS:
        raise trees.TreeError(
            f"the quorums of an opaque system have different sizes, and there are more than {MOST_QUORUMS} of them",
            help="Use groups of the same form, or a plain number of nodes.",
        )
    by_size: dict[int, list[frozenset[str]]] = {}
    for one in found.sets:
        by_size.setdefault(len(one), []).append(one)
    classes: dict[str, QuorumClass] = {"quorum": tree}
    obligations = []
    for count, sets in by_size.items():
        name = f"quorum of {count}"
        classes[name] = trees.any_of(trees.all_of(sorted(one)) for one in sets)
        obligations.append(_obligation(faults + -(-count // 2), words, margin=faults, other=name))
    sizes = ", ".join(map(str, by_size))
    name = f"opaque, {len(found.sets)} quorums of {sizes} nodes, f = {faults}"
    return QuorumSystem(name, nodes, classes, tuple(obligations), needed=("quorum",))


def _counted(kind: str, nodes: tuple[str, ...], size: int, faults: int, obligation: QuorumObligation) -> QuorumSystem:
    name = f"{kind}, {size} of {len(nodes)}, f = {faults}"
    return QuorumSystem(name, nodes, {"quorum": trees.choose(size, nodes)}, (obligation,))


def _obligation(need: int, words: str, margin: int, other: str = "quorum") -> QuorumObligation:
    return QuorumObligation(("quorum", other), need, words=words, source=_SOURCE, margin=margin)


def _only_size(tree: Tree) -> int | None:
    """Return the size of all minimal quorums, if no node occurs twice and they all have one; otherwise None."""
    if isinstance(tree, trees.Node):
        return 1
    if not trees.is_read_once(tree) or not 1 <= tree.need <= len(tree.parts) or {w for w, _ in tree.parts} != {1}:
        return None
    sizes = {_only_size(part) for _, part in tree.parts}
    (size,) = sizes if len(sizes) == 1 else (None,)
    return None if size is None else size * tree.need
