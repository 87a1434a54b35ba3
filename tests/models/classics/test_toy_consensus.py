"""Toy consensus, against counts by hand; each of its guards is needed."""

from math import comb

import pytest
from assay.checker.errors import ModelError
from assay.checker.language import action
from assay.models.classics.toy_consensus import (
    Node,
    Quorum,
    ToyConsensus,
    ToyConsensusVotingTwice,
    ToyConsensusWithHalfQuorums,
    Vote,
)
from assay.models.consensus import Value
from examination import catches, counterexample, counts, examine


def states_by_hand(nodes: int) -> int:
    """Each node votes for one of two values or not at all; what a majority has voted for may be decided."""
    majorities = sum(comb(nodes, votes) * 2 ** (nodes - votes) for votes in range(nodes // 2 + 1, nodes + 1))
    return 3**nodes + 2 * majorities


@pytest.mark.parametrize("nodes", [2, 3, 4])
def test_states_are_those_counted_by_hand(nodes):
    assert examine(ToyConsensus, Node=nodes).exploration.distinct == states_by_hand(nodes)


def test_counts():
    assert counts(examine(ToyConsensus)) == (41, 103, 5)


def test_voting_twice_violates_agreement():
    result = examine(ToyConsensusVotingTwice)
    assert result.violated == ("agreement",)
    assert sorted(counterexample(result, "agreement")) == ["decide"] * 2 + ["vote"] * 4


def test_half_quorums_violate_agreement_though_nobody_votes_twice():
    result = examine(ToyConsensusWithHalfQuorums)
    assert result.violated == ("agreement",)
    assert sorted(counterexample(result, "agreement")) == ["decide"] * 2 + ["vote"] * 4


def test_half_quorums_are_refused_where_quorums_must_meet():
    with pytest.raises(ModelError, match="the axiom quorums_meet is false"):
        examine(ToyConsensus, Node=4, Quorum=2)


def test_half_quorums_meet_if_the_number_is_odd():
    assert "agreement" not in examine(ToyConsensusWithHalfQuorums, Node=3, Quorum=2).violated


class DecidesWithoutQuorum(ToyConsensus):
    """One vote is enough."""

    @action
    def decide(self, value: Value, quorum: Quorum) -> None:
        if any(Vote(n, value) in self.votes for n in quorum):
            self.decided.add(value)


class VotesForAll(ToyConsensus):
    """A vote is counted for everybody."""

    @action
    def vote(self, node: Node, value: Value) -> None:
        self.votes |= {Vote(n, value) for n in Node}


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [(DecidesWithoutQuorum, "decisions_are_supported"), (VotesForAll, "one_vote_per_node")],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
