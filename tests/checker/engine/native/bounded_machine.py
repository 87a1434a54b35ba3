"""A machine that executes generated instructions one by one, and refuses what is undefined on a real one.

A processor reads whatever lies at an index, and LLVM may assume that shifts are by less than the bits of a register and
divisors are not 0. For products and quotients of several words it calls functions that nobody links. Here each of these
is an error, even if nothing depends on the result.
"""

from __future__ import annotations

from assay.checker.engine.native.codegen.operations.instructions import (
    Argument,
    Branch,
    Checked,
    Compute,
    Function,
    Get,
    Here,
    Instruction,
    Jump,
    Label,
    Load,
    Memory,
    Op,
    Register,
    Return,
    Set,
    Store,
    Table,
)
from assay.checker.engine.native.codegen.operations.values import Constant, Ref, RegisterType, Temp

__all__ = ["Undefined", "run"]

_WORD = 1 << 64


class Undefined(Exception):
    """Raised where a real machine may do anything."""


def run(function: Function, numbers: dict[str, int], memory: dict[str, list[int]]) -> int:
    """Execute a function; its integer parameters and its memory are given by their names.

    Raises
    ------
    Undefined
        If it leaves the memory, shifts by all bits or more, divides by 0, or divides the least word by -1.
    """
    return _Run(function, numbers, memory).result()


def _signed(value: int, bits: int = 64) -> int:
    value %= 1 << bits
    return value - (1 << bits) if value >> bits - 1 else value


class _Run:
    def __init__(self, function: Function, numbers: dict[str, int], memory: dict[str, list[int]]) -> None:
        self._code, self._numbers, self._memory = function.code, numbers, memory
        self._labels = {one.label: at for at, one in enumerate(function.code) if isinstance(one, Here)}
        self._temps: dict[Temp, int] = {}
        self._registers: dict[Register, int] = {}

    def result(self) -> int:
        at = 0
        while True:
            instruction = self._code[at]
            if isinstance(instruction, Return):
                return self._value(instruction.value)
            label = self._executed(instruction)
            at = at + 1 if label is None else self._labels[label]

    def _value(self, ref: Ref) -> int:
        if not isinstance(ref, Constant):
            return self._temps[ref]
        return ref.value & 1 if ref.kind is RegisterType.BIT else ref.value

    def _executed(self, instruction: Instruction) -> Label | None:
        """Execute an instruction; return the label where to go on, if it is a jump."""
        match instruction:
            case Jump(to):
                return to
            case Branch(test, then, otherwise):
                return then if self._value(test) else otherwise
            case Argument(result, parameter):
                self._temps[result] = self._numbers[parameter.name]
            case Compute(result, op, operands):
                bits = operands[-1].kind.bits
                self._temps[result] = _computed(op, bits, result.kind.bits, *map(self._value, operands))
            case Checked(result, overflow, op, operands):
                exact = _EXACT[op](*map(self._value, operands))
                self._temps[result], self._temps[overflow] = _signed(exact), int(exact != _signed(exact))
            case Get(result, register):
                self._temps[result] = self._registers.get(register, 0)
            case Set(register, value):
                self._registers[register] = self._value(value)
            case Load(result, memory, index):
                self._temps[result] = _signed(self._cells(memory)[self._index(memory, index)])
            case Store(memory, index, value):
                self._memory[memory.name][self._index(memory, index)] = self._value(value)
        return None

    def _cells(self, memory: Memory) -> list[int] | tuple[int, ...]:
        return memory.entries if isinstance(memory, Table) else self._memory[memory.name]

    def _index(self, memory: Memory, index: Ref) -> int:
        place, size = self._value(index), len(self._cells(memory))
        if not 0 <= place < size:
            raise Undefined(f"{memory.name}[{place}] of {size}")
        return place


_EXACT = {Op.ADD: int.__add__, Op.SUB: int.__sub__, Op.MUL: int.__mul__}
_BITWISE = {
    Op.AND: int.__and__,
    Op.OR: int.__or__,
    Op.XOR: int.__xor__,
    Op.BOTH: int.__and__,
    Op.EITHER: int.__or__,
    Op.DIFFER: int.__xor__,
}
_COMPARED = {Op.EQ: int.__eq__, Op.NE: int.__ne__, Op.LT: int.__lt__, Op.LE: int.__le__}


def _computed(op: Op, bits: int, given: int, *operands: int) -> int:
    if bits > 64 and op in (Op.MUL, Op.SDIV, Op.SREM, Op.UDIV, Op.UREM, Op.LOWEST, Op.POPULATION):
        raise Undefined(f"{op.value} of {bits} bits")
    if op in _EXACT:
        return _signed(_EXACT[op](*operands), bits)
    if op in _BITWISE:
        return _BITWISE[op](*operands)
    if op in _COMPARED:
        return int(_COMPARED[op](*operands))
    match op:
        case Op.SDIV | Op.SREM | Op.UDIV | Op.UREM:
            return _divided(op, *operands)
        case Op.SHL | Op.LSHR:
            return _shifted(op, bits, *operands)
        case Op.ZERO_EXTENDED:
            return operands[0] % (1 << bits)
        case Op.SIGN_EXTENDED | Op.TRUNCATED:
            return _signed(operands[0], given)
        case Op.CHOOSE | Op.CHOOSE_BIT:
            return operands[1] if operands[0] else operands[2]
        case Op.NUMBER:
            return operands[0]
        case Op.SPREAD:
            return -operands[0]
        case Op.LOWEST:
            return _lowest(operands[0])
        case Op.POPULATION:
            return (operands[0] % _WORD).bit_count()
    raise NotImplementedError(op)


def _lowest(word: int) -> int:
    if not word:
        raise Undefined("the lowest bit of 0")
    return (word & -word).bit_length() - 1


def _divided(op: Op, left: int, right: int) -> int:
    if right == 0 or (right == -1 and left == -(1 << 63)):
        raise Undefined(f"{left} {op.value} {right}")
    if op in (Op.UDIV, Op.UREM):
        left, right = left % _WORD, right % _WORD
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)  # rounded towards 0
    return _signed(quotient if op in (Op.SDIV, Op.UDIV) else left - quotient * right)


def _shifted(op: Op, bits: int, word: int, by: int) -> int:
    if not 0 <= by < bits:
        raise Undefined(f"a shift by {by}")
    return _signed(word << by if op is Op.SHL else word % (1 << bits) >> by, bits)
