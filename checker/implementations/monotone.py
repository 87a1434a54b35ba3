"""Prune path searches by monotone variables: a state that already exceeds the goal cannot lead to it.

A search for a short path between two model states meets everything else that the model could do. If no action removes
elements from a set, a step that adds an element missing from the goal can be pruned, as nothing undoes it. Whether a
variable is monotone is derived from the statements of the actions, so nothing has to be assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from assay.checker.errors import AssayError
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.ir.nodes import TRUE, Assign, Place, Root, SetChange, SetUpdate, Statement, walk
from assay.checker.language.types import BoolType, MapType, SetType, Type

__all__ = ["Leads", "leads"]

Leads: TypeAlias = Callable[[Frozen, Frozen], bool]
"""Returns False only if no path leads from the first state to the second."""


def leads(specification: Specification) -> Leads:
    """Return the test whether a path of a model may lead from one state to another.

    For a model that cannot be compiled, it is always true.
    """
    names = _growing(specification)
    growing = [(n, _within(v.type)) for n, v in enumerate(specification.variables) if v.name in names]
    return lambda state, goal: all(within(state[n], goal[n]) for n, within in growing)


def _growing(specification: Specification) -> frozenset[str]:
    try:
        actions = compile_model(specification).actions
    except AssayError:
        return frozenset()
    shrinking = {
        place.variable
        for action in actions
        for statement in walk(action.body)
        if isinstance(statement, Statement) and not _only_adds(statement)
        for place in _changed(statement)
    }
    named = {v.name for v in specification.variables if _grows(v.type)}
    return frozenset(named - shrinking)


def _changed(statement: Statement) -> Iterator[Place]:
    """Yield the place that a statement changes by itself, apart from the statements inside it."""
    place = getattr(statement, "place", None)
    if isinstance(place, Place) and place.root is Root.STATE:
        yield place


def _only_adds(statement: Statement) -> bool:
    match statement:
        case SetUpdate(SetChange.ADD):
            return True
        case Assign(_, value):
            return value == TRUE
    return False


def _grows(type_: Type) -> bool:
    """Return whether values of a type can grow: sets, truth values, and maps of these."""
    return isinstance(type_, SetType | BoolType) or (isinstance(type_, MapType) and _grows(type_.value))


def _within(type_: Type) -> Callable[[Any, Any], bool]:
    """Return whether the first of two frozen values may grow to the second."""
    if isinstance(type_, MapType):
        inner = _within(type_.value)
        return lambda a, b: all(map(inner, a, b))
    return _is_below


def _is_below(a: Any, b: Any) -> bool:
    """Return whether a set is part of another, or a truth value implies another."""
    return bool(a <= b)
