"""Finite structures, which represent a solver's models, and the values of terms in them. No solver is needed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.proofs.logic.binders import Definition
from assay.proofs.logic.orders import order_of
from assay.proofs.logic.terms import BOOL, INT, Counted, Op, Sort, Symbol, Term, subterms

__all__ = ["Structure", "Table", "evaluate", "ground_value", "in_order", "members"]

Table = dict[tuple[int, ...], Any]
"""The values of a symbol for each tuple of elements: indices, numbers or bools."""


@dataclass(frozen=True)
class Structure:
    """Finitely many, numbered elements of each sort, and a table for each symbol.

    Attributes
    ----------
    sizes : mapping from Sort to int
        The number of elements of each sort that is not an enumeration.
    tables : mapping from Symbol to Table
        The tables of the symbols.
    numbers : tuple of int
        The numbers that matter: those that tables cover, and that a variable may stand for.
    claims : bool
        Whether sizes of sets are read from the tables, which a solver that knows little about sizes may have filled
        wrongly; if not, they are counted.
    """

    sizes: Mapping[Sort, int]
    tables: Mapping[Symbol, Table]
    numbers: tuple[int, ...] = (0,)
    claims: bool = False

    def size(self, sort: Sort) -> int:
        """Return the number of elements of a sort."""
        if sort is BOOL:
            return 2
        if sort is INT:
            return len(self.numbers)
        return len(sort.members) or self.sizes.get(sort, 1)

    def tuples(self, sorts: tuple[Sort, ...]) -> Iterator[tuple[int, ...]]:
        """Yield every tuple of elements of some sorts."""
        return itertools.product(*map(self.elements, sorts))

    def elements(self, sort: Sort) -> Sequence[int]:
        """Return the elements of a sort; for numbers, those that matter."""
        return self.numbers if sort is INT else range(self.size(sort))

    def value(self, symbol: Symbol, arguments: tuple[int, ...]) -> Any:
        """Return the value of a symbol for some arguments; any value if nothing depends on it."""
        found = self.tables.get(symbol, {}).get(arguments)
        return (False if symbol.result == BOOL else 0) if found is None else found

    def after(self, definitions: Mapping[Symbol, Definition]) -> Structure:
        """Return the structure after a step that changes symbols."""
        changed = {
            symbol: {
                point: evaluate(d.body, self, dict(zip(d.formals, point, strict=True)))
                for point in self.tuples(symbol.arguments)
            }
            for symbol, d in definitions.items()
        }
        return Structure(self.sizes, {**self.tables, **changed}, self.numbers)


def evaluate(term: Term, structure: Structure, values: Mapping[Term, Any]) -> Any:
    """Return the value of a term in a structure, for some values of its free variables."""
    return _evaluated(term, structure, values, {})


def _evaluated(term: Term, structure: Structure, values: Mapping[Term, Any], known: dict[Term, Any]) -> Any:
    """Return the value of a term; subterms in `known` have been evaluated for these values already.

    The same object may occur as a subterm in many places, and following every path to it would take time exponential
    in the depth.
    """
    if not term.args:
        return _of_leaf(term, structure, values)
    if term not in known:
        known[term] = _of_parts(term, structure, values, known)
    return known[term]


def _of_leaf(term: Term, structure: Structure, values: Mapping[Term, Any]) -> Any:
    match term.op:
        case Op.VARIABLE:
            return values[term]
        case Op.ELEMENT | Op.NUMBER:
            return term.of
        case Op.APPLY:
            return _applied(term.of, structure, ())
        case Op.AND | Op.OR:
            return term.op is Op.AND
        case Op.TRUE | Op.FALSE:
            return term.op is Op.TRUE
    return _ARITHMETIC[term.op]()


def _of_parts(term: Term, structure: Structure, values: Mapping[Term, Any], known: dict[Term, Any]) -> Any:
    match term.op:
        case Op.APPLY:
            point = tuple(int(_evaluated(arg, structure, values, known)) for arg in term.args)
            return _applied(term.of, structure, point)
        case Op.NOT:
            return not _evaluated(term.args[0], structure, values, known)
        case Op.AND:
            return all(_evaluated(arg, structure, values, known) for arg in term.args)
        case Op.OR:
            return any(_evaluated(arg, structure, values, known) for arg in term.args)
        case Op.ITE:
            branch = 1 if _evaluated(term.args[0], structure, values, known) else 2
            return _evaluated(term.args[branch], structure, values, known)
        case Op.FORALL | Op.EXISTS:
            points = itertools.product(*(_candidates(term, name, structure, values) for name in term.of))
            found = (
                _evaluated(term.args[0], structure, {**values, **dict(zip(term.of, p, strict=True))}, {})
                for p in points
            )
            return all(found) if term.op is Op.FORALL else any(found)
        case _:
            return _ARITHMETIC[term.op](*(_evaluated(arg, structure, values, known) for arg in term.args))


def ground_value(term: Term, atom: Callable[[Term], Any], known: dict[Term, Any]) -> Any:
    """Return the value of a closed term by those of the applications and elements in it.

    What it says with a quantifier counts as false. ``known`` remembers the values of subterms.
    """
    if term not in known:
        match term.op:
            case Op.APPLY | Op.ELEMENT:
                known[term] = atom(term)
            case Op.NUMBER:
                known[term] = term.of
            case Op.FORALL | Op.EXISTS | Op.TRUE | Op.FALSE:
                known[term] = term.op is Op.TRUE
            case Op.ITE:
                branch = 1 if ground_value(term.args[0], atom, known) else 2
                known[term] = ground_value(term.args[branch], atom, known)
            case _:
                known[term] = _OF_VALUES[term.op](*(ground_value(arg, atom, known) for arg in term.args))
    return known[term]


def _applied(symbol: Symbol, structure: Structure, point: tuple[int, ...]) -> Any:
    """Return the value of a symbol; a size is counted, unless the structure is to repeat what its table claims."""
    if isinstance(symbol.of, Counted) and not (structure.claims and symbol in structure.tables):
        return len(members(symbol.of, structure, point))
    return structure.value(symbol, point)


def members(counted: Counted, structure: Structure, point: tuple[int, ...]) -> frozenset[tuple[int, ...]]:
    """Return the elements that are counted when the formals have the values ``point``."""
    values = dict(zip(counted.formals, point, strict=True))
    elements = structure.tuples(tuple(name.sort for name in counted.elements))
    return frozenset(
        e
        for e in elements
        if evaluate(counted.body, structure, {**values, **dict(zip(counted.elements, e, strict=True))})
    )


def _candidates(binder: Term, name: Term, structure: Structure, values: Mapping[Term, Any]) -> Sequence[int]:
    """Return the values to try for a bound variable: the elements of its sort.

    There are infinitely many numbers. Those between the bounds that the binder's formula implies are enough; if it
    implies none, those that matter to the structure or occur in the formula.
    """
    if name.sort is not INT:
        return structure.elements(name.sort)
    low, high = _bounds(binder, name, structure, values)
    if low is not None and high is not None:
        return range(low, high + 1)
    written = [inner.of for inner in subterms((binder.args[0],)) if inner.op is Op.NUMBER]
    return sorted({*structure.numbers, *written})


def _bounds(
    binder: Term, name: Term, structure: Structure, values: Mapping[Term, Any]
) -> tuple[int | None, int | None]:
    """Return bounds within which a bound variable matters: outside of them, one part of the formula decides alone."""
    exists, body = binder.op is Op.EXISTS, binder.args[0]
    lows, highs = list[int](), list[int]()
    for part in body.args if body.op is (Op.AND if exists else Op.OR) else (body,):
        # For `exists`, part must be true where the variable matters; for `for all`, false.
        inner, holds = (part.args[0], not exists) if part.op is Op.NOT else (part, exists)
        if inner.op is not Op.AT_MOST or name not in inner.args:
            continue
        left, right = inner.args
        other = right if left is name else left
        if other is name or not values.keys() >= other.free:
            continue
        bound = evaluate(other, structure, values)
        if left is name:
            (highs if holds else lows).append(bound if holds else bound + 1)
        else:
            (lows if holds else highs).append(bound if holds else bound - 1)
    return max(lows, default=None), min(highs, default=None)


def _product(*factors: int) -> int:
    result = 1
    for factor in factors:
        result *= factor
    return result


_ARITHMETIC: dict[Op, Any] = {
    Op.EQUAL: lambda left, right: left == right,
    Op.AT_MOST: lambda left, right: left <= right,
    Op.ADD: lambda *parts: sum(parts),
    Op.MULTIPLY: _product,
    Op.DIVIDE: lambda left, right: left // right if right else 0,  # any value will do, since the code raises here
    Op.MODULO: lambda left, right: left % right if right else 0,
}


_OF_VALUES: dict[Op, Any] = {
    **_ARITHMETIC,
    Op.NOT: lambda part: not part,
    Op.AND: lambda *parts: all(parts),
    Op.OR: lambda *parts: any(parts),
}


def in_order(structure: Structure) -> Structure:
    """Return the same structure with the elements of each order renumbered in that order."""
    new = {sort: _ranks(structure, sort) for sort in structure.sizes if order_of(sort) in structure.tables}
    tables = {symbol: _renumbered(symbol, table, new) for symbol, table in structure.tables.items()}
    return Structure(structure.sizes, tables, structure.numbers)


def _ranks(structure: Structure, sort: Sort) -> list[int]:
    """Return the rank of each element."""
    at_most, size = order_of(sort), structure.size(sort)
    return [sum(structure.value(at_most, (j, i)) for j in range(size)) - 1 for i in range(size)]


def _renumbered(symbol: Symbol, table: Table, new: Mapping[Sort, list[int]]) -> Table:
    def moved(sort: Sort, value: Any) -> Any:
        return new[sort][value] if sort in new else value

    return {tuple(map(moved, symbol.arguments, point)): moved(symbol.result, value) for point, value in table.items()}
