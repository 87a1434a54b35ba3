"""The members of a replica set, as MongoDB's configuration lists them, with MongoDB's own checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from assay.proofs.quorums.formats.members import Member, distinct
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.mongo_shell import replica_set_document
from assay.proofs.quorums.formats.texts.source import Source, shown

__all__ = ["MOST_MEMBERS", "Peer", "ReplicaSet", "Version", "demand_electable", "replica_set_of"]

MOST_MEMBERS = 50
_MOST_VOTERS = 7
"""The most members that replSetInitiate and replSetReconfig accept: MongoDB's manual, *Replica Set Limitations*."""


@dataclass(frozen=True)
class Peer:
    """One member of the set."""

    member: Member
    votes: bool
    electable: bool
    arbiter: bool
    delayed: bool
    tags: dict[str, str]
    element: Element

    @property
    def bears_data(self) -> bool:
        return not self.arbiter


class Version(Enum):
    """The version of MongoDB that a document comes from, by the key that shows it."""

    BEFORE_5 = "slaveDelay"
    SINCE_5 = "secondaryDelaySecs"
    UNKNOWN = ""


@dataclass(frozen=True)
class ReplicaSet:
    """A replica set, and the document that describes it."""

    name: str
    peers: tuple[Peer, ...]
    document: Element
    version: Version

    @property
    def voters(self) -> list[Peer]:
        return [peer for peer in self.peers if peer.votes]

    @property
    def majority(self) -> int:
        return len(self.voters) // 2 + 1

    @property
    def voters_with_data(self) -> list[Peer]:
        return [peer for peer in self.voters if peer.bears_data]

    @property
    def implicit_concern(self) -> str:
        if self.version is Version.BEFORE_5:
            return "1"
        arbiters = any(peer.arbiter for peer in self.peers)
        return "1" if arbiters and len(self.voters_with_data) <= self.majority else "majority"


def replica_set_of(source: Source) -> ReplicaSet:
    """Return the replica set that a document describes.

    Raises
    ------
    InputError
        If MongoDB would refuse it.
    """
    document = replica_set_document(source)
    listed = document.need("members").items()
    if not 1 <= len(listed) <= MOST_MEMBERS:
        message = f"there are {len(listed)} members"
        raise document.need("members").wrong(message, f"A replica set has 1 to {MOST_MEMBERS}.")
    peers = tuple(_peer(element) for element in listed)
    distinct((peer.member for peer in peers), "host")
    _distinct_ids(listed)
    name = document.get("_id")
    replica_set = ReplicaSet(name.text() if name else "", peers, document, _version(listed))
    demand_electable(replica_set)
    return replica_set


def _version(listed: Sequence[Element]) -> Version:
    for version in (Version.BEFORE_5, Version.SINCE_5):
        if any(version.value in element for element in listed):
            return version
    return Version.UNKNOWN


def _distinct_ids(listed: Sequence[Element]) -> None:
    seen: dict[int, Element] = {}
    for element in listed:
        number = element.need("_id").whole(0, 2**31 - 1)
        first = seen.setdefault(number, element)
        if first is not element:
            raise element.wrong(
                f"the member _id {number} occurs twice; first in line {first.location.line}",
                "Give each its own.",
            )


def _peer(element: Element) -> Peer:
    host = element.need("host")
    votes = element.get("votes")
    arbiter = _flag(element, "arbiterOnly")
    priority = _priority(element)
    voting = votes is None or votes.whole(0, 1) == 1
    if not voting and priority > 0 and not arbiter:
        raise element.wrong(f"{shown(host.text())} has no vote and a priority above 0", "Set its priority to 0.")
    if not voting and arbiter:
        raise element.wrong(f"the arbiter {shown(host.text())} has no vote", "Set votes to 1: it has no other use.")
    delay = element.get("secondaryDelaySecs") or element.get("slaveDelay")
    delayed = delay is not None and delay.whole(0, 2**31 - 1) > 0
    if priority > 0 and delayed:
        raise element.wrong(f"{shown(host.text())} is delayed with a priority above 0", "Set its priority to 0.")
    member = Member(host.text(), host.location)
    return Peer(member, voting, priority > 0 and not arbiter, arbiter, delayed, _tags(element), element)


def _flag(element: Element, key: str) -> bool:
    found = element.get(key)
    return found is not None and (found.flag() if isinstance(found.value, bool) else found.whole(0, 1) == 1)


def _priority(element: Element) -> float:
    found = element.get("priority")
    if found is None:
        return 1.0
    if isinstance(found.value, bool) or not isinstance(found.value, int | float) or not 0 <= found.value <= 1000:
        raise found.wrong(f"{found.name} is {shown(found.value)}", "Use a number from 0 to 1000.")
    return float(found.value)


def _tags(element: Element) -> dict[str, str]:
    tags = element.get("tags")
    return {} if tags is None else {key: value.text() for key, value in tags.table().items()}


def demand_electable(replica_set: ReplicaSet) -> None:
    """Raise an error if MongoDB would not start a replica set of these members.

    Raises
    ------
    InputError
        If there are no voters or too many, or no member can become primary.
    """
    voters, peers = replica_set.voters, replica_set.peers
    if not 1 <= len(voters) <= _MOST_VOTERS:
        message = f"{len(voters)} members vote"
        raise replica_set.document.need("members").wrong(message, f"1 to {_MOST_VOTERS} members may vote.")
    if not any(peer.electable for peer in peers):
        message = "no member can become primary"
        help = "Give a member with data a priority above 0."
        raise replica_set.document.need("members").wrong(message, help)
