"""Kafka's topics: replication factor, `min.insync.replicas`, acks, and unclean leader election.

Rule. With `acks=all`, a write is acknowledged when every replica of the in-sync set has it, and that set
has at least `min.insync.replicas` members. Every leader that is elected must have every acknowledged write.
A clean election takes the leader from the last in-sync set, so it can be sure to succeed only when enough
replicas are up that any in-sync set has one among them; with `unclean.leader.election.enable` any one
replica will do, so writes are safe only if `min.insync.replicas` equals the replication factor. With
`acks=1` the leader alone acknowledges.

Read are properties (of a broker, of a topic; `acks` of a producer may stand beside them), and the output of
`kafka-topics.sh --describe`. What is not said has Kafka's default: acks=all (producers since 3.0),
`min.insync.replicas=1`, clean elections, and a replication factor of 1.

Source: Apache Kafka documentation, *Replication*, *Availability and Durability Guarantees*, *Unclean leader
election*; topic configuration `min.insync.replicas`; producer configuration `acks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, Way
from assay.proofs.quorums.findings import Finding
from assay.proofs.quorums.formats.format import Format, Settings
from assay.proofs.quorums.formats.members import Member, count, distinct, warning
from assay.proofs.quorums.formats.properties import Property, parse_properties
from assay.proofs.quorums.formats.source import Source, shown
from assay.proofs.quorums.systems import Obligation, QuorumSystem
from assay.proofs.quorums.trees import Tree

__all__ = ["FORMAT"]

_RULE = "every leader that can be elected has every acknowledged write"
_SOURCE = "Apache Kafka documentation, Availability and Durability Guarantees"
_CHANGES = Reconfiguration(
    Way.NONE,
    "a reassignment keeps the old replicas until the new ones are in sync; min.insync.replicas changes at once",
    "KIP-455; Kafka documentation, topic configuration",
)
_KEYS = r"min\.insync\.replicas|(?:default\.)?replication\.factor|unclean\.leader\.election\.enable"
_MARK = re.compile(
    rf"^[ \t]*(?:{_KEYS})[ \t]*[=:]|^[ \t]*Topic:[ \t]*\S+\s+(?:TopicId|PartitionCount|Partition):",
    re.MULTILINE,
)
_DESCRIBED = re.compile(r"^[ \t]*Topic:", re.MULTILINE)
_FIELD = re.compile(r"\b(\w+):(?=\s|$)((?:(?!\b\w+:(?:\s|$)).)*)")
_MOST = 1000


@dataclass(frozen=True)
class _Topic:
    """How one topic is replicated, or the default of a broker."""

    name: str
    replicas: tuple[Member, ...]
    least: int
    unclean: bool
    location: Location
    assumed: bool = False


def _recognise(source: Source) -> bool:
    return _MARK.search(source.text) is not None


def _parse(source: Source, settings: Settings) -> Configuration:
    topics = _described(source, settings) if _DESCRIBED.search(source.text) else [_from_properties(source, settings)]
    acks = _acks(source, settings)
    classes: dict[str, Tree] = {}
    duties = []
    for topic in topics:
        prefix = f"{topic.name} " if len(topics) > 1 else ""
        classes[f"{prefix}write"] = _write(topic, acks)
        classes[f"{prefix}election"] = _election(topic, acks)
        duties.append(_duty(prefix))
    nodes = tuple(dict.fromkeys(member.name for topic in topics for member in topic.replicas))
    name = f"Kafka topic {topics[0].name}" if len(topics) == 1 else f"{len(topics)} Kafka replica sets"
    system = QuorumSystem(name, nodes, classes, tuple(duties))
    findings = [f for topic in topics for f in _findings(topic, acks)]
    if topics[0].assumed:
        message = "the file does not say the replication factor: 1 is taken, the default"
        help = "Say it: # assay: replication-factor=3"
        findings.append(warning("replication-factor-assumed", message, topics[0].location, help))
    return Configuration("kafka-topic", (source.name,), system, tuple(findings), _RULE, _SOURCE, _CHANGES)


def _duty(prefix: str) -> Obligation:
    words = "every leader that is elected has every acknowledged write"
    return Obligation((f"{prefix}write", f"{prefix}election"), words=words, source=_SOURCE)


def _write(topic: _Topic, acks: str) -> Tree:
    return count(topic.least if acks == "all" else 1, topic.replicas, topic.location)


def _election(topic: _Topic, acks: str) -> Tree:
    """Return the sets from which a leader can come for sure: one that meets every in-sync set, or any one."""
    clean = acks == "all" and not topic.unclean
    asked = len(topic.replicas) - topic.least + 1 if clean else 1
    return count(max(asked, 1), topic.replicas, topic.location)


def _acks(source: Source, settings: Settings) -> str:
    chosen = settings.get("acks")
    if chosen is not None:
        return "all" if chosen.choice("all", "-1", "1", "0") in ("all", "-1") else chosen.value.strip()
    line = None if _DESCRIBED.search(source.text) else parse_properties(source).get("acks")
    if line is None or line.value.strip() in ("all", "-1"):
        return "all"
    if line.value.strip() not in ("0", "1"):
        raise line.wrong(f"acks is {shown(line.value)}", "Use all, 1 or 0.")
    return line.value.strip()


def _from_properties(source: Source, settings: Settings) -> _Topic:
    lines = parse_properties(source)
    factor = lines.get("replication.factor") or lines.get("default.replication.factor")
    given = settings.get("replication-factor")
    size = factor.whole(low=1, high=32767) if factor else 1
    size = given.whole(1, 32767) if given is not None else size
    place = factor.location if factor else source.line(1)
    replicas = tuple(Member(f"replica-{i}", place) for i in range(1, size + 1))
    least = lines.get("min.insync.replicas")
    unclean = lines.get("unclean.leader.election.enable")
    return _Topic(
        "default",
        replicas,
        least.whole(low=1, high=2**31 - 1) if least else 1,
        unclean.flag() if unclean else False,
        least.location if least else place,
        assumed=factor is None and given is None,
    )


def _described(source: Source, settings: Settings) -> list[_Topic]:
    """Read `kafka-topics.sh --describe`: a line for each topic, then one for each of its partitions."""
    del settings
    heads: dict[str, dict[str, Property]] = {}
    topics: dict[tuple[object, ...], _Topic] = {}
    for number, text in enumerate(source.text.split("\n"), 1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        fields = {key: value.strip() for key, value in _FIELD.findall(text)}
        place = source.line(number)
        if "Topic" not in fields:
            raise InputError(f"found {shown(text.strip())}", location=place, help="Copy what kafka-topics.sh prints.")
        if "Partition" not in fields:
            heads[fields["Topic"]] = _configs(fields.get("Configs", ""), place)
            continue
        topic = _partition(fields, heads.get(fields["Topic"], {}), place)
        key = (frozenset(m.name for m in topic.replicas), topic.least, topic.unclean)
        topics.setdefault(key, topic)
        if len(topics) > _MOST:
            help = "Describe fewer topics at once."
            raise InputError(f"more than {_MOST} different replica sets", location=place, help=help)
    if not topics:
        help = "Copy also the lines of the partitions."
        raise InputError("no line describes a partition", location=source.line(1), help=help)
    return list(topics.values())


def _configs(text: str, place: Location) -> dict[str, Property]:
    pairs = (part.partition("=") for part in text.split(",") if part)
    return {key.strip(): Property(key.strip(), value, place) for key, _, value in pairs}


def _partition(fields: Mapping[str, str], configs: Mapping[str, Property], place: Location) -> _Topic:
    listed = fields.get("Replicas", "")
    if not re.fullmatch(r"\d{1,10}(,\s?\d{1,10})*", listed, re.ASCII):
        help = "Write the ids of brokers, separated by commas."
        raise InputError(f"Replicas is {shown(listed)}", location=place, help=help)
    replicas = distinct((Member(str(int(part)), place) for part in listed.split(",")), "replica")
    least, unclean = configs.get("min.insync.replicas"), configs.get("unclean.leader.election.enable")
    return _Topic(
        f"{fields['Topic']}-{fields['Partition']}",
        replicas,
        least.whole(low=1, high=2**31 - 1) if least else 1,
        unclean.flag() if unclean else False,
        place,
    )


def _findings(topic: _Topic, acks: str) -> list[Finding]:
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
        message = f"{topic.name}: acks={acks} does not wait for the replicas"
        findings.append(warning("acks-not-all", message, topic.location, "Use acks=all."))
    return findings


FORMAT = Format(
    "kafka-topic",
    "Kafka topic replication",
    _recognise,
    _parse,
    settings={
        "acks": "what producers wait for: all, 1 or 0 (default: all)",
        "replication-factor": "the number of replicas, where the file does not say",
    },
)
