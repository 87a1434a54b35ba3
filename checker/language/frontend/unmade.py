"""Choices that some paths of an action do not make: on those paths the choice is fixed to one value.

A choice is a parameter of the action, so every backend tries all of its values. If a branch does not reach the
choice, or a loop does not reach an element, the value makes no difference: unless it is fixed there, the same step
would be counted once for each value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assay.checker.language.ir.nodes import (
    Block,
    Expr,
    For,
    If,
    Member,
    Name,
    Node,
    Not,
    Place,
    Root,
    Statement,
    Unchosen,
    Universe,
    walk,
)
from assay.checker.language.types import MapType, Type, is_container

__all__ = ["where_unmade"]


def where_unmade(body: Block, choice: Name) -> Block:
    """Return the body of an action with an `Unchosen` on each path that does not make the choice."""
    return _in_block(body, choice, ())


def _in_block(block: Block, choice: Name, keys: tuple[Expr, ...]) -> Block:
    # What mentions the choice first makes it; what comes later only reads it.
    first = next((i for i, statement in enumerate(block.statements) if _makes(statement, choice)), None)
    if first is None:
        return block
    made = _in_statement(block.statements[first], choice, keys)
    return replace(block, statements=(*block.statements[:first], *made, *block.statements[first + 1 :]))


def _in_statement(node: Statement, choice: Name, keys: tuple[Expr, ...]) -> Iterator[Statement]:
    match node:
        case Block():
            yield _in_block(node, choice, keys)
        case If(_, then, otherwise):
            branches = [_in_branch(branch, choice, keys) for branch in (then, otherwise)]
            yield replace(node, then=branches[0], otherwise=branches[1])
        case For(variable, domain, body) if isinstance(_type_at(choice, keys), MapType):
            if not isinstance(domain, Universe):  # which would reach every key
                yield _elsewhere(node, choice, keys)
            yield replace(node, body=_in_block(body, choice, (*keys, variable)))
        case _:
            yield node


def _in_branch(branch: Block, choice: Name, keys: tuple[Expr, ...]) -> Block:
    if _makes(branch, choice):
        return _in_block(branch, choice, keys)
    return replace(branch, statements=(*branch.statements, Unchosen(_target(choice, keys))))


def _elsewhere(loop: For, choice: Name, keys: tuple[Expr, ...]) -> For:
    """Return a loop over the elements that another loop does not reach, for which no choice is made."""
    key = Name(f"{choice.name} without {len(keys) + 1}", loop.variable.type)
    outside = Not(Member(key, loop.domain))
    idle = Block((Unchosen(_target(choice, (*keys, key))),))
    return For(key, Universe(key.type), Block((If(outside, idle, Block(())),)), location=loop.location)


def _makes(node: Node, choice: Name) -> bool:
    return any(part == choice if isinstance(part, Name) else _is_of(part, choice) for part in walk(node))


def _is_of(part: Node, choice: Name) -> bool:
    return isinstance(part, Place) and part.root is Root.CHOSEN and part.variable == choice.name


def _type_at(choice: Name, keys: tuple[Expr, ...]) -> Type:
    type_ = choice.type
    for _ in keys:
        assert isinstance(type_, MapType)
        type_ = type_.value
    return type_


def _target(choice: Name, keys: tuple[Expr, ...]) -> Name | Place:
    if not is_container(choice.type):
        return choice
    return Place(Root.CHOSEN, choice.name, keys, _type_at(choice, keys))
