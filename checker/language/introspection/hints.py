"""The evaluated annotations of classes and functions."""

from __future__ import annotations

import functools
import sys
import typing
from typing import Any

from assay.checker.errors import Location, ModelError
from assay.checker.language.introspection import source
from assay.checker.wording import nearest

__all__ = ["POSSIBLE", "hints_of"]


POSSIBLE = (
    "possible are bool, int, Range[lo, hi], an Enum, a Sort, an Order, a QuorumSystem, a record, T | None, "
    "tuple[A, B], Map[K, V], Set[T], Seq[T, n] and Bag[T, n]"
)


def hints_of(thing: Any, location: Location | None) -> dict[str, Any]:
    """Return the evaluated annotations of a class or function.

    Raises
    ------
    ModelError
        If an annotation names something that does not exist, or raises anything else.
    """
    try:
        return dict(_evaluated(thing))
    except NameError as error:
        raise _undefined(thing, str(error.name), location) from None
    except Exception as error:  # an annotation is any expression, which may raise anything
        raise ModelError(
            f"an annotation of {thing.__name__} is no type: {error}", location=location, help=POSSIBLE
        ) from None


@functools.cache
def _evaluated(thing: Any) -> dict[str, Any]:
    """Evaluate annotations once for all models that inherit them; what raises is not kept."""
    return typing.get_type_hints(thing, include_extras=True)


def _undefined(thing: Any, name: str, location: Location | None) -> ModelError:
    owners = thing.__mro__ if isinstance(thing, type) else (thing,)
    places = (source.annotation_location(owner, name) for owner in owners if owner.__module__ != "builtins")
    module = sys.modules.get(thing.__module__)
    known = [known for known, value in vars(module).items() if isinstance(value, type)] if module else []
    return ModelError(
        f"an annotation of {thing.__name__} names {name!r}, which is not defined{nearest(name, known)}",
        location=next((place for place in places if place is not None), location),
        help="types must be defined at the top of the module",
    )
