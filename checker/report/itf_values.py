"""Values of the Informal Trace Format: frozen values of a type to JSON, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.ranking import alternative, in_order
from assay.checker.language.frozen import counts_in, entries_in, part_of
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
        It need not be active.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def encode(self, type_: Type, value: Any) -> Any:
        """Return a frozen value of a type as what `json` writes."""
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
        InputError
            If it stands for none of the type.
        """
        match type_:
            case BoolType():
                return value if isinstance(value, bool) else _refuse(type_, value)
            case IntType():
                return self._integer(type_, value)
            case EnumType(cls):
                return _named({member.name: member for member in cls}, type_, value)
            case SortType(cls):
                names = {self.instance.name_of(element): element for element in self.instance.elements(cls)}
                return _named(names, type_, value)
            case QuorumType(cls, member):
                members = frozenset(self.decode(member, item) for item in _inside("#set", type_, value))
                quorums = {self.instance.members(quorum): quorum for quorum in self.instance.elements(cls)}
                return quorums[members] if members in quorums else _refuse(type_, value)
            case OptionalType(inner):
                tag, content = _variant(type_, value)
                if tag not in ("None", "Some"):
                    _refuse(type_, value)
                return None if tag == "None" else self._part(inner, content)
            case RecordType():
                return self._record(type_, value)
            case UnionType(alternatives):
                tag, content = _variant(type_, value)
                chosen = _named({part.cls.__name__: part for part in alternatives}, type_, tag)
                return self._record(chosen, {} if content == UNIT else content)
            case TupleType(items):
                parts = _inside("#tup", type_, value)
                if len(parts) != len(items):
                    _refuse(type_, value)
                return tuple(self._part(item, part) for item, part in zip(items, parts, strict=True))
            case _:
                return self._decode_container(type_, value)

    def _decode_container(self, type_: Type, value: Any) -> Any:
        match type_:
            case MapType(key, inner):
                found = {self.decode(key, k): self.decode(inner, v) for k, v in _pairs(type_, value)}
                keys = self.instance.universe(key)
                return tuple(found[k] for k in keys) if found.keys() == set(keys) else _refuse(type_, value)
            case SetType(element):
                return frozenset(self._part(element, item) for item in _inside("#set", type_, value))
            case SeqType(element, bound):
                if not isinstance(value, list) or len(value) > self.instance.bound(bound):
                    _refuse(type_, value)
                return tuple(self._part(element, item) for item in value)
            case BagType(element, bound):
                counts = {self._part(element, k): _natural(type_, v) for k, v in _pairs(type_, value)}
                fits = sum(counts.values()) <= self.instance.bound(bound)
                return frozenset(counts.items()) if fits else _refuse(type_, value)
        raise AssertionError(type_)

    def _part(self, type_: Type, value: Any) -> Any:
        """Return the value that is meant as it is inside of another."""
        return part_of(type_, self.decode(type_, value), self.instance.universe)

    def _integer(self, type_: IntType, value: Any) -> int:
        found = _whole(type_, value)
        low, high = self.instance.interval(type_)
        return found if low <= found <= high else _refuse(type_, value)

    def _record(self, type_: RecordType, value: Any) -> Any:
        names = [name for name, _ in type_.fields]
        if not isinstance(value, dict) or sorted(k for k in value if not k.startswith("#")) != sorted(names):
            _refuse(type_, value)
        return type_.cls(*(self._part(part, value[name]) for name, part in type_.fields))


class Refused(Exception):
    """A JSON value that does not fit its type."""


def _refuse(type_: Type, value: Any) -> Any:
    text = json.dumps(value)
    shown = text if len(text) <= 60 else text[:57] + "..."
    raise Refused(f"{shown} is no value of {type_} in this instance")


def _named(names: Mapping[str, Any], type_: Type, value: Any) -> Any:
    return names[value] if isinstance(value, str) and value in names else _refuse(type_, value)


def _inside(tag: str, type_: Type, value: Any) -> list[Any]:
    inner = value.get(tag) if isinstance(value, dict) else None
    return inner if isinstance(inner, list) else _refuse(type_, value)


def _pairs(type_: Type, value: Any) -> list[list[Any]]:
    pairs = _inside("#map", type_, value)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        _refuse(type_, value)
    return pairs


def _variant(type_: Type, value: Any) -> tuple[Any, Any]:
    if not isinstance(value, dict) or value.keys() != {"tag", "value"}:
        _refuse(type_, value)
    return value["tag"], value["value"]


def _whole(type_: Type, value: Any) -> int:
    text = value.get("#bigint") if isinstance(value, dict) else value
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    if isinstance(text, str) and re.fullmatch("-?[0-9]{1,4000}", text):
        return int(text)
    return int(_refuse(type_, value))


def _natural(type_: Type, value: Any) -> int:
    count = _whole(type_, value)
    return count if count > 0 else int(_refuse(type_, value))
