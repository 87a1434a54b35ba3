"""Check the journals of a run: merge the steps of all nodes, replay them, and judge the claims.

Every handler is called again on its node's state and must have the outcome that the journal records. So a run is a path
of the cluster as explorers see it, on which invariants, refinement and the clients' history can be judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import itemgetter
from typing import Any

from assay.checker.errors import AssayError
from assay.checker.implementations.abstraction import Abstraction
from assay.checker.implementations.events import Event, Fire, Local, Outcome, Receive, Recover, Start
from assay.checker.implementations.handlers.calls import Caller
from assay.checker.implementations.handlers.releases import ReleaseCaller
from assay.checker.implementations.networks import Flight
from assay.checker.implementations.queues import Queue
from assay.checker.implementations.refinement import ModelPaths, PathUndecided
from assay.checker.implementations.semantics import Semantics, ask
from assay.checker.implementations.steps import Act, Crash, Step
from assay.checker.implementations.worlds import FrozenWorld
from assay.checker.running.traffic import no_traffic
from assay.checker.verdicts import Verdict
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.node import Address
from assay.impl.node.world import Invocation, Response
from assay.impl.runtime.codec import Codec

__all__ = ["JudgedRun", "Line", "RunViolation", "judge", "merge"]

Line = Mapping[str, Any]

_Numbered = tuple[int, FrozenWorld]
"""The number of a step, and the world after it."""


@dataclass(frozen=True)
class RunViolation:
    """A violation found in a run.

    Attributes
    ----------
    check : str
        The check that found it: "replay", "refinement", or the name of an invariant.
    message : str
        A sentence.
    step : int
        The number of the step, from 1; 0 stands for the first world.
    """

    check: str
    message: str
    step: int


@dataclass
class JudgedRun:
    """The result of checking a run against its claims.

    Attributes
    ----------
    steps : list of (Step, FrozenWorld)
        The steps of the run, each with the world after it.
    findings : list of RunViolation
        The first violation that each check found.
    stutters : int
        The number of steps that change nothing in the model.
    actions : Counter of str
        How often the run took each action of the model.
    history : tuple of Invocation and Response
        The events of clients, in the order of real time.
    refines : Verdict or None
        Whether the model allows each step; None if the cluster names no model.
    left : int or None
        The number of the step by which the run left `Cluster.constraint`, after which nothing is claimed.
    undecided : list of int
        The numbers of the steps that the model may or may not allow.
    """

    steps: list[tuple[Step, FrozenWorld]] = field(default_factory=list)
    findings: list[RunViolation] = field(default_factory=list)
    stutters: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    history: tuple[Invocation | Response, ...] = ()
    refines: Verdict | None = None
    left: int | None = None
    undecided: list[int] = field(default_factory=list)


def merge(journals: Mapping[Address, Sequence[Line]]) -> list[Line]:
    """Return the steps of all nodes in order; all of them read the same monotonic clock, that of the machine."""
    return sorted((line for lines in journals.values() for line in lines), key=lambda line: int(line["time"]))


def judge(cluster: Cluster, journals: Mapping[Address, Sequence[Line]]) -> JudgedRun:
    """Replay a run, and judge it.

    Parameters
    ----------
    cluster : Cluster
        The cluster that ran.
    journals : mapping of Address to sequence of Line
        The journal of each node.
    """
    judged = JudgedRun()
    replay = _Replay(replace(cluster, ghosts=True))
    try:
        for step, world in replay.steps(_starts_first(merge(journals))):
            judged.steps.append((step, world))
    except NodeError as error:
        judged.findings.append(RunViolation("replay", error.message, len(judged.steps) + 1))
    judged.history = tuple(said for _, said in sorted(replay.history, key=itemgetter(0)))  # in real time
    worlds = _worlds(judged)
    judged.left = _left(replay.semantics, worlds)
    worlds = [(number, world) for number, world in worlds if judged.left is None or number < judged.left]
    _judge_invariants(replay.semantics, worlds, judged)
    if cluster.refines is not None:
        _judge_refinement(replay, worlds, judged)
    return judged


def _starts_first(lines: Sequence[Line]) -> list[Line]:
    """Return steps in the order that an explorer gives them.

    A node's start depends on nothing that others do, and nothing has reached the node before it. So a run in which
    others have acted meanwhile is the same as one in which it had started before them.
    """
    return sorted(lines, key=lambda line: line["event"]["kind"] != "start")


def _worlds(judged: JudgedRun) -> list[_Numbered]:
    """Return the worlds from the one on in which all nodes have started that ever do."""
    started = sum(_is_start(step) for step, _ in judged.steps)
    numbered = [(number, world) for number, (_, world) in enumerate(judged.steps, start=1)]
    return numbered[started - 1 :] if started else []


def _changes(worlds: Sequence[_Numbered]) -> Iterator[_Numbered]:
    """Yield those that differ: nine of ten steps of a run are heartbeats and repetitions, which change nothing."""
    for place, (number, world) in enumerate(worlds):
        if not place or world != worlds[place - 1][1]:
            yield number, world


def _is_start(step: Step) -> bool:
    return isinstance(step, Act) and isinstance(step.event, Start)


def _left(semantics: Semantics, worlds: Sequence[_Numbered]) -> int | None:
    """Return the number of the first world outside of the constraint."""
    constraint = semantics.cluster.constraint
    if constraint is None:
        return None
    return next((number for number, world in _changes(worlds) if not semantics.holds(constraint, world)), None)


def _judge_invariants(semantics: Semantics, worlds: Sequence[_Numbered], judged: JudgedRun) -> None:
    waiting = list(semantics.cluster.invariants)
    for number, world in _changes(worlds):
        if not waiting:
            return
        observed = semantics.observed(world)
        for invariant in [each for each in waiting if not ask(each, observed)]:
            waiting.remove(invariant)
            judged.findings.append(RunViolation(invariant.__name__, f"{invariant.__name__} does not hold", number))


def _judge_refinement(replay: _Replay, worlds: Sequence[_Numbered], judged: JudgedRun) -> None:
    abstraction = Abstraction(replay.cluster)
    with abstraction.instance.active():
        paths = ModelPaths(abstraction)
        try:
            judged.refines = _follow(replay, paths, worlds, judged)
        except AssayError as error:
            judged.findings.append(RunViolation("refinement", error.message, 0))
            judged.refines = Verdict.VIOLATED


def _follow(replay: _Replay, paths: ModelPaths, worlds: Sequence[_Numbered], judged: JudgedRun) -> Verdict:
    abstraction, semantics = paths.abstraction, replay.semantics
    if not worlds:
        return Verdict.UNKNOWN
    started, first = worlds[0]
    before = abstraction.state(semantics.observed(first))
    try:
        if paths.first_path(before) is None:
            if started < len(replay.locals):
                return Verdict.UNKNOWN
            judged.findings.append(RunViolation("refinement", "the model does not begin like this", started))
            return Verdict.VIOLATED
    except PathUndecided:
        judged.undecided.append(started)
    for (_, earlier), (number, world) in pairwise(worlds):
        if world == earlier:
            judged.stutters += 1
            continue
        after = abstraction.state(semantics.observed(world))
        try:
            path = paths.path(before, after)
        except PathUndecided:
            judged.undecided.append(number)
        else:
            if path is None:
                step = judged.steps[number - 1][0]
                judged.findings.append(RunViolation("refinement", f"{step}: the model allows no such step", number))
                return Verdict.VIOLATED
            judged.stutters += not path
            judged.actions.update(name for name, _ in path)
        before = after
    return Verdict.HOLDS if judged.left is None and not judged.undecided else Verdict.UNKNOWN


class _Replay:
    """Replays journals on a cluster.

    A journal does not record losses, so a lost message stays in flight forever; only a predicate that counts messages
    in flight can tell. On a FIFO network it is removed when a later message of its channel arrives. A killed node
    counts as down from its next line, a recovery, on.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.semantics = Semantics(cluster, remembers=True)
        self.caller: Caller | ReleaseCaller = self.semantics.caller
        self.codec = Codec(type(node) for node in cluster.nodes.values())
        self.locals = {address: Local(self.caller.given[address]) for address in cluster.nodes}
        self.traffic = no_traffic(cluster)
        self.history: list[tuple[int, Invocation | Response]] = []
        self._seen: Queue[Invocation | Response] = Queue()
        self.first = self._world()

    def _world(self) -> FrozenWorld:
        """Return the present world; it shares the history and the sent messages, which only grow, with earlier ones."""
        history: Any = self._seen if self.cluster.history else ()
        sent: Any = self.traffic.sent
        return FrozenWorld(tuple(self.locals.values()), self.traffic.network, history=history, sent=sent)

    def steps(self, lines: Sequence[Line]) -> Iterator[tuple[Step, FrozenWorld]]:
        """Iterate over the steps of the run, each with the world after it."""
        for line in lines:
            address = line["node"]
            event = self._event(line["event"])
            if isinstance(event, Recover):
                self.locals[address] = self.caller.crash(address, self.locals[address])
                yield Crash(address), self._world()
            if isinstance(event, Receive):
                self.traffic.take(Flight(event.source, address, event.message))
            outcome = self._outcome(address, event, line)
            self.locals[address] = outcome.local
            self.traffic.send([Flight(address, destination, message) for destination, message in outcome.sends])
            self._hear(address, outcome, int(line["time"]))
            yield Act(address, event, outcome.choices), self._world()

    def _hear(self, address: Address, outcome: Outcome, time: int) -> None:
        heard = [Invocation(address, v) if word == "invoke" else Response(address, v) for word, v in outcome.client]
        self.history += [(time, said) for said in heard]
        self._seen = self._seen.followed_by(heard)

    def _event(self, told: Mapping[str, Any]) -> Event:
        match told["kind"]:
            case "start":
                return Start()
            case "recover":
                return Recover()
            case "timer":
                name, *about = told["timer"]
                return Fire((name, *map(self.codec.decode, about)))
        return Receive(told["from"], self.codec.decode(told["message"]))

    def _outcome(self, address: Address, event: Event, line: Line) -> Outcome:
        """Repeat the call, and return the outcome that the journal records."""
        before = self.locals[address]
        if isinstance(event, Recover):
            before = self.caller.restored(address, before)
        if isinstance(event, Fire) and event.timer not in before.timers:
            raise NodeError(f"{address}, {event}: the timer was not set")
        choices = tuple((name, self.codec.decode(option)) for name, option in line["choices"])
        changed = {name: self.codec.decode(value) for name, value in line["changed"].items()}
        for outcome in self.caller.outcomes(address, before, event):
            if outcome.choices == choices:
                self._demand_told(address, event, outcome, before, changed)
                self._demand_said(address, event, outcome, line)
                return outcome
        raise NodeError(f"{address}, {event}: it chose what an explorer does not let it choose: {choices}")

    def _demand_told(
        self, address: Address, event: Event, outcome: Outcome, before: Local, changed: Mapping[str, Any]
    ) -> None:
        old = dict(before.attributes)
        for name, value in outcome.local.attributes:
            told = changed[name] if name in changed else old.get(name)
            if told != value:
                raise NodeError(f"{address}, {event}: {name} became another value when it ran than it does now")

    def _demand_said(self, address: Address, event: Event, outcome: Outcome, line: Line) -> None:
        client = tuple((word, self.codec.decode(value)) for word, value in line["client"])
        if client != outcome.client:
            raise NodeError(f"{address}, {event}: its clients heard something else when it ran than they do now")
        # A handler that iterates over a set may send in another order in another process.
        sends = Counter((destination, self.codec.decode(message)) for destination, message in line["sends"])
        if sends != Counter(outcome.sends):
            raise NodeError(f"{address}, {event}: it sent something else when it ran than it does now")
