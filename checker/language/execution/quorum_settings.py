"""The quorums that a setting stands for: majorities, a threshold, or sets that are listed."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from typing import Any

from assay.checker.errors import UsageError
from assay.checker.language.types import QuorumType

__all__ = ["quorums_of", "thresholds"]

_MOST_QUORUMS = 1_000_000
"""The most quorums to enumerate, as many as values of any type."""


def thresholds(size: int, threshold: int) -> list[frozenset[int]]:
    """Return every set of ``threshold`` of ``size`` members."""
    return [frozenset(members) for members in itertools.combinations(range(size), threshold)]


def quorums_of(quorum: QuorumType, size: int, setting: Any) -> list[frozenset[int]]:
    """Return the quorums over ``size`` members that a setting stands for, each as the indices of its members.

    Raises
    ------
    UsageError
        If the setting means nothing, names members that do not exist, or stands for more than a million quorums.
    """
    name, text = quorum.cls.__name__, setting if isinstance(setting, str) else repr(setting)
    if text in ("majority", "all"):
        return _every_set(name, size, size // 2 + 1 if text == "majority" else size)
    if re.fullmatch(r"[0-9]+", text):
        # No instance has a billion members, and `int` raises ValueError on thousands of digits.
        if len(text) > 9 or not 1 <= int(text) <= size:
            raise UsageError(
                f"{name}={text}: a threshold over {size} members is between 1 and {size}",
                help="a quorum is then any set of that many members",
            )
        return _every_set(name, size, int(text))
    sets = _explicit(name, setting) if isinstance(setting, str) else _listed(name, setting)
    for members in sets:
        if not all(0 <= member < size for member in members):
            raise UsageError(
                f"{name}: members are between 1 and {size}, found {sorted(m + 1 for m in members)}",
                help="number them from 1: {1,2} or {a1,a2}",
            )
    return list(dict.fromkeys(sets))


def _every_set(name: str, size: int, threshold: int) -> list[frozenset[int]]:
    count = math.comb(size, threshold)
    if count > _MOST_QUORUMS:
        raise UsageError(
            f"{name}: {threshold} of {size} members form {count:,} quorums, more than {_MOST_QUORUMS:,}",
            help="make the instance smaller, or write some quorums out: {1,2},{2,3}",
        )
    return thresholds(size, threshold)


def _listed(name: str, setting: object) -> list[frozenset[int]]:
    """Return quorums that a model states as collections of members: numbers, from 1 as in text, or names."""
    sets = list(setting) if isinstance(setting, Iterable) else None
    if sets is None or not all(isinstance(members, set | frozenset | list | tuple) for members in sets):
        raise _no_system(name, setting)
    if all(type(member) is int for members in sets for member in members):
        return [frozenset(member - 1 for member in members) for members in sets]
    if not all(type(member) in (int, str) for members in sets for member in members):
        raise _no_system(name, setting)
    return [_members(name, ",".join(map(str, members))) for members in sets]


def _no_system(name: str, setting: object) -> UsageError:
    return UsageError(
        f"{name}={setting}: not a quorum system",
        help="possible are majority, all, a threshold such as 2, or explicit sets such as {1,2},{2,3}",
    )


def _explicit(name: str, text: str) -> list[frozenset[int]]:
    if not re.fullmatch(r"\s*\{[^{}]*\}(\s*,\s*\{[^{}]*\})*\s*", text):
        raise _no_system(name, text)
    return [_members(name, inner) for inner in re.findall(r"\{([^{}]*)\}", text)]


def _members(name: str, text: str) -> frozenset[int]:
    if not text.strip():
        return frozenset()
    numbers = [re.fullmatch(r"[A-Za-z_]*([0-9]{1,9})", part.strip()) for part in text.split(",")]
    found = [int(number[1]) - 1 for number in numbers if number]
    if len(found) != len(numbers):
        raise UsageError(f"{name}: {{{text}}} is not a set of members", help="number them from 1: {1,2} or {a1,a2}")
    return frozenset(found)
