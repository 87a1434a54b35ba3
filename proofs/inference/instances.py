"""Which finite instances the candidates are held against: small ones first, and ones that are larger in each way.

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

__all__ = ["Explored", "Settings", "instances", "own_instance"]

Settings = Mapping[str, str]


@dataclass(frozen=True)
class Explored:
    """An instance that was explored: its settings, over the model's own default, and its states."""

    settings: Settings
    world: World


def own_instance(theory: Theory, fixed: Settings, limits: Limits) -> Explored | None:
    """Explore the model's own default instance."""
    return _explored(theory, dict(fixed), limits)


def instances(theory: Theory, fixed: Settings, limits: Limits) -> Iterator[Explored]:
    """Explore instances that grow: all sorts together, then the orders alone, until one is beyond the limits.

    The last one, which is beyond them, counts too: its states nearest to the initial ones.
    """
    specification = theory.specification
    for extra in range(3):
        found = _explored(theory, {**_sizes(specification, 2 + extra, 3 + extra), **fixed}, limits)
        if found is not None:
            yield found
        if found is None or not found.world.exhaustive:
            break
    if any(_is_ordered(sort) for sort in specification.sorts):
        longer = _explored(theory, {**_sizes(specification, 2, 5), **fixed}, limits)
        if longer is not None:
            yield longer


def _sizes(specification: Specification, plain: int, ordered: int) -> dict[str, str]:
    return {sort.__name__: str(ordered if _is_ordered(sort) else plain) for sort in specification.sorts}


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
