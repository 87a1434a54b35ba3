"""Compare the statements of two versions of a model; run as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
from assay.checker.changes.claims import Claims, ClaimsRequest, StatementChange
from assay.checker.changes.places import line_of
from assay.checker.changes.processes import serve
from assay.checker.changes.side_by_side import load_model
from assay.checker.errors import AssayError, Location
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.ir.program import ModelIR, PredicateIR
from assay.checker.language.kinds import Kind
from assay.proofs.changes.assuming import ended, narrowed
from assay.proofs.changes.comparing import claims, vacuous
from assay.proofs.changes.entailment import EntailmentChecker, UntranslatableError
from assay.proofs.changes.questions import Questions
from assay.proofs.changes.versions import Versions
from assay.proofs.encoding.problem import Problem, encode
from assay.proofs.logic.terms import Term

__all__ = ["compared"]

EACH = 6.0
"""Seconds of processor time for each question; most questions about the library's models take some hundredths."""


def compared(request: ClaimsRequest) -> Claims:
    """Return how the statements of a model changed. Changes the modules of this process.

    Raises
    ------
    AssayError
        If a version is malformed.
    """
    old = load_model(request.before, Path(request.before_root))
    new = load_model(request.after, Path(request.after_root))
    versions = Versions.of(old, new)
    checkers = [*_checkers(versions, request)]
    bare = Questions(
        [replace(checker, problem=_without_axioms(checker.problem), assumed=()) for checker in checkers],
        request.seconds,
    )
    axioms = (*narrowed(versions, bare, Kind.AXIOM),)
    checkers = [replace(checker, assumed=tuple(_axioms(versions, checker))) for checker in checkers]
    questions = Questions(checkers, request.seconds / 2)
    found = (
        *claims(versions, questions),
        *vacuous(versions, questions),
        *narrowed(versions, questions, Kind.CONSTRAINT),
        *narrowed(versions, questions, Kind.STEP_CONSTRAINT),
        *ended(versions, questions),
        *axioms,
    )
    renamed = tuple(f"{old} is taken for what is {new} now" for old, new in versions.between.renamed)
    return Claims(tuple(_placed(each, Path(request.after_root)) for each in found), renamed)


def _placed(said: StatementChange, top: Path) -> StatementChange:
    """Return a statement with the path of its file relative to the top of the version's files."""
    line = line_of(Location(said.file, said.line), top) if said.file else None
    return said if line is None else msgspec.structs.replace(said, file=line[0])


def _checkers(versions: Versions, request: ClaimsRequest) -> Iterator[EntailmentChecker]:
    """Yield the settings to ask in: instances of any size and, if there is one, the instance that is compared."""
    specification = versions.new.specification
    yield EntailmentChecker(encode(specification), seconds=EACH)
    instance = _instance(versions.new, request)
    if instance is not None:
        yield EntailmentChecker(encode(specification, instance=instance), seconds=EACH)


def _instance(model: ModelIR, request: ClaimsRequest) -> Instance | None:
    try:
        return instantiate(model.specification, dict(request.settings), name=request.instance)
    except AssayError:
        return None


def _without_axioms(problem: Problem) -> Problem:
    names = {method.name for method in problem.specification.of(Kind.AXIOM)}
    return replace(problem, axioms=[(name, formula) for name, formula in problem.axioms if name not in names])


def _axioms(versions: Versions, checker: EntailmentChecker) -> Iterator[Term]:
    """Yield the axioms of the old version; removed axioms are reported separately."""
    for axiom in versions.before(Kind.AXIOM):
        if isinstance(axiom.here, PredicateIR):
            try:
                yield checker.formula(axiom.here).formula
            except UntranslatableError:
                continue


if __name__ == "__main__":
    serve(ClaimsRequest, compared, imports=False)
