"""Values of an instance as terms, and as entries in the tables of symbols in a finite structure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.frozen import counts_in, entries_in, part_of
from assay.checker.language.types import (
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
    NoneOnly,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    Type,
    UnionType,
)
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.encoding.symbols.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.universes import numbers
from assay.proofs.encoding.symbols.values import ABSENT, Atom, Product, Value, cast
from assay.proofs.logic.connectives import conjunction, equal
from assay.proofs.logic.structures import Structure, Table, evaluate
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Sort, Symbol, Term, element, number

__all__ = ["Numbering", "as_given", "constant_of", "embed", "fill", "selected", "without_tables"]


class Numbering:
    """The containers that are parts of values, numbered in the order of their types' values in an instance.

    Parameters
    ----------
    instance : Instance
        The instance, which must be active.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._known: dict[Type, dict[Any, int]] = {}

    def index(self, type_: Type, value: Any) -> int:
        """Return the number of a container."""
        if type_ not in self._known:
            universe = self.instance.universe
            self._known[type_] = {part_of(type_, v, universe): i for i, v in enumerate(universe(type_))}
        return self._known[type_][part_of(type_, value, self.instance.universe)]


def embed(type_: Type, value: Any, numbering: Numbering | None = None) -> Value:
    """Return a value of an instance as terms: elements by their index, containers inside it by their number.

    Raises
    ------
    Unencodable
        If it contains a container and containers are not numbered.
    """
    match type_:
        case MapType() | SetType() | SeqType() | BagType():
            if numbering is None:
                raise Unencodable(f"a {type_} that is given, as part of a value,", finite=True)
            return Atom(element(sort_of(type_), numbering.index(type_, value)))
        case NoneOnly():
            return ABSENT
        case OptionalType(inner):
            return ABSENT if value is None else cast(embed(inner, value, numbering), inner, type_)
        case RecordType(_, fields):
            return Product(tuple(embed(part, getattr(value, name), numbering) for name, part in fields))
        case TupleType(items):
            return Product(tuple(embed(part, item, numbering) for part, item in zip(items, value, strict=True)))
        case UnionType(alternatives):
            kind = next(part for part in alternatives if type(value) is part.cls)
            return cast(embed(kind, value, numbering), kind, type_)
        case BoolType() | IntType():
            return Atom(constant_of(sort_of(type_), value))
        case EnumType(cls):
            return Atom(element(sort_of(type_), list(cls).index(value)))
        case _:
            return Atom(element(sort_of(type_), value.index))


def constant_of(sort: Sort, value: Any) -> Term:
    """Return the term for an entry of a table."""
    if sort == BOOL:
        return TRUE if value else FALSE
    return number(value) if sort == INT else element(sort, value)


def selected(parts: Any, value: Value, structure: Structure) -> Any:
    """Yield the part that belongs to the case of a value, with the indices of its elements."""
    for case, part in parts:
        test, terms = case.match(value)
        if evaluate(test, structure, {}):
            yield part, tuple(int(evaluate(term, structure, {})) for term in terms)


def as_given(theory: Theory, instance: Instance) -> Iterator[tuple[str, Term]]:
    """Yield, for each immutable variable whose value an instance gives, the axiom that it has it, with a name."""
    for variable_ in theory.specification.structure:
        if variable_.name not in instance.structure:
            continue
        tables: dict[Symbol, Table] = {}
        empty = without_tables(theory)
        layout, value = theory.layout(variable_.name, variable_.location), instance.structure[variable_.name]
        fill(tables, layout, variable_.type, value, instance, empty, ())
        facts = (_has(symbol, point, found) for symbol, table in tables.items() for point, found in table.items())
        yield f"{variable_.name} as given", conjunction(facts)


def without_tables(theory: Theory) -> Structure:
    """Return the sizes of the sorts of an instance as a structure in which no symbol has a meaning yet."""
    return Structure({sort: theory.size(sort) or 0 for sort in theory.sorts}, {}, numbers(theory) or (0,))


def _has(symbol: Symbol, point: tuple[int, ...], value: Any) -> Term:
    return equal(symbol(*map(constant_of, symbol.arguments, point)), constant_of(symbol.result, value))


def fill(
    tables: dict[Symbol, Table],
    layout: Layout,
    type_: Type,
    value: Any,
    instance: Instance,
    empty: Structure,
    keys: tuple[int, ...],
    numbering: Numbering | None = None,
) -> None:
    """Enter a frozen value into the tables of a layout, for some keys."""
    match layout, type_:
        case MapLayout(_, parts), MapType(key, inner):
            for item, entry in entries_in(instance.universe(key), value):
                for part, point in selected(parts, embed(key, item), empty):
                    fill(tables, part, inner, entry, instance, empty, keys + point, numbering)
        case SetLayout(_, relations), SetType(part_type):
            for item in _inside(part_type, instance):
                for symbol, point in selected(relations, embed(part_type, item, numbering), empty):
                    tables.setdefault(symbol, {})[keys + point] = item in value
        case SeqLayout(), SeqType(part_type):
            tables.setdefault(layout.length, {})[keys] = len(value)
            for index, item in enumerate(value):
                fill(tables, layout.item(index), part_type, item, instance, empty, keys, numbering)
        case BagLayout(_, counts), BagType(part_type):
            copies = counts_in(value)
            for item in _inside(part_type, instance):
                for symbol, point in selected(counts, embed(part_type, item, numbering), empty):
                    tables.setdefault(symbol, {})[keys + point] = copies.get(item, 0)
        case ScalarLayout(), _:
            for symbol, term in layout.written(embed(type_, value, numbering)):
                tables.setdefault(symbol, {})[keys] = evaluate(term, empty, {})


def _inside(type_: Type, instance: Instance) -> Iterator[Any]:
    """Yield every value of a type, in the form that it has inside another value."""
    return (part_of(type_, value, instance.universe) for value in instance.universe(type_))
