"""Assignments to tuples of targets: Python evaluates all values before it assigns the first."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from assay.checker.language.bags import Bag
from assay.checker.language.choosing import choose
from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import Snapshot
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_call_of, is_empty, is_sequence
from assay.checker.language.frontend.expressions.displays import open_snapshot
from assay.checker.language.frontend.expressions.iterables.generators import items_of
from assay.checker.language.frontend.expressions.operands import compile_part, compile_scalar
from assay.checker.language.frontend.statements.containers import assign_container
from assay.checker.language.frontend.statements.local_names import (
    assign_local,
    demand_assignable,
    is_pop,
    named_container,
)
from assay.checker.language.frontend.statements.places import store, written_place
from assay.checker.language.frontend.statements.updates import compile_taken
from assay.checker.language.ir.nodes import (
    AssignLocal,
    Collection,
    Elements,
    Expr,
    Name,
    Place,
    Statement,
    Stored,
)
from assay.checker.language.types import BagType, SeqType, SetType, is_container
from assay.checker.language.values import frozen
from assay.checker.wording import article, numbered

__all__ = ["assign_tuple"]


def assign_tuple(scope: Scope, targets: list[ast.expr], value: ast.expr, node: ast.stmt) -> list[Statement]:
    """Compile ``a, self.x = ...``."""
    for target in _parts(targets):
        if isinstance(target, ast.Starred):
            scope.fail(target, "* is not part of the language", _sliced(targets, value))
        if isinstance(target, ast.Name):
            demand_assignable(scope, target.id, target)
    if is_pop(value):
        taken, item = compile_taken(scope, value)
        return [*taken, *_given(scope, ast.copy_location(ast.Tuple(elts=targets, ctx=ast.Store()), node), item, node)]
    if not isinstance(value, ast.Tuple):
        _demand_no_list(scope, targets, value)
        return _unpack(scope, targets, compile_scalar(scope, value), node)
    pairs = list(_pairs(scope, targets, value, node))
    statements: list[Statement] = []
    read = [_read_now(scope, target, element, statements) for target, element in pairs]
    for (target, _), one in zip(pairs, read, strict=True):
        if isinstance(one, ast.expr):
            place = written_place(scope, target)
            assert isinstance(place, Place)
            statements.append(assign_container(scope, place, one, node))
        elif isinstance(one, Snapshot):
            assert isinstance(target, ast.Name)
            scope.names[target.id] = one
        else:
            statements += _given(scope, target, one, node)
    return statements


def _demand_no_list(scope: Scope, targets: list[ast.expr], value: ast.expr) -> None:
    """Refuse to unpack a list: how many items it has, is not known where it is compiled."""
    with scope.rehearsing():
        whole = scope.value(value)
    if isinstance(whole, Collection) and is_sequence(whole):
        source = remedies.operand(value)
        items = ", ".join(f"{source}[{index}]" for index in range(len(targets)))
        scope.fail(
            value,
            f"{article(described(whole))} is not unpacked, for it may have another number of items",
            f"take its items: {', '.join(map(ast.unparse, targets))} = {items}",
        )


def _parts(targets: list[ast.expr]) -> Iterator[ast.expr]:
    """Yield the targets that are no tuples themselves."""
    for target in targets:
        yield from _parts(target.elts) if isinstance(target, ast.Tuple) else (target,)


def _pairs(
    scope: Scope, targets: list[ast.expr], value: ast.Tuple, node: ast.stmt
) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield each target with its value, also of tuples in tuples: Python goes through both in this order."""
    if len(value.elts) != len(targets):
        found = numbered(len(value.elts), "value")
        scope.fail(node, f"{found} for {numbered(len(targets), 'target')}", "name each value")
    for target, element in zip(targets, value.elts, strict=True):
        if isinstance(target, ast.Tuple) and isinstance(element, ast.Tuple):
            yield from _pairs(scope, target.elts, element, node)
        else:
            yield target, element


def _sliced(targets: list[ast.expr], value: ast.expr) -> str:
    """Return what does the same as a target with a star, for messages."""
    match targets:
        case [ast.Name(id=first), ast.Starred(value=ast.Name(id=rest))] if not isinstance(value, ast.Tuple):
            whole = remedies.operand(value)
            if rest == "_":
                return f"index it: {first} = {whole}[0]"
            return f"take slices, in a line each: {first} = {whole}[0], {rest} = {whole}[1:]"
        case [ast.Starred(value=ast.Name(id=rest)), ast.Name(id=last)] if not isinstance(value, ast.Tuple):
            whole = remedies.operand(value)
            if rest == "_":
                return f"index it: {last} = {whole}[-1]"
            return f"take slices, in a line each: {rest} = {whole}[:-1], {last} = {whole}[-1]"
        case _:
            return "name each item"


