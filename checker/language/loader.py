"""The only loader of models: from a reference, as a user writes it, to a model class.

A reference is the name of a library model (``two_phase_commit``), with or without its folder
(``classics/lock_server``), a dotted name (``package.module:Class``) or a file (``path/to/file.py``); each may name one
of its classes after a colon, in either spelling (``two_phase_commit:CommitsOnMajority``,
``two_phase_commit:commits_on_majority``).
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import os
import pkgutil
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType

from assay.checker.errors import ModelError, UsageError
from assay.checker.immutable import immutable
from assay.checker.language.importing import execute_file, exists, import_module
from assay.checker.language.introspection import source
from assay.checker.language.introspection.definitions import demand_each_once
from assay.checker.language.introspection.specification import Specification, specify
from assay.checker.language.model import Model
from assay.checker.references import split_reference
from assay.checker.wording import nearest

__all__ = ["LIBRARY", "NamedModel", "library", "library_names", "load", "load_all"]

LIBRARY = "assay.models"
"""The package of the models that come with assay."""


@immutable
class NamedModel:
    """A model class, and a reference to it.

    Attributes
    ----------
    name : str
        The reference: ``load(name)`` returns this model.
    cls : type of Model
        The class.
    variant : bool
        Whether it is a model of its file other than the main one.
    """

    name: str
    cls: type[Model]
    variant: bool

    @cached_property
    def specification(self) -> Specification:
        """The specification of the class; raises `ModelError` if that is malformed."""
        return specify(self.cls)

    @property
    def doc(self) -> str:
        """The first paragraph of the docstring on one line; empty if there is none."""
        first = (inspect.cleandoc(self.cls.__dict__.get("__doc__") or "")).partition("\n\n")[0]
        return " ".join(first.split())


def load(reference: str) -> NamedModel:
    """Load the model that a reference names.

    If it names no class, that is the class whose name is the file's in snake_case, or else the first that the file
    defines.

    Raises
    ------
    UsageError
        If there is no such model; the nearest name is suggested.
    InputError, ModelError
        If the file cannot be read, or does not import; the location is in the file.
    """
    origin, wanted = split_reference(reference)
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
    return _models_of(split_reference(reference)[0])


def library_names() -> tuple[str, ...]:
    """Return the names of the library's files, without importing them; those in folders come last."""
    return tuple(_library_modules())


def library() -> tuple[NamedModel, ...]:
    """Load every model of the library: file by file, the main model of each first."""
    return tuple(model for name, dotted in _library_modules().items() for model in _named(name, import_module(dotted)))


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
    """Return the name and module of a library model, given with or without its folder."""
    name = re.split(r"[./]", origin)[-1]
    dotted = _library_modules().get(name)
    called_so = dotted is not None and origin.replace("/", ".") in (name, dotted.removeprefix(f"{LIBRARY}."))
    return (name, dotted) if called_so and dotted is not None else None


def _models_of(origin: str) -> tuple[NamedModel, ...]:
    in_library = _library_module(origin)
    if _looks_like_a_file(origin) and (in_library is None or os.path.exists(origin)):
        name, module = origin, execute_file(Path(origin))
    elif in_library is not None:
        name, module = in_library[0], import_module(in_library[1])
    elif exists(origin):
        name, module = origin, import_module(origin)
    else:
        raise _unknown(origin)
    found = _named(name, module)
    if not found and any(callable(getattr(module, function, None)) for function in ("cluster", "deployment")):
        raise ModelError(
            f"{origin} defines an implementation, and no model",
            help=f"name the model that it implements; or check it: assay check {origin} --implementation",
        )
    if not found:
        raise ModelError(f"{origin} defines no model", help="derive a class from Model: class MyProtocol(Model): ...")
    return found


def _looks_like_a_file(origin: str) -> bool:
    # Path.exists raises for a name that is too long for the file system, or contains a null; os.path.exists does not.
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
    """Refuse a file in which one definition replaces another: a variant would vanish with its claims."""
    path = getattr(module, "__file__", None)
    if path is not None and Path(path).is_file():
        demand_each_once(path, source.parse(path).body, Path(path).name, assigned=False)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _unknown(origin: str) -> UsageError:
    names = library_names()
    return UsageError(
        f"there is no model {origin!r}{nearest(origin, names)}",
        help=f"MODEL is one of {', '.join(names) or 'the library'}, or package.module:Class, or path/to/file.py",
    )
