"""Every error that a user of assay can cause, with where it is and what to do about it."""

from __future__ import annotations

from assay.checker.immutable import immutable

__all__ = [
    "AssayError",
    "AssayWarning",
    "FalseAssertion",
    "InputError",
    "InternalError",
    "Location",
    "ModelError",
    "Unsupported",
    "UsageError",
]


@immutable
class Location:
    """A place in a file; lines and columns count from 1, and 0 means *unknown*."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


class AssayError(Exception):
    """Base of all errors that are reported in one clear line, never as a traceback.

    Parameters
    ----------
    message : str
        What was wrong: what was found, and what is possible there.
    location : Location, optional
        The file, line and column it is about.
    help : str, optional
        What to do about it.
    """

    exit_status = 2

    def __init__(self, message: str, *, location: Location | None = None, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.help = help

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.location else self.message


class UsageError(AssayError):
    """The command line, a setting or an API call asks for something that does not exist."""


class InputError(AssayError):
    """A file that was given cannot be read, or does not mean what its format demands."""


class ModelError(AssayError):
    """A model is malformed: it uses an unknown construct, a type does not fit, an action raises."""


class FalseAssertion(ModelError):
    """An assertion in a model's own code is false: no malformed model, but one that is not as it claims."""


class Unsupported(ModelError):
    """A model means something, but the explorer that was asked for cannot take it on; the other one can."""


class InternalError(AssayError):
    """A bug in assay: two independent computations of the same thing disagree."""

    exit_status = 70


class AssayWarning(UserWarning):
    """Something the user should know that changes no verdict; the command line shows it in one line."""
