"""Freezing and thawing whole states.

A *frozen* state is a tuple with one hashable value per variable: a scalar as it is, a set as a frozenset, a map as the
tuple of its values in the order of its keys, a sequence as a tuple, a bag as the frozenset of its (element, count)
pairs. A *thawed* state is an instance of the model's class whose attributes are thawed when they are first read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.choosing import pick
from assay.checker.language.execution.descriptors import FROZEN, OPEN, VariableDescriptor, expanded
from assay.checker.language.execution.freezing import thawer
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.structures import Reads
from assay.checker.language.introspection.mentioned import functions_of, is_named
from assay.checker.language.introspection.specification import MISSING
from assay.checker.language.model import Model
from assay.checker.language.types import MapType
from assay.checker.language.values import Anything, Everywhere, everywhere

__all__ = ["Frozen", "States"]

Frozen = tuple[Any, ...]
"""A state as a tuple: the value of each variable, in order."""


class States:
    """The states of an instance, frozen and thawed.

    Parameters
    ----------
    instance : Instance
        The finite structure.
    picks : bool
        Whether the model's code uses `choose` or `anything`, so that it may assign what stands for a choice.
    """

    def __init__(self, instance: Instance, *, picks: bool) -> None:
        self.instance = instance
        self.specification = instance.specification
        expands = is_named(everywhere, functions_of(self.specification.cls))
        variables = self.specification.variables
        self._descriptors = [VariableDescriptor(variable, instance, everywhere=expands) for variable in variables]
        self.names = tuple(descriptor.name for descriptor in self._descriptors)
        self._known = frozenset([*self.names, FROZEN])
        self._class = self._derived(expands=expands or picks)

    def _derived(self, *, expands: bool) -> type[Model]:
        """Return a class derived from the model's, whose attributes thaw the variables as they are read."""
        cls = self.specification.cls
        namespace: dict[str, Any] = {descriptor.name: descriptor for descriptor in self._descriptors}
        if expands:
            namespace["__setattr__"] = self._expanding_setattr()
        return type(cls.__name__, (cls,), {**namespace, **self.instance.constants, "__module__": cls.__module__})

    def _expanding_setattr(self) -> Callable[[Model, str, Any], None]:
        """Return a `__setattr__` that puts values in place of `everywhere` and `anything`.

        Only models that use one of these get it: it makes each assignment several times as slow.
        """
        types = {variable.name: variable.type for variable in self.specification.variables}

        def assign(state: Model, name: str, value: Any) -> None:
            if isinstance(types.get(name), MapType) and isinstance(value, Everywhere | dict):
                value = expanded(types[name], value, self.instance)
            if isinstance(value, Anything) and name in types:
                value = pick(self.instance.universe(types[name]), thawer(types[name], self.instance))
            object.__setattr__(state, name, value)

        return assign

    def thaw(self, frozen: Frozen) -> Model:
        """Return a state whose methods can be called; its variables are thawed when they are first read."""
        state = object.__new__(self._class)
        state.__dict__[FROZEN] = dict(zip(self.names, frozen, strict=True))
        return state

    @staticmethod
    def held(state: Model, name: str) -> Any:
        """Return the frozen value that a variable had when its state was thawed."""
        return state.__dict__[FROZEN][name]

    def opened(self, reads: Reads) -> Model:
        """Return a state in which axioms are evaluated: its immutable variables are decided as they are read."""
        state = object.__new__(self._class)
        state.__dict__[OPEN] = reads
        return state

    def freeze(self, state: Model) -> Frozen:
        """Return the hashable form of a state.

        Raises
        ------
        ModelError
            If a value is not of its variable's type, or exceeds its bound.
        """
        changed, frozen = state.__dict__, state.__dict__[FROZEN]
        if not changed.keys() <= self._known:
            unknown = next(name for name in changed if name not in self._known)
            raise ModelError(f"{unknown!r} is not a state variable", help="annotate it in the class")
        # What was never read cannot have changed: its attribute was not even made.
        return tuple(
            [
                descriptor.freeze(changed[descriptor.name], frozen[descriptor.name])
                if descriptor.name in changed
                else frozen[descriptor.name]
                for descriptor in self._descriptors
            ]
        )

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
            name = self.specification.name
            what = (
                f"no value to {lacking[0]!r}" if lacking else f"a value to {unknown[0]!r}, which {name} does not have"
            )
            raise ModelError(f"the mapping to {name} gives {what}", help=f"its variables: {', '.join(self.names)}")
        state = self.thaw((MISSING,) * len(self.names))
        for name, value in values.items():
            setattr(state, name, value)
        return self.freeze(state)

    def initial_values(self) -> list[tuple[Any, ...]]:
        """Return the frozen values that each variable may have initially; none for one that axioms decide."""
        return [() if each.variable.immutable else each.initial_values() for each in self._descriptors]

    def demand_defaults(self) -> None:
        """Refuse defaults that are no values of their variables; the instance must be active.

        Raises
        ------
        ModelError
            If there is one.
        """
        for each in self._descriptors:
            if not each.variable.immutable and not isinstance(each.variable.default, Anything):
                each.initial_values()
