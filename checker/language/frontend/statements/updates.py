"""Calls as statements: require, procedures, and the methods that change containers of the state."""

from __future__ import annotations

import ast
import types

from assay.checker.language import model as decorators
from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import SelfBinding
from assay.checker.language.frontend.context.code import Code
from assay.checker.language.frontend.context.facts import Facts, learned, together
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.ownership import demand_no_copy
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_sequence
from assay.checker.language.frontend.expressions.building.accumulated import changed_in_place
from assay.checker.language.frontend.expressions.calls import no_function
from assay.checker.language.frontend.expressions.collections import compile_collection, stored_place
from assay.checker.language.frontend.expressions.eager import remark_on_guards
from assay.checker.language.frontend.expressions.functions import built_in_form
from assay.checker.language.frontend.expressions.helpers import bind_arguments
from assay.checker.language.frontend.expressions.iterables.copies import only_argument, some_arguments
from assay.checker.language.frontend.expressions.local_changes import demand_no_local
from assay.checker.language.frontend.expressions.methods import inherited_method, is_super, own_method
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_part, compile_scalar
from assay.checker.language.frontend.expressions.set_operations import combined, compile_set, differing
from assay.checker.language.frontend.expressions.widening import widen
from assay.checker.language.frontend.statements.branches import compile_block
from assay.checker.language.frontend.statements.items import inserted, popped, removed
from assay.checker.language.frontend.statements.places import writable
from assay.checker.language.ir.nodes import (
    And,
    Assertion,
    AssignCollection,
    AssignLocal,
    BagUpdate,
    Block,
    Clear,
    Collection,
    Concatenation,
    Elements,
    Expr,
    Member,
    Name,
    Place,
    Require,
    SeqAppend,
    SeqPop,
    SetChange,
    SetOf,
    SetOperator,
    SetUpdate,
    Statement,
    Stored,
)
from assay.checker.language.types import BOOL, BagType, SeqType, SetType, Type
from assay.checker.wording import article, listed

__all__ = [
    "compile_call_statement",
    "compile_expression_statement",
    "compile_pop",
    "compile_taken",
    "extended",
    "set_update",
    "toggled",
]

_SET_CHANGES = {
    "add": SetChange.ADD,
    "discard": SetChange.DISCARD,
    "update": SetChange.ADD,
    "difference_update": SetChange.DISCARD,
    "intersection_update": SetChange.KEEP,
}


_METHODS: dict[type[Type], list[str]] = {
    SetType: [*_SET_CHANGES, "symmetric_difference_update", "remove", "clear"],
    SeqType: ["append", "clear", "extend", "insert", "pop", "remove"],
    BagType: ["add", "remove", "clear"],
}


def compile_expression_statement(scope: Scope, node: ast.Expr) -> list[Statement]:
    """Compile an expression that stands alone: a call, or a docstring, which does nothing."""
    match node.value:
        case ast.Constant():
            return []
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if (
            changed := changed_in_place(scope, node, name)
        ) is not None:
            return scope.statement(changed)
        case ast.Call():
            return compile_call_statement(scope, node.value)
        case _:
            scope.fail(node, *remedies.refused(node))


def compile_call_statement(scope: Scope, node: ast.Call) -> list[Statement]:
    """Compile a call whose value is not used."""
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        if is_super(owner):
            return _procedure(scope, node, *inherited_method(scope, node.func))
        binding = scope.names.get(owner.id) if isinstance(owner, ast.Name) else None
        if isinstance(binding, SelfBinding):
            return _procedure(scope, node, *own_method(scope, node.func, binding))
        if not resolve(scope, node.func)[0]:
            return _update(scope, node, node.func)
    found, target = resolve(scope, node.func)
    if not found:
        no_function(scope, node.func)
    if target is decorators.require:
        return [_require(scope, node)]
    if target is decorators.some:
        compile_scalar(scope, node)
        return []
    if isinstance(target, types.FunctionType) and built_in_form(target) is None:
        return _procedure(scope, node, target, None)
    scope.fail(
        node,
        f"{ast.unparse(node.func)}() as a statement does nothing in a model",
        "possible are require, methods that change a container of the state, and your own functions",
    )


def _require(scope: Scope, node: ast.Call) -> Require:
    if not node.args or node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        scope.fail(node, "require takes one or more conditions", "require(a, b), or require(all(... for ...))")
    conditions = [compile_condition(scope, argument) for argument in node.args]
    remark_on_guards(scope, node, decorators.require, conditions)
    for condition in conditions:
        scope.facts = together(scope.facts, learned(condition, True))
    condition = conditions[0] if len(conditions) == 1 else _all_evaluated(conditions)
    return Require(condition, location=scope.at(node))


