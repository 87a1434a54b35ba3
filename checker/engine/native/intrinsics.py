"""What the kernel needs and Numba's language lacks: pointers, calls by address, wide products, prefetching."""

# Numba reads the signature of an intrinsic to learn how to call it, so some parameters are used in no body:
# ruff: noqa: ARG001

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from assay.checker.engine.native.signatures import EXPAND, STEPS, TEST, Passed, Signature
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = [
    "call_expand",
    "call_steps",
    "call_test",
    "high_product",
    "inlined",
    "int32s",
    "int64s",
    "pointer_to",
    "prefetch",
    "trailing_zeros",
    "uint32s",
    "uint64s",
]

# Numba's own annotations describe how its decorators are used from Python, not from compiled code.
_intrinsic: Any = intrinsic
_njit: Any = njit
_utilities: Any = cgutils
pointer_to: Any = types.CPointer


def _pointer_to(element: Any) -> Any:
    def pointer(typing_context: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return pointer_to(element)(types.int64), generate

    return _intrinsic(pointer)


uint64s = _pointer_to(types.uint64)
int64s = _pointer_to(types.int64)
uint32s = _pointer_to(types.uint32)
int32s = _pointer_to(types.int32)


def _prefetch(typing_context: Any, address: Any) -> Any:
    """Prefetch the cache line at `address`, for reading."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer_type = ir.IntType(8).as_pointer()
        number = ir.IntType(32)
        function_type = ir.FunctionType(ir.VoidType(), [pointer_type, number, number, number])
        function = _utilities.get_or_insert_function(builder.module, function_type, "llvm.prefetch.p0")
        pointer = builder.inttoptr(arguments[0], pointer_type)
        builder.call(function, [pointer, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(types.int64), generate


def _high_product(typing_context: Any, left: Any, right: Any) -> Any:
    """Return the upper 64 bits of a product of two 64-bit words."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        left_wide, right_wide = (builder.zext(argument, wide) for argument in arguments)
        product = builder.mul(left_wide, right_wide)
        return builder.trunc(builder.lshr(product, wide(64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


def _trailing_zeros(typing_context: Any, word: Any) -> Any:
    """Return the number of the lowest bit that is set in a word that is not 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.IntType(1)(1))

    return types.int64(types.uint64), generate


prefetch = _intrinsic(_prefetch)
trailing_zeros = _intrinsic(_trailing_zeros)
high_product = _intrinsic(_high_product)

_PASSED = {
    Passed.NUMBER: types.int64,
    Passed.WORDS: pointer_to(types.uint64),
    Passed.NUMBERS: pointer_to(types.int64),
    Passed.INDICES: pointer_to(types.int32),
}


def _caller(signature: Signature) -> Any:
    """Return an intrinsic that calls a function by its address, the first argument."""
    passed = [_PASSED[parameter.passed] for parameter in signature.parameters]

    def generate(context: Any, builder: Any, called: Any, arguments: Any) -> Any:
        address, *rest = arguments
        kinds = [context.get_value_type(kind) for kind in called.args[1:]]
        function_type = ir.FunctionType(context.get_value_type(called.return_type), kinds)
        return builder.call(builder.inttoptr(address, function_type.as_pointer()), rest)

    def call(typing_context: Any, address: Any, *arguments: Any) -> Any:
        return types.int64(types.int64, *passed), generate

    names = ["typing_context", "address", *(parameter.name for parameter in signature.parameters)]
    positional = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    call.__signature__ = inspect.Signature(positional)  # type: ignore[attr-defined]  # Numba passes arguments by it
    return _intrinsic(call)


call_expand, call_test, call_steps = (_caller(signature) for signature in (EXPAND, TEST, STEPS))


def inlined(function: Callable[..., Any]) -> Any:
    """Compile `function` into each of its callers, so that a constant argument specialises it."""
    return _njit(forceinline=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
