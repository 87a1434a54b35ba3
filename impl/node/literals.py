"""Immutable values of the standard library: how to take each apart into plain parts, and how to rebuild it."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import pathlib
import uuid
from collections.abc import Callable
from typing import Any, TypeAlias

__all__ = ["LITERALS", "Part", "Parts", "flag_of", "parts_of_flag"]

Part: TypeAlias = int | str | None
Parts: TypeAlias = tuple[Part, ...]


def _parts_of_datetime(value: datetime.datetime) -> Parts:
    return (value.replace(tzinfo=None, fold=0).isoformat(), value.fold, *_parts_of_zone(value.tzinfo))


def _datetime(text: str, fold: int, *zone: Any) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(fold=fold, tzinfo=_zone(*zone))


def _parts_of_time(value: datetime.time) -> Parts:
    return (value.replace(tzinfo=None, fold=0).isoformat(), value.fold, *_parts_of_zone(value.tzinfo))


def _time(text: str, fold: int, *zone: Any) -> datetime.time:
    return datetime.time.fromisoformat(text).replace(fold=fold, tzinfo=_zone(*zone))


def _parts_of_zone(zone: datetime.tzinfo | None) -> Parts:
    """Return the parts of a time zone, which must be a fixed offset or have a name in the database."""
    if zone is None:
        return ()
    if type(zone) is datetime.timezone:
        return (zone.utcoffset(None) // datetime.timedelta(microseconds=1), zone.tzname(None))
    key = getattr(zone, "key", None)
    if type(zone).__module__ == "zoneinfo" and key:
        return (key,)
    raise ValueError(f"its time zone is a {type(zone).__name__}, which has no name")


def _zone(*parts: Any) -> datetime.tzinfo | None:
    match parts:
        case ():
            return None
        case (str(key),):
            from zoneinfo import ZoneInfo  # slow to import

            return ZoneInfo(key)
    offset, name = datetime.timedelta(microseconds=parts[0]), parts[1]
    plain = datetime.timezone(offset)
    return plain if plain.tzname(None) == name else datetime.timezone(offset, name)


def _as_text(make: Callable[[str], Any], text: Callable[[Any], str] = str) -> tuple[Callable[[Any], Parts], Any]:
    return (lambda value: (text(value),), make)


LITERALS: dict[type[Any], tuple[Callable[[Any], Parts], Callable[..., Any]]] = {
    bool: _as_text(lambda text: text == "True"),
    float: _as_text(float.fromhex, float.hex),
    complex: (lambda value: (value.real.hex(), value.imag.hex()), lambda *two: complex(*map(float.fromhex, two))),
    range: (lambda value: (value.start, value.stop, value.step), range),
    decimal.Decimal: _as_text(decimal.Decimal),
    fractions.Fraction: _as_text(fractions.Fraction),
    datetime.date: _as_text(datetime.date.fromisoformat, datetime.date.isoformat),
    datetime.time: (_parts_of_time, _time),
    datetime.datetime: (_parts_of_datetime, _datetime),
    datetime.timedelta: (lambda value: (value.days, value.seconds, value.microseconds), datetime.timedelta),
    datetime.timezone: (_parts_of_zone, _zone),
    uuid.UUID: _as_text(uuid.UUID),
    pathlib.PurePosixPath: _as_text(pathlib.PurePosixPath),
}
"""For each class, a function that takes a value apart, and one that rebuilds it from the parts."""


def parts_of_flag(value: enum.Enum) -> Parts:
    """Return what identifies a member: its name, or the value of a flag, whose combinations have no names."""
    return (value.value,) if isinstance(value, enum.Flag) else (value.name,)


def flag_of(cls: type[enum.Enum], part: Part) -> enum.Enum:
    """Return the member that a part identifies; the inverse of `parts_of_flag`."""
    return cls(part) if issubclass(cls, enum.Flag) else cls[str(part)]
