"""What a search among small structures finds: a structure, as a solver's model has it, or where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Sort, Symbol, Term, element, number
from assay.proofs.logic.z3_backend import Z3

__all__ = ["BOUNDLESS", "NOT_IN_TIME", "TOO_LARGE", "Search", "asked_at", "read_structure"]

NOT_IN_TIME = "no small counterexample was found in time"
BOUNDLESS = "no small counterexample was looked for: its tables would be over numbers without bounds, or over too many"
TOO_LARGE = "no small counterexample was looked for: its tables would have too many entries"


class Search(NamedTuple):
    """What a search for a small structure found, or where it found none.

    Attributes
    ----------
    structure : Structure, optional
        The structure, if one was found.
    none : str
        What is known of structures in which there is none.
    """

    structure: Structure | None
    none: str = ""


def read_structure(
    solver: Z3, symbols: Iterable[Symbol], sizes: Mapping[Sort, int], numbers: tuple[int, ...]
) -> Structure:
    """Return the structure of a solver's model in which the elements differ, with tables over these sizes."""
    value, symbols = solver.model(), list(symbols)
    enumerations = [(sort, len(sort.members)) for sort in _enumerations(symbols)]
    numbered = {
        sort: {value(element(sort, index)): index for index in range(size)}
        for sort, size in [*sizes.items(), *enumerations]
    }
    empty = Structure(sizes, {}, numbers)
    tables = {}
    for symbol in symbols:
        table = {}
        for point in empty.tuples(symbol.arguments):
            raw = value(symbol(*map(asked_at, symbol.arguments, point)))
            table[point] = numbered[symbol.result][raw] if symbol.result in numbered else raw
        tables[symbol] = table
    return Structure(sizes, tables, numbers)


def _enumerations(symbols: Iterable[Symbol]) -> list[Sort]:
    sorts = (sort for symbol in symbols for sort in (*symbol.arguments, symbol.result))
    return list(dict.fromkeys(sort for sort in sorts if sort.members))


def asked_at(sort: Sort, index: int) -> Term:
    """Return the term for a value, given by its number."""
    if sort == BOOL:
        return TRUE if index else FALSE
    return number(index) if sort == INT else element(sort, index)
