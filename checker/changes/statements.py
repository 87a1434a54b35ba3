"""Hash the meaning of properties: a weakened property still holds, so no verdict shows the change.

The hash covers the intermediate representation, in which helper methods are inlined and layout is gone. State variables
are identified by their position, bound names by their order, so that renaming them does not change the hash.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass
from enum import Enum
from typing import Any

from assay.checker.changes.classes import names_in
from assay.checker.language.ir.nodes import Assertion, Name, Place, Root, walk
from assay.checker.language.ir.program import ActionIR, ModelIR, PredicateIR, TemporalIR
from assay.checker.language.kinds import Kind
from assay.checker.language.types import EnumType

__all__ = ["Vocabulary", "asserted", "code_of", "statements", "steps_of", "written"]


def statements(model: ModelIR) -> Iterator[tuple[PredicateIR | TemporalIR, str]]:
    """Yield each property, constraint and axiom with the hash of its meaning."""
    vocabulary = Vocabulary.of(model)
    found: tuple[PredicateIR | TemporalIR, ...] = (*model.predicates, *model.temporals)
    for predicate in found:
        yield predicate, hashlib.sha256(written(predicate, vocabulary).encode()).hexdigest()


def asserted(model: ModelIR) -> Iterator[tuple[str, str]]:
    """Yield each action that makes an assertion, with the hash of its code.

    What an assertion claims depends on the code before it, so it is not hashed apart.
    """
    if not model.specification.makes_assertions:  # an item that is removed must be there, which is not said by `assert`
        return
    vocabulary = Vocabulary.of(model)
    for action in (*model.initials, *model.actions):
        if any(isinstance(node, Assertion) for node in walk(action.body)):
            yield action.name, hashlib.sha256(code_of(action, vocabulary).encode()).hexdigest()


@dataclass(frozen=True)
class Vocabulary:
    """Canonical names of a model's variables and classes.

    Attributes
    ----------
    variables : mapping from name to int
        The position of each variable.
    classes : mapping from class to name
        The name of each class; see `assay.checker.changes.classes.names_of`.
    """

    variables: Mapping[str, int]
    classes: Mapping[type[Any], str]

    @classmethod
    def of(cls, model: ModelIR) -> Vocabulary:
        """Return the vocabulary of a model."""
        specification = model.specification
        numbers = {variable.name: number for number, variable in enumerate(specification.variables)}
        return cls(numbers, names_in(specification, (model.actions, model.predicates, model.temporals)))


def written(predicate: PredicateIR | TemporalIR, vocabulary: Vocabulary) -> str:
    """Return a statement in canonical form."""
    return "".join(_Writer(vocabulary).predicate(predicate))


def code_of(action: ActionIR, vocabulary: Vocabulary) -> str:
    """Return an action in canonical form."""
    return "".join(_Writer(vocabulary).action(action))


def steps_of(model: ModelIR) -> str:
    """Return what a model allows in canonical form: variables, initial states, steps, and what is assumed of them."""
    vocabulary = Vocabulary.of(model)
    variables = [(v.type, () if v.default is MISSING else (v.default,)) for v in model.specification.variables]
    types = "".join(_Writer(vocabulary).value(variables))
    assumed = model.of(Kind.AXIOM, Kind.CONSTRAINT, Kind.STEP_CONSTRAINT)
    texts = [f"{action.name} {code_of(action, vocabulary)}" for action in (*model.initials, *model.actions)]
    return "\n".join(
        [
            types,
            *texts,
            *(written(each, vocabulary) for each in assumed),
            *sorted(map(str, model.specification.fairness)),
        ]
    )


class _Writer:
    """Writes one property or action in canonical form."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.variables, self.classes = vocabulary.variables, vocabulary.classes
        self.names: dict[str, int] = {}

    def predicate(self, predicate: PredicateIR | TemporalIR) -> Iterator[str]:
        yield predicate.kind.value
        yield from self.value(predicate.parameters)
        yield from self.value(predicate.body if isinstance(predicate, PredicateIR) else predicate.formula)

    def action(self, action: ActionIR) -> Iterator[str]:
        yield from self.value(action.parameters)
        yield from self.value(action.body)

    def value(self, value: Any) -> Iterator[str]:
        """Yield a value piece by piece: a node as its class and its parts, anything else as its repr."""
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
                yield self._called(value)
            case EnumType(cls=cls):
                # Its members are written too, since quantifiers and parameters range over them.
                yield from self._several(f"(EnumType {self._called(cls)} ", cls.__members__, ")")
            case Enum():
                yield f"{self._called(type(value))}.{value.name}"
            case tuple() | list():
                yield from self._several("[", value, "]")
            # Iteration over a set depends on the hash seed of the process, so its elements are sorted by their text.
            case set() | frozenset():
                yield from self._several("{", sorted("".join(self.value(item)) for item in value), "}")
            case _ if dataclasses.is_dataclass(value):
                parts = (getattr(value, part.name) for part in dataclasses.fields(value) if part.name != "location")
                yield from self._several(f"({self._called(type(value))} ", parts, ")")
            case _:
                yield repr(value)

    def _called(self, cls: type[Any]) -> str:
        return self.classes.get(cls, cls.__qualname__)

    def _several(self, begin: str, values: Any, end: str) -> Iterator[str]:
        yield begin
        for value in values:
            yield from self.value(value)
            yield " "
        yield end
