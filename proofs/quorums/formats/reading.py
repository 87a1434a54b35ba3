"""Read configurations: detect the format of a file, and parse single files, manifests and directories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assay.checker.errors import InputError, Location, UsageError
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.formats.deployments.directories import Found, is_directory, search_directory
from assay.proofs.quorums.formats.deployments.manifests import is_manifest, parts_of
from assay.proofs.quorums.formats.format import Format, NodeFile, read_settings
from assay.proofs.quorums.formats.members import note
from assay.proofs.quorums.formats.own import assay_toml
from assay.proofs.quorums.formats.systems import (
    cassandra,
    clickhouse,
    cometbft,
    consul,
    elasticsearch,
    etcd,
    kafka_topic,
    kraft,
    mongodb,
    patroni,
    postgresql,
    sentinel,
    stellar_core,
    stellar_network,
    zookeeper,
)
from assay.proofs.quorums.formats.texts.source import Source, read_input, read_source, shown

__all__ = ["FORMATS", "detect", "parse_source", "read_configuration"]

FORMATS: tuple[Format, ...] = (
    assay_toml.FORMAT,
    stellar_core.FORMAT,
    stellar_network.FORMAT,
    cometbft.FORMAT,
    mongodb.FORMAT,
    elasticsearch.FORMAT,
    consul.FORMAT,
    clickhouse.FORMAT,
    patroni.FORMAT,
    etcd.FORMAT,
    zookeeper.FORMAT,
    kraft.FORMAT,
    kafka_topic.FORMAT,
    cassandra.FORMAT,
    sentinel.FORMAT,
    postgresql.FORMAT,
)
"""All formats in the order in which they are tried, specific ones first: the first that recognises a text parses it."""

_INPUT = "-"


def read_configuration(
    path: Path | str,
    *,
    as_: str | None = None,
    settings: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Configuration:
    """Read a configuration file, or a directory with the files of several nodes.

    Parameters
    ----------
    path : Path or str
        A file, `-` for standard input, or a directory. Each file in a directory belongs to one node, and so do all
        files of a subdirectory. A `myid` file says to which. Hidden files are ignored, and files of no known format are
        skipped with a note.
    as_ : str, optional
        The name of the format; detected by default.
    settings : mapping of str to str, optional
        Settings that the format has no place for, such as a write concern; see `Format.settings`.
    name : str, optional
        The name to show for the path, such as ``HEAD:etcd.yaml`` for a file that was checked out elsewhere.

    Raises
    ------
    InputError
        If a file cannot be read or does not conform to its format.
    UsageError
        If there is no such format or setting.
    """
    path = Path(path)
    if str(path) == _INPUT:
        return parse_source(read_input(), as_=as_, settings=settings)
    if not is_directory(path):
        return parse_source(read_source(path, name), as_=as_, settings=settings)
    found = search_directory(path) if name is None else _search_as(path, name)
    files = [part for file in found.files for part in _parts(file)]
    chosen, format, other = _of_one_format(files, path, as_)
    configuration = _together(chosen, format, settings or {})
    return _with_note(configuration, [*found.passed_over, *other])


def _search_as(directory: Path, name: str) -> Found:
    """Return the files of a directory, and raise errors, under the name of the directory that the user gave."""

    def shown(file: str) -> str:
        return name + file.removeprefix(str(directory))

    try:
        found = search_directory(directory)
    except InputError as error:
        place = None if error.location is None else replace(error.location, file=shown(error.location.file))
        raise InputError(error.message, location=place, help=error.help) from error
    files = (replace(file, source=replace(file.source, name=shown(file.source.name))) for file in found.files)
    return Found(tuple(files), tuple(map(shown, found.passed_over)))


def parse_source(source: Source, *, as_: str | None = None, settings: Mapping[str, str] | None = None) -> Configuration:
    """Parse the text of one file; the parameters and errors are those of `read_configuration`."""
    _not_empty(source)
    if not is_manifest(source):
        format = _named(as_) if as_ is not None else detect(source)
        return format.parse(source, read_settings(format, [source], settings or {}))
    chosen, format, _ = _of_one_format(_parts(NodeFile(source, Path(source.name).stem)), source.whole, as_)
    return _together(chosen, format, settings or {}, remarks=[source])


def detect(source: Source) -> Format:
    """Return the format of a file, by its content.

    Raises
    ------
    InputError
        If no format is recognised, or the file is empty.
    """
    _not_empty(source)
    found = _recognised(source)
    if found is None:
        message = "the format of this file is not recognised"
        raise InputError(message, location=source.whole, help=f"Name it with --as: {_known()}.")
    return found


def _known() -> str:
    return ", ".join(format.name for format in FORMATS)


def _recognised(source: Source) -> Format | None:
    """Return the first format that recognises the text or, for a manifest, parses its resources as a whole."""
    if is_manifest(source):
        return next((one for one in FORMATS if one.resources is not None and one.resources(source)), None)
    return next((one for one in FORMATS if one.recognise(source)), None)


def _not_empty(source: Source) -> None:
    if not source.text.strip() and source.process is None:
        raise InputError("the file is empty", location=source.whole, help="Give a configuration file.")


def _named(name: str) -> Format:
    for format in FORMATS:
        if format.name == name:
            return format
    raise UsageError(f"there is no format {shown(name)}", help=f"Formats: {_known()}.")


def _parts(file: NodeFile) -> list[NodeFile]:
    """Return a file or, for a manifest, its parts, and the manifest itself if a format parses its resources."""
    if not is_manifest(file.source):
        return [file]
    whole = [file] if _recognised(file.source) is not None else []
    return [*whole, *parts_of(file.source)]


def _of_one_format(
    files: Sequence[NodeFile], place: Path | Location, as_: str | None
) -> tuple[list[NodeFile], Format, list[str]]:
    """Return the files of one format, that format, and the names of the other files.

    Raises
    ------
    InputError
        If no file is of a known format, or files are of different ones.
    """
    here = place if isinstance(place, Location) else Location(str(place))
    if as_ is not None:
        format = _named(as_)
        if not files:
            message = f"nothing in this manifest is of {format.name}"
            raise InputError(message, location=here, help="Give the manifest of the servers, or their files.")
        mine = [file for file in files if _is_of(format, file.source)]
        other = [file.source.name for file in files if file not in mine]
        return (mine or list(files), format, _distinct(other if mine else [], mine))
    formats = [(file, _recognised(file.source)) for file in files]
    known = [(file, format) for file, format in formats if format is not None]
    if not known:
        one = "this file" if isinstance(place, Location) else "the files of this directory"
        message = f"the format of {one} is not recognised"
        raise InputError(message, location=here, help=f"Name it with --as: {_known()}.")
    first, format = known[0]
    for file, another in known[1:]:
        if another is not format:
            raise InputError(
                f"this is {another.name}, and {_named_part(first)} is {format.name}",
                location=_place(file.source),
                help="Put the files of one system into a directory, or name the format with --as.",
            )
    mine = [file for file, _ in known]
    return mine, format, _distinct((file.source.name for file, found in formats if found is None), mine)


def _is_of(format: Format, source: Source) -> bool:
    if is_manifest(source):
        return format.resources is not None and format.resources(source)
    return format.recognise(source)


def _named_part(file: NodeFile) -> str:
    return f"{file.stem} of {file.source.name}" if file.source.process is not None else file.source.name


def _place(source: Source) -> Location:
    return source.whole if source.process is None else source.process.location


def _distinct(names: Iterable[str], read: Sequence[NodeFile]) -> list[str]:
    taken = {file.source.name for file in read}
    return [name for name in dict.fromkeys(names) if name not in taken]


def _with_note(configuration: Configuration, names: Sequence[str]) -> Configuration:
    if not names:
        return configuration
    some = ", ".join(names[:5]) + (f", and {len(names) - 5} more" if len(names) > 5 else "")
    found = note("passed-over", f"these files are not configurations of {configuration.format}: {some}", None)
    return replace(configuration, findings=(*configuration.findings, found))


def _together(
    files: Sequence[NodeFile], format: Format, given: Mapping[str, str], remarks: Sequence[Source] = ()
) -> Configuration:
    sources = [file.source for file in files]
    for source in sources:
        _not_empty(source)
    settings = read_settings(format, [*remarks, *sources], given)
    if len(files) == 1:
        return format.parse(sources[0], settings)
    if format.together is not None:
        return _each_file_once(format.together(files, settings))
    parsed = [format.parse(source, settings) for source in sources]
    for source, configuration in zip(sources, parsed, strict=True):
        if configuration.system != parsed[0].system:
            raise InputError(
                f"this differs from {sources[0].name}",
                location=_place(source),
                help=f"Files of {format.name} do not say to which node they belong: give one, or make them agree.",
            )
    return parsed[0]


def _each_file_once(configuration: Configuration) -> Configuration:
    """Return the names of files, each once even if several nodes were read from it."""
    return replace(configuration, files=tuple(dict.fromkeys(configuration.files)))
