"""Decide an intersection problem in layers: guess a witness, prove by counting, and search if both fail."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, product

from assay.proofs.quorums.clauses import TooLarge
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection import sat, smt
from assay.proofs.quorums.intersection.atoms import all_pairs_exclude, atoms_of
from assay.proofs.quorums.intersection.cores import cores, distinct_trees, restricted, telling_trees
from assay.proofs.quorums.intersection.disjointness import DisjointnessProver
from assay.proofs.quorums.intersection.expansion import expands, sweep
from assay.proofs.quorums.intersection.outcome import Meets, Method, Misses, Outcome, Undecided
from assay.proofs.quorums.intersection.overlap import least_common
from assay.proofs.quorums.intersection.problem import IntersectionProblem
from assay.proofs.quorums.intersection.witness import guess, minimised
from assay.proofs.quorums.minimal import quorum_within
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.systems import Federation, QuorumClass
from assay.proofs.quorums.trees import ALWAYS, Node, Threshold, Tree, substitute

__all__ = ["claims_of", "decide"]

GUESSING = 2.0
"""The most seconds for guesses, which are quick where they succeed."""

MANY = 24
"""From this many distinct trees on, all pairs are decided at once, since their number grows as the square."""

MOST_PAIRS = 100_000_000
"""Pairs of part and sum from which on clauses are not tried: fifty times as many as there may be clauses."""

FEW_WEIGHTS = 20
"""The most different weights of a threshold whose sums are expected to repeat."""


def decide(problem: IntersectionProblem, deadline: Deadline) -> Outcome:
    """Decide whether quorums of the classes, one of each, always have weight ``need`` in common.

    Parameters
    ----------
    problem : IntersectionProblem
        Its classes are resolved and in normal form.
    deadline : Deadline
        If it passes, the outcome is `Undecided`.

    Returns
    -------
    Meets, Misses or Undecided
        The quorums of `Misses` are minimal, and confirmed by direct evaluation.

    Raises
    ------
    InternalError
        If direct evaluation does not confirm a solver's witness.
    """
    if problem.need <= 0:
        return Meets(Method.TRIVIAL)
    if not all(quorum_within(kind, set(problem.nodes)) for kind in problem.kinds):
        return Meets(Method.EMPTY)
    kinds = problem.kinds
    if len(kinds) == 2 and kinds[0] == kinds[1] and isinstance(kinds[0], Federation):
        return _decide_federation(problem, kinds[0], deadline)
    return _decide_as_it_stands(problem, deadline)


def _decide_federation(problem: IntersectionProblem, kind: Federation, deadline: Deadline) -> Outcome:
    """Decide whether any two quorums of one federation intersect, which is a question about its cores."""
    found = cores(kind)
    if len(found) > 1:
        return Misses(minimised(problem, found[:2]))
    core = restricted(kind, found[0])
    outcome = _decide_as_it_stands(IntersectionProblem((core, core), problem.need, problem.weights), deadline)
    return Misses(minimised(problem, outcome.quorums)) if isinstance(outcome, Misses) else outcome


def _decide_as_it_stands(problem: IntersectionProblem, deadline: Deadline) -> Outcome:
    # In the order of their cost: a guess finds most splits, counting proves most rules safe, and a search may take all
    # of the time. The first two get only a share of it each, so that some is left for the search.
    if (quorums := guess(problem, deadline.within(min(GUESSING, deadline.share / 4)))) is not None:
        return Misses(minimised(problem, quorums))
    if (outcome := _by_atoms(problem, deadline)) is not None:
        return outcome
    if (proved := _count(problem, deadline.within(deadline.share / 2))) is not None:
        return proved
    if deadline.passed:
        return Undecided("the time limit was hit before the search began")
    outcome = _search(problem, deadline)
    return Misses(minimised(problem, outcome.quorums)) if isinstance(outcome, Misses) else outcome


def _by_atoms(problem: IntersectionProblem, deadline: Deadline) -> Outcome | None:
    """Decide a federation in which many nodes have a tree of their own; None if this leaves it open."""
    kind = problem.kinds[0]
    if not isinstance(kind, Federation) or len(problem.kinds) != 2 or problem.kinds[1] != kind or problem.need != 1:
        return None
    if len(distinct_trees(kind)) < MANY or not all(problem.weights.get(node) for node in kind.trees):
        return None
    if (atoms := atoms_of(kind, deadline)) is None or deadline.passed:
        return None
    if all_pairs_exclude(atoms):
        return Meets(Method.PAIRS)
    if expands(kind, atoms, deadline.within(deadline.share / 4)):
        return Meets(Method.EXPANSION)
    apart = sweep(kind, atoms, deadline.within(deadline.share / 4))
    return None if apart is None else Misses(minimised(problem, apart))


def _count(problem: IntersectionProblem, deadline: Deadline) -> Meets | None:
    """Prove without a search that quorums intersect, whichever trees of their classes they satisfy."""
    if problem.need == 1 and len(problem.kinds) == 2:
        prover = DisjointnessProver(deadline)
        if all(prover.excludes(left, right) for left, right in _claims(problem)):
            return Meets(Method.COUNTING, tuple(prover.lemmas))
    # A measure handles any need and three classes, but proves less than lemmas do.
    for trees in _choices(problem):
        if deadline.passed or least_common(trees, problem.weights.__getitem__) < problem.need:
            return None
    return Meets(Method.MEASURE)


def claims_of(problem: IntersectionProblem) -> tuple[tuple[Tree, Tree], ...]:
    """Return the pairs of trees that a proof by counting must show to be exclusive, for two classes."""
    kind = problem.kinds[0]
    if isinstance(kind, Federation) and kind == problem.kinds[1]:
        core = restricted(kind, cores(kind)[0])
        problem = IntersectionProblem((core, core), problem.need, problem.weights)
    return tuple(_claims(problem))


def _claims(problem: IntersectionProblem) -> Iterator[tuple[Tree, Tree]]:
    """Yield the pairs of trees that disjoint sets must not satisfy if quorums are to share a node that counts."""
    # A node that counts nothing may be in both quorums: it is assumed to be in every set, which keeps the claim sound.
    free = {node: ALWAYS for node, weight in problem.weights.items() if weight == 0}
    for left, right in _choices(problem):
        yield simplify(substitute(left, free)), simplify(substitute(right, free))


def _trees(kind: QuorumClass) -> list[Tree]:
    """Return trees such that each quorum of the class satisfies one of them."""
    return telling_trees(kind) if isinstance(kind, Federation) else [kind]


def _choices(problem: IntersectionProblem) -> Iterator[tuple[Tree, ...]]:
    """Return the choices of one tree of each class; any quorums of the classes satisfy the trees of one choice."""
    choices = [_trees(kind) for kind in problem.kinds]
    # For two quorums of the same class the order does not matter: half of the pairs are enough.
    if len(choices) == 2 and problem.kinds[0] == problem.kinds[1]:
        return combinations_with_replacement(choices[0], 2)
    return product(*choices)


def _search(problem: IntersectionProblem, deadline: Deadline) -> Outcome:
    if sat.is_installed() and not _is_wide(problem):
        try:
            return sat.search(problem, deadline)
        except TooLarge:
            pass
    return smt.search(problem, deadline)


def _is_wide(problem: IntersectionProblem) -> bool:
    """Tell whether the clauses of a threshold would have to distinguish so many sums of weights that trying is a waste.

    The limit is generous, since not all sums need be reachable. A wrong guess costs only the five to ten seconds until
    `TooLarge`.
    """
    trees = [tree for kind in problem.kinds for tree in _trees(kind)]
    return any(_widest(tree) > MOST_PAIRS for tree in trees)


def _widest(tree: Tree) -> int:
    """Return an upper bound on the pairs of part and sum, which clauses have variables for, in any threshold.

    Thresholds with few different weights count as narrow: their sums repeat, however large the weights are.
    """
    if isinstance(tree, Node):
        return 0
    here = len(tree.parts) * tree.need if len({weight for weight, _ in tree.parts}) > FEW_WEIGHTS else 0
    return max([here, *(_widest(part) for _, part in tree.parts if isinstance(part, Threshold))])
