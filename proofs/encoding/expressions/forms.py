"""The table of forms: which function translates which expression of the IR."""

from __future__ import annotations

from functools import partial

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import BagType, RecordType, is_container
from assay.proofs.encoding.expressions import arithmetic, bags, comparisons, containers, counting, membership
from assay.proofs.encoding.expressions.context import Context, Forms
from assay.proofs.encoding.expressions.extremes import extreme
from assay.proofs.encoding.expressions.places import read, type_of
from assay.proofs.encoding.expressions.sequences import item, item_at, never, same_items, sequence, stored_items
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.encoding.symbols.literals import literal
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import Atom, Product, Value, cast, choose, is_kind, narrow
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.orders import least_of
from assay.proofs.logic.terms import TRUE, Term

__all__ = ["FORMS", "context_of"]


def _value(c: Context, expr: ir.Expr) -> Value:
    try:
        return _translated(c, expr)
    except Unencodable as error:
        if error.location is not None:
            raise
        raise error.at(expr.location) from None


def _translated(c: Context, expr: ir.Expr) -> Value:
    match expr:
        case ir.Name(name, _):
            return c.names[name]
        case ir.Literal(value, type_):
            return literal(value, type_)
        case ir.ConstantRef(name, _):
            return Atom(c.theory.parameter(name))
        case ir.Read(place):
            return containers.held(c, place) if is_container(place.type) else read(c, place)
        case ir.Collected():
            return containers.collected(c, expr)
        case ir.MakeMap():
            return containers.made(c, expr)
        case ir.Entry():
            return containers.entry(c, expr)
        case ir.Field(operand, name, _):
            return _field(c, operand, name)
        case ir.Item(operand, index, _):
            return _part(c, operand, index)
        case ir.Make(_, arguments) | ir.MakeTuple(_, arguments):
            return Product(tuple(map(c.value, arguments)))
        case ir.Cast(operand, type_):
            return cast(c.value(operand), operand.type, type_)
        case ir.Narrow():
            return _narrowed(c, expr)
        case ir.Conditional(test, then, otherwise):
            return choose(c.formula(test), c.value(then), c.value(otherwise))
        case ir.Let(name, value, body):
            c.names[name.name] = c.value(value)
            return c.value(body)
        case ir.LeastOf(type_):
            return Atom(least_of(sort_of(type_)))
        case ir.Extreme():
            return extreme(c, expr)
        case ir.SeqItem():
            return item(c, expr)
        case ir.ItemAt():
            return item_at(c, expr)
        case _:
            return Atom(_term(c, expr))


def _term(c: Context, expr: ir.Expr) -> Term:
    match expr:
        case ir.Assertion():
            return TRUE
        case ir.Not(operand):
            return c.negated(partial(c.formula, operand))
        case ir.And(parts):
            return logic.conjunction(map(c.formula, parts))
        case ir.Or(parts):
            return logic.disjunction(map(c.formula, parts))
        case ir.Implies(left, right):
            return logic.disjunction((c.negated(partial(c.formula, left)), c.formula(right)))
        case ir.IsKind(operand, kinds):
            return is_kind(c.value(operand), kinds)
        case ir.Compare():
            return comparisons.compared(c, expr)
        case ir.SetRelation(operator, left, right):
            return membership.related(c, operator, left, right)
        case ir.SameContents(left, right):
            return comparisons.same_contents(c, left, right)
        case ir.Quantifier(universal, name, domain, body):
            return _quantified(c, universal, name, domain, body)
        case ir.Member(part, collection):
            return c.member(c.value(part), collection)
        case ir.Arithmetic(operator, left, right):
            return arithmetic.computed(operator, c.term(left), c.term(right))
        case ir.SizeOf(universe):
            return counting.size_of(c, universe, expr.location)
        case ir.Cardinality(collection):
            return counting.count_of(c, collection, expr.location)
        case ir.Sum(part, generators):
            return counting.sum_of(c, part, generators, expr.location)
        case ir.SeqLength(place):
            return stored_items(c, place).length
        case ir.Length(ir.Elements() as bag) if isinstance(type_of(bag), BagType):
            return bags.size(c, bag, expr.location)
        case ir.Length(collection):
            return sequence(c, collection).length
        case ir.SameItems(left, right):
            return same_items(sequence(c, left), sequence(c, right))
        case ir.BagCount(place, part):
            return bags.copies(c, c.value(part), place)
        case ir.BagTotal():
            return bags.total(c, expr)
    raise Unencodable(type(expr).__name__, expr.location, finite=True)


def _field(c: Context, operand: ir.Expr, name: str) -> Value:
    assert isinstance(operand.type, RecordType)
    fields = [field for field, _ in operand.type.fields]
    return _part(c, operand, fields.index(name))


def _part(c: Context, operand: ir.Expr, index: int) -> Value:
    value = c.value(operand)
    assert isinstance(value, Product), operand
    return value.parts[index]


def _narrowed(c: Context, expr: ir.Narrow) -> Value:
    _, value = narrow(c.value(expr.operand), expr.operand.type, expr.type)
    return never(expr.type) if value is None else value


def _quantified(c: Context, universal: bool, name: ir.Name, domain: ir.Collection, body: ir.Expr) -> Term:
    def instance(value: Value) -> Term:
        c.names[name.name] = value
        return c.formula(body)

    return c.all_of(domain, instance) if universal else c.any_of(domain, instance)


FORMS = Forms(_value, membership.member, membership.any_of)


def context_of(theory: Theory) -> Context:
    """Return the context of a state about which nothing but the vocabulary is known."""
    return Context(theory, FORMS)
