"""Expressions in generated code."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from assay.checker.engine.native.codegen.access import Spot, array_item, offset, read
from assay.checker.engine.native.codegen.analysis import can_fail, narrowed_scope
from assay.checker.engine.native.codegen.layout import WORD, Bag, Seq
from assay.checker.engine.native.codegen.loops import Loops
from assay.checker.engine.native.codegen.restrict import demanded, without
from assay.checker.engine.native.codegen.writer import constant
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    BagCount,
    BagTotal,
    Cardinality,
    Cast,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Conditional,
    ConstantRef,
    Expr,
    Extreme,
    Field,
    Implies,
    IntRange,
    IsKind,
    Item,
    LeastOf,
    Let,
    Literal,
    Make,
    MakeTuple,
    Member,
    Members,
    Name,
    Narrow,
    Not,
    Or,
    Place,
    Quantifier,
    Read,
    SameContents,
    SeqItem,
    SeqLength,
    SetChoice,
    SetOf,
    SetOperation,
    SetRelation,
    SizeOf,
    Stored,
    Sum,
    Universe,
)
from assay.checker.language.types import (
    BagType,
    BoolType,
    IntType,
    NoneOnly,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    Type,
    UnionType,
)

__all__ = ["Expressions"]


class Expressions(Loops):
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
            case Cast(operand, type_):
                return self.value_of(
                    type_, self._cast(self.code_of(operand.type, self.expr(operand)), operand.type, type_)
                )
            case Narrow(operand, type_, safe):
                return self._narrowed(operand, type_, safe)
            case IsKind(operand, kinds):
                return self._is_kind(self.out.named("value", self.expr(operand)), operand.type, kinds)
            case Compare():
                return self._compared(node)
            case Not(operand):
                return _negated(self.expr(operand))
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

    # Atoms, records

    def _literal(self, node: Literal) -> str:
        if isinstance(node.type, BoolType | IntType):
            return str(node.value) if not isinstance(node.value, int) or node.value >= 0 else f"({node.value})"
        return "0" if node.value is None else str(self.codes.encode(node.type, node.value))

    def _part(self, operand: Expr, index: int) -> str:
        if isinstance(operand, Make | MakeTuple) and not can_fail(operand):
            return self.expr(operand.arguments[index])
        type_ = operand.type
        assert isinstance(type_, RecordType | TupleType)
        part, stride = self.codes.parts(type_)[index], self.codes.strides(type_)[index]
        code, size = self.expr(operand), self.codes.size(part)
        quotient = code if stride == 1 else f"({code} // {stride})"
        whole = stride * size == self.codes.size(type_)
        return self.value_of(part, quotient if whole else f"({quotient} % {size})")

    def _made(self, node: Make | MakeTuple) -> str:
        code, conditions = self.checked_code(node)
        for condition in conditions:
            self.fail_if(f"not {condition}")
        return code

    def checked_code(self, node: Expr) -> tuple[str, list[str]]:
        """Return the code of an expression, and the conditions under which its numbers are in their ranges."""
        match node:
            case Make(type_, arguments) | MakeTuple(type_, arguments):
                parts = [
                    self._checked_part(part, argument)
                    for part, argument in zip(self.codes.parts(type_), arguments, strict=True)
                ]
                code = _weighted([code for code, _ in parts], self.codes.strides(type_))
                return code, [condition for _, conditions in parts for condition in conditions]
            case Cast(operand, type_):
                code, conditions = self.checked_code(operand)
                return self._cast(code, operand.type, type_), conditions
            case _:
                return self.code_of(node.type, self.expr(node)), []

    def _checked_part(self, part: Type, argument: Expr) -> tuple[str, list[str]]:
        if isinstance(part, IntType):
            value = self.out.named("number", self.expr(argument))
            inside = self.in_range(part, value)
            return self.code_of(part, value), [inside] if inside else []
        code, conditions = self.checked_code(argument)
        return self.out.named("part", code), conditions

    def _cast(self, code: str, given: Type, wanted: Type) -> str:
        """Return the code of a value in a wider type."""
        if given == wanted or isinstance(given, IntType):
            return (
                code
                if not isinstance(wanted, OptionalType)
                else self._plus_number(self._ranged(code, given, wanted), 1)
            )
        match given, wanted:
            case NoneOnly(), OptionalType():
                return "0"
            case OptionalType(inner), OptionalType(wider):
                code = self.out.named("code", code)
                return f"({code} if {code} == 0 else {self._plus_number(self._cast(f'({code} - 1)', inner, wider), 1)})"
            case _, OptionalType(wider):
                return self._plus_number(self._cast(code, given, wider), 1)
            case RecordType(), UnionType():
                return self._plus_number(code, self.codes.offset(wanted, given))
            case UnionType(alternatives), UnionType():
                return self._moved(code, given, wanted, alternatives)
            case TupleType(items), TupleType(wider_items):
                return self._cast_tuple(code, given, wanted, items, wider_items)
        raise NotImplementedError(f"{given} as {wanted}")

    def _ranged(self, code: str, given: Type, wanted: OptionalType) -> str:
        """Return the code of a number in the range that is optional."""
        if isinstance(given, IntType) and isinstance(wanted.inner, IntType):
            value = self.out.named("number", self.value_of(given, code))
            inside = self.in_range(wanted.inner, value)
            if inside is not None:
                self.fail_if(f"not {inside}")
            return self.code_of(wanted.inner, value)
        return code

    def _cast_tuple(self, code: str, given: TupleType, wanted: TupleType, items: Any, wider: Any) -> str:
        code = self.out.named("code", code)
        parts = []
        for item, wide, stride in zip(items, wider, self.codes.strides(given), strict=True):
            parts.append(self._cast(f"({code} // {stride} % {self.codes.size(item)})", item, wide))
        return _weighted(parts, self.codes.strides(wanted))

    @staticmethod
    def _plus_number(code: str, by: int) -> str:
        fixed = constant(code)
        if fixed is not None:
            return str(fixed + by)
        return code if by == 0 else f"({code} + {by})"

    def _moved(self, code: str, given: UnionType, wanted: UnionType, kinds: tuple[RecordType, ...]) -> str:
        """Return the code of a union's value in another union that has these records too."""
        code = self.out.named("code", code)
        result = "0"
        for kind in reversed(kinds):
            by = self.codes.offset(wanted, kind) - self.codes.offset(given, kind)
            result = f"({code} + {by} if {self._within(code, given, kind)} else {result})"
        return result

    def _within(self, code: str, union: UnionType, kind: RecordType) -> str:
        start = self.codes.offset(union, kind)
        end = start + self.codes.size(kind)
        if start == 0:
            return f"({code} < {end})"
        return f"({start} <= {code})" if end == self.codes.size(union) else f"({start} <= {code} < {end})"

    def _narrowed(self, operand: Expr, type_: Type, safe: bool) -> str:
        if isinstance(operand, Cast) and operand.operand.type == type_:
            return self.expr(operand.operand)
        code = self.out.named("wide", self.expr(operand))
        given = operand.type
        if isinstance(given, OptionalType):
            if not safe:
                self.fail_if(f"{code} == 0")
            code, given = f"({code} - 1)", given.inner
        if isinstance(given, UnionType) and given != type_:
            code = self._narrowed_union(code, given, type_, safe)
        return self.value_of(type_, code)

    def _narrowed_union(self, code: str, given: UnionType, type_: Type, safe: bool) -> str:
        code = self.out.named("wide", code)
        kinds = type_.alternatives if isinstance(type_, UnionType) else (type_,)
        if not safe:
            tests = [self._within(code, given, kind) for kind in kinds if isinstance(kind, RecordType)]
            self.fail_if(f"not ({' or '.join(tests)})")
        if isinstance(type_, UnionType):
            return self._moved(code, given, type_, type_.alternatives)
        assert isinstance(type_, RecordType)
        return self._plus_number(code, -self.codes.offset(given, type_)) if self.codes.offset(given, type_) else code

    def _is_kind(self, value: str, given: Type, kinds: tuple[Type, ...]) -> str:
        tests = []
        if isinstance(given, OptionalType):
            if NoneOnly() in kinds:
                tests.append(f"({value} == 0)")
            rest = tuple(kind for kind in kinds if not isinstance(kind, NoneOnly))
            if rest:
                tests.append(f"({value} != 0 and {self._is_kind(f'({value} - 1)', given.inner, rest)})")
        elif isinstance(given, UnionType):
            tests += [self._within(value, given, kind) for kind in kinds if isinstance(kind, RecordType)]
        else:
            tests.append("True" if given in kinds else "False")
        return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"

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

    # Quantifiers and folds

    def _quantified(self, node: Quantifier) -> str:
        scoped = narrowed_scope(node)
        if scoped is not node:
            return self.expr(scoped)
        by_mask = self._quantified_by_mask(node)
        return by_mask if by_mask is not None else self._quantified_by_loop(node)

    def _quantified_by_mask(self, node: Quantifier) -> str | None:
        if self.universe_size(node.variable.type) is None:
            return None
        with self.attempt() as lines:
            domain = self.collection_mask(node.domain)
            body = self.mask(node.body, node.variable) if domain is not None else None
        if domain is None or body is None:
            return None
        self.out.replay(lines)
        return f"(({domain} & ~{body}) == 0)" if node.universal else f"(({domain} & {body}) != 0)"

    def _quantified_by_loop(self, node: Quantifier) -> str:
        result = self.out.fresh("all" if node.universal else "any")
        self.out.line(f"{result} = {node.universal}")
        stop = f"not {result}" if node.universal else result
        conditions = demanded(node.body, node.universal)
        with self.iterate_where(node.domain, node.variable, conditions, stop) as used:
            body = self.expr(without(node.body, used, node.universal))
            with self.out.block(f"if {_negated(body) if node.universal else body}:"):
                self.out.line(f"{result} = {not node.universal}")
        return result

    def _cardinality(self, collection: Collection) -> str:
        mask = self.collection_mask(collection)
        if mask is not None:
            return f"population({mask})"
        total = self.out.fresh("count")
        self.out.line(f"{total} = 0")
        with ExitStack() as stack:
            self.distinct(stack, collection, Name(self.out.fresh("element"), collection.element))
            self.out.line(f"{total} += 1")
        return total

    def _sum(self, node: Sum) -> str:
        total = self.out.fresh("sum")
        self.out.line(f"{total} = 0")
        with ExitStack() as stack:
            self.generate(stack, node.generators, None, once=True)
            self.out.line(f"{total} += {self.expr(node.element)}")
        return total

    def _extreme(self, node: Extreme) -> str:
        best, found = self.out.fresh("best"), self.out.fresh("found")
        self.out.line(f"{best}, {found} = 0, False")
        with ExitStack() as stack:
            self.generate(stack, node.generators, None, once=True)
            value = self.out.named("value", self.expr(node.element))
            with self.out.block(f"if not {found} or {value} {'>' if node.largest else '<'} {best}:"):
                self.out.line(f"{best}, {found} = {value}, True")
        if node.default is None:
            self.fail_if(f"not {found}")
            return best
        with self.out.block(f"if not {found}:"):
            self.out.line(f"{best} = {self.expr(node.default)}")
        return best

    # Collections

    def _member(self, element: Expr, collection: Collection) -> str:
        if isinstance(collection, Universe):
            return "True"
        code, conditions = self.checked_code(element)
        if isinstance(element.type, IntType):
            return self.contains(collection, self.out.named("element", self.expr(element)), element.type)
        value = self.value_of(element.type, self.out.named("element", code))
        if not conditions:
            return self.contains(collection, value, element.type)
        inside = self.out.fresh("inside")
        self.out.line(f"{inside} = {' and '.join(conditions)}")
        with self.out.block(f"if {inside}:"):
            self.out.line(f"{inside} = {self.contains(collection, value, element.type)}")
        return inside

    def contains(self, collection: Collection, value: str, type_: Type) -> str:
        """Return whether a collection holds a value, given by a name or number."""
        match collection:
            case Universe():
                return "True"
            case Members(quorum, _):
                table, words = self.quorums(collection)
                cell = (
                    f"{table}[{self.expr(quorum)}]"
                    if words == 1
                    else f"{table}[{self.expr(quorum)} * {words} + ({value} >> 6)]"
                )
                return f"((({cell} >> ({value} & 63)) & 1) != 0)"
            case Stored(place) if isinstance(place.type, SetType):
                return self._in_stored_set(place, value, place.type.element)
            case IntRange(start, end):
                return f"({self.expr(start)} <= {value} < {self.expr(end)})"
            case SetOf(items):
                return f"({' or '.join(f'{value} == {self.expr(item)}' for item in items)})" if items else "False"
            case SetOperation(operator, left, right):
                return self._in_operation(operator, left, right, value, type_)
            case SetChoice(test, then, otherwise):
                condition = self.out.named("test", self.expr(test))
                inside = self.contains(then, value, type_), self.contains(otherwise, value, type_)
                return f"({inside[0]} if {condition} else {inside[1]})"
            case Comprehension():
                return self._in_comprehension(collection, value)
            case _:
                return self._found(collection, value)

    def _in_stored_set(self, place: Place, value: str, element: Type) -> str:
        spot = self.spot(place)
        bit = f"({read(spot.moved(self.code_of(element, value)), 1, self.out)} != 0)"
        if not isinstance(element, IntType):
            return bit
        inside = self.in_range(element, value)
        if inside is None:
            return bit
        present = self.out.fresh("present")
        self.out.line(f"{present} = {inside}")
        with self.out.block(f"if {present}:"):
            moved = spot.moved(self.code_of(element, value))
            self.out.line(f"{present} = {read(moved, 1, self.out)} != 0")
        return present

    def _in_operation(self, operator: str, left: Collection, right: Collection, value: str, type_: Type) -> str:
        first, second = self.contains(left, value, type_), self.contains(right, value, type_)
        return {"|": f"({first} or {second})", "&": f"({first} and {second})", "-": f"({first} and not {second})"}[
            operator
        ]

    def _in_comprehension(self, collection: Comprehension, value: str) -> str:
        generator = collection.generators[0]
        if len(collection.generators) == 1 and collection.item == generator.variable:
            self.bind(generator.variable, value)
            inside = self.contains(generator.domain, value, collection.element)
            if generator.condition is None:
                return inside
            result = self.out.fresh("inside")
            self.out.line(f"{result} = {inside}")
            with self.out.block(f"if {result}:"):
                self.out.line(f"{result} = {self.expr(generator.condition)}")
            return result
        return self._found(collection, value)

    def _found(self, collection: Collection, value: str) -> str:
        found = self.out.fresh("found")
        self.out.line(f"{found} = False")
        variable = Name(self.out.fresh("element"), collection.element)
        with self.iterate(collection, variable, found), self.out.block(f"if {self.names[variable.name]} == {value}:"):
            self.out.line(f"{found} = True")
        return found

    def _set_relation(self, operator: Comparison, left: Collection, right: Collection) -> str:
        first, second = self.collection_mask(left), self.collection_mask(right)
        if first is not None and second is not None:
            first, second = self.out.named("set", first), self.out.named("set", second)
            within = f"(({first} & ~{second}) == 0)"
            return {
                Comparison.EQ: f"({first} == {second})",
                Comparison.LE: within,
                Comparison.LT: f"({within} and {first} != {second})",
            }[operator]
        forth = self.out.named("forth", self._subset(left, right))
        if operator is Comparison.LE:
            return forth
        back = self.out.named("back", self._subset(right, left))
        return f"({forth} and {back if operator is Comparison.EQ else f'not {back}'})"

    def _subset(self, left: Collection, right: Collection) -> str:
        variable = Name(self.out.fresh("element"), left.element)
        return self._quantified_by_loop(Quantifier(True, variable, left, Member(variable, right)))

    # Sequences, bags, whole containers

    def _item(self, place: Place, index: Expr) -> str:
        assert isinstance(place.type, SeqType)
        spot, position = self.seq_position(place, index)
        assert isinstance(spot.slot, Seq)
        item = array_item(spot.moved(offset(spot.slot)), spot.slot.items, position, self.out)
        return self.value_of(place.type.element, read(item, spot.slot.items.item.bits, self.out))

    def seq_position(self, place: Place, index: Expr) -> tuple[Spot, str]:
        """Return a sequence's spot, and a position in it that is checked to be inside."""
        spot, position = self.spot(place), self.out.fresh("position")
        assert isinstance(spot.slot, Seq)
        length = self.out.named("length", read(spot, spot.slot.length_width, self.out))
        self.out.line(f"{position} = {self.expr(index)}")
        with self.out.block(f"if {position} < 0:"):
            self.out.line(f"{position} += {length}")
        self.fail_if(f"{position} < 0 or {position} >= {length}")
        return spot, position

    def _copies(self, place: Place, code: str) -> str:
        spot = self.spot(place)
        assert isinstance(spot.slot, Bag)
        return read(array_item(spot, spot.slot.counts, code, self.out), spot.slot.counts.item.bits, self.out)

    def bag_total(self, place: Place) -> str:
        """Return how many elements a bag holds in all."""
        assert isinstance(place.type, BagType)
        spot, total, code = self.spot(place), self.out.fresh("total"), self.out.fresh("code")
        assert isinstance(spot.slot, Bag)
        self.out.line(f"{total} = 0")
        with self.out.block(f"for {code} in range({spot.slot.counts.count}):"):
            item = array_item(spot, spot.slot.counts, code, self.out)
            self.out.line(f"{total} += {read(item, spot.slot.counts.item.bits, self.out)}")
        return total

    def _same(self, left: Spot, right: Spot) -> str:
        """Return whether two containers of one type are equal: their slots are the same, so their bits must be."""
        bits = left.slot.bits
        if bits <= WORD:
            return f"({read(left, bits, self.out)} == {read(right, bits, self.out)})"
        same, word = self.out.fresh("same"), self.out.fresh("word")
        self.out.line(f"{same} = True")
        with self.out.block(f"for {word} in range({-(-bits // WORD)}):"):
            cells = [read(spot.moved(f"{word} * {WORD}"), WORD, self.out) for spot in (left, right)]
            with self.out.block(f"if {cells[0]} != {cells[1]}:"):
                self.out.line(f"{same} = False")
        return same


def _negated(text: str) -> str:
    return {"True": "False", "False": "True"}.get(text, f"(not {text})")


def _weighted(codes: list[str], strides: tuple[int, ...]) -> str:
    fixed, terms = 0, []
    for code, stride in zip(codes, strides, strict=True):
        number = constant(code)
        if number is not None:
            fixed += number * stride
        else:
            terms.append(code if stride == 1 else f"{code} * {stride}")
    parts = [*terms, *([str(fixed)] if fixed or not terms else [])]
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"
