"""Judge the claims of a mixture of two versions of a model, as the new version states them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from assay.checker.engine.chosen import ways_between
from assay.checker.errors import FalseAssertion, ModelError
from assay.checker.language.execution.interpreter import Call, Interpreter
from assay.checker.language.execution.picks import Choice
from assay.checker.language.introspection.specification import Method, Property, semantics_of
from assay.checker.language.kinds import ASSERTIONS, DEADLOCK, FAILURES, UNEXPECTED, Failures, Judged
from assay.checker.language.model import Model
from assay.checker.report.values import Renderer
from assay.checker.upgrades.answers import ClaimVerdict, UpgradeStep
from assay.checker.upgrades.exploring import Explored
from assay.checker.upgrades.mixtures import AFTER, BEFORE, Mixed, Mixture, Move
from assay.checker.verdicts import Verdict

__all__ = ["ModelJudge"]

Claim: TypeAlias = Property | Failures

Path: TypeAlias = list[tuple[Move | None, Mixed]]
"""A run; see `Explored.path`."""

NOT_JUDGED = "of mixtures, only states and steps are judged"


@dataclass
class ModelJudge:
    """Judges a mixture by the claims of the version after.

    Attributes
    ----------
    mixture : Mixture
        The explored mixture.
    names : tuple of str
        The names of elements, for traces.
    found : Explored
        The exploration so far.
    only : frozenset of str
        The claims to judge; empty means all.
    keep_going : bool
        Whether to go on after a violation.
    """

    mixture: Mixture
    names: tuple[str, ...]
    found: Explored
    only: frozenset[str] = frozenset()
    keep_going: bool = False
    _fired: dict[Claim, tuple[list[UpgradeStep], str]] = field(default_factory=dict)
    _open: dict[Claim, str] = field(default_factory=dict)
    """Why a claim could not be evaluated in some state: of that state, nothing is known."""

    def __post_init__(self) -> None:
        self._interpreter: Interpreter = self.mixture.runners[AFTER].interpreter
        specification = self._interpreter.specification
        self._states = [m for m in specification.judged_on(Judged.STATE) if self._is_asked(m.name)]
        self._steps = [m for m in specification.judged_on(Judged.STEP) if self._is_asked(m.name)]
        self._others = [
            m for m in specification.judged_on(Judged.BEHAVIOUR, Judged.REFINEMENT) if self._is_asked(m.name)
        ]
        self._impossible = [m for m in specification.impossible if self._is_asked(m.name)]
        self._checks_deadlock = specification.cls.check_deadlock and self._is_asked(DEADLOCK.name)

    def _is_asked(self, name: str) -> bool:
        return not self.only or name in self.only

    # During the exploration

    def meet(self, mixed: Mixed, parent: tuple[Mixed, Move] | None) -> None:
        """Judge a state."""
        open_ = [method for method in self._states if method not in self._fired]
        if open_:
            thawed = self._interpreter.thaw(mixed.state)
            for method in open_:
                path = partial(self.found.path_through, parent, mixed)
                if self._has_fired(method, path, thawed):
                    self._fire(method, path())

    def _has_fired(self, method: Method, path: Callable[[], Path], *states: Model) -> bool:
        try:
            return self._interpreter.fires(method, *states)
        except ModelError as error:
            self._open.setdefault(method, f"{method.name} cannot be evaluated: {error}")
            if FAILURES not in self._fired and self._is_asked(FAILURES.name):
                self._fire(FAILURES, path(), self._open[method])
            return False

    def step(self, before: Mixed, move: Move, after: Mixed) -> None:
        """Judge a step; one that only changes a version is not a step of the model."""
        for method in self._impossible:
            if move.call is not None and move.call[0] == method.name and method not in self._fired:
                self._fire(method, self.found.path_through((before, move), after), UNEXPECTED)
        for method in self._steps:
            if method not in self._fired and move.call is not None:
                states = self._interpreter.thaw(before.state), self._interpreter.thaw(after.state)
                path = partial(self.found.path_through, (before, move), after)
                if self._has_fired(method, path, *states):
                    self._fire(method, path())

    def fail(self, before: Mixed, move: Move, error: ModelError) -> None:
        """Record that an action of a version raises."""
        claim = ASSERTIONS if isinstance(error, FalseAssertion) else FAILURES
        if claim not in self._fired and self._is_asked(claim.name):
            path = [*self.found.path(before), (move, before)]
            self._fire(claim, path, f"the version {_word(move.version)}: {error}")

    def leave(self, mixed: Mixed, *, moves: bool) -> None:
        """Judge whether a state is a deadlock."""
        if moves or not self._checks_deadlock or DEADLOCK in self._fired or self.mixture.goes_on(mixed):
            return
        if not self._interpreter.is_terminal(mixed.state):
            self._fire(DEADLOCK, self.found.path(mixed))

    def has_ended(self) -> bool:
        """Return whether the exploration may stop at a violation found so far."""
        witnesses = {method for method in self._states if not method.kind.is_claim}
        return not self.keep_going and not self._fired.keys() <= witnesses

    def _fire(self, claim: Claim, path: Path, note: str = "") -> None:
        self._fired[claim] = ([*self._trace(path)], note)

    # After the exploration

    def claims(self) -> Iterator[ClaimVerdict]:
        """Yield the verdict on each claim."""
        for method in (*self._states, *self._steps):
            yield self._claim(method)
        for method in self._impossible:
            yield self._never(method)
        if self._checks_deadlock:
            yield self._never(DEADLOCK)
        if self._interpreter.specification.makes_assertions and self._is_asked(ASSERTIONS.name):
            yield self._never(ASSERTIONS)
        if self._is_asked(FAILURES.name):
            yield self._never(FAILURES)
        for method in self._others:
            yield ClaimVerdict(method.name, method.kind.value, Verdict.UNKNOWN, NOT_JUDGED)

    def _claim(self, method: Method) -> ClaimVerdict:
        if method.kind.is_claim:
            return self._never(method)
        if method in self._fired:
            return ClaimVerdict(method.name, method.kind.value, Verdict.HOLDS)
        verdict = self._unless_open(method, Verdict.VIOLATED)
        never = "no state of the mixture reaches it" if verdict is Verdict.VIOLATED else ""
        note = self._open.get(method, never)
        return ClaimVerdict(method.name, method.kind.value, verdict, note)

    def _unless_open(self, claim: Claim, verdict: Verdict) -> Verdict:
        is_open = self.found.stop or self.has_ended() or claim in self._open
        return Verdict.UNKNOWN if is_open else verdict

    def _never(self, claim: Claim) -> ClaimVerdict:
        semantics = semantics_of(claim)
        worded = semantics.claim.format(claim.name), semantics.violation.format(claim.name)
        if claim in self._fired:
            trace, note = self._fired[claim]
            return ClaimVerdict(claim.name, claim.kind.value, Verdict.VIOLATED, note, tuple(trace), *worded)
        verdict = self._unless_open(claim, Verdict.HOLDS)
        return ClaimVerdict(claim.name, claim.kind.value, verdict, self._open.get(claim, ""), (), *worded)

    def _trace(self, path: Path) -> Iterator[UpgradeStep]:
        renderers = tuple(Renderer(runner.interpreter.instance) for runner in self.mixture.runners)
        before: Mixed | None = None
        for move, mixed in path:
            if move is None or before is None:
                running = [f"{name} runs {_word(v)}" for name, v in zip(self.names, mixed.versions, strict=True)]
                state = [f"{name} = {value}" for name, value in renderers[AFTER].state(mixed.state)]
                yield UpgradeStep("initial state", (*running, *state))
            else:
                changes = tuple(map(str, renderers[AFTER].changes(before.state, mixed.state)))
                if move.is_upgrade and move.element is not None:
                    changes = (f"{self._name(move)} runs {_word(move.version)}", *changes)
                call = "" if move.call is None else self._call(move.words, move.call, before, mixed)
                yield UpgradeStep(self._words(move, call), changes, actor=self._name(move))
            before = mixed

    def _call(self, words: int, call: Call, before: Mixed, after: Mixed) -> str:
        """Return an action with its arguments and what it chose, in the words of a version."""
        runner = self.mixture.runners[words]
        instance, chosen = runner.interpreter.instance, tuple[Choice, ...]()
        with instance.active(), suppress(ModelError):  # an action that fails has chosen nothing that led anywhere
            start, end = runner.from_common(before.state), runner.from_common(after.state)
            chosen = next(ways_between(runner.interpreter, start, call, end), ())
        return Renderer(instance).step(call, chosen)

    def _words(self, move: Move, call: str) -> str:
        if move.is_upgrade:
            way = "upgraded" if move.version == AFTER else "taken back"
            return f"{self._name(move)} is {way}" + (f", by {call}" if call else "")
        if self.mixture.fixed is not None or move.element is None:
            return call
        return f"{call}, {self._name(move)} running {_word(move.version)}"

    def _name(self, move: Move) -> str:
        return "" if move.element is None else self.names[move.element]


def _word(version: int) -> str:
    return "before" if version == BEFORE else "after"
