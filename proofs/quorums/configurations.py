"""What a parser returns: a quorum system, where it was read, and what was noticed on the way."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from assay.proofs.quorums.findings import Finding
from assay.proofs.quorums.identities import Identity
from assay.proofs.quorums.systems import QuorumSystem

__all__ = ["Configuration", "Reconfiguration", "Way"]


class Way(Enum):
    """The system's own protocol for changing its configuration."""

    JOINT = "joint"
    """Through a configuration that asks for quorums of both."""

    SINGLE = "single"
    """One voter at a time: it refuses more in one step."""

    CHAINED = "chained"
    """Each configuration is agreed upon under the one before, and never two of them decide the same thing."""

    NONE = "none"
    """It has no means: while some act by the old one and some by the new one, both are in use."""


@dataclass(frozen=True)
class Reconfiguration:
    """A system's own rule for changes: the way, in words with what it demands, and where that is written.

    ``crossing`` returns, for the old system and the new one, what must hold between them, if that is not what must
    hold within each. ``stays`` tells that data does not move to new members by itself: then every later
    configuration must meet every earlier one, unless a repair stands between.
    """

    way: Way = Way.NONE
    words: str = ""
    source: str = ""
    crossing: Callable[[QuorumSystem, QuorumSystem], QuorumSystem] | None = None
    stays: bool = False


@dataclass(frozen=True)
class Configuration:
    """A configuration file (or several) and the quorum system it means.

    Parameters
    ----------
    format : str
        The name that ``--as`` takes: ``zookeeper``, ``mongodb``, ...
    files : tuple of str
        What was read, as the user named it.
    system : QuorumSystem
        Its trees carry the file and line of their parts as ``origin``.
    findings : tuple of Finding
        What the format allows and its system's rules do not, and warnings that only this format knows.
    rule : str
        The rule that is verified, in a sentence or two.
    source : str
        Where that rule is written down: the system's documentation or source.
    reconfiguration : Reconfiguration
        How the system itself changes from one configuration to another.
    is_joint : bool
        Whether what was read is a joint configuration already, in the middle of a change.
    voters : tuple of str
        The nodes that vote, where not all nodes of the system do.
    roles : mapping of node to hashable
        What the configuration says of each node, if `built_from` can make others of it.
    built_from : callable, optional
        Returns the system with these roles instead; None if the format has no such configuration.
    identities : mapping of node to Identity
        What the system knows its members by, where that is more than their names.
    """

    format: str
    files: tuple[str, ...]
    system: QuorumSystem
    findings: tuple[Finding, ...] = ()
    rule: str = ""
    source: str = ""
    reconfiguration: Reconfiguration = Reconfiguration()
    is_joint: bool = False
    voters: tuple[str, ...] = ()
    roles: Mapping[str, Hashable] = field(default_factory=dict)
    built_from: Callable[[Mapping[str, Hashable]], QuorumSystem | None] | None = field(default=None, compare=False)
    identities: Mapping[str, Identity] = field(default_factory=dict)
