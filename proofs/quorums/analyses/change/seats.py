"""Take majorities of weights, and of groups of weights, apart into the seats of their members, and build them again."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assay.proofs.quorums.analyses.change.steps import Parts
from assay.proofs.quorums.systems import Federation, QuorumSystem
from assay.proofs.quorums.trees import Node, Threshold, Tree, names

__all__ = ["Seat", "between", "describe", "has_every_weight", "seats_of_both", "system_of"]

MOST_WEIGHTS = 8
"""The most weights between the old and the new one that are tried for a member; each multiplies the states."""


@dataclass(frozen=True)
class Seat:
    """The groups that a member is in, outermost first, and its weight there.

    A member whose weight counts but that never votes, such as a ZooKeeper observer with a weight, has a seat as well.
    """

    groups: tuple[int, ...]
    weight: int
    votes: bool = True


def seats_of_both(old: QuorumSystem, new: QuorumSystem) -> tuple[dict[str, Seat], dict[str, Seat]] | None:
    """Return the seats of two systems, with corresponding groups numbered alike.

    None unless each system has a single class that asks for more than half of the weight at every level, where every
    group has weight 1, and both demand the same of it. Groups correspond if they have the most members in common.
    """
    # Whatever lies between the two is built with the obligations of the new one, so the old one must have the same.
    if len(old.classes) != 1 or len(new.classes) != 1 or not old.demands_as_much_as(new):
        return None
    (before,), (after,) = old.classes.values(), new.classes.values()
    if isinstance(before, Federation) or isinstance(after, Federation):
        return None
    seats = _seats(before, after, ()), _seats(after, before, (), is_new=True)
    if seats[0] is None or seats[1] is None:
        return None
    return _with_votes(seats[0], old), _with_votes(seats[1], new)


def _with_votes(seats: dict[str, Seat], system: QuorumSystem) -> dict[str, Seat]:
    return {name: replace(seat, votes=name not in system.absent) for name, seat in seats.items()}


def system_of(parts: Parts, model: QuorumSystem) -> QuorumSystem | None:
    """Return the system of these seats, named and obliged like the model; None if no member votes."""
    seats = {name: seat for name, seat in parts.items() if isinstance(seat, Seat)}
    tree = _tree(seats, 0)
    if tree is None:
        return None
    (kind,) = model.classes
    nodes = tuple(name for name, seat in seats.items() if seat.votes)
    absent = frozenset(seats) - set(nodes)
    return replace(
        model,
        name=f"majority of {len(nodes)}",
        nodes=nodes,
        classes={kind: tree},
        absent=absent,
        labels={},
        services={},
    )


def between(old: Hashable, new: Hashable) -> Sequence[Hashable]:
    """Return seats with the weights between those of two seats; a member without a seat weighs nothing.

    Every weight if there are at most `MOST_WEIGHTS`, otherwise about as many at equal distances. Empty if the seats
    differ in more than their weight.
    """
    if isinstance(old, Seat) and isinstance(new, Seat) and replace(old, weight=new.weight) != new:
        return ()
    seat = old if isinstance(old, Seat) else new
    if not isinstance(seat, Seat):
        return ()
    start = old.weight if isinstance(old, Seat) else 0
    end = new.weight if isinstance(new, Seat) else 0
    weights = range(start + 1, end) if start < end else range(start - 1, end, -1)
    stride = -(-len(weights) // MOST_WEIGHTS) or 1
    return [replace(seat, weight=weight) for weight in weights[::stride]]


def has_every_weight(old: Mapping[str, Seat], new: Mapping[str, Seat]) -> bool:
    """Tell whether `between` leaves out no weight for any member."""
    none = Seat((), 0)
    return all(abs(old.get(n, none).weight - new.get(n, none).weight) <= MOST_WEIGHTS + 1 for n in {*old, *new})


def describe(name: str, old: Hashable, new: Hashable) -> str:
    """Return the change of one member's seat in words."""
    if isinstance(old, Seat) and isinstance(new, Seat):
        if old.groups != new.groups:
            return f"move {name} to another group"
        if old.votes != new.votes:
            return f"let {name} vote" if new.votes else f"take the vote of {name} away"
        return f"change the weight of {name} from {old.weight} to {new.weight}"
    if isinstance(new, Seat):
        return f"add {name}" + (f" with weight {new.weight}" if new.weight != 1 else "")
    return f"remove {name}"


def _seats(tree: Tree, other: Tree, path: tuple[int, ...], *, is_new: bool = False) -> dict[str, Seat] | None:
    """Return the seats below a group, of which ``other`` is the counterpart; None if it is not a majority."""
    if isinstance(tree, Node):
        return {tree.name: Seat(path, 1)}
    if tree.need != tree.total // 2 + 1:
        return None
    found: dict[str, Seat] = {}
    for number, weight, part, partner in _numbered(tree, other, is_new=is_new):
        if isinstance(part, Node):
            inner: dict[str, Seat] | None = {part.name: Seat(path, weight)}
        else:
            inner = _seats(part, partner, (*path, number), is_new=is_new) if weight == 1 else None
        if inner is None or found.keys() & inner.keys():
            return None
        found.update(inner)
    return found


def _numbered(tree: Threshold, other: Tree, *, is_new: bool) -> Iterator[tuple[int, int, Tree, Tree]]:
    """Yield the parts with the number that their group has in the old system, or a number beyond those."""
    mine = [(weight, part) for weight, part in tree.parts]
    theirs = [part for _, part in other.parts if isinstance(part, Threshold)] if isinstance(other, Threshold) else []
    groups = [part for _, part in mine if isinstance(part, Threshold)]
    pairs = _paired(theirs, groups) if is_new else {old: new for new, old in _paired(groups, theirs).items()}
    place = 0
    for weight, part in mine:
        if isinstance(part, Node):
            yield 0, weight, part, part
            continue
        partner = pairs.get(place)
        old_number = place if not is_new else partner
        number = old_number if old_number is not None else len(theirs) + place
        yield number, weight, part, part if partner is None else theirs[partner]
        place += 1


def _paired(old: Sequence[Tree], new: Sequence[Tree]) -> dict[int, int]:
    """Return for each new group the old one with which it shares the most members; greedy, each old one once."""
    shared = [(len(set(names(a)) & set(names(b))), i, j) for i, a in enumerate(old) for j, b in enumerate(new)]
    pairs: dict[int, int] = {}
    for common, i, j in sorted(shared, key=lambda one: (-one[0], one[1], one[2])):
        if common and j not in pairs and i not in pairs.values():
            pairs[j] = i
    return pairs


def _tree(seats: dict[str, Seat], level: int) -> Tree | None:
    """Return the majority of the members and groups at this level; None if they weigh nothing."""
    parts: list[tuple[int, Tree]] = []
    groups: dict[int, dict[str, Seat]] = {}
    for name, seat in seats.items():
        if len(seat.groups) == level:
            parts.append((seat.weight, Node(name)))
        else:
            groups.setdefault(seat.groups[level], {})[name] = seat
    for members in groups.values():
        if (group := _tree(members, level + 1)) is not None:
            parts.append((1, group))
    total = sum(weight for weight, _ in parts)
    return Threshold(total // 2 + 1, tuple(parts)) if total else None
