"""Load two versions of a file into one process, each with its own modules."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from assay.checker.implementations.handlers.modules import is_below
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.ir.program import ModelIR
from assay.checker.language.loader import load
from assay.checker.references import split_reference

__all__ = ["at_home", "load_model", "loaded", "paths"]

T = TypeVar("T")


def loaded(
    import_: Callable[[], T], root: Path, beside: Callable[[T], tuple[str, ...]]
) -> tuple[T, dict[str, ModuleType]]:
    """Load a version, then remove its modules from `sys.modules` for the next one.

    Parameters
    ----------
    import_ : callable
        Imports the version, and does everything that needs its modules in `sys.modules`.
    root : Path
        Root of its files.
    beside : callable
        Returns further folders whose modules belong to the version, given what was loaded.

    Returns
    -------
    tuple
        The result of `import_`, and the version's own modules; installed ones are shared by all versions.
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
    """Load and compile a version of a model; the next one may have modules of the same names.

    Raises
    ------
    AssayError
        If there is none, or it is malformed.
    """
    origin = split_reference(reference)[0]
    # Like a script, a file may import its siblings; an installed module has none that belong to the version.
    beside = (str((root / origin).parent),) if origin.endswith(".py") else ()
    return loaded(lambda: compile_model(load(reference).specification), root, lambda _: beside)[0]


@contextlib.contextmanager
def at_home(root: Path) -> Iterator[None]:
    """Change to a version's root and put it on `sys.path`."""
    path = list(sys.path)
    with contextlib.chdir(root):
        sys.path += paths(root)
        try:
            yield
        finally:
            sys.path[:] = path


def paths(root: Path) -> tuple[str, str]:
    """Return the folders of a version's modules."""
    return str(root), str(root / "src")


def _is_own(name: str, module: ModuleType, folders: tuple[str, ...]) -> bool:
    """Return whether a module belongs to the version rather than being installed and shared."""
    return name.partition(".")[0] != "assay" and is_below(module, folders)
