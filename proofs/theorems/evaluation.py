"""The truth of a formula in a given interpretation, by enumeration of sets and numbers.

Independent of the reduction to numbers (``venn.py``), so that each can be checked against the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, combinations

from assay.proofs.theorems.syntax import (
    And,
    Arithmetic,
    AtMost,
    Choice,
    Complement,
    Equal,
    Formula,
    Iff,
    Intersection,
    Literal,
    NodeSet,
    Not,
    Number,
    NumberVariable,
    Quantified,
    SetVariable,
    Size,
    Weight,
)

__all__ = ["Interpretation", "is_true", "subsets"]


@dataclass(frozen=True)
class Interpretation:
    """Nodes, sets of them, and numbers.

    Attributes
    ----------
    nodes : int
        The number of nodes, which are 1, 2, 3 and so on.
    sets : mapping of name to frozenset of int
    numbers : mapping of name to int
    weights : mapping of node to int
        Empty if no formula is about weights.
    """

    nodes: int
    sets: Mapping[str, frozenset[int]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[int, int] = field(default_factory=dict)

    @property
    def universe(self) -> frozenset[int]:
        """All nodes."""
        return frozenset(range(1, self.nodes + 1))

    def __str__(self) -> str:
        found = [] if "n" in self.numbers else [f"n = {self.nodes}"]
        found += (f"{name} = {value}" for name, value in self.numbers.items())
        found += [f"{name} = {_listed(nodes)}" for name, nodes in self.sets.items()]
        found += [f"weight({node}) = {value}" for node, value in self.weights.items()]
        return ", ".join(found)


def _listed(nodes: frozenset[int]) -> str:
    return "{" + ", ".join(map(str, sorted(nodes))) + "}"


def subsets(nodes: frozenset[int]) -> Iterator[frozenset[int]]:
    """Yield every subset."""
    listed = sorted(nodes)
    return map(frozenset, chain.from_iterable(combinations(listed, count) for count in range(len(listed) + 1)))


def is_true(formula: Formula, interpretation: Interpretation, values: Sequence[int] = ()) -> bool:
    """Tell whether a formula is true in an interpretation.

    Parameters
    ----------
    formula : Formula
    interpretation : Interpretation
        Has a value for each free variable of the formula.
    values : sequence of int
        The range of quantified numbers; quantified sets range over all subsets of the nodes.
    """
    match formula:
        case AtMost(left, right):
            return _value(left, interpretation, values) <= _value(right, interpretation, values)
        case Equal(left, right):
            return _value(left, interpretation, values) == _value(right, interpretation, values)
        case Not(operand):
            return not is_true(operand, interpretation, values)
        case And(operands):
            return all(is_true(operand, interpretation, values) for operand in operands)
        case Iff(left, right):
            return is_true(left, interpretation, values) == is_true(right, interpretation, values)
        case Quantified(universal, variables, body):
            found = (is_true(body, case, values) for case in _cases(variables, interpretation, values))
            return all(found) if universal else any(found)
    raise TypeError(f"no formula: {formula!r}")


def _cases(
    variables: Sequence[SetVariable | NumberVariable], interpretation: Interpretation, values: Sequence[int]
) -> Iterator[Interpretation]:
    if not variables:
        yield interpretation
        return
    first, rest = variables[0], variables[1:]
    if isinstance(first, NumberVariable):
        for value in values:
            yield from _cases(
                rest, replace(interpretation, numbers={**interpretation.numbers, first.name: value}), values
            )
    else:
        for nodes in subsets(interpretation.universe):
            yield from _cases(rest, replace(interpretation, sets={**interpretation.sets, first.name: nodes}), values)


def _value(number: Number, interpretation: Interpretation, values: Sequence[int]) -> int:
    match number:
        case Literal(value):
            return value
        case NumberVariable(name):
            return interpretation.numbers[name]
        case Size(of):
            return len(_members(of, interpretation))
        case Weight(of):
            return sum(interpretation.weights.get(node, 0) for node in _members(of, interpretation))
        case Choice(test, then, otherwise):
            return _value(then if is_true(test, interpretation, values) else otherwise, interpretation, values)
        case Arithmetic(operator, left, right):
            return _calculated(operator, _value(left, interpretation, values), _value(right, interpretation, values))
    raise TypeError(f"no number: {number!r}")


def _calculated(operator: str, left: int, right: int) -> int:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "//":
            return left // right
        case "%":
            return left % right
    raise TypeError(f"no operator: {operator!r}")


def _members(nodes: NodeSet, interpretation: Interpretation) -> frozenset[int]:
    match nodes:
        case SetVariable(name):
            return interpretation.sets[name]
        case Intersection(left, right):
            return _members(left, interpretation) & _members(right, interpretation)
        case Complement(operand):
            return interpretation.universe - _members(operand, interpretation)
    return interpretation.universe
