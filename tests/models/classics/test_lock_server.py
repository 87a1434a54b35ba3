"""The lock server, against counts by hand; each of its guards is needed."""

import pytest
from assay.checker.language import action, require
from assay.models.classics.lock_server import (
    Client,
    LockServer,
    LockServerWithoutLooking,
    LockServerWithRepeatedMessages,
)
from examination import catches, counterexample, counts, examine


@pytest.mark.parametrize("clients", [1, 2, 3, 4])
def test_states_are_those_counted_by_hand(clients):
    """Any clients ask, and the lock is at the server or, for one of them, in a grant, with it, or in a release."""
    result = examine(LockServer, Client=clients)
    assert result.exploration.distinct == 2**clients * (1 + 3 * clients)


def test_counts():
    assert counts(examine(LockServer)) == (80, 325, 8)


def test_repeated_release_violates_mutual_exclusion():
    result = examine(LockServerWithRepeatedMessages)
    assert result.violated == ("mutual_exclusion",)
    actions = counterexample(result, "mutual_exclusion")
    assert actions.count("take_back") == 2
    assert actions.count("release") == 1


def test_granting_without_looking_violates_mutual_exclusion():
    result = examine(LockServerWithoutLooking)
    assert result.violated == ("mutual_exclusion",)
    assert sorted(counterexample(result, "mutual_exclusion")) == ["acquire"] * 2 + ["ask"] * 2 + ["grant"] * 2


class KeepsTheLock(LockServer):
    """The server grants the lock and has it still."""

    @action
    def grant(self, client: Client) -> None:
        require(self.is_free, client in self.requests)
        self.grants.add(client)


class ReleasesWhatItHolds(LockServer):
    """A client tells that it gave the lock back, and has it still."""

    @action
    def release(self, client: Client) -> None:
        require(client in self.holders)
        self.releases.add(client)


class AcquiresTwice(LockServer):
    """A grant is repeated."""

    @action
    def acquire(self, client: Client) -> None:
        require(client in self.grants)
        self.holders.add(client)


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (KeepsTheLock, "free_lock_is_nowhere_else"),
        (ReleasesWhatItHolds, "lock_is_in_one_place"),
        (AcquiresTwice, "lock_is_in_one_place"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert catches(mutant, caught_by, "smoke")
