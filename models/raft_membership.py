"""Membership changes of Raft: configurations in the log, in force from the moment they are appended.

What is modelled
    A leader changes the members of the cluster by an entry in its log. Each server uses the last configuration in its
    own log, committed or not. An election and an acknowledgement are single steps, in which servers are asked and
    answer at once; for messages, see `raft`. Logs contain nothing but configurations.
    `RaftMembership` adds or removes one server at a time. `RaftJointConsensus` goes from any members to any
    others through a joint configuration, which needs a majority of both.
Faults
    Servers that stop; leaders that are cut off and go on; terms that overtake each other.
Source
    Ongaro, *Consensus: Bridging Theory and Practice* (2014), chapter 4, with the correction that he published
    in 2015: a leader must have committed an entry of its own term before it changes the members.
"""

from __future__ import annotations

from typing import Annotated, Self

from assay.checker.language import (
    AtMost,
    Map,
    Model,
    Order,
    Parameter,
    Range,
    Set,
    Violates,
    action,
    everywhere,
    first,
    initial,
    invariant,
    last,
    reachable,
    record,
    removed,
    require,
    step_invariant,
    succ,
    terminal,
)

__all__ = [
    "Entry",
    "RaftChangingBeforeItsTerm",
    "RaftChangingManyAtOnce",
    "RaftJointConsensus",
    "RaftJointWithoutOldMajority",
    "RaftMembership",
    "Server",
    "Term",
]


class Server(Order):
    """A server, member or not. They are ordered only so that broken variants can name some of them."""


class Term(Order):
    """A period with at most one leader; the first has none."""


@record
class Entry:
    """A configuration: its members and, while it is joint, those that they replace."""

    term: Term
    old: Set[Server]
    new: Set[Server]


Log = Annotated[list[Entry], AtMost("entries")]
Index = Annotated[int, Range(0, "entries")]


def is_majority(servers: Set[Server], members: Set[Server]) -> bool:
    """Whether more than half of the members are among the servers."""
    return 2 * len(servers & members) > len(members)


class RaftMembership(Model):
    """One server is added or removed at a time."""

    default = {"Server": 3, "Term": 2, "entries": 3}
    smoke = {"Server": 2}
    deep = {"Term": 3}
    provable = False  # nobody has written its lemmas yet

    entries: Parameter[int] = 3

    term: Map[Server, Term] = everywhere(first(Term))
    leads: Map[Server, bool] = everywhere(False)
    log: Map[Server, Log]
    commit: Map[Server, Index] = everywhere(1)
    chosen: Log  # history, for the properties: the longest committed prefix

    @initial
    def bootstrap(self, members: Set[Server]) -> None:
        """All servers know the first configuration."""
        require(len(members) > 0)
        for server in Server:
            self.log[server].append(Entry(first(Term), set(), members))
        self.chosen.append(Entry(first(Term), set(), members))

    def is_quorum(self, servers: Set[Server], entry: Entry) -> bool:
        """Whether the servers decide under a configuration: a majority of it, or of both if it is joint."""
        return is_majority(servers, entry.new) and (len(entry.old) == 0 or is_majority(servers, entry.old))

    def is_up_to_date(self, server: Server, voter: Server) -> bool:
        """Whether a server's log is at least as up-to-date as a voter's."""
        mine, theirs = self.log[server][-1].term, self.log[voter][-1].term
        return theirs < mine or (theirs == mine and len(self.log[voter]) <= len(self.log[server]))

    @action
    def elect(self, server: Server, term: Term, voters: Set[Server]) -> None:
        """A server is elected by a quorum of its own configuration, whose logs are no more up-to-date than its own."""
        require(server in voters, all(self.term[v] < term and self.is_up_to_date(server, v) for v in voters))
        require(self.is_quorum(voters, self.log[server][-1]))
        for voter in voters:
            self.term[voter] = term
            self.leads[voter] = voter == server

    def may_change(self, server: Server) -> bool:
        """Whether the last change is committed, and with it an entry of the leader's own term."""
        committed = self.commit[server]
        return committed == len(self.log[server]) and self.log[server][committed - 1].term == self.term[server]

    @action
    def begin(self, server: Server) -> None:
        """A new leader appends its configuration again, in its own term: the no-op entry of the thesis."""
        require(self.leads[server], self.log[server][-1].term < self.term[server])
        require(len(self.log[server]) < self.entries)
        now = self.log[server][-1]
        self.log[server].append(Entry(self.term[server], now.old, now.new))

    @action
    def add(self, server: Server, other: Server) -> None:
        """The leader appends a configuration with one more member."""
        require(self.leads[server], self.may_change(server), len(self.log[server]) < self.entries)
        require(other not in self.log[server][-1].new)
        self.log[server].append(Entry(self.term[server], set(), self.log[server][-1].new | {other}))

    @action
    def remove(self, server: Server, other: Server) -> None:
        """The leader appends a configuration with one member fewer."""
        require(self.leads[server], self.may_change(server), len(self.log[server]) < self.entries)
        require(other in self.log[server][-1].new, len(self.log[server][-1].new) > 1)
        self.log[server].append(Entry(self.term[server], set(), self.log[server][-1].new - {other}))

    @action
    def replicate(self, server: Server, other: Server) -> None:
        """A server that knows of no later term takes over the leader's log."""
        require(self.leads[server], server != other, self.term[other] <= self.term[server])
        require(self.log[other] != self.log[server] or self.commit[other] < self.commit[server])
        self.term[other] = self.term[server]
        self.leads[other] = False
        self.log[other] = self.log[server][:]
        self.commit[other] = max(self.commit[other], self.commit[server])

    @action
    def commit_entries(self, server: Server, acknowledged: Set[Server]) -> None:
        """A quorum has the leader's log, which ends with an entry of its own term; the leader commits it."""
        require(self.leads[server], self.commit[server] < len(self.log[server]))
        require(self.log[server][-1].term == self.term[server], server in acknowledged)
        require(all(self.term[s] == self.term[server] and self.log[s] == self.log[server] for s in acknowledged))
        require(self.is_quorum(acknowledged, self.log[server][-1]))
        self.commit[server] = len(self.log[server])
        if len(self.chosen) < len(self.log[server]):
            self.chosen = self.log[server][:]

    @invariant
    def election_safety(self, a: Server, b: Server) -> bool:
        """At most one server leads in a term."""
        return a == b or not (self.leads[a] and self.leads[b]) or self.term[a] != self.term[b]

    @invariant
    def committed_is_kept(self, server: Server) -> bool:
        """What any server knows to be committed is a prefix of what was committed."""
        return self.log[server][: self.commit[server]] == self.chosen[: self.commit[server]]

    @invariant
    def leader_completeness(self, server: Server) -> bool:
        """What was committed, `chosen`, is in the logs of all leaders of later terms."""
        later = self.leads[server] and self.chosen[-1].term < self.term[server]
        return not later or self.log[server][: len(self.chosen)] == self.chosen

    @step_invariant
    def what_is_chosen_stays(self, after: Self) -> bool:
        """What was committed is never replaced."""
        return after.chosen[: len(self.chosen)] == self.chosen

    @reachable
    def members_change(self) -> bool:
        """A change of the members is committed."""
        return len(self.chosen) > 1 and self.chosen[-1].new != self.chosen[0].new

    @terminal
    def out_of_terms(self) -> bool:
        """An instance has a bounded number of terms and bounded logs, and may stop when they are used up."""
        return True


