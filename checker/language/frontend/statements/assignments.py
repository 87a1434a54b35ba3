"""Assignments to places of the state and to local names."""

from __future__ import annotations

import ast
from typing import TypeGuard

from assay.checker.errors import ModelError
from assay.checker.language.choosing import choose
from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import SelfBinding, Snapshot
from assay.checker.language.frontend.context.lookup import look_up, no_name
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.ownership import is_open, local_container
from assay.checker.language.frontend.context.rewriting import kept_name, one_by_one
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_alias, is_bag, is_empty, is_sequence
from assay.checker.language.frontend.context.typing import Facts, coerce, fits
from assay.checker.language.frontend.expressions.choices import chosen_place
from assay.checker.language.frontend.expressions.collections import (
    compile_set,
    element_named,
    evaluated,
    open_snapshot,
    type_named,
)
from assay.checker.language.frontend.expressions.iterables.generators import items_of
from assay.checker.language.frontend.expressions.operands import compile_part, compile_scalar
from assay.checker.language.frontend.expressions.operators import ARITHMETIC
from assay.checker.language.frontend.statements.containers import (
    assign_container,
    assign_everywhere,
    copied,
    is_everywhere,
)
from assay.checker.language.frontend.statements.places import ASSIGNABLE, store, written_place
from assay.checker.language.frontend.statements.updates import compile_pop, extended, set_update
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    Arithmetic,
    AssignLocal,
    Collection,
    Elements,
    Expr,
    Name,
    Place,
    Read,
    SetChange,
    Statement,
)
from assay.checker.language.types import (
    BOOL,
    INT,
    BagType,
    IntType,
    MapType,
    NoneOnly,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    Type,
    UnionType,
)
from assay.checker.language.values import anything, frozen
from assay.checker.wording import article, numbered

__all__ = ["compile_annotated", "compile_assignment", "compile_augmented"]

_SET_OPERATORS: dict[type[ast.operator], SetChange] = {
    ast.BitOr: SetChange.ADD,
    ast.Sub: SetChange.DISCARD,
    ast.BitAnd: SetChange.KEEP,
}


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
        return _assign_name(scope, node.target.id, node.value, node, element_named(scope, node.annotation))
    if isinstance(node.target, ast.Name) and not is_pop(node.value):
        return _assign_name(scope, node.target.id, node.value, node, annotation=node.annotation)
    return compile_target(scope, node.target, node.value, node)


