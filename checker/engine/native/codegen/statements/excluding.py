"""Guards that exclude a sequence which an action chooses, evaluated each time that another item is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.statements.guards import Guard
from assay.checker.engine.native.codegen.statements.positions import Sequence
from assay.checker.engine.native.codegen.statements.prefixes import Chosen
from assay.checker.language.ir.nodes import Expr, Name, Place, Require, substituted
from assay.checker.language.types import SeqType

__all__ = ["Excluding"]


class Excluding:
    """The guards about a sequence, in the order in which Python evaluates them.

    Parameters
    ----------
    ctx : Context
        The context.
    place : Place
        The sequence.
    guards : sequence of Guard
        The guards that are evaluated once it is chosen.
    """

    def __init__(self, ctx: Context, place: Place, guards: Iterable[Guard] = ()) -> None:
        assert isinstance(place.type, SeqType)
        self._whole = Sequence(place, ctx.codes.instance.bound(place.type.bound), ctx.codes.instance)
        self._conditions = list(self._found(ctx, guards))
        self._evaluated: set[Expr] = set()
        self.is_used = False
        """Whether a condition is evaluated before the last item is chosen."""

    def _found(self, ctx: Context, guards: Iterable[Guard]) -> Iterator[Expr]:
        """Yield the conditions of guards, with what local names stand for."""
        named: dict[Name, Expr] = {}
        for guard in guards:
            value = guard.condition if isinstance(guard, Require) else guard.value
            found = self._whole.simplified(substituted(value, named))
            if isinstance(guard, Require):
                written_out = self._whole.written_out(found)
                yield found if ctx.facts.can_fail(written_out) else written_out
            elif ctx.facts.can_fail(found):
                return
            else:
                named[guard.variable] = found

    @contextmanager
    def once(self, ctx: Context, count: int) -> Iterator[None]:
        """Run the generated block unless a guard is false, whatever the items after the first `count` will be."""
        b, chosen = ctx.b, Chosen(self._whole, count)
        excluded, undecided = b.label(), b.label()
        # What raises now, or in a guard before, is raised once the sequence is chosen.
        outer, ctx.failure = ctx.failure, undecided
        for condition in self._new(ctx, chosen):
            self.is_used |= count < self._whole.most
            b.unless(ctx.truth(condition), excluded)
        ctx.failure = outer
        b.place(undecided)
        yield
        b.place(excluded)

    def _new(self, ctx: Context, chosen: Chosen) -> Iterator[Expr]:
        """Yield the conditions that the guards make on what is chosen, up to the first guard that may yet raise."""
        for condition in self._conditions:
            if ctx.facts.can_fail(condition):
                if not chosen.knows(condition):
                    return
                yield condition
                continue
            for part in chosen.demands(condition):
                if part not in self._evaluated:
                    self._evaluated.add(part)
                    yield part
