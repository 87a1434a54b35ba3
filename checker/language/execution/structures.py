"""The structures of an instance: the values of its immutable variables for which the axioms hold.

Axioms, one for each choice of their parameters, are evaluated on values of which nothing is decided yet. An axiom that
reads an undecided piece waits for it (see `open_values`), as a clause watches its literals in a SAT solver; when the
search decides the piece, the axioms that wait for it are evaluated again. A branch in which an axiom is false is
abandoned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.open_values import UNDECIDED, Pieces, Undetermined
from assay.checker.language.introspection.specification import Method
from assay.checker.language.kinds import Kind
from assay.checker.language.quantifiers import stopping_early

__all__ = ["MOST_STRUCTURES", "Evaluate", "Reads", "structures"]

MOST_STRUCTURES = 10_000
"""The most structures to check; more are refused, because each has its own initial states to explore."""

_FEW = 4
"""If a piece that an axiom starts to wait for has at most this many values left, each is tried at once."""

Structure = dict[str, Any]
"""The value of each immutable variable, frozen."""

Ground = tuple[Method, tuple[Any, ...]]
"""An axiom, for one choice of its parameters."""

Reads = Mapping[str, Callable[[], Any]]
"""The function by which the model's code reads each immutable variable."""

Evaluate = Callable[[Method, tuple[Any, ...], Reads], bool]
"""From an axiom, its arguments and these functions to whether the axiom is true."""


@immutable
class _Waiting:
    """The axioms that wait for a piece, and the values of the piece that make one of them false."""

    grounds: tuple[Ground, ...] = ()
    ruled_out: frozenset[Any] = frozenset()


_Watch = dict[int, _Waiting]
"""The axioms that wait for each piece."""


def structures(instance: Instance, arguments: Callable[[Method], Any], evaluate: Evaluate) -> list[Structure]:
    """Return the structures of an instance, in a fixed order. The instance must be active.

    An axiom that reads nothing of the structure is ignored here.

    Raises
    ------
    ModelError
        If there is none, or there are more than `MOST_STRUCTURES`.
    """
    search = _Search(instance, evaluate)
    grounds = [(a, values) for a in instance.specification.of(Kind.AXIOM) for values in arguments(a)]
    found: list[Structure] = []
    for structure in search.run(grounds):
        found.append(structure)
        if len(found) > MOST_STRUCTURES:
            raise _too_many(instance)
    if not found:
        raise _none(instance, search)
    return found


@dataclass
class _Frame:
    """A piece that is being decided: the values left, the axioms that waited for it, and those that wait for others."""

    piece: int
    values: Iterator[Any]
    woken: tuple[Ground, ...]
    waiting: _Watch


class _Search:
    """A depth-first search; ``last_false`` is the axiom that excluded the latest candidate."""

    def __init__(self, instance: Instance, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self._pieces = Pieces(instance)
        self.last_false: Method | None = None
        given = instance.structure
        opened = {
            v.name: self._pieces.open(v.type, given.get(v.name, UNDECIDED)) for v in instance.specification.structure
        }
        self._reads = {name: value.read for name, value in opened.items()}
        self._freezes = {name: value.freeze for name, value in opened.items()}

    def run(self, grounds: list[Ground]) -> Iterator[Structure]:
        """Yield every structure for which all axioms about it hold."""
        watch: _Watch = {}
        for ground in grounds:
            self._may_hold(ground, watch)  # an axiom that reads nothing is not about the structure
        if not watch:
            yield from self._whole()
            return
        frames = [self._frame(watch)]
        while frames:
            waiting = self._advanced(frames)
            if waiting:
                frames.append(self._frame(waiting))
            elif waiting is not None:
                yield from self._whole()

    def _advanced(self, frames: list[_Frame]) -> _Watch | None:
        """Decide the next value of the last frame's piece.

        Returns
        -------
        dict or None
            The axioms that wait then; None if an axiom is false, or no value was left.
        """
        frame = frames[-1]
        value = next(frame.values, UNDECIDED)
        self._pieces.decided[frame.piece] = value
        if value is UNDECIDED:
            frames.pop()
            return None
        waiting = dict(frame.waiting)
        return waiting if all(self._may_hold(ground, waiting) for ground in frame.woken) else None

    def _frame(self, watch: _Watch) -> _Frame:
        """Return the frame of the next piece: that with the fewest values left, then the most axioms waiting."""
        piece = min(watch, key=lambda p: (len(self._left(p, watch)), -len(watch[p].grounds), p))
        others = {p: waiting for p, waiting in watch.items() if p != piece}
        return _Frame(piece, iter(self._left(piece, watch)), watch[piece].grounds, others)

    def _left(self, piece: int, watch: _Watch) -> list[Any]:
        return [value for value in self._pieces.choices[piece] if value not in watch[piece].ruled_out]

    def _may_hold(self, ground: Ground, watch: _Watch) -> bool:
        """Evaluate an axiom, or let it wait; return whether it may still be true."""
        found = self._evaluated(ground)
        if isinstance(found, bool):
            self.last_false = self.last_false if found else ground[0]
            return found
        waiting = watch.get(found, _Waiting())
        left = [value for value in self._pieces.choices[found] if value not in waiting.ruled_out]
        false = [value for value in left if self._is_false_with(ground, found, value)] if len(left) <= _FEW else []
        self.last_false = ground[0] if false else self.last_false
        watch[found] = _Waiting((*waiting.grounds, ground), waiting.ruled_out.union(false))
        return len(false) < len(left)

    def _evaluated(self, ground: Ground) -> bool | int:
        """Return whether an axiom is true, or the piece that it waits for."""
        method, arguments = ground
        try:
            with stopping_early():
                found = self._evaluate(method, arguments, self._reads)
        except Undetermined as asked:
            return asked.piece
        return found

    def _is_false_with(self, ground: Ground, piece: int, value: Any) -> bool:
        """Return whether a value of the piece that an axiom waits for makes it false, whatever is decided later."""
        self._pieces.decided[piece] = value
        try:
            return self._evaluated(ground) is False
        finally:
            self._pieces.decided[piece] = UNDECIDED

    def _whole(self) -> Iterator[Structure]:
        for _ in self._pieces.completions():
            yield {name: freeze() for name, freeze in self._freezes.items()}


def _too_many(instance: Instance) -> ModelError:
    names = [variable.name for variable in instance.specification.structure if variable.name not in instance.structure]
    return ModelError(
        f"more than {MOST_STRUCTURES:,} structures ({', '.join(names)}) satisfy the axioms in this instance",
        location=next(v.location for v in instance.specification.structure if v.name == names[0]),
        help=f"make the instance smaller, state axioms, or give a part of the structure: --set {names[0]}=...",
    )


def _none(instance: Instance, search: _Search) -> ModelError:
    axiom, open_ = search.last_false, [v for v in instance.specification.structure if v.name not in instance.structure]
    assert axiom is not None
    if not open_:
        return ModelError(
            f"the axiom {axiom.name} is false in this instance" + (f": {axiom.doc}" if axiom.doc else ""),
            location=axiom.location,
            help="choose another instance; a variant that is to do without the axiom replaces it",
        )
    return ModelError(
        f"no structure ({', '.join(v.name for v in open_)}) satisfies the axioms in this instance",
        location=axiom.location,
        help=f"look at {axiom.name}, which ruled the last one out, or choose other sizes",
    )
