"""Conditions on annotations, and annotations as messages write them."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from assay.checker.errors import Location, ModelError
from assay.checker.language.bounds import is_bound
from assay.checker.language.types import IntType, Type, is_container, subtypes
from assay.checker.wording import article

__all__ = ["demand_bound", "demand_countable", "demand_plain", "written"]


def demand_bound(bound: Any, location: Location | None) -> None:
    """Refuse a bound that is neither a number nor an expression of names."""
    if not isinstance(bound, int | str) or isinstance(bound, bool):
        raise ModelError(
            f"the bound {bound!r} is neither a whole number nor the name of a parameter",
            location=location,
            help="write a number, or in quotes the name of a parameter or sort of the model",
        )
    if isinstance(bound, str) and not is_bound(bound):
        raise ModelError(
            f"the bound {bound!r} is no expression of numbers, parameters and sorts",
            location=location,
            help="possible are +, - and *, // by a number, ** of numbers, len(...) of a sort: "
            'Range[0, "2 * limit + 1"]',
        )


def written(annotation: Any) -> str:
    """Return an annotation as it would be written."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation.__name__
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is None:
        return "..." if annotation is Ellipsis else repr(annotation)
    return f"{getattr(origin, '__name__', origin)}[{', '.join(map(written, arguments))}]"


def demand_plain(key: Type, location: Location | None) -> None:
    """Refuse a key of a map that is or contains a container."""
    inside = next((part for part in subtypes(key) if is_container(part)), None)
    if inside is not None:
        raise ModelError(
            f"the key of a Map cannot be or hold {article(inside)}: a map has an entry for each value of its key",
            location=location,
            help="name them by the elements of a Sort, or keep a set of pairs",
        )


def demand_countable(key: Type, location: Location | None) -> None:
    """Refuse keys of a map that have no end: a map has an entry for each."""
    if any(isinstance(part, IntType) and part.is_unbounded for part in subtypes(key)):
        raise ModelError(
            f"a Map has an entry for every key, and {key} has no end",
            location=location,
            help="state bounds: Map[Range[0, 3], V], or keep a set of pairs",
        )
