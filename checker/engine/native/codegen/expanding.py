"""Native functions that expand states, writing beside each successor the number of its action or class of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assay.checker.engine.classes import classes_of, occurrences_in
from assay.checker.engine.native.codegen.containers.counting import counting
from assay.checker.engine.native.codegen.context import Context, located
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Function
from assay.checker.engine.native.codegen.operations.values import RegisterType, number
from assay.checker.engine.native.codegen.operations.words import multiply
from assay.checker.engine.native.codegen.packing.access import StateView
from assay.checker.engine.native.codegen.packing.codes import WORD_BITS
from assay.checker.engine.native.codegen.statements.actions import Expansion, expand_action
from assay.checker.engine.native.codegen.units import (
    MOST_STATES,
    Unit,
    fail_here,
    finish,
    load_registers,
    registers_of,
)
from assay.checker.engine.native.signatures import EXPAND
from assay.checker.errors import Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.introspection.specification import Method
from assay.checker.language.ir.nodes import Name, Root
from assay.checker.language.ir.program import ActionIR, ModelIR
from assay.checker.language.types import is_container, subtypes

__all__ = ["expand_function", "moves_functions"]


@immutable
class ActionLabel:
    """The number written beside the successors of an action.

    Attributes
    ----------
    first : int
        The number of a call whose parameters all have the code 0.
    weights : tuple of (Name, int)
        Parameters, each with the factor by which its code is multiplied before it is added.
    """

    first: int
    weights: tuple[tuple[Name, int], ...] = ()


def moves_functions(unit: Unit, model: ModelIR, instance: Instance) -> list[Function]:
    """Generate ``moves``, which is ``expand`` with classes of calls; nothing if these are simply the actions.

    Classes are numbered by the codes of parameters here: see `assay.checker.engine.native.labels`.
    """
    told_apart = classes_of(instance, occurrences_in(temporal.formula for temporal in model.temporals))
    if told_apart.size == len(model.actions):
        return []
    labels = []
    for method, action in zip(model.specification.actions, model.actions, strict=True):
        strides = told_apart.strides(method.name)
        named = zip((name for name, _ in method.parameters), action.parameters, strict=False)
        weights = tuple((parameter, strides[name]) for name, parameter in named if name in strides)
        for parameter, _ in weights:
            _demand_dense(unit, method, parameter)
        labels.append(ActionLabel(told_apart.offsets[method.name], weights))
    return [expand_function(unit, model.actions, "moves", labels)]


def _demand_dense(unit: Unit, method: Method, parameter: Name) -> None:
    """Refuse to number calls by a parameter whose codes have holes: they would take the numbers of other calls."""
    codes = unit.layout.codes
    if is_container(parameter.type) or codes.holes(parameter.type) or codes.is_large(parameter.type):
        holds = any(is_container(part) for part in subtypes(parameter.type))
        why = "is or holds a container" if holds else f"takes more than {WORD_BITS} bits"
        raise Unsupported(
            f"calls of {method.name} are told apart by {parameter.name}, which {why}",
            location=method.location,
            help="tell them apart by other parameters, or use --engine reference",
        )


def expand_function(
    unit: Unit, actions: Sequence[ActionIR], name: str = "expand", labels: Sequence[ActionLabel] | None = None
) -> Function:
    """Generate ``expand``: all successors of each state, with the numbers of their actions, or other labels."""
    function = Function(name, EXPAND)
    given = labels or [ActionLabel(position) for position in range(len(actions))]
    b = Builder(function)
    at = b.register("at", RegisterType.WORD)
    state, start, count, target = (
        b.register(name, RegisterType.WORD) for name in ("state", "start", "count", "target")
    )
    before = StateView(registers_of(b, unit.layout, "w"), EXPAND["states"], at)
    working = StateView(registers_of(b, unit.layout, "t"), EXPAND["out"], target)
    capacity = b.argument(EXPAND["capacity"], 0, MOST_STATES)
    run = Expansion(state, start, count, target, capacity, before, working)
    # Scratch lies behind the successor being written: `expand_action` demands room for both before it begins.
    scratch = replace(working, registers=registers_of(b, unit.layout, "s"), offset=unit.layout.words)
    b.set(count, number(0))
    with counting(b, number(0), b.argument(EXPAND["count"], 0, MOST_STATES)) as index:
        b.set(state, index)
        b.set(at, multiply(b, index, number(unit.layout.words)))
        b.set(start, b.get_word(count))
        load_registers(b, unit.layout, before)
        for label, action in zip(given, actions, strict=True):
            ctx = replace(unit.context(b, {Root.STATE: before, Root.BEFORE: before}, EXPAND["status"]), scratch=scratch)
            _one_action(ctx, run, label, action)
        b.store(EXPAND["ends"], index, b.get_word(count))
    finish(b, EXPAND["status"], b.get_word(count))
    return function


def _one_action(ctx: Context, run: Expansion, label: ActionLabel, action: ActionIR) -> None:
    try:
        expand_action(ctx, run, label.first, action, label.weights)
    except Unsupported as error:
        raise located(error, action.location) from None
    fail_here(ctx, run.state, label.first, run.start)
