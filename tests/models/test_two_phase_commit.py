"""Two-phase commit, against the counts published for it and, with crashes, against a second program."""

import crashes_by_hand
import pytest
from assay.checker.language import action, require
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.models.atomic_commit import Participant, ParticipantState
from assay.models.two_phase_commit import (
    Abort,
    Commit,
    CommitsOnMajority,
    Decision,
    ForgetfulCoordinator,
    ForgetfulParticipant,
    Prepared,
    TwoPhaseCommit,
    TwoPhaseCommitWithCrashes,
)
from examination import counterexample, counts, examine, instance_of


def test_counts_of_two_phase():
    """TLA+ Examples, transaction_commit, TwoPhase, and Stateright: 3 participants."""
    assert counts(examine(TwoPhaseCommit)) == (288, 1146, 11)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("participants", "distinct", "generated", "depth"),
    [(5, 8_832, 58_146, 17), (7, 296_448, 2_744_706, 23), (8, 1_745_408, 18_507_778, 26)],
)
def test_counts_with_more_participants(participants, distinct, generated, depth):
    """Stateright (5), and two independent programs (7 and 8, whose depths are our own)."""
    result = examine(TwoPhaseCommit, Participant=participants)
    assert result.as_expected
    assert counts(result) == (distinct, generated, depth)


@pytest.mark.slow
def test_counts_with_nine_participants():
    """Two independent programs."""
    result = examine(TwoPhaseCommit, Participant=9)
    assert counts(result)[:2] == (10_340_352, 123_558_402)


@pytest.mark.parametrize(
    ("participants", "orbits"),
    [(2, 34), (3, 80), (4, 166), *(pytest.param(*row, marks=pytest.mark.slow) for row in ((5, 314), (6, 553)))],
)
def test_states_up_to_symmetry_are_as_many_as_tlc_counts(participants, orbits):
    """TLC with SYMMETRY. What is told of each participant may be exchanged, so an orbit is a bag of these."""
    instance = instance_of(TwoPhaseCommit, Participant=participants)
    with instance.active():
        states = [Interpreter(instance).thaw(state) for state in reachable_states(instance)]
        told = {
            (
                s.decision,
                frozenset(m for m in s.messages if not isinstance(m, Prepared)),
                tuple(sorted((s.state[p].name, p in s.votes, Prepared(p) in s.messages) for p in Participant)),
            )
            for s in states
        }
    assert len(told) == orbits


def reachable_states(instance) -> set[Frozen]:
    interpreter = Interpreter(instance)
    pending = list(interpreter.initial_states())
    found = set(pending)
    while pending:
        for _, after in interpreter.successors(pending.pop()):
            if after not in found:
                found.add(after)
                pending.append(after)
    return found


@pytest.mark.parametrize(("participants", "distinct"), [(1, 12), (2, 56), (3, 288), (4, 1568)])
def test_distinct_states_are_those_of_the_prototype(participants, distinct):
    assert examine(TwoPhaseCommit, Participant=participants).exploration.distinct == distinct


def test_commit_on_majority_violates_atomicity():
    result = examine(CommitsOnMajority)
    assert result.violated == ("atomicity",)
    actions = counterexample(result, "atomicity")
    assert len(actions) == 7
    assert sorted(actions) == sorted(["prepare", "receive_vote"] * 2 + ["decide_commit", "refuse", "learn_commit"])


def test_commit_on_majority_is_sound_where_the_majority_is_everybody():
    assert "atomicity" not in examine(CommitsOnMajority, Participant=2).violated


@pytest.mark.parametrize(
    "participants", [1, 2, pytest.param(3, marks=pytest.mark.slow), pytest.param(4, marks=pytest.mark.slow)]
)
def test_crashes_and_recovery_agree_with_a_second_program(participants):
    result = examine(TwoPhaseCommitWithCrashes, Participant=participants)
    states, generated, depth = crashes_by_hand.explore(participants)
    assert counts(result) == (len(states), generated, depth)


def test_counts_with_crashes():
    assert counts(examine(TwoPhaseCommitWithCrashes)) == (688, 2941, 14)


def test_second_program_finds_atomicity_too():
    states, _, _ = crashes_by_hand.explore(2)
    assert not any({"committed", "aborted"} <= {log for _, log, _ in participants} for participants, _, _ in states)


def decisions_after(interpreter: Interpreter, state: Frozen, excluded: str | None = None) -> int:
    """Return in how many states after this one a participant has decided, without an action."""
    reached, frontier = {state}, [state]
    while frontier:
        for (name, _), after in interpreter.successors(frontier.pop()):
            if name != excluded and after not in reached:
                reached.add(after)
                frontier.append(after)
    return sum(any(interpreter.thaw(after).has_decided(p) for p in Participant) for after in reached)


