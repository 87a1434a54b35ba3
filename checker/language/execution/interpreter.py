"""The interpreter: CPython runs the model's own methods on a thawed copy of the state.

It does not pass through the IR, on purpose: it is the independent oracle for everything that does.

A *frozen* state is a tuple with one hashable value per variable: a scalar as it is, a set as a frozenset, a map as the
tuple of its values in the order of its keys, a sequence as a tuple, a bag as the frozenset of its (element, count)
pairs. A *thawed* state is an instance of the model's class whose attributes are thawed when they are first read.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.choosing import Picked, choose, each_way, each_way_told, pick
from assay.checker.language.execution.cells import FROZEN, OPEN, Cell, expanded
from assay.checker.language.execution.choices import MANY, Choices, Pruned
from assay.checker.language.execution.drawing import drawn_choices
from assay.checker.language.execution.freezing import thawer
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.open_values import Undetermined
from assay.checker.language.execution.raising import explained, raised
from assay.checker.language.execution.structures import Reads, structures
from assay.checker.language.formulas import Always, Eventually, Formula, Now, formula_of
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.mentioned import functions_of, is_named
from assay.checker.language.introspection.specification import MISSING, Method
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.drawing import Draws, drawn_from
from assay.checker.language.model import Disabled, Kind, Model
from assay.checker.language.quantifiers import evaluate_every_element, every, some, stopping_early
from assay.checker.language.types import MapType
from assay.checker.language.values import Anything, Everywhere, anything, everywhere
from assay.checker.wording import spelled

__all__ = ["Call", "Frozen", "Interpreter", "Step"]

Frozen = tuple[Any, ...]
Call = tuple[str, tuple[Any, ...]]
"""An action's name and its arguments."""
Step = tuple[Call, Frozen]
"""A call, and the state after it."""

