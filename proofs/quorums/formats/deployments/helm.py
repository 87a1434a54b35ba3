"""Values of Helm charts: how many servers they ask for, where that is a literal number.

Which chart a file of values is for is in its first key where it is for a subchart (`etcd: {replicaCount: 3}`); of other
files it must be said (`--as etcd`). Read are the numbers that the widespread charts have: `replicaCount` of Bitnami's
etcd and ZooKeeper, `controller.replicaCount` (before, `replicaCount`) of its Kafka, and `server.replicas` of
HashiCorp's Consul and Vault.

Source: the `values.yaml` of these charts; Helm documentation, *Values Files* and *Subcharts and Global Values*.
"""

from __future__ import annotations

import re

from assay.checker.errors import InputError
from assay.proofs.quorums.formats.deployments.kubernetes import at, is_of_kubernetes
from assay.proofs.quorums.formats.members import Member
from assay.proofs.quorums.formats.texts.source import MAX_NODES, Source
from assay.proofs.quorums.formats.texts.yaml_text import parse_yaml

__all__ = ["asks_for", "is_of_values", "servers_of_values"]

_PATHS = {
    "etcd": ("replicaCount",),
    "zookeeper": ("replicaCount",),
    "kafka": ("controller.replicaCount", "replicaCount"),
    "consul": ("server.replicas", "server.ha.replicas"),
    "vault": ("server.ha.replicas",),
}
_NUMBER = re.compile(r"^[ ]*(?:replicaCount|replicas)[ ]*:[ ]*\d+[ ]*(?:#.*)?$", re.MULTILINE)


def is_of_values(source: Source) -> bool:
    """Say whether the text may be the values of a chart: it has a literal number of replicas, and is no resource."""
    return source.process is None and not is_of_kubernetes(source) and _NUMBER.search(source.text) is not None


def asks_for(source: Source, *charts: str) -> bool:
    """Say whether the text has the values of one of these charts as a subchart, with a number of replicas."""
    if not is_of_values(source):
        return False
    keys = "|".join(charts)
    block = rf"^(?:{keys})[ ]*:[ ]*\n(?:[ \t]*+\n|[ ]+\S[^\n]*\n)*?[ ]+(?:replicaCount|replicas)[ ]*:[ ]*\d"
    return re.search(block, source.text, re.MULTILINE) is not None


def servers_of_values(source: Source, *charts: str) -> list[Member]:
    """Return the servers that the values of a chart ask for, named as Kubernetes will name them.

    Raises
    ------
    InputError
        If there is no such number.
    """
    for document in parse_yaml(source):
        for chart in charts:
            for path in (path for base in (f"{chart}.", "") for path in (base + one for one in _PATHS[chart])):
                found = at(document, *path.split(".")) if isinstance(document.value, dict) else None
                if found is not None:
                    count = found.whole(1, MAX_NODES)
                    return [Member(f"{chart}-{i}", found.location) for i in range(count)]
    help = f"Give values with {_PATHS[charts[0]][0]}."
    raise InputError("the values do not say how many servers there are", location=source.whole, help=help)
