"""Values of Helm charts: the number of servers that they ask for, if it is written as a number.

In values for a subchart, the first key names the chart (`etcd: {replicaCount: 3}`); for other files it must be given
(`--as etcd`). The numbers are those of the most common charts: `replicaCount` in Bitnami's etcd and ZooKeeper,
`controller.replicaCount` (formerly `replicaCount`) in its Kafka, and `server.replicas` in HashiCorp's Consul and Vault.

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
    """Tell whether the text looks like values of a chart: it has a number of replicas, and is not a resource."""
    return source.process is None and not is_of_kubernetes(source) and _NUMBER.search(source.text) is not None


def asks_for(source: Source, *charts: str) -> bool:
    """Tell whether the text has values for one of these charts as a subchart, with a number of replicas."""
    if not is_of_values(source):
        return False
    keys = "|".join(charts)
    block = rf"^(?:{keys})[ ]*:[ ]*\n(?:[ \t]*+\n|[ ]+\S[^\n]*\n)*?[ ]+(?:replicaCount|replicas)[ ]*:[ ]*\d"
    return re.search(block, source.text, re.MULTILINE) is not None


def servers_of_values(source: Source, *charts: str) -> list[Member]:
    """Return the servers that the values of a chart ask for, with the names that Kubernetes will give them.

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
