"""The report on a log that was checked against a model."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from assay.checker import outputs
from assay.checker.conformance.events import Event
from assay.checker.conformance.explaining import Difference, Explanation, FailedMatch, chosen_in
from assay.checker.conformance.logs import Log
from assay.checker.conformance.search import Conformance, Point
from assay.checker.immutable import immutable
from assay.checker.language.execution.interpreter import Call
from assay.checker.language.execution.picks import Choice
from assay.checker.language.loader import NamedModel
from assay.checker.language.types import OptionalType
from assay.checker.outputs import JSON_VERSION
from assay.checker.report.folding import folded
from assay.checker.report.parts import LINE, STYLE, facts, title
from assay.checker.report.run import plural
from assay.checker.report.values import Renderer
from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from assay.checker.wording import printable
from rich.text import Text

__all__ = ["ConformRun", "as_json", "as_text", "reasons"]

_MOST_STATES = 3
"""How many states at the end of the longest prefix the text shows."""

_MOST_EVENTS = 5
"""How many possible next events the text explains."""

_MOST_INSTEAD = 5
"""How many actions that would have fitted the text names."""


@immutable
class ConformRun:
    """A log that was checked against a model.

    Attributes
    ----------
    model : NamedModel
        The model.
    log : Log
        The log.
    found : Conformance
        The result of checking it against the model.
    explanation : Explanation, optional
        Why no run was found, if none was.
    command : str
        The command line that repeats the check.
    """

    model: NamedModel
    log: Log
    found: Conformance
    explanation: Explanation | None
    command: str

    @property
    def verdict(self) -> Verdict:
        """Whether the log is a run of the model."""
        return self.found.verdict

    @property
    def status(self) -> ExitStatus:
        """The exit status."""
        return exit_status([self.verdict])

    @property
    def settings(self) -> str:
        """The settings of the instance."""
        settings = self.found.instance.settings()
        return " ".join(f"{name}={value}" for name, value in settings.items()) or "no parameters"

    @property
    def origin(self) -> str:
        """The files, and what is in them."""
        chains = self.log.chains
        nodes = {event.node for chain in chains.chains for event in chain}
        order = "in one order" if chains.is_total else f"in {len(chains.chains)} chains"
        events = f"{plural(chains.size, 'event')} of {plural(len(nodes), 'node')}"
        return f"{', '.join(self.log.paths)}: {events}, {order}"

    @property
    def hidden(self) -> int:
        """The number of unlogged actions in the run that was found."""
        return sum(link.event is None for link in self.found.run or ())

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        found, size = self.found, self.log.chains.size
        if found.run is not None:
            unlogged = f", with {plural(self.hidden, 'unlogged action')} in between" if self.hidden else ""
            what = "the event is a run" if size == 1 else f"all {size:,} events are a run"
            return f"conforms: {what} of the model{unlogged}"
        if found.stop is not None:
            return f"unknown: {found.stop.detail}; so far {self._fits}"
        if found.failure is not None:
            return f"unknown: the model's own code fails in a state that the log may lead to: {found.failure.message}"
        return f"rejected: {self._fits}, and no run of the model goes further"

    @property
    def _fits(self) -> str:
        prefix, size = self.found.prefix, self.log.chains.size
        if prefix == 0:
            return f"none of {plural(size, 'event')} fits"
        which = "the first " if self.log.chains.is_total else "at most "
        if prefix == 1:
            return f"{'the first' if self.log.chains.is_total else 'at most one'} of {plural(size, 'event')} fits"
        return f"{which}{prefix:,} of {plural(size, 'event')} fit"

    @property
    def not_checked(self) -> str:
        """What the verdict does not cover."""
        return "what the log does not tell, the model's properties (assay check)"


def as_text(run: ConformRun) -> Iterator[Text]:
    """Yield the lines of the text report."""
    yield title(run.model)
    unlogged = ", ".join(method.name for method in run.log.unlogged)
    yield from facts([("instance", run.settings), ("log", run.origin), *([("unlogged", unlogged)] if unlogged else [])])
    yield Text()
    if run.explanation is not None:
        yield from map(Text, reasons(run, run.explanation))
        yield Text()
    yield Text(run.sentence, style=STYLE[run.verdict])
    yield Text(f"  not checked: {run.not_checked}", style="dim")
    yield Text(f"  reproduce: {run.command}")


def reasons(run: ConformRun, explanation: Explanation) -> Iterator[str]:
    """Yield lines that say why no run was found."""
    yield from _Wording(run, explanation).lines()


@immutable
class _Wording:
    """An explanation in words."""

    run: ConformRun
    explanation: Explanation

    @property
    def renderer(self) -> Renderer:
        """The renderer of the instance's values."""
        return Renderer(self.run.found.instance)

    def lines(self) -> Iterator[str]:
        """Yield what was reached, and what came next."""
        furthest = self.run.found.furthest
        yield f"  reached{self._where()}: {plural(len(furthest), 'state')} of the model"
        yield from self._states(furthest)
        for event in self._events():
            yield f"  next, {event.place}: {printable(event.node)} does {printable(event.action)}"
            for attempt in self.explanation.attempts:
                if attempt.event is event:
                    yield from self._attempt(attempt)
            yield from self._instead(event)
        if self.explanation.enabled:
            yield from folded(f"  possible there: {', '.join(self.explanation.enabled)}", indent=6, width=LINE)

    def _where(self) -> str:
        """Return after which event, if the events have one order."""
        chains, prefix = self.run.log.chains, self.run.found.prefix
        if not chains.is_total or prefix == 0:
            return ""
        return f" after {chains.chains[0][prefix - 1].place}"

    def _events(self) -> list[Event]:
        return list(dict.fromkeys(attempt.event for attempt in self.explanation.attempts))[:_MOST_EVENTS]

    def _states(self, furthest: tuple[Point, ...]) -> Iterator[str]:
        shown = self._nearest(furthest)
        for number, point in enumerate(shown):
            if number == 0:
                rows = list(self.renderer.state(point.state))
                width = max(len(name) for name, _ in rows)
                for name, value in rows:
                    yield from folded(f"      {name:<{width}} = {value}", indent=width + 9, width=LINE)
            else:
                changes = ", ".join(map(str, self.renderer.changes(shown[0].state, point.state)))
                yield from folded(f"      or with {changes or 'other events done'}", indent=14, width=LINE)
        if len(furthest) > len(shown):
            yield f"      and {len(furthest) - len(shown):,} more"

    def _nearest(self, furthest: tuple[Point, ...]) -> list[Point]:
        """Return some states, the one of the nearest attempt first."""
        nearest = [attempt.point for attempt in self.explanation.attempts[:1]]
        return list(dict.fromkeys([*nearest, *furthest[: _MOST_STATES + 1]]))[:_MOST_STATES]

    def _attempt(self, attempt: FailedMatch) -> Iterator[str]:
        calls = ", then ".join(self._taken(attempt)) or "before it"
        if attempt.guard is not None:
            yield f"      {calls}: not enabled"
            yield f"          {attempt.guard.location}: {attempt.guard.complaint}: {attempt.guard.text}"
            return
        yield f"      {calls}: the log saw another state"
        for difference in attempt.differences:
            yield from folded(f"          {self._difference(difference)}", indent=12, width=LINE)

    def _taken(self, attempt: FailedMatch) -> list[str]:
        """Return the actions that an attempt took, with what they chose; of one that is not enabled, nothing counts."""
        chosen = itertools.chain(attempt.chosen, itertools.repeat(()))
        return [self.renderer.step(call, picked) for call, picked in zip(attempt.calls, chosen, strict=False)]

    def _difference(self, difference: Difference) -> str:
        seen, has = self._sides(difference)
        return f"{difference.observation.path}: the log has {seen}, the model {has}"

    def _sides(self, difference: Difference) -> tuple[str, str]:
        observation = difference.observation
        has = "has no such place"
        if observation.is_there(difference.state):
            has = self.renderer.value(OptionalType(observation.type), observation.found(difference.state))
        match observation.relation:
            case "is a":
                return f"a {observation.value.__name__}", has
            case "contains":
                return f"{self.renderer.value(observation.type, observation.value)} in it", has
            case _:
                return self.renderer.value(observation.type, observation.value), has

    def _instead(self, event: Event) -> Iterator[str]:
        fitting = self._fitting(event)
        if fitting:
            more = f", and {len(fitting) - _MOST_INSTEAD} more" if len(fitting) > _MOST_INSTEAD else ""
            yield f"      what the log saw would fit {' or '.join(fitting[:_MOST_INSTEAD])}{more}"

    def _fitting(self, event: Event) -> list[str]:
        return [self.renderer.step(call, picked) for other, call, picked in self.explanation.instead if other is event]

    def record(self) -> dict[str, Any]:
        """Return the explanation as data for JSON."""
        return {
            "states": [dict(self.renderer.state(point.state)) for point in self.run.found.furthest[:100]],
            "next": [
                {
                    "event": _event(event),
                    "attempts": [self._attempt_record(a) for a in self.explanation.attempts if a.event is event],
                    "instead": self._fitting(event),
                }
                for event in dict.fromkeys(attempt.event for attempt in self.explanation.attempts)
            ],
            "possible": list(self.explanation.enabled),
        }

    def _attempt_record(self, attempt: FailedMatch) -> dict[str, Any]:
        guard = attempt.guard
        return {
            "actions": self._taken(attempt),
            "guard": None if guard is None else {"location": str(guard.location), "text": guard.text},
            "differences": [
                {"place": d.observation.path, "relation": d.observation.relation, "log": log, "model": model}
                for d in attempt.differences
                for log, model in [self._sides(d)]
            ],
        }


