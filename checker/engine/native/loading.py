"""Loading the kernel, from the cache or by compiling it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from assay.checker.engine.native.cache import compiled, is_compiled
from assay.checker.engine.native.objects import ObjectCode, compile_object

__all__ = ["Kernel", "graph_kernel", "is_kernel_cached", "search_kernel"]

_SOURCES = ("abi.py", "intrinsics.py", "signatures.py", "table.py", "findings.py", "graph.py", "kernel.py")
"""The modules that the kernel is compiled from, by whose text it is found in the cache."""

Kernel = dict[str, Callable[[int], int]]
_prototype = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)


def search_kernel(words: int) -> Kernel:
    """Return the functions ``explore`` and ``rebuild``; each takes the address of a control block.

    There are two kernels: one specialised for states of a single word, and one for any number of words.
    """
    return _load("search", words if words == 1 else 0)


def graph_kernel(words: int) -> Kernel:
    """Return the function ``link``, in the same way."""
    return _load("graph", words if words == 1 else 0)


def is_kernel_cached(words: int) -> bool:
    """Return whether `search_kernel` would find its functions in the cache."""
    return is_compiled(f"kernel-search-{words if words == 1 else 0}", _source())


@cache
def _load(part: str, words: int) -> Kernel:
    def build() -> ObjectCode:
        from assay.checker.engine.native import kernel  # imports Numba, which a warm cache spares us

        make = kernel.build_search if part == "search" else kernel.build_graph
        return compile_object(lambda: make(words))

    addresses = compiled(f"kernel-{part}-{words}", _source(), build)
    return {name: _prototype(address) for name, address in addresses.items()}


@cache
def _source() -> str:
    package = files("assay.checker.engine.native")
    return "\0".join(package.joinpath(name).read_text(encoding="utf-8") for name in _SOURCES)
