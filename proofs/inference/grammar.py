"""The grammar of candidate lemmas: atoms over the model's vocabulary, as formulas and as Python source."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assay.checker.language.introspection.specification import Specification
from assay.checker.language.ir.program import PredicateIR
from assay.checker.language.sorts import first as first_of
from assay.checker.language.types import (
    BoolType,
    EnumType,
    MapType,
    OptionalType,
    QuorumType,
    RecordType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
    is_container,
    subtypes,
)
from assay.proofs.encoding.expressions.forms import context_of
from assay.proofs.encoding.symbols.cases import cases, enum_value, sort_of
from assay.proofs.encoding.symbols.layout import Layout, MapLayout, ScalarLayout, SetLayout
from assay.proofs.encoding.symbols.theory import Theory, members_of
from assay.proofs.encoding.symbols.vocabulary import Held
from assay.proofs.inference.spelling import Names, member_name, spellings
from assay.proofs.logic.binders import exists, for_all
from assay.proofs.logic.connectives import conjunction, equal, negation
from assay.proofs.logic.orders import least_of, order_of
from assay.proofs.logic.terms import BOOL, INT, TRUE, Op, Sort, Symbol, Term, subterms, variable

__all__ = ["Atom", "Bound", "Grammar", "Ranging"]


Ranging = SortType | QuorumType
"""A type that variables of candidates range over."""


@dataclass(frozen=True, eq=False)
class Bound:
    """A bound variable of a candidate: its term, its name in Python, and its type there."""

    term: Term
    name: str
    type: Ranging


@dataclass(frozen=True, eq=False)
class Atom:
    """An atomic formula over the bound variables.

    Attributes
    ----------
    term : Term
        The condition.
    text, denial : str
        The condition, and its negation, in Python.
    weight : int
        Its complexity for a reader.
    """

    term: Term
    text: str
    denial: str
    weight: int = 1

    def signed(self, *, positive: bool) -> tuple[Term, str]:
        """Return the condition or its negation."""
        return (self.term, self.text) if positive else (negation(self.term), self.denial)


@dataclass(frozen=True, eq=False)
class _Reading:
    """A value read from the state: its term, the condition under which it is present, and its source.

    Of a truth value, ``denial`` is the source of its negation where that is not the text behind ``not``.
    """

    type: Type
    term: Term
    text: str
    guard: Term = TRUE
    guard_text: str = ""
    weight: int = 0
    denial: str | None = None

    @property
    def sort(self) -> Sort:
        return self.term.sort


@dataclass(frozen=True, eq=False)
class _Membership:
    """A sort whose elements denote sets of another sort: quorums, or by a relation of the structure."""

    whole: Ranging
    part: Ranging
    relation: Symbol
    flipped: bool
    source: str = ""

    def text(self, part: Bound, whole: Bound, *, positive: bool = True) -> str:
        """Return the source that says of one element whether it belongs to another one."""
        is_in = "in" if positive else "not in"
        if not self.source:  # a quorum: its members are in itself
            return f"{part.name} {is_in} {whole.name}"
        first, second = (part, whole) if self.flipped else (whole, part)
        return f"({first.name}, {second.name}) {is_in} {self.source}"

    def term(self, part: Term, whole: Term) -> Term:
        return self.relation(part, whole) if self.flipped else self.relation(whole, part)


class Grammar:
    """The atoms over a model's vocabulary.

    Parameters
    ----------
    theory : Theory
        The vocabulary.
    names : Names
        What the model's module calls its classes.
    hints : sequence of PredicateIR
        Predicates of the user's that join.
    """

    def __init__(self, theory: Theory, names: Names, hints: Sequence[PredicateIR] = ()) -> None:
        self.theory = theory
        self.names = names
        self.hints = hints

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
        """Return fresh variables: for each type, the given number."""
        return tuple(
            Bound(variable(sort_of(type_)), f"{self._initial(type_)}{index}", type_)
            for type_, count in counts
            for index in range(1, count + 1)
        )

    def _initial(self, type_: Ranging) -> str:
        name = str(type_).lower()
        first = name[0]
        if first.isascii() and first.isalpha() and [str(t).lower()[0] for t in self.types].count(first) == 1:
            return first
        return name if name.isascii() else f"x{self.types.index(type_)}_"

    def _inner(self, type_: Ranging) -> Bound:
        return Bound(variable(sort_of(type_)), f"{self._initial(type_)}0", type_)

    # Atoms

    def atoms(self, variables: Sequence[Bound], heaviest: int, *, pairs: bool = False) -> list[Atom]:
        """Return the atoms over some variables up to a weight; quantified ones may be slightly heavier.

        With ``pairs``, an atom about members of a quorum may combine two literals.
        """
        said = 2 if pairs else 1
        found = [*self._plain(variables, heaviest), *self._quantified(variables, heaviest, said)]
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
            *_flags(readings, self.names),
            *self._comparisons(variables, light),
        )
        yield from (atom for atom in found if atom.weight <= heaviest)
        for membership in self._memberships:
            if isinstance(membership.whole, QuorumType):
                yield from _members(membership, variables)

    # What is read of the state

    def _readings(self, variables: Sequence[Bound]) -> Iterator[_Reading]:
        for declared in self.specification.variables:
            layout = self.theory.layouts.get(declared.name)
            if layout is not None:
                start = _Reading(declared.type, TRUE, f"self.{declared.name}")
                yield from self._read(layout, start, (), variables)

    def _read(
        self, layout: Layout, at: _Reading, keys: tuple[Term, ...], variables: Sequence[Bound]
    ) -> Iterator[_Reading]:
        match layout:
            case MapLayout(MapType(key, value), parts):
                for (case, part), spell in zip(parts, spellings(key, self.names), strict=True):
                    for chosen in _choices(case.sorts, variables):
                        text = f"{at.text}[{_unwrapped(spell([b.name for b in chosen]))}]"
                        inner = _Reading(value, TRUE, text, at.guard, at.guard_text, at.weight)
                        yield from self._read(part, inner, (*keys, *(b.term for b in chosen)), variables)
            case ScalarLayout():
                yield from self._scalar(layout, at, keys)

    def _scalar(self, layout: ScalarLayout, at: _Reading, keys: tuple[Term, ...]) -> Iterator[_Reading]:
        match layout.type:
            case OptionalType(inner):
                present = layout.symbols[0](*keys)
                here, absent = f"{at.text} is not None", f"{at.text} is None"
                yield _Reading(BoolType(), present, here, at.guard, at.guard_text, at.weight, denial=absent)
                yield from self._scalar(layout.parts[0], _guarded(at, inner, present, here), keys)
            case RecordType(_, fields):
                for (name, type_), part in zip(fields, layout.parts, strict=True):
                    inner_ = _Reading(type_, TRUE, f"{at.text}.{name}", at.guard, at.guard_text, at.weight)
                    yield from self._scalar(part, inner_, keys)
            case TupleType(items):
                for index, (type_, part) in enumerate(zip(items, layout.parts, strict=True)):
                    inner_ = _Reading(type_, TRUE, f"{at.text}[{index}]", at.guard, at.guard_text, at.weight)
                    yield from self._scalar(part, inner_, keys)
            case UnionType(alternatives):
                value = layout.read(keys, lambda symbol, arguments: symbol(*arguments))
                for kind, part in zip(alternatives, layout.parts, strict=True):
                    test, _ = value.of(kind)  # type: ignore[union-attr]
                    here = f"isinstance({at.text}, {self.names.of(kind.cls)})"
                    yield _Reading(BoolType(), test, here, at.guard, at.guard_text, at.weight)
                    yield from self._scalar(part, _guarded(at, kind, test, here), keys)
            case type_:
                symbol = layout.symbols[0]
                if symbol.result is not INT:
                    yield _Reading(type_, symbol(*keys), at.text, at.guard, at.guard_text, at.weight + 1)

    # Atoms of each form

    def _relations(self, variables: Sequence[Bound], readings: Sequence[_Reading]) -> Iterator[Atom]:
        for declared in self.specification.variables:
            layout = self.theory.layouts.get(declared.name)
            if layout is not None:
                at = _Reading(declared.type, TRUE, f"self.{declared.name}")
                yield from self._sets(layout, at, (), variables, readings)

    def _sets(
        self,
        layout: Layout,
        at: _Reading,
        keys: tuple[Term, ...],
        variables: Sequence[Bound],
        readings: Sequence[_Reading],
    ) -> Iterator[Atom]:
        match layout:
            case SetLayout(SetType(part_type), relations):
                for (case, symbol), spell in zip(relations, spellings(part_type, self.names), strict=True):
                    if INT not in case.sorts and BOOL not in case.sorts:
                        for chosen in _arguments(case.sorts, variables, readings, self.names):
                            yield _element(symbol, keys, chosen, spell([c.text for c in chosen]), at.text)
            case MapLayout(MapType(key, value), parts) if is_container(value):
                for (case, part), spell in zip(parts, spellings(key, self.names), strict=True):
                    for bound in _choices(case.sorts, variables):
                        text = f"{at.text}[{_unwrapped(spell([b.name for b in bound]))}]"
                        inner = _Reading(value, TRUE, text)
                        yield from self._sets(part, inner, (*keys, *(b.term for b in bound)), variables, readings)

    def _comparisons(self, variables: Sequence[Bound], readings: Sequence[_Reading]) -> Iterator[Atom]:
        for type_ in self.types:
            sort = sort_of(type_)
            plain = [_Reading(b.type, b.term, b.name) for b in variables if b.term.sort is sort]
            read = [r for r in readings if r.sort is sort]
            ordered = isinstance(type_, SortType) and type_.ordered
            for left, right in itertools.combinations([*plain, *read], 2):
                yield _compared(left, right, "==", "!=", equal(left.term, right.term))
                if ordered:
                    yield from _ordered(left, right, order_of(sort))
            if ordered:
                least = _Reading(
                    type_, least_of(sort), f"{self.names.of(first_of)}({self.names.of(type_.cls)})", weight=1
                )
                for one in (*plain, *read):
                    yield _compared(one, least, "==", "!=", equal(one.term, least.term))

    # Quantified atoms

    @cached_property
    def _memberships(self) -> tuple[_Membership, ...]:
        found = [_Membership(q, q.member, members_of(q), False) for q in self.specification.quorums]
        return (*found, *self._membership_relations())

    @property
    def quorum_types(self) -> list[tuple[Ranging, Ranging]]:
        """The types whose elements stand for sets, each with the type of their members."""
        return [(membership.whole, membership.part) for membership in self._memberships]

    def _membership_relations(self) -> Iterator[_Membership]:
        """Yield the relations between two sorts that an instance chooses: one may stand for sets of the other."""
        told = {part for v in self.specification.variables if not v.immutable for part in subtypes(v.type)}
        for declared in self.specification.structure:
            layout = self.theory.layouts.get(declared.name)
            match declared.type, layout:
                case SetType(TupleType((SortType() as left, SortType() as right))), SetLayout(_, ((_, symbol),)):
                    if left != right and right not in told:
                        yield _Membership(right, left, symbol, True, f"self.{declared.name}")
                    if left != right and left not in told:
                        yield _Membership(left, right, symbol, False, f"self.{declared.name}")

    def _quantified(self, variables: Sequence[Bound], heaviest: int, said: int) -> Iterator[Atom]:
        for membership in self._memberships:
            member = self._inner(membership.part)
            about = [a for a in self._plain([*variables, member], heaviest) if _is_about(a, member)]
            literals = [_literal(a, positive) for a in about for positive in (True, False)]
            together = [(one,) for one in literals] + ([*_together(literals)] if said > 1 else [])
            for whole in (b for b in variables if b.type == membership.whole):
                for parts in (parts for parts in together if sum(p.weight for p in parts) <= heaviest):
                    yield _some_member(membership, whole, member, parts)
            whole = self._inner(membership.whole)
            for literal in literals:
                yield _all_of_one(membership, whole, member, literal, self.names)

    def _hinted(self, variables: Sequence[Bound]) -> Iterator[Atom]:
        for hint in self.hints:
            types = [name.type for name in hint.parameters]
            if not all(type_ in self.types for type_ in types):
                continue
            for chosen in _choices([sort_of(type_) for type_ in types], variables):
                yield _hint(self.theory, hint, chosen)


# Making atoms


def _guarded(at: _Reading, type_: Type, guard: Term, text: str) -> _Reading:
    both = f"{at.guard_text} and {text}" if at.guard_text else text
    return _Reading(type_, TRUE, at.text, conjunction((at.guard, guard)), both, at.weight)


def _choices(sorts: Sequence[Sort], variables: Sequence[Bound]) -> Iterator[tuple[Bound, ...]]:
    return itertools.product(*([b for b in variables if b.term.sort is sort] for sort in sorts))


def _arguments(
    sorts: Sequence[Sort], variables: Sequence[Bound], readings: Sequence[_Reading], names: Names
) -> Iterator[tuple[_Reading, ...]]:
    """Yield the arguments of a relation: variables, and at most one value that is read of the state."""
    plain = [[_Reading(b.type, b.term, b.name) for b in variables if b.term.sort is sort] for sort in sorts]
    members = [[*_members_of(sort, names)] for sort in sorts]
    yield from itertools.product(*(p or m for p, m in zip(plain, members, strict=True)))
    for index, sort in enumerate(sorts):
        for reading in (r for r in readings if r.sort is sort and not sort.members):
            others = [p or m if i != index else [reading] for i, (p, m) in enumerate(zip(plain, members, strict=True))]
            yield from itertools.product(*others)


def _members_of(sort: Sort, names: Names) -> Iterator[_Reading]:
    if sort.members and isinstance(sort.of, type):
        type_ = EnumType(sort.of)
        for member in sort.of:  # type: ignore[attr-defined]
            yield _Reading(type_, enum_value(type_, member), member_name(type_, member, names))


def _element(symbol: Symbol, keys: tuple[Term, ...], chosen: Sequence[_Reading], text: str, of: str) -> Atom:
    term = symbol(*keys, *(c.term for c in chosen))
    weight = 1 + sum(c.weight for c in chosen)
    return _with_guards(Atom(term, f"{text} in {of}", f"{text} not in {of}", weight), chosen)


def _with_guards(atom: Atom, readings: Iterable[_Reading]) -> Atom:
    """Return an atom guarded by the presence of the values that it reads."""
    guards = {r.guard_text: r.guard for r in readings if r.guard is not TRUE}
    if not guards:
        return atom
    text = " and ".join((*guards, atom.text))
    return Atom(conjunction((*guards.values(), atom.term)), f"({text})", f"not ({text})", atom.weight)


def _flags(readings: Sequence[_Reading], names: Names) -> Iterator[Atom]:
    for reading in readings:
        match reading.type:
            case BoolType():
                denial = f"not {reading.text}" if reading.denial is None else reading.denial
                yield _with_guards(Atom(reading.term, reading.text, denial, 1 + reading.weight), [reading])
            case EnumType() as type_:
                for member in type_.cls:
                    name = member_name(type_, member, names)
                    is_it = equal(reading.term, enum_value(type_, member))
                    texts = f"{reading.text} == {name}", f"{reading.text} != {name}"
                    yield _with_guards(Atom(is_it, *texts, reading.weight), [reading])


def _compared(left: _Reading, right: _Reading, is_: str, is_not: str, term: Term) -> Atom:
    texts = f"{left.text} {is_} {right.text}", f"{left.text} {is_not} {right.text}"
    return _with_guards(Atom(term, *texts, 1 + left.weight + right.weight), [left, right])


def _ordered(left: _Reading, right: _Reading, below: Symbol) -> Iterator[Atom]:
    yield _compared(left, right, "<=", ">", below(left.term, right.term))
    yield _compared(right, left, "<=", ">", below(right.term, left.term))
    if left.guard is not TRUE or right.guard is not TRUE:
        # An optional value may be absent, so `not x <= y` is not `y < x`: strict comparisons are atoms of their own.
        yield _compared(left, right, "<", ">=", negation(below(right.term, left.term)))
        yield _compared(right, left, "<", ">=", negation(below(left.term, right.term)))


def _members(membership: _Membership, variables: Sequence[Bound]) -> Iterator[Atom]:
    for whole in (b for b in variables if b.type == membership.whole):
        for part in (b for b in variables if b.type == membership.part):
            texts = membership.text(part, whole), membership.text(part, whole, positive=False)
            yield Atom(membership.term(part.term, whole.term), *texts)


QUANTIFIER = 2
"""What a quantifier weighs."""


def _is_about(atom: Atom, member: Bound) -> bool:
    """Return whether an atom says something simple of a member, beside which other elements it is."""
    return member.term in atom.term.free and any(_is_held(s) for s in atom.term.symbols)


def _is_held(symbol: Symbol) -> bool:
    return isinstance(symbol.of, Held)


@dataclass(frozen=True, eq=False)
class _Literal:
    term: Term
    text: str
    weight: int


def _literal(atom: Atom, positive: bool) -> _Literal:
    return _Literal(*atom.signed(positive=positive), atom.weight)


def _together(literals: Sequence[_Literal]) -> Iterator[tuple[_Literal, ...]]:
    """Yield two things that may be said of one member: of different symbols, and no relation of what is read."""
    plain = [(one, {s for s in one.term.symbols if _is_held(s)}) for one in literals if not _is_nested(one.term)]
    for (left, lefts), (right, rights) in itertools.combinations(plain, 2):
        if not lefts & rights:
            yield left, right


def _is_nested(term: Term) -> bool:
    """Return whether a symbol of the state is applied to what another one is."""
    applied = (inner for inner in subterms((term,)) if inner.op is Op.APPLY and _is_held(inner.of))
    return any(arg.op is Op.APPLY and _is_held(arg.of) for inner in applied for arg in inner.args)


def _some_member(membership: _Membership, whole: Bound, member: Bound, parts: Sequence[_Literal]) -> Atom:
    inside = membership.term(member.term, whole.term)
    term = exists([member.term], conjunction((inside, *(p.term for p in parts))))
    body, denied = " and ".join(_bracketed(p.text) for p in parts), " and ".join(_bracketed(p.text) for p in parts)
    loop = _over(membership, member, whole)
    weight = QUANTIFIER + sum(p.weight for p in parts)
    return Atom(term, f"any({body} for {loop})", f"all(not ({denied}) for {loop})", weight)


def _over(membership: _Membership, member: Bound, whole: Bound) -> str:
    if isinstance(membership.whole, QuorumType):
        return f"{member.name} in {whole.name}"
    return f"{member.name} in {member.type} if {membership.text(member, whole)}"


def _all_of_one(membership: _Membership, whole: Bound, member: Bound, part: _Literal, names: Names) -> Atom:
    inside = membership.term(member.term, whole.term)
    every = for_all([member.term], negation(conjunction((inside, negation(part.term)))))
    term = exists([whole.term], every)
    loop = f"{_over(membership, member, whole)}"
    text = f"any(all({part.text} for {loop}) for {whole.name} in {names.of(whole.type.cls)})"
    return Atom(term, text, f"not {text}", QUANTIFIER + part.weight)


def _hint(theory: Theory, hint: PredicateIR, chosen: Sequence[Bound]) -> Atom:
    context = context_of(theory)
    for name, bound in zip(hint.parameters, chosen, strict=True):
        context.names[name.name] = cases(name.type)[0].build([bound.term])
    text = f"self.{hint.name}({', '.join(b.name for b in chosen)})"
    return Atom(context.formula(hint.body), text, f"not {text}", 1)


def _bracketed(text: str) -> str:
    return f"({text})" if " and " in text or " or " in text else text


def _unwrapped(text: str) -> str:
    return text[1:-1] if text.startswith("(") and text.endswith(")") and not text.endswith(",)") else text
