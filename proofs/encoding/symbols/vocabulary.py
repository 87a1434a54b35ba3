"""What the symbols of a model stand for, which is their identity; their names serve only reports."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import Any

from assay.checker.immutable import immutable
from assay.checker.language.types import Type
from assay.proofs.logic.terms import Sort

__all__ = [
    "After",
    "Argument",
    "Chosen",
    "Contents",
    "Empty",
    "Held",
    "Member",
    "Nowhere",
    "Parameter",
    "Part",
    "Role",
    "SizeOf",
]


class Role(Enum):
    """The role of a part in what it is a part of."""

    KEYS = "the values for a case of the keys"
    FIELD = "a field of a record, or an item of a tuple"
    PRESENT = "whether an optional is a value"
    VALUE = "the value of an optional"
    IS_OF = "whether a value of a union is of an alternative"
    ALTERNATIVE = "what it then is"
    ELEMENTS = "the elements of a case of a set or bag"
    LENGTH = "the length of a sequence"
    ITEM = "an item of a sequence"


@immutable
class Part:
    """One step from a part of a variable to a part of that part: a role, and which of those with that role."""

    role: Role
    index: int = 0
    shown: str = field(default="", compare=False)


@immutable
class Held:
    """Stands for a part of a state variable."""

    variable: str
    path: tuple[Part, ...] = ()

    def part(self, role: Role, index: int = 0, shown: str = "") -> Held:
        """Return a part of this part."""
        return Held(self.variable, (*self.path, Part(role, index, shown)))

    def __str__(self) -> str:
        return self.variable + "".join(step.shown for step in self.path)


@immutable
class Contents:
    """Stands for a part of the contents of a container inside a value; the container is the first argument."""

    type: Type
    path: tuple[Part, ...] = ()

    def part(self, role: Role, index: int = 0, shown: str = "") -> Contents:
        """Return a part of this part."""
        return Contents(self.type, (*self.path, Part(role, index, shown)))

    def __str__(self) -> str:
        return f"in {self.type}" + "".join(step.shown for step in self.path)


@immutable
class Argument:
    """Stands for one of the terms of an action's argument, for one case of the argument's type."""

    parameter: str
    case: int
    index: int
    shown: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"the {self.parameter}{self.shown}"


@immutable
class Chosen:
    """Stands for a value that an action chose on the way, such as a maximum: the first, the second, and so on."""

    number: int

    def __str__(self) -> str:
        return f"chosen {self.number}"


@immutable
class Empty:
    """Stands for the empty container of a type, as part of an initial value."""

    type: Type

    def __str__(self) -> str:
        return f"an empty {self.type}"


@immutable
class Parameter:
    """Stands for a parameter of the instance."""

    name: str

    def __str__(self) -> str:
        return self.name


@immutable
class SizeOf:
    """Stands for the number of elements of a sort that a bound refers to."""

    sort: Sort

    def __str__(self) -> str:
        return f"size of {self.sort.name}"


@immutable
class Member:
    """Stands for the relation between the quorums of a system and their members."""

    quorums: type[Any]

    def __str__(self) -> str:
        return f"{self.quorums.__name__}.member"


@immutable
class Nowhere:
    """Stands for the value of code that has none, because it raises an error."""

    def __str__(self) -> str:
        return "no value"


class After(Enum):
    """The mark of symbols in the state after a step."""

    STEP = "'"

    def __str__(self) -> str:
        return self.value
