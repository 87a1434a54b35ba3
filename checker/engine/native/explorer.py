"""The native explorer: compiles a model's instance, searches, and returns frozen states."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from itertools import islice
from typing import TypeVar

import numpy as np
from assay.checker.engine import reference
from assay.checker.engine.exploration import Exploration, Path, Watcher
from assay.checker.engine.limits import Limits
from assay.checker.engine.native import abi
from assay.checker.engine.native.behaviours import behaviours
from assay.checker.engine.native.cache import are_loadable, load_functions
from assay.checker.engine.native.codegen.functions import Source, generate
from assay.checker.engine.native.codegen.packing.codes import Codes
from assay.checker.engine.native.codegen.packing.layout import FIRST_ROOM, Layout, NoRoom
from assay.checker.engine.native.handover import Handover
from assay.checker.engine.native.loading import is_kernel_cached
from assay.checker.engine.native.outcome import NativeOutcome
from assay.checker.engine.native.program import CHUNK, PackedStates, Program, packed, unpacked
from assay.checker.engine.native.search import search
from assay.checker.engine.native.signatures import TEST
from assay.checker.engine.order_limits import orders_of
from assay.checker.engine.steps import Behaviours
from assay.checker.errors import Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Method, Property
from assay.checker.language.kinds import DEADLOCK, Judged
from assay.checker.language.types import SetType

__all__ = ["CompiledInstance", "explore", "with_room"]

T = TypeVar("T")

_ENTRIES = ("expand", "inspect", "within", "terminal", "steps", "taken", "order_limits", "labels", "moves")
_BESIDE = ("order_limits", "labels", "moves")
"""Functions that are not part of the `Program`: they are called after a search."""


_SOME = 1 << 10
"""Initial states to pack at a time."""


@immutable
class CompiledInstance:
    """An instance compiled to machine code, on demand. The instance must be active while this is used.

    Attributes
    ----------
    instance : Instance
        The instance.
    rooms : mapping from SetType to int
        How many elements each set stored as a list has room for: see `Layout`.

    Raises
    ------
    ModelError
        Raised by its properties if the source cannot be compiled, or a state would be absurdly large.
    """

    instance: Instance
    rooms: Mapping[SetType, int] = field(default_factory=dict, hash=False)

    @cached_property
    def layout(self) -> Layout:
        """How states are packed."""
        return Layout(Codes(self.instance), self.instance.specification.variables, self.rooms)

    @cached_property
    def source(self) -> Source:
        """The generated source."""
        return generate(compile_model(self.instance.specification), self.instance, self.layout)

    @cached_property
    def addresses(self) -> dict[str, int]:
        """The addresses of the compiled functions."""
        return load_functions(self._name, self.source.module, self.source.text, _ENTRIES)

    @cached_property
    def program(self) -> Program:
        """The compiled functions."""
        addresses = {name: address for name, address in self.addresses.items() if name not in _BESIDE}
        return Program(
            words=self.layout.words,
            actions=len(self.instance.specification.actions),
            predicates=len(self.source.inspected),
            step_predicates=len(self.source.steps),
            **addresses,
        )

    @property
    def is_cached(self) -> bool:
        """Whether the machine code of the model is in the cache."""
        return are_loadable(self._name, self.source.text)

    @property
    def has_kernel(self) -> bool:
        """Whether the machine code of the kernel is in the cache."""
        return is_kernel_cached(self.layout.words)

    @property
    def _name(self) -> str:
        return self.instance.specification.name.lower()

    def pack(self, states: Iterable[Frozen]) -> PackedStates:
        """Return frozen states as packed ones."""
        return packed(self.layout, states)

    def unpack(self, rows: PackedStates) -> Path:
        """Return packed states as frozen ones."""
        return unpacked(self.layout, rows)

    def search(
        self,
        limits: Limits,
        *,
        keep_going: bool = False,
        deadlock: bool = True,
        watch: Watcher | None = None,
        handover: Handover | None = None,
    ) -> NativeOutcome:
        """Search from the initial states; a `@reachable` does not end the search."""
        handover = handover or Handover(self.instance, self.layout, deadlock=deadlock)
        return search(
            self.program,
            self._initial(handover.interpreter),
            stop_on=_claims(self.instance.specification.judged_on(Judged.STATE)),
            check_deadlock=deadlock,
            keep_going=keep_going,
            limits=limits,
            watch=watch,
            handover=handover,
        )

    def _initial(self, interpreter: Interpreter) -> Iterator[PackedStates]:
        """Yield the initial states, packed, a few at a time: there may be more than there is room for."""
        states = interpreter.each_initial_state()
        while some := list(islice(states, _SOME)):
            yield self.pack(some)

    def order_limits(self, outcome: NativeOutcome) -> tuple[str, ...]:
        """Return the orders whose greatest element the run reached: see `assay.checker.engine.order_limits`."""
        orders = orders_of(self.instance.specification)
        everything, used = (1 << len(orders)) - 1, 0
        states = outcome.states()
        initial = int(np.count_nonzero(outcome.parents() == abi.NONE))
        given = self._held(states[:initial], every=True)
        for end in range(len(states), 0, -CHUNK):  # late states are the likeliest to hold it
            if used | given == everything:
                break
            used |= self._held(states[max(0, end - CHUNK) : end])
        used &= ~given
        return tuple(order.cls.__name__ for bit, order in enumerate(orders) if used >> bit & 1)

    def _held(self, states: PackedStates, *, every: bool = False) -> int:
        """Return the mask of the orders whose greatest element some of the states holds, or every one of them."""
        words = -(-len(orders_of(self.instance.specification)) // 64)
        masks, status = np.zeros((len(states), words), np.uint64), np.zeros(abi.ALARM + 1, np.int64)
        rows = np.ascontiguousarray(states)
        TEST.prototype(self.addresses["order_limits"])(
            rows.ctypes.data, len(rows), masks.ctypes.data, status.ctypes.data
        )
        combine = np.bitwise_and if every else np.bitwise_or
        return sum(word << 64 * index for index, word in enumerate(combine.reduce(masks, axis=0).tolist()))


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
    ModelError
        If there is no initial state, because the model's own code fails there.
    Unsupported
        If the model, or a state of it, has no packed form.
    """
    began = time.perf_counter()

    def attempt(compiled: CompiledInstance) -> tuple[CompiledInstance, Handover, NativeOutcome]:
        handover = Handover(instance, compiled.layout, deadlock=deadlock)
        left = limits.after(time.perf_counter() - began) if compiled.rooms else limits
        found = compiled.search(left, keep_going=keep_going, deadlock=deadlock, watch=watch, handover=handover)
        return compiled, handover, found

    compiled, handover, outcome = with_room(instance, attempt)
    findings = handover.findings
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
        found=_shortest(findings.found, dict(_found(compiled, outcome))),
        failure=findings.failure,
        cut=outcome.cut,
        handed_over=handover.states,
        order_limits=compiled.order_limits(outcome) if orders_of(instance.specification) else (),
        stop=outcome.stop,
        behaviours=_behaviours(compiled, outcome, handover, limits) if instance.specification.needs_steps else None,
    )


