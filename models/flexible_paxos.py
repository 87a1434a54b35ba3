"""Flexible Paxos: quorums of different phases must meet, and quorums of the same phase need not.

What is modelled
    Single-decree Paxos as in `paxos`, with two quorum systems: one for phase one, in which a leader learns about
    earlier votes, and one for phase two, in which acceptors vote. Large quorums in phase one, which is rare,
    allow small ones in phase two, even a single acceptor.
Faults
    Loss, duplication and reordering of messages; acceptors and proposers that stop.
Source
    Howard, Malkhi, Spiegelman, *Flexible Paxos: quorum intersection revisited* (2016).
"""

from __future__ import annotations

from assay.checker.language import QuorumSystem, Violates, action, axiom, lemma, require
from assay.models.consensus import Value
from assay.models.paxos import Accept, Accepted, Paxos, Promise, Proposal
from assay.models.voting import Acceptor, Ballot, left

__all__ = [
    "FlexiblePaxos",
    "FlexiblePaxosWithQuorumsApart",
    "FlexiblePaxosWithSmallQuorums",
    "PhaseOneQuorum",
    "PhaseTwoQuorum",
]


class PhaseOneQuorum(QuorumSystem[Acceptor]):
    """Acceptors whose promises are enough to propose."""

    configured_as = ("phase-one", "election", "read", "failover")


class PhaseTwoQuorum(QuorumSystem[Acceptor]):
    """Acceptors whose votes are enough to choose a value."""

    configured_as = ("phase-two", "write", "commit")


class FlexiblePaxos(Paxos):
    """Single-decree Paxos whose phases have quorum systems of their own."""

    default = {"Acceptor": 3, "PhaseOneQuorum": "all", "PhaseTwoQuorum": 1, "Ballot": 2, "Value": 2}
    smoke = {"Acceptor": 2}
    deep = {"Ballot": 3}

    @axiom
    def quorums_meet(self) -> bool:
        """Every quorum of phase one has an acceptor in common with every quorum of phase two."""
        return all(any(a in two for a in one) for one in PhaseOneQuorum for two in PhaseTwoQuorum)

    def is_chosen(self, value: Value) -> bool:
        """Whether a quorum of phase two has accepted the value in one ballot."""
        return any(
            all(Accepted(a, Proposal(b, value)) in self.messages for a in q) for b in Ballot for q in PhaseTwoQuorum
        )

    @action
    def propose(self, ballot: Ballot, value: Value, quorum: PhaseOneQuorum) -> None:  # type: ignore[override]
        """A leader proposes the value of a phase-one quorum's last vote, or any value if that quorum has not voted."""
        require(self.is_free(ballot), all(self.has_joined(a, ballot) for a in quorum))
        promises = {m for m in self.messages if isinstance(m, Promise) and m.ballot == ballot and m.acceptor in quorum}
        accepted = {m.accepted for m in promises if m.accepted is not None}
        require(
            not accepted
            or any(last.value == value and all(p.ballot <= last.ballot for p in accepted) for last in accepted)
        )
        self.messages.add(Accept(Proposal(ballot, value)))

    @lemma
    def no_other_value_is_choosable(  # type: ignore[override]
        self, proposal: Proposal, earlier: Proposal, quorum: PhaseTwoQuorum
    ) -> bool:
        """In ballots below a proposal, no phase-two quorum has accepted, or can still accept, another value."""
        return (
            Accept(proposal) not in self.messages
            or earlier.ballot >= proposal.ballot
            or earlier.value == proposal.value
            or any(left(self.promised[a], earlier.ballot) and Accepted(a, earlier) not in self.messages for a in quorum)
        )


class FlexiblePaxosWithQuorumsApart(FlexiblePaxos):
    """Broken: quorums of the same phase meet, and those of different phases do not."""

    expected = Violates("agreement")
    default = {"Acceptor": 2, "PhaseOneQuorum": "{1}", "PhaseTwoQuorum": "{2}", "Ballot": 2, "Value": 2}
    smoke = {}
    deep = {"Acceptor": 4, "PhaseOneQuorum": "{1,2}", "PhaseTwoQuorum": "{3,4}"}

    @axiom
    def quorums_meet(self) -> bool:
        """Only quorums of the same phase meet."""
        return all(any(a in r for a in q) for q in PhaseOneQuorum for r in PhaseOneQuorum) and all(
            any(a in r for a in q) for q in PhaseTwoQuorum for r in PhaseTwoQuorum
        )


class FlexiblePaxosWithSmallQuorums(FlexiblePaxos):
    """Broken: one vote is enough, as Flexible Paxos allows, but so are the promises of a few acceptors."""

    expected = Violates("agreement")
    default = {"Acceptor": 2, "PhaseOneQuorum": 1, "PhaseTwoQuorum": 1, "Ballot": 2, "Value": 2}
    smoke = {}
    deep = {"Acceptor": 3, "PhaseOneQuorum": "majority"}

    @axiom
    def quorums_meet(self) -> bool:
        """Quorums are not empty, and nothing else is required."""
        return all(any(a in q for a in Acceptor) for q in PhaseOneQuorum) and all(
            any(a in q for a in Acceptor) for q in PhaseTwoQuorum
        )
