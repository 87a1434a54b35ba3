"""Atoms of candidate lemmas, each as a formula and as Python source."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from assay.checker.language.ir.program import PredicateIR
from assay.checker.language.types import (
    BoolType,
    EnumType,
    QuorumType,
    SortType,
    Type,
)
from assay.proofs.encoding.expressions.forms import context_of
from assay.proofs.encoding.symbols.cases import cases, enum_value
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.inference.spelling import Names, member_name
from assay.proofs.logic.connectives import conjunction, equal, negation
from assay.proofs.logic.terms import TRUE, Sort, Symbol, Term

__all__ = [
    "Atom",
    "Bound",
    "Membership",
    "Ranging",
    "Reading",
    "Witness",
    "arguments",
    "choices",
    "compared",
    "element",
    "flags",
    "guarded",
    "hinted",
    "in_order",
    "members",
]


Ranging = SortType | QuorumType
"""A type that variables of candidates range over."""


@dataclass(frozen=True, eq=False)
class Bound:
    """A bound variable of a candidate: its term, its name in Python, and its type there."""

    term: Term
    name: str
    type: Ranging


@dataclass(frozen=True, eq=False)
class Witness:
    """An element whose existence an atom states: its name, and what is said of it, as a formula and in Python."""

    bound: Bound
    term: Term
    text: str


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
    witness : Witness, optional
        The set whose existence it states.
    """

    term: Term
    text: str
    denial: str
    weight: int = 1
    witness: Witness | None = None

    def signed(self, *, positive: bool) -> tuple[Term, str]:
        """Return the condition or its negation."""
        return (self.term, self.text) if positive else (negation(self.term), self.denial)


@dataclass(frozen=True, eq=False)
class Reading:
    """A value read from the state: its term, the condition under which it is present, and its source.

    For a truth value, ``denial`` is the source of its negation, unless that is simply ``not`` before the text.
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
        """The sort of its term."""
        return self.term.sort


@dataclass(frozen=True, eq=False)
class Membership:
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
        """Return the formula that says so."""
        return self.relation(part, whole) if self.flipped else self.relation(whole, part)


def guarded(at: Reading, type_: Type, guard: Term, text: str) -> Reading:
    """Return a reading of a part that is there under one more condition."""
    both = f"{at.guard_text} and {text}" if at.guard_text else text
    return Reading(type_, TRUE, at.text, conjunction((at.guard, guard)), both, at.weight)


def choices(sorts: Sequence[Sort], variables: Sequence[Bound]) -> Iterator[tuple[Bound, ...]]:
    """Return the ways to choose a variable of each of some sorts."""
    return itertools.product(*([b for b in variables if b.term.sort is sort] for sort in sorts))


def arguments(
    sorts: Sequence[Sort], variables: Sequence[Bound], readings: Sequence[Reading], names: Names
) -> Iterator[tuple[Reading, ...]]:
    """Yield the arguments of a relation: variables, and at most one value that is read from the state."""
    plain = [[Reading(b.type, b.term, b.name) for b in variables if b.term.sort is sort] for sort in sorts]
    members = [[*_members_of(sort, names)] for sort in sorts]
    yield from itertools.product(*(p or m for p, m in zip(plain, members, strict=True)))
    for index, sort in enumerate(sorts):
        for reading in (r for r in readings if r.sort is sort and not sort.members):
            others = [p or m if i != index else [reading] for i, (p, m) in enumerate(zip(plain, members, strict=True))]
            yield from itertools.product(*others)


def _members_of(sort: Sort, names: Names) -> Iterator[Reading]:
    if sort.members and isinstance(sort.of, type) and issubclass(sort.of, Enum):
        type_ = EnumType(sort.of)
        for member in sort.of:
            yield Reading(type_, enum_value(type_, member), member_name(type_, member, names))


def element(symbol: Symbol, keys: tuple[Term, ...], chosen: Sequence[Reading], text: str, of: str) -> Atom:
    """Return the atom that something is in a set or relation of the state."""
    term = symbol(*keys, *(c.term for c in chosen))
    weight = 1 + sum(c.weight for c in chosen)
    return _with_guards(Atom(term, f"{text} in {of}", f"{text} not in {of}", weight), chosen)


def _with_guards(atom: Atom, readings: Iterable[Reading]) -> Atom:
    """Return an atom guarded by the presence of the values that it reads."""
    guards = {r.guard_text: r.guard for r in readings if r.guard is not TRUE}
    if not guards:
        return atom
    text = " and ".join((*guards, atom.text))
    return Atom(conjunction((*guards.values(), atom.term)), f"({text})", f"not ({text})", atom.weight)


def flags(readings: Sequence[Reading], names: Names) -> Iterator[Atom]:
    """Yield each truth value as an atom, and for each value of an enumeration the atoms that say which member it is."""
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


def compared(left: Reading, right: Reading, is_: str, is_not: str, term: Term) -> Atom:
    """Return the comparison of two readings, given how Python writes it and its negation."""
    texts = f"{left.text} {is_} {right.text}", f"{left.text} {is_not} {right.text}"
    return _with_guards(Atom(term, *texts, 1 + left.weight + right.weight), [left, right])


def in_order(left: Reading, right: Reading, below: Symbol) -> Iterator[Atom]:
    """Yield which of two readings of an ordered sort comes first."""
    yield compared(left, right, "<=", ">", below(left.term, right.term))
    yield compared(right, left, "<=", ">", below(right.term, left.term))
    if left.guard is not TRUE or right.guard is not TRUE:
        # An optional value may be absent, so `not x <= y` is not `y < x`: strict comparisons are atoms of their own.
        yield compared(left, right, "<", ">=", negation(below(right.term, left.term)))
        yield compared(right, left, "<", ">=", negation(below(left.term, right.term)))


def members(membership: Membership, variables: Sequence[Bound]) -> Iterator[Atom]:
    """Yield which variables are members of which."""
    for whole in (b for b in variables if b.type == membership.whole):
        for part in (b for b in variables if b.type == membership.part):
            texts = membership.text(part, whole), membership.text(part, whole, positive=False)
            yield Atom(membership.term(part.term, whole.term), *texts)


def hinted(theory: Theory, hint: PredicateIR, chosen: Sequence[Bound]) -> Atom:
    """Return the atom that a predicate of the user's is true of some variables."""
    context = context_of(theory)
    for name, bound in zip(hint.parameters, chosen, strict=True):
        context.names[name.name] = cases(name.type)[0].build([bound.term])
    text = f"self.{hint.name}({', '.join(b.name for b in chosen)})"
    return Atom(context.formula(hint.body), text, f"not {text}", 1)
