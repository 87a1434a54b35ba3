"""Spaces of clauses over fixed variables and atoms, with the valuations of the atoms in the reachable states.

A clause holds in all reachable states if and only if no *valuation* of the atoms that occurs there falsifies it, and
there are far fewer valuations than states and choices of variables. A clause that is falsified by a bad valuation and
by no occurring one must contain, for each occurring valuation, an atom in which the two differ. So these clauses are
the hitting sets of the sets of differences, and the strongest clauses are the minimal hitting sets.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from assay.proofs.inference.atoms import Atom, Bound, Ranging, Witness
from assay.proofs.inference.hitting import Differences, Effort, Known, Rows, mask_of
from assay.proofs.inference.valuations import POINTS, Valuations, distinct, sampled
from assay.proofs.inference.worlds import World
from assay.proofs.logic.binders import exists, for_all, replace_variables
from assay.proofs.logic.connectives import disjunction, negation
from assay.proofs.logic.terms import Term

__all__ = ["Clause", "Space"]

SAMPLE = 1 << 17
"""About how many words of valuations to take from a world, repeats included.

A valuation missed here is learned later, from a state that refutes a clause when it is tested on all states.
"""


@dataclass(frozen=True, eq=False)
class Clause:
    """A candidate: a universally quantified disjunction of literals.

    Attributes
    ----------
    space : Space
        Where it is from.
    literals : tuple of (Atom, bool)
        The atoms, each with its sign.
    within : tuple of Bound
        The variables that share one set. If there are any, one literal states that a set exists, and the clause states
        that one and the same set makes the rest true for all values of these variables.
    """

    space: Space
    literals: tuple[Literal, ...]
    within: tuple[Bound, ...] = ()

    @property
    def variables(self) -> tuple[Bound, ...]:
        """The variables that its space is about."""
        return self.space.variables

    @cached_property
    def formula(self) -> Term:
        """The clause as a formula."""
        if not self.within:
            body = disjunction(atom.signed(positive=positive)[0] for atom, positive in self.literals)
            return for_all([bound.term for bound in self.variables], body)
        (atom, witness), *_ = self.witnesses
        rest = (one.signed(positive=positive)[0] for one, positive in self.literals if one is not atom)
        inner = for_all([bound.term for bound in self.within], disjunction((*rest, witness.term)))
        outside = [bound.term for bound in self.variables if bound not in self.within]
        return for_all(outside, exists([witness.bound.term], inner))

    @property
    def witnesses(self) -> list[tuple[Atom, Witness]]:
        """The atoms of which a literal says that a set exists, and what is said of it."""
        return [(atom, atom.witness) for atom, positive in self.literals if positive and atom.witness is not None]

    def hoisted(self, variables: Iterable[Bound]) -> Clause:
        """Return the stronger clause in which the set that exists is the same one for all values of some variables."""
        return replace(self, within=tuple(variables))

    @cached_property
    def weight(self) -> int:
        """The total weight of its literals."""
        return sum(atom.weight for atom, _ in self.literals) + len(self.used)

    @cached_property
    def used(self) -> tuple[Bound, ...]:
        """The variables that occur."""
        free = frozenset[Term]().union(*(atom.term.free for atom, _ in self.literals))
        return tuple(bound for bound in self.variables if bound.term in free)

    @cached_property
    def identity(self) -> tuple[frozenset[Term], frozenset[Term]]:
        """What it says, whatever its variables are called: its literals, and the variables within, of one renaming."""
        ways = self.space.renamings(self.used)
        found = [(frozenset(map(way.term, self.literals)), frozenset(map(way.variable, self.within))) for way in ways]
        return min(found, key=lambda terms: [sorted(term.number for term in part) for part in terms])

    @cached_property
    def order(self) -> tuple[str, ...]:
        """How it is written, whatever its variables are called: a key for sorting, the same in every run."""
        return min(tuple(sorted(map(way.text, self.literals))) for way in self.space.renamings(self.used))


Literal = tuple[Atom, bool]
"""An atom with its sign."""


@dataclass(frozen=True, eq=False)
class Renaming:
    """One way to call the variables of a clause, as the first of their types.

    Attributes
    ----------
    space : Space
        Where the clause is from.
    variables : mapping from Term to Term
        The new variables.
    """

    space: Space
    variables: Mapping[Term, Term]
    _known: dict[Literal, tuple[Term, str]] = field(default_factory=dict)

    def variable(self, bound: Bound) -> Term:
        """Return what a variable becomes."""
        return self.variables[bound.term]

    def term(self, literal: Literal) -> Term:
        """Return what a literal becomes."""
        return self._of(literal)[0]

    def text(self, literal: Literal) -> str:
        """Return how it is written then."""
        return self._of(literal)[1]

    def _of(self, literal: Literal) -> tuple[Term, str]:
        if literal not in self._known:
            atom, positive = literal
            term, text = atom.signed(positive=positive)
            image = replace_variables(term, self.variables)
            self._known[literal] = image, self.space.texts.get(image, text)
        return self._known[literal]


class Space:
    """The clauses over some atoms, and the valuations of these that are known to occur in reachable states.

    Parameters
    ----------
    variables : sequence of Bound
        The variables that clauses are about.
    atoms : sequence of Atom
        What their literals are made of.
    outline : object, optional
        What it was made from, for whoever makes it again.
    joined : bool
        Whether some atoms say two things of a member of a quorum; then there are very many.
    """

    def __init__(
        self, variables: Sequence[Bound], atoms: Sequence[Atom], outline: object = None, *, joined: bool = False
    ) -> None:
        self.outline = outline
        self.joined = joined
        self.variables = tuple(variables)
        self.atoms = tuple(atoms)
        self.words = max(1, -(-len(atoms) // 64))
        self.known = Known(np.zeros((0, self.words), np.uint64))
        self._last: list[tuple[World, Rows]] = []
        self._looked_at: tuple[World, Rows, list[tuple[Rows, Differences]]] | None = None
        self._made: dict[tuple[tuple[int, bool], ...], Clause] = {}
        self._ways: dict[tuple[Bound, ...], list[Renaming]] = {}

    @cached_property
    def texts(self) -> dict[Term, str]:
        """How the literals are written."""
        return dict(atom.signed(positive=positive) for atom in self.atoms for positive in (True, False))

    def renamings(self, used: tuple[Bound, ...]) -> list[Renaming]:
        """Return the ways to rename some variables of this space to the first ones of their types."""
        if used not in self._ways:
            olds, all_ = _by_type(used), _by_type(self.variables)
            orders = itertools.product(
                *(itertools.permutations(all_[type_][: len(old)]) for type_, old in olds.items())
            )
            pairs = (zip(itertools.chain(*olds.values()), itertools.chain(*order), strict=True) for order in orders)
            self._ways[used] = [Renaming(self, dict(one)) for one in pairs]
        return self._ways[used]

    def learn(self, world: World) -> None:
        """Add the valuations that occur in the states of a world; of very many states, in some of them."""
        world = sampled(world, self.variables, SAMPLE // self.words)
        self.known = Known(distinct(np.concatenate([self.known.rows, self.valuations(world)])))

    def valuations(self, world: World) -> Rows:
        """Return the valuations of the atoms in the states of a world, for all values of the variables, each once."""
        return self._valuations.distinct(world)

    @cached_property
    def _valuations(self) -> Valuations:
        return Valuations(self.variables, self.atoms)

    # Clauses that exclude a state

    def excluding(self, state: World, effort: Effort, demand_time: Callable[[], None] = lambda: None) -> list[Clause]:
        """Return least clauses that are true in all known states but false in one: the simplest at each place of it.

        At most one literal of a clause has a quantifier inside.

        Parameters
        ----------
        state : World
            The one state.
        effort : Effort
            How far to look at each place.
        demand_time : callable
            Called before each place; raises an exception when the time is up.
        """
        found: dict[tuple[frozenset[Term], frozenset[Term]], Clause] = {}
        for place, differences in self._differences(state):
            demand_time()
            for hit in differences.least(effort) or ():
                clause = self._clause(hit, place)
                found.setdefault(clause.identity, clause)
        return list(found.values())

    def _differences(self, state: World) -> list[tuple[Rows, Differences]]:
        """Return each place of a state with its differences from all known ones; those of the last state are kept."""
        if self._looked_at is None or self._looked_at[0] is not state:
            self._looked_at = state, self._places(state), []
        _, places, found = self._looked_at
        if not found or found[0][1].known is not self.known:
            found[:] = [(p, Differences(self.known, p, self._all, self._heavy, self._costs)) for p in places]
        return found

    def _places(self, state: World) -> Rows:
        """Return the valuations in a state, but only one of those that are the same up to renaming variables."""
        rows = self.valuations(state)
        bits = np.unpackbits(rows.view(np.uint8), axis=1, bitorder="little").astype(np.bool_)
        ways = [np.packbits(bits[:, images] ^ negated, axis=1) for images, negated in self._renamings]
        keys = [min(way[number].tobytes() for way in ways) for number in range(len(rows))]
        first = {key: number for number, key in reversed([*enumerate(keys)])}
        return rows[sorted(first.values())]

    @cached_property
    def _renamings(self) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]]:
        """For each way to rename variables, which atoms become which ones, and whether these are negated.

        Atoms without an image in all ways are left out: others are the same in the states that told atoms apart.
        """
        numbers = {atom.term: number for number, atom in enumerate(self.atoms)}
        groups = list(_by_type(self.variables).values())
        images = []
        for orders in itertools.product(*map(itertools.permutations, groups)):
            renaming = dict(zip(itertools.chain(*groups), itertools.chain(*orders), strict=True))
            renamed = [replace_variables(term, renaming) for term in numbers]
            images.append([_signed_number(term, numbers) for term in renamed])
        closed = [column for column in zip(*images, strict=True) if None not in column]
        return [
            (np.array([one[0] for one in way], np.intp), np.array([one[1] for one in way], np.bool_))
            for way in zip(*closed, strict=True)
        ] or [(np.arange(len(self.atoms)), np.zeros(len(self.atoms), np.bool_))]

    def excluded(self, clauses: Sequence[Clause], states: World) -> npt.NDArray[np.int64]:
        """Return in how many of some states each of some clauses of this space is false."""
        found = np.zeros(len(clauses), np.int64)
        for some, false in self._false(clauses, states):
            found[some] = false.sum(axis=1)
        return found

    def broken(self, clauses: Sequence[Clause], before: World, after: World) -> npt.NDArray[np.bool_]:
        """Return which clauses of this space are true before some step, but not after it."""
        found = np.zeros(len(clauses), np.bool_)
        earlier, later = self._false(clauses, before), self._false(clauses, after)
        for (some, false), (_, false_then) in zip(earlier, later, strict=True):
            found[some] = (~false & false_then).any(axis=1)
        return found

    def _false(self, clauses: Sequence[Clause], states: World) -> Iterator[tuple[slice, npt.NDArray[np.bool_]]]:
        """Yield chunks of clauses with masks of the states in which they are false."""
        rows = self._rows(states)
        step = max(1, POINTS // max(1, len(rows)))
        for start in range(0, len(clauses), step):
            signs = [self._signs(clause) for clause in clauses[start : start + step]]
            own, false = (np.array(part)[:, np.newaxis] for part in zip(*signs, strict=True))
            differs = np.zeros((len(signs), len(rows)), np.bool_)
            for word in range(self.words):
                differs |= ((rows[:, word] ^ false[..., word]) & own[..., word]) != 0
            here = np.logical_not(differs).reshape(len(signs), -1, states.states)
            yield slice(start, start + step), np.any(here, axis=1)

    def _rows(self, states: World) -> Rows:
        """Return the valuations in some states, for each choice of the variables; those asked for last are kept."""
        found = next((rows for known, rows in self._last if known is states), None)
        if found is None:
            found = self._valuations.packed(states)
            self._last = [*self._last[-7:], (states, found)]
        return found

    def _signs(self, clause: Clause) -> tuple[Rows, Rows]:
        """Return which atoms a clause has, and which of them are true where it is false."""
        numbers = [(self._numbers[atom], positive) for atom, positive in clause.literals]
        own = mask_of((number for number, _ in numbers), self.words)
        return own, mask_of((number for number, positive in numbers if not positive), self.words)

    @cached_property
    def _numbers(self) -> dict[Atom, int]:
        return {atom: number for number, atom in enumerate(self.atoms)}

    @cached_property
    def _all(self) -> Rows:
        return mask_of(range(len(self.atoms)), self.words)

    @cached_property
    def _heavy(self) -> Rows:
        return mask_of((number for number, atom in enumerate(self.atoms) if atom.term.depth), self.words)

    @cached_property
    def _costs(self) -> npt.NDArray[np.int64]:
        costs = np.ones(64 * self.words, np.int64)
        costs[: len(self.atoms)] = [atom.weight for atom in self.atoms]
        return costs

    def _clause(self, hit: Iterable[int], place: Rows) -> Clause:
        signed = tuple((i, not int(place[i // 64]) >> (i % 64) & 1) for i in sorted(hit))
        if signed not in self._made:
            self._made[signed] = Clause(self, tuple((self.atoms[i], positive) for i, positive in signed))
        return self._made[signed]


def _by_type(variables: Iterable[Bound]) -> dict[Ranging, list[Term]]:
    found: dict[Ranging, list[Term]] = {}
    for bound in variables:
        found.setdefault(bound.type, []).append(bound.term)
    return found


def _signed_number(term: Term, numbers: Mapping[Term, int]) -> tuple[int, bool] | None:
    if term in numbers:
        return numbers[term], False
    denial = negation(term)
    return (numbers[denial], True) if denial in numbers else None
