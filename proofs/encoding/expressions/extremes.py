"""The largest and smallest of something: a variable, and the formula that it satisfies."""

from __future__ import annotations

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import OptionalType, SortType, Type
from assay.proofs.encoding.expressions.comparisons import at_most
from assay.proofs.encoding.expressions.context import Context
from assay.proofs.encoding.symbols.cases import cases, sort_of
from assay.proofs.encoding.symbols.values import Atom, Value, cast, choose, narrow
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.orders import greatest_of, next_of
from assay.proofs.logic.terms import TRUE, Term, variable

__all__ = ["extreme"]


def extreme(c: Context, expr: ir.Extreme) -> Value:
    """Return a new variable that stands for the largest or smallest, and for anything if there is none.

    If there is none, the model's own code raises. The formula must not assume that this never happens, since the
    value may belong to a branch that is not taken.
    """
    neighbour = _neighbour(c, expr)
    if neighbour is not None:
        return Atom(neighbour)
    result = _anything(_compared_type(expr.type))
    found = cast(result, _compared_type(expr.type), expr.type)
    some, best = _is_extreme(c, expr, result, found)
    # The smallest closed formula around the value binds the variable and assumes this about it.
    c.pending.append((result.term, logic.implies(some, best)))
    return found if expr.default is None else choose(some, found, c.value(expr.default))


def _neighbour(c: Context, expr: ir.Extreme) -> Term | None:
    """Return the last element of an order, or the next one, if that is what the extreme amounts to.

    The vocabulary has a symbol for each. The element after the last is taken to be the last one itself, where the
    model's own code raises.
    """
    match expr:
        case ir.Extreme(
            largest, element, (ir.Generator(name, ir.Universe(SortType(ordered=True) as order), test),), None
        ):
            if element != name or not c.theory.has_neighbours:
                return None
        case _:
            return None
    if test is None:
        return greatest_of(sort_of(order)) if largest else None
    match test:
        case ir.Compare(ir.Comparison.LT, ir.Name() as given, other) if other == name and given != name and not largest:
            return next_of(sort_of(order), up=True)(c.term(given))
        case ir.Compare(ir.Comparison.LT, other, ir.Name() as given) if other == name and given != name and largest:
            return next_of(sort_of(order), up=False)(c.term(given))
        case _:
            return None


def _is_extreme(c: Context, expr: ir.Extreme, result: Atom, found: Value) -> tuple[Term, Term]:
    items = ir.Comprehension(expr.element, expr.generators)

    def beyond(value: Value) -> Term:
        _, other = narrow(value, expr.type, _compared_type(expr.type))
        if other is None:
            return TRUE
        assert isinstance(other, Atom)
        low, high = (other, result) if expr.largest else (result, other)
        return at_most(low.term, high.term, _compared_type(expr.type))

    some = c.any_of(items, lambda _: TRUE)
    return some, logic.conjunction((c.member(found, items), c.all_of(items, beyond)))


def _anything(type_: Type) -> Atom:
    """Return a value about which nothing is known."""
    case = cases(type_)[-1]
    value = case.build([variable(sort) for sort in case.sorts])
    assert isinstance(value, Atom)
    return value


def _compared_type(type_: Type) -> Type:
    """Return the type of what is compared, without the None that only a default adds."""
    return type_.inner if isinstance(type_, OptionalType) else type_
