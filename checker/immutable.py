"""Frozen dataclasses that are made quickly: a command makes two or three hundred before it does anything.

For each class, the standard library writes the source of six methods and compiles it, in 0.4 ms on Python 3.11. Here
five of them are closures, and `__init__` is a copy of one that was compiled for another class with as many fields:
0.03 ms. That is a tenth of a second of `assay prove`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, field
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from types import CodeType, FunctionType
from typing import Any, NamedTuple, NoReturn, TypeVar, dataclass_transform, overload

__all__ = ["immutable"]

T = TypeVar("T")


@overload
def immutable(cls: type[T], /) -> type[T]: ...
@overload
def immutable(*, eq: bool = True, kw_only: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def immutable(cls: Any = None, /, *, eq: bool = True, kw_only: bool = False) -> Any:
    """Make a class a frozen dataclass, as `dataclasses.dataclass(frozen=True, ...)` does with these options.

    Bases that are dataclasses must be made so, too. Values can be pickled, and `dataclasses.replace` and
    `dataclasses.fields` know them.

    Raises
    ------
    TypeError
        If a field without a default follows one that has one.
    """
    if cls is None:
        return lambda decorated: _made(decorated, eq, kw_only)
    return _made(cls, eq, kw_only)


def _made(cls: type[T], eq: bool, kw_only: bool) -> type[T]:
    # As a dataclass that is not frozen, since the standard library compiles the methods of a frozen one in any case.
    # So it also refuses that one of theirs derives from one of ours or the other way round.
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
    own = set(vars(made))
    if "__eq__" in own and vars(made)["__hash__"] is None:
        own.remove("__hash__")  # Python's own, of a class that says what is equal
    for name, method in _methods(made, dataclasses.fields(made), eq):
        if name not in own:
            setattr(made, name, method)
    return made  # type: ignore[no-any-return]


def _methods(cls: type[Any], fields: Sequence[Field[Any]], eq: bool) -> Iterator[tuple[str, Callable[..., Any]]]:
    yield "__init__", _initializer(cls, [field for field in fields if field.init])
    yield "__repr__", _shown
    yield "__setattr__", _refuse
    yield "__delattr__", _refuse
    if eq:
        yield "__eq__", _equality(_key([field.name for field in fields if field.compare]))
        yield "__hash__", _hashing(_key([field.name for field in fields if _is_hashed(field)]))


def _is_hashed(field: Field[Any]) -> bool:
    return field.compare if field.hash is None else field.hash


def _key(names: Sequence[str]) -> Callable[[Any], tuple[Hashable, ...]]:
    """Return the function from a value to the tuple of some of its fields."""
    if len(names) > 1:
        return attrgetter(*names)
    only = attrgetter(*names) if names else None
    return lambda value: (only(value),) if only else ()


def _equality(key: Callable[[Any], Any]) -> Callable[..., bool]:
    def __eq__(self: Any, other: Any) -> Any:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hashing(key: Callable[[Any], Any]) -> Callable[..., int]:
    def __hash__(self: Any) -> int:
        return hash(key(self))

    return __hash__


@recursive_repr()
def _shown(self: Any) -> str:
    parts = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(parts)})"


def _refuse(self: Any, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"{type(self).__qualname__} cannot change: {name}")


# Initialization


class _Shape(NamedTuple):
    """What the code of an ``__init__`` depends on, apart from the names of the fields."""

    is_made: tuple[bool, ...]
    """Of each field, whether a factory makes its default."""
    positional: int
    """How many fields, the first ones, can be given by position."""
    post_init: bool


def _initializer(cls: type[Any], fields: Sequence[Field[Any]]) -> FunctionType:
    """Return the ``__init__`` of a class: code that others share, in which its own names are put."""
    positional = [field for field in fields if not field.kw_only]
    ordered = [*positional, *(field for field in fields if field.kw_only)]
    is_made = tuple(field.default_factory is not MISSING for field in ordered)
    code = _compiled(_Shape(is_made, len(positional), hasattr(cls, "__post_init__")))
    names = {_stand_in(index): field.name for index, field in enumerate(ordered)}
    code = code.replace(
        co_varnames=tuple(names.get(name, name) for name in code.co_varnames),
        co_consts=tuple(names.get(constant, constant) for constant in code.co_consts),
    )
    factories = [field.default_factory for field in ordered]
    made = FunctionType(code, {"put": object.__setattr__, "factories": factories, "MISSING": MISSING}, "__init__")
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__defaults__ = tuple(field.default for field in _optional_at_the_end(positional))
    made.__kwdefaults__ = {field.name: field.default for field in ordered if field.kw_only and _is_optional(field)}
    return made


def _optional_at_the_end(fields: Sequence[Field[Any]]) -> list[Field[Any]]:
    optional = [field for field in fields if _is_optional(field)]
    if optional != [*fields[len(fields) - len(optional) :]]:
        raise TypeError(f"a field without a default follows {optional[0].name}, which has one")
    return optional


def _is_optional(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


@cache
def _compiled(shape: _Shape) -> CodeType:
    """Return the code of an ``__init__`` whose fields have the names of stand-ins."""
    names = [_stand_in(index) for index in range(len(shape.is_made))]
    by_name = ["*", *names[shape.positional :]] if shape.positional < len(names) else []
    lines = [f"def __init__({', '.join(['self', *names[: shape.positional], *by_name])}):", " pass"]
    for index, (name, is_made) in enumerate(zip(names, shape.is_made, strict=True)):
        value = f"factories[{index}]() if {name} is MISSING else {name}" if is_made else name
        lines.append(f" put(self, {name!r}, {value})")
    lines += [" self.__post_init__()"] if shape.post_init else []
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)
    code: CodeType = space["__init__"].__code__
    return code


def _stand_in(index: int) -> str:
    return f"field_{index}"
