"""One action in generated code: loops over its parameters, guards hoisted as far out as possible, and its body."""

from __future__ import annotations

from contextlib import AbstractContextManager

from assay.checker.engine.native.abi import STATUS_ASKED, STATUS_FULL
from assay.checker.engine.native.codegen.containers.counting import each_bit
from assay.checker.engine.native.codegen.containers.sets import plan_collection
from assay.checker.engine.native.codegen.context import Context, MaskPlan
from assay.checker.engine.native.codegen.expressions.scalars import code_of
from assay.checker.engine.native.codegen.iteration.watching import is_ringing
from assay.checker.engine.native.codegen.operations.bitsets import intersection
from assay.checker.engine.native.codegen.operations.instructions import Register
from assay.checker.engine.native.codegen.operations.values import Word, number
from assay.checker.engine.native.codegen.operations.words import add, less, multiply
from assay.checker.engine.native.codegen.packing.access import StateView
from assay.checker.engine.native.codegen.statements.choosing import each_container, with_containers
from assay.checker.engine.native.codegen.statements.drawing import drawn_by, each_drawn, needed_to_draw
from assay.checker.engine.native.codegen.statements.guards import (
    Guard,
    after_what_they_need,
    guards_of,
    in_order_of_use,
    levels,
)
from assay.checker.engine.native.codegen.wordwise.masks import over_elements, plan_condition
from assay.checker.engine.native.signatures import EXPAND
from assay.checker.errors import Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import MOST_VALUES
from assay.checker.language.introspection.drawing_guards import too_many_values
from assay.checker.language.ir.nodes import (
    Block,
    Comprehension,
    Expr,
    Generator,
    Let,
    Name,
    Quantifier,
    Require,
    Root,
    Statement,
    Universe,
)
from assay.checker.language.ir.program import ActionIR
from assay.checker.language.types import is_container

__all__ = ["Expansion", "expand_action"]

_MOST = 1 << 40
"""More successors than any buffer has room for; with this bound, their words' indices fit a machine word."""


@immutable
class Expansion:
    """The variables of ``expand``.

    Attributes
    ----------
    state, start, count : Register
        The index of the state, the number of successors written before it, and the number written so far.
    target : Register
        The index of the first word of the next successor.
    capacity : Word
        How many successors there is room for.
    before, working : StateView
        The state, and the copy of it that an action changes.
    """

    state: Register
    start: Register
    count: Register
    target: Register
    capacity: Word
    before: StateView
    working: StateView


@immutable
class _Action:
    """An action under generation: its parameters in the order of their loops, and the guards at each depth."""

    name: str
    index: int
    parameters: tuple[Name, ...]
    levels: list[list[Guard]]
    rest: tuple[Statement, ...]
    weights: tuple[tuple[Name, int], ...]


def expand_action(
    ctx: Context, run: Expansion, index: int, action: ActionIR, weights: tuple[tuple[Name, int], ...] = ()
) -> None:
    """Generate the successors of a state by one action.

    Beside each successor is written ``index`` plus, for each parameter, its code times its weight in ``weights``.
    """
    ctx = with_containers(ctx, action, run.working)
    guards, rest = guards_of(action.body, ctx.facts)
    parameters = in_order_of_use(action.parameters, guards, ctx.facts)
    parameters = after_what_they_need(
        parameters, {p.name: needed_to_draw(ctx, p, guards) for p in parameters}, guards, ctx.facts
    )
    _loop(
        ctx,
        run,
        _Action(action.name, index, parameters, levels(guards, parameters, ctx.facts), rest, weights),
        0,
        frozenset(),
    )


def _loop(ctx: Context, run: Expansion, action: _Action, depth: int, done: frozenset[int]) -> None:
    """Generate the guards at a depth, then the loop over the next parameter with those it can absorb."""
    if 0 < depth < len(action.parameters):
        _look_at_alarm(ctx, run)
    skip, gathered = ctx.b.label(), dict(ctx.gathered)
    for guard in action.levels[depth]:
        if id(guard) in done:
            continue
        if isinstance(guard, Require):
            _gather_sets(ctx, guard.condition)
            ctx.b.unless(ctx.truth(guard.condition), skip)
        else:
            ctx.execute(guard)
    if depth == len(action.parameters):
        _body(ctx, run, action)
    else:
        _next_parameter(ctx, run, action, depth)
    ctx.b.place(skip)
    ctx.gathered = gathered


def _next_parameter(ctx: Context, run: Expansion, action: _Action, depth: int) -> None:
    parameter = action.parameters[depth]
    drawn = drawn_by(ctx, parameter, action.levels[depth + 1])
    if drawn is not None:
        done = frozenset({id(drawn.guard)}) if drawn.is_decisive else frozenset[int]()
        for way in range(len(drawn.ways)):
            with each_drawn(ctx, parameter, drawn, way, lambda: _look_at_alarm(ctx, run)):
                _loop(ctx, run, action, depth + 1, done)
        return
    if is_container(parameter.type):
        with each_container(ctx, parameter, action.levels[depth + 1]) as done:
            _look_at_alarm(ctx, run)
            _loop(ctx, run, action, depth + 1, done)
        return
    _demand_few(ctx, action, parameter)
    absorbed, plans = _absorbed(ctx, parameter, action.levels[depth + 1])
    loop: AbstractContextManager[None] = ctx.each(Universe(parameter.type), parameter)
    domain = plan_collection(Universe(parameter.type), ctx) if plans else None
    if domain is not None:
        mask = domain()
        for plan in plans:
            mask = intersection(ctx.b, mask, plan())
        loop = each_bit(ctx, mask, parameter)
    with loop:
        _loop(ctx, run, action, depth + 1, absorbed)


