"""The election on a ring: who wins, and that each guard is needed."""

from itertools import permutations

import pytest
from assay.checker.language import action, require
from assay.checker.language.execution.interpreter import Interpreter
from assay.models.classics.ring_election import (
    Message,
    Node,
    RingElection,
    RingElectionPassingEverythingOn,
    RingElectionWithoutDistinctIdentities,
)
from examination import catches, counterexample, counts, examine, instance_of


def test_counts():
    """Twice those of one ring of three, 150 and 786: there are two arrangements."""
    assert counts(examine(RingElection)) == (2 * 150, 2 * 786, 8)


def test_one_process_alone_elects_itself():
    assert counts(examine(RingElection, Node=1, Identity=1)) == (3, 6, 3)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_structures_are_all_the_rings(size):
    """Against the arithmetic of places modulo the length of the ring, for every order in which nodes may follow."""
    instance = instance_of(RingElection, Node=size, Identity=size, identity=one_each(size))
    with instance.active():
        found = {structure["between"] for structure in Interpreter(instance).structures}
        assert found == {ring((0, *rest)) for rest in permutations(range(1, size))}


def one_each(size: int) -> str:
    return "{" + ", ".join(f"n{n}: i{n}" for n in range(1, size + 1)) + "}"


def ring(order: tuple[int, ...]) -> frozenset[tuple[Node, ...]]:
    """Return what is between what where nodes follow each other in an order."""
    size, place = len(order), {node: index for index, node in enumerate(order)}
    return frozenset(
        (Node.at(a), Node.at(b), Node.at(c))
        for a, b, c in permutations(order, 3)
        if (place[b] - place[a]) % size < (place[c] - place[a]) % size
    )


def test_passing_everything_on_violates_one_leader():
    result = examine(RingElectionPassingEverythingOn)
    assert result.violated == ("one_leader",)
    assert sorted(counterexample(result, "one_leader")) == ["announce"] * 2 + ["pass_on"] * 2 + ["win"] * 2


def test_equal_identities_violate_one_leader():
    result = examine(RingElectionWithoutDistinctIdentities)
    assert result.violated == ("one_leader",)
    assert sorted(counterexample(result, "one_leader")) == ["announce"] * 2 + ["win"] * 2


class PassesOnTheSmaller(RingElection):
    """A process passes on what is smaller than its own identity."""

    @action
    def pass_on(self, message: Message, neighbour: Node) -> None:
        require(message in self.messages, self.is_next(message.target, neighbour))
        require(message.identity < self.identity[message.target])
        self.messages.add(Message(message.identity, neighbour))


class SendsAcross(RingElection):
    """A process sends its identity to anybody."""

    @action
    def announce(self, node: Node, neighbour: Node) -> None:
        self.messages.add(Message(self.identity[node], neighbour))


class WinsByAnyMessage(RingElection):
    """A process that hears of anybody takes itself for the leader."""

    @action
    def win(self, node: Node) -> None:
        require(any(m.target == node for m in self.messages))
        self.leaders.add(node)


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (PassesOnTheSmaller, "who_hears_of_itself_is_the_greatest"),
        (SendsAcross, "greater_than_all_it_has_passed"),
        (WinsByAnyMessage, "leader_is_the_greatest"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
