"""The native explorer: compile a model's instance, search, and give back frozen states."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

import numpy as np
import numpy.typing as npt
from assay.checker.engine.exploration import Exploration, Path, Watcher
from assay.checker.engine.limits import Limits
from assay.checker.engine.native.cache import are_loadable, load_functions
from assay.checker.engine.native.codegen.codes import Codes
from assay.checker.engine.native.codegen.functions import Source, generate
from assay.checker.engine.native.codegen.layout import Layout
from assay.checker.engine.native.loading import is_kernel_cached
from assay.checker.engine.native.outcome import FaultKind, ModelFault, NativeOutcome
from assay.checker.engine.native.program import Program
from assay.checker.engine.native.search import search
from assay.checker.engine.tops import orders_of
from assay.checker.engine.trace import Failed
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.instance import Instance
from assay.checker.language.ir.program import PredicateIR
from assay.checker.language.kinds import DEADLOCK, Judged, Kind
from assay.checker.language.reading import Frozen, Reading
from assay.checker.language.specification import Property

__all__ = ["CompiledInstance", "explore"]

_ENTRIES = ("expand", "inspect", "within", "terminal", "steps", "tops")


_CHUNK = 1 << 16
"""States looked at between two looks at whether the greatest elements have all been found."""

_TEST = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)


@dataclass(frozen=True)
class CompiledInstance:
    """An instance compiled to machine code. The instance must be active while it is used.

    Raises
    ------
    ModelError
        If the source cannot be compiled, or a state would be absurdly large.
    """

    instance: Instance

    @cached_property
    def layout(self) -> Layout:
        """How states are packed."""
        return Layout(Codes(self.instance), self.instance.specification.variables)

    @cached_property
    def source(self) -> Source:
        """The generated source."""
        source = generate(compile_model(self.instance.specification), self.instance, self.layout)
        _demand_few("invariants, lemmas and reachable states", source.inspected)
        _demand_few("step invariants", source.steps)
        return source

    @cached_property
    def _addresses(self) -> dict[str, int]:
        return load_functions(self._name, self.source.module, self.source.text, _ENTRIES)

    @cached_property
    def program(self) -> Program:
        """The compiled functions."""
        addresses = {name: address for name, address in self._addresses.items() if name != "tops"}
        return Program(
            words=self.layout.words,
            actions=len(self.instance.specification.actions),
            predicates=len(self.source.inspected),
            step_predicates=len(self.source.steps),
            **addresses,
        )

    @property
    def is_cached(self) -> bool:
        """Whether the machine code of model and kernel is in the cache."""
        return are_loadable(self._name, self.source.text) and is_kernel_cached(self.layout.words)

    @property
    def _name(self) -> str:
        return self.instance.specification.name.lower()

    def pack(self, states: list[Frozen]) -> npt.NDArray[np.uint64]:
        """Return frozen states as rows of words."""
        rows = [self.layout.pack(state) for state in states]
        return np.array(rows, dtype=np.uint64).reshape(-1, self.layout.words)

    def unpack(self, path: npt.NDArray[np.uint64]) -> tuple[Frozen, ...]:
        """Return rows of words as frozen states."""
        return tuple(self.layout.unpack(row) for row in path.tolist())

    def search(
        self, limits: Limits, *, keep_going: bool = False, deadlock: bool = True, watch: Watcher | None = None
    ) -> NativeOutcome:
        """Search from the initial states; a `@reachable` does not end the search."""
        initial = Reading(self.instance).initial_states()
        return search(
            self.program,
            self.pack(initial),
            stop_on=_mask(found.kind.is_claim for found in self.instance.specification.judged_on(Judged.STATE)),
            check_deadlock=deadlock,
            stop_on_deadlock=deadlock,
            keep_going=keep_going,
            limits=limits,
            watch=watch,
        )

    def tops(self, outcome: NativeOutcome) -> tuple[str, ...]:
        """Return the orders whose greatest element a stored state holds, the latest states first."""
        orders = orders_of(self.instance.specification)
        everything, used = (1 << len(orders)) - 1, 0
        states = outcome.states()
        for end in range(len(states), 0, -_CHUNK):
            if used == everything:
                break
            chunk = np.ascontiguousarray(states[max(0, end - _CHUNK) : end])
            masks, status = np.zeros(len(chunk), np.uint64), np.zeros(3, np.int64)
            test = _TEST(self._addresses["tops"])
            test(chunk.ctypes.data, len(chunk), masks.ctypes.data, status.ctypes.data)
            used |= int(np.bitwise_or.reduce(masks))
        return tuple(order.cls.__name__ for bit, order in enumerate(orders) if used >> bit & 1)


def explore(
    instance: Instance,
    limits: Limits,
    *,
    keep_going: bool = False,
    deadlock: bool = True,
    watch: Watcher | None = None,
) -> Exploration:
    """Explore every reachable state, breadth first, in machine code.

    Parameters and result are those of `assay.checker.engine.reference.explore`.

    Raises
    ------
    Failed
        If an action or property raises, or a value exceeds its bound: the message is the reference reading's.
    """
    compiled = CompiledInstance(instance)
    outcome = compiled.search(limits, keep_going=keep_going, deadlock=deadlock, watch=watch)
    if outcome.fault is not None:
        raise_as_reference(compiled, outcome.fault)
    names = [method.name for method in instance.specification.actions]
    return Exploration(
        engine="native",
        distinct=outcome.distinct,
        generated=outcome.generated,
        depth=outcome.depth,
        frontier=outcome.frontier,
        seconds=outcome.seconds,
        memory=outcome.memory,
        fired=dict(zip(names, outcome.fired, strict=True)),
        discovered=dict(zip(names, outcome.discovered, strict=True)),
        found=dict(_found(compiled, outcome)),
        tops=compiled.tops(outcome) if orders_of(instance.specification) else (),
        stop=outcome.stop,
    )


def _found(compiled: CompiledInstance, outcome: NativeOutcome) -> Iterator[tuple[Property, Path]]:
    """Yield what fired; the bits of a mask are the properties of states, or of steps, in their order."""
    specification = compiled.instance.specification
    for what, found in ((Judged.STATE, outcome.found), (Judged.STEP, outcome.found_steps)):
        judged = specification.judged_on(what)
        yield from ((judged[bit], compiled.unpack(path)) for bit, path in found.items())
    if outcome.deadlock is not None:
        yield DEADLOCK, compiled.unpack(outcome.deadlock)


def _mask(bits: Iterator[bool]) -> int:
    return sum(1 << index for index, bit in enumerate(bits) if bit)


def _demand_few(what: str, predicates: tuple[PredicateIR, ...]) -> None:
    if len(predicates) > 64:
        raise Unsupported(
            f"the model has {len(predicates)} {what}; the native explorer checks 64 at a time",
            help="check the rest in a subclass, or with --engine reference",
        )


def raise_as_reference(compiled: CompiledInstance, fault: ModelFault) -> NoReturn:
    """Run again, under the reference reading, what has no meaning, for its message.

    Raises
    ------
    Failed
        Where the model's own code fails.
    Unsupported
        Where it does not: a number that it computes on the way, and does not keep, has no place in a packed state.
    """
    path = compiled.unpack(fault.path)
    try:
        _run_again(compiled, fault.kind, path)
    except ModelError as error:
        raise Failed(error, compiled.instance, path) from error
    raise Unsupported(
        f"in {compiled.instance.specification.name}, a number is on the way outside of the range it is packed in, "
        "so the native explorer cannot go on",
        help="put what is required of it before the assignment, or use --engine reference",
    )


def _run_again(compiled: CompiledInstance, kind: FaultKind, path: tuple[Frozen, ...]) -> None:
    reading = Reading(compiled.instance)
    specification = compiled.instance.specification
    if kind is FaultKind.EXPAND:
        for _ in reading.successors(path[-1]):
            pass
    elif kind is FaultKind.STEPS:
        for method in specification.judged_on(Judged.STEP):
            reading.truth(method, reading.thaw(path[-2]), reading.thaw(path[-1]))
    else:
        state = reading.thaw(path[-1])
        for method in (*specification.judged_on(Judged.STATE), *specification.of(Kind.CONSTRAINT, Kind.TERMINAL)):
            reading.truth(method, state)
