"""Bodies of helpers and properties: names, branches and returns, as one expression."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assay.checker.language.frontend.context.bindings import Snapshot, Value
from assay.checker.language.frontend.context.remedies import refused
from assay.checker.language.frontend.context.rewriting import one_by_one
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_alias, is_empty
from assay.checker.language.frontend.context.typing import learned
from assay.checker.language.frontend.expressions.assertions import compile_asserted
from assay.checker.language.frontend.expressions.collections import (
    chosen,
    compile_collection,
    element_named,
    evaluated,
    open_snapshot,
)
from assay.checker.language.frontend.expressions.iterables.generators import unpacked
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_scalar
from assay.checker.language.frontend.expressions.operators import ARITHMETIC
from assay.checker.language.frontend.expressions.patterns import Covered, compile_pattern
from assay.checker.language.frontend.expressions.records import conditional
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    Cast,
    Collection,
    ConstantRef,
    Expr,
    Field,
    Item,
    Let,
    Literal,
    Name,
    Narrow,
    Place,
    Read,
    substituted,
)
from assay.checker.language.types import Type
from assay.checker.wording import numbered

__all__ = ["compile_body", "demand_simple"]


def demand_simple(scope: Scope, value: Expr, node: ast.AST) -> Expr:
    """Refuse an expression that could fail or is expensive where it would be evaluated more often than in Python."""
    if not _is_simple(value):
        scope.fail(node, "a helper that gives a set takes and names simple values only", "name this before the call")
    return value


def compile_body(scope: Scope, statements: Iterable[ast.stmt], function: ast.AST, expected: Type | None) -> Value:
    """Compile the body of a pure helper: names, branches and returns, as one expression."""
    remaining = list(statements)
    with scope.deeper(remaining[0] if remaining else function):
        return _body(scope, remaining, function, expected)


def _body(scope: Scope, remaining: list[ast.stmt], function: ast.AST, expected: Type | None) -> Value:
    while remaining:
        statement = remaining.pop(0)
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                continue
            case ast.Return(value=ast.expr() as node):
                value = scope.value(node, expected)
                scope.returned(node)
                return value
            case ast.AnnAssign(target=ast.Name(id=name), annotation=hint, value=ast.expr() as value) if scope.is_open(
                value
            ):
                scope.names[name] = _named(scope, value, compile_collection(scope, value, element_named(scope, hint)))
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_empty(value):
                scope.names[name] = open_snapshot(scope, value)
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                return _with_name(scope, name, value, remaining, function, expected)
            case ast.AugAssign(target=ast.Name()):
                return _with_name(scope, *_augmented(scope, statement), remaining, function, expected)
            case ast.Assign(targets=[_, _, *_]):
                remaining[:0] = one_by_one(statement)
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                return _with_names(scope, targets, value, remaining, function, expected)
            case ast.Assert():
                claim = compile_asserted(scope, statement)
                return _with_values(scope, [("", claim, statement.test)], remaining, function, expected)
            case ast.If() if (chosen := _chosen(statement)) is not None and _has_value(scope, chosen, statement):
                return _with_name(scope, *chosen, remaining, function, expected)
            case ast.If(test=test, body=then, orelse=otherwise):
                paths = [*then, *remaining], [*otherwise, *remaining]
                return _branched(scope, statement, compile_condition(scope, test), *paths, function, expected)
            case ast.Match(subject=node, cases=cases):
                return _matched(scope, node, cases, remaining, function, expected)
            case _:
                scope.fail(statement, *refused(statement, pure=True))
    scope.fail(function, f"{scope.code.node.name} does not return a value on every path", "end each path with return")


def _with_name(
    scope: Scope, name: str, node: ast.expr, remaining: list[ast.stmt], function: ast.AST, expected: Type | None
) -> Value:
    value = scope.value(node)
    if isinstance(value, Place):
        scope.fail(node, "a map has no name of its own", "index it where it is used")
    if isinstance(value, Collection):
        scope.names[name] = _named(scope, node, value)
        if not can_fail(value):
            return compile_body(scope, remaining, function, expected)
        return _with_values(scope, [("", evaluated(scope, value, node), node)], remaining, function, expected)
    return _with_values(scope, [(name, value, node)], remaining, function, expected)


def _named(scope: Scope, node: ast.expr, value: Collection) -> Snapshot:
    return replace(scope.snapshot(value, alias=is_alias(node, value)), borrowed=scope.borrowed(node))


def _with_names(
    scope: Scope,
    targets: list[ast.expr],
    node: ast.expr,
    remaining: list[ast.stmt],
    function: ast.AST,
    expected: Type | None,
) -> Value:
    """Compile what follows ``a, b = ...``: all values are computed before the first name changes its meaning."""
    if not isinstance(node, ast.Tuple):
        return _with_items(scope, targets, node, remaining, function, expected)
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
    return _with_values(scope, values, remaining, function, expected)


def _with_items(
    scope: Scope,
    targets: list[ast.expr],
    node: ast.expr,
    remaining: list[ast.stmt],
    function: ast.AST,
    expected: Type | None,
) -> Value:
    value = compile_scalar(scope, node)
    pattern = ast.copy_location(ast.Tuple(elts=targets, ctx=ast.Store()), node)
    variable = scope.fresh("value", value.type, node)
    scope.names.update(unpacked(scope, pattern, variable))
    result = compile_body(scope, remaining, function, expected)
    if isinstance(result, Expr):
        return Let(variable, value, result, location=scope.at(node))
    return substituted(result, {variable: demand_simple(scope, value, node)})


def _with_values(
    scope: Scope,
    values: Sequence[tuple[str | ast.Name | ast.Tuple, Expr, ast.expr]],
    remaining: list[ast.stmt],
    function: ast.AST,
    expected: Type | None,
) -> Value:
    """Compile what follows where names get values; a set as the result has them written out."""
    lets = [(scope.fresh(_name_for(target), value.type, node), value, node) for target, value, node in values]
    for (target, _, _), (variable, _, _) in zip(values, lets, strict=True):
        parts = unpacked(scope, target, variable) if isinstance(target, ast.Tuple) else {_name_for(target): variable}
        scope.names.update(parts)
    result = compile_body(scope, remaining, function, expected)
    if isinstance(result, Expr):
        for variable, value, node in reversed(lets):
            result = Let(variable, value, result, location=scope.at(node))
        return result
    # A set has no names around it: they are written out in it.
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
    """Return ``n += 1`` as ``n = n + 1``; a set would be changed in place, under whatever names it has."""
    assert isinstance(node.target, ast.Name)
    value = scope.look_up(node.target) if node.target.id in scope.names else None
    if not isinstance(value, Expr | None) or type(node.op) not in ARITHMETIC:
        scope.fail(node, "a local set or sequence is not changed in place", "compute it at once: {...} | {...}")
    loaded = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
    return node.target.id, ast.copy_location(ast.BinOp(loaded, node.op, node.value), node)


def _has_value(scope: Scope, chosen: tuple[str, ast.expr], node: ast.If) -> bool:
    """Return whether a name has a value after a branch that may not assign it."""
    name = chosen[0]
    return isinstance(scope.names.get(name), Expr) or not _leaves(node, name)


def _branched(
    scope: Scope,
    node: ast.stmt,
    condition: Expr,
    then: list[ast.stmt],
    otherwise: list[ast.stmt],
    function: ast.AST,
    expected: Type | None,
) -> Value:
    with scope.nested(), scope.knowing(learned(condition, True)):
        first = compile_body(scope, then, function, expected)
    with scope.nested(), scope.knowing(learned(condition, False)):
        second = compile_body(scope, otherwise, function, expected)
    return _joined(scope, condition, first, second, node)


def _joined(scope: Scope, condition: Expr, first: Value, second: Value, node: ast.AST) -> Value:
    if isinstance(first, Collection) and isinstance(second, Collection):
        return chosen(scope, condition, first, second, node)
    if not isinstance(first, Expr) or not isinstance(second, Expr):
        scope.fail(node, "the branches return different things", "return a set on every path, or a single value")
    return conditional(scope, condition, first, second, node)


def _matched(
    scope: Scope,
    node: ast.expr,
    cases: list[ast.match_case],
    remaining: list[ast.stmt],
    function: ast.AST,
    expected: Type | None,
) -> Value:
    subject = compile_scalar(scope, node)
    if _is_simple(subject):
        return _compile_case(scope, cases, subject, Covered(), remaining, function, expected)
    variable = scope.fresh("subject", subject.type, node)
    result = _compile_case(scope, cases, variable, Covered(), remaining, function, expected)
    if not isinstance(result, Expr):
        return substituted(result, {variable: demand_simple(scope, subject, node)})
    return Let(variable, subject, result, location=scope.at(node))


def _compile_case(
    scope: Scope,
    cases: list[ast.match_case],
    subject: Expr,
    covered: Covered,
    remaining: list[ast.stmt],
    function: ast.AST,
    expected: Type | None,
) -> Value:
    if not cases:
        return compile_body(scope, remaining, function, expected)
    with scope.deeper(cases[0].pattern):
        return _value_of_case(scope, cases, subject, covered, remaining, function, expected)


def _value_of_case(
    scope: Scope,
    cases: list[ast.match_case],
    subject: Expr,
    covered: Covered,
    remaining: list[ast.stmt],
    function: ast.AST,
    expected: Type | None,
) -> Value:
    case = cases[0]
    test, bindings = compile_pattern(scope, case.pattern, subject)
    scope.demand_new(bindings, case.pattern)
    if case.guard is None:
        covered = covered.by(test, subject)
    with scope.nested(**bindings), scope.knowing(learned(test, True)):
        if case.guard is not None:
            test = And((test, compile_condition(scope, case.guard)), location=scope.at(case.pattern))
        first = compile_body(scope, [*case.body, *remaining], function, expected)
    if covered.is_all(subject.type):
        return first
    with scope.nested(), scope.knowing(learned(test, False)):
        second = _compile_case(scope, cases[1:], subject, covered, remaining, function, expected)
    return _joined(scope, test, first, second, case.body[0])


@functools.cache
def _chosen(node: ast.If) -> tuple[str, ast.expr] | None:
    """Return the name to which all branches assign, and what, as a conditional expression; None if they do more.

    What follows is then compiled once, and not on every path: twelve such branches would make four thousand of it.
    """
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    if len(names) != 1:
        return None
    name = names.pop()
    value = _value_after([node], name)
    return None if value is None else (name, value)


def _value_after(statements: list[ast.stmt], name: str) -> ast.expr | None:
    match statements:
        case []:
            return ast.Name(id=name, ctx=ast.Load())
        case [ast.Assign(targets=[ast.Name(id=target)], value=value)] if target == name:
            return value
        case [ast.If(test=test, body=body, orelse=orelse) as node]:
            then, otherwise = _value_after(body, name), _value_after(orelse, name)
            if then is None or otherwise is None:
                return None
            branch = ast.copy_location(ast.IfExp(test=test, body=then, orelse=otherwise), node)
            return ast.fix_missing_locations(branch)
        case _:
            return None


def _leaves(node: ast.If, name: str) -> bool:
    """Return whether a branch leaves a name as it was."""
    ends = [[*node.body], [*node.orelse]]
    return any(not end or (isinstance(end[0], ast.If) and _leaves(end[0], name)) for end in ends)


def _is_simple(value: Expr) -> bool:
    """Return whether an expression is a value, a name or a place, or a part of one: it costs little and cannot fail."""
    match value:
        case Name() | Literal() | ConstantRef():
            return True
        case Read(place):
            return all(map(_is_simple, place.keys))
        case Field(operand, _, _) | Item(operand, _, _) | Narrow(operand, _, True) | Cast(operand, _):
            return _is_simple(operand)
        case _:
            return False
