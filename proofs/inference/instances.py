"""The finite instances that candidates are tested on: small ones first, then ones that are larger in each sort.

What is true of all reachable states of one small instance may be true only because it is small: the last ballot is
never left, two nodes are each other's only peers. So there are several, and each sort is large in one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assay.checker.engine.limits import Limits
from assay.checker.errors import AssayError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.types import SortType
from assay.checker.properties.check import demand_axioms
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.inference.worlds import World, explored

__all__ = ["Explored", "Settings", "instances"]

Settings = Mapping[str, str]


@dataclass(frozen=True)
class Explored:
    """An instance that was explored: its settings, over the model's own default, and its states."""

    settings: Settings
    world: World


def instances(theory: Theory, fixed: Settings, limits: Limits) -> Iterator[Explored]:
    """Explore very small instances, the model's own default, and ones with more elements of orders, of others, of both.

    Of an instance beyond the limits, the states nearest to the initial ones are used.
    """
    for settings in _settings(theory.specification, fixed):
        found = _explored(theory, {**settings, **fixed}, limits)
        if found is not None:
            yield found


def _settings(specification: Specification, fixed: Settings) -> Iterator[dict[str, str]]:
    start = _own_sizes(specification, fixed)
    ordered = {sort.__name__ for sort in specification.sorts if _is_ordered(sort)}
    plain = set(start) - ordered
    # The smallest sizes have degenerate states: a node alone on a ring is its own neighbour.
    yield dict.fromkeys(start, "1")
    yield dict.fromkeys(start, "2")
    yield {name: str(size) for name, size in start.items()}
    for names, more in ((ordered, 1), (plain, 1), (ordered, 2), (plain | ordered, 1)):
        if names - fixed.keys():
            yield {name: str(size + (more if name in names else 0)) for name, size in start.items()}


def _own_sizes(specification: Specification, fixed: Settings) -> dict[str, int]:
    """Return the sizes of the model's own default instance; where it has none, small ones."""
    small = {sort.__name__: 3 if _is_ordered(sort) else 2 for sort in specification.sorts}
    try:
        own = instantiate(specification, fixed).sizes
    except AssayError:
        return small
    return {sort.__name__: size for sort, size in own.items()}


def _is_ordered(sort: object) -> bool:
    type_ = type_of(sort)
    return isinstance(type_, SortType) and type_.ordered


def _explored(theory: Theory, settings: Settings, limits: Limits) -> Explored | None:
    """Explore an instance, if these settings make one: quorums that a model writes out are of one size."""
    try:
        instance = instantiate(theory.specification, settings)
        with instance.active():
            demand_axioms(instance)
        return Explored(settings, explored(theory, instance, limits))
    except AssayError:
        return None
