"""Collections: the operands of iteration and of membership tests."""

from __future__ import annotations

import ast
import enum
import itertools
from typing import Annotated, Any, get_args, get_origin

from assay.checker.language.frontend.context.bindings import SelfBinding, Snapshot, Value
from assay.checker.language.frontend.context.ownership import is_open
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import (
    described,
    is_call_of,
    is_sequence,
    is_set,
    looked_into,
)
from assay.checker.language.frontend.context.typing import common_type, fits
from assay.checker.language.frontend.expressions.operands import compile_part
from assay.checker.language.frontend.expressions.widening import container_in, widen
from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    TRUE,
    Collection,
    Comprehension,
    Concatenation,
    Conditional,
    Elements,
    Expr,
    Generator,
    Listing,
    Members,
    Narrow,
    Not,
    Place,
    Quantifier,
    SetChoice,
    SetOf,
    SetOperation,
    SetOperator,
    Stored,
    Universe,
)
from assay.checker.language.sorts import Element
from assay.checker.language.types import BOOL, MapType, OptionalType, QuorumType, Type
from assay.checker.wording import article, nearest

__all__ = [
    "alike",
    "as_collection",
    "chosen",
    "class_universe",
    "combined",
    "compile_collection",
    "compile_display",
    "compile_set",
    "compile_set_operation",
    "demand_set",
    "displayed",
    "element_hint",
    "element_named",
    "empty_collection",
    "empty_of",
    "evaluated",
    "open_snapshot",
    "stored_place",
    "type_named",
]


_OPERATORS: dict[type[ast.operator], SetOperator] = {
    ast.BitOr: SetOperator.UNION,
    ast.BitAnd: SetOperator.INTERSECTION,
    ast.Sub: SetOperator.DIFFERENCE,
}


def as_collection(scope: Scope, value: Value | SelfBinding, node: ast.expr) -> Collection:
    """Return a compiled value as a collection: a set, a quorum's members, a map's keys."""
    match value:
        case Collection():
            return value
        case Place(_, _, _, MapType(key, _)):
            return Universe(key, location=scope.at(node))
        case Expr() if isinstance(value.type, MapType):
            return Universe(value.type.key, location=scope.at(node))
        case Expr() if isinstance(value.type, OptionalType) and container_in(value.type) is not None:
            present = Narrow(value, value.type.inner, location=value.location)
            return as_collection(scope, looked_into(present), node)
        case Expr() if isinstance(value.type, QuorumType):
            return Members(value, value.type.member, location=scope.at(node))
        case Expr():
            scope.fail(node, f"{article(value.type)} is no collection", _ITERABLE)
        case _:
            scope.fail(node, "the whole state is no collection", _ITERABLE)


def class_universe(scope: Scope, cls: Any, node: ast.AST) -> Universe | None:
    """Return the collection of all values of a sort or enum, if ``cls`` is one."""
    if not isinstance(cls, type):
        return None
    if issubclass(cls, Element):
        known_sorts = [*scope.specification.sorts, *(quorum.cls for quorum in scope.specification.quorums)]
        if cls not in known_sorts:
            scope.fail(
                node,
                f"{cls.__name__} is no sort of {scope.specification.name}"
                + nearest(cls.__name__, map(_name, known_sorts)),
                "name it in a method of the model, or as the type of a variable or parameter",
            )
        return Universe(type_of(cls), location=scope.at(node))
    if not issubclass(cls, enum.Enum):
        return None
    return Universe(type_of(cls, scope.at(node)), location=scope.at(node))


def evaluated(scope: Scope, collection: Collection, node: ast.AST) -> Expr:
    """Return a condition that is true once all of a collection is evaluated.

    Python evaluates a collection where it is given a name, even if some path never uses the name. In the IR, a name for
    a collection stands for the expression, which is evaluated where it is used; so one that may raise is evaluated here
    as well.
    """
    return Quantifier(True, scope.fresh("item", collection.element, node), collection, TRUE, location=scope.at(node))


def compile_display(scope: Scope, node: ast.Set | ast.List, expected: Type | None) -> Collection:
    """Compile ``{a, b}`` or ``[a, b]``; ``[*a, b]`` is a concatenation."""
    if isinstance(node, ast.List) and any(isinstance(item, ast.Starred) for item in node.elts):
        return _unpacked(scope, node, expected)
    return displayed(scope, node.elts, node, expected)


