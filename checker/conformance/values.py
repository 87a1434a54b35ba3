"""Values in logs, which are plain JSON or text cut out of a line, to frozen values of a type, and back.

Elements of sorts and members of enumerations are written by their names, an optional as ``null`` or its value, sets,
sequences and tuples as lists, a bag as a list with repetitions, a map as an object (or a list of pairs), and a record
as an object of its fields; a record of a union as ``{"Prepared": {"participant": "p1"}}``, or as ``"Commit"`` if it has
no fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from assay.checker.language.execution.dialects import read, read_part
from assay.checker.language.execution.instance import Instance
from assay.checker.language.frozen import counts_in, entries_in
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
from assay.checker.quantities import ordinal

__all__ = ["LogValueError", "Values"]

_MOST_NAMED = 12
"""The most names that a message lists."""


class LogValueError(Exception):
    """A value of a log is not of the type that the model expects."""


@dataclass(frozen=True)
class Values:
    """Translates values of logs to frozen values of one instance.

    Attributes
    ----------
    instance : Instance
        The instance, which need not be active.
    renamed : mapping from type name to names
        The log's names of elements of sorts, members of enumerations and numbers, for each type as reports write it;
        under ``""``, names of elements of any sort.
    assigned : mapping from sort to names
        For each sort whose elements are assigned to the names in the log as they occur: the names so far.
    """

    instance: Instance
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    assigned: Mapping[str, dict[str, int]] = field(default_factory=dict)

    def decode(self, type_: Type, value: Any) -> Any:
        """Return the frozen value of a value in a log.

        Raises
        ------
        LogValueError
            If it is not a value of the type in this instance.
        """
        return read(self, type_, value)

    def part(self, type_: Type, value: Any) -> Any:
        """Return the value in the form that it has inside another one."""
        return read_part(self, type_, value)

    def met(self) -> dict[str, int]:
        """Return how many names of each sort are assigned so far."""
        return {sort: len(names) for sort, names in self.assigned.items()}

    def forget_since(self, met: Mapping[str, int]) -> None:
        """Take back the names that were assigned since; see `met`."""
        for sort, names in self.assigned.items():
            for name in [*names][met[sort] :]:
                del names[name]

    # The dialect of logs

    def refuse(self, type_: Type, value: Any, why: str | None = None) -> NoReturn:
        """Raise the error that a value of a log does not belong to a type."""
        raise LogValueError(why or f"{shortened(value)} is not a value of {type_} in this instance")

    def truth(self, type_: BoolType, value: Any) -> bool:
        """Return a truth value: that of JSON, or its text."""
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        return value if isinstance(value, bool) else self.refuse(type_, value)

    def number(self, type_: IntType, value: Any) -> int:
        """Return a number: a JSON number, its text, or a name for it."""
        value = self._renamed(type_, value) or value
        return int(value) if _is_number(value) else self.refuse(type_, value)

    def member(self, type_: EnumType, value: Any) -> Any:
        """Return the member of an enumeration, by its name."""
        return self._named(type_, {member.name: member for member in type_.cls}, value)

    def optional(self, type_: OptionalType, value: Any) -> tuple[Any, ...]:  # noqa: ARG002
        """Return the value, unless it is null."""
        return () if value is None else (value,)

    def items(self, type_: Type, value: Any) -> list[Any]:
        """Return the items of a list."""
        return value if isinstance(value, list) else self.refuse(type_, value)

    def counts(self, type_: BagType, value: Any) -> list[tuple[Any, int]]:
        """Return the items of a list, with repetitions."""
        return [(item, 1) for item in self.items(type_, value)]

    def pairs(self, type_: MapType, value: Any) -> list[tuple[Any, Any]]:
        """Return the entries of an object, or of a list of pairs."""
        if isinstance(value, dict):
            return list(value.items())
        pairs = self.items(type_, value)
        if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
            self.refuse(type_, value)
        return [(key, inner) for key, inner in pairs]

    def entries(self, type_: MapType, value: Any) -> list[tuple[Any, Any]]:
        """Return the entries of a map that are in the log, which need not be all."""
        return [(self.part(type_.key, key), inner) for key, inner in self.pairs(type_, value)]

    def element(self, type_: SortType, value: Any) -> Any:
        """Return the element of a sort, by its name in the log; of an order, also by its number."""
        elements = self.instance.elements(type_.cls)
        if str(type_) in self.assigned:
            return self._assigned(type_, elements, value)
        if type_.ordered and _is_number(value) and self._renamed(type_, value) is None:
            index = int(value)
            if 1 <= index <= len(elements):
                return elements[index - 1]
        return self._named(type_, {self.instance.name_of(element): element for element in elements}, value)

    def _assigned(self, type_: SortType, elements: tuple[Any, ...], value: Any) -> Any:
        if not isinstance(value, str | int) or isinstance(value, bool):
            self.refuse(type_, value)
        given = self.assigned[str(type_)]
        index = given.setdefault(str(value), len(given))
        if index >= len(elements):
            raise LogValueError(
                f"{shortened(value)} is the {ordinal(index + 1)} name of a {type_}, and there are {len(elements)}"
            )
        return elements[index]

    def _named(self, type_: Type, names: Mapping[str, Any], value: Any) -> Any:
        text = self._renamed(type_, value) or value
        if not isinstance(text, str) or text not in names:
            shown = ", ".join([*names][:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
            raise LogValueError(f"{shortened(value)} is no {type_}: there is {shown}")
        return names[text]

    def _renamed(self, type_: Type, value: Any) -> str | None:
        """Return the model's name for a name in the log."""
        text = value if isinstance(value, str) else json.dumps(value)
        of_any_sort = self.renamed.get("", {}) if isinstance(type_, SortType) else {}
        return self.renamed.get(str(type_), {}).get(text, of_any_sort.get(text))

    def alternative(self, type_: UnionType, value: Any) -> tuple[RecordType, Any]:
        """Return the record of a union that a value of a log names, and the value's fields."""
        named = {part.cls.__name__: part for part in type_.alternatives}
        if isinstance(value, str):
            value = {value: {}}
        if isinstance(value, dict) and len(value) == 1:
            ((name, content),) = value.items()
            if name in named:
                return named[name], content
        raise LogValueError(
            f'{shortened(value)} is no {type_}: expected {{"NAME": {{...}}}}, NAME one of {", ".join(named)}'
        )

    def fields(self, type_: RecordType, value: Any) -> dict[str, Any]:
        """Return the fields of a record that are in the log, which need not be all."""
        names = [name for name, _ in type_.fields]
        if not isinstance(value, dict) and len(names) == 1:
            return {names[0]: value}
        if isinstance(value, dict) and value.keys() == {type_.cls.__name__} and type_.cls.__name__ not in names:
            return self.fields(type_, value[type_.cls.__name__])
        if not isinstance(value, dict) or not value.keys() <= set(names):
            raise LogValueError(f"{shortened(value)} is no {type_}: its fields are {', '.join(names) or 'none'}")
        return value

    def content(self, type_: RecordType, value: Any) -> dict[str, Any]:
        """Return all fields of a record; refuse a value that lacks one."""
        given = self.fields(type_, value)
        missing = [name for name, _ in type_.fields if name not in given]
        if missing:
            raise LogValueError(f"{shortened(value)} is no {type_}: it lacks {missing[0]!r}")
        return given

    def encode(self, type_: Type, value: Any) -> Any:
        """Return a frozen value as the plain JSON that `decode` reads."""
        match type_:
            case EnumType():
                return value.name
            case SortType():
                return self.instance.name_of(value)
            case QuorumType(_, member):
                return [self.encode(member, m) for m in sorted(self.instance.members(value), key=lambda m: m.index)]
            case OptionalType(inner):
                return None if value is None else self.encode(inner, value)
            case RecordType(_, fields):
                return {name: self.encode(part, getattr(value, name)) for name, part in fields}
            case UnionType(alternatives):
                chosen = next(part for part in alternatives if type(value) is part.cls)
                return {chosen.cls.__name__: self.encode(chosen, value)} if chosen.fields else chosen.cls.__name__
            case TupleType(items):
                return [self.encode(item, part) for item, part in zip(items, value, strict=True)]
            case MapType() | SetType() | SeqType() | BagType():
                return self._encode_container(type_, value)
            case _:
                return value

    def _encode_container(self, type_: Type, value: Any) -> Any:
        match type_:
            case MapType(key, inner):
                pairs = entries_in(self.instance.universe(key), value)
                return [[self.encode(key, k), self.encode(inner, v)] for k, v in pairs]
            case SetType(element):
                return sorted((self.encode(element, item) for item in value), key=json.dumps)
            case SeqType(element, _):
                return [self.encode(element, item) for item in value]
            case BagType(element, _):
                items = (self.encode(element, item) for item, count in counts_in(value).items() for _ in range(count))
                return sorted(items, key=json.dumps)
        raise AssertionError(type_)


def _is_number(value: Any) -> bool:
    """Return whether a value is a whole number, or the text of one, as in a line that a pattern matches."""
    if isinstance(value, str):
        return re.fullmatch("-?[0-9]{1,18}", value) is not None
    return isinstance(value, int) and not isinstance(value, bool)


def shortened(value: Any) -> str:
    """Return a value of a log as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
