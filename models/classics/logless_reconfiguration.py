"""MongoDB's logless reconfiguration: members of a replica set change, one configuration after the other, without a log.

What is modelled
    Each server has a term, a role and a configuration: a set of servers with a version and the term of the primary
    that made it. A primary installs a new configuration at once, and others copy what is newer. Any set of servers may
    be the next configuration whose majorities meet those of the present one.
Faults
    Messages are what one server reads of another, at any time, in any order, or never; so servers may be slow, cut off
    or down for good.
Source
    Schultz, Dardik, Tripakis, *Design and Analysis of a Logless Dynamic Reconfiguration Protocol* (OPODIS 2021); the
    lemmas are the inductive invariant of that paper.
"""

from __future__ import annotations

from enum import Enum

from assay.checker.language import (
    Map,
    Model,
    Order,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    first,
    implies,
    initial,
    invariant,
    last,
    lemma,
    reachable,
    require,
    succ,
    terminal,
)

__all__ = [
    "LoglessReconfiguration",
    "LoglessReconfigurationToAnySet",
    "LoglessReconfigurationWithoutConfigCheck",
    "LoglessReconfigurationWithoutTermCheck",
    "Role",
    "Server",
    "Term",
    "Version",
    "majorities_meet",
]


class Server(Sort):
    """A member of the replica set, or a spare one."""


class Term(Order):
    """The number of an election."""


class Version(Order):
    """The number of a configuration, counted on by the primary that makes the next one."""


class Role(Enum):
    """What a server takes itself for."""

    SECONDARY, PRIMARY = range(2)


def majorities_meet(a: set[Server], b: set[Server]) -> bool:
    """Whether every majority of one set meets every majority of another.

    Two that miss each other would take as many as they can from outside of the other set, and share out the rest.
    """
    own, other = len(a) // 2 + 1 - len(a - b), len(b) // 2 + 1 - len(b - a)
    return max(0, own) + max(0, other) > len(a & b)


