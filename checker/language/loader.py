"""The one loader of models: from what a user wrote to a model class.

A reference is the name of a library model (``two_phase_commit``), with or without its folder
(``classics/lock_server``), a dotted name (``package.module:Class``) or a file (``path/to/file.py``);
each may name one of its classes after a colon, in either spelling
(``two_phase_commit:CommitsOnMajority``, ``two_phase_commit:commits_on_majority``).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import importlib.util
import inspect
import os
import pkgutil
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from assay.checker.errors import AssayError, InputError, Location, ModelError, UsageError
from assay.checker.language.introspection import source
from assay.checker.language.introspection.definitions import demand_each_once
from assay.checker.language.introspection.specification import Specification, specify
from assay.checker.language.model import Model
from assay.checker.language.wording import nearest

__all__ = ["LIBRARY", "NamedModel", "library", "library_names", "load", "load_all", "nearest"]

LIBRARY = "assay.models"
"""The package of the models that come with assay."""


@dataclass(frozen=True)
class NamedModel:
    """A model class, and the reference under which it is found again.

    Attributes
    ----------
    name : str
        The reference: ``load(name)`` gives this model.
    cls : type of Model
        The class.
    variant : bool
        Whether its file holds it beside the main model.
    """

    name: str
    cls: type[Model]
    variant: bool

    @cached_property
    def specification(self) -> Specification:
        """What the class says, as data; a `ModelError` if it is malformed."""
        return specify(self.cls)  # type: ignore[arg-type]

    @property
    def doc(self) -> str:
        """The first paragraph of the docstring in one line, or nothing."""
        first = (inspect.cleandoc(self.cls.__dict__.get("__doc__") or "")).partition("\n\n")[0]
        return " ".join(first.split())


def load(reference: str) -> NamedModel:
    """Load the model that a reference names.

    Without a class, it is the one whose name is that of the file in snake_case, else the only one, else the
    first that the file defines.

    Raises
    ------
    UsageError
        If nothing is called so; the nearest name is offered.
    InputError, ModelError
        If the file cannot be read, or does not import; the location is in the file.
    """
    origin, wanted = _split(reference)
    models = _models_of(origin)
    if wanted is None:
        return models[0]
    known = [model.cls.__name__ for model in models]
    called_so = [model for model in models if model.cls.__name__ == wanted]
    called_so = called_so or [model for model in models if _snake(model.cls.__name__) == wanted]
    if len(called_so) > 1:
        both = ", ".join(model.cls.__name__ for model in called_so)
        raise UsageError(f"{wanted!r} may be any of {both} in {origin}", help="write the class as the file does")
    if called_so:
        return called_so[0]
    near = nearest(wanted, [*map(_snake, known), *known])
    raise UsageError(f"{origin} has no model {wanted!r}{near}", help=f"it has {', '.join(known)}")


def load_all(reference: str) -> tuple[NamedModel, ...]:
    """Load every model of the file or module that a reference names, the main one first."""
    return _models_of(_split(reference)[0])


def library_names() -> tuple[str, ...]:
    """Return the names of the library's files, without importing them; those of its folders last."""
    return tuple(_library_modules())


def library() -> tuple[NamedModel, ...]:
    """Load every model of the library: file by file, the main model of each first."""
    return tuple(model for name, dotted in _library_modules().items() for model in _named(name, _import(dotted)))


@functools.cache
def _library_modules() -> dict[str, str]:
    """Return for each file of the library its name and its module, folder by folder."""
    return {dotted.rpartition(".")[2]: dotted for dotted in _modules_below(LIBRARY)}


def _modules_below(package: str) -> Iterator[str]:
    paths = importlib.import_module(package).__path__
    found = [entry for entry in pkgutil.iter_modules(paths, f"{package}.") if "._" not in entry.name]
    yield from sorted(entry.name for entry in found if not entry.ispkg)
    for folder in sorted(entry.name for entry in found if entry.ispkg):
        yield from _modules_below(folder)


def _library_module(origin: str) -> tuple[str, str] | None:
    """Return the name and module of what the library calls so, with or without its folder."""
    name = re.split(r"[./]", origin)[-1]
    dotted = _library_modules().get(name)
    called_so = dotted is not None and origin.replace("/", ".") in (name, dotted.removeprefix(f"{LIBRARY}."))
    return (name, dotted) if called_so and dotted is not None else None


def _split(reference: str) -> tuple[str, str | None]:
    origin, colon, name = reference.rpartition(":")
    return (origin, name) if colon and name.isidentifier() else (reference, None)


