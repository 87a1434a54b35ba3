"""The native functions of a model's instance."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property

from assay.checker.engine.classes import classes_of, occurrences_in
from assay.checker.engine.native.abi import STATUS_DONE, STATUS_ERROR
from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.scalars import value_of
from assay.checker.engine.native.codegen.facts import Facts
from assay.checker.engine.native.codegen.forms import FORMS
from assay.checker.engine.native.codegen.operations.bitsets import of_bits, union
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Function, Module, Register, Table, listing
from assay.checker.engine.native.codegen.operations.truth import negation
from assay.checker.engine.native.codegen.operations.values import NONE, Bool, RegisterType, Word, number
from assay.checker.engine.native.codegen.operations.words import add, less, multiply
from assay.checker.engine.native.codegen.packing.access import View
from assay.checker.engine.native.codegen.packing.layout import WORD, Layout
from assay.checker.engine.native.codegen.statements.actions import Expansion, expand_action
from assay.checker.engine.native.signatures import EXPAND, STEPS, TEST, Parameter
from assay.checker.engine.order_limits import orders_of, uses_order_limit
from assay.checker.errors import Location, Unsupported
from assay.checker.language.execution.instance import Instance
from assay.checker.language.ir.nodes import Expr, Name, Quantifier, Root, Universe
from assay.checker.language.ir.program import ActionIR, ModelIR, PredicateIR, TemporalIR
from assay.checker.language.kinds import Judged, Kind
from assay.checker.language.types import SortType, is_container

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
    tables: dict[object, Table]

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
    if any(predicate.kind is Kind.STEP_CONSTRAINT for predicate in model.predicates):
        raise Unsupported("step constraints have no machine code", help="--engine reference takes them")
    unit = _Unit(layout, Facts(), _quorum_tables(instance, layout))
    inspected = model.judged_on(Judged.STATE)
    steps = model.judged_on(Judged.STEP)
    functions = [_expand(unit, model.actions)]
    if inspected:
        functions.append(_test(unit, "inspect", inspected))
    for name, kind, universal in (
        ("within", Kind.CONSTRAINT, True),
        ("terminal", Kind.TERMINAL, False),
    ):
        if model.of(kind):
            functions.append(_test(unit, name, model.of(kind), universal))
    if steps:
        functions.append(_steps(unit, steps))
    if model.temporals:
        functions.append(_labels(unit, model.temporals))
    if model.specification.needs_steps:
        functions += _moves(unit, model, instance)
    orders = orders_of(instance.specification)
    if orders:
        functions.append(_test(unit, "order_limits", [_at_limit(model, order) for order in orders]))
    return Source(Module(tuple(unit.tables.values()), tuple(functions)), inspected, steps)


def _quorum_tables(instance: Instance, layout: Layout) -> dict[object, Table]:
    """Return the members of quorums, each in as many words as the sort has."""
    tables: dict[object, Table] = {}
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


def _registers(b: Builder, layout: Layout, prefix: str) -> dict[int, Register]:
    return {index: b.register(f"{prefix}{index}", RegisterType.WORD) for index in layout.registers}


def _load(b: Builder, layout: Layout, view: View) -> None:
    for index in layout.registers:
        b.set(view.registers[index], view.load(b, number(index)))


def _finish(b: Builder, status: Parameter, result: Word) -> None:
    b.store(status, number(0), number(STATUS_DONE))
    b.leave(result)


def _fail_here(ctx: Context, status: Parameter, state: Register, index: int, result: Register | None) -> None:
    """Generate the exit for an action or predicate that raises."""
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


def _test(unit: _Unit, name: str, predicates: Sequence[PredicateIR], joined: bool | None = None) -> Function:
    """Generate a function over states: for each one the masks of the predicates that fire.

    With `joined`, it is one truth value instead: whether all predicates are true (True), or some (False).
    """
    function = Function(name, TEST)
    b = Builder(function)
    at, state = b.register("at", RegisterType.WORD), b.register("state", RegisterType.WORD)
    view = View(_registers(b, unit.layout, "w"), TEST["states"], at)
    with counting(b, number(0), b.argument(TEST["count"], 0, _MOST)) as index:
        b.set(state, index)
        b.set(at, multiply(b, index, number(unit.layout.words)))
        _load(b, unit.layout, view)
        judged = _Judged(unit, b, {Root.STATE: view}, TEST["status"], state)
        masks = _masks(judged, predicates) if joined is None else [_joined(judged, predicates, joined)]
        _store_masks(b, TEST["masks"], index, masks)
    _finish(b, TEST["status"], number(0))
    return function


def _store_masks(b: Builder, memory: Parameter, index: Word, masks: list[Register]) -> None:
    start = multiply(b, index, number(len(masks)))
    for word, mask in enumerate(masks):
        b.store(memory, add(b, start, number(word)), b.get_mask(mask))


@dataclass(frozen=True)
class _Judged:
    """What predicates are judged on: the states, and the number of the one that a failure is told of."""

    unit: _Unit
    b: Builder
    views: dict[Root, View]
    status: Parameter
    state: Register

    def truth(self, position: int, predicate: PredicateIR) -> Bool:
        """Compute whether a predicate is true."""
        ctx = self.unit.context(self.b, self.views)
        try:
            value = ctx.truth(_closed(predicate))
        except Unsupported as error:
            raise _located(error, predicate.location) from None
        _fail_here(ctx, self.status, self.state, position, None)
        return value


def _masks(judged: _Judged, predicates: Sequence[PredicateIR]) -> list[Register]:
    """Compute the masks of the predicates that fire, 64 of them in a word: a violated invariant, a `@reachable`, ..."""
    b = judged.b
    masks = [b.register("mask", RegisterType.WORD) for _ in range(max(1, -(-len(predicates) // WORD)))]
    for mask in masks:
        b.set(mask, NONE)
    for position, predicate in enumerate(predicates):
        truth = judged.truth(position, predicate)
        mask, one = masks[position // WORD], of_bits(1 << position % WORD)
        with b.when(truth if predicate.kind.fires_when else negation(b, truth)):
            b.set(mask, union(b, b.get_mask(mask), one))
    return masks


def _joined(judged: _Judged, predicates: Sequence[PredicateIR], universal: bool) -> Register:
    """Compute whether all predicates are true, or some; every one of them is evaluated."""
    b = judged.b
    result = b.register("mask", RegisterType.WORD)
    b.set(result, of_bits(int(universal)))
    for position, predicate in enumerate(predicates):
        truth = judged.truth(position, predicate)
        with b.when(negation(b, truth) if universal else truth):
            b.set(result, of_bits(int(not universal)))
    return result


def _labels(unit: _Unit, temporals: Sequence[TemporalIR]) -> Function:
    """Generate ``labels``: for each state the truth of the predicates of all formulas, for all their parameters.

    The bits are those of the properties in order; for each, of the choices of its parameters in order; for each, of its
    predicates from left to right.
    """
    function = Function("labels", TEST)
    b = Builder(function)
    at, state = b.register("at", RegisterType.WORD), b.register("state", RegisterType.WORD)
    view = View(_registers(b, unit.layout, "w"), TEST["states"], at)
    atoms = [atom for temporal in temporals for atom in _atoms(unit, temporal)]
    with counting(b, number(0), b.argument(TEST["count"], 0, _MOST)) as index:
        b.set(state, index)
        b.set(at, multiply(b, index, number(unit.layout.words)))
        _load(b, unit.layout, view)
        masks = [b.register("mask", RegisterType.WORD) for _ in range(max(1, -(-len(atoms) // WORD)))]
        for mask in masks:
            b.set(mask, NONE)
        for position, (atom, codes, location) in enumerate(atoms):
            ctx = unit.context(b, {Root.STATE: view})
            value = _bound_truth(ctx, atom, codes, location)
            _fail_here(ctx, TEST["status"], state, position, None)
            mask = masks[position // WORD]
            with b.when(value):
                b.set(mask, union(b, b.get_mask(mask), of_bits(1 << position % WORD)))
        _store_masks(b, TEST["masks"], index, masks)
    _finish(b, TEST["status"], number(0))
    return function


def _atoms(unit: _Unit, temporal: TemporalIR) -> Iterator[tuple[Expr, dict[Name, int], Location | None]]:
    """Yield the predicates of a formula for each choice of its parameters, with the codes of these."""
    codes, parameters = unit.layout.codes, temporal.parameters
    for choice in itertools.product(*(codes.instance.universe(parameter.type) for parameter in parameters)):
        given = {p: codes.encode(p.type, value) for p, value in zip(parameters, choice, strict=True)}
        yield from ((atom, given, temporal.location) for atom in temporal.atoms)


def _bound_truth(ctx: Context, atom: Expr, given: Mapping[Name, int], location: Location | None) -> Bool:
    """Compute the truth of a predicate whose parameters have values."""
    with ExitStack() as stack:
        for parameter, code in given.items():
            stack.enter_context(ctx.binding(parameter, value_of(ctx, parameter.type, number(code))))
        try:
            return ctx.truth(atom)
        except Unsupported as error:
            raise _located(error, location) from None


def _steps(unit: _Unit, predicates: Sequence[PredicateIR]) -> Function:
    """Generate ``steps``: the masks of each successor."""
    function, layout = Function("steps", STEPS), unit.layout
    b = Builder(function)
    at, then, successor = (b.register(name, RegisterType.WORD) for name in ("at", "then", "successor"))
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
            masks = _masks(_Judged(unit, b, views, STEPS["status"], successor), predicates)
            _store_masks(b, STEPS["masks"], k, masks)
            b.set(successor, add(b, k, number(1)))
    _finish(b, STEPS["status"], number(0))
    return function


# Actions


@dataclass(frozen=True)
class ActionLabel:
    """What is written beside the successors of an action.

    Attributes
    ----------
    first : int
        A number.
    weights : tuple of (Name, int)
        Parameters, and how often the code of each is added to it.
    """

    first: int
    weights: tuple[tuple[Name, int], ...] = ()


def _moves(unit: _Unit, model: ModelIR, instance: Instance) -> list[Function]:
    """Generate ``moves``: as ``expand``, with the classes of calls; none where these are the actions themselves.

    The values of parameters are numbered by their codes here.
    """
    told_apart = classes_of(instance, occurrences_in(temporal.formula for temporal in model.temporals))
    if told_apart.size == len(model.actions):
        return []
    labels = []
    for method, action in zip(model.specification.actions, model.actions, strict=True):
        strides = told_apart.strides(method.name)
        named = zip((name for name, _ in method.parameters), action.parameters, strict=False)
        weights = tuple((parameter, strides[name]) for name, parameter in named if name in strides)
        if any(is_container(parameter.type) for parameter, _ in weights):
            raise Unsupported(
                f"a formula tells steps of {method.name} apart by a container",
                location=method.location,
                help="name scalar parameters in it, or use --engine reference",
            )
        labels.append(ActionLabel(told_apart.offsets[method.name], weights))
    return [_expand(unit, model.actions, "moves", labels)]


def _expand(
    unit: _Unit, actions: Sequence[ActionIR], name: str = "expand", labels: Sequence[ActionLabel] | None = None
) -> Function:
    """Generate ``expand``: all successors of each state, with the numbers of their actions, or with labels instead."""
    function = Function(name, EXPAND)
    given = labels or [ActionLabel(position) for position in range(len(actions))]
    b = Builder(function)
    at = b.register("at", RegisterType.WORD)
    state, start, count, target = (
        b.register(name, RegisterType.WORD) for name in ("state", "start", "count", "target")
    )
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
        for label, action in zip(given, actions, strict=True):
            ctx = replace(unit.context(b, {Root.STATE: before}), scratch=scratch)
            _one_action(ctx, run, label, action)
        b.store(EXPAND["ends"], index, b.get_word(count))
    _finish(b, EXPAND["status"], b.get_word(count))
    return function


def _one_action(ctx: Context, run: Expansion, label: ActionLabel, action: ActionIR) -> None:
    try:
        expand_action(ctx, run, label.first, action, label.weights)
    except Unsupported as error:
        raise _located(error, action.location) from None
    _fail_here(ctx, EXPAND["status"], run.state, label.first, run.start)


def _at_limit(model: ModelIR, order: SortType) -> PredicateIR:
    """Return the predicate that some variable holds the greatest element of an order."""
    return PredicateIR(order.cls.__name__, Kind.REACHABLE, (), uses_order_limit(model.specification, order), None)


def _closed(predicate: PredicateIR) -> Expr:
    """Return a predicate's body, quantified over its parameters."""
    body = predicate.body
    for parameter in reversed(predicate.parameters):
        body = Quantifier(not predicate.kind.existential, parameter, Universe(parameter.type), body)
    return body
