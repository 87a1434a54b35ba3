"""What claims and findings are about."""

from __future__ import annotations

from assay.checker.immutable import immutable
from assay.checker.references import file_of

__all__ = ["Subject", "subject_of"]


@immutable
class Subject:
    """What a claim or a finding is about: a model, an implementation, a configuration, or one version of it.

    Attributes
    ----------
    name : str
        What reports call it, by which a user finds it again: ``models/paxos.py:FlexiblePaxos``.
    file : str, optional
        Its file in the working tree, where other programs show findings that have no line of their own.
    """

    name: str
    file: str | None = None

    def __str__(self) -> str:
        return self.name


def subject_of(reference: str) -> Subject:
    """Return the subject of a reference, as a user wrote it: ``[REVISION:]FILE[:CLASS]``, or a name without a file."""
    return Subject(reference, file_of(reference))
