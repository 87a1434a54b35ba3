"""Predicates on worlds in which versions run side by side.

A predicate of the new version may read attributes that nodes of the old version lack, and vice versa. So a world is
judged by the new version's predicate if it can be evaluated there, else by the old version's predicate of the same
name; if neither can be evaluated, the claim stays open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from assay.checker.implementations.handlers.releases import LackingError
from assay.checker.implementations.predicates import name_of
from assay.impl.node.world import Predicate, World

__all__ = ["VersionedPredicate", "by_either"]


class VersionedPredicate:
    """A function of worlds that is evaluated in terms of either version.

    Parameters
    ----------
    after, before : callable
        The functions of the two versions; `before` is None if the old version has none of this name.
    where_open : object
        The value if neither can be evaluated; None makes that an error.

    Attributes
    ----------
    open : str
        Why it could not be evaluated in some world; empty if it never failed.
    """

    def __init__(
        self, after: Callable[[World], Any], before: Callable[[World], Any] | None, where_open: object
    ) -> None:
        self.after, self.before, self.where_open = after, before, where_open
        self.__name__ = name_of(after)
        self.open = ""

    def __call__(self, world: World) -> Any:
        """Return the value in a world."""
        try:
            return self.after(world)
        except LackingError as lacking:
            return self._otherwise(world, lacking)

    def _otherwise(self, world: World, lacking: LackingError) -> Any:
        for view in world.others if self.before is not None else ():
            try:
                assert self.before is not None
                return self.before(view)
            except LackingError as also:
                lacking = LackingError(f"{lacking.message}, and {also.message}")
        self.open = lacking.message
        if self.where_open is None:
            raise lacking
        return self.where_open


def by_either(after: Iterable[Predicate], before: Iterable[Predicate], where_open: bool) -> tuple[Predicate, ...]:
    """Return the predicates of the version after, each with that of the same name of the version before."""
    old, new = list(before), list(after)
    names, known = Counter(map(_named, new)), Counter(map(_named, old))
    # A name that is missing or shared by several predicates does not identify a counterpart.
    former = {name: each for name, each in ((_named(each), each) for each in old) if name and known[name] == 1}
    return tuple(
        VersionedPredicate(each, former.get(_named(each)) if names[_named(each)] == 1 else None, where_open)
        for each in new
    )


def _named(predicate: Predicate) -> str:
    """Return the name of a predicate; an empty text for a lambda or another callable without a proper name."""
    name = getattr(predicate, "__name__", "")
    return name if name.isidentifier() else ""
