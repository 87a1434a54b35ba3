"""Classes of calls: calls that no fairness assumption and no formula tells apart.

Fairness and occurrences refer to an action as a whole, or to the values of some of its parameters. So each step is
stored with the number of its *class* only: all calls of an action that agree in those parameters.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from assay.checker.errors import ModelError
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import MOST_VALUES, Instance
from assay.checker.language.execution.interpreter import Call
from assay.checker.language.fairness import Fairness
from assay.checker.language.formulas import Formula, Happens, parts
from assay.checker.language.introspection.specification import Method
from assay.checker.language.types import Type

__all__ = ["Classes", "FairnessCondition", "classes_of", "conditions_of", "occurrences_in"]


@immutable
class Classes:
    """The classes of the calls of an instance.

    Attributes
    ----------
    instance : Instance
        The instance.
    parameters : mapping from action name to tuple of str
        The parameters of each action whose values are told apart.
    """

    instance: Instance
    parameters: Mapping[str, tuple[str, ...]]

    @property
    def actions(self) -> tuple[Method, ...]:
        """The actions, in their order."""
        return self.instance.specification.actions

    @cached_property
    def _values(self) -> dict[str, tuple[tuple[str, tuple[Any, ...]], ...]]:
        """For each action, the parameters that are told apart, in their order, each with its values."""
        return {
            method.name: tuple(
                (name, self._universe(method, name, type_))
                for name, type_ in method.parameters
                if name in self.parameters.get(method.name, ())
            )
            for method in self.actions
        }

    def _universe(self, method: Method, name: str, type_: Type) -> tuple[Any, ...]:
        size = self.instance.size(type_)
        if size > MOST_VALUES:
            raise ModelError(
                f"calls of {method.name} are told apart by {name}, which has more than {MOST_VALUES:,} values",
                location=method.location,
                help="tell them apart by other parameters, or make the instance smaller",
            )
        return self.instance.universe(type_)

    @cached_property
    def offsets(self) -> dict[str, int]:
        """The number of the first class of each action."""
        sizes = [math.prod(len(values) for _, values in self._values[method.name]) for method in self.actions]
        starts = [0, *itertools.accumulate(sizes)]
        return {method.name: start for method, start in zip(self.actions, starts, strict=False)}

    @cached_property
    def size(self) -> int:
        """The number of classes."""
        return sum(math.prod(len(values) for _, values in parts) for parts in self._values.values())

    def strides(self, action: str) -> dict[str, int]:
        """Return, for each parameter, by how much a class's number grows from one of its values to the next."""
        strides, stride = {}, 1
        for name, values in reversed(self._values[action]):
            strides[name] = stride
            stride *= len(values)
        return strides

    def number(self, call: Call) -> int:
        """Return the number of a call's class."""
        return self._number[call]

    @cached_property
    def _number(self) -> _Numbers:
        return _Numbers(self)

    def members(self, action: str, fixed: Mapping[str, Any]) -> npt.NDArray[np.bool_]:
        """Return the mask of an action's classes in which some parameters have given values."""
        table = np.zeros(self.size, np.bool_)
        parts = self._values[action]
        for position, choice in enumerate(itertools.product(*(values for _, values in parts))):
            named = dict(zip((name for name, _ in parts), choice, strict=True))
            if all(named[name] == value for name, value in fixed.items()):
                table[self.offsets[action] + position] = True
        return table


class _Numbers(dict[Call, int]):
    """The numbers of the classes of calls, computed as they are looked up."""

    def __init__(self, classes: Classes) -> None:
        super().__init__()
        self._classes = classes
        self._names = {method.name: [name for name, _ in method.parameters] for method in classes.actions}
        self._positions = {
            action: {name: {value: i for i, value in enumerate(values)} for name, values in parts}
            for action, parts in classes._values.items()
        }

    # Computed once for each call: a search asks for the class of every step, and there are far fewer calls.
    def __missing__(self, call: Call) -> int:
        action, arguments = call
        number, strides = self._classes.offsets[action], self._classes.strides(action)
        for name, argument in zip(self._names[action], arguments, strict=True):
            if name in strides:
                number += strides[name] * self._positions[action][name][argument]
        self[call] = number
        return number


def classes_of(instance: Instance, occurrences: Iterable[Happens] = ()) -> Classes:
    """Return the classes that fairness and occurrences need; the instance must be active."""
    parameters: dict[str, set[str]] = {}
    for fairness in instance.specification.fairness:
        for name in fairness.actions or [method.name for method in instance.specification.actions]:
            parameters.setdefault(name, set()).update(fairness.each)
    for occurrence in occurrences:
        parameters.setdefault(occurrence.action, set()).update(name for name, _ in occurrence.arguments)
    return Classes(instance, {action: tuple(sorted(names)) for action, names in parameters.items()})


def occurrences_in(formulas: Iterable[Formula]) -> list[Happens]:
    """Return the occurrences of actions that formulas mention."""
    return [part for formula in formulas for part in parts(formula) if isinstance(part, Happens)]


@immutable(eq=False)
class FairnessCondition:
    """A fairness assumption about one set of classes.

    Attributes
    ----------
    fairness : Fairness
        The assumption as it is stated.
    values : tuple
        The values of the parameters that it is made for, in the order of ``fairness.each``.
    classes : bool array of shape (classes,)
        The classes of calls of which one must happen.
    """

    fairness: Fairness
    values: tuple[Any, ...]
    classes: npt.NDArray[np.bool_]

    @property
    def is_strong(self) -> bool:
        """Whether it is strong: it is enough to be enabled again and again."""
        return self.fairness.is_strong

    @property
    def fixed(self) -> dict[str, Any]:
        """The values, by the names of their parameters."""
        return dict(zip(self.fairness.each, self.values, strict=True))


def conditions_of(classes: Classes) -> tuple[FairnessCondition, ...]:
    """Return the fairness assumptions of an instance, one for each choice of the values they are made for."""
    return tuple(found for fairness in classes.instance.specification.fairness for found in _each(classes, fairness))


def _each(classes: Classes, fairness: Fairness) -> Iterator[FairnessCondition]:
    methods = {method.name: method for method in classes.actions}
    actions = fairness.actions or tuple(methods)
    types = dict(methods[actions[0]].parameters)
    for values in itertools.product(*(classes.instance.universe(types[name]) for name in fairness.each)):
        fixed = dict(zip(fairness.each, values, strict=True))
        table = np.logical_or.reduce([classes.members(action, fixed) for action in actions])
        yield FairnessCondition(fairness, values, table)
