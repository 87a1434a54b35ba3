"""The result of a check, as data: what every report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assay.checker.engine.exploration import Exploration
from assay.checker.engine.trace import Trace
from assay.checker.language.expectations import Expectation, Holds
from assay.checker.language.instance import Instance
from assay.checker.verdicts import Verdict

__all__ = ["ActionCoverage", "CheckResult", "PropertyResult"]


@dataclass(frozen=True)
class PropertyResult:
    """The verdict on one property.

    Attributes
    ----------
    name, kind : str
        As the model names it, and what it is: ``"invariant"``, ``"deadlock"``, ``"reachable"``, ...
    verdict : Verdict
        *Holds* only where the exploration was exhaustive, or where a `@reachable` state was reached.
    trace : Trace, optional
        The counterexample; for a `@reachable`, the witness.
    note : str
        What limits the verdict, in words.
    """

    name: str
    kind: str
    verdict: Verdict
    trace: Trace | None = None
    note: str = ""


@dataclass(frozen=True)
class ActionCoverage:
    """How often an action fired, and how many states it was the first to reach."""

    name: str
    fired: int
    discovered: int


@dataclass(frozen=True)
class CheckResult:
    """What a check of one instance showed."""

    instance: Instance
    exploration: Exploration
    properties: tuple[PropertyResult, ...]
    actions: tuple[ActionCoverage, ...]
    warnings: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict on all properties together."""
        verdict = Verdict.HOLDS
        for result in self.properties:
            verdict = verdict & result.verdict
        return verdict

    @property
    def exhaustive(self) -> bool:
        """Whether every reachable state (inside the constraints) was explored."""
        return self.exploration.frontier == 0 and self.exploration.stop is None

    @property
    def violated(self) -> tuple[str, ...]:
        """The names of the violated properties."""
        return tuple(result.name for result in self.properties if result.verdict is Verdict.VIOLATED)

    @property
    def expected(self) -> Expectation:
        """What the model states that checking it must show."""
        return self.instance.specification.expected

    @property
    def as_expected(self) -> bool:
        """Whether it showed that: a broken model by the property it names, a sound one in everything."""
        if isinstance(self.expected, Holds):
            return self.verdict is Verdict.HOLDS
        return self.expected.property in self.violated

    @property
    def parameters(self) -> Mapping[str, int | bool | str]:
        """The instance's settings."""
        return self.instance.settings()
