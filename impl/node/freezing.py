"""Freeze the values that nodes hold and send into comparable, hashable forms, and thaw them again.

Two values have the same frozen form if and only if no handler can tell them apart: 1, 1.0 and True differ, as do a list
and a tuple. The order in which a dict or set was filled is not part of the form; a handler that depends on it is found
by thawing in a different order (`Order`).
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import re
import struct
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from assay.impl.node.errors import NodeError
from assay.impl.node.literals import LITERALS, flag_of, parts_of_flag

__all__ = ["Frozen", "Order", "freeze", "freeze_attributes", "rank", "thaw", "words"]

Frozen: TypeAlias = Hashable
"""A frozen value: an int, str, bytes or None is its own form; any other form is a tuple that begins with the class."""

_PLAIN = (int, str, bytes, type(None))


class Order(enum.Enum):
    """The order in which thawed dicts and sets are filled."""

    CANONICAL = "smallest first"
    REVERSED = "greatest first"
    ROTATED = "second first, smallest last"
    SHOWN = "smallest first, also where a set is written out"

    def arrange(self, items: Iterable[Any], key: Callable[[Any], Any]) -> list[Any]:
        """Return the items in this order."""
        arranged = sorted(items, key=key)
        if self is Order.REVERSED:
            arranged.reverse()
        elif self is Order.ROTATED:
            arranged = arranged[1:] + arranged[:1]
        return arranged


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
            return value  # type: ignore[no-any-return]
        form = _FORMS.get(cls)
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


def _set(freezer: _Freezer, value: Any, path: str) -> Frozen:
    freezer.once(value, path)
    return (set, frozenset(freezer.freeze(part, f"an element of {path}") for part in value))


def _frozenset(freezer: _Freezer, value: Any, path: str) -> Frozen:
    return (frozenset, frozenset(freezer.freeze(part, f"an element of {path}") for part in value))


_FORMS: dict[type[Any], Callable[[_Freezer, Any, str], Frozen]] = {
    tuple: lambda freezer, value, path: (tuple, *freezer.many(value, path)),
    list: _list,
    deque: _deque,
    dict: _dict,
    Counter: _dict,
    OrderedDict: _ordered_dict,
    defaultdict: _default_dict,
    set: _set,
    frozenset: _frozenset,
    bytearray: _bytearray,
}


class _ArrangedSet(set[Any]):
    """A set with a fixed order of iteration."""

    order = Order.CANONICAL

    def __iter__(self) -> Iterator[Any]:
        return iter(self.order.arrange(set.__iter__(self), _rank_of_value))

    def pop(self) -> Any:
        for item in self:
            self.discard(item)
            return item
        return set.pop(self)


class _ArrangedFrozenSet(frozenset[Any]):
    """A frozenset with a fixed order of iteration."""

    order = Order.CANONICAL

    def __iter__(self) -> Iterator[Any]:
        return iter(self.order.arrange(frozenset.__iter__(self), _rank_of_value))


class _ReversedSet(_ArrangedSet):
    order = Order.REVERSED


class _RotatedSet(_ArrangedSet):
    order = Order.ROTATED


class _ReversedFrozenSet(_ArrangedFrozenSet):
    order = Order.REVERSED


class _RotatedFrozenSet(_ArrangedFrozenSet):
    order = Order.ROTATED


class _ShownSet(_ArrangedSet):
    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}" if self else "set()"


class _ShownFrozenSet(_ArrangedFrozenSet):
    def __repr__(self) -> str:
        return f"frozenset({{{', '.join(map(repr, self))}}})" if self else "frozenset()"


_SETS: dict[tuple[type[Any], Order], type[Any]] = {
    (set, Order.CANONICAL): set,
    (set, Order.REVERSED): _ReversedSet,
    (set, Order.ROTATED): _RotatedSet,
    (set, Order.SHOWN): _ShownSet,
    (frozenset, Order.CANONICAL): frozenset,
    (frozenset, Order.REVERSED): _ReversedFrozenSet,
    (frozenset, Order.ROTATED): _RotatedFrozenSet,
    (frozenset, Order.SHOWN): _ShownFrozenSet,
}
_FORMS.update({cls: _set for (kind, _), cls in _SETS.items() if kind is set})
_FORMS.update({cls: _frozenset for (kind, _), cls in _SETS.items() if kind is frozenset})


def thaw(frozen: Frozen, order: Order = Order.CANONICAL) -> Any:
    """Return a new value with the given frozen form, its dicts and sets filled in the given order."""
    if not isinstance(frozen, tuple):
        return frozen
    cls, rest = frozen[0], frozen[1:]
    form = _THAWED.get(cls)
    if form is not None:
        return form(rest, order)
    if cls in LITERALS:
        return LITERALS[cls][1](*rest)
    if issubclass(cls, enum.Enum):
        return flag_of(cls, rest[0])
    if issubclass(cls, tuple):
        return cls(*(thaw(part, order) for part in rest))
    return _thaw_object(cls, rest, order)


def words(frozen: Frozen) -> str:
    """Return the `repr` of a value, with its sets sorted, so that the text is the same in every process.

    An object without a `__repr__` of its own is shown as its class with its attributes. If a user's `__repr__` raises,
    as that of another release may, only the class is shown.
    """
    value = thaw(frozen, Order.SHOWN)
    own: object = type(value).__repr__
    if own is object.__repr__ and isinstance(frozen, tuple):
        return f"{type(value).__name__}({', '.join(f'{name}={words(part)}' for name, part in frozen[1:])})"
    try:
        written = repr(value)
    except Exception:  # a repr of the user's own
        written = f"a {type(value).__name__}"
    return re.sub(r"<(?:[\w.<>]*\.)?(\w+) object at 0x[0-9a-f]+>", r"\1(...)", written)


def _thaw_object(cls: Any, fields: Iterable[tuple[str, Frozen]], order: Order) -> Any:
    thawed = {name: thaw(part, order) for name, part in fields}
    if hasattr(cls, "__struct_fields__"):  # a msgspec.Struct, which is made in one way only
        return cls(**thawed)
    value = cls.__new__(cls)
    for name, part in thawed.items():
        object.__setattr__(value, name, part)
    return value


def _thaw_dict(cls: Callable[[], Any]) -> Callable[[Any, Order], Any]:
    def form(rest: Any, order: Order) -> Any:
        thawed = cls()
        for key, value in order.arrange(rest[0], rank):
            thawed[thaw(key, order)] = thaw(value, order)
        return thawed

    return form


def _thaw_default_dict(rest: Any, order: Order) -> Any:
    factory = thaw(rest[1], order)
    thawed: defaultdict[Any, Any] = defaultdict(factory)
    thawed.update(_thaw_dict(dict)(rest, order))
    return thawed


def _thaw_set(kind: type[Any]) -> Callable[[Any, Order], Any]:
    return lambda rest, order: _SETS[kind, order](thaw(part, order) for part in order.arrange(rest[0], rank))


_THAWED: dict[Any, Callable[[Any, Order], Any]] = {
    tuple: lambda rest, order: tuple(thaw(part, order) for part in rest),
    list: lambda rest, order: [thaw(part, order) for part in rest],
    deque: lambda rest, order: deque((thaw(part, order) for part in rest[1:]), rest[0]),
    dict: _thaw_dict(dict),
    Counter: _thaw_dict(Counter),
    OrderedDict: lambda rest, order: OrderedDict((thaw(k, order), thaw(v, order)) for k, v in rest),
    defaultdict: _thaw_default_dict,
    set: _thaw_set(set),
    frozenset: _thaw_set(frozenset),
    bytearray: lambda rest, _: bytearray(rest[0]),
    type: lambda rest, _: rest[0],
}


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


def _rank_of_value(value: object) -> tuple[Any, ...]:
    return rank(freeze(value))
