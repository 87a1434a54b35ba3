"""The system in the middle of a change, in which quorums of the old and the new configuration are both in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.systems import Obligation, QuorumClass, QuorumSystem

__all__ = ["cross", "is_change"]

OLD, NEW = "old ", "new "


def is_change(old: Configuration, new: Configuration) -> bool:
    """Tell whether one can become the other: both are of one system, which has something to say across them."""
    if old.format != new.format:
        return False
    return old.reconfiguration.crossing is not None or bool(cross(old.system, new.system).obligations)


def cross(old: QuorumSystem, new: QuorumSystem) -> QuorumSystem:
    """Return the system whose obligations are between the old configuration and the new one.

    Every obligation between two classes becomes two: the first class of the old configuration with the second
    of the new one, and the other way round. Of three classes, each choice that mixes old and new. A class that
    only one of them has meets nothing across them.
    """
    classes: dict[str, QuorumClass] = {OLD + name: kind for name, kind in old.classes.items()}
    classes.update({NEW + name: kind for name, kind in new.classes.items()})
    duties = dict.fromkeys(
        mixed
        for duty in _distinct((*old.obligations, *new.obligations))
        for mixed in _mixed(duty)
        if classes.keys() >= set(mixed[0])
    )
    nodes = tuple(dict.fromkeys((*old.nodes, *new.nodes)))
    stay = {node: {**new.labels.get(node, {}), **old.labels.get(node, {})} for node in nodes}
    obligations = tuple(_unkeyed(duties))
    return QuorumSystem(f"{old.name} to {new.name}", nodes, classes, obligations, labels=stay)


Keyed = tuple[tuple[str, ...], int, tuple[tuple[str, int], ...], tuple[frozenset[str], ...], str, str, int]


def _mixed(duty: Obligation) -> Iterator[Keyed]:
    """Yield the obligation with each choice of old and new classes that has both, in a hashable form."""
    for choice in range(1, 2 ** len(duty.classes) - 1):
        names = tuple((NEW if choice >> place & 1 else OLD) + name for place, name in enumerate(duty.classes))
        ordered = tuple(sorted(names, reverse=True)) if len(set(duty.classes)) == 1 else names
        yield ordered, duty.need, tuple(duty.weights.items()), duty.faulty, duty.words, duty.source, duty.margin


def _distinct(duties: tuple[Obligation, ...]) -> list[Obligation]:
    """Leave out repetitions, but keep both where the two configurations demand different things."""
    return [duty for place, duty in enumerate(duties) if duty not in duties[:place]]


def _unkeyed(duties: Iterable[Keyed]) -> Iterator[Obligation]:
    for classes, need, weights, faulty, words, source, margin in duties:
        yield Obligation(classes, need, dict(weights), faulty, words, source, margin)
