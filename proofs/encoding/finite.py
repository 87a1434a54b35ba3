"""What finite instances say: which properties they violate, and whether a state is reachable in one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assay.checker.engine import reference
from assay.checker.engine.exploration import DEADLOCK
from assay.checker.engine.limits import Limits
from assay.checker.engine.trace import Trace, execute
from assay.checker.errors import AssayError
from assay.checker.language.instance import Instance, instantiate
from assay.checker.language.model import Kind, Model
from assay.checker.language.reading import Frozen
from assay.checker.language.specification import Method, Specification
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.results import Refutation

__all__ = ["path_to", "screened", "violation"]


def screened(specification: Specification, settings: dict[str, object], seconds: float) -> list[Refutation]:
    """Return the properties that the model's smoke instance violates, as far as the time goes."""
    kept = tuple(m for m in specification.methods if m.kind is not Kind.REACHABLE)
    try:
        instance = instantiate(replace(specification, methods=kept), settings, name="smoke")
        with instance.active():
            return list(_found(instance, seconds))
    except AssayError:
        return []


def _found(instance: Instance, seconds: float) -> Iterator[Refutation]:
    from assay.checker.properties.check import demand_axioms

    demand_axioms(instance)
    found = reference.explore(instance, Limits(seconds=seconds), keep_going=True, deadlock=False).found
    for method in instance.specification.of(Kind.LEMMA, Kind.INVARIANT, Kind.STEP_INVARIANT):
        if method.name in found:
            trace = execute(instance, found[method.name])  # type: ignore[arg-type]
            yield Refutation(method.name, method.kind.value, trace, "the smoke instance")


def violation(specification: Specification, seconds: float) -> Refutation | None:
    """Return a violation of an invariant that the default instance has, if one is found in time."""
    kept = tuple(m for m in specification.methods if m.kind not in (Kind.REACHABLE, Kind.LEMMA))
    try:
        instance = instantiate(replace(specification, methods=kept))
        result = check(instance, Options(Engine.AUTO, Limits(seconds=seconds), deadlock=False))
    except (AssayError, ImportError):
        return None
    for found in result.properties:
        if found.verdict is Verdict.VIOLATED and found.trace is not None and found.name != DEADLOCK:
            return Refutation(found.name, found.kind, found.trace, "the default instance")
    return None


def path_to(instance: Instance, state: Frozen, seconds: float) -> tuple[bool | None, Trace | None]:
    """Return whether a state is reachable in an instance, if that is found out in time, and how."""

    def is_reached(reached: Model) -> bool:
        return tuple(reached.__dict__["_frozen"].values()) == state

    wanted = Method("wanted", Kind.REACHABLE, is_reached, (), None)
    kept = instance.specification.of(Kind.ACTION, Kind.INITIAL)
    specification = replace(instance.specification, methods=(*kept, wanted))
    searched = Instance(specification, instance.sizes, instance.constants, instance.quorums)
    try:
        outcome = reference.explore(searched, Limits(seconds=seconds), deadlock=False)
    except AssayError:
        return None, None
    if "wanted" in outcome.found:
        return True, execute(instance, outcome.found["wanted"])  # type: ignore[arg-type]
    return (False if outcome.stop is None else None), None