def with_room(instance: Instance, attempt: Callable[[CompiledInstance], T]) -> T:
    """Return the result of an attempt, repeating it with at least twice the room whenever a set outgrows its list.

    Raises
    ------
    Unsupported
        If a state with that much room would be absurdly large.
    """
    rooms: dict[SetType, int] = {}
    while True:
        try:
            return attempt(CompiledInstance(instance, dict(rooms)))
        except NoRoom as full:
            rooms[full.type] = max(2 * rooms.get(full.type, FIRST_ROOM), full.held)


def _behaviours(
    compiled: CompiledInstance, outcome: NativeOutcome, handover: Handover, limits: Limits
) -> Callable[[], Behaviours]:
    """Return what computes the steps: machine code, or the interpreter if it had to expand some state."""

    def slowly() -> Behaviours:
        found = reference.explore(compiled.instance, limits, keep_going=True, deadlock=False)
        if not found.is_exhaustive or found.behaviours is None:
            raise Unsupported("machine code has no answer in some state, and the interpreter did not get to the end")
        return found.behaviours()

    def natively() -> Behaviours:
        return behaviours(compiled.addresses, compiled.layout, outcome, handover.interpreter, limits)

    return slowly if handover.states else natively


def _found(compiled: CompiledInstance, outcome: NativeOutcome) -> Iterator[tuple[Property, Path]]:
    """Yield what fired; the bits of a mask are the properties of states, or of steps, in their order."""
    specification = compiled.instance.specification
    for what, found in ((Judged.STATE, outcome.found), (Judged.STEP, outcome.found_steps)):
        judged = specification.judged_on(what)
        yield from ((judged[bit], compiled.unpack(path)) for bit, path in found.items())
    if outcome.deadlock is not None:
        yield DEADLOCK, compiled.unpack(outcome.deadlock)


def _shortest(by_interpreter: Mapping[Property, Path], by_kernel: Mapping[Property, Path]) -> dict[Property, Path]:
    """Return the shorter path to each property, since the kernel does not know what the interpreter has found."""
    found = dict(by_kernel)
    for subject, path in by_interpreter.items():
        if subject not in found or len(path) < len(found[subject]):
            found[subject] = path
    return found


def _claims(properties: Sequence[Method]) -> int:
    """Return the mask of the properties whose violation ends a search."""
    return sum(1 << bit for bit, method in enumerate(properties) if method.kind.is_claim)
