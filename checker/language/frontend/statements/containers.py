"""Assignments of whole containers: sets, sequences, and maps entry by entry."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeGuard

from assay.checker.language.bags import Bag
from assay.checker.language.frontend.context.bindings import GivenAway, Snapshot
from assay.checker.language.frontend.context.conversions import fits
from assay.checker.language.frontend.context.facts import learned
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.ownership import borrowed, demand_own, local_container
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import (
    described,
    is_alias,
    is_call_of,
    is_empty,
    is_sequence,
    is_set,
)
from assay.checker.language.frontend.expressions.choices import compile_choice_of_entry, is_choice
from assay.checker.language.frontend.expressions.iterables.copies import only_argument
from assay.checker.language.frontend.expressions.iterables.maps import (
    bind_keys,
    copy_of,
    every_key,
    from_keys,
    is_from_keys,
    whole_map,
)
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_part, compile_scalar
from assay.checker.language.frontend.expressions.widening import widen
from assay.checker.language.frontend.statements.places import store
from assay.checker.language.frontend.statements.sharing import share
from assay.checker.language.ir.nodes import (
    AssignCollection,
    AssignLocal,
    AssignMap,
    Block,
    Clear,
    Collection,
    Elements,
    Entry,
    Expr,
    For,
    If,
    Name,
    Node,
    Place,
    Read,
    Root,
    Statement,
    Stored,
    Universe,
    rewritten,
    substituted,
    walk,
)
from assay.checker.language.types import BagType, MapType, SeqType, SetType, Type, is_container
from assay.checker.language.values import everywhere
from assay.checker.wording import article

__all__ = ["assign_container", "assign_everywhere", "copied", "is_everywhere"]


def assign_container(scope: Scope, place: Place, value: ast.expr, node: ast.stmt) -> Statement:
    match place.type:
        case MapType():
            return _assign_map(scope, place, place.type, value, node)
        case SeqType(element, _) if isinstance(value, ast.IfExp):
            return _choose_sequence(scope, place, element, value, node)
        case SetType(element) | SeqType(element, _):
            return _assign_collection(scope, place, element, value, node)
        case BagType():
            return _assign_bag(scope, place, value, node)
        case _:
            return store(scope, place, compile_part(scope, value, place.type), node)


def _assign_bag(scope: Scope, place: Place, node: ast.expr, statement: ast.stmt) -> Statement:
    """Compile the assignment of what is empty, of a copy of another bag, or of a bag that is part of a value."""
    if isinstance(node, ast.IfExp):
        test = compile_condition(scope, node.test)
        with scope.knowing(learned(test, True)):
            then = _assign_bag(scope, place, node.body, statement)
        with scope.knowing(learned(test, False)):
            otherwise = _assign_bag(scope, place, node.orelse, statement)
        return If(test, Block((then,)), Block((otherwise,)), location=scope.at(statement))
    made = isinstance(node, ast.Call) and resolve(scope, node.func)[1] is Bag
    if made and isinstance(node, ast.Call) and not node.args and not node.keywords:
        scope.wrote(place.variable)
        return Clear(place, location=scope.at(statement))
    source = only_argument(scope, node) if made and isinstance(node, ast.Call) else node
    value = scope.value(source)
    held = value.place.type if isinstance(value, Stored) else value.value.type if isinstance(value, Elements) else None
    if not isinstance(value, Stored | Elements) or held is None or not _is_copied(held, place.type):
        what = article(described(value) if held is None else held)
        scope.fail(
            node,
            f"expected another {place.type}, found {what}",
            "Bag() is empty, Bag(other) a copy; add puts in one element at a time",
        )
    if isinstance(value, Elements) and not made:
        share(scope, place.variable, len(place.keys), node, "Bag(...)")
    elif isinstance(node, ast.Name) and isinstance(value, Stored) and value.place.root is Root.CHOSEN:
        scope.names[node.id] = scope.given[value.place.variable] = _given_away(scope, place, statement, "Bag")
    elif not made:
        _demand_other(scope, place, value, node)
        scope.fail(node, "this would make two variables share one container", f"copy it: Bag({ast.unparse(node)})")
    scope.wrote(place.variable)
    return AssignCollection(place, value, location=scope.at(statement))


def _demand_other(scope: Scope, place: Place, value: Collection | Place, node: ast.expr) -> None:
    """Refuse to assign a container to itself."""
    if place == (value.place if isinstance(value, Stored) else value):
        scope.fail(node, "this assigns a container to itself", "leave it out: it changes nothing")


def _is_copied(held: Type, wanted: Type) -> bool:
    """Return whether a bag holds elements of the same type as another, and no more of them."""
    same = isinstance(held, BagType) and isinstance(wanted, BagType) and held.element == wanted.element
    return same and fits(held, wanted)


def _assign_map(scope: Scope, place: Place, type_: MapType, node: ast.expr, statement: ast.stmt) -> Statement:
    if is_everywhere(node, scope):
        return Block(tuple(assign_everywhere(scope, place, node, statement)), location=scope.at(statement))
    if is_from_keys(node, scope):
        return _from_keys(scope, place, type_, node, statement)
    if not isinstance(node, ast.DictComp):
        part = _map_of_value(scope, place, type_, node)
        if part is not None:
            scope.wrote(place.variable)
            return _of_value(scope, place, part, node)
        return copied(scope, place, _whole_map(scope, place, node, statement), statement)
    variable, bindings = bind_keys(scope, type_, node)
    value = node.value
    with scope.nested(**bindings), scope.comprehension_scope():
        return _entry_assigned(scope, place, type_, variable, value, statement)


def _map_of_value(scope: Scope, place: Place, type_: MapType, node: ast.expr) -> Expr | None:
    """Return the map that is assigned to a place, if it is part of a value; otherwise None."""
    inner = node.args[0] if is_call_of(node, "dict") and isinstance(node, ast.Call) and len(node.args) == 1 else node
    if not isinstance(inner, ast.Attribute | ast.Subscript | ast.Name) and not is_choice(inner, scope):
        return None
    source = scope.value(inner)
    if not isinstance(source, Expr) or source.type != type_:
        return None
    if inner is node:
        share(scope, place.variable, len(place.keys), node, copy_of(scope, type_))
    elif is_container(type_.value):
        # A copy by dict(...) is a new map of the same containers, and these are part of the value still.
        share(scope, place.variable, len(place.keys) + 1, node, copy_of(scope, type_))
    return source


def _of_value(scope: Scope, place: Place, value: Expr, node: ast.expr) -> Statement:
    """Return the assignment of a container that is part of a value."""
    if not isinstance(place.type, MapType):
        return AssignCollection(place, Elements(value, location=value.location), location=scope.at(node))
    variable = scope.fresh("key", place.type.key, node)
    return _each_of_value(scope, place, variable, Entry(value, variable, location=value.location), node)


def _each_of_value(scope: Scope, place: Place, variable: Name, value: Expr, node: ast.expr) -> AssignMap | For:
    """Return the assignment of a value to each entry of a map, for the key that a variable stands for."""
    assert isinstance(place.type, MapType)
    if not is_container(place.type.value):
        return AssignMap(place, variable, value, location=scope.at(node))
    entry = replace(place, keys=(*place.keys, variable), type=place.type.value)
    return For(
        variable, Universe(place.type.key), Block((_of_value(scope, entry, value, node),)), location=scope.at(node)
    )


def _whole_map(scope: Scope, place: Place, node: ast.expr, statement: ast.stmt) -> Place:
    """Return the source of an assignment to a whole map: a map that the action chose, or one that is copied."""
    copied = node.args[0] if is_call_of(node, "dict") and isinstance(node, ast.Call) and len(node.args) == 1 else None
    names = [part for part in (copied or node,) if isinstance(part, ast.Name | ast.Attribute | ast.Subscript)]
    source = scope.value(names[0]) if names else None
    assert isinstance(place.type, MapType)
    if not isinstance(source, Place) or source.type != place.type:
        scope.fail(node, "a map is assigned by a comprehension over all its keys", whole_map(scope, node, place.type))
    if copied is not None and not is_container(place.type.value):
        return source
    # A container with a local name may be assigned uncopied, once: from then on, it belongs to the variable.
    if not isinstance(node, ast.Name) or source.root is not Root.CHOSEN:
        _demand_other(scope, place, source, node)
        flat = copied is None and not is_container(place.type.value)
        remedy = f"copy it: dict({ast.unparse(node)})" if flat else every_key(scope, place.type)
        scope.fail(node, "this would make two variables share one map", remedy)
    scope.names[node.id] = scope.given[source.variable] = _given_away(scope, place, statement, "dict")
    return source


def _from_keys(scope: Scope, place: Place, type_: MapType, node: ast.Call, statement: ast.stmt) -> Block:
    """Compile ``self.m = dict.fromkeys(K, value)``: the value is computed once, before the map changes."""
    _, source = from_keys(scope, type_, node)
    value = scope.fit(compile_part(scope, source, type_.value), type_.value, source, "the value")
    once = scope.fresh("value", type_.value, source)
    scope.wrote(place.variable)
    given = AssignLocal(once, value, location=scope.at(source))
    return Block((given, _filled(scope, place, once, statement)), location=scope.at(statement))


def _given_away(
    scope: Scope, place: Place, statement: ast.stmt, copy: str, container: Snapshot | None = None
) -> GivenAway:
    """Return the binding of a name whose container is the value of a place, which is about to be written."""
    target = ast.unparse(statement.targets[0]) if isinstance(statement, ast.Assign) else f"self.{place.variable}"
    return GivenAway(target, copy, place.variable, scope.written.get(place.variable, 0) + 1, container)


def copied(scope: Scope, place: Place, source: Place, statement: ast.stmt) -> Statement:
    """Return the assignment of every entry of a map to the same entry of another."""
    scope.wrote(place.variable)
    if not isinstance(place.type, MapType):
        return AssignCollection(place, Stored(source), location=scope.at(statement))
    variable, value = scope.fresh("key", place.type.key, statement), place.type.value
    entry, given = (replace(whole, keys=(*whole.keys, variable), type=value) for whole in (place, source))
    if not is_container(value):
        return AssignMap(place, variable, Read(given), location=scope.at(statement))
    body = Block((copied(scope, entry, given, statement),))
    return For(variable, Universe(place.type.key), body, location=scope.at(statement))


def _entry_assigned(
    scope: Scope, place: Place, type_: MapType, variable: Name, value: ast.expr, statement: ast.stmt
) -> Statement:
    """Compile the entry of each key of a comprehension, and the assignment of all entries."""
    if is_choice(value, scope):
        return _entries_chosen(scope, place, type_, variable, value, statement)
    if not is_container(type_.value):
        item = scope.fit(compile_part(scope, value, type_.value), type_.value, value, "the value")
        scope.wrote(place.variable)
        return AssignMap(place, variable, item, location=scope.at(statement))
    if isinstance(value, ast.Name):
        scope.fail(value, "every key would share one container", "copy it for each: set(...)")
    entry = Place(place.root, place.variable, (*place.keys, variable), type_.value, location=scope.at(value))
    unchanged = not scope.written.get(place.variable)
    inner = assign_container(scope, entry, value, statement)
    if unchanged:
        inner = rewritten(inner, lambda part: _as_before(part, entry))
    else:
        _demand_unread(scope, inner, place.variable, value)
    return For(variable, Universe(type_.key), Block((inner,)), location=scope.at(statement))


def _entries_chosen(
    scope: Scope, place: Place, type_: MapType, variable: Name, node: ast.Call, statement: ast.stmt
) -> Statement:
    """Compile ``{k: choose(...) for k in K}``: all is chosen before an entry changes."""
    with scope.each_round(variable):
        chosen, among = compile_choice_of_entry(scope, node, type_.value)
    item = scope.fit(chosen, type_.value, node, "the value")
    scope.wrote(place.variable)
    first = For(variable, Universe(type_.key), Block((among,)), location=scope.at(statement))
    key = scope.fresh("key", type_.key, node)
    last = _each_of_value(scope, place, key, substituted(item, {variable: key}), node)
    return Block((first, last), location=scope.at(statement))


def _as_before(part: Node, entry: Place) -> Node:
    """Return a place in the state that the action began in, if it is another entry of a map, or the whole of it.

    Python computes all entries before the map changes; here they are assigned one after the other.
    """
    if not isinstance(part, Place) or part.root is not Root.STATE or part.variable != entry.variable:
        return part
    return part if part.keys[: len(entry.keys)] == entry.keys else replace(part, root=Root.BEFORE)


def _demand_unread(scope: Scope, statement: Statement, variable: str, node: ast.expr) -> None:
    """Refuse entries computed from the map that they replace, where the state that the action began in is not meant."""
    places = [part for part in walk(statement) if isinstance(part, Place) and part.variable == variable]
    if len(places) > 1:
        scope.fail(
            node,
            f"the entries of {variable} are computed from {variable} itself, which may have changed in this action",
            f"assign {variable} once, as the first change of it, and outside of loops",
        )


def assign_everywhere(scope: Scope, place: Place, node: ast.expr, statement: ast.stmt) -> list[Statement]:
    """Compile ``self.m = everywhere(value)``, also nested: the value is computed once, before the map changes."""
    type_: Type = place.type
    while isinstance(type_, MapType):
        type_, node = type_.value, only_argument(scope, node) if is_everywhere(node, scope) else node
    if is_container(type_) and is_empty(node):
        return [_filled(scope, place, None, statement)]
    if is_container(type_):
        scope.fail(
            node,
            f"everywhere takes a single value here, or what is empty, not {article(type_)}",
            every_key(scope, place.type),
        )
    value = scope.fit(compile_scalar(scope, node, type_), type_, node, "the value")
    variable = scope.fresh("value", type_, node)
    scope.wrote(place.variable)
    return [AssignLocal(variable, value, location=scope.at(node)), _filled(scope, place, variable, statement)]


def is_everywhere(node: ast.expr, scope: Scope) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and resolve(scope, node.func)[1] is everywhere


def _filled(scope: Scope, place: Place, value: Name | None, statement: ast.stmt) -> Statement:
    """Return the assignment of one value to all entries of a map of maps, or the emptying of all if it is None."""
    if not isinstance(place.type, MapType):
        scope.wrote(place.variable)
        return Clear(place, location=scope.at(statement))
    variable, type_ = scope.fresh("key", place.type.key, statement), place.type.value
    if not isinstance(type_, MapType) and value is not None:
        return AssignMap(place, variable, value, location=scope.at(statement))
    entry = Place(place.root, place.variable, (*place.keys, variable), type_, location=place.location)
    body = Block((_filled(scope, entry, value, statement),))
    return For(variable, Universe(place.type.key), body, location=scope.at(statement))


def _choose_sequence(scope: Scope, place: Place, element: Type, node: ast.IfExp, statement: ast.stmt) -> If:
    """Compile ``self.queue = a if test else b`` as a branch."""
    test = compile_condition(scope, node.test)
    with scope.knowing(learned(test, True)):
        then = _assign_collection(scope, place, element, node.body, statement)
    with scope.knowing(learned(test, False)):
        otherwise = _assign_collection(scope, place, element, node.orelse, statement)
    return If(test, Block((then,)), Block((otherwise,)), location=scope.at(statement))


def _assign_collection(
    scope: Scope, place: Place, element: Type, node: ast.expr, statement: ast.stmt
) -> AssignCollection:
    demand_own(scope, node)
    value = scope.value(node, element)
    wanted = is_sequence if isinstance(place.type, SeqType) else is_set
    if not isinstance(value, Collection) or not wanted(value):
        what = "a set" if isinstance(place.type, SetType) else "a list written out, a slice or a copy"
        scope.fail(node, f"expected {what}, found {article(described(value))}", _CONTAINER_REMEDIES[type(place.type)])
    copy, alias = "list" if isinstance(place.type, SeqType) else "set", is_alias(node, value)
    shared = alias and not _is_local(node, scope.names)
    if shared and isinstance(value, Elements):
        share(scope, place.variable, len(place.keys), node, f"{copy}(...)")
    elif shared:
        _demand_other(scope, place, value, node)
        scope.fail(node, "this would make two variables share one container", f"copy it: {copy}({ast.unparse(node)})")
    if is_call_of(node, "frozenset", "frozen") or isinstance(resolve(scope, node)[1], frozenset):
        scope.fail(node, "what is frozen cannot be changed later", "copy it: set(...), list(...)")
    _demand_own(scope, node, copy)
    binding = scope.names.get(node.id) if isinstance(node, ast.Name) else None
    if isinstance(node, ast.Name) and isinstance(binding, Snapshot) and not shared:
        kept = replace(binding, collection=value, open=False) if binding.open else binding
        scope.names[node.id] = _given_away(scope, place, statement, copy, kept)
    value = _as_elements(scope, value, element, node)
    scope.wrote(place.variable)
    return AssignCollection(place, value, location=scope.at(statement))


def _demand_own(scope: Scope, node: ast.expr, copy: str) -> None:
    """Refuse to assign a local container that keeps its name here, or has one where this helper is called."""
    name = local_container(scope, node)
    if name is not None and (not isinstance(node, ast.Name) or borrowed(scope, node)):
        scope.fail(node, f"{name} would stay a name for the container in the state", f"copy it: {copy}({name})")


def _as_elements(scope: Scope, value: Collection, element: Type, node: ast.expr) -> Collection:
    """Return a collection widened to the wanted element type; a sequence keeps its order and repetitions."""
    return widen(scope, value, element, node)


def _is_local(node: ast.expr, names: Mapping[str, object]) -> bool:
    """Return whether an expression is the name of a local copy."""
    binding = names.get(node.id) if isinstance(node, ast.Name) else None
    return isinstance(binding, Snapshot) and not binding.alias


_CONTAINER_REMEDIES: dict[type[Type], str] = {
    SetType: "what can be run over becomes a set by set(...)",
    SeqType: "a set has no order; append items, or write [a, b] or self.queue[1:]",
}
