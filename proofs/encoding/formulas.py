"""From expressions of the IR to terms: what they are in a given state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import (
    BoolType,
    EnumType,
    IntType,
    NoneOnly,
    OptionalType,
    RecordType,
    SortType,
    TupleType,
    Type,
    UnionType,
)
from assay.proofs.encoding.barriers import Barrier
from assay.proofs.encoding.cases import cases, enum_value, sort_of
from assay.proofs.encoding.places import Places
from assay.proofs.encoding.sequences import never
from assay.proofs.encoding.sets import Target
from assay.proofs.encoding.values import ABSENT, Atom, Product, Value, are_equal, cast, choose, is_kind, narrow
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import exists
from assay.proofs.logic.orders import least_of, order_of
from assay.proofs.logic.terms import FALSE, TRUE, Op, Term, number, variable

__all__ = ["Formulas", "Target", "literal"]


def literal(value: object, type_: Type) -> Value:
    """Return a Python value that is the same in every instance."""
    match type_:
        case OptionalType(inner):
            return ABSENT if value is None else cast(literal(value, inner), inner, type_)
        case NoneOnly():
            return ABSENT
        case BoolType():
            return Atom(TRUE if value else FALSE)
        case IntType() if isinstance(value, int):
            return Atom(number(value))
        case EnumType():
            return Atom(enum_value(type_, value))
        case TupleType(items) if isinstance(value, tuple):
            return Product(tuple(map(literal, value, items)))
        case RecordType(_, fields):
            return Product(tuple(literal(getattr(value, name), part) for name, part in fields))
        case UnionType(alternatives):
            kind = next(part for part in alternatives if type(value) is part.cls)
            return cast(literal(value, kind), kind, type_)
    raise Barrier(f"the value {value!r}", None)


@dataclass
class Formulas(Places):
    """Expressions in a state.

    Attributes
    ----------
    pending : list of (Term, Term)
        Variables that stand for the largest or smallest of something, each with what it must satisfy. The formula
        around them, or the binder of a variable that they depend on, quantifies them: see `closed`.
    """

    pending: list[tuple[Term, Term]] = field(default_factory=list)

    def formula(self, expr: ir.Expr) -> Term:
        """Return what a condition says."""
        return self.closed(lambda: self.term(expr))

    def closed(self, build: Callable[[], Term]) -> Term:
        """Return a formula in which nothing is pending."""
        saved, self.pending = self.pending, []
        try:
            term = build()
            if self.pending:
                names, meanings = zip(*self.pending, strict=True)
                term = exists(names, logic.conjunction((*meanings, term)))
            return term
        finally:
            self.pending = saved

    def term(self, expr: ir.Expr) -> Term:
        """Return an expression that is a single term."""
        value = self.value(expr)
        assert isinstance(value, Atom), expr
        return value.term

    def value(self, expr: ir.Expr) -> Value:
        """Return what an expression is."""
        try:
            return self._value(expr)
        except Barrier as barrier:
            if barrier.location is not None:
                raise
            raise barrier.at(expr.location) from None

    def _value(self, expr: ir.Expr) -> Value:
        match expr:
            case ir.Name(name, _):
                return self.names[name]
            case ir.Literal(value, type_):
                return literal(value, type_)
            case ir.ConstantRef(name, _):
                return Atom(self.theory.parameter(name))
            case ir.Read(place):
                return self.read(place)
            case ir.Field(operand, name, _):
                return self._field(operand, name)
            case ir.Item(operand, index, _):
                return self._part(operand, index)
            case ir.Make(_, arguments) | ir.MakeTuple(_, arguments):
                return Product(tuple(map(self.value, arguments)))
            case ir.Cast(operand, type_):
                return cast(self.value(operand), operand.type, type_)
            case ir.Narrow():
                return self._narrowed(expr)
            case ir.Conditional(test, then, otherwise):
                return choose(self.formula(test), self.value(then), self.value(otherwise))
            case ir.Let(name, value, body):
                self.names[name.name] = self.value(value)
                return self.value(body)
            case ir.LeastOf(type_):
                return Atom(least_of(sort_of(type_)))
            case ir.Extreme():
                return self._extreme(expr)
            case ir.SeqItem():
                return self.item(expr)
            case _ if isinstance(expr.type, IntType):
                return Atom(self._number(expr))
            case _:
                return Atom(self._truth(expr))

    # Values

    def _field(self, operand: ir.Expr, name: str) -> Value:
        fields = [field_ for field_, _ in operand.type.fields]  # type: ignore[union-attr]
        return self._part(operand, fields.index(name))

    def _part(self, operand: ir.Expr, index: int) -> Value:
        value = self.value(operand)
        assert isinstance(value, Product), operand
        return value.parts[index]

    def _narrowed(self, expr: ir.Narrow) -> Value:
        _, value = narrow(self.value(expr.operand), expr.operand.type, expr.type)
        return never(expr.type) if value is None else value

    def _extreme(self, expr: ir.Extreme) -> Value:
        """Return a new variable, that stands for the largest or smallest; for anything, where there is none.

        The model's own code fails there. It must not be assumed that it never does: the value may stand in a branch
        that is not taken.
        """
        result = self.anything(_compared_type(expr.type))
        assert isinstance(result, Atom)
        found = cast(result, _compared_type(expr.type), expr.type)
        some, best = self._is_extreme(expr, result, found)
        self.pending.append((result.term, logic.implies(some, best)))
        return found if expr.default is None else choose(some, found, self.value(expr.default))

    def _is_extreme(self, expr: ir.Extreme, result: Atom, found: Value) -> tuple[Term, Term]:
        items = ir.Comprehension(expr.element, expr.generators)

        def beyond(value: Value) -> Term:
            _, other = narrow(value, expr.type, _compared_type(expr.type))
            if other is None:
                return TRUE
            assert isinstance(other, Atom)
            low, high = (other, result) if expr.largest else (result, other)
            return self._at_most(low.term, high.term, _compared_type(expr.type))

        some = self.any_of(items, lambda _: TRUE)
        return some, logic.conjunction((self.member(found, items), self.all_of(items, beyond)))

    def anything(self, type_: Type) -> Value:
        """Return a value of which nothing is known."""
        case = cases(type_)[-1]
        return case.build([variable(sort) for sort in case.sorts])

    # Truth

    def _truth(self, expr: ir.Expr) -> Term:
        match expr:
            case ir.Not(operand):
                return logic.negation(self.formula(operand))
            case ir.And(parts):
                return logic.conjunction(self.formula(part) for part in parts)
            case ir.Or(parts):
                return logic.disjunction(self.formula(part) for part in parts)
            case ir.Implies(left, right):
                return logic.implies(self.formula(left), self.formula(right))
            case ir.IsKind(operand, kinds):
                return is_kind(self.value(operand), kinds)
            case ir.Compare():
                return self._compared(expr)
            case ir.SetRelation(operator, left, right):
                return self.related(operator, left, right)
            case ir.SameContents(left, right):
                return self.same(left, right)
            case ir.Quantifier(universal, name, domain, body):
                return self._quantified(universal, name, domain, body)
            case ir.Member(part, collection):
                return self.member(self.value(part), collection)
        raise Barrier(type(expr).__name__, expr.location)

    def _quantified(self, universal: bool, name: ir.Name, domain: ir.Collection, body: ir.Expr) -> Term:
        def instance(value: Value) -> Term:
            self.names[name.name] = value
            return self.formula(body)

        return self.all_of(domain, instance) if universal else self.any_of(domain, instance)

    def _compared(self, expr: ir.Compare) -> Term:
        counted = self.count_compared(expr)
        if counted is not None:
            return counted
        left, right = self.value(expr.left), self.value(expr.right)
        if expr.operator is ir.Comparison.EQ:
            return are_equal(left, right)
        assert isinstance(left, Atom)
        assert isinstance(right, Atom)
        if expr.operator is ir.Comparison.LE:
            return self._at_most(left.term, right.term, expr.left.type)
        return logic.negation(self._at_most(right.term, left.term, expr.left.type))

    def _at_most(self, left: Term, right: Term, type_: Type) -> Term:
        if isinstance(type_, SortType):
            return TRUE if left is right else order_of(sort_of(type_))(left, right)
        return logic.at_most(left, right)

    # Numbers

    def _number(self, expr: ir.Expr) -> Term:
        match expr:
            case ir.Arithmetic(operator, left, right):
                return self._arithmetic(operator, self.term(left), self.term(right))
            case ir.SizeOf(universe):
                return self.size_of(universe, expr.location)
            case ir.Cardinality(collection):
                return self.count(collection, expr.location)
            case ir.Sum(part, generators):
                return self.sum(part, generators, expr.location)
            case ir.SeqLength(place):
                return self.stored_items(place).length
            case ir.BagCount(place, part):
                return self.copies(self.value(part), place)
            case ir.BagTotal():
                return self.total(expr)
        raise Barrier(type(expr).__name__, expr.location, finite=True)

    def _arithmetic(self, operator: str, left: Term, right: Term) -> Term:
        match operator:
            case "+":
                return logic.add((left, right))
            case "-":
                return logic.subtract(left, right)
            case "*":
                return logic.multiply(left, right)
            case _ if right.op is Op.NUMBER and right.of > 0:
                return (logic.divide if operator == "//" else logic.modulo)(left, right)
            case _:
                return _divided(operator, left, right)


def _divided(operator: str, left: Term, right: Term) -> Term:
    """Return what Python's // or % is, which round down; by zero, where the model's own code raises, it is 0.

    Terms divide by what is positive: to divide by a negative number is to divide the negated by the negated.
    """
    minus = [logic.multiply(number(-1), term) for term in (left, right)]
    if operator == "//":
        up, down = logic.divide(left, right), logic.divide(*minus)
    else:
        up, down = logic.modulo(left, right), logic.multiply(number(-1), logic.modulo(*minus))
    negative = logic.ite(logic.less(right, number(0)), down, number(0))
    return logic.ite(logic.less(number(0), right), up, negative)


def _compared_type(type_: Type) -> Type:
    """Return the type of what is compared: without the None that only a default brings in."""
    return type_.inner if isinstance(type_, OptionalType) else type_
