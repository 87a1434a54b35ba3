"""MongoDB's logless reconfiguration: the members of a replica set change without a log.

What is modelled
    Each server has a term, a role and a configuration: a set of servers with a version, and the term of the primary
    that made it. A primary installs a new configuration at once, and other servers copy newer ones. The next
    configuration may be any set of servers whose majorities meet those of the present one. This is the protocol that
    manages configurations, *MongoLoglessDynamicRaft*; the log of operations that runs beside it, and its condition
    that what is committed is known to the present configuration before the next one, are left out.

    The first model counts members, as the paper does. In the second, a configuration has quorums, of which nothing is
    known but that any two of them meet; its default instance is that of the first model. Assertions of the first
    are steps of its proof: when a primary reconfigures, the active configurations are all its own.
Faults
    A message is what one server reads of another, at any time, in any order, or never; so servers may be slow, cut off
    or down for good.
Source
    Schultz, Dardik, Tripakis, *Design and Analysis of a Logless Dynamic Reconfiguration Protocol* (OPODIS 2021); the
    lemmas are the inductive invariant of that paper.
"""

from __future__ import annotations

from enum import Enum
from typing import Generic, TypeVar

from assay.checker.language import (
    Map,
    Model,
    Order,
    Relation,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    everywhere,
    first,
    implies,
    initial,
    invariant,
    last,
    lemma,
    reachable,
    removed,
    require,
    succ,
    terminal,
)

__all__ = [
    "Config",
    "Configurations",
    "LoglessReconfiguration",
    "LoglessReconfigurationOfQuorums",
    "LoglessReconfigurationOfQuorumsThatNeedNotMeet",
    "LoglessReconfigurationToAnySet",
    "LoglessReconfigurationWithoutConfigCheck",
    "LoglessReconfigurationWithoutTermCheck",
    "Quorum",
    "Role",
    "Server",
    "Term",
    "Version",
    "majorities_meet",
]


class Server(Sort):
    """A server, member of the replica set or not."""


class Term(Order):
    """The number of an election."""


class Version(Order):
    """The number of a configuration; the primary that makes the next one increments it."""


class Config(Sort):
    """A configuration, of which is known what its quorums are."""


class Quorum(Sort):
    """A set of servers that is a majority of some configurations."""


class Role(Enum):
    """Whether a server takes itself for the primary."""

    SECONDARY, PRIMARY = range(2)


def majorities_meet(a: set[Server], b: set[Server]) -> bool:
    """Whether every majority of one set meets every majority of another.

    Two majorities that are disjoint take as many members as they can from outside of the other set, and share out the
    intersection for the rest; so all majorities meet if the intersection is too small for what is missing.
    """
    both = len(a & b)
    own, other = len(a) // 2 + 1 - (len(a) - both), len(b) // 2 + 1 - (len(b) - both)
    return max(0, own) + max(0, other) > both


Members = TypeVar("Members")


class Configurations(Generic[Members]):
    """What servers know of elections and configurations, whatever a configuration is."""

    term: Map[Server, Term] = everywhere(first(Term))
    role: Map[Server, Role] = everywhere(Role.SECONDARY)
    config: Map[Server, Members]
    version: Map[Server, Version] = everywhere(first(Version))
    config_term: Map[Server, Term] = everywhere(first(Term))

    def is_newer(self, s: Server, t: Server) -> bool:
        """Whether a server's configuration is newer than another's."""
        newer_version = self.config_term[s] == self.config_term[t] and self.version[s] > self.version[t]
        return self.config_term[s] > self.config_term[t] or newer_version

    def has_same_config(self, s: Server, t: Server) -> bool:
        """Whether two configurations have the same version and term."""
        return self.version[s] == self.version[t] and self.config_term[s] == self.config_term[t]

    @action
    def update_term(self, s: Server, t: Server) -> None:
        """A server sees a higher term, and steps down."""
        require(self.term[s] > self.term[t])
        self.term[t] = self.term[s]
        self.role[t] = Role.SECONDARY

    @invariant
    def one_primary_per_term(self, s: Server, t: Server) -> bool:
        """No term has two primaries."""
        primaries = self.role[s] == Role.PRIMARY and self.role[t] == Role.PRIMARY
        return implies(primaries and self.term[s] == self.term[t], s == t)

    @lemma
    def primary_made_its_config(self, s: Server) -> bool:
        """A primary's configuration is of its own term."""
        return implies(self.role[s] == Role.PRIMARY, self.config_term[s] == self.term[s])

    @lemma
    def configs_are_told_apart(self, s: Server, t: Server) -> bool:
        """Configurations with the same version and term are the same."""
        return implies(self.has_same_config(s, t), self.config[s] == self.config[t])

    @lemma
    def primary_has_the_newest_of_its_term(self, s: Server, t: Server) -> bool:
        """No configuration of a primary's term is newer than the primary's."""
        made_by_it = self.role[s] == Role.PRIMARY and self.config_term[t] == self.term[s]
        return implies(made_by_it, self.version[t] <= self.version[s])

    @terminal
    def out_of_terms_or_versions(self) -> bool:
        """An instance ends when its terms or its versions are used up."""
        return True


