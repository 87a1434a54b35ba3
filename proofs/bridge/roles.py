"""Match the classes of a configuration's quorums with the quorum systems of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from assay.checker.errors import UsageError
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.types import QuorumType
from assay.checker.wording import listed

if TYPE_CHECKING:
    from assay.proofs.quorums.systems import QuorumSystem

__all__ = ["classes_of", "sort_of"]


def sort_of(specification: Specification) -> str:
    """Return the sort of the members of a model's quorums.

    Raises
    ------
    UsageError
        If the model has no quorums, or quorums of several sorts.
    """
    sorts = list(dict.fromkeys(quorum.member.cls.__name__ for quorum in specification.quorums))
    if len(sorts) == 1:
        return sorts[0]
    raise UsageError(
        f"{specification.name} has {'quorums over ' + listed(sorts) if sorts else 'no quorums'}: "
        "--quorums is for a model whose quorums are over one sort",
        help="such as class Quorum(QuorumSystem[Acceptor])",
    )


def classes_of(specification: Specification, system: QuorumSystem, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the class of the configuration for each system of quorums of a model.

    This is the chosen class; otherwise the class with a name that the model's system is configured as; otherwise the
    only class; otherwise the only class any two quorums of which must intersect.

    Raises
    ------
    UsageError
        If none of these determines a class, or the chosen one does not exist.
    """
    _demand_unset(specification, chosen)
    return {
        quorum.cls.__name__: _class_for(quorum, specification, system, chosen.get(quorum.cls.__name__))
        for quorum in specification.quorums
    }


def _demand_unset(specification: Specification, chosen: Mapping[str, str]) -> None:
    sort = sort_of(specification)
    if sort in chosen:
        raise UsageError(f"--set {sort}={chosen[sort]}: their number is given by --quorums already")


def _class_for(quorum: QuorumType, specification: Specification, system: QuorumSystem, chosen: str | None) -> str:
    name, known = quorum.cls.__name__, list(system.classes)
    if chosen is not None:
        if chosen not in system.classes:
            raise UsageError(
                f"--set {name}={chosen}: the configuration has no such class of quorums", help=f"it has {listed(known)}"
            )
        return chosen
    for candidates in _candidates(quorum, system):
        if len(candidates) == 1:
            return candidates[0]
    raise UsageError(
        f"the configuration has quorums of {len(known)} kinds, {listed(known)}, "
        f"and nothing says which are the {name} of {specification.name}",
        help=f"use a model with a system of quorums for each of them, or say --set {name}={known[0]}",
    )


def _candidates(quorum: QuorumType, system: QuorumSystem) -> Iterator[list[str]]:
    """Yield candidates in the order of preference; a list with exactly one decides."""
    # The most telling first: a name, then that there is only one class, then that only one must intersect itself.
    classes = list(system.classes)
    yield [name for name in classes if name in quorum.cls.configured_as]
    yield classes
    yield list(
        dict.fromkeys(obligation.classes[0] for obligation in system.obligations if len(set(obligation.classes)) == 1)
    )
