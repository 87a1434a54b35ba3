"""What a loop builds, as assignments of comprehensions and folds, one for each name that it accumulates in."""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NoReturn

from assay.checker.immutable import immutable
from assay.checker.language.choosing import choose
from assay.checker.language.frontend.context.bindings import Binding, Snapshot, Unbound
from assay.checker.language.frontend.context.outside import PYTHONS, resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_sequence, is_set
from assay.checker.language.frontend.expressions.accumulating import (
    Accumulations,
    How,
    Shape,
    Step,
    accumulations,
    changed_in,
    evaluated_in,
    mentioned,
    run_over,
    step_of,
)
from assay.checker.language.frontend.expressions.leaving import stored_in
from assay.checker.language.frontend.expressions.sole_names import is_only_name
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import Expr
from assay.checker.language.types import NoneOnly

__all__ = ["Built", "built_by", "changed_in_place", "demand_only_name", "shape_of"]


@immutable
class Built:
    """What a loop builds.

    Attributes
    ----------
    assignments : tuple of ast.Assign
        An assignment of each name that it accumulates in, in terms of what there is before the loop.
    rest : ast.For or None
        What else the loop does.
    """

    assignments: tuple[ast.Assign, ...]
    rest: ast.For | None


def shape_of(binding: Binding | None) -> Shape | None:
    """Return what a name stands for, if a loop may accumulate in it."""
    match binding:
        case Snapshot(collection) if is_sequence(collection):
            return Shape.LIST
        case Snapshot(collection) if is_set(collection):
            return Shape.SET
        case Expr():
            return Shape.VALUE
        case _:
            return None


def built_by(scope: Scope, node: ast.For, shapes: Collection[Shape]) -> Built | None:
    """Return what a loop builds, of these shapes; None if it does not change such names.

    A loop of an action assigns single values itself, so there only containers are built.

    Raises
    ------
    ModelError
        If what it makes of one depends on how far other rounds have come.
    """
    names = frozenset(_accumulators(scope, node, shapes))
    if not names:
        return None
    found = accumulations(node, names)
    if found.unsuitable is not None:
        _refuse(scope, found.unsuitable, names, "what a round does to {} depends on what other rounds have done")
    if found.mixed is not None:
        _refuse(scope, found.mixed, names, "a round changes {} twice, and by turns")
    _demand_own_names(scope, found, node)
    for step in found.steps:
        _demand_python(scope, step)
        _demand_unchosen(scope, step)
        if step.in_place:
            demand_only_name(scope, step.name, step.node)
    _demand_defined(scope, found.steps)
    from_nothing = frozenset(name for name, _ in names if _is_nothing(scope.names[name]))
    compared = frozenset(step.name for step in found.steps if not step.from_none)
    optional = frozenset(step.name for step in found.steps if step.from_none) - compared
    again = [step for step in found.steps if step.name in from_nothing & optional]
    if len({step.name for step in again}) < len(again):
        _refuse(
            scope, again[-1].node, names, "a round changes {} twice"
        )  # what the first of two steps has found, the second would compare with
    return Built(_assignments(node, names, from_nothing, optional), found.rest)


def _accumulators(scope: Scope, node: ast.For, shapes: Collection[Shape]) -> Iterator[tuple[str, Shape]]:
    """Yield the names that a loop changes, with their shapes, except those for a container in the state itself."""
    stored = stored_in(node)
    for name in sorted(changed_in(node) - run_over(node)):
        binding = scope.names.get(name)
        shape = shape_of(binding)
        in_state = isinstance(binding, Snapshot) and binding.alias and name not in stored
        if shape is not None and shape in shapes and not in_state:
            yield name, shape


def _is_nothing(binding: Binding) -> bool:
    """Return whether a name has no value of its own yet: an empty container of any type, or None."""
    return (isinstance(binding, Snapshot) and binding.open) or (
        isinstance(binding, Expr) and isinstance(binding.type, NoneOnly)
    )


def _refuse(scope: Scope, node: ast.stmt, names: frozenset[tuple[str, Shape]], message: str) -> NoReturn:
    own = [name for name, _ in names if name in mentioned(node)]
    name = min(own, default=min(name for name, _ in names))
    ways = _WAYS[dict(names)[name]].format(name)
    scope.fail(node, message.format(name), f"a loop accumulates {ways}, for an x that tells of its own round only")


_WAYS = {
    Shape.LIST: "by one {0} = {0} + [x], or {0} = [x, *{0}]",
    Shape.SET: "by {0} = {0} | {{x}}, or by {0} = {0} - {{x}}",
    Shape.VALUE: "by {0} = {0} + x, or {0} = max({0}, x), or {0} = {0} or x",
}


def _demand_own_names(scope: Scope, found: Accumulations, node: ast.For) -> None:
    """Refuse to give another value, in each round, to a name that has one already; others have none after the loop."""
    if found.rest is not None:
        return
    for name in sorted(stored_in(node) - {step.name for step in found.steps}):
        if not isinstance(scope.names.get(name, Unbound()), Unbound):
            scope.fail(
                node, f"{name} is given a value in each round, and has one before the loop", "use another name inside"
            )
        scope.names[name] = Unbound()


