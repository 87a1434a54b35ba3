"""The arguments that an action draws from sets of the state; see `assay.checker.language.ir.drawing`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.ranking import in_order
from assay.checker.language.introspection.specification import Method
from assay.checker.language.ir.drawing import Draws
from assay.checker.language.types import Type

__all__ = ["drawn_choices"]


def drawn_choices(
    method: Method, draws: Draws, held: Mapping[str, Any], instance: Instance
) -> Iterator[tuple[Any, ...]]:
    """Yield the arguments that an action may draw in a state.

    Parameters
    ----------
    method : Method
        The action.
    draws : mapping from str to Place
        The sets from which it draws parameters.
    held : mapping from str to frozen value
        The value of each variable in the state.
    instance : Instance
        The instance, which must be active.
    """
    choices: list[Sequence[Any]] = []
    for name, type_ in method.parameters:
        if name in draws:
            place = draws[name]
            # Sorted, because the order of a set depends on hashes, and the order of an exploration must not.
            choices.append(in_order(type_, set(_of_type(type_, _elements(held[place.variable], len(place.keys))))))
        else:
            choices.append(instance.universe(type_))
    return itertools.product(*choices)


def _elements(value: Any, depth: int) -> Iterator[Any]:
    """Yield the elements of a set, or of all sets in nested maps."""
    if not depth:
        yield from value
        return
    for entry in value:
        yield from _elements(entry, depth - 1)


def _of_type(type_: Type, values: Iterator[Any]) -> Iterator[Any]:
    """Yield the values that are records of a parameter's type, out of those of a union."""
    cls = getattr(type_, "cls", None)
    return (value for value in values if cls is None or isinstance(value, cls))
