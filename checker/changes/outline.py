"""Outline a version of a model: the static facts that versions are compared by without a solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import partial
from typing import Any

import msgspec
from assay.checker.changes.classes import types_in
from assay.checker.changes.places import Line, line_of
from assay.checker.changes.refining import refinements
from assay.checker.changes.statements import Vocabulary, asserted, statements
from assay.checker.errors import AssayError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.fairness import Fairness
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.types import (
    BagType,
    EnumType,
    IntType,
    MapType,
    OptionalType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
    subtypes,
)

__all__ = ["Fair", "General", "Outline", "Part", "Stated", "outline", "say_the_same"]


class Fair(msgspec.Struct, frozen=True):
    """A fairness assumption, as a value that can be written as JSON; see `Fairness`."""

    is_strong: bool
    actions: tuple[str, ...]
    each: tuple[str, ...]

    @property
    def words(self) -> str:
        """Its name in reports."""
        return str(Fairness(self.is_strong, self.actions, self.each))


class General(Enum):
    """Claims that are checked for every model."""

    DEADLOCK = "deadlock"
    ASSERTIONS = "assertions"


class Part(msgspec.Struct, frozen=True):
    """A part of a variable: ``a value of votes`` has the path ``("a value",)``."""

    variable: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " of ".join((*self.path, self.variable))


class Stated(msgspec.Struct, frozen=True):
    """A property, constraint or axiom: its kind, its name, and the hash of what it says."""

    kind: str
    name: str
    digest: str


class Outline(msgspec.Struct, frozen=True):
    """The static facts of a version.

    Attributes
    ----------
    instances : mapping from name to settings
        The parameters of its instances.
    ranges : tuple of (Part, (int, int))
        The ranges of numbers and of the lengths of sequences, at the compared instance; for an implementation, the
        budgets of faults.
    variables, records : mapping from name to text
        The type of each variable and the fields of each record, as text.
    fairness : tuple of Fair
        Its fairness assumptions.
    claims : tuple of General
        Those of the general claims that are enabled for it.
    refinements : mapping from name to text
        A hash of each refinement: of its mapping, and of what the other model allows.
    statements : tuple of Stated
        Each property, constraint and axiom, with a hash of its meaning.
    lines : mapping from name to file and line
        Where actions, properties and variables are defined.
    fires : mapping from action to text
        What is claimed of whether each action fires; see `assay.checker.language.model.action`.
    asserted : mapping from action to text
        A hash of the code of each action that makes an assertion.
    is_of_nodes : bool
        Whether it is an implementation, whose records are messages and whose variables are durable attributes of nodes.
    parts : mapping from name to text
        The members of enumerations; for an implementation, also the fields of the classes inside messages and durable
        state.
    predicates : mapping from name to text
        For an implementation, a hash of the code of each claim; see `assay.checker.changes.predicates`.
    """

    instances: dict[str, dict[str, str]]
    ranges: tuple[tuple[Part, tuple[int, int]], ...]
    variables: dict[str, str]
    records: dict[str, str]
    fairness: tuple[Fair, ...]
    claims: tuple[General, ...]
    refinements: dict[str, str]
    statements: tuple[Stated, ...]
    lines: dict[str, Line]
    fires: dict[str, str] = {}
    asserted: dict[str, str] = {}
    is_of_nodes: bool = False
    parts: dict[str, str] = {}
    predicates: dict[str, str] = {}


def outline(specification: Specification, instance: Instance) -> Outline:
    """Return the outline of a version.

    Parameters
    ----------
    specification : Specification
        The version.
    instance : Instance
        The compared instance, which must be active.
    """
    model = compile_model(specification)
    classes = Vocabulary.of(model).classes
    types = {variable.name: variable.type for variable in specification.variables}
    records = {part for type_ in types.values() for part in subtypes(type_) if isinstance(part, RecordType)}
    enumerations = dict.fromkeys(part for part in types_in(specification) if isinstance(part, EnumType))
    places = {
        **{v.name: v.location for v in specification.variables},
        **{m.name: m.location for m in specification.methods},
    }
    lines = {name: line_of(place) for name, place in places.items()}
    return Outline(
        dict(_instances(specification)),
        tuple(found for name, type_ in types.items() for found in _ranges(Part(name), type_, instance)),
        {name: _words(type_, classes) for name, type_ in types.items()},
        {classes[record.cls]: _fields(record, classes) for record in sorted(records, key=lambda r: classes[r.cls])},
        tuple(Fair(one.is_strong, one.actions, one.each) for one in specification.fairness),
        tuple(_general(specification)),
        dict(refinements(specification)),
        tuple(Stated(said.kind.value, said.name, digest) for said, digest in statements(model)),
        {name: line for name, line in lines.items() if line is not None},
        {action.name: action.fires for action in specification.actions},
        dict(asserted(model)),
        parts={classes[each.cls]: ", ".join(each.cls.__members__) for each in enumerations},
    )


def say_the_same(before: Outline, after: Outline) -> bool:
    """Return whether two versions make identical statements about identically named variables.

    The types of variables and fields hold the name of an enumeration, and `parts` its members.
    """
    old, new = ((one.statements, one.variables, one.records, one.parts) for one in (before, after))
    return old == new and [*before.variables] == [*after.variables]


def _general(specification: Specification) -> Iterator[General]:
    if specification.cls.check_deadlock:
        yield General.DEADLOCK
    if specification.makes_assertions:
        yield General.ASSERTIONS


def _instances(specification: Specification) -> Iterator[tuple[str, dict[str, str]]]:
    for name in ("default", "smoke", "deep"):
        try:
            found: Mapping[str, object] = instantiate(specification, {}, name=name).settings()
        except AssayError:  # a model need not define all of them
            continue
        yield name, {setting: str(value) for setting, value in found.items()}


def _ranges(part: Part, type_: Type, instance: Instance) -> Iterator[tuple[Part, tuple[int, int]]]:
    """Yield the range of each number in a type."""
    match type_:
        case IntType() if not type_.is_computed and not type_.is_unbounded:
            yield part, instance.interval(type_)
        case SeqType(element, bound) | BagType(element, bound):
            yield _inside(part, "the length"), (0, instance.bound(bound))
            yield from _ranges(_inside(part, "an item"), element, instance)
        case SetType(element):
            yield from _ranges(_inside(part, "an element"), element, instance)
        case MapType(key, value):
            yield from _ranges(_inside(part, "a key"), key, instance)
            yield from _ranges(_inside(part, "a value"), value, instance)
        case OptionalType(inner):
            yield from _ranges(part, inner, instance)
        case TupleType(items):
            for number, item in enumerate(items, start=1):
                yield from _ranges(_inside(part, f"item {number}"), item, instance)
        case RecordType(_, fields):
            for name, inner in fields:
                yield from _ranges(_inside(part, name), inner, instance)
        case UnionType(alternatives):
            for record in alternatives:
                for name, inner in record.fields:
                    yield from _ranges(_inside(part, f"{record}.{name}"), inner, instance)


def _inside(part: Part, name: str) -> Part:
    return Part(part.variable, (name, *part.path))


def _fields(record: RecordType, classes: Mapping[type[Any], str]) -> str:
    return ", ".join(f"{name}: {_words(part, classes)}" for name, part in record.fields)


def _words(type_: Type, classes: Mapping[type[Any], str]) -> str:
    """Return a type as text, without the bounds of its numbers, which `ranges` covers."""
    words = partial(_words, classes=classes)
    match type_:
        case EnumType() | SortType() | QuorumType() | RecordType():
            return classes[type_.cls]
        case IntType():
            return "int"
        case SeqType(element, _, distinct):
            return f"{'Perm' if distinct else 'Seq'}[{words(element)}]"
        case BagType(element, _):
            return f"Bag[{words(element)}]"
        case SetType(element):
            return f"Set[{words(element)}]"
        case MapType(key, value):
            return f"Map[{words(key)}, {words(value)}]"
        case OptionalType(inner):
            return f"{words(inner)} | None"
        case TupleType(items):
            return f"tuple[{', '.join(map(words, items))}]"
        case UnionType(alternatives):
            return " | ".join(map(words, alternatives))
    return str(type_)
