"""Freeze the values that nodes hold and send into comparable, hashable forms; `thawing` makes values of them again.

Two values have the same frozen form if and only if no handler can tell them apart: 1, 1.0 and True differ, as do a list
and a tuple. The order in which a dict or set was filled is not part of the form.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import struct
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from assay.impl.node.errors import NodeError
from assay.impl.node.literals import LITERALS, parts_of_flag

__all__ = ["FORMS", "Frozen", "freeze", "freeze_attributes", "freeze_frozenset", "freeze_set", "rank"]

Frozen: TypeAlias = Hashable
"""A frozen value: an int, str, bytes or None is its own form; any other form is a tuple that begins with the class."""

_PLAIN = (int, str, bytes, type(None))


def freeze(value: object, name: str = "the value") -> Frozen:
    """Return the frozen form of a value.

    Parameters
    ----------
    value : object
        Numbers, text, bytes, None, enumerations, tuples, lists, dicts, sets, deques, counters, dataclasses, msgspec
        structures, and objects of classes whose state is their attributes; nested to any depth.
    name : str
        The name of the value in errors.

    Raises
    ------
    NodeError
        If a part of it has no frozen form: an open file, a lock, a generator, another node. Also if a mutable value can
        be reached by two paths: after thawing they would be two values, so a change by one path would no longer show on
        the other.
    """
    return _Freezer().freeze(value, name)


def freeze_attributes(attributes: Mapping[str, object]) -> tuple[tuple[str, Frozen], ...]:
    """Return a node's attributes, frozen and sorted by name; shared mutable values are errors as in `freeze`."""
    freezer = _Freezer()
    return tuple((name, freezer.freeze(attributes[name], name)) for name in sorted(attributes))


class _Freezer:
    """Freezes one value, and remembers the mutable parts so that it can refuse to meet one twice."""

    def __init__(self) -> None:
        self.met: dict[int, str] = {}

    def freeze(self, value: Any, path: str) -> Frozen:
        cls = type(value)
        if cls in _PLAIN:
            plain: Frozen = value
            return plain
        form = FORMS.get(cls)
        if form is not None:
            return form(self, value, path)
        if cls in LITERALS:
            return self._literal(value, path)
        if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType):
            return self._constant(value, path)
        if isinstance(value, enum.Enum):
            return (cls, *parts_of_flag(value))
        if isinstance(value, tuple) and hasattr(cls, "_fields") and not getattr(value, "__dict__", None):
            return (cls, *(self.freeze(part, f"{path}[{i}]") for i, part in enumerate(value)))
        return self._object(value, path)

    def once(self, value: Any, path: str) -> None:
        """Refuse a mutable value that was met before."""
        before = self.met.setdefault(id(value), path)
        if before is not path:
            raise NodeError(
                f"{before} and {path} are one {type(value).__name__}, not two equal ones",
                help="a change of one would show in the other before a crash, and not after it: copy it",
            )

    def many(self, values: Iterable[Any], path: str) -> Iterator[Frozen]:
        return (self.freeze(part, f"{path}[{i}]") for i, part in enumerate(values))

    def pairs(self, value: dict[Any, Any], path: str) -> Iterator[Frozen]:
        return ((self.freeze(k, f"a key of {path}"), self.freeze(v, f"{path}[{k!r}]")) for k, v in value.items())

    def _literal(self, value: Any, path: str) -> Frozen:
        try:
            return (type(value), *LITERALS[type(value)][0](value))
        except ValueError as error:
            raise NodeError(f"{path} cannot be compared, stored or sent: {error}") from None

    def _constant(self, value: Any, path: str) -> Frozen:
        owner = getattr(value, "__self__", None)
        if not (owner is None or isinstance(owner, types.ModuleType | type)):
            raise NodeError(
                f"{path} is {value.__name__} of a {type(owner).__name__}, which is kept in it",
                help="what a method is bound to would not be compared, stored or sent: keep that itself",
            )
        if "<locals>" in value.__qualname__ or "<lambda>" in value.__qualname__:
            raise NodeError(
                f"{path} is {value.__qualname__}, made while the program runs",
                help="what is defined in a function cannot be compared, stored or sent: define it in the module",
            )
        return (type, value)

    def _object(self, value: Any, path: str) -> Frozen:
        cls = type(value)
        if not _is_plain(cls):
            raise NodeError(
                f"{path} is a {cls.__name__}, which cannot be compared, stored or sent",
                help="use numbers, text, tuples, lists, dicts, sets and dataclasses",
            )
        if not _is_frozen(cls):
            self.once(value, path)
        present = [name for name in _attributes(value) if hasattr(value, name)]
        return (cls, *((name, self.freeze(getattr(value, name), f"{path}.{name}")) for name in present))


