"""Work spread over processes, which may run out of memory, hang or die without affecting the others."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from assay.checker.immutable import immutable
from assay.proofs.induction.processes import SLOWEST, become_replaceable, can_fork, processor_time
from assay.proofs.logic.answers import SolverFailure

__all__ = ["Lost", "run_all"]

R = TypeVar("R")


@immutable
class Lost:
    """Why a task has no result."""

    reason: str


GRACE = 5.0
"""Seconds of processor time beyond its limit after which a task is given up, and its process ended."""


def run_all(
    tasks: Sequence[Callable[[], R]],
    *,
    workers: int,
    seconds: float,
    retried: Sequence[Callable[[], R]] | None = None,
) -> Generator[tuple[int, R | Lost], None, None]:
    """Yield the index of each task and its result as they arrive; closing the generator ends the tasks in progress.

    Parameters
    ----------
    tasks : sequence of callable
        The tasks. Each runs in a process forked from this one; its result must be picklable.
    workers : int
        The number of processes. With one, or if processes cannot be forked, everything runs in this process.
    seconds : float
        The limit of processor time, which each task observes itself; a process that far exceeds it is ended.
    retried : sequence of callable, optional
        What is done in place of each task if the process that did it has died; the same task by default.
    """
    if workers <= 1 or len(tasks) <= 1 or not can_fork():
        for index, task in enumerate(tasks):
            yield index, _guarded(task)
        return
    yield from _Pool(tasks, tasks if retried is None else retried, min(workers, len(tasks)), seconds).run()


def _guarded(task: Callable[[], R]) -> R | Lost:
    try:
        return task()
    except MemoryError:
        return Lost("out of memory")
    except SolverFailure as error:
        return Lost(f"the solver gave up: {error}")


@dataclass
class _Worker(Generic[R]):
    process: Any
    connection: Connection
    task: int | None = None
    given: float = 0.0
    used: float = 0.0

    def begin(self, task: int | None) -> None:
        """Record the time at which the process got a task."""
        self.task, self.given, self.used = task, time.monotonic(), processor_time(self.process.pid)

    def left(self, limit: float) -> float:
        """Return the seconds that the task may still take, of processor time or by the clock, whichever is less."""
        used, passed = processor_time(self.process.pid) - self.used, time.monotonic() - self.given
        return min(limit - used, SLOWEST * limit - passed)


@dataclass
class _Pool(Generic[R]):
    tasks: Sequence[Callable[[], R]]
    retried: Sequence[Callable[[], R]]
    count: int
    seconds: float
    waiting: deque[int] = field(default_factory=deque)
    workers: list[_Worker[R]] = field(default_factory=list)
    again: set[int] = field(default_factory=set)
    lifeline: tuple[int, int] = field(default_factory=os.pipe)

    def run(self) -> Iterator[tuple[int, R | Lost]]:
        self.waiting.extend(range(len(self.tasks)))
        try:
            for _ in range(self.count):
                self.workers.append(self._start())
            while any(worker.task is not None for worker in self.workers):
                yield from self._next()
        finally:
            for worker in self.workers:
                self._stop(worker)
            for end in self.lifeline:
                os.close(end)

    def _start(self) -> _Worker[R]:
        context = multiprocessing.get_context("fork")
        mine, theirs = context.Pipe()
        # A child inherits this process's ends of all pipes. It must close them, or reading from a pipe would never end.
        foreign = [mine, *(worker.connection for worker in self.workers if not worker.connection.closed)]
        given = (theirs, (self.tasks, self.retried), foreign, self.lifeline)
        process = context.Process(target=_serve, args=given, daemon=True)
        process.start()
        theirs.close()
        worker: _Worker[R] = _Worker(process, mine)
        self._give(worker)
        return worker

    def _give(self, worker: _Worker[R]) -> None:
        worker.begin(self.waiting.popleft() if self.waiting else None)
        if worker.task is not None:
            worker.connection.send((worker.task in self.again, worker.task))

    def _next(self) -> Iterator[tuple[int, R | Lost]]:
        busy = [worker for worker in self.workers if worker.task is not None]
        limit = self.seconds + GRACE
        patience = max(0.05, min(worker.left(limit) for worker in busy))
        ready = wait([worker.connection for worker in busy], timeout=patience)
        for worker in busy:
            if worker.connection in ready:
                yield from self._received(worker)
            elif worker.left(limit) <= 0:
                yield from self._lost(worker, "it did not keep its time limit", retry=False)

    def _received(self, worker: _Worker[R]) -> Iterator[tuple[int, R | Lost]]:
        assert worker.task is not None
        try:
            result = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(1.0)
            code = worker.process.exitcode
            yield from self._lost(worker, f"the solver's process died (exit status {code}), twice", retry=True)
            return
        if isinstance(result, Lost):
            yield from self._lost(worker, f"{result.reason}, twice", retry=True)
            return
        task = worker.task
        self._give(worker)
        if isinstance(result, BaseException):
            raise result
        yield task, result

    def _lost(self, worker: _Worker[R], reason: str, *, retry: bool) -> Iterator[tuple[int, R | Lost]]:
        task = worker.task
        assert task is not None
        self._stop(worker)
        if retry and task not in self.again:
            self.again.add(task)
            self.waiting.appendleft(task)
        else:
            yield task, Lost(reason)
        self.workers[self.workers.index(worker)] = self._start()

    @staticmethod
    def _stop(worker: _Worker[R]) -> None:
        worker.connection.close()
        if worker.process.is_alive():
            worker.process.kill()
        worker.process.join()


def _serve(
    connection: Connection,
    tasks: tuple[Sequence[Callable[[], object]], Sequence[Callable[[], object]]],
    foreign: Sequence[Connection],
    lifeline: tuple[int, int],
) -> None:
    """Answer tasks until the other end is closed. Interrupts are ignored: the parent process handles them."""
    become_replaceable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()  # what the parent has made, perhaps for many models, takes no time of these tasks to look through
    for other in foreign:
        other.close()
    threading.Thread(target=_die_with_the_parent, args=lifeline, daemon=True).start()
    while True:
        try:
            is_again, index = connection.recv()
        except (EOFError, OSError):
            return
        try:
            connection.send(_guarded(tasks[is_again][index]))
        except Exception as error:
            connection.send(error)


def _die_with_the_parent(read: int, write: int) -> None:
    """Wait for the parent process to end, however that happens, and end this process.

    Only the parent holds the writing end of the lifeline. Nothing is ever written, so reading returns when the parent
    is gone. A running solver releases the interpreter lock, so this thread can act meanwhile.
    """
    os.close(write)
    os.read(read, 1)
    os._exit(1)
