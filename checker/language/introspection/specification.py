"""A model class as data: its variables, actions and properties, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assay.checker.immutable import immutable
from assay.checker.language.expectations import Expectation, Violates
from assay.checker.language.fairness import Fairness
from assay.checker.language.introspection import source
from assay.checker.language.introspection.annotations import hints_of, type_of
from assay.checker.language.introspection.consistency import (
    demand_bounds,
    demand_distinct_settings,
    demand_expected,
    demand_fairness,
    demand_flags,
    demand_parts,
)
from assay.checker.language.introspection.declarations import MISSING, Constant, Method, Variable, fields_of, methods_of
from assay.checker.language.introspection.definitions import (
    demand_plain_names,
    demand_quoted_bounds,
    demand_single_definitions,
)
from assay.checker.language.introspection.mentioned import functions_of, makes_assertions, sorts_named
from assay.checker.language.introspection.once import once
from assay.checker.language.introspection.overrides import demand_overrides
from assay.checker.language.kinds import ASSERTIONS, DEADLOCK, Assertions, Deadlock, Failures, Judged, Semantics
from assay.checker.language.model import Kind, Model
from assay.checker.language.sorts import Element
from assay.checker.language.types import QuorumType, SortType, subtypes

__all__ = ["MISSING", "Constant", "Method", "Property", "Specification", "Variable", "semantics_of", "specify"]


Property = Method | Deadlock | Assertions
"""What a verdict is about. Properties are compared as objects, because two may have the same name."""


def semantics_of(subject: Property | Failures) -> Semantics:
    """Return what a property means."""
    semantics = subject.kind.semantics
    assert semantics is not None, f"{subject.kind.value} is no property"
    return semantics


@immutable
class Specification:
    """A model class, as data.

    Attributes
    ----------
    cls : type of Model
        The class.
    variables : tuple of Variable
        Its state variables.
    constants : tuple of Constant
        Its instance parameters.
    methods : tuple of Method
        Its decorated methods, in the order of their definition.
    sorts : tuple of type
        The sorts and orders that it mentions.
    quorums : tuple of QuorumType
        Its quorum systems.
    makes_assertions : bool
        Whether its code contains an ``assert``.
    """

    cls: type[Model]
    variables: tuple[Variable, ...]
    constants: tuple[Constant, ...]
    methods: tuple[Method, ...]
    sorts: tuple[type[Element], ...]
    quorums: tuple[QuorumType, ...]
    makes_assertions: bool = False

    @property
    def structure(self) -> tuple[Variable, ...]:
        """The variables that an instance chooses and no step changes."""
        return tuple(variable for variable in self.variables if variable.immutable)

    @property
    def name(self) -> str:
        """The name of the class."""
        return self.cls.__name__

    @property
    def expected(self) -> Expectation:
        """What checking the default instance must show."""
        return self.cls.expected

    def of(self, *kinds: Kind) -> tuple[Method, ...]:
        """Return the methods of some kinds, in the order of their definition."""
        return tuple(method for method in self.methods if method.kind in kinds)

    @property
    def actions(self) -> tuple[Method, ...]:
        """The actions, in the order of their definition."""
        return self.of(Kind.ACTION)

    @property
    def impossible(self) -> tuple[Method, ...]:
        """The actions that the model claims never to happen."""
        return tuple(method for method in self.actions if method.fires == "never")

    def judged_on(self, *what: Judged) -> tuple[Method, ...]:
        """Return the properties that are judged on states, on steps, ..., in the order of their definition."""
        return tuple(m for m in self.methods if m.kind.semantics is not None and m.kind.semantics.judged_on in what)

    @property
    def properties(self) -> tuple[Method, ...]:
        """The properties that the model states, in the order of their definition."""
        return tuple(method for method in self.methods if method.kind.is_judged)

    def judged(self, *, deadlock: bool) -> tuple[Property, ...]:
        """Return the properties that an exploration decides: the model's own, assertions, and deadlock if asked for."""
        assertions = (ASSERTIONS,) if self.makes_assertions else ()
        return (*self.properties, *assertions, *((DEADLOCK,) if deadlock and self.cls.check_deadlock else ()))

    @property
    def temporals(self) -> tuple[Method, ...]:
        """The temporal properties, in the order of their definition."""
        return self.judged_on(Judged.BEHAVIOUR)

    @property
    def refinements(self) -> tuple[Method, ...]:
        """The refinements, in the order of their definition."""
        return self.judged_on(Judged.REFINEMENT)

    @property
    def needs_steps(self) -> bool:
        """Whether some property is judged on the whole graph of steps, once everything is explored."""
        return bool(self.temporals or self.refinements)

    @property
    def fairness(self) -> tuple[Fairness, ...]:
        """What temporal properties assume: first what actions state, then what the class states."""
        own = (replace(method.fair, actions=(method.name,)) for method in self.actions if method.fair is not None)
        return (*own, *self.cls.fairness)

    @property
    def claims(self) -> tuple[Method, ...]:
        """The properties that a trace can violate."""
        return tuple(method for method in self.properties if method.kind.is_claim)

    @property
    def expected_violation(self) -> Property | None:
        """The property that checking the default instance must violate; None if all must hold."""
        return self.named(self.expected.property) if isinstance(self.expected, Violates) else None

    def named(self, name: str) -> Property | None:
        """Return the property or action of a name; a method takes precedence over the deadlock that every model has."""
        return next((found for found in (*self.judged(deadlock=True), *self.actions) if found.name == name), None)


@once
def specify(cls: type[Model]) -> Specification:
    """Return the specification of a model class; computed once for each class.

    Raises
    ------
    ModelError
        If an annotation is no type, a bound has no meaning, a parameter has no annotation, there is no action, or a
        name is defined twice.
    """
    demand_single_definitions(cls)
    demand_plain_names(cls)
    demand_overrides(cls)
    hints = hints_of(cls, source.field_location(cls, ""))
    variables, constants = fields_of(cls, hints)
    demand_quoted_bounds(cls, [constant.name for constant in constants])
    methods = tuple(methods_of(cls))
    demand_parts(cls, variables, methods)
    demand_flags(cls)
    demand_expected(cls, methods)
    demand_fairness(cls, methods)
    found = dict.fromkeys(_sorts(cls, variables, methods))
    quorums = tuple(type_ for type_ in map(type_of, found) if isinstance(type_, QuorumType))
    sorts = dict.fromkeys([*(quorum.member.cls for quorum in quorums), *found])
    plain = tuple(sort for sort in sorts if isinstance(type_of(sort), SortType))
    demand_distinct_settings((*constants, *(v for v in variables if v.immutable)), [sort.__name__ for sort in found])
    declared = [(variable.type, variable.location) for variable in variables]
    declared += [(type_, method.location) for method in methods for _, type_ in method.parameters]
    demand_bounds(declared, variables, constants, plain)
    asserts = makes_assertions(functions_of(cls))
    return Specification(cls, variables, constants, methods, plain, quorums, asserts)


def _sorts(cls: type[Model], variables: tuple[Variable, ...], methods: tuple[Method, ...]) -> Iterator[type[Any]]:
    declared = [variable.type for variable in variables]
    declared += [type_ for method in methods for _, type_ in method.parameters]
    for type_ in declared:
        for part in subtypes(type_):
            if isinstance(part, SortType | QuorumType):
                yield part.cls
    yield from sorts_named(functions_of(cls))
