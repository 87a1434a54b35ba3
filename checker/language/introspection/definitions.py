"""What the bodies of classes define: each name once, and a name of a base only where that is an override.

Python keeps the last of two definitions and says nothing. Of two invariants of one name the first would then vanish,
and a model would hold because nobody asks.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import types
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, get_args, get_origin

from assay.checker.errors import Location, ModelError
from assay.checker.language.introspection import source
from assay.checker.language.model import Kind, Model, removed
from assay.checker.language.values import ParameterMark
from assay.checker.language.wording import article

__all__ = [
    "demand_each_once",
    "demand_overrides",
    "demand_plain_names",
    "demand_quoted_bounds",
    "demand_single_definitions",
]

_VARIABLE, _PARAMETER, _HELPER, _PROPERTY = "state variable", "parameter", "helper", "property"
_CONSTANT, _CLASS, _REMOVED = "constant", "class", "removed"
_ROLES = {"ClassVar": _CONSTANT, "Parameter": _PARAMETER, "Relation": _PARAMETER, "Function": _PARAMETER}
_CLAIMS = (Kind.INVARIANT.value, Kind.LEMMA.value)
_KINDS = tuple(kind.value for kind in Kind)


# Within one body


def demand_single_definitions(cls: type[Any]) -> None:
    """Refuse a model one of whose classes defines a name twice.

    Raises
    ------
    ModelError
        At the second definition; the message names the place of the first.
    """
    for owner in _own_classes(cls):
        found = source.class_of(owner)
        if found is not None:
            demand_each_once(found[0], found[1].body, owner.__name__)


def demand_each_once(path: str, body: list[ast.stmt], where: str, *, assigned: bool = True) -> None:
    """Refuse a body in which one definition replaces another; without ``assigned``, only functions and classes count.

    What stands in different branches of an ``if`` or ``try`` replaces nothing. Nor does what is made of the first:
    ``safe = invariant(safe)``, the setter of a property, an overload.
    """
    _follow(path, body, where, {}, assigned=assigned)


def _follow(path: str, body: list[ast.stmt], where: str, seen: dict[str, ast.stmt], *, assigned: bool) -> None:
    for statement in body:
        branches = _branches(statement)
        if branches:
            after = [dict(seen) for _ in branches]
            for branch, known in zip(branches, after, strict=True):
                _follow(path, branch, where, known, assigned=assigned)
            for known in after:
                seen.update(known)
        for name in _defined(statement, assigned=assigned):
            first = seen.get(name)
            if first is not None and not _completes(first, statement) and name != "_":
                raise ModelError(
                    f"{where} defines {name} twice: the definition in line {first.lineno} is lost",
                    location=Location(path, statement.lineno, statement.col_offset + 1),
                    help="give one of them another name, or delete it",
                )
            seen[name] = statement


def _branches(statement: ast.stmt) -> list[list[ast.stmt]]:
    match statement:
        case ast.If(body=body, orelse=orelse) | ast.For(body=body, orelse=orelse) | ast.While(body=body, orelse=orelse):
            return [body, orelse]
        case ast.With(body=body):
            return [body]
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
            return [[*body, *orelse], *(handler.body for handler in handlers), finalbody]
        case ast.Match(cases=cases):
            return [case.body for case in cases]
        case _:
            return []


def _defined(statement: ast.stmt, *, assigned: bool) -> Iterator[str]:
    """Yield the names that a statement gives a meaning, without what it makes of a meaning that they have."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            if not _extends(statement, name):
                yield name
        case ast.Assign(targets=targets, value=value) if assigned:
            used = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
            stored = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
            yield from (part.id for part in stored if isinstance(part.ctx, ast.Store) and part.id not in used)
        case ast.AnnAssign(target=ast.Name(id=name)) if assigned:
            yield name


def _extends(statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, name: str) -> bool:
    """Return whether decorators say that a definition belongs to an earlier one of the name."""
    texts = [ast.unparse(decorator) for decorator in statement.decorator_list]
    return any(text.startswith(f"{name}.") or text.rpartition(".")[2] == "overload" for text in texts)


def _completes(first: ast.stmt, second: ast.stmt) -> bool:
    """Return whether two statements are one definition: an annotation, and the value that belongs to it."""
    kinds = {type(first), type(second)}
    if kinds != {ast.AnnAssign, ast.Assign}:
        return False
    annotation = first if isinstance(first, ast.AnnAssign) else second
    return isinstance(annotation, ast.AnnAssign) and annotation.value is None


# Names


def demand_plain_names(cls: type[Any]) -> None:
    """Refuse methods with names that mean something else, to Python or as the settings of a model.

    Raises
    ------
    ModelError
        At the method.
    """
    for owner in _own_classes(cls):
        for name, value in vars(owner).items():
            complaint = None if _is_plain(value) or isinstance(value, type) else _complaint(owner, name)
            if complaint is not None:
                raise ModelError(complaint, location=source.field_location(owner, name), help="choose another name")


