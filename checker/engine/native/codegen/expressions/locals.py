"""Local names of actions, which may be assigned again."""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.records import as_value
from assay.checker.engine.native.codegen.expressions.scalars import as_word_of, kind_of
from assay.checker.engine.native.codegen.operations.instructions import Register
from assay.checker.engine.native.codegen.operations.values import Bool, RegisterType, Scalar
from assay.checker.language.ir.nodes import AssignLocal, Name

__all__ = ["assign", "assign_local"]


def assign(node: AssignLocal, ctx: Context) -> None:
    """Give a local name a value."""
    assign_local(ctx, node.variable, as_value(ctx, node.value, node.variable.type))


def assign_local(ctx: Context, name: Name, value: Scalar) -> None:
    """Assign to a local name, which keeps its register until the action ends."""
    variable = ctx.names.get(name.name)
    if not isinstance(variable, Register):
        variable = ctx.names[name.name] = ctx.b.register(name.name, kind_of(ctx, name.type))
    if variable.kind is not RegisterType.BIT and isinstance(value, Bool):
        value = as_word_of(ctx, value)
    ctx.b.set(variable, value)
