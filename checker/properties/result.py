"""The result of a check, as data: what every report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assay.checker.engine.exploration import Exploration
from assay.checker.engine.trace import Trace
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.expectations import Expectation
from assay.checker.language.introspection.specification import Property
from assay.checker.language.kinds import Kind
from assay.checker.language.model import Fires
from assay.checker.verdicts import Verdict

if TYPE_CHECKING:
    from assay.checker.properties.implementation import Implementation
    from assay.checker.properties.lassos import Fulfilment

__all__ = ["ActionCoverage", "CheckResult", "PropertyResult"]


@immutable
class PropertyResult:
    """The verdict on one property.

    Attributes
    ----------
    subject : Property
        What the verdict is about: a method of the model, or the deadlock.
    verdict : Verdict
        *Holds* only where the exploration was exhaustive, or where a `@reachable` state was reached.
    trace : Trace, optional
        The counterexample; for a `@reachable`, the witness.
    note : str
        What limits the verdict, in words.
    arguments : tuple
        For which choice of its parameters the trace shows it.
    fulfilments : tuple of Fulfilment
        Why the loop of such a counterexample is fair.
    implementation : Implementation, optional
        Of a violated refinement, how the other model sees the counterexample.
    """

    subject: Property
    verdict: Verdict
    trace: Trace | None = None
    note: str = ""
    arguments: tuple[Any, ...] = ()
    fulfilments: tuple[Fulfilment, ...] = ()
    implementation: Implementation | None = None

    @property
    def name(self) -> str:
        """The property's name; not its identity, for a model may name a property ``deadlock``."""
        return self.subject.name

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.subject.kind


@immutable
class ActionCoverage:
    """How often an action fired, how many states it was the first to reach, and what is claimed of its firing."""

    name: str
    fired: int
    discovered: int
    fires: Fires = "somewhere"

    @property
    def is_expected(self) -> bool:
        """Whether it may have fired so often, where everything was explored."""
        return self.fires == "maybe" or (self.fired > 0) is (self.fires == "somewhere")


@immutable
class CheckResult:
    """What a check of one instance showed."""

    instance: Instance
    exploration: Exploration
    properties: tuple[PropertyResult, ...]
    actions: tuple[ActionCoverage, ...]
    warnings: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict on all properties together.

        Unless everything was explored, it is never *holds*, whatever was judged until then: no action may fail
        either, nor be one that never fires, and a check may look for nothing else.
        """
        verdict = Verdict.HOLDS if self.exhaustive else Verdict.UNKNOWN
        for result in self.properties:
            verdict = verdict & result.verdict
        return verdict

    @property
    def exhaustive(self) -> bool:
        """Whether every reachable state (inside the constraints) was explored, and there is one."""
        return self.exploration.is_exhaustive

    @property
    def violated(self) -> tuple[str, ...]:
        """The names of the violated properties."""
        return tuple(found.name for found in self._violated)

    @property
    def _violated(self) -> tuple[Property, ...]:
        return tuple(result.subject for result in self.properties if result.verdict is Verdict.VIOLATED)

    @property
    def expected(self) -> Expectation:
        """What the model states that checking it must show."""
        return self.instance.specification.expected

    @property
    def as_expected(self) -> bool:
        """Whether it showed that: a broken model by the property it names, a sound one in everything."""
        wanted = self.instance.specification.expected_violation
        return self.verdict is Verdict.HOLDS if wanted is None else wanted in self._violated

    @property
    def parameters(self) -> Mapping[str, int | bool | str]:
        """The instance's settings."""
        return self.instance.settings()
