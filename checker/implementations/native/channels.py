"""The tables of channels of a FIFO network: a queue without its first message, after one more, and so on."""

from __future__ import annotations

import numpy as np
from assay.checker.implementations.native import abi
from assay.checker.implementations.native.columns import Column, Context
from assay.checker.implementations.native.layout import WorldLayout, demand_room
from assay.checker.implementations.native.slots import PairTable
from assay.checker.implementations.native.universe import Universe

__all__ = ["ChannelTables"]

_BY_CHANNEL = (abi.QUEUE_FIRST, abi.QUEUE_REST, abi.QUEUE_PUSH, abi.QUEUE_COPY)


class ChannelTables:
    """The contents of each channel, by number, and what becomes of them.

    Parameters
    ----------
    universe : Universe
        All that was met so far.
    layout : WorldLayout
        How states are packed.
    context : Context
        Where the addresses of the tables are published.
    """

    def __init__(self, universe: Universe, layout: WorldLayout, context: Context) -> None:
        self.universe, self.layout = universe, layout
        channels = {place: Context(max(len(layout.sizes.queues), 1)) for place in _BY_CHANNEL}
        for place, pointers in channels.items():
            context.point(place, pointers)
        each = range(len(layout.sizes.queues))
        self._queue_first = [Column(channels[abi.QUEUE_FIRST], channel, np.int32) for channel in each]
        self._queue_rest = [Column(channels[abi.QUEUE_REST], channel, np.int32) for channel in each]
        self._queue_push = [PairTable() for _ in each]
        for channel, table in enumerate(self._queue_push):
            channels[abi.QUEUE_PUSH].point(channel, table.context)
        self._queue_copy = [Column(channels[abi.QUEUE_COPY], channel, np.int32) for channel in each]
        self._queue_counts = [0] * len(each)

    def grow(self) -> None:
        """Take over the contents of channels that are new in the universe.

        Raises
        ------
        Full
            If the layout has no room for them.
        """
        for number, count in enumerate(self._queue_counts):
            channel = self.universe.channels[number]
            demand_room(len(channel.queues), self.layout.sizes.queues[number])
            for place in range(count, len(channel.queues)):
                queue = channel.queues[place]
                if queue:
                    self._queue_first[number].put(place, self.universe.envelopes.number(queue.first))
                self._queue_rest[number].room_for(place)
                self._queue_copy[number].room_for(place)
            self._queue_counts[number] = len(channel.queues)

    def put_push(self, channel: int, queue: int, envelope: int) -> None:
        """Enter the contents of a channel after one more message."""
        known = self.universe.channels[channel]
        after = known.queues.number(known.queues[queue].followed_by([known.envelopes[envelope]]))
        self.grow()
        self._queue_push[channel].set(queue, envelope, after + 1)

    def put_rest(self, channel: int, queue: int) -> None:
        """Enter the contents of a channel without its first message."""
        queues = self.universe.channels[channel].queues
        after = queues.number(queues[queue].rest())
        self.grow()
        self._queue_rest[channel].rows[queue, 0] = after + 1

    def put_copy(self, channel: int, queue: int) -> None:
        """Enter the contents of a channel after its first message was duplicated."""
        queues = self.universe.channels[channel].queues
        after = queues.number(queues[queue].with_first_twice())
        self.grow()
        self._queue_copy[channel].rows[queue, 0] = after + 1
