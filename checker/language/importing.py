"""Import the modules of models, by name or from a file; whatever goes wrong becomes an error with a place."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import re
import sys
import traceback
import typing
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from assay.checker.errors import AssayError, InputError, Location, ModelError
from assay.checker.language.sorts import active_universes
from assay.checker.wording import nearest

__all__ = ["execute_file", "exists", "import_module"]

T = TypeVar("T")


def exists(dotted: str) -> bool:
    """Return whether there is a module of a dotted name, even if a package above it fails to import."""
    if not all(part.isidentifier() for part in dotted.split(".")):
        return False
    with _directory_importable(Path.cwd()), contextlib.redirect_stdout(sys.stderr):
        try:
            return importlib.util.find_spec(dotted) is not None
        except (ImportError, ValueError, OSError):
            return False
        except KeyboardInterrupt:
            raise
        except BaseException:
            # A package above it raised on import. So there is one, and importing it again tells where it fails.
            return True


def import_module(dotted: str) -> ModuleType:
    """Import a module by its dotted name, also from the working directory."""
    with _directory_importable(Path.cwd()):
        return _guarded(lambda: importlib.import_module(dotted), dotted, None)


def execute_file(path: Path) -> ModuleType:
    """Run a file as a module of its own, its directory importable as for a script."""
    _demand_python_file(path)
    import hashlib  # imported here, because only models in files need it

    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    name = f"assay_file_{re.sub(r'[^0-9A-Za-z_]', '_', path.stem)}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None  # its name ends as that of a Python file
    assert spec.loader is not None
    module, loader = importlib.util.module_from_spec(spec), spec.loader
    sys.modules[name] = module
    with _directory_importable(path.parent):
        try:
            _guarded(lambda: loader.exec_module(module), str(path), path)
        except BaseException:
            del sys.modules[name]
            raise
    return module


def _demand_python_file(path: Path) -> None:
    if os.path.isdir(path):
        raise InputError(f"{path} is a directory", help=f"name a file in it: {path}/protocol.py")
    if os.path.islink(path) and not os.path.exists(path):
        target = os.readlink(path)
        raise InputError(f"{path} is a symbolic link to {target}, which does not exist", help="name the file itself")
    if not os.path.exists(path):
        siblings = [file.name for file in path.parent.glob("*.py")] if os.path.isdir(path.parent) else []
        near = nearest(path.name, siblings)
        raise InputError(f"{path} does not exist{near}", help="`assay list` names the models of the library")
    if path.suffix != ".py":
        raise InputError(f"{path} is not a Python file", help="a model is a file that ends in .py")
    if not os.path.isfile(path):
        raise InputError(f"{path} is not a file", help="a model is a file that ends in .py")


@contextlib.contextmanager
def _directory_importable(directory: Path) -> Iterator[None]:
    entry = str(directory.resolve())
    sys.path.append(entry)
    try:
        yield
    finally:
        if entry in sys.path:
            sys.path.reverse()
            sys.path.remove(entry)
            sys.path.reverse()


def _guarded(run: Callable[[], T], what: str, path: Path | None) -> T:
    """Import, with what the file prints sent to standard error and what it raises as one of our errors.

    No instance is active meanwhile: that of another model has none of the elements that the file asks for.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr), active_universes(None):
            return run()
    except AssayError as error:
        if error.location is None:
            error.location = _deepest_place(error, path)
        raise
    except SyntaxError as error:
        place = Location(error.filename or what, error.lineno or 0, error.offset or 0)
        raise ModelError(f"not valid Python: {error.msg}", location=place) from None
    except ModuleNotFoundError as error:
        raise ModelError(
            f"it imports {error.name!r}, which is not installed",
            location=_deepest_place(error, path),
            help="install it, or put its file beside the model's",
        ) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a file may raise anything, SystemExit too
        first_line = str(error).partition("\n")[0]
        raise ModelError(
            f"importing it raised {type(error).__name__}" + (f": {first_line}" if first_line else "") + _meant(error),
            location=_deepest_place(error, path) or Location(what),
            help=_to_import(error),
        ) from None


def _meant(error: BaseException) -> str:
    """Return the name in the language that is nearest to one that could not be imported."""
    from assay.checker import language

    if not isinstance(error, NameError) or not error.name or _to_import(error) is not None:
        return ""
    return nearest(error.name, language.__all__)


def _to_import(error: BaseException) -> str | None:
    """Return the import that is missing, if a name of the language, or of types, is not defined."""
    from assay.checker import language

    for module, names in (("assay.checker.language", language.__all__), ("typing", typing.__all__)):
        if isinstance(error, NameError) and error.name in names:
            return f"import it: from {module} import {error.name}"
    return None


def _deepest_place(error: BaseException, path: Path | None) -> Location | None:
    """Return where in the user's code an import failed: the deepest frame that is not the import system's."""
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith("<") and frame.filename != __file__]
    inside = [frame for frame in own if path is not None and Path(frame.filename).resolve() == path.resolve()]
    if not own:
        return Location(str(path)) if path else None
    last = (inside or own)[-1]
    return Location(
        str(path) if inside and path else last.filename, last.lineno or 0, 0 if last.colno is None else last.colno + 1
    )
