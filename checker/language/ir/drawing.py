"""Parameters that are drawn from sets and bags of the state, so that no other arguments need be tried.

The guard ``require(m in self.messages)`` disables an action for all others; of ``m not in self.messages or ...`` it is
known for them that it is true. So it makes no difference how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    AssignLocal,
    Block,
    Cast,
    Conditional,
    Expr,
    Implies,
    Let,
    Literal,
    Member,
    Name,
    Not,
    Or,
    Place,
    Quantifier,
    Require,
    Root,
    Stored,
)
from assay.checker.language.types import BagType, IntType, SetType, UnionType

__all__ = ["Draws", "drawn_by_predicate", "drawn_from", "memberships"]

Draws = Mapping[str, Place]
"""For each parameter, the place of the set or bag, or map of these, from which its arguments are drawn."""


def drawn_from(body: Block, parameters: tuple[Name, ...]) -> Draws:
    """Return the parameters that the first guards of an action draw from sets and bags."""
    found: dict[str, Place] = {}
    for statement in body.statements:
        # Arguments outside of it are never tried. So nothing before the guard may raise, or an error would be missed.
        if not isinstance(statement, Require | AssignLocal) or can_fail(statement):
            break
        for part in _conjuncts(statement.condition) if isinstance(statement, Require) else ():
            name, place = _drawing(part, (Root.STATE,))
            if place is not None and name in parameters and not isinstance(name.type, IntType):
                found.setdefault(name.name, place)
    return found


def drawn_by_predicate(body: Expr, parameters: tuple[Name, ...], *, existential: bool) -> Draws:
    """Return the parameters of which a predicate depends only on the arguments that are in a set or bag of the state.

    It is true for all other arguments, or false if it is `existential`, and raises nothing.
    """
    found: dict[str, Place] = {}
    for member in memberships(body, not existential):
        name, place = _drawing(member, _READ)
        if place is not None and name in parameters and not isinstance(name.type, IntType):
            found.setdefault(name.name, place)
    return found


def memberships(condition: Expr, value: bool) -> tuple[Member, ...]:
    """Return the memberships without any of which a condition is sure to have a value, and to raise nothing."""
    return _settling(condition, value) or ()


_Settling = tuple[Member, ...] | None
"""The memberships each of which, if it is false, settles a condition; None for all, if it is settled anyway."""


def _settling(condition: Expr, value: bool) -> _Settling:
    match condition:
        case Literal():
            return None if condition.value is value else ()
        case Member():
            is_drawing = not value and _drawing(condition, _READ)[1] is not None and not can_fail(condition)
            return (condition,) if is_drawing else ()
        case Not(operand):
            return _settling(operand, not value)
        case And(parts, eager):
            return _settling_all(parts, True) if value else _settling_one(parts, False, eager)
        case Or(parts):
            return _settling_one(parts, True, False) if value else _settling_all(parts, False)
        case Implies(left, right):
            parts = (Not(left), right)
            return _settling_one(parts, True, True) if value else _settling_all(parts, False)
        case Conditional(test, then, otherwise):
            return _settling_branches(test, _settling(then, value), _settling(otherwise, value))
        case Let(_, named, body):
            return () if can_fail(named) else _settling(body, value)
        case Quantifier(universal, _, domain, body):
            return _settling(body, value) if universal is value and not can_fail(domain) else ()
        case _:
            return ()


def _settling_one(parts: tuple[Expr, ...], value: bool, eager: bool) -> _Settling:
    """Return what settles that one of several conditions has a value; the later ones are evaluated if ``eager``."""
    if eager and any(map(can_fail, parts)):
        return ()
    found: _Settling = ()
    for part in parts:
        found = _either(found, _settling(part, value))
        if can_fail(part):
            break  # it may raise for what a later part excludes
    return found


def _settling_all(parts: Iterable[Expr], value: bool) -> _Settling:
    """Return what settles that each of several conditions has a value."""
    found: _Settling = None
    for part in parts:
        found = _both(found, _settling(part, value))
    return found


def _settling_branches(test: Expr, then: _Settling, otherwise: _Settling) -> _Settling:
    """Return what settles a conditional expression, given what settles each of its branches."""
    by_test = _either(_both(_settling(test, True), then), _both(_settling(test, False), otherwise))
    return by_test if can_fail(test) else _either(by_test, _both(then, otherwise))


def _either(left: _Settling, right: _Settling) -> _Settling:
    return None if left is None or right is None else tuple(dict.fromkeys((*left, *right)))


def _both(left: _Settling, right: _Settling) -> _Settling:
    if left is None or right is None:
        return right if left is None else left
    return tuple(member for member in left if member in right)


def _conjuncts(condition: Expr) -> Iterator[Expr]:
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _conjuncts(part)
    else:
        yield condition


_READ = (Root.STATE, Root.AFTER)


def _drawing(part: Expr, roots: tuple[Root, ...]) -> tuple[Name | None, Place | None]:
    """Return the name and the place of ``name in place``, if that is in one of these states."""
    match part:
        case Member(Name() as name, Stored(Place(root, _, _, SetType() | BagType()) as place)) | Member(
            Cast(Name() as name, UnionType()), Stored(Place(root, _, _, SetType() | BagType()) as place)
        ) if root in roots:
            return name, place
    return None, None
