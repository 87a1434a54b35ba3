"""What is gated, and how: the settings of the gate, once they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assay.checker.errors import Location
from assay.checker.findings.rules import Level
from assay.checker.gate.facts import Kind

__all__ = ["Bounds", "Configuration", "Entry"]


@dataclass(frozen=True)
class Bounds:
    """How far verifying may go.

    Attributes
    ----------
    states : int, optional
        Distinct states, or worlds, of an instance.
    seconds : float
        For an instance; for a quorum configuration.
    memory : int, optional
        Bytes that a process may hold.
    proof_seconds : float
        For each proof obligation.
    """

    states: int | None = None
    seconds: float = 60.0
    memory: int | None = None
    proof_seconds: float = 30.0


@dataclass(frozen=True)
class Entry:
    """A table of the settings: what is gated in one way.

    Attributes
    ----------
    kind : Kind
        What its names and files are: a model, an implementation or a quorum configuration.
    files : tuple of str
        Patterns of files, from the folder of the settings on.
    names : tuple of str
        References that are no files: ``paxos``, ``package.module:Class``.
    exclude : tuple of str
        Patterns of files and classes that are left out.
    instances : tuple of str
        At which sizes: ``default``, ``smoke Node=3``.
    expect : mapping from class to text
        What is expected, where it is not what the class says itself: ``holds``, ``violates PROPERTY``. For all
        classes under ``*``.
    prove : bool
        Whether models are proved, too.
    behaviour : bool
        Whether the behaviour of models is recorded.
    mutants : bool
        Whether the mutants of an implementation must be caught.
    format : str, optional
        Of a quorum configuration, if its content does not tell.
    settings : mapping from name to text
        What the format of a quorum configuration has no place for.
    bounds : Bounds
        How far verifying may go.
    place : Location
        Where the table stands.
    """

    kind: Kind
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
    """Everything that the settings say.

    Attributes
    ----------
    root : Path
        The folder that they stand in: files are named from there, and the lock file is there.
    source : Path
        The file.
    entries : tuple of Entry
        What is gated.
    levels : mapping from rule to Level
        The levels of rules that the project chose.
    """

    root: Path
    source: Path
    entries: tuple[Entry, ...]
    levels: Mapping[str, Level] = field(default_factory=dict)
