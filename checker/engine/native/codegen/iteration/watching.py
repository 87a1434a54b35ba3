"""Loops that may run for very long look at the alarm, so that limits and Ctrl-C need not wait for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from assay.checker.engine.native.abi import ALARM
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.iteration.extents import most_of
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.values import FIRST, LAST, TRUE, Bool, Word, number
from assay.checker.engine.native.codegen.operations.words import unequal
from assay.checker.engine.native.signatures import Parameter
from assay.checker.language.ir.nodes import Collection, Name

__all__ = ["is_ringing", "watched"]

_PATIENCE = 1 << 20
"""Rounds of a loop that take some milliseconds: nests of so many, and no smaller ones, look at the alarm."""

_UNKNOWN = 1 << 10
"""The rounds that a loop counts as if no bound on them is known."""

Loop = Callable[[Any, Name, Context], AbstractContextManager[None]]


def is_ringing(b: Builder, status: Parameter) -> Bool:
    """Compute whether the alarm has been set."""
    return unequal(b, Word(b.load(status, number(ALARM), anew=True), FIRST, LAST), number(0))


def watched(loop: Loop) -> Loop:
    """Return a loop whose rounds look at the alarm where it and the loops around it may have more rounds than some."""

    @contextmanager
    def each(domain: Collection, variable: Name, ctx: Context) -> Iterator[None]:
        outer = ctx.rounds
        with loop(domain, variable, ctx):
            most = most_of(ctx, domain)
            ctx.rounds *= _UNKNOWN if most is None else max(most, 1)
            if ctx.rounds > _PATIENCE:
                _look(ctx)
                ctx.rounds = 1
            yield
            ctx.rounds = outer

    return each


def _look(ctx: Context) -> None:
    b = ctx.b
    with b.when(is_ringing(b, ctx.status)):
        b.set(ctx.asked, TRUE)
        b.jump(ctx.failure)
