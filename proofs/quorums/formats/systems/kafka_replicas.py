"""The replicas and settings of Kafka's topics, from configuration or from the output of Kafka's tools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.formats.deployments.images import environment_of, kafka_properties
from assay.proofs.quorums.formats.deployments.strimzi import NamedSettings, is_of_strimzi, topics_of
from assay.proofs.quorums.formats.format import Settings
from assay.proofs.quorums.formats.members import Member, distinct
from assay.proofs.quorums.formats.texts.properties import Property, parse_properties
from assay.proofs.quorums.formats.texts.source import Source, shown

__all__ = ["Topic", "named_in", "topics_described", "topics_of_settings"]

_DESCRIBED = re.compile(r"^[ \t]*Topic:", re.MULTILINE)
_FIELD = re.compile(r"(?:^|[ \t])(\w+):((?:(?![ \t]\w+:).)*)")

_MOST_REPLICAS = 32767
"""The largest replication factor: a 16-bit number in Kafka's protocol."""

_MOST_TOPICS = 1000
"""The most topics, or different replica sets, of one file: nobody reads a report on more."""

_INTERNAL = (
    ("__consumer_offsets", "offsets.topic.replication.factor", ""),
    ("__transaction_state", "transaction.state.log.replication.factor", "transaction.state.log.min.isr"),
)


@dataclass(frozen=True)
class Topic:
    """How a topic is replicated, or new topics by default.

    Parameters
    ----------
    name : str
    replicas : tuple of Member
    least : int
        ``min.insync.replicas``.
    unclean : bool
        Whether a replica that is not in sync may become leader.
    location : Location
    states_factor, states_least : bool
        Whether the replication factor and ``min.insync.replicas`` are given, rather than Kafka's defaults.
    """

    name: str
    replicas: tuple[Member, ...]
    least: int
    unclean: bool
    location: Location
    states_factor: bool = True
    states_least: bool = True


def named_in(source: Source) -> list[NamedSettings]:
    """Return the settings of topics in resources or properties; none if the text is the output of a tool."""
    if is_of_strimzi(source):
        found = topics_of(source)
        if not found:
            help = "Give a resource of the kind Kafka or KafkaTopic."
            raise InputError("no resource describes topics", location=source.whole, help=help)
        return found
    if _DESCRIBED.search(source.text) is not None:
        return []
    derived = kafka_properties(environment_of(source))
    lines = derived if derived or source.process is not None else parse_properties(source)
    return [NamedSettings("default", lines, source.line(1))]


def topics_of_settings(named: Sequence[NamedSettings], settings: Settings) -> list[Topic]:
    """Return the topics that settings describe: one for each resource, and Kafka's internal ones.

    Raises
    ------
    InputError
        If two have the same name, there are too many, or a setting is malformed.
    """
    if len(named) > _MOST_TOPICS:
        raise InputError(f"more than {_MOST_TOPICS} topics", location=named[0].location, help="Give fewer at once.")
    names = [one.name for one in named]
    for one in named:
        if names.count(one.name) > 1:
            help = "Give the resources of one cluster."
            raise InputError(f"the topic {shown(one.name)} occurs twice", location=one.location, help=help)
    return [topic for one in named for topic in _from_lines(one, settings)]


def _from_lines(one: NamedSettings, settings: Settings) -> list[Topic]:
    lines = one.lines
    factor = lines.get("replication.factor") or lines.get("default.replication.factor")
    least = lines.get("min.insync.replicas")
    place = factor.location if factor else least.location if least else one.location
    unclean = lines.get("unclean.leader.election.enable")
    given = settings.get("replication-factor")
    size = given.whole(1, _MOST_REPLICAS) if given is not None else _whole(factor, 1, _MOST_REPLICAS)
    default = Topic(
        one.name,
        _replicas(size, place),
        _least(least, settings),
        unclean.flag() if unclean else False,
        least.location if least else place,
        states_factor=factor is not None or given is not None,
        states_least=least is not None or "min-insync-replicas" in settings,
    )
    return [default, *_internal(lines, default)]


