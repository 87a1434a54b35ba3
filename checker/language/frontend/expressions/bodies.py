"""Bodies of helpers and properties: names, branches and returns, as one expression.

The IR has no local names for single values but ``let``, and no returns. So each assignment becomes a ``let`` around
everything that follows it, and each branch compiles what follows it once per path.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import Snapshot, Value
from assay.checker.language.frontend.context.facts import learned
from assay.checker.language.frontend.context.lookup import demand_new, look_up
from assay.checker.language.frontend.context.ownership import borrowed, is_open, note_returned
from assay.checker.language.frontend.context.remedies import refused
from assay.checker.language.frontend.context.rewriting import one_by_one
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_alias, is_empty
from assay.checker.language.frontend.expressions.assertions import compile_asserted
from assay.checker.language.frontend.expressions.building.accumulated import built_by, changed_in_place
from assay.checker.language.frontend.expressions.building.steps import Shape
from assay.checker.language.frontend.expressions.collections import chosen, compile_collection, evaluated
from assay.checker.language.frontend.expressions.continuations import Continuation
from assay.checker.language.frontend.expressions.displays import open_snapshot
from assay.checker.language.frontend.expressions.hints import element_named
from assay.checker.language.frontend.expressions.iterables.generators import unpacked
from assay.checker.language.frontend.expressions.leaving import search_of
from assay.checker.language.frontend.expressions.local_changes import demand_no_local_change
from assay.checker.language.frontend.expressions.merging import leaves, merged_assignment
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_scalar
from assay.checker.language.frontend.expressions.operators import ARITHMETIC
from assay.checker.language.frontend.expressions.patterns import Covered, compile_pattern, separated
from assay.checker.language.frontend.expressions.records import conditional
from assay.checker.language.frontend.expressions.searches import compile_search
from assay.checker.language.frontend.expressions.simple import demand_simple, is_simple
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    Collection,
    Expr,
    Let,
    Literal,
    Name,
    Place,
    substituted,
)
from assay.checker.language.types import BOOL, Type, has_unbounded
from assay.checker.wording import numbered

__all__ = ["compile_body", "compile_round"]


def compile_body(scope: Scope, statements: Iterable[ast.stmt], function: ast.AST, expected: Type | None) -> Value:
    """Compile the body of a pure helper: names, branches and returns, as one expression."""
    return _continued(scope, Continuation(tuple(statements), function, expected))


def _continued(scope: Scope, rest: Continuation) -> Value:
    """Compile what is left of a body. Every branch compiles what follows it, so the value is one expression."""
    with scope.deeper(rest.statements[0] if rest.statements else rest.function):
        return _body(scope, rest)


def _body(scope: Scope, whole: Continuation) -> Value:
    remaining = list(whole.statements)
    while remaining:
        statement = remaining.pop(0)
        rest = replace(whole, statements=tuple(remaining))
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                continue
            case ast.Return(value=ast.expr() as node):
                value = scope.value(node, rest.expected)
                note_returned(scope, node)
                return value
            case ast.AnnAssign(target=ast.Name(id=name), annotation=hint, value=ast.expr() as value) if is_open(
                scope, value
            ):
                element = element_named(scope, hint)
                if is_empty(value) and has_unbounded(element):
                    scope.names[name] = open_snapshot(scope, value, element)
                else:
                    scope.names[name] = _named(scope, value, compile_collection(scope, value, element))
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_empty(value):
                scope.names[name] = open_snapshot(scope, value)
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                return _with_name(scope, name, value, rest)
            case ast.Assign(targets=[_, _, *_]):
                remaining[:0] = one_by_one(statement)
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                return _with_names(scope, targets, value, rest)
            case ast.Assert():
                claim = compile_asserted(scope, statement)
                return _with_values(scope, [("", claim, statement.test)], rest)
            case ast.If() if (merged := merged_assignment(statement)) and _has_value(scope, *merged, statement):
                return _with_name(scope, *merged, rest)
            case ast.If(test=test, body=then, orelse=otherwise):
                paths = rest.preceded_by(then), rest.preceded_by(otherwise)
                return _branched(scope, statement, compile_condition(scope, test), *paths)
            case ast.Match(subject=node, cases=cases):
                return _matched(scope, node, separated(cases), rest)
            case ast.For() if search_of(statement) is None and (built := _built(scope, statement)) is not None:
                remaining[:0] = built
            case (
                ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))))
                | ast.AugAssign(target=ast.Name(id=name))
            ) if (changed := changed_in_place(scope, statement, name)) is not None:
                remaining.insert(0, changed)
            case ast.AugAssign(target=ast.Name()):
                return _with_name(scope, *_augmented(scope, statement), rest)
            case ast.For():
                found, effects = compile_search(scope, statement, functools.partial(compile_round, scope, statement))
                paths = rest.preceded_by(effects), rest.preceded_by(statement.orelse)
                return _branched(scope, statement, found, *paths)
            case _:
                demand_no_local_change(scope, statement)
                scope.fail(statement, *refused(statement, pure=True))
    name = scope.code.node.name
    scope.fail(whole.function, f"{name} does not return a value on every path", "end each path with return")


def _built(scope: Scope, node: ast.For) -> Sequence[ast.stmt] | None:
    """Return what a loop builds as assignments; None if it builds nothing, or does something else."""
    built = built_by(scope, node, tuple(Shape))
    if built is None or built.rest is not None:
        return None
    return built.assignments


def compile_round(scope: Scope, node: ast.For, body: Sequence[ast.stmt]) -> Expr:
    """Compile whether a round of a loop leaves it."""
    value = _continued(scope, Continuation(tuple(body), node, BOOL))
    assert isinstance(value, Expr)
    return value


def _has_value(scope: Scope, name: str, _: ast.expr, node: ast.If) -> bool:
    """Return whether a name has a value on every path through a branch, be it the value from before."""
    return isinstance(scope.names.get(name), Expr) or not leaves(node, name)


def _with_name(scope: Scope, name: str, node: ast.expr, rest: Continuation) -> Value:
    value = scope.value(node)
    if isinstance(value, Place):
        return _with_map(scope, name, value, node, rest)
    if isinstance(value, Collection):
        scope.names[name] = _named(scope, node, value)
        if not can_fail(value):
            return _continued(scope, rest)
        return _with_values(scope, [("", evaluated(scope, value, node), node)], rest)
    return _with_values(scope, [(name, value, node)], rest)


def _with_map(scope: Scope, name: str, place: Place, node: ast.expr, rest: Continuation) -> Value:
    """Compile what follows a name for a map: its keys are evaluated once."""
    lets = {key: scope.fresh("key", key.type, node) for key in place.keys if not isinstance(key, Name | Literal)}
    scope.names[name] = replace(place, keys=tuple(lets.get(key, key) for key in place.keys))
    result = _continued(scope, rest)
    if isinstance(result, Expr):
        for key, variable in reversed(lets.items()):
            result = Let(variable, key, result, location=scope.at(node))
        return result
    return substituted(result, {variable: demand_simple(scope, key, node) for key, variable in lets.items()})


def _named(scope: Scope, node: ast.expr, value: Collection) -> Snapshot:
    """Return the binding of a name for a container, which may be that of a name where the helper is called."""
    return replace(scope.snapshot(value, alias=is_alias(node, value)), borrowed=borrowed(scope, node))


def _with_names(scope: Scope, targets: list[ast.expr], node: ast.expr, rest: Continuation) -> Value:
    """Compile what follows ``a, b = ...``: all values are computed before the first name changes its meaning."""
    if not isinstance(node, ast.Tuple):
        return _with_items(scope, targets, node, rest)
    if len(node.elts) != len(targets):
        found = numbered(len(node.elts), "value")
        scope.fail(node, f"{found} for {numbered(len(targets), 'target')}", "name each value")
    values: list[tuple[str | ast.Name | ast.Tuple, Expr, ast.expr]] = []
    containers: dict[str, Snapshot] = {}
    for target, element in zip(targets, node.elts, strict=True):
        if not isinstance(target, ast.Name | ast.Tuple):
            scope.fail(target, "this cannot be assigned to here", "a helper whose value is used assigns names only")
        value = scope.value(element) if isinstance(target, ast.Name) else compile_scalar(scope, element)
        if isinstance(target, ast.Name) and isinstance(value, Collection):
            containers[target.id] = _named(scope, element, value)
            values += [("", evaluated(scope, value, element), element)] if can_fail(value) else []
        else:
            values.append((target, value if isinstance(value, Expr) else compile_scalar(scope, element), element))
    scope.names.update(containers)
    return _with_values(scope, values, rest)


def _with_items(scope: Scope, targets: list[ast.expr], node: ast.expr, rest: Continuation) -> Value:
    """Compile what follows ``a, b = pair``: the pair is evaluated once."""
    value = compile_scalar(scope, node)
    pattern = ast.copy_location(ast.Tuple(elts=targets, ctx=ast.Store()), node)
    variable = scope.fresh("value", value.type, node)
    scope.names.update(unpacked(scope, pattern, variable))
    result = _continued(scope, rest)
    if isinstance(result, Expr):
        return Let(variable, value, result, location=scope.at(node))
    return substituted(result, {variable: demand_simple(scope, value, node)})


def _with_values(
    scope: Scope, values: Sequence[tuple[str | ast.Name | ast.Tuple, Expr, ast.expr]], rest: Continuation
) -> Value:
    """Compile what follows assignments of single values to names: ``let`` around the result."""
    lets = [(scope.fresh(_name_for(target), value.type, node), value, node) for target, value, node in values]
    for (target, _, _), (variable, _, _) in zip(values, lets, strict=True):
        parts = unpacked(scope, target, variable) if isinstance(target, ast.Tuple) else {_name_for(target): variable}
        scope.names.update(parts)
    result = _continued(scope, rest)
    if isinstance(result, Expr):
        for variable, value, node in reversed(lets):
            result = Let(variable, value, result, location=scope.at(node))
        return result
    # The IR has no `let` around a collection, so the values are substituted into it; they must be simple, because they
    # are evaluated as often as they occur there.
    return substituted(result, {variable: demand_simple(scope, value, node) for variable, value, node in lets})


def _name_for(target: str | ast.Name | ast.Tuple) -> str:
    match target:
        case ast.Name(id=name):
            return name
        case ast.Tuple():
            return "value"
        case _:
            return target or "computed"


def _augmented(scope: Scope, node: ast.AugAssign) -> tuple[str, ast.expr]:
    """Return ``n += 1`` as ``n = n + 1``; a set is refused, for Python changes it in place, under all of its names."""
    assert isinstance(node.target, ast.Name)
    value = look_up(scope, node.target) if node.target.id in scope.names else None
    if not isinstance(value, Expr | None) or type(node.op) not in {*ARITHMETIC, ast.Pow}:
        scope.fail(node, "a local set or sequence is not changed in place", remedies.becoming(node))
    loaded = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
    return node.target.id, ast.copy_location(ast.BinOp(loaded, node.op, node.value), node)


def _branched(scope: Scope, node: ast.stmt, condition: Expr, then: Continuation, otherwise: Continuation) -> Value:
    with scope.nested(), scope.knowing(learned(condition, True)):
        first = _continued(scope, then)
    with scope.nested(), scope.knowing(learned(condition, False)):
        second = _continued(scope, otherwise)
    return _joined(scope, condition, first, second, node)


def _joined(scope: Scope, condition: Expr, first: Value, second: Value, node: ast.AST) -> Value:
    if isinstance(first, Collection) and isinstance(second, Collection):
        return chosen(scope, condition, first, second, node)
    if not isinstance(first, Expr) or not isinstance(second, Expr):
        scope.fail(node, "the branches return different things", "return a set on every path, or a single value")
    return conditional(scope, condition, first, second, node)


def _matched(scope: Scope, node: ast.expr, cases: list[ast.match_case], rest: Continuation) -> Value:
    subject = compile_scalar(scope, node)
    if is_simple(subject):
        return _compile_case(scope, cases, subject, Covered(), rest)
    variable = scope.fresh("subject", subject.type, node)
    result = _compile_case(scope, cases, variable, Covered(), rest)
    if not isinstance(result, Expr):
        return substituted(result, {variable: demand_simple(scope, subject, node)})
    return Let(variable, subject, result, location=scope.at(node))


def _compile_case(
    scope: Scope, cases: list[ast.match_case], subject: Expr, covered: Covered, rest: Continuation
) -> Value:
    if not cases:
        return _continued(scope, rest)
    with scope.deeper(cases[0].pattern):
        return _value_of_case(scope, cases, subject, covered, rest)


def _value_of_case(
    scope: Scope, cases: list[ast.match_case], subject: Expr, covered: Covered, rest: Continuation
) -> Value:
    case = cases[0]
    test, bindings = compile_pattern(scope, case.pattern, subject)
    demand_new(scope, bindings, case.pattern)
    if case.guard is None:
        covered = covered.by(test, subject)
    with scope.nested(**bindings), scope.knowing(learned(test, True)):
        if case.guard is not None:
            test = And((test, compile_condition(scope, case.guard)), location=scope.at(case.pattern))
        first = _continued(scope, rest.preceded_by(case.body))
    if covered.is_all(subject.type):
        return first
    with scope.nested(), scope.knowing(learned(test, False)):
        second = _compile_case(scope, cases[1:], subject, covered, rest)
    return _joined(scope, test, first, second, case.body[0])
