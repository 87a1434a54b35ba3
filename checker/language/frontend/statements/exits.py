"""Loops of actions that are left: searches become branches; in others, a name says that the loop was left.

``for b in Ballot: ...; break`` runs in an order, so the rounds behind the one that breaks do nothing: each of them asks
whether the loop was left. A loop without an order can only be left if it makes no difference which round does: if it
searches.
"""

from __future__ import annotations

import ast
import functools

from assay.checker.errors import ModelError
from assay.checker.immutable import immutable
from assay.checker.language.frontend.context.bindings import Exits, Unbound
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import has_order
from assay.checker.language.frontend.expressions.bodies import compile_round
from assay.checker.language.frontend.expressions.leaving import breaks, returns, search_of
from assay.checker.language.frontend.expressions.searches import demand_defined, quantified
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    FALSE,
    TRUE,
    AssignLocal,
    Block,
    If,
    Name,
    Not,
    Or,
    Statement,
)
from assay.checker.language.types import BOOL

__all__ = ["Left", "entered", "exit_by", "exits_of", "followed", "searching", "unless_left"]


@immutable
class Left:
    """A loop that searches: statements that find out whether a round leaves it, and what is done then, or else."""

    before: tuple[Statement, ...]
    branch: ast.If


def searching(scope: Scope, node: ast.For) -> Left | None:
    """Compile a loop that searches, up to what is done where it finds something; None if it is no search."""
    search = search_of(node)
    if search is None or any(not isinstance(scope.names.get(n, Unbound()), Unbound) for n in search.own):
        return None
    saved = dict(scope.used), dict(scope.written), dict(scope.names), list(scope.choices)
    try:
        found = quantified(scope, node, search, functools.partial(compile_round, scope, node))
        in_order = has_order(found.domain) and can_fail(found.body)
    except ModelError:
        # What is wrong with the round itself is found again, and what is no formula may be a loop in an order.
        in_order = True
    if in_order:
        scope.used, scope.written, scope.names, scope.choices = saved
        return None
    demand_defined(scope, found, node)
    last = search.effects[-1]
    effects = list(search.effects[:-1] if isinstance(last, ast.Break) else search.effects)
    name = scope.fresh("found", BOOL, node)
    test = _bound(scope, name, node)
    branch = ast.copy_location(ast.If(test, effects or [ast.copy_location(ast.Pass(), node)], node.orelse), node)
    return Left((AssignLocal(name, found, location=scope.at(node)),), branch)


def _bound(scope: Scope, name: Name, node: ast.AST) -> ast.Name:
    """Return what names a value of ours in syntax: no name of the model has a blank."""
    hidden = f"{name.name} by a loop"
    scope.names[hidden] = name
    return ast.copy_location(ast.Name(hidden, ast.Load()), node)


def exits_of(scope: Scope, node: ast.For) -> Exits:
    """Return the names that say whether a loop is left, and how; they have no value yet."""
    return Exits(
        scope.fresh("left", BOOL, node) if breaks(node) else None,
        scope.fresh("returned", BOOL, node) if returns(node) else None,
    )


def entered(scope: Scope, exits: Exits, node: ast.For) -> list[Statement]:
    """Return the statements before a loop: it has not been left."""
    return [AssignLocal(name, FALSE, location=scope.at(node)) for name in exits.names]


def unless_left(scope: Scope, exits: Exits, body: Block, node: ast.For) -> Block:
    """Return the body of a loop, which does nothing once the loop was left."""
    if not exits.names:
        return body
    names = exits.names
    going_on = Not(names[0] if len(names) == 1 else Or(names))
    return Block((If(going_on, body, Block(()), location=scope.at(node)),), location=body.location)


def exit_by(scope: Scope, node: ast.Return | ast.Break | ast.Continue) -> list[Statement]:
    """Compile what leaves a block: where that leaves a loop, it notes how."""
    exits = scope.exits
    name = {ast.Break: exits.left, ast.Return: exits.returned}.get(type(node))
    if name is None:
        return []
    scope.wrote_local(name)
    return [AssignLocal(name, TRUE, location=scope.at(node))]


def followed(scope: Scope, exits: Exits, node: ast.For) -> ast.If | None:
    """Return the branch behind a loop: its ``else``, and the ``return`` of a round."""
    rest = list(node.orelse)
    if rest and exits.left is not None:
        passed = ast.copy_location(ast.Pass(), node)
        rest = [ast.copy_location(ast.If(_bound(scope, exits.left, node), [passed], rest), node)]
    if exits.returned is not None:
        gone = ast.copy_location(ast.Return(None), node)
        return ast.copy_location(ast.If(_bound(scope, exits.returned, node), [gone], rest), node)
    return rest[0] if rest and isinstance(rest[0], ast.If) else None
