"""What identifies a member to its system: an address, a number that was assigned to it, a key."""

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
        In words: ``address``, ``member ID``, ``public key``.
    values : frozenset
        Two members with this kind of mark are the same if and only if they have a value in common.
    words : str
        How a report distinguishes by it members of the same name.
    """

    kind: str
    values: frozenset[Hashable]
    words: str


@dataclass(frozen=True)
class Identity:
    """The marks of a member, in the order in which they decide."""

    marks: tuple[Mark, ...]

    @property
    def kind(self) -> str:
        """The kind of the mark that decides."""
        return self.marks[0].kind

    @property
    def words(self) -> str:
        """What distinguishes the member from others of the same name."""
        return self.marks[0].words

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """A key for each value of each mark; the same member has a key in common with itself elsewhere."""
        return tuple((mark.kind, value) for mark in self.marks for value in mark.values)

    def is_same(self, other: Identity) -> bool | None:
        """Tell whether this is the same member; None if the two have no kind of mark in common."""
        theirs = {mark.kind: mark for mark in other.marks}
        for mark in self.marks:
            if mark.kind in theirs:
                return not mark.values.isdisjoint(theirs[mark.kind].values)
        return None

    def with_marks_of(self, same: Identity) -> Identity:
        """Return the identity with the marks that another configuration gives the same member as well."""
        theirs = {mark.kind: mark for mark in same.marks}
        mine = [
            replace(mark, values=mark.values | theirs.pop(mark.kind).values) if mark.kind in theirs else mark
            for mark in self.marks
        ]
        return Identity((*mine, *theirs.values()))
