"""The questions that an analysis of a configuration answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from pathlib import Path

from assay.proofs.quorums.resolution import UnknownNodes

__all__ = ["EVERYTHING", "Questions", "Topic"]


class Topic(Enum):
    """The questions besides safety, in the order in which they are answered."""

    SURVIVAL = "survival"
    """How many crashes are survived, of nodes and by label; the smallest outages; common oversights."""

    SPLITTING = "splitting"
    """Which nodes can split the system if they lie."""

    SIZES = "sizes"
    """The smallest quorums."""

    LATENCY = "latency"
    """How fast a quorum answers, where nodes have a latency."""

    AVAILABILITY = "availability"
    """The probability that a quorum is up, if that of each node is given."""

    LOAD = "load"
    """The load of the busiest node, and the capacity."""


EVERYTHING = frozenset(Topic)


@dataclass(frozen=True)
class Questions:
    """What to analyse.

    Parameters
    ----------
    unknown : UnknownNodes or None
        How to read nodes that nothing describes. If None, both readings are tried, and the verdict is *unknown* where
        they differ.
    demands : mapping of str to int
        How many failures must be survived, of nodes (``f``) or by label: ``{"f": 1, "zone": 1}``.
    failure : Fraction, optional
        The probability that a node is down, for nodes that have none of their own.
    shares : mapping of class name to float
        The share of each class in all operations. If empty, the classes that are needed have equal shares.
    certificate : Path, optional
        The directory for the obligations in SMT-LIB 2.
    topics : frozenset of Topic
        What to answer besides safety, the change and the demands.
    sets_up_to : int, optional
        The largest size of the minimal outages and splitting sets to list; by default that of the smallest.
    time_limit : float, optional
        Seconds for everything. A fifth is reserved for the questions besides safety.
    """

    unknown: UnknownNodes | None = None
    demands: Mapping[str, int] = field(default_factory=dict)
    failure: Fraction | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    certificate: Path | None = None
    topics: frozenset[Topic] = EVERYTHING
    sets_up_to: int | None = None
    time_limit: float | None = None
