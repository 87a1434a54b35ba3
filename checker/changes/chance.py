"""Find where an implementation draws from chance or the clock, which no repetition of a call is sure to notice.

Calls of handlers are repeated (`assay.checker.implementations.handlers.calls`), so an outcome that often differs is
refused. One that differs once in a thousand is not seen: a report says where code refers to random numbers or the time.
"""

from __future__ import annotations

import datetime
import dis
import inspect
import os
import random
import secrets
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import BuiltinMethodType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from assay.checker.changes.code import Writer, is_read
from assay.checker.changes.predicates import owners_of
from assay.checker.implementations.loading import NamedCluster
from assay.checker.language.introspection.source import class_location
from assay.checker.standard_library import is_installed
from assay.impl.node.handling import handlers, timeout_handlers
from assay.impl.node.node import Node

__all__ = ["Drawn", "drawn_by", "not_checked"]

_DRAWING: Mapping[ModuleType, frozenset[str]] = {
    secrets: frozenset(secrets.__all__) - {"compare_digest"},
    random: frozenset(random.__all__),
    uuid: frozenset({"getnode", "uuid1", "uuid4", "uuid6", "uuid7", "uuid8"}),
    os: frozenset({"getrandom", "urandom"}),
    time: frozenset(name for name in vars(time) if not name.startswith("_") and inspect.isbuiltin(vars(time)[name]))
    - {"mktime", "sleep", "strptime", "tzset"},
    datetime: frozenset(),
}
"""The functions of each module whose results differ from run to run. What several have is named by the last of them."""

_NOW = frozenset({"now", "today", "utcnow"})
"""Methods of dates that read the clock."""

_NAMES = {
    id(vars(module)[name]): f"{module.__name__}.{name}"
    for module, names in _DRAWING.items()
    for name in names
    if name in vars(module)
}


@dataclass(frozen=True)
class Drawn:
    """A reference to chance.

    Attributes
    ----------
    name : str
        What is referred to: ``random.random``.
    where : str
        The function or class that refers to it: ``Server.grant``.
    place : str
        The file and the line: ``nodes.py:31``.
    """

    name: str
    where: str
    place: str


def not_checked(named: NamedCluster) -> str:
    """Return what exploration leaves out because it depends on chance, in a phrase; empty if nothing does."""
    drawn = ", ".join(f"{each.name} in {each.where}, {each.place}" for each in drawn_by(named))
    return f"what chance decides ({drawn})" if drawn else ""


def drawn_by(named: NamedCluster) -> tuple[Drawn, ...]:
    """Return where handlers, claims and the function `cluster`, and all that these refer to, refer to chance.

    Parameters
    ----------
    named : NamedCluster
        The cluster. Code is read, none is run.
    """
    return _Listener(named).found()


class _Reader(Writer):
    """Reads of classes of nodes what is used, though the function `cluster` makes instances, and reads no library."""

    def whole(self, cls: type[Any]) -> str:
        """Return the text of a class."""
        return self.identity(cls) if issubclass(cls, Node) else super().whole(cls)

    def _number(self, how: str, thing: object) -> str:
        return how if self._is_of_a_library(thing) else super()._number(how, thing)

    def _is_of_a_library(self, thing: object) -> bool:
        """Return whether something is of an installed distribution, other than those of the nodes: they are large."""
        match thing:
            case FunctionType():
                module = thing.__globals__.get("__name__")
            case ModuleType():
                module = thing.__name__
            case _:
                module = (thing if isinstance(thing, type) else type(thing)).__module__
        if not isinstance(module, str) or module.partition(".")[0] in self._own:
            return False
        file = getattr(sys.modules.get(module), "__file__", None)
        return file is not None and is_installed(file)

    @cached_property
    def _own(self) -> set[str]:
        classes = [base for cls in self.owners if issubclass(cls, self.entity) for base in cls.__mro__]
        return {name.partition(".")[0] for name in (self.home, *(each.__module__ for each in classes))}


