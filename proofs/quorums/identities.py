"""What identifies a member to its system: an address, an assigned number, a key."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

__all__ = ["Identity", "Mark"]


@dataclass(frozen=True)
class Mark:
    """One thing by which a system knows a member.

    Parameters
    ----------
    kind : str
        What it is, in words: ``address``, ``member ID``, ``public key``.
    values : frozenset
        Two members with this kind of mark are the same exactly if they have a value in common.
    words : str
        How a report tells members of one name apart by it.
    """

    kind: str
    values: frozenset[Hashable]
    words: str


@dataclass(frozen=True)
class Identity:
    """The marks of a member, the one that decides first."""

    marks: tuple[Mark, ...]

    @property
    def kind(self) -> str:
        """The kind of the mark that decides."""
        return self.marks[0].kind

    @property
    def words(self) -> str:
        """What tells the member from others of its name."""
        return self.marks[0].words

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """A key for each value of each mark: members that are the same have one in common."""
        return tuple((mark.kind, value) for mark in self.marks for value in mark.values)

    def is_same(self, other: Identity) -> bool | None:
        """Tell whether this is the same member; None if the two have no kind of mark in common."""
        theirs = {mark.kind: mark for mark in other.marks}
        for mark in self.marks:
            if mark.kind in theirs:
                return not mark.values.isdisjoint(theirs[mark.kind].values)
        return None

    def with_marks_of(self, same: Identity) -> Identity:
        """Return the identity with what another configuration says of the same member besides."""
        theirs = {mark.kind: mark for mark in same.marks}
        mine = [
            replace(mark, values=mark.values | theirs.pop(mark.kind).values) if mark.kind in theirs else mark
            for mark in self.marks
        ]
        return Identity((*mine, *theirs.values()))
