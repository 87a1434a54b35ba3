"""Guards on a container that an action chooses, as conditions on single elements or entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.statements.guards import Guard
from assay.checker.immutable import immutable
from assay.checker.language.ir.nodes import (
    Comparison,
    Expr,
    Member,
    Name,
    Node,
    Not,
    Or,
    Place,
    Quantifier,
    Require,
    Root,
    SetRelation,
    Stored,
    Universe,
    children,
)
from assay.checker.language.types import MapType, SetType

__all__ = ["Test", "tests_of"]


@immutable
class Test:
    """What a guard demands of each element or key of a container: ``all(body for variable in ...)``.

    Attributes
    ----------
    guard : int
        The identity of the guard.
    variable : Name
        Stands for the element or key.
    body : Expr
        The condition on it.
    """

    guard: int
    variable: Name
    body: Expr


def tests_of(ctx: Context, parameter: Name, guards: Sequence[Guard]) -> Iterator[Test]:
    """Yield what guards demand of each element or key of a container that an action chooses.

    Only guards before the first that may fail, or that is not a ``require``, are used: testing a later one first would
    hide that failure for the containers that it excludes.
    """
    for guard in guards:
        if not isinstance(guard, Require):
            return
        found = None if ctx.facts.can_fail(guard.condition) else _elementwise(ctx, guard.condition, parameter)
        if found is not None and _asks_only_there(found[1], found[0], parameter):
            yield Test(id(guard), *found)
        elif ctx.facts.can_fail(guard.condition):
            return


def _elementwise(ctx: Context, condition: Expr, parameter: Name) -> tuple[Name, Expr] | None:
    """Return a condition as one on each element of a set, or each key of a map; None if it has no such form."""
    part = parameter.type.element if isinstance(parameter.type, SetType) else None
    key = parameter.type.key if isinstance(parameter.type, MapType) else part
    whole = Stored(Place(Root.CHOSEN, parameter.name, (), parameter.type))
    match condition:
        case Quantifier(True, name, Universe(of), body) if of == key:
            return name, body
        case Quantifier(True, name, Stored() as domain, body) if domain == whole and part is not None:
            return name, Or((Not(Member(name, whole)), body))
        case SetRelation(Comparison.LE, left, right) if part is not None and left == whole and right.element == part:
            name = ctx.fresh(part)
            return name, Or((Not(Member(name, whole)), Member(name, right)))
        case SetRelation(Comparison.LE, left, right) if part is not None and right == whole and left.element == part:
            name = ctx.fresh(part)
            return name, Or((Not(Member(name, left)), Member(name, whole)))
        case _:
            return None


def _asks_only_there(body: Node, name: Name, parameter: Name) -> bool:
    """Return whether a condition depends on a single element, or entry, of the container."""
    match body:
        case Member(element, Stored(Place(Root.CHOSEN, variable, ()))) if variable == parameter.name:
            return element == name
        case Place(Root.CHOSEN, variable, keys) if variable == parameter.name:
            return keys[:1] == (name,) and all(_asks_only_there(key, name, parameter) for key in keys[1:])
        case _:
            return all(_asks_only_there(part, name, parameter) for part in children(body))
