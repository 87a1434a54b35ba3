"""Numbers that are temporarily outside their range, which anything that ranges over a type would miss.

An action may add to a set a number outside the range of its elements, and remove it again; only the state at the end
is checked against the range. Membership is right for any number. But a quantifier over the elements of a set tries
only the numbers of the range, so it is refused in between.
"""

from __future__ import annotations

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import (
    INTEGER,
    BagType,
    IntType,
    OptionalType,
    RecordType,
    SetType,
    TupleType,
    Type,
    UnionType,
    has_numbers,
    subtypes,
)
from assay.proofs.encoding.expressions.context import Context
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import Value, mapped
from assay.proofs.logic.terms import FALSE, INT, Op, Term

__all__ = ["demand_items_within", "demand_within", "is_within", "note_additions", "note_value"]


def note_additions(c: Context, place: ir.Place, collection: ir.Collection) -> None:
    """Note whether a set may now hold numbers outside its range, because a collection is added to it."""
    assert isinstance(place.type, SetType)
    if has_numbers(place.type.element):
        c.any_of(collection, lambda value: _noted(c, place, value))


def _noted(c: Context, place: ir.Place, value: Value) -> Term:
    note_value(c, place, value)
    return FALSE


def note_value(c: Context, place: ir.Place, value: Value) -> None:
    """Note whether a set or bag may now hold numbers outside its range, because a value is added to it."""
    assert isinstance(place.type, SetType | BagType)
    if not is_within(c, value, place.type.element):
        c.widened.add(place.variable)


def is_within(c: Context, value: Value, type_: Type) -> bool:
    """Return whether every number in a value is certainly in the ranges of a type.

    The numbers in a container inside the value always are, since no other containers become parts of values.
    """
    allowed = [part for part in subtypes(type_) if isinstance(part, IntType)]
    found: list[Term] = []

    def look(term: Term) -> Term:
        found.append(term)
        return term

    if allowed:
        mapped(value, look)
    return all(_is_inside(c, term, range_) for term in found if term.sort is INT for range_ in allowed)


def _is_inside(c: Context, term: Term, range_: IntType) -> bool:
    """Return whether a number is certainly in a range."""
    if term.op is Op.ITE:
        return _is_inside(c, term.args[1], range_) and _is_inside(c, term.args[2], range_)
    known = c.ranges.get(term)
    if known is None and term.op is Op.APPLY:
        known = c.theory.ranges.get(term.of)
    if known == range_ or range_.low is None or range_.high is None or range_ == INTEGER:
        return True
    low, high = c.theory.bound(range_.low), c.theory.bound(range_.high)
    if term.op is Op.NUMBER:
        ends = term, term
    elif known is not None and known.low is not None and known.high is not None and not known.is_unbounded:
        ends = c.theory.bound(known.low), c.theory.bound(known.high)
    else:
        return False
    numbers = low, *ends, high
    if any(end.op is not Op.NUMBER for end in numbers):
        return False
    return bool(low.of <= ends[0].of and ends[1].of <= high.of)


def demand_within(c: Context, node: ir.Node) -> None:
    """Refuse to go through the elements of a container that may hold numbers outside its range.

    Raises
    ------
    Unencodable
        If there is such a set or bag in the node.
    """
    for part in ir.walk(node) if c.widened else ():
        if isinstance(part, ir.Place) and part.root is ir.Root.STATE and part.variable in c.widened:
            what = f"going through {part.variable}, which may hold numbers outside of its range at that point,"
            raise Unencodable(what, part.location, finite=True)


def demand_items_within(c: Context, collection: ir.Collection) -> None:
    """Refuse to take the elements of a collection one by one if a record among them may exceed its fields' ranges.

    Python makes a record with any number: ``{Slot(n) for n in range(9)}`` has 9 elements whatever the range of the
    field.

    Raises
    ------
    Unencodable
        If there is such a record.
    """
    demand_within(c, collection)
    parts = [part for part in ir.walk(collection) if isinstance(part, ir.Comprehension | ir.SetOf)]
    items = [item for part in parts for item in (part.items if isinstance(part, ir.SetOf) else (part.item,))]
    for made in (part for item in items for part in ir.walk(item) if isinstance(part, ir.Make)):
        fields = (type_ for _, type_ in made.type.fields)
        if not all(_fits(c, argument, type_) for argument, type_ in zip(made.arguments, fields, strict=True)):
            raise _beyond(made.type, made)
    for name in (part for item in items for part in ir.walk(item) if isinstance(part, ir.Name)):
        value = c.names.get(name.name)  # the value of a local name or a parameter; a bound name has none yet
        is_made = isinstance(name.type, RecordType | UnionType | TupleType)
        if is_made and value is not None and not is_within(c, value, name.type):
            raise _beyond(name.type, name)


def _beyond(type_: Type, node: ir.Node) -> Unencodable:
    what = f"counting, or summing up over, {type_}, which may hold numbers outside of its ranges here,"
    return Unencodable(what, node.location, finite=True)


def _fits(c: Context, argument: ir.Expr, field: Type) -> bool:
    """Return whether a number given for a field is certainly in its range; true for anything that is not a number."""
    while isinstance(argument, ir.Cast):
        argument = argument.operand
    while isinstance(field, OptionalType):
        field = field.inner
    given = argument.type
    if not isinstance(given, IntType) or not isinstance(field, IntType) or given == field:
        return True
    if isinstance(argument, ir.Literal) and isinstance(argument.value, int):
        given = IntType(argument.value, argument.value)
    bounds = [None if end is None else c.theory.bound(end) for end in (field.low, given.low, given.high, field.high)]
    values = [bound.of for bound in bounds if bound is not None and bound.op is Op.NUMBER]
    return len(values) == len(bounds) and values == sorted(values)
