"""The observable behaviour of a protocol: which actions can follow which.

States are anonymous, so renaming a variable, splitting it or storing it differently does not change the behaviour.
Only the *label* of a step is observable: the name of the action with its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assay.checker.changes.labels import Label
from assay.checker.changes.vacuity import Witnesses
from assay.checker.engine.exploration import Path, Watcher
from assay.checker.engine.limits import Limits
from assay.checker.engine.lookout import Lookout
from assay.checker.engine.walk import Walk
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.report.values import Renderer

__all__ = ["ELSEWHERE", "Behaviour", "Steps", "behaviour"]

ELSEWHERE = -1
"""Stands for unexplored states, among the initial ones or after a step; anything may happen there."""

Steps = tuple[tuple[Label, frozenset[int]], ...]
"""The outgoing steps of a state: each label once, with its successor states."""


@dataclass(frozen=True)
class Behaviour:
    """A labelled transition system.

    Attributes
    ----------
    starts : frozenset of int
        The initial states, including `ELSEWHERE` if some are unknown.
    steps : tuple of steps
        The outgoing steps of each state, indexed by its number. Pairs rather than a mapping, because the keys of a JSON
        object must be text.
    unfinished : frozenset of int
        States with unknown steps, because a limit was reached or the model's own code fails there.
    why : str
        That limit or failure; empty if nothing is unfinished.
    """

    starts: frozenset[int]
    steps: tuple[Steps, ...]
    unfinished: frozenset[int] = frozenset()
    why: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether every reachable state and step is known."""
        return not self.unfinished


def behaviour(
    instance: Instance, limits: Limits, watch: Watcher | None = None, witnesses: Witnesses | None = None
) -> Behaviour:
    """Return the behaviour of an instance, explored by the interpreter.

    If `witnesses` is given, it records the claims whose conclusion mattered in some state.

    States outside of state constraints have no steps, in both versions alike: so the constraint of a model is a part
    of its behaviour.

    Raises
    ------
    ModelError
        If the model's own code fails in every initial state.
    """
    with instance.active():
        observer = _Observer(Renderer(instance), witnesses)
        walk = Walk(instance, Lookout(limits, watch), observer)
        walk.run()
        return observer.behaviour("" if walk.stop is None else walk.stop.detail)


@dataclass
class _Observer:
    """The visitor that numbers states and records their steps."""

    renderer: Renderer
    witnesses: Witnesses | None = None
    starts: set[int] = field(default_factory=set)
    numbers: dict[Frozen, int] = field(default_factory=dict)
    steps: list[dict[Label, set[int]]] = field(default_factory=list)
    labels: dict[Call, Label] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    known: set[int] = field(default_factory=set)
    outside: set[int] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    failure: str = ""
    has_left: bool = False
    interpreter: Interpreter | None = None

    def begin(self, walk: Walk) -> None:
        self.interpreter = walk.interpreter

    def number(self, state: Frozen) -> int:
        if state not in self.numbers:
            self.numbers[state] = len(self.steps)
            self.steps.append({})
        return self.numbers[state]

    def meet(self, state: Frozen, parent: Frozen | None, *, inside: bool) -> None:
        number = self.number(state)
        self.met.add(number)
        if parent is None:
            self.starts.add(number)
        self._look(state)
        if inside:
            self.outside.discard(number)  # a step constraint left it out on another path
        else:
            self.outside.add(number)

    def _look(self, before: Frozen, after: Frozen | None = None) -> None:
        if self.witnesses is not None and self.witnesses.open and self.interpreter is not None:
            self.witnesses.look(self.interpreter, before, after)

    def step(self, before: Frozen, call: Call, after: Frozen) -> None:
        self._look(before, after)
        self.steps[self.number(before)].setdefault(self._label(call), set()).add(self.number(after))

    def _label(self, call: Call) -> Label:
        if call not in self.labels:
            self.labels[call] = Label(call[0], tuple(value for _, value in self.renderer.arguments(call)))
        return self.labels[call]

    def reach(self, before: Frozen, call: Call, after: Frozen, *, new: bool) -> None:
        """Do nothing: `step` has recorded it already."""

    def leave(self, state: Frozen, calls: int) -> None:  # noqa: ARG002 - what failed is told by `fail`
        self.known.add(self.number(state))
        self.has_left = True

    def fail(self, error: ModelError, path: Path) -> None:
        self.met.add(self.number(path[-1]))
        self.failed.add(self.number(path[-1]))
        self.failure = self.failure or str(error)

    def has_ended(self, *, between_levels: bool) -> bool:  # noqa: ARG002
        return False

    def behaviour(self, stop: str) -> Behaviour:
        if stop and not self.has_left:
            # The limit was reached while the initial states were enumerated: there may be more.
            self.starts.add(ELSEWHERE)
        # Constraints end the behaviour in the states outside. Behind a limit, though, another path may lead to one that
        # only a step constraint has left out.
        known = self.known if stop else self.known | self.outside
        unfinished = frozenset({*self.met, *(self.starts & {ELSEWHERE})}) - (known - self.failed)
        # The walk may end before it meets the last one numbered.
        rows = self.steps[: len(self.met)]
        steps = tuple(tuple((label, self._met(after)) for label, after in of.items()) for of in rows)
        return Behaviour(frozenset(self.starts), steps, unfinished, self.failure or stop if unfinished else "")

    def _met(self, states: set[int]) -> frozenset[int]:
        return frozenset(state if state in self.met else ELSEWHERE for state in states)
