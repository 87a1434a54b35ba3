"""Election by quorums that are a relation: over how many structures, and that each guard is needed."""

import itertools

import pytest
from assay.checker.language import action, require
from assay.checker.language.execution.interpreter import Interpreter
from assay.models.classics.quorum_election import (
    Node,
    Quorum,
    QuorumElection,
    QuorumElectionVotingTwice,
    QuorumElectionWithSplitQuorums,
    Request,
    Vote,
)
from examination import catches, counts, examine, instance_of


@pytest.mark.parametrize(("nodes", "quorums"), [(1, 1), (1, 3), (2, 2), (3, 2)])
def test_structures_are_the_relations_in_which_quorums_meet(nodes, quorums):
    """Against trying every relation."""
    instance = instance_of(QuorumElection, Node=nodes, Quorum=quorums)
    with instance.active():
        found = {structure["member"] for structure in Interpreter(instance).structures}
        pairs = list(itertools.product(Node, Quorum))
        relations = [frozenset(c) for n in range(len(pairs) + 1) for c in itertools.combinations(pairs, n)]
        meeting = {
            r for r in relations if all(any((n, q) in r and (n, p) in r for n in Node) for q in Quorum for p in Quorum)
        }
        assert found == meeting


def test_counts():
    assert counts(examine(QuorumElection))[::2] == (1896, 11)


def test_voting_twice_elects_two():
    assert examine(QuorumElectionVotingTwice).violated == ("agreement",)


def test_split_quorums_elect_two():
    assert examine(QuorumElectionWithSplitQuorums).violated == ("agreement",)


class CountsWhatWasAsked(QuorumElection):
    """A node counts a request of its own as a vote."""

    @action
    def count(self, vote: Vote) -> None:
        require(Request(vote.candidate, vote.voter) in self.requests)
        self.counted.add(vote)


class DecidesAlone(QuorumElection):
    """A node that voted for itself decides."""

    @action
    def become_leader(self, n: Node, q: Quorum) -> None:
        require(Vote(n, n) in self.counted, self.member(n, q))
        self.leaders.add(n)


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [(CountsWhatWasAsked, "counted_was_voted"), (DecidesAlone, "leaders_have_a_quorum")],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
