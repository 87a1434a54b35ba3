"""Values that are decided piece by piece, as a model's own code reads them.

An *open* value behaves like a set, a map, a relation or a sequence some of whose entries are not decided yet. Reading
such an entry raises `Undetermined`, which names it; a search then decides the entry, and runs the code again. So the
entries that a false condition does not read are never enumerated. The idea is Korat's (Boyapati, Khurshid, Marinov,
*Korat: automated testing based on Java predicates*, ISSTA 2002).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from assay.checker.immutable import immutable
from assay.checker.language.execution.freezing import thawer
from assay.checker.language.execution.instance import Instance
from assay.checker.language.types import MapType, SeqType, SetType, Type

__all__ = ["UNDECIDED", "OpenMap", "OpenSequence", "OpenSet", "Opened", "Pieces", "Undetermined", "decided_at_once"]


class Undetermined(BaseException):
    """Raised where code reads a piece that is not decided. A `BaseException`, so that models do not catch it."""

    def __init__(self, piece: int) -> None:
        super().__init__(piece)
        self.piece = piece


def decided_at_once(type_: Type) -> Type:
    """Return the type of which each value is tried where a value of a type is decided piece by piece."""
    match type_:
        case SetType(element) | SeqType(element):
            return element
        case MapType(_, inner):
            return decided_at_once(inner)
        case _:
            return type_


UNDECIDED = object()
"""Stands for the value of a piece that is not decided."""


@immutable
class Opened:
    """An open value as the model's code reads it, and its frozen form; either may raise `Undetermined`."""

    read: Callable[[], Any]
    freeze: Callable[[], Any]


@dataclass
class Pieces:
    """The pieces of which open values consist, and those that are decided.

    Attributes
    ----------
    instance : Instance
        The instance, which must be active.
    choices : list of tuple
        The possible values of each piece.
    decided : list
        The value of each piece, or `UNDECIDED`.
    items : bool
        Whether sequences are decided item by item, the length first. Which pieces a value consists of then depends on
        what is decided, so it is what has been asked for that is to be decided, and not all pieces.
    apart : dict from int to sequence of int
        For each item of a permutation, the pieces of all of them, which differ.
    """

    instance: Instance
    choices: list[tuple[Any, ...]] = field(default_factory=list)
    decided: list[Any] = field(default_factory=list)
    items: bool = False
    apart: dict[int, Sequence[int]] = field(default_factory=dict)

    def ask(self, piece: int) -> Any:
        """Return the value of a piece.

        Raises
        ------
        Undetermined
            If it has none yet.
        """
        value = self.decided[piece]
        if value is UNDECIDED:
            raise Undetermined(piece)
        return value

    def possible(self, piece: int) -> Iterator[Any]:
        """Return the values that a piece may have beside those that are decided."""
        taken = {self.decided[other] for other in self.apart.get(piece, ()) if other != piece}
        return (value for value in self.choices[piece] if value not in taken)

    def _piece(self, choices: tuple[Any, ...]) -> int:
        self.choices.append(choices)
        self.decided.append(UNDECIDED)
        return len(self.choices) - 1

    def open(self, type_: Type, given: Any = UNDECIDED) -> Opened:
        """Return a value of a type as pieces: undecided, or with the value of a given frozen one."""
        match type_:
            case SetType(element):
                universe = self.instance.universe(element)
                choices = [(False, True) if given is UNDECIDED else (item in given,) for item in universe]
                opened = OpenSet(self, dict(zip(universe, map(self._piece, choices), strict=True)))
                return Opened(lambda: opened, lambda: frozenset(opened))
            case MapType(key, inner):
                universe = self.instance.universe(key)
                values = [UNDECIDED] * len(universe) if given is UNDECIDED else given
                entries = {item: self.open(inner, value) for item, value in zip(universe, values, strict=True)}
                whole = OpenMap({item: entry.read for item, entry in entries.items()})
                return Opened(lambda: whole, lambda: tuple([entry.freeze() for entry in entries.values()]))
            case SeqType() if self.items and given is UNDECIDED:
                sequence = self._sequence(type_)
                return Opened(lambda: sequence, lambda: tuple(sequence))
            case _:
                piece = self._piece(self.instance.universe(type_) if given is UNDECIDED else (given,))
                thaw = thawer(type_, self.instance)
                return Opened(lambda: thaw(self.ask(piece)), lambda: self.ask(piece))

    def _sequence(self, type_: SeqType) -> OpenSequence:
        most, universe = self.instance.bound(type_.bound), self.instance.universe(type_.element)
        length = self._piece((most,) if type_.distinct else tuple(range(most + 1)))
        items = [self._piece(universe) for _ in range(most)]
        if type_.distinct:
            self.decided[length] = most
            self.apart.update(dict.fromkeys(items, items))
        return OpenSequence(self, lambda: self.ask(length), items)

    def undecided(self) -> list[int]:
        """Return the pieces that are not decided."""
        return [piece for piece, value in enumerate(self.decided) if value is UNDECIDED]

    def completions(self) -> Generator[None, None, None]:
        """Decide the remaining pieces, in every way, one after the other."""
        left = self.undecided()
        try:
            for values in itertools.product(*(self.choices[piece] for piece in left)):
                for piece, value in zip(left, values, strict=True):
                    self.decided[piece] = value
                yield
        finally:
            for piece in left:
                self.decided[piece] = UNDECIDED


