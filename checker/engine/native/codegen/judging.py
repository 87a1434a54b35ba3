"""Native functions that judge states and steps, by predicates and by the predicates of temporal formulas."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from assay.checker.engine.native.abi import STATUS_ASKED
from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.context import Context, located
from assay.checker.engine.native.codegen.expressions.scalars import value_of
from assay.checker.engine.native.codegen.iteration.watching import is_ringing
from assay.checker.engine.native.codegen.operations.bitsets import of_bits, union
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Function, Register
from assay.checker.engine.native.codegen.operations.truth import negation
from assay.checker.engine.native.codegen.operations.values import NONE, Bool, RegisterType, Word, number
from assay.checker.engine.native.codegen.operations.words import add, less, multiply
from assay.checker.engine.native.codegen.packing.access import StateView
from assay.checker.engine.native.codegen.packing.slots import WORD
from assay.checker.engine.native.codegen.units import (
    MOST_STATES,
    Unit,
    fail_here,
    finish,
    load_registers,
    registers_of,
)
from assay.checker.engine.native.signatures import STEPS, TEST, Parameter
from assay.checker.errors import Location, Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.ir.nodes import Expr, Name, Quantifier, Root, Universe
from assay.checker.language.ir.program import PredicateIR, TemporalIR
from assay.checker.language.types import is_container

__all__ = ["labels_function", "predicates_function", "steps_function"]

_Atom = tuple[Expr, Mapping[Name, int], Location | None]
"""A predicate of a formula, the codes of the formula's parameters, and where it is stated."""


def predicates_function(
    unit: Unit, name: str, predicates: Sequence[PredicateIR], joined: bool | None = None
) -> Function:
    """Generate a function over states that writes, for each, the masks of the predicates that fire.

    Parameters
    ----------
    joined : bool, optional
        Write a single truth value instead: whether all predicates are true (True), or some (False).
    """
    function = Function(name, TEST)
    with _each_state(unit, Builder(function)) as (judged, index):
        masks = _masks(judged, predicates) if joined is None else [_joined(judged, predicates, joined)]
        _store_masks(judged.b, TEST["masks"], index, masks)
    return function


@contextmanager
def _each_state(unit: Unit, b: Builder) -> Iterator[tuple[_Judged, Word]]:
    """Run the generated block for each state that a function is given, with its number; then end the function."""
    at, state = b.register("at", RegisterType.WORD), b.register("state", RegisterType.WORD)
    view = StateView(registers_of(b, unit.layout, "w"), TEST["states"], at)
    with counting(b, number(0), b.argument(TEST["count"], 0, MOST_STATES)) as index:
        b.set(state, index)
        b.set(at, multiply(b, index, number(unit.layout.words)))
        load_registers(b, unit.layout, view)
        _leave_if_asked(b, TEST["status"], state)
        yield _Judged(unit, b, {Root.STATE: view}, TEST["status"], state), index
    finish(b, TEST["status"], number(0))


def _leave_if_asked(b: Builder, status: Parameter, at: Register) -> None:
    """Return with what is judged so far if the caller is waiting: to judge all of a batch may take very long."""
    with b.when(is_ringing(b, status)):
        b.store(status, number(0), number(STATUS_ASKED))
        b.store(status, number(1), b.get_word(at))
        b.leave(number(0))


def _store_masks(b: Builder, memory: Parameter, index: Word, masks: list[Register]) -> None:
    start = multiply(b, index, number(len(masks)))
    for word, mask in enumerate(masks):
        b.store(memory, add(b, start, number(word)), b.get_mask(mask))


@immutable
class _Judged:
    """What predicates are judged on: views of the states, and the number under which to report a failure."""

    unit: Unit
    b: Builder
    views: dict[Root, StateView]
    status: Parameter
    state: Register

    def truth(self, position: int, predicate: PredicateIR) -> Bool:
        """Compute whether a predicate is true."""
        ctx = self.unit.context(self.b, self.views, self.status)
        try:
            value = ctx.truth(_closed(predicate))
        except Unsupported as error:
            raise located(error, predicate.location) from None
        fail_here(ctx, self.state, position, None)
        return value


