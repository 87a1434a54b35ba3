"""The report on random schedules of an implementation, and the table of which check catches which mutant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assay.checker.immutable import immutable
from assay.checker.implementations.fuzzing import Fuzzing
from assay.checker.implementations.loading import NamedCluster
from assay.checker.implementations.schedules import Played
from assay.checker.implementations.survey import COLUMNS, Ran, Row
from assay.checker.outputs import JSON_VERSION
from assay.checker.report.parts import STYLE, Cell, Table, facts
from assay.checker.report.run import number, plural, seconds
from assay.checker.report.worlds import changed
from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from rich.text import Text

__all__ = ["FuzzRun", "Fuzzing", "MutantTable", "lines", "record"]


@immutable
class FuzzRun:
    """Random schedules of a cluster.

    Attributes
    ----------
    named : NamedCluster
        The cluster.
    found : Fuzzing
        What the schedules showed.
    command : str
        The command line that plays them again.
    not_checked : str
        What was left out because it depends on chance, in a phrase; empty if nothing does.
    """

    named: NamedCluster
    found: Fuzzing
    command: str
    not_checked: str

    @property
    def verdict(self) -> Verdict:
        """*Violated* if something was found. *Holds* refers to what was played, and only if all of it was decided."""
        if self.found.failure is not None:
            return Verdict.VIOLATED
        return Verdict.HOLDS if self.found.steps and not self.found.undecided else Verdict.UNKNOWN

    @property
    def status(self) -> ExitStatus:
        """The exit status."""
        return exit_status([self.verdict])

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        failure = self.found.failure
        if failure is not None and failure.finding is not None:
            note = f": {failure.finding.note}" if failure.finding.note else ""
            before = f", of {self.found.length} before shortening" if self.found.length > len(failure.steps) else ""
            return f"violated: {failure.finding.name}{note} ({plural(len(failure.steps), 'step')}{before})"
        if not self.found.steps:
            return "unknown: no step was played"
        if self.found.undecided:
            open_ = f"{plural(self.found.undecided, 'judgement')} would take too long to decide"
            return f"unknown: nothing found in {plural(self.found.steps, 'step')}, but {open_}"
        return f"nothing found in {plural(self.found.steps, 'step')}; this says nothing about other schedules"

    @property
    def sizes(self) -> str:
        """The parameters that the cluster was made with."""
        return " ".join(f"{name}={value}" for name, value in self.named.sizes.items()) or "no parameters"

    def regression(self) -> str:
        """Return a test that plays the schedule again."""
        failure = self.found.failure
        assert failure is not None
        sizes = {name: str(value) for name, value in self.named.sizes.items()}
        steps = "".join(f"    {str(step)!r},\n" for step in failure.steps)
        name = "".join(c if c.isalnum() else "_" for c in Path(self.named.name).name).lower()
        return (
            "from assay.checker.implementations.loading import load_cluster\n"
            "from assay.checker.implementations.schedules import play_words\n\n"
            f"SCHEDULE = [\n{steps}]\n\n\n"
            f"def test_{name}_keeps_what_it_claims() -> None:\n"
            f"    named = load_cluster({self.named.name!r}, {sizes!r})\n"
            "    assert play_words(named.cluster, SCHEDULE, whole=False).finding is None\n"
        )


def lines(run: FuzzRun) -> Iterator[Text]:
    """Yield the lines of the text report."""
    found = run.found
    yield Text(run.named.name, style="bold")
    played = f"{plural(found.walks, 'schedule')}, {plural(found.steps, 'step')}, {seconds(found.seconds)}"
    edges = [("in the model", f"{number(found.edges)} different steps of {run.named.cluster.refines}")]
    yield from facts([("cluster", run.sizes), ("played", played), *(edges if run.named.cluster.refines else [])])
    if found.failure is not None:
        yield Text()
        yield from map(Text, _steps(run, found.failure))
    yield Text()
    yield Text(run.sentence, style=STYLE[run.verdict])
    if run.not_checked:
        yield Text(f"  not checked: {run.not_checked}", style="dim")
    yield Text(f"  reproduce: {run.command}")
    if found.failure is not None:
        yield Text("  as a test:")
        yield from (Text(f"    {line}") for line in run.regression().splitlines())


def _steps(run: FuzzRun, played: Played) -> Iterator[str]:
    for index, step in enumerate(played.steps):
        yield f"  {index + 1:>3}  {step}"
        before, after = played.worlds[index], played.worlds[index + 1]
        yield from (f"         {change}" for change in changed(run.named.cluster, before, after))


def record(run: FuzzRun) -> dict[str, Any]:
    """Return the report as data for JSON."""
    failure = run.found.failure
    return {
        "version": JSON_VERSION,
        "protocol": run.named.name,
        "sizes": run.named.sizes,
        "verdict": run.verdict.value,
        "seed": run.found.seed,
        "walks": run.found.walks,
        "steps": run.found.steps,
        "edges": run.found.edges,
        "undecided": run.found.undecided,
        "seconds": round(run.found.seconds, 3),
        "finding": None if failure is None or failure.finding is None else failure.finding.name,
        "note": None if failure is None or failure.finding is None else failure.finding.note,
        "schedule": None if failure is None else [str(step) for step in failure.steps],
        "found_after": run.found.length,
        "not_checked": run.not_checked,
        "regression": None if failure is None else run.regression(),
        "command": run.command,
    }


_WORDS = {Verdict.VIOLATED: "caught", Verdict.HOLDS: "survives", Verdict.UNKNOWN: "unknown", None: "-"}


@immutable
class MutantTable:
    """Which check catches which mutant.

    Attributes
    ----------
    protocol : str
        The protocol.
    rows : sequence of Row
        The mutants.
    command : str
        The command line that makes the table again.
    sizes : sequence of int or None
        The numbers of nodes with which random schedules were played; None for the cluster's own.
    """

    protocol: str
    rows: Sequence[Row]
    command: str
    sizes: Sequence[int | None]

    @property
    def status(self) -> ExitStatus:
        """The exit status: a mutant that nothing catches is a finding, if every check came to an end."""
        return exit_status(row.verdict for row in self.rows)

    @property
    def sentence(self) -> str:
        """How many mutants were caught, in one sentence."""
        missed = [row.name for row in self.rows if row.verdict is Verdict.VIOLATED]
        still_open = [row.name for row in self.rows if row.verdict is Verdict.UNKNOWN]
        count = len(self.rows) - len(missed) - len(still_open)
        mutants = plural(len(self.rows), "mutant")
        parts = [f"all {mutants} caught" if count == len(self.rows) else f"{count} of {mutants} caught"]
        parts += [f"nothing catches {', '.join(missed)}"] if missed else []
        parts += [f"not known of {', '.join(still_open)}, of which a check ended at a limit"] if still_open else []
        return "; ".join(parts)

    @property
    def has_runs(self) -> bool:
        """Whether mutants were run for real."""
        return any(row.ran is not None for row in self.rows)

    def table(self) -> Table:
        """Return the table."""
        rows = (
            (
                Cell(row.name, is_code=True),
                *(Cell(_WORDS[verdict]) for verdict in row.checks),
                *(Cell(_fuzzed(played)) for played in row.fuzzing),
                *([Cell(_ran(row.ran))] if self.has_runs else []),
            )
            for row in self.rows
        )
        return Table(("mutant", *COLUMNS, *self.heads, *(["run"] if self.has_runs else [])), tuple(rows))

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of the columns of random schedules."""
        return tuple("fuzz" if size is None else f"fuzz, {size}" for size in self.sizes)

    def lines(self) -> Iterator[Text]:
        """Yield the lines of the text report."""
        yield Text(f"{self.protocol}: which check catches which mutant", style="bold")
        yield from self.table().text(indent="  ")
        yield Text()
        yield Text(self.sentence, style=STYLE[self.status.verdict])
        yield Text(f"  reproduce: {self.command}")

    def markdown(self) -> str:
        """Return the Markdown report."""
        table = "\n".join(self.table().markdown())
        return f"### `{self.protocol}`: which check catches which mutant\n\n{table}\n\n{self.sentence}.\n"

    def record(self) -> dict[str, Any]:
        """Return the report as data for JSON."""
        return {
            "version": JSON_VERSION,
            "protocol": self.protocol,
            "verdict": self.status.verdict.value,
            "mutants": [
                {
                    "name": row.name,
                    "doc": row.doc,
                    **{name: _WORDS[verdict] for name, verdict in zip(COLUMNS, row.checks, strict=True)},
                    **dict(zip(self.heads, map(_fuzzed, row.fuzzing), strict=True)),
                    **({"run": _ran(row.ran)} if self.has_runs else {}),
                }
                for row in self.rows
            ],
            "command": self.command,
        }


def _ran(ran: Ran | None) -> str:
    if ran is None or ran.verdict is not Verdict.VIOLATED:
        return "-" if ran is None else _WORDS[ran.verdict]
    return f"caught ({ran.by})"


def _fuzzed(found: Fuzzing) -> str:
    failure = found.failure
    if failure is None or failure.finding is None:
        return _WORDS[Verdict.UNKNOWN if found.undecided else Verdict.HOLDS]
    return f"caught after {number(found.steps)} ({failure.finding.name}, {plural(len(failure.steps), 'step')})"
