"""Explorations of finite instances beside a proof, and what they violate."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from assay.checker.engine import reference
from assay.checker.engine.firing import first_firing
from assay.checker.engine.limits import Limits
from assay.checker.engine.trace import Failed, Trace
from assay.checker.errors import AssayError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import Method, Specification
from assay.checker.language.kinds import ASSERTIONS, Assertions
from assay.checker.language.model import Kind
from assay.checker.properties.check import Engine, Options, check, demand_axioms
from assay.checker.properties.result import CheckResult
from assay.checker.verdicts import Verdict
from assay.proofs.induction.results import InstanceExploration, Refutation
from assay.proofs.induction.runs import along, demand_uninterrupted, failure_at_the_end

__all__ = ["DEFAULT", "SMOKE", "explore_default", "explore_instance", "explore_refinements", "explore_smoke"]

PATIENCE = 10.0
"""Seconds after which the exploration of the smoke instance ends; most models take a fraction of a second."""

_TEMPORAL = tuple(kind for kind in Kind if kind.is_temporal)
"""The kinds of properties that no proof is about, and that are not checked beside one."""

SMOKE, DEFAULT = "the smoke instance", "the default instance"


def explore_smoke(specification: Specification, settings: dict[str, object], states: int) -> InstanceExploration:
    """Explore some states of a model's smoke instance for what they violate.

    Raises
    ------
    ModelError
        If the model has no initial states, such as with a variable without a value.
    """
    started = time.monotonic()
    try:
        left_out = (Kind.REACHABLE, Kind.REFINEMENT, *_TEMPORAL)
        instance = instantiate(_without(specification, *left_out), settings, name="smoke")
        with instance.active():
            demand_axioms(instance)
    except AssayError as error:
        return InstanceExploration(SMOKE, time.monotonic() - started, trouble=error.message)
    with instance.active():
        count, found, fired = _explored(instance, states)
    return InstanceExploration(SMOKE, time.monotonic() - started, count, tuple(found), fired=fired)


def _without(specification: Specification, *kinds: Kind) -> Specification:
    return replace(specification, methods=tuple(m for m in specification.methods if m.kind not in kinds))


def _explored(instance: Instance, states: int) -> tuple[int | None, list[Refutation], frozenset[str]]:
    limits = Limits(states=states, seconds=PATIENCE)
    try:
        outcome = reference.explore(instance, limits, keep_going=True, deadlock=False)
    except Failed as error:
        return None, [_failure(error, SMOKE)], frozenset()
    demand_uninterrupted(outcome.stop)
    found, claims = outcome.found, instance.specification.claims
    refuted = [Refutation(m, along(instance, found[m]), SMOKE) for m in claims if m in found]
    if ASSERTIONS in found:
        refuted.append(_false_assertion(along(instance, found[ASSERTIONS]), SMOKE))
    refuted += _unexpected(instance, outcome.fired)
    return outcome.distinct, refuted, frozenset(name for name, times in outcome.fired.items() if times)


def _unexpected(instance: Instance, fired: Mapping[str, int]) -> Iterator[Refutation]:
    """Yield the actions that fired although they never should, if a path to one is found."""
    for method in instance.specification.actions:
        trace = first_firing(instance, method.name) if method.fires == "never" and fired[method.name] else None
        if trace is not None:
            yield Refutation(method, trace, SMOKE)


def explore_default(specification: Specification, seconds: float) -> InstanceExploration:
    """Search a model's default instance for a violation of an invariant, for some seconds."""
    return explore_instance(specification, {}, DEFAULT, seconds)


def explore_instance(
    specification: Specification, settings: Mapping[str, object], source: str, seconds: float
) -> InstanceExploration:
    """Search an instance, which `source` describes, for a violation of an invariant, for some seconds."""
    started = time.monotonic()
    found: tuple[Refutation, ...] = ()
    count, trouble = None, ""
    try:
        instance = instantiate(_without(specification, Kind.REACHABLE, Kind.LEMMA, *_TEMPORAL), settings)
        result = check(instance, Options(Engine.AUTO, Limits(seconds=seconds), deadlock=False))
    except Failed as error:
        found = (_failure(error, source),)
    except (AssayError, ImportError) as error:
        trouble = error.message if isinstance(error, AssayError) else str(error)
    else:
        demand_uninterrupted(result.exploration.stop)
        count = result.exploration.distinct
        found = tuple(_violations(result, source))[:1]
    return InstanceExploration(source, time.monotonic() - started, count, found, trouble)


def explore_refinements(
    specification: Specification, settings: Mapping[str, Any], seconds: float
) -> InstanceExploration:
    """Judge a model's refinements in its smoke instance, whatever else the instance violates.

    Refinements are judged only after a complete exploration, which a violated invariant or lemma would end.
    """
    started = time.monotonic()
    count, found, trouble = None, [], ""
    claims = [kind for kind in Kind if kind.is_claim and kind is not Kind.REFINEMENT]
    try:
        instance = instantiate(_without(specification, Kind.REACHABLE, *claims), dict(settings), name="smoke")
        result = check(instance, Options(Engine.AUTO, Limits(seconds=seconds), deadlock=False))
    except (AssayError, ImportError) as error:
        trouble = error.message if isinstance(error, AssayError) else str(error)
    else:
        demand_uninterrupted(result.exploration.stop)
        count = result.exploration.distinct
        found = list(_violations(result, SMOKE))
    return InstanceExploration(SMOKE, time.monotonic() - started, count, tuple(found), trouble)


def _violations(result: CheckResult, source: str) -> Iterator[Refutation]:
    for found in result.properties:
        if found.verdict is not Verdict.VIOLATED or found.trace is None:
            continue
        if isinstance(found.subject, Method):
            yield Refutation(found.subject, found.trace, source, implementation=found.implementation)
        elif isinstance(found.subject, Assertions):
            with found.trace.instance.active():
                yield _false_assertion(found.trace, source)


def _false_assertion(trace: Trace, source: str) -> Refutation:
    """Return the refutation by an assertion that is false at the end of a trace. The instance must be active."""
    return Refutation(ASSERTIONS, trace, source, failure_at_the_end(trace)[1])


def _failure(error: Failed, source: str) -> Refutation:
    """Return how the model's own code fails, and which action or property does."""
    trace = error.trace()
    with trace.instance.active():
        about, message = failure_at_the_end(trace)
        return Refutation(about, trace, source, message)
