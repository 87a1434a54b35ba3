"""From finite structures to instances and states of the language, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen
from assay.checker.language.frozen import part_of
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
    is_container,
    subtypes,
)
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.symbols.cases import Case, cases, sort_of
from assay.proofs.encoding.symbols.embedding import Numbering, constant_of, embed, fill, selected
from assay.proofs.encoding.symbols.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.symbols.theory import Theory, members_of
from assay.proofs.encoding.symbols.universes import in_window, numbers
from assay.proofs.encoding.symbols.values import Atom, Choice, Optional, Product, Value
from assay.proofs.logic.orders import greatest_of, least_of, next_of, order_of
from assay.proofs.logic.structures import Structure, Table, evaluate
from assay.proofs.logic.terms import Op, Sort, Symbol, Term

__all__ = ["call_in", "embed", "frame_of", "has_all_containers", "instance_of", "state_in", "structure_of", "values_in"]

Tables = Sequence[tuple[Case, Symbol]]
"""What is known of a set or bag, for each case of its elements."""


def instance_of(theory: Theory, structure: Structure) -> Instance:
    """Return the instance with the sizes, quorums, parameters and immutable variables of a structure."""
    instance = _without_structure(theory, structure)
    for variable_ in theory.specification.structure:
        layout = theory.layouts[variable_.name]
        instance.structure[variable_.name] = _Reader(theory, structure, instance).frozen(layout, variable_.type, ())
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
    # The query does not mention the parameter, so the solver left it open; the model's own value is the natural one.
    if term.op == Op.APPLY and term.of not in structure.tables and default is not MISSING:
        return default
    return evaluate(term, structure, {})


def _quorums(quorum: QuorumType, structure: Structure, sizes: Mapping[Any, int]) -> list[frozenset[int]]:
    members, count = members_of(quorum), sizes[quorum.member.cls]
    # No formula of the query mentions members, so any quorums satisfy it; one quorum of all nodes is the simplest.
    if members not in structure.tables:
        return [frozenset(range(count))]
    return [
        frozenset(a for a in range(count) if structure.value(members, (q, a)))
        for q in range(structure.size(sort_of(quorum)))
    ]


def state_in(theory: Theory, structure: Structure, instance: Instance) -> Frozen:
    """Return the state that a structure describes, frozen."""
    reader = _Reader(theory, structure, instance)
    return tuple(reader.frozen(theory.layouts[v.name], v.type, ()) for v in theory.specification.variables)


def values_in(theory: Theory, structure: Structure, instance: Instance, type_: Type) -> Iterator[tuple[Value, Any]]:
    """Yield the values of a type, as terms and as Python sees them, with those containers that the structure has."""
    reader = _Reader(theory, structure, instance)
    if not _holds_container(type_):
        yield from ((embed(type_, item), item) for item in instance.universe(type_))
        return
    for case in cases(type_):
        yield from ((value, reader.python(type_, value)) for value in (case.build(t) for _, t in reader.items(case)))


def has_all_containers(theory: Theory, structure: Structure, instance: Instance) -> bool:
    """Return whether a structure has an element for every container that may be part of a value.

    A solver's structure has only those that its query needs: see `assay.proofs.encoding.symbols.contents`.
    """
    return all(structure.size(sort_of(type_)) >= instance.size(type_) for type_ in theory.inside)


@immutable
class _Reader:
    """Reads values of the language out of a structure."""

    theory: Theory
    structure: Structure
    instance: Instance

    def frozen(self, layout: Layout, type_: Type, keys: tuple[int, ...]) -> Any:
        """Return the value of a layout for some keys, in the form that a variable holds."""
        match layout, type_:
            case MapLayout(_, parts), MapType(key, value):
                return tuple(
                    self.frozen(part, value, keys + point)
                    for item in self.instance.universe(key)
                    for part, point in selected(parts, embed(key, item), self.structure)
                )
            case SetLayout(_, relations), SetType(part):
                return frozenset(item for item, inside in self._among(relations, part, keys) if inside)
            case SeqLayout(), SeqType(part):
                length = self.structure.value(layout.length, keys)
                return tuple(self._read(layout.item(index), part, keys) for index in range(length))
            case BagLayout(_, counts), BagType(part):
                return frozenset((item, count) for item, count in self._among(counts, part, keys) if count > 0)
            case ScalarLayout(), _:
                return self._read(layout, type_, keys)
        raise AssertionError(type_)

    def _among(self, tables: Tables, type_: Type, keys: tuple[int, ...]) -> Iterator[tuple[Any, Any]]:
        """Yield the possible elements of a set or bag, with what is known of each."""
        if _holds_container(type_):
            for case, symbol in tables:
                for point, terms in self.items(case):
                    known = self.structure.value(symbol, keys + point)
                    if known:
                        yield self.python(type_, case.build(terms)), known
            return
        for item in self.instance.universe(type_):
            for symbol, point in selected(tables, embed(type_, item), self.structure):
                yield item, self.structure.value(symbol, keys + point)

    def items(self, case: Case) -> Iterator[tuple[tuple[int, ...], tuple[Term, ...]]]:
        """Yield the elements of the structure that a value of a case may be made of, also as terms."""
        for point in self.structure.tuples(case.sorts):
            terms = tuple(map(constant_of, case.sorts, point))
            if evaluate(in_window(self.theory, case, terms), self.structure, {}):
                yield point, terms

    def _read(self, layout: ScalarLayout, type_: Type, keys: tuple[int, ...]) -> Any:
        found = layout.read((), lambda symbol, _: constant_of(symbol.result, self.structure.value(symbol, keys)))
        return self.python(type_, found)

    def python(self, type_: Type, value: Value) -> Any:
        """Return a value made of closed terms as Python sees it."""
        match type_, value:
            case NoneOnly(), _:
                return None
            case OptionalType(inner), Optional(present, part):
                there = part is not None and evaluate(present, self.structure, {})
                return self.python(inner, part) if there and part is not None else None
            case RecordType(cls, fields), Product(parts):
                return cls(*(self.python(t, part) for (_, t), part in zip(fields, parts, strict=True)))
            case TupleType(items), Product(parts):
                return tuple(self.python(t, part) for t, part in zip(items, parts, strict=True))
            case UnionType(), Choice(alternatives):
                kind, _, part = next(a for a in alternatives if evaluate(a[1], self.structure, {}))
                assert part is not None
                return self.python(kind, part)
            case _, Atom(term):
                return self._atom(type_, evaluate(term, self.structure, {}))
        raise AssertionError((type_, value))

    def _atom(self, type_: Type, value: Any) -> Any:
        match type_:
            case EnumType(cls):
                return list(cls)[value]
            case SortType(cls) | QuorumType(cls):
                return cls.at(value)
            case BoolType():
                return bool(value)
            case MapType() | SetType() | SeqType() | BagType():
                inside = self.frozen(self.theory.contents(type_), type_, (value,))
                return part_of(type_, inside, self.instance.universe)
            case _:
                return value


def _holds_container(type_: Type) -> bool:
    return any(map(is_container, subtypes(type_)))


def call_in(
    theory: Theory, transition: Transition, types: Mapping[str, Type], structure: Structure, instance: Instance
) -> Call:
    """Return the action with its arguments in a structure."""
    reader = _Reader(theory, structure, instance)
    arguments = tuple(
        reader.frozen(value, type_, ()) if isinstance(value, Layout) else reader.python(type_, value)
        for type_, (_, value) in zip(types.values(), transition.parameters, strict=False)
    )
    return transition.name, arguments


def structure_of(theory: Theory, instance: Instance, state: Frozen) -> Structure:
    """Return a state of an instance as a structure: the inverse of `state_in`."""
    frame, numbering = frame_of(theory, instance), Numbering(instance)
    tables = dict(frame.tables)
    empty = Structure(frame.sizes, {}, frame.numbers)
    for variable_, value in zip(theory.specification.variables, state, strict=True):
        if variable_.name in theory.layouts:
            fill(tables, theory.layouts[variable_.name], variable_.type, value, instance, empty, (), numbering)
    return replace(frame, tables=tables)


def frame_of(theory: Theory, instance: Instance) -> Structure:
    """Return as a structure what is the same in all states of an instance: orders, members of quorums, parameters.

    It has an element for every container that may be part of a value: see `assay.proofs.encoding.symbols.contents`.
    """
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
    matter, numbering = numbers(theory) or (0,), Numbering(instance)
    empty = Structure(sizes, {}, matter)
    for container, layout in theory.inside.items():
        sizes[sort_of(container)] = instance.size(container)
        for index, value in enumerate(instance.universe(container)):
            fill(tables, layout, container, value, instance, empty, (index,), numbering)
    return Structure(sizes, tables, matter)
