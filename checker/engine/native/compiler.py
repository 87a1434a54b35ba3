"""A compiler of the Python that the code generator writes, straight to machine code.

The language is small: functions over 64-bit words and truth values; assignment, ``if``, ``while``, ``for`` over
``range``, ``break``, ``return``; arithmetic, shifts, comparisons; reading and writing through pointers; tables of
constants. It is a part of what Numba compiles, to the same results: tests hold the two against each other.
Numba takes a hundred times as long, most of it to find out types that are plain here; and a shift by a
negative number, whose result the generated code then masks away, is undefined there and defined here.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from assay.checker.engine.native.objects import ObjectCode, emit_object
from llvmlite import ir

__all__ = ["compile_source"]

WORD, HALF, TRUTH = ir.IntType(64), ir.IntType(32), ir.IntType(1)
_POINTERS = {"words": WORD, "indices": HALF}


def compile_source(source: str, entries: tuple[str, ...]) -> ObjectCode:
    """Compile the functions of generated source.

    Parameters
    ----------
    source : str
        A module of functions decorated with ``@cfunc(signature)``, and of tables.
    entries : tuple of str
        The functions that are wanted; what the module does not define is left out.

    Raises
    ------
    NotImplementedError
        If the source is not of the small language: a fault of the generator.
    """
    module = ir.Module("generated")
    tables: dict[str, ir.GlobalVariable] = {}
    symbols = {}
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Attribute(attr="array"), args=[ast.List(elts=items)]),
            ):
                tables[name] = _table(module, name, [ast.literal_eval(item) for item in items])
            case ast.FunctionDef(name=name) if name in entries:
                symbols[name] = f"assay_{name}"
                _Function(module, statement, symbols[name], tables).compile()
    return emit_object(module, symbols)


def _table(module: ir.Module, name: str, items: list[int]) -> ir.GlobalVariable:
    type_ = ir.ArrayType(WORD, len(items))
    table = ir.GlobalVariable(module, type_, name)
    table.initializer = ir.Constant(type_, items)
    table.global_constant = True
    table.linkage = "internal"
    return table


class _Function:
    """One function: its names are slots on the stack, which LLVM turns into registers."""

    def __init__(
        self, module: ir.Module, node: ast.FunctionDef, symbol: str, tables: dict[str, ir.GlobalVariable]
    ) -> None:
        self.node = node
        self.tables = tables
        kinds = [_kind(argument) for argument in _signature(node)]
        types = [WORD if kind is None else kind.as_pointer() for kind in kinds]
        self.function = ir.Function(module, ir.FunctionType(WORD, types), symbol)
        self.slots: dict[str, Any] = {}
        self.pointers: dict[str, tuple[Any, ir.IntType]] = {}
        self.entry = self.function.append_basic_block("entry")
        self.builder = ir.IRBuilder(self.function.append_basic_block("body"))
        self.exits: list[ir.Block] = []
        self._bind(kinds)

    def _bind(self, kinds: list[ir.IntType | None]) -> None:
        for name, kind, argument in zip(self.node.args.args, kinds, self.function.args, strict=True):
            if kind is None:
                self._assign(name.arg, argument)
            else:
                argument.add_attribute("noalias")  # each points to a buffer of its own
                self.pointers[name.arg] = argument, kind

    def compile(self) -> None:
        """Compile the body."""
        body = self.function.blocks[1]
        self._block(self.node.body)
        if not self.builder.block.is_terminated:
            self.builder.unreachable()
        ir.IRBuilder(self.entry).branch(body)

    # Statements

    def _block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            if self.builder.block.is_terminated:
                return
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                computed = [self._expr(value) for value in values]
                for target, value in zip(targets, computed, strict=True):
                    self._store(target, value)
            case ast.Assign(targets=[target], value=value):
                self._store(target, self._expr(value))
            case ast.AugAssign(target=target, op=operator, value=value):
                self._store(target, self._binary(operator, self._expr(target), self._expr(value)))
            case ast.If(test=test, body=body, orelse=otherwise):
                self._if(test, body, otherwise)
            case ast.While(test=test, body=body):
                self._while(lambda: self._truth(test), body, lambda: None)
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=bounds), body=body):
                self._for(name, bounds, body)
            case ast.Break():
                self.builder.branch(self.exits[-1])
            case ast.Return(value=ast.expr() as value):
                self.builder.ret(self._expr(value))
            case _:
                raise NotImplementedError(ast.unparse(node))

    def _store(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self._assign(name, value)
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                pointer, kind = self.pointers[name]
                place = self.builder.gep(pointer, [self._expr(index)], source_etype=kind)
                self.builder.store(value if kind is WORD else self.builder.trunc(value, kind), place)
            case _:
                raise NotImplementedError(ast.unparse(target))

    def _assign(self, name: str, value: Any) -> None:
        if name not in self.slots:
            self.slots[name] = ir.IRBuilder(self.entry).alloca(value.type, name=name)
        self.builder.store(value, self.slots[name])

    def _if(self, test: ast.expr, body: list[ast.stmt], otherwise: list[ast.stmt]) -> None:
        then, other, after = (self.function.append_basic_block(name) for name in ("then", "else", "after"))
        self.builder.cbranch(self._truth(test), then, other)
        for block, statements in ((then, body), (other, otherwise)):
            self.builder.position_at_end(block)
            self._block(statements)
            if not self.builder.block.is_terminated:
                self.builder.branch(after)
        self.builder.position_at_end(after)

    def _while(self, test: Callable[[], Any], body: list[ast.stmt], step: Callable[[], None]) -> None:
        head, inside, after = (self.function.append_basic_block(name) for name in ("head", "loop", "after"))
        self.builder.branch(head)
        self.builder.position_at_end(head)
        self.builder.cbranch(test(), inside, after)
        self.builder.position_at_end(inside)
        with self._exit(after):
            self._block(body)
        if not self.builder.block.is_terminated:
            step()
            self.builder.branch(head)
        self.builder.position_at_end(after)

    @contextmanager
    def _exit(self, block: ir.Block) -> Iterator[None]:
        self.exits.append(block)
        yield
        self.exits.pop()

    def _for(self, name: str, bounds: list[ast.expr], body: list[ast.stmt]) -> None:
        """Count in a slot of its own, as Python does: the body may assign to the name."""
        numbers = [self._expr(bound) for bound in bounds]
        start, stop = numbers if len(numbers) == 2 else (WORD(0), numbers[0])
        counter = ir.IRBuilder(self.entry).alloca(WORD)
        self.builder.store(start, counter)

        def begin() -> Any:
            current = self.builder.load(counter, typ=WORD)
            more = self.builder.icmp_signed("<", current, stop)
            self._assign(name, current)
            return more

        def step() -> None:
            self.builder.store(self.builder.add(self.builder.load(counter, typ=WORD), WORD(1)), counter)

        self._while(begin, body, step)

    # Expressions

    def _expr(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=bool() as truth):
                return TRUTH(int(truth))
            case ast.Constant(value=int() as number):
                return WORD(number)
            case ast.Name(id=name):
                slot = self.slots[name]
                return self.builder.load(slot, typ=slot.allocated_type)
            case ast.UnaryOp(op=operator, operand=operand):
                return self._unary(operator, operand)
            case ast.BinOp(left=left, op=operator, right=right):
                return self._binary(operator, self._expr(left), self._expr(right))
            case ast.Compare():
                return self._compare(node)
            case ast.BoolOp(op=operator, values=values):
                return self._bool(isinstance(operator, ast.And), values)
            case ast.IfExp(test=test, body=then, orelse=otherwise):
                return self._choice(self._truth(test), lambda: self._expr(then), lambda: self._expr(otherwise))
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                return self._load(name, self._expr(index))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, [self._expr(argument) for argument in arguments])
            case _:
                raise NotImplementedError(ast.unparse(node))

    def _truth(self, node: ast.expr) -> Any:
        value = self._expr(node)
        return value if value.type is TRUTH else self.builder.icmp_signed("!=", value, WORD(0))

    def _unary(self, operator: ast.unaryop, operand: ast.expr) -> Any:
        match operator:
            case ast.Not():
                return self.builder.not_(self._truth(operand))
            case ast.USub() if isinstance(operand, ast.Constant) and isinstance(operand.value, int):
                return WORD(-operand.value)
            case ast.USub():
                return self.builder.neg(self._expr(operand))
            case _:
                return self.builder.not_(self._expr(operand))

    def _binary(self, operator: ast.operator, left: Any, right: Any) -> Any:
        builder = self.builder
        match operator:
            case ast.FloorDiv() | ast.Mod():
                return self._divided(isinstance(operator, ast.Mod), left, right)
            case ast.LShift():
                return builder.shl(left, builder.and_(right, WORD(63)))
            case ast.RShift():
                return builder.ashr(left, builder.and_(right, WORD(63)))
        operations: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
            ast.Add: builder.add,
            ast.Sub: builder.sub,
            ast.Mult: builder.mul,
            ast.BitAnd: builder.and_,
            ast.BitOr: builder.or_,
            ast.BitXor: builder.xor,
        }
        return operations[type(operator)](left, right)

    def _divided(self, modulo: bool, left: Any, right: Any) -> Any:
        """Divide as Python does: towards minus infinity."""
        builder = self.builder
        quotient, rest = builder.sdiv(left, right), builder.srem(left, right)
        inexact = builder.icmp_signed("!=", rest, WORD(0))
        opposite = builder.icmp_signed("<", builder.xor(rest, right), WORD(0))
        below = builder.and_(inexact, opposite)
        if modulo:
            return builder.select(below, builder.add(rest, right), rest)
        return builder.select(below, builder.sub(quotient, WORD(1)), quotient)

    def _compare(self, node: ast.Compare) -> Any:
        names = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
        result, left = None, self._expr(node.left)
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            right = self._expr(comparator)
            holds = self.builder.icmp_signed(names[type(operator)], left, right)
            result = holds if result is None else self.builder.and_(result, holds)
            left = right
        return result

    def _bool(self, conjunction: bool, values: list[ast.expr]) -> Any:
        if len(values) == 1:
            return self._truth(values[0])
        first = self._truth(values[0])

        def rest() -> Any:
            return self._bool(conjunction, values[1:])

        decided = TRUTH(int(not conjunction))
        if conjunction:
            return self._choice(first, rest, lambda: decided)
        return self._choice(first, lambda: decided, rest)

    def _choice(self, test: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
        """Evaluate one of two expressions: only that one, since the other may read where there is nothing."""
        first, second, after = (self.function.append_basic_block(name) for name in ("one", "other", "after"))
        self.builder.cbranch(test, first, second)
        incoming = []
        for block, compute in ((first, then), (second, otherwise)):
            self.builder.position_at_end(block)
            value = compute()
            incoming.append((value, self.builder.block))
            self.builder.branch(after)
        self.builder.position_at_end(after)
        result = self.builder.phi(incoming[0][0].type)
        for value, block in incoming:
            result.add_incoming(value, block)
        return result

    def _load(self, name: str, index: Any) -> Any:
        if name in self.tables:
            table = self.tables[name]
            place = self.builder.gep(table, [WORD(0), index], source_etype=table.value_type)
            return self.builder.load(place, typ=WORD)
        pointer, kind = self.pointers[name]
        value = self.builder.load(self.builder.gep(pointer, [index], source_etype=kind), typ=kind)
        return value if kind is WORD else self.builder.sext(value, WORD)

    def _call(self, name: str, arguments: list[Any]) -> Any:
        match name:
            case "lowest":
                return self.builder.cttz(arguments[0], TRUTH(1))
            case "population":
                return self.builder.ctpop(arguments[0])
            case "min":
                return self.builder.select(self.builder.icmp_signed("<", *arguments), *arguments)
            case _:
                raise NotImplementedError(name)


def _signature(node: ast.FunctionDef) -> list[ast.expr]:
    """Return the types of the parameters, from ``@cfunc(types.int64(words, types.int64, ...))``."""
    decorator = node.decorator_list[0]
    assert isinstance(decorator, ast.Call)
    signature = decorator.args[0]
    assert isinstance(signature, ast.Call)
    return signature.args


def _kind(argument: ast.expr) -> ir.IntType | None:
    """Return what a parameter points to, or None if it is a number."""
    return _POINTERS.get(argument.id) if isinstance(argument, ast.Name) else None
