"""Sequences and permutations that an action chooses: the length, then item by item, with the guards in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from assay.checker.engine.native.codegen.containers.counting import counting, each_code
from assay.checker.engine.native.codegen.containers.sequences import put_item, set_length
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.operations.bitsets import (
    difference,
    is_some,
    lowest,
    of_bits,
    only,
    without_lowest,
)
from assay.checker.engine.native.codegen.operations.truth import choose
from assay.checker.engine.native.codegen.operations.values import Mask, RegisterType, Word, number
from assay.checker.engine.native.codegen.operations.words import less
from assay.checker.engine.native.codegen.packing.access import Spot
from assay.checker.engine.native.codegen.packing.slots import Seq
from assay.checker.engine.native.codegen.statements.excluding import Excluding
from assay.checker.errors import Unsupported
from assay.checker.language.execution.instance import MOST_VALUES
from assay.checker.language.types import SeqType, Type

__all__ = ["each_sequence"]


@contextmanager
def each_sequence(ctx: Context, spot: Spot, type_: SeqType, excluding: Excluding) -> Iterator[None]:
    """Run the generated block for every sequence, or permutation, that guards do not exclude before it is chosen."""
    b, most = ctx.b, ctx.codes.instance.bound(type_.bound)
    assert isinstance(spot.slot, Seq)
    with ExitStack() as loops:
        length = loops.enter_context(counting(b, number(most if type_.distinct else 0), number(most + 1)))
        set_length(ctx, spot, length)
        loops.enter_context(excluding.once(ctx, 0))
        left = of_bits((1 << most) - 1 if type_.distinct else 0)
        for index in range(most):
            if type_.distinct:
                left = loops.enter_context(_each_left(ctx, spot, index, left))
            else:
                loops.enter_context(_each_item(ctx, spot, index, length, type_.element))
            loops.enter_context(excluding.once(ctx, index + 1))
        _demand_few(ctx, type_, excluding)
        yield


def _demand_few(ctx: Context, type_: SeqType, excluding: Excluding) -> None:
    """Refuse to try each of very many sequences of which no guard excludes any before it is chosen."""
    size = ctx.codes.instance.size(type_)
    if size > MOST_VALUES and not excluding.is_used:
        raise Unsupported(
            f"there are {size:,} values of {type_}, and no guard excludes any before all of its items are chosen",
            help="before anything that may raise, require what each item has to fulfil: require(all(... for x in "
            "some)); or make the instance smaller",
        )


@contextmanager
def _each_left(ctx: Context, spot: Spot, index: int, left: Mask) -> Iterator[Mask]:
    """Put each element that is left at a position of a permutation; yield what is left then."""
    assert isinstance(spot.slot, Seq)
    b, rest = ctx.b, ctx.b.register("rest", RegisterType.WORD)
    b.set(rest, left)
    with b.looping() as done:
        now = b.get_mask(rest)
        b.unless(is_some(b, now), done)
        code = lowest(b, now, spot.slot.items.count)
        b.set(rest, without_lowest(b, now))
        put_item(ctx, spot, number(index), code)
        yield difference(b, left, only(b, code))


@contextmanager
def _each_item(ctx: Context, spot: Spot, index: int, length: Word, element: Type) -> Iterator[None]:
    """Put each value at a position of a sequence, and 0 where there is no item, as everywhere."""
    b = ctx.b
    is_item = less(b, number(index), length)
    count = choose(b, is_item, number(len(ctx.codes.used(element))), number(1))
    with each_code(ctx, element, count) as code:
        put_item(ctx, spot, number(index), choose(b, is_item, code, number(0)))
        yield
