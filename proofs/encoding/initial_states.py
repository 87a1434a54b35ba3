"""The initial states: a transition from an arbitrary state, by the variables' defaults and the `@initial` methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assay.checker.language.introspection.specification import MISSING, Variable
from assay.checker.language.ir.program import ModelIR
from assay.checker.language.types import BoolType, MapType, OptionalType, SetType, Type
from assay.checker.language.values import Anything, Everywhere
from assay.proofs.encoding.execution import Transition, transition
from assay.proofs.encoding.expressions.definedness import Failure
from assay.proofs.encoding.symbols.bounds import keeps
from assay.proofs.encoding.symbols.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.symbols.literals import literal
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import are_equal
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition
from assay.proofs.logic.terms import FALSE, Symbol, Term, number, variable

__all__ = ["initial_states"]


def initial_states(theory: Theory, model: ModelIR) -> Iterator[Transition]:
    """Yield the ways to make an initial state, each as a transition from a state about which nothing is known."""
    start: dict[Symbol, Definition] = {}
    guards = []
    for variable_ in model.specification.variables:
        if variable_.immutable:
            continue
        start.update(_default(theory, variable_))
        # *Any value* means to leave the symbol as it is: nothing is known about it except its bounds.
        if isinstance(variable_.default, Anything):
            guards.append(keeps(theory, variable_))
    if not model.initials:
        yield _complete(theory, Transition("initial state", (), (), logic.conjunction(guards), start))
    for method in model.initials:
        yield from (_complete(theory, made) for made in transition(theory, method, start, guards))


def _complete(theory: Theory, made: Transition) -> Transition:
    """Return a way to make an initial state that fails if it leaves a variable without a value."""
    missing = [
        Failure(made.guard, f"an initial value of {variable_.name}", variable_.location)
        for variable_ in theory.specification.variables
        if variable_.default is MISSING and not variable_.immutable
        if made.definitions.keys().isdisjoint(theory.layouts[variable_.name].leaves())
    ]
    return replace(made, failures=(*made.failures, *missing))


def _default(theory: Theory, variable_: Variable) -> Iterator[tuple[Symbol, Definition]]:
    if isinstance(variable_.default, Anything):
        return
    layout = theory.layout(variable_.name, variable_.location)
    try:
        yield from _filled(layout, variable_.type, variable_.default)
    except Unencodable as error:
        remedy = f"make it in a method that is decorated with @initial: self.{variable_.name} = ..."
        raise Unencodable(error.construct, variable_.location, finite=True, remedy=remedy) from None


def _filled(layout: Layout, type_: Type, value: Any) -> Iterator[tuple[Symbol, Definition]]:
    match layout:
        case MapLayout(MapType(_, inner), parts) if not isinstance(value, dict):
            entry = value.value if isinstance(value, Everywhere) else value
            for _, part in parts:
                yield from _filled(part, inner, entry)
        case SetLayout():
            yield from _set(layout, () if value is MISSING else value)
        case SeqLayout():
            yield from _sequence(layout, () if value is MISSING else value)
        case BagLayout():
            yield from _bag(layout, {} if value is MISSING else value.counts)
        case ScalarLayout():
            yield from _scalar(layout, type_, _empty(type_) if value is MISSING else value)
        case _:
            raise Unencodable("an initial value given key by key", None)


def _empty(type_: Type) -> Any:
    match type_:
        case BoolType():
            return False
        case OptionalType():
            return None
        case _:
            return MISSING


def _scalar(layout: ScalarLayout, type_: Type, value: Any) -> Iterator[tuple[Symbol, Definition]]:
    if value is not MISSING:
        for symbol, term in layout.written(literal(value, type_)):
            yield symbol, _everywhere(symbol, term)


def _everywhere(symbol: Symbol, term: Term) -> Definition:
    return Definition(tuple(variable(sort) for sort in symbol.arguments), term)


def _sequence(layout: SeqLayout, items: Any) -> Iterator[tuple[Symbol, Definition]]:
    yield layout.length, _everywhere(layout.length, number(len(items)))
    for index, item in enumerate(items):
        for symbol, term in layout.item(index).written(literal(item, layout.type.element)):
            yield symbol, _everywhere(symbol, term)


def _bag(layout: BagLayout, counts: Any) -> Iterator[tuple[Symbol, Definition]]:
    values = [(literal(item, layout.type.element), count) for item, count in counts.items()]
    for case, symbol in layout.counts:
        formals = tuple(variable(sort) for sort in symbol.arguments)
        own = case.build(formals[len(formals) - len(case.sorts) :])
        copies = (logic.ite(are_equal(own, value), number(count), number(0)) for value, count in values)
        yield symbol, Definition(formals, logic.add(copies))


def _set(layout: SetLayout, items: Any) -> Iterator[tuple[Symbol, Definition]]:
    type_ = layout.type
    assert isinstance(type_, SetType)
    values = [literal(item, type_.element) for item in items]
    for case, symbol in layout.relations:
        formals = tuple(variable(sort) for sort in symbol.arguments)
        own = case.build(formals[len(formals) - len(case.sorts) :])  # the keys of the maps around it come first
        inside = logic.disjunction(are_equal(own, value) for value in values) if values else FALSE
        yield symbol, Definition(formals, inside)
