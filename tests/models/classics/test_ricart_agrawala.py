"""Ricart and Agrawala's algorithm: each of its rules is needed."""

import pytest
from assay.checker.language import action, require
from assay.models.classics.ricart_agrawala import (
    Node,
    Reply,
    Request,
    RicartAgrawala,
    RicartAgrawalaIgnoringTies,
    RicartAgrawalaWithStoppedClocks,
    Time,
)
from examination import catches, counterexample, counts, examine


def test_counts():
    assert counts(examine(RicartAgrawala)) == (31, 50, 6)


def test_three_nodes_exclude_each_other():
    assert examine(RicartAgrawala, "deep").as_expected


def test_ignoring_ties_violates_mutual_exclusion():
    result = examine(RicartAgrawalaIgnoringTies)
    assert result.violated == ("mutual_exclusion",)
    assert sorted(counterexample(result, "mutual_exclusion")) == ["answer"] * 2 + ["ask"] * 2 + ["enter"] * 2


def test_stopped_clocks_violate_mutual_exclusion():
    result = examine(RicartAgrawalaWithStoppedClocks)
    assert result.violated == ("mutual_exclusion",)
    assert sorted(counterexample(result, "mutual_exclusion")) == ["answer"] * 2 + ["ask"] * 2 + ["enter"] * 2


class AnswersAlways(RicartAgrawala):
    """Nobody defers."""

    def defers(self, node: Node, request: Request) -> bool:
        return False


class EntersWithOneReply(RicartAgrawala):
    """One reply is enough."""

    @action
    def enter(self, node: Node) -> None:
        require(self.asked[node] is not None, node not in self.inside)
        require(any(Reply(n, node) in self.replies for n in Node))
        self.inside.add(node)


class KeepsReplies(RicartAgrawala):
    """A reply counts for the next request, too."""

    @action
    def leave(self, node: Node) -> None:
        require(node in self.inside)
        self.inside.discard(node)
        self.asked[node] = None


class AsksInThePast(RicartAgrawala):
    """A node asks with any time."""

    @action
    def ask(self, node: Node, time: Time) -> None:
        require(self.asked[node] is None)
        self.clock[node] = max(self.clock[node], time)
        self.asked[node] = time
        self.requests |= {Request(node, n, time) for n in Node if n != node}


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (AnswersAlways, "mutual_exclusion"),
        (EntersWithOneReply, "who_is_inside_was_let_in"),
        (KeepsReplies, "who_has_replied_comes_later"),
        (AsksInThePast, "who_has_replied_comes_later"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_rule_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by, "deep")
