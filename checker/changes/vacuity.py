"""Detect vacuous claims, which would hold whatever their conclusion said.

``all(ok(n) for n in self.holders)`` is true where nobody holds anything, and ``implies(a, b)`` where *a* is false. The
conclusion is replaced by False: a state in which that makes the claim false is a witness that the conclusion matters.
Without a witness the claim is vacuous (Beer, Ben-David, Eisner, Rodeh, *Efficient detection of vacuity in temporal
model checking*, 2001).
"""

from __future__ import annotations

import ast
import copy
import types
from dataclasses import dataclass, field, replace
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.introspection.source import function_of
from assay.checker.language.introspection.specification import Method, Specification
from assay.checker.language.kinds import Judged

__all__ = ["Witnesses", "without_conclusion"]


@dataclass
class Witnesses:
    """The claims with a witness, and those still without one.

    Attributes
    ----------
    open : dict from Method to Method
        Each claim without a witness, mapped to its variant with the conclusion False.
    witnessed : list of str
        The names of the claims with a witness.
    """

    open: dict[Method, Method]
    witnessed: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, specification: Specification) -> Witnesses:
        """Return a model's claims about states and steps whose conclusion can be identified."""
        claims = specification.judged_on(Judged.STATE, Judged.STEP)
        pairs = ((claim, without_conclusion(claim)) for claim in claims if claim.kind.is_claim)
        return cls({claim: without for claim, without in pairs if without is not None})

    def look(self, interpreter: Interpreter, before: Frozen, after: Frozen | None = None) -> None:
        """Record the claims for which a state, or a step, is a witness."""
        states = (before,) if after is None else (before, after)
        for claim, without in [*self.open.items()]:
            if claim.kind.is_about_steps is (after is not None) and not _holds(interpreter, without, states):
                del self.open[claim]
                self.witnessed.append(claim.name)

    @property
    def unwitnessed(self) -> list[str]:
        """The names of the claims without a witness."""
        return [claim.name for claim in self.open]


def _holds(interpreter: Interpreter, method: Method, states: tuple[Frozen, ...]) -> bool:
    try:
        return interpreter.truth(method, *map(interpreter.thaw, states))
    except ModelError:
        return False


def without_conclusion(claim: Method) -> Method | None:
    """Return a claim with its conclusion replaced by False, or None if the conclusion cannot be identified."""
    function = claim.function
    if not isinstance(function, types.FunctionType) or function.__closure__:
        return None  # recompiling the source would lose the cells, such as that of `super`
    path, node = function_of(function)
    if not isinstance(node, ast.FunctionDef) or not isinstance(last := node.body[-1], ast.Return) or last.value is None:
        return None
    changed = copy.deepcopy(node)
    changed.decorator_list, changed.returns = [], None
    for argument in ast.walk(changed.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    changed.body[-1] = ast.Return(_without(last.value))
    module = ast.fix_missing_locations(ast.Module([changed], []))
    namespace: dict[str, Any] = {}
    exec(compile(module, path, "exec"), function.__globals__, namespace)  # the model's own code, executed anyway
    return replace(claim, function=namespace[node.name])


def _without(value: ast.expr) -> ast.expr:
    """Return an expression with its conclusion replaced by False."""
    match value:
        case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(elt=inner, generators=runs)]):
            body = ast.GeneratorExp(_without(inner), runs)
            return ast.Call(value.func, [body], [])
        case ast.Call(func=ast.Name(id="implies"), args=[condition, conclusion]):
            return ast.Call(value.func, [condition, _without(conclusion)], [])
        case ast.BoolOp(op=ast.Or(), values=[*others, last]):
            return ast.BoolOp(value.op, [*others, _without(last)])
        case ast.BoolOp(op=ast.And(), values=values):
            return ast.BoolOp(value.op, [_without(each) for each in values])
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            return ast.IfExp(test, _without(body), _without(otherwise))
    return ast.Constant(value=False)
