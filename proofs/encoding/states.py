"""From finite structures to instances and states of the language, shown, executed and looked up as any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen
from assay.checker.language.introspection.specification import MISSING
from assay.checker.language.types import (
    BagType,
    BoolType,
    EnumType,
    MapType,
    NoneOnly,
    OptionalType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
)
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.encoding.symbols.embedding import constant_of, embed, fill, selected
from assay.proofs.encoding.symbols.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.symbols.theory import Theory, members_of
from assay.proofs.encoding.symbols.universes import numbers
from assay.proofs.encoding.symbols.values import Atom, Choice, Optional, Product, Value
from assay.proofs.logic.orders import greatest_of, least_of, next_of, order_of
from assay.proofs.logic.structures import Structure, Table, evaluate
from assay.proofs.logic.terms import Op, Sort, Symbol

__all__ = ["call_in", "embed", "frame_of", "instance_of", "state_in", "structure_of"]


def instance_of(theory: Theory, structure: Structure) -> Instance:
    """Return the instance with the sizes, quorums, parameters and immutable variables of a structure."""
    instance = _without_structure(theory, structure)
    for variable_ in theory.specification.structure:
        layout = theory.layouts[variable_.name]
        instance.structure[variable_.name] = _frozen(layout, variable_.type, structure, instance, ())
    return instance


def _without_structure(theory: Theory, structure: Structure) -> Instance:
    specification = theory.specification
    if theory.instance is not None:
        return theory.instance.about(specification)
    sizes = {sort: structure.size(Sort(sort)) for sort in specification.sorts}
    constants = {c.name: _parameter(theory, structure, c.name, c.default) for c in specification.constants}
    quorums = {q.cls: _quorums(q, structure, sizes) for q in specification.quorums}
    return Instance(specification, sizes, constants, quorums)


def _parameter(theory: Theory, structure: Structure, name: str, default: Any) -> Any:
    term = theory.parameter(name)
    # The query does not mention the parameter: the solver left it open, and the model's own value is the natural one.
    if term.op == Op.APPLY and term.of not in structure.tables and default is not MISSING:
        return default
    return evaluate(term, structure, {})


def _quorums(quorum: QuorumType, structure: Structure, sizes: Mapping[Any, int]) -> list[frozenset[int]]:
    members, count = members_of(quorum), sizes[quorum.member.cls]
    # No formula of the query mentions members, so any quorums satisfy it; a single one of all nodes is the plainest.
    if members not in structure.tables:
        return [frozenset(range(count))]
    return [
        frozenset(a for a in range(count) if structure.value(members, (q, a)))
        for q in range(structure.size(sort_of(quorum)))
    ]


def state_in(theory: Theory, structure: Structure, instance: Instance) -> Frozen:
    """Return the state of a structure, frozen."""
    return tuple(
        _frozen(theory.layouts[v.name], v.type, structure, instance, ()) for v in theory.specification.variables
    )


def _frozen(layout: Layout, type_: Type, structure: Structure, instance: Instance, keys: tuple[int, ...]) -> Any:
    match layout, type_:
        case MapLayout(_, parts), MapType(key, value):
            return tuple(
                _frozen(part, value, structure, instance, keys + point)
                for item in instance.universe(key)
                for part, point in selected(parts, embed(key, item), structure)
            )
        case SetLayout(_, relations), SetType(part_type):
            return frozenset(
                item
                for item in instance.universe(part_type)
                for symbol, point in selected(relations, embed(part_type, item), structure)
                if structure.value(symbol, keys + point)
            )
        case SeqLayout(), SeqType(part_type):
            length = structure.value(layout.length, keys)
            return tuple(_read(layout.item(index), part_type, structure, keys) for index in range(length))
        case BagLayout(_, counts), BagType(part_type):
            found = [
                (item, structure.value(symbol, keys + point))
                for item in instance.universe(part_type)
                for symbol, point in selected(counts, embed(part_type, item), structure)
            ]
            return frozenset((item, count) for item, count in found if count > 0)
        case ScalarLayout(), _:
            return _read(layout, type_, structure, keys)
    raise AssertionError(type_)


def _read(layout: ScalarLayout, type_: Type, structure: Structure, keys: tuple[int, ...]) -> Any:
    found = layout.read((), lambda symbol, _: constant_of(symbol.result, structure.value(symbol, keys)))
    return _python(type_, found, structure)


def _python(type_: Type, value: Value, structure: Structure) -> Any:
    """Return a value made of closed terms as Python sees it."""
    match type_, value:
        case NoneOnly(), _:
            return None
        case OptionalType(inner), Optional(present, part):
            there = part is not None and evaluate(present, structure, {})
            return _python(inner, part, structure) if there and part is not None else None
        case RecordType(cls, fields), Product(parts):
            return cls(*(_python(t, part, structure) for (_, t), part in zip(fields, parts, strict=True)))
        case TupleType(items), Product(parts):
            return tuple(_python(t, part, structure) for t, part in zip(items, parts, strict=True))
        case UnionType(), Choice(alternatives):
            kind, _, part = next(a for a in alternatives if evaluate(a[1], structure, {}))
            assert part is not None
            return _python(kind, part, structure)
        case _, Atom(term):
            return _scalar(type_, evaluate(term, structure, {}))
    raise AssertionError((type_, value))


def _scalar(type_: Type, value: Any) -> Any:
    match type_:
        case EnumType(cls):
            return list(cls)[value]
        case SortType(cls) | QuorumType(cls):
            return cls.at(value)
        case BoolType():
            return bool(value)
        case _:
            return value


def call_in(transition: Transition, types: Mapping[str, Type], structure: Structure, instance: Instance) -> Call:
    """Return the action with its arguments in a structure."""
    values = [value for _, value in transition.parameters]
    arguments = tuple(
        _frozen(value, type_, structure, instance, ())
        if isinstance(value, Layout)
        else _python(type_, value, structure)
        for type_, value in zip(types.values(), values, strict=False)
    )
    return transition.name, arguments


def structure_of(theory: Theory, instance: Instance, state: Frozen) -> Structure:
    """Return a state of an instance as a structure: the inverse of `state_in`."""
    frame = frame_of(theory, instance)
    tables = dict(frame.tables)
    empty = Structure(frame.sizes, {}, frame.numbers)
    for variable_, value in zip(theory.specification.variables, state, strict=True):
        if variable_.name in theory.layouts:
            fill(tables, theory.layouts[variable_.name], variable_.type, value, instance, empty, ())
    return replace(frame, tables=tables)


def frame_of(theory: Theory, instance: Instance) -> Structure:
    """Return what is the same in all states of an instance as a structure: orders, members of quorums, parameters."""
    sizes = {sort: len(instance.elements(theory.class_of(sort))) for sort in theory.sorts}
    tables: dict[Symbol, Table] = {}
    for type_ in theory.orders():
        sort, size = sort_of(type_), instance.sizes[type_.cls]
        tables[order_of(sort)] = {(low, high): low <= high for low in range(size) for high in range(size)}
        tables[least_of(sort).of] = {(): 0}
        if theory.has_neighbours:
            tables[greatest_of(sort).of] = {(): size - 1}
            tables[next_of(sort, up=True)] = {(x,): min(x + 1, size - 1) for x in range(size)}
            tables[next_of(sort, up=False)] = {(x,): max(x - 1, 0) for x in range(size)}
    for quorum in theory.specification.quorums:
        for index, members in enumerate(instance.quorums[quorum.cls]):
            table = tables.setdefault(members_of(quorum), {})
            table.update({(index, a): a in members for a in range(instance.sizes[quorum.member.cls])})
    for name, value in instance.constants.items():
        term = theory.parameter(name)
        tables.update({term.of: {(): value}} if term.op == Op.APPLY else {})
    return Structure(sizes, tables, numbers(theory) or (0,))
