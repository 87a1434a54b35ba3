"""Proofs that two trees cannot be satisfied by disjoint sets, from the leaves up.

Two leaves exclude each other if they are the same node, and two thresholds if a lemma about their parts says so. A tree
may also be compared as a whole with the parts of the other. Proofs are sound for all trees, even if nodes occur more
than once, but not complete: what is not proved stays open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.lemmas import DisjointnessLemma, holds_in_fractions, holds_in_integers
from assay.proofs.quorums.trees import DEEPEST, Node, Threshold, Tree, names

__all__ = ["DisjointnessProver"]


@dataclass
class DisjointnessProver:
    """Proves pairs of trees exclusive, and keeps the result for each pair and the lemmas that were used."""

    deadline: Deadline = field(default_factory=Deadline)
    lemmas: list[DisjointnessLemma] = field(default_factory=list)
    _known: dict[tuple[Tree, Tree], bool] = field(default_factory=dict)
    _names: dict[Tree, frozenset[str]] = field(default_factory=dict)

    def excludes(self, left: Tree, right: Tree) -> bool:
        """Tell whether it is proved that no two disjoint sets satisfy the two trees.

        Returns
        -------
        bool
            False means *not proved*. The lemmas of the proof are in ``lemmas``, each after those that it rests on.
        """
        if isinstance(left, Node) and isinstance(right, Node):
            return left.name == right.name
        if (known := self._known.get((left, right))) is not None:
            return known
        self._known[left, right] = proved = self._proves(left, right)
        return proved

    def _proves(self, left: Tree, right: Tree) -> bool:
        if _is_never(left) or _is_never(right):
            return self._learns(DisjointnessLemma(_whole(left), _whole(right), ()))
        if not self._of(left) & self._of(right):
            return False
        return any(self._by_parts(a, b) for a, b in _views(left, right))

    def _by_parts(self, left: Threshold, right: Threshold) -> bool:
        exclusive = tuple(
            (i, j) for i, j in self._sharing(left, right) if self.excludes(left.parts[i][1], right.parts[j][1])
        )
        if not exclusive:
            return False
        return self._learns(DisjointnessLemma(left, right, exclusive))

    def _learns(self, lemma: DisjointnessLemma) -> bool:
        if self.deadline.passed:
            return False
        # Fractions first: a lemma that holds for them holds for integers too, and takes only linear arithmetic.
        if holds_in_fractions(lemma, self.deadline.milliseconds(most=10_000)):
            self.lemmas.append(lemma)
            return True
        if holds_in_integers(lemma):
            self.lemmas.append(DisjointnessLemma(lemma.left, lemma.right, lemma.exclusive, integral=True))
            return True
        return False

    def _sharing(self, left: Threshold, right: Threshold) -> list[tuple[int, int]]:
        """Return the pairs of parts that name a common node; others cannot exclude each other."""
        holders: dict[str, list[int]] = {}
        for j, (_, part) in enumerate(right.parts):
            for name in self._of(part):
                holders.setdefault(name, []).append(j)
        return sorted(
            {(i, j) for i, (_, part) in enumerate(left.parts) for name in self._of(part) for j in holders.get(name, ())}
        )

    def _of(self, tree: Tree) -> frozenset[str]:
        if (known := self._names.get(tree)) is None:
            self._names[tree] = known = frozenset(names(tree))
        return known


def _views(left: Tree, right: Tree) -> list[tuple[Threshold, Threshold]]:
    """Return the pairs of thresholds to compare part by part: as they are, or either tree as a whole."""
    views = []
    if isinstance(left, Threshold) and isinstance(right, Threshold):
        views.append((left, right))
    if isinstance(right, Threshold) and left.depth < DEEPEST:
        views.append((_whole(left), right))
    if isinstance(left, Threshold) and right.depth < DEEPEST:
        views.append((left, _whole(right)))
    return views


def _whole(tree: Tree) -> Threshold:
    return tree if _is_never(tree) and isinstance(tree, Threshold) else Threshold(1, ((1, tree),))


def _is_never(tree: Tree) -> bool:
    return isinstance(tree, Threshold) and not tree.parts and tree.need > 0
