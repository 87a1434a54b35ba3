"""Small models of a query: first as few elements of each sort as possible, then as few members of each relation."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assay.proofs.encoding.symbols.vocabulary import SizeOf
from assay.proofs.logic.cardinalities import counted_in, definition
from assay.proofs.logic.connectives import equal, negation
from assay.proofs.logic.enums import facts, only_these, sorts_in
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import BOOL, INT, Counted, Sort, Symbol, Term, element, number
from assay.proofs.logic.z3_backend import Z3

__all__ = ["find_any", "find_small", "read_structure"]

MOST_POINTS = 20_000
"""The most entries in the tables of a structure: the solver is asked for each of them."""

BOUNDS = (2, 3, 4)
"""The most elements that a sort may have, for one attempt after the other."""


def find_small(
    query: Sequence[Term],
    minimised: Sequence[Symbol],
    needed: Iterable[Symbol],
    seconds: float,
    numbers: tuple[int, ...] | None = None,
) -> Structure | None:
    """Return a small structure that satisfies a query, or None if none was found.

    Parameters
    ----------
    query : sequence of Term
        Closed formulas, the axioms among them.
    minimised : sequence of Symbol
        The relations that should have few members, the most important first.
    needed : iterable of Symbol
        Symbols whose tables are wanted in addition to those in the query.
    seconds : float
        The processor time it may take.
    numbers : tuple of int, optional
        The numbers that symbols are ever applied to, if they are known and not too many.
    """
    return _search(query, minimised, needed, seconds, numbers).run()


def find_any(
    query: Sequence[Term], size: int, seconds: float, numbers: tuple[int, ...] | None = None
) -> Structure | None:
    """Return a structure with ``size`` elements of each sort that satisfies a query, ignoring sizes of sets."""
    return _search(query, (), (), seconds, numbers).of_size(size)


def _search(
    query: Sequence[Term],
    minimised: Sequence[Symbol],
    needed: Iterable[Symbol],
    seconds: float,
    numbers: tuple[int, ...] | None,
) -> _Search:
    symbols = dict.fromkeys(needed)
    for formula in query:
        symbols.update(dict.fromkeys(sorted(formula.mentioned, key=lambda symbol: symbol.order)))
    symbols.update(dict.fromkeys(counted_in(query)))
    sorts = [s for s in sorts_in([*query]) if s not in (BOOL, INT) and not s.members]
    for symbol in symbols:
        spoken = (*symbol.arguments, symbol.result, *_sorts_counted(symbol))
        sorts += [s for s in dict.fromkeys(spoken) if s not in (BOOL, INT, *sorts) and not s.members]
    return _Search(list(query), list(minimised), list(symbols), sorts, time.process_time() + seconds, numbers)


def _sorts_counted(symbol: Symbol) -> tuple[Sort, ...]:
    """Return the sorts of which a symbol counts elements, which then are to be exactly as many as is tried."""
    match symbol.of:
        case SizeOf(sort):
            return (sort,)
        case Counted(elements=elements):
            return tuple(name.sort for name in elements if name.sort is not BOOL and not name.sort.members)
    return ()


@dataclass
class _Search:
    query: list[Term]
    minimised: list[Symbol]
    symbols: list[Symbol]
    sorts: list[Sort]
    deadline: float
    numbers: tuple[int, ...] | None
    z3: Z3 = field(default_factory=lambda: Z3(alone=True))

    def run(self) -> Structure | None:
        if self.numbers is None and any(INT in symbol.arguments for symbol in self.symbols):
            return None
        given = {sort: count for sort, count in facts(self.query) if not sort.members}
        self.sorts = [sort for sort in self.sorts if sort not in given]
        # If the query mentions the size of a sort, the size must be exact: 1 is then not a case of "at most 2".
        for bound in (1, *BOUNDS) if self._exact() else BOUNDS:
            sizes = {**dict.fromkeys(self.sorts, bound), **given}
            if self._points(sizes) > MOST_POINTS:
                return None
            if self._satisfiable(sizes):
                return self._minimal(self._fewest(sizes))
        return None

    def of_size(self, size: int) -> Structure | None:
        """Return a structure with ``size`` elements of each sort, in which sizes of sets need not be right."""
        if self.numbers is None and any(INT in symbol.arguments for symbol in self.symbols):
            return None
        given = {sort: count for sort, count in facts(self.query) if not sort.members}
        sizes = {**dict.fromkeys(self.sorts, size), **given}
        if self._points(sizes) > MOST_POINTS:
            return None
        self.z3 = self.z3.again()
        bounds = [only_these(sort, count) for sort, count in sizes.items()]
        self.z3.declare([*self.query, *bounds], exactly=False)
        for sort, count in sizes.items():
            self.z3.universe(sort, count)
        self.z3.add([*self.query, *bounds])
        return self._read(sizes) if self.z3.check(self._left()) == "sat" else None

    def _exact(self) -> frozenset[Sort]:
        """Return the sorts of which elements are counted."""
        return frozenset(sort for symbol in self.symbols for sort in _sorts_counted(symbol))

    def _points(self, sizes: dict[Sort, int]) -> int:
        """Return the total number of entries in the tables of all symbols."""
        empty = Structure(sizes, {}, self.numbers or (0,))
        return sum(math.prod(map(empty.size, symbol.arguments)) for symbol in self.symbols)

    def _left(self) -> float:
        return max(0.001, self.deadline - time.process_time())

    def _satisfiable(self, sizes: dict[Sort, int]) -> bool:
        # "At most" and not "exactly": elements that the solver may take for one need no axiom that they differ. Only
        # where elements of a sort are counted must all of them exist.
        self.z3 = self.z3.again()
        exact = self._exact()
        bounds = [only_these(sort, size) for sort, size in sizes.items()]
        bounds += [equal(s(), number(sizes[s.of.sort])) for s in self.symbols if isinstance(s.of, SizeOf)]
        empty = Structure(sizes, {})
        bounds += [definition(symbol, empty) for symbol in self.symbols if isinstance(symbol.of, Counted)]
        self.z3.declare([*self.query, *bounds], exactly=False)
        for sort, size in sizes.items():
            if sort not in self.sorts or sort in exact:
                self.z3.universe(sort, size)
        self.z3.add([*self.query, *bounds])
        return self.z3.check(self._left()) == "sat"

    def _fewest(self, sizes: dict[Sort, int]) -> dict[Sort, int]:
        for sort in self.sorts:
            # sort by sort: the fewest elements of each in turn, which need not be the fewest in total
            for size in range(1, sizes[sort]):
                if self._satisfiable({**sizes, sort: size}):
                    sizes = {**sizes, sort: size}
                    break
        return sizes

    def _minimal(self, sizes: dict[Sort, int]) -> Structure | None:
        if not self._satisfiable(sizes):
            return None
        # At these sizes all elements can be asserted to differ, so that each row of a table has its own elements.
        for sort, size in sizes.items():
            self.z3.universe(sort, size)
        if self.z3.check(self._left()) != "sat":
            return None
        found = self._read(sizes)
        for atom in self._members(found):
            if self.deadline - time.process_time() < 0.05:  # what was found is small enough, and better than no answer
                break
            found = self._without(atom, found, sizes)
        return found

    def _members(self, structure: Structure) -> Iterator[tuple[Symbol, tuple[int, ...]]]:
        for symbol in self.minimised:
            for point in structure.tuples(symbol.arguments):
                yield symbol, point

    def _without(self, atom: tuple[Symbol, tuple[int, ...]], found: Structure, sizes: dict[Sort, int]) -> Structure:
        """Return a model without one member of a relation, if there is one; assert the outcome either way."""
        symbol, point = atom
        term = symbol(*map(_constant, symbol.arguments, point))
        if found.value(symbol, point):
            self.z3.push()
            self.z3.add([negation(term)])
            if self.z3.check(self._left()) != "sat":
                self.z3.pop()
                return found
            return self._read(sizes)
        self.z3.push()
        self.z3.add([negation(term)])
        return found

    def _read(self, sizes: dict[Sort, int]) -> Structure:
        return read_structure(self.z3, self.symbols, sizes, self.numbers or (0,))


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
            raw = value(symbol(*map(_constant, symbol.arguments, point)))
            table[point] = numbered[symbol.result][raw] if symbol.result in numbered else raw
        tables[symbol] = table
    return Structure(sizes, tables, numbers)


def _enumerations(symbols: Iterable[Symbol]) -> list[Sort]:
    sorts = (sort for symbol in symbols for sort in (*symbol.arguments, symbol.result))
    return list(dict.fromkeys(sort for sort in sorts if sort.members))


def _constant(sort: Sort, index: int) -> Term:
    from assay.proofs.logic.terms import FALSE, TRUE

    if sort == BOOL:
        return TRUE if index else FALSE
    return number(index) if sort == INT else element(sort, index)
