"""Compiling expressions."""

from __future__ import annotations

import ast
import enum

from assay.checker.language.frontend.calls import Calls
from assay.checker.language.frontend.scope import SelfBinding, Value
from assay.checker.language.frontend.typing import coerce, common_type, known, learned
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    BagTotal,
    Cardinality,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Expr,
    Field,
    IsKind,
    Item,
    Literal,
    MakeTuple,
    Member,
    Narrow,
    Not,
    Or,
    Place,
    SameContents,
    SeqItem,
    SeqLength,
    SetRelation,
    Stored,
    Universe,
)
from assay.checker.language.types import (
    BOOL,
    INT,
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
    NoneOnly,
    OptionalType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
)

__all__ = ["Expressions"]

_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}


class Expressions(Calls):
    """Expressions of every form."""

    def value(self, node: ast.expr, expected: Type | None = None) -> Value:
        """Compile an expression of any sort."""
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node, expected)
            case ast.Attribute():
                return self._attribute(node, expected)
            case ast.Subscript():
                return self._subscript(node)
            case ast.Call():
                return self.call(node, expected)
            case ast.Compare():
                return self._comparison(node)
            case ast.BoolOp():
                return self._bool_op(node)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BinOp():
                return self._binary(node, expected)
            case ast.IfExp():
                return self._if_expression(node, expected)
            case ast.Tuple(elts=elements):
                return self._tuple(node, elements, expected)
            case ast.Set(elts=elements) | ast.List(elts=elements):
                return self.displayed(elements, node, expected) if elements else self.empty(node, expected)
            case ast.SetComp():
                return self.comprehension(node, expected)
            case ast.ListComp() | ast.GeneratorExp():
                self.fail(
                    node, "a list has no place here: how often an element occurs would count", "write a set: {...}"
                )
            case ast.NamedExpr():
                self.fail(node, "a name cannot be given inside an expression", "assign it before")
            case ast.Lambda():
                self.fail(node, "a lambda is not part of the language", "define a function")
            case _:
                self.fail(node, f"{_described(node)} is not part of the language")

    def expr(self, node: ast.expr, expected: Type | None = None) -> Expr:
        """Compile an expression that must be a scalar."""
        value = self.value(node, expected)
        if isinstance(value, Expr):
            return value
        what = value.type if isinstance(value, Place) else f"collection of {value.element}"
        self.fail(node, f"expected a single value, found a {what}")

    def collection(self, node: ast.expr, expected: Type | None = None) -> Collection:
        """Compile an expression that must be a collection."""
        if isinstance(node, ast.Tuple):
            return self.displayed(node.elts, node, expected)
        found, thing = self.resolve(node)
        if found:
            universe = self.class_universe(thing, node)
            if universe is not None:
                return universe
            if isinstance(thing, tuple | frozenset | set | list) and thing:
                return self._constant_collection(thing, node)
        value = self.as_collection(self.value(node, expected), node)
        if expected is not None and isinstance(value, Collection) and not isinstance(value, Stored | Universe):
            return self.widened(value, expected, node) if common_type(value.element, expected) == expected else value
        return value

    def condition(self, node: ast.expr) -> Expr:
        """Compile an expression that must be true or false; a collection is true if it is not empty."""
        value = self.value(node)
        match value:
            case Stored(place) if isinstance(place.type, SeqType):
                return Compare(Comparison.LT, Literal(0, INT), SeqLength(place), location=self.at(node))
            case Stored(place) if isinstance(place.type, BagType):
                return Compare(Comparison.LT, Literal(0, INT), BagTotal(place), location=self.at(node))
            case Collection():
                return Compare(Comparison.LT, Literal(0, INT), Cardinality(value), location=self.at(node))
            case Expr() if isinstance(value.type, BoolType):
                return value
            case Expr():
                self.fail(node, f"expected true or false, found a {value.type}", "compare it with something")
            case _:
                self.fail(node, "expected true or false, found a map")

    # Atoms

    def _constant(self, node: ast.Constant) -> Expr:
        match node.value:
            case bool() as truth:
                return Literal(truth, BOOL, location=self.at(node))
            case int() as number:
                return Literal(number, INT, location=self.at(node))
            case None:
                return Literal(None, NoneOnly(), location=self.at(node))
            case other:
                self.fail(node, f"{other!r} is not a value of the language", "use an Enum for names")

    def _name(self, node: ast.Name, expected: Type | None) -> Value:
        if node.id in self.names:
            value = self.look_up(node)
            if isinstance(value, SelfBinding):
                self.fail(node, f"{node.id} is the whole state, not a value", "use one of its variables")
            assert value is not None
            return value
        found, thing = self.code.lookup(node.id)
        if not found:
            self.fail(node, f"{node.id} is not defined")
        return self._outside(thing, node)

    def _outside(self, thing: object, node: ast.expr) -> Value:
        literal = self._literal(thing, node)
        if literal is not None:
            return literal
        universe = self.class_universe(thing, node)
        if universe is not None:
            return universe
        if isinstance(thing, tuple | frozenset) and thing:
            return self._constant_collection(thing, node)
        self.fail(node, f"{ast.unparse(node)} is a {type(thing).__name__}, which is not a value of the language")

    def _literal(self, thing: object, node: ast.AST) -> Expr | None:
        match thing:
            case bool():
                return Literal(thing, BOOL, location=self.at(node))
            case enum.Enum():
                return Literal(thing, EnumType(type(thing)), location=self.at(node))
            case int():
                return Literal(thing, INT, location=self.at(node))
            case _:
                return None

    def _constant_collection(self, things: object, node: ast.expr) -> Collection:
        from assay.checker.language.ir.nodes import SetOf

        assert isinstance(things, tuple | frozenset | set | list)
        literals = [self._literal(thing, node) for thing in things]
        if any(literal is None for literal in literals) or len({literal.type for literal in literals if literal}) != 1:
            self.fail(node, f"{ast.unparse(node)} is a collection of other things than values of one type")
        items = tuple(literal for literal in literals if literal is not None)
        return SetOf(items, items[0].type, location=self.at(node))

    def _attribute(self, node: ast.Attribute, expected: Type | None) -> Value:
        if isinstance(node.value, ast.Name):
            owner = self.names.get(node.value.id)
            if isinstance(owner, SelfBinding):
                return self._state_attribute(owner, node)
        found, thing = self.resolve(node)
        if found:
            return self._outside(thing, node)
        if isinstance(self.resolve(node.value)[1], type):
            self.fail(node, f"{ast.unparse(node.value)} has no member {node.attr!r}")
        return self.field(self.expr(node.value), node.attr, node)

    def _state_attribute(self, owner: SelfBinding, node: ast.Attribute) -> Value:
        value = self.attribute(owner.root, node.attr, node)
        if value is not None:
            return value
        thing = getattr(self.specification.cls, node.attr, None)
        literal = self._literal(thing, node)
        if literal is not None:
            return literal
        if callable(thing):
            self.fail(node, f"{node.attr} is a method, it must be called", f"{ast.unparse(node)}(...)")
        names = [variable.name for variable in self.specification.variables]
        self.fail(node, f"{self.specification.name} has no variable {node.attr!r}", f"it has {', '.join(names)}")

    def field(self, operand: Expr, name: str, node: ast.AST) -> Expr:
        """Compile ``operand.name`` of a record, or of a union in which some records have that field."""
        operand = self._not_none(operand)
        holders = [kind for kind in _records(operand.type) if name in dict(kind.fields)]
        if not holders:
            fields = [field for kind in _records(operand.type) for field, _ in kind.fields]
            self.fail(
                node,
                f"a {operand.type} has no field {name!r}",
                f"it has {', '.join(dict.fromkeys(fields)) or 'none'}",
            )
        result = self._field_of(operand, holders[-1], name, node)
        for kind in reversed(holders[:-1]):
            test = IsKind(operand, (kind,), location=self.at(node))
            result = self.conditional(test, self._field_of(operand, kind, name, node, safe=True), result, node)
        return result

    def _not_none(self, operand: Expr) -> Expr:
        if isinstance(operand.type, OptionalType):
            return Narrow(operand, operand.type.inner, location=operand.location)
        return operand

    def _field_of(self, operand: Expr, kind: RecordType, name: str, node: ast.AST, *, safe: bool = False) -> Expr:
        if operand.type != kind:
            operand = Narrow(operand, kind, safe=safe or _only_holder(operand.type, kind), location=operand.location)
        return known(Field(operand, name, dict(kind.fields)[name], location=self.at(node)), self.facts)

    def _subscript(self, node: ast.Subscript) -> Value:
        owner = self.value(node.value)
        if isinstance(owner, Place) and isinstance(owner.type, MapType):
            key = self.fit(self.expr(node.slice, owner.type.key), owner.type.key, node.slice, "the key")
            return self.read(
                Place(owner.root, owner.variable, (*owner.keys, key), owner.type.value, location=self.at(node))
            )
        if isinstance(owner, Stored) and isinstance(owner.place.type, SeqType):
            if isinstance(node.slice, ast.Slice):
                return self.slice(owner.place, node, node.slice)
            index = self.fit(self.expr(node.slice), INT, node.slice, "the index")
            return SeqItem(owner.place, index, location=self.at(node))
        if isinstance(owner, Expr) and isinstance(owner.type, TupleType):
            return self._item(owner, owner.type, node)
        self.fail(node, "this cannot be indexed", "maps, sequences and tuples can")

    def _item(self, owner: Expr, type_: TupleType, node: ast.Subscript) -> Expr:
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if not isinstance(index, int) or not 0 <= index < len(type_.items):
            self.fail(
                node.slice,
                f"the index of a {type_} must be a number from 0 to {len(type_.items) - 1}, written out",
            )
        return known(Item(owner, index, type_.items[index], location=self.at(node)), self.facts)

    def _tuple(self, node: ast.Tuple, elements: list[ast.expr], expected: Type | None) -> Expr:
        wanted = (
            expected.items
            if isinstance(expected, TupleType) and len(expected.items) == len(elements)
            else [None] * len(elements)
        )
        values = [self.expr(element, want) for element, want in zip(elements, wanted, strict=True)]
        fitted = [
            value if want is None else self.fit(value, want, element, "the item")
            for value, want, element in zip(values, wanted, elements, strict=True)
        ]
        return MakeTuple(TupleType(tuple(value.type for value in fitted)), tuple(fitted), location=self.at(node))

    def comprehension(self, node: ast.SetComp | ast.GeneratorExp, expected: Type | None) -> Collection:
        """Compile ``{item for ... in ... if ...}``."""
        with self.generators(node.generators) as generators:
            item = self.expr(node.elt, expected)
            if expected is not None:
                item = self.fit(item, expected, node.elt, "the element")
        return Comprehension(item, generators, location=self.at(node))

    # Operators

    def _bool_op(self, node: ast.BoolOp) -> Expr:
        conjunction = isinstance(node.op, ast.And)
        parts: list[Expr] = []
        saved = self.facts
        for operand in node.values:
            parts.append(self.condition(operand))
            self.facts = {**self.facts, **learned(parts[-1], conjunction)}
        self.facts = saved
        return (And if conjunction else Or)(tuple(parts), location=self.at(node))

    def _unary(self, node: ast.UnaryOp) -> Expr:
        match node.op:
            case ast.Not():
                return Not(self.condition(node.operand), location=self.at(node))
            case ast.USub():
                operand = self.fit(self.expr(node.operand), INT, node.operand, "the operand of -")
                if isinstance(operand, Literal):
                    return Literal(-operand.value, INT, location=self.at(node))
                return Arithmetic("-", Literal(0, INT), operand, location=self.at(node))
            case _:
                self.fail(node, f"{_described(node)} is not part of the language")

    def _binary(self, node: ast.BinOp, expected: Type | None) -> Value:
        left = self.value(node.left, expected)
        if isinstance(left, Collection):
            return self.operation(node, expected)
        operator = _ARITHMETIC.get(type(node.op))
        if operator is None:
            self.fail(node, f"{_described(node)} is not part of the language", "possible are +, -, *, // and %")
        if isinstance(left, Place):
            self.fail(node.left, "a map has no arithmetic")
        first = self.fit(left, INT, node.left, f"the operand of {operator}")
        second = self.fit(self.expr(node.right), INT, node.right, f"the operand of {operator}")
        return Arithmetic(operator, first, second, location=self.at(node))

    def _if_expression(self, node: ast.IfExp, expected: Type | None) -> Value:
        if isinstance(self._peek(node.body, expected), Collection):
            return self.choice(node, expected)
        test = self.condition(node.test)
        with self.knowing(learned(test, True)):
            then = self.expr(node.body, expected)
        with self.knowing(learned(test, False)):
            otherwise = self.expr(node.orelse, expected)
        return self.conditional(test, then, otherwise, node)

    def _peek(self, node: ast.expr, expected: Type | None) -> Value | None:
        """Compile only to see what it is; errors come when it is compiled in earnest."""
        saved = dict(self.used)
        try:
            return self.value(node, expected)
        except Exception:
            return None
        finally:
            self.used = saved

    # Comparisons

    def _comparison(self, node: ast.Compare) -> Expr:
        parts = []
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
            parts.append(self._compared(left, operator, right, node))
        return parts[0] if len(parts) == 1 else And(tuple(parts), location=self.at(node))

    def _compared(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, node: ast.Compare) -> Expr:
        match operator:
            case ast.In():
                return self._membership(left, right, node)
            case ast.NotIn():
                return Not(self._membership(left, right, node), location=self.at(node))
            case ast.NotEq() | ast.IsNot():
                return Not(
                    self._equal(left, right, node, identity=isinstance(operator, ast.IsNot)),
                    location=self.at(node),
                )
            case ast.Eq() | ast.Is():
                return self._equal(left, right, node, identity=isinstance(operator, ast.Is))
            case ast.Lt():
                return self._ordered(Comparison.LT, left, right, node)
            case ast.LtE():
                return self._ordered(Comparison.LE, left, right, node)
            case ast.Gt():
                return self._ordered(Comparison.LT, right, left, node)
            case _:
                return self._ordered(Comparison.LE, right, left, node)

    def _both(self, left: ast.expr, right: ast.expr) -> tuple[Value, Value]:
        first = self._peek(left, None)
        if isinstance(first, Collection):
            return first, self.collection(right, first.element)
        second = self._peek(right, None)
        if isinstance(second, Collection):
            return self.collection(left, second.element), second
        first = self.value(left)
        return first, self.value(right, first.type if isinstance(first, Expr) else None)

    def _equal(self, left: ast.expr, right: ast.expr, node: ast.expr, *, identity: bool) -> Expr:
        first, second = self._both(left, right)
        if isinstance(first, Collection) and isinstance(second, Collection):
            return self._same_collections(first, second, node)
        if isinstance(first, Place) and isinstance(second, Place) and first.type == second.type:
            return SameContents(first, second, location=self.at(node))
        if not isinstance(first, Expr) or not isinstance(second, Expr):
            self.fail(node, "a collection is never equal to a single value")
        if identity and not _interned(first.type) and not _interned(second.type):
            self.fail(node, f"`is` does not compare values of type {first.type}", "use ==")
        for value, other in ((first, second), (second, first)):
            if isinstance(other, Literal) and other.value is None:
                return self._none_test(value, node)
        common = common_type(first.type, second.type)
        if common is None:
            self.fail(node, f"a {first.type} is never equal to a {second.type}")
        operands = [self.fit(value, common, node, "the operand") for value in (first, second)]
        return Compare(Comparison.EQ, operands[0], operands[1], location=self.at(node))

    def _none_test(self, value: Expr, node: ast.AST) -> Expr:
        if isinstance(value, Narrow) and value.safe and isinstance(value.operand.type, OptionalType):
            value = value.operand
        if isinstance(value.type, OptionalType):
            return IsKind(value, (NoneOnly(),), location=self.at(node))
        if isinstance(value.type, NoneOnly):
            return Literal(True, BOOL)
        self.fail(node, f"a {value.type} is never None")

    def _same_collections(self, first: Collection, second: Collection, node: ast.expr) -> Expr:
        stored = [c.place for c in (first, second) if isinstance(c, Stored) and not isinstance(c.place.type, SetType)]
        if len(stored) == 2 and stored[0].type == stored[1].type:
            return SameContents(stored[0], stored[1], location=self.at(node))
        if stored:
            self.fail(node, "sequences and bags are compared with their like only")
        first, second = self.alike(first, second, node)
        return SetRelation(Comparison.EQ, first, second, location=self.at(node))

    def _ordered(self, operator: Comparison, left: ast.expr, right: ast.expr, node: ast.expr) -> Expr:
        first, second = self._both(left, right)
        if isinstance(first, Collection) and isinstance(second, Collection):
            first, second = self.alike(first, second, node)
            return SetRelation(operator, first, second, location=self.at(node))
        if not isinstance(first, Expr) or not isinstance(second, Expr):
            self.fail(node, "a map has no order")
        types_ = [t.inner if isinstance(t, OptionalType) else t for t in (first.type, second.type)]
        common = common_type(*types_)
        if common is None:
            self.fail(node, f"a {first.type} cannot be compared with a {second.type}")
        if isinstance(common, NoneOnly):
            self.fail(node, "None has no order")
        self._demand_order(common, node)
        operands = [self.fit(value, common, node, "the operand") for value in (first, second)]
        return Compare(operator, operands[0], operands[1], location=self.at(node))

    def _membership(self, left: ast.expr, right: ast.expr, node: ast.expr) -> Expr:
        collection = self.collection(right)
        element = self.expr(left, collection.element)
        if isinstance(element.type, OptionalType) and not isinstance(collection.element, OptionalType):
            inner = Narrow(element, element.type.inner, safe=True, location=element.location)
            present = Not(IsKind(element, (NoneOnly(),)))
            return And((present, self._member(inner, collection, node)), location=self.at(node))
        return self._member(element, collection, node)

    def _member(self, element: Expr, collection: Collection, node: ast.expr) -> Expr:
        common = common_type(element.type, collection.element)
        if common is None:
            self.fail(node, f"a {element.type} is never in a collection of {collection.element}")
        if common != collection.element and not isinstance(common, IntType):
            collection = self.widened(collection, common, node)
        fitted = coerce(element, common)
        assert fitted is not None
        return Member(fitted, collection, location=self.at(node))


def _records(type_: Type) -> tuple[RecordType, ...]:
    if isinstance(type_, UnionType):
        return type_.alternatives
    return (type_,) if isinstance(type_, RecordType) else ()


def _only_holder(type_: Type, kind: RecordType) -> bool:
    return type_ == kind


def _interned(type_: Type) -> bool:
    """Return whether `is` and `==` agree on values of a type."""
    if isinstance(type_, OptionalType):
        return _interned(type_.inner)
    return isinstance(type_, BoolType | EnumType | SortType | QuorumType | NoneOnly)


_NAMES = {
    "JoinedStr": "an f-string",
    "Dict": "a dictionary",
    "DictComp": "a dictionary comprehension",
    "Await": "await",
    "Yield": "yield",
    "Starred": "*",
    "Invert": "~",
    "UAdd": "unary +",
    "Div": "/",
    "Pow": "**",
    "LShift": "<<",
    "RShift": ">>",
    "BitXor": "^",
    "MatMult": "@",
}


def _described(node: ast.AST) -> str:
    inner = getattr(node, "op", node)
    name = type(inner).__name__
    return _NAMES.get(name, name)
