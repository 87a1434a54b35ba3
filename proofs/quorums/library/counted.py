"""Systems whose quorums are defined by numbers or weights: majorities, read and write quorums, the Paxos family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assay.proofs.quorums import trees
from assay.proofs.quorums.library.single import single_class
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem

__all__ = ["epaxos", "fast_paxos", "flexible_paxos", "majority", "read_write", "weighted"]


def majority(nodes: Iterable[str]) -> QuorumSystem:
    """Return the system of majorities: more than half of the nodes (Thomas 1979)."""
    listed = tuple(nodes)
    return single_class(f"majority of {len(listed)}", listed, trees.majority(listed), "Thomas, TODS 1979")


def weighted(weights: Mapping[str, int], need: int | None = None) -> QuorumSystem:
    """Return the system of weighted votes: at least ``need``, or more than half (Gifford 1979)."""
    least = sum(weights.values()) // 2 + 1 if need is None else need
    tree = trees.weighted(least, weights)
    return single_class(f"weight {least} of {tree.total}", tuple(weights), tree, "Gifford, SOSP 1979")


def read_write(nodes: Iterable[str], read: int, write: int, *, ordered_writes: bool = False) -> QuorumSystem:
    """Return the system in which any ``read`` nodes are read and any ``write`` nodes are written (Gifford 1979).

    With ``ordered_writes``, writes learn of each other only through their quorums, so these must intersect as well.
    """
    listed = tuple(nodes)
    pairs = {("read", "write"): "every read sees every write"}
    if ordered_writes:
        pairs["write", "write"] = "any two writes are ordered"
    obligations = [QuorumObligation(pair, words=words, source="Gifford, SOSP 1979") for pair, words in pairs.items()]
    classes = {"read": trees.choose(read, listed), "write": trees.choose(write, listed)}
    return QuorumSystem(f"R={read}, W={write} of {len(listed)}", listed, classes, tuple(obligations))


def flexible_paxos(nodes: Iterable[str], phase_one: int, phase_two: int) -> QuorumSystem:
    """Return Flexible Paxos: only quorums of different phases must intersect (Howard, Malkhi, Spiegelman 2016)."""
    listed = tuple(nodes)
    obligation = QuorumObligation(
        ("phase-one", "phase-two"),
        words="every new leader learns of every value that may have been chosen",
        source="Howard, Malkhi, Spiegelman, OPODIS 2016",
    )
    classes = {"phase-one": trees.choose(phase_one, listed), "phase-two": trees.choose(phase_two, listed)}
    name = f"Flexible Paxos, {phase_one} and {phase_two} of {len(listed)}"
    return QuorumSystem(name, listed, classes, (obligation,))


def fast_paxos(nodes: Iterable[str], classic: int, fast: int) -> QuorumSystem:
    """Return Fast Paxos: two classic quorums intersect, and two fast ones within every classic one.

    Safe exactly when ``2 * classic > n`` and ``2 * fast + classic > 2 * n`` (Lamport 2006, section 2.2.1).
    """
    listed = tuple(nodes)
    source = "Lamport, Fast Paxos, 2006"
    obligations = (
        QuorumObligation(("classic", "classic"), words="any two classic quorums meet", source=source),
        QuorumObligation(
            ("fast", "fast", "classic"),
            words="a recovery can tell which of two fast values may have been chosen",
            source=source,
        ),
    )
    classes = {"classic": trees.choose(classic, listed), "fast": trees.choose(fast, listed)}
    name = f"Fast Paxos, classic {classic} and fast {fast} of {len(listed)}"
    return QuorumSystem(name, listed, classes, obligations, needed=("classic",))


def epaxos(nodes: Iterable[str]) -> QuorumSystem:
    """Return Egalitarian Paxos for ``2 * F + 1`` nodes: fast quorums of ``F + (F + 1) // 2`` (Moraru 2013).

    Raises
    ------
    TreeError
        If the number of nodes is even.
    """
    listed = tuple(nodes)
    faults = len(listed) // 2
    if len(listed) % 2 == 0:
        raise trees.TreeError(f"EPaxos is for an odd number of nodes, 2F+1, and these are {len(listed)}")
    source = "Moraru, Andersen, Kaminsky, SOSP 2013"
    # For a single node, F = 0, and the formulas would ask for no node at all.
    need = max(1, (faults + 1) // 2)
    obligations = (
        QuorumObligation(("slow", "slow"), words="any two slow quorums meet", source=source),
        QuorumObligation(("slow", "fast"), need, words="a recovery recognises a fast commit", source=source),
    )
    fast = max(1, faults + (faults + 1) // 2)
    classes = {"slow": trees.majority(listed), "fast": trees.choose(fast, listed)}
    return QuorumSystem(f"EPaxos of {len(listed)}", listed, classes, obligations, needed=("slow",))
