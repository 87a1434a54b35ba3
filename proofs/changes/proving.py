"""Prove a version of a model; run as a process of its own."""

from __future__ import annotations

from assay.checker.changes.processes import serve
from assay.checker.changes.proofs import PROVED, Proofs, ProofsRequest
from assay.checker.language.loader import load
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model

__all__ = ["proved"]


def proved(request: ProofsRequest) -> Proofs:
    """Prove a version in this process.

    Raises
    ------
    AssayError
        If it is malformed.
    """
    result = prove_model(load(request.reference).specification, ProofOptions(timeout=request.seconds, workers=1))
    found: dict[str, str] = {}
    for one in result.obligations if result.instance is None else ():  # what holds for some sizes is proved for none
        if not one.claim.kind.is_guard:
            is_proved = one.proved is True and found.get(one.claim.subject, PROVED) == PROVED
            found[one.claim.subject] = PROVED if is_proved else "not proved"
    return Proofs({**found, **dict.fromkeys(result.violated, "violated")})


if __name__ == "__main__":
    serve(ProofsRequest, proved)
