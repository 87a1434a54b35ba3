"""The system during a change, while quorums of the old and of the new configuration are both in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.systems import QuorumClass, QuorumObligation, QuorumSystem

__all__ = ["cross", "is_change"]

OLD, NEW = "old ", "new "


def is_change(old: Configuration, new: Configuration) -> bool:
    """Tell whether one can become the other: they are of one system, and something must hold between the two."""
    if old.format != new.format:
        return False
    return old.reconfiguration.crossing is not None or bool(cross(old.system, new.system).obligations)


def cross(old: QuorumSystem, new: QuorumSystem) -> QuorumSystem:
    """Return the system whose obligations are between the old configuration and the new one.

    An obligation between two classes becomes two: the first class of the old configuration with the second of the new
    one, and the other way round. One between three classes becomes one for each choice that mixes old and new. A class
    that only one of the configurations has takes no part.
    """
    classes: dict[str, QuorumClass] = {OLD + name: kind for name, kind in old.classes.items()}
    classes.update({NEW + name: kind for name, kind in new.classes.items()})
    obligations = dict.fromkeys(
        mixed
        for obligation in _distinct((*old.obligations, *new.obligations))
        for mixed in _mixed(obligation)
        if classes.keys() >= set(mixed[0])
    )
    nodes = tuple(dict.fromkeys((*old.nodes, *new.nodes)))
    labels = {node: {**new.labels.get(node, {}), **old.labels.get(node, {})} for node in nodes}
    return QuorumSystem(f"{old.name} to {new.name}", nodes, classes, tuple(_unkeyed(obligations)), labels=labels)


_Key = tuple[tuple[str, ...], int, tuple[tuple[str, int], ...], tuple[frozenset[str], ...], str, str, int]


def _mixed(obligation: QuorumObligation) -> Iterator[_Key]:
    """Yield the obligation with each choice of old and new classes that has both, in a hashable form."""
    for choice in range(1, 2 ** len(obligation.classes) - 1):
        names = tuple((NEW if choice >> place & 1 else OLD) + name for place, name in enumerate(obligation.classes))
        # Of one class with itself, (old, new) and (new, old) are the same obligation: ordered, they are found equal.
        ordered = tuple(sorted(names, reverse=True)) if len(set(obligation.classes)) == 1 else names
        yield (
            ordered,
            obligation.need,
            tuple(obligation.weights.items()),
            obligation.faulty,
            obligation.words,
            obligation.source,
            obligation.margin,
        )


def _distinct(obligations: tuple[QuorumObligation, ...]) -> list[QuorumObligation]:
    """Return the obligations without repetitions; what only one of the configurations demands is kept.

    Compared one by one, because an obligation has no hash: its weights are a mapping.
    """
    return [obligation for place, obligation in enumerate(obligations) if obligation not in obligations[:place]]


def _unkeyed(obligations: Iterable[_Key]) -> Iterator[QuorumObligation]:
    for classes, need, weights, faulty, words, source, margin in obligations:
        yield QuorumObligation(classes, need, dict(weights), faulty, words, source, margin)