def _complaint(owner: type[Any], name: str) -> str | None:
    private = f"_{owner.__name__.lstrip('_')}__"
    if name in Model.__annotations__:
        return f"{name!r} is reserved for the settings of a model"
    if name.startswith("__") and name.endswith("__"):
        return f"{name} is a special method of Python, by which a state would no longer be its variables"
    if name.startswith(private):
        return f"__{name.removeprefix(private)} begins with two underscores, so Python gives it another name"
    return None


# Bounds


def demand_quoted_bounds(cls: type[Any], parameters: Collection[str]) -> None:
    """Refuse bounds that name a parameter without quotes: Python computes them once, with the default.

    Raises
    ------
    ModelError
        At the name.
    """
    for owner in _own_classes(cls):
        found = source.class_of(owner)
        if found is None:
            continue
        for part in ast.walk(found[1]):
            match part:
                case ast.Subscript(value=ast.Name(id="Range" | "Seq" | "Bag"), slice=inside):
                    _demand_quoted(found[0], inside, parameters)
                case ast.Call(func=ast.Name(id="Range" | "AtMost"), args=arguments):
                    for argument in arguments:
                        _demand_quoted(found[0], argument, parameters)


def _demand_quoted(path: str, inside: ast.expr, parameters: Collection[str]) -> None:
    for name in ast.walk(inside):
        if isinstance(name, ast.Name) and name.id in parameters:
            raise ModelError(
                f"{name.id} stands for its default here, whatever an instance sets",
                location=Location(path, name.lineno, name.col_offset + 1),
                help=f'put the bound in quotes: "{name.id}", "{name.id} + 1"',
            )


# Across inheritance


def demand_overrides(cls: type[Any]) -> None:
    """Refuse a model in which a class replaces what it inherits by something else.

    Raises
    ------
    ModelError
        At the later definition, or at the class if it inherits two definitions of which neither replaces the other.
    """
    owners: dict[str, list[type[Any]]] = {}
    for owner in _own_classes(cls):
        for name in dict.fromkeys([*inspect.get_annotations(owner), *vars(owner)]):
            if not name.startswith("__") and name not in Model.__annotations__:
                owners.setdefault(name, []).append(owner)
    for name, defining in owners.items():
        _demand_override(cls, name, defining)


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
    """Refuse to remove what is not there, or cannot be missed."""
    inherited = ""
    for owner, role in reversed(roles.items()):
        if role == _REMOVED and inherited not in _KINDS:
            raise ModelError(
                f"{name} is removed, but no base of {owner.__name__} has a decorated method of that name",
                location=source.field_location(owner, name),
                help="only actions, properties and the like can be taken away",
            )
        inherited = role


def _are_one(first: type[Any], second: type[Any], name: str, role: str) -> bool:
    """Return whether two definitions are one: the same object, one declaration, or a method that calls the other."""
    if role in (_VARIABLE, _PARAMETER):
        annotations = [inspect.get_annotations(owner).get(name) for owner in (first, second)]
        return None not in annotations and annotations[0] == annotations[1] and name not in vars(second)
    one, other = vars(first).get(name), vars(second).get(name)
    code = getattr(one, "__code__", None)
    calls_super = code is not None and "__class__" in code.co_freevars and name in code.co_names
    return one is other or calls_super


def _may_replace(role: str, inherited: str) -> bool:
    if role == inherited or {role, inherited} == set(_CLAIMS):
        return True
    # A method without its decorator gets an error of its own, which says how to decorate it.
    return inherited in _KINDS and role not in (*_KINDS, _VARIABLE, _PARAMETER)


def _role(owner: type[Any], name: str, bases: list[type[Any]]) -> str:
    """Return what a class makes of a name. A bare value is a new default where a base annotates the name."""
    value = inspect.getattr_static(owner, name, None) if name in vars(owner) else None
    if value is removed:
        return _REMOVED
    kind = getattr(value, "__assay_kind__", None)
    if isinstance(kind, Kind):
        return kind.value
    for annotating in (owner, *bases) if name not in vars(owner) or _is_plain(value) else (owner,):
        annotation = inspect.get_annotations(annotating).get(name)
        if annotation is not None:
            return _annotated_role(annotation)
        if annotating is not owner and not _is_plain(vars(annotating).get(name)):
            break
    return _role_of_value(value)


def _is_plain(value: object) -> bool:
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


def _own_classes(cls: type[Any]) -> list[type[Any]]:
    foreign = ("builtins", "typing", "abc", Model.__module__)
    return [owner for owner in cls.__mro__ if owner.__module__ not in foreign]


def _place(owner: type[Any], name: str) -> str:
    place = source.field_location(owner, name)
    return f" ({Path(place.file).name}:{place.line})" if place else ""
