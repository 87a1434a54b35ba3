"""Break every model of the library, one thing at a time, and compare all verdicts on each mutant."""

from __future__ import annotations

import importlib
import inspect
import multiprocessing
import os
import pkgutil
import random
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import assay.models
from assay.checker.language.expectations import Holds
from assay.checker.language.model import Model

from tests.mutation.mutants import Mutant, Mutation, kinds, mutants
from tests.mutation.verdicts import Findings, judge

__all__ = ["Outcome", "Subject", "kinds_of", "of", "printed", "run", "subjects", "table"]


@dataclass(frozen=True)
class Subject:
    """A sound model of a module."""

    module: str
    model: str

    def __str__(self) -> str:
        name = self.module.rpartition(".")[2]
        return name if self.model.lower() == name.replace("_", "") else f"{name}:{self.model}"


@dataclass(frozen=True)
class Outcome:
    """A mutant of a subject, and what was said of it."""

    subject: Subject
    mutant: Mutant
    findings: Findings


def subjects() -> Iterator[Subject]:
    """Yield the sound models of the library."""
    for found in sorted(pkgutil.walk_packages(assay.models.__path__, "assay.models."), key=lambda module: module.name):
        for name, value in vars(importlib.import_module(found.name)).items():
            if _is_model(value) and value.__module__ == found.name and isinstance(value.expected, Holds):
                yield Subject(found.name, name)


def _is_model(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Model) and value is not Model


def of(subject: Subject) -> list[Mutant]:
    """Return the mutants of a subject: of what its class and the functions of its module say."""
    return list(mutants(*_changed(subject)))


def kinds_of(subject: Subject) -> list[Mutation]:
    """Return the kinds of the mutants of a subject, in order: much cheaper than the mutants themselves."""
    return kinds(*_changed(subject))


def _changed(subject: Subject) -> tuple[str, frozenset[str]]:
    """Return the source of a subject's module, and the classes in it whose methods are changed."""
    loaded = importlib.import_module(subject.module)
    classes = [cls for cls in getattr(loaded, subject.model).__mro__ if cls.__module__ == subject.module]
    base = next((cls for cls in classes[1:] if _is_model(cls)), object)  # has mutants of its own
    return inspect.getsource(loaded), frozenset(cls.__name__ for cls in classes if cls not in base.__mro__)


def _judged(task: tuple[Subject, Mutant]) -> Outcome:
    subject, mutant = task
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{subject.module.rpartition('.')[2]}.py"
        path.write_text(mutant.source)
        findings = judge(path, subject.model, [("--instance", "smoke"), ()])
    return Outcome(subject, mutant, findings)


def drawn(subject: Subject, each: int | None, seed: int = 0) -> list[Mutant]:
    """Return the mutants of a subject; ``each`` of them, drawn by a seed, where there are more."""
    found = of(subject)
    if each is None or len(found) <= each:
        return found
    chosen = sorted(random.Random(f"{seed} {subject}").sample(range(len(found)), each))
    return [found[index] for index in chosen]


def run(chosen: Iterable[Subject], *, each: int | None = None, workers: int = 2, seed: int = 0) -> Iterator[Outcome]:
    """Yield the outcome for each mutant of some subjects, or for ``each`` of them, drawn by a seed."""
    tasks = [(subject, mutant) for subject in chosen for mutant in drawn(subject, each, seed)]
    lifeline = os.pipe()
    try:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(workers, context, initializer=_end_with_the_parent, initargs=lifeline) as pool:
            yield from pool.map(_judged, tasks)
    finally:
        for end in lifeline:
            os.close(end)


def _end_with_the_parent(read: int, write: int) -> None:
    """End this worker when the process that began it does, however that ends.

    Only the parent keeps the end of the pipe that is written to, and nothing is ever written: reading returns when
    the parent is gone. Without this, a worker of a killed campaign waits for tasks for ever.
    """
    os.close(write)

    def wait() -> None:
        os.read(read, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


KINDS = ("violated", "refuted", "harmless", "open", "false")
COLUMNS = ("mutants", "tried", *KINDS)
HEAD = (
    "| model | mutants | tried | violated in an instance | refuted for other sizes | proved, violated in none | open "
    "| proved and violated |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)


def table(outcomes: Iterable[Outcome], before: str = "") -> str:
    """Return the table of a campaign, in Markdown, with the rows of an earlier one for models it left out."""
    rows = _rows(before)
    fresh: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        row = fresh.setdefault(str(outcome.subject), Counter({"mutants": len(of(outcome.subject))}))
        row.update(("tried", _class_of(outcome.findings)))
    rows.update(fresh)
    shown = {name: rows[name] for name in map(str, subjects()) if name in rows}
    shown["all"] = sum(shown.values(), Counter())
    return HEAD + "".join(_row(name, counts) for name, counts in shown.items())


def _rows(table: str) -> dict[str, Counter[str]]:
    lines = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:])
    return {name: Counter(dict(zip(COLUMNS, map(int, counts), strict=True))) for name, *counts in lines}


def _class_of(findings: Findings) -> str:
    if findings.broken:
        return "false" if findings.proof == "holds" else "violated"
    return {"holds": "harmless", "violated": "refuted"}.get(findings.proof, "open")


def _row(name: str, counts: Counter[str]) -> str:
    return f"| {name} | {' | '.join(str(counts[kind]) for kind in COLUMNS)} |\n"


def printed(page: str) -> str:
    """Return the table that a page holds."""
    start = page.index(HEAD)
    return page[start : page.index("\n\n", start) + 1]
