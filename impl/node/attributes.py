"""The attributes that node classes declare by annotations, and which of them survive a crash."""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar, get_origin, get_type_hints

from assay.impl.node.errors import NodeError

__all__ = ["DRIVERS", "Declared", "Durable", "declared"]

T = TypeVar("T")

DRIVERS = ("address", "_port")
"""The attributes of a node that its driver sets; they are none of its state."""


class _DurableMark:
    """Marks an annotation as durable: its value is on disk before a handler's messages leave."""


_DURABLE = _DurableMark()
Durable = Annotated[T, _DURABLE]
"""``promised: Durable[Ballot | None] = None``: an attribute that survives a crash."""


@dataclass(frozen=True)
class Declared:
    """An attribute that a node class declares.

    Attributes
    ----------
    name : str
        Its name.
    type : object
        Its annotation, without `Durable`.
    durable : bool
        Whether it survives a crash.
    """

    name: str
    type: Any
    durable: bool

    def initial(self, cls: type[Any]) -> Any:
        """Return the initial value if none is given: a copy of the default, or an empty collection.

        Raises
        ------
        NodeError
            If there is neither.
        """
        if hasattr(cls, self.name):
            return copy.deepcopy(getattr(cls, self.name))
        origin = get_origin(self.type) or self.type
        if isinstance(origin, type) and issubclass(origin, list | dict | set | frozenset | deque):
            return origin()
        raise NodeError(
            f"{cls.__name__} is not told its {self.name}", help=f"{cls.__name__}({self.name}=...), or give it a default"
        )


def declared(cls: type[Any]) -> dict[str, Declared]:
    """Return the attributes that a node class and its bases declare, in the order of declaration."""
    key: Any = cls  # type checkers deny that a class is hashable if its instances are not
    return _attributes_of(key)


@cache
def _attributes_of(cls: type[Any]) -> dict[str, Declared]:
    try:
        hints = get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise NodeError(
            f"{cls.__name__} annotates an attribute with {error.name}, which its module {cls.__module__} does not know",
            help="import it where the program runs too, not under TYPE_CHECKING only",
        ) from None
    own = {name: hint for name, hint in hints.items() if name not in DRIVERS and get_origin(hint) is not ClassVar}
    return {name: _declared(name, hint) for name, hint in own.items()}


def _declared(name: str, hint: Any) -> Declared:
    marks = getattr(hint, "__metadata__", ())
    durable = any(mark is _DURABLE for mark in marks)
    return Declared(name, hint.__origin__ if durable else hint, durable)
