"""Voting, against the counts published for it and a second form of its vote."""

from collections.abc import Iterator
from itertools import permutations

import pytest
from assay.checker.errors import ModelError
from assay.checker.language import action, require
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.models.consensus import Value
from assay.models.voting import Acceptor, Ballot, Quorum, Vote, VotesWithoutLooking, Voting, joined, left
from examination import counterexample, counts, examine, instance_of


class VotingAsTlcCounts(Voting):
    """The vote as it is published, each choice inside its guard a parameter: TLC generates one successor for each."""

    @action
    def vote(
        self,
        acceptor: Acceptor,
        ballot: Ballot,
        value: Value,
        quorum: Quorum,
        last: Ballot | None,
        witness: Acceptor | None,
    ) -> None:
        require(not left(self.promised[acceptor], ballot))
        require(all(Vote(acceptor, ballot, v) not in self.votes for v in Value))
        require(all(vote.value == value for vote in self.votes if vote.ballot == ballot))
        require(all(joined(self.promised[a], ballot) for a in quorum))
        if last is None or witness is None:
            require(last is None and witness is None)
        else:
            require(last < ballot, witness in quorum, Vote(witness, last, value) in self.votes)
        require(
            not any(
                vote.acceptor in quorum and vote.ballot < ballot and (last is None or last < vote.ballot)
                for vote in self.votes
            )
        )
        self.votes.add(Vote(acceptor, ballot, value))
        self.promised[acceptor] = ballot


def reachable_states(interpreter: Interpreter) -> set[Frozen]:
    reached = set(interpreter.initial_states())
    frontier = list(reached)
    while frontier:
        for _, after in interpreter.successors(frontier.pop()):
            if after not in reached:
                reached.add(after)
                frontier.append(after)
    return reached


def images(state: Frozen) -> Iterator[Frozen]:
    """Yield the state under every renaming of 3 acceptors and 2 values."""
    promised, votes = state
    for acceptors in permutations(range(3)):
        for values in permutations(range(2)):
            yield (
                tuple(promised[a] for a in acceptors),
                frozenset(
                    Vote(Acceptor.at(acceptors.index(v.acceptor.index)), v.ballot, Value.at(values[v.value.index]))
                    for v in votes
                ),
            )


@pytest.fixture(scope="module")
def interpreter() -> Iterator[Interpreter]:
    instance = instance_of(VotingAsTlcCounts, Acceptor=3, Ballot=2, Value=2)
    with instance.active():
        yield Interpreter(instance)


@pytest.fixture(scope="module")
def states(interpreter: Interpreter) -> set[Frozen]:
    return reachable_states(interpreter)


@pytest.mark.slow
def test_counts_of_mc_voting(interpreter, states):
    """TLA+ Examples, Paxos, MCVoting: 3 acceptors, 2 ballots, 2 values, up to symmetry of acceptors and values."""
    orbits = {frozenset(images(state)): state for state in states}
    assert len(orbits) == 77
    assert 1 + sum(1 for state in orbits.values() for _ in interpreter.successors(state)) == 451
    assert examine(Voting).exploration.depth == 11


def test_counts_without_symmetry():
    assert counts(examine(Voting)) == (599, 2080, 11)


def test_published_form_of_the_vote_reaches_the_same_states(states):
    assert states == reachable_states(Interpreter(instance_of(Voting, Acceptor=3, Ballot=2, Value=2)))


def test_voting_without_looking_violates_agreement():
    result = examine(VotesWithoutLooking)
    assert result.violated == ("agreement",)
    assert counterexample(result, "agreement") == ["vote"] * 4


def test_quorums_that_do_not_meet_are_refused():
    with pytest.raises(ModelError, match="the axiom quorums_meet is false"):
        examine(Voting, Acceptor=4, Quorum=2)


def test_votes_below_the_promise_are_unsafe():
    class VotesBackwards(Voting):
        """An acceptor votes in ballots that it has left."""

        @action
        def vote(self, acceptor: Acceptor, ballot: Ballot, value: Value) -> None:
            require(all(Vote(acceptor, ballot, v) not in self.votes for v in Value))
            require(all(vote.value == value for vote in self.votes if vote.ballot == ballot))
            require(any(self.shows_safe(q, ballot, value) for q in Quorum))
            self.votes.add(Vote(acceptor, ballot, value))

    assert "votes_are_safe" in examine(VotesBackwards).violated


def test_two_values_in_a_ballot_are_found():
    class VotesForAnything(Voting):
        """An acceptor does not look at the votes of its own ballot."""

        @action
        def vote(self, acceptor: Acceptor, ballot: Ballot, value: Value) -> None:
            require(not left(self.promised[acceptor], ballot))
            require(all(Vote(acceptor, ballot, v) not in self.votes for v in Value))
            require(any(self.shows_safe(q, ballot, value) for q in Quorum))
            self.votes.add(Vote(acceptor, ballot, value))
            self.promised[acceptor] = ballot

    assert examine(VotesForAnything).violated == ("one_value_per_ballot",)
