"""Compiles generated code: each instruction is lowered to LLVM's language, and LLVM optimises the result.

Numba would take a hundred times as long over the same functions, mostly to infer types that are already known here.
Every operation is defined for all operands that the generator lets through: divisors are not 0, shifts are by less than
the bits of the register, and sums and products wrap around only where the result is not used. On registers of several
words there are no products or quotients: LLVM would call functions of a library for them.
"""

from __future__ import annotations

from collections.abc import Iterator

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
    Module,
    Op,
    Register,
    Return,
    Set,
    Store,
    Table,
)
from assay.checker.engine.native.codegen.operations.values import Constant, Ref, RegisterType
from assay.checker.engine.native.objects import ObjectCode, emit_object
from assay.checker.engine.native.signatures import Parameter, Passed

__all__ = ["compile_module", "llvm_text"]

_INTRINSICS = """\
declare i64 @llvm.cttz.i64(i64, i1)
declare i64 @llvm.ctpop.i64(i64)
declare {i64, i1} @llvm.sadd.with.overflow.i64(i64, i64)
declare {i64, i1} @llvm.ssub.with.overflow.i64(i64, i64)
declare {i64, i1} @llvm.smul.with.overflow.i64(i64, i64)"""

_TEMPLATES = {
    Op.ADD: "add {kind} {}, {}",
    Op.SUB: "sub {kind} {}, {}",
    Op.MUL: "mul {kind} {}, {}",
    Op.SDIV: "sdiv {kind} {}, {}",
    Op.SREM: "srem {kind} {}, {}",
    Op.UDIV: "udiv {kind} {}, {}",
    Op.UREM: "urem {kind} {}, {}",
    Op.AND: "and {kind} {}, {}",
    Op.OR: "or {kind} {}, {}",
    Op.XOR: "xor {kind} {}, {}",
    Op.SHL: "shl {kind} {}, {}",
    Op.LSHR: "lshr {kind} {}, {}",
    Op.EQ: "icmp eq {kind} {}, {}",
    Op.NE: "icmp ne {kind} {}, {}",
    Op.LT: "icmp slt {kind} {}, {}",
    Op.LE: "icmp sle {kind} {}, {}",
    Op.BOTH: "and i1 {}, {}",
    Op.EITHER: "or i1 {}, {}",
    Op.DIFFER: "xor i1 {}, {}",
    Op.CHOOSE_BIT: "select i1 {}, i1 {}, i1 {}",
    Op.CHOOSE: "select i1 {}, {kind} {}, {kind} {}",
    Op.NUMBER: "zext i1 {} to i64",
    Op.SPREAD: "sext i1 {} to i64",
    Op.LOWEST: "call i64 @llvm.cttz.i64(i64 {}, i1 true)",
    Op.POPULATION: "call i64 @llvm.ctpop.i64(i64 {})",
    Op.ZERO_EXTENDED: "zext {kind} {} to {result}",
    Op.SIGN_EXTENDED: "sext {kind} {} to {result}",
    Op.TRUNCATED: "trunc {kind} {} to {result}",
}
_CHECKED = {Op.ADD: "sadd", Op.SUB: "ssub", Op.MUL: "smul"}


def compile_module(module: Module) -> ObjectCode:
    """Compile the functions of a module, in O(instructions) apart from LLVM's own passes."""
    return emit_object(llvm_text(module), {function.name: _symbol(function) for function in module.functions})


def llvm_text(module: Module) -> str:
    """Return a module in the language of LLVM."""
    parts = [_INTRINSICS, *map(_table, module.tables), *("\n".join(_lines(f)) for f in module.functions)]
    return "\n\n".join(parts) + "\n"


def _symbol(function: Function) -> str:
    return f"assay_{function.name}"


def _table(table: Table) -> str:
    entries = ", ".join(f"i64 {entry}" for entry in table.entries)
    return f"@{table.name} = internal constant [{len(table.entries)} x i64] [{entries}]"


