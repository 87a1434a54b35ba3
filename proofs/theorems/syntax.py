"""The abstract syntax of formulas: sets, numbers, and relations between them.

A formula has no truth value in Python: ``if a < b``, ``a < b < c`` and ``a < b and b < c`` raise, so none of them is
silently wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EVERYTHING", "And", "Arithmetic", "AtMost", "Choice", "Complement", "Equal", "Everything", "Formula", "Iff"]
__all__ += ["Intersection", "Literal", "NodeSet", "Not", "Number", "NumberVariable", "Quantified", "SetVariable"]
__all__ += ["Size", "Statement", "Weight", "as_number"]


class Statement:
    """A part of a formula, or all of it."""


# Sets


class NodeSet(Statement):
    """A set of nodes."""

    def __and__(self, other: NodeSet) -> NodeSet:
        return Intersection(self, other)

    def __or__(self, other: NodeSet) -> NodeSet:
        return ~(~self & ~other)

    def __sub__(self, other: NodeSet) -> NodeSet:
        return self & ~other

    def __invert__(self) -> NodeSet:
        return self.operand if isinstance(self, Complement) else Complement(self)


@dataclass(frozen=True)
class SetVariable(NodeSet):
    """A named set."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Everything(NodeSet):
    """All nodes."""

    def __str__(self) -> str:
        return "nodes"


@dataclass(frozen=True)
class Intersection(NodeSet):
    """The intersection of two sets."""

    left: NodeSet
    right: NodeSet

    def __str__(self) -> str:
        return f"({self.left} & {self.right})"


@dataclass(frozen=True)
class Complement(NodeSet):
    """The complement of a set."""

    operand: NodeSet

    def __str__(self) -> str:
        return f"~{self.operand}"


EVERYTHING = Everything()


# Numbers


class Number(Statement):
    """An integer."""

    def __add__(self, other: Number | int) -> Number:
        return Arithmetic("+", self, as_number(other))

    def __sub__(self, other: Number | int) -> Number:
        return Arithmetic("-", self, as_number(other))

    def __mul__(self, other: Number | int) -> Number:
        return Arithmetic("*", self, as_number(other))

    def __floordiv__(self, divisor: int) -> Number:
        return Arithmetic("//", self, _divisor(divisor))

    def __mod__(self, divisor: int) -> Number:
        return Arithmetic("%", self, _divisor(divisor))

    def __radd__(self, other: int) -> Number:
        return as_number(other) + self

    def __rsub__(self, other: int) -> Number:
        return as_number(other) - self

    def __rmul__(self, other: int) -> Number:
        return as_number(other) * self

    def __le__(self, other: Number | int) -> Formula:
        return AtMost(self, as_number(other))

    def __ge__(self, other: Number | int) -> Formula:
        return AtMost(as_number(other), self)

    def __lt__(self, other: Number | int) -> Formula:
        return ~(self >= other)

    def __gt__(self, other: Number | int) -> Formula:
        return ~(self <= other)


@dataclass(frozen=True)
class NumberVariable(Number):
    """A named integer."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Literal(Number):
    """An integer that is written out."""

    value: int

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Arithmetic(Number):
    """A sum, difference or product, or the quotient or remainder by a positive literal, rounded down."""

    operator: str
    left: Number
    right: Number

    def __str__(self) -> str:
        return f"({self.left} {self.operator} {self.right})"


@dataclass(frozen=True)
class Choice(Number):
    """One of two numbers, by a condition."""

    test: Formula
    then: Number
    otherwise: Number

    def __str__(self) -> str:
        return f"({self.then} if {self.test} else {self.otherwise})"


@dataclass(frozen=True)
class Size(Number):
    """The number of nodes in a set."""

    of: NodeSet

    def __str__(self) -> str:
        return f"|{self.of}|"


@dataclass(frozen=True)
class Weight(Number):
    """The sum of the weights of a set's nodes: whole numbers, none of them negative."""

    of: NodeSet

    def __str__(self) -> str:
        return f"weight({self.of})"


def as_number(value: Number | int) -> Number:
    """Return a number as a term; a Python integer becomes a literal."""
    return value if isinstance(value, Number) else Literal(value)


def _divisor(value: int) -> Literal:
    if value < 1:
        raise ValueError(f"the divisor {value} is not positive")
    return Literal(value)


# Formulas


class Formula(Statement):
    """A formula about sets and numbers."""

    def __bool__(self) -> bool:
        raise TypeError(f"{self} has no truth value; use all_of, any_of, ~ and implies")

    def __invert__(self) -> Formula:
        return self.operand if isinstance(self, Not) else Not(self)


@dataclass(frozen=True)
class AtMost(Formula):
    """A comparison of numbers."""

    left: Number
    right: Number

    def __str__(self) -> str:
        return f"{self.left} <= {self.right}"


@dataclass(frozen=True)
class Equal(Formula):
    """An equation of numbers."""

    left: Number
    right: Number

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"


@dataclass(frozen=True)
class Not(Formula):
    """A negation."""

    operand: Formula

    def __str__(self) -> str:
        if isinstance(self.operand, AtMost):
            return f"{self.operand.left} > {self.operand.right}"
        if isinstance(self.operand, And) and len(self.operand.operands) > 1:
            *conditions, last = self.operand.operands
            return f"(if {' and '.join(map(str, conditions))} then {~last})"
        return f"not ({self.operand})"


@dataclass(frozen=True)
class And(Formula):
    """A conjunction."""

    operands: tuple[Formula, ...]

    def __str__(self) -> str:
        return "(" + " and ".join(map(str, self.operands)) + ")" if self.operands else "true"


@dataclass(frozen=True)
class Iff(Formula):
    """An equivalence."""

    left: Formula
    right: Formula

    def __str__(self) -> str:
        return f"({self.left}) iff ({self.right})"


@dataclass(frozen=True)
class Quantified(Formula):
    """A formula for all values of variables, or for some."""

    universal: bool
    variables: tuple[SetVariable | NumberVariable, ...]
    body: Formula

    def __str__(self) -> str:
        return f"{'all' if self.universal else 'some'} {', '.join(map(str, self.variables))}: {self.body}"
