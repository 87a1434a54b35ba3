"""The signatures of a model's native functions: the one table that the generator, the kernel and the tests read.

Every function returns a 64-bit integer. A parameter is a 64-bit integer, or a pointer to unsigned 64-bit words, signed
64-bit integers or signed 32-bit integers. No two pointers of a call may overlap: the generated code declares them
``noalias``, and LLVM reorders reads and writes accordingly.
"""

from __future__ import annotations

import ctypes
import enum
from typing import Any

from assay.checker.immutable import immutable

__all__ = ["EXPAND", "STEPS", "TEST", "Parameter", "Passed", "Signature"]


class Passed(enum.Enum):
    """How a parameter is passed to a native function."""

    NUMBER = "int64"
    WORDS = "uint64 *"
    NUMBERS = "int64 *"
    INDICES = "int32 *"


@immutable
class Parameter:
    """A parameter of a native function."""

    name: str
    passed: Passed


@immutable
class Signature:
    """The parameters of a native function, in order."""

    parameters: tuple[Parameter, ...]

    def __getitem__(self, name: str) -> Parameter:
        """Return a parameter by its name."""
        return next(parameter for parameter in self.parameters if parameter.name == name)

    @property
    def prototype(self) -> Any:
        """The type of a pointer to such a function, for `ctypes`."""
        numbers = (parameter.passed is Passed.NUMBER for parameter in self.parameters)
        return ctypes.CFUNCTYPE(ctypes.c_int64, *(ctypes.c_int64 if n else ctypes.c_void_p for n in numbers))


def _signature(**parameters: Passed) -> Signature:
    return Signature(tuple(Parameter(name, passed) for name, passed in parameters.items()))


EXPAND = _signature(
    states=Passed.WORDS,
    count=Passed.NUMBER,
    out=Passed.WORDS,
    actions=Passed.INDICES,
    ends=Passed.NUMBERS,
    capacity=Passed.NUMBER,
    status=Passed.NUMBERS,
)
"""Write the successors of each state to ``out`` and their actions to ``actions``; ``ends`` gets, for each state, the
number of successors of this state and all before it."""

TEST = _signature(states=Passed.WORDS, count=Passed.NUMBER, masks=Passed.WORDS, status=Passed.NUMBERS)
"""Write to ``masks``, for each state, the predicates that fire."""

STEPS = _signature(
    before=Passed.WORDS,
    count=Passed.NUMBER,
    after=Passed.WORDS,
    ends=Passed.NUMBERS,
    masks=Passed.WORDS,
    status=Passed.NUMBERS,
)
"""Write to ``masks``, for each successor ``after`` of the states ``before``, the predicates that fire on the step."""
