"""The table of outcomes: what each outcome of a call adds to a packed state, and which bits it sets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from assay.checker.implementations.native import abi
from assay.checker.implementations.native.budgets import Budgets
from assay.checker.implementations.native.columns import Column, Context
from assay.checker.implementations.native.layout import Field, WorldLayout
from assay.checker.implementations.native.universe import Call, Effect, Universe

__all__ = ["OutcomeTable"]

_WORD = (1 << 64) - 1


class OutcomeTable:
    """The outcomes of all calls made so far, for one layout.

    A cut of the network stops some of the messages that an outcome sends, so an outcome has a row for each cut.

    Parameters
    ----------
    universe : Universe
        All that was met so far.
    layout : WorldLayout
        How states are packed.
    budgets : Budgets
        What is limited.
    context : Context
        Where the addresses of the columns are published.
    """

    def __init__(self, universe: Universe, layout: WorldLayout, budgets: Budgets, context: Context) -> None:
        self.universe, self.layout, self.budgets, self.context = universe, layout, budgets, context
        self._calls = self._outcomes = self._pushes = 0
        patterns = context[abi.CUTS] * layout.words
        self._call_first, self._call_count = (
            Column(context, place, np.int32) for place in (abi.CALL_FIRST, abi.CALL_COUNT)
        )
        self._added, self._set_bits = (
            Column(context, place, np.uint64, patterns) for place in (abi.ADDED, abi.SET_BITS)
        )
        self._sightings = Column(context, abi.SIGHTINGS, np.int32)
        self._outcome_budget = Column(context, abi.OUTCOME_BUDGET, np.int32)
        self._push_first, self._push_count = (
            Column(context, place, np.int32, self.context[abi.CUTS]) for place in (abi.PUSH_FIRST, abi.PUSH_COUNT)
        )
        self._pushed = Column(context, abi.PUSHES, np.int32, 2)

    def put(self, node: int, local: int, budget: int, call: Call, *, is_crash: bool) -> int:
        """Enter the outcomes of a call, which spends a budget; return the number of the call, from 1."""
        self._calls += 1
        self._call_first.put(self._calls, self._outcomes)
        self._call_count.put(self._calls, len(call))
        for effect in call:
            self._put_outcome(node, local, budget, effect, is_crash)
        return self._calls

    def _put_outcome(self, node: int, local: int, budget: int, effect: Effect, is_crash: bool) -> None:
        number = self._outcomes
        added, bits = [0] * self.layout.words, [0] * self.layout.words
        self._add(added, self.layout.fields[node], effect.local - local)
        self._spend(added, budget)
        torn = effect.crashed and not is_crash
        self._outcome_budget.put(number, self.budgets.number("crashes") if torn else abi.BUDGETLESS)
        if torn:
            self._spend(added, self.budgets.number("crashes"))
        if self.layout.sizes.ghosts:
            for envelope in effect.sent:
                word, shift = self.layout.ghost_place(envelope)
                bits[word] |= 1 << shift
        if self.universe.kind == abi.SET:
            for envelope in effect.left:
                word, shift = self.layout.place(envelope)
                bits[word] |= 1 << shift
        # Differences may be negative: they are added modulo 2^64. All cuts have the same words: messages across a cut
        # wait on a set, and on other networks they are among the pushes, which are kept for each cut.
        self._added.put(number, *[word & _WORD for word in added] * self.context[abi.CUTS])
        self._set_bits.put(number, *bits * self.context[abi.CUTS])
        self._sightings.put(number, effect.sighting)
        for place in (self._push_first, self._push_count):
            place.room_for(number)
        for cut in range(self.context[abi.CUTS]):
            self._put_pushes(number, cut, effect)
        self._outcomes += 1

    def _add(self, added: list[int], field: Field, amount: int) -> None:
        added[field.word] += amount << field.shift

    def _spend(self, added: list[int], budget: int) -> None:
        if 0 <= budget < abi.BUDGETLESS:
            self._add(added, self.layout.fields[self.layout.budgets_from + budget], 1)

    def _put_pushes(self, number: int, cut: int, effect: Effect) -> None:
        """Enter the messages that an outcome appends to channels, or adds to a bag, during a cut."""
        self._push_first.rows[number, cut] = self._pushes
        count = 0
        for place, what in self._pushes_of(cut, effect):
            self._pushed.put(self._pushes, place, what)
            self._pushes += 1
            count += 1
        self._push_count.rows[number, cut] = count

    def _pushes_of(self, cut: int, effect: Effect) -> Iterator[tuple[int, int]]:
        kind = self.universe.kind
        left = [envelope for envelope in effect.left if not self.universe.stops(cut, envelope)]
        if kind == abi.BAG:
            yield from ((envelope, left.count(envelope)) for envelope in dict.fromkeys(left))
        elif kind == abi.FIFO:
            for envelope in left:
                channel = self.universe.channel_of(envelope)
                yield channel, self.universe.channels[channel].envelopes.number(self.universe.envelopes[envelope])
