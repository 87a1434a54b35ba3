"""German's cache coherence, against the counts published for it, and what breaks it."""

import pytest
from assay.checker.language import action, require
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.properties.check import Engine, Options
from assay.models.classics.cache_coherence import (
    Access,
    CacheCoherence,
    CacheCoherenceGrantingTooEarly,
    CacheCoherenceKeepingCopies,
    Client,
    Reply,
)
from examination import catches, counterexample, counts, examine, instance_of

NATIVE = Options(engine=Engine.NATIVE)


@pytest.mark.parametrize(("clients", "states"), [(2, 1_461), (3, 27_513)])
def test_copies_are_coherent(clients, states):
    result = examine(CacheCoherence, options=NATIVE, Client=clients)
    assert result.as_expected
    assert counts(result)[0] == states


def test_counts_up_to_symmetry_are_those_that_are_published():
    """TLA+ Examples, GermanProtocol, MCGermanCoherence: 2 nodes, with SYMMETRY."""
    instance = instance_of(CacheCoherence)
    with instance.active():
        interpreter = Interpreter(instance)
        orbits = {up_to_symmetry(interpreter.thaw(state)): state for state in reachable_states(interpreter)}
        generated = 1 + sum(1 for state in orbits.values() for _ in interpreter.successors(state))
    examined = examine(CacheCoherence, options=NATIVE, Client=2)
    assert (len(orbits), generated, examined.exploration.depth) == (735, 1946, 19)


def up_to_symmetry(s):
    """Return what a state says of the directory, and the bag of what it says of each client."""
    of_clients = sorted(
        (
            (s.cache[c].value, s.requests[c].value, s.replies[c].value),
            (c in s.acknowledged, c in s.holders, c in s.pending, s.serving == c),
        )
        for c in Client
    )
    return s.is_exclusive, s.wanted, tuple(of_clients)


def reachable_states(interpreter) -> set[Frozen]:
    found = set(interpreter.initial_states())
    pending = list(found)
    while pending:
        for _, after in interpreter.successors(pending.pop()):
            if after not in found:
                found.add(after)
                pending.append(after)
    return found


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
