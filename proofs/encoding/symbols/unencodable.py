"""What cannot be translated, and how many cases may be written out."""

from __future__ import annotations

from assay.checker.errors import Location

__all__ = ["MOST_CASES", "MOST_CASES_OF_A_TYPE", "Allowance", "Unencodable"]

MOST_CASES = 20_000
"""The most cases that one method may be expanded into: some seconds of work, and formulas that a solver can handle."""

MOST_CASES_OF_A_TYPE = 256
"""The most cases of a type: optionals and unions inside each other multiply."""


class Unencodable(Exception):
    """A construct that has no translation.

    Attributes
    ----------
    construct : str
        What it is, in words.
    location : Location, optional
        Where it stands.
    finite : bool
        Whether it has none even if the sorts have sizes.
    method : str
        The method or variable that contains it.
    remedy : str
        What to write instead, if known.
    """

    def __init__(
        self,
        construct: str,
        location: Location | None = None,
        *,
        finite: bool = False,
        method: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(construct)
        self.construct = construct
        self.location = location
        self.finite = finite
        self.method = method
        self.remedy = remedy

    def at(self, location: Location | None) -> Unencodable:
        """Return the same error with a location, unless it has one already."""
        return self._as(self.location or location, self.method)

    def within(self, method: str) -> Unencodable:
        """Return the same error with the method that contains the construct."""
        return self._as(self.location, method)

    def _as(self, location: Location | None, method: str) -> Unencodable:
        return Unencodable(self.construct, location, finite=self.finite, method=method, remedy=self.remedy)


class Allowance:
    """How many more cases may be written out one by one before there are too many for any solver."""

    def __init__(self) -> None:
        self.left = MOST_CASES

    def renew(self) -> None:
        """Start counting anew, for another method."""
        self.left = MOST_CASES

    def spend(self, cases: int = 1) -> None:
        """Use up some cases.

        Raises
        ------
        Unencodable
            If there are too many.
        """
        self.left -= cases
        if self.left < 0:
            what = f"what is more than {MOST_CASES:,} cases, written out one by one,"
            remedy = "state smaller bounds (AtMost, Range) of what it goes through, or explore this model: assay check"
            raise Unencodable(what, finite=True, remedy=remedy)
