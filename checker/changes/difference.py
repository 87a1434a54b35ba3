"""What one behaviour allows and another does not, each by a shortest trace."""

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
    """What a change does to those who rely on the behaviour before it."""

    NONE = "none"
    ADDITIVE = "additive"
    BREAKING = "breaking"


@dataclass(frozen=True)
class Distinction:
    """Something that one behaviour allows and the other does not.

    Attributes
    ----------
    trace : tuple of Label
        Steps: all but the last can happen in both, the last in one only. None that ends in its action is shorter.
    places : int
        After how many different pairs of states that action makes a difference.
    """

    trace: tuple[Label, ...]
    places: int

    @property
    def action(self) -> str:
        """What only one of the two allows there."""
        return self.trace[-1].action


@dataclass(frozen=True)
class Difference:
    """How two behaviours differ, as far as they are known.

    Attributes
    ----------
    removed, added : tuple of Distinction
        What only the earlier one allows, and only the later one, an entry for each action, the shortest first.
    is_complete : bool
        Whether everything was compared. If not, there may be more; what is told is certain.
    """

    removed: tuple[Distinction, ...]
    added: tuple[Distinction, ...]
    is_complete: bool

    @property
    def effect(self) -> Effect:
        """What is certain of the change."""
        if self.removed:
            return Effect.BREAKING
        return Effect.ADDITIVE if self.added else Effect.NONE


def difference(before: Behaviour, after: Behaviour) -> Difference:
    """Compare two behaviours by the product of their automata, breadth first.

    Behind a step that only one of them allows, nothing is compared: all that follows is new, or gone, with it.
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
    """Two behaviours side by side, along the traces that both allow."""

    def __init__(self, before: Determined, after: Determined) -> None:
        self.before, self.after = before, after
        self._parents: dict[Pair, tuple[Pair, Label] | None] = {}

    def pairs(self) -> Iterator[Pair]:
        """Yield all pairs of states after a common trace, breadth first."""
        start = (self.before.start, self.after.start)
        self._parents[start] = None
        frontier = [start]
        for pair in frontier:  # grows while it is read: a queue
            yield pair
            before, after = self.before.steps(pair[0]), self.after.steps(pair[1])
            for label in (label for label in before if label in after):
                following = (before[label], after[label])
                if following not in self._parents:
                    self._parents[following] = (pair, label)
                    frontier.append(following)

    def trace(self, pair: Pair) -> tuple[Label, ...]:
        """Return the steps that lead to a pair."""
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
        """Return what only the earlier one allows; nothing, where not all that the later one allows is known."""
        if not self.after.is_finished(pair[1]):
            return []
        return [label for label in self.before.steps(pair[0]) if label not in self.after.steps(pair[1])]

    def only_after(self, pair: Pair) -> list[Label]:
        if not self.before.is_finished(pair[0]):
            return []
        return [label for label in self.after.steps(pair[1]) if label not in self.before.steps(pair[0])]
