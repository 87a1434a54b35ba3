"""Requests (the classes of one file, at their instances) and answers, as data that can be serialised."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = ["Answer", "Dependency", "Line", "Objection", "Refusal", "Request", "Verified"]


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one process verifies.

    Attributes
    ----------
    kind : str
        The value of an `ItemKind`.
    reference : str
        A file relative to the project's root, or a name.
    instances : tuple of str
        The instances to verify.
    exclude : tuple of str
        Glob patterns of classes to leave out.
    expect : mapping from class to text
        Expectations that override the class's own.
    behaviour, mutants : bool
        What to record besides verdicts.
    format : str, optional
        Format of a quorum configuration.
    settings : mapping from name to text
        Settings that this format cannot express.
    states : int, optional
        Limit of explored states.
    seconds : float
        Time limit per instance.
    memory : int, optional
        Memory limit of the process, in bytes.
    proof_seconds : float
        Time limit per proof obligation.
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
        """Its name in messages."""
        return f"{self.kind} {self.reference}"


Line = tuple[str, int]
"""A file and a line number."""


class Objection(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding of a worker, without the parts that the gate can fill in itself.

    Attributes
    ----------
    rule : str
        Identifier of the rule.
    message : str
        What was found.
    identity : tuple of str
        Distinguishes it from other findings of the rule.
    place : Line, optional
        The source line concerned.
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
    """The result of verifying one item.

    Attributes
    ----------
    reference, instance : str
        The item; its kind is the request's.
    facts : tuple of names and values
        The facts established.
    objections : tuple of Objection
        Its problems.
    seconds : float
        Time it took.
    main : str
        Name of the class if the reference omits it, because it is its file's main one.
    """

    reference: str
    instance: str
    facts: tuple[tuple[tuple[str, ...], str | int], ...]
    objections: tuple[Objection, ...] = ()
    seconds: float = 0.0
    main: str = ""


class Dependency(msgspec.Struct, frozen=True):
    """Something whose content an answer depends on.

    Attributes
    ----------
    kind : str
        ``file``, ``folder`` (the names in it), ``type`` (whether there is a file, a folder or a link), ``status``
        (also its size and times), ``environment`` (a variable; ``*`` for all), ``distribution`` (an installed one), or
        ``module`` (one that may be installed).
    name : str
        A path (relative to the project's root if inside it), or another name.
    digest : str
        Digest of its content; empty if it does not exist.
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
        What it depends on; empty if that is not fully known.
    refusal : Refusal, optional
        Why nothing was verified.
    """

    verified: tuple[Verified, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    refusal: Refusal | None = None
