"""Operations on the bits of a word that Numba's language lacks."""

# Numba reads from its signature how an intrinsic is called:
# ruff: noqa: ARG001

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

__all__ = ["lowest", "population"]


def _intrinsic(function: Any) -> Any:
    return intrinsic(function)


@_intrinsic
def lowest(typing_context: Any, word: Any) -> Any:
    """Return the position of the lowest bit that is 1, of a word that is not 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.IntType(1)(1))

    return types.int64(types.int64), generate


@_intrinsic
def population(typing_context: Any, word: Any) -> Any:
    """Return how many bits of a word are 1."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.int64), generate
