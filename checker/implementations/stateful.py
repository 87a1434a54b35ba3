"""A cluster as a state machine of hypothesis, which draws schedules, shrinks them, and remembers what failed.

TestPaxos = machine(cluster(acceptors=5)).TestCase
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO

from assay.checker.implementations.fuzzing import Fuzzing
from assay.checker.implementations.judging import ClaimViolation, Judge
from assay.checker.implementations.schedules import Played, play, shortened
from assay.checker.implementations.steps import Step
from assay.checker.implementations.worlds import FrozenWorld
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

__all__ = ["Found", "examine", "machine"]


class Found(AssertionError):
    """A schedule led to a violation.

    Attributes
    ----------
    finding : ClaimViolation
        The violation.
    start : FrozenWorld
        The initial world.
    steps : tuple of Step
        The schedule.
    """

    def __init__(self, finding: ClaimViolation, start: FrozenWorld, steps: tuple[Step, ...]) -> None:
        super().__init__(f"{finding.name}: {finding.note}" if finding.note else finding.name)
        self.finding = finding
        self.start = start
        self.steps = steps


def machine(cluster: Cluster) -> type[RuleBasedStateMachine]:
    """Return a state machine whose rules are the steps of a cluster."""
    return _machine(Judge(cluster), _Tally())


class _Over(BaseException):
    """A limit is reached. It passes through hypothesis, which takes any `Exception` for a failure of the machine.

    Schedules that took no steps from then on would not do: hypothesis finds that the same draws lead elsewhere.
    """


@dataclass
class _Tally:
    """What was played, up to limits, which no longer count once something is found: then hypothesis shrinks it."""

    most_walks: int | None = None
    most_steps: int | None = None
    until: float | None = None
    walks: int = 0
    steps: int = 0
    found_at: float | None = None

    def begin(self) -> None:
        """Count a schedule, unless a limit is reached."""
        self._demand_room(self.walks, self.most_walks)
        self.walks += self.found_at is None

    def step(self) -> None:
        """Count a step, unless a limit is reached."""
        self._demand_room(self.steps, self.most_steps)
        self.steps += self.found_at is None

    def find(self) -> None:
        """Note that something was found."""
        self.found_at = self.found_at or time.monotonic()

    def _demand_room(self, played: int, most: int | None) -> None:
        is_late = self.until is not None and time.monotonic() >= self.until
        if self.found_at is None and (is_late or (most is not None and played >= most)):
            raise _Over


def _machine(judge: Judge, tally: _Tally) -> type[RuleBasedStateMachine]:
    starts = judge.starts()
    known: dict[FrozenWorld, list[tuple[Step, FrozenWorld]]] = {}

    class ClusterMachine(RuleBasedStateMachine):
        """Takes one possible step at a time, from one of the initial worlds."""

        def __init__(self) -> None:
            super().__init__()
            self.start = self.world = starts[0]
            self.steps: list[Step] = []
            self.possible: list[tuple[Step, FrozenWorld]] = []

        def _judge(self, judged: Callable[[], ClaimViolation | None]) -> None:
            with judge.active():
                finding = judged()
            if finding is not None:
                tally.find()
                raise Found(finding, self.start, tuple(self.steps))

        def _look(self) -> None:
            """Compute the possible steps."""
            if self.world not in known:
                try:
                    known[self.world] = judge.possible(self.world)
                except NodeError as error:
                    tally.find()
                    raise Found(ClaimViolation("rules", error.message), self.start, tuple(self.steps)) from None
            self.possible = known[self.world]

        @initialize(number=st.integers(0, len(starts) - 1))
        def begin(self, number: int) -> None:
            """Begin in an initial world."""
            tally.begin()
            self.start = self.world = starts[number]
            self._judge(lambda: judge.first(self.start))
            self._look()

        @rule(data=st.data())
        def step(self, data: st.DataObject) -> None:
            """Take a step if one is possible; hypothesis requires an applicable rule even if none is."""
            if not self.possible:
                return
            tally.step()
            step, after = self.possible[data.draw(st.integers(0, len(self.possible) - 1))]
            before, self.world = self.world, after
            self.steps.append(step)
            self._judge(lambda: judge.step(before, after))
            self._look()
            self._judge(lambda: judge.ending(after))

    return ClusterMachine


def examine(
    cluster: Cluster,
    *,
    seed: int = 0,
    depth: int = 50,
    walks: int = 100,
    steps: int | None = None,
    seconds: float | None = None,
) -> Fuzzing:
    """Have hypothesis draw schedules until one fails, and shrink that.

    Parameters
    ----------
    cluster : Cluster
        The cluster, with its budgets of faults.
    seed : int
        The seed for schedules that are not in the database of examples.
    depth : int
        Maximum length of a schedule.
    walks, steps : int
        Maximum number of schedules, and of steps in all.
    seconds : float, optional
        Maximum time to play. A failing schedule is shrunk afterwards.
    """
    began, judge = time.monotonic(), Judge(cluster)
    tally = _Tally(walks, steps, None if seconds is None else began + seconds)
    made = _machine(judge, tally)
    given = settings(
        max_examples=walks,
        stateful_step_count=depth,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    made._hypothesis_internal_use_seed = seed
    found = Fuzzing(seed)
    try:
        with redirect_stdout(StringIO()):  # hypothesis prints the steps as calls of the machine
            run_state_machine_as_test(made, settings=given)
    except Found as failure:
        found.failure = _played(cluster, failure)
        found.length = len(failure.steps)
    except _Over:
        pass
    found.walks, found.steps, found.edges = tally.walks, tally.steps, len(judge.edges)
    found.seconds, found.undecided = (tally.found_at or time.monotonic()) - began, judge.undecided
    return found


def _played(cluster: Cluster, failure: Found) -> Played:
    judge = Judge(cluster)
    with judge.active():
        return shortened(judge, play(judge, failure.start, failure.steps))
