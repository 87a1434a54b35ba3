"""The outcomes of an intersection problem: quorums meet, they miss each other, or the question is open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from assay.proofs.quorums.intersection.lemmas import DisjointnessLemma

__all__ = ["Meets", "Method", "Misses", "Outcome", "Undecided"]


class Method(Enum):
    """How an intersection was proved."""

    TRIVIAL = "nothing has to be in common"
    EMPTY = "one of the classes has no quorum"
    COUNTING = "counting"
    PAIRS = "counting, of all pairs of trees at once"
    MEASURE = "a measure argument in exact arithmetic"
    EXPANSION = "how well the nodes are connected, a matrix in exact integers"
    SEARCH = "an exhaustive search"


@dataclass(frozen=True)
class Meets:
    """Proved: every choice of quorums has enough in common.

    ``lemmas`` is the proof if it is one by counting lemmas, each after those that it rests on.
    """

    method: Method
    lemmas: tuple[DisjointnessLemma, ...] = ()


@dataclass(frozen=True)
class Misses:
    """Refuted: these quorums, one of each class in turn, have too little in common."""

    quorums: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Undecided:
    """Neither proved nor refuted, and the reason."""

    reason: str


Outcome: TypeAlias = Meets | Misses | Undecided
