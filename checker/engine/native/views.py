"""A refinement in machine code: the views of packed states, and the other model's steps between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from assay.checker.engine.classes import FairnessCondition, classes_of
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.native import abi
from assay.checker.engine.native.cache import load_functions
from assay.checker.engine.native.codegen.functions import generate_mapping, generate_moves
from assay.checker.engine.native.codegen.operations.instructions import Module, listing
from assay.checker.engine.native.codegen.packing.layout import FIRST_ROOM, Layout, NoRoom
from assay.checker.engine.native.edges import Edges, edges, room_for
from assay.checker.engine.native.labels import renumbered
from assay.checker.engine.native.program import CHUNK, PackedStates, Program
from assay.checker.engine.native.search import search
from assay.checker.engine.native.signatures import EXPAND
from assay.checker.engine.native.store import OutOfMemory
from assay.checker.engine.views import Mask, Numbers, numbered_rows
from assay.checker.errors import Unsupported
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.frontend.mappings import MappingIR, compile_mapping
from assay.checker.language.introspection.specification import Method
from assay.checker.language.types import subtypes

__all__ = ["PackedViews", "packed_views"]


def packed_views(
    states: PackedStates,
    layout: Layout,
    abstract: Instance,
    method: Method,
    view: Callable[[int], Frozen],
    limits: Limits,
) -> PackedViews:
    """Return the views of an exploration's states. Their instance must be active.

    Parameters
    ----------
    states : uint64 array of shape (n, words)
        The states.
    layout : Layout
        How they are packed.
    abstract : Instance
        The other model, over the same elements.
    method : Method
        The refinement.
    view : callable
        The mapping by the interpreter, from a state's number, for states where machine code has no answer.
    limits : Limits
        Of these, memory and time matter.

    Raises
    ------
    Unsupported
        If the mapping or the other model cannot be compiled, or its machine code has no answer somewhere. The
        interpreter can still compute them.
    ModelError
        If the mapping raises.
    """
    own = layout.codes.instance
    _demand_same_elements(own, abstract)
    mapping = compile_mapping(own.specification, method, whole=True)
    # A variable that is mapped to itself is copied bit by bit, so its type needs the same room on both sides.
    held = {part for variable in layout.variables for part in subtypes(variable.type)}
    rooms = dict(layout.rooms)
    while True:
        image = Layout(layout.codes, abstract.specification.variables, rooms)
        try:
            rows = _mapped(states, layout, image, mapping, view)
        except NoRoom as full:
            if full.type in held:
                raise Unsupported(f"a {full.type} is seen that has less room here") from None
            rooms[full.type] = max(2 * rooms.get(full.type, FIRST_ROOM), full.held)
            continue
        first, numbers = numbered_rows(rows)
        return PackedViews(abstract, image, np.ascontiguousarray(rows[first]), numbers, limits)


def _demand_same_elements(own: Instance, abstract: Instance) -> None:
    """Refuse a model over elements that this one lacks, because they would have no codes here."""
    same = (
        all(own.sizes.get(sort) == size for sort, size in abstract.sizes.items())
        and all(own.constants.get(name, object()) == value for name, value in abstract.constants.items())
        and abstract.quorums.keys() <= own.quorums.keys()
    )
    if not same:
        raise Unsupported(f"{abstract.specification.name} has elements or parameters that this model has not")


def _mapped(
    states: PackedStates, layout: Layout, image: Layout, mapping: MappingIR, view: Callable[[int], Frozen]
) -> PackedStates:
    """Return what each state is seen as, packed."""
    both = layout.beside(image, mapping.copies)
    module = generate_mapping(mapping, layout.codes.instance, both)
    name = f"{mapping.specification.name}-{mapping.action.name}".lower()
    function = EXPAND.prototype(_loaded(name, module)["expand"])
    found = np.empty((len(states), image.words), np.uint64)
    for first in range(0, len(states), CHUNK):
        rows = np.zeros((min(CHUNK, len(states) - first), both.words), np.uint64)
        rows[:, : layout.words] = states[first : first + len(rows)]
        rows[:, layout.words] = 1  # bit 0 of a packed state is always 1
        done = 0
        while done < len(rows):
            done = _continued(function, rows, found[first:], done, layout.words)
            if done < len(rows):  # no machine code here; the interpreter decides, or raises
                found[first + done] = image.pack(view(first + done))
                done += 1
    return found


def _continued(function: Callable[..., int], rows: PackedStates, found: PackedStates, done: int, start: int) -> int:
    """Map rows, from `done` on, until machine code has no answer; return the row at which it stopped.

    Raises
    ------
    Unsupported
        If a state does not have exactly one view: the mapping chooses, or has guards.
    """
    count = len(rows) - done
    out = np.empty((count + 2, rows.shape[1]), np.uint64)  # room for one result too many, and for scratch behind it
    labels, ends = np.zeros(count + 2, np.int32), np.zeros(count, np.int64)
    status = np.zeros(abi.CONTEXT + 1, np.int64)
    given = (rows[done:], out, labels, ends)
    states, results, actions, after = (array.ctypes.data for array in given)
    function(states, count, results, actions, after, count + 2, status.ctypes.data)
    complete = count if status[0] == abi.STATUS_DONE else int(status[1])
    if not np.array_equal(ends[:complete], np.arange(1, complete + 1)) or status[0] == abi.STATUS_FULL:
        raise Unsupported("the mapping does not give exactly one state")
    found[done : done + complete] = out[:complete, start:]
    return done + complete


def _loaded(name: str, module: Module) -> Mapping[str, int]:
    return load_functions(name, module, listing(module), ("expand", "moves"))


@dataclass(eq=False)
class PackedViews:
    """The views of a refinement, packed; see `assay.checker.engine.views.Views`.

    Attributes
    ----------
    abstract : Instance
        The other model.
    layout : Layout
        How the views are packed.
    rows : uint64 array of shape (views, words)
        The views, each once.
    numbers : int64 array of shape (n,)
        The view of each state.
    limits : Limits
        Bounds of the pass over the other model's steps.
    """

    abstract: Instance
    layout: Layout
    rows: PackedStates
    numbers: Numbers
    limits: Limits

    def __post_init__(self) -> None:
        self.size = len(self.rows)
        with self.abstract.active():
            self._told_apart = classes_of(self.abstract)
            self._edges = self._stepped()
        self._sources = np.repeat(np.arange(self.size, dtype=np.int64), np.diff(self._edges.indptr[: self.size + 1]))

    def decode(self, view: int) -> Frozen:
        """Return a view as a state of the other model."""
        return self.layout.unpack(self.rows[view].tolist())

    def first_refused(self, before: Numbers, after: Numbers) -> int | None:
        """Return the index of the first pair of different views that is no step of the other model, or None."""
        allowed = np.isin(before * self.size + after, self._pairs(np.ones(len(self._sources), np.bool_)))
        return None if allowed.all() else int(np.argmin(allowed))

    def enabling(self, conditions: Sequence[FairnessCondition]) -> Sequence[tuple[Mask, Numbers]]:
        """Return, for each condition, where it is enabled and which steps between views satisfy it."""
        changing = self._sources != self._edges.targets
        found = []
        for condition in conditions:
            taken = condition.classes[self._edges.actions] & changing
            enabled = np.zeros(self.size, np.bool_)
            enabled[self._sources[taken]] = True
            found.append((enabled, self._pairs(taken)))
        return found

    def _pairs(self, chosen: Mask) -> Numbers:
        # A step to a state that is not a view forms no pair, but its action is enabled all the same.
        inside = chosen & (self._edges.targets < self.size)
        return np.asarray(np.unique(self._sources[inside] * self.size + self._edges.targets[inside]))

    def _stepped(self) -> Edges:
        """Return the other model's steps out of the views; states that are not views are numbered from `size` on.

        Raises
        ------
        Unsupported
            If machine code has no answer in some view, or a limit is reached.
        """
        model = replace(compile_model(self.abstract.specification), temporals=())
        name = f"{self.abstract.specification.name}-moves".lower()
        addresses = _loaded(name, generate_moves(model, self.abstract, self.layout))
        program = Program(self.layout.words, len(model.actions), 0, 0, expand=addresses["expand"])
        once = replace(self.limits, depth=2, states=None)
        outcome = search(program, self.rows, limits=once, check_deadlock=False)
        if outcome.stop is not None and outcome.stop.reason is StopReason.INTERRUPT:
            raise KeyboardInterrupt
        if outcome.failure is not None or (outcome.stop is not None and outcome.stop.reason is not StopReason.DEPTH):
            raise Unsupported("the other model's steps have no machine code, or take more than there is")
        try:
            found = edges(outcome, memory=room_for(self.limits), moves=addresses["moves"], outside=True)
        except OutOfMemory:
            raise Unsupported("the other model's steps take more memory than there is") from None
        if not addresses["moves"]:
            return found
        return replace(found, actions=renumbered(self._told_apart, self.layout)[found.actions])
