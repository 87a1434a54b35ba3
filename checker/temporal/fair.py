"""Fair components: the sets of nodes in which a cycle through all of them is fair.

A cycle is fair if it meets each set that it must visit; if it takes each weakly fair condition, or comes by where that
is disabled; and if it takes each strongly fair condition, or never comes by where that is enabled.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from assay.checker.temporal.arena import Arena, Mask

__all__ = ["fair_components"]

Nodes = npt.NDArray[np.int64]
Labels = npt.NDArray[np.int32]


def fair_components(arena: Arena, mask: Mask) -> Iterator[tuple[Nodes, Labels]]:
    """Yield the largest sets of nodes, within a mask, that some fair cycle visits as a whole.

    Yields
    ------
    nodes, labels : int arrays of one shape
        Nodes, and which of them form a set: those of one label.

    Notes
    -----
    As Emerson and Lei, *Modalities for model checking: branching time logic strikes back* (1987), and Lichtenstein
    and Pnueli (1985): the strongly connected components; where one lacks a strongly fair condition, it is looked at
    again without the nodes that enable it. O(c (n + m)) for each round, of which there are as many as conditions fail
    one after the other, at most n.
    """
    while mask.any():
        part = arena.part(mask)
        labels = part.arena.rows.component_labels()
        fair, again = _round(part.arena, labels)
        chosen = np.flatnonzero(fair[labels])
        yield part.nodes[chosen], labels[chosen]
        mask = np.zeros_like(mask)
        mask[part.nodes[again]] = True


def _round(arena: Arena, labels: Labels) -> tuple[Mask, Mask]:
    """Return which components are fair as they are, and the nodes of the others that are worth another look."""
    inside = labels[arena.sources] == labels[arena.rows.targets]
    # A component of one node is a cycle only if the node can be stayed at.
    good = _marked(labels, arena.resting) | _marked(labels, arena.sources[inside])
    for visited in arena.visits:
        good &= _marked(labels, visited)
    hopeful, kept = np.zeros(len(good), np.bool_), np.ones(len(labels), np.bool_)
    for index, condition in enumerate(arena.conditions):
        taken = _marked(labels, arena.sources[inside & arena.taken(index)])
        enabled = arena.enabled[index]
        if condition.is_strong:
            # A cycle through these nodes would have to take the condition and cannot; one that avoids them may be
            # fair. So they are dropped, and what is left of the component is looked at again.
            lacking = _marked(labels, enabled) & ~taken
            hopeful |= lacking
            kept &= ~(enabled & lacking[labels])
        else:
            good &= taken | _marked(labels, ~enabled)
    return good & ~hopeful, kept & (good & hopeful)[labels]


def _marked(labels: Labels, nodes: npt.NDArray[np.int32] | Mask) -> Mask:
    """Return which components contain one of the nodes."""
    marks = np.zeros(int(labels.max()) + 1, np.bool_)
    marks[labels[nodes]] = True
    return marks
