"""One step of a counting proof: parts that exclude each other leave too little weight for both thresholds.

Give each part of a threshold a number between 0 and 1, how much of it is used. Two disjoint sets that satisfy
``left`` and ``right`` give numbers ``x`` and ``y`` (0 or 1) with ``sum(w * x) >= left.need``, ``sum(v * y) >=
right.need``, and ``x[i] + y[j] <= 1`` wherever parts ``i`` and ``j`` cannot be satisfied disjointly. If there
are no such numbers, `left` and `right` cannot be satisfied disjointly either. Everything here is exact:
integers and fractions, or Z3's rational simplex.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import z3
from assay.proofs.quorums.trees import Threshold

__all__ = ["Lemma", "holds_in_fractions", "holds_in_integers"]

MOST_SUMS = 50_000
"""The most different sums that the exact knapsack may hold before it gives up."""


@dataclass(frozen=True)
class Lemma:
    """``left`` and ``right`` cannot be satisfied by disjoint sets, given that the pairs of parts cannot.

    ``exclusive`` holds pairs of indices into the parts. ``integral`` tells that the numbers must be integers
    for the lemma to hold; otherwise it holds for fractions.
    """

    left: Threshold
    right: Threshold
    exclusive: tuple[tuple[int, int], ...]
    integral: bool = False


def holds_in_fractions(lemma: Lemma, milliseconds: int = 10_000) -> bool:
    """Tell whether the lemma is proved for fractions; False means *not proved*."""
    if _is_matching(lemma):
        return _most_for_right(lemma, Fraction(lemma.left.need)) < lemma.right.need
    solver = z3.SolverFor("QF_LRA")
    solver.set("timeout", milliseconds)
    x = [z3.Real(f"x{i}") for i in range(len(lemma.left.parts))]
    y = [z3.Real(f"y{j}") for j in range(len(lemma.right.parts))]
    solver.add(*(z3.And(number >= 0, number <= 1) for number in x + y))
    solver.add(*(x[i] + y[j] <= 1 for i, j in lemma.exclusive))
    solver.add(_weight(lemma.left, x) >= lemma.left.need, _weight(lemma.right, y) >= lemma.right.need)
    return bool(solver.check() == z3.unsat)


def holds_in_integers(lemma: Lemma) -> bool:
    """Tell whether the lemma is proved for integers, by an exact knapsack; False means *not proved*."""
    if not _is_matching(lemma):
        return False
    # For each weight that the left side can reach, capped at its need, the most that is left for the right side.
    # Each pair goes to one side or the other: as no part is in two pairs, they are decided one by one.
    best = {min(_free(lemma)[0], lemma.left.need): _free(lemma)[1]}
    for i, j in lemma.exclusive:
        gain, lost = lemma.left.parts[i][0], lemma.right.parts[j][0]
        grown = {reached: other + lost for reached, other in best.items()}
        for reached, other in best.items():
            total = min(reached + gain, lemma.left.need)
            grown[total] = max(grown.get(total, -1), other)
        best = grown
        if len(best) > MOST_SUMS:
            return False
    return best.get(lemma.left.need, -1) < lemma.right.need


def _weight(tree: Threshold, numbers: list[z3.ArithRef]) -> z3.ArithRef:
    return z3.Sum([weight * number for (weight, _), number in zip(tree.parts, numbers, strict=True)])


def _is_matching(lemma: Lemma) -> bool:
    """Tell whether no part excludes more than one other: then the best numbers have a closed form."""
    lefts, rights = [i for i, _ in lemma.exclusive], [j for _, j in lemma.exclusive]
    return len(set(lefts)) == len(lefts) and len(set(rights)) == len(rights)


def _free(lemma: Lemma) -> tuple[int, int]:
    """Return the weight on either side that nothing excludes."""
    left = lemma.left.total - sum(lemma.left.parts[i][0] for i, _ in lemma.exclusive)
    right = lemma.right.total - sum(lemma.right.parts[j][0] for _, j in lemma.exclusive)
    return left, right


def _most_for_right(lemma: Lemma, need: Fraction) -> Fraction:
    """Return the most weight that the right side can have while the left one has what it needs.

    A fractional knapsack: what costs the right side least, for its weight on the left, is given up first.
    """
    pairs = [(lemma.left.parts[i][0], lemma.right.parts[j][0]) for i, j in lemma.exclusive]
    free, most = _free(lemma)
    missing = need - free
    best = Fraction(most + sum(lost for _, lost in pairs))
    dearest_last = sorted((pair for pair in pairs if pair[0]), key=lambda pair: Fraction(pair[1], pair[0]))
    for gain, lost in dearest_last:
        if missing <= 0:
            break
        share = min(Fraction(1), missing / gain)
        best -= share * lost
        missing -= share * gain
    return best if missing <= 0 else Fraction(-1)
