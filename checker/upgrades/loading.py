"""Load two versions of an implementation side by side into one process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from assay.checker.changes.side_by_side import loaded, paths
from assay.checker.errors import AssayError, UsageError
from assay.checker.implementations.loading import NamedCluster, load_cluster
from assay.checker.language.loader import load
from assay.checker.references import split_reference
from assay.impl.node.releases import Release

__all__ = ["load_release"]


def load_release(reference: str, settings: Mapping[str, str], *, name: str, root: Path) -> tuple[NamedCluster, Release]:
    """Load a version with its own modules, although the other version may have modules of the same names.

    Parameters
    ----------
    reference : str
        Reference of the implementation, relative to `root`.
    settings : mapping from str to str
        Arguments of its function `cluster`.
    name : str
        The name of the version in reports.
    root : Path
        The root of its files.

    Raises
    ------
    AssayError
        If there is no such implementation, or it does not import.
    """
    load = partial(_cluster, reference, settings)
    named, modules = loaded(load, root, lambda found: _beside(reference, found))
    main = named.module.__name__
    folders = (*paths(root), *_beside(reference, named))
    return named, Release(name, named.cluster.nodes, {**modules, main: named.module}, main, folders)


def _cluster(reference: str, settings: Mapping[str, str]) -> NamedCluster:
    try:
        return load_cluster(reference, settings)
    except UsageError:
        if not _is_model(reference):
            raise
    raise UsageError(
        f"{reference} is a model, and says nothing of nodes that run one version or the other",
        help="name the sort whose elements do: --versions SORT",
    )


def _is_model(reference: str) -> bool:
    try:
        load(reference)
    except AssayError:
        return False
    return True


def _beside(reference: str, named: NamedCluster) -> tuple[str, ...]:
    """Return the file's folder, from which a script imports; an installed module has no folder of the version's own."""
    file = getattr(named.module, "__file__", None)
    return (str(Path(file).parent),) if split_reference(reference)[0].endswith(".py") and file is not None else ()
