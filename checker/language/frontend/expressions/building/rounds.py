"""Rounds of loops that ``break`` leaves, as clauses of comprehensions: those before which no round has left.

``for x in xs: if x == y: break; log.append(x)`` appends the items of ``xs`` that no item equal to ``y`` comes before.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence

from assay.checker.language.frontend.context.outside import PYTHONS

__all__ = ["Clauses", "some", "unless_left", "until_left", "where"]

Clauses = tuple[ast.comprehension, ...]


def where(clauses: Clauses, test: ast.expr) -> Clauses:
    """Return clauses with another test."""
    last = clauses[-1]
    return (*clauses[:-1], ast.comprehension(last.target, last.iter, [*last.ifs, test], 0))


def until_left(clauses: Clauses, depth: int, ends: Sequence[Clauses]) -> Clauses:
    """Return clauses in which a loop runs up to the first round that leaves it.

    Parameters
    ----------
    clauses : tuple of ast.comprehension
        The clauses of a step in the loop.
    depth : int
        Which of them is the loop's own.
    ends : sequence of tuple of ast.comprehension
        The clauses of each path that leaves the loop; those around it are the same.
    """
    loop = clauses[depth]
    place, numbered = _numbered(loop, depth)
    earlier = [_earlier(place, _numbered(end[depth], depth)[1], end[depth + 1 :]) for end in ends]
    tests: list[ast.expr] = [ast.UnaryOp(ast.Not(), found) for found in earlier]
    own = ast.comprehension(numbered.target, numbered.iter, [*tests, *loop.ifs], 0)
    return (*clauses[:depth], own, *clauses[depth + 1 :])


def unless_left(clauses: Clauses, ends: Sequence[Clauses]) -> Clauses:
    """Return clauses that ask whether a loop in them runs to its end; ``ends`` are the paths that leave it."""
    for end in ends:
        clauses = where(clauses, ast.UnaryOp(ast.Not(), some(copy.deepcopy(list(end[len(clauses) :])))))
    return clauses


def _numbered(clause: ast.comprehension, depth: int) -> tuple[str, ast.comprehension]:
    """Return the name of the place of a round, and the clause with that name in its target."""
    match clause:
        case ast.comprehension(
            target=ast.Tuple(elts=[ast.Name(id=name), _]), iter=ast.Call(func=ast.Name(id="enumerate"))
        ):
            return name, clause
    name = f"the place of a round {depth}"
    target = ast.Tuple([ast.Name(name, ast.Store()), clause.target], ast.Store())
    numbers = ast.Call(ast.Name(PYTHONS + "enumerate", ast.Load()), [clause.iter], [])
    return name, ast.comprehension(target, numbers, clause.ifs, 0)


def _earlier(place: str, loop: ast.comprehension, inner: Clauses) -> ast.expr:
    """Return whether a round of a loop before the one at a place came to its end."""
    other = f"the place of an earlier round than {place}"
    loop, *inside = (_Renamed(place, other).visit(copy.deepcopy(clause)) for clause in (loop, *inner))
    before = ast.Compare(ast.Name(other, ast.Load()), [ast.Lt()], [ast.Name(place, ast.Load())])
    clauses = [ast.comprehension(loop.target, loop.iter, [before, *loop.ifs], 0), *inside]
    return some(clauses)


def some(clauses: list[ast.comprehension]) -> ast.expr:
    """Return whether there is a round that comes to the end of clauses."""
    return ast.Call(ast.Name(PYTHONS + "any", ast.Load()), [ast.GeneratorExp(ast.Constant(True), clauses)], [])


class _Renamed(ast.NodeTransformer):
    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self.new, node.ctx), node) if node.id == self.old else node
