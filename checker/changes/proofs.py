"""Request and result of proving a version of a model for any size, and the proofs that another version loses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from assay.checker.changes.processes import ask
from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import RULES
from assay.checker.findings.subject import Subject

__all__ = ["PROVER", "Proofs", "ProofsRequest", "lost", "prove"]

PROVER = "assay.proofs.changes.proving"
"""The module that proves, run in a process of its own; the checker never imports it."""

PROVED = "proved"


class ProofsRequest(msgspec.Struct, frozen=True):
    """A request to prove a model.

    Attributes
    ----------
    reference : str
        Reference of the model.
    seconds : float
        Limit of processor time per obligation.
    memory : int, optional
        Memory limit of the process, in bytes.
    """

    reference: str
    seconds: float = 10.0
    memory: int | None = None


class Proofs(msgspec.Struct, frozen=True):
    """The results for a version's claims.

    Attributes
    ----------
    claims : mapping from name to text
        For each claim ``proved``, ``not proved`` or ``violated``.
    """

    claims: dict[str, str]


def prove(request: ProofsRequest, root: Path) -> Proofs:
    """Prove a version in a process of its own.

    Raises
    ------
    AssayError
        If it is malformed, or the process dies.
    """
    return ask(PROVER, request, Proofs, subject=request.reference, root=root, seconds=None)


def lost(subject: Subject, before: Proofs, after: Proofs) -> Iterator[Finding]:
    """Yield a finding for each claim no longer proved; removed claims are reported elsewhere."""
    for name, verdict in before.claims.items():
        now = after.claims.get(name, PROVED)
        if verdict == PROVED and now != PROVED:
            yield Finding(RULES["PRF004"], subject, f"{name} was proved for any size, and is {now} now", (name,))
