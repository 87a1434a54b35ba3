"""Which symbols hold a state variable: a map is functions of its keys, a set a relation a case of its elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assay.checker.language.types import (
    BagType,
    MapType,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    Type,
    UnionType,
)
from assay.proofs.encoding.cases import Case, cases, sort_of
from assay.proofs.encoding.connectives import conjunction, negation
from assay.proofs.encoding.terms import BOOL, TRUE, Sort, Symbol, Term
from assay.proofs.encoding.values import Atom, Choice, Optional, Product, Value

__all__ = ["Layout", "MapLayout", "ScalarLayout", "SetLayout", "Unencodable", "lay_out"]

Apply = Callable[[Symbol, Sequence[Term]], Term]
"""What a symbol is for some arguments, in some state."""


class Unencodable(Exception):
    """A type that has no symbols: a sequence or a bag."""


@dataclass(frozen=True)
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
        """Yield each symbol that matters with what it is to be, for a value."""
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
                for symbol, (_, test, _) in zip(self.symbols, alternatives, strict=False):
                    yield symbol, test
                for part, (_, _, record) in zip(self.parts, alternatives, strict=True):
                    if record is not None:
                        yield from part.written(record)


def _tests(flags: Sequence[Term]) -> Iterator[Term]:
    """Yield which alternative it is: the first whose flag is set, the last if none is."""
    before: Term = TRUE
    for flag in flags:
        yield conjunction((before, flag))
        before = conjunction((before, negation(flag)))
    yield before


@dataclass(frozen=True)
class SetLayout:
    """A set: a relation for each case of its elements."""

    type: SetType
    relations: tuple[tuple[Case, Symbol], ...]

    def leaves(self) -> Iterator[Symbol]:
        """Yield the symbols."""
        for _, symbol in self.relations:
            yield symbol


@dataclass(frozen=True)
class MapLayout:
    """A map: for each case of its keys, the layout of its values."""

    type: MapType
    parts: tuple[tuple[Case, Layout], ...]

    def leaves(self) -> Iterator[Symbol]:
        """Yield the symbols."""
        for _, part in self.parts:
            yield from part.leaves()


Layout = ScalarLayout | SetLayout | MapLayout


def lay_out(name: str, type_: Type, keys: tuple[Sort, ...] = ()) -> Layout:
    """Return the layout of a variable.

    Raises
    ------
    Unencodable
        If there is a sequence or a bag in its type.
    """
    match type_:
        case MapType(key, value):
            return MapLayout(type_, tuple((c, lay_out(name + c.label, value, keys + c.sorts)) for c in cases(key)))
        case SetType(part):
            return SetLayout(type_, tuple((c, Symbol(name + c.label, keys + c.sorts, BOOL)) for c in cases(part)))
        case SeqType() | BagType():
            raise Unencodable
        case _:
            return _scalar(name, type_, keys)


def _scalar(name: str, type_: Type, keys: tuple[Sort, ...]) -> ScalarLayout:
    match type_:
        case OptionalType(inner):
            flag = Symbol(f"{name} is present", keys, BOOL)
            return ScalarLayout(type_, (flag,), (_scalar(name, inner, keys),))
        case RecordType(_, fields):
            return ScalarLayout(type_, (), tuple(_scalar(f"{name}.{part}", t, keys) for part, t in fields))
        case TupleType(items):
            return ScalarLayout(type_, (), tuple(_scalar(f"{name}.{i}", t, keys) for i, t in enumerate(items)))
        case UnionType(alternatives):
            flags = tuple(Symbol(f"{name}.is_{kind}", keys, BOOL) for kind in alternatives[:-1])
            return ScalarLayout(type_, flags, tuple(_scalar(f"{name}.{kind}", kind, keys) for kind in alternatives))
        case _:
            return ScalarLayout(type_, (Symbol(name, keys, sort_of(type_)),), ())
