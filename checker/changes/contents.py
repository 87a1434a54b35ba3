"""List the models that a version of a file defines, by importing it in a process of its own."""

from __future__ import annotations

from pathlib import Path

import msgspec
from assay.checker.changes.processes import ask, serve
from assay.checker.language.expectations import Violates
from assay.checker.language.loader import NamedModel, load, load_all
from assay.checker.references import split_reference

__all__ = ["Contents", "ContentsRequest", "Held", "models_in"]


class ContentsRequest(msgspec.Struct, frozen=True):
    """A request to list a file's models.

    Attributes
    ----------
    reference : str
        The file or module, optionally with a class.
    memory : int, optional
        Memory limit of the process, in bytes.
    """

    reference: str
    memory: int | None = None


class Held(msgspec.Struct, frozen=True):
    """A model in a file.

    Attributes
    ----------
    name : str
        Name of its class.
    is_main : bool
        Whether the file's name without a class refers to it.
    is_broken : bool
        Whether it declares that it violates a property.
    """

    name: str
    is_main: bool
    is_broken: bool


class Contents(msgspec.Struct, frozen=True):
    """The models that a file defines.

    Attributes
    ----------
    models : tuple of Held
        The main one first.
    """

    models: tuple[Held, ...]


def models_in(reference: str, root: Path, *, seconds: float | None, memory: int | None) -> tuple[Held, ...]:
    """Return the models of a file, the main one first.

    Raises
    ------
    ModelError
        If it does not import, or defines none.
    """
    request = ContentsRequest(reference, memory)
    module = "assay.checker.changes.contents"
    return ask(module, request, Contents, subject=reference, root=root, seconds=seconds).models


def _answer(request: ContentsRequest) -> Contents:
    named = split_reference(request.reference)[1] is not None
    there = (load(request.reference),) if named else load_all(request.reference)
    return Contents(tuple(map(_held, there)))


def _held(model: NamedModel) -> Held:
    return Held(model.cls.__name__, not model.variant, isinstance(model.specification.expected, Violates))


if __name__ == "__main__":
    serve(ContentsRequest, _answer)