def _read_now(
    scope: Scope, target: ast.expr, element: ast.expr, statements: list[Statement]
) -> Name | Snapshot | ast.expr:
    """Evaluate an item of a tuple into a name: Python evaluates every item before it assigns any.

    What is empty reads nothing, and the variable that it is for says of what it is empty. What is part of a value does
    not change, so the variable is given it under a name.
    """
    place = _container_place(scope, target)
    part = None if place is None else _part_of_value(scope, element)
    if part is not None:
        held = scope.fresh("held", part.type, element)
        statements.append(AssignLocal(held, part, location=scope.at(element)))
        hidden = f"the value of {ast.unparse(target)}"
        scope.names[hidden] = held
        return ast.copy_location(ast.Name(hidden, ast.Load()), element)
    if place is not None and (is_empty(element) or _is_empty_bag(scope, element)):
        return element
    if place is not None:
        # Whether what is assigned is a copy, or may be changed later, is known only where it is assigned alone.
        scope.fail(
            element,
            f"{article(place.type)} is not assigned beside others, unless it is emptied",
            f"write it in a line of its own: {ast.unparse(target)} = {_copy(scope, place, element)}",
        )
    if isinstance(target, ast.Name) and is_empty(element):
        return open_snapshot(scope, element)
    if isinstance(target, ast.Name) and _is_container(scope, element):
        compiled = scope.value(element)
        assert isinstance(compiled, Collection)
        snapshot, computed = named_container(scope, compiled, element)
        statements += computed
        return snapshot
    part = compile_part(scope, element)
    name = scope.fresh("value", part.type, element)
    statements.append(AssignLocal(name, part, location=scope.at(element)))
    return name


def _part_of_value(scope: Scope, element: ast.expr) -> Expr | None:
    """Return a container that is part of a value, as a value; None for any other, and for a copy."""
    if not isinstance(element, ast.Attribute | ast.Subscript | ast.Name):
        return None
    with scope.rehearsing():
        found = scope.value(element)
    held = found.value if isinstance(found, Elements) else found
    return compile_part(scope, element) if isinstance(held, Expr) and is_container(held.type) else None


def _container_place(scope: Scope, target: ast.expr) -> Place | None:
    """Return the container of the state that a target is; None for a part of one."""
    if not isinstance(target, ast.Attribute | ast.Subscript):
        return None
    place = written_place(scope, target)
    return place if isinstance(place, Place) and is_container(place.type) else None


def _is_empty_bag(scope: Scope, node: ast.expr) -> bool:
    made = isinstance(node, ast.Call) and not node.args and not node.keywords
    return made and isinstance(node, ast.Call) and resolve(scope, node.func)[1] is Bag


def _is_container(scope: Scope, element: ast.expr) -> bool:
    """Return whether an expression is a container, and not part of a value."""
    calls = [part.func for part in ast.walk(element) if isinstance(part, ast.Call)]
    if any(resolve(scope, function)[1] in (frozen, choose) for function in calls):
        return False  # frozen containers are parts of values; a choice compiled twice would be two choices
    return isinstance(scope.value(element), Collection) and not isinstance(scope.value(element), Elements)


def _copy(scope: Scope, place: Place, node: ast.expr) -> str:
    """Return what is assigned to a container of the state alone, for messages: a copy of another one."""
    source = ast.unparse(node)
    if isinstance(node, ast.Call) and is_call_of(node, "frozen", "frozenset"):
        source = source.partition("(")[2][:-1]
    elif not isinstance(node, ast.Attribute | ast.Subscript) or not isinstance(scope.value(node), Stored | Place):
        return source
    function = {SetType: "set", SeqType: "list", BagType: "Bag"}.get(type(place.type), "dict")
    return f"{function}({source})"


def _given(scope: Scope, target: ast.expr, value: Expr, node: ast.stmt) -> list[Statement]:
    """Assign a computed value to a target, or its items to the parts of a tuple target."""
    if isinstance(target, ast.Name):
        return [assign_local(scope, target.id, value, node)]
    if not isinstance(target, ast.Tuple):
        return [store(scope, written_place(scope, target), value, node)]
    items = zip(target.elts, items_of(scope, target, value), strict=True)
    return [statement for part, item in items for statement in _given(scope, part, item, node)]


def _unpack(scope: Scope, targets: list[ast.expr], value: Expr, node: ast.stmt) -> list[Statement]:
    """Assign the items of a value to a tuple target; the value is evaluated once, before the first assignment."""
    variable = scope.fresh("value", value.type, node)
    pattern = ast.copy_location(ast.Tuple(elts=targets, ctx=ast.Store()), node)
    return [AssignLocal(variable, value, location=scope.at(node)), *_given(scope, pattern, variable, node)]
