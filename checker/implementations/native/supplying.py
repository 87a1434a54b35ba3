"""Answer the requests of compiled functions: compute each value once and enter it into their tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt
from assay.checker.engine.lookout import Ended
from assay.checker.engine.native.program import PackedStates
from assay.checker.errors import ModelError
from assay.checker.implementations.native import abi
from assay.checker.implementations.native.columns import Context
from assay.checker.implementations.native.layout import Full, WorldLayout
from assay.checker.implementations.native.packing import Packing
from assay.checker.implementations.native.slots import PairTable
from assay.checker.implementations.native.tables import Tables
from assay.checker.implementations.native.universe import Universe
from assay.checker.implementations.native.values import TracedPredicate, ValueTable
from assay.impl.node.errors import NodeError

__all__ = ["Judge", "Predicates", "Supplier"]


class Judge(Protocol):
    """Decides which steps the model takes."""

    def takes(self, before: int, after: int) -> bool:
        """Return whether the model leads from one state to another, both by number."""


class Predicates:
    """The predicates of a search; they outlive layouts.

    Attributes
    ----------
    firing : tuple of TracedPredicate
        The predicates that are watched.
    constraint, abstraction : TracedPredicate, optional
        The constraint on worlds, and the function from worlds to states of the model.
    judge : Judge, optional
        Decides about steps of the model.
    """

    def __init__(
        self,
        firing: tuple[TracedPredicate, ...],
        constraint: TracedPredicate | None = None,
        abstraction: TracedPredicate | None = None,
        judge: Judge | None = None,
    ) -> None:
        self.firing, self.constraint, self.abstraction, self.judge = firing, constraint, abstraction, judge

    @property
    def all(self) -> tuple[TracedPredicate, ...]:
        """All predicates, in the order in which compiled functions number them."""
        return (*self.firing, *(p for p in (self.constraint, self.abstraction) if p is not None))


class Supplier:
    """Fills the tables of one layout.

    Parameters
    ----------
    universe, layout, budgets
        See `Tables`.
    predicates : Predicates
        The predicates of the search.

    Attributes
    ----------
    error : NodeError or ModelError, optional
        The error of a node or a predicate that ended the search.
    path : array
        The path to it.
    is_full : bool
        Whether the search ended because the layout had no room for an answer.
    """

    def __init__(
        self, universe: Universe, layout: WorldLayout, budgets: dict[str, int], predicates: Predicates
    ) -> None:
        self.universe = universe
        self.tables = Tables(universe, layout, budgets)
        self.packing = Packing(universe, layout, budgets)
        self.error: NodeError | ModelError | None = None
        self.path: PackedStates | None = None
        self.is_full = False
        self._judge = predicates.judge
        self._values = [ValueTable(predicate, layout) for predicate in predicates.all]
        self._edges = PairTable()
        context, pointers = self.tables.context, Context(max(len(self._values), 1))
        for number, table in enumerate(self._values):
            pointers.point(number, table.context)
        context.point(abi.PREDICATE_TABLES, pointers)
        context.point(abi.EDGES, self._edges.context)
        context[abi.PREDICATES] = len(predicates.firing)
        if predicates.constraint is not None:
            context[abi.CONSTRAINT] = len(predicates.firing)
        if predicates.abstraction is not None:
            context[abi.ABSTRACTION] = len(self._values) - 1

    def __call__(self, path: Callable[[], PackedStates]) -> None:
        """Answer all requests.

        Raises
        ------
        Ended
            If a node, or a predicate, breaks a rule; or if the layout has no room.
        """
        count = self.tables.context[abi.MISSING_COUNT]
        asked = self.tables.missing[:count].copy()
        try:
            for row in asked:
                self._supply(row.tolist(), row)
        except (NodeError, ModelError) as error:
            self.error, self.path = error, path()
            raise Ended from None
        except Full:
            self.is_full = True
            raise Ended from None
        for table in self._values:
            table.grow()

    def _supply(self, numbers: list[int], row: npt.NDArray[np.int64]) -> None:
        kind, first, second, third = numbers[:4]
        universe, tables = self.universe, self.tables
        match kind:
            case abi.MISSING_CALL:
                tables.put_call(first, second, third, universe.call(first, second, third))
            case abi.MISSING_HISTORY:
                tables.put_history(first, second, universe.history_after(first, second))
            case abi.MISSING_PUSH:
                tables.channels.put_push(first, second, third)
            case abi.MISSING_COPY:
                tables.channels.put_copy(first, second)
            case abi.MISSING_REST:
                tables.channels.put_rest(first, second)
            case abi.MISSING_VALUE:
                state = row[2 : 2 + self.packing.layout.words].view(np.uint64)
                self._values[first].learn(state, lambda: self.packing.unpack(state.tolist()))
            case abi.MISSING_EDGE:
                assert self._judge is not None
                self._edges.set(first, second, 1 if self._judge.takes(first, second) else 2)
            case abi.FULL_COUNT:
                universe.copies = 2 * tables.layout.sizes.copies + 1
                raise Full
