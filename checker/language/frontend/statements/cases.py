"""``match`` as a statement."""

from __future__ import annotations

import ast

from assay.checker.immutable import immutable
from assay.checker.language.frontend.context.facts import Facts, is_path, learned, unnarrowed
from assay.checker.language.frontend.context.lookup import demand_new
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_scalar
from assay.checker.language.frontend.expressions.patterns import Covered, compile_pattern, separated
from assay.checker.language.frontend.statements.branches import compile_block
from assay.checker.language.frontend.statements.joining import ending, joined
from assay.checker.language.ir.nodes import And, AssignLocal, Block, Expr, Name, Statement

__all__ = ["compile_match"]


@immutable
class Subject:
    """What is matched: the name that has its value, and the expression, of which cases tell as much."""

    name: Name
    written: Expr

    def learned(self, test: Expr, truth: bool) -> Facts:
        """Return the facts that hold where a case matches (or does not)."""
        facts, written = learned(test, truth), unnarrowed(self.written)
        return {**facts, written: facts[self.name]} if self.name in facts and is_path(written) else facts


def compile_match(scope: Scope, node: ast.Match) -> list[Statement]:
    """Compile ``match subject: case ...``."""
    subject = compile_scalar(scope, node.subject)
    variable = scope.fresh("subject", subject.type, node)
    chain = _compile_cases(scope, separated(node.cases), Subject(variable, subject), Covered(), node)
    return [AssignLocal(variable, subject, location=scope.at(node)), *chain]


def _compile_cases(
    scope: Scope, cases: list[ast.match_case], subject: Subject, covered: Covered, node: ast.Match
) -> list[Statement]:
    if not cases:
        return []
    with scope.deeper(cases[0].pattern):
        return _first_case(scope, cases, subject, covered, node)


def _first_case(
    scope: Scope, cases: list[ast.match_case], subject: Subject, covered: Covered, node: ast.Match
) -> list[Statement]:
    case = cases[0]
    test, bindings = compile_pattern(scope, case.pattern, subject.name)
    demand_new(scope, bindings, case.pattern)
    facts, whole = subject.learned(test, True), test
    # A case with a guard covers nothing for certain, and that it did not match tells nothing about the subject.
    if case.guard is None:
        covered = covered.by(test, subject.name)
    else:
        with scope.nested(**bindings), scope.knowing(facts):
            whole = And((test, compile_condition(scope, case.guard)), location=scope.at(case.pattern))
    first = ending(scope, facts, lambda: compile_block(scope, case.body, node), bindings)
    if covered.is_all(subject.name.type):
        scope.names, scope.facts, scope.written = dict(first.names), first.facts, first.written
        return list(first.block.statements)
    second = ending(
        scope,
        subject.learned(test, False) if case.guard is None else {},
        lambda: Block(tuple(_compile_cases(scope, cases[1:], subject, covered, node))),
    )
    return joined(scope, whole, first, second, case.pattern)
