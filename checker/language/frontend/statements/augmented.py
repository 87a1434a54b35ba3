"""Augmented assignments: ``target += value`` and its like."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.lookup import look_up, no_name
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.building.accumulated import changed_in_place
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.frontend.expressions.operators import ARITHMETIC, BITWISE, joined
from assay.checker.language.frontend.expressions.powers import power
from assay.checker.language.frontend.expressions.set_operations import compile_set
from assay.checker.language.frontend.statements.local_names import assign_local, demand_assignable
from assay.checker.language.frontend.statements.places import store, written_place
from assay.checker.language.frontend.statements.updates import extended, set_update, toggled
from assay.checker.language.ir.nodes import (
    Arithmetic,
    Expr,
    Read,
    SeqItem,
    SetChange,
    Statement,
)
from assay.checker.language.types import (
    INT,
    BagType,
    BoolType,
    MapType,
    SeqType,
    SetType,
)
from assay.checker.wording import article

__all__ = ["compile_augmented"]


_SET_OPERATORS: dict[type[ast.operator], SetChange] = {
    ast.BitOr: SetChange.ADD,
    ast.Sub: SetChange.DISCARD,
    ast.BitAnd: SetChange.KEEP,
}


def compile_augmented(scope: Scope, node: ast.AugAssign) -> list[Statement]:
    """Compile ``target += value`` and its like."""
    if isinstance(node.target, ast.Name):
        changed = changed_in_place(scope, node, node.target.id)
        if changed is not None:
            return scope.statement(changed)
        return [_augmented_local(scope, node, node.target)]
    target = written_place(scope, node.target)
    if isinstance(target, tuple):
        return [store(scope, target, _computed(scope, node, SeqItem(*target, location=scope.at(node.target))), node)]
    if isinstance(target.type, SetType):
        if isinstance(node.op, ast.BitXor):
            return [toggled(scope, target, node.value, node)]
        operator = _SET_OPERATORS.get(type(node.op))
        if operator is None:
            scope.fail(node, "this operator does not change a set", "possible are |=, -=, &= and ^=")
        return [set_update(scope, operator, target, compile_set(scope, node.value, target.type.element), node)]
    if isinstance(target.type, SeqType) and isinstance(node.op, ast.Add):
        return [extended(scope, target, node.value, node)]
    if isinstance(target.type, SeqType | BagType | MapType):
        whole = ast.unparse(node.target)
        becomes = remedies.repeated(node.target, node.value) if isinstance(node.op, ast.Mult) else f"{whole}[1:]"
        remedy = (
            f"assign what it becomes: {whole} = {becomes}" if isinstance(target.type, SeqType) else "use its methods"
        )
        if isinstance(target.type, MapType):
            remedy = remedies.changed(node.target, node.value)
        scope.fail(node, f"{article(target.type)} is not changed by an operator", remedy)
    return [store(scope, target, _computed(scope, node, Read(target, location=target.location)), node)]


def _computed(scope: Scope, node: ast.AugAssign, current: Expr) -> Expr:
    operator = ARITHMETIC.get(type(node.op))
    if isinstance(current.type, BoolType) and isinstance(node.op, BITWISE):
        return joined(scope, node.op, current, node.value, node)
    if isinstance(node.op, ast.Pow):
        return power(scope, current, node.value, node)
    if operator is None:
        scope.fail(
            node,
            f"{remedies.operator(node.op)}= is not part of the language",
            f"possible are {', '.join(f'{sign}=' for sign in (*ARITHMETIC.values(), '**'))}",
        )
    left = scope.fit(current, INT, node.target, "what is changed", raising=True)
    right = scope.fit(compile_scalar(scope, node.value), INT, node.value, "the operand", raising=True)
    return Arithmetic(operator, left, right, location=scope.at(node))


def _augmented_local(scope: Scope, node: ast.AugAssign, target: ast.Name) -> Statement:
    demand_assignable(scope, target.id, node)
    if target.id not in scope.names:
        no_name(scope, target.id, target)
    current = look_up(scope, target)
    if not isinstance(current, Expr):
        scope.fail(node, "a local set or sequence is not changed in place", remedies.becoming(node))
    return assign_local(scope, target.id, _computed(scope, node, current), node)
