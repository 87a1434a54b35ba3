"""Parameters of predicates that are drawn from sets and bags of the state.

Of ``m not in self.messages or ...`` it is known that it is true of all messages that are not there, however many.
"""

from __future__ import annotations

from collections.abc import Iterable

from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.drawing import Draw, Draws
from assay.checker.language.ir.nodes import (
    And,
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
    Root,
    Stored,
)
from assay.checker.language.types import BagType, SetType, UnionType

__all__ = ["drawn_by_predicate", "memberships"]


def drawn_by_predicate(body: Expr, parameters: tuple[Name, ...], *, existential: bool) -> Draws:
    """Return the parameters of which a predicate depends only on the arguments that are in a set or bag of the state.

    It is true for all other arguments, or false if it is `existential`, and raises nothing.
    """
    found: dict[str, Draw] = {}
    for member in memberships(body, not existential):
        name, place = _drawing(member)
        if place is not None and name in parameters:
            found.setdefault(name.name, Draw(frozenset({(place.root, place.variable)}), exact=True))
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
            is_drawing = not value and _drawing(condition)[1] is not None and not can_fail(condition)
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


def _drawing(part: Expr) -> tuple[Name | None, Place | None]:
    """Return the name and the place of ``name in place``."""
    match part:
        case Member(Name() as name, Stored(Place(root, _, _, SetType() | BagType()) as place)) | Member(
            Cast(Name() as name, UnionType()), Stored(Place(root, _, _, SetType() | BagType()) as place)
        ) if root in (Root.STATE, Root.AFTER):
            return name, place
    return None, None
