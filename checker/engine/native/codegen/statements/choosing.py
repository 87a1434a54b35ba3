"""Containers that an action chooses: one loop for each part, with the guards about a part before the loop of the next.

A guard on every element of a set, or every entry of a map, excludes elements or entries before the others are chosen.
For a set, such guards yield the elements that it may contain and those that it must, and the loop runs over the sets in
between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from copy import copy

from assay.checker.engine.native.codegen.containers.counting import counting, each_code
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.places import (
    address_of,
    entry_of,
    load_scalar,
    spot_at,
    store_scalar,
)
from assay.checker.engine.native.codegen.expressions.records import fitted
from assay.checker.engine.native.codegen.expressions.scalars import value_of
from assay.checker.engine.native.codegen.operations.bitsets import (
    difference,
    intersection,
    is_empty,
    is_some,
    of_bits,
    only,
    union,
)
from assay.checker.engine.native.codegen.operations.instructions import Op, Register
from assay.checker.engine.native.codegen.operations.values import Bool, Mask, RegisterType, Word, number
from assay.checker.engine.native.codegen.operations.words import add, equal, less_or_equal
from assay.checker.engine.native.codegen.packing.access import (
    Spot,
    StateView,
    array_item,
    read_bits,
    spot_of,
    write,
    write_bits,
)
from assay.checker.engine.native.codegen.packing.layout import Layout
from assay.checker.engine.native.codegen.packing.slots import Array, BagCounts, Planes
from assay.checker.engine.native.codegen.statements.arranging import each_sequence
from assay.checker.engine.native.codegen.statements.elementwise import Test, tests_of
from assay.checker.engine.native.codegen.statements.excluding import Excluding
from assay.checker.engine.native.codegen.statements.guards import Guard
from assay.checker.errors import Unsupported
from assay.checker.language.execution.instance import MOST_VALUES
from assay.checker.language.execution.open_values import decided_at_once
from assay.checker.language.introspection.declarations import Variable
from assay.checker.language.ir.nodes import Name, Place, Root, Unchosen
from assay.checker.language.ir.program import ActionIR
from assay.checker.language.types import BagType, MapType, SeqType, SetType, Type, is_container

__all__ = ["each_container", "unchosen", "with_containers"]


_MOST_BITS = 62
"""The most elements of a type whose sets are chosen, because a subset is a number with a bit for each element."""


def with_containers(ctx: Context, action: ActionIR, state: StateView) -> Context:
    """Return the context of an action, with registers for the containers that it chooses.

    Raises
    ------
    Unsupported
        If one does not fit a word.
    """
    chosen = [name for name in action.parameters if is_container(name.type)]
    if not chosen:
        return ctx
    variables = [Variable(name.name, name.type, None, name.location) for name in chosen]
    own, whole = Layout(ctx.codes, variables), copy(ctx.layout)
    for name in chosen:
        if not own.places[name.name].in_register:
            # The interpreter refuses what it would have to try one by one.
            is_few = ctx.codes.instance.size(decided_at_once(name.type)) <= MOST_VALUES
            raise Unsupported(
                f"a {name.type} takes {own.places[name.name].slot.bits} bits, and what an action chooses is to fit 64",
                location=action.location,
                help="make the instance smaller, choose its parts one by one, or use --engine reference"
                if is_few
                else "make the instance smaller, or choose its parts one by one",
            )
    whole.places, whole.types = {**whole.places, **own.places}, {**whole.types, **own.types}
    registers = {word: ctx.b.register(f"c{word}", RegisterType.WORD) for word in own.registers}
    for register in registers.values():
        ctx.b.set(register, of_bits(0))
    ctx.layout = whole
    ctx.views[Root.CHOSEN] = StateView(registers, state.memory, state.base)
    return ctx


def unchosen(node: Unchosen, ctx: Context) -> None:
    """Require a choice that is not made on this path to have the code 0, so that only one value is tried."""
    assert ctx.disabled is not None
    if isinstance(node.choice, Name):
        code = fitted(ctx, node.choice, node.choice.type).demanded(ctx)
        ctx.b.unless(equal(ctx.b, code, number(0)), ctx.disabled)
        return
    place = node.choice
    if is_container(place.type):
        spot = spot_at(ctx, place)
        ctx.b.unless(is_empty(ctx.b, read_bits(ctx.b, spot, spot.slot.bits)), ctx.disabled)
    else:
        ctx.b.unless(equal(ctx.b, load_scalar(ctx, address_of(ctx, place)), number(0)), ctx.disabled)


@contextmanager
def each_container(ctx: Context, parameter: Name, guards: Sequence[Guard]) -> Iterator[frozenset[int]]:
    """Run the generated block for every value of a container; yield the guards that have already been evaluated."""
    tests = list(tests_of(ctx, parameter, guards))
    place = Place(Root.CHOSEN, parameter.name, (), parameter.type)
    spot = spot_of(ctx.views[Root.CHOSEN], ctx.layout.places[parameter.name])
    loop = (
        each_sequence(ctx, spot, parameter.type, Excluding(ctx, place, guards))
        if isinstance(parameter.type, SeqType)
        else _each_at(ctx, spot, parameter.type, tests)
    )
    with ctx.binding(parameter, number(0)), loop:
        yield frozenset(test.guard for test in tests)


def _each_at(ctx: Context, spot: Spot, type_: Type, tests: Sequence[Test] = ()) -> AbstractContextManager[None]:
    match type_:
        case SetType(element):
            return _each_subset(ctx, spot, element, tests)
        case MapType():
            return _each_map(ctx, spot, type_, tests)
        case SeqType():
            return each_sequence(ctx, spot, type_, Excluding(ctx, Place(Root.CHOSEN, "", (), type_)))
        case BagType():
            return _each_bag(ctx, spot, type_)
        case _:
            raise TypeError(type_)


@contextmanager
def _each_subset(ctx: Context, spot: Spot, element: Type, tests: Sequence[Test]) -> Iterator[None]:
    b, size = ctx.b, ctx.codes.size(element)
    if size > _MOST_BITS:
        raise Unsupported(
            f"a set of {size} elements has more subsets than can be counted",
            help="make the instance smaller, or choose the elements one by one",
        )
    every = of_bits(sum(1 << code for code in ctx.codes.used(element)))
    may_hold, may_lack = b.register("may_hold", RegisterType.WORD), b.register("may_lack", RegisterType.WORD)
    b.set(may_hold, every)
    b.set(may_lack, every)
    if tests:
        _sift(ctx, spot, element, tests, may_hold, may_lack)
    hold, lack, after = b.get_mask(may_hold), b.get_mask(may_lack), b.label()
    b.unless(is_empty(b, difference(b, every, union(b, hold, lack))), after)
    forced, free = difference(b, hold, lack), intersection(b, hold, lack)
    part = b.register("part", RegisterType.WORD)
    b.set(part, of_bits(0))
    with b.looping() as done:
        write_bits(b, spot, size, union(b, forced, b.get_mask(part)))
        yield
        b.set(part, _next_subset(ctx, b.get_mask(part), free))
        b.unless(is_some(b, b.get_mask(part)), done)
    b.place(after)


def _next_subset(ctx: Context, part: Mask, free: Mask) -> Mask:
    """Return the next subset in the order of numbers, the empty one after the last: ``(part - free) & free``."""
    less_free = Mask(ctx.b.compute(Op.SUB, part.ref, free.ref))
    return intersection(ctx.b, less_free, free)


def _sift(
    ctx: Context, spot: Spot, element: Type, tests: Sequence[Test], may_hold: Register, may_lack: Register
) -> None:
    """Compute which elements a set may contain, and which it may lack, from what guards say about each."""
    b, size = ctx.b, ctx.codes.size(element)
    with counting(b, number(0), number(size)) as code:
        for allowed, chosen in ((may_hold, only(b, code)), (may_lack, of_bits(0))):
            write_bits(b, spot, size, chosen)
            for test in tests:
                with ctx.binding(test.variable, value_of(ctx, element, code)):
                    fine, out = b.label(), b.label()
                    b.branch(ctx.truth(test.body), fine, out)
                    b.place(out)
                    b.set(allowed, difference(b, b.get_mask(allowed), only(b, code)))
                    b.place(fine)


@contextmanager
def _each_map(ctx: Context, spot: Spot, type_: MapType, tests: Sequence[Test]) -> Iterator[None]:
    with ExitStack() as loops:
        for key in range(ctx.codes.size(type_.key)):
            if is_container(type_.value):
                assert isinstance(spot.slot, Array)
                loops.enter_context(_each_at(ctx, array_item(ctx.b, spot, spot.slot, number(key)), type_.value))
                conditions = [_holds_at(ctx, test, type_.key, key) for test in tests]
                loops.enter_context(_only_if(ctx, conditions))
            else:
                loops.enter_context(_each_entry(ctx, spot, type_, key, tests))
        yield


def _each_entry(
    ctx: Context, spot: Spot, type_: MapType, key: int, tests: Sequence[Test]
) -> AbstractContextManager[None]:
    assert isinstance(spot.slot, Array | Planes)
    address = entry_of(ctx, spot, type_, number(key))
    conditions = [_holds_at(ctx, test, type_.key, key) for test in tests]
    return _each_code(ctx, type_.value, lambda code: store_scalar(ctx, address, code), conditions)


def _holds_at(ctx: Context, test: Test, type_: Type, key: int) -> Callable[[], Bool]:
    def holds() -> Bool:
        with ctx.binding(test.variable, value_of(ctx, type_, number(key))):
            return ctx.truth(test.body)

    return holds


@contextmanager
def _each_code(
    ctx: Context,
    type_: Type,
    put: Callable[[Word], None],
    conditions: Sequence[Callable[[], Bool]],
    count: Word | None = None,
) -> Iterator[None]:
    """Run the generated block for each value of a type, or its first `count` values, for which conditions are true."""
    with each_code(ctx, type_, count) as code:
        put(code)
        with _only_if(ctx, conditions):
            yield


@contextmanager
def _only_if(ctx: Context, conditions: Sequence[Callable[[], Bool]]) -> Iterator[None]:
    """Run the generated block if all conditions are true."""
    skip = ctx.b.label()
    for holds in conditions:
        ctx.b.unless(holds(), skip)
    yield
    ctx.b.place(skip)


def _no_more(ctx: Context, total: Word, most: int) -> Callable[[], Bool]:
    return lambda: less_or_equal(ctx.b, total, number(most))


@contextmanager
def _each_bag(ctx: Context, spot: Spot, type_: BagType) -> Iterator[None]:
    b, most = ctx.b, ctx.codes.instance.bound(type_.bound)
    assert isinstance(spot.slot, BagCounts)
    counts, total = spot.slot.counts, number(0)
    with ExitStack() as loops:
        for code in ctx.codes.used(type_.element):
            copies = loops.enter_context(counting(b, number(0), number(most + 1)))
            write(b, array_item(b, spot, counts, number(code)), counts.item.bits, copies)
            total = add(b, total, copies)
            loops.enter_context(_only_if(ctx, [_no_more(ctx, total, most)]))
        yield
