"""Two versions of an implementation, loaded side by side into one process."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from assay.checker.implementations.loading import NamedCluster, load_cluster
from assay.checker.implementations.modules import is_below
from assay.impl.node.releases import Release

__all__ = ["at_home", "load_release"]


def load_release(reference: str, settings: Mapping[str, str], *, name: str, root: Path) -> tuple[NamedCluster, Release]:
    """Load a version: its modules are its own, though another one may have modules of the same names.

    Parameters
    ----------
    reference : str
        The implementation, from `root`.
    settings : mapping from str to str
        For its function `cluster`.
    name : str
        What the version is called in reports.
    root : Path
        The top of its files.

    Raises
    ------
    AssayError
        If there is no such implementation, or it does not import.
    """
    known = {*sys.modules}
    with at_home(root):
        named = load_cluster(reference, settings)
    paths = _paths(root)
    file = getattr(named.module, "__file__", None)
    # Beside the file, as for a script; of a module that is installed nothing is the version's own.
    beside = (str(Path(file).parent),) if reference.partition(":")[0].endswith(".py") and file is not None else ()
    modules = {n: m for n, m in sys.modules.items() if n not in known and _is_own(n, m, (*paths, *beside))}
    for module in modules:
        del sys.modules[module]  # the next version imports its own of this name
    main = named.module.__name__
    return named, Release(name, named.cluster.nodes, {**modules, main: named.module}, main, (*paths, *beside))


@contextlib.contextmanager
def at_home(root: Path) -> Iterator[None]:
    """Work where a version has its files, and import what lies there."""
    path = list(sys.path)
    with contextlib.chdir(root):
        sys.path += _paths(root)
        try:
            yield
        finally:
            sys.path[:] = path


def _paths(root: Path) -> tuple[str, str]:
    return str(root), str(root / "src")


def _is_own(name: str, module: ModuleType, folders: tuple[str, ...]) -> bool:
    """Return whether a module is the version's own, and not one that is installed and so the same for all."""
    return name.partition(".")[0] != "assay" and is_below(module, folders)
