"""What is proved of a version of a model, for any number of elements: data, and what of it another version lacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from assay.checker.changes.processes import ask
from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import RULES

__all__ = ["PROVER", "Proofs", "ProofsRequest", "lost", "prove"]

PROVER = "assay.proofs.changes.proving"
"""Who proves: a module that runs in a process of its own, and is imported by nobody here."""

PROVED = "proved"


class ProofsRequest(msgspec.Struct, frozen=True):
    """What is to be proved.

    Attributes
    ----------
    reference : str
        The model.
    seconds : float
        Of processor time, for each obligation.
    memory : int, optional
        How many bytes of memory the process may hold.
    """

    reference: str
    seconds: float = 10.0
    memory: int | None = None


class Proofs(msgspec.Struct, frozen=True):
    """What became of the claims of a version.

    Attributes
    ----------
    claims : mapping from name to text
        Whether each is ``proved``, ``not proved``, or ``violated``.
    """

    claims: dict[str, str]


def prove(request: ProofsRequest, root: Path) -> Proofs:
    """Prove a version, in a process of its own.

    Raises
    ------
    AssayError
        If it is malformed, or the process died.
    """
    return ask(PROVER, request, Proofs, subject=request.reference, root=root, seconds=None)


def lost(subject: str, before: Proofs, after: Proofs) -> Iterator[Finding]:
    """Yield what was proved and is not any more. What is claimed no longer is told by itself."""
    for name, verdict in before.claims.items():
        now = after.claims.get(name, PROVED)
        if verdict == PROVED and now != PROVED:
            yield Finding(RULES["PRF004"], subject, f"{name} was proved for any size, and is {now} now", (name,))
