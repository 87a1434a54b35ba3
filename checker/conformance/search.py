"""Search for a run of the model that explains a log.

A *point* is a cut (how many events of each chain have happened) with a state of the model that explains them. From a
point, the model may take the next event of a chain, in any of its alternatives, or an unlogged action. Each point is
visited once. Points that explain more of the log go first, and unlogged actions are tried only when no point further
on is left. So a conforming log takes a number of steps linear in its length, and a log is rejected only after all
points have been visited.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.checker.conformance.events import ANY, Demand, Event, Step
from assay.checker.conformance.ordering import Chains, Cut, after
from assay.checker.engine.limits import Limits, Stop, interrupted, states_reached
from assay.checker.engine.lookout import Ended, Lookout
from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import Method
from assay.checker.properties.check import demand_axioms
from assay.checker.verdicts import Verdict

__all__ = ["Conformance", "Link", "Point", "calls_of", "conform"]


@dataclass(frozen=True)
class Point:
    """A node of the search: a cut and a state of the model that explains it."""

    cut: Cut
    state: Frozen


@dataclass(frozen=True)
class Link:
    """A step of a run of the model that explains the log.

    Attributes
    ----------
    event : Event, optional
        The event that it explains; None for an unlogged action.
    calls : tuple of Call
        The actions.
    state : frozen state
        The state after them.
    """

    event: Event | None
    calls: tuple[Call, ...]
    state: Frozen


@dataclass(frozen=True)
class Conformance:
    """Whether a log is a run of a model.

    Attributes
    ----------
    instance : Instance
        The instance of the model.
    chains : Chains
        The events, in their order.
    run : tuple of Link, optional
        A run of the model that explains the whole log, if one was found.
    start : frozen state, optional
        The state it begins in.
    prefix : int
        The length of the longest prefix that the model explains, as far as the search went.
    furthest : tuple of Point
        The points at its end that were visited.
    points : int
        The number of points that were visited.
    stop : Stop, optional
        Why the search ended early.
    failure : ModelError, optional
        The first error that the model's own code raised during the search: there may be a run beyond it.
    seconds : float
        How long the search took.
    """

    instance: Instance
    chains: Chains
    run: tuple[Link, ...] | None
    start: Frozen | None
    prefix: int
    furthest: tuple[Point, ...]
    points: int
    stop: Stop | None = None
    failure: ModelError | None = None
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """*Holds* if the log is a run of the model, *violated* if it is not, *unknown* if the search ended early."""
        if self.run is not None:
            return Verdict.HOLDS
        return Verdict.VIOLATED if self.stop is None and self.failure is None else Verdict.UNKNOWN


def conform(
    instance: Instance, chains: Chains, *, unlogged: Iterable[Method] = (), limits: Limits | None = None
) -> Conformance:
    """Check a log against a model.

    Parameters
    ----------
    instance : Instance
        The model, at the size of the system that wrote the log; it is made active here.
    chains : Chains
        The events.
    unlogged : iterable of Method
        Actions that may happen at any time without an event.
    limits : Limits, optional
        Resource limits; the limit of states is one of points.

    Raises
    ------
    ModelError
        If the model uses what the language excludes, an axiom is false in the instance, or its initial states raise.

    Notes
    -----
    State constraints and properties play no part: the log is checked against what the actions allow.
    """
    compile_model(instance.specification)  # what the language excludes is refused, whatever the log and the instance
    with instance.active():
        demand_axioms(instance)
        return _Search(instance, chains, tuple(unlogged), limits or Limits()).result()


def calls_of(step: Step, interpreter: Interpreter, state: Frozen) -> Iterator[Call]:
    """Yield each call that a step may stand for in a state, with all its arguments.

    An argument that the log leaves out, and that the action draws from the state, is one of those that it may draw.
    """
    name, instance = step.method.name, interpreter.instance
    if ANY in step.arguments and interpreter.is_drawn(step.method):
        for arguments in interpreter.choices(step.method, state):
            if all(given is ANY or given == drawn for given, drawn in zip(step.arguments, arguments, strict=True)):
                yield name, arguments
        return
    pairs = zip(step.method.parameters, step.arguments, strict=True)
    choices = [instance.universe(type_) if value is ANY else (value,) for (_, type_), value in pairs]
    yield from ((name, arguments) for arguments in itertools.product(*choices))


Outcome = tuple[int, tuple[Call, ...]]
"""The number of a state, and the actions that lead there."""

_Key = tuple[Cut, int]
"""A point, with the number of its state."""


class _Search:
    def __init__(self, instance: Instance, chains: Chains, unlogged: Sequence[Method], limits: Limits) -> None:
        self.lookout = Lookout(limits)
        self.instance = instance
        self.chains = chains
        self.unlogged = tuple(Step(method, (ANY,) * len(method.parameters)) for method in unlogged)
        self.interpreter = Interpreter(instance, self.lookout.glance)
        self.failure: ModelError | None = None
        self.states: list[Frozen] = []
        self._numbers: dict[Frozen, int] = {}
        self._taken: dict[tuple[int, Demand], tuple[Outcome, ...]] = {}
        self._hidden: dict[int, tuple[Outcome, ...]] = {}
        self._from: dict[_Key, tuple[_Key, Event | None, tuple[Call, ...]] | None] = {}
        # The furthest point first, then the one with the fewest unlogged actions since its last event, then the
        # earliest by the clocks; the running number keeps equal ones from comparing their points.
        self._queue: list[tuple[int, int, float, int, _Key, bool]] = []
        self._rank = _ranks(chains)
        self.prefix = 0

    def result(self) -> Conformance:
        """Search, and return the result."""
        stop, found = None, None
        try:
            found = self._run()
        except Ended as ended:
            stop = ended.stop
        except KeyboardInterrupt:
            stop = interrupted(self.lookout.seconds)
        start, run = (None, None) if found is None else self._explained(found)
        furthest = (Point(cut, self.states[state]) for cut, state in self._from if sum(cut) == self.prefix)
        return Conformance(
            self.instance,
            self.chains,
            run,
            start,
            self.prefix,
            tuple(furthest),
            len(self._from),
            stop,
            self.failure,
            self.lookout.seconds,
        )

    def _run(self) -> _Key | None:
        for start in self.interpreter.each_initial_state():
            self._reach((self.chains.start, self._number(start)), None, 0, 0.0)
        while self._queue:
            missing, hidden, rank, _, key, is_quiet = heapq.heappop(self._queue)
            if missing == -self.chains.size:
                return key
            if is_quiet:
                for state, calls in self._quiet(key[1]):
                    self._reach((key[0], state), (key, None, calls), hidden, rank)
            else:
                self._take_next(key)
                # Unlogged actions wait until a point comes up again: it was put back behind those that need fewer.
                if self.unlogged:
                    heapq.heappush(self._queue, (missing, hidden + 1, rank, len(self._from), key, True))
        return None

    def _take_next(self, key: _Key) -> None:
        cut, state = key
        for number, event in self.chains.next(cut):
            reached = after(cut, number)
            for outcome, calls in self._outcomes(state, event.demand):
                rank = self._rank[number][cut[number]]
                self._reach((reached, outcome), (key, event, calls), 0, rank)

    def _reach(
        self, key: _Key, origin: tuple[_Key, Event | None, tuple[Call, ...]] | None, hidden: int, rank: float
    ) -> None:
        if key in self._from:
            return
        limit = self.lookout.limits.states
        if limit is not None and len(self._from) >= limit:
            raise Ended(states_reached(limit))
        self.lookout.glance()
        self._from[key] = origin
        done = sum(key[0])
        self.prefix = max(self.prefix, done)
        heapq.heappush(self._queue, (-done, hidden, rank, len(self._from), key, False))

    def _number(self, state: Frozen) -> int:
        number = self._numbers.setdefault(state, len(self.states))
        if number == len(self.states):
            self.states.append(state)
        return number

    def _outcomes(self, number: int, demand: Demand) -> tuple[Outcome, ...]:
        """Return the states to which an event may lead from a state, each once."""
        key = number, demand
        if key not in self._taken:
            self._taken[key] = tuple(self._computed(self.states[number], demand))
        return self._taken[key]

    def _computed(self, state: Frozen, demand: Demand) -> Iterator[Outcome]:
        if not all(observation.holds(state) for observation in demand.before):
            return
        found: dict[Frozen, tuple[Call, ...]] = {}
        for steps in demand.alternatives:
            found |= self._ends(state, steps)
        for end, calls in found.items():
            if all(observation.holds(end) for observation in demand.after):
                yield self._number(end), calls

    def _ends(self, state: Frozen, steps: tuple[Step, ...]) -> dict[Frozen, tuple[Call, ...]]:
        """Return the states in which some steps may end, each with the actions that led there."""
        reached: dict[Frozen, tuple[Call, ...]] = {state: ()}
        for step in steps:
            reached = {
                end: (*calls, call) for before, calls in reached.items() for call, end in self._steps(before, step)
            }
        return reached

    def _steps(self, state: Frozen, step: Step) -> Iterator[tuple[Call, Frozen]]:
        try:
            for call in calls_of(step, self.interpreter, state):
                for outcome in self.interpreter.each_outcome(state, call):
                    if isinstance(outcome, ModelError):
                        self.failure = self.failure or outcome
                    elif outcome is not None:
                        yield call, outcome
        except ModelError as error:  # there are too many arguments to try
            self.failure = self.failure or error

    def _quiet(self, number: int) -> tuple[Outcome, ...]:
        """Return the states to which unlogged actions may lead from a state, each once."""
        if number not in self._hidden:
            found: dict[Frozen, tuple[Call, ...]] = {}
            for step in self.unlogged:
                for call, after_ in self._steps(self.states[number], step):
                    found.setdefault(after_, (call,))
            self._hidden[number] = tuple((self._number(state), calls) for state, calls in found.items())
        return self._hidden[number]

    def _explained(self, key: _Key) -> tuple[Frozen, tuple[Link, ...]]:
        links: list[Link] = []
        origin = self._from[key]
        while origin is not None:
            before, event, calls = origin
            links.append(Link(event, calls, self.states[key[1]]))
            key, origin = before, self._from[before]
        return self.states[key[1]], tuple(reversed(links))


def _ranks(chains: Chains) -> tuple[tuple[float, ...], ...]:
    """Return an approximate time for each event, from its clocks or its position. It only guides the search."""
    timed = all(event.when.time is not None for chain in chains.chains for event in chain)
    if timed:
        return tuple(tuple(_began(event) for event in chain) for chain in chains.chains)
    return tuple(tuple((n + 1) / len(chain) for n in range(len(chain))) for chain in chains.chains)


def _began(event: Event) -> float:
    assert event.when.time is not None
    return float(event.when.time[0])
