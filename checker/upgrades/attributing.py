"""Attribute each action of a model to its actor: the element in its arguments, whose version decides how it runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.checker.changes.correspondence import Correspondence, IncomparableError
from assay.checker.changes.statements import Vocabulary, code_of
from assay.checker.errors import UsageError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.introspection.specification import Method, Specification
from assay.checker.language.ir.nodes import ConstantRef
from assay.checker.language.ir.program import ModelIR
from assay.checker.language.types import QuorumType, RecordType, SortType, Type
from assay.checker.wording import listed, nearest

__all__ = ["Actor", "Version", "actors", "demand_the_same_for_nobody", "shared", "sort_called"]

Actor = Callable[[tuple[Any, ...]], int]
"""Returns the number of the element that takes an action, given the action's arguments."""


@dataclass(frozen=True)
class _Path:
    """The argument, and the fields in it, that name an element."""

    index: int
    fields: tuple[str, ...]

    def __call__(self, arguments: tuple[Any, ...]) -> int:
        value = arguments[self.index]
        for name in self.fields:
            value = getattr(value, name)
        return int(value.index)


def sort_called(specification: Specification, name: str) -> type[Any]:
    """Return the sort whose elements carry a version.

    Raises
    ------
    UsageError
        If the model has none of this name.
    """
    names = {sort.__name__: sort for sort in specification.sorts}
    if name not in names:
        raise UsageError(
            f"{specification.name} has no sort {name!r}{nearest(name, names)}",
            help=f"--versions names the sort whose elements run one version or the other: {listed(names)}",
        )
    return names[name]


def actors(
    specification: Specification, sort: type[Any], given: Mapping[str, str], same: frozenset[str] = frozenset()
) -> dict[str, Actor | None]:
    """Return the actor of each action, or None if no argument is an element of the sort.

    Parameters
    ----------
    specification : Specification
        A version.
    sort : type
        The sort whose elements carry a version.
    given : mapping from action to text
        Which parameter it is, where several are of the sort: ``{"send": "source"}``; or a field of one:
        ``{"deliver": "message.receiver"}``.
    same : frozenset of str
        The actions that are identical in both versions, whose actor need not be known.

    Raises
    ------
    UsageError
        If nothing says which of several parameters it is.
    """
    return {
        action.name: _actor(action, sort, given.get(action.name), is_same=action.name in same)
        for action in specification.actions
    }


def _actor(action: Method, sort: type[Any], given: str | None, *, is_same: bool) -> Actor | None:
    if given is not None:
        return _given(action, sort, given)
    mine = [name for name, type_ in action.parameters if _is_of(type_, sort)]
    if len(mine) > 1 and is_same:
        return None
    if len(mine) > 1:
        raise UsageError(
            f"{action.name} has {len(mine)} parameters of {sort.__name__}, {listed(mine)}: "
            "nothing says which of them takes the step, with its own version",
            help=f"say --actors {action.name}={mine[0]}",
        )
    return _Path([name for name, _ in action.parameters].index(mine[0]), ()) if mine else None


def _given(action: Method, sort: type[Any], path: str) -> Actor:
    first, *fields = path.split(".")
    names = [name for name, _ in action.parameters]
    if first not in names:
        raise UsageError(
            f"--actors {action.name}={path}: {action.name} has no parameter {first!r}{nearest(first, names)}",
            help=f"it has {listed(names)}",
        )
    type_ = dict(action.parameters)[first]
    for name in fields:
        inside = dict(type_.fields) if isinstance(type_, RecordType) else {}
        if name not in inside:
            raise UsageError(f"--actors {action.name}={path}: {type_} has no field {name!r}{nearest(name, inside)}")
        type_ = inside[name]
    if not _is_of(type_, sort):
        raise UsageError(f"--actors {action.name}={path}: that is of {type_}, not of {sort.__name__}")
    return _Path(names.index(first), tuple(fields))


def _is_of(type_: Type, sort: type[Any]) -> bool:
    return isinstance(type_, SortType) and type_.cls is sort


def demand_the_same_for_nobody(versions: Sequence[Version], sort: str) -> None:
    """Refuse an action without an actor that the versions do not share: it is undefined which version takes it.

    Parameters
    ----------
    versions : sequence of Version
        The two.
    sort : str
        Whose elements carry a version.

    Raises
    ------
    UsageError
        If there is one.
    """
    both = shared(versions)
    # One version may have an actor for an action and the other none: a mixture would never take it in the latter.
    for name in dict.fromkeys(name for version in versions for name, actor in version.actors.items() if actor is None):
        if name not in both:
            what = (
                "is another one in the two versions"
                if all(name in version.actors for version in versions)
                else "is there in one of the versions only"
            )
            raise UsageError(
                f"{name} {what}, and no parameter of it is of {sort}: nothing says which version takes it",
                help=f"give it a parameter of {sort}, or name a field that says it: --actors {name}=message.sender",
            )


def shared(versions: Sequence[Version]) -> frozenset[str]:
    """Return the actions that are identical in both versions, actor included."""
    before, after = (dict(version.codes()) for version in versions)
    return frozenset(name for name, code in after.items() if code is not None and before.get(name) == code)


@dataclass(frozen=True)
class Version:
    """A version of a model, with the actor of each action.

    Attributes
    ----------
    model : ModelIR
        The version.
    instance : Instance
        Its instance.
    actors : mapping from action to Actor
        The actor of each action, or None.
    vocabulary : Vocabulary
        The vocabulary of the version after, in which the actions of both are compared.
    between : Correspondence, optional
        The correspondence to the version after; None for that version itself.
    """

    model: ModelIR
    instance: Instance
    actors: Mapping[str, Actor | None]
    vocabulary: Vocabulary
    between: Correspondence | None = None

    def codes(self) -> Iterator[tuple[str, str | None]]:
        """Yield each action with its code in the vocabulary of the version after, or None if that is impossible."""
        settings = self.instance.settings()
        for action in self.model.actions:
            used = [f"{name}={settings[name]}" for name in sorted(set(_settings_of(action)))]
            try:
                here = action if self.between is None else self.between.carried(action)
                yield action.name, "; ".join([code_of(here, self.vocabulary), *used])
            except IncomparableError:
                yield action.name, None


def _settings_of(value: Any) -> Iterator[str]:
    """Yield the names of the instance's parameters and quorum systems that an action depends on."""
    if isinstance(value, ConstantRef):
        yield value.name
    if isinstance(value, QuorumType):
        yield value.cls.__name__
    if isinstance(value, tuple):
        for each in value:
            yield from _settings_of(each)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for part in dataclasses.fields(value):
            yield from _settings_of(getattr(value, part.name))