class LoglessReconfiguration(Configurations[Set[Server]], Model):
    """At most one primary in a term, whatever the configurations."""

    default = {"Server": 3, "Term": 2, "Version": 2}
    smoke = {"Server": 2}
    deep = {"Term": 3, "Version": 3}

    @initial
    def some_members(self, members: Set[Server]) -> None:
        """All servers have the same configuration, any set of servers."""
        require(len(members) > 0)
        self.config = {s: set(members) for s in Server}

    def config_is_known(self, s: Server) -> bool:
        """Whether a majority of the configuration's members has it."""
        return 2 * len({t for t in self.config[s] if self.has_same_config(t, s)}) > len(self.config[s])

    def term_is_known(self, s: Server) -> bool:
        """Whether a majority of the configuration's members is in the server's term."""
        return 2 * len({t for t in self.config[s] if self.term[t] == self.term[s]}) > len(self.config[s])

    @action
    def become_leader(self, s: Server, voters: Set[Server]) -> None:
        """A server is elected by a majority of its configuration, none of which has a newer one."""
        require(voters <= self.config[s], s in voters, 2 * len(voters) > len(self.config[s]))
        require(self.term[s] != last(Term))
        new = succ(self.term[s])
        require(all(self.term[v] < new and not self.is_newer(v, s) for v in voters))
        for v in voters:
            self.term[v] = new
            self.role[v] = Role.SECONDARY
        self.role[s] = Role.PRIMARY
        self.config_term[s] = new

    @action
    def reconfigure(self, s: Server, members: Set[Server]) -> None:
        """A primary installs the next configuration, once a majority has the present one and its term."""
        require(self.role[s] == Role.PRIMARY, self.config_is_known(s), self.term_is_known(s))
        require(s in members, majorities_meet(self.config[s], members), self.version[s] != last(Version))
        assert all(self.config_term[t] <= self.term[s] for t in Server)
        assert all(self.has_same_config(s, t) for t in Server if self.is_active(t))
        old = set(self.config[s])
        self.config_term[s] = self.term[s]
        self.version[s] = succ(self.version[s])
        self.config[s] = members
        assert all(t == s or self.config[t] == old for t in Server if self.is_active(t))

    @action
    def send_config(self, s: Server, t: Server) -> None:
        """A server copies a newer configuration from another."""
        require(self.role[t] == Role.SECONDARY, self.is_newer(s, t))
        self.version[t] = self.version[s]
        self.config_term[t] = self.config_term[s]
        self.config[t] = set(self.config[s])

    def is_active(self, s: Server) -> bool:
        """Whether a majority of the server's configuration has no newer one, so it can still elect."""
        return 2 * len({t for t in self.config[s] if not self.is_newer(t, s)}) > len(self.config[s])

    @lemma
    def active_configs_meet(self, s: Server, t: Server) -> bool:
        """Majorities of any two active configurations meet."""
        both = self.is_active(s) and self.is_active(t)
        return not both or majorities_meet(self.config[s], self.config[t])

    @lemma
    def active_configs_know_elections(self, s: Server, t: Server) -> bool:
        """Every majority of an active configuration has a server that knows of each election won."""
        unaware = {n for n in self.config[t] if self.term[n] < self.config_term[s]}
        return not self.is_active(t) or 2 * len(unaware) <= len(self.config[t])

    @reachable
    def members_are_replaced(self, s: Server, t: Server) -> bool:
        """A primary's configuration lacks a server that still counts on that primary."""
        return s == t or (self.role[s] == Role.PRIMARY and t not in self.config[s] and s in self.config[t])


