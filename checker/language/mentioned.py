"""Which sorts the methods of a model name, and the helpers that these call."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

from assay.checker.language.model import Model
from assay.checker.language.sorts import Element
from assay.checker.language.values import _ParameterMark

__all__ = ["functions_of", "mentioned"]


def functions_of(cls: type[Model]) -> list[types.FunctionType]:
    """Return the methods; those that a variant replaces only where it calls something by ``super()``."""
    methods = [
        (name, value)
        for owner in reversed(cls.__mro__)
        for name, value in vars(owner).items()
        if isinstance(value, types.FunctionType)
    ]
    latest = dict(methods)
    by_super = {name for _, f in methods if "__class__" in f.__code__.co_freevars for name in f.__code__.co_names}
    return [function for name, function in methods if function is latest[name] or name in by_super]


def mentioned(function: types.FunctionType, seen: set[types.FunctionType]) -> Iterator[type[Any]]:
    """Yield the sorts that a function names, and those that the helpers name that it names."""
    if function in seen:
        return
    seen.add(function)
    cells = function.__closure__ or ()
    names = dict(zip(function.__code__.co_freevars, cells, strict=True))
    for name in _names(function.__code__):
        value = names[name].cell_contents if name in names else function.__globals__.get(name)
        if isinstance(value, type) and issubclass(value, Element) and value.__module__ != Element.__module__:
            yield value
        elif isinstance(value, types.FunctionType) and value.__module__ not in _OURS:
            yield from mentioned(value, seen)


_OURS = (Element.__module__, Model.__module__, _ParameterMark.__module__, "dataclasses")


def _names(code: types.CodeType) -> Iterator[str]:
    yield from (*code.co_names, *code.co_freevars)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _names(inner)
