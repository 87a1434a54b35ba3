"""What a parser returns: a quorum system, the files it was read from, and findings about them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.identities import Identity
from assay.proofs.quorums.systems import QuorumSystem

__all__ = ["Configuration", "Reconfiguration", "ReconfigurationMode"]


class ReconfigurationMode(Enum):
    """How a system changes its configuration."""

    JOINT = "joint"
    """Through a joint configuration, which asks for quorums of both."""

    SINGLE = "single"
    """One voter at a time; the system refuses more in one step."""

    CHAINED = "chained"
    """Each configuration is agreed upon under the one before, and no two of them decide the same thing."""

    NONE = "none"
    """Without a protocol: while some nodes act by the old configuration and others by the new one, both are in use."""


@dataclass(frozen=True)
class Reconfiguration:
    """A system's own rule for changes.

    Parameters
    ----------
    mode : ReconfigurationMode
        How the system changes its configuration.
    words : str
        The rule in words.
    source : str
        Where it is written down.
    crossing : callable, optional
        Returns, for the old and the new system, the system whose obligations must hold between the two, if these are
        not the obligations within each.
    stays : bool
        Whether data stays where it was written until a repair: every later configuration must then meet every earlier
        one.
    """

    mode: ReconfigurationMode = ReconfigurationMode.NONE
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
        The files that were read, as the user named them.
    system : QuorumSystem
        The ``origin`` of each part of its trees is the file and line of that part.
    findings : tuple of QuorumFinding
        Violations of the system's rules, and warnings that are specific to the format.
    rule : str
        The rule that is verified, in a sentence or two.
    source : str
        Where that rule is written down: the system's documentation or source.
    reconfiguration : Reconfiguration
        How the system itself changes from one configuration to another.
    is_joint : bool
        Whether this is itself a joint configuration, in the middle of a change.
    voters : tuple of str
        The nodes that vote; empty if all nodes of the system do.
    roles : mapping of node to hashable
        The role of each node, if `built_from` can build configurations from roles.
    built_from : callable, optional
        Returns the system with other roles; None if the format has no such configuration.
    identities : mapping of node to Identity
        What identifies members to the system, if that is more than their names.
    """

    format: str
    files: tuple[str, ...]
    system: QuorumSystem
    findings: tuple[QuorumFinding, ...] = ()
    rule: str = ""
    source: str = ""
    reconfiguration: Reconfiguration = Reconfiguration()
    is_joint: bool = False
    voters: tuple[str, ...] = ()
    roles: Mapping[str, Hashable] = field(default_factory=dict)
    built_from: Callable[[Mapping[str, Hashable]], QuorumSystem | None] | None = field(default=None, compare=False)
    identities: Mapping[str, Identity] = field(default_factory=dict)
