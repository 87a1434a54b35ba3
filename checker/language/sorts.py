"""Sorts, orders and quorum systems: classes whose elements depend on the current instance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast, overload

from assay.checker.errors import ModelError
from assay.checker.immutable import immutable

__all__ = [
    "Element",
    "Least",
    "Order",
    "QuorumSystem",
    "Sort",
    "Universes",
    "active_universes",
    "first",
    "last",
    "pred",
    "succ",
    "values_of",
]

T = TypeVar("T")
S = TypeVar("S", bound="Element")
O = TypeVar("O", bound="Order")  # noqa: E741


class Universes(Protocol):
    """The source of the elements of sorts: the instance that is active."""

    def elements(self, sort: type[Any]) -> tuple[Any, ...]:
        """Return the elements of ``sort``, in order."""

    def members(self, quorum: Any) -> frozenset[Any]:
        """Return the members of a quorum."""

    def members_in_order(self, quorum: Any) -> tuple[Any, ...]:
        """Return the members of a quorum, in the order of their sort."""

    def name_of(self, element: Element) -> str:
        """Return the short name of an element, as traces show it."""

    def values(self, annotation: Any) -> Iterable[Any]:
        """Return every value of a type, as it is annotated; containers as they are inside another value."""


_active: ContextVar[Universes | None] = ContextVar("assay_universes", default=None)


@contextmanager
def active_universes(universes: Universes | None) -> Iterator[None]:
    """Within the block, let ``for x in Sort`` iterate over the elements in ``universes``; None: it has none."""
    token = _active.set(universes)
    try:
        yield
    finally:
        _active.reset(token)


class _Finite(type):
    """Metaclass of classes to iterate over: ``for p in Participant``."""

    def __iter__(cls: type[T]) -> Iterator[T]:
        # `_universe` is inlined: models iterate over sorts and quorums some hundred times per state.
        universes = _active.get()
        return iter(cast("tuple[T, ...]", _universe(cls) if universes is None else universes.elements(cls)))

    def __len__(cls) -> int:
        return len(_universe(cls))

    def __reversed__(cls: type[T]) -> Iterator[T]:
        return reversed(cast("tuple[T, ...]", _universe(cls)))

    def __bool__(cls) -> bool:
        return True


def _universe(sort: type[Any]) -> tuple[Any, ...]:
    universes = _active.get()
    if universes is None:
        raise ModelError(
            f"{sort.__name__} has no elements outside of an instance",
            help="its elements exist while a model is checked; iterate over it inside a model's methods, "
            "also for initial values, in one decorated with @initial; or write everywhere(...)",
        )
    return universes.elements(sort)


class Element(metaclass=_Finite):
    """An element of a sort: an identity and nothing else. Elements are interned, so `is` and `==` agree."""

    __slots__ = ("index",)
    index: int

    @classmethod
    def at(cls, index: int) -> Any:
        """Return the element with an index, counted from 0; the same object each time."""
        interned: dict[int, Element] = cls.__dict__.get("_interned") or cls._start_interning()
        element = interned.get(index)
        if element is None:
            element = object.__new__(cls)
            object.__setattr__(element, "index", index)
            interned[index] = element
        return element

    @classmethod
    def _start_interning(cls) -> dict[int, Element]:
        interned: dict[int, Element] = {}
        cls._interned = interned  # type: ignore[attr-defined]
        return interned

    def __init__(self) -> None:
        raise TypeError(f"{type(self).__name__} is a sort; its elements come from the instance, they are not made")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an element of {type(self).__name__} has no attributes")

    def __reduce__(self) -> tuple[Any, tuple[int]]:
        return type(self).at, (self.index,)

    def __copy__(self: S) -> S:
        return self

    def __deepcopy__(self: S, _: object) -> S:
        return self

    def __repr__(self) -> str:
        universes = _active.get()
        return universes.name_of(self) if universes else f"{type(self).__name__}#{self.index + 1}"


class Sort(Element):
    """A set of interchangeable identities: finite when checked, unbounded when proved.

    Subclass it, and iterate over the subclass: ``class Node(Sort): ...``; ``all(... for n in Node)``.
    """

    __slots__ = ()


class Order(Element):
    """A sort with a total order: ballots, epochs, rounds. Compare its elements with `<`."""

    __slots__ = ()

    def __lt__(self: O, other: O) -> bool:
        return self.index < other.index if type(other) is type(self) else NotImplemented

    def __le__(self: O, other: O) -> bool:
        return self.index <= other.index if type(other) is type(self) else NotImplemented

    def __gt__(self: O, other: O) -> bool:
        return self.index > other.index if type(other) is type(self) else NotImplemented

    def __ge__(self: O, other: O) -> bool:
        return self.index >= other.index if type(other) is type(self) else NotImplemented


class QuorumSystem(Element, Generic[T]):
    """The quorums over a sort: ``class Quorum(QuorumSystem[Acceptor])``.

    Each element is a quorum: iterate over its members, or write ``a in q``. The instance says which quorums there are,
    by default majorities; in a proof, the model's axioms do.

    Attributes
    ----------
    configured_as : tuple of str
        What configurations call such quorums, for ``--quorums``: ``("write", "commit")``. Not needed if a model has
        only one quorum system.
    """

    __slots__ = ()
    configured_as: ClassVar[tuple[str, ...]] = ()

    def __contains__(self, member: object) -> bool:
        return member in _universes_of(self).members(self)

    def __iter__(self) -> Iterator[T]:
        return iter((_active.get() or _universes_of(self)).members_in_order(self))

    def __len__(self) -> int:
        return len(_universes_of(self).members(self))


def _universes_of(quorum: QuorumSystem[Any]) -> Universes:
    universes = _active.get()
    if universes is None:
        raise ModelError(
            f"a quorum of {type(quorum).__name__} has no members outside of an instance",
            help="its members exist while a model is checked; look at them inside a model's methods",
        )
    return universes


@immutable
class Least:
    """A placeholder for the least element of an order, in the value of a class variable: there is no instance yet."""

    order: type[Any]

    def __repr__(self) -> str:
        return f"first({self.order.__name__})"


def first(order: type[O]) -> O:
    """Return the least element of an order."""
    if _active.get() is None:
        return cast("O", Least(order))
    return cast("O", _universe(order)[0])


def last(order: type[O]) -> O:
    """Return the greatest element of an order, where the instance cuts it off."""
    return cast("O", _universe(order)[-1])


def succ(element: O) -> O:
    """Return the next element of an order; raise LookupError for the last one."""
    order = type(element)
    if element is last(order):
        raise LookupError(f"{element!r} is the last {order.__name__}, it has no successor")
    return cast("O", order.at(element.index + 1))


def pred(element: O) -> O:
    """Return the previous element of an order; raise LookupError for the first one."""
    order = type(element)
    if element is first(order):
        raise LookupError(f"{element!r} is the first {order.__name__}, it has no predecessor")
    return cast("O", order.at(element.index - 1))


@overload
def values_of(type_: type[T]) -> Iterable[T]: ...
@overload
def values_of(type_: object) -> Iterable[Any]: ...
def values_of(type_: object) -> Iterable[Any]:
    """Return every value of a type, to quantify over: ``any(... for order in values_of(Perm[Client]))``."""
    universes = _active.get()
    if universes is None:
        raise ModelError(
            "values_of has no meaning outside of an instance",
            help="how many values a type has depends on the sizes of sorts; call it inside a model's methods",
        )
    return universes.values(type_)
