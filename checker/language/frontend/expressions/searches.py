"""Loops in properties and helpers: a search that ends with ``return``, as a quantifier.

``for n in Node: if n in self.seen: return False`` returns False if there is such an n, and else goes on behind the
loop. It does not matter which round returns, since all return the same.
"""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Callable

from assay.checker.language.frontend.context.bindings import Unbound
from assay.checker.language.frontend.context.lookup import demand_new
from assay.checker.language.frontend.context.remedies import refused
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.iterables.generators import bind_target
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import FALSE, TRUE, And, Conditional, Expr, Let, Not, Or, Quantifier

__all__ = ["compile_search"]

_FOLDS = "use sum, min, max, any, all or a comprehension"


def compile_search(scope: Scope, node: ast.For, compiled: Callable[[list[ast.stmt]], Expr]) -> tuple[Expr, ast.Return]:
    """Compile a loop to whether one of its rounds returns; also return what such a round does.

    Parameters
    ----------
    scope : Scope
        What is known before the loop.
    node : ast.For
        The loop.
    compiled : callable
        Compiles the body of a round, which returns whether the loop returns in it.

    Raises
    ------
    ModelError
        If the loop does anything but search, if its rounds return different things, or if one may raise.
    """
    returned = _demand_search(scope, node)
    variable, domain, bindings = bind_target(scope, node.target, node.iter)
    demand_new(scope, bindings, node.target)
    with scope.nested(**bindings):
        found = _as_formula(compiled(_asking(node)))
    if can_fail(found):
        # Python does not look at the rounds behind the one that returns, and a quantifier looks at all.
        scope.fail(
            node,
            "a round of this loop may raise, behind one that returns",
            "use any(...) or all(...), which look at all",
        )
    scope.names.update({name: Unbound() for name in _stored_in(node)})
    return Quantifier(False, variable, domain, found, location=scope.at(node)), returned


def _demand_search(scope: Scope, node: ast.For) -> ast.Return:
    """Return what the loop returns; refuse one that returns nothing, or that does more than to return."""
    if node.orelse:
        scope.fail(node.orelse[0], "else after a loop is not part of the language", "put it after the loop")
    parts = list(ast.walk(node))
    leaving = next((part for part in parts if isinstance(part, ast.Break | ast.Continue)), None)
    if leaving is not None:
        scope.fail(leaving, "a loop here is left by return only", "put the rest of its body into an if")
    returns = [part for part in parts if isinstance(part, ast.Return)]
    if not returns:
        scope.fail(node, *refused(node, pure=True))
    for name in sorted(_stored_in(node) - _stored_in(node.target)):
        if not isinstance(scope.names.get(name, Unbound()), Unbound):
            scope.fail(node, f"{name} is given a value in each round, and a value is not accumulated by a loop", _FOLDS)
    _demand_same(scope, returns, node)
    return returns[0]


def _demand_same(scope: Scope, returns: list[ast.Return], node: ast.For) -> None:
    """Refuse rounds that return different things: which one returns would depend on the order."""
    own = _stored_in(node)
    for found in returns:
        names = {part.id for part in ast.walk(found) if isinstance(part, ast.Name)}
        if found.value is None or ast.dump(found) != ast.dump(returns[0]) or names & own:
            scope.fail(
                found,
                "the rounds of a loop return one and the same value here, as True or False",
                "next((x for x in xs if ...), default) is the first of what has an order",
            )


@functools.cache
def _stored_in(node: ast.AST) -> frozenset[str]:
    """Return the names that a part of a program gives a value."""
    names = (part for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))
    return frozenset(name.id for name in names)


@functools.cache
def _asking(node: ast.For) -> list[ast.stmt]:
    """Return the body of a loop with True for what it returns, and False behind its end."""
    # Made once for each loop: the parts of a syntax tree are told apart where repeated ones are counted.
    body = [_Asking().visit(copy.deepcopy(statement)) for statement in node.body]
    end = ast.copy_location(ast.Return(ast.copy_location(ast.Constant(False), node)), node)
    return [*body, end]


class _Asking(ast.NodeTransformer):
    def visit_Return(self, node: ast.Return) -> ast.Return:
        return ast.copy_location(ast.Return(ast.copy_location(ast.Constant(True), node)), node)


def _as_formula(value: Expr) -> Expr:
    """Return a truth value that branches make, such as ``True if a else b``, as the formula ``a or b``."""
    match value:
        case Conditional(test, then, otherwise):
            first, second = _as_formula(then), _as_formula(otherwise)
            if (first, second) == (TRUE, FALSE):
                return test
            if first == TRUE:
                return Or((test, second), location=value.location)
            if second == FALSE:
                return And((test, first), location=value.location)
            if first == FALSE:
                return And((Not(test, location=value.location), second), location=value.location)
            return Conditional(test, first, second, location=value.location)
        case Let(name, bound, body):
            return Let(name, bound, _as_formula(body), location=value.location)
        case _:
            return value
