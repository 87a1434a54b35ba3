"""What one behaviour allows and another does not, each by a shortest trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from assay.checker.changes.behaviour import Behaviour
from assay.checker.changes.deterministic import Determined, Subset

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
    action : str
        The name of the action.
    trace : tuple of str
        Calls: all but the last can happen in both, the last in one only. None that ends in this action is shorter.
    places : int
        After how many different pairs of states this action makes a difference.
    """

    action: str
    trace: tuple[str, ...]
    places: int


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

    Behind a call that only one of them allows, nothing is compared: all that follows is new, or gone, with it.
    """
    product = _Product(Determined(before), Determined(after))
    removed, added = dict[str, Distinction](), dict[str, Distinction]()
    is_complete = True
    for pair in product.pairs():
        is_complete &= product.is_finished(pair)
        for found, calls in ((removed, product.only_before(pair)), (added, product.only_after(pair))):
            for call in calls:
                _note(found, call, product, pair)
    return Difference(_shortest_first(removed), _shortest_first(added), is_complete)


def _note(found: dict[str, Distinction], call: str, product: _Product, pair: Pair) -> None:
    action = call.partition("(")[0]
    known = found.get(action)
    if known is None:
        found[action] = Distinction(action, (*product.trace(pair), call), 1)
    else:
        found[action] = Distinction(action, known.trace, known.places + 1)


def _shortest_first(found: dict[str, Distinction]) -> tuple[Distinction, ...]:
    return tuple(sorted(found.values(), key=lambda distinction: (len(distinction.trace), distinction.trace)))


class _Product:
    """Two behaviours side by side, along the traces that both allow."""

    def __init__(self, before: Determined, after: Determined) -> None:
        self.before, self.after = before, after
        self._parents: dict[Pair, tuple[Pair, str] | None] = {}

    def pairs(self) -> Iterator[Pair]:
        """Yield all pairs of states after a common trace, breadth first."""
        start = (self.before.start, self.after.start)
        self._parents[start] = None
        frontier = [start]
        for pair in frontier:  # grows while it is read: a queue
            yield pair
            before, after = self.before.steps(pair[0]), self.after.steps(pair[1])
            for call in (call for call in before if call in after):
                following = (before[call], after[call])
                if following not in self._parents:
                    self._parents[following] = (pair, call)
                    frontier.append(following)

    def trace(self, pair: Pair) -> tuple[str, ...]:
        """Return the calls that lead to a pair."""
        calls: list[str] = []
        parent = self._parents[pair]
        while parent is not None:
            pair, call = parent
            calls.append(call)
            parent = self._parents[pair]
        return tuple(reversed(calls))

    def is_finished(self, pair: Pair) -> bool:
        return self.before.is_finished(pair[0]) and self.after.is_finished(pair[1])

    def only_before(self, pair: Pair) -> list[str]:
        """Return what only the earlier one allows; nothing, where not all that the later one allows is known."""
        if not self.after.is_finished(pair[1]):
            return []
        return [call for call in self.before.steps(pair[0]) if call not in self.after.steps(pair[1])]

    def only_after(self, pair: Pair) -> list[str]:
        if not self.before.is_finished(pair[0]):
            return []
        return [call for call in self.after.steps(pair[1]) if call not in self.before.steps(pair[0])]
