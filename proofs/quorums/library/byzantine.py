"""Byzantine quorum systems: quorums meet in more nodes than may lie (Malkhi, Reiter 1998)."""

from __future__ import annotations

from collections.abc import Iterable

from assay.proofs.quorums import trees
from assay.proofs.quorums.systems import Obligation, QuorumSystem

__all__ = ["byzantine", "dissemination", "masking", "opaque"]

_SOURCE = "Malkhi, Reiter, Distributed Computing 1998"


def byzantine(nodes: Iterable[str], size: int, faults: int) -> QuorumSystem:
    """Return quorums of ``size`` that must meet in more than ``faults`` nodes: the rule of BFT agreement.

    ``size`` is what the implementation uses: ``2 * f + 1`` with ``f = (n - 1) // 3`` is wrong at 5 nodes.
    """
    listed = tuple(nodes)
    words = "any two quorums have a correct node in common"
    return _counted("Byzantine", listed, size, faults, _duty(faults + 1, words, margin=faults))


def dissemination(nodes: Iterable[str], faults: int) -> QuorumSystem:
    """Return the dissemination system, for self-verifying data: quorums of ``ceil((n + f + 1) / 2)``."""
    listed = tuple(nodes)
    size = (len(listed) + faults + 2) // 2
    words = "any two quorums have a correct node in common"
    return _counted("dissemination", listed, size, faults, _duty(faults + 1, words, margin=faults))


def masking(nodes: Iterable[str], faults: int) -> QuorumSystem:
    """Return the masking system: quorums of ``ceil((n + 2f + 1) / 2)``, so that lies are outvoted."""
    listed = tuple(nodes)
    size = (len(listed) + 2 * faults + 2) // 2
    words = "any two quorums have more correct nodes in common than may lie"
    return _counted("masking", listed, size, faults, _duty(2 * faults + 1, words))


def opaque(nodes: Iterable[str], faults: int) -> QuorumSystem:
    """Return the opaque system, for clients that do not know ``f``: quorums of ``ceil((2n + 2f) / 3)``.

    The correct nodes with the newest value must be at least as many as the faulty and the stale ones
    together; with quorums of one size ``q`` that is ``2 * (common - f) >= q``.
    """
    listed = tuple(nodes)
    size = -(-(2 * len(listed) + 2 * faults) // 3)
    words = "the correct nodes that are up to date outvote the faulty and the stale"
    return _counted("opaque", listed, size, faults, _duty(faults + -(-size // 2), words))


def _counted(kind: str, nodes: tuple[str, ...], size: int, faults: int, duty: Obligation) -> QuorumSystem:
    name = f"{kind}, {size} of {len(nodes)}, f = {faults}"
    return QuorumSystem(name, nodes, {"quorum": trees.choose(size, nodes)}, (duty,))


def _duty(need: int, words: str, margin: int = 0) -> Obligation:
    return Obligation(("quorum", "quorum"), need, words=words, source=_SOURCE, margin=margin)
