"""Refinement in machine code, against the interpreter: on the library, on random models, and where it has no answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from assay.checker.engine.explorers import Engine, Search, explore
from assay.checker.engine.limits import Limits
from assay.checker.engine.native import views as native_views
from assay.checker.engine.native.views import PackedViews
from assay.checker.engine.steps import Behaviours
from assay.checker.engine.views import numbered_rows
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language import Model
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.refinement import judge_refinements
from assay.checker.properties.refinement_mapping import RefinementMapping
from assay.checker.verdicts import Verdict
from assay.models import (
    lock,
    multi_paxos,
    paxos,
    quorum_register,
    raft,
    replication,
    two_phase_commit,
    versioned_register,
    voting,
)

from tests.checker.properties import refinement_models as models
from tests.checker.properties.random_variants import refining
from tests.tiers import one_in

BY_INTERPRETER, NATIVELY = 1 << 62, -1
"""How many states the interpreter is to map one by one."""

LIBRARY: list[type[Model]] = [
    lock.Lock,
    lock.LockWithoutFencing,
    multi_paxos.MultiPaxos,
    paxos.PaxosAsVoting,
    raft.RaftApplyingAtOnce,
    versioned_register.VersionedRegisterForetold,
    voting.VotesWithoutLooking,
]
REST: list[type[Model]] = [
    lock.LockKeptAcrossSessions,
    multi_paxos.MultiPaxosExecutingWhatIsProposed,
    paxos.PaxosIgnoringVotesAsVoting,
    quorum_register.QuorumRegister,
    quorum_register.QuorumRegisterAnsweringFromOne,
    raft.Raft,
    replication.Replication,
    replication.ReplicationCountingWhoJoins,
    two_phase_commit.TwoPhaseCommitWithCrashes,
    two_phase_commit.ForgetfulCoordinator,
    voting.Voting,
]
"""With `LIBRARY`, every model of the library that says what it implements, and most of their broken variants."""

Verdicts = list[tuple[Any, ...]]


def judged(model: type[Model], few: int, limits: Limits = Limits(), instance: str = "default") -> Verdicts:  # noqa: B008
    """Return what is found of each refinement: the verdict, and the shape of the counterexample."""
    made = instantiate(specify(model), name=instance)
    with made.active():
        found = explore(made, Search(Limits(states=5000), keep_going=True, deadlock=False), Engine.NATIVE)
        assert found.is_exhaustive
        assert found.behaviours is not None
        results = judge_refinements(made, found, found.behaviours(), limits, few=few)
        return [(r.name, r.verdict, r.note, len(r.trace.states) if r.trace else 0, _loop(r.trace)) for r in results]


def judged_or_refused(model: type[Model], few: int) -> Verdicts | str:
    """Return the same, or the error of a model that leaves its own variables or those of what it implements."""
    try:
        return judged(model, few)
    except ModelError as error:
        return str(error)


def _loop(trace: Any) -> bool:
    return trace is not None and trace.loop is not None


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> list[PackedViews]:
    """Collect what machine code computes the views of; a test that never gets there tests nothing."""
    made: list[PackedViews] = []

    class Noted(PackedViews):
        def __post_init__(self) -> None:
            super().__post_init__()
            made.append(self)

    monkeypatch.setattr(native_views, "PackedViews", Noted)
    return made


@pytest.mark.parametrize(
    "model",
    one_in(2, [*LIBRARY, *(pytest.param(model, marks=pytest.mark.slow) for model in REST)]),
    ids=lambda model: model.__name__,
)
def test_the_library_is_judged_as_by_the_interpreter(model: type[Model], packed: list[PackedViews]) -> None:
    smoke = "smoke" if model.smoke else "default"
    assert judged(model, NATIVELY, instance=smoke) == judged(model, BY_INTERPRETER, instance=smoke)
    assert packed


@pytest.mark.parametrize(
    "model",
    [models.Minutes, models.RunningMinutes, models.Jumping, models.BeginningLate, models.Busy, models.Bounded],
    ids=lambda model: model.__name__,
)
def test_clocks_are_judged_as_by_the_interpreter(model: type[Model], packed: list[PackedViews]) -> None:
    assert judged(model, NATIVELY) == judged(model, BY_INTERPRETER)
    assert packed


def compared(seeds: Iterator[int] | range, folder: Path, noted: Callable[[], int]) -> Counter[str]:
    """Judge random refinements both ways, and return how often each verdict came out."""
    outcomes: Counter[str] = Counter()
    for seed in seeds:
        try:
            pair = refining(seed, folder)
            slow = judged_or_refused(pair.model, BY_INTERPRETER)
        except AssertionError:  # more states than are explored here
            continue
        fast = judged_or_refused(pair.model, NATIVELY)
        assert fast == slow, seed
        if isinstance(fast, str):
            outcomes["refused"] += 1
            continue
        verdicts = {verdict for _, verdict, *_ in fast}
        assert not (pair.holds and Verdict.VIOLATED in verdicts), seed
        outcomes.update(verdict.value for verdict in verdicts)
    outcomes["natively"] = noted()
    return outcomes


def test_random_models_are_judged_as_by_the_interpreter(tmp_path: Path, packed: list[PackedViews]) -> None:
    outcomes = compared(range(16, 30), tmp_path, lambda: len(packed))
    assert outcomes["natively"] >= 3
    assert outcomes["holds"]


@pytest.mark.slow
def test_many_random_models_are_judged_as_by_the_interpreter(tmp_path: Path, packed: list[PackedViews]) -> None:
    outcomes = compared(range(100, 150), tmp_path, lambda: len(packed))
    assert outcomes["natively"] >= 15
    assert min(outcomes["holds"], outcomes["violated"], outcomes["refused"]) >= 2


@pytest.mark.parametrize("model", [models.TooLate, models.TooLateOnce], ids=lambda model: model.__name__)
def test_a_mapping_that_gives_no_state_somewhere_is_refused_as_by_the_interpreter(model: type[Model]) -> None:
    with pytest.raises(ModelError) as slow:
        judged(model, BY_INTERPRETER)
    with pytest.raises(ModelError) as fast:
        judged(model, NATIVELY)
    assert str(fast.value) == str(slow.value)


def test_the_interpreter_maps_states_that_do_not_fit_into_words(packed: list[PackedViews]) -> None:
    assert judged(models.BeyondAWord, NATIVELY) == judged(models.BeyondAWord, BY_INTERPRETER)
    assert packed


@pytest.mark.parametrize("model", [models.WithParts, models.Statements], ids=lambda model: model.__name__)
def test_what_has_no_machine_code_is_judged_by_the_interpreter(model: type[Model], packed: list[PackedViews]) -> None:
    assert judged(model, NATIVELY) == judged(model, BY_INTERPRETER)
    assert not packed


@pytest.mark.parametrize("few", [BY_INTERPRETER, NATIVELY])
def test_beyond_the_time_limit_nothing_is_decided(few: int) -> None:
    ((_, verdict, note, *_),) = judged(models.WithParts, few, Limits(seconds=0.0))
    assert verdict is Verdict.UNKNOWN
    assert note.startswith("no time was left")


def test_rows_that_are_mixed_into_one_word_are_told_apart() -> None:
    def mixed(word: int) -> int:
        return (word ^ word >> 29) * 0x9E3779B97F4A7C15 % (1 << 64)

    clashing = (mixed(5) + 7 - mixed(6)) % (1 << 64)
    rows = np.array([[5, 7], [6, clashing], [5, 7], [6, 8]], np.uint64)
    first, number = numbered_rows(rows)
    assert sorted(first.tolist()) == [0, 1, 3]
    assert np.array_equal(rows[first[number]], rows)


def test_other_elements_than_this_model_has_have_no_machine_code() -> None:
    made = instantiate(specify(models.WithParts))
    with made.active():
        found = explore(made, Search(Limits(), keep_going=True, deadlock=False), Engine.NATIVE)
        assert found.behaviours is not None
        behaviours: Behaviours = found.behaviours()
        mapping = RefinementMapping(made, made.specification.refinements[0])
        assert behaviours.views is not None
        with pytest.raises(Unsupported, match="elements or parameters that this model has not"):
            behaviours.views(mapping.abstract_instance, mapping.method, lambda state: (state,), Limits())