class RaftChangingBeforeItsTerm(RaftMembership):
    """Broken: a leader changes the members before it has committed an entry of its own term, as in the thesis.

    Two leaders change the same four members in different ways, and majorities of the results need not meet. Begins with
    the second leader.
    """

    default = {"Server": 5, "Term": 4, "entries": 2}
    smoke = {}
    deep = {}
    expected = Violates("leader_completeness")
    members_change = removed
    begin = removed
    bootstrap = removed

    @initial
    def second_leader(self, outside: Server, one: Server, two: Server, early: Term, late: Term) -> None:
        """All but one server are members. Server `one` led early, and added that one; `two` leads now."""
        require(outside == last(Server), one == first(Server), two == succ(first(Server)))
        require(first(Term) < early < late, all(term in (first(Term), early) or late <= term for term in Term))
        for server in Server:
            self.log[server].append(Entry(first(Term), set(), {s for s in Server if s != outside}))
            self.term[server] = early if server == one else first(Term) if server == outside else late
        self.log[one].append(Entry(early, set(), set(Server)))
        self.leads[one] = True
        self.leads[two] = True
        self.chosen.append(Entry(first(Term), set(), {s for s in Server if s != outside}))

    def may_change(self, server: Server) -> bool:
        """Whether the last change is committed."""
        return self.commit[server] == len(self.log[server])


class RaftChangingManyAtOnce(RaftMembership):
    """Broken: a leader replaces the members by any others in one step."""

    default = {"Server": 3, "Term": 3, "entries": 3}
    smoke = {}
    deep = {}
    expected = Violates("leader_completeness")
    add = removed
    remove = removed

    @action
    def replace(self, server: Server, members: Set[Server]) -> None:
        """The leader appends a configuration with any other members."""
        require(self.leads[server], self.may_change(server), len(self.log[server]) < self.entries)
        require(len(members) > 0, members != self.log[server][-1].new)
        self.log[server].append(Entry(self.term[server], set(), set(members)))


class RaftJointConsensus(RaftMembership):
    """Any members are replaced by any others, through a configuration that needs majorities of both."""

    default = {"Server": 2, "Term": 3, "entries": 4}
    smoke = {"Term": 2}
    deep = {"Server": 3}
    add = removed
    remove = removed

    @action
    def join(self, server: Server, members: Set[Server]) -> None:
        """The leader appends the joint configuration of the present members and the next."""
        require(self.leads[server], self.may_change(server), len(self.log[server]) < self.entries)
        require(len(self.log[server][-1].old) == 0, len(members) > 0, members != self.log[server][-1].new)
        self.log[server].append(Entry(self.term[server], self.log[server][-1].new, set(members)))

    @action
    def leave(self, server: Server) -> None:
        """The leader appends the new configuration, once the joint one is committed."""
        require(self.leads[server], self.may_change(server), len(self.log[server]) < self.entries)
        require(len(self.log[server][-1].old) > 0)
        self.log[server].append(Entry(self.term[server], set(), self.log[server][-1].new))


class RaftJointWithoutOldMajority(RaftJointConsensus):
    """Broken: under a joint configuration, a majority of the new members is enough."""

    default = {"Server": 3, "Term": 3, "entries": 3}
    leave = removed  # two entries are enough for the counterexample
    smoke = {}
    deep = {}
    expected = Violates("leader_completeness")

    def is_quorum(self, servers: Set[Server], entry: Entry) -> bool:
        """Whether the servers are a majority of the new members."""
        return is_majority(servers, entry.new)
