"""Overrides: a class may replace an inherited variable by a variable, an action by an action, and so on."""

from __future__ import annotations

import inspect
import itertools
import types
from pathlib import Path
from typing import Annotated, Any, ClassVar, get_args, get_origin

from assay.checker.errors import ModelError
from assay.checker.language.introspection import source
from assay.checker.language.model import Kind, Model, removed
from assay.checker.language.values import ParameterMark
from assay.checker.wording import article, nearest

__all__ = ["demand_overrides", "is_plain", "own_classes"]

_VARIABLE, _PARAMETER, _HELPER, _PROPERTY = "state variable", "parameter", "helper", "property"
_CONSTANT, _CLASS, _REMOVED = "constant", "class", "removed"
_ROLES = {"ClassVar": _CONSTANT, "Parameter": _PARAMETER, "Relation": _PARAMETER, "Function": _PARAMETER}
# A lemma may replace an invariant and vice versa: explorers treat them alike.
_INVARIANTS = {kind.value for kind in Kind if kind.semantics == Kind.INVARIANT.semantics}
_KINDS = tuple(kind.value for kind in Kind)


def demand_overrides(cls: type[Any]) -> None:
    """Refuse a model in which a class replaces an inherited name by something of another kind.

    Raises
    ------
    ModelError
        At the later definition, or at the class if it inherits two definitions of which neither replaces the other.
    """
    owners: dict[str, list[type[Any]]] = {}
    for owner in own_classes(cls):
        for name in dict.fromkeys([*inspect.get_annotations(owner), *vars(owner)]):
            if not name.startswith("__") and name not in Model.__annotations__:
                owners.setdefault(name, []).append(owner)
    for name, defining in owners.items():
        _demand_override(cls, name, defining)
    for name in Model.__annotations__:
        _demand_one_setting(cls, name)


def _demand_one_setting(cls: type[Any], name: str) -> None:
    """Refuse a model that takes a setting from one of its parts, and loses that of another."""
    owners = [owner for owner in cls.__mro__ if name in vars(owner)]
    for base in owners[1:]:
        if base is not Model and not issubclass(owners[0], base) and vars(base)[name] != vars(owners[0])[name]:
            raise ModelError(
                f"{cls.__name__} inherits {name} from {owners[0].__name__} and from {base.__name__}, "
                f"of which neither derives from the other{_place(base, name)}: one would be lost",
                location=source.class_location(cls),
                help=f"define {name} here" + (", or name Model as the last base" if owners[0] is Model else ""),
            )


def _demand_override(cls: type[Any], name: str, owners: list[type[Any]]) -> None:
    roles = {owner: _role(owner, name, owners[index + 1 :]) for index, owner in enumerate(owners)}
    _demand_removable(name, roles)
    defined = [(owner, role) for owner, role in roles.items() if role != _REMOVED]
    for (later, role), (base, inherited) in itertools.pairwise(defined):
        if not _may_replace(role, inherited):
            raise ModelError(
                f"{name} is {article(inherited)} in {base.__name__}{_place(base, name)}, and {article(role)} here",
                location=source.field_location(later, name),
                help="choose another name",
            )
    for base in owners[1:]:
        if not issubclass(owners[0], base) and not _are_one(owners[0], base, name, roles[owners[0]]):
            raise ModelError(
                f"{cls.__name__} inherits {name} from {owners[0].__name__} and from {base.__name__}, "
                f"of which neither derives from the other{_place(base, name)}: one would be lost",
                location=source.class_location(cls),
                help=f"define {name} here, or choose another name",
            )


def _demand_removable(name: str, roles: dict[type[Any], str]) -> None:
    """Refuse to remove what is not inherited, or is not a decorated method."""
    inherited = ""
    for owner, role in reversed(roles.items()):
        if role == _REMOVED and inherited not in _KINDS:
            raise ModelError(
                f"{name} is removed, but no base of {owner.__name__} has a decorated method of that name"
                + nearest(name, _decorated(owner)),
                location=source.field_location(owner, name),
                help="only actions, properties and the like can be taken away",
            )
        inherited = role


def _decorated(cls: type[Any]) -> list[str]:
    return [name for owner in cls.__mro__ for name, value in vars(owner).items() if hasattr(value, "__assay_kind__")]


def _are_one(first: type[Any], second: type[Any], name: str, role: str) -> bool:
    """Return whether two definitions are one: one object, one declaration, or a method that calls the other."""
    if role in (_VARIABLE, _PARAMETER):
        annotations = [inspect.get_annotations(owner).get(name) for owner in (first, second)]
        return None not in annotations and annotations[0] == annotations[1] and name not in vars(second)
    one, other = vars(first).get(name), vars(second).get(name)
    code = getattr(one, "__code__", None)
    calls_super = code is not None and "__class__" in code.co_freevars and name in code.co_names
    return one is other or calls_super


def _may_replace(role: str, inherited: str) -> bool:
    if role == inherited or {role, inherited} <= _INVARIANTS:
        return True
    # A method that lacks its decorator is reported elsewhere, with the advice how to decorate it.
    return inherited in _KINDS and role not in (*_KINDS, _VARIABLE, _PARAMETER)


def _role(owner: type[Any], name: str, bases: list[type[Any]]) -> str:
    """Return the role of a name in a class. A bare value is a new default if a base annotates the name."""
    value = inspect.getattr_static(owner, name, None) if name in vars(owner) else None
    if value is removed:
        return _REMOVED
    kind = getattr(value, "__assay_kind__", None)
    if isinstance(kind, Kind):
        return kind.value
    for annotating in (owner, *bases) if name not in vars(owner) or is_plain(value) else (owner,):
        annotation = inspect.get_annotations(annotating).get(name)
        if annotation is not None:
            return _annotated_role(annotation)
        if annotating is not owner and not is_plain(vars(annotating).get(name)):
            break
    return _role_of_value(value)


def is_plain(value: object) -> bool:
    """Return whether a value that a class body binds is plain data: no function, descriptor or class."""
    return not isinstance(value, types.FunctionType | staticmethod | classmethod | property | type)


def _role_of_value(value: object) -> str:
    match value:
        case types.FunctionType() | staticmethod() | classmethod():
            return _HELPER
        case property():
            return _PROPERTY
        case type():
            return _CLASS
        case _:
            return _CONSTANT


def _annotated_role(annotation: object) -> str:
    if isinstance(annotation, str):
        outer = annotation.partition("[")[0].rpartition(".")[2]
        return _ROLES.get(outer, _VARIABLE)
    if get_origin(annotation) is ClassVar or annotation is ClassVar:
        return _CONSTANT
    marked = get_origin(annotation) is Annotated and ParameterMark in get_args(annotation)
    return _PARAMETER if marked else _VARIABLE


def own_classes(cls: type[Any]) -> list[type[Any]]:
    """Return the classes that a model is made of, without the language's own and Python's."""
    foreign = ("builtins", "typing", "abc", Model.__module__)
    return [owner for owner in cls.__mro__ if owner.__module__ not in foreign]


def _place(owner: type[Any], name: str) -> str:
    place = source.field_location(owner, name)
    return f" ({Path(place.file).name}:{place.line})" if place else ""
