"""Evaluate a refinement mapping, from states of a model to those of the abstract model, by the interpreter alone."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import suppress
from functools import cached_property
from itertools import pairwise

from assay.checker.engine.trace import Loop, Trace, TraceStep
from assay.checker.errors import InternalError, Location, ModelError, UsageError
from assay.checker.language.execution.descriptors import FROZEN
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.introspection.specification import Method, specify
from assay.checker.language.model import passing_guards
from assay.checker.properties.guards import missed_guard
from assay.checker.properties.implementation import CandidateCall, Implementation
from assay.checker.properties.lassos import Assumption, ExecutedLasso
from assay.checker.properties.nearness import distance

__all__ = ["RefinementMapping"]

_SHOWN = 3
"""Calls of the abstract model that are shown if none of them leads to the mapped state."""

_MOST_EFFECTS = 20_000
"""The most calls of an action to compare with a step, counting each way to choose in it."""


class RefinementMapping:
    """Evaluates a refinement mapping, and runs the abstract model. The instance must be active.

    Parameters
    ----------
    instance : Instance
        The instance of the model that refines the other.
    method : Method
        The refinement, which maps a state to one of the abstract model.
    pulse : callable, optional
        Called at short intervals while the models' code runs, which ends if it raises.
    """

    def __init__(self, instance: Instance, method: Method, pulse: Callable[[], None] = lambda: None) -> None:
        self.instance, self.method = instance, method
        self._pulse = pulse
        self._reading = Interpreter(instance, pulse)
        self._successors: dict[Frozen, list[tuple[Call, Frozen]]] = {}

    @cached_property
    def abstract_instance(self) -> Instance:
        """The instance of the other model over the same elements, quorums and parameters."""
        assert self.method.refines is not None
        specification = specify(self.method.refines)
        own = self.instance
        sizes = {sort.__name__: own.sizes[sort] for sort in specification.sorts if sort in own.sizes}
        known = {constant.name for constant in specification.constants}
        constants = {name: value for name, value in own.constants.items() if name in known}
        try:
            made = instantiate(specification, {**sizes, **constants})
        except UsageError as error:
            raise ModelError(error.message, location=self.method.location, help=error.help) from None
        quorums = {cls: own.quorums.get(cls, members) for cls, members in made.quorums.items()}
        return Instance(specification, made.sizes, made.constants, quorums, own.names)

    @cached_property
    def _abstract(self) -> Interpreter:
        return Interpreter(self.abstract_instance, self._pulse)

    def view(self, state: Frozen) -> tuple[Frozen, frozenset[str]]:
        """Return the state of the abstract model that a state maps to, and the variables that the mapping read."""
        thawed = self._reading.thaw(state)
        values = self._reading.seen_as(self.method, thawed)
        read = frozenset(name for name in thawed.__dict__ if name != FROZEN)
        with self.abstract_instance.active():
            try:
                return self._abstract.adopt(values), read
            except ModelError as error:
                where = error.location or self.method.location
                raise ModelError(f"{self.method.name}: {error.message}", location=where, help=error.help) from None

    @cached_property
    def _starts(self) -> frozenset[Frozen]:
        with self.abstract_instance.active():
            return frozenset(self._abstract.initial_states())

    def is_initial(self, view: Frozen) -> bool:
        """Return whether a state of the abstract model is initial."""
        return view in self._starts

    def successors(self, view: Frozen) -> list[tuple[Call, Frozen]]:
        """Return the steps of the abstract model out of a state."""
        if view not in self._successors:
            with self.abstract_instance.active():
                self._successors[view] = list(self._abstract.successors(view))
        return self._successors[view]

    def call(self, before: Frozen, after: Frozen) -> Call | None:
        """Return a call of the abstract model that leads from one state to another, or None if there is none."""
        return next((call for call, reached in self.successors(before) if reached == after), None)

    def allows(self, before: Frozen, after: Frozen) -> bool:
        """Return whether a step leads from one state to the other in the abstract model, or the two are equal."""
        return before == after or self.call(before, after) is not None

    def implementation(self, trace: Trace, reason: str) -> Implementation:
        """Return a trace mapped to the abstract model, with the nearest calls if its last step is not allowed."""
        views = [self.view(state)[0] for state in trace.states]
        steps = [TraceStep(None, views[0])]
        for before, after in pairwise(views):
            steps.append(TraceStep(None if before == after else self.call(before, after), after))
        loop = None
        if trace.loop is not None:
            start = views[trace.loop.start]
            loop = Loop(trace.loop.start, None if views[-1] == start else self.call(views[-1], start))
        attempts: tuple[CandidateCall, ...] = ()
        if trace.loop is None and len(views) > 1 and not self.allows(views[-2], views[-1]):
            attempts = tuple(self._attempts(views[-2], views[-1]))
        refused = None if self.is_initial(views[0]) else views[0]
        return Implementation(Trace(self.abstract_instance, tuple(steps), loop), reason, attempts, refused)

    def demand_unfair(self, trace: Trace) -> Assumption:
        """Return a fairness assumption of the abstract model that a lasso of that model breaks.

        Raises
        ------
        InternalError
            If the lasso is fair, so that the search that found it is wrong.
        """
        with self.abstract_instance.active():
            broken = ExecutedLasso(trace).broken()
        if broken is None:
            raise InternalError(f"the lasso found for {self.method.name} maps to a fair one")
        return broken

    def _attempts(self, before: Frozen, after: Frozen) -> Iterator[CandidateCall]:
        """Yield the nearest call of each action, nearest first: the state it leads to, and its first false guard."""

        def nearness(attempt: CandidateCall) -> tuple[int, int]:
            """Return how far from the step a call leads, and how few of the changed values it names."""
            return distance(attempt.after, after), -sum(value in changed for value in attempt.call[1])

        with self.abstract_instance.active():
            changed, found = list(self._changed(before, after)), []
            for method in self._abstract.specification.actions:
                effects = list(itertools.islice(self._effects(method, before), _MOST_EFFECTS))
                if effects:
                    found.append(min(effects, key=lambda attempt: (*nearness(attempt), *_missing(attempt))))
        yield from sorted(found, key=nearness)[:_SHOWN]

    def _changed(self, before: Frozen, after: Frozen) -> Iterator[object]:
        """Yield what changes in a step: the keys, elements and single values that are others afterwards."""
        one, other = self._abstract.thaw(before), self._abstract.thaw(after)
        for variable in self._abstract.specification.variables:
            yield from _changed(getattr(one, variable.name), getattr(other, variable.name))

    def _effects(self, method: Method, before: Frozen) -> Iterator[CandidateCall]:
        """Yield the calls of an action, whether or not its guards are true, for each way to choose in it."""
        with suppress(ModelError):  # there are too many arguments to try
            for arguments in self._abstract.candidates(method, before):
                yield from self._tried((method.name, arguments), before)

    def _tried(self, call: Call, before: Frozen) -> list[CandidateCall]:
        found = []
        with passing_guards() as missed:
            for after in itertools.islice(self._abstract.each_outcome(before, call), _MOST_EFFECTS):
                # An error is what a guard that is false keeps from being evaluated.
                if after is not None and not isinstance(after, ModelError):
                    found.append(CandidateCall(call, after, missed_guard(*missed[0]) if missed else None))
                missed.clear()
        return found


def _missing(attempt: CandidateCall) -> tuple[int, int]:
    """Return how much of an action's guards is missing at least: the less, the further on the first false one is."""
    place = attempt.guard.location if attempt.guard is not None else Location("", sys.maxsize)
    return -place.line, -place.column


def _changed(one: object, other: object) -> Iterator[object]:
    """Yield in what two values differ: keys, elements, and single values."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in one:
            if one[key] != other[key]:
                yield key
                yield from _changed(one[key], other[key])
    elif isinstance(one, Set) and isinstance(other, Set):
        yield from one ^ other
    elif one != other:
        yield one
        yield other
