"""Functions that depend on an order: ``sorted``, the first item by ``next``, the least and greatest by a key."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import NoReturn

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import Value
from assay.checker.language.frontend.context.conversions import common_type, widened
from assay.checker.language.frontend.context.facts import variables_in
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, element_of, is_sequence, is_set, is_sortable
from assay.checker.language.frontend.expressions.collections import compile_collection
from assay.checker.language.frontend.expressions.iterables.generators import bound_generators, is_run_through, map_view
from assay.checker.language.frontend.expressions.iterables.lexicographic import demand_order, extreme
from assay.checker.language.frontend.expressions.iterables.positions import each
from assay.checker.language.frontend.expressions.iterables.slices import backwards
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.frontend.expressions.records import evaluated_first
from assay.checker.language.ir.nodes import (
    And,
    Collection,
    Compare,
    Comparison,
    Conditional,
    Expr,
    Extreme,
    Generator,
    IntRange,
    ItemAt,
    Length,
    Let,
    Listing,
    Literal,
    Member,
    Name,
    Universe,
    substituted,
)
from assay.checker.language.types import INT, IntType, MapType, SortType, Type
from assay.checker.wording import article

__all__ = ["compile_next", "compile_sorted", "extreme_by_key", "or_default", "type_with_default"]

Key = Callable[[Expr], Expr]


def compile_sorted(scope: Scope, node: ast.Call, _: Type | None) -> Listing:
    """Compile ``sorted(xs)``: for each value in order, the items equal to it."""
    descending = [_is_descending(scope, keyword) for keyword in node.keywords]
    if len(node.args) != 1:
        scope.fail(node, "sorted takes one argument", "sorted(self.seen)")
    ascending = _ascending(scope, node, node.args[0])
    # Items that are equal are the same, so a sort from the greatest on is the other one from its end.
    return backwards(scope, ascending, node) if any(descending) else ascending


def _is_descending(scope: Scope, keyword: ast.keyword) -> bool:
    match keyword:
        case ast.keyword(arg="reverse", value=ast.Constant(value=bool(descending))):
            return descending
        case ast.keyword(arg="reverse"):
            scope.fail(
                keyword.value, "reverse= is True or False here", "sorted(xs, reverse=True) if ... else sorted(xs)"
            )
        case _:
            remedy = "sort numbers, or the elements of an Order"
            scope.fail(keyword.value, f"{keyword.arg}= is not part of the language here", remedy)


def _ascending(scope: Scope, node: ast.Call, argument: ast.expr) -> Listing:
    if isinstance(argument, ast.GeneratorExp):
        return _made_in_order(scope, argument)
    if is_run_through(scope, argument):
        through = each(argument)
        made = ast.copy_location(ast.GeneratorExp(through.elt, through.generators), argument)
        return _made_in_order(scope, made)
    collection = compile_collection(scope, argument)
    value, item = (scope.fresh(name, collection.element, node) for name in ("value", "item"))
    domain = _in_order(scope, element_of(collection), node)
    _demand_inside(scope, domain, collection, node)
    if is_set(collection):
        inside = Member(value, collection, location=scope.at(node))
        return Listing(value, (Generator(value, domain, inside),), location=scope.at(node))
    same = Compare(Comparison.EQ, item, value, location=scope.at(node))
    return Listing(item, (Generator(value, domain), Generator(item, collection, same)), location=scope.at(node))


def _made_in_order(scope: Scope, argument: ast.GeneratorExp) -> Listing:
    """Return what a generator makes, in order: it may run over sets, since items that are equal are the same."""
    with bound_generators(scope, argument.generators) as generators:
        element = compile_scalar(scope, argument.elt)
    domain = _in_order(scope, element.type, argument)
    _demand_inside(scope, domain, Listing(element, generators), argument)
    value = scope.fresh("value", element.type, argument)
    same = Compare(Comparison.EQ, element, value, location=scope.at(argument))
    *before, last = generators
    condition = same if last.condition is None else And((last.condition, same), location=scope.at(argument))
    found = Generator(last.variable, last.domain, condition, location=last.location)
    return Listing(value, (Generator(value, domain), *before, found), location=scope.at(argument))


def _demand_inside(scope: Scope, domain: Collection, collection: Collection, node: ast.AST) -> None:
    if isinstance(domain, IntRange) and any(scope.written.get(name) for name in variables_in(collection)):
        scope.fail(
            node,
            "numbers that changed before may be outside of their range here, and are sorted by that",
            "sort them before the first change",
        )


def _in_order(scope: Scope, element: Type, node: ast.AST) -> Collection:
    """Return all values of a type in ascending order."""
    match element:
        case SortType(_, True):
            return Universe(element, location=scope.at(node))
        case IntType(int(low), int(high)):
            return IntRange(Literal(low, INT), Literal(high + 1, INT), location=scope.at(node))
        case _:
            remedy = "sort the elements of an Order, or numbers of a Range whose bounds are numbers"
            scope.fail(node, f"{article(element)} has no order, or one without ends, and sorted needs one with", remedy)


def compile_next(scope: Scope, node: ast.Call, expected: Type | None) -> Expr:
    """Compile ``next((x for x in xs if ...), default)`` over an ordered collection."""
    match node.args:
        case [ast.GeneratorExp(generators=[_]) as argument, *defaults] if len(defaults) <= 1 and not node.keywords:
            default = compile_scalar(scope, defaults[0], expected) if defaults else None
        case _:
            scope.fail(node, "next takes a generator with one for, and a default", "next((x for x in xs if ...), None)")
    with bound_generators(scope, argument.generators) as generators:
        element = compile_scalar(scope, argument.elt, expected)
    domain, variable = generators[0].domain, generators[0].variable
    if is_sequence(domain):
        return _first_item(scope, generators[0], element, default, node)
    if not _is_ascending(domain):
        _no_first(scope, domain, argument)
    if element == variable:
        element, default = _alike(scope, element, default, node)
        return Extreme(False, element, generators, default, location=scope.at(node))
    index = scope.fresh("first", variable.type, node)
    least = Extreme(False, variable, generators, None, location=scope.at(node))
    found: Expr = Let(index, least, substituted(element, {variable: index}), location=scope.at(node))
    if default is None:
        return found
    found, default = _alike(scope, found, default, node)
    assert default is not None
    return or_default(scope, found, default, generators, node)


def or_default(scope: Scope, found: Expr, default: Expr, generators: tuple[Generator, ...], node: ast.AST) -> Expr:
    """Return what was found among the elements of generators, or the default if there are none."""
    some = Extreme(True, Literal(1, INT), generators, Literal(0, INT), location=scope.at(node))
    there = Compare(Comparison.EQ, some, Literal(1, INT), location=scope.at(node))
    return _or_default(scope, there, found, default, node)


def _or_default(scope: Scope, there: Expr, found: Expr, default: Expr, node: ast.AST) -> Expr:
    """Return the item found, or the default, which Python evaluates even if an item is found."""
    chosen = Conditional(there, found, default, location=scope.at(node))
    return evaluated_first(scope, default, chosen, node)


def _is_ascending(domain: Value) -> bool:
    """Return whether a loop over a collection without repeats visits the least element first, and so on."""
    if isinstance(domain, Universe):
        return isinstance(domain.of, SortType) and domain.of.ordered
    return isinstance(domain, IntRange)


def _no_first(scope: Scope, domain: Collection, node: ast.AST) -> NoReturn:
    scope.fail(
        node,
        f"{article(described(domain))} has no order, so none of its elements is the first",
        "choose(x for x in ... if ...) takes any, in an action",
    )


def _alike(scope: Scope, element: Expr, default: Expr | None, node: ast.AST) -> tuple[Expr, Expr | None]:
    """Return an element and a default, both converted to their common type."""
    if default is None:
        return element, None
    common = type_with_default(scope, element, default, node)
    return widened(element, common), widened(default, common)


def type_with_default(scope: Scope, element: Expr, default: Expr, node: ast.AST) -> Type:
    """Return the common type of the elements and of a default; refuse a default that has none with them."""
    common = common_type(element.type, default.type)
    if common is None:
        scope.fail(
            node,
            f"the default is {article(default.type)}, the elements are {element.type}",
            "both must be of one type, or the default None",
        )
    return common


def _first_item(scope: Scope, generator: Generator, element: Expr, default: Expr | None, node: ast.AST) -> Expr:
    """Return the item at the first position of a sequence where the generator's condition is true."""
    index, where = scope.fresh("index", INT, node), scope.fresh("index", INT, node)
    at = ItemAt(generator.domain, index, safe=True, location=scope.at(node))
    condition = None if generator.condition is None else substituted(generator.condition, {generator.variable: at})
    positions = (Generator(index, _positions(generator.domain), condition),)
    # -1 is not a position: it says that no item was found, so that the condition is not evaluated a second time.
    none = None if default is None else Literal(-1, INT)
    first = Extreme(False, index, positions, none, location=scope.at(node))
    item = ItemAt(generator.domain, where, safe=True, location=scope.at(node))
    found = substituted(element, {generator.variable: item})
    found, default = _alike(scope, found, default, node)
    if default is not None:
        there = Compare(Comparison.LE, Literal(0, INT), where, location=scope.at(node))
        found = _or_default(scope, there, found, default, node)
    return Let(where, first, found, location=scope.at(node))


