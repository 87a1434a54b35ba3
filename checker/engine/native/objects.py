"""Machine code as data: compile to an object file, and link an object file into this process, without Numba.

Importing Numba takes half a second; linking an object file takes a few milliseconds. So compiled functions are kept as
plain object files, and Numba is imported only to compile the kernel.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import count
from typing import Any

import llvmlite.binding as llvm
from assay.checker.immutable import immutable

__all__ = ["ObjectCode", "compile_object", "emit_object", "link_object", "target_name"]

_names = count()
_linked: list[Any] = []  # keeps linked code alive: an address, once given out, stays valid


@immutable
class ObjectCode:
    """A relocatable object file.

    Attributes
    ----------
    symbols : mapping from str to str
        The symbol of each entry point.
    imports : tuple of str
        The symbols it needs from outside.
    image : bytes
        The object file.
    """

    symbols: Mapping[str, str]
    imports: tuple[str, ...]
    image: bytes


@cache
def _initialise() -> None:
    if llvm.llvm_version_info[0] < 20:
        llvm.initialize()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def _target_machine() -> Any:
    _initialise()
    target = llvm.Target.from_default_triple()
    features = llvm.get_host_cpu_features().flatten()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=3, reloc="pic", codemodel="jitdefault", jit=True
    )


def target_name() -> str:
    """Name the processor that code is compiled for, with its features."""
    return f"{llvm.get_process_triple()} {llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"


def compile_object(build: Callable[[], Mapping[str, Any]]) -> ObjectCode:
    """Compile Numba C functions to one object file.

    Parameters
    ----------
    build : callable
        Makes the entry points, by name.
    """
    with _unoptimised():
        entries = build()
    module = llvm.parse_assembly("")
    for function in entries.values():
        module.link_in(llvm.parse_assembly(function.inspect_llvm()))
    # Level 3, since every search runs this code, and it is compiled once for all models.
    return _emitted(module, {name: function.native_name for name, function in entries.items()}, speed_level=3)


@contextlib.contextmanager
def _unoptimised() -> Iterator[None]:
    """Keep Numba from optimising in the block.

    It would optimise each function by itself, and again within each of those that it is inlined into.
    """
    config: Any = importlib.import_module("numba.core.config")
    before = config.OPT
    config.OPT = type(before)(0)
    try:
        yield
    finally:
        config.OPT = before


def emit_object(source: Any, symbols: Mapping[str, str]) -> ObjectCode:
    """Optimise a module of LLVM's language, and compile it to an object file.

    Parameters
    ----------
    source : llvmlite.ir.Module
        The module.
    symbols : mapping from str to str
        The symbol of each entry point.
    """
    # Level 3 takes twice as long to compile; only a search of many seconds would win that back.
    return _emitted(llvm.parse_assembly(str(source)), symbols, speed_level=2)


def _emitted(module: Any, symbols: Mapping[str, str], speed_level: int) -> ObjectCode:
    machine = _target_machine()
    module.triple = llvm.get_process_triple()
    module.data_layout = str(machine.target_data)
    module.verify()
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=speed_level))
    passes.getModulePassManager().run(module, passes)
    return ObjectCode(symbols, _imports(module), machine.emit_object(module))


def _imports(module: Any) -> tuple[str, ...]:
    functions = (f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm."))
    values = (v.name for v in module.global_variables if v.is_declaration)
    return tuple(sorted({*functions, *values}))


def link_object(code: ObjectCode) -> dict[str, int]:
    """Load an object file and return the address of each entry point.

    Raises
    ------
    LookupError
        If this process lacks a symbol that the file needs.
    RuntimeError
        If it is not an object file for this machine.
    """
    imports = _addresses(code.imports)
    library = llvm.JITLibraryBuilder().add_object_img(code.image).add_current_process()
    for name, address in {**_wide_division(), **imports}.items():
        library.import_symbol(name, address)
    for symbol in code.symbols.values():
        library.export_symbol(symbol)
    tracker = library.link(_jit(), f"assay.{next(_names)}")
    _linked.append(tracker)
    return {name: tracker[symbol] for name, symbol in code.symbols.items()}


@cache
def _wide_division() -> dict[str, int]:
    """Return the addresses of the 128-bit divisions of libgcc.

    LLVM calls them where it replaces a summing loop by a closed formula.
    """
    try:
        library = ctypes.CDLL("libgcc_s.so.1")
        names = ("__udivti3", "__umodti3", "__divti3", "__modti3")
        return {name: ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0 for name in names}
    except (OSError, AttributeError):
        return {}


@cache
def _jit() -> Any:
    return llvm.create_lljit_compiler(_target_machine())


def _addresses(names: Iterable[str]) -> dict[str, int]:
    addresses = {name: llvm.address_of_symbol(name) for name in names}
    if None in addresses.values():
        importlib.import_module(
            "numba.core.runtime.nrt"
        )  # Numba makes its run-time functions known when it is imported
        addresses = {name: llvm.address_of_symbol(name) for name in names}
    missing = [name for name, address in addresses.items() if address is None]
    if missing:
        raise LookupError(f"compiled code needs {', '.join(missing)}")
    return {name: address for name, address in addresses.items() if address is not None}
