"""``assay prove``: prove a model's properties for any number of nodes."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from assay.checker.cli import units
from assay.checker.cli.exported import Exported, is_exported
from assay.checker.cli.form import again, deliver, deliver_survey
from assay.checker.cli.output import destination, source_of
from assay.checker.cli.request import assignments, model_among
from assay.checker.errors import AssayError, UsageError
from assay.checker.language.loader import NamedModel, library, load, load_all
from assay.checker.outputs import as_json
from assay.checker.report.run import Refused
from assay.checker.verdicts import ExitStatus, exit_status, worst
from assay.proofs.commands.request import LOOKING, ProofRequest, positive
from assay.proofs.commands.theorems import demand_no_model, theorems
from cyclopts import Parameter

if TYPE_CHECKING:
    from assay.proofs.reports.run import ProofRun
    from rich.text import Text

__all__ = ["prove"]

LEAST = 64
"""The least memory for a solver, in mebibytes: with less, it does not even start."""


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
        workers=defaults.workers if workers is None else positive("--workers", workers),
        memory=_mebibytes(memory_limit),
        use_cache=cache,
    )
    request = ProofRequest(options, bounded, induction, certificate, _budget(infer, budget))
    request.demand_sense()
    if model is None or every:
        _demand_one(model, only=only, bounded=bounded, induction=induction, certificate=certificate, set=words)
        return _many(_expected(library()) if model is None else load_all(model), request, format_, output)
    return _one(load(model), request, format_, output, full)


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


def _demand_one(model: str | None, **options: object) -> None:
    for name, value in options.items():
        if value:
            raise UsageError(
                f"--{name} is about one model" + ("; name a MODEL" if model is None else ", not about --all")
            )


def _one(model: NamedModel, request: ProofRequest, format_: str, output: str | None, full: bool) -> int:
    with destination(output, source_of(model)) as file:
        if request.certificate is not None:
            from assay.proofs.induction.certificates import certificates_of, demand_writable, write_certificates

            demand_writable(request.certificate)
        run = request.run(model)
        if is_exported(format_):
            from assay.proofs.reports.surveys import of_proof

            deliver_survey(of_proof(run), format_, file)
        else:
            deliver(_report(run, format_, full), file)
        if request.certificate is not None and run.result.interrupted:
            print(f"interrupted: no certificates in {request.certificate}", file=sys.stderr)
        elif request.certificate is not None:
            result = run.result
            written = certificates_of(result)
            count = write_certificates(result.specification.name, result.verdict, written, request.certificate)
            print(f"wrote {count} obligations to {request.certificate}", file=sys.stderr)
        return run.status


def _report(run: ProofRun, format_: str, full: bool) -> str | list[Text]:
    if format_ == "text":
        from assay.proofs.reports.text import render_proof

        return list(render_proof(run, full=full))
    from assay.proofs.reports import data

    return as_json(data.proof_record(run)) if format_ == "json" else data.proof_page(run, full=full)


def _many(models: Sequence[NamedModel], request: ProofRequest, format_: str, output: str | None) -> int:
    with destination(output, *map(source_of, models)) as file:
        runs: list[ProofRun] = []
        refused: list[Refused] = []
        for model in models:
            try:
                runs.append(request.run(model))
            except AssayError as error:  # an error in one model must not cost the others their rows
                refused.append(Refused(model.name, error))
                continue
            except KeyboardInterrupt:  # between two proofs; a proof ends in order by itself
                break
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
    from assay.proofs.reports import data

    if format_ == "json":
        return as_json(data.proofs_record(runs, refused))
    return data.proofs_page(runs, refused)


def _recheck(directory: str, format_: str, output: str | None) -> int:
    if format_ != "text":
        raise UsageError(f"--recheck has no report in --format {format_}: it is text")
    from assay.proofs.induction.recheck import recheck, render_recheck

    with destination(output) as file:
        found = recheck(directory)
        deliver(render_recheck(found), file)
        return exit_status([found.verdict])
