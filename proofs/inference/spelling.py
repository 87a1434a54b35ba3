"""The Python source of values of a type, case by case: the counterpart of `symbols.cases`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assay.checker.language.types import (
    EnumType,
    NoneOnly,
    OptionalType,
    RecordType,
    TupleType,
    Type,
    UnionType,
)
from assay.proofs.encoding.symbols.cases import cases

__all__ = ["Names", "Spelling", "spellings", "subscripts"]

Spelling = Callable[[Sequence[str]], str]
"""How a value of a case is written, given how its terms are written."""


@dataclass
class Names:
    """The names in a model's module, and the imports that it lacks.

    Attributes
    ----------
    known : mapping from name to object
        The names of the model's module.
    imports : dict from name to class or function
        What the module has no name for, by the names under which it is imported.
    """

    known: Mapping[str, Any]
    imports: dict[str, Any] = field(default_factory=dict)
    _found: dict[Any, str] = field(default_factory=dict)

    def of(self, cls: Any) -> str:
        """Return the name of a class or function."""
        if cls not in self._found:
            self._found[cls] = self._name(cls)
        return self._found[cls]

    def _name(self, cls: Any) -> str:
        own: str = cls.__name__
        if self.known.get(own) is cls:
            return own
        other = next((name for name, value in self.known.items() if value is cls and name.isidentifier()), None)
        if other is not None:
            return other
        taken = {*self.known, *self.imports}
        others = (f"{own}{index}" for index in itertools.count(2))
        name: str = next(name for name in itertools.chain((own,), others) if name not in taken)
        self.imports[name] = cls
        return name


def spellings(type_: Type, names: Names) -> list[Spelling]:
    """Return how a value of each case of a type is written, in the order of `cases`."""
    found = list(_spelled(type_, names))
    assert len(found) == len(cases(type_)), type_
    return found


def subscripts(type_: Type, names: Names) -> list[Spelling]:
    """Return the same for keys of a map, between its brackets: a pair needs no parentheses of its own there."""
    if isinstance(type_, TupleType) and len(type_.items) > 1:
        return list(_products(type_.items, names, "{}"))
    return spellings(type_, names)


def _spelled(type_: Type, names: Names) -> Iterator[Spelling]:
    match type_:
        case NoneOnly():
            yield lambda _: "None"
        case OptionalType(inner):
            yield lambda _: "None"
            yield from _spelled(inner, names)
        case RecordType(cls, fields):
            yield from _products([part for _, part in fields], names, names.of(cls) + "({})")
        case TupleType(items):
            yield from _products(items, names, "({},)" if len(items) == 1 else "({})")
        case UnionType(alternatives):
            for kind in alternatives:
                yield from _spelled(kind, names)
        case _:
            yield lambda terms: terms[0]


def _products(parts: Sequence[Type], names: Names, form: str) -> Iterator[Spelling]:
    sizes = [[len(case.sorts) for case in cases(part)] for part in parts]
    choices = [list(zip(spellings(part, names), size, strict=True)) for part, size in zip(parts, sizes, strict=True)]
    for combination in itertools.product(*choices):
        yield _product(combination, form)


def _product(parts: Sequence[tuple[Spelling, int]], form: str) -> Spelling:
    def spell(terms: Sequence[str]) -> str:
        written, start = [], 0
        for part, size in parts:
            written.append(part(terms[start : start + size]))
            start += size
        return form.format(", ".join(written))

    return spell


def member_name(type_: EnumType, member: Any, names: Names) -> str:
    """Return how a member of an enumeration is written."""
    return f"{names.of(type_.cls)}.{member.name}"
