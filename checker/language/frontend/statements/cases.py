"""``match`` as a statement."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.typing import learned, together
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_scalar
from assay.checker.language.frontend.expressions.patterns import compile_pattern
from assay.checker.language.frontend.statements.branches import compile_block, merged_names, most_written
from assay.checker.language.ir.nodes import And, AssignLocal, Block, If, Name, Statement

__all__ = ["compile_match"]


def compile_match(scope: Scope, node: ast.Match) -> list[Statement]:
    if any(isinstance(inner, ast.Return) for inner in ast.walk(node)):
        scope.fail(node, "a case cannot leave the action", "put what follows into the other cases")
    subject = compile_scalar(scope, node.subject)
    variable = scope.fresh("subject", subject.type, node)
    chain = _compile_cases(scope, list(node.cases), variable, node)
    return [AssignLocal(variable, subject, location=scope.at(node)), *chain]


def _compile_cases(scope: Scope, cases: list[ast.match_case], subject: Name, node: ast.Match) -> list[Statement]:
    if not cases:
        return []
    with scope.deeper(cases[0].pattern):
        return _first_case(scope, cases, subject, node)


def _first_case(scope: Scope, cases: list[ast.match_case], subject: Name, node: ast.Match) -> list[Statement]:
    case = cases[0]
    test, bindings = compile_pattern(scope, case.pattern, subject)
    scope.demand_new(bindings, case.pattern)
    before, facts, written = dict(scope.names), dict(scope.facts), dict(scope.written)
    scope.names.update(bindings)
    scope.facts = together(facts, learned(test, True))
    if case.guard is not None:
        test = And((test, compile_condition(scope, case.guard)), location=scope.at(case.pattern))
    body = compile_block(scope, case.body, node)
    first_names = {name: binding for name, binding in scope.names.items() if name not in bindings}
    first_facts, first_written = scope.facts, scope.written
    scope.names, scope.facts, scope.written = dict(before), dict(facts), dict(written)
    rest = Block(tuple(_compile_cases(scope, cases[1:], subject, node)))
    scope.written = most_written(first_written, scope.written)
    scope.names = merged_names(before, {**before, **first_names}, scope.names)
    scope.facts = {e: t for e, t in first_facts.items() if scope.facts.get(e) == t}
    return [If(test, body, rest, location=scope.at(case.pattern))]
