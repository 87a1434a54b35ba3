"""Which of the sizes that are claimed for some sets are impossible, by the regions of their Venn diagram.

A region is told by which of the sets contain it, one bool for each of them. A structure shows some regions, and of
some it has elements that certainly differ. The sizes are possible if each region can be given a number of elements, no
less than those, such that the sizes come out as claimed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from assay.proofs.logic.connectives import add, at_most, equal, multiply
from assay.proofs.logic.terms import INT, number, variable
from assay.proofs.logic.z3_backend import Z3

__all__ = ["Regions", "factors", "impossible"]

Regions = Mapping[tuple[bool, ...], int]
"""The least number of elements of each region that there is."""


def impossible(says: Sequence[int], regions: Regions, seconds: float) -> list[int] | None:
    """Return the numbers of some sets whose claimed sizes are impossible together, few of them; None if none are."""
    solver = Z3(alone=True)
    many = {region: variable(INT) for region in regions}
    solver.add([at_most(number(least), many[region]) for region, least in regions.items()])
    sizes = [add(count for region, count in many.items() if region[index]) for index in range(len(says))]
    solver.add_named([equal(size, number(claimed)) for size, claimed in zip(sizes, says, strict=True)])
    return solver.core() if solver.check(seconds) == "unsat" else None


def factors(says: Sequence[int], regions: Regions, most: int, seconds: float) -> list[int] | None:
    """Return a factor for each set that shows their claimed sizes to be impossible, or None.

    In every region, the factors of the sets that contain it sum to at least zero. Yet the claimed sizes, each times its
    factor, sum to less than those of the elements that there are at least.

    Parameters
    ----------
    says : sequence of int
        The claimed sizes.
    regions : mapping
        The regions.
    most : int
        The greatest sum of the factors' absolute values. It is as small as possible in what is found.
    seconds : float
        The processor time that it may take.
    """
    solver, until = Z3(alone=True), time.process_time() + seconds
    # Each factor is the difference of two numbers that are not negative, whose sum bounds its absolute value linearly.
    plus, minus = [variable(INT) for _ in says], [variable(INT) for _ in says]
    found = [add((p, multiply(number(-1), m))) for p, m in zip(plus, minus, strict=True)]
    solver.add([at_most(number(0), part) for part in (*plus, *minus)])
    total = {region: add(f for f, inside in zip(found, region, strict=True) if inside) for region in regions}
    solver.add([at_most(number(0), sum_) for sum_ in total.values()])
    said = add(multiply(number(claimed), factor) for claimed, factor in zip(says, found, strict=True))
    least = add(multiply(number(least), total[region]) for region, least in regions.items())
    solver.add([at_most(add((said, number(1))), least)])
    # One call with the largest limit shows whether there are any; then the limit grows, so that factors stay small.
    best: list[int] | None = None
    for limit in (most, *range(1, most)):
        solver.push()
        solver.add([at_most(add((*plus, *minus)), number(limit))])
        answer = solver.check(max(until - time.process_time(), 0.01))
        if answer == "sat":
            value = solver.model()
            best = [value(p) - value(m) for p, m in zip(plus, minus, strict=True)]
        solver.pop()
        if best is None or (answer == "sat" and limit < most):
            break
    return best
