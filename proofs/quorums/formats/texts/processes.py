"""A process that a file starts: its arguments and its environment, each word with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.checker.errors import InputError, Location

__all__ = ["Process", "Word"]


@dataclass(frozen=True)
class Word:
    """A text and its place."""

    text: str
    location: Location

    def wrong(self, message: str, help: str) -> InputError:
        """Return the error that says what is wrong with it."""
        return InputError(message, location=self.location, help=help)


@dataclass(frozen=True)
class Process:
    """One process, as a unit file, a script, a manifest or an environment file describes it.

    Parameters
    ----------
    name : str
        Its name in the file: that of a service, of a container, or of the file itself.
    location : Location
    arguments : tuple of Word
        The command, split by the rules of the shell.
    environment : mapping of str to Word
    image : str
        The container image it runs in, without registry, owner and tag: ``etcd``.
    is_whole : bool
        Whether all its settings are here; otherwise some are in files that this one only refers to.
    replaced : mapping of str to Word
        The first values of variables that were set again to something else.
    """

    name: str
    location: Location
    arguments: tuple[Word, ...] = ()
    environment: Mapping[str, Word] = field(default_factory=dict)
    replaced: Mapping[str, Word] = field(default_factory=dict)
    image: str = ""
    is_whole: bool = True

    @property
    def program(self) -> str:
        """The name of the program that the command starts, without its directory."""
        return self.arguments[0].text.rpartition("/")[2] if self.arguments else ""

    def flag(self, name: str) -> Word | None:
        """Return the value of the last `--name=value` or `--name value`, with one dash or two; None without it."""
        found = None
        for place, word in enumerate(self.arguments):
            dashed, equals, value = word.text.partition("=")
            if dashed not in (f"--{name}", f"-{name}"):
                continue
            if equals:
                found = Word(value, word.location)
            elif place + 1 < len(self.arguments):
                found = self.arguments[place + 1]
        return found
