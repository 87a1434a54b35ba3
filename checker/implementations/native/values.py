"""Tables of the values of predicates, keyed by the parts of the world that they read.

Python fills them and compiled functions look them up: worlds that agree in those parts share one evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import numpy.typing as npt
from assay.checker.errors import AssayError
from assay.checker.implementations.events import Local
from assay.checker.implementations.native import abi
from assay.checker.implementations.native.columns import Column, Context
from assay.checker.implementations.native.layout import WorldLayout
from assay.checker.implementations.native.numbered import Numbered
from assay.checker.implementations.native.reading import ALL, Attribute, Part, Sent, read
from assay.checker.implementations.native.slots import Slots
from assay.checker.implementations.native.universe import Universe
from assay.checker.implementations.raising import told
from assay.checker.implementations.worlds import FrozenWorld
from assay.impl.node.errors import NodeError
from assay.impl.node.thawing import thaw
from assay.impl.node.world import World

__all__ = ["TracedPredicate", "ValueTable"]

_ABSENT = object()

_ALL_TWICE, _ONE_IN = 1_000, 10
"""The first `_ALL_TWICE` evaluations are made twice and compared; of later ones, one in `_ONE_IN`.

A predicate that depends on time or chance shows it soon; where there are many evaluations, they are most of the time.
"""
_WORD = (1 << 64) - 1

Words = npt.NDArray[np.uint64]


class TracedPredicate:
    """A function of worlds, with the parts of worlds that it was seen to read.

    Parameters
    ----------
    universe : Universe
        All that was met of the cluster.
    function : callable
        The function.
    number : callable
        Turns a value of the function into a number from 1 on, which is what the tables hold.
    """

    def __init__(self, universe: Universe, function: Callable[[World], Any], number: Callable[[Any], int]) -> None:
        self.universe, self.function, self._number = universe, function, number
        self.parts: set[Part] = set()
        self.evaluations = 0
        self.names: list[frozenset[str]] = [frozenset()] * len(universe.addresses)
        self.held: list[Numbered[Hashable]] = [Numbered() for _ in universe.addresses]

    def evaluate(self, world: FrozenWorld) -> tuple[int, bool]:
        """Return the number of the value in a world, and whether the function read a part that it never read before."""
        value, parts = read(self.universe.semantics, world, self._numbered)
        if self.evaluations < _ALL_TWICE or self.evaluations % _ONE_IN == 0:
            again, more = read(self.universe.semantics, world, self._numbered)
            if value != again:
                raise NodeError(
                    f"{self.name} has two values in one world",
                    help="it may depend on the world only: not on time, chance, or what is kept elsewhere",
                )
            parts |= more
        self.evaluations += 1
        grows = not parts <= self.parts
        if grows:
            self.parts |= parts
            self._take_names()
        return value, grows

    def _numbered(self, world: World) -> int:
        try:
            return self._number(self.function(world))
        except (NodeError, AssayError):
            raise
        except Exception as error:
            raise NodeError(f"{self.name} raises {told(error)}", help="it must have a value in every world") from error

    @property
    def name(self) -> str:
        """The name of the function."""
        return getattr(self.function, "__name__", "a predicate")

    def _take_names(self) -> None:
        for node, address in enumerate(self.universe.addresses):
            names = {part.name for part in self.parts if isinstance(part, Attribute) and part.address == address}
            names |= {part for part in ("timers", "down") if part in self.parts}
            self.names[node] = frozenset(names)
            self.held[node] = Numbered()

    def project(self, node: int, local: Local) -> int:
        """Return the number that stands for those attributes of a local state that the predicate reads."""
        names = self.names[node]
        address, caller = self.universe.addresses[node], self.universe.semantics.caller
        attributes = dict((local if local.up else caller.restored(address, local)).attributes)
        part: list[Hashable] = [attributes.get(name, _ABSENT) for name in sorted(names)]
        part += [tuple(attributes.items())] if ALL in names else []
        part += [local.timers] if "timers" in names else []
        part += [local.up] if "down" in names else []
        # An attribute that the release of the node lacks has no value; it was not deleted.
        part += [local.release] if names else []
        return self.held[node].number(tuple(part))

    def reads_envelope(self, envelope: int) -> bool:
        """Return whether the predicate depends on whether an envelope was sent."""
        message = thaw(self.universe.envelopes[envelope].message)
        return "sent" in self.parts or any(isinstance(p, Sent) and isinstance(message, p.cls) for p in self.parts)


class ValueTable(Slots):
    """The values of a predicate for one layout.

    Parameters
    ----------
    predicate : TracedPredicate
        The predicate.
    layout : WorldLayout
        How states are packed.
    """

    def __init__(self, predicate: TracedPredicate, layout: WorldLayout) -> None:
        super().__init__(layout.words)
        self.predicate, self.layout = predicate, layout
        self.mask = np.zeros(layout.words, np.uint64)
        self.context.point(abi.MASK, self.mask)
        self._pointers = Context(len(predicate.universe.addresses))
        self.context.point(abi.PROJECTIONS, self._pointers)
        self._envelopes = 0
        self._restart()

    def _restart(self) -> None:
        """Key the table by all that the predicate is known to read now; values under earlier keys are dropped."""
        self.clear()
        self.mask[:] = 0
        self._envelopes = 0
        names = self.predicate.names
        self._columns = {node: Column(self._pointers, node, np.int32) for node in range(len(names)) if names[node]}
        self._counts = dict.fromkeys(self._columns, 0)
        self._mask_fields()
        self.grow()

    def _mask_fields(self) -> None:
        parts, layout = self.predicate.parts, self.layout
        read_fields = [layout.history] if "history" in parts and layout.history >= 0 else []
        if "network" in parts or ("sent" in parts and not layout.sizes.ghosts):
            read_fields += range(layout.channels_from, layout.budgets_from)
        for number in read_fields:
            field = layout.fields[number]
            self.mask[field.word] |= np.uint64(field.mask << field.shift)
        if "network" in parts:
            self.mask[layout.net : layout.net + layout.net_words] = _WORD

    def grow(self) -> None:
        """Take over the local states and envelopes that are new in the universe."""
        for node, column in self._columns.items():
            known = self.predicate.universe.locals[node]
            for local in range(self._counts[node], len(known)):
                column.put(local, self.predicate.project(node, known[local]))
            self._counts[node] = len(known)
        for envelope in range(self._envelopes, len(self.predicate.universe.envelopes)):
            if self.predicate.reads_envelope(envelope):
                self._mask_sent(envelope)
        self._envelopes = len(self.predicate.universe.envelopes)

    def _mask_sent(self, envelope: int) -> None:
        if self.layout.sizes.ghosts:
            word, shift = self.layout.ghost_place(envelope)
        elif self.predicate.universe.cluster.network.kind == "set":
            word, shift = self.layout.place(envelope)
        else:
            return
        self.mask[word] |= np.uint64(1 << shift)

    def learn(self, state: Words, world: Callable[[], FrozenWorld]) -> None:
        """Evaluate the predicate in a state, unless the value is in the table, and enter it."""
        if self.values[self._find(state)]:
            return
        value, grows = self.predicate.evaluate(world())
        if grows:
            self._restart()
        self.put(self._key(state), value)

    def _find(self, state: Words) -> int:
        key = self._key(state)
        slot, last = self.hash(key) & (len(self.values) - 1), len(self.values) - 1
        row = np.array(key, np.uint64)
        while self.values[slot] and not (self.keys[slot] == row).all():
            slot = (slot + 1) & last
        return slot

    def _key(self, state: Words) -> list[int]:
        """Return the key of a state: the part that the predicate reads."""
        key = [word & mask for word, mask in zip(state.tolist(), self.mask.tolist(), strict=True)]
        for node, column in self._columns.items():
            field = self.layout.fields[node]
            local = int(state[field.word]) >> field.shift & field.mask
            key[field.word] |= int(column.rows[local, 0]) << field.shift
        return key
