"""The explorers' contract, and the one place that chooses between them."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Iterator
from dataclasses import field, replace
from enum import Enum
from functools import cached_property
from time import perf_counter
from typing import Protocol, TypeVar

from assay.checker.engine import reference
from assay.checker.engine.exploration import Exploration, Watcher
from assay.checker.engine.limits import Limits
from assay.checker.engine.lookout import TooLarge
from assay.checker.errors import Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance

__all__ = ["Engine", "Explorer", "Search", "explore", "explorer", "first_slowly", "machine_code"]


class Engine(Enum):
    """Which explorer to use. *auto* starts with the interpreter, and moves on to machine code if that takes long."""

    AUTO = "auto"
    REFERENCE = "reference"
    NATIVE = "native"


@immutable
class Search:
    """What to ask of an explorer.

    Attributes
    ----------
    limits : Limits
        Where to stop.
    keep_going : bool
        Whether to go on after a violation or an error, to find one for each property.
    deadlock : bool
        Whether to look for deadlocks.
    watch : callable, optional
        Called with the progress every now and then.
    """

    limits: Limits = field(default_factory=Limits)
    keep_going: bool = False
    deadlock: bool = True
    watch: Watcher | None = None


class Explorer(Protocol):
    """An explorer of instances.

    Explorers may differ only in the order in which they reach the states of a level, and therefore in where within a
    level they stop. Whatever they find is executed again before it is reported.
    """

    def __call__(self, instance: Instance, search: Search) -> Exploration:
        """Explore an active instance, breadth first.

        Raises
        ------
        ModelError
            If there is no initial state, because the model's own code fails there.
        Unsupported
            If this explorer cannot take the instance on.
        """


def explore(instance: Instance, search: Search, engine: Engine = Engine.AUTO) -> Exploration:
    """Explore an active instance with an engine."""
    return explorer(engine)(instance, search)


def explorer(engine: Engine) -> Explorer:
    """Return the explorer of an engine."""
    return {Engine.AUTO: _either, Engine.REFERENCE: _slowly, Engine.NATIVE: _natively}[engine]


def _slowly(instance: Instance, search: Search) -> Exploration:
    return reference.explore(
        instance, search.limits, keep_going=search.keep_going, deadlock=search.deadlock, watch=search.watch
    )


def _natively(instance: Instance, search: Search) -> Exploration:
    with machine_code():
        from assay.checker.engine.native import explorer as native

        return native.explore(
            instance, search.limits, keep_going=search.keep_going, deadlock=search.deadlock, watch=search.watch
        )


@contextlib.contextmanager
def machine_code() -> Iterator[None]:
    """Turn a failure to load machine code, or to find memory for it, into an error of one line.

    Raises
    ------
    Unsupported
        In that case. *auto* then goes on with the interpreter, which needs little memory.
    """
    try:
        yield
    except (ImportError, MemoryError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.ENOMEM):
            raise  # a closed pipe, for example, which has nothing to do with machine code
        reason = f"{type(error).__name__}: {error}".partition(".")[0]
        raise Unsupported(
            f"machine code cannot be loaded here, or has too little memory ({reason})",
            help="give the process more memory, or use --engine reference",
        ) from error


def _either(instance: Instance, search: Search) -> Exploration:
    def slowly(limits: Limits, patience: Patience | None) -> Exploration:
        return reference.explore(
            instance,
            limits,
            keep_going=search.keep_going,
            deadlock=search.deadlock,
            watch=search.watch,
            give_up=patience,
        )

    def natively(limits: Limits) -> Exploration:
        return _natively(instance, replace(search, limits=limits))

    found, refused = first_slowly(instance, search.limits, slowly, natively)
    return replace(found, refused=refused)


WARM, NEW, COLD = 0.3, 0.7, 3.0
"""Seconds that *auto* gives the interpreter: `WARM` if all machine code is in the cache, `NEW` if that of the model is
not, `COLD` if that of the kernel is not.

The first two are about what loading and compiling take, so *auto* never takes much more than twice the faster engine.
The kernel takes longer, but only once.
"""


class Patience:
    """Decides when *auto* moves on to machine code: never, if the model is known to have none."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self.refused = ""

    def __call__(self, seconds: float) -> bool:
        return seconds > WARM and seconds > self._most and not self.refused

    @cached_property
    def _most(self) -> float:
        try:
            with machine_code():
                from assay.checker.engine.native.explorer import CompiledInstance

                compiled = CompiledInstance(self._instance)
                patience = WARM if compiled.is_cached else NEW
                return patience if compiled.has_kernel else COLD
        except Unsupported as error:
            self.refused = error.message
            return COLD


T = TypeVar("T")


def first_slowly(
    instance: Instance,
    limits: Limits,
    slowly: Callable[[Limits, Patience | None], T],
    natively: Callable[[Limits], T],
) -> tuple[T, str]:
    """Do something with the interpreter if that is quick, and in machine code otherwise, if that is possible.

    Parameters
    ----------
    instance : Instance
        The instance; it must be active.
    limits : Limits
        Where to stop; the time that the first attempt took counts.
    slowly : callable
        Does it with the interpreter, within limits; raises `TooLarge` once its second argument, called with the seconds
        so far, returns True. That argument is None if it must not give up.
    natively : callable
        Does it in machine code.

    Returns
    -------
    result
        The result of whichever completed.
    str
        Why machine code was not used although it was wanted; empty if it was used, or not wanted.
    """
    patience, started = Patience(instance), perf_counter()
    try:
        return slowly(limits, patience), patience.refused
    except TooLarge:
        pass
    try:
        return natively(limits.after(perf_counter() - started)), ""
    except Unsupported as error:
        return slowly(limits.after(perf_counter() - started), None), error.message
