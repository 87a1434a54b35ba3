"""Changes between counted quorums: any ``k`` of the members, with its own ``k`` for each class.

By symmetry a state of the search is only how many members have joined and left, and the sizes. A step adds or removes
at most one member and may change the sizes; the least that two quorums have in common has a closed form.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product

from assay.proofs.quorums.analyses.change.steps import SearchResult, Step, path_to
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.systems import Federation, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree, choose

__all__ = ["Counted", "counted", "steps_between"]

MOST_STATES = 20_000
"""The most states to visit, which takes a few seconds; beyond, the search gives up without a sequence."""

MOST_SIZES = 2_500
"""The most combinations of sizes, each of which is tried from every state: enough for 50 members and two classes."""


@dataclass(frozen=True)
class Counted:
    """Members, and for each class how many of them are a quorum."""

    members: tuple[str, ...]
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class _State:
    joined: int
    left: int
    sizes: tuple[int, ...]


def counted(system: QuorumSystem) -> Counted | None:
    """Return the members and sizes of the system; None if its quorums are not counted, or not all members are alike.

    Obligations must be plain.
    """
    if not all(obligation.is_plain for obligation in system.obligations):
        return None
    read = [_count(kind) for kind in system.classes.values() if not isinstance(kind, Federation)]
    found = [one for one in read if one is not None]
    if not found or len(found) < len(system.classes) or len({frozenset(nodes) for _, nodes in found}) > 1:
        return None
    return Counted(found[0][1], tuple(size for size, _ in found))


def _count(tree: Tree) -> tuple[int, tuple[str, ...]] | None:
    if isinstance(tree, Node):
        return 1, (tree.name,)
    members = tuple(part.name for weight, part in tree.parts if isinstance(part, Node) and weight == 1)
    alike = len(set(members)) == len(tree.parts) and 1 <= tree.need <= len(members)
    return (tree.need, members) if alike else None


def steps_between(old: QuorumSystem, new: QuorumSystem, deadline: Deadline) -> SearchResult | None:
    """Return a shortest sequence of safe steps between two counted systems; None if either is not counted.

    Both must say the same about which classes must meet, and in how many nodes.
    """
    before, after = counted(old), counted(new)
    if before is None or after is None or list(old.classes) != list(new.classes) or not old.demands_as_much_as(new):
        return None
    return _Search(old, new, before, after, deadline).run()


class _Search:
    """The breadth-first search over the numbers of members that joined and left, and the sizes of quorums."""

    def __init__(
        self, old: QuorumSystem, new: QuorumSystem, before: Counted, after: Counted, deadline: Deadline
    ) -> None:
        self.new, self.deadline = new, deadline
        self.before = before.members
        self.leaving = tuple(node for node in before.members if node not in set(after.members))
        self.joining = tuple(node for node in after.members if node not in set(before.members))
        self.staying = len(before.members) - len(self.leaving)
        self.start = _State(0, 0, before.sizes)
        self.goal = _State(len(self.joining), len(self.leaving), after.sizes)
        places = {name: place for place, name in enumerate(old.classes)}
        self.obligations = [
            (places[obligation.classes[0]], places[obligation.classes[1]], obligation.need)
            for obligation in new.obligations
        ]

    def run(self) -> SearchResult:
        """Return a shortest sequence; none if there is none, or the limits were reached."""
        largest = len(self.before) + len(self.joining)
        if largest ** len(self.start.sizes) > MOST_SIZES:
            return SearchResult()
        came_from: dict[_State, _State | None] = {self.start: None}
        queue = deque([self.start])
        while queue and self.goal not in came_from:
            state = queue.popleft()
            for following in self._following(state):
                if following in came_from:
                    continue
                if self._meet(following, following) and self._meet(state, following):
                    came_from[following] = state
                    queue.append(following)
            if self.deadline.passed or len(came_from) > MOST_STATES:
                return SearchResult(tried=len(came_from))
        if self.goal not in came_from:
            return SearchResult(is_exhaustive=True, tried=len(came_from))
        steps = tuple(self._step(a, b) for a, b in pairwise(path_to(self.goal, came_from)))
        return SearchResult(steps, is_exhaustive=True, tried=len(came_from))

    def _size(self, state: _State) -> int:
        return self.staying + state.joined + len(self.leaving) - state.left

    def _following(self, state: _State) -> Iterator[_State]:
        """Yield the states with at most one member more or less, sizes closest to the goal first."""
        for joined, left in (
            (state.joined + 1, state.left),
            (state.joined, state.left + 1),
            (state.joined, state.left),
        ):
            count = self.staying + joined + len(self.leaving) - left
            if joined > len(self.joining) or left > len(self.leaving) or not count:
                continue
            for sizes in sorted(product(range(1, count + 1), repeat=len(state.sizes)), key=self._distance):
                if (joined, left, sizes) != (state.joined, state.left, state.sizes):
                    yield _State(joined, left, sizes)

    def _distance(self, sizes: tuple[int, ...]) -> int:
        return sum(abs(size - wanted) for size, wanted in zip(sizes, self.goal.sizes, strict=True))

    def _meet(self, old: _State, new: _State) -> bool:
        """Tell whether quorums of two states, one of each, always have enough in common."""
        # In the worst case each side uses the members that only it has first, and common ones only for the rest. What
        # both sides together then take of the common ones, beyond their number, they share.
        common = self.staying + min(old.joined, new.joined) + len(self.leaving) - max(old.left, new.left)
        own_old, own_new = self._size(old) - common, self._size(new) - common
        for i, j, need in self.obligations:
            for one, other in {(i, j), (j, i)}:
                shared = max(0, old.sizes[one] - own_old) + max(0, new.sizes[other] - own_new) - common
                if max(0, shared) < need:
                    return False
        return True

    def _step(self, old: _State, new: _State) -> Step:
        members = [node for node in self.before if node not in self.leaving[: new.left]]
        members += self.joining[: new.joined]
        sizes = dict(zip(self.new.classes, new.sizes, strict=True))
        classes = {name: choose(size, members) for name, size in sizes.items()}
        words = ", ".join(f"{name} {size} of {len(members)}" for name, size in sizes.items())
        joining, leaving = self.joining[old.joined : new.joined], self.leaving[old.left : new.left]
        changes = [f"add {node}" for node in joining] + [f"remove {node}" for node in leaving]
        if old.sizes != new.sizes:
            changes.append("ask for " + ", ".join(f"{size} for {name}" for name, size in sizes.items()))
        system = replace(
            self.new, name=words, nodes=tuple(members), classes=classes, labels={}, services={}, absent=frozenset()
        )
        return Step(system, joining, leaving, tuple(changes))
