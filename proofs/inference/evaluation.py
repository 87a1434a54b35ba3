"""Evaluate formulas on many states at once, as NumPy arrays with an axis for each variable and one for the states.

The axis of the states is the last. There are thousands of states, but only a few elements of a sort, so NumPy's
innermost loops are long. With a last axis of four elements, a quantifier took a hundred times as long.

Formulas are evaluated again and again, often on worlds of only a few states, so each computation is planned once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, reduce

import numpy as np
from assay.proofs.inference.worlds import Array, World
from assay.proofs.logic.terms import BOOL, Op, Term

__all__ = ["Plan", "evaluated", "holds"]

_Held = list[Array | None]
"""The values of subterms so far, by their numbers; those no longer needed are None."""

_Step = Callable[[_Held, World], Array]
"""Computes the next subterm."""


def evaluated(term: Term, world: World, variables: Sequence[Term]) -> Array:
    """Return the values of a term, as an array that broadcasts to (elements of the first variable, ..., states).

    Parameters
    ----------
    term : Term
        Its free variables must be among `variables`, and its sorts finite in the world.
    world : World
        The states.
    variables : sequence of Term
        The variables of the axes before the last.

    Complexity: the product of the number of states and of the sizes of the sorts of the variables that occur.
    """
    return next(Plan([term], variables).values(world))


def holds(formula: Term, world: World) -> Array:
    """Return a mask of the states in which a closed formula is true."""
    return np.broadcast_to(next(_plan(formula).values(world)), (world.states,))


@lru_cache(maxsize=1024)
def _plan(formula: Term) -> Plan:
    return Plan([formula], ())


class Plan:
    """How to evaluate some terms; common subterms are evaluated once.

    Parameters
    ----------
    terms : sequence of Term
        The terms.
    variables : sequence of Term
        What the axes before the last stand for: the free variables are among them.
    """

    def __init__(self, terms: Sequence[Term], variables: Sequence[Term]) -> None:
        self.depth = max((term.depth for term in terms), default=0)
        # Those of quantified variables come first, the innermost at the very beginning.
        self.axes = {name: self.depth + index for index, name in enumerate(variables)}
        self.dimensions = self.depth + len(variables) + 1
        self._steps: list[_Step] = []
        self._numbers: dict[tuple[Term, frozenset[tuple[Term, int]]], int] = {}
        self._needed: list[int] = []
        self._ends: list[tuple[range, int]] = []  # for each term, the steps that it adds, and its number
        for term in terms:
            begin = len(self._steps)
            number = self._of(term, self.axes, self.depth)
            self._ends.append((range(begin, len(self._steps)), number))
        self._dead: list[list[int]] = [[] for _ in terms]
        for number, last in enumerate(self._needed):
            self._dead[last].append(number)

    def values(self, world: World) -> Iterator[Array]:
        """Yield each term's values, as an array that broadcasts to (elements of the first variable, ..., states)."""
        held: _Held = [None] * len(self._steps)
        for (fresh, number), dead in zip(self._ends, self._dead, strict=True):
            for step in fresh:
                held[step] = self._steps[step](held, world)
            found = _at(held, number)
            yield found.reshape(found.shape[self.depth :])
            for other in dead:
                held[other] = None

    # Planning

    def _of(self, term: Term, axes: Mapping[Term, int], free: int) -> int:
        """Return the number of a term, whose variables have these axes; axes from `free` on are taken."""
        key = term, _NOWHERE if axes is self.axes else self._moved(term, axes)
        number = self._numbers.get(key)
        if number is None:
            step = self._step(term, axes, free)
            number = self._numbers[key] = len(self._steps)
            self._steps.append(step)
            self._needed.append(0)
        self._needed[number] = len(self._ends)
        return number

    def _moved(self, term: Term, axes: Mapping[Term, int]) -> frozenset[tuple[Term, int]]:
        """Return those axes of a term's variables that differ from the ones they have outside of quantifiers."""
        return frozenset((name, axes[name]) for name in term.free if axes[name] != self.axes.get(name))

    def _step(self, term: Term, axes: Mapping[Term, int], free: int) -> _Step:
        match term.op:
            case Op.TRUE | Op.FALSE:
                return _constant(self._scalar(term.op is Op.TRUE))
            case Op.VARIABLE:
                return self._elements(term, axes[term])
            case Op.ELEMENT | Op.NUMBER:
                return _constant(self._scalar(term.of))
            case Op.APPLY:
                return self._applied(term, axes, free)
            case Op.FORALL | Op.EXISTS:
                return self._quantified(term, axes, free)
        args = [self._of(arg, axes, free) for arg in term.args]
        match term.op:
            case Op.NOT:
                return lambda held, _: np.logical_not(_at(held, args[0]))
            case Op.ITE:
                return lambda held, _: np.where(*(_at(held, arg) for arg in args))
        join = _JOINS[term.op]
        return lambda held, _: reduce(join, [_at(held, arg) for arg in args])

    def _scalar(self, value: object) -> Array:
        return np.array(value).reshape((1,) * self.dimensions)

    def _elements(self, variable: Term, axis: int) -> _Step:
        shape = [1] * self.dimensions
        shape[axis] = -1
        return lambda _, world: np.arange(world.size(variable.sort)).reshape(shape)

    def _applied(self, term: Term, axes: Mapping[Term, int], free: int) -> _Step:
        symbol, places = term.of, [axes[arg] for arg in term.args if arg.op is Op.VARIABLE]
        nothing = self._scalar(False if symbol.result is BOOL else 0)  # nothing depends on a missing table
        if len(set(places)) == len(term.args):
            return self._transposed(term, places, nothing)
        args = [self._of(arg, axes, free) for arg in term.args]

        def step(held: _Held, world: World) -> Array:
            table = world.tables.get(symbol)
            if table is None:
                return nothing
            states = np.arange(table.shape[-1]).reshape((1,) * (self.dimensions - 1) + (-1,))
            found: Array = table[(*(_at(held, arg).astype(np.intp) for arg in args), states)]
            return found

        return step

    def _transposed(self, term: Term, places: Sequence[int], nothing: Array) -> _Step:
        """Plan a view of a table with its arguments moved to the axes of different variables, without copying."""
        symbol, dimensions = term.of, self.dimensions
        order = (*sorted(range(len(places)), key=lambda index: places[index]), len(places))

        def step(_: _Held, world: World) -> Array:
            table = world.tables.get(symbol)
            if table is None:
                return nothing
            shape = [1] * dimensions
            shape[-1] = table.shape[-1]
            for index, place in enumerate(places):
                shape[place] = table.shape[index]
            return table.transpose(order).reshape(shape)

        return step

    def _quantified(self, term: Term, axes: Mapping[Term, int], free: int) -> _Step:
        rest = free - len(term.of)
        inner = {**axes, **{name: rest + index for index, name in enumerate(term.of)}}
        body, over = self._of(term.args[0], inner, rest), tuple(range(rest, free))
        join = np.logical_and if term.op is Op.FORALL else np.logical_or

        def step(held: _Held, _: World) -> Array:
            # Arrays have length 1 along the axis of a variable that they do not depend on, whatever the size of its
            # sort.
            found: Array = join.reduce(_at(held, body), axis=over, keepdims=True)
            return found

        return step


_NOWHERE = frozenset[tuple[Term, int]]()

_JOINS: dict[Op, Callable[[Array, Array], Array]] = {
    Op.AND: np.logical_and,
    Op.OR: np.logical_or,
    Op.EQUAL: np.equal,
    Op.AT_MOST: np.less_equal,
    Op.ADD: np.add,
    Op.MULTIPLY: np.multiply,
}


def _constant(value: Array) -> _Step:
    return lambda *_: value


def _at(held: _Held, number: int) -> Array:
    found = held[number]
    assert found is not None
    return found
