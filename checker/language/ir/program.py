"""A whole model in the IR."""

from __future__ import annotations

from assay.checker.errors import Location
from assay.checker.immutable import immutable
from assay.checker.language.formulas import Formula, atoms
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.ir.nodes import Block, Expr, Name
from assay.checker.language.kinds import Judged, Kind

__all__ = ["ActionIR", "ModelIR", "PredicateIR", "TemporalIR"]


@immutable
class ActionIR:
    """An action, or a method that makes initial states: its body, for each choice of the parameters.

    The parameters are those of the method, followed by one for each choice that it makes while it runs.
    """

    name: str
    parameters: tuple[Name, ...]
    body: Block
    location: Location | None


@immutable
class PredicateIR:
    """A property, constraint or axiom, with its parameters quantified: existentially or universally, by its kind."""

    name: str
    kind: Kind
    parameters: tuple[Name, ...]
    body: Expr
    location: Location | None


@immutable
class TemporalIR:
    """A temporal property, for all choices of its parameters: a formula whose state predicates are expressions."""

    name: str
    kind: Kind
    parameters: tuple[Name, ...]
    formula: Formula
    location: Location | None

    @property
    def atoms(self) -> tuple[Expr, ...]:
        """The state predicates of the formula, from left to right."""
        return tuple(atoms(self.formula))


@immutable
class ModelIR:
    """A model class, compiled without any finite size; ``remarks`` are warnings about its source."""

    specification: Specification
    actions: tuple[ActionIR, ...]
    initials: tuple[ActionIR, ...]
    predicates: tuple[PredicateIR, ...]
    temporals: tuple[TemporalIR, ...] = ()
    remarks: tuple[str, ...] = ()

    def judged_on(self, *what: Judged) -> tuple[PredicateIR, ...]:
        """Return the predicates that are judged on states, on steps, ..., in the order of their definition."""
        return tuple(p for p in self.predicates if p.kind.semantics is not None and p.kind.semantics.judged_on in what)

    def of(self, *kinds: Kind) -> tuple[PredicateIR, ...]:
        """Return the predicates of these kinds, in the order of their definition."""
        return tuple(predicate for predicate in self.predicates if predicate.kind in kinds)
