"""Certificates: obligations as SMT-LIB 2 scripts with the answers claimed, and their check by another solver."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.checker.errors import InputError, Location, UsageError
from assay.checker.language.specification import Specification
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import Problem
from assay.proofs.induction.attempt import obligations_of
from assay.proofs.induction.obligations import Obligation, implied, vacuity
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import encoded
from assay.proofs.induction.results import ObligationResult, ProofResult
from assay.proofs.induction.solving import Solver
from assay.proofs.logic.smtlib import script
from assay.proofs.logic.terms import Term

if TYPE_CHECKING:
    from rich.text import Text

__all__ = [
    "Recheck",
    "Rechecked",
    "certificates_of",
    "demand_writable",
    "recheck",
    "render_recheck",
    "write_certificates",
]

INDEX = "index.json"
FORMAT = "assay certificates 1"


def certificates_of(
    problem: Problem, result: ProofResult
) -> Iterator[tuple[Obligation, ObligationResult, tuple[Term, ...]]]:
    """Yield each obligation of a proof that is not true on sight, with its result and the query that was answered."""
    found = {o.name: o for o in result.obligations if o.note != "on sight"}
    kept = [p for p in problem.invariants if p.name not in result.dropped]
    problem = replace(problem, invariants=kept)
    implied_ = [implied(problem, p) for p in problem.invariants if f"{p.name}: implied" in found]
    names = {name.partition(":")[0] for name, o in found.items() if o.claim == "preserved" and not o.guard}
    hypotheses = [p for p in problem.invariants if p.name in names or f"{p.name}: implied" not in found]
    obligations = [*implied_, *obligations_of(problem, hypotheses), *vacuity(problem)]
    solver = Solver(problem, obligations)
    for obligation in obligations:
        answered = found.get(obligation.name)
        if answered is not None and not obligation.trivial:
            query = (*problem.assumptions, *obligation.query)
            yield obligation, answered, _asked(solver, answered, query)


def _asked(solver: Solver, answered: ObligationResult, query: tuple[Term, ...]) -> tuple[Term, ...]:
    """Return the query that was proved: the weaker one, with relations for functions, where that was enough."""
    if answered.proved and not answered.guard and solver.abstraction is not None:
        return solver.abstraction.query(query)
    return query


def demand_writable(directory: str) -> None:
    """Make a directory, if need be, and refuse one that cannot be written.

    Raises
    ------
    UsageError
        If it cannot.
    """
    try:
        Path(directory).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise UsageError(f"cannot write {directory}: {(error.strerror or str(error)).lower()}") from None


def write_certificates(specification: Specification, options: ProofOptions, result: ProofResult, directory: str) -> int:
    """Write the scripts and an index, and return how many there are. The index comes last: without it they are none.

    Raises
    ------
    UsageError
        If the directory cannot be written.
    """
    problem, _ = encoded(specification, options)
    entries = []
    try:
        demand_writable(directory)
        (Path(directory) / INDEX).unlink(missing_ok=True)
        for number, (obligation, answered, query) in enumerate(certificates_of(problem, result), start=1):
            entries.append(_write(Path(directory), number, specification.name, obligation, answered, query))
        index = {"format": FORMAT, "model": specification.name, "verdict": result.verdict.value, "obligations": entries}
        (Path(directory) / INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {directory}: {(error.strerror or str(error)).lower()}") from None
    return len(entries)


def _write(
    directory: Path,
    number: int,
    model: str,
    obligation: Obligation,
    answered: ObligationResult,
    query: tuple[Term, ...],
) -> dict[str, Any]:
    satisfiable = obligation.satisfiable if answered.proved else not obligation.satisfiable
    expected = None if answered.proved is None else "sat" if satisfiable else "unsat"
    name = f"{number:03}-{''.join(c if c.isalnum() else '_' for c in obligation.name)}.smt2"
    text = script(query, comments=[f"{model}: {obligation.name}"], expected=expected)
    (directory / name).write_text(text, encoding="utf-8")
    return {
        "file": name,
        "name": obligation.name,
        "expected": expected or "unknown",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


@dataclass(frozen=True)
class Rechecked:
    """What the other solver says of one obligation."""

    name: str
    expected: str
    answer: str
    seconds: float

    @property
    def verdict(self) -> Verdict:
        """Whether the two agree."""
        if "unknown" in (self.answer, self.expected):
            return Verdict.UNKNOWN
        return Verdict.HOLDS if self.answer == self.expected else Verdict.VIOLATED


@dataclass(frozen=True)
class Recheck:
    """What the other solver says of a directory."""

    model: str
    solver: str
    results: tuple[Rechecked, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether the two agree on all of it."""
        if not self.results:
            return Verdict.UNKNOWN
        verdict = Verdict.HOLDS
        for result in self.results:
            verdict = verdict & result.verdict
        return verdict


