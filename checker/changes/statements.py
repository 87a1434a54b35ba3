"""What a property says, as a hash: a weaker property holds as well, so that no verdict tells that it became weaker.

The hash is that of the intermediate representation, in which helpers are written out and layout is gone. Variables of
the state are told by their place in the model, bound names by their order, so that renaming them changes nothing.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from assay.checker.language.ir.nodes import Name, Place, Root
from assay.checker.language.ir.program import ActionIR, ModelIR, PredicateIR, TemporalIR

__all__ = ["code_of", "statements", "written"]


def statements(model: ModelIR) -> Iterator[tuple[PredicateIR | TemporalIR, str]]:
    """Yield each property, constraint and axiom with the hash of what it says."""
    numbers = {variable.name: number for number, variable in enumerate(model.specification.variables)}
    found: tuple[PredicateIR | TemporalIR, ...] = (*model.predicates, *model.temporals)
    for predicate in found:
        yield predicate, hashlib.sha256(written(predicate, numbers).encode()).hexdigest()


def written(predicate: PredicateIR | TemporalIR, variables: Mapping[str, int]) -> str:
    """Return what a statement says in a canonical form, in which variables are the numbers that are given for them."""
    return "".join(_Writer(variables).predicate(predicate))


def code_of(action: ActionIR, variables: Mapping[str, int]) -> str:
    """Return what an action does in a canonical form, as `written` does of a statement."""
    return "".join(_Writer(variables).action(action))


class _Writer:
    """Writes one property in a canonical form."""

    def __init__(self, variables: Mapping[str, int]) -> None:
        self.variables = variables
        self.names: dict[str, int] = {}

    def predicate(self, predicate: PredicateIR | TemporalIR) -> Iterator[str]:
        yield predicate.kind.value
        yield from self.value(predicate.parameters)
        yield from self.value(predicate.body if isinstance(predicate, PredicateIR) else predicate.formula)

    def action(self, action: ActionIR) -> Iterator[str]:
        yield from self.value(action.parameters)
        yield from self.value(action.body)

    def value(self, value: Any) -> Iterator[str]:
        """Yield a value piece by piece: a node with its class and its parts, anything else as what it is."""
        match value:
            case Name(name=name, type=type_):
                yield f"(Name {self.names.setdefault(name, len(self.names))} "
                yield from self.value(type_)
                yield ")"
            case Place(root=root, variable=variable, keys=keys) if root is not Root.CHOSEN:
                yield f"(Place {root.value} {self.variables.get(variable, variable)} "
                yield from self.value(keys)
                yield ")"
            case type():
                yield value.__qualname__
            case Enum():
                yield f"{type(value).__qualname__}.{value.name}"
            case tuple() | list():
                yield from self._several("[", value, "]")
            case set() | frozenset():
                yield from self._several("{", sorted("".join(self.value(item)) for item in value), "}")
            case _ if dataclasses.is_dataclass(value):
                parts = (getattr(value, part.name) for part in dataclasses.fields(value) if part.name != "location")
                yield from self._several(f"({type(value).__qualname__} ", parts, ")")
            case _:
                yield repr(value)

    def _several(self, begin: str, values: Any, end: str) -> Iterator[str]:
        yield begin
        for value in values:
            yield from self.value(value)
            yield " "
        yield end
