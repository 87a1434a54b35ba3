"""What names denote: local names, state variables and parameters of the instance; and names that denote nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace
from typing import NoReturn

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import Binding, GivenAway, SelfBinding, Snapshot, Unbound, Value
from assay.checker.language.frontend.context.facts import known, variables_in
from assay.checker.language.frontend.context.ownership import demand_own
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.staleness import as_named
from assay.checker.language.ir.nodes import Collection, ConstantRef, Expr, Name, Place, Root, SetOf, Stored
from assay.checker.language.types import BOOL, INT, MapType, Type
from assay.checker.wording import closest, listed, nearest

__all__ = ["attribute", "chosen_value", "demand_new", "look_up", "no_name", "no_variable"]


def look_up(scope: Scope, node: ast.Name, expected: Type | None = None) -> Value | SelfBinding | None:
    """Return the binding of a local name, or None if it is not local; ``expected`` is the type of its elements."""
    binding = scope.names.get(node.id)
    match binding:
        case Unbound(why, help):
            scope.fail(node, f"{node.id} {why}", help)
        case Place(variable=variable) if variable in scope.given:
            place = scope.given[variable].place
            scope.fail(
                node,
                f"{node.id} is the container in {place} since it was assigned to it",
                f"assign a copy: {place} = dict(...)",
            )
        case GivenAway(variable=variable, changes=changes, container=container):
            unchanged = container is not None and scope.written.get(variable) == changes
            current = as_named(container, scope.written) if container is not None and unchanged else None
            if current is None:
                demand_own(scope, node)
            return current
        case Snapshot(SetOf() as empty, open=True, said=said):
            element = expected or said
            if element is None:
                scope.fail(node, f"nothing says of what {node.id} is empty", remedies.annotated(node.id))
            return replace(empty, of=element)
        case Snapshot(collection):
            current = as_named(binding, scope.written)
            return _stale(scope, node, collection) if current is None else current
        case Expr():
            return known(binding, scope.facts)
        case _:
            return binding


def demand_new(scope: Scope, names: Iterable[str], node: ast.AST) -> None:
    """Refuse to bind names that have a value already: in Python, they would keep the new one after the block."""
    for name in names:
        if not isinstance(scope.names.get(name, Unbound()), Unbound):
            scope.fail(node, f"{name} has a value already, and Python would replace it here", "use another name")


def attribute(scope: Scope, root: Root, name: str, node: ast.AST) -> Value | None:
    """Return the value of a state variable or instance parameter, or None if there is none of that name."""
    for variable in scope.specification.variables:
        if variable.name == name:
            root = Root.STATE if variable.immutable else root  # no step changes it
            return scope.read(Place(root, name, (), variable.type, location=scope.at(node)))
    for constant in scope.specification.constants:
        if constant.name == name:
            return ConstantRef(name, BOOL if constant.type is bool else INT, location=scope.at(node))
    return None


def chosen_value(scope: Scope, parameter: Name) -> Binding:
    """Return the value of a container parameter: a collection, or a map that can be indexed."""
    place = Place(Root.CHOSEN, parameter.name, (), parameter.type, location=parameter.location)
    return place if isinstance(place.type, MapType) else scope.snapshot(Stored(place, location=place.location))


def no_variable(scope: Scope, name: str, node: ast.AST) -> NoReturn:
    """Refuse a name that is not a state variable."""
    specification = scope.specification
    known = [variable.name for variable in specification.variables]
    scope.fail(node, f"{specification.name} has no variable {name!r}{nearest(name, known)}", f"it has {listed(known)}")


def no_name(scope: Scope, name: str, node: ast.AST) -> NoReturn:
    """Refuse an undefined name."""
    known = {found: found for found in (*scope.names, *scope.code.globals) if not found.startswith("_")}
    if name[:1].islower():  # what begins with a capital was to be a class
        known |= {variable.name: f"self.{variable.name}" for variable in scope.specification.variables}
    near = closest(name, known)
    meant = f"; did you mean {known[near]!r}?" if near else ""
    scope.fail(node, f"{name} is not defined{meant}", "possible are parameters, local and global names, and self.x")


def _stale(scope: Scope, node: ast.Name, collection: Collection) -> NoReturn:
    """Refuse a collection that cannot be computed any more."""
    what, remedy = "the name", "use it before that changes, or compute it after"
    if any(isinstance(read, str) and read in scope.written for read in variables_in(collection)):
        what = "the state"
        remedy = "compute it before the action first changes that, or use it before the next change"
    scope.fail(node, f"{node.id} was computed before {what} that it depends on changed", remedy)
