"""Outline a version of an implementation: its claims, its messages and its durable state."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from assay.checker.changes.classes import classes_in, classes_inside, hints_of, names_of, unmet
from assay.checker.changes.outline import Outline, Part
from assay.checker.changes.places import line_of
from assay.checker.changes.predicates import digests
from assay.checker.implementations.loading import NamedCluster
from assay.checker.implementations.predicates import name_of
from assay.checker.language.introspection.source import class_location
from assay.impl.node.attributes import declared
from assay.impl.node.cluster import Cluster
from assay.impl.node.handling import handlers

__all__ = ["ANY_NUMBER", "claims_of", "outline_of"]

ANY_NUMBER = 1 << 30
"""Stands for an unlimited budget of faults."""


def claims_of(named: NamedCluster) -> dict[str, str]:
    """Return a cluster's claims, from name to kind."""
    cluster = named.cluster
    found: dict[str, str] = {}
    for kind, predicates in (("invariant", cluster.invariants), ("reachable", cluster.reachable)):
        for predicate in predicates:
            found[unmet(name_of(predicate), found)] = kind
    if cluster.refines is not None:
        found[f"that it refines {cluster.refines}"] = "refinement"
    if cluster.sequential is not None:
        found[f"that clients see {type(cluster.sequential).__name__}"] = cluster.consistency
    return found


def outline_of(named: NamedCluster) -> Outline:
    """Return the outline of a version: its messages, its durable state and its budgets of faults."""
    nodes = dict.fromkeys(type(node) for node in named.cluster.nodes.values())
    messages = dict.fromkeys(message for cls in nodes for message in handlers(cls))
    kept = [(cls, name, each.type) for cls in nodes for name, each in declared(cls).items() if each.durable]
    inside = [*classes_inside([*messages, *(type_ for _, _, type_ in kept)])]
    names = names_of((*nodes, *messages, *inside), named.module.__name__)
    lines = {cls: line_of(class_location(cls)) for cls in (*nodes, *messages, *inside)}
    places = {
        **{names[cls]: line for cls, line in lines.items()},
        **{f"{names[cls]}.{name}": lines[cls] for cls, name, _ in kept},
    }
    return Outline(
        instances={"default": {name: str(value) for name, value in named.sizes.items()}},
        ranges=tuple(_budgets(named.cluster)),
        variables={f"{names[cls]}.{name}": _words(type_, names) for cls, name, type_ in kept},
        records={names[message]: ", ".join(_fields(message, names)) for message in messages},
        fairness=(),
        claims=(),
        refinements={},
        statements=(),
        lines={name: line for name, line in places.items() if line is not None},
        is_of_nodes=True,
        parts={names[cls]: ", ".join(_fields(cls, names)) for cls in inside if cls not in messages},
        predicates=dict(digests(named)),
    )


def _budgets(cluster: Cluster) -> Iterator[tuple[Part, tuple[int, int]]]:
    """Yield the budget of each fault."""
    faults, network = cluster.faults, cluster.network
    timeouts: Mapping[str, int | None] = faults.timeouts if isinstance(faults.timeouts, Mapping) else {}
    budgets: dict[str, int | None] = {
        "the number of crashes": faults.crashes,
        "the number of restarts": faults.restarts,
        "the number of partitions": faults.partitions,
        "the number of lost messages": network.loss,
        "the number of doubled messages": network.duplication,
        **{f"the number of timeouts {name}": most for name, most in timeouts.items()},
    }
    if not isinstance(faults.timeouts, Mapping):
        budgets["the number of timeouts"] = faults.timeouts
    for name, most in budgets.items():
        yield Part(name), (0, ANY_NUMBER if most is None else most)


def _fields(cls: type[Any], names: Mapping[type[Any], str]) -> Iterator[str]:
    if not dataclasses.is_dataclass(cls):
        yield from getattr(cls, "__members__", ())  # of an enumeration
        return
    hints = hints_of(cls)
    for part in dataclasses.fields(cls):
        given = "" if _is_demanded(part) else " = ..."
        yield f"{part.name}: {_words(hints[part.name], names)}{given}"


def _is_demanded(part: dataclasses.Field[Any]) -> bool:
    return part.default is dataclasses.MISSING and part.default_factory is dataclasses.MISSING


def _words(type_: Any, names: Mapping[type[Any], str]) -> str:
    """Return a type as text, with modules only where they are needed to distinguish classes."""
    if isinstance(type_, str):
        return type_
    if isinstance(type_, type) and not getattr(type_, "__args__", ()):
        return names.get(type_, type_.__qualname__) if type_ is not type(None) else "None"
    words = str(type_)
    for part in classes_in(type_):
        words = words.replace(f"{part.__module__}.{part.__qualname__}", names.get(part, part.__qualname__))
    return words.replace("typing.", "")
