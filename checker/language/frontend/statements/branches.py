"""Blocks of statements, and branches: what is known, and which names have values, after one or the other."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import Binding, Unbound
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.typing import Facts, Written, learned, together
from assay.checker.language.frontend.expressions.claims import compile_claim
from assay.checker.language.frontend.expressions.operands import compile_condition
from assay.checker.language.ir.nodes import AssignLocal, Block, Expr, If, Name, Statement
from assay.checker.language.types import BOOL

__all__ = ["branched", "compile_assertion", "compile_block", "compile_if", "merged_names", "most_written"]


def compile_block(scope: Scope, statements: list[ast.stmt], node: ast.AST) -> Block:
    """Compile statements in sequence; those after a branch that returns belong to the other branch."""
    with scope.deeper(statements[0] if statements else node):
        return Block(tuple(_statements(scope, statements)), location=scope.at(node))


def _statements(scope: Scope, statements: list[ast.stmt]) -> list[Statement]:
    compiled: list[Statement] = []
    for index, statement in enumerate(statements):
        if isinstance(statement, ast.Return):
            _demand_bare(scope, statement)
            break
        with scope.hoisting(statement) as before:
            if isinstance(statement, ast.If) and _returns(statement):
                last = _split(scope, statement, statements[index + 1 :])
                return [*compiled, *before, last]
            following = scope.statement(statement)
        compiled += [*before, *following]
    return compiled


def _demand_bare(scope: Scope, node: ast.Return) -> None:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        scope.fail(node, "an action returns nothing; what it does is change the state", "assign to a variable")


def _split(scope: Scope, node: ast.If, rest: list[ast.stmt]) -> If:
    then = [*node.body, *([] if _ends(node.body) else rest)]
    otherwise = [*node.orelse, *([] if _ends(node.orelse) else rest)]
    return branched(scope, node, compile_condition(scope, node.test), then, otherwise)


def compile_assertion(scope: Scope, node: ast.Assert) -> list[Statement]:
    """Compile ``assert condition``: its claim is the value of a name that nobody uses."""
    claim = compile_claim(scope, node)
    return [AssignLocal(scope.fresh("claimed", BOOL, node), claim, location=scope.at(node))]


def compile_if(scope: Scope, node: ast.If) -> list[Statement]:
    """Compile ``if test: ... else: ...``."""
    return [branched(scope, node, compile_condition(scope, node.test), node.body, node.orelse)]


def branched(scope: Scope, node: ast.AST, test: Expr, then: list[ast.stmt], otherwise: list[ast.stmt]) -> If:
    before, written = dict(scope.names), dict(scope.written)
    first, first_names, first_facts = _branch(scope, then, learned(test, True), node)
    first_written, scope.names, scope.written = scope.written, dict(before), dict(written)
    second, second_names, second_facts = _branch(scope, otherwise, learned(test, False), node)
    scope.names = merged_names(before, first_names, second_names)
    scope.written = most_written(first_written, scope.written)
    scope.facts = {e: t for e, t in first_facts.items() if second_facts.get(e) == t}
    return If(test, first, second, location=scope.at(node))


def _branch(
    scope: Scope, statements: list[ast.stmt], facts: Facts, node: ast.AST
) -> tuple[Block, dict[str, Binding], Facts]:
    saved = dict(scope.facts)
    scope.facts = together(scope.facts, facts)
    block = compile_block(scope, statements, node)
    result = block, scope.names, scope.facts
    scope.facts = {e: t for e, t in saved.items() if scope.facts.get(e) == t}
    return result


def merged_names(
    before: dict[str, Binding], first: dict[str, Binding], second: dict[str, Binding]
) -> dict[str, Binding]:
    names: dict[str, Binding] = {}
    for name in {**first, **second}:
        if name in first and name in second and first[name] == second[name]:
            names[name] = first[name]
        elif name in before and name in first and name in second and isinstance(before[name], Name):
            names[name] = before[name]
        else:
            names[name] = Unbound()
    return names


def most_written(first: dict[Written, int], second: dict[Written, int]) -> dict[Written, int]:
    """Return how often each variable was written after two branches: a name that either made stale, is stale."""
    return {name: max(first.get(name, 0), second.get(name, 0)) for name in {**first, **second}}


def _ends(statements: list[ast.stmt]) -> bool:
    if not statements:
        return False
    last = statements[-1]
    if isinstance(last, ast.If):
        return _ends(last.body) and _ends(last.orelse)
    return isinstance(last, ast.Return)


def _returns(node: ast.If) -> bool:
    return any(isinstance(inner, ast.Return) for inner in ast.walk(node))
