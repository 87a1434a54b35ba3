"""Building a list of instructions: computing, registers, memory, and control."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assay.checker.engine.native.codegen.operations.instructions import (
    Argument,
    Branch,
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
)
from assay.checker.engine.native.codegen.operations.values import (
    Bool,
    Constant,
    Mask,
    Ref,
    RegisterType,
    Temp,
    Word,
    bits_in,
    known,
    register_for,
    signed,
    widest,
)
from assay.checker.engine.native.signatures import Parameter
from assay.checker.errors import Unsupported

__all__ = ["Builder"]


class Builder:
    """A function under construction."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self._count = 0

    def emit(self, instruction: Instruction) -> None:
        """Append an instruction."""
        self.function.code.append(instruction)

    def _next(self) -> int:
        self._count += 1
        return self._count

    def temp(self, kind: RegisterType) -> Temp:
        """Return a fresh register."""
        return Temp(self._next(), kind)

    def compute(self, op: Op, *operands: Ref) -> Temp:
        """Append an operation, and return its result.

        Raises
        ------
        TypeError
            If an operand is not of the kind that the operation takes: a bug in the generator.
        Unsupported
            If a constant does not fit its register.
        """
        bit, word = RegisterType.BIT, RegisterType.WORD
        given = {operand.kind for operand in operands} - {bit}
        takes = tuple(bit if operand.kind is bit else word for operand in operands)
        if takes != op.takes or len(given) > 1 or (op.of_words and given - {word}):
            raise TypeError(f"{op.name} of {operands}")
        result = self.temp(op.gives if op.gives is bit or not given else given.pop())
        self.emit(Compute(result, op, tuple(map(held, operands))))
        return result

    def in_register(self, value: Word | Mask, kind: RegisterType) -> Ref:
        """Return a value as the operand of an operation on registers of a kind.

        Raises
        ------
        TypeError
            If it is too large for such a register: a bug in the generator.
        """
        if isinstance(value.ref, Constant):
            fixed = bits_in(value) if isinstance(value, Mask) and value.kind is not kind else value.ref.value
            return Constant(fixed, kind)  # type: ignore[arg-type]
        if value.ref.kind is kind:
            return value.ref
        if widest(value.ref.kind, kind) is kind:
            return self._resized(Op.ZERO_EXTENDED if isinstance(value, Mask) else Op.SIGN_EXTENDED, value.ref, kind)
        if isinstance(value, Mask) or widest(register_for(value.low, value.high), kind) is not kind:
            raise TypeError(f"{value} in a register of {kind.bits} bits")
        return self._resized(Op.TRUNCATED, value.ref, kind)

    def lowest_bits(self, value: Word | Mask, kind: RegisterType) -> Mask:
        """Return as many of the lowest bits of a value as a register of a kind has."""
        if isinstance(value.ref, Constant):
            return Mask(Constant(signed(value.ref.value, kind.bits), kind))
        if widest(value.ref.kind, kind) is kind:
            return Mask(self.in_register(Mask(value.ref), kind))
        return Mask(self._resized(Op.TRUNCATED, value.ref, kind))

    def _resized(self, op: Op, ref: Ref, kind: RegisterType) -> Temp:
        result = self.temp(kind)
        self.emit(Compute(result, op, (ref,)))
        return result

    def settled(self, value: Word) -> Word:
        """Return a number in the narrowest register that holds its interval."""
        kind = register_for(value.low, value.high)
        if isinstance(value.ref, Constant) or value.ref.kind is kind:
            return value
        return Word(self.in_register(value, kind), value.low, value.high)

    def demand_held(self, value: Word) -> None:
        """Raise Unsupported if a constant does not fit 64 bits."""
        held(value.ref)

    def argument(self, parameter: Parameter, low: int, high: int) -> Word:
        """Return an integer parameter that is known to be in an interval."""
        result = self.temp(RegisterType.WORD)
        self.emit(Argument(result, parameter))
        return Word(result, low, high)

    # Variables and memory

    def register(self, name: str, kind: RegisterType) -> Register:
        """Return a fresh register."""
        return Register(self._next(), name, kind)

    def get(self, register: Register) -> Temp:
        """Read a register."""
        result = self.temp(register.kind)
        self.emit(Get(result, register))
        return result

    def get_bool(self, register: Register) -> Bool:
        """Read a truth value."""
        return Bool(self.get(register))

    def get_word(self, register: Register, low: int | None = None, high: int | None = None) -> Word:
        """Read a number that is known to be in an interval, by default that of all numbers in such a register."""
        most = 1 << register.kind.bits - 1
        return Word(self.get(register), -most if low is None else low, most - 1 if high is None else high)

    def get_mask(self, register: Register) -> Mask:
        """Read a set of elements."""
        return Mask(self.get(register))

    def set(self, register: Register, value: Bool | Word | Mask) -> None:
        """Assign to a register.

        Raises
        ------
        TypeError
            If the value is not of the register's kind: a bug in the generator.
        """
        if isinstance(value, Bool):
            if register.kind is not RegisterType.BIT:
                raise TypeError(f"{register} = {value}")
            self.emit(Set(register, value.ref))
            return
        if register.kind is RegisterType.BIT:
            raise TypeError(f"{register} = {value}")
        self.emit(Set(register, held(self.in_register(value, register.kind))))

    def load(self, memory: Memory, index: Word, *, anew: bool = False) -> Temp:
        """Read an entry of memory; pass ``anew`` if another thread may have written it."""
        result = self.temp(RegisterType.WORD)
        self.emit(Load(result, memory, self._word(index), anew))
        return result

    def store(self, memory: Parameter, index: Word, value: Word | Mask) -> None:
        """Write an entry of memory."""
        self.emit(Store(memory, self._word(index), self._word(value)))

    def _word(self, value: Word | Mask) -> Ref:
        return held(self.in_register(value, RegisterType.WORD))

    # Control

    def label(self) -> Label:
        """Return a fresh label, to be placed once."""
        return Label(self._next())

    def place(self, label: Label) -> None:
        """Continue at a label."""
        self.emit(Here(label))

    def jump(self, label: Label) -> None:
        """Jump to a label; what follows is reached only through another label."""
        self.emit(Jump(label))

    def branch(self, test: Bool, then: Label, otherwise: Label) -> None:
        """Branch to one of two labels, by a condition."""
        fixed = known(test)
        self.emit(Branch(test.ref, then, otherwise) if fixed is None else Jump(then if fixed else otherwise))

    def leave(self, value: Word) -> None:
        """End the function."""
        self.emit(Return(self._word(value)))

    @contextmanager
    def when(self, test: Bool) -> Iterator[None]:
        """Run the instructions of the block only if a condition is true."""
        inside, after = self.label(), self.label()
        self.branch(test, inside, after)
        self.place(inside)
        yield
        self.place(after)

    def unless(self, test: Bool, label: Label) -> None:
        """Branch to a label unless a condition is true."""
        after = self.label()
        self.branch(test, after, label)
        self.place(after)

    @contextmanager
    def looping(self) -> Iterator[Label]:
        """Repeat the instructions of the block until they jump to the label that the context yields."""
        head, after = self.label(), self.label()
        self.place(head)
        yield after
        self.jump(head)
        self.place(after)


def held(ref: Ref) -> Ref:
    """Return an operand that fits a machine word.

    Raises
    ------
    Unsupported
        If it is a constant beyond its register.
    """
    if isinstance(ref, Constant) and ref.kind is not RegisterType.BIT and ref.value != signed(ref.value, ref.kind.bits):
        raise Unsupported(
            f"the number {ref.value} does not fit a machine word, so the native explorer cannot compute with it",
            help="use --engine reference",
        )
    return ref