def _positions(sequence: Collection) -> IntRange:
    return IntRange(Literal(0, INT), Length(sequence))


def extreme_by_key(
    scope: Scope, node: ast.Call, argument: ast.expr, key: ast.expr, *, largest: bool, default: Expr | None
) -> Expr:
    """Compile ``max(xs, key=...)`` or ``min`` of what has an order; of equal keys, Python takes the first."""
    key, view = _as_lambda(key), map_view(scope, argument)
    if view is not None and isinstance(view[1].type, MapType):
        domain = Universe(view[1].type.key, location=scope.at(argument))
        if not _is_ascending(domain):
            _no_first_of_equals(scope, node, argument, key, domain)
    run = each(argument) if is_run_through(scope, argument) else argument
    sequence = compile_collection(scope, run)
    if not (is_sequence(sequence) or _is_ascending(sequence)):
        _no_first_of_equals(scope, node, argument, key, sequence)
    measured = _measure(scope, key, sequence.element)
    item = scope.fresh("item", sequence.element, node)
    found = _best_by_key(scope, sequence, item, measured(item), largest=largest, node=node)
    if default is None:
        return found
    common = type_with_default(scope, found, default, node)
    generators = (Generator(item, sequence),)
    return or_default(scope, widened(found, common), widened(default, common), generators, node)


