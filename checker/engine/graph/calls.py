"""The arguments of actions, recomputed: a native explorer stores only the action of each edge."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy.typing as npt
from assay.checker.engine.graph.rows import Rows
from assay.checker.errors import InternalError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter

__all__ = ["Calls"]


class Calls:
    """The call of each edge of a compressed graph, found by executing the edge's source state.

    Parameters
    ----------
    instance : Instance
        The instance; it need not be active.
    rows : Rows
        The edges.
    actions : integer array
        The action of each edge, as an index into ``names``.
    names : sequence of str
        The names of the actions.
    decode : callable
        From a state's number to its frozen state.
    remembered : int, optional
        How many sources to remember the calls of.

    Notes
    -----
    The steps of the source are computed again and matched to its edges by action and target; edges that share both take
    their calls in order. Asking for all edges of one source costs one expansion.
    """

    def __init__(
        self,
        instance: Instance,
        rows: Rows,
        actions: npt.NDArray[Any],
        names: Sequence[str],
        decode: Callable[[int], Frozen],
        *,
        remembered: int = 4096,
    ) -> None:
        self._instance = instance
        self._rows = rows
        self._actions = actions
        self._names = tuple(names)
        self._decode = decode
        with instance.active():
            self._interpreter = Interpreter(instance)
        self._of = lru_cache(remembered)(self._calls)

    def __call__(self, source: int, edge: int) -> Call:
        """Return the call of the edge at a position of the arrays, out of ``source``.

        Raises
        ------
        InternalError
            If the model's own code has no such step, so the arrays are wrong.
        """
        return self._of(source)[edge - int(self._rows.indptr[source])]

    def _calls(self, source: int) -> tuple[Call, ...]:
        steps: dict[tuple[str, Frozen], deque[Call]] = defaultdict(deque)
        with self._instance.active():
            for call, after in self._interpreter.successors(self._decode(source)):
                steps[call[0], after].append(call)
        return tuple(self._take(steps, edge) for edge in self._rows.edges_of(source))

    def _take(self, steps: dict[tuple[str, Frozen], deque[Call]], edge: int) -> Call:
        name, target = self._names[self._actions[edge]], int(self._rows.targets[edge])
        # Several calls of an action may lead to the same state. They may be assigned to the edges in any order, since
        # those edges differ in nothing else.
        found = steps[name, self._decode(target)]
        if not found:
            raise InternalError(f"the graph has a step {name} that the model's own code does not take")
        return found.popleft()
