"""Find the classes that a model's values are made of, and give each a unique name that both versions agree on."""

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
        names[cls] = numbered(name, taken[name])
    return names


def numbered(name: str, number: int) -> str:
    """Return a name with its number, which the first of its bearers omits."""
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
