"""Read the gate's settings: ``[tool.assay.gate]`` in pyproject.toml, or an ``assay.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assay.checker.errors import InputError, Location
from assay.checker.findings.levels import levels
from assay.checker.gate.configuration import Bounds, Configuration
from assay.checker.gate.entries import BOUNDS, KINDS, Table
from assay.checker.inputs import read_text

__all__ = ["OWN_FILE", "PROJECT_FILE", "find_configuration", "has_settings"]

OWN_FILE = "assay.toml"
PROJECT_FILE = "pyproject.toml"


def find_configuration(directory: Path) -> Configuration:
    """Read the settings that apply to a directory: those in the nearest folder, upwards, that has any.

    Raises
    ------
    InputError
        If there are none, if one folder has two, or if they are invalid.
    """
    for folder in (directory, *directory.parents):
        found = [*_tables(folder)]
        if len(found) > 1:
            raise InputError(
                f"both {OWN_FILE} and [tool.assay.gate] of {PROJECT_FILE} say what is gated",
                location=Location(str(folder)),
                help="keep one of them",
            )
        if found:
            return _configuration(folder, found[0])
    raise InputError(
        f"nothing says what is gated: there is no {OWN_FILE}, nor [tool.assay.gate] in a {PROJECT_FILE}",
        help="assay gate --init looks at what is here, and writes one",
    )


def has_settings(folder: Path) -> bool:
    """Return whether a folder has settings, in either file."""
    return any(True for _ in _tables(folder))


def _tables(folder: Path) -> Iterator[Table]:
    own, project = folder / OWN_FILE, folder / PROJECT_FILE
    if own.is_file():
        yield Table(_toml(own), OWN_FILE, Location(str(own)))
    if project.is_file():
        table: Any = _toml(project)
        for key in ("tool", "assay", "gate"):
            table = table.get(key) if isinstance(table, dict) else None
        if table is not None:
            yield Table.demand(table, "[tool.assay.gate]", Location(str(project)))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except RecursionError:
        raise InputError("it is nested too deep", location=Location(str(path))) from None
    except ValueError as error:  # also an integer beyond Python's limit of digits
        raise InputError(f"not valid TOML: {error}".partition(";")[0], location=Location(str(path))) from None


def _configuration(folder: Path, table: Table) -> Configuration:
    table.demand_keys((*KINDS, "levels", *BOUNDS))
    bounds = table.bounds(Bounds())
    entries = tuple(one.entry(kind, bounds) for key, kind in KINDS.items() for one in table.tables(key))
    if not entries:
        raise InputError(
            "it names nothing that is gated", location=table.place, help='add [[models]] with files = ["models/*.py"]'
        )
    with table.placed("levels"):
        return Configuration(folder, Path(table.place.file), entries, levels(table.words("levels")))