def _unpacked(scope: Scope, node: ast.List, expected: Type | None) -> Collection:
    parts: list[Collection] = []
    for starred, group in itertools.groupby(node.elts, lambda item: isinstance(item, ast.Starred)):
        items = list(group)
        if not starred:
            parts.append(displayed(scope, items, node, expected))
        for item in items if starred else ():
            assert isinstance(item, ast.Starred)
            part = scope.value(item.value, expected)
            if not isinstance(part, Collection) or not is_sequence(part):
                scope.fail(item, f"* takes a sequence here, found {article(described(part))}", "sets have no order")
            parts.append(part)
    whole = parts[0]
    for part in parts[1:]:
        whole = Concatenation(*alike(scope, whole, part, node), location=scope.at(node))
    return whole


def displayed(scope: Scope, items: list[ast.expr], node: ast.expr, expected: Type | None) -> SetOf:
    """Compile ``{a, b}``, ``[a, b]`` or ``(a, b)`` as a collection."""
    values = [compile_part(scope, item, expected) for item in items]
    suits = expected is not None and all(fits(value.type, expected) for value in values)
    element = expected if suits else None
    for value, item in zip(values, items, strict=True):
        if suits:
            break
        element = value.type if element is None else common_type(element, value.type)
        if element is None:
            scope.fail(
                item,
                f"{article(value.type)} does not go with the other elements",
                "the elements of a collection are of one type, or records of a union",
            )
    if element is None:
        return empty_collection(scope, node, expected)
    fitted = [scope.fit(value, element, item, "the element") for value, item in zip(values, items, strict=True)]
    return SetOf(tuple(fitted), element, ordered=not isinstance(node, ast.Set), location=scope.at(node))


def empty_collection(scope: Scope, node: ast.expr, expected: Type | None) -> SetOf:
    """Compile ``set()`` or ``[]``."""
    if expected is None:
        scope.fail(
            node,
            "nothing says of what this is empty",
            f"say it: {'list' if _is_list(node) else 'set'}[T](), for elements of type T",
        )
    return SetOf((), expected, ordered=_is_list(node), location=scope.at(node))


def open_snapshot(scope: Scope, node: ast.expr) -> Snapshot:
    """Return the binding of a name for ``set()`` or ``[]``, which takes its element type where it is used."""
    return Snapshot(SetOf((), BOOL, ordered=_is_list(node), location=scope.at(node)), 0, open=True)


def _is_list(node: ast.expr) -> bool:
    return not is_call_of(node, "set", "frozenset")


def empty_of(scope: Scope, node: ast.Call, made: object, function: ast.Subscript) -> SetOf:
    """Compile ``set[Node]()``, ``frozenset[Node]()`` or ``list[Node]()``, which state their element type."""
    if node.args or node.keywords:
        called = ast.unparse(function.value)
        scope.fail(node, f"{ast.unparse(function)}(...) says its type twice", f"{called}(...), without the brackets")
    return SetOf((), element_named(scope, function), ordered=made is list, location=scope.at(node))


def element_named(scope: Scope, annotation: ast.expr) -> Type:
    """Return the type of the elements of ``set[Node]``, as it is written in the body of a method.

    Raises
    ------
    ModelError
        If that is no container, or its elements are of no type of the language.
    """
    container = element_hint(_evaluated_hint(scope, annotation))
    if container is None:
        scope.fail(annotation, f"{ast.unparse(annotation)} is no set or list", "write set[T] or list[T]")
    return type_of(container, scope.at(annotation))


def type_named(scope: Scope, annotation: ast.expr) -> Type:
    """Return the type that an annotation in the body of a method stands for.

    Raises
    ------
    ModelError
        If it is no type of the language.
    """
    return type_of(_evaluated_hint(scope, annotation), scope.at(annotation))


def _evaluated_hint(scope: Scope, annotation: ast.expr) -> object:
    try:
        return scope.code.evaluate(annotation)
    except Exception as error:  # an annotation is any expression, and may raise anything
        scope.fail(
            annotation,
            f"{ast.unparse(annotation)} is no type: {error}",
            "name a type that the module defines or imports",
        )


