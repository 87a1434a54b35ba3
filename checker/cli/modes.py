"""The modes of a command: an option that has no effect in the mode that was asked for is refused, never ignored.

Each command declares its modes as a table beside its signature. A mode lists what *has* an effect, so a new option is
refused everywhere until somebody says where it means something.

Only what the command line itself names is refused. Settings in pyproject.toml and in the environment are defaults for
every mode that has them: a project that limits ``memory-limit`` for `check` can still replay a trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from assay.checker.errors import UsageError
from assay.checker.immutable import immutable

if TYPE_CHECKING:
    from cyclopts import ArgumentCollection

__all__ = ["Mode", "demand_effect", "demand_format", "typed_options"]


@immutable
class Mode:
    """A way in which a command works.

    Attributes
    ----------
    words : str
        How a refusal goes on after *has no effect*: ``with --implementation``, ``on several models``.
    options : frozenset of str
        The options that have an effect: ``--set``.
    """

    words: str
    options: frozenset[str]

    @classmethod
    def of(cls, words: str, options: str) -> Mode:
        """Make a mode from the names of its options, without their hyphens, as one text."""
        return cls(words, frozenset(f"--{name}" for name in options.split()))


def demand_effect(typed: Mapping[str, str], mode: Mode, modes: Iterable[Mode]) -> None:
    """Refuse options that have no effect in a mode.

    Parameters
    ----------
    typed : mapping of str to str
        What `typed_options` returned.
    mode : Mode
        The mode that was asked for.
    modes : iterable of Mode
        All modes of the command, to tell where an option would have an effect.

    Raises
    ------
    UsageError
        For the first option without an effect.
    """
    for option, spelling in typed.items():
        if option not in mode.options:
            others = [other.words for other in modes if option in other.options]
            where = f"; it has one {_either(others)}" if others else ""
            raise UsageError(f"{spelling} has no effect {mode.words}", help=f"leave it out{where}")


def demand_format(option: str, typed: Mapping[str, str], format_: str, formats: Sequence[str]) -> None:
    """Refuse an option that is about what some formats of the report show, in any other format.

    Parameters
    ----------
    option : str
        The option: ``--full``.
    typed : mapping of str to str
        What `typed_options` returned.
    format_ : str
        The format that was asked for.
    formats : sequence of str
        Those in which the option has an effect.

    Raises
    ------
    UsageError
        If it has none.
    """
    if option in typed and format_ not in formats:
        where = f"it has one in --format {_either(formats)}"
        raise UsageError(f"{typed[option]} has no effect in --format {format_}", help=f"leave it out; {where}")


def _either(alternatives: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(alternatives[:-1]), alternatives[-1])))


def typed_options(arguments: ArgumentCollection) -> dict[str, str]:
    """Return the options that have values, by their first long names, each with the name that was typed.

    Parameters
    ----------
    arguments : ArgumentCollection
        The arguments of a command, before any settings are filled in.
    """
    return {
        argument.name: argument.tokens[0].keyword or argument.name
        for argument in arguments
        if argument.tokens and argument.name.startswith("--")
    }
