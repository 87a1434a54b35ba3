"""Settings for an instance's structure: values of any type, as text or as Python values.

On a command line: ``between={(n1, n2, n3), (n2, n3, n1)}``, ``id={n1: i2, n2: i1}``, ``level=HIGH``. Elements of sorts
are written by their names or by their numbers, from 1 on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from assay.checker.errors import UsageError
from assay.checker.language.execution.written_values import Names, example, spelled, written
from assay.checker.language.frozen import part_of
from assay.checker.language.types import (
    BagType,
    BoolType,
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
)
from assay.checker.language.values import Anything
from assay.checker.wording import listed

__all__ = ["is_open", "value_of"]


def is_open(setting: object) -> bool:
    """Return whether a setting allows every value: ``anything()``."""
    return isinstance(setting, Anything) or (isinstance(setting, str) and setting.strip() == "anything()")


def value_of(name: str, type_: Type, setting: object, instance: Names) -> Any:
    """Return the frozen value that a setting stands for.

    Raises
    ------
    UsageError
        If it is not a value of the type.
    """
    text = setting if isinstance(setting, str) else spelled(setting)
    reader = _Reader(name, text, type_, instance, _tokens(text))
    value = reader.value(type_)
    if reader.left:
        reader.fail(f"{reader.left[0]} is left over")
    return value


_TOKEN = re.compile(r"\s*(-?[0-9]+|[A-Za-z_][A-Za-z_0-9.]*|.)")


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.strip())


@dataclass
class _Reader:
    """Reads a text as a value of an expected type, by recursive descent.

    Attributes
    ----------
    name, text, whole : str, str, Type
        The name that is set, the text, and its type, for errors.
    instance : Names
        The instance.
    left : list of str
        The tokens that have not been read yet.
    """

    name: str
    text: str
    whole: Type
    instance: Names
    left: list[str] = field(default_factory=list)

    def fail(self, why: str) -> NoReturn:
        raise UsageError(
            f"{self.name}={self.text}: {why}",
            help=f"{self.name} is a {self.whole}; for example {self.name}={example(self.whole, self.instance)}",
        )

    # Tokens

    @property
    def next(self) -> str:
        return self.left[0] if self.left else ""

    def take(self, wanted: str = "") -> str:
        found = self.next
        if not found or (wanted and found != wanted):
            self.fail(f"expected {wanted or 'a value'}, found {found or 'the end'}")
        return self.left.pop(0)

    def items(self, opening: str, closing: str) -> Iterator[None]:
        """Iterate over comma-separated items between brackets; the loop's body must read one item each time."""
        self.take(opening)
        while self.next != closing:
            yield
            if self.next != closing:
                self.take(",")
        self.take(closing)

    # Values

    def value(self, type_: Type) -> Any:
        match type_:
            case SetType(element):
                return frozenset([self._part(element) for _ in self.items("{", "}")])
            case MapType(key, inner):
                return self._map(type_, key, inner)
            case SeqType(element, bound, distinct):
                items = tuple([self._part(element) for _ in self.items("[", "]")])
                if distinct and sorted(items, key=self._place(element)) != list(self.instance.universe(element)):
                    self.fail(f"a {type_} holds every {element} once")
                return self._demand_room(type_, items, len(items), self.instance.bound(bound))
            case BagType(element, bound):
                counts: Counter[Any] = Counter()
                for _ in self.items("{", "}"):
                    item, times = self._copies(element)
                    counts[item] += times
                held = frozenset((item, count) for item, count in counts.items() if count)
                return self._demand_room(type_, held, counts.total(), self.instance.bound(bound))
            case TupleType(items):
                return self._tuple(type_, items)
            case OptionalType(inner):
                return self._nothing() if self.next == "None" else self._part(inner)
            case RecordType() | UnionType():
                return self._record(type_)
            case QuorumType(cls, member):
                return self._quorum(cls, member)
            case _:
                return self._scalar(type_)

    def _part(self, type_: Type) -> Any:
        """Read a value that is part of another."""
        return part_of(type_, self.value(type_), self.instance.universe)

    def _nothing(self) -> None:
        self.take("None")

    def _map(self, type_: MapType, key: Type, inner: Type) -> tuple[Any, ...]:
        keys = self.instance.universe(key)
        if self.next == "everywhere":
            self.take()
            self.take("(")
            value = self._at_every_key(inner)
            self.take(")")
            return (value,) * len(keys)
        entries: dict[Any, Any] = {}
        for _ in self.items("{", "}"):
            entry = self.value(key)
            self.take(":")
            if entry in entries:
                self.fail(f"{written(key, entry, self.instance)} has two values")
            entries[entry] = self.value(inner)
        missing = next((k for k in keys if k not in entries), None)
        if missing is not None or len(entries) != len(keys):
            self.fail(f"a {type_} has a value for every key, and this none for {written(key, missing, self.instance)}")
        return tuple(entries[k] for k in keys)

    def _at_every_key(self, type_: Type) -> Any:
        """Read what is at every key of a map; for a map of maps it may be what is at every key of those."""
        if isinstance(type_, MapType) and self.next not in ("{", "everywhere"):
            return (self._at_every_key(type_.value),) * len(self.instance.universe(type_.key))
        return self.value(type_)

    def _demand_room(self, type_: Type, value: Any, size: int, bound: int) -> Any:
        if size > bound:
            self.fail(f"a {type_} cannot hold {size} elements")
        return value

    def _place(self, element: Type) -> Callable[[Any], int]:
        return {item: place for place, item in enumerate(self.instance.universe(element))}.__getitem__

    def _copies(self, element: Type) -> tuple[Any, int]:
        item = self._part(element)
        times = re.fullmatch("x([0-9]+)", self.next)
        if times:
            self.take()
        return item, int(times[1]) if times else 1

    def _tuple(self, type_: TupleType, items: tuple[Type, ...]) -> tuple[Any, ...]:
        found: list[Any] = []
        for _ in self.items("(", ")"):
            if len(found) == len(items):
                self.fail(f"a {type_} has {len(items)} items")
            found.append(self._part(items[len(found)]))
        if len(found) != len(items):
            self.fail(f"a {type_} has {len(items)} items")
        return tuple(found)

    def _record(self, type_: RecordType | UnionType) -> Any:
        kinds = {
            part.cls.__name__: part for part in ((type_,) if isinstance(type_, RecordType) else type_.alternatives)
        }
        name = self.take()
        if name not in kinds:
            self.fail(f"{name} is no record of {listed(kinds)}")
        given: dict[str, Any] = {}
        expected = dict(kinds[name].fields)
        for _ in self.items("(", ")"):
            named = self.next in expected and self.left[1:2] == ["="]
            part = self.take() if named else next((f for f in expected if f not in given), "")
            if named:
                self.take("=")
            if not part or part in given:
                self.fail(f"{name} has the fields {listed(expected)}")
            given[part] = self._part(expected[part])
        if len(given) != len(expected):
            self.fail(f"{name} has the fields {listed(expected)}")
        return kinds[name].cls(**given)

    def _quorum(self, cls: type[Any], member: SortType) -> Any:
        members = self.value(SetType(member))
        found = next((q for q in self.instance.elements(cls) if self.instance.members(q) == members), None)
        if found is None:
            self.fail(f"{written(SetType(member), members, self.instance)} is no quorum of {cls.__name__}")
        return found

    def _scalar(self, type_: Type) -> Any:
        token = self.take()
        match type_:
            case BoolType():
                found: dict[str, Any] = {"true": True, "false": False}
                token = token.lower()
            case EnumType(cls):
                found = dict(cls.__members__)
                token = token.removeprefix(f"{cls.__name__}.")
            case IntType():
                return self._number(type_, token)
            case SortType(cls):
                elements = self.instance.elements(cls)
                found = {str(index): element for index, element in enumerate(elements, start=1)}
                found |= {self.instance.name_of(element): element for element in elements}
            case _:
                raise AssertionError(type_)
        if token not in found:
            self.fail(f"{token} is no {type_}")
        return found[token]

    def _number(self, type_: IntType, token: str) -> int:
        if not re.fullmatch("-?[0-9]{1,30}", token):
            self.fail(f"{token} is no whole number")
        low, high = self.instance.interval(type_)
        if not low <= int(token) <= high:
            self.fail(f"{token} is not in {type_}")
        return int(token)
