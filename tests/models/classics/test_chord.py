"""Chord's ring: where it breaks without its assumptions, and that each guard is needed."""

import pytest
from assay.checker.language import action, require
from assay.checker.language.execution.interpreter import Interpreter
from assay.models.classics.chord import Chord, ChordFailingWithoutASecondSuccessor, ChordJoiningAnywhere, Node
from examination import catches, counterexample, counts, examine, instance_of


def test_counts_do_not_depend_on_who_is_where():
    """Two rings of three nodes, and six choices of who begins: each has as many states as the other."""
    one = counts(examine(Chord, between="anything()"))
    assert counts(examine(Chord, "deep")) == (6 * one[0], 6 * one[1], one[2])


def test_failing_without_a_second_successor_leaves_a_member_beside_the_ring():
    result = examine(ChordFailingWithoutASecondSuccessor)
    assert result.violated == ("every_member_reaches_the_origin",)
    assert counterexample(result, "every_member_reaches_the_origin")[-1] == "fail"


def test_joining_beyond_the_origin_makes_a_second_ring():
    result = examine(ChordJoiningAnywhere)
    assert result.violated == ("every_member_reaches_the_origin",)


def test_the_circle_is_closed():
    """Against the arithmetic of places on a circle of three."""
    instance = instance_of(Chord, between="anything()")
    with instance.active():
        (one, two) = (structure["between"] for structure in Interpreter(instance).structures)
        nodes = list(Node)
        forward = {(nodes[a], nodes[(a + 1) % 3], nodes[(a + 2) % 3]) for a in range(3)}
        back = {(nodes[a], nodes[(a + 2) % 3], nodes[(a + 1) % 3]) for a in range(3)}
        again = {(a, b, a) for a in nodes for b in nodes if a is not b}
        assert {one, two} == {frozenset(forward | again), frozenset(back | again)}


class StabilizesBackwards(Chord):
    """A member takes over what its successor knows, whether that is between the two or not."""

    @action
    def stabilize(self, x: Node, y: Node, z: Node) -> None:
        require(x in self.members, self.successor[x] == y, y in self.members, self.predecessor[y] == z)
        self.second[x] = y
        self.successor[x] = z


class RemovesTheLiving(Chord):
    """A member goes over to its second successor though the first is alive."""

    @action
    def remove(self, x: Node, y: Node) -> None:
        require(x in self.members, self.successor[x] == y, self.second[x] is not None)
        self.successor[x] = self.second[x]
        self.second[x] = None


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [(StabilizesBackwards, "nobody_passes_the_origin"), (RemovesTheLiving, "nobody_passes_the_origin")],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
