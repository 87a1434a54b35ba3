"""Settings of an instance, stated by the model or by the user, and the checks on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from assay.checker.errors import AssayError, ModelError, UsageError
from assay.checker.language.introspection import source
from assay.checker.language.introspection.specification import MISSING, Constant, Specification, Variable
from assay.checker.language.sorts import Element
from assay.checker.wording import listed, nearest, spelled

__all__ = [
    "INSTANCES",
    "attributed",
    "attributed_to_default",
    "constant_setting",
    "demand_known",
    "own_settings",
    "settable",
    "size_setting",
]

INSTANCES = ("default", "smoke", "deep")


def own_settings(specification: Specification, name: str) -> dict[str, Any]:
    """Return the settings of one of the instances that a model's class states."""
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
def attributed(specification: Specification, name: str, settings: Iterable[str]) -> Iterator[None]:
    """Give errors in a model's own settings, raised within the block, the place where they are stated."""
    try:
        yield
    except AssayError as error:
        cls = specification.cls
        stated = name if any(setting in getattr(cls, name) for setting in settings) else "default"
        place = error.location or source.field_location(cls, stated)
        raise ModelError(error.message, location=place, help=error.help) from None


@contextmanager
def attributed_to_default(variable: Variable) -> Iterator[None]:
    """Give errors in the default of an immutable variable, raised within the block, the variable's place."""
    try:
        yield
    except AssayError as error:
        raise ModelError(error.message, location=variable.location, help=error.help) from None


def settable(specification: Specification) -> list[str]:
    """Return the names that can be set for a model: its sorts, quorum systems, parameters and structure."""
    known = [sort.__name__ for sort in specification.sorts]
    known += [quorum.cls.__name__ for quorum in specification.quorums]
    known += [constant.name for constant in specification.constants]
    return known + [variable.name for variable in specification.structure]


def demand_known(specification: Specification, settings: Mapping[str, Any]) -> None:
    """Refuse settings that the model does not have."""
    known = settable(specification)
    for name in settings:
        if name not in known:
            raise UsageError(
                f"{specification.name} has no parameter {name!r}{nearest(name, known)}", help=f"it has {listed(known)}"
            )


def size_setting(specification: Specification, sort: type[Element], settings: Mapping[str, Any]) -> int:
    """Return the size that is set for a sort; refuse a value that is no size."""
    name = sort.__name__
    if name not in settings:
        raise ModelError(
            f"{specification.name} does not say how many elements {name} has",
            location=None if "default" in vars(specification.cls) else source.class_location(specification.cls),
            help=_replaced(specification, name)
            or f"state default = {_with_more(specification, name)} in the model, or pass --set {name}=3",
        )
    size = _integer(name, settings[name])
    if not 1 <= size <= 4096:
        raise UsageError(f"{name}={size}: a sort has between 1 and 4096 elements", help=f"for example {name}=3")
    return size


def _with_more(specification: Specification, name: str) -> str:
    """Return what a `default` would be that sets a sort, too."""
    owner = next(cls for cls in specification.cls.__mro__ if "default" in cls.__dict__)
    settings = owner.__dict__["default"]
    if not settings:
        return f"dict({name}=3)"
    inherited = owner is not specification.cls
    own = [f"**{owner.__name__}.default"] if inherited else [f'"{key}": {spelled(settings[key])}' for key in settings]
    return "{" + ", ".join([*own, f'"{name}": 3']) + "}"


def _replaced(specification: Specification, name: str) -> str:
    """Return the advice to build on the `default` of a base class that has a setting which a variant's own lacks."""
    stated = [(cls, cls.__dict__["default"]) for cls in specification.cls.__mro__ if "default" in cls.__dict__]
    variant, own = stated[0]
    for base, settings in stated[1:]:
        if isinstance(settings, Mapping) and name in settings:
            both = ", ".join([f"**{base.__name__}.default", *(f'"{key}": {spelled(own[key])}' for key in own)])
            return (
                f"the default of {variant.__name__} replaces that of {base.__name__}, which sets {name} to "
                f"{spelled(settings[name])}: write default = {{{both}}}"
            )
    return ""


def _integer(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(str(value), 10)
    except ValueError:
        raise UsageError(f"{name}={value}: expected a whole number", help=f"for example {name}=3") from None


def constant_setting(specification: Specification, constant: Constant, settings: Mapping[str, Any]) -> int:
    """Return the value that is set for a parameter, or its default."""
    value = settings.get(constant.name, constant.default)
    if value is MISSING:
        raise ModelError(
            f"the parameter {constant.name} has no value",
            location=source.field_location(specification.cls, constant.name),
            help=_replaced(specification, constant.name)
            or f"give it a default in the model, or pass --set {constant.name}=...",
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