_FUNCTIONS = {How.LARGEST: "max", How.SMALLEST: "min"}


def _demand_python(scope: Scope, step: Step) -> None:
    """Refuse ``max`` and ``min`` that are not Python's."""
    name = _FUNCTIONS.get(step.how)
    if name is not None and resolve(scope, ast.Name(name, ast.Load())) != (True, getattr(builtins, name)):
        scope.fail(step.node, f"{name} is not Python's function here", "use another name for what is called so here")


def _demand_unchosen(scope: Scope, step: Step) -> None:
    """Refuse a choice in each round: the loop becomes a comprehension, which is evaluated apart from all else."""
    for part in (inner for whole in (step.value, *evaluated_in(step.clauses)) for inner in ast.walk(whole)):
        if isinstance(part, ast.Call) and resolve(scope, part.func)[1] is choose:
            scope.fail(
                part,
                f"choose has no place in a loop that builds {step.name}",
                "choose before it; or, of what has no order, write a set: {choose(v for v in V) for n in N}",
            )


def _demand_defined(scope: Scope, steps: Iterable[Step]) -> None:
    """Refuse a search among rounds one of which may raise."""
    for step in steps:
        if step.how in (How.SOME, How.ALL, How.FIXED):
            with scope.rehearsing():
                asked = scope.value(_asked(step))
            if isinstance(asked, Expr) and can_fail(asked):
                # Python looks at no more rounds once the name is decided, or at all; a quantifier need not.
                scope.fail(step.node, "a round of this loop may raise", "use any(...) or all(...), which look at all")


# The assignments


@functools.cache
def _assignments(
    node: ast.For, names: frozenset[tuple[str, Shape]], from_nothing: frozenset[str], optional: frozenset[str]
) -> tuple[ast.Assign, ...]:
    made: list[ast.Assign] = []
    found = accumulations(node, names)
    for name in dict.fromkeys(step.name for step in found.steps):
        steps = [step for step in found.steps if step.name == name]
        shape = dict(names)[name]
        value = _value(steps, shape, nothing=name in from_nothing, optional=name in optional)
        assignment = ast.Assign([ast.Name(name, ast.Store())], value)
        made.append(ast.fix_missing_locations(ast.copy_location(assignment, steps[0].node)))
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
            return _joined(value, ast.Add(), _listed(step))
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
            return ast.BoolOp(word, [*([value] if value else []), _asked(step)])
        case _:
            return ast.IfExp(_asked(step), step.value, value or _name(step.name))


_LOAD = ast.Load()


def _extreme(steps: Sequence[Step], *, nothing: bool, optional: bool) -> ast.expr:
    """Return the largest, or smallest, of what a name is and what the rounds find."""
    name, function = steps[0].name, _FUNCTIONS[steps[0].how]
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


def _asked(step: Step) -> ast.expr:
    """Return whether some round, or every round, says something; or whether there is a round that comes to a step."""
    said = ast.Constant(True) if step.how is How.FIXED else step.value
    asked = _folded("all" if step.how is How.ALL else "any", said, step)
    return ast.fix_missing_locations(ast.copy_location(asked, step.node))


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


# Changes in place


def demand_only_name(scope: Scope, name: str, node: ast.stmt) -> None:
    """Refuse to change a container in place that is the state's or a caller's, or may be part of something else."""
    binding = scope.names.get(name)
    assert isinstance(binding, Snapshot)
    if name in scope.parameters or binding.borrowed is not None:
        made = f"other = {_pure(name, node).removeprefix(f'{name} = ')}"
        scope.fail(node, f"{name} is a container that was given to this function", f"make another one: {made}")
    if binding.alias or not is_only_name(scope.code.node, name, node):
        scope.fail(
            node,
            f"{name} may have another name by now, or be part of a value, which this would change, too",
            f"assign another one: {_pure(name, node)}",
        )


def _pure(name: str, node: ast.stmt) -> str:
    """Return the statement that makes a new container instead of changing one."""
    for shape in (Shape.LIST, Shape.SET):
        step = step_of(node, name, shape)
        if step is not None:
            value = ast.unparse(step.value)
            if step.how is How.PREPENDED:
                return f"{name} = {value} + {name}"
            sign = {How.APPENDED: "+", How.UNITED: "|", How.TAKEN: "-"}[step.how]
            return f"{name} = {name} {sign} {value}"
    return f"{name} = ..."


def changed_in_place(scope: Scope, node: ast.stmt, name: str) -> ast.Assign | None:
    """Return an assignment that does the same as a change of a local container in place; None if there is none."""
    binding = scope.names.get(name)
    shape = shape_of(binding)
    if shape is None or not isinstance(binding, Snapshot) or step_of(node, name, shape) is None:
        return None
    if binding.alias:
        return None  # it is in the state itself, which this changes
    demand_only_name(scope, name, node)
    return _assignment(node, name, shape, binding.open)


@functools.cache
def _assignment(node: ast.stmt, name: str, shape: Shape, nothing: bool) -> ast.Assign | None:
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
