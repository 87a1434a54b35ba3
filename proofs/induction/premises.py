"""Premise selection: find the hypotheses that a claim rests on, by small structures that refute it without them.

A solver that gets forty lemmas where five matter may not end, since each of them gives rise to instances of the
others. The text of a query tells little about which matter. So we begin with none, and look for a small structure that
satisfies the rest; a hypothesis that is false in it is needed, or something in its place. Once no small structure is
left, the hypotheses collected are probably enough, and the solver is asked without the others. This is
counterexample-guided abstraction refinement, with hypotheses in place of predicates.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

from assay.proofs.induction.small import Written, find_any
from assay.proofs.logic.structures import Structure, evaluate
from assay.proofs.logic.terms import Term

__all__ = ["premises"]

SIZES = (2, 3)
"""The most elements of each sort, attempt by attempt."""


def premises(
    query: Sequence[Term],
    optional: Collection[Term],
    numbers: tuple[int, ...] | None,
    seconds: float,
    *,
    counting: bool = False,
) -> Iterator[tuple[Term, ...] | None]:
    """Yield parts of a query, each larger than the one before, that no structure of some size was found to satisfy.

    If a structure satisfies the whole query, None comes last.

    Parameters
    ----------
    query : sequence of Term
        Closed formulas, the axioms among them.
    optional : collection of Term
        Those of them that may be left out.
    numbers : tuple of int, optional
        The numbers that a symbol is ever applied to, if they are known and not too many.
    seconds : float
        The processor time it may take.
    counting : bool
        Whether sizes of sets are those of the structures; otherwise they are what the query says of them, and no more.
    """
    deadline = time.process_time() + seconds
    kept = {formula for formula in query if formula not in optional}
    told, written = 0, Written()
    # Hypotheses about fewer things come first: they give a solver less to instantiate.
    waiting = sorted((f for f in query if f not in kept), key=lambda formula: len(formula.mentioned))
    for size in SIZES:
        seek = partial(find_any, size=size, numbers=numbers, written=written, counting=counting)
        while (found := _structure([f for f in query if f in kept], deadline, seek)) is not None:
            against = _first_false(waiting, replace(found, claims=not counting))
            if against is None:
                yield None
                return
            waiting.remove(against)
            kept.add(against)
        if len(kept) > told:
            told = len(kept)
            yield tuple(formula for formula in query if formula in kept)


def _structure(query: Sequence[Term], deadline: float, seek: Callable[..., Structure | None]) -> Structure | None:
    left = deadline - time.process_time()
    return seek(query, seconds=left) if left > 0 else None


def _first_false(formulas: Sequence[Term], structure: Structure) -> Term | None:
    return next((formula for formula in formulas if not evaluate(formula, structure, {})), None)
