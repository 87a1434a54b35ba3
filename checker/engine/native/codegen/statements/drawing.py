"""Parameters that a guard draws from a set or bag: the loop is over its elements, not over all possible ones.

``require(m in self.messages)`` leaves only a few of a great many possible messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from assay.checker.engine.native.codegen.containers.sets import universe_size
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.iteration.comprehensions import is_distinct
from assay.checker.engine.native.codegen.iteration.loops import each_of_bag
from assay.checker.engine.native.codegen.statements.guards import Guard
from assay.checker.language.ir.nodes import (
    Cast,
    Collection,
    Elements,
    Expr,
    IsKind,
    Member,
    Name,
    Narrow,
    Place,
    Require,
    Stored,
)
from assay.checker.language.types import BagType, BoolType, IntType, RecordType, SetType, UnionType

__all__ = ["drawn_by", "each_drawn"]


def drawn_by(ctx: Context, parameter: Name, guards: list[Guard]) -> Require | None:
    """Return the guard that draws a parameter from a set or bag, such as ``require(m in self.messages)``, or None."""
    if universe_size(ctx, parameter.type) is not None or isinstance(parameter.type, IntType | BoolType):
        return None
    for guard in guards:
        # An earlier guard may raise for a value outside of it too, and such values would not be tried.
        if not isinstance(guard, Require) or ctx.facts.can_fail(guard.condition):
            return None
        match guard.condition:
            case Member(element, Stored(Place(type=SetType() | BagType())) | Elements() as collection) if (
                _is_drawn(element, parameter)
                and (is_distinct(collection) or _bag(collection) is not None)
                and ctx.facts.names(collection) <= ctx.names.keys()
            ):
                return guard
    return None


def _is_drawn(element: Expr, parameter: Name) -> bool:
    """Return whether an expression is a parameter, possibly widened to a union."""
    if isinstance(element, Cast) and isinstance(element.type, UnionType) and isinstance(parameter.type, RecordType):
        return element.operand == parameter
    return element == parameter


def _bag(collection: Collection) -> Place | None:
    """Return the place of a bag of the state, or None for any other collection."""
    return collection.place if isinstance(collection, Stored) and isinstance(collection.place.type, BagType) else None


@contextmanager
def each_drawn(ctx: Context, parameter: Name, guard: Require) -> Iterator[None]:
    """Run the generated block once for each element of a set or bag that has the parameter's type."""
    assert isinstance(guard.condition, Member)
    collection = guard.condition.collection
    if collection.element == parameter.type:
        with _each_once(ctx, collection, parameter):
            yield
        return
    element = ctx.fresh(collection.element)
    with ExitStack() as stack:
        stack.enter_context(_each_once(ctx, collection, element))
        stack.enter_context(ctx.b.when(ctx.truth(IsKind(element, (parameter.type,)))))
        stack.enter_context(ctx.binding(parameter, ctx.expr(Narrow(element, parameter.type, safe=True))))
        yield


def _each_once(ctx: Context, collection: Collection, variable: Name) -> AbstractContextManager[None]:
    """Loop over a set or a bag; over each element of a bag once, however many copies of it are there."""
    bag = _bag(collection)
    return ctx.each(collection, variable) if bag is None else each_of_bag(ctx, bag, variable)
