"""What is verified at once: the classes of one file, at their sizes; and the answer, as data that a file can hold."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = ["Answer", "Dependency", "Line", "Objection", "Refusal", "Request", "Verified"]


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be verified, in a process of its own.

    Attributes
    ----------
    kind : str
        The word of a `Kind`.
    reference : str
        A file, from the root of the project on; or a name.
    instances : tuple of str
        At which sizes.
    exclude : tuple of str
        Patterns of classes that are left out.
    expect : mapping from class to text
        What is expected where the class says something else.
    behaviour, mutants : bool
        What is recorded besides verdicts.
    format : str, optional
        Of a quorum configuration.
    settings : mapping from name to text
        What it has no place for.
    states : int, optional
        How many states to explore at most.
    seconds : float
        For how long.
    memory : int, optional
        How much the process may hold.
    proof_seconds : float
        For how long to try each obligation.
    """

    kind: str
    reference: str
    instances: tuple[str, ...] = ("default",)
    exclude: tuple[str, ...] = ()
    expect: Mapping[str, str] = {}
    behaviour: bool = True
    mutants: bool = True
    format: str | None = None
    settings: Mapping[str, str] = {}
    states: int | None = None
    seconds: float = 60.0
    memory: int | None = None
    proof_seconds: float = 30.0

    @property
    def words(self) -> str:
        """How messages call it."""
        return f"{self.kind} {self.reference}"


Line = tuple[str, int]
"""A line of a file."""


class Objection(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding about what was verified, without what the gate knows of it anyway.

    Attributes
    ----------
    rule : str
        The identifier.
    message : str
        What was found.
    identity : tuple of str
        What tells it from others.
    place : Line, optional
        The source that it concerns.
    steps : tuple of words, and a line if there is one
        The counterexample.
    help : str
        What to do about it.
    """

    rule: str
    message: str
    identity: tuple[str, ...] = ()
    place: Line | None = None
    steps: tuple[tuple[str, Line | None], ...] = ()
    help: str = ""


class Verified(msgspec.Struct, frozen=True):
    """What verifying one item showed.

    Attributes
    ----------
    reference, instance : str
        The item; its kind is the request's.
    facts : tuple of names and values
        What is known of it.
    objections : tuple of Objection
        What is wrong with it.
    seconds : float
        How long it took.
    main : str
        The name of the class, where the reference does not say it: it is the main one of its file.
    """

    reference: str
    instance: str
    facts: tuple[tuple[tuple[str, ...], str | int], ...]
    objections: tuple[Objection, ...] = ()
    seconds: float = 0.0
    main: str = ""


class Dependency(msgspec.Struct, frozen=True):
    """Something whose content an answer rests on.

    Attributes
    ----------
    kind : str
        ``file``, ``folder`` (the names in it), ``type`` (whether there is a file, a folder or a link), ``status``
        (also its size and times), ``environment`` (a variable; ``*`` for all), ``distribution`` (an installed one), or
        ``module`` (one that may be installed).
    name : str
        A path, from the root of the project on if it is inside; or the name of the other.
    digest : str
        Of its content; empty where there is none of that name.
    """

    kind: str
    name: str
    digest: str


class Refusal(msgspec.Struct, frozen=True):
    """Why something could not be verified at all."""

    message: str
    help: str | None = None
    place: Line | None = None
    status: int = 2


class Answer(msgspec.Struct, frozen=True):
    """The answer to a request.

    Attributes
    ----------
    verified : tuple of Verified
        One for each item.
    dependencies : tuple of Dependency
        What it rests on.
    refusal : Refusal, optional
        Why there is none.
    """

    verified: tuple[Verified, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    refusal: Refusal | None = None
