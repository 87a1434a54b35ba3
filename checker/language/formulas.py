"""Temporal formulas: what must happen in the end, as Python expressions over states and occurrences of actions.

A formula is about a *behaviour*: an infinite sequence of states in which each step is one of the model or changes
nothing (it *stutters*). There is no operator *next*, because it would distinguish behaviours that differ only in
stuttering.

A method that states a formula is run on a state, and the formula that it returns holds the truth values of its state
predicates there. Its shape must be the same in every state.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from assay.checker.errors import ModelError
from assay.checker.immutable import immutable

__all__ = ["Always", "And", "Eventually", "Formula", "Happens", "Not", "Now", "Or", "Until", "always"]
__all__ += ["atoms", "formula_of", "happens", "leads_to", "parts", "shape", "until", "with_atoms"]


class Formula:
    """A temporal formula; ``&``, ``|`` and ``~`` combine formulas with each other and with state predicates."""

    def __and__(self, other: object) -> Formula:
        return And(self, formula_of(other))

    def __rand__(self, other: object) -> Formula:
        return And(formula_of(other), self)

    def __or__(self, other: object) -> Formula:
        return Or(self, formula_of(other))

    def __ror__(self, other: object) -> Formula:
        return Or(formula_of(other), self)

    def __invert__(self) -> Formula:
        return Not(self)

    def __bool__(self) -> NoReturn:
        raise ModelError(
            "a temporal formula has no truth value in a state, so `and`, `or`, `not`, `any` and `all` cannot take it",
            help="combine formulas with &, | and ~; what shall hold of all elements takes a parameter",
        )

    @property
    def operands(self) -> tuple[Formula, ...]:
        """Its immediate subformulas."""
        return ()


@immutable
class Now(Formula):
    """A state predicate: its value in a state, or, in the IR, its expression."""

    value: Any


@immutable
class Happens(Formula):
    """The next step changes the state, and is a call of the action with these arguments."""

    action: str
    arguments: tuple[tuple[str, Any], ...]


@immutable
class _Unary(Formula):
    operand: Formula

    @property
    def operands(self) -> tuple[Formula, ...]:
        return (self.operand,)


@immutable
class _Binary(Formula):
    left: Formula
    right: Formula

    @property
    def operands(self) -> tuple[Formula, ...]:
        return self.left, self.right


class Not(_Unary):
    """The operand is false."""


class Eventually(_Unary):
    """The operand is true now or later."""


class Always(_Unary):
    """The operand is true now and forever."""


class And(_Binary):
    """Both operands are true."""


class Or(_Binary):
    """At least one operand is true."""


class Until(_Binary):
    """The right operand becomes true, and the left one is true until then."""


def formula_of(value: object) -> Formula:
    """Return a formula unchanged, and a truth value as the formula of a state predicate.

    Raises
    ------
    ModelError
        If it is neither.
    """
    if isinstance(value, Formula):
        return value
    if isinstance(value, bool):
        return Now(value)
    raise ModelError(
        f"a temporal formula is made of state predicates, which are True or False, not of {value!r}",
        help="compare it with something; a predicate is negated by `not`, a formula by ~",
    )


def always(condition: Formula | bool) -> Formula:
    """Return the formula that a condition is true now and forever."""
    return Always(formula_of(condition))


def until(condition: Formula | bool, goal: Formula | bool) -> Formula:
    """Return the formula that a goal becomes true, and a condition is true until then."""
    return Until(formula_of(condition), formula_of(goal))


def leads_to(condition: Formula | bool, goal: Formula | bool) -> Formula:
    """Return the formula that whenever a condition is true, the goal is true then or later."""
    return Always(Or(Not(formula_of(condition)), Eventually(formula_of(goal))))


def happens(action: Any, *arguments: Any, **named: Any) -> Formula:
    """Return the formula that the next step is one of an action, and changes the state.

    Parameters
    ----------
    action : method
        An action of the model: ``self.acquire``.
    *arguments, **named
        Values of its parameters; parameters that are left out may have any value.
    """
    method = getattr(action, "__func__", None)
    if not isinstance(method, types.FunctionType) or getattr(method, "__assay_kind__", None) is None:
        raise ModelError(f"happens takes an action of the model, not {action!r}", help="happens(self.acquire, client)")
    code = method.__code__
    parameters = code.co_varnames[1 : code.co_argcount]
    given = dict(zip(parameters, arguments, strict=False)) | named
    if len(arguments) > len(parameters) or any(name not in parameters for name in named):
        raise ModelError(
            f"{method.__name__} has {len(parameters)} parameters: {', '.join(parameters) or 'none'}",
            help="give happens values of these, or fewer",
        )
    return Happens(method.__name__, tuple((name, given[name]) for name in parameters if name in given))


def parts(formula: Formula) -> Iterator[Formula]:
    """Yield a formula and all that it consists of, from left to right."""
    yield formula
    for operand in formula.operands:
        yield from parts(operand)


def atoms(formula: Formula) -> list[Any]:
    """Return the values of a formula's state predicates, from left to right."""
    return [part.value for part in parts(formula) if isinstance(part, Now)]


def shape(formula: Formula) -> Formula:
    """Return a formula with its state predicates numbered from left to right, from 0."""
    return with_atoms(formula, dict(enumerate(range(len(atoms(formula))))))


def with_atoms(formula: Formula, values: Mapping[int, Any]) -> Formula:
    """Return a formula with its state predicates replaced by values, which are keyed by position from left to right."""
    position = iter(range(len(atoms(formula))))

    def rebuilt(part: Formula) -> Formula:
        if isinstance(part, Now):
            return Now(values[next(position)])
        return type(part)(*map(rebuilt, part.operands)) if part.operands else part

    return rebuilt(formula)
