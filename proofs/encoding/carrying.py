"""Pickling a model's classes between the processes that prove it, by the place where its module holds them.

A pickle refers to a class by its module and qualified name. ``Color = Enum("Colour", "RED GREEN")`` is held under a
name other than its own, so unpickling it would find nothing, or another class of that name.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from assay.checker.language.introspection.specification import Specification
from assay.checker.language.types import EnumType, QuorumType, RecordType, SortType, Type, subtypes

__all__ = ["make_portable"]


def make_portable(specification: Specification) -> None:
    """Give each class of a model's values a qualified name under which its module really holds it."""
    for cls in dict.fromkeys(_classes(specification)):
        module = sys.modules.get(cls.__module__)
        if module is not None and _found(module, cls.__qualname__) is not cls:
            cls.__qualname__ = _name_in(module, cls)


def _classes(specification: Specification) -> Iterator[type[Any]]:
    types: list[Type] = [variable.type for variable in specification.variables]
    types += [type_ for method in specification.methods for _, type_ in method.parameters]
    for part in (part for type_ in types for part in subtypes(type_)):
        if isinstance(part, EnumType | SortType | QuorumType | RecordType):
            yield part.cls


def _found(module: ModuleType, name: str) -> Any:
    try:
        return functools.reduce(getattr, name.split("."), module)
    except AttributeError:
        return None


def _name_in(module: ModuleType, cls: type[Any]) -> str:
    """Return a name under which a module holds a class; add one if there is none."""
    for name, value in vars(module).items():
        if value is cls:
            return name
    name = f"_{cls.__name__}_{id(cls)}"
    setattr(module, name, cls)
    return name
