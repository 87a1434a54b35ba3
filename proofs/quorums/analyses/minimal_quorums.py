"""All minimal quorums of a class: what a model needs that is checked under this configuration."""

from __future__ import annotations

from assay.proofs.quorums.analyses.enumeration import MOST_SETS, Enumerated
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.minimal import minimal_quorum
from assay.proofs.quorums.systems import QuorumClass, class_names

__all__ = ["minimal_quorums"]


def minimal_quorums(kind: QuorumClass, deadline: Deadline, most: int = MOST_SETS) -> Enumerated:
    """Return the minimal quorums of a resolved class, smallest first.

    Every minimal quorum but one that was found misses some node of that one. So the search takes a minimal
    quorum and goes on without each of its nodes in turn. It stops, and says so, when the time is up or
    ``most`` quorums were found.

    Returns
    -------
    Enumerated
        ``up_to`` is the number of nodes: quorums of every size are sought.
    """
    everyone = frozenset(class_names(kind))
    found: set[frozenset[str]] = set()
    seen = {everyone}
    pending = [everyone]
    while pending:
        if deadline.passed or len(found) >= most:
            break
        within = pending.pop()
        quorum = next((one for one in found if one <= within), None) or minimal_quorum(kind, sorted(within))
        if quorum is None:
            continue
        found.add(quorum)
        smaller = {within - {node} for node in quorum} - seen
        seen |= smaller
        pending.extend(smaller)
    sets = tuple(sorted(found, key=lambda one: (len(one), sorted(one))))
    return Enumerated(sets, len(everyone), is_complete=not pending)