def _is_plain(cls: type[Any]) -> bool:
    """Return whether attributes are the whole state of a class's objects, with nothing kept in C."""
    if getattr(cls, "_is_node_", False):
        return False
    if hasattr(cls, "__struct_fields__"):  # a msgspec.Struct
        return True
    own = len(_slots(cls)) + (cls.__dictoffset__ != 0) + (cls.__weakrefoffset__ != 0)
    has_room_for_more = cls.__basicsize__ > object.__basicsize__ + own * _POINTER  # as pickle finds out
    return not has_room_for_more and cls.__module__ not in _CLOSED


def _slots(cls: type[Any]) -> set[str]:
    slots = [vars(base).get("__slots__", ()) for base in cls.__mro__]
    flat = {name for names in slots for name in ((names,) if isinstance(names, str) else names)}
    return flat - {"__dict__", "__weakref__"}


def _attributes(value: Any) -> list[str]:
    """Return the names of an object's attributes, including slots that may be empty."""
    cls = type(value)
    if hasattr(cls, "__struct_fields__"):
        return list(cls.__struct_fields__)
    fields = [field.name for field in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else []
    others = {*_slots(cls), *getattr(value, "__dict__", {})}.difference(fields)
    return [*fields, *sorted(name for name in others if not _is_computed(cls, name))]


def _is_computed(cls: type[Any], name: str) -> bool:
    """Return whether an attribute caches a property, which can be computed again."""
    return any(isinstance(vars(base).get(name), functools.cached_property) for base in cls.__mro__)


_POINTER = struct.calcsize("P")
_CLOSED = ("threading", "socket", "random", "io", "asyncio", "queue")
"""Modules whose objects hold more than their attributes, or resources of one process."""


def _is_frozen(cls: type[Any]) -> bool:
    parameters = getattr(cls, "__dataclass_params__", None) or getattr(cls, "__struct_config__", None)
    return bool(getattr(parameters, "frozen", False))


def _list(freezer: _Freezer, value: Any, path: str) -> Frozen:
    freezer.once(value, path)
    return (type(value), *freezer.many(value, path))


def _deque(freezer: _Freezer, value: Any, path: str) -> Frozen:
    freezer.once(value, path)
    return (deque, value.maxlen, *freezer.many(value, path))


def _bytearray(freezer: _Freezer, value: Any, path: str) -> Frozen:
    freezer.once(value, path)
    return (bytearray, bytes(value))


def _dict(freezer: _Freezer, value: Any, path: str) -> Frozen:
    freezer.once(value, path)
    return (type(value), frozenset(freezer.pairs(value, path)))


def _ordered_dict(freezer: _Freezer, value: Any, path: str) -> Frozen:
    freezer.once(value, path)
    return (OrderedDict, *freezer.pairs(value, path))


def _default_dict(freezer: _Freezer, value: Any, path: str) -> Frozen:
    freezer.once(value, path)
    factory = freezer.freeze(value.default_factory, f"the default of {path}")
    return (defaultdict, frozenset(freezer.pairs(value, path)), factory)


def freeze_set(freezer: _Freezer, value: Any, path: str) -> Frozen:
    freezer.once(value, path)
    return (set, frozenset(freezer.freeze(part, f"an element of {path}") for part in value))


def freeze_frozenset(freezer: _Freezer, value: Any, path: str) -> Frozen:
    return (frozenset, frozenset(freezer.freeze(part, f"an element of {path}") for part in value))


FORMS: dict[type[Any], Callable[[_Freezer, Any, str], Frozen]] = {
    tuple: lambda freezer, value, path: (tuple, *freezer.many(value, path)),
    list: _list,
    deque: _deque,
    dict: _dict,
    Counter: _dict,
    OrderedDict: _ordered_dict,
    defaultdict: _default_dict,
    set: freeze_set,
    frozenset: freeze_frozenset,
    bytearray: _bytearray,
}
"""How a value of each class is frozen; `thawing` adds its sets, which have the forms of plain ones."""


def rank(frozen: Frozen) -> tuple[Any, ...]:
    """Return what frozen values of all kinds are put in order by; only for arranging, never for comparing."""
    if isinstance(frozen, tuple):
        head = frozen[0]
        if isinstance(head, type):
            return ("tuple", f"{head.__module__}.{head.__qualname__}", *map(rank, frozen[1:]))
        return ("tuple", "", *map(rank, frozen))
    if isinstance(frozen, frozenset):
        return ("set", str(len(frozen)), *sorted(map(rank, frozen)))
    if isinstance(frozen, int):
        return ("int", "", frozen)
    return (type(frozen).__name__, repr(frozen))
