"""Find the classes that a model's values are made of, and give each a unique name that both versions agree on."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, TypeAlias, get_type_hints

from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.types import EnumType, QuorumType, RecordType, SortType

__all__ = [
    "Named",
    "classes_in",
    "classes_inside",
    "hints_of",
    "named_types",
    "names_in",
    "names_of",
    "types_in",
    "unmet",
]

Named: TypeAlias = EnumType | SortType | QuorumType | RecordType
"""A type that is a class of the user."""


def names_of(classes: Iterable[type[Any]], home: str) -> dict[type[Any], str]:
    """Return a unique name for each class, independent of where its file is.

    Parameters
    ----------
    classes : iterable of type
        The classes of one version, in an order that does not depend on their names.
    home : str
        The module whose name depends on where its file is, and is therefore left out.

    Returns
    -------
    dict from type to str
        The qualified name, prefixed with the module where that is needed to distinguish classes, and numbered where
        even that is not enough.
    """
    once = list(dict.fromkeys(classes))
    alike = Counter(cls.__qualname__ for cls in once)
    names: dict[type[Any], str] = {}
    taken: Counter[str] = Counter()
    for cls in once:
        module = "" if cls.__module__ == home or alike[cls.__qualname__] == 1 else f"{cls.__module__}."
        name = f"{module}{cls.__qualname__}"
        taken[name] += 1
        names[cls] = _numbered(name, taken[name])
    return names


def unmet(name: str, met: Container[str]) -> str:
    """Return a name if it was not met before, and otherwise with the first number that was not, as lambdas need."""
    return next(each for number in itertools.count(1) if (each := _numbered(name, number)) not in met)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} number {number}"


def types_in(specification: Specification, known: Iterable[Any] = ()) -> Iterator[Named]:
    """Yield the types of a model that are classes of the user.

    Parameters
    ----------
    specification : Specification
        The model.
    known : iterable of objects
        Other parts of the model to search for types, besides its variables and methods.
    """
    parts: list[Any] = [variable.type for variable in specification.variables]
    parts += [type_ for method in specification.methods for _, type_ in method.parameters]
    parts += [*map(type_of, specification.sorts), *specification.quorums, *known]
    for part in parts:
        yield from named_types(part)


def names_in(specification: Specification, known: Iterable[Any] = ()) -> Mapping[type[Any], str]:
    """Return the names of a model's classes; see `types_in` for the parameters."""
    return names_of((type_.cls for type_ in types_in(specification, known)), specification.cls.__module__)


def named_types(value: Any) -> Iterator[Named]:
    """Yield the user's types in a value, at any depth."""
    if isinstance(value, Named):
        yield value
    if isinstance(value, tuple | frozenset):
        for each in value:
            yield from named_types(each)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for part in dataclasses.fields(value):
            yield from named_types(getattr(value, part.name))


def classes_inside(roots: Iterable[Any]) -> Iterator[type[Any]]:
    """Yield the dataclasses and enumerations inside types, at any depth, each once."""
    met, waiting = set[type[Any]](), [*roots]
    for type_ in waiting:  # a queue: it grows during the iteration
        for cls in classes_in(type_):
            if cls not in met and (dataclasses.is_dataclass(cls) or issubclass(cls, Enum)):
                met.add(cls)
                yield cls
                waiting += hints_of(cls).values()


def hints_of(cls: type[Any]) -> Mapping[str, Any]:
    """Return the types of a dataclass's fields, or their text if it needs imports for type checkers only."""
    if not dataclasses.is_dataclass(cls):
        return {}
    try:
        hints: Mapping[str, Any] = get_type_hints(cls)
    except NameError:
        hints = {}
    return {part.name: hints.get(part.name, part.type) for part in dataclasses.fields(cls)}


def classes_in(type_: Any) -> Iterator[type[Any]]:
    """Yield the classes that occur in a type."""
    parts = getattr(type_, "__args__", ())
    if isinstance(type_, type) and not parts:
        yield type_
    for part in parts:
        yield from classes_in(part)
