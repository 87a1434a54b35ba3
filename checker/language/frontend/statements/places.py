"""Places: the targets of assignments in the state."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import SelfBinding, Value
from assay.checker.language.frontend.context.lookup import no_variable
from assay.checker.language.frontend.context.ownership import demand_no_copy
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_sequence
from assay.checker.language.frontend.expressions.collections import stored_place
from assay.checker.language.frontend.expressions.local_changes import demand_no_local_item
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.frontend.statements.sharing import share
from assay.checker.language.ir.nodes import (
    Assign,
    Cast,
    Collection,
    Elements,
    Expr,
    Place,
    Read,
    Root,
    SeqStore,
    Statement,
    Stored,
)
from assay.checker.language.types import INT, BagType, MapType, OptionalType, SeqType, SetType, is_container
from assay.checker.wording import article

__all__ = ["ASSIGNABLE", "store", "writable", "written_place"]


def writable(scope: Scope, place: Place, node: ast.AST) -> Place:
    """Return the place unchanged; refuse one that cannot be assigned."""
    if place.root is Root.CHOSEN:
        scope.fail(node, "what an action chooses does not change", "assign it to a variable, and change that")
    assert place.root is Root.STATE  # what sees the state after a step is a property, which changes nothing
    if any(variable.name == place.variable for variable in scope.specification.structure):
        scope.fail(
            node,
            f"{place.variable} is chosen by the instance; it does not change",
            "make it a variable of the state: a Map for a Function, a Set of tuples for a Relation",
        )
    return place


_Target = Place | tuple[Place, Expr]
"""The target of an assignment: a place, or the place of a sequence and an index."""


def written_place(scope: Scope, node: ast.expr) -> _Target:
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            binding = scope.names.get(name)
            if isinstance(binding, SelfBinding):
                return _own_variable(scope, binding, attribute, node)
        case ast.Attribute(value=owner):
            value = scope.value(owner)
            if isinstance(value, Expr):
                scope.fail(node, f"{article(value.type)} does not change", "make a new one, and assign that")
        case ast.Subscript(value=owner, slice=index):
            return _entry(scope, node, scope.value(owner), owner, index)
    scope.fail(node, "this cannot be assigned to", ASSIGNABLE)


def _entry(scope: Scope, node: ast.Subscript, value: Value, owner: ast.expr, index: ast.expr) -> _Target:
    if isinstance(value, Place) and isinstance(value.type, MapType):
        key = scope.fit(compile_scalar(scope, index, value.type.key), value.type.key, index, "the key")
        keys, type_ = (*value.keys, key), value.type.value
        return writable(scope, Place(value.root, value.variable, keys, type_, location=scope.at(node)), node)
    if isinstance(index, ast.Slice):
        remedy = "assign the whole of it: self.queue = self.queue[:1] + self.queue[2:]"
        scope.fail(node, "a slice cannot be assigned to", remedy)
    if isinstance(value, Collection) and is_sequence(value):
        demand_no_local_item(scope, node)
    if isinstance(value, Stored):
        demand_no_copy(scope, owner)
        place = writable(scope, stored_place(scope, owner, SeqType, "sequence"), node)
        return place, scope.fit(compile_scalar(scope, index), INT, index, "the index", raising=True)
    is_part = isinstance(value, Elements) or (isinstance(value, Expr) and isinstance(value.type, MapType))
    remedy = remedies.PART if is_part else ASSIGNABLE
    scope.fail(node, f"{article(described(value))} has no entries to assign to", remedy)


def _own_variable(scope: Scope, owner: SelfBinding, name: str, node: ast.expr) -> Place:
    for variable in scope.specification.variables:
        if variable.name == name:
            return writable(scope, Place(owner.root, name, (), variable.type, location=scope.at(node)), node)
    if any(constant.name == name for constant in scope.specification.constants):
        scope.fail(
            node,
            f"{name} is a parameter of the instance; it does not change",
            "make it a variable: leave out Parameter",
        )
    no_variable(scope, name, node)


def store(scope: Scope, target: _Target, value: Expr, node: ast.expr | ast.stmt) -> Statement:
    if isinstance(target, tuple):
        place, index = target
        assert isinstance(place.type, SeqType)
        value = scope.fit(value, place.type.element, node, f"an item of {place.variable}")
        scope.wrote(place.variable)
        return SeqStore(place, index, value, location=scope.at(node))
    value = scope.fit(value, target.type, node, target.variable)
    scope.wrote(target.variable)
    if is_container(target.type):
        copy = {SetType: "set", SeqType: "list", BagType: "Bag"}.get(type(target.type), "dict")
        share(scope, target.variable, len(target.keys), node, f"{copy}(...)")
    # From here on, an optional variable that was given a value is known not to be None.
    if isinstance(target.type, OptionalType) and isinstance(value, Cast) and not target.keys:
        scope.facts[Read(target)] = target.type.inner
    return Assign(target, value, location=scope.at(node))


ASSIGNABLE = "possible are self.x, self.x[k] and local names"
