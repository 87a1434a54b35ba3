"""Local names in the rounds of a loop without an order: which carry a value from one round to the next, and how.

A name that each round assigns before it reads it carries nothing, so the order of rounds makes no difference to it. A
name that carries something may only be accumulated.
"""

from __future__ import annotations

from assay.checker.language.frontend.statements.accumulation import Accumulation, accumulation
from assay.checker.language.ir.nodes import (
    AssignLocal,
    Block,
    For,
    If,
    Name,
    Node,
    SeqPop,
    Statement,
    mentioned_names,
    walk,
)

__all__ = ["accumulation_in", "is_of_one_round", "names_of_rounds", "only_accumulates", "statements_of"]


def statements_of(statement: Statement) -> list[Statement]:
    """Return the statements within blocks, branches and loops, in the order in which they are written."""
    match statement:
        case Block(parts):
            return [inner for part in parts for inner in statements_of(part)]
        case If(_, then, otherwise):
            return [*statements_of(then), *statements_of(otherwise)]
        case For(_, _, body):
            return statements_of(body)
        case _:
            return [statement]


def is_of_one_round(name: str, loop: For, outer: frozenset[str]) -> bool:
    """Return whether a local name carries nothing from one round to the next, or out of the loop."""
    if name in outer:
        return False
    try:
        _follow(loop.body, name, assigned=False)
    except _ReadBeforeAssigned:
        return False
    return True


class _ReadBeforeAssigned(Exception):
    """A local name may be read in an iteration before that iteration assigns it."""


def _follow(node: Node, name: str, *, assigned: bool) -> bool:
    """Follow a local name through a round; return whether it is certainly assigned afterwards."""
    match node:
        case Block(parts):
            for part in parts:
                assigned = _follow(part, name, assigned=assigned)
            return assigned
        case If(test, then, otherwise):
            _follow(test, name, assigned=assigned)
            after = [_follow(block, name, assigned=assigned) for block in (then, otherwise)]
            return all(after)
        case For(_, domain, body):
            _follow(domain, name, assigned=assigned)
            _follow(body, name, assigned=assigned)
            return assigned  # the inner loop may have no round, so what it assigns is not certain
        case AssignLocal(Name(target, _), value):
            _follow(value, name, assigned=assigned)
            return assigned or target == name
        case SeqPop(place, _, Name(target, _)):
            _follow(place, name, assigned=assigned)
            return assigned or target == name
    if not assigned and name in mentioned_names(node):
        raise _ReadBeforeAssigned
    return assigned


def names_of_rounds(loop: For) -> frozenset[str]:
    """Return the names that may stand for something else in each round."""
    parts = list(walk(loop))
    loops = {part.variable.name for part in parts if isinstance(part, For)}
    assigned = {part.variable.name for part in parts if isinstance(part, AssignLocal)}
    popped = {part.into.name for part in parts if isinstance(part, SeqPop) and part.into is not None}
    return frozenset(loops | assigned | popped)


def only_accumulates(name: str, loop: For) -> bool:
    """Return whether a loop only accumulates in a local name, always by the same operator."""
    # Where its steps account for every mention, nothing else reads a sum that is not complete.
    mentioned = sum(_times_mentioned(name, step) for step in _steps(name, loop))
    return accumulation_in(name, loop) is not None and _times_mentioned(name, loop.body) == mentioned


def accumulation_in(name: str, loop: For) -> Accumulation | None:
    """Return how a loop accumulates in a local name; None if it does not, or by several reductions."""
    own = names_of_rounds(loop)
    found = {accumulation(step, own) for step in _steps(name, loop)}
    return found.pop() if len(found) == 1 else None


def _steps(name: str, loop: For) -> list[AssignLocal]:
    statements = statements_of(loop.body)
    return [part for part in statements if isinstance(part, AssignLocal) and part.variable.name == name]


def _times_mentioned(name: str, node: Node) -> int:
    return sum(isinstance(part, Name) and part.name == name for part in walk(node))
