"""Small models of a query: first as few elements of each sort as possible, then as few members of each relation."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assay.checker.quantities import plural
from assay.proofs.encoding.symbols.vocabulary import SizeOf
from assay.proofs.logic.answers import Answer
from assay.proofs.logic.cardinalities import counted_in, definition
from assay.proofs.logic.connectives import disjunction, equal, negation
from assay.proofs.logic.enums import facts, only_these, sorts_in
from assay.proofs.logic.expansion import Expansion
from assay.proofs.logic.found import BOUNDLESS, NOT_IN_TIME, TOO_LARGE, Search, asked_at, read_structure
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import BOOL, INT, Counted, Sort, Symbol, Term, constant, element, number
from assay.proofs.logic.z3_backend import Z3

__all__ = ["Written", "find_any", "find_small"]

Written = dict[tuple[tuple[tuple[Sort, int], ...], frozenset[Sort]], Expansion]
"""What was written out, by the sizes of sorts, and the sorts whose elements differ."""

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
) -> Search:
    """Look for a small structure that satisfies a query.

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
    query: Sequence[Term],
    size: int,
    seconds: float,
    numbers: tuple[int, ...] | None = None,
    written: Written | None = None,
    *,
    counting: bool = False,
) -> Structure | None:
    """Return a structure with ``size`` elements of each sort that satisfies a query.

    Sizes of sets are ignored in it, unless it is ``counting``. ``written`` remembers formulas that were written out,
    for who asks about many of them again.
    """
    search = _search(query, (), (), seconds, numbers)
    if written is not None:
        search.written = written
    return search.of_size(size, counting=counting)


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
    written: Written = field(default_factory=dict)
    z3: Z3 = field(default_factory=lambda: Z3(alone=True))

    def run(self) -> Search:
        if self._is_boundless():
            return Search(None, BOUNDLESS)
        given = self._given()
        self.sorts = [sort for sort in self.sorts if sort not in given]
        none = 0
        # If the query mentions the size of a sort, the size must be exact: 1 is then not a case of "at most 2".
        for bound in (1, *BOUNDS) if self._exact() else BOUNDS:
            sizes = {**dict.fromkeys(self.sorts, bound), **given}
            if self._points(sizes) > MOST_POINTS:
                return Search(None, self._none(none) if none else TOO_LARGE)
            answer = self._answer(sizes)
            if answer == "sat":
                return Search(self._minimal(self._fewest(sizes)), self._none(none))
            if answer == "unsat" and (not self._exact() or none == bound - 1):
                none = bound
        return Search(None, self._none(none))

    def _none(self, bound: int) -> str:
        """Return that there is no structure with up to so many elements of each sort."""
        if not bound:
            return NOT_IN_TIME
        if not self.sorts:
            return "no counterexample of these sizes"
        none = f"no counterexample with up to {plural(bound, 'element')} a sort"
        return f"{none}, as many of each" if len(self.sorts) > 1 and self._exact() else none

    def _is_boundless(self) -> bool:
        """Return whether tables would have entries for numbers that are not known."""
        return self.numbers is None and any(INT in symbol.arguments for symbol in self.symbols)

    def _given(self) -> dict[Sort, int]:
        """Return the sizes of sorts that the query states."""
        return {sort: count for sort, count in facts(self.query) if not sort.members}

    def of_size(self, size: int, *, counting: bool) -> Structure | None:
        """Return a structure with ``size`` elements of each sort; sizes of sets are right in it if it is counting."""
        if self._is_boundless():
            return None
        sizes = {**dict.fromkeys(self.sorts, size), **self._given()}
        if self._points(sizes) > MOST_POINTS:
            return None
        self._state(sizes, self._counts(sizes) if counting else [], frozenset(sizes))
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
        return self._answer(sizes) == "sat"

    def _answer(self, sizes: dict[Sort, int]) -> Answer:
        # "At most" and not "exactly": elements that the solver may take for one need no axiom that they differ. Only
        # where elements of a sort are counted must all of them exist.
        exact = self._exact()
        distinct = frozenset(sort for sort in sizes if sort not in self.sorts or sort in exact)
        self._state(sizes, self._counts(sizes), distinct)
        return self.z3.check(self._left())

    def _counts(self, sizes: Mapping[Sort, int]) -> list[Term]:
        """Return what sizes of sorts and of sets are, where sorts have these sizes."""
        counts = [equal(s(), number(sizes[s.of.sort])) for s in self.symbols if isinstance(s.of, SizeOf)]
        empty = Structure(sizes, {})
        return counts + [definition(symbol, empty) for symbol in self.symbols if isinstance(symbol.of, Counted)]

    def _state(self, sizes: Mapping[Sort, int], more: Sequence[Term], distinct: frozenset[Sort]) -> None:
        """Tell a fresh solver the query, that sorts have these elements alone, and which of them are distinct."""
        self.z3 = self.z3.again()
        expansion = self._expansion(tuple(sizes.items()), distinct)
        stated = [expansion.of(formula) for formula in (*self.query, *more)]
        bounds = [only_these(sort, size) for sort, size in sizes.items()]
        self.z3.declare([*self.query, *more, *bounds], exactly=False)
        for sort, size in sizes.items():
            if sort in distinct:
                self.z3.universe(sort, size)
        self.z3.add([*stated, *self._values(sizes), *_names(sizes, distinct)])
        if any(formula.depth for formula in stated) or any(INT in symbol.arguments for symbol in self.symbols):
            self.z3.add(bounds)

    def _expansion(self, sizes: tuple[tuple[Sort, int], ...], distinct: frozenset[Sort]) -> Expansion:
        """Return what writes formulas out, the same for as long as the elements are."""
        found = self.written.get((sizes, distinct))
        if found is None:
            values = {sort: [_named(sort, i, distinct) for i in range(size)] for sort, size in sizes}
            found = self.written[sizes, distinct] = Expansion(values)
        return found

    def _values(self, sizes: Mapping[Sort, int]) -> Iterator[Term]:
        """Yield that functions have elements for values: with no quantifier left, nothing else says so."""
        empty = Structure(sizes, {}, self.numbers or (0,))
        for symbol in self.symbols:
            count = len(symbol.result.members) or sizes.get(symbol.result, 0)
            if count:
                for point in empty.tuples(symbol.arguments):
                    value = symbol(*map(asked_at, symbol.arguments, point))
                    yield disjunction(equal(value, element(symbol.result, index)) for index in range(count))

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
        term = symbol(*map(asked_at, symbol.arguments, point))
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


@dataclass(frozen=True)
class _Place:
    """Stands for an element by its number, where it may be the same as another one."""

    sort: Sort
    index: int

    def __str__(self) -> str:
        return f"{self.sort.name} {self.index}"


def _named(sort: Sort, index: int, distinct: frozenset[Sort]) -> Term:
    """Return an element of a sort, or a name for it: elements are simplified as if they were distinct."""
    return element(sort, index) if sort in distinct else constant(_Place(sort, index), sort)


def _names(sizes: Mapping[Sort, int], distinct: frozenset[Sort]) -> Iterator[Term]:
    for sort in (sort for sort in sizes if sort not in distinct):
        for index in range(sizes[sort]):
            yield equal(_named(sort, index, distinct), element(sort, index))
