"""The interpreter: CPython runs the model's own methods on a thawed copy of the state.

It does not pass through the IR, on purpose: it is the independent oracle for everything that does. Only which
arguments are worth trying is read from the IR, where trying all would take too long. `states` explains frozen and
thawed states, and `calls` how methods are called.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.choosing import Picked, choose
from assay.checker.language.execution.calls import MethodCalls
from assay.checker.language.execution.choices import Pruned
from assay.checker.language.execution.drawing import Drawn
from assay.checker.language.execution.instance import MOST_VALUES, Instance
from assay.checker.language.execution.open_values import Undetermined, decided_at_once
from assay.checker.language.execution.raising import explained
from assay.checker.language.execution.states import Frozen, States
from assay.checker.language.execution.stopping import Stops
from assay.checker.language.execution.structures import Reads, structures
from assay.checker.language.formulas import Formula
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.drawing_guards import too_many_values
from assay.checker.language.introspection.mentioned import functions_of, is_named
from assay.checker.language.introspection.specification import MISSING, Method
from assay.checker.language.ir.drawing import Draws, drawn_from
from assay.checker.language.ir.nodes import Block, Root
from assay.checker.language.ir.program import ActionIR, PredicateIR
from assay.checker.language.ir.settling import drawn_by_predicate
from assay.checker.language.model import Disabled, Kind, Model
from assay.checker.language.quantifiers import evaluate_every_element, every, some, stopping_early
from assay.checker.language.values import anything
from assay.checker.wording import spelled

__all__ = ["Call", "Frozen", "Interpreter", "Step"]

Call = tuple[str, tuple[Any, ...]]
"""An action's name and its arguments."""
Step = tuple[Call, Frozen]
"""A call, and the state after it."""

_MOST_CHOICES = 1_000_000
"""The most choices of an initial state to enumerate, as many as values of any type."""


