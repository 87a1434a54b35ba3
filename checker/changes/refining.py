"""Hash the refinements of a model: one to a mapping or a model that allows more still holds, so no verdict shows it."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checker.changes.classes import types_in
from assay.checker.changes.code import Writer
from assay.checker.changes.predicates import digest_of
from assay.checker.changes.statements import steps_of
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Specification, specify
from assay.checker.language.model import Model

__all__ = ["refinements"]


def refinements(specification: Specification) -> Iterator[tuple[str, str]]:
    """Yield each refinement with the hash of its mapping, and of what the other model allows.

    The mapping is read as ordinary Python, as it need not be in the language: the interpreter evaluates it then.
    """
    owners = tuple(dict.fromkeys([specification.cls, *(type_.cls for type_ in types_in(specification))]))
    places = {variable.name: f"${number}" for number, variable in enumerate(specification.variables)}
    for method in specification.refinements:
        assert method.refines is not None
        writer = Writer(Model, owners, places, specification.cls.__module__)
        mapping, allowed = writer.text(method.function), steps_of(compile_model(specify(method.refines)))
        yield method.name, digest_of(f"{mapping}\n{allowed}")
