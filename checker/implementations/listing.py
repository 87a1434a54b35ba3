"""List the implemented protocols with their models, variants and mutants, and whether they can be run."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from assay.checker.implementations.loading import LIBRARY, mutants_of
from assay.checker.language.expectations import Holds
from assay.checker.language.kinds import Kind
from assay.checker.language.loader import NamedModel, load, load_all
from assay.checker.references import split_reference
from assay.impl.node.cluster import Cluster

__all__ = ["Standing", "standings"]


@dataclass(frozen=True)
class Standing:
    """The parts of one protocol.

    Attributes
    ----------
    name : str
        The name of its implementation, as an argument of ``assay check --implementation`` and ``assay run``.
    doc : str
        The first line of its docstring.
    model : NamedModel or None
        The model that it refines.
    variants : tuple of str
        The broken variants in the model's file.
    lemmas : int
        The number of lemmas of the model.
    is_provable : bool
        Whether ``assay prove`` includes the model.
    object : str or None
        The sequential specification for clients, if there is one.
    mutants : tuple of str
        The mutants of the implementation.
    explored : mapping of str to int
        The sizes at which tests explore every world.
    runs : bool
        Whether it has a function ``deployment``.
    """

    name: str
    doc: str
    model: NamedModel | None
    variants: tuple[str, ...]
    lemmas: int
    is_provable: bool
    object: str | None
    mutants: tuple[str, ...]
    explored: Mapping[str, int]
    runs: bool


def standings() -> Iterator[Standing]:
    """Iterate over the implementations that come with assay."""
    package = importlib.import_module(LIBRARY)
    for entry in pkgutil.iter_modules(package.__path__):
        module = None if entry.ispkg else importlib.import_module(f"{LIBRARY}.{entry.name}")
        if module is not None and hasattr(module, "cluster"):
            yield _standing(entry.name, module)


def _standing(name: str, module: ModuleType) -> Standing:
    cluster: Cluster = module.cluster()
    model = None if cluster.refines is None else load(cluster.refines)
    return Standing(
        name,
        doc=inspect.cleandoc(module.__doc__ or "").partition("\n")[0],
        model=model,
        variants=() if model is None else _broken(model),
        lemmas=0 if model is None else len(model.specification.of(Kind.LEMMA)),
        is_provable=model is not None and model.cls.provable,
        object=None if cluster.sequential is None else str(cluster.sequential),
        mutants=tuple(mutant.__name__ for mutant in mutants_of(module)),
        explored=getattr(module, "EXPLORED", {}),
        runs=hasattr(module, "deployment"),
    )


def _broken(model: NamedModel) -> tuple[str, ...]:
    """Return the variants beside a model that are expected to be violated."""
    beside = load_all(split_reference(model.name)[0])
    return tuple(other.cls.__name__ for other in beside if not isinstance(other.specification.expected, Holds))
