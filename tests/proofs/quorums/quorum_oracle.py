"""Brute force: every question answered from the list of all subsets, straight from the definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

from assay.proofs.quorums.systems import Federation, QuorumClass, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree

Set = frozenset[str]


def subsets(nodes: Iterable[str]) -> Iterator[Set]:
    listed = sorted(nodes)
    for size in range(len(listed) + 1):
        yield from map(frozenset, combinations(listed, size))


def holds(tree: Tree, chosen: Set) -> bool:
    if isinstance(tree, Node):
        return tree.name in chosen
    return sum(w * holds(part, chosen) for w, part in tree.parts) >= tree.need


def acts(kind: QuorumClass, chosen: Set) -> bool:
    if isinstance(kind, Federation):
        return bool(chosen) and all(n in kind.trees and holds(kind.trees[n], chosen) for n in chosen)
    return holds(kind, chosen)


def quorums(kind: QuorumClass, nodes: Iterable[str]) -> list[Set]:
    return [chosen for chosen in subsets(nodes) if acts(kind, chosen)]


def minimal(sets: Sequence[Set]) -> list[Set]:
    return [one for one in sets if not any(other < one for other in sets)]


def least_common(kinds: Sequence[QuorumClass], nodes: Sequence[str], duty: QuorumObligation) -> float:
    smallest = [minimal(quorums(kind, nodes)) for kind in kinds]
    return min((duty.measure(frozenset.intersection(*choice)) for choice in product(*smallest)), default=1e9)


def is_broken(system: QuorumSystem, duty: QuorumObligation) -> bool:
    """Faulty nodes behave as they like; in a federation only the correct members must be satisfied."""
    for faulty in duty.faulty or (frozenset(),):
        every = [_quorums_despite(system.classes[name], system.nodes, faulty) for name in duty.classes]
        common = (frozenset.intersection(*choice) - faulty for choice in product(*every))
        if any(duty.measure(shared) < duty.need for shared in common):
            return True
    return False


def _quorums_despite(kind: QuorumClass, nodes: Sequence[str], faulty: Set) -> list[Set]:
    if not isinstance(kind, Federation):
        return minimal(quorums(kind, nodes))
    correct = [n for n in nodes if n not in faulty]
    trees = kind.trees
    return minimal([s for s in subsets(correct) if s and all(n in trees and holds(trees[n], s | faulty) for n in s)])


def alive(kind: QuorumClass, nodes: Iterable[str]) -> bool:
    return any(acts(kind, chosen) for chosen in subsets(nodes))


def nodes_of(units: dict[str, str], chosen: Set) -> Set:
    return frozenset(node for node, unit in units.items() if unit in chosen)


def blocking_sets(kind: QuorumClass, nodes: Sequence[str], units: dict[str, str]) -> list[Set]:
    everyone = frozenset(nodes)
    failing = [s for s in subsets(set(units.values())) if not alive(kind, everyone - nodes_of(units, s))]
    return minimal(failing)


def splitting_sets(system: QuorumSystem, duty: QuorumObligation, units: dict[str, str]) -> list[Set]:
    def splits(chosen: Set) -> bool:
        lying = QuorumObligation(duty.classes, duty.need, duty.weights, (nodes_of(units, chosen),))
        return is_broken(system, lying)

    return minimal([chosen for chosen in subsets(set(units.values())) if splits(chosen)])
