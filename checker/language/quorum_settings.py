"""Which quorums a setting stands for: majorities, a threshold, or sets written out."""

from __future__ import annotations

import itertools
import re
from typing import Any

from assay.checker.errors import UsageError
from assay.checker.language.types import (
    QuorumType,
)

__all__ = ["quorums_of", "thresholds"]


def thresholds(size: int, threshold: int) -> list[frozenset[int]]:
    return [frozenset(members) for members in itertools.combinations(range(size), threshold)]


def quorums_of(quorum: QuorumType, size: int, setting: Any) -> list[frozenset[int]]:
    name, text = quorum.cls.__name__, str(setting)
    if text == "majority":
        return thresholds(size, size // 2 + 1)
    if text == "all":
        return thresholds(size, size)
    if re.fullmatch(r"[0-9]+", text):
        threshold = int(text)
        if not 1 <= threshold <= size:
            raise UsageError(
                f"{name}={threshold}: a threshold over {size} members is between 1 and {size}",
                help="a quorum is any set of so many members",
            )
        return thresholds(size, threshold)
    sets = (
        _explicit(name, setting) if isinstance(setting, str) else [frozenset(map(int, members)) for members in setting]
    )
    for members in sets:
        if not members or not all(0 <= member < size for member in members):
            raise UsageError(
                f"{name}: each quorum needs members between 1 and {size}, found {sorted(m + 1 for m in members)}",
                help="number them from 1: {1,2} or {a1,a2}",
            )
    return list(dict.fromkeys(sets))


def _explicit(name: str, text: str) -> list[frozenset[int]]:
    if not re.fullmatch(r"\s*\{[^{}]*\}(\s*,\s*\{[^{}]*\})*\s*", text):
        raise UsageError(
            f"{name}={text}: not a quorum system",
            help="possible are majority, all, a threshold such as 2, or explicit sets such as {1,2},{2,3}",
        )
    return [_members(name, inner) for inner in re.findall(r"\{([^{}]*)\}", text)]


def _members(name: str, text: str) -> frozenset[int]:
    numbers = [re.fullmatch(r"[A-Za-z_]*([0-9]+)", part.strip()) for part in text.split(",")]
    found = [int(number[1]) - 1 for number in numbers if number]
    if len(found) != len(numbers):
        raise UsageError(f"{name}: {{{text}}} is not a set of members", help="number them from 1: {1,2} or {a1,a2}")
    return frozenset(found)
