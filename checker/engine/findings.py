"""What an exploration finds, by the interpreter: properties that fire, and failures of the model's own code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assay.checker.engine.exploration import Path
from assay.checker.engine.trace import Failed
from assay.checker.errors import FalseAssertion, ModelError
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.introspection.specification import Method, Property
from assay.checker.language.kinds import ASSERTIONS, DEADLOCK, Judged
from assay.checker.language.model import Model

__all__ = ["Findings"]


@dataclass
class Findings:
    """The properties that fired, each at its first place, and the one error that is reported.

    Every property is evaluated in every state and on every step, even after it has fired: it must not raise anywhere.

    Attributes
    ----------
    interpreter : Interpreter
        Evaluates the properties.
    deadlock : bool
        Whether to look for a deadlock.
    found : dict from Property to Path
        A path to where each property fired first.
    failure : Failed or None
        Where the model's own code fails. Of several failures it is one on a shortest path, and among those always the
        same one, whatever the order of the search.
    """

    interpreter: Interpreter
    deadlock: bool = True
    found: dict[Property, Path] = field(default_factory=dict)
    failure: Failed | None = None

    def __post_init__(self) -> None:
        specification = self.interpreter.specification
        self._on_states = specification.judged_on(Judged.STATE)
        self._on_steps = specification.judged_on(Judged.STEP)
        self._before: Frozen | None = None

    @property
    def is_violated(self) -> bool:
        """Whether a violation was found."""
        return any(subject.kind.is_claim for subject in self.found)

    def judge_state(self, state: Frozen, path: Callable[[], Path]) -> None:
        """Judge the properties of states; `path` returns a shortest path to the state."""
        thawed = self.interpreter.thaw(state)
        for method in self._on_states:
            self._judge(method, path, thawed)

    def judge_step(self, before: Frozen, after: Frozen, path: Callable[[], Path]) -> None:
        """Judge the properties of steps; `path` returns a shortest path that ends with the step."""
        if self._on_steps:
            # All steps out of a state are judged in a row, so the state is thawed only once.
            if before is not self._before:
                self._before, self._thawed = before, self.interpreter.thaw(before)
            states = self._thawed, self.interpreter.thaw(after)
            for method in self._on_steps:
                self._judge(method, path, *states)

    def judge_ending(self, state: Frozen, path: Callable[[], Path]) -> None:
        """Judge a state in which no call is enabled: it is a deadlock, unless it is terminal."""
        if not self.deadlock:
            return
        try:
            terminal = self.interpreter.is_terminal(state)
        except ModelError as error:
            self.fail(error, path())
        else:
            if not terminal:
                self.find(DEADLOCK, path)

    def _judge(self, method: Method, path: Callable[[], Path], *states: Model) -> None:
        try:
            fires = self.interpreter.fires(method, *states)
        except ModelError as error:
            self.fail(error, path())
        else:
            if fires:
                self.find(method, path)

    def find(self, subject: Property, path: Callable[[], Path]) -> None:
        """Record that a property fires."""
        if subject not in self.found:
            self.found[subject] = path()

    def fail(self, error: ModelError, path: Path) -> None:
        """Record that the model's own code fails in the last state of a path, or on its last step.

        A failed assertion is a violation: the model itself claims that it is true.
        """
        if isinstance(error, FalseAssertion):
            self.find(ASSERTIONS, lambda: path)
            return
        failed = Failed(error, self.interpreter.instance, path)
        if self.failure is None or failed.rank < self.failure.rank:
            self.failure = failed
