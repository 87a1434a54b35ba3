"""Reading: which format a file has, a file alone, and a directory with the files of several nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from assay.checker.errors import InputError, Location, UsageError
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.formats import (
    assay_toml,
    cassandra,
    cometbft,
    etcd,
    kafka_topic,
    kraft,
    mongodb,
    postgresql,
    sentinel,
    stellar_core,
    stellar_network,
    zookeeper,
)
from assay.proofs.quorums.formats.format import Format, NodeFile, read_settings
from assay.proofs.quorums.formats.source import Source, read_source, shown

__all__ = ["FORMATS", "detect", "parse_source", "read_configuration"]

#: All formats, in the order in which they are tried: the first that recognises a text has it.
FORMATS: tuple[Format, ...] = (
    assay_toml.FORMAT,
    stellar_core.FORMAT,
    stellar_network.FORMAT,
    cometbft.FORMAT,
    mongodb.FORMAT,
    etcd.FORMAT,
    zookeeper.FORMAT,
    kraft.FORMAT,
    kafka_topic.FORMAT,
    cassandra.FORMAT,
    sentinel.FORMAT,
    postgresql.FORMAT,
)

_MOST_FILES = 1000
_IDENTITY = "myid"


def read_configuration(
    path: Path | str, *, as_: str | None = None, settings: Mapping[str, str] | None = None
) -> Configuration:
    """Read a configuration file, or a directory with the files of several nodes.

    Parameters
    ----------
    path : Path or str
        A file, or a directory: its files, and those of its directories one level down, each belong to a node.
        Hidden files are left out, and a `myid` file says whose directory it is.
    as_ : str, optional
        The name of the format; by default the content decides.
    settings : mapping of str to str, optional
        What the format has no place for, such as the write concern; see `Format.settings`.

    Raises
    ------
    InputError
        If a file cannot be read or does not mean what its format demands.
    UsageError
        If there is no such format or setting.
    """
    path = Path(path)
    if not path.is_dir():
        return parse_source(read_source(path), as_=as_, settings=settings)
    files = _node_files(path)
    return _together(files, _common_format(files, as_), settings or {})


def parse_source(source: Source, *, as_: str | None = None, settings: Mapping[str, str] | None = None) -> Configuration:
    """Parse the text of one file; the parameters and errors are those of `read_configuration`."""
    _not_empty(source)
    format = _named(as_) if as_ is not None else detect(source)
    return format.parse(source, read_settings(format, [source], settings or {}))


def detect(source: Source) -> Format:
    """Return the format that the content of a file has.

    Raises
    ------
    InputError
        If no format is recognised, or the file is empty.
    """
    _not_empty(source)
    for format in FORMATS:
        if format.recognise(source):
            return format
    known = ", ".join(format.name for format in FORMATS)
    message = "the format of this file is not recognised"
    raise InputError(message, location=source.whole, help=f"Name it with --as: {known}.")


def _not_empty(source: Source) -> None:
    if not source.text.strip():
        raise InputError("the file is empty", location=source.whole, help="Give a configuration file.")


def _named(name: str) -> Format:
    for format in FORMATS:
        if format.name == name:
            return format
    known = ", ".join(format.name for format in FORMATS)
    raise UsageError(f"there is no format {shown(name)}", help=f"Formats: {known}.")


def _node_files(directory: Path) -> list[NodeFile]:
    files: list[NodeFile] = []
    for path in _visible(directory):
        if path.is_dir():
            files += _of_one_node(path)
        elif path.name != _IDENTITY:
            files.append(NodeFile(read_source(path), path.stem))
        if len(files) > _MOST_FILES:
            help = "Give the directory with the files of one cluster."
            raise InputError(f"more than {_MOST_FILES} files", location=Location(str(directory)), help=help)
    if not files:
        help = "Put the configuration files of the nodes into it."
        raise InputError("the directory has no files", location=Location(str(directory)), help=help)
    return files


def _visible(directory: Path) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}",
            location=Location(str(directory)),
            help="Check the directory.",
        ) from error


def _of_one_node(directory: Path) -> list[NodeFile]:
    paths = [path for path in _visible(directory) if path.is_file()]
    identity = next((_identity(path) for path in paths if path.name == _IDENTITY), None)
    return [NodeFile(read_source(path), directory.name, identity) for path in paths if path.name != _IDENTITY]


def _identity(path: Path) -> str:
    source = read_source(path)
    text = source.text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        help = "ZooKeeper reads a number there."
        raise InputError(f"myid is {shown(text)}", location=source.line(1), help=help)
    return str(int(text))


def _common_format(files: Sequence[NodeFile], as_: str | None) -> Format:
    if as_ is not None:
        return _named(as_)
    first = detect(files[0].source)
    for file in files[1:]:
        other = detect(file.source)
        if other is not first:
            raise InputError(
                f"this is {other.name}, and {files[0].source.name} is {first.name}",
                location=file.source.whole,
                help="Put the files of one system into a directory, or name the format with --as.",
            )
    return first


def _together(files: Sequence[NodeFile], format: Format, given: Mapping[str, str]) -> Configuration:
    sources = [file.source for file in files]
    for source in sources:
        _not_empty(source)
    settings = read_settings(format, sources, given)
    if len(files) == 1:
        return format.parse(sources[0], settings)
    if format.together is not None:
        return format.together(files, settings)
    parsed = [format.parse(source, settings) for source in sources]
    for source, configuration in zip(sources, parsed, strict=True):
        if configuration.system != parsed[0].system:
            raise InputError(
                f"this says something else than {sources[0].name}",
                location=source.whole,
                help=f"Files of {format.name} do not say whose they are: give one, or make them agree.",
            )
    return parsed[0]
