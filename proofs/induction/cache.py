"""Queries that were proved before, kept by their content in a directory of the user's own."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.checker.errors import AssayWarning
from assay.checker.storage import OwnDirectory, UntrustedError, kept_directory
from assay.proofs.encoding.symbols.vocabulary import SizeOf
from assay.proofs.logic.binders import for_all
from assay.proofs.logic.cardinalities import meaning
from assay.proofs.logic.smtlib import script
from assay.proofs.logic.terms import BOOL, INT, Counted, Op, Symbol, Term, subterms, variable

if TYPE_CHECKING:
    from assay.proofs.encoding.problem import Problem
    from assay.proofs.induction.obligations import Obligation

__all__ = ["Known", "digest", "with_meanings"]

VERSION = "assay proof 2"
"""Increased when proofs of earlier versions must no longer count."""


def with_meanings(query: Sequence[Term]) -> tuple[Term, ...]:
    """Return a query with formulas for what its sizes count, and of which sorts they are.

    In a script a size is a function like any other, so without these, queries about different sets could look the same.
    Nor does a script say which sort a size is the size of; two sorts may have one name.
    """
    symbols = _occurring(query)
    meanings = (meaning(symbol) for symbol in symbols if isinstance(symbol.of, Counted))
    return (*query, *meanings, *(_sized(symbol) for symbol in symbols if isinstance(symbol.of, SizeOf)))


def _occurring(query: Sequence[Term]) -> list[Symbol]:
    """Return the symbols of a query as they occur, then those in what it counts."""
    found: dict[Symbol, None] = {}
    waiting = [tuple(query)]
    for formulas in waiting:  # which grows
        new = [t.of for t in subterms(formulas) if t.op is Op.APPLY and t.of not in found]
        found.update(dict.fromkeys(new))
        waiting += [(symbol.of.body,) for symbol in dict.fromkeys(new) if isinstance(symbol.of, Counted)]
    return list(found)


def _sized(size: Symbol) -> Term:
    """Return a formula that tells the sizes of two sorts apart in a script; it states no fact, and is never assumed."""
    assert isinstance(size.of, SizeOf)
    name = variable(size.of.sort)
    return for_all([name], Symbol("is the size of the sort of", (INT, name.sort), BOOL)(size(), name))


def digest(query: Sequence[Term]) -> str:
    """Return the key that distinguishes a query from others."""
    return hashlib.sha256(f"{VERSION}\n{script(query)}".encode()).hexdigest()


class Known:
    """Obligations that are known to be true.

    Parameters
    ----------
    problem : Problem
        The model.
    obligations : sequence of Obligation
        Its obligations.
    """

    def __init__(self, problem: Problem, obligations: Sequence[Obligation]) -> None:
        kept = kept_directory()
        self.directory = None if kept is None else _inside(kept)
        self.digests = {
            o: digest(with_meanings((*problem.assumptions, *o.query))) + ("-sat" if o.claim.kind.is_guard else "-unsat")
            for o in obligations
        }

    def is_proved(self, obligation: Obligation) -> bool:
        """Return whether an obligation was proved before."""
        name = self.digests[obligation]
        return self.directory is not None and self.directory.read(name) == _content(name)

    def remember(self, obligation: Obligation) -> None:
        """Record that an obligation is proved; a cache that cannot be written is not an error."""
        name = self.digests[obligation]
        if self.directory is not None:
            self.directory.write(name, _content(name))


def _inside(kept: OwnDirectory) -> OwnDirectory | None:
    try:
        return kept.inside("proofs")
    except UntrustedError as error:
        warnings.warn(f"no proof is remembered: {error}", AssayWarning, stacklevel=2)
        return None


def _content(name: str) -> bytes:
    """Return what a file must contain to be believed: a damaged or empty one proves nothing."""
    return f"{VERSION}\n{name}\n".encode()
