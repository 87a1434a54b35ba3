"""A model under the quorums of a real configuration: ``assay check MODEL --quorums FILE``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assay.checker.cli.configured import Configured, Quorums
from assay.checker.errors import UsageError
from assay.checker.language.execution.settings import settable
from assay.checker.language.introspection.specification import Specification
from assay.proofs.bridge.roles import classes_of, sort_of

if TYPE_CHECKING:
    from assay.proofs.quorums.report import Assessment
    from assay.proofs.quorums.safety import Split

__all__ = ["MOST_QUORUMS", "configured", "side_by_side"]

MOST_QUORUMS = 500
"""The most minimal quorums of a class that a model gets: each is one more way to take an action, in every state."""

SECONDS = 60.0
"""The default time for analysing the configuration, and then for listing its quorums."""


def configured(
    specification: Specification,
    file: str,
    *,
    as_: str | None = None,
    settings: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> Configured:
    """Read a configuration and make its quorums those of a model.

    The nodes become the elements of the sort of the model's quorums, and the minimal quorums of a class of the
    configuration become the quorums of a system of the model. If the configuration is split, only the quorums of the
    split and their members are taken: whatever they do while all other nodes stand still is possible in the whole
    system, too.

    Parameters
    ----------
    specification : Specification
        The model.
    file : str
        A file, or a directory with the files of several nodes, as `assay quorum` takes it.
    as_ : str, optional
        The format.
    settings : mapping of str to str, optional
        The class for each system of quorums (``Quorum=write``), and settings that the format has no place for.
    seconds : float, optional
        Time for analysing the configuration.

    Raises
    ------
    InputError
        If the file cannot be read, or does not conform to its format.
    UsageError
        If the model has no quorums, no class of the configuration corresponds to them, or the model cannot show what
        is wrong with the configuration.
    """
    from assay.proofs.quorums.analyse import assess
    from assay.proofs.quorums.deadline import Deadline
    from assay.proofs.quorums.formats.reading import read_configuration
    from assay.proofs.quorums.rendering.names import shown

    given, own = dict(settings or {}), settable(specification)
    sort = sort_of(specification)
    configuration = read_configuration(
        Path(file), as_=as_, settings={name: value for name, value in given.items() if name not in own}
    )
    assessment = assess(configuration, None, Deadline.after(SECONDS if seconds is None else seconds))
    classes = classes_of(specification, assessment.system, {name: given[name] for name in given if name in own})
    split = _split(specification, assessment, classes)
    nodes, quorums = _everything(assessment, classes, seconds) if split is None else _only(split, assessment, classes)
    return Configured(
        sort,
        nodes,
        tuple(map(shown, nodes)),
        quorums,
        dict(_words(file, sort, assessment, classes, quorums, split)),
        ("--quorums", file, *(() if as_ is None else ("--as", as_))),
    )


def side_by_side(
    specification: Specification,
    files: tuple[str, str],
    *,
    as_: str | None = None,
    settings: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> Configured:
    """Make the quorums of two configurations those of a model: a quorum of a class is one of either configuration.

    This covers every moment of a change, whichever nodes have which configuration: each node decides for itself what a
    quorum is.

    Parameters
    ----------
    files : pair of str
        The configurations.

    Raises
    ------
    InputError, UsageError
        As `configured`.
    """
    from assay.proofs.quorums.analyse import assess
    from assay.proofs.quorums.deadline import Deadline
    from assay.proofs.quorums.formats.reading import read_configuration
    from assay.proofs.quorums.rendering.names import shown

    given, own = dict(settings or {}), settable(specification)
    foreign = {name: value for name, value in given.items() if name not in own}
    nodes: dict[str, None] = {}
    quorums: dict[str, list[frozenset[str]]] = {}
    for file in files:
        configuration = read_configuration(Path(file), as_=as_, settings=foreign)
        assessment = assess(configuration, None, Deadline.after(SECONDS if seconds is None else seconds))
        classes = classes_of(specification, assessment.system, {name: given[name] for name in given if name in own})
        there, each = _everything(assessment, classes, seconds)
        nodes |= dict.fromkeys(there)
        for name, sets in each.items():
            quorums.setdefault(name, []).extend(sets)
    smallest = {name: _smallest(sets) for name, sets in quorums.items()}
    words = {"quorums": f"those of {files[0]} and of {files[1]}, side by side"}
    words |= {name: f"{len(sets)} minimal quorums" for name, sets in smallest.items()}
    return Configured(sort_of(specification), tuple(nodes), tuple(map(shown, nodes)), smallest, words, ())


def _smallest(sets: list[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Return the sets that contain no other, each once."""
    each = dict.fromkeys(sets)
    return tuple(one for one in each if not any(other < one for other in each))