def compile_target(scope: Scope, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[Statement]:
    """Compile ``target = value``."""
    match target:
        case ast.Name(id=name):
            return _assign_name(scope, name, value, node)
        case ast.Tuple(elts=targets):
            return _assign_tuple(scope, targets, value, node)
        case ast.Attribute() | ast.Subscript() if is_pop(value):
            # Python evaluates the right side first: the item is taken before the target is evaluated.
            before = compile_pop(scope, value, "popped")
            item = scope.names.pop("popped")
            assert isinstance(item, Name)
            return [*before, store(scope, written_place(scope, target), item, node)]
        case ast.Attribute() | ast.Subscript():
            return _assign_place(scope, target, value, node)
        case _:
            scope.fail(target, "this cannot be assigned to", ASSIGNABLE)


def _assign_name(
    scope: Scope,
    name: str,
    value: ast.expr,
    node: ast.stmt,
    element: Type | None = None,
    annotation: ast.expr | None = None,
) -> list[Statement]:
    _demand_assignable(scope, name, node)
    if is_pop(value):
        return compile_pop(scope, value, name)
    if element is None and is_empty(value):
        scope.names[name] = open_snapshot(scope, value)
        return []
    compiled = scope.value(value, element)
    if isinstance(compiled, Collection):
        scope.names[name], computed = _named_container(scope, compiled, value)
        return computed
    if isinstance(compiled, Place):
        scope.fail(value, "a map has no name of its own", "index it where it is used")
    return [_local(scope, name, compiled, node, annotation)]


def _named_container(scope: Scope, compiled: Collection, value: ast.expr) -> tuple[Snapshot, list[Statement]]:
    """Return the binding of a name for a container, and a statement that evaluates it here if that may raise."""
    shared, copy = local_container(scope, value), "list" if is_sequence(compiled) else "set"
    if shared is not None:
        scope.fail(value, f"this would be another name for the container of {shared}", f"copy it: {copy}({shared})")
    alias = is_alias(value, compiled)
    if alias and not isinstance(compiled, Elements):
        scope.fail(value, "this name would be the container in the state itself, not a copy", _copying(compiled, value))
    snapshot = scope.snapshot(compiled, alias=alias)
    if not can_fail(compiled):
        return snapshot, []
    computed = scope.fresh("computed", BOOL, value)
    return snapshot, [AssignLocal(computed, evaluated(scope, compiled, value), location=scope.at(value))]


def _copying(container: Collection, node: ast.expr) -> str:
    """Return the remedy for a message: how to copy a container in the state."""
    if is_bag(container):
        return "bags have no copies: use it where it is"
    copied = "list" if is_sequence(container) else "set"
    return f"copy it: {copied}({ast.unparse(node)})"


def _demand_assignable(scope: Scope, name: str, node: ast.AST) -> None:
    if isinstance(scope.names.get(name), SelfBinding):
        scope.fail(node, f"{name} is the state", "assign to its variables")
    if name in scope.parameters:
        scope.fail(
            node, f"{name} is a parameter or the variable of a loop, which is not assigned to", "use another name"
        )


def _local(scope: Scope, name: str, value: Expr, node: ast.AST, annotation: ast.expr | None = None) -> AssignLocal:
    """Return the assignment to a local name, whose type is that of its first value, or what its annotation says."""
    old, given = scope.names.get(name), value.type
    if isinstance(old, Name) and _keeps(old.type, value.type):
        variable, value = old, scope.fit(value, old.type, node, "the value")
        scope.wrote_local(old)
    elif isinstance(old, Name | Snapshot):
        was = str(old.type) if isinstance(old, Name) else described(old.collection)
        remedy = "use another name"
        if isinstance(old, Name) and isinstance(old.type, NoneOnly):
            remedy = f"say what it may be where it is made: {name}: {value.type} | None = None"
        scope.fail(node, f"{name} is {article(was)} so far, this makes it {article(value.type)}", remedy)
    else:
        value = value if annotation is None else _widened(scope, value, annotation)
        variable = scope.fresh(name, _type_of_local(scope, name, value.type), node)
    scope.names[name] = variable
    if isinstance(variable.type, OptionalType | UnionType):
        scope.facts.update(_told(variable, given))
    return AssignLocal(variable, value, location=scope.at(node))


def _told(variable: Name, given: Type) -> Facts:
    """Return what is known of a name that may be several things, after it was given a value of a type."""
    if isinstance(given, NoneOnly | OptionalType):
        return {}
    inner = variable.type.inner if isinstance(variable.type, OptionalType) else variable.type
    return {variable: given if isinstance(given, RecordType | UnionType) else inner}


def _widened(scope: Scope, value: Expr, annotation: ast.expr) -> Expr:
    """Return a value as one of a wider type, where the annotation of its name says that there will be others.

    Python evaluates no annotation of a local name, so one that says something else is let pass, unless the value is
    None, of which nothing else says what the name may be later.
    """
    try:
        wider = type_named(scope, annotation)
    except ModelError:
        if isinstance(value.type, NoneOnly):
            raise
        return value
    if isinstance(wider, IntType) or not fits(value.type, wider):
        return value
    return coerce(value, wider) or value


def _type_of_local(scope: Scope, name: str, first: Type) -> Type:
    """Return the type of a local name by its first value: any number, if it is a number and changes later."""
    if not isinstance(first, IntType):
        return first
    return INT if scope.code.times_stored[name] > 1 else first


def _assign_tuple(scope: Scope, targets: list[ast.expr], value: ast.expr, node: ast.stmt) -> list[Statement]:
    for target in targets:
        if isinstance(target, ast.Starred):
            scope.fail(target, "* is not part of the language", "name each item")
        if isinstance(target, ast.Name):
            _demand_assignable(scope, target.id, target)
    if not isinstance(value, ast.Tuple):
        return _unpack(scope, targets, compile_scalar(scope, value), node)
    if len(value.elts) != len(targets):
        found = numbered(len(value.elts), "value")
        scope.fail(node, f"{found} for {numbered(len(targets), 'target')}", "name each value")
    statements: list[Statement] = []
    read: list[Name | Snapshot] = []
    for target, element in zip(targets, value.elts, strict=True):
        read.append(_read_now(scope, target, element, statements))
    for target, one in zip(targets, read, strict=True):
        if isinstance(one, Snapshot):
            assert isinstance(target, ast.Name)
            scope.names[target.id] = one
        else:
            statements += _given(scope, target, one, node)
    return statements


def _read_now(scope: Scope, target: ast.expr, element: ast.expr, statements: list[Statement]) -> Name | Snapshot:
    """Evaluate an item of a tuple into a name: Python evaluates every item before it assigns any."""
    if isinstance(target, ast.Name) and is_empty(element):
        return open_snapshot(scope, element)
    if isinstance(target, ast.Name) and _is_container(scope, element):
        compiled = scope.value(element)
        assert isinstance(compiled, Collection)
        snapshot, computed = _named_container(scope, compiled, element)
        statements += computed
        return snapshot
    part = compile_part(scope, element)
    name = scope.fresh("value", part.type, element)
    statements.append(AssignLocal(name, part, location=scope.at(element)))
    return name


def _is_container(scope: Scope, element: ast.expr) -> bool:
    """Return whether an expression is a container, and not part of a value."""
    calls = [part.func for part in ast.walk(element) if isinstance(part, ast.Call)]
    if any(resolve(scope, function)[1] in (frozen, choose) for function in calls):
        return False  # frozen containers are parts of values; a choice compiled twice would be two choices
    return isinstance(scope.value(element), Collection) and not isinstance(scope.value(element), Elements)


def _given(scope: Scope, target: ast.expr, value: Expr, node: ast.stmt) -> list[Statement]:
    """Assign a computed value to a target, or its items to the parts of a tuple target."""
    if isinstance(target, ast.Name):
        return [_local(scope, target.id, value, node)]
    if not isinstance(target, ast.Tuple):
        return [store(scope, written_place(scope, target), value, node)]
    items = zip(target.elts, items_of(scope, target, value), strict=True)
    return [statement for part, item in items for statement in _given(scope, part, item, node)]


def _unpack(scope: Scope, targets: list[ast.expr], value: Expr, node: ast.stmt) -> list[Statement]:
    """Assign the items of a value to a tuple target; the value is evaluated once, before the first assignment."""
    variable = scope.fresh("value", value.type, node)
    pattern = ast.copy_location(ast.Tuple(elts=targets, ctx=ast.Store()), node)
    return [AssignLocal(variable, value, location=scope.at(node)), *_given(scope, pattern, variable, node)]


def _assign_anything(scope: Scope, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[Statement]:
    """Compile ``self.x = anything()``: any value of the variable's type."""
    place = written_place(scope, target)
    if isinstance(place, tuple) or place.keys or scope.rounds:
        scope.fail(
            value, "anything() is the value of a whole variable, once", "choose(v for v in ...) takes one of some"
        )
    if scope.hoisted is None:
        scope.fail(value, "anything() has no place where a value is computed", "it is a statement of an action")
    source = chosen_place(scope, place.type, value)
    return [store(scope, place, source, node) if isinstance(source, Name) else copied(scope, place, source, node)]


def _assign_place(scope: Scope, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[Statement]:
    if isinstance(value, ast.Call) and resolve(scope, value.func)[1] is anything:
        return _assign_anything(scope, target, value, node)
    place = written_place(scope, target)
    if isinstance(place, tuple):
        assert isinstance(place[0].type, SeqType)
        return [store(scope, place, compile_part(scope, value, place[0].type.element), node)]
    if isinstance(place.type, MapType) and is_everywhere(value, scope):
        return assign_everywhere(scope, place, value, node)
    return [assign_container(scope, place, value, node)]


def compile_augmented(scope: Scope, node: ast.AugAssign) -> list[Statement]:
    """Compile ``target += value`` and its like."""
    if isinstance(node.target, ast.Name):
        return [_augmented_local(scope, node, node.target)]
    target = written_place(scope, node.target)
    if isinstance(target, tuple):
        scope.fail(node, "an item of a sequence is not changed in place", "assign it: self.q[i] = self.q[i] + 1")
    if isinstance(target.type, SetType):
        operator = _SET_OPERATORS.get(type(node.op))
        if operator is None:
            scope.fail(node, "this operator does not change a set", "possible are |=, -= and &=")
        return [set_update(scope, operator, target, compile_set(scope, node.value, target.type.element), node)]
    if isinstance(target.type, SeqType) and isinstance(node.op, ast.Add):
        return [extended(scope, target, node.value, node)]
    if isinstance(target.type, SeqType | BagType | MapType):
        scope.fail(
            node, f"{article(target.type)} is not changed by an operator", "use its methods, or assign its entries"
        )
    return [store(scope, target, _computed(scope, node, Read(target, location=target.location)), node)]


def _computed(scope: Scope, node: ast.AugAssign, current: Expr) -> Expr:
    operator = ARITHMETIC.get(type(node.op))
    if operator is None:
        scope.fail(
            node,
            f"{remedies.operator(node.op)}= is not part of the language",
            f"possible are {', '.join(f'{sign}=' for sign in ARITHMETIC.values())}",
        )
    left = scope.fit(current, INT, node.target, "what is changed", raising=True)
    right = scope.fit(compile_scalar(scope, node.value), INT, node.value, "the operand", raising=True)
    return Arithmetic(operator, left, right, location=scope.at(node))


def _augmented_local(scope: Scope, node: ast.AugAssign, target: ast.Name) -> Statement:
    _demand_assignable(scope, target.id, node)
    if target.id not in scope.names:
        no_name(scope, target.id, target)
    current = look_up(scope, target)
    if not isinstance(current, Expr):
        scope.fail(node, "a local set or sequence is not changed in place", "compute it at once: {...} | {...}")
    return _local(scope, target.id, _computed(scope, node, current), node)


def is_pop(node: ast.expr) -> TypeGuard[ast.Call]:
    """Return whether an expression takes an item out of a sequence."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "pop"


def _keeps(old: Type, new: Type) -> bool:
    """Return whether a value of one type can be assigned to a local name of another."""
    if isinstance(old, IntType):
        return old == new or (old == INT and isinstance(new, IntType))
    return fits(new, old)
