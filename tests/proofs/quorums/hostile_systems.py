"""Small systems that are made to be misread: odd names, weights of zero and of any size, thresholds out of reach."""

from __future__ import annotations

import random

from assay.proofs.quorums.systems import Federation, QuorumClass, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Threshold, Tree

NAMES = ("a", "b", "é", "\u202e x", "n@1", "a?", "", '"|(', "\ud800", "old a", "f")
HUGE = (0, 1, 2**31, 2**40, 2**64 + 3, 10**30)


def tree(drawn: random.Random, nodes: tuple[str, ...], depth: int = 0) -> Tree:
    if depth > 3 or drawn.random() < 0.35:
        return Node(drawn.choice(nodes))
    weights = HUGE if drawn.random() < 0.1 else (0, 1, 1, 1, 2, 3, 5)
    count = drawn.choice([0, 1, 1, 2, 2, 3, 3, 4, 5] if depth else [1, 2, 3, 4, 5, 6])
    parts = tuple((drawn.choice(weights), tree(drawn, nodes, depth + 1)) for _ in range(count))
    total = sum(weight for weight, _ in parts)
    half = total // 2 + 1
    odd = drawn.choice([0, total + 1, 2**53 - 1]) if drawn.random() < 0.15 else half
    return Threshold(drawn.choice([half, half, max(1, total - 1), drawn.randint(0, total + 1), odd]), parts)


def flat(drawn: random.Random, nodes: tuple[str, ...]) -> Tree:
    alike = drawn.random() < 0.5
    parts = tuple((1 if alike else drawn.choice([1, 1, 2, 3]), Node(node)) for node in nodes)
    total = sum(weight for weight, _ in parts)
    return Threshold(drawn.choice([total // 2 + 1, total // 2, max(1, 2 * total // 3), total]), parts)


def some_tree(drawn: random.Random, nodes: tuple[str, ...]) -> Tree:
    return tree(drawn, nodes) if drawn.random() < 0.6 else flat(drawn, nodes)


def federation(drawn: random.Random, nodes: tuple[str, ...]) -> Federation:
    shared = [some_tree(drawn, nodes) for _ in range(drawn.choice([1, 2, 3]))]
    own = [node for node in nodes if drawn.random() < 0.85]
    return Federation({n: drawn.choice(shared) if drawn.random() < 0.6 else some_tree(drawn, nodes) for n in own})


def kind(drawn: random.Random, nodes: tuple[str, ...]) -> QuorumClass:
    return some_tree(drawn, nodes) if drawn.random() < 0.65 else federation(drawn, nodes)


def system(seed: int) -> QuorumSystem:
    drawn = random.Random(seed)
    nodes = tuple(drawn.sample(NAMES, drawn.randint(1, 5)))
    names = ("quorum",) if drawn.random() < 0.5 else ("read", "write")
    classes = {name: kind(drawn, nodes) for name in names}
    duties = tuple(obligation(drawn, nodes, names) for _ in range(drawn.choice([1, 1, 2])))
    return QuorumSystem("hostile", nodes, classes, duties)


def obligation(drawn: random.Random, nodes: tuple[str, ...], names: tuple[str, ...]) -> QuorumObligation:
    classes = tuple(drawn.choice(names) for _ in range(drawn.choice([2, 2, 2, 3])))
    weights = {} if drawn.random() < 0.7 else {node: drawn.choice([0, 1, 2, 2**40]) for node in nodes}
    some = [frozenset(n for n in nodes if drawn.random() < 0.3) for _ in range(drawn.choice([1, 2]))]
    need = drawn.choice([1, 1, 1, 2, 3])
    return QuorumObligation(classes, need, weights, () if drawn.random() < 0.7 else tuple(some))
