"""Behaviours as deterministic automata: by subset construction, up to equivalence, and in a canonical form.

A call usually has one outcome, so a behaviour is deterministic but for its initial states and for what an action
chooses inside. On deterministic systems trace equivalence and bisimilarity are the same (van Glabbeek, *The Linear
Time - Branching Time Spectrum*, 1990); so two behaviours have one fingerprint exactly if they have the same traces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from assay.checker.changes.behaviour import ELSEWHERE, Behaviour
from assay.checker.changes.labels import Label

__all__ = ["Determined", "fingerprint"]

Subset = frozenset[int]


class Determined:
    """A behaviour whose states are the sets of states in which it may be after a trace.

    Parameters
    ----------
    behaviour : Behaviour
        What to determine.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._steps: dict[Subset, dict[Label, Subset]] = {}
        labels = {label for steps in behaviour.steps for label, _ in steps}
        # Every version must come to the same order, or equal behaviours had fingerprints that differ.
        ordered = sorted(labels, key=lambda label: (str(label), label.action, label.arguments))
        self._order = {label: number for number, label in enumerate(ordered)}

    @property
    def start(self) -> Subset:
        """Where every trace begins."""
        return self.behaviour.starts

    def steps(self, subset: Subset) -> Mapping[Label, Subset]:
        """Return what may happen next, sorted by its words, and where that leads."""
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
        """Whether all that may happen next is known."""
        return ELSEWHERE not in subset and self.behaviour.unfinished.isdisjoint(subset)

    def subsets(self) -> Iterator[Subset]:
        """Yield all of its states, breadth first."""
        found, frontier = {self.start}, [self.start]
        while frontier:
            yield from frontier
            following = dict.fromkeys(after for subset in frontier for after in self.steps(subset).values())
            frontier = [subset for subset in following if subset not in found]
            found.update(frontier)


def fingerprint(behaviour: Behaviour) -> str:
    """Return a hash of a complete behaviour that is the same for all with the same traces.

    Its minimal automaton, numbered breadth first along the sorted labels, is hashed: an exact canonical form, so two
    behaviours with one hash differ only if SHA-256 collides.

    Raises
    ------
    ValueError
        If the behaviour is not complete: what is missing might differ.

    Notes
    -----
    Moore's partition refinement, *Gedanken-experiments on sequential machines* (1956): O(n m) for n states and m
    steps, where the number of rounds, at most n, is in practice that of the depth.
    """
    if not behaviour.is_complete:
        raise ValueError("a behaviour that was cut off has no fingerprint")
    determined = Determined(behaviour)
    classes = _classes(determined)
    return hashlib.sha256("\n".join(_canonical(determined, classes)).encode()).hexdigest()


def _classes(determined: Determined) -> Mapping[Subset, int]:
    """Return for each state the number of its class of equivalence."""
    subsets = list(determined.subsets())
    classes = dict.fromkeys(subsets, 0)
    count = 1
    while True:
        signatures: dict[object, int] = {}
        refined: dict[Subset, int] = {}
        for subset in subsets:
            seen = (classes[subset], tuple((label, classes[to]) for label, to in determined.steps(subset).items()))
            refined[subset] = signatures.setdefault(seen, len(signatures))
        if len(signatures) == count:
            return classes
        classes, count = refined, len(signatures)


def _canonical(determined: Determined, classes: Mapping[Subset, int]) -> Iterator[str]:
    numbers = {classes[determined.start]: 0}
    frontier = [determined.start]
    for subset in frontier:  # grows while it is read: a queue
        for label, after in determined.steps(subset).items():
            if classes[after] not in numbers:
                numbers[classes[after]] = len(numbers)
                frontier.append(after)
            yield f"{numbers[classes[subset]]} {label} {numbers[classes[after]]}"
