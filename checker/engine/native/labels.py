"""The classes of calls as machine code numbers them."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
from assay.checker.engine.classes import Classes
from assay.checker.engine.native.codegen.packing.layout import Layout

__all__ = ["renumbered"]


def renumbered(told_apart: Classes, layout: Layout) -> npt.NDArray[np.int32]:
    """Return the class of each number that machine code writes beside a step.

    Both number calls in mixed radix by the values of parameters, but `Classes` counts values in the order of their
    universe, and machine code in the order of their codes.
    """
    numbers = np.zeros(told_apart.size, np.int32)
    for action in told_apart.actions:
        parts = [(name, type_) for name, type_ in action.parameters if name in told_apart.strides(action.name)]
        strides = [told_apart.strides(action.name)[name] for name, _ in parts]
        first = told_apart.offsets[action.name]
        codes = (layout.codes.key_codes(type_) for _, type_ in parts)
        for position, choice in enumerate(itertools.product(*codes)):
            numbers[first + sum(code * stride for code, stride in zip(choice, strides, strict=True))] = first + position
    return numbers
