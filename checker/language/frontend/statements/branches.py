"""Blocks of statements and branches, with the facts that hold and the names that are bound after each."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from assay.checker.language.frontend.context.facts import learned
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.assertions import compile_asserted
from assay.checker.language.frontend.expressions.leaving import is_left
from assay.checker.language.frontend.expressions.operands import compile_condition
from assay.checker.language.frontend.statements.exits import entered, exit_by, exits_of, followed, searching
from assay.checker.language.frontend.statements.extremes import as_extreme
from assay.checker.language.frontend.statements.joining import ending, joined
from assay.checker.language.ir.nodes import AssignLocal, Block, If, Statement
from assay.checker.language.types import BOOL

__all__ = ["compile_assertion", "compile_block", "compile_if"]


def compile_block(scope: Scope, statements: list[ast.stmt], node: ast.AST) -> Block:
    """Compile statements in sequence; those after a branch that returns belong to the other branch."""
    with scope.deeper(statements[0] if statements else node):
        return Block(tuple(_statements(scope, statements)), location=scope.at(node))


def _statements(scope: Scope, statements: list[ast.stmt]) -> list[Statement]:
    compiled: list[Statement] = []
    for index, statement in enumerate(statements):
        if isinstance(statement, ast.Return | ast.Break | ast.Continue):
            _demand_bare(scope, statement)
            return [*compiled, *exit_by(scope, statement)]
        with scope.hoisting(statement) as before:
            if isinstance(statement, ast.For):
                loop, behind = _loop(scope, statement)
                last = _statements(scope, [*behind, *statements[index + 1 :]])
                return [*compiled, *before, *loop, *last]
            if isinstance(statement, ast.If | ast.Match) and is_left(statement):
                last = _split(scope, statement, statements[index + 1 :])
                return [*compiled, *before, *last]
            following = scope.statement(statement)
        compiled += [*before, *following]
    return compiled


def _loop(scope: Scope, node: ast.For) -> tuple[Sequence[Statement], list[ast.stmt]]:
    """Compile a loop; also return the branch behind it that depends on how it was left, if there is one."""
    search = searching(scope, node)
    if search is not None:
        return search.before, [search.branch]
    exits = exits_of(scope, node)
    with scope.left_by(exits):
        loop = scope.statement(node)
    behind = followed(scope, exits, node)
    return [*entered(scope, exits, node), *loop], [] if behind is None else [behind]


def _demand_bare(scope: Scope, node: ast.stmt) -> None:
    if not isinstance(node, ast.Return):
        return
    if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
        return
    if scope.call is not None:
        scope.fail(
            node,
            f"{scope.code.node.name} returns a value, and is called as a statement here",
            "use the value, where the helper changes nothing; or return nothing: return",
        )
    scope.fail(node, "an action returns nothing; what it does is change the state", "assign to a variable")


def _split(scope: Scope, node: ast.If | ast.Match, rest: list[ast.stmt]) -> list[Statement]:
    """Compile a branch that may return, with the statements after it moved into the paths that go on."""
    if isinstance(node, ast.If):
        return _branched(scope, node, _followed(node.body, rest), _followed(node.orelse, rest))
    cases = [ast.match_case(case.pattern, case.guard, _followed(case.body, rest)) for case in node.cases]
    if rest:
        pattern = ast.copy_location(ast.MatchAs(), node)
        cases.append(ast.match_case(pattern, None, rest))
    return scope.statement(ast.copy_location(ast.Match(node.subject, cases), node))


def _followed(body: list[ast.stmt], rest: list[ast.stmt]) -> list[ast.stmt]:
    return [*body, *([] if _ends(body) else rest)]


def compile_assertion(scope: Scope, node: ast.Assert) -> list[Statement]:
    """Compile ``assert condition``: as a statement, it assigns the claim to a name that nobody uses."""
    claim = compile_asserted(scope, node)
    return [AssignLocal(scope.fresh("claimed", BOOL, node), claim, location=scope.at(node))]


def compile_if(scope: Scope, node: ast.If) -> list[Statement]:
    """Compile ``if test: ... else: ...``."""
    return _branched(scope, node, node.body, node.orelse)


def _branched(scope: Scope, node: ast.If, then: list[ast.stmt], otherwise: list[ast.stmt]) -> list[Statement]:
    test = compile_condition(scope, node.test)
    first = ending(scope, learned(test, True), lambda: compile_block(scope, then, node))
    second = ending(scope, learned(test, False), lambda: compile_block(scope, otherwise, node))
    return _accumulating(scope, joined(scope, test, first, second, node))


def _accumulating(scope: Scope, statements: list[Statement]) -> list[Statement]:
    """Return what a branch became, in a loop as the step of an accumulation where it is one."""
    *before, last = statements
    step = as_extreme(last) if scope.rounds and isinstance(last, If) else None
    return statements if step is None else [*before, step]


def _ends(statements: list[ast.stmt]) -> bool:
    if not statements:
        return False
    last = statements[-1]
    if isinstance(last, ast.If):
        return _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.Match):  # a subject that no case matches goes on
        return _is_wildcard(last.cases[-1]) and all(_ends(case.body) for case in last.cases)
    return isinstance(last, ast.Return | ast.Break | ast.Continue)


def _is_wildcard(case: ast.match_case) -> bool:
    return isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None
