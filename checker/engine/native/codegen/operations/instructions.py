"""The instructions of generated code: a flat list for each function, with labels instead of nesting.

The list is data. `assay.checker.engine.native.compiler` lowers it to LLVM; `listing` prints it, for debugging and as
the text by which compiled code is found in the cache.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from assay.checker.engine.native.codegen.operations.values import Constant, Ref, RegisterType, Temp
from assay.checker.engine.native.signatures import Parameter, Signature
from assay.checker.immutable import immutable

__all__ = [
    "Argument",
    "Branch",
    "Checked",
    "Compute",
    "Function",
    "Get",
    "Here",
    "Instruction",
    "Jump",
    "Label",
    "Load",
    "Memory",
    "Module",
    "Op",
    "Register",
    "Return",
    "Set",
    "Store",
    "Table",
    "listing",
]

_B, _W = RegisterType.BIT, RegisterType.WORD


class Op(enum.Enum):
    """What an instruction computes."""

    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    SDIV = "sdiv"
    SREM = "srem"
    UDIV = "udiv"
    UREM = "urem"
    AND = "and"
    OR = "or"
    XOR = "xor"
    SHL = "shl"
    LSHR = "lshr"
    EQ = "eq"
    NE = "ne"
    LT = "slt"
    LE = "sle"
    BOTH = "both"
    EITHER = "either"
    DIFFER = "differ"
    CHOOSE_BIT = "choose bit"
    CHOOSE = "choose"
    NUMBER = "number"
    SPREAD = "spread"
    LOWEST = "lowest"
    POPULATION = "population"
    ZERO_EXTENDED = "zext"
    SIGN_EXTENDED = "sext"
    TRUNCATED = "trunc"

    @property
    def takes(self) -> tuple[RegisterType, ...]:
        """The kinds of its operands; a word stands for any register that holds numbers, the same for all operands."""
        return _KINDS[self][0]

    @property
    def gives(self) -> RegisterType:
        """The kind of its result; a word stands for the register of the operands."""
        return _KINDS[self][1]

    @property
    def of_words(self) -> bool:
        """Whether it is only defined on, or only gives, single words."""
        return self in (Op.NUMBER, Op.SPREAD, Op.LOWEST, Op.POPULATION)


_WORDS, _COMPARED, _BITS = ((_W, _W), _W), ((_W, _W), _B), ((_B, _B), _B)
_KINDS: dict[Op, tuple[tuple[RegisterType, ...], RegisterType]] = {
    **dict.fromkeys((Op.ADD, Op.SUB, Op.MUL, Op.SDIV, Op.SREM, Op.UDIV, Op.UREM), _WORDS),
    **dict.fromkeys((Op.AND, Op.OR, Op.XOR, Op.SHL, Op.LSHR), _WORDS),
    **dict.fromkeys((Op.EQ, Op.NE, Op.LT, Op.LE), _COMPARED),
    **dict.fromkeys((Op.BOTH, Op.EITHER, Op.DIFFER), _BITS),
    Op.CHOOSE_BIT: ((_B, _B, _B), _B),
    Op.CHOOSE: ((_B, _W, _W), _W),
    Op.NUMBER: ((_B,), _W),
    Op.SPREAD: ((_B,), _W),
    Op.LOWEST: ((_W,), _W),
    Op.POPULATION: ((_W,), _W),
    **dict.fromkeys((Op.ZERO_EXTENDED, Op.SIGN_EXTENDED, Op.TRUNCATED), ((_W,), _W)),
}


@dataclass(frozen=True, slots=True)
class Register:
    """A variable on the stack, which can be assigned to repeatedly; LLVM turns it into machine registers."""

    index: int
    name: str
    kind: RegisterType


@immutable
class Table:
    """A table of constant words."""

    name: str
    entries: tuple[int, ...]


Memory = Parameter | Table
"""What can be read at an index; a parameter can also be written."""


@dataclass(frozen=True, slots=True)
class Argument:
    """Read an integer parameter."""

    result: Temp
    parameter: Parameter


@dataclass(frozen=True, slots=True)
class Compute:
    """``result = op(operands)``."""

    result: Temp
    op: Op
    operands: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """``result = op(operands)`` for ADD, SUB or MUL, and whether it overflowed 64 bits."""

    result: Temp
    overflow: Temp
    op: Op
    operands: tuple[Ref, Ref]


@dataclass(frozen=True, slots=True)
class Get:
    """Read a register."""

    result: Temp
    register: Register


@dataclass(frozen=True, slots=True)
class Set:
    """Assign to a register."""

    register: Register
    value: Ref


@dataclass(frozen=True, slots=True)
class Load:
    """Read an entry of memory; ``anew`` if another thread may have written it."""

    result: Temp
    memory: Memory
    index: Ref
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Store:
    """Write an entry of memory."""

    memory: Parameter
    index: Ref
    value: Ref


@dataclass(frozen=True, slots=True)
class Here:
    """The position of a label; the instructions before it fall through."""

    label: Label


@dataclass(frozen=True, slots=True)
class Label:
    """A place to jump to."""

    index: int


@dataclass(frozen=True, slots=True)
class Jump:
    """A jump."""

    to: Label


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch to one of two labels."""

    test: Ref
    then: Label
    otherwise: Label


