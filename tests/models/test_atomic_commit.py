"""The specification of atomic commit, against the counts published for it."""

import pytest
from assay.checker.language import action, require, terminal
from assay.models.atomic_commit import (
    AbortsWhenOthersCommitted,
    AtomicCommit,
    CommitsOnMajority,
    Participant,
    ParticipantState,
)
from examination import EVERYTHING, counterexample, counts, examine


def test_counts_of_t_commit():
    """TLA+ Examples, transaction_commit, TCommit: 3 participants."""
    assert counts(examine(AtomicCommit, Participant=3)) == (34, 94, 7)


@pytest.mark.parametrize("participants", range(1, 7))
def test_distinct_states_are_counted_by_hand(participants):
    """Before a commit, each is working, prepared or aborted; after it, each is prepared or committed."""
    result = examine(AtomicCommit, Participant=participants)
    assert result.exploration.distinct == 3**participants + 2**participants - 1
    assert result.exploration.depth == 2 * participants + 1


def test_commit_on_majority_violates_atomicity():
    result = examine(CommitsOnMajority)
    assert result.violated == ("atomicity",)
    assert sorted(counterexample(result, "atomicity")) == ["abort", "commit", "prepare", "prepare"]


def test_abort_after_a_commit_violates_atomicity():
    result = examine(AbortsWhenOthersCommitted)
    assert result.violated == ("atomicity",)
    assert counterexample(result, "atomicity") == ["prepare", "prepare", "prepare", "commit", "abort"]


def test_deciding_again_is_no_final_decision():
    class ChangesItsMind(AtomicCommit):
        """An aborted participant prepares after all."""

        @action
        def prepare(self, p: Participant) -> None:
            require(self.state[p] is not ParticipantState.COMMITTED)
            self.state[p] = ParticipantState.PREPARED

    assert examine(ChangesItsMind).violated == ("decisions_are_final",)


def test_a_finished_run_is_no_deadlock_only_because_it_is_terminal():
    class RunsForever(AtomicCommit):
        """No state is terminal."""

        @terminal
        def all_have_decided(self) -> bool:
            return False

    result = examine(RunsForever, options=EVERYTHING)
    assert result.violated == ("deadlock",)
