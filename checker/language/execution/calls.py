"""Calling the methods of a model in CPython: with which arguments, and with which errors.

Whatever a model's own code raises becomes a `ModelError` that names the method and its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.choosing import Picked, each_way, each_way_told
from assay.checker.language.execution.choices import Choices
from assay.checker.language.execution.freezing import thawer
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.open_values import Undetermined
from assay.checker.language.execution.raising import explained, raised
from assay.checker.language.execution.states import Frozen, States
from assay.checker.language.formulas import Always, Eventually, Formula, Now, formula_of
from assay.checker.language.frozen import part_of
from assay.checker.language.introspection.specification import Method
from assay.checker.language.model import Disabled, Kind, Model
from assay.checker.language.types import Type

__all__ = ["MethodCalls"]


class MethodCalls:
    """Calls of a model's methods.

    Parameters
    ----------
    instance : Instance
        The finite structure.
    states : States
        Freezes and thaws the states.
    picks : bool
        Whether the model's code uses `choose` or `anything`, so that one call may have several outcomes.
    pulse : callable
        Called before each call of a method. An exception from it ends the computation.
    """

    def __init__(self, instance: Instance, states: States, *, picks: bool, pulse: Callable[[], None]) -> None:
        self.instance = instance
        self._states, self._picks, self._pulse = states, picks, pulse

    @cached_property
    def arguments(self) -> Mapping[str, Choices]:
        """The choices of arguments of each method."""
        methods = self.instance.specification.methods
        return {method.name: Choices(method, self.instance) for method in methods}

    def outcomes(self, method: Method, state: Frozen, arguments: tuple[Any, ...]) -> Iterator[Frozen]:
        """Yield the states after a call: one, unless it makes choices; none if it is not enabled.

        Raises
        ------
        ModelError
            If the model's code raises.
        """
        for after in self.each_outcome(method, state, arguments):
            if isinstance(after, ModelError):
                raise after
            if after is not None:
                yield after

    def told_outcomes(
        self, method: Method, state: Frozen, arguments: tuple[Any, ...]
    ) -> Iterator[tuple[Frozen, Sequence[Picked]]]:
        """Yield the states after a call, each with the choices that lead there; see `outcomes`."""
        for after, picked in each_way_told(lambda: self._run(method, state, arguments)):
            if isinstance(after, ModelError):
                raise after
            if after is not None:
                yield after, picked

    def each_outcome(
        self, method: Method, state: Frozen, arguments: tuple[Any, ...]
    ) -> Iterable[Frozen | ModelError | None]:
        """Return the outcome of calling a method, for each way to choose in it."""
        if self._picks:
            return each_way(lambda: self._run(method, state, arguments))
        return (self._run(method, state, arguments),)

    def _run(self, method: Method, state: Frozen, arguments: tuple[Any, ...]) -> Frozen | ModelError | None:
        """Return the state after a call, the error that the model raises in it, or None if it is not enabled."""
        self._pulse()
        thawed = self._states.thaw(state)
        try:
            method.function(thawed, *self.given(method, arguments))
            return self._states.freeze(thawed)
        except Disabled:
            return None
        except ModelError as error:
            return explained(method, arguments, self.instance, error.message, error.location, error.help)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a model may raise anything, SystemExit too
            failure = raised(method, arguments, self.instance, error)
            failure.__cause__ = error
            return failure

    def given(self, method: Method, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the arguments of a call as the model's code gets them: containers are thawed, each time anew."""
        thawers = self._thawers[method.name]
        return tuple(t(value) for t, value in zip(thawers, arguments, strict=True)) if thawers else arguments

    @cached_property
    def _thawers(self) -> Mapping[str, tuple[Callable[[Any], Any], ...]]:
        """How to thaw the arguments of each method; empty for a method that takes only scalars."""
        return {
            method.name: tuple(thawer(type_, self.instance) for _, type_ in method.parameters)
            if self.arguments[method.name].of_containers
            else ()
            for method in self.instance.specification.methods
        }

    @cached_property
    def _readers(self) -> Mapping[str, tuple[Callable[[Any], Any], ...]]:
        """How predicates read their arguments: containers as parts of values, which no predicate changes."""
        return {
            method.name: tuple(partial(_part, type_, self.instance) for _, type_ in method.parameters)
            if self.arguments[method.name].of_containers
            else ()
            for method in self.instance.specification.methods
        }

    def evaluate(self, method: Method, state: Model, after: tuple[Model, ...], arguments: tuple[Any, ...]) -> bool:
        """Evaluate a predicate for one choice of arguments, in a thawed state or on a step."""
        value = self.returned(method, state, after, arguments)
        assert value is True or value is False, value  # the front end knows that it is
        return value

    def returned(self, method: Method, state: Model, after: tuple[Model, ...], arguments: tuple[Any, ...]) -> Any:
        """Call a method that does not change the state, and return its result."""
        self._pulse()
        readers = self._readers[method.name]
        given = tuple(read(value) for read, value in zip(readers, arguments, strict=True)) if readers else arguments
        try:
            return method.function(state, *after, *given)
        except ModelError as error:
            raise explained(method, arguments, self.instance, error.message, error.location, error.help) from None
        except (KeyboardInterrupt, Undetermined):
            raise
        except BaseException as error:  # a model may raise anything, SystemExit too
            raise raised(method, arguments, self.instance, error) from error

    def formula(self, method: Method, state: Model, arguments: tuple[Any, ...]) -> Formula:
        """Return the temporal formula that a property states, with the values of its predicates in this state."""
        value = self.returned(method, state, (), arguments)
        if method.kind is Kind.TEMPORAL:
            return formula_of(value)
        comes_true = Eventually(Now(value))
        return comes_true if method.kind is Kind.EVENTUALLY else Always(comes_true)


def _part(type_: Type, instance: Instance, value: Any) -> Any:
    return part_of(type_, value, instance.universe)
