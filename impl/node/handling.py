"""What node classes handle: decorators for messages and timers, and the methods that they mark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, dataclass_transform

from assay.impl.node.errors import NodeError

__all__ = ["handlers", "message", "on", "on_timeout", "timeout_handlers"]

T = TypeVar("T")
Handler = TypeVar("Handler", bound=Callable[..., None])


@dataclass_transform(frozen_default=True)
def message(cls: type[T]) -> type[T]:
    """Make a class a message: a frozen dataclass."""
    make: Callable[[type[T]], type[T]] = dataclass(frozen=True)
    return make(cls)


def on(cls: type[Any]) -> Callable[[Handler], Handler]:
    """Let a method handle messages of a class: ``def handle(self, sender: Address, message: M) -> None``.

    Raises
    ------
    TypeError
        If it is given anything but a class.
    """
    if not isinstance(cls, type):
        raise TypeError(f"on takes a class of messages, not {cls!r}; a timer is handled by on_timeout(its name)")

    def mark(method: Handler) -> Handler:
        _marks(method).append(("message", cls))
        return method

    return mark


def on_timeout(name: str) -> Callable[[Handler], Handler]:
    """Let a method handle a timer: ``def retry(self, *about) -> None``, with the arguments of `Node.set_timer`.

    Raises
    ------
    TypeError
        If it is given anything but a name.
    """
    if not isinstance(name, str):
        raise TypeError(f"on_timeout takes the name of a timer, not {name!r}")

    def mark(method: Handler) -> Handler:
        _marks(method).append(("timer", name))
        return method

    return mark


def _marks(method: Any) -> list[tuple[str, Any]]:
    marks: list[tuple[str, Any]] = method.__dict__.setdefault("__assay_handles__", [])
    return marks


def handlers(cls: type[Any]) -> dict[type[Any], str]:
    """Return the name of the handling method for each message class that a node class handles."""
    key: Any = cls  # type checkers deny that a class is hashable if its instances are not
    return _handled(key, "message")


def timeout_handlers(cls: type[Any]) -> dict[str, str]:
    """Return the name of the handling method for each timer that a node class handles."""
    key: Any = cls
    return _handled(key, "timer")


@cache
def _handled(cls: type[Any], kind: str) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for base in reversed(cls.__mro__):
        own: dict[Any, str] = {}
        for name, method in vars(base).items():
            for kind_, what in getattr(method, "__assay_handles__", ()):
                if kind_ != kind:
                    continue
                if what in own and own[what] != name:
                    both = f"{own[what]} and {name}"
                    raise NodeError(f"{base.__name__} handles {_called(what)} twice: by {both}")
                own[what] = name
        found.update(own)
    return found


def _called(what: Any) -> str:
    return what.__name__ if isinstance(what, type) else repr(what)
