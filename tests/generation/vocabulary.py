"""What an invented model talks about: sorts, orders, enums, records and quorums with common and with hostile names."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.generation.choices import Choices
from tests.generation.types import (
    BOOL,
    BagOf,
    EnumClass,
    MapOf,
    Optional,
    PermOf,
    Quorums,
    Range,
    Record,
    SeqOf,
    SetOf,
    SortClass,
    Tuple,
    Type,
    Union,
    choices_of,
    has_constant,
    is_container,
    size,
)

__all__ = ["Variable", "Vocabulary", "invent"]

SORTS = ["Node", "Site", "Bool", "Int", "Table", "Real", "Array", "x0", "select", "Lambda", "forall", "Element"]
"""Names of sorts; those after the second mean something to a solver, to SMT-LIB or to us."""

VARIABLES = [
    "v",
    "state_",
    "x0Node",
    "x0",
    "x1",
    "true",
    "ite",
    "member",
    "le",
    "first_",
    "size_of_Node",
    "store",
    "not_",
]
ENUMS = ["Color", "Phase", "And", "Sequence"]
RECORDS = ["Ping", "Pong", "P", "Q", "Not", "Vote"]
EDGES = [(-(2**63), -(2**63) + 1), (2**63 - 2, 2**63 - 1), (2**31 - 1, 2**31), (-1, 0), (3_037_000_499, 3_037_000_501)]
"""Ranges at the ends of words, and where squares leave them."""


@dataclass(frozen=True)
class Variable:
    """A variable of the state, or what an instance chooses: a part of its structure, which no step changes."""

    name: str
    type: Type
    structure: str | None = None

    @property
    def changes(self) -> bool:
        """Whether an action may assign to it."""
        return self.structure is None


@dataclass
class Vocabulary:
    """The declared types and variables of a model; `apart` are those that another module declares."""

    sorts: list[SortClass] = field(default_factory=list)
    orders: list[SortClass] = field(default_factory=list)
    quorums: list[Quorums] = field(default_factory=list)
    enums: list[EnumClass] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    apart: list[EnumClass | Record] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    constants: dict[str, int] = field(default_factory=dict)


class _Inventor:
    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.made = Vocabulary()

    def _names(self, pool: list[str], count: int, usual: int) -> list[str]:
        """Return different names, mostly from the beginning of the pool."""
        left, found = list(pool), []
        for _ in range(count):
            name = self.choices.pick(left[:usual] if left[:usual] and self.choices.chance(60) else left)
            left.remove(name)
            found.append(name)
        return found

    def invent(self) -> Vocabulary:
        choices, made = self.choices, self.made
        for name in self._names(SORTS, choices.number(1, 2), 2):
            made.sorts.append(SortClass(name, choices.pick([2, 1, 3])))
        made.orders.append(SortClass("Ballot", choices.pick([2, 1, 3]), ordered=True))
        if choices.chance(50):
            made.quorums.append(Quorums("Quorum", made.sorts[0]))
        for name in self._names(ENUMS, choices.number(1, 2), 2):
            made.enums.append(EnumClass(name, ("RED", "GREEN", "BLUE")[: choices.pick([3, 1, 2])]))
        for name in self._names(RECORDS, choices.number(1, 4), 4):
            made.records.append(Record(name, self._fields()))
        if choices.chance(25):
            self._namesakes()
        self._variables()
        self._structure()
        return made

    def _fields(self) -> tuple[tuple[str, Type], ...]:
        fields: list[tuple[str, Type]] = []
        for index in range(self.choices.pick([1, 2, 0, 3])):
            type_ = self.scalar(2)
            if size(type_) * size(Tuple(tuple(t for _, t in fields))) <= 48:
                fields.append((f"{self.choices.pick(['f', 'index', 'kind', 'value'])}{index}", type_))
        return tuple(fields)

    def _namesakes(self) -> None:
        """Declare what has the name of something here in a module apart."""
        enum, record = self.choices.pick(self.made.enums), self.choices.pick(self.made.records)
        self.made.apart += [EnumClass(f"apart.{enum.name}", ("RED", "BLUE")), Record(f"apart.{record.name}", ())]

    def scalar(self, depth: int, most: int = 48) -> Type:
        """Return a scalar type with a few values."""
        for _ in range(4):
            type_ = self._scalar(depth)
            if size(type_) <= most:
                return type_
        return BOOL

    def _scalar(self, depth: int) -> Type:
        made, choices = self.made, self.choices
        plain: list[Type] = [
            BOOL,
            *made.sorts,
            *made.orders,
            *made.enums,
            Range(*choices.pick([(0, 2), (-1, 1), (0, 3), (5, 5), *EDGES])),
        ]
        records = [*made.records, *(a for a in made.apart if isinstance(a, Record))]
        plain += [a for a in made.apart if isinstance(a, EnumClass)]
        if depth <= 0 or choices.chance(45):
            return choices.pick([*plain, *records])
        match choices.pick(["optional", "tuple", "union", "record"]):
            case "optional":
                inner = self._scalar(depth - 1)
                return inner if isinstance(inner, Optional) else Optional(inner)
            case "tuple":
                return Tuple(tuple(self.scalar(depth - 1, 8) for _ in range(choices.pick([2, 1, 3]))))
            case "union" if len(records) > 1:
                chosen = [r for r in records if choices.chance(60)]
                return Union(tuple(chosen)) if len(chosen) > 1 else records[0]
            case _:
                return choices.pick(records) if records else BOOL

    def _variables(self) -> None:
        taken = {str(sort) for sort in self.made.sorts}  # in the body of a class, a variable's default hides a sort
        names = self._names([name for name in VARIABLES if name not in taken], self.choices.number(3, 7), 3)
        for index, name in enumerate(names):
            self.made.variables.append(Variable(f"{name}{index}" if self.choices.chance(50) else name, self._stored()))
        for index, sort in enumerate([*self.made.sorts, *self.made.orders]):
            self.made.variables.append(Variable(f"any{index}", sort))
        self.made.variables += [Variable("quorum", quorum) for quorum in self.made.quorums]

    def _structure(self) -> None:
        """Declare what an instance chooses, of which there are not too many."""
        choices, structures = self.choices, 1
        for index in range(choices.pick([0, 1, 0, 2])):
            type_, written = self._chosen_by_instances()
            structures *= choices_of(type_)
            if structures > 128:
                return
            self.made.variables.append(Variable(f"{choices.pick(['given', 'next', 'between'])}{index}", type_, written))

    def _chosen_by_instances(self) -> tuple[Type, str]:
        sorts: list[Type] = [*self.made.sorts, *self.made.orders, *self.made.enums]
        match self.choices.pick(["relation", "function", "scalar", "set", "permutation"]):
            case "relation":
                items = tuple(self.choices.pick(sorts) for _ in range(self.choices.pick([2, 1, 3])))
                return SetOf(Tuple(items)), f"Relation[{', '.join(map(str, items))}]"
            case "function":
                key, value = self.choices.pick(sorts), self.scalar(1, 6)
                return MapOf(key, value), f"Function[{key}, {value}]"
            case "set":
                type_: Type = SetOf(self.scalar(1, 6))
            case "permutation":
                type_ = PermOf(self.choices.pick([*self.made.sorts, *self.made.orders]))
            case _:
                type_ = self.choices.pick([*sorts, *self.made.records, Optional(self.choices.pick(sorts))])
        return type_, f"Parameter[{type_}]"

    def _stored(self) -> Type:
        """Return a type of a variable that can be given an initial value."""
        while True:
            type_ = self._drawn()
            if (
                not isinstance(type_, MapOf)
                or has_constant(type_.value)
                or (isinstance(type_.key, SortClass | EnumClass) and not is_container(type_.value))
            ):
                return type_

    def _drawn(self) -> Type:
        choices = self.choices
        match choices.pick(["scalar", "set", "map", "seq", "bag", "nested", "quorum"]):
            case "set":
                return SetOf(self.scalar(2))
            case "map":
                return MapOf(self.scalar(1, 9), self.scalar(2))
            case "nested":
                inner = choices.pick(
                    [SetOf(self.scalar(1, 9)), MapOf(self.scalar(0, 4), self.scalar(1)), SeqOf(self.scalar(1, 9), 2)]
                )
                return MapOf(self.scalar(0, 4), inner)
            case "seq":
                return SeqOf(self.scalar(1), choices.pick([2, 3, 1]))
            case "bag":
                return BagOf(self.scalar(1, 12), choices.pick([2, 1, 3]))
            case "quorum" if self.made.quorums:
                return self.made.quorums[0]
            case _:
                return self.scalar(2)


def invent(choices: Choices) -> Vocabulary:
    """Invent a vocabulary."""
    return _Inventor(choices).invent()
