"""What a loop builds, as assignments of comprehensions and folds, one for each name that it accumulates in."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator
from typing import NoReturn

from assay.checker.immutable import immutable
from assay.checker.language.choosing import choose
from assay.checker.language.frontend.context.bindings import Binding, Snapshot, Unbound
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_sequence, is_set
from assay.checker.language.frontend.expressions.building.accumulating import (
    Accumulations,
    accumulations,
    changed_in,
    evaluated_in,
    run_over,
)
from assay.checker.language.frontend.expressions.building.folding import FUNCTIONS, asked, assignment, assignments
from assay.checker.language.frontend.expressions.building.rounds import Clauses, some
from assay.checker.language.frontend.expressions.building.sole_names import is_only_name
from assay.checker.language.frontend.expressions.building.steps import How, Shape, Step, mentioned, step_of
from assay.checker.language.frontend.expressions.iterables.generators import bind_target, bound_generators
from assay.checker.language.frontend.expressions.leaving import is_left, stored_in
from assay.checker.language.frontend.expressions.searches import demand_in_order
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
    _demand_all_rounds(scope, node, names)
    given = {name for name in stored_in(node) if not isinstance(scope.names.get(name, Unbound()), Unbound)}
    found = accumulations(node, names, frozenset(given - run_over(node)))
    if found.unsuitable is not None:
        _demand_no_running_total(scope, found.unsuitable, node)
        _demand_no_last_value(scope, found.unsuitable, names)
        _demand_plain_branches(scope, found.unsuitable, names)
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
    for around, loop, ends in found.left:
        _demand_order(scope, around, loop)
        _demand_known_end(scope, loop, ends, names)
    from_nothing = frozenset(name for name, _ in names if _is_nothing(scope.names[name]))
    compared = frozenset(step.name for step in found.steps if not step.from_none)
    optional = frozenset(step.name for step in found.steps if step.from_none) - compared
    again = [step for step in found.steps if step.name in from_nothing & optional]
    if len({step.name for step in again}) < len(again):
        _refuse(
            scope, again[-1].node, names, "a round changes {} twice"
        )  # what the first of two steps has found, the second would compare with
    return Built(assignments(found, names, from_nothing, optional), found.rest)


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


def _demand_all_rounds(scope: Scope, node: ast.For, names: frozenset[tuple[str, Shape]]) -> None:
    """Refuse to return from a loop that builds something, and to do something else where nothing leaves it."""
    name = min(name for name, _ in names)
    left = next((part for part in ast.walk(node) if isinstance(part, ast.Return)), None)
    if left is not None:
        scope.fail(
            left,
            f"a loop that builds {name} is not left by return",
            "return before the loop: if any(... for x in xs): return ...; or break, and return behind it",
        )
    if node.orelse:
        scope.fail(
            node.orelse[0],
            f"else has no place after a loop that builds {name}",
            "ask behind the loop whether it was left: if any(... for x in xs)",
        )


def _demand_order(scope: Scope, around: Clauses, node: ast.For) -> None:
    """Refuse to leave a loop without an order."""
    with scope.rehearsing(), bound_generators(scope, list(around)) if around else scope.nested():
        _, domain, _ = bind_target(scope, node.target, node.iter)
    demand_in_order(scope, domain, node)


def _demand_known_end(
    scope: Scope, node: ast.For, ends: Iterable[Clauses], names: frozenset[tuple[str, Shape]]
) -> None:
    """Refuse to leave a loop by what may raise: a comprehension asks it of the rounds behind, too."""
    name = min(name for name, _ in names)
    for end in ends:
        with scope.rehearsing():
            found = scope.value(ast.fix_missing_locations(ast.copy_location(some(list(end)), node)))
        if isinstance(found, Expr) and can_fail(found):
            scope.fail(
                node,
                f"a round of this loop, which builds {name}, may raise behind one that leaves it",
                "find the end before: stop = next((i for i, x in enumerate(xs) if ...), len(xs)), "
                f"and build {name} in a loop over xs[:stop]",
            )


def _demand_no_last_value(scope: Scope, unsuitable: ast.stmt, names: frozenset[tuple[str, Shape]]) -> None:
    """Refuse to keep what one of the rounds has found."""
    match unsuitable:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if (name, Shape.VALUE) in names:
            if not mentioned(value) & dict(names).keys():
                scope.fail(
                    unsuitable,
                    f"{name} would be what one of the rounds has found",
                    "next((x for x in xs if ...), default) is the first of what has an order, and of reversed(xs) the "
                    "last; choose(x for x in xs if ...) takes any, in an action",
                )


def _demand_plain_branches(scope: Scope, unsuitable: ast.stmt, names: frozenset[tuple[str, Shape]]) -> None:
    """Refuse branches that are no tests of a comprehension."""
    name = min(name for name, _ in names)
    if isinstance(unsuitable, ast.Match):
        scope.fail(
            unsuitable,
            f"match has no place in a loop that builds {name}",
            "ask by if: if isinstance(x, Ask)",
        )
    if isinstance(unsuitable, ast.For) and is_left(unsuitable):
        scope.fail(
            unsuitable,
            f"a loop that builds {name} is not left from else of a loop in it",
            "ask behind the inner loop: if any(... for y in ys)",
        )


def _demand_no_running_total(scope: Scope, unsuitable: ast.stmt, node: ast.For) -> None:
    """Refuse to append how far a sum has come."""
    changed = [part.target for part in ast.walk(node) if isinstance(part, ast.AugAssign)]
    totals = {target.id for target in changed if isinstance(target, ast.Name)}
    match unsuitable:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value])):
            for total in sorted(totals & mentioned(value)):
                scope.fail(
                    unsuitable,
                    f"what a round appends to {name} depends on what the rounds before it have made of {total}",
                    "write what a round has before it as a slice: [sum(xs[:i + 1]) for i in range(len(xs))]",
                )


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


def _demand_python(scope: Scope, step: Step) -> None:
    """Refuse ``max`` and ``min`` that are not Python's."""
    name = FUNCTIONS.get(step.how)
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
                value = scope.value(asked(step))
            if isinstance(value, Expr) and can_fail(value):
                # Python looks at no more rounds once the name is decided, or at all; a quantifier need not.
                scope.fail(step.node, "a round of this loop may raise", "use any(...) or all(...), which look at all")


# Changes in place


def demand_only_name(scope: Scope, name: str, node: ast.stmt) -> None:
    """Refuse to change a container in place that is the state's or a caller's, or may be part of something else."""
    binding = scope.names.get(name)
    assert isinstance(binding, Snapshot)
    if name in scope.parameters or binding.borrowed is not None:
        made = f"other = {_pure(name, node).removeprefix(f'{name} = ')}"
        scope.fail(node, f"{name} is a container that was given to this function", f"make another one: {made}")
    if _is_given_itself(name, node):
        scope.fail(node, f"{name} is changed by what it holds itself", f"assign what it becomes: {_pure(name, node)}")
    if binding.alias or not is_only_name(scope.code.node, name, node):
        scope.fail(
            node,
            f"{name} may have another name by now, or be part of a value, which this would change, too",
            f"assign another one: {_pure(name, node)}",
        )


def _is_given_itself(name: str, node: ast.stmt) -> bool:
    """Return whether a container is changed in place by itself as a whole: ``s.difference_update(s)``."""
    steps = (step_of(node, name, shape) for shape in (Shape.LIST, Shape.SET))
    return any(step is not None and isinstance(step.value, ast.Name) and step.value.id == name for step in steps)


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
    return assignment(node, name, shape, binding.open)
