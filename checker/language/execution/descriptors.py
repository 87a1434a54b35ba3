"""The variables of thawed states: each is thawed when first read, and checked against its type when frozen."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from assay.checker.errors import ModelError
from assay.checker.language.execution.freezing import NOTHING, IllTypedError, freezer, thawer
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.least import of_instance
from assay.checker.language.inhabitants import origin_of
from assay.checker.language.introspection.specification import MISSING, Variable
from assay.checker.language.types import (
    BagType,
    BoolType,
    MapType,
    OptionalType,
    SeqType,
    SetType,
    TupleType,
    Type,
    is_container,
)
from assay.checker.language.values import Anything, Everywhere, Relation
from assay.checker.wording import spelled

__all__ = ["FROZEN", "OPEN", "VariableDescriptor", "expanded"]

FROZEN = "the frozen state"
"""The attribute in which a thawed state keeps its frozen form; the name has blanks, so that no variable can have it."""


OPEN = "the open structure"
"""The attribute through which axioms read structure that is partly decided, before there are states."""


class VariableDescriptor:
    """A descriptor for a state variable of thawed states, which thaws the value when it is first read."""

    def __init__(self, variable: Variable, instance: Instance, *, everywhere: bool = False) -> None:
        self.variable = variable
        nested = isinstance(variable.type, MapType) and isinstance(variable.type.value, MapType)
        self._expands = everywhere and nested and not variable.immutable
        self.name = variable.name
        self._instance = instance
        self._thaw = _immutable(variable.type, instance) if variable.immutable else thawer(variable.type, instance)
        self._freeze = freezer(variable.type, instance)

    def __get__(self, state: Any, owner: type[Any]) -> Any:
        if state is None:
            return self.variable.default
        known = state.__dict__
        values = known.get(FROZEN)
        if values is None:
            return self._of_structure(known)
        frozen = values[self.name]
        value = self._unwritten() if frozen is MISSING else self._thaw(frozen)
        if self._expands:
            assert isinstance(self.variable.type, MapType)
            value = ExpandingMap(self.variable.type, value, self._instance)
        known[self.name] = value
        return value

    def _of_structure(self, known: dict[str, Any]) -> Any:
        """Return the value for an axiom, which is evaluated before there are states."""
        assert self.variable.immutable  # the front end refuses an axiom that reads the state
        return known[OPEN][self.name]()

    def _unwritten(self) -> Any:
        """Return the variable before it has a value: a map whose entries are written one by one."""
        if isinstance(self.variable.type, MapType):
            return _unwritten_map(self.variable, self.variable.type, self._instance)
        raise _unread(self.variable)

    def freeze(self, value: Any, before: Any) -> Any:
        """Return the frozen form of a value, given the frozen one before it; refuse one that is not of the type."""
        try:
            return self._freeze(value, NOTHING if before is MISSING else before)
        except IllTypedError as error:
            raise ModelError(f"{self.name} {error}", help=error.help) from None
        except (TypeError, AttributeError, KeyError):
            raise ModelError(
                f"{self.name} is a {self.variable.type}, it cannot be {spelled(value)}",
                help=origin_of(self.variable.type),
            ) from None

    def initial_values(self) -> tuple[Any, ...]:
        """Return the frozen values that the variable may have initially."""
        default = self.variable.default
        if isinstance(default, Anything):
            return self._instance.universe(self.variable.type)
        if default is MISSING:
            return (_empty(self.variable.type, self._instance),)
        value = expanded(self.variable.type, of_instance(default, self._instance), self._instance)
        try:
            return (self.freeze(value, MISSING),)
        except ModelError as error:
            raise ModelError(error.message, location=self.variable.location, help=error.help) from None


def _immutable(type_: Type, instance: Instance) -> Callable[[Any], Any]:
    """Return the function from the frozen value of an immutable variable to what a model's code reads."""
    match type_:
        case SetType(TupleType()):
            return cast("Callable[[Any], Any]", Relation)
        case SetType():
            return frozenset
        case _:
            return thawer(type_, instance)


def _unread(variable: Variable) -> ModelError:
    return ModelError(
        f"{variable.name} is read before it has a value",
        location=variable.location,
        help="give it a default, or set it earlier in the method decorated with @initial",
    )


class _UnwrittenMap(dict[Any, Any]):
    """A map whose entries are written one by one; reading one before it is written is an error."""

    def __init__(self, variable: Variable, size: int, entries: Mapping[Any, Any]) -> None:
        super().__init__(entries)
        self._variable = variable
        self._size = size

    def __missing__(self, key: Any) -> Any:
        raise _unread(self._variable)

    def _demand_whole(self) -> None:
        if len(self) != self._size:
            raise _unread(self._variable)

    def __iter__(self) -> Iterator[Any]:
        self._demand_whole()
        return super().__iter__()

    def __contains__(self, key: object) -> bool:
        self._demand_whole()
        return super().__contains__(key)

    def __eq__(self, other: object) -> bool:
        self._demand_whole()
        return super().__eq__(other)

    __hash__ = None

    def keys(self) -> Any:
        self._demand_whole()
        return super().keys()

    def values(self) -> Any:
        self._demand_whole()
        return super().values()

    def items(self) -> Any:
        self._demand_whole()
        return super().items()


def _unwritten_map(variable: Variable, type_: MapType, instance: Instance) -> _UnwrittenMap:
    entries = {}
    for key in instance.universe(type_.key):
        if isinstance(type_.value, MapType):
            entries[key] = _unwritten_map(variable, type_.value, instance)
        elif is_container(type_.value):
            entries[key] = thawer(type_.value, instance)(_empty(type_.value, instance))
    return _UnwrittenMap(variable, instance.size(type_.key), entries)


def expanded(type_: Type, value: Any, instance: Instance) -> Any:
    """Return a value with `everywhere` expanded: each entry gets a copy of the value of its own."""
    if isinstance(type_, MapType) and isinstance(value, dict):
        return {key: expanded(type_.value, entry, instance) for key, entry in value.items()}
    if isinstance(type_, MapType):
        inner = value.value if isinstance(value, Everywhere) else value
        return {key: expanded(type_.value, inner, instance) for key in instance.universe(type_.key)}
    return copy.copy(value) if is_container(type_) else value


class ExpandingMap(dict[Any, Any]):
    """A map of maps in a state, whose entries may be assigned `everywhere`."""

    def __init__(self, type_: MapType, entries: Mapping[Any, Any], instance: Instance) -> None:
        inner = type_.value
        if isinstance(inner, MapType) and isinstance(inner.value, MapType):
            entries = {key: ExpandingMap(inner, entry, instance) for key, entry in entries.items()}
        super().__init__(entries)
        self._type = type_
        self._instance = instance

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, expanded(self._type.value, value, self._instance))


def _empty(type_: Type, instance: Instance) -> Any:
    match type_:
        case BoolType():
            return False
        case OptionalType():
            return None
        case SetType() | BagType():
            return frozenset()
        case SeqType():
            return ()
        case MapType(key, value):
            inner = _empty(value, instance)
            return MISSING if inner is MISSING else (inner,) * instance.size(key)
        case _:
            return MISSING
