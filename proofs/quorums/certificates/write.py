"""Certificates of a verdict: a directory of scripts that any SMT solver can check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from assay.checker.errors import InternalError, UsageError
from assay.checker.outputs import write_whole
from assay.proofs.quorums.certificates import crosscheck
from assay.proofs.quorums.certificates.chain import is_chain
from assay.proofs.quorums.certificates.smtlib import lemma_script, statement_script
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.decide import claims_of
from assay.proofs.quorums.intersection.outcome import Meets, Method, Misses
from assay.proofs.quorums.safety import Checked, Safety, problem_of
from assay.proofs.quorums.systems import QuorumSystem

__all__ = ["Certificate", "certify", "prepare"]

PATIENCE = 5.0
"""Seconds that the second solver has for a script: a statement about many nodes is hard to decide without its proof."""


@dataclass(frozen=True)
class Certificate:
    """A script, and the second solver's answers to it.

    Parameters
    ----------
    file : str
        Its name in the directory.
    claim : str
        The obligation in words.
    expected : {"sat", "unsat", None}
        The answer that every ``check-sat`` in it should have; None if the verdict is open.
    answers : tuple of str
        What cvc5 answered; empty if it is not installed.
    """

    file: str
    claim: str
    expected: str | None
    answers: tuple[str, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        """Whether the second solver gave the expected answer every time."""
        return bool(self.answers) and all(answer == self.expected for answer in self.answers)

    @property
    def is_contradicted(self) -> bool:
        """Whether the second solver gave the opposite answer at least once."""
        opposite = {"sat": "unsat", "unsat": "sat"}.get(self.expected or "")
        return opposite in self.answers


def prepare(directory: Path) -> None:
    """Create the directory, and try to write into it.

    Raises
    ------
    UsageError
        If either fails.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise _unwritable(directory, error) from None


def _unwritable(directory: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write certificates to {directory}: {error.strerror or error}")


def certify(
    system: QuorumSystem, safety: Safety, directory: Path, deadline: Deadline, prefix: str = ""
) -> tuple[Certificate, ...]:
    """Write the scripts of every obligation into the directory, and have cvc5 check them if it is installed.

    Parameters
    ----------
    system : QuorumSystem
        Resolved, as `verify` was given it.
    safety : Safety
        What `verify` returned for it.
    directory : Path
        Created if it does not exist.
    deadline : Deadline
        For the second solver.
    prefix : str
        For the names of the files.

    Raises
    ------
    UsageError
        If the directory cannot be written.
    InternalError
        If a proof by counting has a gap.
    """
    prepare(directory)
    scripts = list(_scripts(system, safety, prefix))
    try:
        for certificate, script in scripts:
            write_whole(directory / certificate.file, script)
    except OSError as error:
        raise _unwritable(directory, error) from None
    if not crosscheck.is_installed():
        return tuple(certificate for certificate, _ in scripts)
    return tuple(_checked(certificate, script, deadline) for certificate, script in scripts)


def _scripts(system: QuorumSystem, safety: Safety, prefix: str) -> Iterator[tuple[Certificate, str]]:
    for number, one in enumerate(safety.checked, 1):
        problem = problem_of(system, one.obligation, one.faulty)
        claim = one.obligation.words or " and ".join(one.obligation.classes)
        expected = _expected(one)
        statement = statement_script(problem, claim, expected=expected)
        name = f"{prefix}{number:02}"
        yield Certificate(f"{name}-statement.smt2", claim, expected), statement
        if isinstance(one.outcome, Meets) and one.outcome.method is Method.COUNTING:
            lemmas = one.outcome.lemmas
            if not is_chain(lemmas, claims_of(problem)):
                raise InternalError(f"the proof by counting of {claim!r} has a gap")
            if lemmas:  # none if every quorum has the same node: the statement says it all
                proof = lemma_script(lemmas, claim)
                yield Certificate(f"{name}-proof.smt2", f"{claim}, by counting", "unsat"), proof


def _expected(one: Checked) -> str | None:
    if isinstance(one.outcome, Meets):
        return "unsat"
    return "sat" if isinstance(one.outcome, Misses) else None


def _checked(certificate: Certificate, script: str, deadline: Deadline) -> Certificate:
    limit = deadline.within(PATIENCE)
    found = crosscheck.answers(script, limit)
    return Certificate(certificate.file, certificate.claim, certificate.expected, found)
