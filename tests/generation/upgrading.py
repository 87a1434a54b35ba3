"""Upgrades of random protocols beside a walk over their mixture that shares nothing with `assay upgrade`.

Both versions are classes of one module here, so nothing is carried from one to the other, and no action is known to be
the same in both: every call is made by the interpreter of the version that its node runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.language.loader import load
from assay.checker.upgrades.answers import ClaimVerdict, Phase, Side, UpgradeRequest
from assay.checker.upgrades.models import explore_models
from assay.checker.verdicts import Verdict

from tests.generation.choices import Seeded
from tests.generation.protocols import HEAD, REFUSED, Action, Protocol, changed, protocol

__all__ = ["upgraded_differently"]

MOST = 500
"""States of a mixture up to which it is walked."""

FAILS = "no action fails"


@dataclass(frozen=True)
class _Plan:
    """Which nodes are upgraded, how, and whether they may go back."""

    moving: tuple[int, ...]
    downgrades: bool
    through: str
    takers: dict[str, int]
    """The argument that is the node which takes an action."""


@dataclass
class _Told:
    """What a walk found: its states, and at which length each claim is broken first, or a witness is found."""

    states: int = 0
    broken: dict[str, int] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def breaks(self, name: str, length: int) -> None:
        self.broken[name] = min(length, self.broken.get(name, length))


class _TooMany(Exception):
    """The mixture has more states than are walked."""


_Mixed = tuple[Frozen, tuple[int, ...]]


class _Walk:
    """A walk over a mixture, or, with one version for all, over that version."""

    def __init__(self, versions: tuple[Interpreter, Interpreter], plan: _Plan, fixed: int | None = None) -> None:
        self.versions, self.plan, self.fixed = versions, plan, fixed
        self.judge = versions[1]
        # A walk has to bring the variables of the version before into the order of the version after.
        names = versions[0].names
        self._order = [names.index(name) for name in versions[1].names]
        self.told = _Told()

    def run(self, size: int) -> _Told:
        starts = [0, 1] if self.fixed is None else [self.fixed]
        found = dict.fromkeys(self._common(v, s) for v in starts for s in self.versions[v].initial_states())
        level = [mixed for state in found for mixed in ((state, running) for running in self._assignments(size))]
        known: dict[_Mixed, None] = {}
        level = [mixed for mixed in level if self._arrives(mixed, known, 1)]
        length = 1
        while level:
            length += 1
            level = [after for mixed in level for after in self._leave(mixed, known, length)]
        self.told.states = len(known)
        return self.told

    def _assignments(self, size: int) -> Iterator[tuple[int, ...]]:
        if self.fixed is not None:
            yield (self.fixed,) * size
            return
        yield from product(*([0, 1] if node in self.plan.moving else [0] for node in range(size)))

    def _common(self, version: int, state: Frozen) -> Frozen:
        return state if version else tuple(state[index] for index in self._order)

    def _back(self, state: Frozen) -> Frozen:
        return tuple(state[self._order.index(index)] for index in range(len(state)))

    def _arrives(self, mixed: _Mixed, known: dict[_Mixed, None], length: int) -> bool:
        if mixed in known:
            return False
        if len(known) >= MOST:
            raise _TooMany
        known[mixed] = None
        self._judge_state(mixed, length)
        return self.judge.is_inside(mixed[0])

    def _judge_state(self, mixed: _Mixed, length: int) -> None:
        for method in self.judge.specification.properties:
            if method.name.startswith(("claim", "seen")):
                try:
                    truth = self.judge.truth(method, self.judge.thaw(mixed[0]))
                except ModelError:
                    self.told.open.add(method.name)
                    self.told.breaks(FAILS, length)
                    continue
                if truth is method.name.startswith("seen"):
                    self.told.breaks(method.name, length)

    def _leave(self, mixed: _Mixed, known: dict[_Mixed, None], length: int) -> list[_Mixed]:
        found = []
        for call, after in self._steps(mixed):
            if isinstance(after, ModelError):
                self.told.breaks(FAILS, length)
                continue
            if call is not None:
                self._judge_step(mixed, after, length)
            if not self.judge.is_taken(mixed[0], after[0]):
                if after not in known:
                    self._judge_state(after, length)
            elif self._arrives(after, known, length):
                found.append(after)
        if not self._goes_on(mixed) and not self.judge.is_terminal(mixed[0]):
            self.told.breaks("deadlock", length - 1)
        return found

    def _judge_step(self, before: _Mixed, after: _Mixed, length: int) -> None:
        for method in self.judge.specification.properties:
            if method.name.startswith("step"):
                try:
                    if not self.judge.truth(method, self.judge.thaw(before[0]), self.judge.thaw(after[0])):
                        self.told.breaks(method.name, length)
                except ModelError:
                    self.told.open.add(method.name)
                    self.told.breaks(FAILS, length)

    def _goes_on(self, mixed: _Mixed) -> bool:
        """Return whether a step is possible now, or once some nodes run another version than now."""
        seen, waiting = {mixed}, [mixed]
        while waiting:
            for call, after in self._steps(waiting.pop()):
                if call is not None:
                    return True
                assert not isinstance(after, ModelError)
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
        return False

    def _calls(self, version: int, state: Frozen) -> Iterator[tuple[Call, int | None, Frozen | ModelError]]:
        given = state if version else self._back(state)
        for call, after in self.versions[version].attempts(given):
            index = self.plan.takers.get(call[0])
            taker = None if index is None else call[1][index].index
            yield call, taker, after if isinstance(after, ModelError) else self._common(version, after)

    def _steps(self, mixed: _Mixed) -> Iterator[tuple[Call | None, _Mixed | ModelError]]:
        state, running = mixed
        for version in (0, 1):
            for call, taker, after in self._calls(version, state):
                # What nobody takes is the same in both, so it does not matter which version takes it.
                by = running[taker] if taker is not None else 1 if self.fixed is None else self.fixed
                if by == version:
                    yield call, after if isinstance(after, ModelError) else (after, running)
        if self.fixed is None:
            yield from self._upgrades(mixed)

    def _upgrades(self, mixed: _Mixed) -> Iterator[tuple[Call | None, _Mixed | ModelError]]:
        state, running = mixed
        for node in self.plan.moving:
            if running[node] and not self.plan.downgrades:
                continue
            other = 1 - running[node]
            then = tuple(other if index == node else version for index, version in enumerate(running))
            if not self.plan.through:
                yield None, (state, then)
                continue
            for call, taker, after in self._calls(other, state):
                if call[0] == self.plan.through and taker == node:
                    yield call, after if isinstance(after, ModelError) else (after, then)


def upgraded_differently(seed: int, folder: Path) -> str | None:
    """Compare the upgrade of a seed with a walk; return what differs, or None."""
    choices = Seeded(seed)
    calm = choices.chance(60)
    before = protocol(choices, calm=calm, claims=not calm)
    after = changed(before, choices)
    plan = _plan(choices, before, after)
    walked = _walked(before, after, plan, folder / f"both_{seed}.py")
    if walked is None:
        return None
    asked = _asked(before, after, plan, folder / f"versions_{seed}")
    try:
        told = explore_models(asked)
    except ModelError as error:
        return None if any(words in error.message for words in REFUSED) else f"refused: {error.message}"
    found = [_differing(told.mixed, walked[0], stops=True)]
    found += [_differing(phase, each, stops=False) for phase, each in zip(told.alone, walked[1:], strict=False)]
    lines = [text for text in found if text is not None]
    return "\n".join([*lines, str(plan), before.model("Old"), after.model("New")]) if lines else None


def _plan(choices: Seeded, before: Protocol, after: Protocol) -> _Plan:
    actions = {action.name: action for made in (before, after) for action in made.actions if "n" in action.known}
    takers = {name: _taker(action) for name, action in actions.items()}
    moving = choices.pick([(0, 1), (0, 1), (0,), (1,)])
    both = [name for name in actions if all(name in (a.name for a in made.actions) for made in (before, after))]
    through = choices.pick(both) if both and choices.chance(45) else ""
    return _Plan(moving, choices.chance(40), through, takers)


def _taker(action: Action) -> int:
    """Return which parameter of an action is the node that takes it."""
    return [part.split(":")[0].strip() for part in action.signature.split(",")].index("n")


def _walked(before: Protocol, after: Protocol, plan: _Plan, path: Path) -> list[_Told] | None:
    """Return what is true of the mixture and of each version alone; None if that is too much to walk."""
    path.write_text(f"{HEAD}\n\n{before.model('Old')}\n\n{after.model('New')}")
    old = load(f"{path}:Old").cls
    new = sys.modules[old.__module__].New  # of the same module: their nodes are the same ones
    instances = [instantiate(specify(model), {}) for model in (old, new)]
    with instances[0].active(), instances[1].active():
        versions = Interpreter(instances[0]), Interpreter(instances[1])
        try:
            return [_Walk(versions, plan, fixed).run(2) for fixed in (None, 0, 1)]
        except (_TooMany, ModelError):  # of a constraint, or of what is terminal
            return None


def _asked(before: Protocol, after: Protocol, plan: _Plan, folder: Path) -> UpgradeRequest:
    folder.mkdir()
    for name, made in (("old", before), ("new", after)):
        (folder / f"{name}.py").write_text(f"{HEAD}\n\n{made.model()}")
    sides = [Side(name, f"{name}.py", str(folder)) for name in ("old", "new")]
    several = {a.name: "n" for made in (before, after) for a in made.actions if "m: Node" in a.signature}
    options: dict[str, Any] = {"downgrades": plan.downgrades, "through": plan.through, "actors": several}
    moving = tuple(f"n{node + 1}" for node in plan.moving) if len(plan.moving) < 2 else ()
    return UpgradeRequest(sides[0], sides[1], versions="Node", moving=moving, **options)


def _differing(phase: Phase, told: _Told, *, stops: bool) -> str | None:
    """Return how what is said of a phase differs from what is true of it."""
    broken = {name for name in told.broken if name != "seen"}
    found = [text for claim in phase.claims if (text := _wrong(claim, told, stops=stops and bool(broken))) is not None]
    if {claim.name for claim in phase.violated} - {"seen"} and not broken:
        found.append("something is violated, and nothing is broken")
    if broken and not phase.violated:
        found.append(f"{sorted(broken)} broken, and nothing is violated")
    if not (stops and broken) and phase.states != told.states:
        found.append(f"{phase.states} states instead of {told.states}")
    return f"{phase.name}: {'; '.join(found)}" if found else None


def _wrong(claim: ClaimVerdict, told: _Told, *, stops: bool) -> str | None:
    """Return what is wrong with a verdict; where the search stops at the first violation, others may stay open."""
    is_broken = claim.name in told.broken
    expected = Verdict.VIOLATED if is_broken is (claim.name != "seen") else Verdict.HOLDS
    if claim.name in told.open and not is_broken:
        expected = Verdict.UNKNOWN
    if claim.verdict is not expected and not (stops and claim.verdict is Verdict.UNKNOWN):
        return f"{claim.name} {claim.verdict.value} instead of {expected.value}"
    length = told.broken.get(claim.name)
    if claim.trace and claim.name != FAILS and len(claim.trace) != length:
        return f"{claim.name} after {len(claim.trace)} states instead of {length}"
    return None