@dataclass(frozen=True, slots=True)
class Return:
    """End the function."""

    value: Ref


Instruction = Argument | Compute | Checked | Get | Set | Load | Store | Here | Jump | Branch | Return


@dataclass
class Function:
    """A native function."""

    name: str
    signature: Signature
    code: list[Instruction] = field(default_factory=list)


@immutable
class Module:
    """The native functions of a model, and the tables they read."""

    tables: tuple[Table, ...]
    functions: tuple[Function, ...]


def listing(module: Module) -> str:
    """Return the text of a module."""
    tables = [f"{table.name} = {list(table.entries)}" for table in module.tables]
    return "\n".join([*tables, *(line for function in module.functions for line in _function(function))])


def _function(function: Function) -> Iterator[str]:
    parameters = ", ".join(f"{p.passed.value} {p.name}" for p in function.signature.parameters)
    yield f"{function.name}({parameters})"
    for instruction in function.code:
        yield _line(instruction)


def _line(instruction: Instruction) -> str:
    match instruction:
        case Argument(result, parameter):
            return f"  {_ref(result)} = {parameter.name}"
        case Compute(result, op, operands):
            return f"  {_ref(result)} = {op.value} {', '.join(map(_ref, operands))}"
        case Checked(result, overflow, op, operands):
            return f"  {_ref(result)}, {_ref(overflow)} = checked {op.value} {', '.join(map(_ref, operands))}"
        case Get(result, register):
            return f"  {_ref(result)} = {_register(register)}"
        case Set(register, value):
            return f"  {_register(register)} = {_ref(value)}"
        case Load(result, memory, index, anew):
            return f"  {_ref(result)} = {memory.name}[{_ref(index)}]{' anew' if anew else ''}"
        case Store(memory, index, value):
            return f"  {memory.name}[{_ref(index)}] = {_ref(value)}"
        case Here(label):
            return f"{label.index}:"
        case Jump(to):
            return f"  jump {to.index}"
        case Branch(test, then, otherwise):
            return f"  if {_ref(test)} jump {then.index} else {otherwise.index}"
        case Return(value):
            return f"  return {_ref(value)}"


def _ref(ref: Ref) -> str:
    if isinstance(ref, Constant):
        return str(bool(ref.value)) if ref.kind is RegisterType.BIT else str(ref.value)
    return f"{_LETTERS[ref.kind]}{ref.index}"


def _register(register: Register) -> str:
    return f"{register.name}.{_LETTERS[register.kind]}{register.index}"


_LETTERS = {
    RegisterType.BIT: "b",
    RegisterType.WORD: "w",
    RegisterType.TWO_WORDS: "d",
    RegisterType.FOUR_WORDS: "q",
    RegisterType.EIGHT_WORDS: "o",
}
"""What tells registers of different kinds apart in a listing, which is to differ wherever the code does."""
