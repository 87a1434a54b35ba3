"""Breadth-first search over packed states: the kernel does the work, and returns here when it needs something."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
from assay.checker.engine.exploration import Progress, Watcher
from assay.checker.engine.limits import Limits, Stop, depth_reached, interrupted, states_reached
from assay.checker.engine.lookout import Ended, Lookout
from assay.checker.engine.memory import resident
from assay.checker.engine.native import abi
from assay.checker.engine.native.alarm import Alarm
from assay.checker.engine.native.buffers import Buffers
from assay.checker.engine.native.footprint import Footprint
from assay.checker.engine.native.handover import Handover
from assay.checker.engine.native.loading import search_kernel
from assay.checker.engine.native.outcome import NativeOutcome
from assay.checker.engine.native.program import PackedStates, Program
from assay.checker.engine.native.records import Records
from assay.checker.immutable import immutable

__all__ = ["Supply", "Tuning", "search"]

_ALL = -1
"""The mask with every bit set, however many there are."""

_MOST = (1 << 62) - 1
"""A limit that is never reached, yet fits the control block with room for arithmetic."""

Supply = Callable[[Callable[[], PackedStates]], None]
"""Supplies a program with what it lacks in a state; it receives a function that returns a path to that state."""


@immutable
class Tuning:
    """Initial sizes. They affect speed and memory, never results.

    Attributes
    ----------
    states : int
        How many states to have room for at first.
    batch : int
        How many states to expand together: enough for their cache misses to overlap, few enough to stay in the cache.
    successors : int
        How many successors of a batch to have room for at first.
    period : float
        Seconds to stay in native code at a time.
    """

    states: int = 1 << 16
    batch: int = 64
    successors: int = 1 << 12
    period: float = 0.05


def search(
    program: Program,
    initial: PackedStates | Iterable[PackedStates],
    *,
    stop_on: int = _ALL,
    stop_on_steps: int = _ALL,
    check_deadlock: bool = True,
    stop_on_deadlock: bool = True,
    keep_going: bool = False,
    limits: Limits | None = None,
    watch: Watcher | None = None,
    tuning: Tuning | None = None,
    handover: Handover | None = None,
    supply: Supply | None = None,
) -> NativeOutcome:
    """Explore every reachable state, breadth first, and store each exactly.

    Parameters
    ----------
    program : Program
        The compiled model.
    initial : array of shape (n, words), or an iterable of such arrays
        The initial states, packed.
    stop_on, stop_on_steps : int
        Masks of the predicates, and step predicates, that end the search when they fire. For the others, the search
        only records where they first fire.
    check_deadlock, stop_on_deadlock : bool
        Whether to look for a state without successors that is not terminal, and whether to end there.
    keep_going : bool
        Whether to continue past all of these.
    limits : Limits, optional
        Bounds on the run; memory is bounded by what is free.
    watch : callable, optional
        Called with the progress about twenty times a second.
    tuning : Tuning, optional
        Initial sizes.
    handover : Handover, optional
        Takes over where the program has no answer; without it the search ends there.
    supply : callable, optional
        Instead of a handover: supplies the program with what it lacks, so that it can be called again.

    Returns
    -------
    NativeOutcome
        ``stop`` is set if a limit was reached; what was counted and found by then is correct.
    """
    lookout = Lookout(limits or Limits(), watch)
    run = _Run(program, lookout, tuning or Tuning(), handover, supply, keep_going=keep_going)
    if not keep_going:
        run.records.stop_on(stop_on, stop_on_steps, deadlock=check_deadlock and stop_on_deadlock)
    run.control[abi.CHECK_DEADLOCK] = check_deadlock
    chunks = [initial] if isinstance(initial, np.ndarray) else initial
    return run.outcome(run.interruptible(chunks))


_OVER = (abi.EXHAUSTED, abi.STOPPED, abi.FAILURE)


class _Run:
    """A search under way: the control block and the memory it points to."""

    def __init__(
        self,
        program: Program,
        lookout: Lookout,
        tuning: Tuning,
        handover: Handover | None,
        supply: Supply | None,
        *,
        keep_going: bool,
    ) -> None:
        kernel = search_kernel(program.words)
        self._program, self._lookout, self._tuning, self._handover = program, lookout, tuning, handover
        self._keep_going, self._supply = keep_going, supply
        self.control = np.zeros(abi.FIELDS, np.int64)
        program.publish(self.control)
        self._publish_limits()
        self._explore = partial(kernel["explore"], self.control.ctypes.data)
        self.records = Records(self.control, program)
        self._buffers = Buffers(self.control, tuning.successors, tuning.batch)
        self._buffers.status[abi.CONTEXT] = program.context
        self._footprint = Footprint(self.control, lookout, kernel, self._buffers, tuning.states)
        self._store = self._footprint.store
        self._code = abi.PAUSED
        if handover is not None:
            handover.look = self._look

    def _publish_limits(self) -> None:
        """Publish the limits. One too large to be counted becomes one that is never reached."""
        states, depth = self._lookout.limits.states, self._lookout.limits.depth
        self.control[abi.MAX_STATES] = -1 if states is None else min(states, _MOST)
        self.control[abi.MAX_DEPTH] = -1 if depth is None else min(max(depth, 1), _MOST)

    def interruptible(self, initial: Iterable[PackedStates]) -> Stop | None:
        """Search until the end or an interrupt; the control block is consistent at every moment."""
        try:
            with Alarm(self._buffers.status, self._tuning.period) as self._alarm:
                self._look()
                return self._run(initial)
        except Ended as ended:
            return ended.stop
        except KeyboardInterrupt:
            return interrupted(self._lookout.seconds)

    def _run(self, initial: Iterable[PackedStates]) -> Stop | None:
        for states in initial:
            rows = np.ascontiguousarray(states, np.uint64).reshape(-1, self._program.words)
            for first in range(0, len(rows), self._buffers.capacity):
                self._buffers.load(rows[first : first + self._buffers.capacity])
                stop = self._until(abi.SEEDED)
                if stop or self._code != abi.SEEDED:
                    return stop
        return self._until(None)

    def _until(self, goal: int | None) -> Stop | None:
        """Call the kernel until it returns a code, or the search is over."""
        while True:
            before = self._work()
            self._code = self._explore()
            stop = self._answer(before)
            if stop or self._code == goal or self._code in _OVER:
                return stop

    def _work(self) -> tuple[int, ...]:
        return tuple(int(self.control[field]) for field in (abi.EXPANDED, abi.GENERATED, abi.INSPECTED))

    def _answer(self, before: tuple[int, ...]) -> Stop | None:
        """Do what the kernel returned for; `before` is its progress when it was called."""
        match self._code:
            case abi.PAUSED:
                self._attend(before)
                self.control[abi.BATCH] = self._tuning.batch
            case abi.ASKED:  # of fewer states less is judged again
                self._code = abi.PAUSED
                self._buffers.forget_recent()
                self._attend(before)
                self.control[abi.BATCH] = 1
            case abi.SEEDED:
                self.control[abi.JUDGED] = 0
            case abi.NEED_ROOM:
                return self._footprint.grow_store()
            case abi.NEED_BUFFER:
                return self._footprint.grow_buffers(2 * self._buffers.capacity)
            case abi.STATES_REACHED:
                return states_reached(int(self.control[abi.MAX_STATES]))
            case abi.DEPTH_REACHED:
                return self._at_depth()
            case abi.FAILURE if self._supply is not None:
                self._code = abi.PAUSED
                self._buffers.forget()
                self._supply(lambda: self.records.failure(self._store).path)
            case abi.FAILURE if self._handover is not None:
                return self._hand_over(self._handover)
        return None

    def _attend(self, before: tuple[int, ...]) -> None:
        """Answer the alarm."""
        self._alarm.reset(advanced=self._work() != before, at_most=self._lookout.left)
        self._look()

    def _look(self) -> None:
        stop = self._lookout.look(self._progress())
        if stop is not None:
            raise Ended(stop)

    def _at_depth(self) -> Stop | None:
        """End at the depth limit: the caller's, or the end of the level in which the model's own code failed."""
        if self._failed:
            self._code = abi.STOPPED
            return None
        progress = self._progress()
        return depth_reached(progress.depth, progress.frontier)

    @property
    def _failed(self) -> bool:
        return self._handover is not None and self._handover.findings.failure is not None and not self._keep_going

    def _hand_over(self, handover: Handover) -> Stop | None:
        """Have the interpreter take over what the kernel cannot do, then continue."""
        control, self._code = self.control, abi.PAUSED
        stop = None
        if control[abi.INSPECTED] < control[abi.DISTINCT]:
            handover.inspect(self.records.failure(self._store).path)
            control[abi.INSPECTED] += 1
        elif control[abi.SEEDS] > 0:
            self._buffers.forget()
            self._buffers.judge(handover.begin(self._buffers.loaded()))
        elif control[abi.FAILURE_KIND] == abi.FAILURE_EXPAND or control[abi.BATCH] == 1:
            stop = self._expand_by(handover, int(control[abi.EXPANDED]))
            control[abi.BATCH] = self._tuning.batch
        else:  # some state of the batch failed: expand one at a time until the failure recurs
            self._buffers.forget()
            control[abi.BATCH] = 1
        self._take_note(handover)
        return stop

    def _expand_by(self, handover: Handover, state: int) -> Stop | None:
        """Have the interpreter expand a state; the kernel stores what is new."""
        self._buffers.forget()
        found = handover.expand(self._store.path(state))
        count = len(found.states)
        if not count:
            self.control[abi.EXPANDED] += 1
            return None
        if count > self._buffers.capacity:
            stop = self._footprint.grow_buffers(count)
            if stop:
                return stop
        self._buffers.load(found.states, parent=state, actions=found.actions)
        self._buffers.judge(found.outside)
        return None

    def _take_note(self, handover: Handover) -> None:
        """End the search for what the interpreter found.

        After an error the level is completed first: a violation at the same depth would be the better finding.
        """
        if self._keep_going:
            return
        if handover.findings.is_violated:
            self.control[abi.ENDED] = 1
        if handover.findings.failure is not None:
            last = int(self.control[abi.DEPTH]) + 1
            limit = int(self.control[abi.MAX_DEPTH])
            self.control[abi.MAX_DEPTH] = last if limit < 0 else min(limit, last)

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
            seconds=self._lookout.seconds,
            memory=resident(),
        )

    def outcome(self, stop: Stop | None) -> NativeOutcome:
        """Read the outcome from the control block."""
        now, store, records = self._progress(), self._store, self.records
        return NativeOutcome(
            distinct=now.distinct,
            generated=now.generated,
            depth=now.depth,
            frontier=now.frontier,
            seconds=now.seconds,
            memory=self._footprint.size,
            cut=int(self.control[abi.CUT]),
            fired=records.fired,
            discovered=records.discovered,
            found=records.found(store),
            found_steps=records.found_steps(store),
            deadlock=records.deadlock(store),
            failure=records.failure(store) if self._code == abi.FAILURE else None,
            stop=stop,
            program=self._program,
            store=store,
        )
