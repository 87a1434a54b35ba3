"""The native explorer on two-phase commit, against published numbers and a second explorer."""

from __future__ import annotations

import pytest
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.native.search import Tuning, search

from tests.checker.engine.native.oracle import assert_agrees
from tests.checker.engine.native.two_phase import INITIAL, two_phase_commit
from tests.tiers import one_in

# participants: distinct, generated, depth; from the TLA+ Examples, Stateright's tests and two programs
PUBLISHED = {3: (288, 1_146, 11), 5: (8_832, 58_146, 17), 7: (296_448, 2_744_706, 23)}


@pytest.mark.parametrize("participants", one_in(3, PUBLISHED))
def test_counts_agree_with_published_numbers(participants):
    outcome = search(two_phase_commit(participants), INITIAL, stop_on=0b01, check_deadlock=False)
    assert (outcome.distinct, outcome.generated, outcome.depth) == PUBLISHED[participants]
    assert outcome.stop is None
    assert outcome.frontier == 0


def test_everyone_commits_on_a_shortest_path_and_nobody_disagrees():
    outcome = search(two_phase_commit(3), INITIAL, stop_on=0b01, check_deadlock=False)
    assert set(outcome.found) == {1}
    # three prepare, three votes are received, the decision, three learn it
    assert len(outcome.found[1]) == 1 + 3 + 3 + 1 + 3


def test_a_second_explorer_agrees_in_everything():
    assert_agrees(two_phase_commit(4), INITIAL, check_deadlock=False)


def test_memory_stays_below_24_bytes_a_state():
    outcome = search(two_phase_commit(7), INITIAL, stop_on=0, check_deadlock=False, tuning=Tuning(states=1024))
    assert outcome.memory - (1 << 18) < 24 * outcome.distinct


def test_a_limit_on_states_is_never_exceeded():
    outcome = search(two_phase_commit(5), INITIAL, stop_on=0, check_deadlock=False, limits=Limits(states=1000))
    assert outcome.distinct == 1000
    assert outcome.stop is not None
    assert outcome.stop.reason is StopReason.STATES
    assert outcome.frontier > 0
