"""Sizes of sets of any number of elements: refuted by ground instances, and facts about the sets that these speak of.

That two majorities have an element in common says, asked about the configuration of a server, that some server exists,
which has a configuration of its own. A solver that instantiates such a fact by itself does not end. So we do it: first
the formulas of the query, for the terms that occur in them. Then a solver that knows nothing of sizes finds a model,
and where the sizes that it gives to sets are impossible, the fact that says so is added for these very sets
(`assay.proofs.logic.cardinalities`), with a witness for what exists by it. Formulas that count no sets are instantiated
for witnesses too; those that do, which would make new sets of them, are not, until no fact is left.

Whatever was chosen, what the solver then refutes is implied by the query and by facts about all finite sets. That it
refutes nothing means nothing.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from assay.proofs.induction.learning import sizes_of_sorts
from assay.proofs.induction.relevance import relevant
from assay.proofs.logic.cardinalities import MOST_FACTORS, instance
from assay.proofs.logic.connectives import at_most, conjuncts
from assay.proofs.logic.instances import Instances, counts, has_terms
from assay.proofs.logic.orders import symbols_of_order
from assay.proofs.logic.ranks import Ranks
from assay.proofs.logic.regions import factors, impossible
from assay.proofs.logic.structures import ground_value
from assay.proofs.logic.terms import INT, Op, Sort, Symbol, Term, number
from assay.proofs.logic.z3_backend import Z3

__all__ = ["refuted"]

ROUNDS = 2
"""How often formulas that count sets are instantiated with all terms there are."""

FACTS = 16
"""The most facts about sizes that are learned from one model."""

EACH = 1.0
"""Seconds for finding one of them."""

CHECKING = 0.2
"""The share of the time that is left for finding out which instances were needed, and for refuting them once more."""

Value = Callable[[Term], object]


def refuted(
    query: Sequence[Term], orders: Sequence[Sort], seconds: float, *, memory: int | None = None
) -> tuple[Term, ...] | None:
    """Return formulas without a model that a query implies, together with facts about finite sets; None if none.

    Parameters
    ----------
    query : sequence of Term
        Closed formulas, the axioms among them.
    orders : sequence of Sort
        The sorts that the axioms say are orders.
    seconds : float
        The processor time it may take.
    memory : int, optional
        Mebibytes that a solver may use.
    """
    now = time.process_time()
    search = _Search(tuple(query), orders, now + seconds, now + (1 - CHECKING) * seconds, memory)
    return search.checked() if search.run() else None


@dataclass
class _Search:
    query: tuple[Term, ...]
    orders: Sequence[Sort]
    end: float
    deadline: float
    memory: int | None
    made: Instances = field(default_factory=Instances)

    def __post_init__(self) -> None:
        self.ranks = Ranks(self.orders)
        self.of_orders = frozenset[Symbol]().union(*map(symbols_of_order, self.orders))
        self.solver = Z3(memory=self.memory, alone=True)
        self.solver.declare(self.query)
        # With ranks, what is said of elements of orders alone is left to the final check, which has all of that.
        self.rest = [part for formula in self.query for part in conjuncts(formula) if self._is_of_orders(part)]
        for formula in (*self.query, *sizes_of_sorts(self.query)):
            for part in conjuncts(formula):
                if part not in self.rest:
                    self._assert(self.made.state(part))
        self.named = {sort: [t for t in terms if not t.args] for sort, terms in self.made.terms.items()}
        self.early: set[Term] = set()

    def _is_of_orders(self, formula: Term) -> bool:
        """Return whether a formula says something of orders alone, and of no element that anything else speaks of."""
        return formula.op is Op.FORALL and formula.symbols <= self.of_orders

    def _assert(self, new: Sequence[Term]) -> bool:
        self.solver.add(map(self.ranks.of, new))
        self.solver.add(self.ranks.bounds())
        return bool(new)

    # Instances

    def run(self) -> bool:
        """Instantiate until there is no model, and return whether that happened in time."""
        for _ in range(ROUNDS):
            self.early = {term for terms in self.made.terms.values() for term in terms}
            for universal in self._universal(counting=True):
                for values in self.made.points(universal.of):
                    self._assert(self.made.instantiate(universal, values))
            for size in list(self.made.sizes):
                self._assert(self.made.state(at_most(number(0), size)))
            while (left := self.deadline - time.process_time()) > 0:
                self._instantiate()
                answer = self.solver.check(left)
                if answer != "sat":
                    return answer == "unsat"
                value = self._valuation()
                if not self._violated(value) and not self._learn(value):
                    break
        return False

    def _universal(self, *, counting: bool) -> Iterator[Term]:
        for universal in list(self.made.universal):
            if all(name.sort is not INT for name in universal.of) and counts(universal) is counting:
                yield universal

    def _is_late(self, term: Term) -> bool:
        return has_terms(term.sort) and term not in self.early

    def _instantiate(self) -> None:
        """Make the instances that are made in any case, which are those for the first terms alone."""
        new = True
        while new:
            new = False
            for universal in self._universal(counting=False):
                for values in self.made.points(universal.of):
                    if not any(map(self._is_late, values)):
                        new |= self._assert(self.made.instantiate(universal, values))

    def _violated(self, value: Value) -> bool:
        """Make the instances for one late term that are false in a model; return whether there are any."""
        equal = _Classes(self.made, value)
        new = False
        for universal in self._universal(counting=False):
            if not value(self.made.universal[universal]):
                continue
            for values in itertools.product(*(equal.terms(name.sort) for name in universal.of)):
                if sum(map(self._is_late, values)) == 1 and not value(self.made.body(universal, values)):
                    new |= self._assert(self.made.instantiate(universal, values))
        return new

    def _valuation(self) -> Value:
        model, known = self.solver.model(), dict[Term, object]()

        def value(term: Term) -> object:
            return ground_value(self.ranks.of(term), model, known)

        return value

    # Facts about sizes

    def _learn(self, value: Value) -> bool:
        """State facts about sizes that a model violates; return whether there are any."""
        sizes = relevant(self.made.formulas, value)
        kinds = dict.fromkeys(tuple(name.sort for name in size.of.of.elements) for size in sizes)
        new = False
        for kind in kinds:
            own = [size for size in sizes if tuple(name.sort for name in size.of.of.elements) == kind]
            for fact in _Sets(self.made, self.named, kind, own, value).facts():
                new |= self._assert(self.made.state(fact))
        return new

    # The proof

    def checked(self) -> tuple[Term, ...] | None:
        """Return the instances that have no model, if a solver refutes them with the axioms of orders for ranks."""
        solver = Z3(memory=self.memory, alone=True)
        solver.declare(self.query)
        ranks = Ranks(self.orders)
        asked = list(map(ranks.of, self.made.formulas))
        solver.add(ranks.bounds())
        solver.add_named(asked)
        if solver.check(max(self.end - time.process_time(), 0.1)) != "unsat":
            return None
        needed = (*self.rest, *(self.made.formulas[index] for index in solver.core()))
        solver = Z3(memory=self.memory, alone=True)
        solver.declare(needed)
        solver.add(needed)
        return needed if solver.check(max(self.end - time.process_time(), 0.1)) == "unsat" else None


class _Classes:
    """The terms that are equal in a model, of which the first stands for all."""

    def __init__(self, made: Instances, value: Value) -> None:
        self._made, self._value = made, value
        self._known = dict[Sort, list[Term]]()

    def terms(self, sort: Sort) -> list[Term]:
        """Return a term for each value of a sort that some term has."""
        if sort not in self._known:
            classes = dict[object, Term]()
            for term in self._made.values(sort):
                classes.setdefault(self._value(term), term)
            self._known[sort] = list(classes.values())
        return self._known[sort]


class _Sets:
    """Sets of elements of one kind in a model, with the sizes that it claims for them; equal sets are one."""

    def __init__(
        self,
        made: Instances,
        named: dict[Sort, list[Term]],
        kind: Sequence[Sort],
        sizes: Sequence[Term],
        value: Value,
    ) -> None:
        places = {tuple(map(value, place)): place for place in _places(kind, made.values)}
        first = partial(_first, named, made)
        self.certain = {tuple(map(value, place)): place for place in _places(kind, first)}
        self.places = [self.certain.get(key, place) for key, place in places.items()]
        self.is_certain = [key in self.certain for key in places]
        told = dict[tuple[object, ...], tuple[Term, tuple[bool, ...]]]()
        for size in sizes:
            inside = tuple(bool(value(made.member(size, place))) for place in self.places)
            told.setdefault((inside, value(size)), (size, inside))
        self.sizes = [size for size, _ in told.values()]
        self.inside = [inside for _, inside in told.values()]
        self.members = [sum(1 << place for place, is_in in enumerate(inside) if is_in) for inside in self.inside]
        self.says = [int(str(says)) for _, says in told]

    def facts(self) -> Iterator[Term]:
        """Yield facts that the sizes violate: such as name no element or, if there is none, such as name some."""
        for naming in (False, True):
            found = list(self._facts(naming=naming))
            if found:
                yield from found
                return

    def _facts(self, *, naming: bool) -> Iterator[Term]:
        left = list(range(len(self.sizes)))
        for _ in range(FACTS):
            parts = self._of_two(left) or self._of_more(left, naming=naming)
            if parts is None:
                return
            yield self._fact(parts, naming=naming)
            left.remove(next(iter(parts)))

    def _of_two(self, left: Sequence[int]) -> dict[int, int] | None:
        """Return the factors of a set and a subset that is claimed to be larger, which needs no solver."""
        for large, small in itertools.permutations(left, 2):
            if self.says[small] > self.says[large] and not self.members[small] & ~self.members[large]:
                return {large: 1, small: -1}
        return None

    def _of_more(self, left: Sequence[int], *, naming: bool) -> dict[int, int] | None:
        """Return the factors of a few sets that show their sizes to be impossible."""
        core = impossible([self.says[i] for i in left], self._regions(left, naming=naming), EACH)
        if core is None:
            return None
        few = [left[index] for index in core]
        found = factors([self.says[i] for i in few], self._regions(few, naming=naming), MOST_FACTORS, EACH)
        if found is None:
            return None
        return {index: factor for index, factor in zip(few, found, strict=True) if factor}

    def _regions(self, sets: Sequence[int], *, naming: bool) -> dict[tuple[bool, ...], int]:
        regions = Counter[tuple[bool, ...]]()
        for place, certain in enumerate(self.is_certain):
            regions[tuple(self.inside[index][place] for index in sets)] += certain and naming
        return regions

    def _fact(self, parts: dict[int, int], *, naming: bool) -> Term:
        """Return the fact about some sets, with their factors, that the model violates."""
        said = sum(factor * self.says[index] for index, factor in parts.items())
        sums = [sum(f for index, f in parts.items() if self.inside[index][place]) for place in range(len(self.places))]
        certain = [(sums[n], self.places[n]) for n, certain in enumerate(self.is_certain) if certain and naming]
        certain.sort(key=lambda at: -at[0])
        given = next(n for n in range(len(certain) + 1) if said < sum(least for least, _ in certain[:n]))
        return instance([(factor, self.sizes[index]) for index, factor in parts.items()], certain[:given])


def _places(kind: Sequence[Sort], values: Callable[[Sort], Sequence[Term]]) -> Iterator[tuple[Term, ...]]:
    return itertools.product(*map(values, kind))


def _first(named: dict[Sort, list[Term]], made: Instances, sort: Sort) -> Sequence[Term]:
    return named.get(sort, []) if has_terms(sort) else made.values(sort)
