"""Type variables of generic mixins, such as networks, and the types that a model gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, get_args, get_origin

from assay.checker.errors import ModelError
from assay.checker.language.introspection import source
from assay.checker.language.introspection.demands import written
from assay.checker.language.introspection.once import once

__all__ = ["filled", "filled_hints", "meanings_in"]

Meanings = Mapping[Any, Any]
"""Type variables, with the types that a model gives them."""


@once
def meanings_in(cls: type[Any]) -> Mapping[type[Any], Meanings]:
    """Return, for each base class of a model, the types that its type variables stand for in the model.

    Raises
    ------
    ModelError
        If one of them stands for two types.
    """
    found: dict[type[Any], Meanings] = {}
    _follow(cls, {}, found, cls)
    return found


def _follow(cls: type[Any], meanings: Meanings, found: dict[type[Any], Meanings], model: type[Any]) -> None:
    before = found.get(cls, {})
    for variable, meaning in meanings.items():
        if before.get(variable, meaning) != meaning:
            raise _ambiguous(model, cls, variable, before[variable], meaning)
    found[cls] = {**before, **meanings}
    for base in vars(cls).get("__orig_bases__", cls.__bases__):
        origin = get_origin(base) or base
        if origin is Generic or not isinstance(origin, type):
            continue
        given = tuple(filled(argument, meanings) for argument in get_args(base))
        _follow(origin, dict(zip(getattr(origin, "__parameters__", ()), given, strict=False)), found, model)


def _ambiguous(model: type[Any], part: type[Any], variable: Any, first: Any, second: Any) -> ModelError:
    return ModelError(
        f"{variable.__name__} of {part.__name__} stands for {written(first)} in one base of {model.__name__}, and for "
        f"{written(second)} in another; it has the members of {part.__name__} once",
        location=source.class_location(model),
        help="derive from it with one type only, and write the other part as a class of its own",
    )


def filled(annotation: Any, meanings: Meanings) -> Any:
    """Return an annotation with its type variables replaced."""
    if isinstance(annotation, TypeVar):
        return meanings.get(annotation, annotation)
    parameters = getattr(annotation, "__parameters__", ())
    if isinstance(annotation, type) or not any(parameter in meanings for parameter in parameters):
        return annotation
    return annotation[tuple(meanings.get(parameter, parameter) for parameter in parameters)]


def filled_hints(cls: type[Any], function: Callable[..., Any], hints: Mapping[str, Any]) -> dict[str, Any]:
    """Return the annotations of a function, with the type variables of the base that defines it replaced."""
    generic = [owner for owner in cls.__mro__ if meanings_in(cls).get(owner)]
    owner = next((owner for owner in generic if any(_is(value, function) for value in vars(owner).values())), None)
    meanings = meanings_in(cls)[owner] if owner is not None else {}
    return {name: filled(hint, meanings) for name, hint in hints.items()} if meanings else dict(hints)


def _is(value: object, function: Callable[..., Any]) -> bool:
    return function in (value, getattr(value, "__func__", None), getattr(value, "fget", None))
