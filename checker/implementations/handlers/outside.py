"""Detect state that modules keep outside of nodes: globals, class attributes, caches of functions.

A handler that fills such a place once and only reads it afterwards gives the same result on every later call. In a real
run, the content depends on what happened first, and an explorer sees only one order of that. So calls are also repeated
with everything outside of the nodes restored to its initial value.
"""

from __future__ import annotations

import functools
import gc
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from assay.checker.standard_library import is_of_python
from assay.impl.node.node import Node

__all__ = ["Outside"]

_Owner: TypeAlias = ModuleType | type
_Container: TypeAlias = Any  # list, dict, set or deque

# Modules that nodes share with the explorer: they are restored by nobody, and hold no state of a cluster.
_OURS = ("assay.checker", "assay.proofs", "assay.models", "assay.impl.node", "assay.impl.runtime")
_CACHE: Any = type(functools.lru_cache(len))  # written in C, and without a name in `functools`


@dataclass(frozen=True)
class _Held:
    """A snapshot: values by name, and the contents of the containers among them."""

    names: tuple[tuple[_Owner, dict[str, Any]], ...]
    contents: tuple[tuple[_Container, _Container], ...]

    def is_there(self) -> bool:
        """Return whether the present state equals it."""
        return all(_same(dict(vars(owner)), names) for owner, names in self.names) and all(
            _same_contents(container, copy) for container, copy in self.contents
        )

    def put_back(self) -> None:
        """Restore it."""
        for owner, names in self.names:
            for name in {*vars(owner)} - {*names}:
                with suppress(AttributeError, TypeError):
                    delattr(owner, name)
            for name, value in names.items():
                if vars(owner).get(name, _HELD_NOTHING) is not value:
                    with suppress(AttributeError, TypeError):
                        setattr(owner, name, value)
        for container, copy in self.contents:
            if not _same_contents(container, copy):
                container.clear()
                (container.update if isinstance(container, dict | set) else container.extend)(copy)


_HELD_NOTHING = object()
"""Stands for a name without a value; None is a value."""


class Outside:
    """The state outside of nodes, in the modules of their classes.

    Parameters
    ----------
    classes : iterable of type of Node
        The classes. Their bases count as well, their modules, and the modules that these import, except for libraries.
    """

    def __init__(self, classes: Iterable[type[Node]]) -> None:
        own = {base for cls in classes for base in cls.__mro__ if _is_own(base.__module__)}
        self.modules = _modules({base.__module__ for base in own})
        self.owners: tuple[_Owner, ...] = (*self.modules.values(), *_classes(self.modules.values(), own))
        self.first = self._held()

    @cached_property
    def caches(self) -> list[Any]:
        """The caches of functions of these modules, wherever they are referred to from.

        Looking for them visits every object of the process, so it is done once, and only where somebody asks. Each
        object refers to its type, and `get_referrers` visits them without a list of all. By type, not isinstance: that
        reads `__class__`, which raises for a weak proxy whose object is gone.
        """
        return [each for each in gc.get_referrers(_CACHE) if type(each) is _CACHE and self._is_ours(each)]

    def _is_ours(self, cache: Any) -> bool:
        return getattr(getattr(cache, "__wrapped__", None), "__module__", None) in self.modules

    def _held(self) -> _Held:
        names = tuple((owner, dict(vars(owner))) for owner in self.owners)
        containers = {
            id(value): value
            for _, values in names
            for name, value in values.items()
            if type(value) in (list, dict, set, deque) and not name.startswith("__")
        }
        return _Held(names, tuple((each, each.copy()) for each in containers.values()))

    def has_changed(self) -> bool:
        """Return whether the state differs from that at the beginning."""
        return not self.first.is_there() or any(cache.cache_info().currsize for cache in self.caches)

    @contextmanager
    def as_at_the_beginning(self) -> Iterator[None]:
        """Restore the initial snapshot for the block and the present one afterwards; function caches are cleared."""
        now = self._held()
        for cache in self.caches:
            cache.cache_clear()
        self.first.put_back()
        try:
            yield
        finally:
            now.put_back()


def _modules(names: Iterable[str]) -> dict[str, ModuleType]:
    """Return the modules of these names, and those they import, without libraries."""
    found: dict[str, ModuleType] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        module = sys.modules.get(name)
        if module is None or name in found:
            continue
        found[name] = module
        of_values = {value if isinstance(value, ModuleType) else _origin(value) for value in vars(module).values()}
        imported = {each.__name__ if isinstance(each, ModuleType) else each for each in of_values if each}
        waiting += [each for each in imported if _is_own(each) and not _is_of_a_library(each)]
    return found


def _origin(value: Any) -> str | None:
    name = getattr(value, "__module__", None) if callable(value) else None
    return name if isinstance(name, str) else None


def _classes(modules: Iterable[ModuleType], own: set[type]) -> list[type]:
    defined = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    names = {module.__name__ for module in modules}
    return [*own, *(cls for cls in defined - own if cls.__module__ in names)]


def _is_own(name: str) -> bool:
    """Return whether a module belongs to neither Python nor assay."""
    return not name.startswith(_OURS) and not is_of_python(name)


def _is_of_a_library(name: str) -> bool:
    file = getattr(sys.modules.get(name), "__file__", None)
    return file is None or "site-packages" in Path(file).parts


def _same(now: dict[str, Any], then: dict[str, Any]) -> bool:
    return now.keys() == then.keys() and all(now[name] is value for name, value in then.items())


def _same_contents(now: _Container, then: _Container) -> bool:
    """Return whether two containers hold the same objects; comparing identities cannot raise, unlike `==`."""
    if len(now) != len(then):
        return False
    if isinstance(now, dict):
        pairs = zip(now.items(), then.items(), strict=True)
        return all(a is b and x is y for (a, x), (b, y) in pairs)
    if isinstance(now, set):
        return {id(each) for each in now} == {id(each) for each in then}
    return all(a is b for a, b in zip(now, then, strict=True))
