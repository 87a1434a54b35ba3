"""The two explorers give the same account of random small models: counts, findings, errors, verdicts, statuses."""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from assay.checker.engine.exploration import Exploration
from assay.checker.engine.explorers import Engine, Search, explore
from assay.checker.engine.limits import Limits
from assay.checker.errors import AssayError, ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Options, check
from hypothesis import HealthCheck, given, settings

from tests.checker.engine.small_models import small_models
from tests.checker.engine.test_engines_agree import load

ENGINES = (Engine.REFERENCE, Engine.NATIVE)
SETTINGS: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@dataclass(frozen=True)
class Account:
    """All that an exploration says, but for time, memory, and which of several shortest paths it tells."""

    counts: dict[str, int]
    fired: dict[str, int]
    discovered: dict[str, int]
    found: dict[tuple[str, str], int]
    failure: tuple[int, str, str] | None
    order_limits: tuple[str, ...]
    stop: str

    @classmethod
    def of(cls, exploration: Exploration) -> Account:
        fields = ("distinct", "generated", "depth", "frontier", "cut")
        return cls(
            {field: getattr(exploration, field) for field in fields},
            dict(exploration.fired),
            dict(exploration.discovered),
            {(subject.kind.value, subject.name): len(path) for subject, path in exploration.found.items()},
            None if exploration.failure is None else exploration.failure.rank,
            exploration.order_limits,
            "" if exploration.stop is None else exploration.stop.detail,
        )


def account(instance: Instance, engine: Engine, **search: Any) -> Account | str:
    with instance.active():
        try:
            return Account.of(explore(instance, Search(**search), engine))
        except ModelError as error:
            return str(error)


def outcome(instance: Instance, engine: Engine, **options: Any) -> tuple[str, ...]:
    """Return the verdict of a check and the kinds of what it judged, or the error that it ends with."""
    try:
        result = check(instance, Options(engine, **options))
    except AssayError as error:
        return type(error).__name__, str(error)
    return result.verdict.value, str(result.as_expected)


def agree(source: str, folder: Path) -> None:
    module = load(source, folder)
    try:
        instance = instantiate(specify(module.Small))
        for deadlock in (True, False):
            first, second = (account(instance, engine, keep_going=True, deadlock=deadlock) for engine in ENGINES)
            assert first == second
        for limits in (Limits(depth=2), Limits(depth=3)):
            first, second = (account(instance, engine, keep_going=True, limits=limits) for engine in ENGINES)
            assert first == second
        for keep_going, deadlock in itertools.product((True, False), repeat=2):
            options = {"keep_going": keep_going, "deadlock": deadlock}
            first, second = (outcome(instance, engine, **options) for engine in ENGINES)
            assert first == second
    finally:
        del sys.modules[module.__name__]


@settings(max_examples=25, **SETTINGS)
@given(source=small_models())
def test_explorers_give_the_same_account_of_small_models(source: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    agree(source, tmp_path_factory.mktemp("small"))


@pytest.mark.slow
@settings(max_examples=600, **SETTINGS)
@given(source=small_models())
def test_explorers_give_the_same_account_of_many_small_models(
    source: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    agree(source, tmp_path_factory.mktemp("small"))


FOUND_BEFORE = """
from assay.checker.language import *

class Small(Model):
    x: Range[0, 7] = 0

    @action
    def up(self) -> None:
        self.x = (self.x + 1) % 8

    @invariant
    def fails_at_first(self) -> bool:
        return 8 // self.x >= 0

    @invariant
    def found_there_too(self) -> bool:
        return self.x == 1
"""


def test_what_the_interpreter_found_first_is_not_found_later_by_the_kernel(tmp_path: Path) -> None:
    agree(FOUND_BEFORE, tmp_path)


RAISES = """
from typing import Self

from assay.checker.language import *

class Small(Model):
    x: Range[0, 7] = anything()

    @action
    def stay(self) -> None:
        require(self.x >= {from_})

    @{kind}
    def judged(self{after}) -> bool:
        return 8 // (self.x - {raises}) {fires}
"""
"""Negative below what it raises at and positive above: it fires before it raises, or after, as `fires` says."""


def raising(kind: str, raises: int, fires: str, from_: int) -> str:
    after = ", after: Self" if kind == "step_invariant" else ""
    return RAISES.format(kind=kind, raises=raises, fires=fires, from_=from_, after=after)


def test_a_terminal_predicate_that_raises_is_heard_of_also_after_a_deadlock(tmp_path: Path) -> None:
    source = raising("terminal", 1, ">= 0", from_=5)
    agree(source, tmp_path)
    found = account(instantiate(specify(load(source, tmp_path).Small)), Engine.NATIVE, keep_going=True)
    assert isinstance(found, Account)
    assert found.found == {("deadlock", "deadlock"): 1}
    assert found.failure is not None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["terminal", "invariant", "lemma", "reachable", "step_invariant", "constraint"])
@pytest.mark.parametrize("fires", [">= 0", "<= 0", "< 99"])
def test_a_predicate_that_raises_is_heard_of_wherever_it_fires(kind: str, fires: str, tmp_path: Path) -> None:
    for raises, from_ in itertools.product((1, 4), (0, 5)):
        agree(raising(kind, raises, fires, from_), tmp_path)