def _models_of(origin: str) -> tuple[NamedModel, ...]:
    in_library = _library_module(origin)
    if _looks_like_a_file(origin) and (in_library is None or os.path.exists(origin)):
        found = _named(origin, _execute(Path(origin)))
    elif in_library is not None:
        found = _named(in_library[0], _import(in_library[1]))
    elif _exists(origin):
        found = _named(origin, _import(origin))
    else:
        raise _unknown(origin)
    if not found:
        raise ModelError(f"{origin} defines no model", help="derive a class from Model: class MyProtocol(Model): ...")
    return found


def _looks_like_a_file(origin: str) -> bool:
    # os.path.exists says no, where Path.exists raises: for a name that is too long for the file system, or has a null.
    return origin.endswith(".py") or "/" in origin or "\\" in origin or os.path.exists(origin)


def _named(origin: str, module: ModuleType) -> tuple[NamedModel, ...]:
    _demand_defined_once(module)
    classes = [
        value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Model) and value is not Model
        if value.__module__ == module.__name__ and not name.startswith("_") and name == value.__name__
    ]
    if not classes:
        return ()
    stem = Path(origin).stem if _looks_like_a_file(origin) else origin.rpartition(".")[2]
    main = next((cls for cls in classes if _snake(cls.__name__) == stem), classes[0])
    return (
        NamedModel(origin, main, variant=False),
        *(NamedModel(f"{origin}:{cls.__name__}", cls, variant=True) for cls in classes if cls is not main),
    )


def _demand_defined_once(module: ModuleType) -> None:
    """Refuse a file in which one function or class replaces another: a variant would vanish, and its claims with it."""
    path = getattr(module, "__file__", None)
    if path is not None and Path(path).is_file():
        demand_each_once(path, source.parse(path).body, Path(path).name, assigned=False)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _exists(dotted: str) -> bool:
    if not all(part.isidentifier() for part in dotted.split(".")):
        return False
    with _directory_importable(Path.cwd()), contextlib.redirect_stdout(sys.stderr):
        try:
            return importlib.util.find_spec(dotted) is not None
        except (ImportError, ValueError, OSError):
            return False
        except KeyboardInterrupt:
            raise
        except BaseException:  # a package above it raises when it is imported; importing it again says where
            return True


def _unknown(origin: str) -> UsageError:
    names = library_names()
    return UsageError(
        f"there is no model {origin!r}{nearest(origin, names)}",
        help=f"MODEL is one of {', '.join(names) or 'the library'}, or package.module:Class, or path/to/file.py",
    )


def _import(dotted: str) -> ModuleType:
    with _directory_importable(Path.cwd()):
        return _guarded(lambda: importlib.import_module(dotted), dotted, None)


def _execute(path: Path) -> ModuleType:
    """Run a file as a module of its own, its directory importable as for a script."""
    _demand_python_file(path)
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    name = f"assay_file_{re.sub(r'[^0-9A-Za-z_]', '_', path.stem)}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path} is not a Python file", help="a model is a file that ends in .py")
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
    if not os.path.exists(path):
        siblings = [file.name for file in path.parent.glob("*.py")] if os.path.isdir(path.parent) else []
        raise InputError(f"{path} does not exist{nearest(path.name, siblings)}")
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


def _guarded(run: Callable[[], ModuleType | None], what: str, path: Path | None) -> ModuleType:
    """Import, with what the file prints sent to standard error and what it raises as one of our errors."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return run()  # type: ignore[return-value]
    except AssayError as error:
        if error.location is None:
            error.location = _deepest_place(error, path)
        raise
    except SyntaxError as error:
        place = Location(error.filename or what, error.lineno or 0, error.offset or 0)
        raise ModelError(f"not valid Python: {error.msg}", location=place) from None
    except ModuleNotFoundError as error:
        raise ModelError(
            f"it imports {error.name!r}, which is not installed", location=_deepest_place(error, path)
        ) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a file may raise anything, SystemExit too
        first_line = str(error).partition("\n")[0]
        raise ModelError(
            f"importing it raised {type(error).__name__}" + (f": {first_line}" if first_line else "") + _meant(error),
            location=_deepest_place(error, path) or Location(what),
        ) from None


def _meant(error: BaseException) -> str:
    """Return the name of the language that a misspelt one may stand for."""
    from assay.checker import language

    return nearest(error.name, language.__all__) if isinstance(error, NameError) and error.name else ""


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
