"""Loops that search, as quantifiers: those of properties and helpers, and those of actions that do nothing else.

``for n in Node: if n in self.seen: return False`` returns False if there is such an n, and else goes on behind the
loop. It does not matter which round returns, since all return the same; so it is with ``break``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from assay.checker.language.frontend.context.bindings import Unbound
from assay.checker.language.frontend.context.lookup import demand_new
from assay.checker.language.frontend.context.remedies import refused
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import has_order
from assay.checker.language.frontend.expressions.iterables.generators import bind_target
from assay.checker.language.frontend.expressions.leaving import Search, leaving, search_of, stored_in
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import FALSE, TRUE, And, Collection, Conditional, Expr, Let, Not, Or, Quantifier

__all__ = ["compile_search", "demand_defined", "demand_in_order", "quantified"]

_FOLDS = "use sum, min, max, any, all or a comprehension"


def compile_search(
    scope: Scope, node: ast.For, compiled: Callable[[Sequence[ast.stmt]], Expr]
) -> tuple[Expr, tuple[ast.stmt, ...]]:
    """Compile a loop to whether one of its rounds leaves it; also return what such a round does.

    Parameters
    ----------
    scope : Scope
        What is known before the loop.
    node : ast.For
        The loop.
    compiled : callable
        Compiles the body of a round, which returns whether the round leaves the loop.

    Raises
    ------
    ModelError
        If the loop does anything but search, if its rounds do different things, or if one may raise.
    """
    search = _demand_search(scope, node)
    found = quantified(scope, node, search, compiled)
    demand_defined(scope, found, node)
    last = search.effects[-1]
    return found, search.effects[:-1] if isinstance(last, ast.Break) else search.effects


def quantified(
    scope: Scope, node: ast.For, search: Search, compiled: Callable[[Sequence[ast.stmt]], Expr]
) -> Quantifier:
    """Return whether a round of a loop leaves it; the names that its rounds give a value have none after it."""
    variable, domain, bindings = bind_target(scope, node.target, node.iter)
    demand_new(scope, bindings, node.target)
    with scope.nested(**bindings):
        found = _as_formula(compiled(search.asking))
    scope.names.update({name: Unbound() for name in search.own})
    return Quantifier(False, variable, domain, found, location=scope.at(node))


def demand_defined(scope: Scope, found: Quantifier, node: ast.For) -> None:
    """Refuse a search of which a round may raise."""
    if can_fail(found.body):
        # Python does not look at the rounds behind the one that leaves, and a quantifier looks at all.
        scope.fail(
            node,
            "a round of this loop may raise, behind one that leaves it",
            "use any(...) or all(...), which look at all",
        )


def demand_in_order(scope: Scope, domain: Collection, node: ast.For) -> None:
    """Refuse to leave a loop without an order: what other rounds have done by then would depend on it."""
    first = leaving(node)
    if first is not None and not has_order(domain):
        scope.fail(
            first,
            "which rounds come before this would depend on the order of the loop, and a set or sort has none",
            "choose before it: n = choose(n for n in ... if ...); or run over what has an order: sorted(...), an Order",
        )


def _demand_search(scope: Scope, node: ast.For) -> Search:
    """Return what the loop searches for; refuse one that is not left, or that does more than to search."""
    first = leaving(node)
    if first is None:
        scope.fail(node, *refused(node, pure=True))
    search = search_of(node)
    own = stored_in(node) - stored_in(node.target) if search is None else search.own - stored_in(node.target)
    for name in sorted(own):
        if not isinstance(scope.names.get(name, Unbound()), Unbound):
            scope.fail(node, f"{name} is given a value in each round, and a value is not accumulated by a loop", _FOLDS)
    if search is None:
        scope.fail(
            _different(node, first),
            "the rounds of a loop all leave it in one way here, as by return True",
            "next((x for x in xs if ...), default) is the first of what has an order; "
            "choose(x for x in xs if ...) takes any, in an action",
        )
    return search


def _different(node: ast.For, first: ast.stmt) -> ast.stmt:
    """Return what leaves a loop in another way than a round before, or with a value of its own."""
    ways = [part for part in ast.walk(node) if isinstance(part, ast.Return | ast.Break)]
    own = stored_in(node)
    names = ({part.id for part in ast.walk(way) if isinstance(part, ast.Name)} & own for way in ways)
    odd = (way for way, mine in zip(ways, names, strict=True) if mine or ast.dump(way) != ast.dump(ways[0]))
    return next(odd, first)


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
