"""Find what one behaviour allows and another does not, with a shortest trace each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from assay.checker.changes.behaviour import Behaviour
from assay.checker.changes.deterministic import Determined, Subset
from assay.checker.changes.labels import Label

__all__ = ["Difference", "Distinction", "Effect", "difference"]

Pair = tuple[Subset, Subset]


class Effect(Enum):
    """What a change means for those who rely on the old behaviour."""

    NONE = "none"
    ADDITIVE = "additive"
    BREAKING = "breaking"


@dataclass(frozen=True)
class Distinction:
    """An action that one behaviour allows where the other does not.

    Attributes
    ----------
    trace : tuple of Label
        A shortest trace to the difference: both behaviours allow every step but the last.
    places : int
        The number of pairs of states in which that action makes a difference.
    """

    trace: tuple[Label, ...]
    places: int

    @property
    def action(self) -> str:
        """The action that only one of the two allows there."""
        return self.trace[-1].action


@dataclass(frozen=True)
class Difference:
    """How two behaviours differ.

    Attributes
    ----------
    removed, added : tuple of Distinction
        What only the old one allows, and only the new one: one entry per action, shortest trace first.
    is_complete : bool
        Whether everything was compared. If not, there may be more differences; those listed are certain.
    """

    removed: tuple[Distinction, ...]
    added: tuple[Distinction, ...]
    is_complete: bool

    @property
    def effect(self) -> Effect:
        """The worst effect that is certain."""
        if self.removed:
            return Effect.BREAKING
        return Effect.ADDITIVE if self.added else Effect.NONE


def difference(before: Behaviour, after: Behaviour) -> Difference:
    """Compare two behaviours by exploring the product of their automata, breadth first.

    The comparison stops at a step that only one of them allows: whatever follows is added or removed with it.
    """
    product = _Product(Determined(before), Determined(after))
    removed, added = dict[str, Distinction](), dict[str, Distinction]()
    is_complete = True
    for pair in product.pairs():
        is_complete &= product.is_finished(pair)
        for found, labels in ((removed, product.only_before(pair)), (added, product.only_after(pair))):
            for label in labels:
                _note(found, label, product, pair)
    return Difference(_shortest_first(removed), _shortest_first(added), is_complete)


def _note(found: dict[str, Distinction], label: Label, product: _Product, pair: Pair) -> None:
    known = found.get(label.action)
    if known is None:
        found[label.action] = Distinction((*product.trace(pair), label), 1)
    else:
        found[label.action] = replace(known, places=known.places + 1)


def _shortest_first(found: dict[str, Distinction]) -> tuple[Distinction, ...]:
    return tuple(
        sorted(found.values(), key=lambda distinction: (len(distinction.trace), [*map(str, distinction.trace)]))
    )


class _Product:
    """The product of two behaviours, along the traces that both allow."""

    def __init__(self, before: Determined, after: Determined) -> None:
        self.before, self.after = before, after
        self._parents: dict[Pair, tuple[Pair, Label] | None] = {}

    def pairs(self) -> Iterator[Pair]:
        """Yield all pairs of states reachable by a common trace, breadth first."""
        start = (self.before.start, self.after.start)
        self._parents[start] = None
        frontier = [start]
        for pair in frontier:  # a queue: it grows during the iteration
            yield pair
            before, after = self.before.steps(pair[0]), self.after.steps(pair[1])
            for label in (label for label in before if label in after):
                following = (before[label], after[label])
                if following not in self._parents:
                    self._parents[following] = (pair, label)
                    frontier.append(following)

    def trace(self, pair: Pair) -> tuple[Label, ...]:
        """Return a shortest trace to a pair."""
        labels: list[Label] = []
        parent = self._parents[pair]
        while parent is not None:
            pair, label = parent
            labels.append(label)
            parent = self._parents[pair]
        return tuple(reversed(labels))

    def is_finished(self, pair: Pair) -> bool:
        return self.before.is_finished(pair[0]) and self.after.is_finished(pair[1])

    def only_before(self, pair: Pair) -> list[Label]:
        """Return the labels that only the old behaviour allows; none if the new one's steps are not all known."""
        if not self.after.is_finished(pair[1]):
            return []
        return [label for label in self.before.steps(pair[0]) if label not in self.after.steps(pair[1])]

    def only_after(self, pair: Pair) -> list[Label]:
        if not self.before.is_finished(pair[0]):
            return []
        return [label for label in self.after.steps(pair[1]) if label not in self.before.steps(pair[0])]
