"""Work spread over processes, which may run out of memory, hang or die without taking the rest with them."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

__all__ = ["Lost", "can_fork", "run_all"]

R = TypeVar("R")


@dataclass(frozen=True)
class Lost:
    """What became of a task that has no result."""

    reason: str


GRACE = 5.0
"""Seconds beyond its time limit after which a task is given up, and its process ended."""


def run_all(
    tasks: Sequence[int], work: Callable[[int], R], *, workers: int, seconds: float
) -> Iterator[tuple[int, R | Lost]]:
    """Yield each task with its result, as they come.

    Parameters
    ----------
    tasks : sequence of int
        What `work` is called with.
    work : callable
        Runs in a process of its own, forked from this one; its result must be picklable.
    workers : int
        How many processes to use. With one, or where processes cannot be forked, the work is done in this one.
    seconds : float
        The time limit that each task keeps by itself; a process that overruns it by far is ended.
    """
    if workers <= 1 or len(tasks) <= 1 or not can_fork():
        for task in tasks:
            yield task, _guarded(work, task)
        return
    yield from _Pool(deque(tasks), work, min(workers, len(tasks)), seconds).run()


def can_fork() -> bool:
    """Return whether processes can be forked, which is how they come by the work: it cannot be sent to others."""
    return "fork" in multiprocessing.get_all_start_methods()


def _guarded(work: Callable[[int], R], task: int) -> R | Lost:
    try:
        return work(task)
    except MemoryError:
        return Lost("out of memory")
    except Exception as error:
        if type(error).__name__ == "SolverFault":
            return Lost(f"the solver gave up: {error}")
        raise


@dataclass
class _Worker(Generic[R]):
    process: Any
    connection: Connection
    task: int | None = None
    deadline: float = 0.0


@dataclass
class _Pool(Generic[R]):
    tasks: deque[int]
    work: Callable[[int], R]
    count: int
    seconds: float
    workers: list[_Worker[R]] = field(default_factory=list)
    again: set[int] = field(default_factory=set)

    def run(self) -> Iterator[tuple[int, R | Lost]]:
        try:
            self.workers = [self._start() for _ in range(self.count)]
            while any(worker.task is not None for worker in self.workers):
                yield from self._next()
        finally:
            for worker in self.workers:
                self._stop(worker)

    def _start(self) -> _Worker[R]:
        context = multiprocessing.get_context("fork")
        mine, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self.work), daemon=True)
        process.start()
        theirs.close()
        worker: _Worker[R] = _Worker(process, mine)
        self._give(worker)
        return worker

    def _give(self, worker: _Worker[R]) -> None:
        worker.task = self.tasks.popleft() if self.tasks else None
        if worker.task is not None:
            worker.deadline = time.monotonic() + self.seconds + GRACE
            worker.connection.send(worker.task)

    def _next(self) -> Iterator[tuple[int, R | Lost]]:
        busy = [worker for worker in self.workers if worker.task is not None]
        patience = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        ready = wait([worker.connection for worker in busy], timeout=patience)
        for worker in busy:
            if worker.connection in ready:
                yield from self._received(worker)
            elif time.monotonic() > worker.deadline:
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
            self.tasks.appendleft(task)
        else:
            yield task, Lost(reason)
        self.workers[self.workers.index(worker)] = self._start()

    @staticmethod
    def _stop(worker: _Worker[R]) -> None:
        worker.connection.close()
        if worker.process.is_alive():
            worker.process.kill()
        worker.process.join()


def _serve(connection: Connection, work: Callable[[int], Any]) -> None:
    """Answer tasks until the other end is closed. An interrupt is for the process that began this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            connection.send(_guarded(work, task))
        except Exception as error:
            connection.send(error)
