"""The heads of loops and comprehensions: ``for ... in ... if ...``."""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from assay.checker.language.frontend.context.bindings import Binding, Value
from assay.checker.language.frontend.context.conversions import held, widened
from assay.checker.language.frontend.context.facts import known, learned, together
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, has_order, is_sequence, looked_into
from assay.checker.language.frontend.expressions.collections import compile_collection
from assay.checker.language.frontend.expressions.iterables.positions import Positions, positions
from assay.checker.language.frontend.expressions.operands import compile_condition, compile_part
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    ArithmeticOperator,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Conditional,
    Elements,
    Entry,
    Expr,
    Generator,
    IntRange,
    Item,
    Listing,
    Literal,
    MakeTuple,
    Name,
    Place,
    Universe,
)
from assay.checker.language.types import INT, MapType, TupleType, Type
from assay.checker.wording import article, numbered

__all__ = ["bind_target", "bound_generators", "compile_comprehension", "compile_listing", "each_of", "elements_of"]
__all__ += ["entry_of", "is_run_through", "items_of", "map_view", "unpacked"]


@contextmanager
def bound_generators(scope: Scope, clauses: list[ast.comprehension]) -> Iterator[tuple[Generator, ...]]:
    """Compile ``for ... in ... if ...`` clauses; their names are bound within the block."""
    compiled: list[Generator] = []
    with scope.nested():
        # Python evaluates the first clause's iterable outside the comprehension's own scope, and all else inside.
        head = bind_target(scope, clauses[0].target, clauses[0].iter)
        with scope.comprehension_scope():
            compiled.append(_generator(scope, clauses[0], *head))
            for clause in clauses[1:]:
                compiled.append(_generator(scope, clause, *bind_target(scope, clause.target, clause.iter)))
            yield tuple(compiled)


def _generator(
    scope: Scope, clause: ast.comprehension, variable: Name, domain: Collection, bindings: dict[str, Binding]
) -> Generator:
    if clause.is_async:
        scope.fail(clause.target, "async is not part of the language", "do without it")
    scope.names.update(bindings)
    conditions = []
    for test in clause.ifs:
        conditions.append(compile_condition(scope, test))
        scope.facts = together(scope.facts, learned(conditions[-1], True))
    condition = And(tuple(conditions)) if len(conditions) > 1 else conditions[0] if conditions else None
    return Generator(variable, domain, condition, location=scope.at(clause.target))


def bind_target(scope: Scope, target: ast.expr, iterated: ast.expr) -> tuple[Name, Collection, dict[str, Binding]]:
    """Compile the head of a loop: its variable, its collection, and the bindings of the target's names."""
    view = map_view(scope, iterated)
    if view is not None:
        return _bind_map(scope, target, *view, iterated)
    numbered_ = positions(scope, iterated)
    if numbered_ is not None:
        return _bind_positions(scope, target, numbered_, iterated)
    _demand_distinct(scope, iterated)
    domain = compile_collection(scope, iterated)
    if isinstance(target, ast.Name):
        variable = scope.fresh(target.id, domain.element, target)
        return variable, domain, {target.id: variable}
    variable = scope.fresh("item", domain.element, target)
    return variable, domain, unpacked(scope, target, variable)


def elements_of(scope: Scope, argument: ast.expr, *, once: bool = True) -> tuple[Value, tuple[Generator, ...]]:
    """Compile the argument of a fold; with ``once``, repetitions matter, as they do to a sum."""
    if isinstance(argument, ast.GeneratorExp | ast.ListComp):
        with bound_generators(scope, argument.generators) as generators:
            return scope.value(argument.elt), generators
    return each_of(scope, argument, once=once)


def each_of(scope: Scope, argument: ast.expr, *, once: bool = True) -> tuple[Expr, tuple[Generator, ...]]:
    """Compile what a fold runs over where that is no comprehension: its elements are the values."""
    if isinstance(argument, ast.List | ast.Tuple) and argument.elts and not once:
        argument = ast.copy_location(ast.Set(argument.elts), argument)
    target = ast.copy_location(ast.Name(id="item", ctx=ast.Store()), argument)
    variable, domain, bindings = bind_target(scope, target, argument)
    binding = bindings["item"]
    generators = (Generator(variable, domain, location=scope.at(argument)),)
    if isinstance(binding, Expr):
        return binding, generators
    remedy = f"write it out: any(... for v in {ast.unparse(argument)})"
    scope.fail(argument, "the values of this map are containers", remedy)


