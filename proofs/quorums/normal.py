"""The normal form of a tree: the same quorums, with no weight, part or level that makes no difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import gcd

from assay.proofs.quorums.trees import ALWAYS, NEVER, Node, Threshold, Tree

__all__ = ["canonical", "simplify"]

Parts = list[tuple[int, Tree]]


def simplify(tree: Tree) -> Tree:
    """Return an equivalent tree in normal form; linear in the size of the tree.

    Weights are clamped to the threshold and divided by their common divisor, parts that are always or never satisfied
    are removed, equal parts are merged, and nested conjunctions and disjunctions are flattened. So a threshold of
    9007199254740991 over three nodes, which real data uses for *never*, becomes `NEVER`.
    """
    if isinstance(tree, Node):
        return tree
    need, parts = _without_constants(tree.need, ((weight, simplify(part)) for weight, part in tree.parts))
    if need <= 0:
        return ALWAYS
    need, parts = _reduced(need, _merged(parts))
    if sum(weight for weight, _ in parts) < need:
        return NEVER
    if len(parts) == 1:
        return parts[0][1]
    return _flat(Threshold(need, tuple(parts), tree.origin))


def canonical(tree: Tree) -> Tree:
    """Return the normal form with parts in a fixed order, so that trees that differ only in order become equal."""
    return _ordered(simplify(tree))


def _without_constants(need: int, parts: Iterable[tuple[int, Tree]]) -> tuple[int, Parts]:
    kept: Parts = []
    for weight, part in parts:
        if part == ALWAYS:
            need -= weight
        elif weight and part != NEVER:
            kept.append((weight, part))
    return need, kept


def _merged(parts: Parts) -> Parts:
    weights: dict[Tree, int] = {}
    for weight, part in parts:
        weights[part] = weights.get(part, 0) + weight
    return [(weight, part) for part, weight in weights.items()]


def _reduced(need: int, parts: Parts) -> tuple[int, Parts]:
    # A weight beyond the need is worth no more than the need. Sums are multiples of the common divisor, so they reach
    # the need when they reach the next multiple of it: the need is rounded up.
    clamped = [(min(weight, need), part) for weight, part in parts]
    divisor = gcd(*(weight for weight, _ in clamped)) or 1
    return -(-need // divisor), [(weight // divisor, part) for weight, part in clamped]


def _flat(tree: Threshold) -> Threshold:
    """Lift the parts of a conjunction within a conjunction, or of a disjunction within one; all get weight 1."""
    for is_kind in (_is_conjunction, _is_disjunction):
        if is_kind(tree):
            spread = _merged([pair for weight, part in tree.parts for pair in _spread(weight, part, is_kind)])
            pieces = tuple((1, part) for _, part in spread)
            return Threshold(len(pieces) if is_kind is _is_conjunction else 1, pieces, tree.origin)
    return tree


def _spread(weight: int, part: Tree, is_kind: Callable[[Threshold], bool]) -> tuple[tuple[int, Tree], ...]:
    if isinstance(part, Threshold) and is_kind(part):
        return part.parts
    return ((weight, part),)


def _is_conjunction(tree: Threshold) -> bool:
    return tree.need == tree.total


def _is_disjunction(tree: Threshold) -> bool:
    return all(weight >= tree.need for weight, _ in tree.parts)


def _ordered(tree: Tree) -> Tree:
    if isinstance(tree, Node):
        return tree
    parts = sorted(((weight, _ordered(part)) for weight, part in tree.parts), key=_order)
    return Threshold(tree.need, tuple(parts), tree.origin)


def _order(pair: tuple[int, Tree]) -> tuple[int, int, str]:
    weight, part = pair
    return part.depth, weight, str(part)
