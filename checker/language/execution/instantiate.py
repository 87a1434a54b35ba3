"""Making a finite instance of a model, from its own settings and a user's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from assay.checker.errors import ModelError, UsageError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.quorum_settings import quorums_of
from assay.checker.language.execution.settings import (
    INSTANCES,
    attributed,
    attributed_to_default,
    constant_setting,
    demand_known,
    own_settings,
    size_setting,
)
from assay.checker.language.execution.states import States
from assay.checker.language.execution.structure_settings import is_open, value_of
from assay.checker.language.introspection.specification import MISSING, Specification
from assay.checker.language.types import (
    BagType,
    IntType,
    QuorumType,
    SeqType,
    Type,
    subtypes,
)
from assay.checker.wording import listed

__all__ = ["demand_own_instances", "instantiate"]


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
    own = own_settings(specification, name)
    merged = {**own, **given}
    with attributed(specification, name, own):
        demand_known(specification, own)
    demand_known(specification, given)

    # An error in a setting is placed where the setting stands: in the model, unless the user overrode it.
    def attributed_to(*settings: str) -> AbstractContextManager[None]:
        return nullcontext() if given.keys() & settings else attributed(specification, name, settings[:1])

    sizes, constants, quorums = {}, {}, {}
    for sort in specification.sorts:
        with attributed_to(sort.__name__):
            sizes[sort] = size_setting(specification, sort, merged)
    for constant in specification.constants:
        with attributed_to(constant.name):
            constants[constant.name] = constant_setting(specification, constant, merged)
    for quorum in specification.quorums:
        with attributed_to(quorum.cls.__name__, quorum.member.cls.__name__):
            setting = merged.get(quorum.cls.__name__, "majority")
            quorums[quorum.cls] = quorums_of(quorum, sizes[quorum.member.cls], setting)
        if quorum.member.cls.__name__ in given and quorum.cls.__name__ not in given:
            _demand_all_members(quorum, sizes[quorum.member.cls], quorums[quorum.cls])
    named = {sort: names[sort.__name__] for sort in sizes if sort.__name__ in names} if names else {}
    instance = Instance(specification, sizes, constants, quorums, named)
    _demand_sane_types(instance)
    # Structure comes last: its values contain elements, so the sizes and names of sorts must be known.
    for variable in specification.structure:
        with attributed_to(variable.name) if variable.name in merged else attributed_to_default(variable):
            setting = merged.get(variable.name, variable.default)
            if setting is not MISSING and not is_open(setting):
                instance.structure[variable.name] = value_of(variable.name, variable.type, setting, instance)
    return instance


def demand_own_instances(specification: Specification, settings: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse what `instantiate` would refuse of a model's own instances, as far as they are complete.

    This is for commands that need no instance: a name that is misspelt in `default` is an error to them as well, and so
    is an initial value that is none of its variable.

    Raises
    ------
    UsageError, ModelError
        As `instantiate`, except for sorts without a size and parameters without a value.
    """
    for name in names:
        own = own_settings(specification, name)
        with attributed(specification, name, own):
            demand_known(specification, own)
        sizes = {sort.__name__ for sort in specification.sorts}
        values = {constant.name for constant in specification.constants if constant.default is MISSING}
        if sizes | values <= own.keys() | settings.keys():
            instance = instantiate(specification, settings, name=name)
            with instance.active():
                States(instance, picks=False).demand_defaults()


def _demand_all_members(quorum: QuorumType, size: int, quorums: list[frozenset[int]]) -> None:
    """Refuse a size at which the quorums that a model lists, for another size, leave members out."""
    left_out = set(range(size)).difference(*quorums)
    if left_out:
        name, member = quorum.cls.__name__, quorum.member.cls.__name__
        everyone = ",".join(map(str, range(1, size + 1)))
        raise UsageError(
            f"{member}={size}: the model writes the quorums of {name} out, and number {min(left_out) + 1} is in none",
            help=f"state the quorums of this size too: --set {name}=majority, or {name}={{{everyone}}}",
        )


def _demand_sane_types(instance: Instance) -> None:
    """Refuse empty ranges, and containers without room, at the variable or method that declares them."""
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
