"""From sets to numbers: a formula about sets of nodes is one about the sizes of the regions of their Venn diagram.

Some sets cut the nodes into regions: for A and B these are A&B, A&~B, ~A&B and ~A&~B. Every set is a union of
regions, so its size is a sum of theirs. A formula that knows nodes only by the sets they are in cannot tell two
nodes of one region apart; so it is true of some sets if and only if it is true of the sizes of their regions, and
any sizes, none of them negative, are those of some sets. A quantifier over a set becomes one over numbers: how many
nodes of each region the set takes, from none to all of them. So the reduction loses nothing and adds nothing. If
no two variables are multiplied, the result is linear arithmetic with quantifiers (Presburger arithmetic), which is
decidable.

Weights are a second measure of each region: 0 for an empty one, and any whole number from 0 on for others. That is
exact for sets that no quantifier binds. It would not be for others: a quantified set takes whole nodes of a region, and
their weights need not add up to just any part of the region's weight.

Source: Kuncak, Nguyen, Rinard, *Deciding Boolean Algebra with Presburger Arithmetic*, Journal of Automated
Reasoning 36 (2006), sections 3 and 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from assay.proofs.logic import binders
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import INT, Term, constant, number, variable
from assay.proofs.theorems.evaluation import Interpretation
from assay.proofs.theorems.statements import Formula, Literal, NodeSet, Number, free_numbers, free_sets, parts
from assay.proofs.theorems.syntax import (
    And,
    Arithmetic,
    AtMost,
    Choice,
    Complement,
    Equal,
    Iff,
    Intersection,
    Not,
    NumberVariable,
    Quantified,
    SetVariable,
    Size,
    Weight,
)

__all__ = ["Reduction", "reduced"]

ZERO = number(0)


@dataclass(frozen=True)
class Region:
    """The nodes that are in some sets and not in others, in numbers.

    Attributes
    ----------
    inside : frozenset of SetVariable
        The sets that contain it; it is outside of the others.
    size : Term
        How many nodes it has.
    weight : Term or None
        What they weigh together; None where a quantified set splits a region, since its share of the weight is unknown.
    """

    inside: frozenset[SetVariable]
    size: Term
    weight: Term | None = None

    def is_in(self, nodes: NodeSet) -> bool:
        """Tell whether the region is part of a set, rather than apart from it."""
        match nodes:
            case SetVariable():
                return nodes in self.inside
            case Intersection(left, right):
                return self.is_in(left) and self.is_in(right)
            case Complement(operand):
                return not self.is_in(operand)
        return True

    def split(self, by: SetVariable, taken: Term) -> tuple[Region, Region]:
        """Return the part in another set, of a given size, and the rest."""
        rest = logic.subtract(self.size, taken)
        return Region(self.inside | {by}, taken), Region(self.inside - {by}, rest)


@dataclass(frozen=True)
class Diagram:
    """A Venn diagram in numbers, and the numbers that are bound where it stands."""

    regions: tuple[Region, ...]
    bound: dict[str, Term]

    def size(self, nodes: NodeSet) -> Term:
        """Return the size of a set."""
        return logic.add(region.size for region in self.regions if region.is_in(nodes))

    def weight(self, nodes: NodeSet) -> Term:
        """Return the weight of a set.

        Raises
        ------
        ValueError
            Inside a quantifier over sets, where weights cannot be reduced.
        """
        found = [region.weight for region in self.regions if region.is_in(nodes)]
        if None in found:
            raise ValueError(f"the weight of {nodes} stands inside a quantifier over sets")
        return logic.add(weight for weight in found if weight is not None)

    # Terms

    def number(self, value: Number) -> Term:
        """Return a number as a term of arithmetic."""
        match value:
            case Literal(literal):
                return number(literal)
            case NumberVariable(name):
                return self.bound.get(name) or constant(NumberVariable(name), INT)
            case Size(of):
                return self.size(of)
            case Weight(of):
                return self.weight(of)
            case Choice(test, then, otherwise):
                return logic.ite(self.formula(test), self.number(then), self.number(otherwise))
            case Arithmetic(operator, left, right):
                return _OPERATORS[operator](self.number(left), self.number(right))
        raise TypeError(f"no number: {value!r}")

    def formula(self, formula: Formula) -> Term:
        """Return a formula in arithmetic."""
        match formula:
            case AtMost(left, right):
                return logic.at_most(self.number(left), self.number(right))
            case Equal(left, right):
                return logic.equal(self.number(left), self.number(right))
            case Not(operand):
                return logic.negation(self.formula(operand))
            case And(operands):
                return logic.conjunction(self.formula(operand) for operand in operands)
            case Iff(left, right):
                return logic.iff(self.formula(left), self.formula(right))
            case Quantified():
                return self._quantified(formula)
        raise TypeError(f"no formula: {formula!r}")

    def _quantified(self, formula: Quantified) -> Term:
        diagram, names, bounds = self, list[Term](), list[Term]()
        for name in formula.variables:
            if isinstance(name, NumberVariable):
                value = variable(INT)
                diagram, fresh = replace(diagram, bound={**diagram.bound, name.name: value}), [value]
            else:
                fresh = [variable(INT) for _ in diagram.regions]
                bounds += diagram._bounds(fresh)
                diagram = diagram._refined(name, fresh)
            names += fresh
        body = diagram.formula(formula.body)
        if formula.universal:
            return binders.for_all(names, logic.implies(logic.conjunction(bounds), body))
        return binders.exists(names, logic.conjunction((*bounds, body)))

    def _bounds(self, taken: Sequence[Term]) -> Iterator[Term]:
        for region, count in zip(self.regions, taken, strict=True):
            yield logic.at_most(ZERO, count)
            yield logic.at_most(count, region.size)

    def _refined(self, by: SetVariable, taken: Sequence[Term]) -> Diagram:
        """Return the diagram with one more set, which takes a part of the given size from each region."""
        halves = [region.split(by, count) for region, count in zip(self.regions, taken, strict=True)]
        return replace(self, regions=tuple(half for pair in halves for half in pair))


_OPERATORS: dict[str, Callable[[Term, Term], Term]] = {
    "+": lambda left, right: logic.add((left, right)),
    "-": logic.subtract,
    "*": logic.multiply,
    "//": logic.divide,
    "%": logic.modulo,
}


@dataclass(frozen=True)
class Reduction:
    """A formula in arithmetic: satisfiable if and only if the formula about sets is.

    Attributes
    ----------
    regions : tuple of Region
        Of the sets that are free in the formula.
    sets, numbers : tuple of str
        The free variables.
    query : tuple of Term
        What must be true together.
    """

    regions: tuple[Region, ...]
    sets: tuple[str, ...]
    numbers: tuple[str, ...]
    query: tuple[Term, ...]

    @property
    def nodes(self) -> Term:
        """The number of nodes."""
        return logic.add(region.size for region in self.regions)

    @property
    def unknowns(self) -> tuple[Term, ...]:
        """What determines a structure: the number of nodes, the free numbers, and the measures of the regions."""
        named = (constant(NumberVariable(name), INT) for name in self.numbers)
        weights = (region.weight for region in self.regions if region.weight is not None)
        return (self.nodes, *named, *(region.size for region in self.regions), *weights)

    def structure(self, value: Callable[[Term], int]) -> Interpretation:
        """Return sets with regions of these sizes; the first node of a region carries its weight."""
        members: dict[str, list[int]] = {name: [] for name in self.sets}
        weights, count = dict[int, int](), 0
        for region in self.regions:
            nodes = range(count + 1, count + 1 + value(region.size))
            count += len(nodes)
            for name in region.inside:
                members[name.name] += nodes
            if region.weight is not None:
                weights |= {node: value(region.weight) if node == nodes[0] else 0 for node in nodes}
        named = {name: value(constant(NumberVariable(name), INT)) for name in self.numbers}
        return Interpretation(count, {name: frozenset(nodes) for name, nodes in members.items()}, named, weights)


def reduced(formula: Formula) -> Reduction:
    """Return a formula in arithmetic; free variables stay free.

    Raises
    ------
    ValueError
        If a weight stands inside a quantifier over sets.
    """
    names = free_sets(formula)
    has_weights = any(isinstance(part, Weight) for part in parts(formula))
    regions = tuple(_region(names, inside, has_weights) for inside in product((True, False), repeat=len(names)))
    facts = [fact for region in regions for fact in _facts(region)]
    query = (*facts, Diagram(regions, {}).formula(formula))
    return Reduction(regions, tuple(s.name for s in names), tuple(v.name for v in free_numbers(formula)), query)


@dataclass(frozen=True)
class _Measure:
    """The meaning of a symbol: the size or the weight of a region."""

    kind: str
    names: tuple[SetVariable, ...]
    inside: tuple[bool, ...]
    label: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.kind}.{self.label}"


def _region(names: Sequence[SetVariable], inside: Sequence[bool], has_weights: bool) -> Region:
    signs = zip(names, inside, strict=True)
    label = "&".join(name.name if sign else f"~{name.name}" for name, sign in signs) or "nodes"
    weight = constant(_Measure("weight", tuple(names), tuple(inside), label), INT) if has_weights else None
    kept = frozenset(name for name, sign in zip(names, inside, strict=True) if sign)
    return Region(kept, constant(_Measure("size", tuple(names), tuple(inside), label), INT), weight)


def _facts(region: Region) -> Iterator[Term]:
    yield logic.at_most(ZERO, region.size)
    if region.weight is not None:
        yield logic.at_most(ZERO, region.weight)
        yield logic.implies(logic.equal(region.size, ZERO), logic.equal(region.weight, ZERO))
