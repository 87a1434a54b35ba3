"""What a parser returns: a quorum system, where it was read, and what was noticed on the way."""

from __future__ import annotations

from dataclasses import dataclass

from assay.proofs.quorums.findings import Finding
from assay.proofs.quorums.systems import QuorumSystem

__all__ = ["Configuration"]


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
    joint : bool
        Whether the system can run a joint configuration (old *and* new), as Raft does, when it changes.
    """

    format: str
    files: tuple[str, ...]
    system: QuorumSystem
    findings: tuple[Finding, ...] = ()
    rule: str = ""
    source: str = ""
    joint: bool = False
