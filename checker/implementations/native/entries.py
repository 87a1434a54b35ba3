"""Look up calls by local state and event: a dense table while it is small, a hash table beyond."""

from __future__ import annotations

import numpy as np
from assay.checker.implementations.native.columns import Column, Context
from assay.checker.implementations.native.slots import PairTable

__all__ = ["Entries"]

_MOST = 1 << 22
"""The most entries of a dense table, 16 MB. A larger one would be almost empty: few events happen in a local state."""


class Entries:
    """The numbers of the calls of one node, by local state and event; 0 for a call that was not made yet.

    Parameters
    ----------
    addresses, strides : Context
        Where the address of the table is published, and the width of its rows, which is 0 for a hash table.
    node : int
        The node's place in both.
    """

    def __init__(self, addresses: Context, strides: Context, node: int) -> None:
        self._addresses, self._strides, self._node = addresses, strides, node
        self._table: PairTable | None = None
        self._rows = Column(addresses, node, np.int32, 8)

    def room_for(self, local: int, events: int | None = None) -> None:
        """Make room for a local state, and for events."""
        if self._table is not None:
            return
        rows, width = self._rows.rows.shape
        # A column grows by doubling in both directions, and compiled functions read the table by its stride.
        if max(rows, local + 1) * max(width, events or 0) > _MOST:
            self._table = self._as_table()
            self._addresses.point(self._node, self._table.context)
            self._strides[self._node] = 0
        else:
            self._rows.room_for(local, events)
            self._strides[self._node] = self._rows.width

    def _as_table(self) -> PairTable:
        table = PairTable()
        for local, event in np.argwhere(self._rows.rows).tolist():
            table.set(local, event, int(self._rows.rows[local, event]))
        return table

    def set(self, local: int, event: int, call: int) -> None:
        """Enter the number of a call."""
        if self._table is None:
            self._rows.rows[local, event] = call
        else:
            self._table.set(local, event, call)
