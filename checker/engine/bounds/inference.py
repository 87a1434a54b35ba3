"""Intervals around the numbers that a variable can hold in any reachable state.

Abstract interpretation over intervals (Cousot and Cousot, 1977). Starting from the initial states, the effect of every
action is computed on intervals until they grow no more. Bounds that still grow after some rounds are widened to the
next number that the model mentions, and in the end to infinity; following the actions a few times more then recovers
what their guards keep. The result is used for one thing only: that a search over unbounded numbers ends. No verdict
depends on it.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from assay.checker.engine.bounds.effects import after
from assay.checker.engine.bounds.guards import assume
from assay.checker.engine.bounds.intervals import Hull, Interval, join, joined
from assay.checker.engine.bounds.knowledge import AbstractState, either
from assay.checker.engine.bounds.values import IntervalDomain, numbers_in
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.ir.nodes import Literal, Node, walk
from assay.checker.language.ir.program import ActionIR, ModelIR

__all__ = ["inferred_bounds"]

_ROUNDS, _MOST_ROUNDS = 4, 200
"""Rounds before a growing bound is widened to the next number mentioned, and before it is widened to infinity."""

_REFINEMENTS = 8
"""Rounds of narrowing after widening."""

_MOST_INITIAL = 1 << 16
"""The most initial states that are evaluated; with more of them, nothing is inferred."""


def inferred_bounds(model: ModelIR, instance: Instance) -> Mapping[str, Hull]:
    """Return, for each variable, an interval around all numbers that it holds in any reachable state.

    Parameters
    ----------
    model : ModelIR
        The compiled model.
    instance : Instance
        The instance; it must be active.

    Returns
    -------
    mapping from str to Interval or None
        None if a variable holds no numbers. An interval may be infinite.

    Raises
    ------
    ModelError
        If the model's own code fails while it makes initial states.
    """
    names = [variable.name for variable in instance.specification.variables]
    values, start = IntervalDomain(instance, assume), _initial(instance, names)
    if start is None:
        return {variable.name: values.of_type(variable.type) for variable in instance.specification.variables}
    held = _closed(values, model.actions, start, _mentioned(model, instance))
    for _ in range(_REFINEMENTS):
        held = _joined(start, _once(values, model.actions, held))
    return held


def _initial(instance: Instance, names: Sequence[str]) -> dict[str, Hull] | None:
    interpreter = Interpreter(instance)
    states = list(islice(interpreter.each_initial_state(), _MOST_INITIAL + 1))
    if len(states) > _MOST_INITIAL:
        return None
    thawed = [interpreter.thaw(state) for state in states]
    return {name: joined(numbers_in(getattr(state, name)) for state in thawed) for name in names}


def _once(values: IntervalDomain, actions: Sequence[ActionIR], held: Mapping[str, Hull]) -> dict[str, Hull]:
    """Return the numbers that the variables hold after any one action."""
    result: AbstractState | None = None
    for action in actions:
        result = either(result, after(values, action.body, AbstractState(held)))
    return {name: None if result is None else result.of(name) for name in held}


def _joined(left: Mapping[str, Hull], right: Mapping[str, Hull]) -> dict[str, Hull]:
    return {name: join(hull, right[name]) for name, hull in left.items()}


def _closed(
    values: IntervalDomain, actions: Sequence[ActionIR], start: Mapping[str, Hull], mentioned: Sequence[int]
) -> dict[str, Hull]:
    """Return intervals that no action leads out of."""
    held, count = dict(start), 0
    while (following := _joined(held, _once(values, actions, held))) != held:
        stops = () if count >= _MOST_ROUNDS else mentioned
        held = following if count < _ROUNDS else {n: _widened(held[n], hull, stops) for n, hull in following.items()}
        count += 1
    return held


def _widened(before: Hull, grown: Hull, stops: Sequence[int]) -> Hull:
    """Return an interval that has grown, widened to the next stop on each side on which it grew."""
    if grown is None or before == grown:
        return grown
    low, high = grown.low, grown.high
    if before is None or low < before.low:
        below = bisect_right(stops, low)
        low = stops[below - 1] if below else -math.inf
    if before is None or high > before.high:
        above = bisect_left(stops, high)
        high = stops[above] if above < len(stops) else math.inf
    return Interval(low, high)


def _mentioned(model: ModelIR, instance: Instance) -> list[int]:
    """Return the numbers that a model mentions, and their neighbours, in ascending order."""
    found: set[int] = {0, *instance.sizes.values(), *map(len, instance.quorums.values())}
    found.update(c for c in instance.constants.values() if isinstance(c, int))
    found.update(_literals(action.body for action in model.actions))
    return sorted({number + by for number in found for by in (-1, 0, 1)})


def _literals(nodes: Iterable[Node]) -> Iterator[int]:
    for node in nodes:
        yield from (inner.value for inner in walk(node) if isinstance(inner, Literal) and type(inner.value) is int)
