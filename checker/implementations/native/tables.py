"""The tables that compiled functions read, for one layout, filled from the universe.

A successor is computed by looking up numbers here. Where an entry is missing, the compiled function asks for it, and
`Supplier` has it entered.
"""

from __future__ import annotations

import numpy as np
from assay.checker.implementations.events import Fire, Receive, Recover, Replace
from assay.checker.implementations.native import abi
from assay.checker.implementations.native.budgets import Budgets
from assay.checker.implementations.native.channels import ChannelTables
from assay.checker.implementations.native.columns import Column, Context
from assay.checker.implementations.native.entries import Entries
from assay.checker.implementations.native.layout import WorldLayout, demand_room
from assay.checker.implementations.native.outcomes import OutcomeTable
from assay.checker.implementations.native.universe import CRASH, STOP, Call, NodeEvent, Universe
from assay.checker.implementations.networks import Flight

__all__ = ["MOST_ACTIONS", "MOST_SPENT", "Tables"]

MOST_ACTIONS = 1 << 10
"""The most kinds of steps to count separately, the size of the engine's counters; all beyond count as the last."""

MOST_SPENT = 1 << 32
"""Budgets are cut to this. No search can use up more: it stores at most that many states, so no path is longer."""


class Tables:
    """All tables of one layout, with the context that publishes them to compiled functions.

    Parameters
    ----------
    universe : Universe
        All that was met so far.
    layout : WorldLayout
        How states are packed.
    budgets : dict of str to int
        How often each limited event may happen; 0 is never.

    Attributes
    ----------
    context : Context
        The array that compiled functions are given.
    actions : dict of str to int
        The number of each kind of step.
    """

    def __init__(self, universe: Universe, layout: WorldLayout, budgets: dict[str, int]) -> None:
        self.universe, self.layout, self.budgets = universe, layout, Budgets(budgets)
        self.context = Context(abi.SIZE)
        self.actions: dict[str, int] = {}
        self._local_counts = [0] * len(universe.addresses)
        self._event_counts = [0] * len(universe.addresses)
        self._spontaneous_counts = [0] * len(universe.addresses)
        self._envelopes = 0
        self._constants()
        self._columns()
        self._node_columns()
        self._network_faults()
        self.grow()
        for (node, local, event), call in universe.calls.items():
            self.put_call(node, local, event, call)

    # Fixed by the layout and the cluster

    def _constants(self) -> None:
        context, layout = self.context, self.layout
        context[abi.WORDS], context[abi.NODES] = layout.words, len(self.universe.addresses)
        context[abi.KIND] = self.universe.kind
        context.point(abi.FIELDS, np.array([(f.word, f.shift, f.mask) for f in layout.fields], np.int64))
        context[abi.HISTORY_FIELD], context[abi.CUT_FIELD] = layout.history, layout.cut
        context[abi.LAST_FIELD] = layout.last
        context[abi.CHANNELS_FROM], context[abi.CHANNELS] = layout.channels_from, len(layout.sizes.queues)
        context[abi.NET], context[abi.NET_WORDS] = layout.net, layout.net_words
        context[abi.COUNT_BITS], context[abi.GHOST] = layout.count_bits, layout.ghost
        context[abi.CUTS] = 1 + layout.sizes.cuts
        context[abi.CONSTRAINT] = context[abi.ABSTRACTION] = -1
        context.point(
            abi.BUDGET_FIELD, np.array([layout.budgets_from + i for i in range(len(self.budgets.limited))], np.int64)
        )
        context.point(
            abi.BUDGET_MOST, np.array([min(most, MOST_SPENT) for most in self.budgets.limited.values()], np.int64)
        )
        context[abi.MISSING_WIDTH] = max(4, 2 + layout.words)
        self.missing = np.zeros((abi.MOST_MISSING, context[abi.MISSING_WIDTH]), np.int64)
        context.point(abi.MISSING, self.missing)

    def _columns(self) -> None:
        context = self.context
        self._outcomes = OutcomeTable(self.universe, self.layout, self.budgets, context)
        self._histories = Column(context, abi.HISTORIES, np.int32)
        self._envelope_node = Column(context, abi.ENVELOPE_NODE, np.int32)
        self._envelope_event = Column(context, abi.ENVELOPE_EVENT, np.int32)
        per_cut = len(self.layout.sizes.queues) if self.universe.kind == abi.FIFO else self.layout.net_words
        self._passes = np.zeros((context[abi.CUTS], max(per_cut, 1)), np.uint64)
        context.point(abi.PASSES, self._passes)

    def _node_columns(self) -> None:
        count, net_words = len(self.universe.addresses), self.layout.net_words
        pointers = {place: Context(count) for place in _BY_NODE}
        for place, context in pointers.items():
            self.context.point(place, context)
        nodes = range(count)
        self._strides = pointers[abi.STRIDES]
        self._entries = [Entries(pointers[abi.ENTRIES], self._strides, node) for node in nodes]
        self._active = [Column(pointers[abi.ACTIVE], node, np.uint64, net_words) for node in nodes]
        self._spontaneous_first = [Column(pointers[abi.SPONTANEOUS_FIRST], node, np.int32) for node in nodes]
        self._spontaneous_count = [Column(pointers[abi.SPONTANEOUS_COUNT], node, np.int32) for node in nodes]
        self._spontaneous = [Column(pointers[abi.SPONTANEOUS], node, np.int32) for node in nodes]
        self._event_budget = [Column(pointers[abi.EVENT_BUDGET], node, np.int32) for node in nodes]
        self._event_action = [Column(pointers[abi.EVENT_ACTION], node, np.int32) for node in nodes]
        self.channels = ChannelTables(self.universe, self.layout, self.context)

    def _network_faults(self) -> None:
        cluster, context = self.universe.cluster, self.context
        doubles = cluster.network.duplication != 0 and self.universe.kind != abi.SET
        context[abi.LOSS] = self.budgets.number("loss")
        context[abi.COPY] = self.budgets.number("duplication") if doubles else -1
        context[abi.CUT] = self.budgets.number("partitions")
        for place, name in _NETWORK_ACTIONS.items():
            context[place] = self.action(name)

    def action(self, name: str) -> int:
        """Return the number of a kind of step, a new one if it was not met yet."""
        return self.actions.setdefault(name, min(len(self.actions), MOST_ACTIONS - 1))

    # Growing with the universe

    def grow(self) -> None:
        """Take over what is new in the universe.

        Raises
        ------
        Full
            If the layout has no room for it.
        """
        self._new_envelopes()
        for node in range(len(self.universe.addresses)):
            self._new_locals(node)
            self._new_events(node)
        self.channels.grow()
        if self.layout.sizes.histories:
            demand_room(len(self.universe.histories), self.layout.sizes.histories)
            self._histories.room_for(len(self.universe.histories), len(self.universe.sightings))
            self.context[abi.HISTORY_STRIDE] = self._histories.width

    def _new_envelopes(self) -> None:
        universe, fifo = self.universe, self.universe.kind == abi.FIFO
        if self.layout.sizes.in_words or self.layout.sizes.ghosts or self.layout.sizes.remembers_last:
            demand_room(len(universe.envelopes), self.layout.sizes.envelopes)
        for envelope in range(self._envelopes, len(universe.envelopes)):
            flight = universe.envelopes[envelope]
            node = universe.semantics.number[flight.destination]
            event = universe.events[node].number(Receive(flight.source, flight.message))
            self._envelope_node.put(envelope, node)
            self._envelope_event.put(envelope, event)
            if fifo:
                self._new_on_channel(envelope)
            else:
                self._new_bits(envelope, node)
        self._envelopes = len(universe.envelopes)

    def _new_bits(self, envelope: int, node: int) -> None:
        word, shift = self.layout.place(envelope)
        bits = np.uint64(((1 << self.layout.count_bits) - 1) << shift)
        self._active[node].rows[:, word - self.layout.net] |= bits
        for cut in range(self.context[abi.CUTS]):
            if not self.universe.stops(cut, envelope):
                self._passes[cut, word - self.layout.net] |= bits

    def _new_on_channel(self, envelope: int) -> None:
        channel = self.universe.channel_of(envelope)
        demand_room(channel + 1, len(self.layout.sizes.queues))
        self.universe.channels[channel].envelopes.number(self.universe.envelopes[envelope])
        for cut in range(self.context[abi.CUTS]):
            self._passes[cut, channel] = not self.universe.stops(cut, envelope)

    def _new_locals(self, node: int) -> None:
        known = self.universe.locals[node]
        demand_room(len(known), self.layout.sizes.locals[node])
        for local in range(self._local_counts[node], len(known)):
            events = self.universe.spontaneous(node, local)
            first = self._spontaneous_counts[node]
            self._spontaneous_first[node].put(local, first)
            self._spontaneous_count[node].put(local, len(events))
            for place, event in enumerate(events, start=first):
                self._spontaneous[node].put(place, event)
            self._spontaneous_counts[node] += len(events)
            self._new_row(node, local)
        self._local_counts[node] = len(known)

    def _new_row(self, node: int, local: int) -> None:
        """Make room for a new local state, in which any envelope to the node may have an effect until it is tried."""
        self._entries[node].room_for(local)
        active = self._active[node]
        before = len(active.rows)
        active.room_for(local)
        if len(active.rows) > before:
            active.rows[before:] = self._all_bits(node)

    def _all_bits(self, node: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        """Return the mask of the bits of all envelopes to a node."""
        bits = np.zeros(max(self.layout.net_words, 1), np.uint64)
        if self.layout.sizes.in_words:
            for envelope in range(self._envelopes):
                if self._envelope_node.rows[envelope, 0] == node:
                    word, shift = self.layout.place(envelope)
                    bits[word - self.layout.net] |= np.uint64(((1 << self.layout.count_bits) - 1) << shift)
        return bits

    def _new_events(self, node: int) -> None:
        known = self.universe.events[node]
        for event in range(self._event_counts[node], len(known)):
            self._event_budget[node].put(event, self._budget_of(known[event]))
            self._event_action[node].put(event, self.action(self._label(node, known[event])))
        self._event_counts[node] = len(known)
        self._entries[node].room_for(0, len(known))

    def _budget_of(self, event: NodeEvent) -> int:
        match event:
            case Fire(timer):
                budget = self.budgets.number(f"timeout {timer[0]}", "timeouts")
            case Recover():
                budget = self.budgets.number("restarts")
            case Receive() | Replace():
                return abi.BUDGETLESS
            case _ if event is STOP:
                return abi.BUDGETLESS
            case _:
                budget = self.budgets.number("crashes")
        return abi.NEVER if budget == -1 else budget

    def _label(self, node: int, event: NodeEvent) -> str:
        name = self.universe.semantics.caller.classes[self.universe.addresses[node]].__name__
        match event:
            case Fire(timer):
                return f"{name}: timer {timer[0]}"
            case Receive(_, message):
                return f"{name}: {message[0].__name__ if isinstance(message, tuple) else type(message).__name__}"
            case Recover():
                return f"{name}: recovery"
            case Replace():
                return f"{name}: replacement"
        return f"{name}: crash" if event is CRASH else f"{name}: stop"

    # Entered on request

    def put_call(self, node: int, local: int, event: int, call: Call) -> None:
        """Enter the outcomes of a call."""
        self.grow()
        happens = self.universe.events[node][event]
        if not call:
            self._entries[node].set(local, event, abi.IDLE)
            if isinstance(happens, Receive) and self.layout.sizes.in_words:
                self._never_looked_at(node, local, happens)
            return
        number = self._outcomes.put(node, local, self._budget_of(happens), call, is_crash=happens is CRASH)
        self._entries[node].set(local, event, number)

    def _never_looked_at(self, node: int, local: int, event: Receive) -> None:
        """Mask out an envelope that has no effect on a node in a local state: its delivery is no step."""
        envelope = self.universe.envelopes.number(Flight(event.source, self.universe.addresses[node], event.message))
        word, shift = self.layout.place(envelope)
        bits = np.uint64(((1 << self.layout.count_bits) - 1) << shift)
        self._active[node].rows[local, word - self.layout.net] &= ~bits

    def put_history(self, history: int, sighting: int, after: int) -> None:
        """Enter the history that follows another when clients see something."""
        self.grow()
        self._histories.rows[history, sighting] = after + 1


# The parts of the context that have an address for each node.
_BY_NODE = (
    *(abi.ENTRIES, abi.STRIDES, abi.ACTIVE, abi.SPONTANEOUS_FIRST, abi.SPONTANEOUS_COUNT, abi.SPONTANEOUS),
    *(abi.EVENT_BUDGET, abi.EVENT_ACTION),
)
_NETWORK_ACTIONS = {
    abi.LOSS_ACTION: "network: loss",
    abi.COPY_ACTION: "network: doubling",
    abi.CUT_ACTION: "network: cut",
    abi.HEAL_ACTION: "network: healed",
}
