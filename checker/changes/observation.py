"""Observe a version of a model in a process of its own.

Two versions of a module cannot live in one process, since they and their imports have the same names. An old revision
may also be code that nobody has looked at for long, so it runs under limits of time and memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from assay.checker.changes.behaviour import Behaviour, behaviour
from assay.checker.changes.nodes import claims_of, outline_of
from assay.checker.changes.outline import Outline, outline
from assay.checker.changes.processes import ask, serve
from assay.checker.changes.vacuity import Witnesses
from assay.checker.changes.worlds import behaviour_of
from assay.checker.engine.limits import Limits
from assay.checker.errors import AssayError, ModelError, UsageError
from assay.checker.implementations.loading import NamedCluster, load_cluster
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.loader import load
from assay.impl.node.errors import NodeError

__all__ = ["Observation", "ObservationRequest", "observe", "seen"]


class ObservationRequest(msgspec.Struct, frozen=True):
    """A request to observe a version.

    Attributes
    ----------
    reference : str
        Reference of the model for `assay.checker.language.loader.load`.
    instance : str
        The instance of the model.
    settings : mapping from name to text
        Settings that override it.
    states : int, optional
        Limit of explored states.
    seconds : float, optional
        Time limit.
    memory : int, optional
        Memory limit of the process, in bytes.
    """

    reference: str
    instance: str = "default"
    settings: Mapping[str, str] = {}
    states: int | None = None
    seconds: float | None = None
    memory: int | None = None


class Observation(msgspec.Struct, frozen=True):
    """What was observed of a version.

    Attributes
    ----------
    name : str
        Name of the class.
    sizes : mapping from name to text
        The parameters of the instance.
    properties : mapping from name to kind
        The model's properties, with the value of each one's kind.
    behaviour : Behaviour
        Its observable behaviour.
    outline : Outline
        What it states, statically.
    witnessed, unwitnessed : tuple of str
        The claims that are not vacuous in some explored state, and those that are vacuous in all of them.
    """

    name: str
    sizes: dict[str, str]
    properties: dict[str, str]
    behaviour: Behaviour
    outline: Outline
    witnessed: tuple[str, ...] = ()
    unwitnessed: tuple[str, ...] = ()


def observe(request: ObservationRequest, root: Path) -> Observation:
    """Observe a version in a process of its own, whose working directory is `root`.

    Raises
    ------
    ModelError
        If the model is malformed, or the process dies.
    """
    return ask(
        "assay.checker.changes.observation",
        request,
        Observation,
        subject=request.reference,
        root=root,
        seconds=request.seconds,
    )


def seen(request: ObservationRequest) -> Observation:
    """Observe a version in this process.

    Raises
    ------
    AssayError
        If it is malformed.
    """
    try:
        specification = load(request.reference).specification
    except (ModelError, UsageError):
        named = _cluster(request)
        if named is None:
            raise
        return _of_nodes(request, named)
    try:
        instance = instantiate(specification, dict(request.settings), name=request.instance)
    except UsageError as error:
        raise UsageError(f"{request.reference}: {error}", help=error.help) from None
    compile_model(specification)
    limits, witnesses = Limits(request.states, None, request.seconds), Witnesses.of(specification)
    explored = behaviour(instance, limits, witnesses=witnesses)
    with instance.active():
        said = outline(specification, instance)
    return Observation(
        specification.name,
        {name: str(value) for name, value in instance.settings().items()},
        {method.name: method.kind.value for method in specification.properties},
        explored,
        said,
        tuple(witnesses.witnessed),
        tuple(witnesses.unwitnessed),
    )


def _cluster(request: ObservationRequest) -> NamedCluster | None:
    """Return the implementation that a reference names, or None, in which case the error about the model counts."""
    try:
        module = load_cluster(request.reference).module
    except AssayError:
        return None
    return load_cluster(request.reference, request.settings) if hasattr(module, "cluster") else None


def _of_nodes(request: ObservationRequest, named: NamedCluster) -> Observation:
    try:
        explored = behaviour_of(named.cluster, Limits(request.states, None, request.seconds))
    except NodeError as error:
        raise UsageError(error.message, help=error.help) from None
    sizes = {name: str(value) for name, value in named.sizes.items()}
    return Observation(named.name, sizes, claims_of(named), explored, outline_of(named))


if __name__ == "__main__":
    serve(ObservationRequest, seen)
