"""Chain replication: each of its rules is needed."""

import pytest
from assay.checker.language import action, require
from assay.models.classics.chain_replication import (
    ChainReplication,
    ChainReplicationAcknowledgingAtTheHead,
    ChainReplicationOutOfOrder,
    ChainReplicationQueryingAnyServer,
    Server,
    Stored,
    Update,
)
from examination import catches, counterexample, counts, examine


def test_counts():
    assert counts(examine(ChainReplication)) == (973, 3894, 12)


def test_acknowledging_at_the_head_loses_an_update():
    result = examine(ChainReplicationAcknowledgingAtTheHead)
    assert result.violated == ("acknowledged_updates_survive",)
    assert counterexample(result, "acknowledged_updates_survive") == ["update", "acknowledge"]


def test_querying_any_server_shows_what_may_be_lost():
    result = examine(ChainReplicationQueryingAnyServer)
    assert result.violated == ("queries_are_monotonic",)
    assert counterexample(result, "queries_are_monotonic") == ["update", "query"]


def test_updates_out_of_order_violate_the_prefix():
    result = examine(ChainReplicationOutOfOrder)
    assert result.violated == ("prefix",)
    assert counterexample(result, "prefix") == ["update", "update", "pass_on"]


class AppliesAnywhere(ChainReplication):
    """Any server takes updates."""

    @action
    def update(self, head: Server, update: Update) -> None:
        require(self.is_alive(head), all(u < update for u in Update if Stored(head, u) in self.stored))
        self.stored.add(Stored(head, update))


class PutsUpdatesBetweenOthers(ChainReplication):
    """The head gives an update an earlier place than one that it has passed on."""

    @action
    def update(self, head: Server, update: Update) -> None:
        require(self.is_head(head))
        self.stored.add(Stored(head, update))


class SkipsServers(ChainReplication):
    """A server passes updates on to any later one."""

    @action
    def pass_on(self, server: Server, successor: Server, update: Update) -> None:
        require(server < successor, self.is_alive(server), self.is_alive(successor))
        require(Stored(server, update) in self.stored)
        require(
            all(Stored(successor, u) in self.stored for u in Update if u < update and Stored(server, u) in self.stored)
        )
        self.stored.add(Stored(successor, update))


class LastOneCrashes(ChainReplication):
    """More servers crash than the chain bears."""

    @action
    def crash(self, server: Server, survivor: Server) -> None:
        require(server not in self.crashed)
        self.crashed.add(server)


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (AppliesAnywhere, "prefix"),
        (PutsUpdatesBetweenOthers, "prefix"),
        (SkipsServers, "prefix"),
        (LastOneCrashes, "somebody_is_alive"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_rule_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by)
