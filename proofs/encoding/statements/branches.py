"""Branches: the guards, changes and names of both, merged by the test."""

from __future__ import annotations

from collections.abc import Callable

from assay.checker.immutable import immutable
from assay.proofs.encoding.statements.effects import Execution
from assay.proofs.encoding.symbols.values import Value, choose
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition
from assay.proofs.logic.terms import FALSE, TRUE, Symbol, Term, variable

__all__ = ["either"]

_Definitions = dict[Symbol, Definition]


@immutable
class _Point:
    """The state of an execution at some point."""

    definitions: _Definitions
    names: dict[str, Value]
    guards: list[Term]


def either(e: Execution, test: Term, then: Callable[[], None], otherwise: Callable[[], None]) -> None:
    """Execute both branches, and merge by the test what each of them does."""
    if test is TRUE or test is FALSE:
        return then() if test is TRUE else otherwise()
    before = _Point(dict(e.context.definitions), dict(e.context.names), e.guards)
    first = _taken(e, test, then, before)
    second = _taken(e, logic.negation(test), otherwise, before)
    # The guards of a branch apply only if it is taken; what neither branch changes needs no test at all.
    e.guards = [*before.guards, logic.ite(test, logic.conjunction(first.guards), logic.conjunction(second.guards))]
    e.context.definitions = _merged(test, first.definitions, second.definitions)
    # Only names bound in both branches survive: those bound before, those that a statement assigned, and those with
    # the same value in both. A name that a quantifier inside a branch bound is out of scope here.
    e.context.names = {
        name: choose(test, first.names[name], second.names[name]) if value is not second.names[name] else value
        for name, value in first.names.items()
        if name in second.names and (name in before.names or name in e.given or value == second.names[name])
    }


def _taken(e: Execution, test: Term, block: Callable[[], None], before: _Point) -> _Point:
    path, context = e.path, e.context
    e.path = (*path, *before.guards, test)
    context.definitions, context.names, e.guards = dict(before.definitions), dict(before.names), []
    block()
    e.path = path
    return _Point(context.definitions, context.names, e.guards)


def _merged(test: Term, then: _Definitions, otherwise: _Definitions) -> _Definitions:
    merged = {}
    for symbol in {**then, **otherwise}:
        first, second = then.get(symbol), otherwise.get(symbol)
        if first is second and first is not None:
            merged[symbol] = first
            continue
        formals = tuple(variable(sort) for sort in symbol.arguments)
        bodies = [symbol(*formals) if d is None else d(*formals) for d in (first, second)]
        merged[symbol] = Definition(formals, logic.ite(test, *bodies))
    return merged
