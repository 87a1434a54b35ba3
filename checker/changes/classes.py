"""The classes that a model's values are made of, and what each is called: two of one name have to be told apart."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.types import EnumType, QuorumType, RecordType, SortType

__all__ = ["Named", "named_types", "names_in", "names_of", "numbered", "types_in"]

Named: TypeAlias = EnumType | SortType | QuorumType | RecordType
"""A type that is a class of the user's."""


def names_of(classes: Iterable[type[Any]], home: str) -> dict[type[Any], str]:
    """Return what classes are called, the same wherever their files are.

    Parameters
    ----------
    classes : iterable of type
        Of one version, in an order that does not hang on their names.
    home : str
        The module of which the name tells where its file is, and so is no part of a class's name.

    Returns
    -------
    dict from type to str
        The qualified name. Where several have one, their modules' names come before it, and where that is the same,
        too, they are numbered.
    """
    once = list(dict.fromkeys(classes))
    alike = Counter(cls.__qualname__ for cls in once)
    names: dict[type[Any], str] = {}
    taken: Counter[str] = Counter()
    for cls in once:
        module = "" if cls.__module__ == home or alike[cls.__qualname__] == 1 else f"{cls.__module__}."
        name = f"{module}{cls.__qualname__}"
        taken[name] += 1
        names[cls] = numbered(name, taken[name])
    return names


def numbered(name: str, number: int) -> str:
    """Return what the first, the second and so on of what has one name is called."""
    return name if number == 1 else f"{name} number {number}"


def types_in(specification: Specification, known: Iterable[Any] = ()) -> Iterator[Named]:
    """Yield the types of a model that are classes of the user's.

    Parameters
    ----------
    specification : Specification
        The model.
    known : iterable of objects
        What else of it, besides its variables and methods, is made of types.
    """
    parts: list[Any] = [variable.type for variable in specification.variables]
    parts += [type_ for method in specification.methods for _, type_ in method.parameters]
    parts += [*map(type_of, specification.sorts), *specification.quorums, *known]
    for part in parts:
        yield from named_types(part)


def names_in(specification: Specification, known: Iterable[Any] = ()) -> Mapping[type[Any], str]:
    """Return what the classes of a model are called; see `types_in`."""
    return names_of((type_.cls for type_ in types_in(specification, known)), specification.cls.__module__)


def named_types(value: Any) -> Iterator[Named]:
    """Yield the types with classes in a value, wherever they are."""
    if isinstance(value, Named):
        yield value
    if isinstance(value, tuple | frozenset):
        for each in value:
            yield from named_types(each)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for part in dataclasses.fields(value):
            yield from named_types(getattr(value, part.name))