def element_hint(hint: object) -> object:
    """Return the annotation of the elements of a set or list; None if it is one of neither."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return get_args(hint)[0] if get_origin(hint) in (set, frozenset, list) else None


def compile_set_operation(scope: Scope, node: ast.BinOp, left: Value | None, expected: Type | None) -> Collection:
    """Compile ``a | b``, ``a & b`` or ``a - b`` of sets; ``left`` is None if empty, and then has the type of ``b``."""
    operator = _OPERATORS.get(type(node.op))
    if operator is None:
        scope.fail(node, "this operator does not apply to collections", "possible are |, & and - of sets")
    # An empty set has no type of its own: the other operand is compiled first, and tells its element type.
    if left is None:
        right = compile_set(scope, node.right, None)
        return combined(scope, operator, compile_set(scope, node.left, right.element), right, node)
    first = demand_set(scope, left, node.left)
    right = compile_set(scope, node.right, expected or (first.element if is_open(scope, node.right) else None))
    return combined(scope, operator, first, right, node)


def compile_set(scope: Scope, node: ast.expr, expected: Type | None) -> Collection:
    """Compile an expression that must be a set in Python, too."""
    return demand_set(scope, scope.value(node, expected), node)


def demand_set(scope: Scope, value: Value, node: ast.expr) -> Collection:
    """Return a value as a collection; refuse one that is not a set in Python."""
    if isinstance(value, Collection) and is_set(value):
        return value
    scope.fail(
        node, f"expected a set, found {article(described(value))}", "what can be run over becomes one by set(...)"
    )


def combined(scope: Scope, operator: SetOperator, left: Collection, right: Collection, node: ast.AST) -> Collection:
    """Return the union, intersection or difference of two collections of the same elements."""
    # A union is a new set in Python, so it must not become another name for a stored one.
    own = isinstance(right, SetOf | Comprehension | SetOperation)
    if isinstance(left, SetOf) and not left.items and operator is SetOperator.UNION and own and is_set(right):
        return right
    left, right = alike(scope, left, right, node)
    return SetOperation(operator, left, right, location=scope.at(node))


def alike(scope: Scope, left: Collection, right: Collection, node: ast.AST) -> tuple[Collection, Collection]:
    """Return two collections widened to a common element type."""
    common = common_type(left.element, right.element)
    if common is None:
        scope.fail(
            node,
            f"sets of {left.element} and of {right.element} have nothing in common",
            "the elements must be of one type, or records",
        )
    return widen(scope, left, common, node), widen(scope, right, common, node)


def chosen(scope: Scope, test: Expr, then: Collection, otherwise: Collection, node: ast.AST) -> Collection:
    """Return ``then if test else otherwise`` of sets, or of sequences."""
    if isinstance(then, Elements) and isinstance(otherwise, Elements) and then.value.type == otherwise.value.type:
        return Elements(Conditional(test, then.value, otherwise.value, location=scope.at(node)))
    if is_sequence(then) and is_sequence(otherwise):
        return _chosen_sequence(scope, test, then, otherwise, node)
    if is_sequence(then) or is_sequence(otherwise):
        scope.fail(
            node,
            f"one branch is {article(described(then))}, the other {article(described(otherwise))}",
            "both must be sets, or both lists",
        )
    then, otherwise = alike(scope, then, otherwise, node)
    return SetChoice(test, then, otherwise, location=scope.at(node))


def _chosen_sequence(scope: Scope, test: Expr, then: Collection, otherwise: Collection, node: ast.AST) -> Collection:
    """Return one of two sequences as a concatenation: all items of one, and none of the other."""
    if can_fail(then) or can_fail(otherwise):
        scope.fail(
            node,
            "a sequence that may raise is not chosen inside an expression, where both are looked at",
            "guard each of its items, as in [x for x in ... if ...] or self.q[:1]",
        )
    first, second = alike(scope, then, otherwise, node)
    kept = [_items_if(scope, part, condition, node) for part, condition in ((first, test), (second, Not(test)))]
    return Concatenation(kept[0], kept[1], location=scope.at(node))


def _items_if(scope: Scope, sequence: Collection, condition: Expr, node: ast.AST) -> Listing:
    item = scope.fresh("item", sequence.element, node)
    return Listing(item, (Generator(item, sequence, condition),), location=scope.at(node))


def stored_place(scope: Scope, node: ast.expr, what: type[Any], name: str) -> Place:
    """Compile an expression that must be a container in the state."""
    value = scope.value(node)
    place = value.place if isinstance(value, Stored) else value
    if isinstance(place, Place) and isinstance(place.type, what):
        return place
    scope.fail(node, f"expected a {name} in the state, found {article(described(value))}", f"only a {name} can do this")


def _name(cls: type[Any]) -> str:
    return cls.__name__


_ITERABLE = "possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)"


def compile_collection(scope: Scope, node: ast.expr, expected: Type | None = None) -> Collection:
    """Compile an expression that must be a collection."""
    if isinstance(node, ast.Tuple):
        return displayed(scope, node.elts, node, expected)
    value = as_collection(scope, scope.value(node, expected), node)
    if expected is not None and not isinstance(value, Stored | Universe):
        return widen(scope, value, expected, node) if common_type(value.element, expected) == expected else value
    return value
