"""The native functions of a model's instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from assay.checker.engine.native.abi import STATUS_DONE, STATUS_ERROR
from assay.checker.engine.native.codegen.access import View
from assay.checker.engine.native.codegen.actions import Expansion, expand_action
from assay.checker.engine.native.codegen.bitsets import of_bits, union
from assay.checker.engine.native.codegen.builder import Builder
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.counting import counting
from assay.checker.engine.native.codegen.facts import Facts
from assay.checker.engine.native.codegen.forms import FORMS
from assay.checker.engine.native.codegen.instructions import Function, Module, Table, Variable, listing
from assay.checker.engine.native.codegen.layout import WORD, Layout
from assay.checker.engine.native.codegen.truth import negation
from assay.checker.engine.native.codegen.values import NONE, Kind, Word, number
from assay.checker.engine.native.codegen.words import add, less, multiply
from assay.checker.engine.native.signatures import EXPAND, STEPS, TEST, Parameter
from assay.checker.engine.tops import orders_of, uses_top
from assay.checker.errors import Location, Unsupported
from assay.checker.language.instance import Instance
from assay.checker.language.ir.nodes import Expr, Quantifier, Root, Universe
from assay.checker.language.ir.program import ActionIR, ModelIR, PredicateIR
from assay.checker.language.kinds import Judged
from assay.checker.language.kinds import Kind as PropertyKind
from assay.checker.language.types import SortType

__all__ = ["Source", "generate"]

_MOST = 1 << 40
"""More states than any call is given."""


@dataclass(frozen=True)
class Source:
    """Generated functions, and which predicate each bit of their masks is."""

    module: Module
    inspected: tuple[PredicateIR, ...]
    steps: tuple[PredicateIR, ...]

    @cached_property
    def text(self) -> str:
        """What names the compiled code in the cache, and can be read."""
        return listing(self.module)


@dataclass(frozen=True)
class _Unit:
    """What the functions of a model share."""

    layout: Layout
    facts: Facts
    tables: Mapping[type[Any], Table]

    def context(self, b: Builder, views: dict[Root, View]) -> Context:
        """Return what is known at the start of an action or predicate."""
        layout = self.layout
        return Context(layout.codes, layout, self.facts, FORMS, self.tables, b, views, b.label())


def generate(model: ModelIR, instance: Instance, layout: Layout) -> Source:
    """Generate the native functions of an instance.

    The functions are those of `assay.checker.engine.native.program.Program`.

    Raises
    ------
    Unsupported
        If the model computes with what the native explorer cannot hold.
    """
    unit = _Unit(layout, Facts(), _quorum_tables(instance, layout))
    inspected = model.judged_on(Judged.STATE)
    steps = model.judged_on(Judged.STEP)
    functions = [_expand(unit, model.actions)]
    if inspected:
        functions.append(_test(unit, "inspect", inspected))
    for name, kind in (("within", PropertyKind.CONSTRAINT), ("terminal", PropertyKind.TERMINAL)):
        if model.of(kind):
            functions.append(_test(unit, name, model.of(kind)))
    if steps:
        functions.append(_steps(unit, steps))
    orders = orders_of(instance.specification)
    if orders:
        functions.append(_test(unit, "tops", [_top(model, order) for order in orders]))
    return Source(Module(tuple(unit.tables.values()), tuple(functions)), inspected, steps)


def _quorum_tables(instance: Instance, layout: Layout) -> dict[type[Any], Table]:
    """Return the members of quorums, each in as many words as the sort has."""
    tables: dict[type[Any], Table] = {}
    for quorum in instance.specification.quorums:
        words = -(-layout.codes.size(quorum.member) // WORD)
        bits = [sum(1 << member for member in members) for members in instance.quorums[quorum.cls]]
        entries = tuple(_signed(row >> (WORD * word)) for row in bits for word in range(words))
        tables[quorum.cls] = Table(f"quorums{len(tables)}", entries)
    return tables


def _signed(bits: int) -> int:
    bits &= (1 << WORD) - 1
    return bits - (1 << WORD) if bits >> (WORD - 1) else bits


# Views of states


def _registers(b: Builder, layout: Layout, prefix: str) -> dict[int, Variable]:
    return {index: b.variable(f"{prefix}{index}", Kind.WORD) for index in layout.registers}


def _load(b: Builder, layout: Layout, view: View) -> None:
    for index in layout.registers:
        b.set(view.registers[index], view.load(b, number(index)))


def _finish(b: Builder, status: Parameter, result: Word) -> None:
    b.store(status, number(0), number(STATUS_DONE))
    b.leave(result)


def _fail_here(ctx: Context, status: Parameter, state: Variable, index: int, result: Variable | None) -> None:
    """Generate where the code goes on if an action or predicate has no meaning."""
    b, after = ctx.b, ctx.b.label()
    b.jump(after)
    b.place(ctx.failure)
    for field, value in ((0, number(STATUS_ERROR)), (1, b.get_word(state)), (2, number(index))):
        b.store(status, number(field), value)
    b.leave(number(0) if result is None else b.get_word(result))
    b.place(after)


def _located(error: Unsupported, location: Location | None) -> Unsupported:
    """Return an error with a place: that of the action or predicate, where nothing more exact is known."""
    return Unsupported(error.message, location=error.location or location, help=error.help)


# Predicates


def _test(unit: _Unit, name: str, predicates: Sequence[PredicateIR]) -> Function:
    """Generate ``inspect``, ``within``, ``terminal`` or ``tops``: the masks of each state."""
    function = Function(name, TEST)
    b = Builder(function)
    at, state = b.variable("at", Kind.WORD), b.variable("state", Kind.WORD)
    view = View(_registers(b, unit.layout, "w"), TEST["states"], at)
    with counting(b, number(0), b.argument(TEST["count"], 0, _MOST)) as index:
        b.set(state, index)
        b.set(at, multiply(b, index, number(unit.layout.words)))
        _load(b, unit.layout, view)
        masks = _masks(unit, b, predicates, {Root.STATE: view}, TEST["status"], state, everything=name == "within")
        _store_masks(b, TEST["masks"], index, masks)
    _finish(b, TEST["status"], number(0))
    return function


def _store_masks(b: Builder, memory: Parameter, index: Word, masks: list[Variable]) -> None:
    start = multiply(b, index, number(len(masks)))
    for word, mask in enumerate(masks):
        b.store(memory, add(b, start, number(word)), b.get_mask(mask))


def _masks(
    unit: _Unit,
    b: Builder,
    predicates: Sequence[PredicateIR],
    views: dict[Root, View],
    status: Parameter,
    state: Variable,
    *,
    everything: bool,
) -> list[Variable]:
    """Compute the masks of the predicates that fire: a violated invariant, a reached `@reachable`, ...

    Of several terminal predicates one suffices; with `everything`, all must be true, and the mask is 1 or 0.
    """
    count = 1 if everything else max(1, -(-len(predicates) // WORD))
    masks = [b.variable("mask", Kind.WORD) for _ in range(count)]
    for mask in masks:
        b.set(mask, of_bits(1) if everything else NONE)
    for position, predicate in enumerate(predicates):
        ctx = unit.context(b, views)
        try:
            truth = ctx.truth(_closed(predicate))
        except Unsupported as error:
            raise _located(error, predicate.location) from None
        mask, one = masks[0 if everything else position // WORD], of_bits(1 << position % WORD)
        fires = truth if predicate.kind.fires_when else negation(b, truth)
        with b.when(fires):
            b.set(mask, NONE if everything else union(b, b.get_mask(mask), one))
        _fail_here(ctx, status, state, position, None)
    return masks


def _steps(unit: _Unit, predicates: Sequence[PredicateIR]) -> Function:
    """Generate ``steps``: the masks of each successor."""
    function, layout = Function("steps", STEPS), unit.layout
    b = Builder(function)
    at, then, successor = (b.variable(name, Kind.WORD) for name in ("at", "then", "successor"))
    before = View(_registers(b, layout, "w"), STEPS["before"], at)
    after = View(_registers(b, layout, "a"), STEPS["after"], then)
    b.set(successor, number(0))
    with counting(b, number(0), b.argument(STEPS["count"], 0, _MOST)) as index:
        b.set(at, multiply(b, index, number(layout.words)))
        _load(b, layout, before)
        end = Word(b.load(STEPS["ends"], index), 0, _MOST)
        with b.looping() as done:
            k = b.get_word(successor, 0, _MOST)
            b.unless(less(b, k, end), done)
            b.set(then, multiply(b, k, number(layout.words)))
            _load(b, layout, after)
            views = {Root.STATE: before, Root.AFTER: after}
            masks = _masks(unit, b, predicates, views, STEPS["status"], successor, everything=False)
            _store_masks(b, STEPS["masks"], k, masks)
            b.set(successor, add(b, k, number(1)))
    _finish(b, STEPS["status"], number(0))
    return function


# Actions


def _expand(unit: _Unit, actions: Sequence[ActionIR]) -> Function:
    """Generate ``expand``: all successors of each state."""
    function = Function("expand", EXPAND)
    b = Builder(function)
    at = b.variable("at", Kind.WORD)
    state, start, count, target = (b.variable(name, Kind.WORD) for name in ("state", "start", "count", "target"))
    before = View(_registers(b, unit.layout, "w"), EXPAND["states"], at)
    working = View(_registers(b, unit.layout, "t"), EXPAND["out"], target)
    capacity = b.argument(EXPAND["capacity"], 0, _MOST)
    run = Expansion(state, start, count, target, capacity, before, working)
    scratch = replace(working, registers=_registers(b, unit.layout, "s"), offset=unit.layout.words)
    b.set(count, number(0))
    with counting(b, number(0), b.argument(EXPAND["count"], 0, _MOST)) as index:
        b.set(state, index)
        b.set(at, multiply(b, index, number(unit.layout.words)))
        b.set(start, b.get_word(count))
        _load(b, unit.layout, before)
        for position, action in enumerate(actions):
            ctx = replace(unit.context(b, {Root.STATE: before}), scratch=scratch)
            _one_action(ctx, run, position, action)
        b.store(EXPAND["ends"], index, b.get_word(count))
    _finish(b, EXPAND["status"], b.get_word(count))
    return function


def _one_action(ctx: Context, run: Expansion, position: int, action: ActionIR) -> None:
    try:
        expand_action(ctx, run, position, action)
    except Unsupported as error:
        raise _located(error, action.location) from None
    _fail_here(ctx, EXPAND["status"], run.state, position, run.start)


def _top(model: ModelIR, order: SortType) -> PredicateIR:
    """Return the predicate that the greatest element of an order is used."""
    return PredicateIR(order.cls.__name__, PropertyKind.REACHABLE, (), uses_top(model.specification, order), None)


def _closed(predicate: PredicateIR) -> Expr:
    """Return a predicate's body, quantified over its parameters."""
    body = predicate.body
    for parameter in reversed(predicate.parameters):
        body = Quantifier(not predicate.kind.existential, parameter, Universe(parameter.type), body)
    return body
