"""Two versions of a file in one process: each with modules of its own, whatever their names."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from assay.checker.implementations.modules import is_below
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.ir.program import ModelIR
from assay.checker.language.loader import load
from assay.checker.language.references import split_reference

__all__ = ["at_home", "load_model", "loaded", "paths"]

T = TypeVar("T")


def loaded(
    import_: Callable[[], T], root: Path, beside: Callable[[T], tuple[str, ...]]
) -> tuple[T, dict[str, ModuleType]]:
    """Load a version, and take its modules out of the way of the next one.

    Parameters
    ----------
    import_ : callable
        Imports the version, and does with it all that needs its modules under their names.
    root : Path
        The top of its files.
    beside : callable
        Returns in which other folders, for what was loaded, files are the version's own.

    Returns
    -------
    tuple
        What was loaded, and the version's modules: those that are installed are the same for all versions.
    """
    known = {*sys.modules}
    with at_home(root):
        found = import_()
    folders = (*paths(root), *beside(found))
    new = {name: module for name, module in [*sys.modules.items()] if name not in known}
    own = {name: module for name, module in new.items() if _is_own(name, module, folders)}
    for name in own:
        del sys.modules[name]
    return found, own


def load_model(reference: str, root: Path) -> ModelIR:
    """Load a version of a model and compile it; the next one may have modules of the same names.

    Raises
    ------
    AssayError
        If there is none, or it is malformed.
    """
    origin = split_reference(reference)[0]
    # Beside the file, as for a script; of a module that is installed nothing is the version's own.
    beside = (str((root / origin).parent),) if origin.endswith(".py") else ()
    return loaded(lambda: compile_model(load(reference).specification), root, lambda _: beside)[0]


@contextlib.contextmanager
def at_home(root: Path) -> Iterator[None]:
    """Work where a version has its files, and import what lies there."""
    path = list(sys.path)
    with contextlib.chdir(root):
        sys.path += paths(root)
        try:
            yield
        finally:
            sys.path[:] = path


def paths(root: Path) -> tuple[str, str]:
    """Return where the modules of a version are looked for."""
    return str(root), str(root / "src")


def _is_own(name: str, module: ModuleType, folders: tuple[str, ...]) -> bool:
    """Return whether a module is the version's own, and not one that is installed and so the same for all."""
    return name.partition(".")[0] != "assay" and is_below(module, folders)
