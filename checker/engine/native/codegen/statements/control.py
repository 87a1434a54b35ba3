"""Control in generated code: what an action does to the working copy of a state, and when."""

from __future__ import annotations

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.iteration.comprehensions import each_distinct
from assay.checker.language.ir.nodes import Block, For, If, Require

__all__ = ["block", "for_", "if_", "require"]


def block(node: Block, ctx: Context) -> None:
    """Execute statements in sequence."""
    for statement in node.statements:
        ctx.execute(statement)


def require(node: Require, ctx: Context) -> None:
    """Abandon the action unless a condition is true."""
    assert ctx.disabled is not None
    ctx.b.unless(ctx.truth(node.condition), ctx.disabled)


def if_(node: If, ctx: Context) -> None:
    """Execute one of several blocks.

    A chain of ``elif`` is walked rather than recursed into: it may be longer than Python's stack is deep.
    """
    b, done = ctx.b, ctx.b.label()
    rest: Block | None = Block((node,))
    while rest is not None:
        match rest.statements:
            case (If(test, then, otherwise),):
                other = b.label()
                b.unless(ctx.truth(test), other)
                block(then, ctx)
                b.jump(done)
                b.place(other)
                rest = otherwise
            case _:
                block(rest, ctx)
                rest = None
    b.place(done)


def for_(node: For, ctx: Context) -> None:
    """Execute a block for each element of a collection."""
    with each_distinct(ctx, node.domain, node.variable):
        block(node.body, ctx)