def _empty_masks(b: Builder, bits: int) -> list[Register]:
    # At least one word, so that rows of masks have a width even if there is nothing to judge.
    masks = [b.register("mask", RegisterType.WORD) for _ in range(max(1, -(-bits // WORD)))]
    for mask in masks:
        b.set(mask, NONE)
    return masks


def _masks(judged: _Judged, predicates: Sequence[PredicateIR]) -> list[Register]:
    """Compute the masks of the predicates that fire, 64 of them in a word: a violated invariant, a `@reachable`, ..."""
    b = judged.b
    masks = _empty_masks(b, len(predicates))
    for position, predicate in enumerate(predicates):
        truth = judged.truth(position, predicate)
        _mark(b, masks, position, truth if predicate.kind.fires_when else negation(b, truth))
    return masks


def _joined(judged: _Judged, predicates: Sequence[PredicateIR], universal: bool) -> Register:
    """Compute whether all predicates are true, or some.

    All of them are evaluated: one that fails must be reported, even if another has already decided the result.
    """
    b = judged.b
    result = b.register("mask", RegisterType.WORD)
    b.set(result, of_bits(int(universal)))
    for position, predicate in enumerate(predicates):
        truth = judged.truth(position, predicate)
        with b.when(negation(b, truth) if universal else truth):
            b.set(result, of_bits(int(not universal)))
    return result


def labels_function(unit: Unit, temporals: Sequence[TemporalIR]) -> Function:
    """Generate ``labels``: for each state, the truth of the predicates of all formulas, for all choices of parameters.

    Bits are in the order of the properties; for each, of the choices of its parameters; for each of those, of its
    predicates from left to right.
    """
    function = Function("labels", TEST)
    atoms = [atom for temporal in temporals for atom in _atoms(unit, temporal)]
    with _each_state(unit, Builder(function)) as (judged, index):
        _store_masks(judged.b, TEST["masks"], index, _labels(judged, atoms))
    return function


def _labels(judged: _Judged, atoms: Sequence[_Atom]) -> list[Register]:
    """Compute the masks of the predicates that are true, 64 of them in a word."""
    b = judged.b
    masks = _empty_masks(b, len(atoms))
    for position, (atom, codes, location) in enumerate(atoms):
        ctx = judged.unit.context(b, judged.views, judged.status)
        truth = _bound_truth(ctx, atom, codes, location)
        fail_here(ctx, judged.state, position, None)
        _mark(b, masks, position, truth)
    return masks


def _mark(b: Builder, masks: list[Register], position: int, truth: Bool) -> None:
    """Set the bit of a predicate if a condition is true."""
    mask, one = masks[position // WORD], of_bits(1 << position % WORD)
    with b.when(truth):
        b.set(mask, union(b, b.get_mask(mask), one))


def _atoms(unit: Unit, temporal: TemporalIR) -> Iterator[_Atom]:
    """Yield the predicates of a formula for each choice of its parameters, with the codes of these."""
    codes, parameters = unit.layout.codes, temporal.parameters
    if any(is_container(parameter.type) for parameter in parameters):
        _demand_few_choices(codes.instance, temporal)
    for choice in itertools.product(*(codes.instance.universe(parameter.type) for parameter in parameters)):
        given = {p: codes.encode(p.type, value) for p, value in zip(parameters, choice, strict=True)}
        yield from ((atom, given, temporal.location) for atom in temporal.atoms)


_MOST_CHOICES = 256
"""The most choices of the parameters of a formula with containers among them, each of which is code of its own."""


def _demand_few_choices(instance: Instance, temporal: TemporalIR) -> None:
    choices = math.prod(instance.size(parameter.type) for parameter in temporal.parameters)
    if choices > _MOST_CHOICES:
        raise Unsupported(
            f"{temporal.name} is a formula for each of {choices:,} choices of its parameters, and the native explorer "
            f"takes {_MOST_CHOICES} of these, if there are containers among them",
            location=temporal.location,
            help="quantify inside of its predicates, by any and all, or use --engine reference",
        )


def _bound_truth(ctx: Context, atom: Expr, given: Mapping[Name, int], location: Location | None) -> Bool:
    """Compute the truth of a predicate whose parameters have values."""
    with ExitStack() as stack:
        for parameter, code in given.items():
            stack.enter_context(ctx.binding(parameter, value_of(ctx, parameter.type, number(code))))
        try:
            return ctx.truth(atom)
        except Unsupported as error:
            raise located(error, location) from None


def steps_function(unit: Unit, name: str, predicates: Sequence[PredicateIR], joined: bool | None = None) -> Function:
    """Generate a function over steps that writes, for each successor, the masks of the predicates that fire.

    Parameters
    ----------
    joined : bool, optional
        Write a single truth value instead, as `predicates_function` does.
    """
    function, layout = Function(name, STEPS), unit.layout
    b = Builder(function)
    at, then, successor = (b.register(name, RegisterType.WORD) for name in ("at", "then", "successor"))
    before = StateView(registers_of(b, layout, "w"), STEPS["before"], at)
    after = StateView(registers_of(b, layout, "a"), STEPS["after"], then)
    b.set(successor, number(0))
    with counting(b, number(0), b.argument(STEPS["count"], 0, MOST_STATES)) as index:
        b.set(at, multiply(b, index, number(layout.words)))
        load_registers(b, layout, before)
        end = Word(b.load(STEPS["ends"], index), 0, MOST_STATES)
        with b.looping() as done:
            k = b.get_word(successor, 0, MOST_STATES)
            b.unless(less(b, k, end), done)
            b.set(then, multiply(b, k, number(layout.words)))
            load_registers(b, layout, after)
            _leave_if_asked(b, STEPS["status"], successor)
            views = {Root.STATE: before, Root.AFTER: after}
            judged = _Judged(unit, b, views, STEPS["status"], successor)
            masks = _masks(judged, predicates) if joined is None else [_joined(judged, predicates, joined)]
            _store_masks(b, STEPS["masks"], k, masks)
            b.set(successor, add(b, k, number(1)))
    finish(b, STEPS["status"], number(0))
    return function


def _closed(predicate: PredicateIR) -> Expr:
    """Return a predicate's body, quantified over its parameters."""
    body = predicate.body
    for parameter in reversed(predicate.parameters):
        body = Quantifier(not predicate.kind.existential, parameter, Universe(parameter.type), body)
    return body
