"""The lines that a ZooKeeper server reads, from its file, from an image's environment, or from a resource."""

from __future__ import annotations

import re

from assay.proofs.quorums.formats.deployments.helm import asks_for, is_of_values, servers_of_values
from assay.proofs.quorums.formats.deployments.images import zookeeper_properties
from assay.proofs.quorums.formats.deployments.strimzi import is_of_strimzi, servers_of
from assay.proofs.quorums.formats.texts.properties import Property, parse_properties
from assay.proofs.quorums.formats.texts.source import Source

__all__ = ["has_servers", "is_of_zookeeper", "lines_of"]

_MARK = re.compile(
    r"^[ \t]*(?:server\.\d+[ \t]*[=:]"
    r"|(?:tickTime|dataDir|initLimit|syncLimit|standaloneEnabled|dynamicConfigFile)[ \t]*=)",
    re.MULTILINE,
)
_ZOOKEEPER = re.compile(r"^[ ]+zookeeper[ ]*:[ ]*$", re.MULTILINE)


def is_of_zookeeper(source: Source) -> bool:
    """Tell whether the text, or the process, belongs to a server."""
    if _MARK.search(source.text) is not None or zookeeper_properties(source) is not None:
        return True
    return asks_for(source, "zookeeper")


def has_servers(source: Source) -> bool:
    """Tell whether a manifest has a resource that asks for ZooKeeper servers."""
    return is_of_strimzi(source) and _ZOOKEEPER.search(source.text) is not None


def lines_of(source: Source) -> dict[str, Property]:
    """Return the lines of a file, or those that follow from an image's environment or a resource's servers."""
    if is_of_strimzi(source):
        servers = enumerate(servers_of(source), 1)
        return {f"server.{i}": Property(f"server.{i}", f"{name}:2888:3888", place) for i, (name, place) in servers}
    if is_of_values(source) and _MARK.search(source.text) is None:
        named = enumerate(servers_of_values(source, "zookeeper"), 1)
        return {f"server.{i}": Property(f"server.{i}", f"{m.name}:2888:3888", m.location) for i, m in named}
    made = zookeeper_properties(source)
    return parse_properties(source) if made is None else made
