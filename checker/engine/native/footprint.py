"""The memory of a search: states and buffers, which grow where the kernel asks for it, within the limit."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
from assay.checker.engine.limits import Stop, StopReason
from assay.checker.engine.lookout import Lookout
from assay.checker.engine.memory import resident
from assay.checker.engine.native import abi
from assay.checker.engine.native.buffers import Buffers
from assay.checker.engine.native.loading import Kernel
from assay.checker.engine.native.store import OutOfMemory, Store
from assay.checker.quantities import size

__all__ = ["Footprint"]


class Footprint:
    """The memory that a search takes for states and buffers.

    Parameters
    ----------
    control : int64 array
        The control block, through which the kernel finds both.
    lookout : Lookout
        Has the limit, which counts everything that the process holds.
    kernel : mapping from str to callable
        The kernel's functions.
    buffers : Buffers
        The buffers.
    states : int
        How many states to have room for at first.

    Attributes
    ----------
    store : Store
        The states.
    """

    def __init__(
        self, control: npt.NDArray[np.int64], lookout: Lookout, kernel: Kernel, buffers: Buffers, states: int
    ) -> None:
        self._control, self._lookout, self._buffers = control, lookout, buffers
        self.store = Store(control, states, partial(_rebuild, kernel, control, buffers))

    @property
    def size(self) -> int:
        """Bytes that states and buffers take."""
        return self.store.memory + self._buffers.memory

    def grow_store(self) -> Stop | None:
        """Make room for the states that the kernel has found; return the reason to stop if there is none."""
        needed = int(self._control[abi.NEEDED])
        if self._control[abi.DISTINCT] + needed > abi.NONE:
            return Stop(StopReason.STATES, f"{abi.NONE:,} states are the most that can be numbered")
        room = self._affordable()
        try:
            self.store.reserve(needed, room - self._buffers.memory)
        except OutOfMemory as error:
            return self._out_of_memory(error.needed + self._buffers.memory, room)
        return None

    def grow_buffers(self, capacity: int) -> Stop | None:
        """Make room for this many successors; return the reason to stop if there is none."""
        room = self._affordable()
        needed = self.store.memory + self._buffers.bytes_for(capacity)
        if needed > room:
            return self._out_of_memory(needed, room)
        self._buffers.resize(capacity)
        return None

    def _affordable(self) -> int:
        """Return the bytes that states and buffers may take: the limit minus what the process holds otherwise."""
        return self._lookout.memory - max(resident() - self.size, 0)

    def _out_of_memory(self, needed: int, room: int) -> Stop:
        limit = self._lookout.memory
        distinct, total = int(self._control[abi.DISTINCT]), size(needed + limit - room)
        detail = f"more than {distinct:,} states would have needed {total}; the limit is {size(limit)}"
        return Stop(StopReason.MEMORY, detail)


def _rebuild(kernel: Kernel, control: npt.NDArray[np.int64], buffers: Buffers) -> int:  # noqa: ARG001
    """Fill an empty table from the log.

    The kernel writes to the buffers through their addresses in the control block. They are a parameter only to keep
    them alive as long as the store, which holds this function.
    """
    return kernel["rebuild"](control.ctypes.data)
