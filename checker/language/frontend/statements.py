"""Compiling statements: what actions do."""

from __future__ import annotations

import ast

from assay.checker.language.frontend import remedies
from assay.checker.language.frontend.assignments import Assignments
from assay.checker.language.frontend.loops import demand_unchanged, demand_unordered
from assay.checker.language.frontend.scope import Binding, Size, Unbound
from assay.checker.language.frontend.typing import Facts, learned, together, without
from assay.checker.language.ir.nodes import (
    And,
    AssignLocal,
    Block,
    Collection,
    Expr,
    For,
    If,
    IntRange,
    Name,
    Narrow,
    Place,
    Read,
    Statement,
    walk,
)

__all__ = ["Statements"]


class Statements(Assignments):
    """Statements of every form. The same names mean the same places in all statements of an action."""

    def block(self, statements: list[ast.stmt], node: ast.AST) -> Block:
        """Compile statements in sequence; those after a branch that returns belong to the other branch."""
        with self.deeper(statements[0] if statements else node):
            return Block(tuple(self._statements(statements)), location=self.at(node))

    def _statements(self, statements: list[ast.stmt]) -> list[Statement]:
        compiled: list[Statement] = []
        for index, statement in enumerate(statements):
            if isinstance(statement, ast.Return):
                self._demand_bare(statement)
                break
            if isinstance(statement, ast.If) and _returns(statement):
                compiled.append(self._split(statement, statements[index + 1 :]))
                break
            compiled += self.statement(statement)
        return compiled

    def _demand_bare(self, node: ast.Return) -> None:
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self.fail(node, "an action returns nothing; what it does is change the state", "assign to a variable")

    def _split(self, node: ast.If, rest: list[ast.stmt]) -> If:
        then = [*node.body, *([] if _ends(node.body) else rest)]
        otherwise = [*node.orelse, *([] if _ends(node.orelse) else rest)]
        return self._if(node, self.condition(node.test), then, otherwise)

    def statement(self, node: ast.stmt) -> list[Statement]:
        """Compile one statement."""
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return []
            case ast.Expr(value=ast.Call() as call):
                return self.call_statement(call)
            case ast.Assign(targets=[target], value=value):
                return self.assign(target, value, node)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return self.assign(target, value, node)
            case ast.AugAssign():
                return [self.augmented(node)]
            case ast.If():
                return [self._if(node, self.condition(node.test), node.body, node.orelse)]
            case ast.For():
                return self._for(node)
            case ast.Match():
                return self._match(node)
            case _:
                self.fail(node, *remedies.refused(node))

    # Branches and loops

    def _if(self, node: ast.AST, test: Expr, then: list[ast.stmt], otherwise: list[ast.stmt]) -> If:
        before, written = dict(self.names), dict(self.written)
        first, first_names, first_facts = self._branch(then, learned(test, True), node)
        first_written, self.names, self.written = self.written, dict(before), dict(written)
        second, second_names, second_facts = self._branch(otherwise, learned(test, False), node)
        self.names = _merged(before, first_names, second_names)
        self.written = _most(first_written, self.written)
        self.facts = {e: t for e, t in first_facts.items() if second_facts.get(e) == t}
        return If(test, first, second, location=self.at(node))

    def _branch(
        self, statements: list[ast.stmt], facts: Facts, node: ast.AST
    ) -> tuple[Block, dict[str, Binding], Facts]:
        saved = dict(self.facts)
        self.facts = together(self.facts, facts)
        block = self.block(statements, node)
        result = block, self.names, self.facts
        self.facts = {e: t for e, t in saved.items() if self.facts.get(e) == t}
        return result

    def _for(self, node: ast.For) -> list[Statement]:
        self._demand_whole(node)
        variable, domain, bindings = self.binder(node.target, node.iter)
        before = dict(self.names)
        entries = self._entries(bindings, node)
        self.names.update(bindings)
        parameters, self.parameters = self.parameters, self.parameters | bindings.keys()
        written = self._written_in(node)
        self._forget(written)
        first, domain = self._fixed(domain, written, node)
        known = dict(self.facts)
        body = self.block(node.body, node)
        body = Block((*entries, *body.statements), location=body.location)
        self.parameters = parameters
        self.names = {name: before.get(name, Unbound()) for name in self.names}
        self.facts = {e: t for e, t in known.items() if self.facts.get(e) == t}
        loop = For(variable, domain, body, location=self.at(node))
        demand_unordered(loop, [name.name for name in before.values() if isinstance(name, Name)])
        demand_unchanged(loop)
        return [*first, loop]

    def _fixed(self, domain: Collection, written: set[str], node: ast.For) -> tuple[list[Statement], Collection]:
        """Return a range whose bounds the loop cannot change, for Python evaluates them once, and what comes before."""
        if not isinstance(domain, IntRange):
            return [], domain
        first: list[Statement] = []

        def fixed(bound: Expr) -> Expr:
            # The name is taken in any case, so that all names are the same wherever this loop is compiled.
            variable = self.fresh("bound", bound.type, node.iter)
            if not any(isinstance(part, Place) and part.variable in written for part in walk(bound)):
                return bound
            first.append(AssignLocal(variable, bound, location=self.at(node.iter)))
            return variable

        return first, IntRange(fixed(domain.start), fixed(domain.stop), location=domain.location)

    def _demand_whole(self, node: ast.For) -> None:
        if node.orelse:
            self.fail(node.orelse[0], "else after a loop is not part of the language", "put it after the loop")
        for inner in ast.walk(node):
            if isinstance(inner, ast.Return | ast.Break | ast.Continue):
                self.fail(inner, "a loop cannot be left early", "put the rest of its body into an if")

    def _entries(self, bindings: dict[str, Binding], node: ast.For) -> list[Statement]:
        """Read the entries of a map that the target names once, when the round begins."""
        statements: list[Statement] = []
        for name, binding in bindings.items():
            if isinstance(binding, Read | Narrow):
                variable = self.fresh(name, binding.type, node.target)
                statements.append(AssignLocal(variable, binding, location=self.at(node.target)))
                bindings[name] = variable
        return statements

    def _forget(self, written: set[str]) -> None:
        """Drop what is known of whatever the body may change: a later round must not rely on it."""
        for variable in written:
            if variable.startswith("local "):
                self.facts = without(self.facts, variable.removeprefix("local "))
            else:
                self.wrote(variable)

    def _written_in(self, node: ast.For) -> set[str]:
        # The body is compiled to see. Remembering what was seen keeps nested loops from doubling the work each time.
        key = id(node), self.inlining
        if key not in self.loops:
            self.loops[key] = self._seen_written_in(node)
        return self.loops[key]

    def _seen_written_in(self, node: ast.For) -> set[str]:
        saved = dict(self.used), dict(self.written), dict(self.names), dict(self.facts), self.size
        before, self.size = dict(self.written), Size(self.size.depth, self.size.repeated)
        try:
            self.block(node.body, node)
            return {name for name, count in self.written.items() if before.get(name, 0) != count}
        finally:
            repeated = self.size.repeated
            self.used, self.written, self.names, self.facts, self.size = saved
            self.size.repeated = repeated

    # match

    def _match(self, node: ast.Match) -> list[Statement]:
        if any(isinstance(inner, ast.Return) for inner in ast.walk(node)):
            self.fail(node, "a case cannot leave the action", "put what follows into the other cases")
        subject = self.expr(node.subject)
        variable = self.fresh("subject", subject.type, node)
        chain = self._cases(list(node.cases), variable, node)
        return [AssignLocal(variable, subject, location=self.at(node)), *chain]

    def _cases(self, cases: list[ast.match_case], subject: Name, node: ast.Match) -> list[Statement]:
        if not cases:
            return []
        with self.deeper(cases[0].pattern):
            return self._first_case(cases, subject, node)

    def _first_case(self, cases: list[ast.match_case], subject: Name, node: ast.Match) -> list[Statement]:
        case = cases[0]
        test, bindings = self.pattern(case.pattern, subject)
        before, facts, written = dict(self.names), dict(self.facts), dict(self.written)
        self.names.update(bindings)
        self.facts = together(facts, learned(test, True))
        if case.guard is not None:
            test = And((test, self.condition(case.guard)), location=self.at(case.pattern))
        body = self.block(case.body, node)
        first_names = {name: binding for name, binding in self.names.items() if name not in bindings}
        first_facts, first_written = self.facts, self.written
        self.names, self.facts, self.written = dict(before), dict(facts), dict(written)
        rest = Block(tuple(self._cases(cases[1:], subject, node)))
        self.written = _most(first_written, self.written)
        self.names = _merged(before, {**before, **first_names}, self.names)
        self.facts = {e: t for e, t in first_facts.items() if self.facts.get(e) == t}
        return [If(test, body, rest, location=self.at(case.pattern))]


def _merged(before: dict[str, Binding], first: dict[str, Binding], second: dict[str, Binding]) -> dict[str, Binding]:
    names: dict[str, Binding] = {}
    for name in {**first, **second}:
        if name in first and name in second and first[name] == second[name]:
            names[name] = first[name]
        elif name in before and name in first and name in second and isinstance(before[name], Name):
            names[name] = before[name]
        else:
            names[name] = Unbound()
    return names


def _most(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
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
