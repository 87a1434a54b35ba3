"""The result of judging a history."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from assay.checker.histories.history import Operation
from assay.checker.verdicts import Verdict

__all__ = ["Judgement", "Part", "Prefix"]


@dataclass(frozen=True)
class Prefix:
    """An order of operations that explains a prefix of the history.

    Attributes
    ----------
    order : tuple of Operation
        One after the other, as they take effect.
    state : hashable
        The state of the object after them.
    """

    order: tuple[Operation, ...]
    state: Hashable


@dataclass(frozen=True)
class Part:
    """The judgement on the operations on one object.

    Attributes
    ----------
    key : hashable
        Which object; None where the history is about one only.
    verdict : Verdict
        Whether some order explains all responses.
    operations : tuple of Operation
        The operations on it.
    order : tuple of Operation
        If there is one, an order of the operations that explains all responses.
    explained : int
        How many responses the longest prefix that some order explains has; for sequential consistency, the most
        responses that any order explained.
    stuck : Operation, optional
        Of a history that is not linearizable, the operation with whose response it stops being so.
    prefixes : tuple of Prefix
        Orders that explain that longest prefix: all of them if they are few, otherwise some.
    configurations : int
        Configurations explored.
    """

    key: Hashable
    verdict: Verdict
    operations: tuple[Operation, ...]
    order: tuple[Operation, ...] = ()
    explained: int = 0
    stuck: Operation | None = None
    prefixes: tuple[Prefix, ...] = ()
    configurations: int = 0


@dataclass(frozen=True)
class Judgement:
    """The judgement on a whole history.

    Attributes
    ----------
    parts : tuple of Part
        The judgement on each independent object.
    """

    parts: tuple[Part, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict on all parts; a history without operations is explained by doing nothing."""
        combined = Verdict.HOLDS
        for part in self.parts:
            combined &= part.verdict
        return combined

    @property
    def configurations(self) -> int:
        """Configurations explored in all parts."""
        return sum(part.configurations for part in self.parts)
