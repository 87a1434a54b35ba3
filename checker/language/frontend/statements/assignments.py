"""Assignments to places of the state and to local names."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import Snapshot
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.ownership import is_open
from assay.checker.language.frontend.context.rewriting import kept_name, one_by_one
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.choices import chosen_place
from assay.checker.language.frontend.expressions.hints import element_named
from assay.checker.language.frontend.expressions.operands import compile_part
from assay.checker.language.frontend.statements.containers import (
    assign_container,
    assign_everywhere,
    copied,
    is_everywhere,
)
from assay.checker.language.frontend.statements.local_names import assign_name, is_pop
from assay.checker.language.frontend.statements.places import ASSIGNABLE, store, written_place
from assay.checker.language.frontend.statements.unpacking import assign_tuple
from assay.checker.language.frontend.statements.updates import compile_taken
from assay.checker.language.ir.nodes import Name, Statement
from assay.checker.language.types import MapType, SeqType
from assay.checker.language.values import anything

__all__ = ["compile_annotated", "compile_assignment"]


def compile_assignment(scope: Scope, node: ast.Assign) -> list[Statement]:
    """Compile ``target = value``."""
    if len(node.targets) == 1:
        return compile_target(scope, node.targets[0], node.value, node)
    first, *others = one_by_one(node)
    statements = scope.statement(first)
    if isinstance(scope.names[kept_name(node)], Snapshot):
        scope.fail(node.value, "the targets would share one container", "write one assignment a line")
    statements += [inner for other in others for inner in scope.statement(other)]
    del scope.names[kept_name(node)]
    return statements


def compile_annotated(scope: Scope, node: ast.AnnAssign) -> list[Statement]:
    """Compile ``target: type = value``."""
    if node.value is None:
        scope.fail(node, *remedies.refused(node))
    if isinstance(node.target, ast.Name) and is_open(scope, node.value):
        return assign_name(scope, node.target.id, node.value, node, element_named(scope, node.annotation))
    if isinstance(node.target, ast.Name) and not is_pop(node.value):
        return assign_name(scope, node.target.id, node.value, node, annotation=node.annotation)
    return compile_target(scope, node.target, node.value, node)


def compile_target(scope: Scope, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[Statement]:
    """Compile ``target = value``."""
    match target:
        case ast.Name(id=name):
            return assign_name(scope, name, value, node)
        case ast.Tuple(elts=targets):
            return assign_tuple(scope, targets, value, node)
        case ast.Attribute() | ast.Subscript() if is_pop(value):
            # Python evaluates the right side first: the item is taken before the target is evaluated.
            before, item = compile_taken(scope, value)
            return [*before, store(scope, written_place(scope, target), item, node)]
        case ast.Attribute() | ast.Subscript():
            return _assign_place(scope, target, value, node)
        case _:
            scope.fail(target, "this cannot be assigned to", ASSIGNABLE)


def _assign_anything(scope: Scope, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[Statement]:
    """Compile ``self.x = anything()``: any value of the variable's type."""
    place = written_place(scope, target)
    if scope.rounds:
        scope.fail(value, "anything() has no place in a loop", "put it before the loop, or after it")
    if isinstance(place, tuple) or place.keys:
        scope.fail(
            value, "anything() is the value of a whole variable, once", "choose(v for v in ...) takes one of some"
        )
    if isinstance(place.type, MapType):
        scope.replaced.append(place)
    source = chosen_place(scope, place.type, value)
    return [store(scope, place, source, node) if isinstance(source, Name) else copied(scope, place, source, node)]


def _assign_place(scope: Scope, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[Statement]:
    if isinstance(value, ast.Call) and resolve(scope, value.func)[1] is anything:
        return _assign_anything(scope, target, value, node)
    place = written_place(scope, target)
    if isinstance(place, tuple):
        assert isinstance(place[0].type, SeqType)
        return [store(scope, place, compile_part(scope, value, place[0].type.element), node)]
    if isinstance(place.type, MapType):
        scope.replaced.append(place)
    if isinstance(place.type, MapType) and is_everywhere(value, scope):
        return assign_everywhere(scope, place, value, node)
    return [assign_container(scope, place, value, node)]
