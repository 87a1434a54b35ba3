"""Changes between majorities of voters: by symmetry, only the numbers of those that joined and left matter."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from assay.proofs.quorums.analyses.change.steps import SearchResult, Step, path_to
from assay.proofs.quorums.normal import simplify
from assay.proofs.quorums.systems import Federation, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree, majority

__all__ = ["majority_steps"]

MOST_STATES = 2_500
"""The most pairs of numbers; a step may lead from any to any other, so the time grows as the square."""


def majority_steps(old: QuorumSystem, new: QuorumSystem, *, single: bool) -> SearchResult | None:
    """Return a shortest sequence of safe steps between two majorities; None if either is not a plain majority.

    If ``single``, a step adds or removes one voter; otherwise any number of them.
    """
    before, after = _voters(old), _voters(new)
    if before is None or after is None:
        return None
    leaving = tuple(node for node in before if node not in set(after))
    joining = tuple(node for node in after if node not in set(before))
    if (len(joining) + 1) * (len(leaving) + 1) > MOST_STATES:
        return SearchResult()
    most = 1 if single else len(before) + len(after)
    path = _shortest(len(before) - len(leaving), len(joining), len(leaving), most)
    steps = []
    for (joined, left), (joined_next, left_next) in pairwise(path):
        voters = [node for node in before if node not in leaving[:left_next]]
        voters += joining[:joined_next]
        added, removed = joining[joined:joined_next], leaving[left:left_next]
        changes = [f"add {', '.join(added)}"] if added else []
        changes += [f"remove {', '.join(removed)}"] if removed else []
        steps.append(Step(_system_of(new, tuple(voters)), added, removed, tuple(changes)))
    return SearchResult(tuple(steps), is_exhaustive=True, tried=(len(joining) + 1) * (len(leaving) + 1))


def _voters(system: QuorumSystem) -> tuple[str, ...] | None:
    """Return the voters, if the only class is a plain majority of them, any two of which must meet in one node."""
    is_met_in_one = all(obligation.is_plain and obligation.need == 1 for obligation in system.obligations)
    if len(system.classes) != 1 or not is_met_in_one:
        return None
    (kind,) = system.classes.values()
    return None if isinstance(kind, Federation) else _majority_of(kind)


def _majority_of(tree: Tree) -> tuple[str, ...] | None:
    if isinstance(tree, Node):
        return (tree.name,)
    voters = tuple(part.name for _, part in tree.parts if isinstance(part, Node))
    if not voters or len(voters) < len(tree.parts):
        return None
    return voters if simplify(majority(voters)) == tree else None


def _system_of(model: QuorumSystem, voters: tuple[str, ...]) -> QuorumSystem:
    (name,) = model.classes
    kind = simplify(majority(voters))
    return replace(model, name=f"majority of {len(voters)}", nodes=voters, classes={name: kind}, labels={}, services={})


def _shortest(staying: int, joining: int, leaving: int, most: int) -> list[tuple[int, int]]:
    """Return a shortest path of safe steps over pairs (number joined, number left); empty if there is none.

    No step changes more than ``most`` voters.
    """
    goal = (joining, leaving)
    came_from: dict[tuple[int, int], tuple[int, int] | None] = {(0, 0): None}
    queue = deque([(0, 0)])
    while queue:
        state = queue.popleft()
        if state == goal:
            break
        for following in _targets(state, joining, leaving):
            few = sum(following) - sum(state) <= most
            if few and following not in came_from and _meet(staying, leaving, state, following):
                came_from[following] = state
                queue.append(following)
    return path_to(goal, came_from)


def _targets(state: tuple[int, int], joining: int, leaving: int) -> Iterator[tuple[int, int]]:
    joined, left = state
    for more in range(joining - joined, -1, -1):
        for fewer in range(leaving - left, -1, -1):
            if more or fewer:
                yield joined + more, left + fewer


def _meet(staying: int, leaving: int, old: tuple[int, int], new: tuple[int, int]) -> bool:
    """Tell whether every majority of the old voters meets every majority of the new ones."""
    # Each side takes its own voters first. Disjoint majorities exist if and only if what both still need of the common
    # voters is no more than there are. Only larger pairs follow (joined and left never shrink), hence `common`.
    common = staying + old[0] + leaving - new[1]
    old_size, new_size = staying + old[0] + leaving - old[1], staying + new[0] + leaving - new[1]
    if not new_size:
        return False
    wanted_by_old = max(0, old_size // 2 + 1 - (old_size - common))
    wanted_by_new = max(0, new_size // 2 + 1 - (new_size - common))
    return wanted_by_old + wanted_by_new > common
