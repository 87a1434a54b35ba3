"""Compile a whole model to the IR: every decorated method, from its source."""

from __future__ import annotations

import functools
import sys

from assay.checker.errors import ModelError
from assay.checker.language.formulas import Always, Eventually, Now
from assay.checker.language.frontend.context.bindings import Binding, SelfBinding
from assay.checker.language.frontend.context.code import Code
from assay.checker.language.frontend.context.lookup import chosen_value
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described
from assay.checker.language.frontend.expressions.bodies import compile_body
from assay.checker.language.frontend.forms import FORMS
from assay.checker.language.frontend.formulas import compile_formula
from assay.checker.language.frontend.statements.branches import compile_block
from assay.checker.language.frontend.statements.map_names import demand_in_place
from assay.checker.language.frontend.statements.sharing import demand_unchanged
from assay.checker.language.frontend.unmade import where_unmade
from assay.checker.language.introspection.declarations import unbounded_parameter
from assay.checker.language.introspection.drawing_guards import drawing_remedy
from assay.checker.language.introspection.specification import Method, Specification
from assay.checker.language.ir.drawing import Draws, drawn_from
from assay.checker.language.ir.nodes import Expr, Name, Place, Root, walk
from assay.checker.language.ir.program import ActionIR, ModelIR, PredicateIR, TemporalIR
from assay.checker.language.ir.settling import drawn_by_predicate
from assay.checker.language.kinds import Kind
from assay.checker.language.types import BoolType, Type, has_unbounded, is_container
from assay.checker.wording import article

__all__ = ["compile_model", "opened"]


_ENOUGH_FRAMES = 10_000
"""The recursion limit that the deepest source which the front end accepts needs, here and in all that walks the IR."""


@functools.cache
def compile_model(specification: Specification) -> ModelIR:
    """Compile a model to the IR.

    Raises
    ------
    ModelError
        With file, line and column, for whatever is not part of the language.
    """
    # It is not lowered again: the backends walk the IR, which is as deep, long after this has returned.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _ENOUGH_FRAMES))
    remarks: dict[str, None] = {}
    return ModelIR(
        specification,
        tuple(_action(specification, method, remarks) for method in specification.actions),
        tuple(_action(specification, method, remarks) for method in specification.of(Kind.INITIAL)),
        tuple(
            _predicate(specification, method, remarks) for method in specification.methods if method.kind.is_predicate
        ),
        tuple(_temporal(specification, method, remarks) for method in specification.temporals),
        tuple(remarks),
    )


def opened(specification: Specification, method: Method, remarks: dict[str, None]) -> tuple[Scope, tuple[Name, ...]]:
    """Return a scope that holds the parameters of a method, and their names."""
    code = Code.of(method.function)
    scope = Scope(specification, code, FORMS, stack=(code.function,), remarks=remarks)
    arguments = [argument.arg for argument in (*code.node.args.posonlyargs, *code.node.args.args)]
    names: dict[str, Binding] = {arguments[0]: SelfBinding(Root.STATE)}
    if method.kind.is_about_steps:
        names[arguments[1]] = SelfBinding(Root.AFTER)
    parameters = tuple(_parameter(scope, method, name, type_) for name, type_ in method.parameters)
    for (name, _), parameter in zip(method.parameters, parameters, strict=True):
        names[name] = chosen_value(scope, parameter) if _is_chosen(method, parameter.type) else parameter
    scope.names, scope.parameters = names, frozenset(names)
    return scope, parameters


def _parameter(scope: Scope, method: Method, name: str, type_: Type) -> Name:
    """Return the name of a parameter in the IR; that of a chosen container has blanks, so no variable can have it."""
    return scope.fresh(f"{name} of {method.name}" if _is_chosen(method, type_) else name, type_, scope.code.node)


def _is_chosen(method: Method, type_: Type) -> bool:
    """Return whether a parameter is a place, as a container that an action chooses; all others are values."""
    return is_container(type_) and method.kind in (Kind.ACTION, Kind.INITIAL)


def _action(specification: Specification, method: Method, remarks: dict[str, None]) -> ActionIR:
    scope, parameters = opened(specification, method, remarks)
    body = compile_block(scope, scope.code.node.body, scope.code.node)
    demand_unchanged(scope, body)
    demand_in_place(scope, body)
    _demand_drawn(specification, method, parameters, drawn_from(body, parameters))
    # Only the whole body shows which of its paths do not come to a choice.
    for choice in scope.choices:
        body = where_unmade(body, choice)
    return ActionIR(method.name, (*parameters, *scope.choices), body, method.location)


def _demand_drawn(specification: Specification, method: Method, parameters: tuple[Name, ...], drawn: Draws) -> None:
    """Refuse a parameter that has unbounded numbers in it, unless its value is drawn from a set of the state."""
    for (name, type_), parameter in zip(method.parameters, parameters, strict=True):
        if has_unbounded(type_) and parameter.name not in drawn:
            draw = drawing_remedy(method, name, type_, specification.variables)
            raise unbounded_parameter(name, method.name, type_, method.location, draw)


def _predicate(specification: Specification, method: Method, remarks: dict[str, None]) -> PredicateIR:
    scope, parameters = opened(specification, method, remarks)
    value = compile_body(scope, scope.code.node.body, scope.code.node, None)
    if not isinstance(value, Expr) or not isinstance(value.type, BoolType):
        raise ModelError(
            f"{article(method.kind.value)} is True or False, this is {article(described(value))}",
            location=value.location or method.location,
            help="compare it with something",
        )
    if method.kind is Kind.AXIOM:
        _demand_stateless(value, method, specification)
    drawn = drawn_by_predicate(value, parameters, existential=method.kind.existential)
    _demand_drawn(specification, method, parameters, drawn)
    return PredicateIR(method.name, method.kind, parameters, value, method.location)


def _is_immutable(place: Place, specification: Specification) -> bool:
    return any(variable.name == place.variable for variable in specification.structure)


def _temporal(specification: Specification, method: Method, remarks: dict[str, None]) -> TemporalIR:
    if method.kind is Kind.TEMPORAL:
        scope, parameters = opened(specification, method, remarks)
        formula = compile_formula(scope)
    else:
        predicate = _predicate(specification, method, remarks)
        parameters, comes_true = predicate.parameters, Eventually(Now(predicate.body))
        formula = comes_true if method.kind is Kind.EVENTUALLY else Always(comes_true)
    return TemporalIR(method.name, method.kind, parameters, formula, method.location)


def _demand_stateless(value: Expr, method: Method, specification: Specification) -> None:
    for part in walk(value):
        if isinstance(part, Place) and not _is_immutable(part, specification):
            raise ModelError(
                f"the axiom {method.name} reads the state variable {part.variable}",
                location=part.location or method.location,
                help="an axiom is about sorts, quorums and what never changes; make it an invariant",
            )
