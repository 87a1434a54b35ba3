"""German's cache coherence: counts, and what breaks it."""

import pytest
from assay.checker.language import action, require
from assay.checker.properties.check import Engine, Options
from assay.models.classics.cache_coherence import (
    Access,
    CacheCoherence,
    CacheCoherenceGrantingTooEarly,
    CacheCoherenceKeepingCopies,
    Client,
    Reply,
)
from examination import catches, counterexample, counts, examine

NATIVE = Options(engine=Engine.NATIVE)


@pytest.mark.parametrize(("clients", "states"), [(2, 1_461), (3, 27_513)])
def test_copies_are_coherent(clients, states):
    result = examine(CacheCoherence, options=NATIVE, Client=clients)
    assert result.as_expected
    assert counts(result)[0] == states


def test_a_grant_before_the_acknowledgement_meets_a_copy_that_is_still_there():
    actions = counterexample(examine(CacheCoherenceGrantingTooEarly), "coherence")
    assert actions.count("receive_acknowledgement") == 0


def test_a_copy_that_is_kept_after_the_acknowledgement_meets_the_next_writer():
    actions = counterexample(examine(CacheCoherenceKeepingCopies), "coherence")
    assert actions.count("give_up") == actions.count("receive_acknowledgement") == 1


class ForgettingWhoHolds(CacheCoherence):
    """A directory that does not note to whom it granted a shared copy."""

    @action
    def grant_shared(self, c: Client) -> None:
        require(self.serving == c, self.wanted == Access.SHARED)
        require(not self.is_exclusive, self.replies[c] == Reply.NOTHING)
        self.replies[c] = Reply.GRANT_SHARED
        self.serving = None


def test_a_holder_that_is_forgotten_keeps_its_copy():
    assert catches(ForgettingWhoHolds, "coherence")
