"""The result of `assay quorum` as data, independent of the report's format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf

from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from assay.proofs.quorums.analyses.change.assess import Change
from assay.proofs.quorums.analyses.cost.latency import Latency
from assay.proofs.quorums.analyses.cost.load import Strategy
from assay.proofs.quorums.analyses.resilience.survival import Survival
from assay.proofs.quorums.answers import Smallest
from assay.proofs.quorums.certificates.write import Certificate
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.findings import QuorumFinding, Severity
from assay.proofs.quorums.safety import Condition, Safety
from assay.proofs.quorums.systems import QuorumSystem

__all__ = ["Assessment", "ClassCosts", "Demand", "Missing", "QuorumReport"]


@dataclass(frozen=True)
class Assessment:
    """The safety of one configuration.

    Parameters
    ----------
    configuration : Configuration
    system : QuorumSystem
        The resolved system that was analysed.
    safety : Safety
        The verdict on that system.
    condition : Condition
        The verdict on the configuration: *unknown*, whatever `safety` is, if it depends on how unknown nodes are read.
    doubt : str
        Why it is unknown, in that case.
    other : pair of QuorumSystem and Safety, optional
        The system with unknown nodes read in the other way, if the verdict rests on both readings.
    """

    configuration: Configuration
    system: QuorumSystem
    safety: Safety
    condition: Condition
    doubt: str = ""
    other: tuple[QuorumSystem, Safety] | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the verdict is *unknown*, if it is."""
        if self.condition is not Condition.UNKNOWN:
            return ()
        return (*([self.doubt] if self.doubt else []), *self.safety.open_questions)


@dataclass(frozen=True)
class ClassCosts:
    """The smallest quorum of a class, its availability and its latency, where they are known."""

    smallest: Smallest | None = None
    availability: Fraction | float | None = None
    fastest: Latency | None = None
    expected_latency: float | None = None


@dataclass(frozen=True)
class Demand:
    """One demand of ``--fail-under``, and whether it is met; None if that is not known."""

    name: str
    least: int
    met: bool | None

    @property
    def verdict(self) -> Verdict:
        """The verdict on the demand."""
        if self.met is None:
            return Verdict.UNKNOWN
        return Verdict.HOLDS if self.met else Verdict.VIOLATED


@dataclass(frozen=True)
class Missing:
    """An answer that is missing, or that is a bound only, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class QuorumReport:
    """The results of one run.

    ``against`` is the configuration that the first one is to become or, with ``change`` None, that it is compared with;
    ``survival_after`` is what that one survives. ``missing`` are the questions without an answer. ``is_open`` says that
    something that affects the exit status is not decided yet.
    """

    subject: Assessment
    findings: tuple[QuorumFinding, ...]
    survival: Survival | None = None
    costs: Mapping[str, ClassCosts] = field(default_factory=dict)
    strategy: Strategy | None = None
    failure: Fraction | None = None
    against: Assessment | None = None
    change: Change | None = None
    survival_after: Survival | None = None
    demands: tuple[Demand, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    missing: tuple[Missing, ...] = ()
    is_open: bool = False
    seconds: float = 0.0
    time_limit: float = inf

    @property
    def status(self) -> ExitStatus:
        """The exit status: safe, able to act, as demanded, and without a finding that breaks a rule."""
        return exit_status(self._verdicts())

    def _verdicts(self) -> Iterator[Verdict]:
        yield self.subject.condition.verdict
        if self.is_open:
            yield Verdict.UNKNOWN
        if self.against is not None:
            yield self.against.condition.verdict
        if self.change is not None:
            yield self.change.condition.verdict
        yield from (demand.verdict for demand in self.demands)
        if any(finding.severity is Severity.ERROR for finding in self.findings):
            yield Verdict.VIOLATED
