"""The grammar of candidate lemmas: atoms over the model's vocabulary."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cached_property

from assay.checker.language.introspection.specification import Specification
from assay.checker.language.ir.program import PredicateIR
from assay.checker.language.sorts import first as first_of
from assay.checker.language.types import (
    BoolType,
    MapType,
    OptionalType,
    QuorumType,
    RecordType,
    SetType,
    SortType,
    TupleType,
    UnionType,
    is_container,
    subtypes,
)
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.encoding.symbols.layout import Layout, MapLayout, ScalarLayout, SetLayout
from assay.proofs.encoding.symbols.theory import Theory, members_of
from assay.proofs.inference.atoms import (
    Atom,
    Bound,
    Membership,
    Ranging,
    Reading,
    arguments,
    choices,
    compared,
    element,
    flags,
    guarded,
    hinted,
    in_order,
    members,
)
from assay.proofs.inference.quantified import all_of_one, combined, is_about, literal_of, some_element, some_member
from assay.proofs.inference.spelling import Names, spellings, subscripts
from assay.proofs.logic.connectives import equal, negation
from assay.proofs.logic.orders import least_of, order_of
from assay.proofs.logic.terms import BOOL, INT, TRUE, Op, Term, variable

__all__ = ["Grammar"]

LIGHT = 2
"""The most that other atoms may weigh beside one which states that an element exists."""


class Grammar:
    """The atoms over a model's vocabulary.

    Parameters
    ----------
    theory : Theory
        The vocabulary.
    names : Names
        What the model's module calls its classes.
    hints : sequence of PredicateIR
        The user's predicates, which become atoms too.
    """

    def __init__(self, theory: Theory, names: Names, hints: Sequence[PredicateIR] = ()) -> None:
        self.theory = theory
        self.names = names
        self.hints = hints
        self._variables: dict[tuple[Ranging, int], Bound] = {}

    @property
    def specification(self) -> Specification:
        """The model."""
        return self.theory.specification

    @cached_property
    def types(self) -> tuple[Ranging, ...]:
        """The types that variables of candidates may have: sorts, orders, quorums."""
        from assay.checker.language.introspection.annotations import type_of

        plain = (type_of(sort) for sort in self.specification.sorts)
        return (*(type_ for type_ in plain if isinstance(type_, SortType)), *self.specification.quorums)

    def bound(self, counts: Sequence[tuple[Ranging, int]]) -> tuple[Bound, ...]:
        """Return the first variables of each type, as many as given."""
        return tuple(self._variable(type_, index) for type_, count in counts for index in range(1, count + 1))

    def _variable(self, type_: Ranging, index: int) -> Bound:
        """Return a variable of a type; the same one each time, so that clauses of different spaces can be compared."""
        if (type_, index) not in self._variables:
            self._variables[type_, index] = Bound(variable(sort_of(type_)), self._name(type_, index), type_)
        return self._variables[type_, index]

    def _name(self, type_: Ranging, index: int) -> str:
        """Return a variable's name, which none in the model's module is, since lemmas may mention those."""
        name = f"{self._initial(type_)}{index}"
        while name in self.names.known:
            name += "_"
        return name

    def _initial(self, type_: Ranging) -> str:
        name = str(type_).lower()
        first = name[0]
        if first.isascii() and first.isalpha() and [str(t).lower()[0] for t in self.types].count(first) == 1:
            return first
        return name if name.isascii() else f"x{self.types.index(type_)}_"

    def _inner(self, type_: Ranging) -> Bound:
        return Bound(variable(sort_of(type_)), self._name(type_, 0), type_)

    # Atoms

    def atoms(
        self, variables: Sequence[Bound], heaviest: int, *, pairs: bool = False, some: bool = False
    ) -> list[Atom]:
        """Return the atoms over some variables up to a weight; quantified ones may be slightly heavier.

        With ``pairs``, an atom about members of a quorum may combine two literals. With ``some``, the quantified ones
        state that a sort has an element of which one or two things are true, and the others are light.
        """
        if some:
            found = [*self._plain(variables, LIGHT), *self._existing(variables)]
        else:
            found = [*self._plain(variables, heaviest), *self._quantified(variables, heaviest, 2 if pairs else 1)]
        found += self._hinted(variables)
        unique: dict[Term, Atom] = {}
        for atom in found:
            if atom.term.op not in (Op.TRUE, Op.FALSE) and negation(atom.term) not in unique:
                unique.setdefault(atom.term, atom)
        return sorted(unique.values(), key=lambda atom: (atom.weight, len(atom.term.free)))

    def _plain(self, variables: Sequence[Bound], heaviest: int) -> Iterator[Atom]:
        readings = [*self._readings(variables)]
        light = [r for r in readings if r.weight < heaviest]
        found = (
            *self._relations(variables, light),
            *flags(readings, self.names),
            *self._comparisons(variables, light),
        )
        yield from (atom for atom in found if atom.weight <= heaviest)
        for membership in self._memberships:
            if isinstance(membership.whole, QuorumType):
                yield from members(membership, variables)

    # What is read from the state

    def _readings(self, variables: Sequence[Bound]) -> Iterator[Reading]:
        for declared in self.specification.variables:
            layout = self.theory.layouts.get(declared.name)
            if layout is not None:
                start = Reading(declared.type, TRUE, f"self.{declared.name}")
                yield from self._read(layout, start, (), variables)

    def _read(
        self, layout: Layout, at: Reading, keys: tuple[Term, ...], variables: Sequence[Bound]
    ) -> Iterator[Reading]:
        match layout:
            case MapLayout(MapType(key, value), parts):
                for (case, part), spell in zip(parts, subscripts(key, self.names), strict=True):
                    for chosen in choices(case.sorts, variables):
                        text = f"{at.text}[{spell([b.name for b in chosen])}]"
                        inner = Reading(value, TRUE, text, at.guard, at.guard_text, at.weight)
                        yield from self._read(part, inner, (*keys, *(b.term for b in chosen)), variables)
            case ScalarLayout():
                yield from self._scalar(layout, at, keys)

    def _scalar(self, layout: ScalarLayout, at: Reading, keys: tuple[Term, ...]) -> Iterator[Reading]:
        match layout.type:
            case OptionalType(inner):
                present = layout.symbols[0](*keys)
                here, absent = f"{at.text} is not None", f"{at.text} is None"
                yield Reading(BoolType(), present, here, at.guard, at.guard_text, at.weight, denial=absent)
                yield from self._scalar(layout.parts[0], guarded(at, inner, present, here), keys)
            case RecordType(_, fields):
                for (name, type_), part in zip(fields, layout.parts, strict=True):
                    inner_ = Reading(type_, TRUE, f"{at.text}.{name}", at.guard, at.guard_text, at.weight)
                    yield from self._scalar(part, inner_, keys)
            case TupleType(items):
                for index, (type_, part) in enumerate(zip(items, layout.parts, strict=True)):
                    inner_ = Reading(type_, TRUE, f"{at.text}[{index}]", at.guard, at.guard_text, at.weight)
                    yield from self._scalar(part, inner_, keys)
            case UnionType(alternatives):
                value = layout.read(keys, lambda symbol, arguments: symbol(*arguments))
                for kind, part in zip(alternatives, layout.parts, strict=True):
                    test, _ = value.of(kind)  # type: ignore[union-attr]
                    here = f"isinstance({at.text}, {self.names.of(kind.cls)})"
                    yield Reading(BoolType(), test, here, at.guard, at.guard_text, at.weight)
                    yield from self._scalar(part, guarded(at, kind, test, here), keys)
            case type_:
                symbol = layout.symbols[0]
                if symbol.result is not INT:
                    yield Reading(type_, symbol(*keys), at.text, at.guard, at.guard_text, at.weight + 1)

    # Atoms of each form

    def _relations(self, variables: Sequence[Bound], readings: Sequence[Reading]) -> Iterator[Atom]:
        for declared in self.specification.variables:
            layout = self.theory.layouts.get(declared.name)
            if layout is not None:
                at = Reading(declared.type, TRUE, f"self.{declared.name}")
                yield from self._sets(layout, at, (), variables, readings)

    def _sets(
        self,
        layout: Layout,
        at: Reading,
        keys: tuple[Term, ...],
        variables: Sequence[Bound],
        readings: Sequence[Reading],
    ) -> Iterator[Atom]:
        match layout:
            case SetLayout(SetType(part_type), relations):
                for (case, symbol), spell in zip(relations, spellings(part_type, self.names), strict=True):
                    if INT not in case.sorts and BOOL not in case.sorts:
                        for chosen in arguments(case.sorts, variables, readings, self.names):
                            yield element(symbol, keys, chosen, spell([c.text for c in chosen]), at.text)
            case MapLayout(MapType(key, value), parts) if is_container(value):
                for (case, part), spell in zip(parts, subscripts(key, self.names), strict=True):
                    for bound in choices(case.sorts, variables):
                        text = f"{at.text}[{spell([b.name for b in bound])}]"
                        inner = Reading(value, TRUE, text)
                        yield from self._sets(part, inner, (*keys, *(b.term for b in bound)), variables, readings)

    def _comparisons(self, variables: Sequence[Bound], readings: Sequence[Reading]) -> Iterator[Atom]:
        for type_ in self.types:
            sort = sort_of(type_)
            plain = [Reading(b.type, b.term, b.name) for b in variables if b.term.sort is sort]
            read = [r for r in readings if r.sort is sort]
            ordered = isinstance(type_, SortType) and type_.ordered
            for left, right in itertools.combinations([*plain, *read], 2):
                yield compared(left, right, "==", "!=", equal(left.term, right.term))
                if ordered:
                    yield from in_order(left, right, order_of(sort))
            if ordered:
                least = Reading(
                    type_, least_of(sort), f"{self.names.of(first_of)}({self.names.of(type_.cls)})", weight=1
                )
                for one in (*plain, *read):
                    yield compared(one, least, "==", "!=", equal(one.term, least.term))

    # Quantified atoms

    @cached_property
    def _memberships(self) -> tuple[Membership, ...]:
        found = [Membership(q, q.member, members_of(q), False) for q in self.specification.quorums]
        return (*found, *self._membership_relations())

    @property
    def quorum_types(self) -> list[tuple[Ranging, Ranging]]:
        """The types whose elements stand for sets, each with the type of their members."""
        return [(membership.whole, membership.part) for membership in self._memberships]

    def _membership_relations(self) -> Iterator[Membership]:
        """Yield the relations between two sorts that an instance chooses: one may stand for sets of the other."""
        told = {part for v in self.specification.variables if not v.immutable for part in subtypes(v.type)}
        for declared in self.specification.structure:
            layout = self.theory.layouts.get(declared.name)
            match declared.type, layout:
                case SetType(TupleType((SortType() as left, SortType() as right))), SetLayout(_, ((_, symbol),)):
                    if left != right and right not in told:
                        yield Membership(right, left, symbol, True, f"self.{declared.name}")
                    if left != right and left not in told:
                        yield Membership(left, right, symbol, False, f"self.{declared.name}")

    def _quantified(self, variables: Sequence[Bound], heaviest: int, said: int) -> Iterator[Atom]:
        for membership in self._memberships:
            member = self._inner(membership.part)
            about = [a for a in self._plain([*variables, member], heaviest) if is_about(a, member)]
            literals = [literal_of(a, positive) for a in about for positive in (True, False)]
            together = [(one,) for one in literals] + ([*combined(literals)] if said > 1 else [])
            for whole in (b for b in variables if b.type == membership.whole):
                for parts in (parts for parts in together if sum(p.weight for p in parts) <= heaviest):
                    yield some_member(membership, whole, member, parts, self.names)
            whole = self._inner(membership.whole)
            for literal in literals:
                yield all_of_one(membership, whole, member, literal, self.names)

    def _existing(self, variables: Sequence[Bound]) -> Iterator[Atom]:
        """Yield atoms that state that some element has one or two relations to others, one of which is in the state."""
        for type_ in (type_ for type_ in self.types if isinstance(type_, SortType)):
            one = self._inner(type_)
            related = [a for a in self._relations([*variables, one], ()) if one.term in a.term.free]
            for number, atom in enumerate(related):
                yield from some_element(one, [[atom], *([atom, other] for other in related[number + 1 :])], self.names)

    def _hinted(self, variables: Sequence[Bound]) -> Iterator[Atom]:
        for hint in self.hints:
            types = [name.type for name in hint.parameters]
            if not all(type_ in self.types for type_ in types):
                continue
            for chosen in choices([sort_of(type_) for type_ in types], variables):
                yield hinted(self.theory, hint, chosen)