class _Listener:
    """Hears what code refers to."""

    def __init__(self, named: NamedCluster) -> None:
        self.named = named
        nodes = tuple(dict.fromkeys(type(node) for node in named.cluster.nodes.values()))
        self.handlers = [handler for cls in nodes for handler in _handlers(cls)]
        self.writer = _Reader(Node, owners_of(nodes, named.module), {}, named.module.__name__, self._hear)
        self._referrers: dict[int, tuple[object, object]] = {}  # with each value, which keeps its identity from reuse
        self._drawn: dict[Drawn, None] = {}

    def found(self) -> tuple[Drawn, ...]:
        """Follow the code, and return what it draws from."""
        cluster = self.named.cluster
        self.writer.text(
            *self.handlers,
            *(*cluster.invariants, *cluster.reachable, cluster.constraint),
            *(cluster.abstract, cluster.elements, cluster.instance, cluster.sequential),
            self.named.module.cluster,
        )
        return tuple(self._drawn)

    def _hear(self, referrer: object, value: object) -> None:
        self._referrers.setdefault(id(value), (referrer, value))
        if isinstance(value, ModuleType) and is_read(value.__name__):  # what of it is used, is not known
            for each in [*vars(value).values()]:
                if isinstance(each, FunctionType | type):
                    self.writer.value(each)
        if [*_names(referrer, frozenset())]:  # a part of what was told
            return
        around = self._around(referrer) or self.named.module.cluster
        for name in _names(value, frozenset(_words(around))):
            self._drawn[Drawn(name, *_place(around, name))] = None

    def _around(self, referrer: object) -> object:
        """Return the function or class by which an object that refers to something is referred to itself."""
        met: set[int] = set()
        while not isinstance(referrer, FunctionType | type) and id(referrer) not in met:
            met.add(id(referrer))
            referrer, _ = self._referrers.get(id(referrer), (None, None))
        return referrer


def _handlers(cls: type[Node]) -> Iterator[object]:
    for name in ("__init__", "on_start", "on_recover", *handlers(cls).values(), *timeout_handlers(cls).values()):
        yield getattr(cls, name)


def _names(value: object, words: frozenset[str]) -> Iterator[str]:
    """Yield the names of the chance that a value stands for, in a function that has some words."""
    owner, method = None, ""
    if isinstance(value, MethodType | BuiltinMethodType):
        owner, method = value.__self__, value.__name__
    if id(value) in _NAMES:
        yield _NAMES[id(value)]
    elif issubclass(type(value), random.Random) or issubclass(type(owner), random.Random):
        yield "random.Random"
    elif isinstance(owner, type) and issubclass(owner, datetime.date) and method in _NOW:
        yield f"{owner.__name__}.{method}"
    elif isinstance(value, type) and issubclass(value, datetime.date):
        yield from (f"{value.__name__}.{name}" for name in sorted(_NOW & words))
    elif isinstance(value, ModuleType) and value in _DRAWING:
        used = ((_NOW if value is datetime else _DRAWING[value]) & words) - {value.__name__}
        yield from (f"{value.__name__}.{name}" for name in sorted(used))
        if not used and value in (random, secrets, time):
            yield value.__name__


def _words(thing: object) -> Iterator[str]:
    """Yield the names and strings in the code of a function."""
    for code in _codes(thing):
        yield from code.co_names
        yield from (each for each in code.co_consts if isinstance(each, str))


def _codes(thing: object) -> Iterator[CodeType]:
    waiting = [thing.__code__] if isinstance(thing, FunctionType) else []
    for code in waiting:  # a queue: it grows during the iteration
        yield code
        waiting += [each for each in code.co_consts if isinstance(each, CodeType)]


def _place(thing: object, name: str) -> tuple[str, str]:
    """Return the name of a function or class, and the line where it refers to something, or else where it begins."""
    where = str(getattr(thing, "__qualname__", "cluster"))
    if isinstance(thing, type):
        location = class_location(thing)
        return where, where if location is None else f"{Path(location.file).name}:{location.line}"
    if not isinstance(thing, FunctionType):
        return where, where
    lines = [
        each.positions.lineno
        for code in _codes(thing)
        for each in dis.get_instructions(code)
        if each.argval == name.rpartition(".")[2] and each.positions is not None and each.positions.lineno
    ]
    return where, f"{Path(thing.__code__.co_filename).name}:{min(lines, default=thing.__code__.co_firstlineno)}"
