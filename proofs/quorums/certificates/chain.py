"""Check the structure of a proof by counting: every step rests on earlier ones, and the last is the claim."""

from __future__ import annotations

from collections.abc import Sequence

from assay.proofs.quorums.intersection.lemmas import DisjointnessLemma
from assay.proofs.quorums.trees import Node, Threshold, Tree

__all__ = ["is_chain"]


def is_chain(lemmas: Sequence[DisjointnessLemma], claims: Sequence[tuple[Tree, Tree]]) -> bool:
    """Tell whether the lemmas, if each holds by itself, prove that no claimed pair is satisfied by disjoint sets.

    Independent of the prover that finds the lemmas. Two leaves exclude each other if they name the same node; two trees
    do if an earlier lemma says so. A threshold that holds exactly if its single part does stands for that part.
    """
    proved: set[tuple[Tree, Tree]] = set()
    for lemma in lemmas:
        for i, j in lemma.exclusive:
            if not _excludes(proved, lemma.left.parts[i][1], lemma.right.parts[j][1]):
                return False
        proved.add((_itself(lemma.left), _itself(lemma.right)))
    return all(_excludes(proved, left, right) for left, right in claims)


def _excludes(proved: set[tuple[Tree, Tree]], left: Tree, right: Tree) -> bool:
    if isinstance(left, Node) and isinstance(right, Node):
        return left.name == right.name
    return (_itself(left), _itself(right)) in proved or (_itself(right), _itself(left)) in proved


def _itself(tree: Tree) -> Tree:
    while isinstance(tree, Threshold) and len(tree.parts) == 1 and 1 <= tree.need <= tree.parts[0][0]:
        tree = tree.parts[0][1]
    return tree
