"""Arrays that grow, with their addresses published where compiled functions look for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Column", "Context"]

_LEAST = 64
"""The rows of a new column: few clusters have less of anything, and growth by doubling begins here."""


class Context:
    """An array of numbers that compiled functions read.

    It keeps the arrays to which its addresses point alive: compiled functions do not count references.

    Parameters
    ----------
    size : int
        The count of numbers.
    """

    def __init__(self, size: int) -> None:
        self.numbers = np.zeros(size, np.int64)
        self._kept: dict[int, Any] = {}

    @property
    def address(self) -> int:
        """Its address in memory."""
        return int(self.numbers.ctypes.data)

    def __setitem__(self, place: int, number: int) -> None:
        self.numbers[place] = number

    def __getitem__(self, place: int) -> int:
        return int(self.numbers[place])

    def point(self, place: int, array: npt.NDArray[Any] | Context) -> None:
        """Publish the address of an array."""
        self._kept[place] = array
        self.numbers[place] = array.address if isinstance(array, Context) else array.ctypes.data


class Column:
    """A table of rows of equal width, which grows; new rows are 0.

    Parameters
    ----------
    context : Context
        Where its address is published.
    place : int
        The place in the context.
    kind : type
        The type of the numbers.
    width : int
        The count of numbers in a row.
    """

    def __init__(self, context: Context, place: int, kind: type[np.generic], width: int = 1) -> None:
        self._context, self._place = context, place
        self.rows: npt.NDArray[Any] = np.zeros((_LEAST, max(width, 1)), kind)
        self._publish()

    def _publish(self) -> None:
        self._context.point(self._place, self.rows)

    def room_for(self, row: int, width: int | None = None) -> None:
        """Make room for a row, and for rows of a width."""
        rows, columns = self.rows.shape
        wanted = (max(rows, _double(rows, row + 1)), columns if width is None else _double(columns, width))
        if wanted != (rows, columns):
            grown = np.zeros(wanted, self.rows.dtype)
            grown[:rows, :columns] = self.rows
            self.rows = grown
            self._publish()

    @property
    def width(self) -> int:
        """The count of numbers in a row."""
        return int(self.rows.shape[1])

    def put(self, row: int, *numbers: Any) -> None:
        """Set the first numbers of a row."""
        self.room_for(row)
        self.rows[row, : len(numbers)] = numbers


def _double(size: int, wanted: int) -> int:
    # By doubling, copying costs no more in all than the final size.
    while size < wanted:
        size *= 2
    return size
