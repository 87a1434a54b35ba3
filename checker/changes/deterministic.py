"""Determinise behaviours by subset construction, minimise them, and fingerprint a canonical form.

A call usually has one outcome, so a behaviour is deterministic except for its initial states and for choices inside an
action. On deterministic systems trace equivalence and bisimilarity coincide (van Glabbeek, *The Linear Time -
Branching Time Spectrum*, 1990), so two behaviours have the same fingerprint exactly if they have the same traces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from assay.checker.changes.behaviour import ELSEWHERE, Behaviour
from assay.checker.changes.labels import Label

__all__ = ["Determined", "fingerprint"]

Subset = frozenset[int]


class Determined:
    """A behaviour, determinised: its states are the sets of states reachable by a trace.

    Parameters
    ----------
    behaviour : Behaviour
        The behaviour to determinise.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._steps: dict[Subset, dict[Label, Subset]] = {}
        labels = {label for steps in behaviour.steps for label, _ in steps}
        # The order must not depend on the version, or equal behaviours would get different fingerprints.
        ordered = sorted(labels, key=lambda label: (label.action, label.arguments, label.sentence))
        self._order = {label: number for number, label in enumerate(ordered)}

    @property
    def start(self) -> Subset:
        """The initial state."""
        return self.behaviour.starts

    def steps(self, subset: Subset) -> Mapping[Label, Subset]:
        """Return the outgoing labels, sorted, with their successors."""
        if subset not in self._steps:
            after: dict[Label, set[int]] = {}
            for state in subset - {ELSEWHERE}:
                for label, targets in self.behaviour.steps[state]:
                    after.setdefault(label, set()).update(targets)
            if not self.is_finished(subset):
                for reached in after.values():
                    reached.add(ELSEWHERE)
            self._steps[subset] = {
                label: frozenset(after[label]) for label in sorted(after, key=self._order.__getitem__)
            }
        return self._steps[subset]

    def is_finished(self, subset: Subset) -> bool:
        """Whether all outgoing steps are known."""
        return ELSEWHERE not in subset and self.behaviour.unfinished.isdisjoint(subset)

    def subsets(self) -> Iterator[Subset]:
        """Yield all reachable states, breadth first."""
        found, frontier = {self.start}, [self.start]
        while frontier:
            yield from frontier
            following = dict.fromkeys(after for subset in frontier for after in self.steps(subset).values())
            frontier = [subset for subset in following if subset not in found]
            found.update(frontier)


def fingerprint(behaviour: Behaviour) -> str:
    """Return a hash of a complete behaviour, equal for behaviours with equal traces.

    The minimal automaton, with its states numbered breadth first along the sorted labels, is an exact canonical form:
    two behaviours with the same hash differ only if SHA-256 collides.

    Raises
    ------
    ValueError
        If the behaviour is incomplete: the missing part might differ.

    Notes
    -----
    Moore's partition refinement, *Gedanken-experiments on sequential machines* (1956): O(n m) for n states and m
    steps, where the number of rounds, at most n, is about the depth in practice.
    """
    if not behaviour.is_complete:
        raise ValueError("a behaviour that was cut off has no fingerprint")
    determined = Determined(behaviour)
    classes = _classes(determined)
    return hashlib.sha256("\n".join(_canonical(determined, classes)).encode()).hexdigest()


def _classes(determined: Determined) -> Mapping[Subset, int]:
    """Return the number of each state's equivalence class."""
    subsets = list(determined.subsets())
    classes = dict.fromkeys(subsets, 0)
    count = 1
    while True:
        signatures: dict[object, int] = {}
        refined: dict[Subset, int] = {}
        for subset in subsets:
            seen = (classes[subset], tuple((label, classes[to]) for label, to in determined.steps(subset).items()))
            refined[subset] = signatures.setdefault(seen, len(signatures))
        # Each round only splits classes, so an unchanged number of them means an unchanged partition.
        if len(signatures) == count:
            return classes
        classes, count = refined, len(signatures)


def _canonical(determined: Determined, classes: Mapping[Subset, int]) -> Iterator[str]:
    numbers = {classes[determined.start]: 0}
    frontier = [determined.start]
    for subset in frontier:  # a queue: it grows during the iteration
        for label, after in determined.steps(subset).items():
            if classes[after] not in numbers:
                numbers[classes[after]] = len(numbers)
                frontier.append(after)
            # Not the words of the label, in which one argument with a comma may look like two.
            words = (label.action, label.arguments, label.sentence)
            yield f"{numbers[classes[subset]]} {words!r} {numbers[classes[after]]}"
