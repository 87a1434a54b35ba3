"""The symbols that hold a state variable: functions of the keys for a map, a relation for each case for a set.

A sequence is its length and one scalar for each item that it may have; a bag is a number for each element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assay.checker.immutable import immutable
from assay.checker.language.types import (
    BagType,
    Bound,
    MapType,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    Type,
    UnionType,
)
from assay.proofs.encoding.symbols.cases import Case, cases, demand_no_container, sort_of
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import Atom, Choice, Optional, Product, Value
from assay.proofs.encoding.symbols.vocabulary import Contents, Held, Role
from assay.proofs.logic.connectives import conjunction, negation
from assay.proofs.logic.terms import BOOL, INT, TRUE, Sort, Symbol, Term

__all__ = ["MOST_ITEMS", "BagLayout", "Holder", "Layout", "MapLayout", "ScalarLayout", "SeqLayout", "SetLayout"]
__all__ += ["inside_of", "lay_out"]

Holder = Held | Contents
"""What symbols stand for: a part of a variable, or of the contents of a container inside a value."""

Apply = Callable[[Symbol, Sequence[Term]], Term]
"""The value of a symbol for some arguments, in some state."""


MOST_ITEMS = 64
"""The largest bound of a sequence that has symbols: it takes one for each item.

That all items of a queue differ, which compares each two of them, is proved in 1.6 s up to a bound of 32 and in 13 s up
to 64; up to 128 it is not decided in 30 s.
"""


Capacity = Callable[[Bound], int | None]
"""The value of a bound; None if it depends on sizes that are not fixed."""


@immutable
class ScalarLayout:
    """A scalar, with the symbols of its leaves in a tree like its type."""

    type: Type
    symbols: tuple[Symbol, ...]
    parts: tuple[ScalarLayout, ...]

    def leaves(self) -> Iterator[Symbol]:
        """Yield the symbols."""
        yield from self.symbols
        for part in self.parts:
            yield from part.leaves()

    def read(self, arguments: Sequence[Term], apply: Apply) -> Value:
        """Return the value for the keys in the arguments."""
        match self.type:
            case OptionalType():
                return Optional(apply(self.symbols[0], arguments), self.parts[0].read(arguments, apply))
            case RecordType() | TupleType():
                return Product(tuple(part.read(arguments, apply) for part in self.parts))
            case UnionType(alternatives):
                flags = [apply(symbol, arguments) for symbol in self.symbols]
                values = [part.read(arguments, apply) for part in self.parts]
                return Choice(tuple(zip(alternatives, _tests(flags), values, strict=True)))  # type: ignore[arg-type]
            case _:
                return Atom(apply(self.symbols[0], arguments))

    def written(self, value: Value) -> Iterator[tuple[Symbol, Term]]:
        """Yield each symbol that matters, with what it must be for a value."""
        match value:
            case Atom(term):
                yield self.symbols[0], term
            case Optional(present, inner):
                yield self.symbols[0], present
                if inner is not None:
                    yield from self.parts[0].written(inner)
            case Product(items):
                for part, item in zip(self.parts, items, strict=True):
                    yield from part.written(item)
            case Choice(alternatives):
                # not strict: the last alternative has no flag
                for symbol, (_, test, _) in zip(self.symbols, alternatives, strict=False):
                    yield symbol, test
                for part, (_, _, record) in zip(self.parts, alternatives, strict=True):
                    if record is not None:
                        yield from part.written(record)


def _tests(flags: Sequence[Term]) -> Iterator[Term]:
    """Yield the flags of an alternative: it is the first whose flag is set, and the last if none is."""
    before: Term = TRUE
    for flag in flags:
        yield conjunction((before, flag))
        before = conjunction((before, negation(flag)))
    yield before


@immutable
class SetLayout:
    """A set: a relation for each case of its elements."""

    type: SetType
    relations: tuple[tuple[Case, Symbol], ...]

    def leaves(self) -> Iterator[Symbol]:
        """Yield the symbols."""
        for _, symbol in self.relations:
            yield symbol


@immutable
class MapLayout:
    """A map: the layout of its values, for each case of its keys."""

    type: MapType
    parts: tuple[tuple[Case, Layout], ...]

    def leaves(self) -> Iterator[Symbol]:
        """Yield the symbols."""
        for _, part in self.parts:
            yield from part.leaves()


@immutable
class SeqLayout:
    """A sequence: its length and its items, of which those from the length on mean nothing.

    Attributes
    ----------
    held : Held or Contents
        What it stands for.
    keys : tuple of Sort
        The sorts of the keys.
    capacity : int
        The most items that it has.
    """

    type: SeqType
    held: Holder
    keys: tuple[Sort, ...]
    capacity: int

    @property
    def length(self) -> Symbol:
        """The symbol of the length."""
        return Symbol(self.held.part(Role.LENGTH, 0, " length"), self.keys, INT)

    def item(self, index: int) -> ScalarLayout:
        """Return the layout of an item, even of one beyond the capacity, which may exist during an action."""
        return _scalar(self.held.part(Role.ITEM, index, f" item {index}"), self.type.element, self.keys)

    def leaves(self) -> Iterator[Symbol]:
        """Yield the symbols."""
        yield self.length
        for index in range(self.capacity):
            yield from self.item(index).leaves()


@immutable
class BagLayout:
    """A bag: for each case of its elements, the number of copies of each."""

    type: BagType
    counts: tuple[tuple[Case, Symbol], ...]
    capacity: int

    def leaves(self) -> Iterator[Symbol]:
        """Yield the symbols."""
        for _, symbol in self.counts:
            yield symbol


Layout = ScalarLayout | SetLayout | MapLayout | SeqLayout | BagLayout


def lay_out(held: Holder, type_: Type, capacity: Capacity, keys: tuple[Sort, ...] = ()) -> Layout:
    """Return the layout of a variable, or of a part of one.

    Raises
    ------
    Unencodable
        If its type contains a sequence or a bag that has no symbols.
    """
    match type_:
        case MapType(key, value):
            demand_no_container(key)
            values = _by_case(held, Role.KEYS, key)
            return MapLayout(type_, tuple((c, lay_out(h, value, capacity, keys + c.sorts)) for c, h in values))
        case SetType(part):
            inside = _by_case(held, Role.ELEMENTS, part)
            return SetLayout(type_, tuple((c, Symbol(h, keys + c.sorts, BOOL)) for c, h in inside))
        case SeqType(part, bound):
            return SeqLayout(type_, held, keys, _most(type_, capacity(bound)))
        case BagType(part, bound):
            copies = _by_case(held, Role.ELEMENTS, part, " count")
            counts = tuple((c, Symbol(h, keys + c.sorts, INT)) for c, h in copies)
            return BagLayout(type_, counts, _known(type_, capacity(bound)))
        case _:
            return _scalar(held, type_, keys)


def inside_of(type_: Type, capacity: Capacity) -> Layout:
    """Return the layout of the contents of a container that is part of a value.

    The container is the first argument of its symbols, which are the same in every state. Its contents are values
    again: in a map of maps, the inner ones are elements of their own sort.

    Raises
    ------
    Unencodable
        If a sequence or a bag in it has no symbols.
    """
    held, itself = Contents(type_), (sort_of(type_),)
    if isinstance(type_, MapType):
        demand_no_container(type_.key)
        values = _by_case(held, Role.KEYS, type_.key)
        return MapLayout(type_, tuple((c, _scalar(h, type_.value, itself + c.sorts)) for c, h in values))
    return lay_out(held, type_, capacity, itself)


def _by_case(held: Holder, role: Role, type_: Type, shown: str = "") -> Iterator[tuple[Case, Holder]]:
    for index, case in enumerate(cases(type_)):
        yield case, held.part(role, index, case.label + shown)


def _known(type_: SeqType | BagType, capacity: int | None) -> int:
    if capacity is None:
        raise Unencodable(f"a {type_}")
    return capacity


def _most(type_: SeqType, capacity: int | None) -> int:
    known = _known(type_, capacity)
    if known > MOST_ITEMS:
        raise Unencodable(f"a {type_}, of more than {MOST_ITEMS} items,", finite=True)
    return known


def _scalar(held: Holder, type_: Type, keys: tuple[Sort, ...]) -> ScalarLayout:
    match type_:
        case OptionalType(inner):
            flag = Symbol(held.part(Role.PRESENT, 0, " is present"), keys, BOOL)
            return ScalarLayout(type_, (flag,), (_scalar(held.part(Role.VALUE), inner, keys),))
        case RecordType(_, fields):
            return ScalarLayout(type_, (), _parts(held, Role.FIELD, fields, keys))
        case TupleType(items):
            return ScalarLayout(type_, (), _parts(held, Role.FIELD, list(enumerate(items)), keys))
        case UnionType(alternatives):
            kinds = [(str(kind), kind) for kind in alternatives]
            # One flag fewer than kinds: the last kind means that no flag is true, so no axiom has to exclude that case.
            flags = (held.part(Role.IS_OF, index, f" is {kind}") for index, (kind, _) in enumerate(kinds[:-1]))
            symbols = tuple(Symbol(flag, keys, BOOL) for flag in flags)
            return ScalarLayout(type_, symbols, _parts(held, Role.ALTERNATIVE, kinds, keys))
        case _:
            return ScalarLayout(type_, (Symbol(held, keys, sort_of(type_)),), ())


def _parts(
    held: Holder, role: Role, parts: Sequence[tuple[object, Type]], keys: tuple[Sort, ...]
) -> tuple[ScalarLayout, ...]:
    return tuple(_scalar(held.part(role, index, f".{name}"), type_, keys) for index, (name, type_) in enumerate(parts))
