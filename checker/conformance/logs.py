"""Read a log, from its files to events in order; there is no other way in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import comb
from typing import Any

from assay.checker.conformance.events import Event, Moment
from assay.checker.conformance.mapping import LogMapping
from assay.checker.conformance.ordering import Chains, Lines, arrange
from assay.checker.conformance.reading import Reader
from assay.checker.conformance.values import Values
from assay.checker.errors import InputError, Location, UsageError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.introspection.specification import Method, Specification
from assay.checker.language.sorts import Order
from assay.checker.language.types import EnumType, IntType, QuorumType, SortType, subtypes
from assay.checker.wording import nearest

__all__ = ["Log", "actions_named", "read", "schema"]


@dataclass(frozen=True)
class Log:
    """A log as it was read.

    Attributes
    ----------
    paths : tuple of str
        The files.
    chains : Chains
        The events, in order.
    unlogged : tuple of Method
        Actions that happen without an event.
    """

    paths: tuple[str, ...]
    chains: Chains
    unlogged: tuple[Method, ...] = ()


def read(
    paths: Sequence[str],
    instance: Instance,
    mapped: LogMapping | None = None,
    *,
    unlogged: Sequence[str] = (),
    lines: Lines | None = None,
    skew: Moment = 0,
) -> Log:
    """Read the files of one log.

    Parameters
    ----------
    paths : sequence of str
        The files; together they are one run of the system.
    instance : Instance
        The model that they are to be checked against.
    mapped : LogMapping, optional
        The mapping of the log's fields and names; without one, the log is in the format's own keys.
    unlogged : sequence of str
        Actions of the model that happen without an event, besides those that the mapping names.
    lines : {"auto", "ordered", "unordered"}, optional
        Whether lines of different nodes in one file follow each other.
    skew : number
        By how much clocks may be wrong.

    Raises
    ------
    InputError
        If a line is not an event of the model, or the lines contradict each other; with its place.
    """
    mapped = mapped or LogMapping()
    _demand_types(instance.specification, mapped)
    hidden = actions_named(instance.specification, [*mapped.unlogged, *unlogged])
    with instance.active():
        _demand_unassigned(instance, mapped)
        _demand_interchangeable(instance, mapped)
        values = Values(instance, mapped.renamed, {sort: {} for sort in mapped.assign})
        reader = Reader(instance, values, mapped.actions, mapped.outsiders)
        found = [_events(path, mapped, reader) for path in paths]
    if not any(found):
        raise InputError("the log has no events", location=Location(paths[0]))
    mapped.demand_sources()
    return Log(tuple(paths), arrange(found, lines=lines or mapped.lines or "auto", skew=skew), hidden)


def _demand_types(specification: Specification, mapped: LogMapping) -> None:
    """Refuse names for values of a type that the model does not have: they would be ignored silently."""
    sorts = [sort.__name__ for sort in specification.sorts if not issubclass(sort, Order)]
    for name in mapped.assign:
        if name not in sorts:
            raise InputError(
                f"assign: the model has no sort {name!r}{nearest(name, sorts)}",
                location=Location(mapped.path),
                help=f"it has {', '.join(sorts) or 'none'}; the elements of an Order have names of their own",
            )
        if name in mapped.renamed:
            raise InputError(
                f"assign: the elements of {name} are assigned to names of the log, and values.{name} names them",
                location=Location(mapped.path),
                help=f"take {name} out of assign, or leave out [values.{name}]",
            )
    declared = [variable.type for variable in specification.variables]
    declared += [type_ for method in specification.actions for _, type_ in method.parameters]
    named = EnumType | SortType | IntType
    known = {str(part) for type_ in declared for part in subtypes(type_) if isinstance(part, named)}
    for name in mapped.renamed:
        if name and name not in known:
            raise InputError(
                f"values.{name}: the model has no such sort, enumeration or range{nearest(name, known)}",
                location=Location(mapped.path),
                help=f"it has {', '.join(sorted(known)) or 'none'}",
            )


def _demand_unassigned(instance: Instance, mapped: LogMapping) -> None:
    """Refuse nodes that are said to be elements of a sort whose elements are assigned: it would be ignored silently."""
    assigned = [sort for sort in instance.sizes if sort.__name__ in mapped.assign]
    others = [sort for sort in instance.sizes if sort not in assigned]
    free, taken = (
        {instance.name_of(e) for sort in part for e in instance.elements(sort)} for part in (others, assigned)
    )
    for node, element in mapped.renamed.get("", {}).items():
        if element in taken - free:
            raise InputError(
                f"nodes: {node!r} is to be {element!r}, whose sort is one that assign gives to the names of the log",
                location=Location(mapped.path),
                help="take the sort out of assign, or leave the node out of [nodes]",
            )


def _demand_interchangeable(instance: Instance, mapped: LogMapping) -> None:
    """Refuse to assign elements that the instance tells apart: which is which would decide the verdict."""
    for sort, what in _told_apart(instance):
        if sort.__name__ in mapped.assign:
            raise InputError(
                f"assign: {what} tells the elements of {sort.__name__} apart, so it matters which is which",
                location=Location(mapped.path),
                help=f"name them in [nodes] or [values.{sort.__name__}]",
            )


def _told_apart(instance: Instance) -> Iterator[tuple[type[Any], str]]:
    """Yield the sorts whose elements are not interchangeable, each with what an instance says of some and not others.

    What an instance leaves open, such as a structure that is not given, is every possible one, so nothing is told.
    """
    for variable in instance.specification.structure:
        for part in subtypes(variable.type) if variable.name in instance.structure else ():
            if isinstance(part, SortType | QuorumType):
                yield (part.member if isinstance(part, QuorumType) else part).cls, variable.name
    for quorum in instance.specification.quorums:
        size = instance.sizes[quorum.member.cls]
        counts = Counter(map(len, set(instance.quorums[quorum.cls])))
        if any(count != comb(size, members) for members, count in counts.items()):
            yield quorum.member.cls, quorum.cls.__name__


def _events(path: str, mapped: LogMapping, reader: Reader) -> list[Event]:
    return [reader.event(record) for record in mapped.records(path)]


def actions_named(specification: Specification, names: Sequence[str]) -> tuple[Method, ...]:
    """Return the actions of these names.

    Raises
    ------
    UsageError
        If the model has none of a name.
    """
    known = {method.name: method for method in specification.actions}
    for name in names:
        if name not in known:
            raise UsageError(
                f"the model has no action {name!r}, which is to be unlogged{nearest(name, known)}",
                help=f"it has {', '.join(known)}",
            )
    return tuple(known[name] for name in dict.fromkeys(names))


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a line of a log."""
    text = (files("assay.checker.conformance") / "event.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
