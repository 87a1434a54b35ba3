"""Load clusters by name: from a protocol of `assay.impl`, a module, or a file with a function that makes one."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from assay.impl.node.cluster import Cluster, mutated
from assay.impl.node.errors import ClusterError, NodeError
from assay.impl.node.node import Node

__all__ = ["load_module", "make_cluster"]

_PACKAGE = "assay.impl"

_FILES = "assay_nodes_"
"""How the modules of files are named."""


def load_module(reference: str) -> ModuleType:
    """Import the module of a protocol: ``paxos``, ``package.module`` or ``path/to/file.py``.

    Raises
    ------
    ClusterError
        If there is none, or it raises when it is imported.
    """
    if reference.endswith(".py"):
        return _execute(Path(reference))
    if reference.isidentifier() and importlib.util.find_spec(f"{_PACKAGE}.{reference}") is not None:
        return importlib.import_module(f"{_PACKAGE}.{reference}")
    try:
        return importlib.import_module(reference)
    except Exception as error:
        if not all(part.isidentifier() for part in reference.split(".")) or _is_missing(reference, error):
            raise ClusterError(
                f"there is no implementation {reference!r}", help="name a protocol of assay, a module, or a file.py"
            ) from None
        raise ClusterError(f"importing {reference} raised {type(error).__name__}: {error}") from error


def _is_missing(reference: str, error: Exception) -> bool:
    """Return whether a module or one of the packages it is in was not found, rather than what it imports itself."""
    return isinstance(error, ModuleNotFoundError) and f"{reference}.".startswith(f"{error.name}.")


def _execute(path: Path) -> ModuleType:
    """Execute a file as a module, whose name is the same in every process, since encoded values contain it."""
    if not path.is_file():
        raise ClusterError(f"{path} does not exist")
    name = f"{_FILES}{path.stem}"
    if name in sys.modules:
        return _same(sys.modules[name], path)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.stem.isidentifier():
        raise ClusterError(f"{path} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.append(str(path.parent.resolve()))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise ClusterError(f"importing {path} raised {type(error).__name__}: {error}") from error
    return module


def _same(module: ModuleType, path: Path) -> ModuleType:
    """Return a file's module that was executed before, unless it is that of another file of this name."""
    if module.__file__ is None or Path(module.__file__).resolve() != path.resolve():
        raise ClusterError(f"{path} has the same name as {module.__file__}, which is loaded already", help="rename one")
    return module


def _shown(module: ModuleType) -> str:
    """Return how the user knows a module: a file by its name."""
    if module.__name__.startswith(_FILES) and module.__file__ is not None:
        return Path(module.__file__).name
    return module.__name__


def make_cluster(
    module: ModuleType, settings: Mapping[str, int], *, function: str = "cluster", mutant: str | None = None
) -> Cluster:
    """Return the cluster that a function of a module makes.

    Parameters
    ----------
    module : module
    settings : mapping of str to int
        Arguments of the function.
    function : str
        ``"cluster"``, for exploring; ``"deployment"``, for running.
    mutant : str, optional
        The name of a node class of the module that replaces its base class.

    Raises
    ------
    ClusterError
        If there is no such function, parameter or class.
    """
    make = getattr(module, function, None)
    if not callable(make):
        raise ClusterError(
            f"{_shown(module)} has no function {function}", help=f"define it: def {function}(...) -> Cluster"
        )
    known = inspect.signature(make).parameters
    for name in settings:
        if name not in known:
            raise ClusterError(
                f"{function} of {_shown(module)} has no parameter {name!r}",
                help=f"it has {', '.join(known) or 'none'}",
            )
    try:
        made = make(**settings)
    except NodeError:
        raise
    except Exception as error:
        raise ClusterError(f"{function} of {_shown(module)} raised {type(error).__name__}: {error}") from error
    if not isinstance(made, Cluster):
        raise ClusterError(f"{function} of {_shown(module)} returns a {type(made).__name__}, not a Cluster")
    return made if mutant is None else mutated(made, _mutant(module, mutant))


def _mutant(module: ModuleType, name: str) -> type[Node]:
    found: Any = getattr(module, name, None)
    if not (isinstance(found, type) and issubclass(found, Node)):
        raise ClusterError(f"{_shown(module)} has no node class {name!r}")
    return found
