"""Evaluate formulas on many states at once, as NumPy arrays with an axis for each variable and one for the states.

That of the states is the last: there are thousands of them, and a few elements of a sort. The innermost loops of NumPy
are long then; a quantifier over a last axis of four elements took a hundred times as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np
from assay.proofs.inference.worlds import Array, World
from assay.proofs.logic.terms import BOOL, Op, Term

__all__ = ["Evaluation", "evaluated", "holds"]

_KEPT = frozenset({Op.APPLY, Op.NOT, Op.AND, Op.OR, Op.EQUAL, Op.ITE})
"""Terms whose values are kept."""

_NOWHERE = frozenset[tuple[Term, int]]()


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
    return Evaluation(world, variables, term.depth).of(term)


def holds(formula: Term, world: World) -> Array:
    """Return a mask of the states in which a closed formula is true."""
    return np.broadcast_to(evaluated(formula, world, ()), (world.states,))


class Evaluation:
    """The values of terms on the states of a world; common subterms are evaluated once.

    Parameters
    ----------
    world : World
        The states.
    variables : sequence of Term
        What the axes before the last stand for.
    depth : int
        The greatest nesting depth of quantifiers in the terms.
    """

    def __init__(self, world: World, variables: Sequence[Term], depth: int) -> None:
        self.world = world
        self.depth = depth
        # Those of quantified variables come first, the innermost at the very beginning.
        self.axes = {name: depth + index for index, name in enumerate(variables)}
        self.dimensions = depth + len(variables) + 1
        self._known: dict[tuple[Term, frozenset[tuple[Term, int]]], Array] = {}

    def of(self, term: Term) -> Array:
        """Return what a term is, as an array that broadcasts to (elements of the first variable, ..., states)."""
        found = self._of(term, self.axes, self.depth)
        return found.reshape(found.shape[self.depth :])

    def _of(self, term: Term, axes: Mapping[Term, int], free: int) -> Array:
        if term.depth or term.op not in _KEPT:
            return self._value(term, axes, free)
        key = term, _NOWHERE if axes is self.axes else self._moved(term, axes)
        if key not in self._known:
            self._known[key] = self._value(term, axes, free)
        return self._known[key]

    def _moved(self, term: Term, axes: Mapping[Term, int]) -> frozenset[tuple[Term, int]]:
        """Return the axes of a term's variables that are others than outside of quantifiers."""
        return frozenset((name, axes[name]) for name in term.free if axes[name] != self.axes.get(name))

    def _value(self, term: Term, axes: Mapping[Term, int], free: int) -> Array:
        match term.op:
            case Op.TRUE | Op.FALSE:
                return self._scalar(term.op is Op.TRUE)
            case Op.VARIABLE:
                return self._axis(axes[term], self.world.size(term.sort))
            case Op.ELEMENT | Op.NUMBER:
                return self._scalar(term.of)
            case Op.APPLY:
                return self._applied(term, axes, free)
            case Op.FORALL | Op.EXISTS:
                return self._quantified(term, axes, free)
        args = [self._of(arg, axes, free) for arg in term.args]
        match term.op:
            case Op.NOT:
                return np.logical_not(args[0])
            case Op.AND:
                return reduce(np.logical_and, args)
            case Op.OR:
                return reduce(np.logical_or, args)
            case Op.EQUAL:
                return np.equal(args[0], args[1])
            case Op.ITE:
                return np.where(*args)
            case Op.AT_MOST:
                return np.less_equal(args[0], args[1])
            case Op.ADD:
                return reduce(np.add, args)
            case Op.MULTIPLY:
                return reduce(np.multiply, args)
        raise AssertionError(term.op)

    def _scalar(self, value: object) -> Array:
        return np.array(value).reshape((1,) * self.dimensions)

    def _axis(self, axis: int, size: int) -> Array:
        shape = [1] * self.dimensions
        shape[axis] = size
        return np.arange(size).reshape(shape)

    def _applied(self, term: Term, axes: Mapping[Term, int], free: int) -> Array:
        table = self.world.tables.get(term.of)
        if table is None:  # nothing depends on it
            return self._scalar(False if term.of.result is BOOL else 0)
        if not term.args:
            return table.reshape((1,) * (self.dimensions - 1) + (table.shape[-1],))
        places = [axes[arg] for arg in term.args if arg.op is Op.VARIABLE]
        if len(set(places)) == len(term.args):
            return self._transposed(table, places)
        index = [self._of(arg, axes, free).astype(np.intp) for arg in term.args]
        found: Array = table[(*index, self._axis(self.dimensions - 1, table.shape[-1]))]
        return found

    def _transposed(self, table: Array, places: Sequence[int]) -> Array:
        """Return a view of a table with its arguments moved to the axes of different variables, without copying."""
        order = sorted(range(len(places)), key=lambda index: places[index])
        moved = table.transpose(*order, len(places))
        shape = [1] * (self.dimensions - 1) + [table.shape[-1]]
        for index in order:
            shape[places[index]] = table.shape[index]
        return moved.reshape(shape)

    def _quantified(self, term: Term, axes: Mapping[Term, int], free: int) -> Array:
        rest = free - len(term.of)
        inner = {**axes, **{name: rest + index for index, name in enumerate(term.of)}}
        body = self._of(term.args[0], inner, rest)
        join = np.logical_and if term.op is Op.FORALL else np.logical_or
        # Arrays have length 1 along the axis of a variable that they do not depend on, whatever the size of its sort.
        found: Array = join.reduce(body, axis=tuple(range(rest, free)), keepdims=True)
        return found
