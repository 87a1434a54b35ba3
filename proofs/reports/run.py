"""A proof as reports tell of it: the result, and what the user asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assay.checker.language.expectations import Holds
from assay.checker.language.loader import NamedModel
from assay.checker.language.types import BagType, Bound, SeqType, subtypes
from assay.checker.report.run import plural, seconds
from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from assay.proofs.induction.results import ObligationResult, ProofResult

__all__ = ["ProofRun"]


@dataclass(frozen=True)
class ProofRun:
    """One model that was to be proved.

    Attributes
    ----------
    model : NamedModel
        Which.
    result : ProofResult
        What came of it.
    timeout : float
        Seconds for each obligation.
    command : str
        The command line that does it again.
    """

    model: NamedModel
    result: ProofResult
    timeout: float
    command: str

    @property
    def verdict(self) -> Verdict:
        """The verdict on all properties together."""
        return self.result.verdict

    @property
    def status(self) -> ExitStatus:
        """The exit status of proving this model alone."""
        return exit_status([self.verdict])

    @property
    def expectation(self) -> Verdict:
        """The verdict on the claim that the model shows what it is expected to."""
        if self.result.as_expected:
            return Verdict.HOLDS
        return Verdict.UNKNOWN if self.verdict is Verdict.UNKNOWN else Verdict.VIOLATED

    @property
    def scope(self) -> str:
        """For which instances: all, or those with some sizes."""
        if self.result.instance is not None:
            settings = self.result.instance.settings()
            return ", ".join([*(f"{name}={value}" for name, value in settings.items()), *self._rooms()])
        sorts = [sort.__name__ for sort in self.result.specification.sorts]
        quorums = [quorum.cls.__name__ for quorum in self.result.specification.quorums]
        fixed = [f"{name}={value}" for name, value in self.result.fixed.items()]
        free = [c.name for c in self.result.specification.constants if c.name not in self.result.fixed]
        parts = [f"any number of {_listed([*sorts, *quorums])}"] if sorts or quorums else []
        parts += [f"any {_listed(free)}"] if free else []
        return ", ".join([*parts, *fixed, *self._rooms()]) or "its one instance"

    def _rooms(self) -> Iterator[str]:
        """Yield how much the sequences and bags hold, which is part of the claim."""
        for variable in self.result.specification.variables:
            for part in subtypes(variable.type):
                if isinstance(part, SeqType | BagType):
                    yield f"{variable.name} up to {self._number(part.bound)}"

    def _number(self, bound: Bound) -> object:
        if isinstance(bound, str) and self.result.instance is not None:
            return self.result.instance.bound(bound)
        return self.result.fixed.get(bound, bound) if isinstance(bound, str) else bound

    @property
    def counts(self) -> tuple[int, int]:
        """How many obligations were proved, of how many; the guards aside."""
        own = [o for o in self.result.obligations if not o.guard]
        return sum(bool(o.proved) for o in own), len(own)

    @property
    def slowest(self) -> ObligationResult | None:
        """The obligation that took longest."""
        return max(self.result.obligations, key=lambda o: o.seconds, default=None)

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        proved, total = self.counts
        if self.verdict is Verdict.HOLDS:
            return f"proved for {self.scope}: all {plural(total, 'obligation')} in {seconds(self.result.seconds)}"
        if self.verdict is Verdict.VIOLATED:
            expected = self.result.as_expected and not isinstance(self.result.expected, Holds)
            names = self.result.violated or tuple(o.subject for o in self.result.guards_failed)
            return f"violated{', as expected' if expected else ''}: {', '.join(names)}"
        if self.result.interrupted:
            if self.result.bounded:
                return "interrupted: no violation found in what was looked for"
            return f"interrupted: {proved} of {plural(total, 'obligation')} proved"
        if self.result.bounded:
            return f"unknown: {self.result.bounded}"
        if not total:
            return "unknown: there was nothing to prove"
        if self.result.guards_failed and not self.result.failed:
            return f"not proved: {_listed([o.name for o in self.result.guards_failed])} does not hold"
        return f"not proved: {total - proved} of {plural(total, 'obligation')} open"

    @property
    def fragment(self) -> str:
        """Whether the queries are in the decidable fragment, and what was done to bring them there."""
        told = "EPR" if not self.result.cycle else f"outside of EPR: {'; '.join(self.result.cycle)}"
        if self.result.relational:
            told += f" ({', '.join(self.result.relational)} as relations)"
        return told

    @property
    def not_proved(self) -> str:
        """What the verdict says nothing about."""
        parts = ["liveness", "deadlock", "reachability"]
        if self.result.instance is not None:
            parts.insert(0, "other sizes")
        return ", ".join(parts)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)