class LoglessReconfigurationWithoutConfigCheck(LoglessReconfiguration):
    """Broken: a primary installs the next configuration before a majority has the present one."""

    expected = Violates("one_primary_per_term")
    default = {"Server": 3, "Term": 3, "Version": 3}
    smoke = {}
    deep = {}

    @action
    def reconfigure(self, s: Server, members: Set[Server]) -> None:
        """A primary installs the next configuration, once a majority has its term."""
        require(self.role[s] == Role.PRIMARY, self.term_is_known(s))
        require(s in members, majorities_meet(self.config[s], members), self.version[s] != last(Version))
        self.config_term[s] = self.term[s]
        self.version[s] = succ(self.version[s])
        self.config[s] = members


class LoglessReconfigurationWithoutTermCheck(LoglessReconfiguration):
    """Broken: a primary installs the next configuration although a majority may have left its term."""

    expected = Violates("one_primary_per_term")
    default = {"Server": 3, "Term": 2, "Version": 3}
    smoke = {}
    deep = {}

    def term_is_known(self, s: Server) -> bool:
        return len(self.config[s]) > 0


class LoglessReconfigurationToAnySet(LoglessReconfiguration):
    """Broken: the next configuration may be any set with the primary in it."""

    expected = Violates("one_primary_per_term")
    smoke = {}
    deep = {}

    @action
    def reconfigure(self, s: Server, members: Set[Server]) -> None:
        """A primary installs any next configuration, even if majorities need not meet."""
        require(self.role[s] == Role.PRIMARY, self.config_is_known(s), self.term_is_known(s))
        require(s in members, self.version[s] != last(Version))
        self.config_term[s] = self.term[s]
        self.version[s] = succ(self.version[s])
        self.config[s] = members