def _procedure(
    scope: Scope, node: ast.Call, function: types.FunctionType, owner: SelfBinding | None
) -> list[Statement]:
    code = Code.of(function)
    names, lets = bind_arguments(scope, node, code, owner)
    statements: list[Statement] = [AssignLocal(name, value, location=scope.at(node)) for name, value in lets]

    def body_and_facts() -> tuple[Block, Facts]:
        with scope.inside(code, dict(names), node):
            return compile_block(scope, code.node.body, code.node), scope.facts

    body, facts = scope.unless_too_much_is_known(body_and_facts)
    # Facts that the helper learned are about its own names, and facts about what it changed no longer hold.
    scope.facts = {e: t for e, t in scope.facts.items() if facts.get(e) == t}
    return [*statements, *body.statements]


def _update(scope: Scope, node: ast.Call, function: ast.Attribute) -> list[Statement]:
    demand_no_local(scope, node)
    value = scope.value(function.value)
    methods = _METHODS.get(type(value.place.type), []) if isinstance(value, Stored) else []
    if not isinstance(value, Stored) or function.attr not in methods:
        held = value if isinstance(value, Place) else value.place if isinstance(value, Stored) else None
        instead = None if held is None else remedies.method(function, held.type)
        if isinstance(value, Place) and function.attr == "update" and len(node.args) == 1 and not node.keywords:
            instead = remedies.changed(function.value, node.args[0])
        scope.fail(
            node,
            f"{article(described(value))} has no method {function.attr!r} in the language",
            instead or _possible(value, methods),
        )
    demand_no_copy(scope, function.value)
    place = writable(scope, value.place, node)
    match place.type:
        case SetType(element):
            return _change_set(scope, node, function.attr, place, element)
        case SeqType(element, _):
            return [_change_seq(scope, node, function.attr, place, element)]
        case _:
            assert isinstance(place.type, BagType)
            return [_change_bag(scope, node, function.attr, place, place.type.element)]


def _change_set(scope: Scope, node: ast.Call, name: str, place: Place, element: Type) -> list[Statement]:
    match name:
        case "add" | "discard":
            item = _argument(scope, node, element)
            value = SetOf((item,), element, location=scope.at(node))
            return [set_update(scope, _SET_CHANGES[name], place, value, node)]
        case "remove":
            return _taken_from(scope, node, place, element)
        case "clear":
            return [_cleared(scope, place, node)]
        case "symmetric_difference_update":
            return [toggled(scope, place, only_argument(scope, node), node)]
        case _:
            return [set_update(scope, _SET_CHANGES[name], place, _together(scope, node, name, element), node)]


def _taken_from(scope: Scope, node: ast.Call, place: Place, element: Type) -> list[Statement]:
    """Compile ``self.nodes.remove(x)``: discards an element, after a claim that the set has it."""
    item, at = _argument(scope, node, element), scope.at(node)
    held = Assertion(Member(item, Stored(place, location=at), location=at), location=at)
    change = set_update(scope, SetChange.DISCARD, place, SetOf((item,), element, location=at), node)
    return [AssignLocal(scope.fresh("held", BOOL, node), held, location=at), change]


def _together(scope: Scope, node: ast.Call, name: str, element: Type) -> Collection:
    """Return what the arguments of ``update`` or ``difference_update`` hold in all, or what they have in common."""
    arguments = map(_set_of, some_arguments(scope, node))
    first, *others = [compile_collection(scope, argument, element) for argument in arguments]
    operator = SetOperator.INTERSECTION if _SET_CHANGES[name] is SetChange.KEEP else SetOperator.UNION
    for other in others:
        first = combined(scope, operator, first, other, node)
    return first


def _set_of(argument: ast.expr) -> ast.expr:
    """Return a generator as the set of what it yields."""
    if not isinstance(argument, ast.GeneratorExp):
        return argument
    return ast.copy_location(ast.SetComp(argument.elt, argument.generators), argument)


def set_update(scope: Scope, change: SetChange, place: Place, value: Collection, node: ast.AST) -> SetUpdate:
    """Return the statement that adds a collection to a stored set, or removes it from there."""
    assert isinstance(place.type, SetType)
    widened = widen(scope, value, place.type.element, node)
    scope.wrote(place.variable)
    return SetUpdate(change, place, widened, location=scope.at(node))