def _best_by_key(scope: Scope, sequence: Collection, item: Name, value: Expr, *, largest: bool, node: ast.AST) -> Expr:
    """Return the first item whose key is the best one: of items with equal keys, Python returns the first."""
    index, where, best = (scope.fresh(*named, node) for named in (("index", INT), ("index", INT), ("best", value.type)))
    greatest = extreme(scope, largest, value, (Generator(item, sequence),), node)
    if _is_ascending(sequence):
        is_best = Compare(Comparison.EQ, value, best, location=scope.at(node))
        least = Extreme(False, item, (Generator(item, sequence, is_best),), None, location=scope.at(node))
        return Let(best, greatest, least, location=scope.at(node))
    at = ItemAt(sequence, index, safe=True, location=scope.at(node))
    is_best = Compare(Comparison.EQ, substituted(value, {item: at}), best, location=scope.at(node))
    first = Extreme(False, index, (Generator(index, _positions(sequence), is_best),), None, location=scope.at(node))
    found = ItemAt(sequence, where, safe=True, location=scope.at(node))
    return Let(best, greatest, Let(where, first, found, location=scope.at(node)), location=scope.at(node))


def _no_first_of_equals(
    scope: Scope, node: ast.Call, argument: ast.expr, key: ast.expr, elements: Collection
) -> NoReturn:
    """Refuse the element with the best key among some without an order, of which several may have that key."""
    extreme_, among = ast.unparse(node.func), remedies.operand(argument)
    match key:
        case _ if is_sortable(element_of(elements)):
            remedy = f"take the first in order: {extreme_}(sorted({among}), key={ast.unparse(key)})"
        case ast.Lambda(args=ast.arguments(args=[parameter]), body=body):
            name, value = parameter.arg, remedies.operand(body)
            best = f"for {name} in {among} if {value} == {extreme_}({value} for {name} in {among})"
            remedy = f"take any, in an action: choose({name} {best}); ask about each, in a property: all(... {best})"
        case _:
            remedy = "take the min or max of the keys themselves"
    what = article(described(elements))
    scope.fail(node, f"in {what} several elements may have the same key, and none of them is the first", remedy)


def _as_lambda(key: ast.expr) -> ast.expr:
    """Return ``m.get`` as ``lambda k: m[k]``, of a map that has a value at every key."""
    if not isinstance(key, ast.Attribute) or key.attr not in ("get", "__getitem__"):
        return key
    entry = ast.Subscript(key.value, ast.Name("k", ast.Load()), ast.Load())
    made = ast.Lambda(ast.arguments([], [ast.arg("k")], kwonlyargs=[], kw_defaults=[], defaults=[]), entry)
    return ast.fix_missing_locations(ast.copy_location(made, key))


def _measure(scope: Scope, key: ast.expr, element: Type) -> Key:
    """Compile a key function, which is a lambda of one parameter."""
    match key:
        case ast.Lambda(args=ast.arguments(posonlyargs=[], args=[parameter], kwonlyargs=[], vararg=None, kwarg=None)):
            variable = scope.fresh(parameter.arg, element, key)
            with scope.nested(**{parameter.arg: variable}), scope.comprehension_scope():
                body = compile_scalar(scope, key.body)
        case _:
            scope.fail(key, "a key is a lambda of one parameter here", "key=lambda entry: entry.term")
    demand_order(scope, body.type, key)
    return lambda item: substituted(body, {variable: item})
