"""What a command line asks of proofs, apart from the model: which search, with which options."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from assay.checker.cli.progress import noting, proving
from assay.checker.errors import UsageError
from assay.checker.immutable import immutable
from assay.checker.language.loader import NamedModel

if TYPE_CHECKING:
    from assay.checker.language.introspection.specification import Specification
    from assay.proofs.induction.options import ProofOptions, Watch
    from assay.proofs.induction.results import ProofResult
    from assay.proofs.inference.infer import SearchProgress
    from assay.proofs.reports.run import ProofRun

__all__ = ["LOOKING", "ProofRequest", "positive"]

MOST_STEPS = 1000
"""The most steps of --bounded and --induction: each adds a copy of the state to the queries."""


LOOKING = 300.0
"""The default time to look for lemmas, in seconds."""


@immutable
class ProofRequest:
    """The part of a command line that does not depend on the model."""

    options: ProofOptions
    bounded: int | None = None
    induction: int | None = None
    certificate: str | None = None
    budget: float | None = None

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
        if self.bounded is not None:
            from assay.proofs.induction.bounded import search_steps

            return search_steps(specification, _steps("--bounded", self.bounded), self.options, watch)
        if self.induction is not None:
            from assay.proofs.induction.several_steps import induct

            return induct(specification, _steps("--induction", self.induction), self.options, watch)
        from assay.proofs.induction.prover import prove_model

        return prove_model(specification, self.options, watch)

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


def positive(name: str, value: int) -> int:
    if value < 1:
        raise UsageError(f"{name} {value}: expected a number from 1 on")
    return value


def _steps(name: str, value: int) -> int:
    if value > MOST_STEPS:
        raise UsageError(f"{name} {value}: expected a number from 1 to {MOST_STEPS}")
    return positive(name, value)


def _tell(model: str, words: str) -> None:
    print(f"warning: {model}: {words}", file=sys.stderr, flush=True)
