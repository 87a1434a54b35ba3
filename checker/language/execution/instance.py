"""A finite instance of a model: how many elements each sort has, which quorums there are, the parameters' values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from typing import Any

from assay.checker.errors import AssayError, ModelError, UsageError
from assay.checker.language.execution.quorum_settings import quorums_of, thresholds
from assay.checker.language.execution.universes import size_of, values_of
from assay.checker.language.introspection import source
from assay.checker.language.introspection.specification import MISSING, Constant, Specification
from assay.checker.language.sorts import Element, QuorumSystem, active_universes
from assay.checker.language.types import (
    BagType,
    Bound,
    IntType,
    QuorumType,
    SeqType,
    Type,
    subtypes,
)
from assay.checker.language.wording import listed, nearest

__all__ = ["INSTANCES", "Instance", "instantiate", "settable"]

INSTANCES = ("default", "smoke", "deep")


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
        The names of its elements, where they have names of their own.
    """

    def __init__(
        self,
        specification: Specification,
        sizes: Mapping[type[Element], int],
        constants: Mapping[str, int],
        quorums: Mapping[type[Any], Sequence[frozenset[int]]],
        names: Mapping[type[Element], Sequence[str]] | None = None,
    ) -> None:
        self.specification = specification
        self.sizes = dict(sizes)
        self.constants = dict(constants)
        self.quorums = {cls: tuple(members) for cls, members in quorums.items()}
        self.names = dict(names or {})
        self._universes: dict[Type, tuple[Any, ...]] = {}

    def about(self, specification: Specification) -> Instance:
        """Return the same structure for a specification that differs in its methods."""
        return Instance(specification, self.sizes, self.constants, self.quorums, self.names)

    def elements(self, sort: type[Any]) -> tuple[Any, ...]:
        """Return the elements of a sort, order or quorum system."""
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
        """Return the number that a bound stands for."""
        if isinstance(bound, int):
            return bound
        if bound in self.constants:
            return int(self.constants[bound])
        sizes = {sort.__name__: size for sort, size in self.sizes.items()}
        if bound in sizes:
            return sizes[bound]
        raise ModelError(
            f"the bound {bound!r} names neither a parameter nor a sort of {self.specification.name}",
            help=f"possible are {', '.join([*self.constants, *sizes]) or 'numbers only'}",
        )

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
            if self.size(type_) > 1_000_000:
                raise ModelError(
                    f"{type_} has more than a million values in this instance",
                    help="make the instance smaller",
                )
            self._universes[type_] = tuple(values_of(type_, self))
        return self._universes[type_]

    def settings(self) -> dict[str, int | bool | str]:
        """Return what `instantiate` would need to make this instance again, readable."""
        quorums = {cls.__name__: self._describe_quorums(cls) for cls in self.quorums}
        return {**{sort.__name__: size for sort, size in self.sizes.items()}, **quorums, **self.constants}

    def _describe_quorums(self, cls: type[Any]) -> str:
        member = next(quorum.member.cls for quorum in self.specification.quorums if quorum.cls is cls)
        size = self.sizes[member]
        if frozenset(self.quorums[cls]) == frozenset(thresholds(size, size // 2 + 1)):
            return "majority"
        return ",".join(
            "{" + ",".join(self._numbered(member.at(index)) for index in sorted(q)) + "}" for q in self.quorums[cls]
        )


def instantiate(
    specification: Specification,
    settings: Mapping[str, Any] | None = None,
    *,
    name: str = "default",
    names: Mapping[str, Sequence[str]] | None = None,
) -> Instance:
    """Make a finite instance of a model.

    Parameters
    ----------
    specification : Specification
        The model.
    settings : mapping from name to setting, optional
        Sizes of sorts, values of parameters and quorum systems, over what the named instance states.
        Values may be text, as they come from a command line.
    name : {"default", "smoke", "deep"}
        The instance of the model to start from.

    Raises
    ------
    UsageError
        If a setting names nothing in the model, or has a value that does not fit.
    ModelError
        If a sort has no size.
    """
    if name not in INSTANCES:
        raise UsageError(f"there is no instance {name!r}", help=f"possible are {listed(INSTANCES)}")
    given = settings or {}
    own = _own_settings(specification, name)
    merged = {**own, **given}
    with _blaming(specification, name, own):
        _demand_known(specification, own)
    _demand_known(specification, given)

    def blamed(*settings: str) -> AbstractContextManager[None]:
        return nullcontext() if given.keys() & settings else _blaming(specification, name, settings[:1])

    sizes, constants, quorums = {}, {}, {}
    for sort in specification.sorts:
        with blamed(sort.__name__):
            sizes[sort] = _size(specification, sort, merged)
    for constant in specification.constants:
        with blamed(constant.name):
            constants[constant.name] = _constant(specification, constant, merged)
    for quorum in specification.quorums:
        with blamed(quorum.cls.__name__, quorum.member.cls.__name__):
            setting = merged.get(quorum.cls.__name__, "majority")
            quorums[quorum.cls] = quorums_of(quorum, sizes[quorum.member.cls], setting)
        if quorum.member.cls.__name__ in given and quorum.cls.__name__ not in given:
            _demand_all_members(quorum, sizes[quorum.member.cls], quorums[quorum.cls])
    named = {sort: names[sort.__name__] for sort in sizes if sort.__name__ in names} if names else {}
    instance = Instance(specification, sizes, constants, quorums, named)
    _demand_sane_types(instance)
    return instance


def _demand_all_members(quorum: QuorumType, size: int, quorums: list[frozenset[int]]) -> None:
    """Refuse a size for which a model's own quorums, written out for another one, leave members out."""
    left_out = set(range(size)).difference(*quorums)
    if left_out:
        name, member = quorum.cls.__name__, quorum.member.cls.__name__
        raise UsageError(
            f"{member}={size}: the model writes the quorums of {name} out, and number {min(left_out) + 1} is in none",
            help=f"state the quorums of this size too: --set {name}=majority, or {name}={{1,2}},{{2,3}}",
        )


def _demand_sane_types(instance: Instance) -> None:
    """Refuse ranges without a number and containers without room, at the variable or method that has them."""
    specification = instance.specification
    declared = [(variable.name, variable.type, variable.location) for variable in specification.variables]
    declared += [
        (method.name, type_, method.location) for method in specification.methods for _, type_ in method.parameters
    ]
    for name, type_, place in declared:
        for part in subtypes(type_):
            try:
                _demand_sane(instance, part)
            except ModelError as error:
                raise ModelError(f"{name}: {error.message}", location=place, help=error.help) from None


def _demand_sane(instance: Instance, type_: Type) -> None:
    match type_:
        case IntType():
            instance.interval(type_)
        case SeqType(_, bound) | BagType(_, bound):
            if instance.bound(bound) < 1:
                raise ModelError(f"{type_} has no room in this instance", help="choose other parameters")


def _own_settings(specification: Specification, name: str) -> dict[str, Any]:
    """Return what a model's class states for one of its instances."""
    merged: dict[str, Any] = {}
    for stated in dict.fromkeys(("default", name)):
        settings = getattr(specification.cls, stated)
        if not isinstance(settings, Mapping):
            raise ModelError(
                f"{stated} is {settings!r}, no settings",
                location=source.field_location(specification.cls, stated),
                help=f'name sizes and values: {stated} = {{"Node": 3}}',
            )
        for setting in settings:
            if not isinstance(setting, str):
                raise ModelError(
                    f"{stated} sets {setting!r}, which is no name",
                    location=source.field_location(specification.cls, stated),
                    help=f'name sizes and values in quotes: {stated} = {{"Node": 3}}',
                )
        merged.update(settings)
    return merged


@contextmanager
def _blaming(specification: Specification, name: str, settings: Iterable[str]) -> Iterator[None]:
    """Turn what is wrong with a model's own settings into an error at the place where they are stated."""
    try:
        yield
    except AssayError as error:
        cls = specification.cls
        stated = name if any(setting in getattr(cls, name) for setting in settings) else "default"
        place = error.location or source.field_location(cls, stated)
        raise ModelError(error.message, location=place, help=error.help) from None


def settable(specification: Specification) -> list[str]:
    """Return the names that an instance of a model can set: its sorts, quorum systems and parameters."""
    known = [sort.__name__ for sort in specification.sorts]
    known += [quorum.cls.__name__ for quorum in specification.quorums]
    return known + [constant.name for constant in specification.constants]


def _demand_known(specification: Specification, settings: Mapping[str, Any]) -> None:
    known = settable(specification)
    for name in settings:
        if name not in known:
            raise UsageError(
                f"{specification.name} has no parameter {name!r}{nearest(name, known)}", help=f"it has {listed(known)}"
            )


def _size(specification: Specification, sort: type[Element], settings: Mapping[str, Any]) -> int:
    name = sort.__name__
    if name not in settings:
        raise ModelError(
            f"{specification.name} does not say how many elements {name} has",
            help=f"state default = dict({name}=3) in the model, or pass --set {name}=3",
        )
    size = _integer(name, settings[name])
    if not 1 <= size <= 4096:
        raise UsageError(f"{name}={size}: a sort has between 1 and 4096 elements", help=f"for example {name}=3")
    return size


def _integer(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(str(value), 10)
    except ValueError:
        raise UsageError(f"{name}={value}: expected a whole number", help=f"for example {name}=3") from None


def _constant(specification: Specification, constant: Constant, settings: Mapping[str, Any]) -> int:
    value = settings.get(constant.name, constant.default)
    if value is MISSING:
        raise ModelError(
            f"the parameter {constant.name} has no value",
            location=source.field_location(specification.cls, constant.name),
            help=f"give it a default in the model, or pass --set {constant.name}=...",
        )
    if constant.type is bool:
        return _boolean(constant.name, value)
    return _integer(constant.name, value)


def _boolean(name: str, value: Any) -> bool:
    meaning = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
    try:
        return meaning[str(value).lower()]
    except KeyError:
        raise UsageError(f"{name}={value}: expected true or false", help=f"for example {name}=true") from None
