"""The gate's settings as data: what is gated, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assay.checker.errors import Location
from assay.checker.findings.rules import Level
from assay.checker.gate.facts import ItemKind

__all__ = ["Bounds", "Configuration", "Entry"]


@dataclass(frozen=True)
class Bounds:
    """Resource limits of a verification.

    Attributes
    ----------
    states : int, optional
        Distinct states (of a model) or worlds (of an implementation) per instance.
    seconds : float
        Per instance or quorum configuration.
    memory : int, optional
        Bytes of memory per process.
    proof_seconds : float
        Per proof obligation.
    """

    states: int | None = None
    seconds: float = 60.0
    memory: int | None = None
    proof_seconds: float = 30.0


@dataclass(frozen=True)
class Entry:
    """One table of the settings.

    Attributes
    ----------
    kind : ItemKind
        The kind of everything that the table names: model, implementation or quorum configuration.
    files : tuple of str
        Glob patterns, relative to the folder of the settings.
    names : tuple of str
        References other than files: ``paxos``, ``package.module:Class``.
    exclude : tuple of str
        Glob patterns of files and classes to leave out.
    instances : tuple of str
        Instances to verify: ``default``, ``smoke Node=3``.
    expect : mapping from class to text
        Expectations that override the class's own: ``holds`` or ``violates PROPERTY``. The key ``*`` stands for all
        classes.
    prove : bool
        Whether models are also proved.
    behaviour : bool
        Whether the behaviour of models is recorded.
    mutants : bool
        Whether the mutants of an implementation must be caught.
    format : str, optional
        Format of a quorum configuration that cannot be recognised from its content.
    settings : mapping from name to text
        Settings that the format of a quorum configuration cannot express.
    bounds : Bounds
        Resource limits.
    place : Location
        Where the table is in the settings.
    """

    kind: ItemKind
    files: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    instances: tuple[str, ...] = ("default",)
    expect: Mapping[str, str] = field(default_factory=dict)
    prove: bool = False
    behaviour: bool = True
    mutants: bool = True
    format: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    bounds: Bounds = Bounds()
    place: Location | None = None


@dataclass(frozen=True)
class Configuration:
    """The complete settings.

    Attributes
    ----------
    root : Path
        Folder of the settings and of the lock file; file names are relative to it.
    source : Path
        File of the settings.
    entries : tuple of Entry
        What is gated.
    levels : mapping from rule to Level
        Severity levels that the project chose for rules.
    """

    root: Path
    source: Path
    entries: tuple[Entry, ...]
    levels: Mapping[str, Level] = field(default_factory=dict)
