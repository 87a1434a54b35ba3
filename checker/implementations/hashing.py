"""Cached hashes, for local states and the like: they are deep, immutable, and used as keys again and again."""

from __future__ import annotations

from typing import Any, TypeVar

__all__ = ["hashed_once"]

T = TypeVar("T")

_KEPT = "_hash"  # kept in `__dict__`, which a frozen dataclass does not guard


def hashed_once(cls: type[T]) -> type[T]:
    """Cache the hash of a frozen dataclass's objects. It is not pickled, as hashes differ between processes."""
    computed: Any = cls.__hash__

    def hash_(self: Any) -> int:
        kept: int | None = self.__dict__.get(_KEPT)
        if kept is None:
            kept = self.__dict__[_KEPT] = computed(self)
        return kept

    def state(self: Any) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != _KEPT}

    setattr(cls, "__hash__", hash_)  # noqa: B010 - typed classes are not assigned to
    setattr(cls, "__getstate__", state)  # noqa: B010
    return cls
