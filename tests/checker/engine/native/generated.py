"""Small modules of generated code for tests."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Function, Module
from assay.checker.engine.native.codegen.operations.values import Word, number
from assay.checker.engine.native.codegen.operations.words import add
from assay.checker.engine.native.compiler import compile_module
from assay.checker.engine.native.objects import link_object
from assay.checker.engine.native.signatures import Parameter, Passed, Signature

ONE = Signature((Parameter("x", Passed.NUMBER),))
MEMORY = Signature((Parameter("memory", Passed.NUMBERS),))


def answer(by: int) -> Module:
    """Return the module of a function ``answer`` that adds a number."""
    function = Function("answer", ONE)
    b = Builder(function)
    b.leave(add(b, b.argument(ONE["x"], 0, 100), number(by)))
    return Module((), (function,))


def run(build: Callable[[Builder], None], values: list[int]) -> list[int]:
    """Compile a function over a memory of numbers, run it, and return what is in memory afterwards."""
    function = Function("f", MEMORY)
    b = Builder(function)
    build(b)
    b.leave(number(0))
    address = link_object(compile_module(Module((), (function,))))["f"]
    memory = np.array(values, np.int64)
    ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(address)(memory.ctypes.data)
    return memory.tolist()


def load(b: Builder, index: int, low: int = -(2**63), high: int = 2**63 - 1) -> Word:
    """Return a number in memory that is in an interval."""
    return Word(b.load(MEMORY["memory"], number(index)), low, high)
