"""Exact search with Z3: pseudo-Boolean constraints over a finite domain, or integer arithmetic for huge weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import z3
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.outcome import Meets, Method, Misses, Outcome, Undecided
from assay.proofs.quorums.intersection.problem import IntersectionProblem
from assay.proofs.quorums.systems import Federation, QuorumClass
from assay.proofs.quorums.trees import Node, Tree

__all__ = ["search"]

LARGEST_COEFFICIENT = 2**30
"""Z3 takes the coefficients of pseudo-Boolean constraints as machine integers; larger sums need integer arithmetic."""


def search(problem: IntersectionProblem, deadline: Deadline) -> Outcome:
    """Decide the problem with Z3, within the time that is left."""
    copies = [_named_by_place(number, problem.nodes) for number in range(len(problem.kinds))]
    clauses = [_quorum(kind, copy) for kind, copy in zip(problem.kinds, copies, strict=True)]
    apart = [(problem.weights[node], z3.Not(z3.And([copy[node] for copy in copies]))) for node in problem.nodes]
    clauses.append(_reaches(apart, sum(weight for weight, _ in apart) - problem.need + 1))
    solver = z3.Solver() if _needs_integers(problem) else z3.SolverFor("QF_FD")
    solver.set("timeout", deadline.milliseconds())
    solver.add(*clauses)
    answer = solver.check()
    if answer == z3.unknown:
        return Undecided(f"Z3 stopped searching: {solver.reason_unknown()}")
    if answer == z3.unsat:
        return Meets(Method.SEARCH)
    model = solver.model()
    return Misses(tuple(frozenset(filter(_is_chosen(model, copy), copy)) for copy in copies))


def _named_by_place(copy: int, nodes: Sequence[str]) -> dict[str, z3.BoolRef]:
    """Return a variable for each node, named by numbers, since names of nodes may be text that Z3 cannot represent."""
    return {node: z3.Bool(f"q{copy}_n{place}") for place, node in enumerate(nodes)}


def _is_chosen(model: z3.ModelRef, chosen: dict[str, z3.BoolRef]) -> Callable[[str], bool]:
    return lambda node: bool(z3.is_true(model.eval(chosen[node], model_completion=True)))


def _quorum(kind: QuorumClass, chosen: dict[str, z3.BoolRef]) -> z3.BoolRef:
    if not isinstance(kind, Federation):
        return _formula(kind, chosen)
    return z3.And(
        z3.Or([chosen[node] for node in kind.trees]),
        *(
            z3.Implies(variable, _formula(kind.trees[node], chosen) if node in kind.trees else False)
            for node, variable in chosen.items()
        ),
    )


def _formula(tree: Tree, chosen: dict[str, z3.BoolRef]) -> z3.BoolRef:
    if isinstance(tree, Node):
        return chosen.get(tree.name, z3.BoolVal(False))
    return _reaches([(weight, _formula(part, chosen)) for weight, part in tree.parts], tree.need)


def _reaches(terms: Sequence[tuple[int, z3.BoolRef]], need: int) -> z3.BoolRef:
    """Return the formula *true terms weigh at least ``need``*."""
    total = sum(weight for weight, _ in terms)
    if need <= 0 or total < need:
        return z3.BoolVal(need <= 0)
    if max(total, need) < LARGEST_COEFFICIENT:
        return z3.PbGe([(term, weight) for weight, term in terms], need)
    return z3.Sum([z3.If(term, z3.IntVal(weight), z3.IntVal(0)) for weight, term in terms]) >= need


def _needs_integers(problem: IntersectionProblem) -> bool:
    trees: list[Tree] = []
    for kind in problem.kinds:
        trees.extend(kind.trees.values() if isinstance(kind, Federation) else [kind])
    huge = sum(problem.weights.values()) >= LARGEST_COEFFICIENT
    return huge or any(_has_huge_weights(tree) for tree in trees)


def _has_huge_weights(tree: Tree) -> bool:
    if isinstance(tree, Node):
        return False
    huge = max(tree.total, tree.need) >= LARGEST_COEFFICIENT
    return huge or any(_has_huge_weights(part) for _, part in tree.parts)