def _lines(function: Function) -> Iterator[str]:
    parameters = ", ".join(map(_parameter, function.signature.parameters))
    yield f"define i64 @{_symbol(function)}({parameters}) {{"
    yield "entry:"
    # Registers are allocated on entry: an alloca inside a loop would take more of the stack on every iteration.
    registers = {one.register: None for one in function.code if isinstance(one, Get | Set)}
    for register in registers:
        yield f"  {_register(register)} = alloca {register.kind.value}"
    yield from _blocks(function.code)
    yield "}"


def _blocks(code: list[Instruction]) -> Iterator[str]:
    """Yield the instructions of a function.

    LLVM requires every block to end with exactly one jump, so whatever lies between a jump and the next label, which
    nothing reaches, is dropped.
    """
    ended = False
    for position, instruction in enumerate(code):
        if isinstance(instruction, Here):
            if not ended:
                yield f"  br label {_label(instruction.label)}"
            yield f"L{instruction.label.index}:"
            ended = False
        elif not ended:
            yield from _instruction(instruction, position)
            ended = isinstance(instruction, Jump | Branch | Return)
    if not ended:
        yield "  unreachable"


def _parameter(parameter: Parameter) -> str:
    kind = "i64" if parameter.passed is Passed.NUMBER else "ptr noalias"
    return f"{kind} {_memory(parameter)}"


def _instruction(instruction: Instruction, position: int) -> Iterator[str]:
    match instruction:
        case Argument(result, parameter):
            yield f"  {_ref(result)} = add i64 {_memory(parameter)}, 0"
        case Compute(result, op, operands):
            # The last operand is of the register's kind in every operation that has one.
            kinds = {"kind": operands[-1].kind.value, "result": result.kind.value}
            yield f"  {_ref(result)} = {_TEMPLATES[op].format(*map(_ref, operands), **kinds)}"
        case Checked(result, overflow, op, (left, right)):
            pair = f"%pair{position}"
            called = f"@llvm.{_CHECKED[op]}.with.overflow.i64"
            yield f"  {pair} = call {{i64, i1}} {called}(i64 {_ref(left)}, i64 {_ref(right)})"
            yield f"  {_ref(result)} = extractvalue {{i64, i1}} {pair}, 0"
            yield f"  {_ref(overflow)} = extractvalue {{i64, i1}} {pair}, 1"
        case Get(result, register):
            yield f"  {_ref(result)} = load {register.kind.value}, ptr {_register(register)}"
        case Set(register, value):
            yield f"  store {value.kind.value} {_ref(value)}, ptr {_register(register)}"
        case Load() | Store():
            yield from _access(instruction, position)
        case Jump(to):
            yield f"  br label {_label(to)}"
        case Branch(test, then, otherwise):
            yield f"  br i1 {_ref(test)}, label {_label(then)}, label {_label(otherwise)}"
        case Return(value):
            yield f"  ret i64 {_ref(value)}"


def _access(instruction: Load | Store, position: int) -> Iterator[str]:
    memory, at = instruction.memory, f"%at{position}"
    narrow = isinstance(memory, Parameter) and memory.passed is Passed.INDICES
    kind = "i32" if narrow else "i64"
    yield f"  {at} = getelementptr {kind}, ptr {_memory(memory)}, i64 {_ref(instruction.index)}"
    if isinstance(instruction, Store):
        value = _ref(instruction.value)
        if narrow:
            value = f"%narrow{position}"
            yield f"  {value} = trunc i64 {_ref(instruction.value)} to i32"
        yield f"  store {kind} {value}, ptr {at}"
        return
    result = _ref(instruction.result)
    if not narrow:
        yield f"  {result} = load {'volatile ' if instruction.anew else ''}i64, ptr {at}"
        return
    yield f"  %narrow{position} = load i32, ptr {at}"
    yield f"  {result} = sext i32 %narrow{position} to i64"


def _memory(memory: Parameter | Table) -> str:
    return f"@{memory.name}" if isinstance(memory, Table) else f"%{memory.name}.p"


def _ref(ref: Ref) -> str:
    if isinstance(ref, Constant):
        return ("true" if ref.value else "false") if ref.kind is RegisterType.BIT else str(ref.value)
    return f"%t{ref.index}"


def _register(register: Register) -> str:
    return f"%v{register.index}"


def _label(label: Label) -> str:
    return f"%L{label.index}"
