"""Certificates checked again by another solver, cvc5."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.checker.errors import InputError, Location, UsageError
from assay.checker.immutable import immutable
from assay.checker.verdicts import Verdict
from assay.proofs.induction.certificates import FORMAT, INDEX, scripts_in
from assay.proofs.induction.pool import Lost, run_all

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["Recheck", "Rechecked", "recheck", "render_recheck"]


@immutable
class Rechecked:
    """The other solver's answer to one obligation."""

    name: str
    expected: str
    answer: str
    seconds: float
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the two agree."""
        if "unknown" in (self.answer, self.expected):
            return Verdict.UNKNOWN
        return Verdict.HOLDS if self.answer == self.expected else Verdict.VIOLATED


@immutable
class Recheck:
    """The other solver's answers to the certificates of a directory."""

    model: str
    solver: str
    results: tuple[Rechecked, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether the two agree on all of them."""
        if not self.results:
            return Verdict.UNKNOWN
        verdict = Verdict.HOLDS
        for result in self.results:
            verdict = verdict & result.verdict
        return verdict


def recheck(directory: str, seconds: float = 30.0) -> Recheck:
    """Have cvc5 answer every script of a directory, in processes of their own.

    Parameters
    ----------
    directory : str
        The directory that `write_certificates` wrote to.
    seconds : float
        The time for each script.

    Raises
    ------
    UsageError
        If cvc5 is not installed.
    InputError
        If the directory holds no certificates, one was changed after it was written, or one is not in the index.
    """
    version = _solver_version()
    model, entries = _index(Path(directory))
    for entry in entries:
        _demand_unchanged(entry)
    workers = max(2, min(4, os.cpu_count() or 1))
    tasks = [partial(_answer, entry, seconds) for entry in entries]
    outcomes = dict(run_all(tasks, workers=workers, seconds=seconds))
    results = (_rechecked(entry, outcomes[number]) for number, entry in enumerate(entries))
    return Recheck(model, f"cvc5 {version}", tuple(results))


def _rechecked(entry: _Entry, outcome: tuple[str, float, str] | Lost) -> Rechecked:
    if isinstance(outcome, Lost):
        return Rechecked(entry.name, entry.expected, "unknown", 0.0, outcome.reason)
    return Rechecked(entry.name, entry.expected, *outcome)


def _solver_version() -> str:
    try:
        import cvc5
    except ImportError:
        raise UsageError("cvc5 is not installed", help="pip install 'assay[crosscheck]'") from None
    return str(cvc5.__version__)


# The index


@immutable
class _Entry:
    path: Path
    name: str
    expected: str
    digest: str


def _index(directory: Path) -> tuple[str, list[_Entry]]:
    path = directory / INDEX
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"no certificates: {(error.strerror or str(error)).lower()}", location=Location(str(path))
        ) from None
    except (ValueError, RecursionError):
        raise _malformed(path, "not a JSON file") from None
    if not isinstance(index, dict) or index.get("format") != FORMAT:
        raise _malformed(path, f"not an index of certificates: its format is not {FORMAT!r}")
    entries = index.get("obligations")
    if not isinstance(index.get("model"), str) or not isinstance(entries, list):
        raise _malformed(path, "not an index of certificates: it names no model, or no obligations")
    found = [_entry(path, number, entry) for number, entry in enumerate(entries, start=1)]
    _demand_all(path, found)
    return index["model"], found


def _demand_all(index: Path, entries: Sequence[_Entry]) -> None:
    named = {entry.path.name for entry in entries}
    left_out = [script.name for script in scripts_in(index.parent) if script.name not in named]
    if left_out:
        raise InputError(
            f"does not name {left_out[0]}" + (f" and {len(left_out) - 1} more" if left_out[1:] else "") + " beside it",
            help="certificates are rechecked all or not at all: write them again (assay prove --certificate)",
            location=Location(str(index)),
        )


def _entry(index: Path, number: int, entry: Any) -> _Entry:
    given = entry if isinstance(entry, Mapping) else {}
    texts = [given.get(key) for key in ("file", "name", "expected", "sha256")]
    if not all(isinstance(text, str) for text in texts):
        raise _malformed(index, f"obligation {number} has not a file, a name, an expected answer and a sha256")
    file, name, expected, digest = map(str, texts)
    if expected not in ("sat", "unsat", "unknown"):
        raise _malformed(index, f"obligation {number}: {expected!r} is no answer: sat, unsat or unknown")
    if not file or Path(file).name != file or "\0" in file:
        raise _malformed(index, f"obligation {number}: {file!r} is no file beside the index")
    return _Entry(index.parent / file, name, expected, digest)


def _malformed(path: Path, words: str) -> InputError:
    return InputError(words, location=Location(str(path)))


def _demand_unchanged(entry: _Entry) -> None:
    try:
        found = hashlib.sha256(entry.path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            f"cannot be read: {(error.strerror or str(error)).lower()}", location=Location(str(entry.path))
        ) from None
    if found != entry.digest:
        raise InputError("is not what the index says: it was changed", location=Location(str(entry.path)))


# The answers

_WAYS = (("enum-inst", 0.1), ("finite-model-find", 0.9))
"""Options of cvc5 and their shares of the time: instantiation if no model is expected, else finite models."""


def _answer(entry: _Entry, seconds: float) -> tuple[str, float, str]:
    """Return the answer to one script, the seconds it took, and the reason if there is no answer."""
    started = time.monotonic()
    answer, reason = "unknown", ""
    for way, share in _WAYS if entry.expected == "unsat" else reversed(_WAYS):
        try:
            answer = _ask(str(entry.path), way, seconds * share)
        except RuntimeError as error:  # raised by cvc5 for a script that it cannot read
            reason = " ".join(str(error).split())
        if answer != "unknown" or reason:
            break
    return answer, time.monotonic() - started, reason


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
        if result.answer != result.expected:
            told += f", claimed was {result.expected}"
        lines.append(Text(told + (f": {result.reason}" if result.reason else "")))
    agreed = sum(result.verdict is Verdict.HOLDS for result in found.results)
    lines.append(Text(f"the two solvers agree on {agreed} of {len(found.results)}"))
    return lines
