"""Records, unions and optionals in generated code: made, taken apart, seen as wider and narrower types."""

from __future__ import annotations

from assay.checker.engine.native.codegen.loops import Loops
from assay.checker.engine.native.codegen.writer import constant
from assay.checker.errors import Unsupported
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    Cast,
    Expr,
    Literal,
    Make,
    MakeTuple,
)
from assay.checker.language.types import (
    COMPUTED,
    INT,
    BoolType,
    IntType,
    NoneOnly,
    OptionalType,
    RecordType,
    TupleType,
    Type,
    UnionType,
)

__all__ = ["Casts"]


class Casts(Loops):
    """Codes of values, as one type and as another."""

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
                self._demand_word(node)
                parts = [
                    self._checked_part(part, argument)
                    for part, argument in zip(self.codes.parts(type_), arguments, strict=True)
                ]
                code = _weighted([code for code, _ in parts], self.codes.strides(type_))
                return code, [condition for _, conditions in parts for condition in conditions]
            case Cast(operand, type_):
                code, conditions = self.checked_code(operand)
                code, more = self._cast(code, operand.type, type_)
                return code, conditions + more
            case _:
                return self.code_of(node.type, self.expr(node)), []

    def _demand_word(self, node: Expr) -> None:
        if self.codes.size(node.type) > 1 << 62:
            raise Unsupported(
                f"this {node.type} does not fit a machine word, so the native explorer cannot hold it",
                location=node.location,
                help="compare its items one by one, or use --engine reference",
            )

    def _checked_part(self, part: Type, argument: Expr) -> tuple[str, list[str]]:
        if isinstance(part, IntType):
            return self.ranged(self.expr(argument), INT, part)
        code, conditions = self.checked_code(argument)
        return self.out.named("part", code), conditions

    def _seen_as(self, node: Cast) -> str:
        """Return the value of a cast, after failing where a number is outside of its range."""
        operand, type_ = node.operand, node.type
        code, conditions = self._cast(self.code_of(operand.type, self.expr(operand)), operand.type, type_)
        for condition in conditions:
            self.fail_if(f"not {condition}")
        return self.value_of(type_, code)

    def _cast(self, code: str, given: Type, wanted: Type) -> tuple[str, list[str]]:
        """Return the code of a value in another type, and the conditions under which its numbers are in their ranges.

        What is written has a meaning where they are not, and what comes of it is of no use there.
        """
        if given == wanted:
            return code, []
        match given, wanted:
            case IntType(), IntType():
                return self.ranged(code, given, wanted)
            case NoneOnly(), OptionalType():
                return "0", []
            case OptionalType(inner), OptionalType(wider):
                code = self.out.named("code", code)
                part, conditions = self._cast(f"({code} - 1)", inner, wider)
                some = f"(0 if {code} == 0 else {self._plus_number(part, 1)})"
                return some, [f"({code} == 0 or {condition})" for condition in conditions]
            case _, OptionalType(wider):
                part, conditions = self._cast(code, given, wider)
                return self._plus_number(part, 1), conditions
            case RecordType(), UnionType():
                return self._plus_number(code, self.codes.offset(wanted, given)), []
            case UnionType(alternatives), UnionType():
                return self._moved(code, given, wanted, alternatives), []
            case TupleType(), TupleType():
                return self._cast_tuple(code, given, wanted)
        raise NotImplementedError(f"{given} as {wanted}")

    def ranged(self, code: str, given: IntType, wanted: IntType) -> tuple[str, list[str]]:
        """Return the code of a number in a range, and the conditions under which it is inside: none, or one."""
        value = self.out.named("number", self.value_of(given, code))
        inside = None if wanted.low is None else self.in_range(wanted, value)
        if inside is not None and wanted == COMPUTED:
            self.fail_if(f"not {inside}")
            inside = None
        return self.code_of(wanted, value), [] if inside is None else [inside]

    def _cast_tuple(self, code: str, given: TupleType, wanted: TupleType) -> tuple[str, list[str]]:
        code = self.out.named("code", code)
        parts, conditions = [], []
        for item, wide, stride in zip(given.items, wanted.items, self.codes.strides(given), strict=True):
            part, more = self._cast(f"({code} // {stride} % {self.codes.size(item)})", item, wide)
            parts.append(part)
            conditions += more
        return _weighted(parts, self.codes.strides(wanted)), conditions

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