def test_blocked_participants_wait_for_the_coordinator():
    """Whatever the participants do, none of them ever decides; once the coordinator is back, they do."""
    result = examine(TwoPhaseCommitWithCrashes)
    blocked = next(found.trace for found in result.properties if found.name == "blocked").last
    instance = instance_of(TwoPhaseCommitWithCrashes)
    with instance.active():
        interpreter = Interpreter(instance)
        assert decisions_after(interpreter, blocked, excluded="recover_coordinator") == 0
        assert decisions_after(interpreter, blocked) > 0


def test_forgetful_coordinator_violates_atomicity():
    result = examine(ForgetfulCoordinator)
    assert result.violated == ("atomicity",)
    actions = counterexample(result, "atomicity")
    assert len(actions) == 12
    assert actions.count("tell") == 2
    assert {"decide_commit", "crash_coordinator", "recover_coordinator", "decide_abort"} <= set(actions)


def test_forgetful_participant_violates_atomicity():
    result = examine(ForgetfulParticipant)
    assert result.violated == ("atomicity",)
    actions = counterexample(result, "atomicity")
    assert len(actions) == 9
    assert actions.count("crash") == actions.count("recover") == 1


class CountsVotesNotSent(TwoPhaseCommit):
    """The coordinator counts votes that it has not received."""

    @action
    def receive_vote(self, p: Participant) -> None:
        require(self.decision is Decision.NONE)
        self.votes.add(p)


class DecidesTwice(TwoPhaseCommit):
    """The coordinator commits though it has aborted."""

    @action
    def decide_commit(self) -> None:
        require(all(p in self.votes for p in Participant))
        self.decision = Decision.COMMIT
        self.messages.add(Commit())


class AbortsAfterCommit(TwoPhaseCommit):
    """The coordinator aborts though it has committed."""

    @action
    def decide_abort(self) -> None:
        self.decision = Decision.ABORT
        self.messages.add(Abort())


class VotesAndRefuses(TwoPhaseCommit):
    """A participant refuses though it has voted."""

    @action
    def refuse(self, p: Participant) -> None:
        require(self.state[p] is not ParticipantState.COMMITTED)
        self.state[p] = ParticipantState.ABORTED


class VotesThoughAborted(TwoPhaseCommit):
    """A participant votes whatever it has done before."""

    @action
    def prepare(self, p: Participant) -> None:
        self.state[p] = ParticipantState.PREPARED
        self.messages.add(Prepared(p))


class CommitsUntold(TwoPhaseCommit):
    """A participant commits as soon as it is prepared."""

    @action
    def learn_commit(self, p: Participant) -> None:
        require(self.state[p] is ParticipantState.PREPARED)
        self.state[p] = ParticipantState.COMMITTED


class DecidesWithoutLog(TwoPhaseCommitWithCrashes):
    """The coordinator tells a decision that is not in its log."""

    @action
    def decide_commit(self) -> None:
        require(not self.coordinator_is_down, self.decision is Decision.NONE)
        require(all(p in self.votes for p in Participant))
        self.decision = Decision.COMMIT


class RefusesWithoutLog(TwoPhaseCommitWithCrashes):
    """A participant does not log that it refused, and takes up its work again after a crash."""

    @action
    def recover(self, p: Participant) -> None:
        require(p in self.down)
        self.down.discard(p)
        self.state[p] = self.log[p]

    @action
    def refuse(self, p: Participant) -> None:
        require(p not in self.down, self.state[p] is ParticipantState.WORKING)
        self.state[p] = ParticipantState.ABORTED


@pytest.mark.parametrize(
    ("mutant", "caught_by"),
    [
        (CountsVotesNotSent, "votes_were_cast"),
        (DecidesTwice, "told_as_decided"),
        (AbortsAfterCommit, "told_as_decided"),
        (VotesAndRefuses, "no_abort_on_its_own_after_a_vote"),
        (VotesThoughAborted, "decisions_are_final"),
        (CommitsUntold, "who_committed_was_told"),
        (DecidesWithoutLog, "logs_are_up_to_date"),
        (RefusesWithoutLog, "logs_are_up_to_date"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_every_guard_is_needed(mutant, caught_by):
    assert caught_by in examine(mutant, "smoke").violated


@pytest.mark.parametrize(
    "mutant",
    [CountsVotesNotSent, DecidesTwice, AbortsAfterCommit, VotesAndRefuses, CommitsUntold, DecidesWithoutLog],
    ids=lambda mutant: mutant.__name__,
)
def test_a_missing_guard_costs_atomicity(mutant):
    class WithoutLemmas(mutant):
        """Expected to violate atomicity, so it is not checked for anything else."""

        expected = CommitsOnMajority.expected

    assert examine(WithoutLemmas, "smoke").violated == ("atomicity",)
