"""Monotone weighted threshold trees: the one form in which every quorum rule is expressed.

A *leaf* names a node and is satisfied by the sets that contain it. A *threshold* is satisfied by the sets that satisfy
parts of it whose weights add up to at least ``need``. Majorities, weights, groups of groups, ``a & b`` and ``a | b``
are all thresholds, so analyses have only two cases. Trees are immutable and hashable, and compare by their structure;
``origin``, the place where a part was written, makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from assay.checker.errors import InputError, Location

__all__ = [
    "ALWAYS",
    "DEEPEST",
    "NEVER",
    "Node",
    "Threshold",
    "Tree",
    "TreeError",
    "all_of",
    "any_of",
    "choose",
    "dual",
    "is_read_once",
    "leaves",
    "majority",
    "names",
    "satisfied",
    "substitute",
    "subtrees",
    "weighted",
]

DEEPEST = 100
"""The most levels of a tree, so that functions over trees may recurse."""


class TreeError(InputError):
    """A tree that is refused: a negative weight, no parts, or a threshold beyond what its parts can reach."""


def _require_integer(number: object, origin: Location | None) -> None:
    if not isinstance(number, int) or isinstance(number, bool):
        raise TreeError(f"a weight or threshold must be an integer, and this is {number!r}", location=origin)


def _brief(part: Tree) -> str:
    return repr(part.name) if isinstance(part, Node) else "a group"


def _written(tree: Threshold) -> str:
    weights = {weight for weight, _ in tree.parts}
    inner = ", ".join(str(part) if weights <= {1} else f"{part}={weight}" for weight, part in tree.parts)
    return f"{tree.need} of ({inner})"


class _Algebra:
    """``a & b`` and ``a | b``, in the notation of the literature on quorum systems."""

    __slots__ = ()

    def __and__(self, other: Tree) -> Threshold:
        return all_of([cast("Tree", self), other])

    def __or__(self, other: Tree) -> Threshold:
        return any_of([cast("Tree", self), other])


@dataclass(frozen=True, slots=True)
class Node(_Algebra):
    """A leaf: satisfied by every set that contains the node of this name."""

    name: str
    origin: Location | None = field(default=None, compare=False, repr=False)

    @property
    def depth(self) -> int:
        """The number of levels: 1."""
        return 1

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Threshold(_Algebra):
    """Parts with weights: satisfied by every set that satisfies parts of weight at least ``need``.

    Any monotone threshold is accepted: a ``need`` of zero is always met, one above the total never. `choose`,
    `majority` and `weighted` are the strict constructors.

    Parameters
    ----------
    need : int
        The weight that must be reached, without bounds.
    parts : tuple of (int, Tree)
        Weight (not negative) and part. A part, or a node, may occur more than once.
    origin : Location, optional
        Where it was written.

    Raises
    ------
    TreeError
        For a negative weight, a number that is not an integer, or more than `DEEPEST` levels.
    """

    need: int
    parts: tuple[tuple[int, Tree], ...]
    origin: Location | None = field(default=None, compare=False, repr=False)
    depth: int = field(init=False, compare=False, repr=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        _require_integer(self.need, self.origin)
        for weight, part in self.parts:
            _require_integer(weight, part.origin or self.origin)
            if weight < 0:
                where = part.origin or self.origin
                raise TreeError(f"negative weight {weight} of {_brief(part)}", location=where)
        depth = 1 + max((part.depth for _, part in self.parts), default=0)
        if depth > DEEPEST:
            raise TreeError(f"nested more than {DEEPEST} levels deep", location=self.origin)
        # Computed once, since both take the whole tree, and dictionaries of trees need hashes all the time.
        object.__setattr__(self, "depth", depth)
        object.__setattr__(self, "_hash", hash((self.need, self.parts)))

    def __hash__(self) -> int:
        return self._hash

    @property
    def total(self) -> int:
        """The weight of all parts together."""
        return sum(weight for weight, _ in self.parts)

    def __str__(self) -> str:
        return _written(self)


Tree: TypeAlias = Node | Threshold

ALWAYS = Threshold(0, ())
"""The tree that every set satisfies, also the empty one."""

NEVER = Threshold(1, ())
"""The tree that no set satisfies."""


def choose(need: int, parts: Iterable[Tree | str], *, origin: Location | None = None) -> Threshold:
    """Return the tree *any ``need`` of these parts*.

    Raises
    ------
    TreeError
        If there are no parts, or ``need`` is not between 1 and their number.
    """
    return weighted(need, ((1, part) for part in parts), origin=origin)


def majority(parts: Iterable[Tree | str], *, origin: Location | None = None) -> Threshold:
    """Return the tree *more than half of these parts*: the least threshold whose quorums intersect."""
    listed = tuple(parts)
    return choose(len(listed) // 2 + 1, listed, origin=origin)


def weighted(
    need: int,
    parts: Mapping[str, int] | Iterable[tuple[int, Tree | str]],
    *,
    origin: Location | None = None,
) -> Threshold:
    """Return the tree *parts of weight at least ``need``*.

    Parameters
    ----------
    need : int
        From 1 to the total weight.
    parts : mapping of node name to weight, or iterable of (weight, part)

    Raises
    ------
    TreeError
        If there are no parts, ``need`` is out of range, or a weight is negative.
    """
    pairs = [(w, n) for n, w in parts.items()] if isinstance(parts, Mapping) else parts
    tree = Threshold(need, tuple((w, Node(p) if isinstance(p, str) else p) for w, p in pairs), origin)
    if not tree.parts:
        raise TreeError("a threshold without any parts", location=origin)
    if not 1 <= need <= tree.total:
        raise TreeError(f"threshold {need} is not between 1 and the total, {tree.total}", location=origin)
    return tree


def all_of(parts: Iterable[Tree | str], *, origin: Location | None = None) -> Threshold:
    """Return the tree *every one of these parts*."""
    listed = tuple(parts)
    return choose(len(listed), listed, origin=origin)


def any_of(parts: Iterable[Tree | str], *, origin: Location | None = None) -> Threshold:
    """Return the tree *at least one of these parts*."""
    return choose(1, parts, origin=origin)


def dual(tree: Tree) -> Tree:
    """Return the dual: satisfied by exactly the sets that intersect every quorum of ``tree``.

    A set satisfies the dual if and only if its complement does not satisfy ``tree``. The dual of the dual is the tree
    itself. Linear in the size of the tree.
    """
    if isinstance(tree, Node):
        return tree
    # A set intersects every quorum if the rest cannot reach the need: if it has more than total - need.
    parts = tuple((weight, dual(part)) for weight, part in tree.parts)
    return Threshold(tree.total - tree.need + 1, parts, tree.origin)


def satisfied(tree: Tree, nodes: Set[str]) -> bool:
    """Tell whether this set of node names satisfies the tree; linear in the size of the tree."""
    if isinstance(tree, Node):
        return tree.name in nodes
    return sum(weight for weight, part in tree.parts if satisfied(part, nodes)) >= tree.need


def subtrees(tree: Tree) -> Iterator[Tree]:
    """Yield the tree and all of its subtrees, parents first, each as often as it occurs."""
    pending: list[Tree] = [tree]
    while pending:
        current = pending.pop()
        yield current
        if isinstance(current, Threshold):
            pending.extend(part for _, part in reversed(current.parts))


def leaves(tree: Tree) -> Iterator[Node]:
    """Yield the leaves from left to right, each as often as it occurs."""
    return (part for part in subtrees(tree) if isinstance(part, Node))


def names(tree: Tree) -> tuple[str, ...]:
    """Return the names of the nodes in the tree, each once, from left to right."""
    return tuple(dict.fromkeys(leaf.name for leaf in leaves(tree)))


def is_read_once(tree: Tree) -> bool:
    """Tell whether no node occurs twice in the tree."""
    seen = [leaf.name for leaf in leaves(tree)]
    return len(set(seen)) == len(seen)


def substitute(tree: Tree, replacements: Mapping[str, Tree]) -> Tree:
    """Return the tree with the named leaves replaced; the same object where nothing changes."""
    if isinstance(tree, Node):
        return replacements.get(tree.name, tree)
    parts = tuple((weight, substitute(part, replacements)) for weight, part in tree.parts)
    if all(new is old for (_, new), (_, old) in zip(parts, tree.parts, strict=True)):
        return tree
    return Threshold(tree.need, parts, tree.origin)
