"""``assay prove``: prove a model's properties for any number of nodes."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from assay.checker.cli import units
from assay.checker.cli.exported import Exported, is_exported
from assay.checker.cli.form import again, deliver, deliver_survey
from assay.checker.cli.output import destination, source_of
from assay.checker.cli.progress import noting, proving
from assay.checker.cli.request import assignments, model_among
from assay.checker.errors import AssayError, UsageError
from assay.checker.immutable import immutable
from assay.checker.language.loader import NamedModel, library, load, load_all
from assay.checker.report.run import Refused
from assay.checker.verdicts import ExitStatus, exit_status, worst
from assay.proofs.commands.theorems import demand_no_model, theorems
from cyclopts import Parameter

if TYPE_CHECKING:
    from assay.checker.language.introspection.specification import Specification
    from assay.proofs.induction.options import ProofOptions, Watch
    from assay.proofs.induction.results import ProofResult
    from assay.proofs.inference.infer import SearchProgress
    from assay.proofs.reports.run import ProofRun
    from rich.text import Text

__all__ = ["prove"]

LEAST = 64
"""The least memory for a solver, in mebibytes: with less, it does not even start."""

MOST_STEPS = 1000
"""The most steps of --bounded and --induction: each adds a copy of the state to the queries."""


def prove(
    model: str | None = None,
    /,
    *,
    settings: Annotated[tuple[str, ...], Parameter(name="--set", consume_multiple=True, negative=())] = (),
    every: Annotated[bool, Parameter(name="--all", negative=())] = False,
    only: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())] = (),
    timeout: str = "30s",
    memory_limit: str = "4GiB",
    workers: int | None = None,
    cache: Annotated[bool, Parameter(negative=())] = False,
    bounded: int | None = None,
    induction: int | None = None,
    infer: Annotated[bool, Parameter(negative=())] = False,
    budget: str | None = None,
    certificate: str | None = None,
    recheck: str | None = None,
    format_: Annotated[Literal["text", "json", "markdown"] | Exported, Parameter(name="--format")] = "text",
    output: str | None = None,
    full: Annotated[bool, Parameter(negative=())] = False,
    quorums: Annotated[str | None, Parameter(show=False)] = None,
) -> int:
    """Prove that a model's properties hold for any number of nodes. Without MODEL: the whole library.

    Exit status: 0 if proved, 1 if a property is violated, 2 for bad input, 3 if something was not proved.

    Parameters
    ----------
    model
        A library name (two_phase_commit, two_phase_commit:CommitsOnMajority), a dotted name
        (package.module:Class), or path/to/file.py[:Class]. The word theorems: the theorems about all n.
    settings
        Values of parameters: --set crashes=1. With sizes of sorts, the proof is about these sizes.
    every
        Prove every model of the file, each for what it is expected to show.
    only
        Keep to these properties and actions.
    timeout
        Processor time for each obligation: 500ms, 30s, 2m.
    memory_limit
        Memory for each solver: 512MiB, 4GiB.
    workers
        Solvers at once; by default one a processor.
    cache
        Remember what was proved, and do not prove it again.
    bounded
        Look for violations within this many steps instead, for any number of nodes.
    induction
        Assume the invariants in this many states in a row instead of one.
    infer
        Leave the model's lemmas aside, look for lemmas, and write down those that prove the rest.
    budget
        Time to look for lemmas with --infer: 30s, 5m, 1h; 5m unless stated.
    certificate
        Write each obligation to this directory as SMT-LIB 2, with its answer and an index.
    recheck
        Have cvc5 check the certificates in this directory instead; needs the extra crosscheck.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    full
        Show all obligations, with whether each is in EPR, all counterexamples, and whole states.
    """
    from assay.proofs.induction.options import ProofOptions

    if quorums is not None:
        raise UsageError(
            "a proof is about all quorums that satisfy the axioms of a model, not about those of one configuration",
            help=f"assay quorum {shlex.quote(quorums)} proves that its quorums meet, as the axioms ask",
        )
    if recheck is not None:
        _demand_alone(
            model, certificate=certificate, bounded=bounded, induction=induction, infer=infer, all=every, only=only
        )
        return _recheck(recheck, format_, output)
    model, words = model_among(model, settings)
    if model == "theorems":
        demand_no_model(bounded=bounded, induction=induction, infer=infer, set=words, all=every)
        limit = units.duration("--timeout", timeout)
        match format_:
            case "text" | "json" | "markdown":
                return theorems(only, timeout=limit, certificate=certificate, format_=format_, output=output)
        raise UsageError(f"theorems have no report in --format {format_}: it is text, json or markdown")
    defaults = ProofOptions()
    options = ProofOptions(
        timeout=units.duration("--timeout", timeout),
        only=only,
        fixed=assignments(words),
        workers=defaults.workers if workers is None else _positive("--workers", workers),
        memory=_mebibytes(memory_limit),
        use_cache=cache,
    )
    mode = Mode(options, bounded, induction, certificate, _budget(infer, budget))
    mode.demand_sense()
    if model is None or every:
        _demand_one(model, only=only, bounded=bounded, induction=induction, certificate=certificate, set=words)
        return _many(_expected(library()) if model is None else load_all(model), mode, format_, output)
    return _one(load(model), mode, format_, output, full)


LOOKING = 300.0
"""The default time to look for lemmas, in seconds."""


def _budget(infer: bool, budget: str | None) -> float | None:
    """Return the seconds to look for lemmas; None without --infer."""
    if not infer and budget is not None:
        raise UsageError("--budget is the time to look for lemmas: add --infer")
    if not infer:
        return None
    return LOOKING if budget is None else units.duration("--budget", budget)


def _expected(models: Sequence[NamedModel]) -> list[NamedModel]:
    """Return the models that are expected to be provable, and print the names of the others."""
    left = [model.name for model in models if not model.cls.provable]
    if left:
        print(f"for checking only, by what they say of themselves: {', '.join(left)}", file=sys.stderr, flush=True)
    return [model for model in models if model.cls.provable]


def _mebibytes(text: str) -> int:
    found = units.memory("--memory-limit", text) >> 20
    if found < LEAST:
        raise UsageError(f"--memory-limit {text}: a solver needs {LEAST}MiB at least")
    return found


def _demand_alone(model: str | None, **options: object) -> None:
    """Refuse options that say what to prove: with --recheck, the certificates do."""
    if model is not None:
        raise UsageError(f"--recheck is about the certificates in a directory, not about a model: leave out {model}")
    for name, value in options.items():
        if value:
            raise UsageError(f"--recheck is about the certificates in a directory: leave out --{name}")


def _positive(name: str, value: int) -> int:
    if value < 1:
        raise UsageError(f"{name} {value}: expected a number from 1 on")
    return value


def _steps(name: str, value: int) -> int:
    if value > MOST_STEPS:
        raise UsageError(f"{name} {value}: expected a number from 1 to {MOST_STEPS}")
    return _positive(name, value)


def _tell(model: str, words: str) -> None:
    print(f"warning: {model}: {words}", file=sys.stderr, flush=True)


def _demand_one(model: str | None, **options: object) -> None:
    for name, value in options.items():
        if value:
            raise UsageError(
                f"--{name} is about one model" + ("; name a MODEL" if model is None else ", not about --all")
            )


def _ignored(_: SearchProgress) -> None:
    """Ignore the progress, which is shown on terminals only."""


def _noted(note: Callable[[Callable[[], str]], None], progress: SearchProgress) -> None:
    note(lambda: _words(progress))


def _words(progress: SearchProgress) -> str:
    counts = progress.counts
    return (
        f"{progress.doing}, level {progress.level}: {progress.lemmas} lemmas, {counts.examples} counterexamples, "
        f"{counts.candidates} candidates, {progress.seconds:.0f} s of {progress.budget:g} s"
    )


@immutable
class Mode:
    """The part of a command line that does not depend on the model."""

    options: ProofOptions
    bounded: int | None = None
    induction: int | None = None
    certificate: str | None = None
    budget: float | None = None

    def demand_sense(self) -> None:
        """Refuse options that contradict each other."""
        given: dict[str, object] = {"--bounded": self.bounded, "--induction": self.induction, "--infer": self.budget}
        # A certificate covers one proof by induction over single steps, which is what --infer ends with.
        given |= {"--certificate": self.certificate} if self.budget is None else {"--only": self.options.only or None}
        names = [name for name, value in given.items() if value is not None]
        if len(names) > 1:
            raise UsageError(f"{names[0]} and {names[1]} ask for different things: leave out one of them")

    def run(self, model: NamedModel) -> ProofRun:
        """Prove a model."""
        if self.budget is not None:
            return self._inferred(model, self.budget)
        from assay.proofs.induction.options import Watch
        from assay.proofs.reports.run import ProofRun

        with proving(model.name) as progress:
            tell = partial(_tell, model.name)
            watch = Watch(tell=tell) if progress is None else Watch(progress, tell)
            result = self._result(model.specification, watch)
        return ProofRun(model, result, self.options.timeout, self.command(model))

    def _inferred(self, model: NamedModel, budget: float) -> ProofRun:
        from assay.proofs.inference.infer import infer
        from assay.proofs.reports.run import ProofRun

        with noting(model.name) as note:
            progress = _ignored if note is None else partial(_noted, note)
            found = infer(model.specification, self.options, budget=budget, progress=progress)
        return ProofRun(model, found.proof, self.options.timeout, self.command(model), found)

    def _result(self, specification: Specification, watch: Watch) -> ProofResult:
        from assay.proofs.induction import bounded, prover, several_steps

        if self.bounded is not None:
            return bounded.search_steps(specification, _steps("--bounded", self.bounded), self.options, watch)
        if self.induction is not None:
            return several_steps.induct(specification, _steps("--induction", self.induction), self.options, watch)
        return prover.prove_model(specification, self.options, watch)

    def command(self, model: NamedModel) -> str:
        """Return the command line that repeats this run, quoted for a shell."""
        return shlex.join(["assay", "prove", model.name, *self._words()])

    def _words(self) -> Iterator[str]:
        if self.budget is not None:
            yield "--infer"
            yield from () if self.budget == LOOKING else ("--budget", f"{self.budget:g}s")
        fixed: Mapping[str, str] = self.options.fixed
        if fixed:
            yield "--set"
            yield from (f"{name}={value}" for name, value in fixed.items())
        if self.options.only:
            yield from ("--only", *self.options.only)
        for name, value in (("--bounded", self.bounded), ("--induction", self.induction)):
            if value is not None:
                yield from (name, str(value))
        if self.options.timeout != 30:
            yield from ("--timeout", f"{self.options.timeout:g}s")


def _one(model: NamedModel, mode: Mode, format_: str, output: str | None, full: bool) -> int:
    from assay.proofs.induction.certificates import certificates_of, demand_writable, write_certificates

    with destination(output, source_of(model)) as file:
        if mode.certificate is not None:
            demand_writable(mode.certificate)
        run = mode.run(model)
        if is_exported(format_):
            from assay.proofs.reports.surveys import of_proof

            deliver_survey(of_proof(run), format_, file)
        else:
            deliver(_report(run, format_, full), file)
        if mode.certificate is not None and run.result.interrupted:
            print(f"interrupted: no certificates in {mode.certificate}", file=sys.stderr)
        elif mode.certificate is not None:
            result = run.result
            written = certificates_of(result)
            count = write_certificates(result.specification.name, result.verdict, written, mode.certificate)
            print(f"wrote {count} obligations to {mode.certificate}", file=sys.stderr)
        return run.status


def _report(run: ProofRun, format_: str, full: bool) -> str | list[Text]:
    if format_ == "text":
        from assay.proofs.reports.text import render_proof

        return list(render_proof(run, full=full))
    from assay.checker.report import machine
    from assay.proofs.reports import data

    return machine.encode(data.proof_record(run)) if format_ == "json" else data.proof_page(run, full=full)


def _many(models: Sequence[NamedModel], mode: Mode, format_: str, output: str | None) -> int:
    with destination(output, *map(source_of, models)) as file:
        runs: list[ProofRun] = []
        refused: list[Refused] = []
        for model in models:
            try:
                runs.append(mode.run(model))
            except AssayError as error:  # an error in one model must not cost the others their rows
                refused.append(Refused(model.name, error))
                continue
            if runs[-1].result.interrupted:
                break
        untold = [model.name for model in models[len(runs) + len(refused) :]]
        if is_exported(format_):
            from assay.proofs.reports.surveys import of_proofs

            deliver_survey(of_proofs(runs, refused, untold, again()), format_, file)
        else:
            deliver(_reports(runs, refused, format_), file)
        statuses = [*(exit_status([run.expectation]) for run in runs), *(one.error.exit_status for one in refused)]
        untried = len(models) - len(statuses)
        return worst([*statuses, *([ExitStatus.UNKNOWN] if untried else [])])


def _reports(runs: Sequence[ProofRun], refused: Sequence[Refused], format_: str) -> str | list[Text]:
    if format_ == "text":
        from assay.proofs.reports.text import render_proofs

        return list(render_proofs(runs, refused))
    from assay.checker.report import machine
    from assay.proofs.reports import data

    if format_ == "json":
        return machine.encode(data.proofs_record(runs, refused))
    return data.proofs_page(runs, refused)


def _recheck(directory: str, format_: str, output: str | None) -> int:
    if format_ != "text":
        raise UsageError(f"--recheck has no report in --format {format_}: it is text")
    from assay.proofs.induction.recheck import recheck, render_recheck

    with destination(output) as file:
        found = recheck(directory)
        deliver(render_recheck(found), file)
        return exit_status([found.verdict])
