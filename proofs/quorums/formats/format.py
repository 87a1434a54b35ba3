"""Formats of configuration files: how each is recognised and parsed, and which settings it takes besides the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assay.checker.errors import InputError, Location, UsageError
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.formats.texts.source import Source, shown

__all__ = ["Format", "NodeFile", "Setting", "Settings", "read_settings"]

# No colon before the slashes: https://assay:2379 is an address.
_REMARK = re.compile(r"(?:#|(?<!:)//|--)[ \t]*assay:[ \t]*([^\n]*)")
_PAIR = re.compile(r"([a-z][a-z0-9-]*)[ \t]*=[ \t]*([^;\n]*)")


@dataclass(frozen=True)
class Setting:
    """A value that the format itself has no place for, and the place where it was given."""

    key: str
    value: str
    location: Location | None = None

    def wrong(self, message: str, help: str) -> InputError:
        """Return an error about this setting."""
        return InputError(f"setting {self.key!r}: {message}", location=self.location, help=help)

    def whole(self, low: int, high: int) -> int:
        """Return the value as an integer from ``low`` to ``high``, or raise an error."""
        text = self.value.strip()
        if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not low <= int(text) <= high:
            raise self.wrong(f"found {shown(text)}", f"Use a whole number from {low} to {high}.")
        return int(text)

    def choice(self, *choices: str) -> str:
        """Return the choice that equals the value, ignoring case, or raise an error."""
        found = {c.lower(): c for c in choices}.get(self.value.strip().lower())
        if found is None:
            raise self.wrong(f"found {shown(self.value.strip())}", f"Use one of {', '.join(choices)}.")
        return found

    def words(self) -> list[str]:
        """Return the parts of a comma-separated list."""
        return [word.strip() for word in self.value.split(",")]


Settings = Mapping[str, Setting]


@dataclass(frozen=True)
class NodeFile:
    """One of several files of a cluster, with what its place says about the node that it belongs to.

    Parameters
    ----------
    source : Source
    stem : str
        The name of the file without its suffix, or of its directory if that says more.
    identity : str or None
        The content of the `myid` file in the same directory.
    folder : str or None
        The name of the directory of one node that contains it.
    """

    source: Source
    stem: str
    identity: str | None = None
    folder: str | None = None


@dataclass(frozen=True)
class Format:
    """One format of configuration files.

    Parameters
    ----------
    name : str
        The value of `--as`.
    title : str
        A description in words.
    recognise : function from Source to bool
        Whether the text is in this format; fast, and never raises.
    parse : function from Source and Settings to Configuration
    together : function from a list of NodeFile and Settings to Configuration, optional
        Parses the files of several nodes as one system. Without it, all files must have the same content.
    settings : mapping of str to str
        The settings that can be given besides the file, with their meanings.
    resources : function from Source to bool, optional
        Whether a manifest has resources that this format parses as a whole rather than part by part.
    """

    name: str
    title: str
    recognise: Callable[[Source], bool]
    parse: Callable[[Source, Settings], Configuration]
    together: Callable[[Sequence[NodeFile], Settings], Configuration] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    resources: Callable[[Source], bool] | None = None


def read_settings(format: Format, sources: Sequence[Source], given: Mapping[str, str]) -> Settings:
    """Collect the settings given besides the configuration itself.

    They come from comments such as `# assay: write=QUORUM; read=ONE` (also after `//` or `--`) in the file, and from
    the command line, which takes precedence.

    Raises
    ------
    UsageError
        If the format has no such setting.
    InputError
        If a comment names an unknown setting, or two of them contradict each other.
    """
    for key in given:
        if key not in format.settings:
            raise UsageError(f"{format.name} has no setting {shown(key)}", help=_known(format))
    found: dict[str, Setting] = {}
    for source in sources:
        for setting in _remarks(source):
            _admit(format, found, setting)
    return {**found, **{key: Setting(key, value) for key, value in given.items()}}


def _remarks(source: Source) -> list[Setting]:
    settings = []
    for remark in _REMARK.finditer(source.text):
        place = source.at(remark.start())
        for part in filter(None, (p.strip() for p in remark[1].split(";"))):
            pair = _PAIR.fullmatch(part)
            if pair is None:
                message = f"found {shown(part)} in a comment for assay"
                raise InputError(message, location=place, help="Write it as: # assay: key=value; key=value")
            settings.append(Setting(pair[1], pair[2].strip(), place))
    return settings


def _admit(format: Format, found: dict[str, Setting], setting: Setting) -> None:
    if setting.key not in format.settings:
        raise setting.wrong(f"{format.name} has no such setting", _known(format))
    first = found.setdefault(setting.key, setting)
    if first.value != setting.value:
        raise setting.wrong(f"{shown(setting.value)} contradicts {first.location}", "Keep one of them.")


def _known(format: Format) -> str:
    if not format.settings:
        return "It has no settings."
    return f"Settings: {', '.join(sorted(format.settings))}."