def _demand_few(ctx: Context, action: _Action, parameter: Name) -> None:
    """Refuse to try so many values of a parameter in every state that the search would never end."""
    if ctx.codes.size(parameter.type) > MOST_VALUES:
        size = ctx.codes.instance.size(parameter.type)
        specification = ctx.codes.instance.specification
        method = next(method for method in specification.methods if method.name == action.name)
        message, remedy = too_many_values(method, parameter.name, parameter.type, size, specification.variables)
        raise Unsupported(message, help=remedy)


def _absorbed(ctx: Context, parameter: Name, guards: list[Guard]) -> tuple[frozenset[int], list[MaskPlan]]:
    """Return the guards that a word expresses for all values of a parameter at once, and how to compute it."""
    over = over_elements(ctx, parameter, frozenset(ctx.names))
    plans: list[MaskPlan] = []
    absorbed: set[int] = set()
    for guard in guards if over is not None else ():
        if not isinstance(guard, Require):
            break  # an assignment to a local name: what follows may depend on it
        assert over is not None
        plan = plan_condition(guard.condition, over, ctx)
        if plan is not None:
            plans.append(plan)
            absorbed.add(id(guard))
        elif ctx.facts.can_fail(guard.condition):
            break  # evaluating a later guard before this one might hide that this one raises
    return frozenset(absorbed), plans


def _gather_sets(ctx: Context, condition: Expr) -> None:
    """Compute, once before a guard, the sets in it that do not depend on what it quantifies over."""
    for part in ctx.facts.parts(condition):
        if isinstance(part, Comprehension) and _is_closed(ctx, part):
            plan = plan_collection(part, ctx)
            if plan is not None:
                ctx.gathered[id(part)] = plan()


def _is_closed(ctx: Context, part: Comprehension) -> bool:
    inner = ctx.facts.parts(part)
    bound = {node.variable.name for node in inner if isinstance(node, Generator | Quantifier | Let)}
    return ctx.facts.names(part) - bound <= ctx.names.keys() and not ctx.facts.can_fail(part)


def _body(ctx: Context, run: Expansion, action: _Action) -> None:
    _demand_room(ctx, run)
    _copy_state(ctx, run)
    label = _label(ctx, action)
    gathered, ctx.gathered = ctx.gathered, {}
    ctx.views[Root.STATE], ctx.disabled = run.working, ctx.b.label()
    ctx.execute(Block(action.rest))
    _write_state(ctx, run, label)
    ctx.b.place(ctx.disabled)
    ctx.views[Root.STATE], ctx.gathered = run.before, gathered


def _label(ctx: Context, action: _Action) -> Word:
    """Compute the number written beside a successor."""
    label = number(action.index)
    for parameter, weight in action.weights:
        code = code_of(ctx, parameter.type, ctx.expr(parameter))
        label = add(ctx.b, label, multiply(ctx.b, code, number(weight)))
    return label


def _look_at_alarm(ctx: Context, run: Expansion) -> None:
    """Return early, with the states completed so far, if the caller is waiting: the loops inside may take very long."""
    b = ctx.b
    with b.when(is_ringing(b, EXPAND["status"])):
        _leave(ctx, run, STATUS_ASKED)


def _leave(ctx: Context, run: Expansion, status: int) -> None:
    b = ctx.b
    b.store(EXPAND["status"], number(0), number(status))
    b.store(EXPAND["status"], number(1), b.get_word(run.state))
    b.leave(b.get_word(run.start))


def _demand_room(ctx: Context, run: Expansion) -> None:
    """Return with the states before this one unless there is room for a successor and for scratch."""
    b = ctx.b
    needed = add(b, b.get_word(run.count, 0, _MOST), number(2))  # the successor itself, and scratch behind it
    with b.when(less(b, run.capacity, needed)):
        _leave(ctx, run, STATUS_FULL)


def _copy_state(ctx: Context, run: Expansion) -> None:
    b, before, working = ctx.b, run.before, run.working
    b.set(run.target, multiply(b, b.get_word(run.count, 0, _MOST), number(ctx.layout.words)))
    for index in ctx.layout.registers:
        b.set(working.registers[index], b.get_mask(before.registers[index]))
    for index in ctx.layout.memory:
        working.store(b, number(index), before.load(b, number(index)))


def _write_state(ctx: Context, run: Expansion, label: Word) -> None:
    b, working = ctx.b, run.working
    for index in ctx.layout.registers:
        working.store(b, number(index), b.get_mask(working.registers[index]))
    count = b.get_word(run.count, 0, _MOST)
    b.store(EXPAND["actions"], count, label)
    b.set(run.count, add(b, count, number(1)))
