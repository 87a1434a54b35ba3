"""Resources of Strimzi: the topics, controllers and ZooKeeper servers of a Kafka cluster on Kubernetes.

`KafkaTopic` has `spec.replicas` and `spec.config`; `Kafka` has `spec.kafka.config` for all brokers and, before KRaft,
`spec.zookeeper.replicas`; a `KafkaNodePool` with the role `controller` has `spec.replicas` voters. A topic inherits the
settings that it leaves out from the only `Kafka` in the same file.

Source: Strimzi documentation, *Custom resource API reference*: KafkaTopicSpec, KafkaClusterSpec, KafkaNodePoolSpec.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assay.checker.errors import Location
from assay.proofs.quorums.formats.deployments.kubernetes import Resource, at, is_of_kubernetes, resources_of
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.properties import Property
from assay.proofs.quorums.formats.texts.source import MAX_NODES, Source

__all__ = ["NamedSettings", "controllers_of", "is_of_strimzi", "servers_of", "topics_of"]

_GROUP = "kafka.strimzi.io"
_MARK = re.compile(r"apiVersion[\"']?[ ]*:[ ]*[\"']?kafka\.strimzi\.io/")


@dataclass(frozen=True)
class NamedSettings:
    """The settings of one topic, or of the brokers, by the names of Kafka's properties."""

    name: str
    lines: dict[str, Property]
    location: Location


def is_of_strimzi(source: Source) -> bool:
    """Tell whether the text has resources of Strimzi."""
    return is_of_kubernetes(source) and _MARK.search(source.text) is not None


def _resources(source: Source, *kinds: str) -> list[Resource]:
    if not is_of_strimzi(source):
        return []
    return [one for one in resources_of(source) if one.group == _GROUP and one.kind in kinds]


def topics_of(source: Source) -> list[NamedSettings]:
    """Return the topics of a text or, if there are none, the brokers' settings for all topics."""
    brokers = [
        NamedSettings("default", _config(at(one.document, "spec", "kafka", "config")), one.document.location)
        for one in _resources(source, "Kafka")
    ]
    inherited = brokers[0].lines if len(brokers) == 1 else {}
    topics = [_topic(one, inherited) for one in _resources(source, "KafkaTopic")]
    return topics or brokers


def _topic(resource: Resource, inherited: dict[str, Property]) -> NamedSettings:
    document = resource.document
    name, replicas = at(document, "spec", "topicName"), at(document, "spec", "replicas")
    # Settings that begin like this are those of Kafka's own topics.
    kept = {key: line for key, line in inherited.items() if not key.startswith(("offsets.", "transaction."))}
    lines = {**kept, **_config(at(document, "spec", "config"))}
    if replicas is not None:
        lines["replication.factor"] = _property("replication.factor", replicas)
    return NamedSettings(name.text() if name is not None else resource.name, lines, document.location)


def _config(element: Element | None) -> dict[str, Property]:
    table = {} if element is None else element.table()
    return {key: _property(key, value) for key, value in table.items() if value.value is not None}


def _property(key: str, element: Element) -> Property:
    value = element.value
    if isinstance(value, bool):
        return Property(key, str(value).lower(), element.location)
    return Property(key, element.text() if isinstance(value, str | dict | list) else str(value), element.location)


def controllers_of(source: Source) -> list[tuple[str, Location]]:
    """Return the names and places of the controllers of all node pools."""
    found: list[tuple[str, Location]] = []
    for pool in _resources(source, "KafkaNodePool"):
        roles, replicas = at(pool.document, "spec", "roles"), at(pool.document, "spec", "replicas")
        if roles is not None and any(role.value == "controller" for role in roles.items()):
            found += _numbered(pool.name or "controller", replicas, pool.document)
    return found


def servers_of(source: Source) -> list[tuple[str, Location]]:
    """Return the names and places of the ZooKeeper servers of a Kafka cluster without KRaft."""
    found: list[tuple[str, Location]] = []
    for kafka in _resources(source, "Kafka"):
        zookeeper = at(kafka.document, "spec", "zookeeper")
        if zookeeper is not None:
            found += _numbered(f"{kafka.name}-zookeeper", zookeeper.get("replicas"), zookeeper)
    return found


def _numbered(name: str, replicas: Element | None, whole: Element) -> Sequence[tuple[str, Location]]:
    if replicas is None:
        raise whole.wrong(f"{whole.name} has no 'replicas'", "Add their number.")
    return [(f"{name}-{i}", replicas.location) for i in range(replicas.whole(0, MAX_NODES))]