def _demand_distinct(scope: Scope, node: ast.expr) -> None:
    found, things = resolve(scope, node)
    if found and isinstance(things, tuple) and len(set(things)) != len(things):
        scope.fail(node, f"{ast.unparse(node)} holds the same element twice", "make it a frozenset")
    if not isinstance(node, ast.Tuple | ast.List):
        return
    if len(node.elts) == 1 and not isinstance(node.elts[0], ast.Starred):
        return
    constants = [_constant(scope, element) for element in node.elts]
    twice = any(a == b for (_, a), (_, b) in itertools.combinations(constants, 2))
    if twice or not all(found for found, _ in constants):
        scope.fail(node, "the same element might occur twice in what this runs over", "write a set: {...}")


def _constant(scope: Scope, node: ast.expr) -> tuple[bool, object]:
    """Return whether an expression is a constant, and its value."""
    if isinstance(node, ast.Constant):
        return True, node.value
    return resolve(scope, node)


def unpacked(scope: Scope, target: ast.expr, value: Expr) -> dict[str, Binding]:
    """Return the bindings of a tuple target's names."""
    bindings: dict[str, Binding] = {}
    items = items_of(scope, target, value)
    for element, item in zip(target.elts if isinstance(target, ast.Tuple) else (), items, strict=True):
        bindings.update({element.id: item} if isinstance(element, ast.Name) else unpacked(scope, element, item))
    return bindings


def items_of(scope: Scope, target: ast.expr, value: Expr) -> list[Expr]:
    """Return the items of a tuple, one for each element of the target."""
    if not isinstance(target, ast.Tuple) or not isinstance(value.type, TupleType):
        scope.fail(target, f"{article(value.type)} cannot be unpacked here", "only tuples can, into names")
    if len(target.elts) != len(value.type.items):
        scope.fail(
            target,
            f"a {value.type} has {numbered(len(value.type.items), 'item')}, not {len(target.elts)}",
            "name each item once",
        )
    parts = zip(target.elts, value.type.items, strict=True)
    return [Item(value, i, type_, location=scope.at(part)) for i, (part, type_) in enumerate(parts)]


