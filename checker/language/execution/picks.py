"""The choices of an action, as reports and errors show them."""

from __future__ import annotations

import ast
import dataclasses
import enum
import functools
from collections.abc import Sequence
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.immutable import immutable
from assay.checker.language.bags import Bag
from assay.checker.language.choosing import Picked
from assay.checker.language.execution.instance import Instance
from assay.checker.language.introspection.source import parse
from assay.checker.language.sorts import Element

__all__ = ["Choice", "choices_of"]


@immutable
class Choice:
    """A choice that an action made.

    Attributes
    ----------
    name : str
        What the model's code assigns it to; ``choose`` if it is not assigned.
    value : str
        The value, as reports write it.
    """

    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


def choices_of(picked: Sequence[Picked], instance: Instance) -> tuple[Choice, ...]:
    """Return what a run of an action chose, by name; the instance must be active."""
    return tuple(Choice(_name(one), _written(one.value, instance)) for one in picked)


def _name(picked: Picked) -> str:
    return _target(picked.path, picked.line) or "choose"


@functools.cache
def _target(path: str, line: int) -> str | None:
    """Return what the innermost assignment on a line assigns to, without ``self``; None if there is none."""
    try:
        tree = parse(path)
    except ModelError:  # the file has changed, or is gone, since it was imported
        return None
    found = None
    for node in ast.walk(tree):  # breadth first: what is found last is the innermost
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.lineno <= line <= (node.end_lineno or 0):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found = ast.unparse(target).removeprefix("self.")
    return found


def _written(value: Any, instance: Instance) -> str:
    """Return any value as reports write it."""

    def listed(values: Any) -> str:
        return ", ".join(_written(part, instance) for part in values)

    match value:
        case enum.Enum():
            return value.name
        case Element():
            return instance.name_of(value)
        case list():
            return f"[{listed(value)}]"
        case tuple():
            return f"({listed(value)}{',' if len(value) == 1 else ''})"
        case set() | frozenset():
            return f"{{{listed(sorted(value, key=lambda part: _rank(part, instance)))}}}"
        case dict():
            return "{" + ", ".join(f"{_written(k, instance)}: {_written(v, instance)}" for k, v in value.items()) + "}"
        case Bag():
            counts = sorted(f"{_written(item, instance)} x{count}" for item, count in value.counts.items())
            return "{" + ", ".join(counts) + "}"
        case _ if dataclasses.is_dataclass(value):
            return f"{type(value).__name__}({_fields(value, instance)})"
        case _:
            return str(value)


def _rank(value: Any, instance: Instance) -> tuple[int, str]:
    """Return the key by which the elements of a set are ordered: hashes differ between processes."""
    return value.index if isinstance(value, Element) else 0, _written(value, instance)


def _fields(record: Any, instance: Instance) -> str:
    parts = [(field.name, _written(getattr(record, field.name), instance)) for field in dataclasses.fields(record)]
    return parts[0][1] if len(parts) == 1 else ", ".join(f"{name}={text}" for name, text in parts)
