"""``choose(...)`` and ``anything()`` in actions: parameters that the action does not name."""

from __future__ import annotations

import ast
from typing import TypeGuard

from assay.checker.language.choosing import choose
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import element_of
from assay.checker.language.frontend.expressions.collections import compile_collection, evaluated
from assay.checker.language.frontend.expressions.presence import demand_place
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    AssignLocal,
    Collected,
    Collection,
    Comprehension,
    Expr,
    Generator,
    Member,
    Name,
    Place,
    Read,
    Require,
    Root,
    Stored,
    substituted,
)
from assay.checker.language.types import BOOL, BagType, IntType, MapType, SeqType, SetType, Type, is_container, subtypes

__all__ = ["chosen_place", "compile_choice_of_entry", "compile_choose", "is_choice", "place_of_choice"]


def compile_choose(scope: Scope, node: ast.Call, expected: Type | None) -> Expr:
    """Compile ``choose(q for q in Quorum if ...)``: a new parameter, and the condition that it is an option."""
    hoisted = demand_place(scope, node, "choose")
    options = _options(scope, node, expected)
    value = _hidden(scope, element_of(options), node)
    if can_fail(options):
        computed = evaluated(scope, options, node)
        hoisted.before.append(AssignLocal(scope.fresh("computed", BOOL, node), computed, location=scope.at(node)))
    hoisted.before += [Require(condition, location=scope.at(node)) for condition in _among(value, options, node, scope)]
    return value


def _among(value: Expr, options: Collection, node: ast.Call, scope: Scope) -> list[Expr]:
    """Return the condition that a value is among the options; for a filtered set, membership and the filter.

    Membership on its own lets an explorer draw the value from the set, instead of trying every value of its type.
    """
    match options:
        case Comprehension(Name() as item, (Generator(variable, Stored() as domain, condition),)) if item == variable:
            if condition is not None and not can_fail(options):
                inside = Member(value, domain, location=scope.at(node))
                return [inside, substituted(condition, {variable: value})]
    return [Member(value, options, location=scope.at(node))]


def is_choice(node: ast.expr, scope: Scope) -> TypeGuard[ast.Call]:
    """Return whether an expression is a call of `choose`."""
    return isinstance(node, ast.Call) and resolve(scope, node.func)[1] is choose


def compile_choice_of_entry(scope: Scope, node: ast.Call, expected: Type | None) -> tuple[Expr, Require]:
    """Compile a choice for each key of a map, in a round of the scope that has the variable for the key."""
    options = _options(scope, node, expected)
    value = _hidden(scope, element_of(options), node)
    return value, Require(Member(value, options, location=scope.at(node)), location=scope.at(node))


def _options(scope: Scope, node: ast.Call, expected: Type | None) -> Collection:
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        scope.fail(
            node, "choose takes what is chosen from", "choose(q for q in Quorum if ...), or choose(self.waiting)"
        )
    argument = node.args[0]
    if isinstance(argument, ast.GeneratorExp):
        argument = ast.copy_location(ast.SetComp(argument.elt, argument.generators), argument)
    # A display such as [] takes the expected type; a stored collection keeps its own, and must not be widened.
    return compile_collection(scope, argument, expected if isinstance(argument, ast.Set) else None)


def chosen_place(scope: Scope, type_: Type, node: ast.AST) -> Place | Name:
    """Return the variable for an arbitrary value of a type, which is a place if the type is a container."""
    _demand_bounded(scope, type_, node)
    name = scope.choice(type_, node)
    return name if not is_container(type_) else Place(Root.CHOSEN, name.name, (), type_, location=scope.at(node))


def _hidden(scope: Scope, type_: Type, node: ast.AST) -> Expr:
    """Return the parameter for a choice; in a loop, its entry for the element of the iteration."""
    _demand_bounded(scope, type_, node)
    whole = type_
    for variable in reversed(scope.rounds):
        if isinstance(variable.type, IntType) and (variable.type.is_computed or variable.type.is_unbounded):
            scope.fail(node, "a choice in a loop over numbers has no bounds", "loop over a sort, an Order or a set")
        whole = MapType(variable.type, whole)
    name = scope.choice(whole, node)
    if not is_container(whole):
        return name
    place = Place(Root.CHOSEN, name.name, scope.rounds, type_, location=scope.at(node))
    # A parameter that is a container is a place; what is chosen is a value, such as one element of a set of sets.
    if isinstance(type_, SetType | SeqType | BagType):
        return Collected(Stored(place, location=scope.at(node)), type_, location=scope.at(node))
    return Read(place, location=scope.at(node))


def place_of_choice(value: Expr) -> Place:
    """Return the place of what is chosen for a key."""
    match value:
        case Collected(Stored(place)) | Read(place):
            return place
    raise AssertionError(value)


def _demand_bounded(scope: Scope, type_: Type, node: ast.AST) -> None:
    numbers = [part for part in subtypes(type_) if isinstance(part, IntType)]
    if any(part.is_computed or part.is_unbounded for part in numbers):
        scope.fail(
            node,
            "numbers without bounds are not chosen",
            "give them a Range, or make the number a parameter of the action: n: Range[0, 3]",
        )