class Interpreter:
    """A model's instance, executable.

    Parameters
    ----------
    instance : Instance
        The finite structure. It must be active (`Instance.active`) while an interpreter is used.
    pulse : callable, optional
        Called before each call of a method: explorers check limits there, however many choices of a method are
        disabled. An exception from it ends the computation.
    """

    def __init__(self, instance: Instance, pulse: Callable[[], None] | None = None) -> None:
        self.instance = instance
        self._pulse = pulse or _unobserved
        self.specification = instance.specification
        named = functions_of(self.specification.cls)
        self.picks = is_named(choose, named) or is_named(anything, named)
        self._states = States(instance, picks=self.picks)
        self._calls = MethodCalls(instance, self._states, picks=self.picks, pulse=self._pulse)
        self._drawing: dict[str, Drawn] = {}
        evaluate_every_element(named)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the state variables, in order."""
        return self._states.names

    def thaw(self, frozen: Frozen) -> Model:
        """Return a state whose methods can be called; its variables are thawed when they are first read."""
        return self._states.thaw(frozen)

    def freeze(self, state: Model) -> Frozen:
        """Return the hashable form of a state. See `States.freeze`."""
        return self._states.freeze(state)

    def adopt(self, values: Mapping[str, Any]) -> Frozen:
        """Return the frozen state in which all variables have the given values. See `States.adopt`."""
        return self._states.adopt(values)

    def initial_states(self) -> list[Frozen]:
        """Return the initial states, each once, in a fixed order. See `each_initial_state`."""
        return list(self.each_initial_state())

    def each_initial_state(self) -> Iterator[Frozen]:
        """Yield the initial states, each once, in a fixed order.

        Raises
        ------
        ModelError
            If a variable has no initial value, or there are more than a million choices that guards do not exclude.
        """
        values = self._states.initial_values()
        makers = self.specification.of(Kind.INITIAL)
        self._demand_few(len(self.structures) * math.prod(len(v) for v in values if v), makers)
        found: set[Frozen] = set()
        for start in self._starts(values):
            self._pulse()
            for state in self._made(makers, start):
                if state not in found:
                    self._demand_complete(state)
                    found.add(state)
                    self._demand_at_most(len(found), "initial states")
                    yield state

    def _starts(self, values: list[tuple[Any, ...]]) -> Iterator[Frozen]:
        """Yield each choice of initial values, structure by structure."""
        for structure in self.structures:
            chosen = [
                (structure[name],) if name in structure else v for name, v in zip(self.names, values, strict=True)
            ]
            yield from itertools.product(*chosen)

    @property
    def structures(self) -> list[dict[str, Any]]:
        """The values of the immutable variables for which the axioms hold; a single empty one without such variables.

        Raises
        ------
        ModelError
            If no structure satisfies the axioms, or too many do.
        """
        if self.instance.structures is None:
            self.instance.structures = structures(
                self.instance, lambda m: self._calls.arguments[m.name], self._holds_of
            )
        return self.instance.structures

    def _holds_of(self, axiom: Method, arguments: tuple[Any, ...], reads: Reads) -> bool:
        """Evaluate an axiom on structure that is only partly decided."""
        return self._calls.evaluate(axiom, self._states.opened(reads), (), arguments)

    def refutes(self, axiom: Method) -> bool:
        """Return whether an axiom is false whatever the structure, because it is false without reading any of it."""
        for arguments in self._calls.arguments[axiom.name]:
            with suppress(Undetermined):
                if not self._holds_of(axiom, arguments, _UNDECIDED):
                    return True
        return False

    def _made(self, makers: tuple[Method, ...], start: Frozen) -> Iterator[Frozen]:
        if not makers:
            yield start
        for maker in makers:
            yield from (state for _, state in self._outcomes(maker, start))

    def _demand_few(self, starts: int, makers: tuple[Method, ...]) -> None:
        """Refuse to try too many choices of an initial state one by one.

        A pruned method counts as one: only running its guards shows how many choices they leave.
        """
        tried = (1 if maker.name in self._pruned else self._calls.arguments[maker.name].size for maker in makers)
        self._demand_at_most(starts * (sum(tried) if makers else 1), "choices of an initial state")

    def _demand_at_most(self, count: int, what: str) -> None:
        if count > _MOST_CHOICES:
            raise ModelError(
                f"{self.specification.name} has {count:,} {what} in this instance",
                help="make the instance smaller, or give fewer variables anything()",
            )

    def _demand_complete(self, state: Frozen) -> None:
        for variable, value in zip(self.specification.variables, state, strict=True):
            if value is MISSING:
                makers = [maker.name for maker in self.specification.of(Kind.INITIAL)]
                remedy = "give it a default, anything(), or set it in a method decorated with @initial"
                if len(makers) == 1:
                    remedy = f"give it a default, anything(), or set it on every path through {makers[0]}"
                if len(makers) > 1:
                    each = " and ".join(makers)
                    remedy = f"{each} each make initial states of their own: set it in each of them, "
                    remedy += "or let one method call the others"
                raise ModelError(f"{variable.name} has no initial value", location=variable.location, help=remedy)

    def successors(self, state: Frozen) -> Iterator[Step]:
        """Yield every step out of a state, action by action; a successor is repeated as often as it is computed."""
        for method in self.specification.actions:
            yield from self._outcomes(method, state)

    def attempts(self, state: Frozen) -> Iterator[tuple[Call, Frozen | ModelError]]:
        """Yield each call that is enabled in a state, with the state after it or the error that the model raises."""
        return self._attempts(state, self.choices)

    def steps(self, state: Frozen) -> Iterator[tuple[Call, Frozen | ModelError]]:
        """Yield what `attempts` does, but not every error.

        For a search for one step, which does not ask what other calls raise: so choices that a guard excludes are
        passed over also where the rest of that guard may raise.
        """
        return self._attempts(state, self._possible)

    def _attempts(
        self, state: Frozen, choices: Callable[[Method, Frozen], Iterable[tuple[Any, ...]]]
    ) -> Iterator[tuple[Call, Frozen | ModelError]]:
        for method in self.specification.actions:
            for arguments in choices(method, state):
                for outcome in self._calls.each_outcome(method, state, arguments):
                    if outcome is not None:
                        yield (method.name, arguments), outcome

    def _outcomes(self, method: Method, state: Frozen) -> Iterator[Step]:
        for arguments in self.choices(method, state):
            for after in self._calls.outcomes(method, state, arguments):
                yield (method.name, arguments), after

    def choices(self, method: Method, state: Frozen) -> Iterable[tuple[Any, ...]]:
        """Return the arguments, as frozen values, with which an action may be enabled in a state."""
        choices = self._calls.arguments[method.name]
        draws = self._draws.get(method.name)
        if draws is not None:
            self._demand_drawn(method, draws)
        if draws and choices.are_few_beside(draws):
            held = dict(zip(self.names, state, strict=True))
            return self._drawn(method).choices(lambda _, name: held[name])
        stops = self._pruned.get(method.name)
        return choices if stops is None else self._left_by_guards(method, state, stops)

    def is_drawn(self, method: Method) -> bool:
        """Return whether a parameter of an action has so many values that only those in the state are tried."""
        return bool(self._draws.get(method.name))

    def candidates(self, method: Method, state: Frozen) -> Iterable[tuple[Any, ...]]:
        """Return the arguments of an action, also those that its guards exclude, but of many only what it draws."""
        return self.choices(method, state) if method.name in self._draws else self.all_choices(method)

    def _possible(self, method: Method, state: Frozen) -> Iterable[tuple[Any, ...]]:
        """Return the arguments with which an action may lead somewhere, whether or not it raises for others."""
        chosen = self.choices(method, state)
        return self._left_by_guards(method, state, _EVERYWHERE) if isinstance(chosen, Pruned) else chosen

    def _left_by_guards(self, method: Method, state: Frozen, stops: Stops) -> Pruned:
        held = dict(zip(self.names, state, strict=True))
        drawn = self._drawn(method).values(lambda _, name: held[name]) if self.is_drawn(method) else {}
        return Pruned(method, self.instance, lambda arguments: self._raised(method, state, arguments, stops), drawn)

    @cached_property
    def _draws(self) -> Mapping[str, Draws]:
        """For each action and predicate with many choices, the parameters that it draws from the state."""
        many = {m.name: m for m in self.specification.methods if self._calls.arguments[m.name].is_worth_drawing}
        if not many:
            return {}
        model = compile_model(self.specification)
        found: list[ActionIR | PredicateIR] = [*model.actions, *model.predicates]
        return {compiled.name: _draws_of(many[compiled.name], compiled) for compiled in found if compiled.name in many}

    def _drawn(self, method: Method) -> Drawn:
        """Return what draws the arguments of a method, made once."""
        if method.name not in self._drawing:
            self._drawing[method.name] = Drawn(method, self._draws[method.name], self.instance)
        return self._drawing[method.name]

    def _demand_drawn(self, method: Method, draws: Draws) -> None:
        """Refuse to try more values of a parameter than are enumerated of any type."""
        for name, type_ in method.parameters:
            decided = type_ if method.kind.is_predicate else decided_at_once(type_)
            size = 0 if name in draws else self.instance.size(decided)
            if size > MOST_VALUES:
                message, remedy = too_many_values(method, name, type_, size, self.specification.variables)
                raise ModelError(message, location=method.location, help=remedy)

    @cached_property
    def _pruned(self) -> Mapping[str, Stops]:
        """The methods whose arguments are many, and tried only as far as guards leave them."""
        arguments = self._calls.arguments
        many = {name for name in arguments if arguments[name].is_worth_pruning(self._draws.get(name, ()))}
        if not many:
            return {}
        model = compile_model(self.specification)
        return {each.name: Stops(each.body) for each in (*model.actions, *model.initials) if each.name in many}

    def _raised(self, method: Method, state: Frozen, arguments: tuple[Any, ...], stops: Stops) -> BaseException | None:
        """Return what an action raises, as far as its code can tell from the decided part of its arguments."""
        self._pulse()
        with stopping_early(stops.at):
            try:
                method.function(self._states.thaw(state), *arguments)
            except Undetermined as asked:
                return Disabled() if stops.excludes(asked) else asked
            except KeyboardInterrupt:
                raise
            except ModelError:  # what it chooses on the way, only a call of each way to choose can tell
                return None
            except BaseException as error:  # a model may raise anything, SystemExit too
                return error
        return None

    def step(self, state: Frozen, call: Call) -> Frozen | None:
        """Return the state after an action, or None if the action is not enabled.

        If the action makes choices this is one of several states: see `outcomes`.
        """
        return next(self.outcomes(state, call), None)

    def outcomes(self, state: Frozen, call: Call) -> Iterator[Frozen]:
        """Yield the states after an action: one, unless it makes choices; none if it is not enabled."""
        name, arguments = call
        yield from self._calls.outcomes(self._methods[name], state, arguments)

    def each_outcome(self, state: Frozen, call: Call) -> Iterable[Frozen | ModelError | None]:
        """Return the state after an action, the error in it, or None if it is disabled, for each way to choose."""
        name, arguments = call
        return self._calls.each_outcome(self._methods[name], state, arguments)

    def run(self, state: Frozen, call: Call) -> None:
        """Run the code of an action once, and raise whatever it raises, also `Disabled`; for explanations."""
        name, arguments = call
        method = self._methods[name]
        method.function(self.thaw(state), *self._calls.given(method, arguments))

    def ways(self, state: Frozen, call: Call) -> Iterator[tuple[Frozen, Sequence[Picked]]]:
        """Yield the states after an action, each with the choices that lead there."""
        name, arguments = call
        yield from self._calls.told_outcomes(self._methods[name], state, arguments)

    @cached_property
    def _methods(self) -> Mapping[str, Method]:
        return {method.name: method for method in self.specification.methods}

    def truth(self, method: Method, state: Model, *after: Model) -> bool:
        """Evaluate a predicate on a thawed state: for all its arguments, or for some if it is existential."""
        found = {
            self._calls.evaluate(method, state, after, arguments)
            for arguments in self._deciding_choices(method, state, *after)
        }
        return True in found if method.kind.existential else False not in found

    def fires(self, method: Method, state: Model, *after: Model) -> bool:
        """Return whether a property fires in a thawed state or on a step."""
        return self.truth(method, state, *after) is method.kind.fires_when

    def choice(self, method: Method, state: Model, *after: Model) -> tuple[Any, ...]:
        """Return the first choice of arguments for which a property that fires does so."""
        wanted = method.kind.fires_when
        return next(
            a
            for a in self._deciding_choices(method, state, *after)
            if self._calls.evaluate(method, state, after, a) is wanted
        )

    def _deciding_choices(self, method: Method, state: Model, *after: Model) -> Iterable[tuple[Any, ...]]:
        """Return the arguments of a predicate, without those for which its value is known to decide nothing."""
        draws = self._draws.get(method.name)
        if draws is not None:
            self._demand_drawn(method, draws)
        if not draws:
            return self._calls.arguments[method.name]
        states = dict(zip((Root.STATE, Root.AFTER), (state, *after), strict=False))
        return self._drawn(method).choices(lambda root, name: self._states.held(states[root], name))

    def all_choices(self, method: Method) -> Iterator[tuple[Any, ...]]:
        """Yield each choice of a method's arguments."""
        return iter(self._calls.arguments[method.name])

    def formula(self, method: Method, state: Model, arguments: tuple[Any, ...]) -> Formula:
        """Return the temporal formula that a property states, with the values of its predicates in this state."""
        return self._calls.formula(method, state, arguments)

    def seen_as(self, method: Method, state: Model) -> Mapping[str, Any]:
        """Return the values of the other model's variables to which a refinement maps a thawed state."""
        values = self._calls.returned(method, state, (), ())
        if not isinstance(values, Mapping):
            help = 'return the other model\'s variables: {"name": value}'
            raise explained(method, (), self.instance, f"returned {spelled(values)}", None, help)
        return values

    def is_inside(self, state: Frozen) -> bool:
        """Return whether a state satisfies the state constraints, so that it is explored further."""
        constraints = self._constraints
        return not constraints or self._all(constraints, state)

    def is_taken(self, before: Frozen, after: Frozen) -> bool:
        """Return whether a step satisfies the step constraints, so that it is followed."""
        constraints = self._step_constraints
        if not constraints:
            return True
        states = self._states.thaw(before), self._states.thaw(after)
        return every(self.truth(method, *states) for method in constraints)

    # Cached: searching the methods for every state and step took a tenth of an exploration.
    @cached_property
    def _constraints(self) -> tuple[Method, ...]:
        return self.specification.of(Kind.CONSTRAINT)

    @cached_property
    def _step_constraints(self) -> tuple[Method, ...]:
        return self.specification.of(Kind.STEP_CONSTRAINT)

    def _all(self, methods: tuple[Method, ...], state: Frozen) -> bool:
        thawed = self._states.thaw(state)
        return every(self.truth(method, thawed) for method in methods)

    def is_terminal(self, state: Frozen) -> bool:
        """Return whether a state is terminal: stopping there is fine."""
        thawed = self._states.thaw(state)
        return some(self.truth(method, thawed) for method in self.specification.of(Kind.TERMINAL))

    def is_deadlock(self, state: Frozen) -> bool:
        """Return whether a state has no successor, and is not terminal."""
        return next(self.successors(state), None) is None and not self.is_terminal(state)


def _draws_of(method: Method, compiled: ActionIR | PredicateIR) -> Draws:
    """Return from where an action or predicate draws its parameters, by their names in the model's source."""
    if isinstance(compiled, ActionIR):
        found = drawn_from(compiled.body, compiled.parameters)
    else:
        found = drawn_by_predicate(compiled.body, compiled.parameters, existential=compiled.kind.existential)
    named = zip(method.parameters, compiled.parameters, strict=False)  # choices on the way follow the parameters
    return {name: found[parameter.name] for (name, _), parameter in named if parameter.name in found}


def _unobserved() -> None:
    """The pulse of an interpreter without an observer."""


class _Undecided(dict[str, Any]):
    """The values of structure of which nothing is decided yet: reading any of it raises `Undetermined`."""

    def __missing__(self, name: str) -> Any:
        raise Undetermined(-1)


_UNDECIDED = _Undecided()

_EVERYWHERE = Stops(Block(()))
"""Leaves every quantifier and guard as soon as something in it decides."""
