"""The servers, groups and weights of a ZooKeeper ensemble, as its configuration lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assay.proofs.quorums.formats.members import Member, distinct
from assay.proofs.quorums.formats.systems.zookeeper_lines import lines_of
from assay.proofs.quorums.formats.texts.addresses import Address, identity_of
from assay.proofs.quorums.formats.texts.properties import Property
from assay.proofs.quorums.formats.texts.source import MAX_NODES, Source, shown
from assay.proofs.quorums.identities import Identity

__all__ = ["Ensemble", "Server", "ensemble_of"]

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%\w]+\]|[^\[\]:|;]*):(\d{1,5}):(\d{1,5})", re.ASCII)


_KEY = re.compile(r"(server|group|weight)\.(\d{1,19})", re.ASCII)


@dataclass(frozen=True)
class Server:
    """A `server.N` line."""

    id: int
    addresses: tuple[Address, ...]
    observer: bool
    line: Property

    @property
    def member(self) -> Member:
        return Member(str(self.id), self.line.location)

    @property
    def identity(self) -> Identity | None:
        return identity_of(self.id, self.addresses)


@dataclass(frozen=True)
class Ensemble:
    """The lines of one file that define its quorums."""

    source: Source
    lines: Mapping[str, Property]
    servers: Mapping[int, Server]
    groups: Mapping[int, Property]
    weights: Mapping[int, Property]

    @property
    def participants(self) -> list[Server]:
        return [server for server in self.servers.values() if not server.observer]

    @property
    def standalone(self) -> bool:
        enabled = self.lines.get("standaloneEnabled")
        return len(self.participants) <= 1 and (enabled is None or enabled.flag())


def ensemble_of(source: Source) -> Ensemble:
    """Return the ensemble that a configuration describes.

    Raises
    ------
    InputError
        If ZooKeeper would refuse it.
    """
    lines = lines_of(source)
    kinds: dict[str, dict[int, Property]] = {"server": {}, "group": {}, "weight": {}}
    for key, line in lines.items():
        if not key.startswith(("server.", "group", "weight")):
            continue
        match = _KEY.fullmatch(key)
        if match is None:
            raise line.wrong(f"{shown(key)} has no id", "Write server.N, group.N or weight.N, with a number N.")
        kind, number = kinds[match[1]], line.whole(match[2])
        if number in kind:
            first = kind[number].location.line
            raise line.wrong(f"the id of {shown(key)} is also in line {first}", "Keep one of them.")
        if len(kind) >= MAX_NODES:
            raise line.wrong(f"more than {MAX_NODES:,} {match[1]} lines", "Give the lines of one ensemble.")
        kind[number] = line
    servers = {number: _server(number, line) for number, line in kinds["server"].items()}
    distinct(server.member for server in servers.values())
    ensemble = Ensemble(source, lines, servers, kinds["group"], kinds["weight"])
    _check(ensemble)
    return ensemble


def _server(number: int, line: Property) -> Server:
    addresses, _, client = line.value.strip().partition(";")
    role = "participant"
    specification = addresses.strip()
    if specification.lower().endswith((":participant", ":observer")):
        specification, _, role = specification.rpartition(":")
    parts = [_ADDRESS.fullmatch(part.strip()) for part in specification.split("|")]
    if not all(part and _is_port(part[2]) and _is_port(part[3]) for part in parts):
        raise line.wrong(
            f"server.{number} is {shown(line.value)}",
            "Write host:port:port, with :observer or :participant after it if needed.",
        )
    if client and not re.fullmatch(r"(.*:)?\d{1,5}", client.strip(), re.ASCII):
        raise line.wrong(f"the client address {shown(client)} of server.{number}", "Write ;port or ;host:port.")
    reached = tuple(Address(part[1], (int(part[2]), int(part[3]))) for part in parts if part)
    return Server(number, reached, role.lower() == "observer", line)


def _is_port(text: str) -> bool:
    return 0 < int(text) < 65536


def _check(ensemble: Ensemble) -> None:
    dynamic = ensemble.lines.get("dynamicConfigFile")
    if dynamic is not None:
        elsewhere = next(iter([*ensemble.servers.values()]), None)
        if elsewhere is not None:
            message = f"{elsewhere.line.key} beside dynamicConfigFile: ZooKeeper expects it in that file"
            raise elsewhere.line.wrong(message, f"Move it to {shown(dynamic.value)}.")
        message = f"the servers are in the dynamic configuration {shown(dynamic.value)}"
        raise dynamic.wrong(message, "Give that file instead of this one.")
    if ensemble.servers and not ensemble.participants:
        line = next(iter(ensemble.servers.values())).line
        raise line.wrong("there are observers and no participant", "Make at least one server a participant.")
    if ensemble.standalone and len(ensemble.servers) > 1:
        line = next(server.line for server in ensemble.servers.values() if server.observer)
        raise line.wrong("an observer beside a single participant", "Add participants: ZooKeeper refuses this.")