_MOST_CHOICES = 1_000_000
"""The most choices of an initial state to enumerate; a type may have as many values."""


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
        self._says_everywhere = is_named(everywhere, functions_of(self.specification.cls))
        self._cells = [
            Cell(variable, instance, everywhere=self._says_everywhere) for variable in self.specification.variables
        ]
        named = functions_of(self.specification.cls)
        self._picks = is_named(choose, named) or is_named(anything, named)
        self._state_class = self._derive()
        evaluate_every_element(functions_of(self.specification.cls))

    def _derive(self) -> type[Model]:
        cls = self.specification.cls
        namespace: dict[str, Any] = {cell.name: cell for cell in self._cells}
        if self._says_everywhere or self._picks:
            namespace["__setattr__"] = self._expanding_setattr()
        return type(cls.__name__, (cls,), {**namespace, **self.instance.constants, "__module__": cls.__module__})

    def _expanding_setattr(self) -> Callable[[Model, str, Any], None]:
        """Return the `__setattr__` of states of a model that uses `everywhere` or `anything`, which expands these."""
        types = {variable.name: variable.type for variable in self.specification.variables}

        def assign(state: Model, name: str, value: Any) -> None:
            if isinstance(types.get(name), MapType) and isinstance(value, Everywhere | dict):
                value = expanded(types[name], value, self.instance)
            if isinstance(value, Anything) and name in types:
                value = pick(self.instance.universe(types[name]), thawer(types[name], self.instance))
            object.__setattr__(state, name, value)

        return assign

    def thaw(self, frozen: Frozen) -> Model:
        """Return a state whose methods can be called; its variables are thawed when they are read."""
        state = object.__new__(self._state_class)
        state.__dict__[FROZEN] = dict(zip(self.names, frozen, strict=True))
        return state

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the state variables, in order."""
        return tuple(cell.name for cell in self._cells)

    def freeze(self, state: Model) -> Frozen:
        """Return the hashable form of a state.

        Raises
        ------
        ModelError
            If a value is not of its variable's type, or exceeds its bound.
        """
        changed, frozen = state.__dict__, state.__dict__[FROZEN]
        if len(changed) > len(self._cells) + 1 or any(name not in self._name_set for name in changed):
            unknown = next(name for name in changed if name not in self._name_set)
            raise ModelError(f"{unknown!r} is not a state variable", help="annotate it in the class")
        return tuple(
            [
                cell.freeze(changed[cell.name], frozen[cell.name]) if cell.name in changed else frozen[cell.name]
                for cell in self._cells
            ]
        )

    @cached_property
    def _name_set(self) -> frozenset[str]:
        return frozenset([*self.names, FROZEN])

    def initial_states(self) -> list[Frozen]:
        """Return the initial states, each once, in a fixed order. See `each_initial_state`."""
        return list(self.each_initial_state())

    def each_initial_state(self) -> Iterator[Frozen]:
        """Yield the initial states, each once, in a fixed order.

        Raises
        ------
        ModelError
            If a variable has no initial value, or there are more than a million choices.
        """
        values = [() if cell.variable.immutable else cell.initial_values() for cell in self._cells]
        makers = self.specification.of(Kind.INITIAL)
        self._demand_few(len(self.structures) * math.prod(len(v) for v in values if v), makers)
        found: set[Frozen] = set()
        for start in self._starts(values):
            self._pulse()
            for state in self._made(makers, start):
                if state not in found:
                    self._demand_complete(state)
                    found.add(state)
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
            self.instance.structures = structures(self.instance, lambda m: self._arguments[m.name], self._holds_of)
        return self.instance.structures

    def _holds_of(self, axiom: Method, arguments: tuple[Any, ...], reads: Reads) -> bool:
        """Evaluate an axiom on structure that is only partly decided."""
        state = object.__new__(self._state_class)
        state.__dict__[OPEN] = reads
        return self._evaluate(axiom, state, (), arguments)

    def refutes(self, axiom: Method) -> bool:
        """Return whether an axiom is false for every structure, because it is false without reading any of it."""
        for arguments in self._arguments[axiom.name]:
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
        choices = starts * (sum(self._arguments[maker.name].size for maker in makers) if makers else 1)
        if choices > _MOST_CHOICES:
            raise ModelError(
                f"{self.specification.name} has {choices:,} choices of an initial state in this instance",
                help="make the instance smaller, or give fewer variables anything()",
            )

    def _demand_complete(self, state: Frozen) -> None:
        for variable, value in zip(self.specification.variables, state, strict=True):
            if value is MISSING:
                raise ModelError(
                    f"{variable.name} has no initial value",
                    location=variable.location,
                    help="give it a default, anything(), or set it in a method decorated with @initial",
                )

    def successors(self, state: Frozen) -> Iterator[Step]:
        """Yield every step out of a state, action by action; a successor is repeated as often as it is computed."""
        for method in self.specification.actions:
            yield from self._outcomes(method, state)

    def attempts(self, state: Frozen) -> Iterator[tuple[Call, Frozen | ModelError]]:
        """Yield each call that is enabled in a state, with the state after it or the error that the model raises."""
        for method in self.specification.actions:
            for arguments in self.choices(method, state):
                for outcome in self._runs(method, state, arguments):
                    if outcome is not None:
                        yield (method.name, arguments), outcome

    def _outcomes(self, method: Method, state: Frozen) -> Iterator[Step]:
        for arguments in self.choices(method, state):
            for after in self._ways(method, state, arguments):
                yield (method.name, arguments), after

    def choices(self, method: Method, state: Frozen) -> Iterable[tuple[Any, ...]]:
        """Return the arguments, as frozen values, with which an action may be enabled in a state."""
        choices = self._arguments[method.name]
        draws = self._draws.get(method.name)
        if draws:
            held = dict(zip(self.names, state, strict=True))
            return drawn_choices(method, draws, held, self.instance)
        if not choices.of_containers or choices.size <= MANY or self._may_raise(method):
            return choices
        return Pruned(method, self.instance, lambda arguments: self._is_disabled(method, state, arguments))

    @cached_property
    def _draws(self) -> Mapping[str, Draws]:
        """For each action with many choices, the parameters that it draws from sets of the state."""
        many = {m.name for m in self.specification.actions if self._arguments[m.name].is_worth_drawing}
        if not many:
            return {}
        compiled = compile_model(self.specification).actions
        return {action.name: drawn_from(action.body, action.parameters) for action in compiled if action.name in many}

    def _may_raise(self, method: Method) -> bool:
        model = compile_model(self.specification)
        compiled = next(a for a in (*model.actions, *model.initials) if a.name == method.name)
        return can_fail(compiled.body)

    def _is_disabled(self, method: Method, state: Frozen, arguments: tuple[Any, ...]) -> bool:
        """Return whether an action is disabled, as far as its code can tell from the decided part of its arguments."""
        self._pulse()
        try:
            with stopping_early():
                method.function(self.thaw(state), *arguments)
        except Disabled:
            return True
        except (KeyboardInterrupt, Undetermined):
            raise
        except BaseException:  # an open value lacks some methods of containers: go on to decided values
            return False
        return False

    def step(self, state: Frozen, call: Call) -> Frozen | None:
        """Return the state after an action, or None if the action is not enabled.

        If the action makes choices this is one of several states: see `outcomes`.
        """
        return next(self.outcomes(state, call), None)

    def outcomes(self, state: Frozen, call: Call) -> Iterator[Frozen]:
        """Yield the states after an action: one, unless it makes choices; none if it is not enabled."""
        name, arguments = call
        method = next(method for method in self.specification.methods if method.name == name)
        yield from self._ways(method, state, arguments)

    def ways(self, state: Frozen, call: Call) -> Iterator[tuple[Frozen, Sequence[Picked]]]:
        """Yield the states after an action, each with the choices that lead there."""
        name, arguments = call
        method = next(method for method in self.specification.methods if method.name == name)
        for after, picked in each_way_told(lambda: self._run(method, state, arguments)):
            if isinstance(after, ModelError):
                raise after
            if after is not None:
                yield after, picked

    @property
    def picks(self) -> bool:
        """Whether the model's code uses `choose` or `anything`."""
        return self._picks

    def _ways(self, method: Method, state: Frozen, arguments: tuple[Any, ...]) -> Iterator[Frozen]:
        for after in self._runs(method, state, arguments):
            if isinstance(after, ModelError):
                raise after
            if after is not None:
                yield after

    def _runs(self, method: Method, state: Frozen, arguments: tuple[Any, ...]) -> Iterable[Frozen | ModelError | None]:
        """Return the outcome of calling a method, for each way to choose in it."""
        if self._picks:
            return each_way(lambda: self._run(method, state, arguments))
        return (self._run(method, state, arguments),)

    def _run(self, method: Method, state: Frozen, arguments: tuple[Any, ...]) -> Frozen | ModelError | None:
        """Return the state after a call, the error that the model raises in it, or None if it is not enabled."""
        self._pulse()
        thawed = self.thaw(state)
        thawers = self._thawers[method.name]
        given = tuple(t(value) for t, value in zip(thawers, arguments, strict=True)) if thawers else arguments
        try:
            method.function(thawed, *given)
            return self.freeze(thawed)
        except Disabled:
            return None
        except ModelError as error:
            return explained(method, arguments, error.message, error.location, error.help)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a model may raise anything, SystemExit too
            failure = raised(method, arguments, error)
            failure.__cause__ = error
            return failure

    @cached_property
    def _thawers(self) -> Mapping[str, tuple[Callable[[Any], Any], ...]]:
        """How to thaw the arguments of each method; empty for a method that takes only scalars."""
        return {
            method.name: tuple(thawer(type_, self.instance) for _, type_ in method.parameters)
            if self._arguments[method.name].of_containers
            else ()
            for method in self.specification.methods
        }

    def truth(self, method: Method, state: Model, *after: Model) -> bool:
        """Evaluate a predicate on a thawed state: for all its arguments, or for some if it is existential."""
        found = {self._evaluate(method, state, after, arguments) for arguments in self._arguments[method.name]}
        return True in found if method.kind.existential else False not in found

    def fires(self, method: Method, state: Model, *after: Model) -> bool:
        """Return whether a property fires in a thawed state or on a step."""
        return self.truth(method, state, *after) is method.kind.fires_when

    def choice(self, method: Method, state: Model, *after: Model) -> tuple[Any, ...]:
        """Return the first choice of arguments for which a property that fires does so."""
        wanted = method.kind.fires_when
        return next(a for a in self._arguments[method.name] if self._evaluate(method, state, after, a) is wanted)

    def all_choices(self, method: Method) -> Iterator[tuple[Any, ...]]:
        """Yield each choice of a method's arguments."""
        return iter(self._arguments[method.name])

    def formula(self, method: Method, state: Model, arguments: tuple[Any, ...]) -> Formula:
        """Return the temporal formula that a property states, with the values of its predicates in this state."""
        value = self._returned(method, state, (), arguments)
        if method.kind is Kind.TEMPORAL:
            return self._demand_formula(method, arguments, value)
        comes_true = Eventually(Now(self._demand_truth(method, arguments, value)))
        return comes_true if method.kind is Kind.EVENTUALLY else Always(comes_true)

    def seen_as(self, method: Method, state: Model) -> Mapping[str, Any]:
        """Return the values of the other model's variables to which a refinement maps a thawed state."""
        values = self._returned(method, state, (), ())
        if not isinstance(values, Mapping):
            raise explained(
                method, (), f"returned {spelled(values)}", None, 'return the other model\'s variables: {"name": value}'
            )
        return values

    def adopt(self, values: Mapping[str, Any]) -> Frozen:
        """Return the frozen state in which all variables have the given values.

        Raises
        ------
        ModelError
            If a variable is missing or unknown, or a value is not of its variable's type.
        """
        lacking = [name for name in self.names if name not in values]
        unknown = [name for name in values if name not in self.names]
        if lacking or unknown:
            what = f"lacks {lacking[0]!r}" if lacking else f"has {unknown[0]!r}, which it has not"
            raise ModelError(
                f"what is seen as {self.specification.name} {what}", help=f"it has {', '.join(self.names)}"
            )
        state = self.thaw((MISSING,) * len(self.names))
        for name, value in values.items():
            setattr(state, name, value)
        return self.freeze(state)

    def _demand_formula(self, method: Method, arguments: tuple[Any, ...], value: Any) -> Formula:
        try:
            return formula_of(value)
        except ModelError as error:
            raise explained(method, arguments, error.message, None, error.help) from None

    def is_inside(self, state: Frozen) -> bool:
        """Return whether a state satisfies the state constraints, so that it is explored further."""
        constraints = self._constraints
        return not constraints or self._all(constraints, state)

    def is_taken(self, before: Frozen, after: Frozen) -> bool:
        """Return whether a step satisfies the step constraints, so that it is followed."""
        constraints = self._step_constraints
        if not constraints:
            return True
        states = self.thaw(before), self.thaw(after)
        return every(self.truth(method, *states) for method in constraints)

    # Cached: searching the methods for every state and step took a tenth of an exploration.
    @cached_property
    def _constraints(self) -> tuple[Method, ...]:
        return self.specification.of(Kind.CONSTRAINT)

    @cached_property
    def _step_constraints(self) -> tuple[Method, ...]:
        return self.specification.of(Kind.STEP_CONSTRAINT)

    def _all(self, methods: tuple[Method, ...], state: Frozen) -> bool:
        thawed = self.thaw(state)
        return every(self.truth(method, thawed) for method in methods)

    def is_terminal(self, state: Frozen) -> bool:
        """Return whether a state is terminal: stopping there is fine."""
        thawed = self.thaw(state)
        return some(self.truth(method, thawed) for method in self.specification.of(Kind.TERMINAL))

    def is_deadlock(self, state: Frozen) -> bool:
        """Return whether a state has no successor, and is not terminal."""
        return next(self.successors(state), None) is None and not self.is_terminal(state)

    def _evaluate(self, method: Method, state: Model, after: tuple[Model, ...], arguments: tuple[Any, ...]) -> bool:
        value = self._returned(method, state, after, arguments)
        return value if value is True or value is False else self._demand_truth(method, arguments, value)

    def _returned(self, method: Method, state: Model, after: tuple[Model, ...], arguments: tuple[Any, ...]) -> Any:
        """Call a method that does not change the state, and return its result."""
        self._pulse()
        try:
            return method.function(state, *after, *arguments)
        except ModelError as error:
            raise explained(method, arguments, error.message, error.location, error.help) from None
        except (KeyboardInterrupt, Undetermined):
            raise
        except BaseException as error:  # a model may raise anything, SystemExit too
            raise raised(method, arguments, error) from error

    def _demand_truth(self, method: Method, arguments: tuple[Any, ...], value: Any) -> bool:
        if not isinstance(value, bool):
            raise explained(
                method, arguments, f"returned {spelled(value)}; a {method.kind.value} returns a bool", None, None
            )
        return value

    @cached_property
    def _arguments(self) -> Mapping[str, Choices]:
        return {method.name: Choices(method, self.instance) for method in self.specification.methods}


def _unobserved() -> None:
    """The pulse of an interpreter without an observer."""


class _Undecided(dict[str, Any]):
    """The values of structure of which nothing is decided yet: reading any of it raises `Undetermined`."""

    def __missing__(self, name: str) -> Any:
        raise Undetermined(-1)


_UNDECIDED = _Undecided()