def as_json(run: ConformRun) -> str:
    """Return the JSON report."""
    found = run.found
    record: dict[str, Any] = {
        "version": JSON_VERSION,
        "model": run.model.name,
        "parameters": found.instance.settings(),
        "logs": list(run.log.paths),
        "events": run.log.chains.size,
        "chains": len(run.log.chains.chains),
        "unlogged": [method.name for method in run.log.unlogged],
        "verdict": run.verdict.value,
        "stopped": None if found.stop is None else {"reason": found.stop.reason.value, "detail": found.stop.detail},
        "failure": None if found.failure is None else found.failure.message,
        "prefix": found.prefix,
        "points": found.points,
        "run": None if found.run is None else _run_record(run),
        "explanation": None if run.explanation is None else _Wording(run, run.explanation).record(),
        "seconds": round(found.seconds, 6),
        "not_checked": run.not_checked,
        "command": run.command,
    }
    return outputs.as_json(record)


def _run_record(run: ConformRun) -> list[dict[str, Any]]:
    renderer = Renderer(run.found.instance)

    def worded(calls: tuple[Call, ...], chosen: tuple[tuple[Choice, ...], ...]) -> list[str]:
        return [renderer.step(call, picked) for call, picked in zip(calls, chosen, strict=True)]

    return [
        {"event": None if link.event is None else str(link.event.place), "actions": worded(link.calls, chosen)}
        for link, chosen in zip(run.found.run or (), chosen_in(run.found), strict=True)
    ]


def _event(event: Event) -> dict[str, Any]:
    return {"place": str(event.place), "node": event.node, "action": event.action}
