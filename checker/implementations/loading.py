"""Implementations by name: a protocol of assay, a module, or a file with a function `cluster`; a mutant by a colon."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from assay.checker.errors import AssayError, UsageError
from assay.checker.implementations.raising import told
from assay.checker.language.importing import execute_file, exists, import_module
from assay.checker.references import split_reference
from assay.checker.wording import nearest
from assay.impl.node.cluster import Caught, Cluster, mutated
from assay.impl.node.errors import NodeError
from assay.impl.node.node import Node

__all__ = ["LIBRARY", "NamedCluster", "load_cluster", "mutants_of"]

LIBRARY = "assay.impl"
"""The package of the implementations that come with assay."""


@dataclass(frozen=True)
class NamedCluster:
    """A cluster with its reference.

    Attributes
    ----------
    name : str
        The reference: ``paxos``, ``paxos:ForgetfulPromise``, ``nodes.py``.
    module : module
        The module with the function `cluster`.
    cluster : Cluster
        The result of that function, with any mutant in place.
    settings : mapping from str to int or str
        The arguments of the function, without defaults.
    mutant : type of Node, optional
        The mutant that replaces nodes of its base class.
    """

    name: str
    module: ModuleType
    cluster: Cluster
    settings: Mapping[str, int | str] = field(default_factory=dict)
    mutant: type[Node] | None = None

    @property
    def expected(self) -> Caught | None:
        """The checks that must catch the mutant."""
        expected: Caught | None = None if self.mutant is None else self.mutant.expected
        return expected

    @property
    def sizes(self) -> dict[str, Any]:
        """The arguments of the function `cluster`, including defaults."""
        parameters = inspect.signature(self.module.cluster).parameters
        return {name: self.settings.get(name, parameter.default) for name, parameter in parameters.items()}


def load_cluster(reference: str, settings: Mapping[str, str] | None = None) -> NamedCluster:
    """Make the cluster that a reference names.

    For a mutant, the sizes at which it is expected to be caught serve as defaults.

    Raises
    ------
    UsageError
        If the reference names nothing, or the function `cluster` refuses the settings.
    InputError, ModelError
        If the file cannot be read, or does not import.
    """
    origin, mutant_name = split_reference(reference)
    module = _module(origin)
    mutant = None if mutant_name is None else _mutant(module, origin, mutant_name)
    make = getattr(module, "cluster", None)
    if not callable(make):
        raise UsageError(
            f"{origin} has no function cluster", help="an implementation is a module with `def cluster(...) -> Cluster`"
        )
    of_mutant = {} if mutant is None or mutant.expected is None else mutant.expected.settings
    given = {**of_mutant, **{name: _value(text) for name, text in (settings or {}).items()}}
    parameters = inspect.signature(make).parameters
    for name in given:
        if name not in parameters:
            known = f"it has {', '.join(parameters)}" if parameters else "it has none"
            raise UsageError(f"cluster of {origin} has no parameter {name!r}{nearest(name, [*parameters])}", help=known)
    return NamedCluster(reference, module, _made(make, given, mutant, origin), given, mutant)


def _made(make: Any, settings: Mapping[str, int | str], mutant: type[Node] | None, origin: str) -> Cluster:
    try:
        cluster = make(**settings)
        if not isinstance(cluster, Cluster):
            raise UsageError(f"cluster of {origin} returns a {type(cluster).__name__}, not a Cluster")
        return cluster if mutant is None else mutated(cluster, mutant)
    except NodeError as error:
        raise UsageError(f"{origin}: {error.message}", help=error.help) from None
    except AssayError:
        raise
    except Exception as error:
        raise UsageError(f"cluster of {origin} raises {told(error)}") from None


def _value(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text


def _module(origin: str) -> ModuleType:
    if origin.endswith(".py"):
        return execute_file(Path(origin))
    dotted = f"{LIBRARY}.{origin.replace('/', '.')}"
    if exists(dotted):
        return import_module(dotted)
    if exists(origin):
        return import_module(origin)
    raise UsageError(f"there is no implementation {origin!r}", help="name a protocol, a module, or path/to/file.py")


def mutants_of(module: ModuleType) -> tuple[type[Node], ...]:
    """Return the mutants that a module defines: its node classes with a value for `expected`."""
    classes = (value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, Node))
    return tuple(cls for cls in classes if vars(cls).get("expected") is not None and cls.__module__ == module.__name__)


def _mutant(module: ModuleType, origin: str, name: str) -> type[Node]:
    found = getattr(module, name, None)
    if not (inspect.isclass(found) and issubclass(found, Node)):
        known = [cls.__name__ for cls in mutants_of(module)]
        raise UsageError(
            f"{origin} has no node class {name!r}{nearest(name, known)}",
            help=f"its mutants are {', '.join(known)}" if known else None,
        )
    return found
