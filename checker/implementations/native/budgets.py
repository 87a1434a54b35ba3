"""Budgets: how often timers, crashes and faults of the network may happen on one path."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from assay.checker.implementations.native import abi

__all__ = ["Budgets"]


class Budgets:
    """The budgets of a cluster, numbered in the order of the fields that count them.

    Parameters
    ----------
    most : mapping from str to int
        The most of each; 0 is never. What has no budget may happen any number of times.
    """

    def __init__(self, most: Mapping[str, int]) -> None:
        self.most = most

    @cached_property
    def limited(self) -> Mapping[str, int]:
        """The budgets that are not 0: each of them has a field in the packed state."""
        return {name: most for name, most in self.most.items() if most > 0}

    def number(self, *names: str) -> int:
        """Return the number of the first of some budgets that there is.

        Returns
        -------
        int
            -1 if that budget is 0, `abi.BUDGETLESS` if there is none of them.
        """
        for name in names:
            if name in self.most:
                return [*self.limited].index(name) if self.most[name] else -1
        return abi.BUDGETLESS
