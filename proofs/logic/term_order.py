"""An order of all terms that goes by what they are, not by when this process made them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.proofs.logic.terms import Counted, Op, Sort, Symbol, Term

__all__ = ["Key", "by_name", "is_before"]

Key = Callable[[Sort | Symbol], tuple[Any, ...]]
"""Returns what a sort or a symbol is ordered by; the keys of any two sorts, or of any two symbols, can be compared."""

_RANKS = {op: rank for rank, op in enumerate(Op)}


def by_name(thing: Sort | Symbol) -> tuple[Any, ...]:
    """Return the name of a sort; of a symbol, with the names of its sorts."""
    if isinstance(thing, Sort):
        return (thing.name,)
    return thing.name, thing.result.name, tuple(sort.name for sort in thing.arguments)


def is_before(left: Term, right: Term, key: Key = by_name) -> bool:
    """Return whether a term comes before another one.

    Sorts and symbols that their keys do not tell apart, and variables that nothing binds, are ordered as they were
    made: nothing else is known of them.
    """
    while left is not right:
        one, other = _head(left, key), _head(right, key)
        if one != other:
            return one < other
        # The first parts that differ decide. Equal terms are one object, so they are found at a glance, and all this
        # takes no longer than the terms are deep.
        pairs = zip(_parts(left), _parts(right), strict=True)
        pair = next((pair for pair in pairs if pair[0] is not pair[1]), None)
        if pair is None:
            return _made_before(left, right)
        left, right = pair
    return False


def _head(term: Term, key: Key) -> tuple[Any, ...]:
    """Return what a term is, apart from its parts."""
    match term.op:
        case Op.VARIABLE:
            own: tuple[Any, ...] = (0, term.of, key(term.sort)) if isinstance(term.of, int) else (1, term.number)
        case Op.ELEMENT:
            own = (key(term.sort), term.of)
        case Op.NUMBER:
            own = (term.of,)
        case Op.APPLY:
            own = key(term.of)
        case Op.FORALL | Op.EXISTS:
            own = tuple(key(name.sort) for name in term.of)
        case _:
            own = ()
    return _RANKS[term.op], len(term.args), own


def _parts(term: Term) -> tuple[Term, ...]:
    """Return the terms that a term consists of: its arguments, after the body of what it counts."""
    if term.op is Op.APPLY and isinstance(term.of.of, Counted):
        return (term.of.of.body, *term.args)
    return term.args


def _made_before(left: Term, right: Term) -> bool:
    """Return whether the first of two terms was made first that differ in nothing but a sort or a symbol."""
    if left.op is Op.APPLY:
        return bool(left.of.rank < right.of.rank)
    return left.number < right.number
