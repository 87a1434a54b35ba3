"""Loops that ``break``, ``continue`` and ``return`` leave: which of them only search, and for what.

A loop searches if its rounds do nothing but leave it, all in one way that is the same in each round, as in
``for n in Node: if n in self.seen: found = True; break``. Then it makes no difference which round leaves first: the
loop says whether there is one, and what that round does can be done behind the loop.
"""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Iterator, Sequence

from assay.checker.immutable import immutable

__all__ = ["Search", "breaks", "is_left", "leaving", "returns", "search_of", "stored_in"]


@immutable
class Search:
    """What a loop does that only searches.

    Attributes
    ----------
    effects : tuple of ast.stmt
        What the round does that leaves the loop; the last statement is how.
    asking : tuple of ast.stmt
        The body of a round as that of a helper, which returns whether the round leaves the loop.
    own : frozenset of str
        The names that have a value of their own in each round.
    """

    effects: tuple[ast.stmt, ...]
    asking: tuple[ast.stmt, ...]
    own: frozenset[str]


def leaving(node: ast.For) -> ast.stmt | None:
    """Return the first statement that leaves a loop before its rounds are over, if there is one."""
    return next((part for part in _parts(node.body) if isinstance(part, ast.Break | ast.Return)), None)


def breaks(node: ast.For) -> bool:
    """Return whether a loop has a ``break`` of its own."""
    return any(isinstance(part, ast.Break) for part in _parts(node.body))


def is_left(node: ast.stmt) -> bool:
    """Return whether a path through a statement leaves the block around it."""
    return any(isinstance(part, ast.Return | ast.Break | ast.Continue) for part in _parts([node]))


def returns(node: ast.stmt) -> bool:
    """Return whether a path through a statement returns."""
    return _return_in([node])


def _return_in(statements: Sequence[ast.stmt]) -> bool:
    return any(isinstance(part, ast.Return) for part in _statements_in(statements))


def _parts(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements within statements, except what leaves nothing but a loop among them."""
    for statement in statements:
        yield statement
        match statement:
            case ast.If(body=body, orelse=orelse):
                yield from _parts([*body, *orelse])
            case ast.Match(cases=cases):
                yield from _parts([inner for case in cases for inner in case.body])
            case ast.For(orelse=orelse):
                # A break in the else of an inner loop leaves the loop around it.
                yield from (part for part in _statements_in(statement.body) if isinstance(part, ast.Return))
                yield from _parts(orelse)


def _statements_in(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements and all within them, in inner loops too."""
    return (part for outer in statements for part in ast.walk(outer) if isinstance(part, ast.stmt))


@functools.cache
def search_of(node: ast.For) -> Search | None:
    """Return what a loop searches for, or None if it does anything else."""
    # Made once for each loop: the parts of a syntax tree are told apart where repeated ones are counted.
    blocks = _leaving_blocks(node.body)
    if not blocks or len({tuple(map(ast.dump, block)) for block in blocks}) > 1:
        return None
    effects = tuple(blocks[0])
    own = stored_in(node.target) | frozenset(name for part in _rest(node.body) for name in stored_in(part))
    mentioned = {part.id for effect in effects for part in ast.walk(effect) if isinstance(part, ast.Name)}
    if own & mentioned:
        return None
    return Search(effects, (*_asking(node.body), _returned(node, False)), own)


def stored_in(node: ast.AST) -> frozenset[str]:
    """Return the names that a part of a program gives a value."""
    return frozenset(name for part in ast.walk(node) if (name := _stored(part)) is not None)


def _stored(part: ast.AST) -> str | None:
    match part:
        case ast.Name(id=name, ctx=ast.Store()) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return name
        case ast.MatchMapping(rest=name):
            return name
        case _:
            return None


def _leaving_blocks(statements: Sequence[ast.stmt]) -> list[list[ast.stmt]] | None:
    """Return the blocks that leave a loop; None if anything else has an effect beyond its round."""
    if _is_leaving_block(statements):
        return [list(statements)]
    found: list[list[ast.stmt]] = []
    for statement in statements:
        blocks = _blocks_within(statement)
        if blocks is None:
            return None
        found += blocks
    return found


def _is_leaving_block(statements: Sequence[ast.stmt]) -> bool:
    if not statements or not isinstance(statements[-1], ast.Break | ast.Return):
        return False
    return not any(is_left(statement) for statement in statements[:-1])


def _blocks_within(statement: ast.stmt) -> list[list[ast.stmt]] | None:
    match statement:
        case ast.If(body=body, orelse=orelse):
            inside = [_leaving_blocks(body), _leaving_blocks(orelse)]
        case ast.Match(cases=cases):
            inside = [_leaving_blocks(case.body) for case in cases]
        case ast.For(body=body, orelse=orelse) if all(_is_local(part) for part in _statements_in(body)):
            inside = [_leaving_blocks(orelse)]
        case ast.For(orelse=[]) if not breaks(statement):
            inside = [_leaving_blocks(statement.body)]
        case _:
            return [] if _is_local(statement) else None
    return None if None in inside else [block for blocks in inside if blocks is not None for block in blocks]


def _is_local(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=targets):
            return all(isinstance(target, ast.Name | ast.Tuple) for target in targets)
        case ast.AnnAssign(target=ast.Name()) | ast.Expr(value=ast.Constant()):
            return True
        case _:
            return isinstance(statement, ast.If | ast.Match | ast.For | ast.Pass | ast.Break | ast.Continue)


def _rest(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Yield what gives values to names of a round: targets of loops and assignments, and patterns."""
    if _is_leaving_block(statements):
        return
    for statement in statements:
        match statement:
            case ast.If(body=body, orelse=orelse):
                yield from (*_rest(body), *_rest(orelse))
            case ast.Match(cases=cases):
                for case in cases:
                    yield from (case.pattern, *_rest(case.body))
            case ast.For(target=target, body=body, orelse=orelse):
                inner = _rest(body) if _return_in(body) else body
                yield from (target, *inner, *_rest(orelse))
            case _:
                yield statement


def _asking(statements: Sequence[ast.stmt], *, inner: bool = False) -> list[ast.stmt]:
    """Return a body with True returned where it leaves the loop, and False where it goes on with the next round."""
    if _is_leaving_block(statements):
        return [_returned(statements[-1], True)]
    return [_asked(statement, inner=inner) for statement in statements]


def _asked(statement: ast.stmt, *, inner: bool) -> ast.stmt:
    """Return a statement of a loop, or of an inner loop, whose own next round is no concern of the outer one."""
    asked = copy.copy(statement)
    match asked:
        case ast.If():
            asked.body, asked.orelse = _asking(asked.body, inner=inner), _asking(asked.orelse, inner=inner)
        case ast.Match():
            asked.cases = [
                ast.match_case(case.pattern, case.guard, _asking(case.body, inner=inner)) for case in asked.cases
            ]
        case ast.For():
            asked.body = _asking(asked.body, inner=True) if _return_in(asked.body) else asked.body
            asked.orelse = _asking(asked.orelse, inner=inner)
        case ast.Continue() if not inner:
            return _returned(asked, False)
    return asked


def _returned(node: ast.AST, value: bool) -> ast.Return:
    constant = ast.copy_location(ast.Constant(value), node)
    return ast.copy_location(ast.Return(constant), node)