def map_view(scope: Scope, node: ast.expr) -> tuple[str, Place | Expr] | None:
    """Return the view's name and the map of ``m.items()``, ``m.keys()`` or ``m.values()``; None for anything else."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="items" | "keys" | "values" as view), args=[]):
            viewed = scope.value(owner)
            if isinstance(viewed, Place) or (isinstance(viewed, Expr) and isinstance(viewed.type, MapType)):
                return view, viewed
    return None


def _bind_map(
    scope: Scope, target: ast.expr, view: str, viewed: Place | Expr, node: ast.expr
) -> tuple[Name, Collection, dict[str, Binding]]:
    assert isinstance(viewed.type, MapType)
    key = scope.fresh("key", viewed.type.key, target)
    entry = entry_of(scope, viewed, key, node)
    domain = Universe(viewed.type.key, location=scope.at(node))
    match view, target:
        case "items", ast.Name(id=name) if isinstance(entry, Expr):
            return key, domain, {name: _paired(scope, [key, entry], target)}
        case "keys", ast.Name(id=name):
            return key, domain, {name: key}
        case "values", ast.Name(id=name):
            return key, domain, {name: _bound(scope, entry)}
        case "items", ast.Tuple(elts=[ast.Name(id=name), ast.Name(id=value)]):
            return key, domain, {name: key, value: _bound(scope, entry)}
        case _:
            wanted = "two names: for k, v in" if view == "items" else "one name: for k in"
            scope.fail(target, f"this does not fit the {view} of a map", f"write {wanted} m.{view}()")


def entry_of(scope: Scope, viewed: Place | Expr, key: Expr, node: ast.AST) -> Value:
    """Return the entry of a map at a key; the map is in the state, or part of a value."""
    assert isinstance(viewed.type, MapType)
    if isinstance(viewed, Expr):
        return looked_into(known(Entry(viewed, key, location=scope.at(node)), scope.facts))
    keys, type_ = (*viewed.keys, key), viewed.type.value
    return scope.read(Place(viewed.root, viewed.variable, keys, type_, location=scope.at(node)))


def _bind_positions(
    scope: Scope, target: ast.expr, found: Positions, node: ast.expr
) -> tuple[Name, Collection, dict[str, Binding]]:
    """Bind the names of a loop over what has an order to what is at a position."""
    place = scope.at(node)
    index = scope.fresh("index", INT, target)
    lengths = found.lengths(node, scope)
    end = functools.reduce(lambda a, b: Conditional(Compare(Comparison.LT, a, b), a, b, location=place), lengths)
    domain = IntRange(Literal(0, INT), end, location=place)
    items: list[Binding] = [known(item, scope.facts) for item in found.items(index, node, scope)]
    number: Expr = index
    if found.start:
        number = Arithmetic(ArithmeticOperator.ADD, index, Literal(found.start, INT), location=place)
    if found.function == "enumerate(zip)":
        return index, domain, _bound_pairs(scope, target, number, items)
    parts = [number, *items] if found.function == "enumerate" else items
    return index, domain, _bound_parts(scope, target, parts, found.function)


def _bound_pairs(scope: Scope, target: ast.expr, number: Expr, items: list[Binding]) -> dict[str, Binding]:
    """Bind ``i, (x, y)`` to a position and the items of several sequences there."""
    match target:
        case ast.Name(id=name):
            return {name: _paired(scope, [number, _paired(scope, items, target)], target)}
        case ast.Tuple(elts=[ast.Name(id=name), ast.Tuple() | ast.Name() as pair]):
            return {name: number, **_bound_parts(scope, pair, items, "zip")}
    scope.fail(
        target, "enumerate(zip(...)) gives an index and a tuple", "name each: for i, (x, y) in enumerate(zip(...))"
    )


def _bound_parts(scope: Scope, target: ast.expr, parts: list[Binding], function: str) -> dict[str, Binding]:
    if isinstance(target, ast.Name) and function in ("enumerate", "zip"):
        return {target.id: _paired(scope, parts, target)}
    targets = [target] if function in ("reversed", "range") else target.elts if isinstance(target, ast.Tuple) else []
    if len(targets) != len(parts):
        scope.fail(
            target,
            f"{function} gives {numbered(len(parts), 'item')} at a time",
            f"name each: for i, x in {function}(...)",
        )
    bindings: dict[str, Binding] = {}
    for element, part in zip(targets, parts, strict=True):
        assert isinstance(part, Expr)
        bindings.update({element.id: part} if isinstance(element, ast.Name) else unpacked(scope, element, part))
    return bindings


def _paired(scope: Scope, parts: Sequence[Binding], node: ast.expr) -> Expr:
    """Return the tuple that a loop gives one name."""
    values = [part for part in parts if isinstance(part, Expr)]
    types_ = [held(value.type) for value in values]
    fitted = [widened(value, type_) for value, type_ in zip(values, types_, strict=True)]
    return MakeTuple(TupleType(tuple(types_)), tuple(fitted), location=scope.at(node))


def is_run_through(scope: Scope, node: ast.expr) -> bool:
    """Return whether an expression is no value, but run through: ``zip(...)`` and the like, or a view of a map."""
    return positions(scope, node) is not None or map_view(scope, node) is not None


def _bound(scope: Scope, value: Value) -> Binding:
    if isinstance(value, Elements):
        return value.value
    if isinstance(value, Expr | Place):
        return value
    return scope.snapshot(value, alias=True)


def compile_listing(scope: Scope, node: ast.ListComp | ast.GeneratorExp, expected: Type | None) -> Collection:
    """Compile ``[item for ... in ... if ...]``: a sequence, if every collection that it iterates over is ordered."""
    with bound_generators(scope, node.generators) as generators:
        for generator, clause in zip(generators, node.generators, strict=True):
            if not has_order(generator.domain) and not is_sequence(generator.domain):
                scope.fail(
                    clause.iter,
                    f"{article(described(generator.domain))} has no order, and a list has one",
                    "write a set: {...}, or run over what has an order: an Order, range(...), sorted(...)",
                )
        item = compile_part(scope, node.elt, expected)
        if expected is not None:
            item = scope.fit(item, expected, node.elt, "the element")
    return Listing(item, generators, location=scope.at(node))


def compile_comprehension(
    scope: Scope, node: ast.SetComp | ast.ListComp | ast.GeneratorExp, expected: Type | None
) -> Collection:
    """Compile ``{item for ... in ... if ...}``."""
    with bound_generators(scope, node.generators) as generators:
        item = compile_part(scope, node.elt, expected)
        if expected is not None:
            item = scope.fit(item, expected, node.elt, "the element")
    return Comprehension(item, generators, location=scope.at(node))
