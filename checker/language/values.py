"""The types of state variables, and their initial values: maps, sets, sequences, bags, ranges and records."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, TypeVarTuple, dataclass_transform, overload

from assay.checker.immutable import immutable
from assay.checker.language.bags import AllOf, AtMost, Bag
from assay.checker.language.formulas import Formula, Not, Or, formula_of
from assay.checker.language.frozen import frozen
from assay.checker.language.records import make_record
from assay.checker.language.types import Bound

__all__ = ["AllOf", "Anything", "AtMost", "Bag", "Everywhere", "Function", "Map", "Nat", "Parameter", "Perm", "Range"]
__all__ += ["Relation", "Seq", "Set", "anything", "everywhere", "frozen", "implies", "record"]

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

Map = dict
Set = set


class Natural:
    """Marks an annotation as that of a natural number."""


Nat = Annotated[int, Natural()]
"""The natural numbers, from 0 on, without a bound."""


@immutable
class Range:
    """Integers from ``low`` to ``high`` inclusive.

    Written ``Annotated[int, Range(0, 3)]`` for type checkers, or ``Range[0, 3]`` without them. A bound is a number, or
    in quotes an expression of parameters and sorts of the model.
    """

    low: Bound
    high: Bound

    def __class_getitem__(cls, bounds: tuple[Bound, Bound]) -> Any:
        if not isinstance(bounds, tuple) or len(bounds) != 2:
            raise TypeError("Range takes a lower and an upper bound, both included: Range[0, 3]")
        return Annotated[int, cls(*bounds)]


if TYPE_CHECKING:
    Seq = list
else:

    class Seq:
        """Sequences of at most n elements, with the methods of a list: ``Seq[T, n]``."""

        def __class_getitem__(cls, item: tuple[Any, Bound]) -> Any:
            if not isinstance(item, tuple) or len(item) != 2:
                raise TypeError("Seq takes the type of its items and how many it holds at most: Seq[Node, 3]")
            element, bound = item
            return Annotated[list[element], AtMost(bound)]


if TYPE_CHECKING:
    Perm = list
else:

    class Perm:
        """Permutations of a sort or an enumeration, each a list of all its elements: ``order: Perm[Client]``."""

        def __class_getitem__(cls, element: Any) -> Any:
            return Annotated[list[element], AllOf()]


class ParameterMark:
    """Marks an annotation as an instance parameter."""


Parameter = Annotated[T, ParameterMark]
"""``crashes: Parameter[int] = 1``: a constant that each instance fixes (``--set crashes=2``), of any type."""


if TYPE_CHECKING:
    Function = Mapping

    class Relation(AbstractSet[tuple[*Ts]]):
        """A relation that an instance chooses and no step changes: ``between: Relation[Node, Node]``."""

        def __call__(self, *items: *Ts) -> bool:
            """Return whether the relation holds of these elements."""
else:

    class Function:
        """A function that an instance chooses and no step changes: ``id: Function[Node, Id]``."""

        def __class_getitem__(cls, item: Any) -> Any:
            if not isinstance(item, tuple) or len(item) != 2:
                raise TypeError("Function takes what it is applied to, and what it gives: Function[Node, Id]")
            return Parameter[dict[item]]

    class Relation(frozenset):
        """A relation that an instance chooses and no step changes: ``between: Relation[Node, Node]``."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Parameter[set[tuple[item if isinstance(item, tuple) else (item,)]]]

        def __call__(self, *items: Any) -> bool:
            """Return whether the relation holds of these elements."""
            return items in self


@immutable
class Everywhere:
    """The initial value of a map: the same for every key."""

    value: Any


@immutable
class Anything:
    """The initial value that may be any value of the variable's type."""


def everywhere(value: V) -> dict[Any, V]:
    """Return the initial value of a map that is ``value`` at every key; anything everywhere is any map."""
    return value if isinstance(value, Anything) else Everywhere(value)  # type: ignore[return-value]


def anything() -> Any:
    """Return the initial value that may be any of the type: each is an initial state, unless `@initial` excludes it."""
    return Anything()


@overload
def implies(condition: bool, conclusion: bool) -> bool: ...
@overload
def implies(condition: Formula, conclusion: Formula | bool) -> Formula: ...
@overload
def implies(condition: bool, conclusion: Formula) -> Formula: ...
def implies(condition: Formula | bool, conclusion: Formula | bool) -> Formula | bool:
    """Return whether ``conclusion`` holds if ``condition`` does; of temporal formulas, the formula that says so.

    Python evaluates both before the call. If the conclusion has a value only where the condition is true, write
    ``not condition or conclusion``.
    """
    # Booleans first: models call this in every state, and with formulas only once per property.
    if isinstance(condition, bool) and isinstance(conclusion, bool):
        return not condition or conclusion
    if isinstance(condition, Formula) or isinstance(conclusion, Formula):
        return Or(Not(formula_of(condition)), formula_of(conclusion))
    return not condition or conclusion


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make a class a record: a frozen dataclass, such as a message. Containers in its fields are frozen as well."""
    return make_record(cls)