class OpenSet(AbstractSet[Any]):
    """A set whose elements are decided one by one, as code reads them; callable, like a relation."""

    def __init__(self, pieces: Pieces, of: dict[Any, int]) -> None:
        self._pieces, self._of = pieces, of

    def __contains__(self, item: object) -> bool:
        piece = self._of.get(item)
        return piece is not None and bool(self._pieces.ask(piece))

    def __iter__(self) -> Iterator[Any]:
        return (item for item, piece in self._of.items() if self._pieces.ask(piece))  # no further than it is read

    def __len__(self) -> int:
        return sum(self._pieces.ask(piece) for piece in self._of.values())

    def __bool__(self) -> bool:
        return any(map(self._pieces.ask, self._of.values()))

    def __call__(self, *items: Any) -> bool:
        return items in self

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> AbstractSet[Any]:
        return frozenset(it)

    def __hash__(self) -> int:
        return self._hash()

    # `collections.abc.Set` compares sizes first, for which every element would have to be decided.

    def __le__(self, other: AbstractSet[Any]) -> bool:
        return not any(self._pieces.ask(piece) for item, piece in self._of.items() if item not in other)

    def __ge__(self, other: AbstractSet[Any]) -> bool:
        return all(item in self for item in other)

    def __lt__(self, other: AbstractSet[Any]) -> bool:
        return self <= other and not self >= other

    def __gt__(self, other: AbstractSet[Any]) -> bool:
        return self >= other and not self <= other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AbstractSet) and self <= other and self >= other

    # Methods of Python's sets that `collections.abc.Set` lacks.

    def issubset(self, other: Iterable[Any]) -> bool:
        return self <= frozenset(other)

    def issuperset(self, other: Iterable[Any]) -> bool:
        return frozenset(other) <= self

    def union(self, other: Iterable[Any]) -> AbstractSet[Any]:
        return frozenset(self).union(other)

    def intersection(self, other: Iterable[Any]) -> AbstractSet[Any]:
        return frozenset(self).intersection(other)

    def difference(self, other: Iterable[Any]) -> AbstractSet[Any]:
        return frozenset(self).difference(other)


class OpenSequence(Sequence[Any]):
    """A sequence whose length, and then whose items, are decided one by one, as code reads them.

    What needs all items is done with a list of them.
    """

    def __init__(self, pieces: Pieces, length: Callable[[], int], items: Sequence[int]) -> None:
        self._pieces, self._length, self._items = pieces, length, items

    def __len__(self) -> int:
        return self._length()

    def __iter__(self) -> Iterator[Any]:
        return map(self._pieces.ask, self._items[: len(self)])  # no further than it is read

    def __getitem__(self, index: Any) -> Any:
        found = self._items[: len(self)][index]
        if isinstance(index, slice):
            return OpenSequence(self._pieces, lambda: len(found), found)
        return self._pieces.ask(found)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list | OpenSequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # like a list's

    def __lt__(self, other: Iterable[Any]) -> bool:
        return list(self) < list(other)

    def __le__(self, other: Iterable[Any]) -> bool:
        return list(self) <= list(other)

    def __gt__(self, other: Iterable[Any]) -> bool:
        return list(self) > list(other)

    def __ge__(self, other: Iterable[Any]) -> bool:
        return list(self) >= list(other)

    def __add__(self, other: Iterable[Any]) -> list[Any]:
        return [*self, *other]

    def __radd__(self, other: Iterable[Any]) -> list[Any]:
        return [*other, *self]


class OpenMap(Mapping[Any, Any]):
    """A map whose values are decided one by one, as code reads them."""

    def __init__(self, entries: dict[Any, Callable[[], Any]]) -> None:
        self._entries = entries

    def __getitem__(self, key: Any) -> Any:
        return self._entries[key]()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
