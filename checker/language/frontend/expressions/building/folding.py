"""What loops build, as assignments: a comprehension or a fold for each name that they accumulate in."""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Sequence

from assay.checker.language.frontend.context.outside import PYTHONS
from assay.checker.language.frontend.expressions.building.accumulating import Accumulations
from assay.checker.language.frontend.expressions.building.steps import How, Shape, Step, step_of

__all__ = ["FUNCTIONS", "asked", "assignment", "assignments"]

FUNCTIONS = {How.LARGEST: "max", How.SMALLEST: "min"}
"""The functions that tell the largest and the smallest."""


@functools.cache
def assignments(
    found: Accumulations, names: frozenset[tuple[str, Shape]], from_nothing: frozenset[str], optional: frozenset[str]
) -> tuple[ast.Assign, ...]:
    made: list[ast.Assign] = []
    for name in dict.fromkeys(step.name for step in found.steps):
        steps = [step for step in found.steps if step.name == name]
        shape = dict(names)[name]
        value = _value(steps, shape, nothing=name in from_nothing, optional=name in optional)
        whole = ast.Assign([ast.Name(name, ast.Store())], value)
        made.append(ast.fix_missing_locations(ast.copy_location(whole, steps[0].node)))
    return tuple(made)


def _value(steps: Sequence[Step], shape: Shape, *, nothing: bool, optional: bool) -> ast.expr:
    """Return the value of a name after a loop, in terms of what it is before."""
    name, how = steps[0].name, steps[0].how
    if how in (How.LARGEST, How.SMALLEST):
        return _extreme(steps, nothing=nothing, optional=optional)
    value: ast.expr | None = None if nothing and shape is not Shape.VALUE else _name(name)
    for step in steps:
        value = _after(value, step)
    assert value is not None
    return value


def _after(value: ast.expr | None, step: Step) -> ast.expr:
    """Return a value after all rounds of a step; it may be nothing yet, as an empty container."""
    match step.how:
        case How.APPENDED:
            return _joined(value, ast.Add(), _first_ones(step, value) if step.distinct else _listed(step))
        case How.PREPENDED:
            backwards = ast.Subscript(_listed(step), ast.Slice(step=ast.UnaryOp(ast.USub(), ast.Constant(1))), _LOAD)
            return backwards if value is None else ast.BinOp(backwards, ast.Add(), value)
        case How.UNITED:
            return _joined(value, ast.BitOr(), _set_of(step))
        case How.TAKEN:
            return ast.BinOp(value or _name(step.name), ast.Sub(), _set_of(step))
        case How.ADDED | How.SUBTRACTED:
            sign: ast.operator = ast.Add() if step.how is How.ADDED else ast.Sub()
            return _joined(value, sign, _folded("sum", step.value, step))
        case How.SOME | How.ALL:
            word: ast.boolop = ast.Or() if step.how is How.SOME else ast.And()
            return ast.BoolOp(word, [*([value] if value else []), asked(step)])
        case _:
            return ast.IfExp(asked(step), step.value, value or _name(step.name))


_LOAD = ast.Load()


def _extreme(steps: Sequence[Step], *, nothing: bool, optional: bool) -> ast.expr:
    """Return the largest, or smallest, of what a name is and what the rounds find."""
    name, function = steps[0].name, FUNCTIONS[steps[0].how]
    none = ast.Constant(None)
    if nothing and optional:
        return _folded(function, steps[0].value, steps[0], default=none)
    value: ast.expr = _name(name)
    for step in steps:
        value = _called(function, value, _folded(function, step.value, step, default=_name(name)))
    if not optional:
        return value
    first = _folded(function, steps[0].value, steps[0], default=none)
    return ast.IfExp(ast.Compare(_name(name), [ast.Is()], [none]), first, value)


def asked(step: Step) -> ast.expr:
    """Return whether some round, or every round, says something; or whether there is a round that comes to a step."""
    said = ast.Constant(True) if step.how is How.FIXED else step.value
    found = _folded("all" if step.how is How.ALL else "any", said, step)
    return ast.fix_missing_locations(ast.copy_location(found, step.node))


