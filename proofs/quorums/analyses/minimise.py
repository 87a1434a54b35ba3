"""Exact minimisation: satisfy clauses with the fewest true variables among some, by MaxSAT or, without it, by Z3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import z3
from assay.proofs.quorums.clauses import Encoding
from assay.proofs.quorums.deadline import Deadline, interrupting
from assay.proofs.quorums.intersection.sat import is_installed

__all__ = ["Fewest", "fewest_true"]


@dataclass(frozen=True)
class Fewest:
    """The result of a minimisation.

    ``at_least`` is a lower bound on the number of true variables, None if the clauses cannot be satisfied; ``true`` are
    the true variables of a smallest solution, None if none is known.
    """

    at_least: int | None
    true: frozenset[int] | None = None


def fewest_true(encoding: Encoding, counted: Sequence[int], deadline: Deadline) -> Fewest:
    """Return a solution of the clauses with the fewest true variables among ``counted``.

    Solved by RC2 of python-sat if it is installed, otherwise by Z3's optimiser. When the time is up, ``at_least`` is 0
    and ``true`` is None.
    """
    if is_installed():
        return _by_rc2(encoding, counted, deadline)
    return _by_z3(encoding, counted, deadline)


def _by_rc2(encoding: Encoding, counted: Sequence[int], deadline: Deadline) -> Fewest:
    from pysat.examples.rc2 import RC2
    from pysat.formula import WCNF

    formula = WCNF()
    formula.extend(encoding.clauses)
    formula.extend([[-variable] for variable in counted], weights=[1] * len(counted))
    with RC2(formula, solver="g4", adapt=True) as solver:
        with interrupting(deadline, solver.interrupt):
            model = solver.compute(expect_interrupt=True)
        if solver.interrupted:  # its cost is no bound then: a core of a call that was cut short may be counted in it
            return Fewest(0)
        return Fewest(None) if model is None else Fewest(solver.cost, frozenset(model) & frozenset(counted))


def _by_z3(encoding: Encoding, counted: Sequence[int], deadline: Deadline) -> Fewest:
    optimizer = z3.Optimize()
    optimizer.set("timeout", deadline.milliseconds())
    variables = {number: z3.Bool(f"v{number}") for clause in encoding.clauses for number in map(abs, clause)}
    variables.update({number: z3.Bool(f"v{number}") for number in counted})
    for clause in encoding.clauses:
        optimizer.add(z3.Or([variables[n] if n > 0 else z3.Not(variables[-n]) for n in clause]))
    for number in counted:
        optimizer.add_soft(z3.Not(variables[number]))
    answer = optimizer.check()
    if answer == z3.unsat:
        return Fewest(None)
    if answer == z3.unknown:
        return Fewest(0)
    model = optimizer.model()
    true = frozenset(n for n in counted if z3.is_true(model.eval(variables[n], model_completion=True)))
    return Fewest(len(true), true)
