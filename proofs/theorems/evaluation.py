"""What a formula means, by enumeration: the truth of a statement about sets that are given node by node.

Written apart from the reduction to numbers, so that each can be held against the other.
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

__all__ = ["Structure", "is_true", "subsets"]


@dataclass(frozen=True)
class Structure:
    """Nodes, sets of them, and numbers.

    Attributes
    ----------
    nodes : int
        How many nodes there are; they are 1, 2, 3 and so on.
    sets : mapping of name to frozenset of int
    numbers : mapping of name to int
    weights : mapping of node to int
        Empty where no formula speaks of weights.
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


def is_true(formula: Formula, structure: Structure, values: Sequence[int] = ()) -> bool:
    """Tell whether a formula is true in a structure.

    Parameters
    ----------
    formula : Formula
    structure : Structure
        With all variables that are free in the formula.
    values : sequence of int
        What quantified numbers range over; quantified sets range over all subsets of the nodes.
    """
    match formula:
        case AtMost(left, right):
            return _value(left, structure, values) <= _value(right, structure, values)
        case Equal(left, right):
            return _value(left, structure, values) == _value(right, structure, values)
        case Not(operand):
            return not is_true(operand, structure, values)
        case And(operands):
            return all(is_true(operand, structure, values) for operand in operands)
        case Iff(left, right):
            return is_true(left, structure, values) == is_true(right, structure, values)
        case Quantified(universal, variables, body):
            found = (is_true(body, case, values) for case in _cases(variables, structure, values))
            return all(found) if universal else any(found)
    raise TypeError(f"no formula: {formula!r}")


def _cases(
    variables: Sequence[SetVariable | NumberVariable], structure: Structure, values: Sequence[int]
) -> Iterator[Structure]:
    if not variables:
        yield structure
        return
    first, rest = variables[0], variables[1:]
    if isinstance(first, NumberVariable):
        for value in values:
            yield from _cases(rest, replace(structure, numbers={**structure.numbers, first.name: value}), values)
    else:
        for nodes in subsets(structure.universe):
            yield from _cases(rest, replace(structure, sets={**structure.sets, first.name: nodes}), values)


def _value(number: Number, structure: Structure, values: Sequence[int]) -> int:
    match number:
        case Literal(value):
            return value
        case NumberVariable(name):
            return structure.numbers[name]
        case Size(of):
            return len(_members(of, structure))
        case Weight(of):
            return sum(structure.weights.get(node, 0) for node in _members(of, structure))
        case Choice(test, then, otherwise):
            return _value(then if is_true(test, structure, values) else otherwise, structure, values)
        case Arithmetic(operator, left, right):
            return _calculated(operator, _value(left, structure, values), _value(right, structure, values))
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


def _members(nodes: NodeSet, structure: Structure) -> frozenset[int]:
    match nodes:
        case SetVariable(name):
            return structure.sets[name]
        case Intersection(left, right):
            return _members(left, structure) & _members(right, structure)
        case Complement(operand):
            return structure.universe - _members(operand, structure)
    return structure.universe
