"""Changes to the membership of a cluster, as Raft makes them."""

from __future__ import annotations

from assay.proofs.theorems.quorums import meet
from assay.proofs.theorems.statements import Formula, NodeSet, all_of, equal, forall, iff, implies, sets, size
from assay.proofs.theorems.theorem import Conjecture, Theorem

__all__ = ["CONCURRENT_CHANGES", "JOINT_CONSENSUS", "SINGLE_SERVER"]

A, B, Old, New = sets("A B Old New")


def majority(nodes: NodeSet, of: NodeSet) -> Formula:
    """Return the formula *a set contains more than half of another one*."""
    return 2 * size(nodes & of) > size(of)


def majorities_meet(one: NodeSet, other: NodeSet) -> Formula:
    """Return the formula *every majority of one configuration meets every majority of the other, inside both*."""
    return forall((A, B), implies(all_of(majority(A, one), majority(B, other)), meet(A, B, one, other)))


JOINT_CONSENSUS = Theorem(
    "joint_consensus",
    "a quorum of a joint configuration, a majority of the old and one of the new, meets every majority of the old, "
    "every majority of the new, and every other joint quorum, whatever the two are",
    "Ongaro, Ousterhout, In Search of an Understandable Consensus Algorithm, USENIX ATC 2014, section 6",
    (
        Conjecture(
            "old",
            "a joint quorum and a majority of the old configuration have an old member in common",
            meet(A, B, Old),
            given=(majority(A, Old), majority(A, New), majority(B, Old)),
        ),
        Conjecture(
            "new",
            "a joint quorum and a majority of the new configuration have a new member in common",
            meet(A, B, New),
            given=(majority(A, Old), majority(A, New), majority(B, New)),
        ),
        Conjecture(
            "joint",
            "two joint quorums have an old member and a new member in common",
            all_of(meet(A, B, Old), meet(A, B, New)),
            given=(majority(A, Old), majority(A, New), majority(B, Old), majority(B, New)),
        ),
        Conjecture(
            "a majority of all is enough",
            "a majority of the members of either configuration meets every majority of the new one",
            meet(A, B),
            given=(majority(A, Old | New), majority(B, New)),
            example="n = 3, Old = {1, 2}, New = {3}: {1, 2} and {3}",
        ),
    ),
)

SINGLE_SERVER = Theorem(
    "single_server_change",
    "majorities of two configurations that differ in at most one server meet; two servers at once may be added "
    "exactly if the old number is even, and removed exactly if the new one is",
    "Ongaro, Consensus: Bridging Theory and Practice, PhD thesis, Stanford 2014, section 4.1",
    (
        Conjecture(
            "one server",
            "if Old and New differ in at most one server, a majority of each have a common member in common",
            meet(A, B, Old, New),
            given=(size((Old - New) | (New - Old)) <= 1, majority(A, Old), majority(B, New)),
        ),
        Conjecture(
            "two servers added",
            "if New has two servers more than Old, all majorities meet if and only if the size of Old is even",
            iff(majorities_meet(Old, New), equal(size(Old) % 2, 0)),
            given=(equal(size(Old - New), 0), equal(size(New - Old), 2), size(Old) >= 1),
        ),
        Conjecture(
            "two servers removed",
            "if New has two servers less than Old, all majorities meet if and only if the size of New is even",
            iff(majorities_meet(Old, New), equal(size(New) % 2, 0)),
            given=(equal(size(New - Old), 0), equal(size(Old - New), 2), size(New) >= 1),
        ),
        Conjecture(
            "two servers at once",
            "if Old and New differ in at most two servers, a majority of each have a node in common",
            meet(A, B),
            given=(
                size((Old - New) | (New - Old)) <= 2,
                size(Old & New) >= 1,
                majority(A, Old),
                majority(B, New),
            ),
            example="n = 3, Old = {1, 2, 3}, New = {1}: {2, 3} and {1}",
        ),
    ),
)

CONCURRENT_CHANGES = Theorem(
    "concurrent_changes",
    "two additions of one server each, made from the same configuration, are safe beside each other exactly if its "
    "size is odd; this is why a leader commits an entry of its term before it changes the configuration",
    "Ongaro, bug in single-server membership changes, raft-dev, July 2015",
    (
        Conjecture(
            "exactly",
            "if two configurations have one server each beside those in common, all majorities meet if and only if the "
            "number in common is odd",
            iff(majorities_meet(Old, New), equal(size(Old & New) % 2, 1)),
            given=(equal(size(Old - New), 1), equal(size(New - Old), 1)),
        ),
        Conjecture(
            "one server each",
            "majorities of two configurations that each add one server to a third have a node in common",
            meet(A, B),
            given=(
                equal(size(Old - New), 1),
                equal(size(New - Old), 1),
                size(Old & New) >= 1,
                majority(A, Old),
                majority(B, New),
            ),
            example="n = 4: {1, 2} becomes Old = {1, 2, 3} and New = {1, 2, 4}: {1, 3} and {2, 4}",
        ),
    ),
)
