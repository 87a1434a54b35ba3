"""Calls of the language's functions: quantifiers, folds, measures, copies."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from assay.checker.language import choosing, model, quantifiers, sorts, values
from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.choices import compile_choose
from assay.checker.language.frontend.expressions.collections import compile_collection
from assay.checker.language.frontend.expressions.eager import remark_on_guards
from assay.checker.language.frontend.expressions.enumerated import compile_values_of
from assay.checker.language.frontend.expressions.iterables.copies import (
    compile_frozen,
    compile_length,
    compile_list_copy,
    compile_set_copy,
    only_argument,
)
from assay.checker.language.frontend.expressions.iterables.folds import compile_extreme, compile_sum
from assay.checker.language.frontend.expressions.iterables.generators import bound_generators, each_of
from assay.checker.language.frontend.expressions.iterables.maps import compile_from_keys
from assay.checker.language.frontend.expressions.iterables.ordered import compile_next, compile_sorted
from assay.checker.language.frontend.expressions.iterables.slices import compile_range
from assay.checker.language.frontend.expressions.neighbours import compile_last, compile_neighbour
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_scalar, compile_truth
from assay.checker.language.frontend.expressions.presence import compile_some
from assay.checker.language.frontend.expressions.records import kind_test, kinds_named
from assay.checker.language.ir.nodes import (
    And,
    Expr,
    Generator,
    Implies,
    LeastOf,
    Not,
    Or,
    Quantifier,
    Universe,
)
from assay.checker.language.types import BoolType, IntType, SortType, Type
from assay.checker.wording import article

__all__ = ["FUNCTIONS", "built_in_form", "quantify"]


FUNCTIONS = (
    *("all", "any", "bool", "choose", "enumerate", "first", "frozen", "implies", "isinstance", "last", "len", "list"),
    *("max", "min", "next", "pred", "range", "reversed", "set", "some", "sorted", "succ", "sum", "values_of", "zip"),
)
"""The functions of the language, for messages."""


def built_in_form(target: Any) -> Callable[[Scope, ast.Call, Type | None], Value] | None:
    """Return the function that compiles calls of a built-in, or None if the language does not have it."""
    return _BUILT_IN.get(target) if _is_hashable(target) else None


def _compile_quantifier(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    universal = resolve(scope, node.func)[1] in (all, quantifiers.every)
    if not isinstance(node.func, ast.Name):
        scope.fail(node, "any and all are called by their names", "any(... for x in ...)")
    argument = only_argument(scope, node)
    if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        with bound_generators(scope, argument.generators) as generators:
            return quantify(universal, generators, compile_condition(scope, argument.elt))
    body, generators = each_of(scope, argument, once=False)
    if not isinstance(body.type, BoolType):
        name = ast.unparse(node.func)
        scope.fail(
            argument,
            f"{name} asks whether values are true, and these are each {article(body.type)}",
            f"compare them: {name}(x > 0 for x in {ast.unparse(argument)})"
            if isinstance(body.type, IntType)
            else f"{name}(... for x in {ast.unparse(argument)})",
        )
    return quantify(universal, generators, body)


def _compile_first(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    universe = compile_collection(scope, only_argument(scope, node))
    if isinstance(universe, Universe) and isinstance(universe.of, SortType) and universe.of.ordered:
        return LeastOf(universe.of, location=scope.at(node))
    scope.fail(node, "first takes an Order", "an element of a Sort or set is chosen by a parameter of the action")


def _compile_implies(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    if len(node.args) != 2 or node.keywords:
        scope.fail(node, "implies takes a condition and a conclusion", "implies(a, b)")
    left, right = compile_condition(scope, node.args[0]), compile_truth(scope, node.args[1])
    remark_on_guards(scope, node, values.implies, (left, right))
    return Implies(left, right, location=scope.at(node))


def _compile_bool(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    return compile_condition(scope, only_argument(scope, node))


def _compile_isinstance(scope: Scope, node: ast.Call, _: Type | None) -> Expr:
    if len(node.args) != 2 or node.keywords:
        scope.fail(node, "isinstance takes a value and a record", "isinstance(message, Vote)")
    return kind_test(scope, compile_scalar(scope, node.args[0]), kinds_named(scope, node.args[1]), node)


def quantify(universal: bool, generators: tuple[Generator, ...], body: Expr) -> Expr:
    """Return the quantification of ``body`` over generators, the first one outermost."""
    for generator in reversed(generators):
        if generator.condition is not None:
            guarded = (Not(generator.condition), body) if universal else (generator.condition, body)
            body = Or(guarded, location=body.location) if universal else And(guarded, location=body.location)
        body = Quantifier(universal, generator.variable, generator.domain, body, location=generator.location)
    return body


def _is_hashable(thing: Any) -> bool:
    try:
        hash(thing)
    except TypeError:
        return False
    return True


_BUILT_IN: dict[Any, Callable[[Scope, ast.Call, Type | None], Value]] = {
    all: _compile_quantifier,
    any: _compile_quantifier,
    quantifiers.every: _compile_quantifier,
    quantifiers.some: _compile_quantifier,
    len: compile_length,
    sum: compile_sum,
    min: compile_extreme,
    max: compile_extreme,
    set: compile_set_copy,
    frozenset: compile_set_copy,
    list: compile_list_copy,
    range: compile_range,
    bool: _compile_bool,
    dict.fromkeys: compile_from_keys,
    isinstance: _compile_isinstance,
    sorted: compile_sorted,
    next: compile_next,
    values.frozen: compile_frozen,
    values.implies: _compile_implies,
    sorts.first: _compile_first,
    model.some: compile_some,
    choosing.choose: compile_choose,
    sorts.last: compile_last,
    sorts.succ: compile_neighbour("succ", next_=True),
    sorts.pred: compile_neighbour("pred", next_=False),
    sorts.values_of: compile_values_of,
}