def toggled(scope: Scope, place: Place, argument: ast.expr, node: ast.AST) -> AssignCollection:
    """Compile ``self.nodes ^= other`` and ``self.nodes.symmetric_difference_update(other)``."""
    assert isinstance(place.type, SetType)
    other = widen(scope, compile_set(scope, argument, place.type.element), place.type.element, node)
    whole = differing(scope, Stored(place, location=scope.at(node)), other, node)
    scope.wrote(place.variable)
    return AssignCollection(place, whole, in_place=True, location=scope.at(node))


def _change_seq(scope: Scope, node: ast.Call, name: str, place: Place, element: Type) -> Statement:
    match name:
        case "append":
            item = _argument(scope, node, element)
            scope.wrote(place.variable)
            return SeqAppend(place, item, location=scope.at(node))
        case "pop":
            return Block(tuple(compile_pop(scope, node, None)), location=scope.at(node))
        case "insert" | "remove":
            changed = inserted if name == "insert" else removed
            return Block(tuple(changed(scope, node, place)), location=scope.at(node))
        case "extend":
            return extended(scope, place, only_argument(scope, node), node)
        case _:
            return _cleared(scope, place, node)


def extended(scope: Scope, place: Place, argument: ast.expr, node: ast.AST) -> Statement:
    """Compile ``self.log.extend(m.entries)`` and ``self.log += m.entries``."""
    assert isinstance(place.type, SeqType)
    if isinstance(argument, ast.GeneratorExp):
        argument = ast.copy_location(ast.ListComp(argument.elt, argument.generators), argument)
    more = compile_collection(scope, argument, place.type.element)
    if not is_sequence(more):
        scope.fail(
            argument, f"a list is extended by a sequence, found {article(described(more))}", "sets have no order"
        )
    own = Stored(place, location=scope.at(node))
    whole = Concatenation(own, widen(scope, more, place.type.element, node), location=scope.at(node))
    scope.wrote(place.variable)
    return AssignCollection(place, whole, in_place=True, location=scope.at(node))


def compile_pop(scope: Scope, node: ast.Call, name: str | None) -> list[Statement]:
    """Compile ``self.queue.pop(0)``, and bind the item to the local name, if one is given."""
    assert isinstance(node.func, ast.Attribute)
    demand_no_local(scope, node)
    value = scope.value(node.func.value)
    if isinstance(value, Place):
        instead = remedies.method(node.func, value.type)
        scope.fail(node, f"{article(value.type)} has no method 'pop' in the language", instead)
    place = stored_place(scope, node.func.value, SeqType, "sequence")
    demand_no_copy(scope, node.func.value)
    place = writable(scope, place, node)
    match node.args:
        case []:
            first = False
        case [ast.Constant(value=0)]:
            first = True
        case _:
            return popped(scope, node, place, name)
    assert isinstance(place.type, SeqType)
    scope.wrote(place.variable)
    into = None
    if name is not None:
        into = scope.fresh(name, place.type.element, node)
        scope.names[name] = into
    return [SeqPop(place, first, into, location=scope.at(node))]


def compile_taken(scope: Scope, node: ast.Call) -> tuple[list[Statement], Name]:
    """Compile ``self.queue.pop(0)`` whose item has no name of the model's own; return the item, too."""
    hidden = "the item that is taken"
    statements = compile_pop(scope, node, hidden)
    item = scope.names.pop(hidden)
    assert isinstance(item, Name)
    return statements, item


def _change_bag(scope: Scope, node: ast.Call, name: str, place: Place, element: Type) -> Statement:
    if name == "clear":
        return _cleared(scope, place, node)
    item = _argument(scope, node, element)
    scope.wrote(place.variable)
    return BagUpdate(name == "add", place, item, location=scope.at(node))


def _argument(scope: Scope, node: ast.Call, wanted: Type) -> Expr:
    argument = only_argument(scope, node)
    return scope.fit(compile_part(scope, argument, wanted), wanted, argument, "the element")


def _cleared(scope: Scope, place: Place, node: ast.Call) -> Clear:
    if node.args or node.keywords:
        scope.fail(node, "clear takes no arguments", f"{ast.unparse(node.func)}()")
    scope.wrote(place.variable)
    return Clear(place, location=scope.at(node))


def _possible(value: object, methods: list[str]) -> str:
    if methods:
        return f"possible are {listed(methods)}"
    if isinstance(value, Place):
        return "assign its entries: self.m[k] = ..."
    if isinstance(value, Elements):
        return remedies.PART
    return "only containers of the state can be changed"


def _all_evaluated(conditions: list[Expr]) -> Expr:
    """Return the conjunction of conditions that Python evaluates all, even if the first is false."""
    return And(tuple(conditions), eager=True, location=conditions[0].location)
