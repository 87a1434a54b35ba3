"""Compiling pure helpers in place of their calls: functions and methods whose value is used."""

from __future__ import annotations

import ast
import functools
import inspect
import types
from collections.abc import Iterable
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.annotations import hints_of, type_of
from assay.checker.language.frontend.functions import Functions
from assay.checker.language.frontend.remedies import refused
from assay.checker.language.frontend.scope import Binding, Code, SelfBinding, Value
from assay.checker.language.frontend.shapes import is_call_of
from assay.checker.language.frontend.typing import learned
from assay.checker.language.ir.nodes import (
    TRUE,
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
    SetChoice,
    Stored,
    substituted,
)
from assay.checker.language.types import BOOL, INT, Type, is_container
from assay.checker.language.wording import numbered

__all__ = ["Helpers", "is_alias"]


class Helpers(Functions):
    """Helper functions, compiled in place of their call."""

    def inlined(
        self, node: ast.Call, function: types.FunctionType, owner: SelfBinding | None, expected: Type | None
    ) -> Value:
        """Compile a call of a pure helper: its body in place of the call."""
        code = Code.of(function)
        names, lets = self.bound_arguments(node, code, owner)
        with self.inside(code, names, node):
            value = self.body(code.node.body, code.node, expected)
        if isinstance(value, Expr):
            for name, argument in reversed(lets):
                value = Let(name, argument, value, location=self.at(node))
            return value
        simple = {variable: self._demand_simple(argument, node) for variable, argument in lets}
        return substituted(value, simple)

    def _demand_simple(self, value: Expr, node: ast.AST) -> Expr:
        """Refuse what could fail, or costs, where it is evaluated more often than Python would."""
        if not _is_simple(value):
            self.fail(node, "a helper that gives a set takes and names simple values only", "name this before the call")
        return value

    def bound_arguments(
        self, node: ast.Call, code: Code, owner: SelfBinding | None
    ) -> tuple[dict[str, Binding], list[tuple[Name, Expr]]]:
        """Return what the parameters of a helper stand for, and the names to give values to before."""
        function, arguments = code.function, code.node.args
        if arguments.vararg or arguments.kwarg:
            self.fail(node, f"{code.node.name} has parameters with * or **", "write its parameters out")
        names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        bindings: dict[str, Binding] = {}
        if owner is not None:
            if not names:
                name = code.node.name
                self.fail(node, f"{name} has no parameter for the state", f"def {name}(self), or @staticmethod")
            bindings[names.pop(0)] = owner
        free = len(names)
        names += [argument.arg for argument in arguments.kwonlyargs]
        defaults = _defaults(function)
        given = self.arranged(node, names, code.node.name, frozenset(defaults), free)
        lets: list[tuple[Name, Expr]] = []
        hints = hints_of(function, self.at(node))
        for name, argument in zip(names, given, strict=True):
            if argument is None:
                bindings[name] = self.default(defaults[name], name, node)
            else:
                bindings[name] = self._bound_argument(name, argument, hints.get(name), lets)
        return bindings, lets

    def _bound_argument(self, name: str, node: ast.expr, hint: Any, lets: list[tuple[Name, Expr]]) -> Binding:
        if isinstance(node, ast.Name) and isinstance(self.names.get(node.id), SelfBinding):
            return self.names[node.id]
        wanted = _scalar_hint(hint)
        value = self.value(node, wanted)
        if isinstance(value, Collection):
            return self.snapshot(value, alias=is_alias(node, value))
        if isinstance(value, Place):
            self.fail(node, "a map cannot be passed to a helper", "let the helper read it from self")
        if wanted is not None:
            value = self.fit(value, wanted, node, f"the argument {name}")
        if isinstance(value, Name | Literal):
            return value
        variable = self.fresh(name, value.type, node)
        lets.append((variable, value))
        return variable

    def body(self, statements: Iterable[ast.stmt], function: ast.AST, expected: Type | None) -> Value:
        """Compile the body of a pure helper: names, branches and returns, as one expression."""
        remaining = list(statements)
        with self.deeper(remaining[0] if remaining else function):
            return self._body(remaining, function, expected)

    def _body(self, remaining: list[ast.stmt], function: ast.AST, expected: Type | None) -> Value:
        while remaining:
            statement = remaining.pop(0)
            match statement:
                case ast.Expr(value=ast.Constant()) | ast.Pass():
                    continue
                case ast.Return(value=ast.expr() as value):
                    return self.value(value, expected)
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ):
                    return self._with_name(name, value, remaining, function, expected)
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                    return self._with_names(targets, value, remaining, function, expected)
                case ast.If() if (chosen := _chosen(statement)) is not None and self._has_value(chosen, statement):
                    return self._with_name(*chosen, remaining, function, expected)
                case ast.If(test=test, body=then, orelse=otherwise):
                    paths = [*then, *remaining], [*otherwise, *remaining]
                    return self._branched(statement, self.condition(test), *paths, function, expected)
                case ast.Match(subject=node, cases=cases):
                    return self._matched(node, cases, remaining, function, expected)
                case _:
                    self.fail(statement, *refused(statement, pure=True))
        self.fail(function, f"{self.code.node.name} does not return a value on every path", "end each path with return")

    def _with_name(
        self, name: str, node: ast.expr, remaining: list[ast.stmt], function: ast.AST, expected: Type | None
    ) -> Value:
        value = self.value(node)
        if isinstance(value, Place):
            self.fail(node, "a map has no name of its own", "index it where it is used")
        if isinstance(value, Collection):
            self.names[name] = self.snapshot(value, alias=is_alias(node, value))
            return self.body(remaining, function, expected)
        return self._with_values([(name, value, node)], remaining, function, expected)

    def _with_names(
        self,
        targets: list[ast.expr],
        node: ast.expr,
        remaining: list[ast.stmt],
        function: ast.AST,
        expected: Type | None,
    ) -> Value:
        """Compile what follows ``a, b = ...``: all values are computed before the first name changes its meaning."""
        if not isinstance(node, ast.Tuple):
            return self._with_items(targets, node, remaining, function, expected)
        if len(node.elts) != len(targets):
            found = numbered(len(node.elts), "value")
            self.fail(node, f"{found} for {numbered(len(targets), 'target')}", "name each value")
        values = []
        for target, element in zip(targets, node.elts, strict=True):
            if not isinstance(target, ast.Name):
                self.fail(target, "this cannot be assigned to here", "a helper whose value is used assigns names only")
            values.append((target.id, self.expr(element), element))
        return self._with_values(values, remaining, function, expected)

    def _with_items(
        self,
        targets: list[ast.expr],
        node: ast.expr,
        remaining: list[ast.stmt],
        function: ast.AST,
        expected: Type | None,
    ) -> Value:
        value = self.expr(node)
        pattern = ast.copy_location(ast.Tuple(elts=targets, ctx=ast.Store()), node)
        variable = self.fresh("value", value.type, node)
        self.names.update(self.unpacked(pattern, variable))
        result = self.body(remaining, function, expected)
        if isinstance(result, Expr):
            return Let(variable, value, result, location=self.at(node))
        return substituted(result, {variable: self._demand_simple(value, node)})

    def _with_values(
        self,
        values: list[tuple[str, Expr, ast.expr]],
        remaining: list[ast.stmt],
        function: ast.AST,
        expected: Type | None,
    ) -> Value:
        """Compile what follows where names get values; a set as the result has them written out."""
        lets = [(self.fresh(name, value.type, node), value, node) for name, value, node in values]
        self.names.update({name: variable for (name, _, _), (variable, _, _) in zip(values, lets, strict=True)})
        result = self.body(remaining, function, expected)
        if isinstance(result, Expr):
            for variable, value, node in reversed(lets):
                result = Let(variable, value, result, location=self.at(node))
            return result
        # A set has no names around it: they are written out in it.
        return substituted(result, {variable: self._demand_simple(value, node) for variable, value, node in lets})

    def _has_value(self, chosen: tuple[str, ast.expr], node: ast.If) -> bool:
        """Return whether a name has a value after a branch that may leave it as it is."""
        name = chosen[0]
        return isinstance(self.names.get(name), Expr) or not _leaves(node, name)

    def _branched(
        self,
        node: ast.stmt,
        condition: Expr,
        then: list[ast.stmt],
        otherwise: list[ast.stmt],
        function: ast.AST,
        expected: Type | None,
    ) -> Value:
        with self.nested(), self.knowing(learned(condition, True)):
            first = self.body(then, function, expected)
        with self.nested(), self.knowing(learned(condition, False)):
            second = self.body(otherwise, function, expected)
        return self._joined(condition, first, second, node)

    def _joined(self, condition: Expr, first: Value, second: Value, node: ast.AST) -> Value:
        if isinstance(first, Collection) and isinstance(second, Collection):
            return self.choice(condition, first, second, node)
        if not isinstance(first, Expr) or not isinstance(second, Expr):
            self.fail(node, "the branches return different things", "return a set on every path, or a single value")
        return self.conditional(condition, first, second, node)

    def _matched(
        self,
        node: ast.expr,
        cases: list[ast.match_case],
        remaining: list[ast.stmt],
        function: ast.AST,
        expected: Type | None,
    ) -> Value:
        subject = self.expr(node)
        if _is_simple(subject):
            return self._case(cases, subject, remaining, function, expected)
        variable = self.fresh("subject", subject.type, node)
        result = self._case(cases, variable, remaining, function, expected)
        if not isinstance(result, Expr):
            return substituted(result, {variable: self._demand_simple(subject, node)})
        return Let(variable, subject, result, location=self.at(node))

    def _case(
        self,
        cases: list[ast.match_case],
        subject: Expr,
        remaining: list[ast.stmt],
        function: ast.AST,
        expected: Type | None,
    ) -> Value:
        if not cases:
            return self.body(remaining, function, expected)
        with self.deeper(cases[0].pattern):
            return self._value_of_case(cases, subject, remaining, function, expected)

    def _value_of_case(
        self,
        cases: list[ast.match_case],
        subject: Expr,
        remaining: list[ast.stmt],
        function: ast.AST,
        expected: Type | None,
    ) -> Value:
        case = cases[0]
        test, bindings = self.pattern(case.pattern, subject)
        certain = test == TRUE or self.is_certain(case.pattern, subject)
        with self.nested(**bindings), self.knowing(learned(test, True)):
            if case.guard is not None:
                test = And((test, self.condition(case.guard)), location=self.at(case.pattern))
            first = self.body([*case.body, *remaining], function, expected)
        if certain and case.guard is None:
            return first
        with self.nested(), self.knowing(learned(test, False)):
            second = self._case(cases[1:], subject, remaining, function, expected)
        return self._joined(test, first, second, case.body[0])


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


def is_alias(node: ast.expr, value: Collection) -> bool:
    """Return whether a collection is a container in the state itself in Python, and no copy of one."""
    if is_call_of(node, "set", "frozenset", "list"):
        return False
    match value:
        case Stored():
            return True
        case SetChoice(_, then, otherwise):
            branches = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node, node)
            return is_alias(branches[0], then) or is_alias(branches[1], otherwise)
        case _:
            return False


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


def _defaults(function: Any) -> dict[str, object]:
    signature = inspect.signature(function)
    return {p.name: p.default for p in signature.parameters.values() if p.default is not p.empty}


def _scalar_hint(hint: Any) -> Type | None:
    if hint is int or hint is bool:
        return INT if hint is int else BOOL
    try:
        type_ = type_of(hint)
    except ModelError:
        return None
    return None if is_container(type_) else type_
