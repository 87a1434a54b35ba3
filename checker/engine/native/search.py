"""Breadth-first search over packed states, in slices of native code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np
import numpy.typing as npt
from assay.checker.engine.exploration import Progress, Watcher
from assay.checker.engine.limits import Limits, Stop, StopReason, depth_reached, states_reached, time_reached
from assay.checker.engine.memory import default_limit, describe_bytes
from assay.checker.engine.native import abi
from assay.checker.engine.native.buffers import Buffers
from assay.checker.engine.native.loading import Kernel, search_kernel
from assay.checker.engine.native.outcome import NativeOutcome
from assay.checker.engine.native.program import Program
from assay.checker.engine.native.records import Records
from assay.checker.engine.native.store import OutOfMemory, Store

__all__ = ["Tuning", "publish_program", "search"]

_ALL = (1 << 64) - 1


@dataclass(frozen=True)
class Tuning:
    """Sizes to start from; results do not depend on them.

    Attributes
    ----------
    states : int
        States to have room for at first.
    batch : int
        States expanded together: enough to overlap their cache misses, few enough to stay in the cache.
    successors : int
        Successors a batch may have at first.
    slice_seconds : float
        How long to stay in native code at a time.
    """

    states: int = 1 << 16
    batch: int = 64
    successors: int = 1 << 12
    slice_seconds: float = 0.05


def search(
    program: Program,
    initial: npt.NDArray[np.uint64],
    *,
    stop_on: int = _ALL,
    stop_on_steps: int = _ALL,
    check_deadlock: bool = True,
    stop_on_deadlock: bool = True,
    keep_going: bool = False,
    limits: Limits | None = None,
    watch: Watcher | None = None,
    tuning: Tuning | None = None,
) -> NativeOutcome:
    """Explore every state that can be reached, breadth first, and store each exactly.

    Parameters
    ----------
    program : Program
        The compiled model.
    initial : array of shape (n, words)
        The initial states, packed.
    stop_on, stop_on_steps : int
        Bits of the predicates, and step predicates, that end the search when they fire. The first
        occurrence of the others is recorded too.
    check_deadlock, stop_on_deadlock : bool
        Whether to look for a state without successor that is not terminal, and whether to end there.
    keep_going : bool
        End for none of these.
    limits : Limits, optional
        Bounds of the run; memory is bounded by what is free.
    watch : callable, optional
        Is given the progress, about twenty times a second.
    tuning : Tuning, optional
        Sizes to start from.

    Returns
    -------
    NativeOutcome
        With ``stop`` set when a limit was hit; what was counted and found until then is right.
    """
    run = _Run(program, limits or Limits(), watch, tuning or Tuning())
    if not keep_going:
        run.stop_on(stop_on, stop_on_steps, check_deadlock and stop_on_deadlock)
    run.control[abi.CHECK_DEADLOCK] = check_deadlock
    stop = run.interruptible(np.ascontiguousarray(initial, np.uint64).reshape(-1, program.words))
    return run.outcome(stop)


def publish_program(control: npt.NDArray[np.int64], program: Program) -> None:
    """Tell the kernel where the functions of a model are."""
    control[abi.WORDS] = program.words
    control[abi.EXPAND] = program.expand
    control[abi.INSPECT] = program.inspect
    control[abi.WITHIN] = program.within
    control[abi.TERMINAL] = program.terminal
    control[abi.STEPS] = program.steps


class _Run:
    """A search under way: the control block and the memory it points to."""

    def __init__(self, program: Program, limits: Limits, watch: Watcher | None, tuning: Tuning) -> None:
        kernel = search_kernel(program.words)
        self._started = perf_counter()
        self._program, self._limits, self._watch, self._tuning = program, limits, watch, tuning
        self._memory_limit = default_limit() if limits.memory is None else limits.memory
        self.control = np.zeros(abi.FIELDS, np.int64)
        publish_program(self.control, program)
        self._publish_limits()
        self._explore = partial(kernel["explore"], self.control.ctypes.data)
        self._buffers = Buffers(self.control, tuning.successors, tuning.batch)
        self._store = Store(self.control, tuning.states, partial(_rebuild, kernel, self.control, self._buffers))
        self._records = Records(self.control, program)
        self._code = abi.PAUSED

    def _publish_limits(self) -> None:
        states, depth = self._limits.states, self._limits.depth
        self.control[abi.MAX_STATES] = -1 if states is None else states
        self.control[abi.MAX_DEPTH] = -1 if depth is None else max(depth, 1)

    def stop_on(self, states: int, steps: int, deadlock: bool) -> None:
        """Say what ends the search."""
        self.control[abi.STOP_ON] = _signed(states)
        self.control[abi.STOP_ON_STEPS] = _signed(steps)
        self.control[abi.STOP_ON_DEADLOCK] = deadlock

    def interruptible(self, initial: npt.NDArray[np.uint64]) -> Stop | None:
        """Search until the end, or until Ctrl-C; the control block is consistent at every moment."""
        try:
            return self._run(initial)
        except KeyboardInterrupt:
            return Stop(StopReason.INTERRUPT, f"interrupted after {self._seconds:.1f} s")

    def _run(self, initial: npt.NDArray[np.uint64]) -> Stop | None:
        chunk = self._buffers.capacity
        for first in range(0, len(initial), chunk):
            self._buffers.load(initial[first : first + chunk])
            stop = self._until(lambda: self.control[abi.SEEDS] == 0)
            if stop or self._code != abi.PAUSED:
                return stop
        self._records.forget_actions()
        return self._until(lambda: False)

    def _until(self, done: Callable[[], bool]) -> Stop | None:
        """Run slices until `done`, or until the search is over."""
        budget = 1 << 16
        while not done():
            self.control[abi.BUDGET] = budget
            began = perf_counter()
            self._code = self._explore()
            budget = self._next_budget(budget, perf_counter() - began)
            stop = self._answer()
            if stop or self._code in (abi.EXHAUSTED, abi.STOPPED, abi.FAULT):
                return stop
        return None

    def _next_budget(self, budget: int, seconds: float) -> int:
        factor = self._tuning.slice_seconds / max(seconds, 1e-6)
        return max(int(budget * min(max(factor, 0.25), 4.0)), 1024)

    def _answer(self) -> Stop | None:
        """Do what the kernel came back for."""
        if self._code == abi.NEED_ROOM:
            return self._grow_store()
        if self._code == abi.NEED_BUFFER:
            return self._grow_buffers()
        if self._code == abi.STATES_REACHED:
            return states_reached(int(self.control[abi.MAX_STATES]))
        if self._code == abi.DEPTH_REACHED:
            progress = self._progress()
            return depth_reached(progress.depth, progress.frontier)
        if self._watch and self._code == abi.PAUSED:
            self._watch(self._progress())
        return self._out_of_time() if self._code == abi.PAUSED else None

    def _grow_store(self) -> Stop | None:
        if self.control[abi.DISTINCT] + self.control[abi.NEEDED] > abi.NONE:
            return Stop(StopReason.STATES, f"{abi.NONE:,} states are the most that can be numbered")
        try:
            self._store.reserve(int(self.control[abi.NEEDED]), self._memory_limit - self._buffers.memory)
        except OutOfMemory as error:
            return self._out_of_memory(error.needed + self._buffers.memory)
        return None

    def _grow_buffers(self) -> Stop | None:
        capacity = 2 * self._buffers.capacity
        needed = self._store.memory + self._buffers.bytes_for(capacity)
        if needed > self._memory_limit:
            return self._out_of_memory(needed)
        self._buffers.resize(capacity)
        return None

    def _out_of_memory(self, needed: int) -> Stop:
        limit, distinct = describe_bytes(self._memory_limit), int(self.control[abi.DISTINCT])
        detail = f"more than {distinct:,} states would have needed {describe_bytes(needed)}; the limit is {limit}"
        return Stop(StopReason.MEMORY, detail)

    def _out_of_time(self) -> Stop | None:
        seconds = self._limits.seconds
        if seconds is None or self._seconds < seconds:
            return None
        return time_reached()

    @property
    def _seconds(self) -> float:
        return perf_counter() - self._started

    @property
    def _depth(self) -> int:
        begun = self.control[abi.DISTINCT] > self.control[abi.LEVEL_END]
        return int(self.control[abi.DEPTH]) + int(begun)

    def _progress(self) -> Progress:
        distinct = int(self.control[abi.DISTINCT])
        return Progress(
            distinct=distinct,
            generated=int(self.control[abi.GENERATED]),
            depth=self._depth,
            frontier=distinct - int(self.control[abi.EXPANDED]),
            seconds=self._seconds,
            memory=self._store.memory + self._buffers.memory,
        )

    def outcome(self, stop: Stop | None) -> NativeOutcome:
        """Read the outcome from the control block."""
        now, store, records = self._progress(), self._store, self._records
        return NativeOutcome(
            distinct=now.distinct,
            generated=now.generated,
            depth=now.depth,
            frontier=now.frontier,
            seconds=now.seconds,
            memory=now.memory,
            fired=records.fired,
            discovered=records.discovered,
            found=records.found(store),
            found_steps=records.found_steps(store),
            deadlock=records.deadlock(store),
            fault=records.fault(store) if self._code == abi.FAULT else None,
            stop=stop,
            program=self._program,
            store=store,
        )


def _rebuild(kernel: Kernel, control: npt.NDArray[np.int64], buffers: Buffers) -> int:  # noqa: ARG001
    """Fill an empty table; the kernel uses the buffers, and as an argument they live as long as the store."""
    return kernel["rebuild"](control.ctypes.data)


def _signed(mask: int) -> int:
    """Return the signed 64-bit integer with the bits of `mask`."""
    return mask - (1 << 64) if mask >> 63 else mask
