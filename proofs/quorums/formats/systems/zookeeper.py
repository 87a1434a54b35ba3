"""ZooKeeper: `zoo.cfg` and the dynamic configuration file.

Rule. Without groups, a quorum is more than half of the participants; observers never count. With `group.N` or
`weight.N` lines, a group is won by more than half of its weight, and a quorum wins more than half of the
groups; groups of weight 0 are not counted. The weight of a group is the sum over *every* id in its line: an observer,
or an id without a `server.N` line, raises the bar if it has a `weight.N` line, although it never votes. Any two quorums
must meet, for leaders and for commits alike.

A file without `server.N` lines, or with one participant while `standaloneEnabled` is not false, describes a server on
its own: three such servers do not form an ensemble. A server acts on its own copy of the file, so the files of several
servers are read as a federation if they differ. A server is identified by its id *and* its addresses: the same ids on
other machines are another ensemble. (`0.0.0.0` in a server's own line says where it listens, not where it is.)

The environment of ZooKeeper's container images and the servers of a `Kafka` resource of Strimzi are read as well.

Source: `QuorumMaj`, `QuorumHierarchical` and `QuorumPeerConfig` in `org.apache.zookeeper.server.quorum`; the
Administrator's Guide, *Cluster Options*; *ZooKeeper Dynamic Reconfiguration*, for `;` and roles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.format import Format, NodeFile, Settings
from assay.proofs.quorums.formats.members import View, drifted, majority_of, note, warning
from assay.proofs.quorums.formats.systems.zookeeper_ensemble import Ensemble, Server, ensemble_of
from assay.proofs.quorums.formats.systems.zookeeper_lines import has_servers, is_of_zookeeper, lines_of
from assay.proofs.quorums.formats.texts.properties import Property
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.identities import Identity
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Threshold, Tree

__all__ = ["FORMAT"]

_RULE = "more than half of the participants or, with groups, of the weight in more than half of the groups"
_SOURCE = "ZooKeeper, QuorumMaj.java and QuorumHierarchical.java"
_CHANGES = Reconfiguration(
    ReconfigurationMode.JOINT,
    "reconfig asks for a quorum of the old ensemble and of the new one; editing files and restarting does not",
    "ZooKeeper Dynamic Reconfiguration (since 3.5, if reconfigEnabled)",
)
_OBLIGATION = QuorumObligation(
    ("quorum", "quorum"), words="no two leaders are elected at once, and no commit is lost", source=_SOURCE
)


def _tree(ensemble: Ensemble) -> Tree:
    if ensemble.groups or ensemble.weights:
        return _hierarchy(ensemble)
    members = [server.member for server in ensemble.participants]
    return majority_of(members, members[0].location)


def _hierarchy(ensemble: Ensemble) -> Tree:
    weights = {number: line.whole() for number, line in ensemble.weights.items()}
    for number, line in ensemble.weights.items():
        if weights[number] < 0:
            raise line.wrong(f"weight.{number} is negative: {weights[number]}", "Use 0 or a positive number.")
    groups = _grouped(ensemble)
    grouped = {number for listed in groups.values() for number in listed}
    for server in ensemble.participants:
        if server.id not in grouped:
            raise server.line.wrong(
                f"server {server.id} is in no group, although there are group or weight lines",
                "Add it to a group: ZooKeeper refuses this.",
            )
        weights.setdefault(server.id, 1)
    parts = [_group(ensemble.groups[gid], listed, weights) for gid, listed in groups.items()]
    counted = [part for part in parts if part.total > 0]
    origin = next(iter({**ensemble.groups, **ensemble.weights}.values())).location
    return Threshold(len(counted) // 2 + 1, tuple((1, part) for part in counted), origin)


def _grouped(ensemble: Ensemble) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {}
    owner: dict[int, int] = {}
    for gid, line in ensemble.groups.items():
        groups[gid] = [line.whole(part) for part in line.value.strip().rstrip(":").split(":")]
        for number in groups[gid]:
            if number in owner:
                where = f"twice in group.{gid}" if owner[number] == gid else f"in group.{owner[number]} as well"
                raise line.wrong(f"server {number} is {where}", "List each server in one group, once.")
            owner[number] = gid
    return groups


def _group(line: Property, listed: Sequence[int], weights: Mapping[int, int]) -> Threshold:
    for number in listed:
        if number not in weights:
            raise line.wrong(
                f"{line.key} lists {number}, which is not a participant and has no weight line",
                f"Remove it: ZooKeeper fails on it at the start. Or define server.{number}.",
            )
    total = sum(weights[number] for number in listed)
    parts = tuple((weights[number], Node(str(number), line.location)) for number in listed)
    return Threshold(total // 2 + 1, parts, line.location)


def _labels(ensemble: Ensemble) -> dict[str, dict[str, str]]:
    hosts = {str(server.id): server.addresses[0].host for server in ensemble.participants}
    labels = {name: {"host": host} for name, host in hosts.items() if host}
    for gid, listed in _grouped(ensemble).items():
        for number in listed:
            if str(number) in labels:
                labels[str(number)]["group"] = str(gid)
    return labels


def _identities(ensemble: Ensemble) -> dict[str, Identity]:
    found = {str(server.id): server.identity for server in ensemble.servers.values()}
    return {name: identity for name, identity in found.items() if identity is not None}


def _absent(ensemble: Ensemble) -> frozenset[str]:
    voters = {server.id for server in ensemble.participants}
    listed = {number for group in _grouped(ensemble).values() for number in group}
    return frozenset(str(number) for number in listed - voters)


def _findings(ensemble: Ensemble) -> list[QuorumFinding]:
    findings = []
    for gid, listed in _grouped(ensemble).items():
        for number in listed:
            server = ensemble.servers.get(number)
            if (server is None or server.observer) and ensemble.weights[number].whole() > 0:
                findings.append(_ghost(ensemble.groups[gid], number, server is not None))
    findings += _same_address(ensemble)
    oracle = ensemble.lines.get("oraclePath")
    if oracle is not None:
        message = "the oracle of oraclePath can replace a majority, and is left out here"
        findings.append(warning("oracle", message, oracle.location))
    return findings


def _same_address(ensemble: Ensemble) -> list[QuorumFinding]:
    """Warn of two servers at one address: only one of them can be there."""
    seen: dict[object, Server] = {}
    for server in ensemble.servers.values():
        for address in server.addresses:
            if address.is_somewhere and (first := seen.setdefault(address.key, server)) is not server:
                message = f"server {server.id} has the address of server {first.id}: only one of them can run"
                return [warning("same-address", message, server.line.location, "Give each its own.")]
    return []


def _ghost(line: Property, number: int, observer: bool) -> QuorumFinding:
    what = "an observer" if observer else "no server of this file"
    return warning(
        "weight-without-vote",
        f"{line.key} counts the weight of {number}, which is {what} and never votes",
        line.location,
        f"Remove {number} from {line.key}, or its weight line.",
    )


def _view(ensemble: Ensemble, node: str) -> View:
    here = Location(ensemble.source.name, 1)
    if ensemble.standalone:
        return View(node, Threshold(1, ((1, Node(node, here)),), here), True, here, identities=_identities(ensemble))
    acts = any(str(server.id) == node for server in ensemble.participants)
    return View(node, _tree(ensemble), acts, here, _absent(ensemble), _labels(ensemble), _identities(ensemble))


def _parse(source: Source, settings: Settings) -> Configuration:
    del settings
    ensemble = ensemble_of(source)
    if ensemble.standalone:
        node = str(ensemble.participants[0].id) if ensemble.participants else "standalone"
        system = QuorumSystem("standalone server", (node,), {"quorum": _view(ensemble, node).tree}, (_OBLIGATION,))
        return _configuration((source.name,), system, [_alone(source)], _identities(ensemble))
    tree = _tree(ensemble)
    nodes = tuple(str(server.id) for server in ensemble.participants)
    labels, absent = _labels(ensemble), _absent(ensemble)
    name = f"ZooKeeper ensemble of {len(nodes)}"
    system = QuorumSystem(name, nodes, {"quorum": tree}, (_OBLIGATION,), labels, absent)
    return _configuration((source.name,), system, _findings(ensemble), _identities(ensemble))


def _alone(source: Source) -> QuorumFinding:
    return warning(
        "standalone",
        "this file starts a server on its own, not a member of an ensemble",
        source.line(1),
        "List all servers as server.N lines, in the files of all servers.",
    )


def _configuration(
    files: tuple[str, ...], system: QuorumSystem, findings: Sequence[QuorumFinding], identities: Mapping[str, Identity]
) -> Configuration:
    return Configuration("zookeeper", files, system, tuple(findings), _RULE, _SOURCE, _CHANGES, identities=identities)


def _together(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    del settings
    ensembles = [(file, ensemble_of(file.source)) for file in _with_servers(files)]
    views = [_view(ensemble, _owner(file, ensemble)) for file, ensemble in ensembles]
    name = f"ZooKeeper servers with {len(views)} files"
    drift = drifted(views, name, _OBLIGATION)
    findings = list(drift.findings)
    for _, ensemble in ensembles:
        findings.extend([_alone(ensemble.source)] if ensemble.standalone else _findings(ensemble))
    idle = [view for view in views if not view.acts]
    findings.extend(
        note("no-vote", f"server {view.node} is not a participant according to its own file", view.location)
        for view in idle
    )
    files_ = tuple(file.source.name for file, _ in ensembles)
    return _configuration(files_, drift.system, findings, drift.identities)


def _with_servers(files: Sequence[NodeFile]) -> list[NodeFile]:
    """Leave out static files whose dynamic part is present as well."""
    static = [file for file in files if "dynamicConfigFile" in lines_of(file.source)]
    if len(static) * 2 > len(files):
        ensemble_of(static[0].source)
    return [file for file in files if file not in static]


def _owner(file: NodeFile, ensemble: Ensemble) -> str:
    """Return the id of the server whose file it is: from `myid`, or the number in the file's name."""
    if file.identity is not None:
        return file.identity
    own = ensemble.lines.get("myid")
    if own is not None:
        return str(own.whole(low=0))
    number = re.search(r"(\d+)\D*$", file.stem)
    if number and (ensemble.standalone or int(number[1]) in ensemble.servers):
        return str(int(number[1]))
    if ensemble.standalone:
        return file.stem
    raise InputError(
        "the file does not say to which server it belongs",
        location=ensemble.source.whole,
        help="Put each file in a directory with its myid file, or its id into its name: zoo-1.cfg.",
    )


FORMAT = Format(
    "zookeeper",
    "ZooKeeper zoo.cfg and dynamic configuration",
    is_of_zookeeper,
    _parse,
    _together,
    resources=has_servers,
)
