"""The finite instances that candidates are tested on: small ones first, then ones that are larger in each sort.

What is true of all reachable states of one small instance may be true only because it is small: the last ballot is
never left, two nodes are each other's only peers. So there are several, and each sort is large in one of them. What is
true where a quorum of one kind needs all members, or just one, need not be true where the kinds are balanced.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from assay.checker.engine.limits import Limits
from assay.checker.errors import AssayError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.types import QuorumType, SortType
from assay.checker.properties.check import demand_axioms
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.inference.worlds import World, explored

__all__ = ["Explored", "Settings", "instances"]

Settings = Mapping[str, str]

MOST_SYSTEMS = 256
"""The most combinations of quorum systems on which to evaluate the axioms, for one instance."""


@dataclass(frozen=True)
class Explored:
    """An instance that was explored: its settings, over the model's own default, and its states."""

    settings: Settings
    world: World


def instances(theory: Theory, fixed: Settings, limits: Callable[[], Limits]) -> Iterator[Explored]:
    """Explore very small instances, the model's own default, and ones with more elements of orders, of others, of both.

    Of an instance beyond the limits, the states nearest to the initial ones are used. The limits are asked for before
    each one.
    """
    seen: list[tuple[object, ...]] = []
    for settings in _settings(theory.specification, fixed):
        instance = _instance(theory.specification, {**settings, **fixed})
        if instance is not None and (same := (instance.sizes, instance.quorums)) not in seen:
            seen.append(same)
            with suppress(AssayError):
                yield Explored({**settings, **fixed}, explored(theory, instance, limits()))


def _settings(specification: Specification, fixed: Settings) -> Iterator[dict[str, str]]:
    start = _own_sizes(specification, fixed)
    ordered = {sort.__name__ for sort in specification.sorts if _is_ordered(sort)}
    plain = set(start) - ordered
    # The smallest sizes have degenerate states: a node alone on a ring is its own neighbour.
    yield dict.fromkeys(start, "1")
    yield dict.fromkeys(start, "2")
    own = {name: str(size) for name, size in start.items()}
    yield own
    yield {}  # with a size that is given, quorums that the model writes out may be refused; without any, they never are
    yield from ({**own, **system} for system in _quorum_systems(specification, own, fixed))
    for names, more in ((ordered, 1), (plain, 1), (ordered, 2), (plain | ordered, 1)):
        if names - fixed.keys():
            larger = {name: str(size + (more if name in names else 0)) for name, size in start.items()}
            yield {**larger, **next(iter(_quorum_systems(specification, larger, fixed)), {})}


def _quorum_systems(specification: Specification, sizes: Settings, fixed: Settings) -> list[dict[str, str]]:
    """Return the least thresholds that the axioms allow, the most balanced first, where quorums are of several kinds.

    Thresholds that the user has fixed stay as they are.
    """
    free = [quorum for quorum in specification.quorums if quorum.cls.__name__ not in fixed]
    if len(specification.quorums) < 2:
        return []
    ranges = [range(1, int({**sizes, **fixed}[quorum.member.cls.__name__]) + 1) for quorum in free]
    found: list[tuple[int, ...]] = []
    for thresholds in itertools.islice(sorted(itertools.product(*ranges), key=sum), MOST_SYSTEMS):
        if any(all(map(operator.le, less, thresholds)) for less in found):
            continue
        if _instance(specification, {**sizes, **_stated(free, thresholds), **fixed}) is not None:
            found.append(thresholds)
    return [_stated(free, thresholds) for thresholds in sorted(found, key=max)]


def _stated(quorums: Sequence[QuorumType], thresholds: Sequence[int]) -> dict[str, str]:
    return {q.cls.__name__: str(threshold) for q, threshold in zip(quorums, thresholds, strict=True)}


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


def _instance(specification: Specification, settings: Settings) -> Instance | None:
    """Return the instance that settings make, if they make one: quorums that a model writes out are of one size."""
    try:
        instance = instantiate(specification, settings)
        with instance.active():
            demand_axioms(instance)
    except AssayError:
        return None
    return instance
