"""The compiler of generated code: the same Python, run by CPython and compiled by Numba, says the same."""

# ruff: noqa: E501

from __future__ import annotations

import ast
import ctypes
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from assay.checker.engine.native.compiler import compile_source
from assay.checker.engine.native.explorer import CompiledInstance
from assay.checker.engine.native.objects import link_object
from assay.checker.language.instance import instantiate
from assay.checker.language.reading import Reading
from assay.checker.language.specification import specify
from assay.models.paxos import Paxos
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = 6
HEAD = """
import numpy as np
from numba import cfunc, types
TABLE = np.array([3, -1, 9223372036854775807, (-9223372036854775808)], dtype=np.int64)
words = types.CPointer(types.int64)
indices = types.CPointer(types.int32)
"""


def signed(number: int) -> int:
    """Return a number as a 64-bit word holds it."""
    number &= (1 << 64) - 1
    return number - (1 << 64) if number >> 63 else number


class Word(int):
    """A 64-bit word under CPython: arithmetic wraps around, shifts count modulo 64."""

    def _wrapped(name: str) -> Any:  # type: ignore[misc]
        def operation(self: int, other: int) -> Word:
            return Word(signed(getattr(int, name)(int(self), int(other))))

        return operation

    __add__, __sub__, __mul__ = _wrapped("__add__"), _wrapped("__sub__"), _wrapped("__mul__")
    __and__, __or__, __xor__ = _wrapped("__and__"), _wrapped("__or__"), _wrapped("__xor__")
    __floordiv__, __mod__ = _wrapped("__floordiv__"), _wrapped("__mod__")

    def __lshift__(self, other: int) -> Word:
        return Word(signed(int(self) << (int(other) & 63)))

    def __rshift__(self, other: int) -> Word:
        return Word(int(self) >> (int(other) & 63))

    def __invert__(self) -> Word:
        return Word(~int(self))

    def __neg__(self) -> Word:
        return Word(signed(-int(self)))


