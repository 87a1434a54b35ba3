"""Settings from ``[tool.assay]`` in pyproject.toml and from the environment; the command line takes precedence.

``[tool.assay.check]`` holds options of `check` by their long names. The options in `SHARED` may stand directly in
``[tool.assay]``, for every command that has them. In the environment they are ``ASSAY_CHECK_FULL`` and
``ASSAY_ENGINE``. An unknown name is refused, and so is an output file outside the project.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.checker.errors import InputError, Location, UsageError
from assay.checker.immutable import immutable
from assay.checker.inputs import read_text
from assay.checker.wording import nearest
from cyclopts.config import Dict

if TYPE_CHECKING:
    from cyclopts import App, Argument, ArgumentCollection

__all__ = ["SHARED", "Settings"]

SHARED = ("engine", "max-states", "max-depth", "time-limit", "memory-limit", "deadlock", "no-deadlock")
"""Options that may be set for all commands at once."""

OTHERS = (("fuzz", "engine"),)
"""Options of a command that are called like a shared one but mean something else: only its own table sets them."""

WRITTEN = ("output", "itf", "certificate")
"""Options that name an output file: a settings file may only name files in its own project."""

OWN_TABLES = ("gate",)
"""Commands whose table in pyproject.toml says what they work on instead of options: they read it themselves."""

RESERVED = ("ASSAY_DEBUG", "ASSAY_CACHE_DIR")
"""Environment variables that are no options of a command."""


@immutable
class Settings:
    """A source of options for the command-line parser.

    Parameters
    ----------
    commands : tuple of str
        The names of all commands.
    """

    commands: tuple[str, ...]

    def __call__(self, app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
        """Fill in options that the command line does not set: first from the environment, then from pyproject.toml."""
        if not commands or commands[0] not in self.commands:
            return
        options = _options(arguments)
        environment = self._from_environment(commands[0], options)
        Dict(environment, source="the environment", use_commands_as_keys=False)(app, commands, arguments)
        given = _options(argument for argument in arguments if argument.tokens)
        project = self._from_project(commands[0], options, given)
        Dict(project, source="pyproject.toml", use_commands_as_keys=False)(app, commands, arguments)

    def _from_environment(self, command: str, options: list[str]) -> dict[str, Any]:
        shared: dict[str, str] = {}
        own: dict[str, str] = {}
        for variable, value in os.environ.items():
            if not variable.startswith("ASSAY_") or variable in RESERVED:
                continue
            first, _, rest = _option(variable.removeprefix("ASSAY_")).partition("-")
            if first in self.commands and rest:
                own |= {rest: value} if first == command else {}
                self._demand(rest, options, variable, command=first, current=command)
            else:
                name = _option(variable.removeprefix("ASSAY_"))
                known = [*SHARED, *(f"{command}-{option}" for option in options)]
                if name not in SHARED:
                    near = nearest(variable, [_variable(option) for option in known] + list(RESERVED))
                    raise UsageError(f"the environment variable {variable} is unknown to assay{near}")
                shared |= {name: value} if name in options and (command, name) not in OTHERS else {}
        return {**shared, **own}

    def _demand(self, option: str, options: list[str], variable: str, *, command: str, current: str) -> None:
        if command == current and option not in options:
            near = nearest(variable, [_variable(f"{command}-{known}") for known in options])
            raise UsageError(f"the environment variable {variable} is unknown to assay{near}")

    def _from_project(self, command: str, options: list[str], given: list[str]) -> dict[str, Any]:
        path = _project_file()
        table = _table(path) if path else {}
        for key in table:
            if key not in (*SHARED, *self.commands):
                raise self._misplaced(key, command, options, Location(str(path)))
        own = {} if command in OWN_TABLES else table.get(command, {})
        if not isinstance(own, Mapping):
            raise InputError(f"[tool.assay.{command}] must be a table", location=Location(str(path)))
        for key in own:
            if key not in options:
                near = nearest(key, options)
                raise UsageError(f"[tool.assay.{command}] has no key {key!r}{near}", location=Location(str(path)))
            if key in WRITTEN and key not in given and path is not None:
                _demand_own_output(key, own[key], path)
        shared = [key for key in SHARED if key in table and key in options and (command, key) not in OTHERS]
        return {**{key: table[key] for key in shared}, **own}

    def _misplaced(self, key: str, command: str, options: list[str], place: Location) -> UsageError:
        near = nearest(key, [*SHARED, *self.commands])
        help_ = f"it belongs in [tool.assay.{command}]" if key in options and not near else None
        return UsageError(f"[tool.assay] has no key {key!r}{near}", location=place, help=help_)


def _options(arguments: Iterable[Argument]) -> list[str]:
    names: Iterator[str] = (name for argument in arguments if argument.parse for name in argument.names)
    return [name.removeprefix("--") for name in names if name.startswith("--")]


def _option(name: str) -> str:
    return name.lower().replace("_", "-")


def _variable(option: str) -> str:
    return option if option.startswith("ASSAY_") else "ASSAY_" + option.upper().replace("-", "_")


def _project_file() -> Path | None:
    directory = Path.cwd()
    candidates: Iterable[Path] = (parent / "pyproject.toml" for parent in (directory, *directory.parents))
    return next((path for path in candidates if path.is_file()), None)


def _table(path: Path) -> dict[str, Any]:
    import tomllib  # only within a project does a command wait for it

    place = Location(str(path))
    try:
        project = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}", location=place) from None
    except RecursionError:
        raise InputError("it is nested too deep", location=place) from None
    except ValueError as error:  # a number of more digits than Python reads
        raise InputError(f"not valid TOML: {error}".partition(";")[0], location=place) from None
    tools = project.get("tool", {})
    if not isinstance(tools, dict):
        raise InputError("[tool] must be a table", location=place)
    table = tools.get("assay", {})
    if not isinstance(table, dict):
        raise InputError("[tool.assay] must be a table", location=place)
    return table


def _demand_own_output(key: str, value: object, path: Path) -> None:
    """Refuse an output named in a settings file unless the file is the user's own and the output is inside its project.

    A run of assay in a directory obeys the settings file there or above it. Such a file may have come with a download,
    or from somebody else in a shared directory; it must not choose which of the user's files are overwritten.
    """
    place, project = Location(str(path)), Path(os.path.realpath(path)).parent
    if not isinstance(value, str) or "\0" in value:
        raise InputError(f"{key} must be the name of a file", location=place)
    status = path.stat()
    if status.st_uid not in (0, os.geteuid()) or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise InputError(
            f"{key} is not obeyed: the file belongs to another user, or others can write it",
            location=place,
            help=f"say --{key} {shlex.quote(value)} on the command line",
        )
    if not Path(os.path.realpath(value)).is_relative_to(project):
        raise InputError(
            f"{key} is not obeyed: {value} is outside of {project}",
            location=place,
            help=f"say --{key} {shlex.quote(value)} on the command line",
        )
