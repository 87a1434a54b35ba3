"""The commit protocol of Egalitarian Paxos: its states are those of an enumeration by hand; each rule is needed."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from assay.checker.language import action, require
from assay.models.classics.epaxos import (
    Accept,
    AcceptOk,
    Command,
    Commit,
    EPaxos,
    EPaxosReplyingWithoutOwn,
    EPaxosWithoutReplies,
    Phase,
    PreAccept,
    PreAcceptOk,
    Quorum,
    Replica,
)
from examination import catches, counterexample, counts, examine


def test_two_replicas_as_by_hand():
    assert counts(examine(EPaxos, "smoke"))[0] == states_by_hand(2, 2)


def test_three_replicas():
    assert counts(examine(EPaxos)) == (215_952, 726_864, 19)


@pytest.mark.slow
def test_three_replicas_as_by_hand():
    assert states_by_hand(3, 2) == 215_952


def states_by_hand(replicas: int, commands: int) -> int:
    """Count the states of the protocol in plain Python, over every choice of leaders and interference."""
    majorities = [set(q) for k in range(replicas // 2 + 1, replicas + 1) for q in combinations(range(replicas), k)]
    pairs = list(combinations(range(commands), 2))
    return sum(
        _explored(leaders, {pair for pair, yes in zip(pairs, chosen, strict=True) if yes}, replicas, majorities)
        for leaders in product(range(replicas), repeat=commands)
        for chosen in product((False, True), repeat=len(pairs))
    )


def _explored(leaders: tuple[int, ...], interfering: set[tuple[int, int]], replicas: int, majorities: list) -> int:
    nothing = (("unknown", frozenset()),) * len(leaders)
    start = ((nothing,) * replicas, frozenset())
    seen, waiting = {start}, [start]
    while waiting:
        for after in _steps(*waiting.pop(), leaders, interfering, majorities):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return len(seen)


def _steps(records, messages, leaders, interfering, majorities):
    def known(replica, command):
        others = (c for c, (phase, _) in enumerate(records[replica]) if phase != "unknown")
        return frozenset(c for c in others if (min(c, command), max(c, command)) in interfering)

    def step(replica, command, phase, dependencies, *sent):
        row = list(records[replica])
        row[command] = phase, dependencies
        return (*records[:replica], tuple(row), *records[replica + 1 :]), messages | set(sent)

    for command, leader in enumerate(leaders):
        phase, own = records[leader][command]
        if phase == "unknown":
            mine = known(leader, command)
            yield step(leader, command, "asked", mine, ("ask", command, mine), ("reply", command, leader, mine))
        for quorum in majorities:
            replies = [m for m in messages if m[0] == "reply" and m[1] == command and m[2] in quorum]
            if phase == "asked" and {m[2] for m in replies} == quorum:
                union = frozenset().union(*(m[3] for m in replies))
                yield step(leader, command, "accepted", union, ("accept", command, union), ("ok", command, leader))
                if all(m[3] == own for m in replies):
                    yield step(leader, command, "committed", own, ("commit", command, own))
            if phase == "accepted" and all(("ok", command, r) in messages for r in quorum):
                yield step(leader, command, "committed", own, ("commit", command, own))
    for message, replica in product(messages, range(len(records))):
        kind, command, *rest = message
        phase = records[replica][command][0]
        if kind == "ask" and phase == "unknown":
            mine = rest[0] | known(replica, command)
            yield step(replica, command, "asked", mine, ("reply", command, replica, mine))
        if kind == "accept" and phase in ("unknown", "asked"):
            yield step(replica, command, "accepted", rest[0], ("ok", command, replica))
        if kind == "commit" and phase != "committed":
            yield step(replica, command, "committed", rest[0])


def test_replying_without_own_dependencies_leaves_commands_unordered():
    result = examine(EPaxosReplyingWithoutOwn)
    assert result.violated == ("interfering_commands_are_ordered",)
    run = counterexample(result, "interfering_commands_are_ordered")
    assert run == ["propose"] * 2 + ["pre_accept"] * 2 + ["commit_at_once"] * 2


def test_not_reading_the_replies_leaves_commands_unordered():
    result = examine(EPaxosWithoutReplies)
    assert result.violated == ("interfering_commands_are_ordered",)
    assert "settle" in counterexample(result, "interfering_commands_are_ordered")


class CommitsWithOneReply(EPaxos):
    """The leader's own reply is enough to commit."""

    @action
    def commit_at_once(self, command: Command, quorum: Quorum) -> None:
        leader = self.leader[command]
        require(self.phase[leader][command] == Phase.PRE_ACCEPTED)
        self.phase[leader][command] = Phase.COMMITTED
        self.messages.add(Commit(command, self.dependencies[leader][command]))


class ProposesWithoutLooking(EPaxos):
    """The leader proposes no dependencies, whatever it knows of."""

    @action
    def propose(self, command: Command) -> None:
        leader = self.leader[command]
        require(self.phase[leader][command] == Phase.UNKNOWN)
        self.phase[leader][command] = Phase.PRE_ACCEPTED
        none = set[Command]()
        self.messages |= {PreAccept(command, none), PreAcceptOk(command, leader, none)}


class SettlesTwice(EPaxos):
    """The leader goes on to commit at once after it has asked to accept other dependencies."""

    @action
    def commit_at_once(self, command: Command, quorum: Quorum) -> None:
        leader = self.leader[command]
        require(self.phase[leader][command] in (Phase.PRE_ACCEPTED, Phase.ACCEPTED))
        require(all(self.has_replied(r, command) for r in quorum))
        self.phase[leader][command] = Phase.COMMITTED
        self.messages |= {Commit(command, m.dependencies) for m in self.messages if isinstance(m, PreAccept)}


class AcceptsAfterCommit(EPaxos):
    """A replica accepts dependencies of what it has committed."""

    @action
    def accept(self, replica: Replica, m: Accept) -> None:
        require(m in self.messages)
        self.phase[replica][m.command] = Phase.ACCEPTED
        self.messages.add(AcceptOk(m.command, replica))


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (CommitsWithOneReply, "a_quorum_replied_what_is_settled"),
        (ProposesWithoutLooking, "a_replica_orders_what_it_replies"),
        (SettlesTwice, "commits_are_the_leaders"),
        (AcceptsAfterCommit, "what_is_committed_stays"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_rule_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by, "smoke")