class _Words(ast.NodeTransformer):
    """Makes every number that is written out a word."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, bool) or not isinstance(node.value, int):
            return node
        return ast.Call(ast.Name("Word", ast.Load()), [node], [])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return node if isinstance(node.func, ast.Name) and node.func.id == "range" else self.generic_visit(node)  # type: ignore[return-value]


def by_compiler(body: str, values: list[int]) -> list[int]:
    """Compile a body over ``x`` (words) and run it; return the words afterwards and the result."""
    source = f"{HEAD}\n@cfunc(types.int64(words, types.int64))\ndef f(x, n):\n{body}\n"
    address = link_object(compile_source(source, ("f",)))["f"]
    memory = np.array(values, np.int64)
    result = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)(address)(memory.ctypes.data, len(values))
    return [*memory.tolist(), result]


def by_cpython(body: str, values: list[int]) -> list[int]:
    """Run the same body under CPython."""
    namespace: dict[str, Any] = {
        "TABLE": [Word(3), Word(-1), Word(2**63 - 1), Word(-(2**63))],
        "lowest": lambda word: Word((int(word) & -int(word)).bit_length() - 1),
        "population": lambda word: Word((int(word) & (2**64 - 1)).bit_count()),
    }
    namespace["Word"] = Word
    tree = ast.fix_missing_locations(_Words().visit(ast.parse(f"def f(x, n):\n{body}\n")))
    exec(compile(tree, "body", "exec"), namespace)
    memory = [Word(value) for value in values]
    result = namespace["f"](memory, Word(len(values)))
    return [*map(int, memory), signed(int(result))]


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3, truth: bool = False) -> str:
    """Draw an expression over words in ``x`` and the locals ``a`` and ``b``."""
    inner = {"depth": depth - 1}
    if truth:
        kind = draw(st.integers(0, 3)) if depth else 0
        if kind == 0:
            operator = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
            return f"({draw(expressions(depth=0))} {operator} {draw(expressions(depth=0))})"
        if kind == 1:
            operator = draw(st.sampled_from(["and", "or"]))
            return f"({draw(expressions(truth=True, **inner))} {operator} {draw(expressions(truth=True, **inner))})"
        if kind == 2:
            return f"(not {draw(expressions(truth=True, **inner))})"
        return f"({draw(expressions(**inner))} <= {draw(expressions(**inner))} < {draw(expressions(**inner))})"
    kind = draw(st.integers(0, 6)) if depth else 0
    if kind == 0:
        return draw(
            st.sampled_from(["a", "b", "x[0]", "x[1]", "x[a & 3]", "TABLE[b & 3]", "0", "1", "7", "(-1)", "63"])
        )
    if kind == 1:
        operator = draw(st.sampled_from(["+", "-", "*", "&", "|", "^", "<<", ">>"]))
        return f"({draw(expressions(**inner))} {operator} {draw(expressions(**inner))})"
    if kind == 2:
        return f"({draw(expressions(**inner))} {draw(st.sampled_from(['//', '%']))} {draw(st.sampled_from(['3', '8', '(-5)']))})"
    if kind == 3:
        return f"({draw(expressions(**inner))} if {draw(expressions(truth=True, **inner))} else {draw(expressions(**inner))})"
    if kind == 4:
        return f"~{draw(expressions(**inner))}"
    if kind == 5:
        return f"population({draw(expressions(**inner))})"
    return f"min({draw(expressions(**inner))}, {draw(expressions(**inner))})"


@st.composite
def bodies(draw: st.DrawFn, depth: int = 2, indent: str = "    ", looping: bool = False) -> str:
    """Draw statements."""
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.integers(0, 6 if depth else 2))
        if kind <= 1:
            target, operator = (
                draw(st.sampled_from(["a", "b", "x[2]", "x[b & 3]"])),
                draw(st.sampled_from(["=", "+=", "&=", "|="])),
            )
            lines.append(f"{indent}{target} {operator} {draw(expressions())}")
        elif kind == 2:
            lines.append(f"{indent}a, b = {draw(expressions(depth=1))}, {draw(expressions(depth=1))}")
        elif kind == 3:
            lines.append(f"{indent}if {draw(expressions(truth=True))}:")
            lines.append(draw(bodies(depth=depth - 1, indent=indent + "    ", looping=looping)))
            lines += [f"{indent}else:", draw(bodies(depth=depth - 1, indent=indent + "    ", looping=looping))]
        elif kind == 4:
            lines.append(f"{indent}for c{depth} in range({draw(st.sampled_from(['3', '1, 4', 'n', 'a & 3']))}):")
            lines.append(f"{indent}    a += c{depth}")
            lines.append(draw(bodies(depth=depth - 1, indent=indent + "    ", looping=True)))
        elif kind == 5:
            lines += [f"{indent}rest{depth} = {draw(expressions())}", f"{indent}while rest{depth} != 0:"]
            lines += [f"{indent}    b += lowest(rest{depth})", f"{indent}    rest{depth} &= rest{depth} - 1"]
            lines.append(draw(bodies(depth=0, indent=indent + "    ")))
        elif looping:
            lines += [f"{indent}if {draw(expressions(truth=True))}:", f"{indent}    break"]
        else:
            lines += [f"{indent}if {draw(expressions(truth=True))}:", f"{indent}    return {draw(expressions())}"]
    return "\n".join(lines)


numbers = st.one_of(st.integers(-4, 70), st.integers(-(2**63), 2**63 - 1))


@settings(max_examples=150, deadline=None)
@given(bodies(), st.lists(numbers, min_size=WORDS, max_size=WORDS))
def test_compiled_code_does_what_cpython_does(body: str, values: list[int]) -> None:
    whole = f"    a, b = x[4], x[5]\n{body}\n    return a ^ b"
    assert by_compiler(whole, values) == by_cpython(whole, values)


def test_a_read_that_is_not_evaluated_does_not_happen() -> None:
    body = "    return x[n * 100000000] if n < 0 else 5"
    assert by_compiler(body, [0]) == [0, 5]


def test_a_loop_that_llvm_replaces_by_a_formula_of_wide_numbers_is_linked() -> None:
    """The sum of the squares of squares is a polynomial divided by 30, in 128-bit arithmetic."""
    body = "    a = 0\n    for c in range(n):\n        a += c * c * c * c\n    return a"
    assert by_compiler(body, [0] * 5) == [*[0] * 5, sum(c**4 for c in range(5))]


def test_a_statement_outside_of_the_language_is_a_fault_of_ours() -> None:
    with pytest.raises(NotImplementedError, match="raise"):
        compile_source(f"{HEAD}\n@cfunc(types.int64(types.int64))\ndef f(x):\n    raise ValueError\n", ("f",))


@pytest.mark.slow
def test_numba_gives_the_same_successors_of_paxos() -> None:
    instance = instantiate(specify(Paxos), name="smoke")
    with instance.active():
        compiled = CompiledInstance(instance)
        namespace: dict[str, Any] = {}
        exec(compiled.source.text, namespace)
        reading = Reading(instance)
        states = list(reading.initial_states())
        for state in states:
            states += [after for _, after in reading.successors(state) if after not in states and len(states) < 120]
        packed = compiled.pack(states)
        ours = _expanded(compiled.program.expand, packed, compiled.program.words)
        theirs = _expanded(namespace["expand"].address, packed, compiled.program.words)
    assert ours == theirs


def _expanded(address: int, states: Any, words: int) -> SimpleNamespace:
    capacity = 65536
    out, actions = np.zeros((capacity, words), np.uint64), np.zeros(capacity, np.int32)
    ends, status = np.zeros(len(states), np.int64), np.zeros(3, np.int64)
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    function = ctypes.CFUNCTYPE(number, pointer, number, pointer, pointer, pointer, number, pointer)(address)
    arrays = (states.ctypes.data, len(states), out.ctypes.data, actions.ctypes.data, ends.ctypes.data)
    count = function(*arrays, capacity, status.ctypes.data)
    return SimpleNamespace(
        count=count,
        out=out[:count].tolist(),
        actions=actions[:count].tolist(),
        ends=ends.tolist(),
        status=status.tolist(),
    )
