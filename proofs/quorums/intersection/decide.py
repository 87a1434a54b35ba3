"""The layered procedure: guess a witness, count from the leaves up, and search only where that stays open."""

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
"""The most seconds for guesses: they are cheap where they are of any use."""

MANY = 24
"""With this many different trees or more, all pairs are decided at once: their number grows as the square."""


def decide(problem: IntersectionProblem, deadline: Deadline) -> Outcome:
    """Decide whether quorums of the classes, one of each, always have weight ``need`` in common.

    Parameters
    ----------
    problem : IntersectionProblem
        Its classes are resolved and in normal form.
    deadline : Deadline
        Running into it is `Undecided`.

    Returns
    -------
    Meets, Misses or Undecided
        The quorums of `Misses` are minimal, and were validated by direct evaluation.

    Raises
    ------
    InternalError
        If a solver named a witness that is none.
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
    """Reduce two quorums of one federation to its only core, or take them from two cores."""
    found = cores(kind)
    if len(found) > 1:
        return Misses(minimised(problem, found[:2]))
    core = restricted(kind, found[0])
    outcome = _decide_as_it_stands(IntersectionProblem((core, core), problem.need, problem.weights), deadline)
    return Misses(minimised(problem, outcome.quorums)) if isinstance(outcome, Misses) else outcome


def _decide_as_it_stands(problem: IntersectionProblem, deadline: Deadline) -> Outcome:
    # From what takes milliseconds to what may take all of the time: a guess finds most splits, counting proves most
    # rules safe, and each gets a share of the time only, so that a search is left with some.
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
    """Decide a federation in which many nodes have a tree of their own; None where that stays open."""
    kind = problem.kinds[0]
    if not isinstance(kind, Federation) or len(problem.kinds) != 2 or problem.kinds[1] != kind or problem.need != 1:
        return None
    if len(distinct_trees(kind)) < MANY or not all(problem.weights.get(node) for node in kind.trees):
        return None
    if (atoms := atoms_of(kind, deadline)) is None or deadline.passed:
        return None
    if all_pairs_exclude(atoms):
        return Meets(Method.COUNTING)
    if expands(kind, atoms, deadline.within(deadline.share / 4)):
        return Meets(Method.EXPANSION)
    apart = sweep(kind, atoms, deadline.within(deadline.share / 4))
    return None if apart is None else Misses(minimised(problem, apart))


def _count(problem: IntersectionProblem, deadline: Deadline) -> Meets | None:
    """Prove the problem without a search, for every choice of trees that quorums of its classes satisfy."""
    if problem.need == 1 and len(problem.kinds) == 2:
        prover = DisjointnessProver(deadline)
        if all(prover.excludes(left, right) for left, right in _claims(problem)):
            return Meets(Method.COUNTING, tuple(prover.lemmas))
    # A measure needs no two classes and no need of 1, but proves less than lemmas do: it is the second resort.
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
    """Yield the pairs of trees, where a node that counts nothing may be in both quorums."""
    free = {node: ALWAYS for node, weight in problem.weights.items() if weight == 0}
    for left, right in _choices(problem):
        yield simplify(substitute(left, free)), simplify(substitute(right, free))


def _trees(kind: QuorumClass) -> list[Tree]:
    """Return trees such that each quorum of the class satisfies one of them."""
    return telling_trees(kind) if isinstance(kind, Federation) else [kind]


def _choices(problem: IntersectionProblem) -> Iterator[tuple[Tree, ...]]:
    """Yield trees, one of each class in turn, that some choice of quorums satisfies."""
    choices = [_trees(kind) for kind in problem.kinds]
    # Of one class with itself the order of the two does not matter: half of the pairs are enough.
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
    """Tell whether thresholds would need a chain for each of very many different sums."""
    trees = [tree for kind in problem.kinds for tree in _trees(kind)]
    return any(_widest(tree) > 100_000_000 for tree in trees)


def _widest(tree: Tree) -> int:
    if isinstance(tree, Node):
        return 0
    here = len(tree.parts) * tree.need if len({weight for weight, _ in tree.parts}) > 20 else 0
    return max([here, *(_widest(part) for _, part in tree.parts if isinstance(part, Threshold))])
