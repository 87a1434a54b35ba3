"""The properties that container images of ZooKeeper and Kafka derive from their environment, `ZOO_*` and `KAFKA_*`.

- The official ZooKeeper image has `ZOO_MY_ID` and `ZOO_SERVERS`, with `server.1=host:2888:3888;2181` between blanks;
  without `ZOO_SERVERS` it starts a server on its own. Bitnami's has `ZOO_SERVER_ID` and hosts between commas or blanks,
  numbered from 1 or by `::id`. Confluent's has `ZOOKEEPER_SERVER_ID` and hosts between semicolons in
  `ZOOKEEPER_SERVERS`.
- Kafka's images take `KAFKA_NODE_ID` for `node.id` (two underscores stand for one, three for a dash), Bitnami's with
  `KAFKA_CFG_`.

Source: the documentation of these images on Docker Hub; `docker-entrypoint.sh` of the official ZooKeeper image;
Confluent documentation, *Docker Image Configuration Reference*; KIP-975.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assay.checker.errors import Location
from assay.proofs.quorums.formats.texts.commands import is_unit, processes_of_shell, processes_of_unit
from assay.proofs.quorums.formats.texts.processes import Process, Word
from assay.proofs.quorums.formats.texts.properties import Property
from assay.proofs.quorums.formats.texts.source import Source

__all__ = ["environment_of", "kafka_properties", "zookeeper_properties"]

_MARK = re.compile(r"\b(?:ZOO|ZOOKEEPER|KAFKA)_[A-Z_]+[ \t]*=")
_ZOOKEEPER = ("ZOO_SERVERS", "ZOOKEEPER_SERVERS", "ZOO_MY_ID", "ZOO_SERVER_ID", "ZOOKEEPER_SERVER_ID")
_SEPARATOR = {"ZOO_SERVERS": re.compile(r"[,\s]+"), "ZOOKEEPER_SERVERS": re.compile(r"[;\s]+")}
_NUMBERED = re.compile(r"(?P<host>.*?):(?P<ports>\d+:\d+)(?P<role>:observer|:participant)?::(?P<id>\d+)", re.ASCII)


def environment_of(source: Source) -> Mapping[str, Word]:
    """Return the environment of a process, a unit or an environment file; for other texts, an empty one."""
    if source.process is not None:
        return source.process.environment
    if _MARK.search(source.text) is None:
        return {}
    processes = processes_of_unit(source) if is_unit(source) else processes_of_shell(source)
    return _fullest(processes).environment if processes else {}


def _fullest(processes: Sequence[Process]) -> Process:
    """Return the process with the most variables of these images: a script may start others beside the server."""
    return max(processes, key=lambda process: sum(_MARK.match(f"{name}=") is not None for name in process.environment))


def zookeeper_properties(source: Source) -> dict[str, Property] | None:
    """Return the lines of the `zoo.cfg` that an image writes, and `myid`; None if it is not a server's environment."""
    environment = environment_of(source)
    process = source.process
    is_whole = process is None or process.is_whole
    runs = process is not None and process.image == "zookeeper" and is_whole
    named = [name for name in _ZOOKEEPER if name in environment]
    if not runs and not (named if is_whole else set(named) & set(_SEPARATOR)):
        return None
    lines: dict[str, Property] = {}
    for name in ("ZOO_MY_ID", "ZOO_SERVER_ID", "ZOOKEEPER_SERVER_ID"):
        if name in environment:
            lines["myid"] = _line("myid", environment[name])
    if "ZOO_STANDALONE_ENABLED" in environment:
        lines["standaloneEnabled"] = _line("standaloneEnabled", environment["ZOO_STANDALONE_ENABLED"])
    for name, separator in _SEPARATOR.items():
        if (listed := environment.get(name)) is None:
            continue
        for number, entry in enumerate(filter(None, separator.split(listed.text.strip())), 1):
            line = _server(number, entry, listed.location)
            if line.key in lines:
                raise line.wrong(f"{line.key} occurs twice in {name}", "Give every server its own number.")
            lines[line.key] = line
    return lines


def _server(number: int, entry: str, location: Location) -> Property:
    """Return the line of one server, which is numbered by its key, by a suffix, or by its position."""
    key, equals, value = entry.partition("=")
    if equals and key.startswith("server."):
        return Property(key, value, location)
    numbered = _NUMBERED.fullmatch(entry)
    if numbered is not None:
        return Property(f"server.{numbered['id']}", entry.rpartition("::")[0], location)
    return Property(f"server.{number}", entry, location)


def kafka_properties(environment: Mapping[str, Word]) -> dict[str, Property]:
    """Return the properties that an image derives from the environment."""
    lines = {}
    for name, word in environment.items():
        for prefix in ("KAFKA_CFG_", "KAFKA_"):
            if name.startswith(prefix):
                key = _as_key(name[len(prefix) :])
                lines[key] = _line(key, word)
                break
    return lines


def _as_key(name: str) -> str:
    """Return the property that a variable stands for: `a.b_c-d` for `A_B__C___D`."""
    parts = re.split(r"(_+)", name.lower())
    return "".join({"_": ".", "__": "_", "___": "-"}.get(part, part) for part in parts)


def _line(key: str, word: Word) -> Property:
    return Property(key, word.text, word.location)
