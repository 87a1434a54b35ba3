"""ZooKeeper's lock: each step of the recipe is needed, and each mistake is caught by the property that it breaks."""

import pytest
from assay.checker.language import action, require
from assay.models.lock import (
    Client,
    Lock,
    LockAsOnePersistentNode,
    LockCreatingAgain,
    LockReleasingWhateverIsThere,
    LockRetryingAfterExpiry,
    LockWatchingAfterTheLook,
    LockWithoutFencing,
    Phase,
    Serial,
)
from examination import catches, counterexample, counts, examine

from tests.tiers import one_in


def test_the_lock_holds():
    result = examine(Lock, "smoke")
    assert result.as_expected
    assert counts(result) == (1462, 5017, 16)


@pytest.mark.slow
def test_three_clients_exclude_each_other():
    result = examine(Lock, "deep")
    assert result.as_expected
    assert counts(result) == (136_466, 664_051, 23)


def test_a_persistent_node_is_held_by_a_dead_client():
    result = examine(LockAsOnePersistentNode)
    assert counterexample(result, "nodes_end_with_their_session") == ["create", "expire"]


def test_a_paused_holder_writes_after_a_later_one_without_fencing():
    actions = counterexample(examine(LockWithoutFencing), "writes_are_in_order")
    assert actions.count("write") == 2
    assert actions.count("expire") == 1
    assert "notice" not in actions  # whose session expired does not know


def test_with_fencing_the_same_write_is_refused():
    assert examine(Lock, "smoke").as_expected
    assert not catches(Lock, "writes_are_in_order", "smoke")


def test_who_releases_what_is_there_takes_the_lock_from_another():
    actions = counterexample(examine(LockReleasingWhateverIsThere), "holder_has_the_least_node")
    assert actions[-1] == "release"
    assert "expire" in actions


def test_who_creates_again_waits_for_itself():
    actions = counterexample(examine(LockCreatingAgain), "nobody_waits_for_itself")
    assert actions == ["create_unheard", "find_own", "create", "look", "set_watch"]


def test_a_watch_set_after_the_look_is_never_told():
    actions = counterexample(examine(LockWatchingAfterTheLook), "whoever_waits_is_told")
    assert (
        actions.index("look")
        < max(i for i, a in enumerate(actions) if a in ("expire", "release"))
        < actions.index("set_watch")
    )


def test_a_retried_write_is_made_of_what_was_read_under_another_token():
    actions = counterexample(examine(LockRetryingAfterExpiry), "what_was_read_is_current")
    assert actions[-1] == "begin"
    assert actions.count("notice") >= 1


class TakesAnyNumber(Lock):
    """A number is given twice."""

    @action
    def create(self, client: Client, serial: Serial) -> None:
        require(self.phase[client] is Phase.IDLE, self.connected[client], self.owner[serial] is None)
        self.given.add(serial)
        self.owner[serial] = client
        self.own[client] = serial
        self.phase[client] = Phase.LOOKING


class AcquiresWithAnyNode(Lock):
    """A client takes the lock whichever node it has."""

    @action
    def acquire(self, client: Client, serial: Serial) -> None:
        require(self.phase[client] is Phase.LOOKING, self.connected[client], self.own[client] == serial)
        self.phase[client] = Phase.HOLDING


class WatchesTheFirst(Lock):
    """Everybody watches the first node: a herd wakes when it ends."""

    @action
    def look(self, client: Client, serial: Serial, predecessor: Serial) -> None:
        require(self.phase[client] is Phase.LOOKING, self.connected[client], self.own[client] == serial)
        require(self.exists(predecessor), self.is_least(predecessor), predecessor != serial)
        self.before[client] = predecessor
        self.phase[client] = Phase.ASKING


class ReleasesUntold(Lock):
    """A node ends and nobody is told."""

    def end(self, serial: Serial) -> None:
        self.owner[serial] = None


class ReadsWithoutToken(Lock):
    """The resource learns of a holder only when it writes: a paused one may still write what the new one has read."""

    @action
    def begin(self, client: Client, token: Serial) -> None:
        require(self.phase[client] is Phase.HOLDING, self.own[client] == token)
        self.read[client] = self.version
        self.phase[client] = Phase.WORKING

    @action
    def write(self, client: Client, token: Serial) -> None:
        require(self.phase[client] is Phase.WORKING, self.own[client] == token)
        require(self.fence is None or self.fence <= token)
        self.fence = token
        self.version = token
        self.read[client] = token


class WritesWithAnOldToken(Lock):
    """The resource does not compare the token of a write."""

    @action
    def write(self, client: Client, token: Serial) -> None:
        require(self.phase[client] is Phase.WORKING, self.own[client] == token)
        self.version = token
        self.read[client] = token


@pytest.mark.parametrize(
    ("mutant", "caught_by", "clients"),
    one_in(
        3,
        [
            (TakesAnyNumber, "a_number_is_given_once", 2),
            (AcquiresWithAnyNode, "one_holder_is_connected", 2),
            pytest.param(WatchesTheFirst, "one_is_told", 3, marks=pytest.mark.slow),
            (ReleasesUntold, "whoever_waits_is_told", 2),
            (ReadsWithoutToken, "fence_is_ahead", 2),
            (WritesWithAnOldToken, "writes_are_in_order", 2),
        ],
    ),
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_step_of_the_recipe_is_needed(mutant, caught_by, clients):
    assert catches(mutant, caught_by, Client=clients, Serial=3)