def _folded(function: str, value: ast.expr, step: Step, *, default: ast.expr | None = None) -> ast.Call:
    argument = ast.GeneratorExp(value, list(step.clauses))
    called = _called(function, argument)
    called.keywords = [] if default is None else [ast.keyword("default", default)]
    return called


def _called(function: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(_name(PYTHONS + function), list(arguments), [])


def _name(name: str) -> ast.Name:
    return ast.Name(name, _LOAD)


def _joined(value: ast.expr | None, operator: ast.operator, other: ast.expr) -> ast.expr:
    return other if value is None else ast.BinOp(value, operator, other)


def _listed(step: Step) -> ast.ListComp:
    """Return the items that the rounds append, in their order; put before others, they come in the opposite one."""
    match step.value:
        case ast.List(elts=[item]) if not isinstance(item, ast.Starred):
            return ast.ListComp(item, list(step.clauses))
    items = _concatenated(step.value)
    if step.how is How.PREPENDED:
        items = ast.Subscript(items, ast.Slice(step=ast.UnaryOp(ast.USub(), ast.Constant(1))), _LOAD)
    return ast.ListComp(_name(_ITEM), [*step.clauses, _each(items)])


def _first_ones(step: Step, value: ast.expr | None) -> ast.ListComp:
    """Return the first of equal items, of those that a list does not hold before."""
    place, item = ast.Name(_PLACE, ast.Store()), ast.Name(_ITEM, ast.Store())
    before = ast.Subscript(copy.deepcopy(_listed(step)), ast.Slice(upper=_name(_PLACE)), _LOAD)
    held = [before] if value is None else [before, value]
    tests: list[ast.expr] = [ast.Compare(_name(_ITEM), [ast.NotIn()], [items]) for items in held]
    numbered = _called("enumerate", _listed(step))
    clause = ast.comprehension(ast.Tuple([place, item], ast.Store()), numbered, tests, 0)
    return ast.ListComp(_name(_ITEM), [clause])


_PLACE = "a place"
"""The name of the place of an item among what the rounds append."""

_ITEM = "an item"
"""The name of an item of what a round adds; no name of a model has a blank."""


def _each(items: ast.expr) -> ast.comprehension:
    return ast.comprehension(ast.Name(_ITEM, ast.Store()), items, [], 0)


def _concatenated(items: ast.expr) -> ast.expr:
    """Return ``[a, *b]`` as ``[a] + b``, which may hold an item twice."""
    if not isinstance(items, ast.List) or not items.elts:
        return items
    parts = [item.value if isinstance(item, ast.Starred) else ast.List([item], _LOAD) for item in items.elts]
    return functools.reduce(lambda a, b: ast.BinOp(a, ast.Add(), b), parts)


def _set_of(step: Step) -> ast.SetComp:
    match step.value:
        case ast.Set(elts=[item]) if not isinstance(item, ast.Starred):
            return ast.SetComp(item, list(step.clauses))
        case _:
            return ast.SetComp(_name(_ITEM), [*step.clauses, _each(step.value)])


@functools.cache
def assignment(node: ast.stmt, name: str, shape: Shape, nothing: bool) -> ast.Assign | None:
    step = step_of(node, name, shape)
    assert step is not None
    own = None if nothing and step.how is not How.TAKEN else _name(name)
    match step.how:
        case How.PREPENDED:
            value = _joined(step.value, ast.Add(), own) if own is not None else step.value
        case How.APPENDED:
            value = _joined(own, ast.Add(), step.value)
        case How.UNITED | How.TAKEN:
            value = _joined(own, ast.BitOr() if step.how is How.UNITED else ast.Sub(), step.value)
        case _:
            return None
    assigned = ast.Assign([ast.Name(name, ast.Store())], value)
    return ast.fix_missing_locations(ast.copy_location(assigned, node))