def _internal(lines: Mapping[str, Property], default: Topic) -> Iterator[Topic]:
    """Yield Kafka's own topics, if the file has settings for them; the other of two settings has Kafka's default."""
    for name, factor_key, least_key in _INTERNAL:
        factor, least = lines.get(factor_key), lines.get(least_key)
        line = factor or least
        if line is None:
            continue
        size = _whole(factor, 3, _MOST_REPLICAS)
        need = _whole(least, 2, 2**31 - 1) if least_key else default.least
        yield Topic(name, _replicas(size, line.location), need, default.unclean, line.location)


def _whole(line: Property | None, default: int, high: int) -> int:
    return default if line is None else line.whole(low=1, high=high)


def _least(line: Property | None, settings: Settings) -> int:
    """Return `min.insync.replicas`: that of the topic, of the brokers as given by the user, or Kafka's default."""
    if line is not None:
        return line.whole(low=1, high=2**31 - 1)
    given = settings.get("min-insync-replicas")
    return given.whole(1, _MOST_REPLICAS) if given is not None else 1


def _replicas(size: int, place: Location) -> tuple[Member, ...]:
    return tuple(Member(f"replica-{i}", place) for i in range(1, size + 1))


def topics_described(source: Source, settings: Settings) -> list[Topic]:
    """Return the different replica sets in the output of `kafka-topics.sh --describe`.

    It has a line for each topic, followed by one for each of its partitions. Of partitions with the same replicas and
    settings, the first is returned.

    Raises
    ------
    InputError
        If a line is of another kind, no line describes a partition, or there are too many replica sets.
    """
    heads: dict[str, dict[str, Property]] = {}
    topics: dict[tuple[object, ...], Topic] = {}
    for number, text in enumerate(source.text.split("\n"), 1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        fields = {key: value.strip() for key, value in _FIELD.findall(text)}
        place = source.line(number)
        if "Topic" not in fields:
            help = "Copy the output of kafka-topics.sh without changes."
            raise InputError(f"found {shown(text.strip())}", location=place, help=help)
        if "Partition" not in fields:
            heads[fields["Topic"]] = _configs(fields.get("Configs", ""), place)
            continue
        topic = _partition(fields, heads.get(fields["Topic"], {}), place, settings)
        key = (frozenset(m.name for m in topic.replicas), topic.least, topic.unclean)
        topics.setdefault(key, topic)
        if len(topics) > _MOST_TOPICS:
            help = "Describe fewer topics at once."
            raise InputError(f"more than {_MOST_TOPICS} different replica sets", location=place, help=help)
    if not topics:
        help = "Copy also the lines of the partitions."
        raise InputError("no line describes a partition", location=source.line(1), help=help)
    return list(topics.values())


def _configs(text: str, place: Location) -> dict[str, Property]:
    pairs = (part.partition("=") for part in text.split(",") if part)
    return {key.strip(): Property(key.strip(), value, place) for key, _, value in pairs}


def _partition(
    fields: Mapping[str, str], configs: Mapping[str, Property], place: Location, settings: Settings
) -> Topic:
    listed = fields.get("Replicas", "")
    if not re.fullmatch(r"\d{1,10}(,\s?\d{1,10})*", listed, re.ASCII):
        help = "Write the ids of brokers, separated by commas."
        raise InputError(f"Replicas is {shown(listed)}", location=place, help=help)
    replicas = distinct((Member(str(int(part)), place) for part in listed.split(",")), "replica")
    least, unclean = configs.get("min.insync.replicas"), configs.get("unclean.leader.election.enable")
    return Topic(
        f"{fields['Topic']}-{fields['Partition']}",
        replicas,
        _least(least, settings),
        unclean.flag() if unclean else False,
        place,
        states_least=least is not None or "min-insync-replicas" in settings,
    )
