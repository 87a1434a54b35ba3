"""The arguments that a method draws from sets and bags of the state; see `assay.checker.language.ir.drawing`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.ranking import in_order
from assay.checker.language.introspection.specification import Method
from assay.checker.language.ir.drawing import Draws
from assay.checker.language.ir.nodes import Place
from assay.checker.language.types import BagType, Type

__all__ = ["drawn_choices"]


def drawn_choices(
    method: Method, draws: Draws, held: Callable[[Place], Any], instance: Instance
) -> Iterator[tuple[Any, ...]]:
    """Yield the arguments that a method may draw in a state.

    Parameters
    ----------
    method : Method
        The action or predicate.
    draws : mapping from str to Place
        The sets and bags from which it draws parameters.
    held : callable
        Return the frozen value of the variable that a place is in.
    instance : Instance
        The instance, which must be active.
    """
    choices: list[Sequence[Any]] = []
    for name, type_ in method.parameters:
        if name in draws:
            place = draws[name]
            # Sorted, because the order of a set depends on hashes, and the order of an exploration must not.
            elements = _elements(held(place), len(place.keys), place.type)
            choices.append(in_order(type_, set(_of_type(type_, elements))))
        else:
            choices.append(instance.universe(type_))
    return itertools.product(*choices)


def _elements(value: Any, depth: int, type_: Type) -> Iterator[Any]:
    """Yield the elements of a set or bag, or of all those in nested maps."""
    if depth:
        for entry in value:
            yield from _elements(entry, depth - 1, type_)
    elif isinstance(type_, BagType):
        yield from (element for element, _ in value)
    else:
        yield from value


def _of_type(type_: Type, values: Iterator[Any]) -> Iterator[Any]:
    """Yield the values that are records of a parameter's type, out of those of a union."""
    cls = getattr(type_, "cls", None)
    return (value for value in values if cls is None or isinstance(value, cls))