def recheck(directory: str, seconds: float = 30.0) -> Recheck:
    """Have cvc5 answer every script of a directory.

    Raises
    ------
    UsageError
        If cvc5 is not installed.
    InputError
        If the directory holds no certificates, or one was changed after it was written.
    """
    version = _solver_version()
    index = _index(Path(directory))
    tasks = [(str(Path(directory) / e["file"]), e["expected"], seconds) for e in index["obligations"]]
    for entry in index["obligations"]:
        _demand_unchanged(Path(directory) / entry["file"], entry["sha256"])
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), mp_context=multiprocessing.get_context("spawn")) as pool:
        answers = list(pool.map(_answer, tasks))
    results = [
        Rechecked(entry["name"], entry["expected"], answer, spent)
        for entry, (answer, spent) in zip(index["obligations"], answers, strict=True)
    ]
    return Recheck(index["model"], f"cvc5 {version}", tuple(results))


def _solver_version() -> str:
    try:
        import cvc5
    except ImportError:
        raise UsageError("cvc5 is not installed", help="pip install 'assay[crosscheck]'") from None
    return str(cvc5.__version__)


def _index(directory: Path) -> Mapping[str, Any]:
    path = directory / INDEX
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"no certificates: {(error.strerror or str(error)).lower()}", location=Location(str(path))
        ) from None
    except ValueError:
        raise InputError("not a JSON file", location=Location(str(path))) from None
    if not isinstance(index, dict) or index.get("format") != FORMAT:
        raise InputError(f"not an index of certificates: its format is not {FORMAT!r}", location=Location(str(path)))
    return index


def _demand_unchanged(path: Path, digest: str) -> None:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            f"cannot be read: {(error.strerror or str(error)).lower()}", location=Location(str(path))
        ) from None
    if found != digest:
        raise InputError("is not what the index says: it was changed", location=Location(str(path)))


def _answer(task: tuple[str, str, float]) -> tuple[str, float]:
    """Answer one script: by instantiation where no model is expected, else by looking for a finite one."""
    path, expected, seconds = task
    started = time.monotonic()
    ways = [("enum-inst", 0.1), ("finite-model-find", 0.9)]
    answer = "unknown"
    for way, share in ways if expected == "unsat" else reversed(ways):
        answer = _ask(path, way, seconds * share)
        if answer != "unknown":
            break
    return answer, time.monotonic() - started


def _ask(path: str, way: str, seconds: float) -> str:
    import cvc5

    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    solver.setOption(way, "true")
    solver.setOption("tlimit-per", str(int(seconds * 1000)))
    parser = cvc5.InputParser(solver, cvc5.SymbolManager(manager))
    parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, path)
    answer = "unknown"
    while not (command := parser.nextCommand()).isNull():
        said = str(command.invoke(solver, parser.getSymbolManager())).strip()
        if command.getCommandName() == "check-sat":
            answer = said
    return answer if answer in ("sat", "unsat") else "unknown"


def render_recheck(found: Recheck) -> list[Text]:
    """Return the lines of the report on a recheck."""
    from rich.text import Text

    lines = [Text(f"{found.model}: {len(found.results)} certificates, by {found.solver}")]
    words = {Verdict.HOLDS: "agrees", Verdict.VIOLATED: "DISAGREES", Verdict.UNKNOWN: "unknown"}
    for result in found.results:
        told = f"  {words[result.verdict]:<9}  {result.name}: {result.answer} ({result.seconds:.3f} s)"
        lines.append(Text(told if result.answer == result.expected else f"{told}, claimed was {result.expected}"))
    agreed = sum(result.verdict is Verdict.HOLDS for result in found.results)
    lines.append(Text(f"the two solvers agree on {agreed} of {len(found.results)}"))
    return lines