class LoglessReconfigurationOfQuorums(Configurations[Config], Model):
    """At most one primary in a term, whatever the configurations and their quorums."""

    default = {
        "Server": 3,
        "Term": 2,
        "Version": 2,
        "Config": 7,
        "Quorum": 7,
        "member": "{(s1, q1), (s2, q2), (s3, q3), (s1, q4), (s2, q4), (s1, q5), (s3, q5), (s2, q6), (s3, q6),"
        " (s1, q7), (s2, q7), (s3, q7)}",
        "quorum": "{(q1, c1), (q2, c2), (q3, c3), (q4, c4), (q5, c5), (q6, c6), (q4, c7), (q5, c7), (q6, c7),"
        " (q7, c7)}",
    }
    smoke = {
        "Server": 2,
        "Config": 3,
        "Quorum": 3,
        "member": "{(s1, q1), (s2, q2), (s1, q3), (s2, q3)}",
        "quorum": "{(q1, c1), (q2, c2), (q3, c3)}",
    }
    deep = {"Term": 3, "Version": 3}

    member: Relation[Server, Quorum]
    quorum: Relation[Quorum, Config]

    @axiom
    def quorums_meet(self, c: Config) -> bool:
        """Any two quorums of a configuration have a server in common."""
        return self.all_meet(c, c)

    def all_meet(self, a: Config, b: Config) -> bool:
        """Whether every quorum of one configuration meets every quorum of another."""
        return all(
            any(self.member(s, q) and self.member(s, r) for s in Server)
            for q in Quorum
            for r in Quorum
            if self.quorum(q, a) and self.quorum(r, b)
        )

    @initial
    def some_config(self, c: Config) -> None:
        """All servers have the same configuration, any."""
        self.config = everywhere(c)

    def has_config(self, s: Server, q: Quorum) -> bool:
        """Whether all of a quorum of the server's configuration have it."""
        same = all(self.has_same_config(t, s) for t in Server if self.member(t, q))
        return self.quorum(q, self.config[s]) and same

    def has_term(self, s: Server, q: Quorum) -> bool:
        """Whether all of a quorum of the server's configuration are in its term."""
        same = all(self.term[t] == self.term[s] for t in Server if self.member(t, q))
        return self.quorum(q, self.config[s]) and same

    @action
    def become_leader(self, s: Server, voters: Quorum) -> None:
        """A server is elected by a quorum of its configuration, of which none has a newer one."""
        require(self.quorum(voters, self.config[s]), self.member(s, voters), self.term[s] != last(Term))
        new = succ(self.term[s])
        require(all(self.term[v] < new and not self.is_newer(v, s) for v in Server if self.member(v, voters)))
        for v in Server:
            if self.member(v, voters):
                self.term[v] = new
                self.role[v] = Role.SECONDARY
        self.role[s] = Role.PRIMARY
        self.config_term[s] = new

    @action
    def reconfigure(self, s: Server, c: Config) -> None:
        """A primary installs the next configuration, once a quorum has the present one and a quorum its term."""
        require(self.role[s] == Role.PRIMARY, any(self.has_config(s, q) for q in Quorum))
        require(any(self.has_term(s, q) for q in Quorum), any(self.quorum(q, c) and self.member(s, q) for q in Quorum))
        require(self.all_meet(self.config[s], c), self.version[s] != last(Version))
        old = self.config[s]
        self.config_term[s] = self.term[s]
        self.version[s] = succ(self.version[s])
        self.config[s] = c
        # So the next configuration need only meet the present one.
        assert all(t == s or self.config[t] == old for t in Server for q in Quorum if self.is_active_by(t, q))

    @action
    def send_config(self, s: Server, t: Server) -> None:
        """A server copies a newer configuration from another."""
        require(self.role[t] == Role.SECONDARY, self.is_newer(s, t))
        self.version[t] = self.version[s]
        self.config_term[t] = self.config_term[s]
        self.config[t] = self.config[s]

    def is_active_by(self, s: Server, q: Quorum) -> bool:
        """Whether none of a quorum of the server's configuration has a newer one, so that it can still elect."""
        newer = any(self.is_newer(t, s) for t in Server if self.member(t, q))
        return self.quorum(q, self.config[s]) and not newer

    @lemma
    def active_configs_meet(self, s: Server, t: Server, q: Quorum, r: Quorum) -> bool:
        """Quorums of any two active configurations meet."""
        both = self.is_active_by(s, q) and self.is_active_by(t, r)
        return not both or self.all_meet(self.config[s], self.config[t])

    @lemma
    def active_configs_know_elections(self, s: Server, t: Server, q: Quorum, r: Quorum) -> bool:
        """Every quorum of an active configuration has a server that knows of each election won."""
        aware = any(self.term[n] >= self.config_term[s] for n in Server if self.member(n, r))
        return not self.is_active_by(t, q) or not self.quorum(r, self.config[t]) or aware

    @reachable
    def config_is_replaced(self, s: Server, t: Server) -> bool:
        """A primary has another configuration than a server that it has yet to send it to."""
        return s == t or (self.role[s] == Role.PRIMARY and self.config[s] != self.config[t])


class LoglessReconfigurationOfQuorumsThatNeedNotMeet(LoglessReconfigurationOfQuorums):
    """Broken: two quorums of a configuration may have no server in common."""

    expected = Violates("one_primary_per_term")
    default = {
        "Server": 2,
        "Term": 2,
        "Version": 2,
        "Config": 1,
        "Quorum": 2,
        "member": "{(s1, q1), (s2, q2)}",
        "quorum": "{(q1, c1), (q2, c1)}",
    }
    smoke = {}
    deep = {}

    quorums_meet = removed
