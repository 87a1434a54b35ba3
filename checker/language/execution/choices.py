"""The choices of arguments with which a method is called."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.execution.freezing import thawer
from assay.checker.language.execution.instance import MOST_VALUES, Instance
from assay.checker.language.execution.open_values import UNDECIDED, Opened, Pieces, Undetermined
from assay.checker.language.execution.raising import are_alike
from assay.checker.language.introspection.specification import Method
from assay.checker.language.model import Disabled
from assay.checker.language.types import Type, has_unbounded, is_container

__all__ = ["Choices", "Pruned"]

_MANY = 4096
"""The most choices of containers to try one by one. If there are more, `Pruned` skips those that guards exclude."""


class Choices:
    """The choices of a method's arguments, as frozen values: stored if they are few, generated each time otherwise."""

    def __init__(self, method: Method, instance: Instance) -> None:
        self._named = method.parameters
        self._types = tuple(type_ for _, type_ in method.parameters)
        self._instance = instance
        self.of_containers = any(map(is_container, self._types))

    @cached_property
    def size(self) -> int:
        """The number of choices."""
        return math.prod(map(self._instance.size, self._types))

    @property
    def is_worth_drawing(self) -> bool:
        """Whether a parameter has so many values that only those that are drawn from the state should be tried."""
        return any(has_unbounded(type_) or self._instance.size(type_) > _MOST_TRIED for type_ in self._types)

    def are_few_beside(self, drawn: Collection[str]) -> bool:
        """Return whether every container that is not drawn from the state has few values, so that none is pruned."""
        return all(
            name in drawn or not is_container(type_) or self._instance.size(type_) <= _MANY
            for name, type_ in self._named
        )

    def is_worth_pruning(self, drawn: Collection[str] = ()) -> bool:
        """Return whether there are so many choices of containers that those which guards exclude should not be tried.

        Of what is drawn from the state, few values are tried anyway.
        """
        left = [type_ for name, type_ in self._named if name not in drawn]
        return (
            any(map(is_container, left))
            and not any(map(has_unbounded, left))
            and math.prod(map(self._instance.size, left)) > _MANY
        )

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._kept) if self.size <= _MOST_KEPT else itertools.product(*self._universes)

    @cached_property
    def _universes(self) -> tuple[tuple[Any, ...], ...]:
        return tuple(map(self._instance.universe, self._types))

    @cached_property
    def _kept(self) -> list[tuple[Any, ...]]:
        return list(itertools.product(*self._universes))


_MOST_TRIED = 64
"""The most values of a parameter to try one by one."""

_MOST_KEPT = 1 << 16
"""The most choices of a method to store: some megabytes of tuples."""


