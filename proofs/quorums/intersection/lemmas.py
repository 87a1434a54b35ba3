"""One step of a counting proof: parts that exclude each other leave too little weight for both thresholds.

Let ``x`` and ``y`` say which parts of ``left`` and ``right`` two disjoint sets satisfy. If the sets satisfy both trees,
``sum(w * x) >= left.need`` and ``sum(v * y) >= right.need``, and ``x[i] + y[j] <= 1`` wherever parts ``i`` and ``j``
cannot be satisfied by disjoint sets. If no ``x`` and ``y`` between 0 and 1 meet all of these, disjoint sets cannot
satisfy ``left`` and ``right`` either. Everything here is exact: integers and fractions, or Z3's rational simplex.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import z3
from assay.proofs.quorums.trees import Threshold

__all__ = ["DisjointnessLemma", "holds_in_fractions", "holds_in_integers"]

MOST_SUMS = 50_000
"""The most distinct sums to keep in the exact knapsack; beyond, the lemma counts as not proved."""


@dataclass(frozen=True)
class DisjointnessLemma:
    """Disjoint sets cannot satisfy ``left`` and ``right``, given that they cannot satisfy certain pairs of parts.

    ``exclusive`` has these pairs, as indices into the parts. If ``integral``, the lemma holds for integers between 0
    and 1; otherwise also for fractions.
    """

    left: Threshold
    right: Threshold
    exclusive: tuple[tuple[int, int], ...]
    integral: bool = False


def holds_in_fractions(lemma: DisjointnessLemma, milliseconds: int = 10_000) -> bool:
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


def holds_in_integers(lemma: DisjointnessLemma) -> bool:
    """Tell whether the lemma is proved for integers, by an exact knapsack; False means *not proved*."""
    if not _is_matching(lemma):
        return False
    # For each weight that the left side can reach, capped at its need, the most that is left for the right side. No
    # part is in two pairs, so each pair is given to one side or the other independently.
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


def _is_matching(lemma: DisjointnessLemma) -> bool:
    """Tell whether no part excludes more than one other, which makes the problem a knapsack."""
    lefts, rights = [i for i, _ in lemma.exclusive], [j for _, j in lemma.exclusive]
    return len(set(lefts)) == len(lefts) and len(set(rights)) == len(rights)


def _free(lemma: DisjointnessLemma) -> tuple[int, int]:
    """Return the weight of the parts on either side that exclude nothing."""
    left = lemma.left.total - sum(lemma.left.parts[i][0] for i, _ in lemma.exclusive)
    right = lemma.right.total - sum(lemma.right.parts[j][0] for _, j in lemma.exclusive)
    return left, right


def _most_for_right(lemma: DisjointnessLemma, need: Fraction) -> Fraction:
    """Return the most weight that the right side can have while the left side has what it needs; -1 if it never has.

    A fractional knapsack: the right side gives up first what costs it least for its weight on the left.
    """
    pairs = [(lemma.left.parts[i][0], lemma.right.parts[j][0]) for i, j in lemma.exclusive]
    free, most = _free(lemma)
    missing = need - free
    best = Fraction(most + sum(lost for _, lost in pairs))
    cheapest_first = sorted((pair for pair in pairs if pair[0]), key=lambda pair: Fraction(pair[1], pair[0]))
    for gain, lost in cheapest_first:
        if missing <= 0:
            break
        share = min(Fraction(1), missing / gain)
        best -= share * lost
        missing -= share * gain
    return best if missing <= 0 else Fraction(-1)
