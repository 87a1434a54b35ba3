"""Certificates: obligations as SMT-LIB 2 scripts with the answers claimed, and an index of them."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assay.checker.errors import UsageError
from assay.checker.immutable import immutable
from assay.checker.outputs import write_whole
from assay.checker.verdicts import Verdict
from assay.proofs.induction.decisions import Means
from assay.proofs.induction.results import ObligationResult, ProofResult
from assay.proofs.logic.smtlib import script
from assay.proofs.logic.terms import Term

__all__ = ["FORMAT", "INDEX", "Certificate", "certificates_of", "demand_writable", "scripts_in", "write_certificates"]

INDEX = "index.json"
FORMAT = "assay certificates 1"

LONGEST = 100
"""The most characters of an obligation's name in the name of its file, which may have 255 bytes."""


@immutable
class Certificate:
    """One query, and the claimed answer.

    Attributes
    ----------
    name : str
        What the query shows, in words.
    query : sequence of Term
        The query exactly as it was answered.
    comments : sequence of str
        What a reader of the script should know.
    expected : {"sat", "unsat"}, optional
        The answer; None if it is not known.
    """

    name: str
    query: Sequence[Term]
    comments: Sequence[str]
    expected: str | None


def certificates_of(result: ProofResult) -> Iterator[Certificate]:
    """Yield a certificate for each obligation of a proof, even for those that were obviously true.

    The query is the one that was answered: with relations for functions, or without some of
    the hypotheses, if that was enough, which is a stronger claim; or with quantifiers written out over stated sizes,
    which says the same of these; or instances of it.
    """
    model = result.specification.name
    for answered in result.obligations:
        name = answered.claim.name
        assumed = [f"state constraints assumed before each step: {', '.join(result.constraints)}"]
        comments = [f"{model}: {name}", *(assumed if result.constraints else ())]
        yield Certificate(name, _query(answered), comments, _expected(answered))


def _query(answered: ObligationResult) -> tuple[Term, ...]:
    assert answered.fragment is not None
    if answered.decision.instances is not None:
        return answered.decision.instances
    asked = answered.obligation
    query = (*asked.query, *answered.decision.facts)
    if answered.decision.kept is not None:
        query = tuple(query[index] for index in answered.decision.kept)
    asked = replace(asked, query=query)
    if answered.decision.means is Means.WRITTEN_OUT:
        return answered.fragment.written_out(asked)
    return answered.fragment.query(asked, abstract=answered.decision.means is Means.RELATIONS)


def _expected(answered: ObligationResult) -> str | None:
    if answered.decision.withdrawn:
        return "unsat"
    if answered.proved is None:
        return None
    return "sat" if answered.guard is answered.proved else "unsat"


def demand_writable(directory: str) -> None:
    """Make a directory if need be, and refuse one that cannot be written.

    Raises
    ------
    UsageError
        If it cannot.
    """
    try:
        Path(directory).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except (OSError, ValueError) as error:
        raise _unwritable(directory, error) from None


def write_certificates(model: str, verdict: Verdict, certificates: Iterable[Certificate], directory: str) -> int:
    """Write the scripts and then an index, and return how many there are. Without the index they do not count.

    Scripts that were written there before are removed: whoever rechecks refuses those that the index does not name.

    Raises
    ------
    UsageError
        If the directory cannot be written, or the disk is full.
    """
    place, entries = Path(directory), []
    try:
        demand_writable(directory)
        (place / INDEX).unlink(missing_ok=True)
        for old in scripts_in(place):
            old.unlink()
        for number, certificate in enumerate(certificates, start=1):
            entries.append(_written(place, number, certificate))
        index = {"format": FORMAT, "model": model, "verdict": verdict.value, "obligations": entries}
        write_whole(place / INDEX, json.dumps(index, indent=2) + "\n")
    except OSError as error:
        raise _unwritable(directory, error) from None
    return len(entries)


def scripts_in(place: Path) -> list[Path]:
    """Return the files of a directory that have the names of certificates, as `write_certificates` gives them."""
    return sorted(path for path in place.glob("*.smt2") if re.fullmatch(r"\d{3,}-\w*\.smt2", path.name, re.ASCII))


def _written(place: Path, number: int, certificate: Certificate) -> dict[str, Any]:
    words = re.sub(r"[^A-Za-z0-9]+", "_", certificate.name).strip("_")[:LONGEST]
    name = f"{number:03}-{words}.smt2"
    text = script(certificate.query, comments=list(certificate.comments), expected=certificate.expected)
    write_whole(place / name, text)
    return {
        "file": name,
        "name": certificate.name,
        "expected": certificate.expected or "unknown",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def _unwritable(directory: str, error: Exception) -> UsageError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return UsageError(f"cannot write {directory}: {reason.lower()}")