class Pruned:
    """The choices of arguments that the guards of an action do not exclude.

    A guard is first evaluated on containers of which nothing is decided yet, and then each part that it reads is
    decided: a guard that is false for one value of a part excludes all containers with that value at once.

    Parameters
    ----------
    method : Method
        The action.
    instance : Instance
        The instance, which must be active.
    raised : callable
        Return what the action's code raises for arguments as it reads them: `Disabled`, `Undetermined`, an error, or
        None if nothing, or if that depends on choices on the way.
    drawn : mapping from str to sequence
        The values to try of some parameters, as frozen values. Of the others, containers are pruned, and every other
        value is tried.
    """

    def __init__(
        self,
        method: Method,
        instance: Instance,
        raised: Callable[[tuple[Any, ...]], BaseException | None],
        drawn: Mapping[str, Sequence[Any]],
    ) -> None:
        self._method, self._instance, self._raised, self._drawn = method, instance, raised, drawn
        self._parameters = method.parameters
        self._tries = 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for given in itertools.product(*(self._tried(name, type_) for name, type_ in self._parameters)):
            pieces = Pieces(self._instance, items=True)
            opened = [
                pieces.open(type_) if self._is_open(name, type_) else self._known(type_, value)
                for (name, type_), value in zip(self._parameters, given, strict=True)
            ]
            for _ in self._left(pieces, opened):
                self._count()
                yield tuple(value.freeze() for value in opened)

    def _is_open(self, name: str, type_: Type) -> bool:
        return is_container(type_) and name not in self._drawn

    def _tried(self, name: str, type_: Type) -> Sequence[Any]:
        if self._is_open(name, type_):
            return [None]
        return self._drawn[name] if name in self._drawn else self._instance.universe(type_)

    def _known(self, type_: Type, value: Any) -> Opened:
        thaw = thawer(type_, self._instance)
        return Opened(lambda: thaw(value), lambda: value)

    def _left(self, pieces: Pieces, opened: list[Opened]) -> Iterator[object]:
        """Decide the pieces, in every way that the guards do not exclude."""
        for outcome in self._searched(pieces, lambda: self._outcome(opened)):
            if outcome is None:
                yield from self._completed(pieces, opened)
            elif not isinstance(outcome, Disabled):
                yield from self._failing(pieces, opened, outcome)

    def _count(self) -> None:
        """Refuse to go on if guards exclude too little."""
        self._tries += 1
        if self._tries > MOST_VALUES:
            some = next(name for name, type_ in self._parameters if self._is_open(name, type_))
            raise ModelError(
                f"the guards of {self._method.name} leave more than a million choices of {some} to try in a state",
                location=self._method.location,
                help="before anything that may raise, require what each element or entry has to fulfil: "
                f"require(all(... for x in {some})); or make the instance smaller",
            )

    def _outcome(self, opened: list[Opened]) -> BaseException | None:
        self._count()
        try:
            arguments = tuple(value.read() for value in opened)
        except Undetermined as asked:
            return asked
        return self._raised(arguments)

    def _failing(self, pieces: Pieces, opened: list[Opened], error: BaseException) -> Iterator[object]:
        """Decide the remaining pieces: in one way if the model's code raises the same error however they are decided.

        It does if it raises that error for one way to decide them all, having read none of them before. Otherwise the
        error is about open values themselves, which lack some methods of containers: the model need not be wrong.
        """
        with closing(self._completed(pieces, opened)) as ways:
            for way in ways:
                yield way
                thawed = (
                    thawer(type_, self._instance)(value.freeze())
                    for (_, type_), value in zip(self._parameters, opened, strict=True)
                )
                found = self._raised(tuple(thawed))
                if found is not None and are_alike(found, error):
                    return

    def _completed(self, pieces: Pieces, opened: list[Opened]) -> Generator[BaseException | None, None, None]:
        """Decide what the values lack, in every way, one after the other."""
        return self._searched(pieces, lambda: _lacking(opened))

    def _searched(
        self, pieces: Pieces, ask: Callable[[], BaseException | None]
    ) -> Generator[BaseException | None, None, None]:
        """Decide each piece that is asked for, in every way, and yield whatever else the answer is."""
        # A depth-first search with an explicit stack of the pieces decided so far, each with the values left for it.
        pending: list[tuple[int, Iterator[Any]]] = []
        try:
            while True:
                match ask():
                    case Undetermined(piece=asked):
                        pending.append((asked, pieces.possible(asked)))
                    case outcome:
                        yield outcome
                if not self._advance(pieces, pending):
                    return
        finally:
            for piece, _ in pending:
                pieces.decided[piece] = UNDECIDED

    @staticmethod
    def _advance(pieces: Pieces, pending: list[tuple[int, Iterator[Any]]]) -> bool:
        """Decide the next value of the latest piece that has one left; return whether there is one."""
        while pending:
            piece, values = pending[-1]
            pieces.decided[piece] = next(values, UNDECIDED)
            if pieces.decided[piece] is not UNDECIDED:
                return True
            pending.pop()
        return False


def _lacking(opened: list[Opened]) -> Undetermined | None:
    """Return which piece some values still lack, or None if they are decided."""
    try:
        for value in opened:
            value.freeze()
    except Undetermined as asked:
        return asked
    return None