class LoglessReconfiguration(Model):
    """At most one primary in a term, whatever the configurations are in the meantime."""

    default = {"Server": 3, "Term": 2, "Version": 2}
    smoke = {"Server": 2}
    deep = {"Term": 3, "Version": 3}

    term: Map[Server, Term] = everywhere(first(Term))
    role: Map[Server, Role] = everywhere(Role.SECONDARY)
    config: Map[Server, Set[Server]]
    version: Map[Server, Version] = everywhere(first(Version))
    config_term: Map[Server, Term] = everywhere(first(Term))

    @initial
    def some_members(self, members: Set[Server]) -> None:
        require(len(members) > 0)
        self.config = {s: set(members) for s in Server}

    def is_newer(self, s: Server, t: Server) -> bool:
        """Whether a server's configuration is newer than another's."""
        newer_version = self.config_term[s] == self.config_term[t] and self.version[s] > self.version[t]
        return self.config_term[s] > self.config_term[t] or newer_version

    def has_same_config(self, s: Server, t: Server) -> bool:
        return self.version[s] == self.version[t] and self.config_term[s] == self.config_term[t]

    def config_is_known(self, s: Server) -> bool:
        """Whether a majority of its members has a server's configuration."""
        return 2 * len({t for t in self.config[s] if self.has_same_config(t, s)}) > len(self.config[s])

    def term_is_known(self, s: Server) -> bool:
        """Whether a majority of the members of its configuration is in a server's term."""
        return 2 * len({t for t in self.config[s] if self.term[t] == self.term[s]}) > len(self.config[s])

    @action
    def become_leader(self, s: Server, voters: Set[Server]) -> None:
        """A server is elected by a majority of its own configuration, none of which knows a newer one."""
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
        """A primary takes the next configuration, once the present one and its term are known to a majority."""
        require(self.role[s] == Role.PRIMARY, self.config_is_known(s), self.term_is_known(s))
        require(s in members, majorities_meet(self.config[s], members), self.version[s] != last(Version))
        self.config_term[s] = self.term[s]
        self.version[s] = succ(self.version[s])
        self.config[s] = members

    @action
    def send_config(self, s: Server, t: Server) -> None:
        """A server takes over a newer configuration from another one."""
        require(self.role[t] == Role.SECONDARY, self.is_newer(s, t))
        self.version[t] = self.version[s]
        self.config_term[t] = self.config_term[s]
        self.config[t] = set(self.config[s])

    @action
    def update_term(self, s: Server, t: Server) -> None:
        """A server hears of a higher term, and steps down."""
        require(self.term[s] > self.term[t])
        self.term[t] = self.term[s]
        self.role[t] = Role.SECONDARY

    @invariant
    def one_primary_per_term(self, s: Server, t: Server) -> bool:
        primaries = self.role[s] == Role.PRIMARY and self.role[t] == Role.PRIMARY
        return implies(primaries and self.term[s] == self.term[t], s == t)

    @lemma
    def primary_made_its_config(self, s: Server) -> bool:
        return implies(self.role[s] == Role.PRIMARY, self.config_term[s] == self.term[s])

    @lemma
    def configs_are_told_apart(self, s: Server, t: Server) -> bool:
        return implies(self.has_same_config(s, t), self.config[s] == self.config[t])

    @lemma
    def primary_has_the_newest_of_its_term(self, s: Server, t: Server) -> bool:
        made_by_it = self.role[s] == Role.PRIMARY and self.config_term[t] == self.term[s]
        return implies(made_by_it, self.version[t] <= self.version[s])

    def is_active(self, s: Server) -> bool:
        """Whether some majority of a server's configuration knows no newer one, so that it might still elect."""
        return 2 * len({t for t in self.config[s] if not self.is_newer(t, s)}) > len(self.config[s])

    @lemma
    def active_configs_meet(self, s: Server, t: Server) -> bool:
        both = self.is_active(s) and self.is_active(t)
        return not both or majorities_meet(self.config[s], self.config[t])

    @lemma
    def active_configs_know_elections(self, s: Server, t: Server) -> bool:
        """Every majority of a configuration that might elect has heard of each election that was won."""
        unaware = {n for n in self.config[t] if self.term[n] < self.config_term[s]}
        return not self.is_active(t) or 2 * len(unaware) <= len(self.config[t])

    @reachable
    def members_are_replaced(self, s: Server, t: Server) -> bool:
        """A primary is in a configuration without a member that another server still counts on."""
        return s == t or (self.role[s] == Role.PRIMARY and t not in self.config[s] and s in self.config[t])

    @terminal
    def out_of_terms_or_versions(self) -> bool:
        """Everybody knows all: what could still happen needs a term, or a version, that an instance has not."""
        return True


class LoglessReconfigurationWithoutConfigCheck(LoglessReconfiguration):
    """Broken: a primary goes on to the next configuration before a majority has the present one."""

    expected = Violates("one_primary_per_term")
    default = {"Server": 3, "Term": 3, "Version": 3}
    smoke = {}
    deep = {}

    def config_is_known(self, s: Server) -> bool:
        return len(self.config[s]) > 0


class LoglessReconfigurationWithoutTermCheck(LoglessReconfiguration):
    """Broken: a primary goes on to the next configuration though a majority may have left its term."""

    expected = Violates("one_primary_per_term")
    default = {"Server": 3, "Term": 2, "Version": 3}
    smoke = {}
    deep = {}

    def term_is_known(self, s: Server) -> bool:
        return len(self.config[s]) > 0


class LoglessReconfigurationToAnySet(LoglessReconfiguration):
    """Broken: the next configuration may be any set that the primary is in."""

    expected = Violates("one_primary_per_term")
    smoke = {}
    deep = {}

    @action
    def reconfigure(self, s: Server, members: Set[Server]) -> None:
        """A primary takes any members for the next configuration, also such that majorities need not meet."""
        require(self.role[s] == Role.PRIMARY, self.config_is_known(s), self.term_is_known(s))
        require(s in members, self.version[s] != last(Version))
        self.config_term[s] = self.term[s]
        self.version[s] = succ(self.version[s])
        self.config[s] = members
