"""The language of the theorems: Boolean algebra with Presburger arithmetic (BAPA).

Sets of nodes are combined by ``&``, ``|``, ``-`` and ``~``, numbers by ``+``, ``-``, ``*``, ``//`` and ``%``; sizes
of sets are numbers; ``<``, ``<=``, ``>``, ``>=`` and `equal` compare numbers, and the functions here combine formulas.

A formula is about one universe of nodes, finite and of any size, perhaps empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from assay.proofs.theorems.syntax import (
    EVERYTHING,
    And,
    Choice,
    Equal,
    Formula,
    Iff,
    Literal,
    NodeSet,
    Number,
    NumberVariable,
    Quantified,
    SetVariable,
    Size,
    Statement,
    Weight,
    as_number,
)

__all__ = ["EVERYTHING", "Formula", "Literal", "NodeSet", "Number", "all_of", "any_of", "choose", "equal", "exists"]
__all__ += ["forall", "free_numbers", "free_sets", "iff", "implies", "numbers", "parts", "sets", "size", "weight"]


# Construction


def sets(names: str) -> tuple[SetVariable, ...]:
    """Return sets; ``names`` holds their names, separated by spaces."""
    return tuple(SetVariable(name) for name in names.split())


def numbers(names: str) -> tuple[NumberVariable, ...]:
    """Return numbers; ``names`` holds their names, separated by spaces."""
    return tuple(NumberVariable(name) for name in names.split())


def size(nodes: NodeSet) -> Number:
    """Return the number of nodes in a set."""
    return Size(nodes)


def weight(nodes: NodeSet) -> Number:
    """Return the sum of the weights of a set's nodes."""
    return Weight(nodes)


def choose(test: Formula, then: Number | int, otherwise: Number | int) -> Number:
    """Return one of two numbers, by a condition."""
    return Choice(test, as_number(then), as_number(otherwise))


def equal(left: Number, right: Number | int) -> Formula:
    """Return the formula *two numbers are equal*."""
    return Equal(left, as_number(right))


def all_of(*formulas: Formula) -> Formula:
    """Return the formula *all of the formulas are true*."""
    return formulas[0] if len(formulas) == 1 else And(formulas)


def any_of(*formulas: Formula) -> Formula:
    """Return the formula *at least one of the formulas is true*."""
    return ~all_of(*(~formula for formula in formulas))


def implies(left: Formula, right: Formula) -> Formula:
    """Return the formula *if one formula is true then the other is*."""
    return any_of(~left, right)


def iff(left: Formula, right: Formula) -> Formula:
    """Return the formula *both formulas are true or both are false*."""
    return Iff(left, right)


def forall(variables: Sequence[SetVariable | NumberVariable], body: Formula) -> Formula:
    """Return the formula *a formula is true for all values of the variables*."""
    return Quantified(True, tuple(variables), body)


def exists(variables: Sequence[SetVariable | NumberVariable], body: Formula) -> Formula:
    """Return the formula *a formula is true for some values of the variables*."""
    return Quantified(False, tuple(variables), body)


# Inspection


def parts(statement: Statement) -> Iterator[Statement]:
    """Yield a statement and everything in it."""
    yield statement
    for child in _children(statement):
        yield from parts(child)


def free_sets(statement: Statement) -> tuple[SetVariable, ...]:
    """Return the sets that no quantifier binds, in the order in which they occur."""
    return tuple(v for v in _free(statement) if isinstance(v, SetVariable))


def free_numbers(statement: Statement) -> tuple[NumberVariable, ...]:
    """Return the numbers that no quantifier binds, in the order in which they occur."""
    return tuple(v for v in _free(statement) if isinstance(v, NumberVariable))


def _free(statement: Statement) -> dict[Statement, None]:
    if isinstance(statement, SetVariable | NumberVariable):
        return {statement: None}
    found = {variable: None for child in _children(statement) for variable in _free(child)}
    if isinstance(statement, Quantified):
        return {variable: None for variable in found if variable not in statement.variables}
    return found


def _children(statement: Statement) -> Iterator[Statement]:
    for field in fields(statement):  # type: ignore[arg-type]
        value = getattr(statement, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Statement):
                yield item
