"""Atoms about members of quorums, and of other sets that an element stands for: for some of them, or for all of one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.checker.language.types import (
    QuorumType,
)
from assay.proofs.encoding.symbols.vocabulary import Held
from assay.proofs.inference.atoms import Atom, Bound, Membership, Witness
from assay.proofs.inference.spelling import Names
from assay.proofs.logic.binders import exists, for_all
from assay.proofs.logic.connectives import conjunction, negation
from assay.proofs.logic.terms import Op, Symbol, Term, subterms

__all__ = ["all_of_one", "combined", "is_about", "literal_of", "some_element", "some_member"]

QUANTIFIER = 2
"""The weight that a quantifier adds to an atom."""


def is_about(atom: Atom, member: Bound) -> bool:
    """Return whether an atom says something simple of a member, besides which other elements it equals."""
    return member.term in atom.term.free and any(_is_held(s) for s in atom.term.symbols)


def _is_held(symbol: Symbol) -> bool:
    return isinstance(symbol.of, Held)


@dataclass(frozen=True, eq=False)
class Literal:
    """An atom or its negation."""

    term: Term
    text: str
    weight: int


def literal_of(atom: Atom, positive: bool) -> Literal:
    """Return an atom or its negation."""
    return Literal(*atom.signed(positive=positive), atom.weight)


def combined(literals: Sequence[Literal]) -> Iterator[tuple[Literal, ...]]:
    """Yield pairs of literals to say of one member: about different symbols of the state, and neither nested."""
    plain = [(one, {s for s in one.term.symbols if _is_held(s)}) for one in literals if not _is_nested(one.term)]
    for (left, lefts), (right, rights) in itertools.combinations(plain, 2):
        if not lefts & rights:
            yield left, right


def _is_nested(term: Term) -> bool:
    """Return whether a symbol of the state is applied to what another one is."""
    applied = (inner for inner in subterms((term,)) if inner.op is Op.APPLY and _is_held(inner.of))
    return any(arg.op is Op.APPLY and _is_held(arg.of) for inner in applied for arg in inner.args)


def some_member(membership: Membership, whole: Bound, member: Bound, parts: Sequence[Literal], names: Names) -> Atom:
    """Return the atom that some member of a set has all of some properties."""
    inside = membership.term(member.term, whole.term)
    term = exists([member.term], conjunction((inside, *(p.term for p in parts))))
    body, loop = " and ".join(p.text for p in parts), _over(membership, member, whole, names)
    weight = QUANTIFIER + sum(p.weight for p in parts)
    return Atom(term, f"any({body} for {loop})", f"all(not ({body}) for {loop})", weight)


def some_element(one: Bound, choices: Iterable[Sequence[Atom]], names: Names) -> Iterator[Atom]:
    """Yield that an element of a sort has all of some properties: of different relations, one of them of the state."""
    for atoms in choices:
        symbols = [symbol for atom in atoms for symbol in atom.term.symbols]
        if len(set(symbols)) < len(symbols) or not any(map(_is_held, symbols)):
            continue
        term = exists([one.term], conjunction(atom.term for atom in atoms))
        text = f"any({' and '.join(atom.text for atom in atoms)} for {one.name} in {names.of(one.type.cls)})"
        yield Atom(term, text, f"not {text}", QUANTIFIER + sum(atom.weight for atom in atoms))


def _over(membership: Membership, member: Bound, whole: Bound, names: Names) -> str:
    if isinstance(membership.whole, QuorumType):
        return f"{member.name} in {whole.name}"
    return f"{member.name} in {names.of(member.type.cls)} if {membership.text(member, whole)}"


def all_of_one(membership: Membership, whole: Bound, member: Bound, part: Literal, names: Names) -> Atom:
    """Return the atom that there is a set all of whose members have a property."""
    inside = membership.term(member.term, whole.term)
    every = for_all([member.term], negation(conjunction((inside, negation(part.term)))))
    term = exists([whole.term], every)
    loop = _over(membership, member, whole, names)
    witness = Witness(whole, every, f"all({part.text} for {loop})")
    text = f"any({witness.text} for {whole.name} in {names.of(whole.type.cls)})"
    return Atom(term, text, f"not {text}", QUANTIFIER + part.weight, witness)
