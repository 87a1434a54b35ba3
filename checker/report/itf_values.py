"""Values of the Informal Trace Format: frozen values of a type to JSON, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from assay.checker.language.execution.dialects import read
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.ranking import alternative, in_order
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

__all__ = ["Codec", "Refused"]

UNIT: dict[str, list[Any]] = {"#tup": []}


class Codec:
    """Translates the frozen values of one instance to and from ITF.

    Parameters
    ----------
    instance : Instance
        The instance; it need not be active.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def encode(self, type_: Type, value: Any) -> Any:
        """Return a frozen value of a type in a form that `json` can write."""
        match type_:
            case IntType():
                return {"#bigint": str(value)}
            case EnumType():
                return value.name
            case SortType():
                return self.instance.name_of(value)
            case QuorumType(_, member):
                return {"#set": [self.encode(member, m) for m in in_order(member, self.instance.members(value))]}
            case OptionalType(inner):
                if value is None:
                    return {"tag": "None", "value": UNIT}
                return {"tag": "Some", "value": self.encode(inner, value)}
            case RecordType(_, fields):
                return {name: self.encode(part, getattr(value, name)) for name, part in fields}
            case UnionType():
                chosen = alternative(type_, value)
                return {"tag": chosen.cls.__name__, "value": self.encode(chosen, value) if chosen.fields else UNIT}
            case TupleType(items):
                return {"#tup": [self.encode(item, part) for item, part in zip(items, value, strict=True)]}
            case MapType() | SetType() | SeqType() | BagType():
                return self._encode_container(type_, value)
            case _:
                return value

    def _encode_container(self, type_: Type, value: Any) -> Any:
        match type_:
            case MapType(key, inner):
                pairs = entries_in(self.instance.universe(key), value)
                return {"#map": [[self.encode(key, k), self.encode(inner, v)] for k, v in pairs]}
            case SetType(element):
                return {"#set": [self.encode(element, item) for item in in_order(element, value)]}
            case SeqType(element, _):
                return [self.encode(element, item) for item in value]
            case BagType(element, _):
                counts = counts_in(value)
                ordered = in_order(element, counts)
                return {"#map": [[self.encode(element, k), {"#bigint": str(counts[k])}] for k in ordered]}
        raise AssertionError(type_)

    def decode(self, type_: Type, value: Any) -> Any:
        """Return the frozen value that a JSON value stands for.

        Raises
        ------
        Refused
            If it stands for no value of the type.
        """
        return read(self, type_, value)

    # How ITF writes each kind of value

    def refuse(self, type_: Type, value: Any, why: str | None = None) -> NoReturn:  # noqa: ARG002
        """Raise the error that a JSON value is not of a type."""
        text = json.dumps(value)
        shown = text if len(text) <= 60 else text[:57] + "..."
        raise Refused(f"{shown} is not a value of {type_} in this instance")

    def truth(self, type_: BoolType, value: Any) -> bool:
        """Return a truth value."""
        return value if isinstance(value, bool) else self.refuse(type_, value)

    def number(self, type_: Type, value: Any) -> int:
        """Return a number, written as a JSON number or, if large, as text."""
        text = value.get("#bigint") if isinstance(value, dict) else value
        if isinstance(text, int) and not isinstance(text, bool):
            return text
        if isinstance(text, str) and re.fullmatch("-?[0-9]{1,4000}", text):
            return int(text)
        self.refuse(type_, value)

    def member(self, type_: EnumType, value: Any) -> Any:
        """Return the member of an enumeration that has a name."""
        return self._named({member.name: member for member in type_.cls}, type_, value)

    def element(self, type_: SortType, value: Any) -> Any:
        """Return the element of a sort that has a name."""
        names = {self.instance.name_of(element): element for element in self.instance.elements(type_.cls)}
        return self._named(names, type_, value)

    def _named(self, names: Mapping[str, Any], type_: Type, value: Any) -> Any:
        return names[value] if isinstance(value, str) and value in names else self.refuse(type_, value)

    def optional(self, type_: OptionalType, value: Any) -> tuple[Any, ...]:
        """Return the content of a variant called *Some*."""
        tag, content = self._variant(type_, value)
        if tag not in ("None", "Some"):
            self.refuse(type_, value)
        return () if tag == "None" else (content,)

    def items(self, type_: Type, value: Any) -> list[Any]:
        """Return the items of a list; any collection other than a sequence carries a tag such as ``#set``."""
        match type_:
            case SeqType():
                return value if isinstance(value, list) else self.refuse(type_, value)
            case TupleType():
                return self._inside("#tup", type_, value)
        return self._inside("#set", type_, value)

    def pairs(self, type_: Type, value: Any) -> list[tuple[Any, Any]]:
        """Return the pairs of a map."""
        pairs = self._inside("#map", type_, value)
        if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
            self.refuse(type_, value)
        return [(key, inner) for key, inner in pairs]

    def counts(self, type_: BagType, value: Any) -> list[tuple[Any, int]]:
        """Return the pairs of a map to counts."""
        found = [(item, self.number(type_, count)) for item, count in self.pairs(type_, value)]
        return found if all(count > 0 for _, count in found) else self.refuse(type_, value)

    def alternative(self, type_: UnionType, value: Any) -> tuple[RecordType, Any]:
        """Return the record that a variant names, and its content."""
        tag, content = self._variant(type_, value)
        chosen: RecordType = self._named({part.cls.__name__: part for part in type_.alternatives}, type_, tag)
        return chosen, {} if content == UNIT else content

    def content(self, type_: RecordType, value: Any) -> dict[str, Any]:
        """Return the fields of an object; names that begin with # are not fields."""
        names = [name for name, _ in type_.fields]
        if not isinstance(value, dict) or sorted(k for k in value if not k.startswith("#")) != sorted(names):
            self.refuse(type_, value)
        return value

    def _inside(self, tag: str, type_: Type, value: Any) -> list[Any]:
        inner = value.get(tag) if isinstance(value, dict) else None
        return inner if isinstance(inner, list) else self.refuse(type_, value)

    def _variant(self, type_: Type, value: Any) -> tuple[Any, Any]:
        if not isinstance(value, dict) or value.keys() != {"tag", "value"}:
            self.refuse(type_, value)
        return value["tag"], value["value"]


class Refused(Exception):
    """A JSON value that does not fit its type."""
