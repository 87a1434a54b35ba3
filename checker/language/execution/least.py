"""Resolve `first(Ballot)` in defaults, which Python evaluates before there is an instance."""

from __future__ import annotations

import dataclasses
from typing import Any

from assay.checker.language.bags import Bag
from assay.checker.language.execution.instance import Instance
from assay.checker.language.frozen import FrozenBag, FrozenMap, frozen
from assay.checker.language.sorts import Least
from assay.checker.language.values import Everywhere

__all__ = ["of_instance"]


def of_instance(value: Any, instance: Instance) -> Any:
    """Return a value with every `Least` in it, at any depth, replaced by the element of an instance."""

    def parts(values: Any) -> Any:
        return [of_instance(part, instance) for part in values]

    match value:
        case Least(order):
            return instance.elements(order)[0] if order in instance.sizes else value
        case Everywhere(entry):
            return Everywhere(of_instance(entry, instance))
        case FrozenMap():
            return FrozenMap(zip(parts(value), parts(value.values()), strict=True))
        case dict():
            return dict(zip(parts(value), parts(value.values()), strict=True))
        case Bag():
            made = Bag(parts(value))
            return frozen(made) if isinstance(value, FrozenBag) else made
        case tuple() | list() | set() | frozenset():
            return type(value)(parts(value))
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return _record(value, instance)
        case _:
            return value


def _record(value: Any, instance: Instance) -> Any:
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
    made = {name: of_instance(part, instance) for name, part in fields.items()}
    return value if made == fields else dataclasses.replace(value, **made)
