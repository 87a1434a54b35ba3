"""Kafka's topics: replication factor, `min.insync.replicas`, acks, and unclean leader election.

Rule. With `acks=all`, a write is acknowledged when every replica of the in-sync set has it, and that set has at least
`min.insync.replicas` members. Every elected leader must have every acknowledged write. A clean election takes the
leader from the last in-sync set, so it is certain to succeed only if so many replicas are up that every possible
in-sync set has one of them. With `unclean.leader.election.enable` any replica can be elected, so writes are safe only
if `min.insync.replicas` equals the replication factor. With `acks=1` the leader alone acknowledges.

Tolerated losses are counted from a complete in-sync set, as in Kafka's documentation: with n replicas and
`min.insync.replicas` m, writes continue after n - m losses, and committed records survive n - 1.

A reassignment keeps the old replicas until the new ones are in sync, so a change between topics with clean elections
is safe by Kafka's own rule, whatever replicas they share.

The input is the properties of a broker or a topic (also with `acks` of a producer), the output of
`kafka-topics.sh --describe`, also from versions before 3, or `KafkaTopic` and `Kafka` resources of Strimzi. Missing
settings have Kafka's defaults, with a note: `acks=all` (of producers since 3.0), `min.insync.replicas=1`, clean
elections, and a replication factor of 1. The internal topics are included if the file has settings for them.

Source: Apache Kafka documentation, *Replication*, *Availability and Durability Guarantees*, *Unclean leader
election*; topic configuration `min.insync.replicas`; broker configuration `offsets.topic.replication.factor`,
`transaction.state.log.replication.factor`, `transaction.state.log.min.isr`; producer configuration `acks`; KIP-455;
Strimzi documentation, *KafkaTopicSpec* and *KafkaClusterSpec*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.deployments.images import environment_of, kafka_properties
from assay.proofs.quorums.formats.deployments.strimzi import is_of_strimzi
from assay.proofs.quorums.formats.format import Format, Settings
from assay.proofs.quorums.formats.members import count, note, warning
from assay.proofs.quorums.formats.systems.kafka_replicas import Topic, named_in, topics_described, topics_of_settings
from assay.proofs.quorums.formats.texts.properties import Property
from assay.proofs.quorums.formats.texts.source import Source, shown
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Tree, all_of

__all__ = ["FORMAT"]

_RULE = "every leader that can be elected has every acknowledged write"
_SOURCE = "Apache Kafka documentation, Availability and Durability Guarantees"
_REASSIGNMENT = "KIP-455; Kafka documentation, topic configuration"


def _handed_over(old: QuorumSystem, new: QuorumSystem) -> QuorumSystem:
    """Return the system at the end of a reassignment, when all old and new replicas are in sync."""
    nodes = tuple(dict.fromkeys((*old.nodes, *new.nodes)))
    writes = {f"old {name}": kind for name, kind in old.classes.items() if name.endswith("write")}
    words = "old replicas leave only after the new ones have every acknowledged write"
    obligations = tuple(QuorumObligation((name, "all in sync"), words=words, source=_REASSIGNMENT) for name in writes)
    classes = {**writes, "all in sync": all_of(nodes)}
    return QuorumSystem(f"{old.name} to {new.name}", nodes, classes, obligations)


_REASSIGNED = Reconfiguration(
    ReconfigurationMode.CHAINED,
    "a reassignment keeps the old replicas until the new ones are in sync; min.insync.replicas changes at once",
    _REASSIGNMENT,
    _handed_over,
)
_UNPROTECTED = Reconfiguration(
    ReconfigurationMode.NONE,
    "a reassignment waits for replicas in sync, which does not help with unclean elections, or acks other than all",
    _REASSIGNMENT,
)
_KEYS = r"min\.insync\.replicas|(?:default\.)?replication\.factor|unclean\.leader\.election\.enable"
_MARK = re.compile(
    rf"^[ \t]*(?:{_KEYS})[ \t]*[=:]|^[ \t]*Topic:[ \t]*\S+\s+(?:TopicId|PartitionCount|Partition):",
    re.MULTILINE,
)
_FACTORS = frozenset(("default.replication.factor", "min.insync.replicas", "offsets.topic.replication.factor"))


def _has_topics(source: Source) -> bool:
    return is_of_strimzi(source) and re.search(r"kind[\"']?[ ]*:[ ]*[\"']?Kafka(?:Topic)?\b", source.text) is not None


def _recognise(source: Source) -> bool:
    if _MARK.search(source.text) is not None:
        return True
    return not _FACTORS.isdisjoint(kafka_properties(environment_of(source)))


def _parse(source: Source, settings: Settings) -> Configuration:
    named = named_in(source)
    topics = topics_of_settings(named, settings) if named else topics_described(source, settings)
    lines = {key: line for one in named for key, line in one.lines.items()}
    acks = _acks(lines, settings)
    classes: dict[str, Tree] = {}
    services: dict[str, Tree] = {}
    obligations = []
    for topic in topics:
        prefix = f"{topic.name} " if len(topics) > 1 else ""
        classes[f"{prefix}write"] = _write(topic, acks)
        classes[f"{prefix}election"] = _election(topic, acks)
        services[f"{prefix}writes"] = classes[f"{prefix}write"]
        services[f"{prefix}committed records"] = count(1, topic.replicas, topic.location)
        obligations.append(_obligation(prefix))
    nodes = tuple(dict.fromkeys(member.name for topic in topics for member in topic.replicas))
    name = f"Kafka topic {topics[0].name}" if len(topics) == 1 else f"{len(topics)} Kafka replica sets"
    system = QuorumSystem(name, nodes, classes, tuple(obligations), services=services)
    findings = [f for topic in topics for f in _findings(topic, acks)] + _assumed(topics, lines)
    is_protected = acks == "all" and not any(topic.unclean for topic in topics)
    changes = _REASSIGNED if is_protected else _UNPROTECTED
    return Configuration("kafka-topic", (source.name,), system, tuple(findings), _RULE, _SOURCE, changes)


def _assumed(topics: Sequence[Topic], lines: Mapping[str, Property]) -> list[QuorumFinding]:
    """Return findings on what was assumed because the file does not say it."""
    findings = []
    if not topics[0].states_factor:
        message = "the file has no replication factor: 1, the default, is assumed"
        help = "Add a comment: # assay: replication-factor=3"
        findings.append(warning("replication-factor-assumed", message, topics[0].location, help))
    silent = [topic for topic in topics if not topic.states_least]
    if silent:
        some = silent[0].name if len(silent) == 1 else f"{silent[0].name} and {len(silent) - 1} more"
        message = f"{some}: no min.insync.replicas is given: 1, the default, is assumed; brokers may have another value"
        help = "Add a comment: # assay: min-insync-replicas=2"
        findings.append(note("min-insync-assumed", message, silent[0].location, help))
    if "default.replication.factor" in lines and len(topics) == 1:
        message = "the internal topics (offsets, transactions) have settings of their own, which are not in this file"
        findings.append(note("internal-topics-not-read", message, topics[0].location))
    return findings


def _obligation(prefix: str) -> QuorumObligation:
    words = "every elected leader has every acknowledged write"
    return QuorumObligation((f"{prefix}write", f"{prefix}election"), words=words, source=_SOURCE)


def _write(topic: Topic, acks: str) -> Tree:
    return count(topic.least if acks == "all" else 1, topic.replicas, topic.location)


def _election(topic: Topic, acks: str) -> Tree:
    """Return the sets that can elect a leader: those that meet every in-sync set or, if it is unclean, any replica."""
    clean = acks == "all" and not topic.unclean
    asked = len(topic.replicas) - topic.least + 1 if clean else 1
    return count(max(asked, 1), topic.replicas, topic.location)


def _acks(lines: Mapping[str, Property], settings: Settings) -> str:
    chosen = settings.get("acks")
    if chosen is not None:
        return "all" if chosen.choice("all", "-1", "1", "0") in ("all", "-1") else chosen.value.strip()
    line = lines.get("acks")
    if line is None or line.value.strip() in ("all", "-1"):
        return "all"
    if line.value.strip() not in ("0", "1"):
        raise line.wrong(f"acks is {shown(line.value)}", "Use all, 1 or 0.")
    return line.value.strip()


def _findings(topic: Topic, acks: str) -> list[QuorumFinding]:
    size, least, findings = len(topic.replicas), topic.least, []
    if least == size > 1:
        message = f"{topic.name}: min.insync.replicas equals the replication factor, {size}: any restart stops writes"
        findings.append(warning("min-insync-is-all", message, topic.location, f"Use {size - 1}."))
    if least > size:
        message = f"{topic.name}: min.insync.replicas is {least} with {size} replicas: nothing can be written"
        findings.append(warning("min-insync-above-replicas", message, topic.location, f"Use at most {size}."))
    if acks == "all" and least == 1 and size > 1:
        message = f"{topic.name}: min.insync.replicas is 1: the leader alone may acknowledge a write"
        findings.append(warning("min-insync-one", message, topic.location, f"Use {size // 2 + 1}."))
    if acks != "all":
        message = f"{topic.name}: acks={acks} does not wait for replicas"
        findings.append(warning("acks-not-all", message, topic.location, "Use acks=all."))
    return findings


FORMAT = Format(
    "kafka-topic",
    "Kafka topic replication",
    _recognise,
    _parse,
    settings={
        "acks": "the acknowledgements that producers wait for: all, 1 or 0 (default: all)",
        "replication-factor": "the number of replicas, if the file does not have it",
        "min-insync-replicas": "the value of the brokers, for topics without their own (default: 1)",
    },
    resources=_has_topics,
)
