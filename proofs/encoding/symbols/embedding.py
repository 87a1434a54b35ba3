"""Values of an instance as terms, and as entries of the tables that symbols have in a finite structure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.checker.language.execution.instance import Instance
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
from assay.proofs.encoding.symbols.universes import numbers
from assay.proofs.encoding.symbols.values import ABSENT, Atom, Product, Value, cast
from assay.proofs.logic.connectives import conjunction, equal
from assay.proofs.logic.structures import Structure, Table, evaluate
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Sort, Symbol, Term, element, number

__all__ = ["as_given", "constant_of", "embed", "fill", "selected"]


def embed(type_: Type, value: Any) -> Value:
    """Return a value of an instance as terms: elements by their index."""
    match type_:
        case NoneOnly():
            return ABSENT
        case OptionalType(inner):
            return ABSENT if value is None else cast(embed(inner, value), inner, type_)
        case RecordType(_, fields):
            return Product(tuple(embed(part, getattr(value, name)) for name, part in fields))
        case TupleType(items):
            return Product(tuple(map(embed, items, value)))
        case UnionType(alternatives):
            kind = next(part for part in alternatives if type(value) is part.cls)
            return cast(embed(kind, value), kind, type_)
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
    """Yield what belongs to the case that a value is of, with the indices of its elements."""
    for case, part in parts:
        test, terms = case.match(value)
        if evaluate(test, structure, {}):
            yield part, tuple(int(evaluate(term, structure, {})) for term in terms)


def as_given(theory: Theory, instance: Instance) -> Iterator[tuple[str, Term]]:
    """Yield for each immutable variable of which an instance gives the value that it has it, with a name for that."""
    for variable_ in theory.specification.structure:
        if variable_.name not in instance.structure:
            continue
        tables: dict[Symbol, Table] = {}
        empty = Structure({sort: theory.size(sort) or 0 for sort in theory.sorts}, {}, numbers(theory) or (0,))
        layout, value = theory.layout(variable_.name, variable_.location), instance.structure[variable_.name]
        fill(tables, layout, variable_.type, value, instance, empty, ())
        facts = (_has(symbol, point, found) for symbol, table in tables.items() for point, found in table.items())
        yield f"{variable_.name} as given", conjunction(facts)


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
) -> None:
    """Enter into tables what a layout holds for some keys, where it holds a frozen value."""
    match layout, type_:
        case MapLayout(_, parts), MapType(key, inner):
            for item, entry in zip(instance.universe(key), value, strict=True):
                for part, point in selected(parts, embed(key, item), empty):
                    fill(tables, part, inner, entry, instance, empty, keys + point)
        case SetLayout(_, relations), SetType(part_type):
            for item in instance.universe(part_type):
                for symbol, point in selected(relations, embed(part_type, item), empty):
                    tables.setdefault(symbol, {})[keys + point] = item in value
        case SeqLayout(), SeqType(part_type):
            tables.setdefault(layout.length, {})[keys] = len(value)
            for index, item in enumerate(value):
                fill(tables, layout.item(index), part_type, item, instance, empty, keys)
        case BagLayout(_, counts), BagType(part_type):
            copies = dict(value)
            for item in instance.universe(part_type):
                for symbol, point in selected(counts, embed(part_type, item), empty):
                    tables.setdefault(symbol, {})[keys + point] = copies.get(item, 0)
        case ScalarLayout(), _:
            for symbol, term in layout.written(embed(type_, value)):
                tables.setdefault(symbol, {})[keys] = evaluate(term, empty, {})
