"""Specifications of others, written in the language: their published counts, and one meaning in three readings.

The counts are those of the TLA+ Examples collection (its manifests, and TLC) and of Stateright's own tests; the lemmas
are those of mypyvy's and Ivy's examples.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.model import Model
from assay.checker.properties.check import Engine, Options
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.prover import ProofOptions, prove_model
from examination import counterexample, counts, examine

from tests.checker.engine.test_engines_agree import assert_agreement
from tests.proofs.encoding.agreement import disagreements, some_states

PORTS = Path(__file__).with_name("ports")
NATIVE = Options(engine=Engine.NATIVE)


def _ports(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"ports_{name}", PORTS / f"{name}.py")
    assert spec
    assert spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


graphs, shared = _ports("graphs"), _ports("shared")
actors, bosco, transactions, vertical_paxos = map(_ports, ("actors", "bosco", "transactions", "vertical_paxos"))
sailfish = _ports("sailfish")

EQUAL_STEPS = 702
"""Steps of `give_all_back`, which the published action of an allocator has among those of `give_back`."""


@pytest.mark.parametrize(
    ("cls", "found"),
    [
        (graphs.YoYo, (60, 110, 19)),
        (shared.SchedulingAllocator, (1_690, 5_854 + EQUAL_STEPS, 7)),
        (shared.ReadersWriters, (21_527, 59_674, 13)),
        (shared.Disruptor, (8_496, 28_049, 82)),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_counts_are_those_that_are_published(cls: type[Model], found: tuple[int, int, int]) -> None:
    result = examine(cls, options=NATIVE)
    assert counts(result) == found
    assert result.verdict is Verdict.HOLDS


@pytest.mark.slow
def test_sailfish_has_the_published_states() -> None:
    """Of generated states, the published number has steps that change nothing, which the model does not have."""
    result = examine(sailfish.Sailfish, options=NATIVE)
    distinct, _, depth = counts(result)
    assert (distinct, depth) == (109_604, 16)
    assert result.verdict is Verdict.HOLDS


def test_states_of_non_blocking_commitment_are_those_that_are_published() -> None:
    """Its steps are fewer: there each process may also do nothing, in two ways, and these are counted."""
    result = examine(shared.NonBlockingCommitment, options=NATIVE)
    assert (result.exploration.distinct, result.exploration.depth, result.verdict) == (24_922, 16, Verdict.HOLDS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cls", "found"),
    [(graphs.YoYoWithPruning, (26_731, 48_535, 39)), (shared.LamportMutex, (724_274, 2_729_079, 61))],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_large_counts_are_those_that_are_published(cls: type[Model], found: tuple[int, int, int]) -> None:
    result = examine(cls, "deep", options=NATIVE)
    assert counts(result) == found
    assert result.verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("cls", "states", "options"),
    [
        (actors.SingleCopyRegister, 93, Options(engine=Engine.REFERENCE)),
        (actors.LinearizableRegister, 544, Options(engine=Engine.REFERENCE)),
        pytest.param(actors.Paxos, 16_668, NATIVE, marks=pytest.mark.slow),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_states_of_actors_are_those_that_stateright_counts(cls: type[Model], states: int, options: Options) -> None:
    result = examine(cls, options=options)
    assert (result.exploration.distinct, result.verdict) == (states, Verdict.HOLDS)


def test_two_copies_are_told_apart_in_as_many_steps_as_stateright_finds() -> None:
    assert len(counterexample(examine(actors.TwoCopies), "linearizable")) == 4


@pytest.mark.parametrize(
    ("cls", "options"),
    [
        (actors.AnsweringFromOne, Options(engine=Engine.REFERENCE)),
        pytest.param(actors.PaxosIgnoringVotes, NATIVE, marks=pytest.mark.slow),
        (bosco.DecidesAtOnce, NATIVE),
        (transactions.WritesBehindReads, Options(engine=Engine.REFERENCE)),
        (vertical_paxos.CompletesAnyRound, NATIVE),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_broken_variant_is_caught(cls: type[Model], options: Options) -> None:
    result = examine(cls, options=options)
    assert result.as_expected
    assert result.verdict is Verdict.VIOLATED


@pytest.mark.parametrize("cls", [vertical_paxos.VerticalPaxos, transactions.DatabaseChain])
def test_what_is_proved_holds_in_an_instance(cls: type[Model]) -> None:
    assert examine(cls, options=NATIVE).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    "cls",
    [pytest.param(bosco.Bosco, marks=pytest.mark.slow), transactions.DatabaseChain, vertical_paxos.VerticalPaxos],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_lemmas_of_others_prove_it_for_any_number_of_everything(cls: type[Model]) -> None:
    result = prove_model(specify(cls), ProofOptions(screening=0))
    assert (result.verdict, result.instance, result.unencodable) == (Verdict.HOLDS, None, ())


@pytest.mark.slow
@pytest.mark.parametrize(
    "cls",
    [bosco.DecidesAtOnce, transactions.WritesBehindReads, vertical_paxos.CompletesAnyRound],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_no_broken_variant_is_proved(cls: type[Model]) -> None:
    assert prove_model(specify(cls), ProofOptions(screening=0, timeout=2.0)).verdict is not Verdict.HOLDS


SMALL = [
    pytest.param(graphs.YoYo, {"Node": 2, "edge": "anything()"}),
    pytest.param(graphs.YoYoWithPruning, {"Node": 2}, marks=pytest.mark.slow),
    pytest.param(shared.LamportMutex, {"Process": 2, "most": 1}, marks=pytest.mark.slow),
    pytest.param(shared.SchedulingAllocator, {"Client": 2, "Resource": 1}, marks=pytest.mark.slow),
    pytest.param(shared.ReadersWriters, {"Actor": 2}),
    pytest.param(shared.NonBlockingCommitment, {"Participant": 2}),
    pytest.param(shared.Disruptor, {"Reader": 1, "size": 2, "most": 2}),
    pytest.param(vertical_paxos.VerticalPaxos, {"Config": 1}),
    pytest.param(transactions.DatabaseChain, transactions.ONE_READ),
    pytest.param(bosco.Bosco, {}, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("cls", "sizes"), SMALL, ids=lambda x: getattr(x, "__name__", ""))
def test_three_readings_agree(cls: type[Model], sizes: dict[str, Any]) -> None:
    """Both explorers in the first states of a small instance, and formulas in some of them."""
    instance = instantiate(specify(cls), sizes)
    problem = encode(specify(cls), instance=instance)
    assert problem.unencodable == []
    with instance.active():
        assert_agreement(instance)
        assert next(disagreements(problem, instance, some_states(instance, 6)), None) is None
