"""The one renderer of values: elements, states, calls, and what changed from one state to the next.

Everything here works on *frozen* states (`assay.checker.language.execution.interpreter`) and needs only the instance.
Values are shown in the order of their type, so that the same state always reads the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen
from assay.checker.language.execution.picks import Choice
from assay.checker.language.execution.ranking import alternative, in_order
from assay.checker.language.frozen import counts_in, entries_in
from assay.checker.language.types import (
    BagType,
    EnumType,
    MapType,
    OptionalType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
)

__all__ = ["Change", "Renderer"]


@immutable
class Change:
    """What changed at one place of the state.

    Attributes
    ----------
    path : str
        The variable, and the place in it: ``decision``, ``state[p1]``.
    before, after : str, optional
        The value, if it was replaced as a whole.
    added, removed : tuple of str
        The elements that a set or bag gained and lost.
    """

    path: str
    before: str | None = None
    after: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.before is not None:
            return f"{self.path}: {self.before} -> {self.after}"
        signed = [f"- {item}" for item in self.removed] + [f"+ {item}" for item in self.added]
        return f"{self.path}: {', '.join(signed)}"


class Renderer:
    """Renders the values of one instance: ``p1``, ``COMMITTED``, ``Prepared(p1)``, ``{p1: WORKING, p2: ABORTED}``.

    Parameters
    ----------
    instance : Instance
        The instance; it need not be active.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._variables = instance.specification.variables
        self._parameters = {method.name: method.parameters for method in instance.specification.methods}

    def state(self, state: Frozen) -> Iterator[tuple[str, str]]:
        """Yield the name and the value of each variable."""
        for variable, value in zip(self._variables, state, strict=True):
            yield variable.name, self.value(variable.type, value)

    def parameters(self, name: str) -> tuple[tuple[str, Type], ...]:
        """Return the parameters of a method, with their types."""
        return self._parameters[name]

    def call(self, call: Call) -> str:
        """Return an action with its arguments: ``receive_vote(p=p1)``."""
        return f"{call[0]}({', '.join(f'{name}={value}' for name, value in self.arguments(call))})"

    def step(self, call: Call, chosen: Sequence[Choice]) -> str:
        """Return an action with its arguments, and what it chose on its way: ``vote(v=a), choosing q={v1, v2}``."""
        return f"{self.call(call)}{', choosing ' if chosen else ''}{', '.join(map(str, chosen))}"

    def arguments(self, call: Call) -> Iterator[tuple[str, str]]:
        """Yield the name and the value of each argument of an action."""
        name, arguments = call
        for (parameter, type_), value in zip(self._parameters[name], arguments, strict=True):
            yield parameter, self.value(type_, value)

    def changes(self, before: Frozen, after: Frozen) -> list[Change]:
        """Return the differences between two states, at the deepest places that can be told apart."""
        return [
            change
            for variable, old, new in zip(self._variables, before, after, strict=True)
            for change in self._changes(variable.name, variable.type, old, new)
        ]

    def value(self, type_: Type, value: Any) -> str:
        """Return a frozen value of a type as text."""
        match type_:
            case EnumType():
                return str(value.name)
            case SortType() | QuorumType():
                return self.instance.name_of(value)
            case OptionalType(inner):
                return "None" if value is None else self.value(inner, value)
            case RecordType():
                return self._record(type_, value)
            case UnionType():
                return self._record(alternative(type_, value), value)
            case TupleType(items):
                parts = [self.value(item, part) for item, part in zip(items, value, strict=True)]
                return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
            case MapType() | SetType() | SeqType() | BagType():
                return self._container(type_, value)
            case _:
                return str(value)

    def _record(self, type_: RecordType, value: Any) -> str:
        parts = [(name, self.value(part, getattr(value, name))) for name, part in type_.fields]
        shown = [text for _, text in parts] if len(parts) == 1 else [f"{name}={text}" for name, text in parts]
        return f"{type_.cls.__name__}({', '.join(shown)})"

    def _container(self, type_: Type, value: Any) -> str:
        match type_:
            case MapType(key, inner):
                keys = self.instance.universe(key)
                pairs = entries_in(keys, value)
                return "{" + ", ".join(f"{self.value(key, k)}: {self.value(inner, v)}" for k, v in pairs) + "}"
            case SeqType(element, _):
                return "[" + ", ".join(self.value(element, item) for item in value) + "]"
            case SetType(element):
                return "{" + ", ".join(self._elements(element, value)) + "}"
            case BagType(element, _):
                counts = counts_in(value)
                ordered = in_order(element, counts)
                return "{" + ", ".join(f"{self.value(element, item)} x{counts[item]}" for item in ordered) + "}"
        raise AssertionError(type_)

    def _elements(self, element: Type, values: Any) -> tuple[str, ...]:
        return tuple(self.value(element, item) for item in in_order(element, values))

    def _changes(self, path: str, type_: Type, before: Any, after: Any) -> Iterator[Change]:
        if before == after:
            return
        match type_:
            case MapType(key, inner):
                keys = self.instance.universe(key)
                for (k, old), (_, new) in zip(entries_in(keys, before), entries_in(keys, after), strict=True):
                    yield from self._changes(f"{path}[{self.value(key, k)}]", inner, old, new)
            case SetType(element):
                more, less = frozenset(after).difference(before), frozenset(before).difference(after)
                yield Change(path, added=self._elements(element, more), removed=self._elements(element, less))
            case BagType(element, _):
                yield self._bag_change(path, element, counts_in(before), counts_in(after))
            case _ if _same_record(type_, before, after):
                record = alternative(type_, before)
                for name, part in record.fields:
                    yield from self._changes(f"{path}.{name}", part, getattr(before, name), getattr(after, name))
            case _:
                yield Change(path, self.value(type_, before), self.value(type_, after))

    def _bag_change(self, path: str, element: Type, before: Mapping[Any, int], after: Mapping[Any, int]) -> Change:
        more = {item: count - before.get(item, 0) for item, count in after.items()}
        less = {item: count - after.get(item, 0) for item, count in before.items()}
        return Change(path, added=self._copies(element, more), removed=self._copies(element, less))

    def _copies(self, element: Type, counts: dict[Any, int]) -> tuple[str, ...]:
        some = {item: count for item, count in counts.items() if count > 0}
        times = {item: f" x{count}" if count > 1 else "" for item, count in some.items()}
        return tuple(self.value(element, item) + times[item] for item in in_order(element, some))


def _same_record(type_: Type, before: Any, after: Any) -> bool:
    """Return whether two values are records of the same class that agree in some field."""
    inner = type_.inner if isinstance(type_, OptionalType) else type_
    if not isinstance(inner, RecordType | UnionType) or type(before) is not type(after):
        return False
    return any(getattr(before, field.name) == getattr(after, field.name) for field in fields(before))