def _split(specification: Specification, assessment: Assessment, classes: Mapping[str, str]) -> Split | None:
    """Return a split whose quorums the model can use; None if the configuration is not split.

    Raises
    ------
    UsageError
        If the model cannot represent how the configuration is split, or it has no quorum at all.
    """
    from assay.proofs.quorums.safety import Condition

    if assessment.condition is Condition.NO_QUORUM:
        raise UsageError(
            f"no set of nodes is a quorum of {', '.join(assessment.safety.empty)}: there is nothing to explore",
            help=f"see assay quorum {assessment.configuration.files[0]}",
        )
    splits = assessment.safety.splits
    # A model shows only that two quorums share no node at all. It knows nothing of weights, or of nodes that lie.
    for split in splits:
        apart = len(split.quorums) == 2 and split.quorums[0][1].isdisjoint(split.quorums[1][1])
        if apart and {name for name, _ in split.quorums} == set(classes.values()):
            return split
    if splits:
        between = " and ".join(name for name, _ in splits[0].quorums)
        raise UsageError(
            f"this configuration is split between {between}, and {specification.name} cannot show it: "
            + _why_not(splits[0], classes),
            help="assay quorum shows the quorums; a model with a system of quorums for each class shows what they do",
        )
    return None


def _why_not(split: Split, classes: Mapping[str, str]) -> str:
    if set(classes.values()) != {name for name, _ in split.quorums}:
        return "its quorums are those of " + ", ".join(f"{name} ({system})" for system, name in classes.items())
    shared = frozenset.intersection(*(quorum for _, quorum in split.quorums))
    return f"these quorums have {', '.join(sorted(shared))} in common, too little only where nodes lie or hold no data"


def _only(split: Split, assessment: Assessment, classes: Mapping[str, str]) -> tuple[tuple[str, ...], Quorums]:
    members = frozenset[str]().union(*(quorum for _, quorum in split.quorums))
    quorums = {
        system: tuple(quorum for name, quorum in split.quorums if name == wanted) for system, wanted in classes.items()
    }
    _refuse_empty(quorums, classes)
    return tuple(node for node in assessment.system.nodes if node in members), quorums


def _everything(
    assessment: Assessment, classes: Mapping[str, str], seconds: float | None
) -> tuple[tuple[str, ...], Quorums]:
    from assay.proofs.quorums.deadline import Deadline
    from assay.proofs.quorums.minimal import minimal_quorums

    deadline = Deadline.after(SECONDS if seconds is None else seconds)
    quorums = {}
    for system, name in classes.items():
        found = minimal_quorums(assessment.system.classes[name], deadline, MOST_QUORUMS + 1)
        if not found.is_complete or len(found.sets) > MOST_QUORUMS:
            raise UsageError(
                f"{name} has more than {min(len(found.sets), MOST_QUORUMS)} minimal quorums, too many for a model",
                help="check the model with a smaller configuration of the same kind",
            )
        quorums[system] = found.sets
    _refuse_empty(quorums, classes)
    return assessment.system.nodes, quorums


def _refuse_empty(quorums: Quorums, classes: Mapping[str, str]) -> None:
    for system, sets in quorums.items():
        if not all(sets):
            raise UsageError(
                f"{classes[system]} needs no node at all, and a quorum of a model has members",
                help="assay quorum shows what that breaks",
            )


def _words(
    file: str,
    sort: str,
    assessment: Assessment,
    classes: Mapping[str, str],
    quorums: Quorums,
    split: Split | None,
) -> Iterator[tuple[str, str]]:
    """Yield the lines of the report on the configuration, on each system of quorums, and on the sort."""
    from assay.proofs.quorums.findings import Severity
    from assay.proofs.quorums.rendering.names import listed

    system, configuration = assessment.system, assessment.configuration
    errors = [f.message for f in configuration.findings if f.severity is Severity.ERROR]
    remarks = [*assessment.reasons, *errors]
    yield (
        "quorums",
        f"{file} ({configuration.format}, {system.name}): " + "; ".join([assessment.condition.value, *remarks]),
    )
    for name, sets in quorums.items():
        shown = " and ".join(listed(one, system) for one in sets[:2])
        if split is not None:
            yield name, f"{classes[name]}: {shown}, of the split; all others are left out"
        elif len(sets) <= 2:
            yield name, f"{classes[name]}: {shown}"
        else:
            yield name, f"{classes[name]}: {len(sets)} minimal quorums, such as {shown}"
    used = frozenset[str]().union(*(one for sets in quorums.values() for one in sets)) if split else system.nodes
    rest = len(system.nodes) - len(used)
    yield sort, listed(used, system) + (f", without the {rest} nodes that no quorum of the split needs" if rest else "")
