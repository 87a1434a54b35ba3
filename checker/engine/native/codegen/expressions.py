"""Expressions in generated code."""

from __future__ import annotations

from assay.checker.engine.native.codegen.access import read
from assay.checker.engine.native.codegen.containers import Containers
from assay.checker.engine.native.codegen.folds import negated
from assay.checker.engine.native.codegen.layout import Seq
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    BagCount,
    BagTotal,
    Cardinality,
    Cast,
    Compare,
    Conditional,
    ConstantRef,
    Expr,
    Extreme,
    Field,
    Implies,
    IsKind,
    Item,
    LeastOf,
    Let,
    Literal,
    Make,
    MakeTuple,
    Member,
    Name,
    Narrow,
    Not,
    Or,
    Quantifier,
    Read,
    SameContents,
    SeqItem,
    SeqLength,
    SetRelation,
    SizeOf,
    Sum,
)
from assay.checker.language.types import (
    BoolType,
    OptionalType,
    RecordType,
    TupleType,
    UnionType,
)

__all__ = ["Expressions"]


class Expressions(Containers):
    """Expressions: source for their value, with whatever must be computed before it written first."""

    def expr(self, node: Expr) -> str:
        """Return source for a scalar's value, after writing what must come before."""
        match node:
            case Literal():
                return self._literal(node)
            case Name():
                return self.names[node.name]
            case ConstantRef(name, type_):
                value = self.codes.instance.constants[name]
                return str(bool(value)) if isinstance(type_, BoolType) else str(value)
            case Read(place):
                return self.value_of(place.type, self.read_code(place))
            case Field(operand, name, _):
                return self._part(operand, [field for field, _ in operand.type.fields].index(name))  # type: ignore[union-attr]
            case Item(operand, index, _):
                return self._part(operand, index)
            case Make() | MakeTuple():
                return self._made(node)
            case Cast():
                return self._seen_as(node)
            case Narrow(operand, type_, safe):
                return self._narrowed(operand, type_, safe)
            case IsKind(operand, kinds):
                return self._is_kind(self.out.named("value", self.expr(operand)), operand.type, kinds)
            case Compare():
                return self._compared(node)
            case Not(operand):
                return negated(self.expr(operand))
            case And(parts, eager):
                return self._conjunction(parts, "and", eager)
            case Or(parts):
                return self._conjunction(parts, "or", eager=False)
            case Implies(left, right):
                return self._conjunction((Not(left), right), "or", eager=can_fail(right))
            case Conditional():
                return self._conditional(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Let(name, value, body):
                self.bind(name, self.out.named(f"{name.name}_", self.expr(value)))
                return self.expr(body)
            case Quantifier():
                return self._quantified(node)
            case _:
                return self._measure(node)

    def _measure(self, node: Expr) -> str:
        match node:
            case Member(element, collection):
                return self._member(element, collection)
            case SetRelation(operator, left, right):
                return self._set_relation(operator, left, right)
            case SameContents(left, right):
                return self._same(self.spot(left), self.spot(right))
            case Cardinality(collection):
                return self._cardinality(collection)
            case Sum():
                return self._sum(node)
            case Extreme():
                return self._extreme(node)
            case SizeOf(universe):
                return str(self.codes.size(universe.of))
            case LeastOf():
                return "0"
            case SeqLength(place):
                spot = self.spot(place)
                assert isinstance(spot.slot, Seq)
                return read(spot, spot.slot.length_width, self.out)
            case SeqItem(place, index):
                return self._item(place, index)
            case BagCount(place, element):
                return self._copies(place, self.code_of(element.type, self.expr(element)))
            case BagTotal(place):
                return self.bag_total(place)
            case _:
                raise NotImplementedError(type(node).__name__)

    # Operators

    def _compared(self, node: Compare) -> str:
        if isinstance(node.left.type, RecordType | UnionType | TupleType | OptionalType) and can_fail(node):
            left, right = (self.checked_code(operand) for operand in (node.left, node.right))
            return f"({' and '.join([*left[1], *right[1], f'{left[0]} {node.operator.value} {right[0]}'])})"
        first = self.expr(node.left)
        with self.attempt() as lines:
            second = self.expr(node.right)
        if lines:
            first = self.out.named("left", first)
        self.out.replay(lines)
        return f"({first} {node.operator.value} {second})"

    def _conjunction(self, parts: tuple[Expr, ...], operator: str, eager: bool) -> str:
        result = self.expr(parts[0])
        for part in parts[1:]:
            with self.attempt() as lines:
                text = self.expr(part)
            if not lines:
                result = f"({result} {operator} {text})"
                continue
            name = self.out.fresh("both" if operator == "and" else "either")
            self.out.line(f"{name} = {result}")
            if eager:
                self.out.replay(lines)
                self.out.line(f"{name} = {name} {operator} {text}")
            else:
                with self.out.block(f"if {name if operator == 'and' else f'not {name}'}:"):
                    self.out.replay([f"    {line}" for line in lines])
                    self.out.line(f"{name} = {text}")
            result = name
        return result

    def _conditional(self, node: Conditional) -> str:
        test = self.expr(node.test)
        with self.attempt() as then_lines:
            then = self.expr(node.then)
        with self.attempt() as other_lines:
            otherwise = self.expr(node.otherwise)
        if not then_lines and not other_lines:
            return f"({then} if {test} else {otherwise})"
        name = self.out.fresh("choice")
        for head, lines, value in ((f"if {test}:", then_lines, then), ("else:", other_lines, otherwise)):
            with self.out.block(head):
                self.out.replay([f"    {line}" for line in lines])
                self.out.line(f"{name} = {value}")
        return name

    def _arithmetic(self, node: Arithmetic) -> str:
        left = self.out.named("left", self.expr(node.left))
        right = self.out.named("right", self.expr(node.right))
        if node.operator in ("//", "%"):
            self.fail_if(f"{right} == 0")
        return f"({left} {node.operator} {right})"
