"""The native functions of a model's instance: everything that is generated, put together."""

from __future__ import annotations

from functools import cached_property

from assay.checker.engine.native.codegen.expanding import expand_function, moves_functions
from assay.checker.engine.native.codegen.facts import Facts
from assay.checker.engine.native.codegen.judging import labels_function, predicates_function, steps_function
from assay.checker.engine.native.codegen.operations.instructions import Module, listing
from assay.checker.engine.native.codegen.packing.layout import Layout
from assay.checker.engine.native.codegen.units import Unit, quorum_tables
from assay.checker.engine.order_limits import orders_of, uses_order_limit
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.frontend.mappings import MappingIR
from assay.checker.language.ir.program import ModelIR, PredicateIR
from assay.checker.language.kinds import Judged, Kind
from assay.checker.language.types import SortType

__all__ = ["Source", "generate", "generate_mapping", "generate_moves"]


@immutable
class Source:
    """Generated functions, and the predicate that each bit of their masks stands for.

    Attributes
    ----------
    module : Module
        The functions.
    inspected, steps : tuple of PredicateIR
        The predicates of ``inspect`` and of ``steps``, by bit.
    """

    module: Module
    inspected: tuple[PredicateIR, ...]
    steps: tuple[PredicateIR, ...]

    @cached_property
    def text(self) -> str:
        """The listing, by which compiled code is found in the cache."""
        return listing(self.module)


def generate(model: ModelIR, instance: Instance, layout: Layout) -> Source:
    """Generate the native functions of an instance: those of `Program`, and those that are called after a search.

    Raises
    ------
    Unsupported
        If the model computes with values that the native explorer cannot hold.
    """
    unit = Unit(layout, Facts(), quorum_tables(instance, layout))
    inspected = model.judged_on(Judged.STATE)
    steps = model.judged_on(Judged.STEP)
    functions = [expand_function(unit, model.actions)]
    if inspected:
        functions.append(predicates_function(unit, "inspect", inspected))
    for name, kind, universal in (
        ("within", Kind.CONSTRAINT, True),
        ("terminal", Kind.TERMINAL, False),
    ):
        if model.of(kind):
            functions.append(predicates_function(unit, name, model.of(kind), universal))
    if steps:
        functions.append(steps_function(unit, "steps", steps))
    if constraints := model.of(Kind.STEP_CONSTRAINT):
        functions.append(steps_function(unit, "taken", constraints, joined=True))
    if model.temporals:
        functions.append(labels_function(unit, model.temporals))
    if model.specification.needs_steps:
        functions += moves_functions(unit, model, instance)
    orders = orders_of(instance.specification)
    if orders:
        functions.append(predicates_function(unit, "order_limits", [_at_limit(model, order) for order in orders]))
    return Source(Module(tuple(unit.tables.values()), tuple(functions)), inspected, steps)


def generate_mapping(mapping: MappingIR, instance: Instance, layout: Layout) -> Module:
    """Generate ``expand`` of a mapping: it writes each state, and its view in the words after it.

    Raises
    ------
    Unsupported
        If the mapping computes with values that the native explorer cannot hold.
    """
    unit = Unit(layout, Facts(), quorum_tables(instance, layout))
    function = expand_function(unit, [mapping.action])
    return Module(tuple(unit.tables.values()), (function,))


def generate_moves(model: ModelIR, instance: Instance, layout: Layout) -> Module:
    """Generate ``expand``, and ``moves`` if fairness tells calls of one action apart, without any predicates.

    Raises
    ------
    Unsupported
        If the model computes with values that the native explorer cannot hold.
    """
    unit = Unit(layout, Facts(), quorum_tables(instance, layout))
    functions = [expand_function(unit, model.actions), *moves_functions(unit, model, instance)]
    return Module(tuple(unit.tables.values()), tuple(functions))


def _at_limit(model: ModelIR, order: SortType) -> PredicateIR:
    """Return the predicate that some variable holds the greatest element of an order."""
    return PredicateIR(order.cls.__name__, Kind.REACHABLE, (), uses_order_limit(model.specification, order), None)
