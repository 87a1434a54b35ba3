"""``assay prove``: prove a model's properties for any number of nodes."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from assay.checker.cli import units
from assay.checker.cli.exported import is_exported
from assay.checker.cli.form import again, deliver, deliver_survey
from assay.checker.cli.modes import Mode, demand_effect, demand_format
from assay.checker.cli.options import Flag, Format, Settings, Several, Typed
from assay.checker.cli.output import destination, source_of
from assay.checker.cli.request import assignments, model_among
from assay.checker.errors import AssayError, UsageError
from assay.checker.language.loader import NamedModel, library, load, load_all
from assay.checker.outputs import as_json
from assay.checker.report.run import Refused
from assay.checker.verdicts import ExitStatus, exit_status, worst
from assay.proofs.commands.request import LOOKING, ProofRequest, positive
from assay.proofs.commands.theorems import theorems
from cyclopts import Parameter

if TYPE_CHECKING:
    from assay.proofs.reports.run import ProofRun
    from rich.text import Text

__all__ = ["MODES", "prove"]

_SOLVER = "timeout memory-limit format output"

_MODEL = Mode.of("for MODEL alone", f"set only workers cache certificate full {_SOLVER}")
_BOUNDED = Mode.of("for MODEL with --bounded", f"set only bounded full {_SOLVER}")
_INDUCTION = Mode.of("for MODEL with --induction", f"set only induction full {_SOLVER}")
_INFER = Mode.of("for MODEL with --infer", f"set infer budget workers cache certificate full {_SOLVER}")
_SEVERAL = Mode.of("on several models", f"all workers cache {_SOLVER}")
_INFER_SEVERAL = Mode.of("on several models with --infer", f"all infer budget workers cache {_SOLVER}")
_THEOREMS = Mode.of("on theorems", "only timeout certificate format output")
_RECHECK = Mode.of("with --recheck", "recheck format output")

MODES = (_MODEL, _BOUNDED, _INDUCTION, _INFER, _SEVERAL, _INFER_SEVERAL, _THEOREMS, _RECHECK)

LEAST = 64
"""The least memory for a solver, in mebibytes: with less, it does not even start."""


def prove(
    model: str | None = None,
    /,
    *,
    settings: Settings = (),
    every: Annotated[Flag, Parameter(name="--all")] = False,
    only: Several = (),
    timeout: str = "30s",
    memory_limit: str = "4GiB",
    workers: int | None = None,
    cache: Flag = False,
    bounded: int | None = None,
    induction: int | None = None,
    infer: Flag = False,
    budget: str | None = None,
    certificate: str | None = None,
    recheck: str | None = None,
    format_: Format = "text",
    output: str | None = None,
    full: Flag = False,
    quorums: Annotated[str | None, Parameter(show=False)] = None,
    typed: Typed,
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
        Processor time for each obligation: 500ms, 30s, 2m. Up to 10 s more for each run or instance that is explored.
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
    model, words = model_among(model, settings)
    asked = (("--recheck", recheck), ("--bounded", bounded), ("--induction", induction), ("--infer", infer or None))
    named = sorted((name for name, value in asked if value is not None), key=lambda name: name not in typed)
    mode = _mode(model, every, named)  # what is typed goes before what a project sets
    demand_effect(typed, mode, MODES)
    demand_format("--full", typed, format_, ("text", "markdown"))
    if recheck is not None:
        if model is not None:
            raise UsageError(f"--recheck checks the certificates in {recheck}, of whatever model: leave out {model}")
        return _recheck(recheck, format_, output)
    if mode is _THEOREMS:
        limit = units.duration("--timeout", timeout)
        match format_:
            case "text" | "json" | "markdown":
                return theorems(only, timeout=limit, certificate=certificate, format_=format_, output=output)
        raise UsageError(f"theorems have no report in --format {format_}: it is text, json or markdown")
    defaults = ProofOptions()
    options = ProofOptions(
        timeout=units.duration("--timeout", timeout),
        workers=defaults.workers if workers is None else positive("--workers", workers),
        memory=_mebibytes(memory_limit),
        use_cache=cache,
    )
    request = ProofRequest(options, budget=_budget(budget) if infer else None)
    if mode in (_SEVERAL, _INFER_SEVERAL):
        return _many(_expected(library()) if model is None else load_all(model), request, format_, output)
    request = ProofRequest(
        replace(options, only=only if mode is not _INFER else (), fixed=assignments(words)),
        bounded if mode is _BOUNDED else None,
        induction if mode is _INDUCTION else None,
        certificate if mode in (_MODEL, _INFER) else None,
        request.budget if mode is _INFER else None,
    )
    assert model is not None  # as with several models
    return _one(load(model), request, format_, output, full)


def _mode(model: str | None, every: bool, asked: Sequence[str]) -> Mode:
    """Return the mode that a command line asks for, of which the first wins if it asks for several."""
    if "--recheck" in asked:
        return _RECHECK
    if model == "theorems":
        return _THEOREMS
    if model is None or every:
        return _INFER_SEVERAL if "--infer" in asked else _SEVERAL
    return {"--bounded": _BOUNDED, "--induction": _INDUCTION, "--infer": _INFER}[asked[0]] if asked else _MODEL


def _budget(budget: str | None) -> float:
    """Return the seconds to look for lemmas."""
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
