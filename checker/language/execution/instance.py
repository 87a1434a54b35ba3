"""A finite instance of a model: the sizes of its sorts, its quorums, and the values of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from operator import add, floordiv, mul, sub
from typing import Any

from assay.checker.errors import ModelError
from assay.checker.language.bounds import bound_of
from assay.checker.language.execution.quorum_settings import thresholds
from assay.checker.language.execution.universes import size_of, values_of
from assay.checker.language.execution.written_values import written
from assay.checker.language.frozen import part_of
from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.sorts import Element, QuorumSystem, active_universes
from assay.checker.language.types import (
    Bound,
    IntType,
    Type,
    subtypes,
)

__all__ = ["MOST_VALUES", "Instance"]

MOST_VALUES = 1_000_000
"""The most values of a type to enumerate."""

_OPERATORS: dict[str, Callable[[int, int], Any]] = {"+": add, "-": sub, "*": mul, "//": floordiv}


def _computed(operator: str, left: int, right: int) -> int:
    return int(_OPERATORS[operator](left, right))


class Instance:
    """The finite structure that a model is checked on.

    Parameters
    ----------
    specification : Specification
        The model.
    sizes : mapping from sort to int
        The number of elements of each sort and order.
    constants : mapping from name to int or bool
        The value of each instance parameter.
    quorums : mapping from quorum system to sequence of sets of indices
        The quorums, each as the indices of its members.
    names : mapping from sort to sequence of str, optional
        The names of its elements, if they have names of their own.
    structure : mapping from name to frozen value, optional
        The given values of immutable variables. The others take every value for which the axioms hold.
    """

    def __init__(
        self,
        specification: Specification,
        sizes: Mapping[type[Element], int],
        constants: Mapping[str, int],
        quorums: Mapping[type[Any], Sequence[frozenset[int]]],
        names: Mapping[type[Element], Sequence[str]] | None = None,
        structure: Mapping[str, Any] | None = None,
    ) -> None:
        self.specification = specification
        self.sizes = dict(sizes)
        self.constants = dict(constants)
        self.quorums = {cls: tuple(members) for cls, members in quorums.items()}
        self.names = dict(names or {})
        self.structure = dict(structure or {})
        self.structures: list[dict[str, Any]] | None = None  # found by the first interpreter, for all others
        self._universes: dict[Type, tuple[Any, ...]] = {}
        self._elements: dict[type[Any], tuple[Any, ...]] = {}
        self._in_order: dict[Any, tuple[Any, ...]] = {}
        self._written: dict[Any, tuple[Any, ...]] = {}

    def about(self, specification: Specification) -> Instance:
        """Return this instance for a specification with other methods, but the same variables and sorts."""
        return Instance(specification, self.sizes, self.constants, self.quorums, self.names, self.structure)

    def elements(self, sort: type[Any]) -> tuple[Any, ...]:
        """Return the elements of a sort, order or quorum system."""
        # Cached: models ask in every loop over a sort, some hundred times for each state.
        elements = self._elements.get(sort)
        if elements is None:
            elements = self._elements[sort] = self._made(sort)
        return elements

    def _made(self, sort: type[Any]) -> tuple[Any, ...]:
        size = len(self.quorums[sort]) if sort in self.quorums else self.sizes.get(sort)
        if size is None:
            raise ModelError(
                f"the sort {sort.__name__} is not part of {self.specification.name}",
                help="use it as the type of a variable or parameter, or name it in a method of the model",
            )
        return tuple(sort.at(index) for index in range(size))

    def members(self, quorum: Any) -> frozenset[Any]:
        """Return the members of a quorum."""
        members: frozenset[Any] = self._members[type(quorum)][quorum.index]
        return members

    def members_in_order(self, quorum: Any) -> tuple[Any, ...]:
        """Return the members of a quorum in the order of their sort."""
        members = self._in_order.get(quorum)  # asked for as often as elements
        if members is None:
            members = self._in_order[quorum] = tuple(sorted(self.members(quorum), key=lambda member: member.index))
        return members

    @cached_property
    def _members(self) -> dict[type[Any], tuple[frozenset[Any], ...]]:
        member = {quorum.cls: quorum.member.cls for quorum in self.specification.quorums}
        return {
            cls: tuple(frozenset(member[cls].at(index) for index in indices) for indices in quorums)
            for cls, quorums in self.quorums.items()
        }

    def name_of(self, element: Element) -> str:
        """Return the short name of an element: ``p1`` of Participant, or ``participant1`` where ``p`` is ambiguous."""
        if isinstance(element, QuorumSystem):
            return "{" + ", ".join(map(self.name_of, sorted(self.members(element), key=lambda e: e.index))) + "}"
        if type(element) in self.names:
            return self.names[type(element)][element.index]
        return self._numbered(element)

    def _numbered(self, element: Element) -> str:
        return f"{self._prefixes.get(type(element), type(element).__name__.lower())}{element.index + 1}"

    @cached_property
    def _prefixes(self) -> dict[type[Element], str]:
        initials = [sort.__name__[0].lower() for sort in self.sizes]
        return {
            sort: initial if initials.count(initial) == 1 else sort.__name__.lower()
            for sort, initial in zip(self.sizes, initials, strict=True)
        }

    def active(self) -> AbstractContextManager[None]:
        """Return a context in which sorts have the elements of this instance."""
        return active_universes(self)

    def bound(self, bound: Bound) -> int:
        """Return the value of a bound."""
        return bound if isinstance(bound, int) else bound_of(bound, int, self._named, _computed)

    def _named(self, name: str) -> int:
        sizes = {sort.__name__: size for sort, size in self.sizes.items()}
        return int({**sizes, **self.constants}[name])

    def interval(self, type_: IntType) -> tuple[int, int]:
        """Return the bounds of a range."""
        assert type_.low is not None
        assert type_.high is not None
        low, high = self.bound(type_.low), self.bound(type_.high)
        if low > high:
            raise ModelError(
                f"{type_} is empty in this instance: {low} is more than {high}", help="choose other parameters"
            )
        return low, high

    def size(self, type_: Type) -> int:
        """Return how many values a type has, without enumerating them."""
        return size_of(type_, self)

    def universe(self, type_: Type) -> tuple[Any, ...]:
        """Return every value of a type, in the order of their codes; containers as frozen values.

        Raises
        ------
        ModelError
            If there are more than a million.
        """
        if type_ not in self._universes:
            if self.size(type_) > MOST_VALUES:
                raise ModelError(
                    f"{type_} has more than a million values in this instance",
                    help="state bounds: Annotated[int, Range(0, 3)], or Range[0, 3] for short"
                    if any(isinstance(part, IntType) and part.is_unbounded for part in subtypes(type_))
                    else "make the instance smaller, give the type fewer values, or draw from what a set holds: "
                    "require(m in self.messages) first, in a property m not in self.messages or ...",
                )
            self._universes[type_] = tuple(values_of(type_, self))
        return self._universes[type_]

    def values(self, annotation: Any) -> Iterable[Any]:
        """Return every value of a type, as a model's code writes it; containers as they are inside another value."""
        if annotation not in self._written:
            self._written[annotation] = self._parts(type_of(annotation))
        return self._written[annotation]

    def _parts(self, type_: Type) -> tuple[Any, ...]:
        return tuple(part_of(type_, value, self.universe) for value in self.universe(type_))

    def settings(self) -> dict[str, int | bool | str]:
        """Return the settings from which `instantiate` makes this instance again, in readable form."""
        quorums = {cls.__name__: self._describe_quorums(cls) for cls in self.quorums}
        given = {v.name: v.type for v in self.specification.structure if v.name in self.structure}
        structure = {name: written(type_, self.structure[name], self) for name, type_ in given.items()}
        return {**{sort.__name__: size for sort, size in self.sizes.items()}, **quorums, **self.constants, **structure}

    def _describe_quorums(self, cls: type[Any]) -> str:
        member = next(quorum.member.cls for quorum in self.specification.quorums if quorum.cls is cls)
        size = self.sizes[member]
        if frozenset(self.quorums[cls]) == frozenset(thresholds(size, size // 2 + 1)):
            return "majority"
        return ",".join(
            "{" + ",".join(self._numbered(member.at(index)) for index in sorted(q)) + "}" for q in self.quorums[cls]
        )
