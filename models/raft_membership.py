"""Changes of Raft's membership: configurations in the log, which count from the moment they are appended.

What is modelled
    A leader changes the members of the cluster by an entry in its log. Each server goes by the last
    configuration of its own log, committed or not. Elections and acknowledgements are steps of their own, in
    which servers are asked and answer at once: messages are in `raft`. Logs hold nothing but configurations.
    `RaftMembership` adds or removes one server at a time. `RaftJointConsensus` goes from any members to any
    others by way of a joint configuration, which needs a majority of both.
Faults
    Servers that stop, leaders that are cut off and go on, terms that overtake each other.
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
    """A server, whether it is a member or not. The order serves to name some of them, and no more."""


class Term(Order):
    """A period with at most one leader. In the first there is none."""


@record
class Entry:
    """A configuration: its members, and while it is joint those that they replace."""

    term: Term
    old: Set[Server]
    new: Set[Server]


Log = Annotated[list[Entry], AtMost("entries")]
Index = Annotated[int, Range(0, "entries")]


def is_majority(servers: Set[Server], members: Set[Server]) -> bool:
    return 2 * len(servers & members) > len(members)


class RaftMembership(Model):
    """One server is added or removed at a time."""

    default = {"Server": 3, "Term": 2, "entries": 3}
    smoke = {"Server": 2}
    deep = {"Term": 3}
    provable = False  # its lemmas, nobody has written down yet

    entries: Parameter[int] = 3

    term: Map[Server, Term] = everywhere(first(Term))
    leads: Map[Server, bool] = everywhere(False)
    log: Map[Server, Log]
    commit: Map[Server, Index] = everywhere(1)
    chosen: Log  # for the properties: the longest prefix that was ever committed

    @initial
    def bootstrap(self, members: Set[Server]) -> None:
        """Everybody knows the first members."""
        require(len(members) > 0)
        for server in Server:
            self.log[server].append(Entry(first(Term), set(), members))
        self.chosen.append(Entry(first(Term), set(), members))

    def is_quorum(self, servers: Set[Server], entry: Entry) -> bool:
        """Whether servers decide under a configuration."""
        return is_majority(servers, entry.new) and (len(entry.old) == 0 or is_majority(servers, entry.old))

    def is_up_to_date(self, server: Server, voter: Server) -> bool:
        mine, theirs = self.log[server][-1].term, self.log[voter][-1].term
        return theirs < mine or (theirs == mine and len(self.log[voter]) <= len(self.log[server]))

    @action
    def elect(self, server: Server, term: Term, voters: Set[Server]) -> None:
        """A quorum of its own configuration votes for a server, whose log is as good as theirs."""
        require(server in voters, all(self.term[v] < term and self.is_up_to_date(server, v) for v in voters))
        require(self.is_quorum(voters, self.log[server][-1]))
        for voter in voters:
            self.term[voter] = term
            self.leads[voter] = voter == server

    def may_change(self, server: Server) -> bool:
        """Whether the last change is committed, and something of the leader's own term."""
        committed = self.commit[server]
        return committed == len(self.log[server]) and self.log[server][committed - 1].term == self.term[server]

    @action
    def begin(self, server: Server) -> None:
        """A new leader appends its configuration once more, in its own term: the entry without effect of the thesis."""
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
        """The leader appends a configuration with one member less."""
        require(self.leads[server], self.may_change(server), len(self.log[server]) < self.entries)
        require(other in self.log[server][-1].new, len(self.log[server][-1].new) > 1)
        self.log[server].append(Entry(self.term[server], set(), self.log[server][-1].new - {other}))

    @action
    def replicate(self, server: Server, other: Server) -> None:
        """A server that knows of no later leader takes over the leader's log."""
        require(self.leads[server], server != other, self.term[other] <= self.term[server])
        require(self.log[other] != self.log[server] or self.commit[other] < self.commit[server])
        self.term[other] = self.term[server]
        self.leads[other] = False
        self.log[other] = self.log[server][:]
        self.commit[other] = max(self.commit[other], self.commit[server])

    @action
    def commit_entries(self, server: Server, acknowledged: Set[Server]) -> None:
        """A quorum has the leader's log, whose last entry is of its own term."""
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
        """What a server knows to be committed is what every other one knows to be."""
        return self.log[server][: self.commit[server]] == self.chosen[: self.commit[server]]

    @invariant
    def leader_completeness(self, server: Server) -> bool:
        """What was committed, `chosen`, is in the logs of all leaders of later terms."""
        later = self.leads[server] and self.chosen[-1].term < self.term[server]
        return not later or self.log[server][: len(self.chosen)] == self.chosen

    @step_invariant
    def what_is_chosen_stays(self, after: Self) -> bool:
        return after.chosen[: len(self.chosen)] == self.chosen

    @reachable
    def members_change(self) -> bool:
        """A change of the members is committed."""
        return len(self.chosen) > 1 and self.chosen[-1].new != self.chosen[0].new

    @terminal
    def out_of_terms(self) -> bool:
        """An instance has only so many terms, and so much room in its logs."""
        return True


class RaftChangingBeforeItsTerm(RaftMembership):
    """Broken: a leader changes the members before it has committed anything in its own term. So the thesis had it.

    Two leaders change the same four members in ways of their own, and the majorities of what comes out need not meet.
    From the second leader on.
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
        """All but one are members. One has led early, and added that one; two leads now, elected by the others."""
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
        return self.commit[server] == len(self.log[server])


class RaftChangingManyAtOnce(RaftMembership):
    """Broken: a leader replaces the members by any others, in one step."""

    default = {"Server": 3, "Term": 3, "entries": 3}
    smoke = {}
    deep = {}
    expected = Violates("leader_completeness")
    add = removed
    remove = removed

    @action
    def replace(self, server: Server, members: Set[Server]) -> None:
        """The leader appends a configuration of any other members."""
        require(self.leads[server], self.may_change(server), len(self.log[server]) < self.entries)
        require(len(members) > 0, members != self.log[server][-1].new)
        self.log[server].append(Entry(self.term[server], set(), set(members)))


class RaftJointConsensus(RaftMembership):
    """Any members are replaced by any others, by way of a configuration that needs majorities of both."""

    default = {"Server": 2, "Term": 3, "entries": 4}
    smoke = {"Term": 2}
    deep = {"Server": 3}
    add = removed
    remove = removed

    @action
    def join(self, server: Server, members: Set[Server]) -> None:
        """Append the joint configuration of the members that are and those that are to be."""
        require(self.leads[server], self.may_change(server), len(self.log[server]) < self.entries)
        require(len(self.log[server][-1].old) == 0, len(members) > 0, members != self.log[server][-1].new)
        self.log[server].append(Entry(self.term[server], self.log[server][-1].new, set(members)))

    @action
    def leave(self, server: Server) -> None:
        """Append the new configuration, once the joint one is committed."""
        require(self.leads[server], self.may_change(server), len(self.log[server]) < self.entries)
        require(len(self.log[server][-1].old) > 0)
        self.log[server].append(Entry(self.term[server], set(), self.log[server][-1].new))


class RaftJointWithoutOldMajority(RaftJointConsensus):
    """Broken: in a joint configuration a majority of the new members is taken for enough."""

    default = {"Server": 3, "Term": 3, "entries": 3}
    leave = removed  # needs more entries than it takes to be wrong
    smoke = {}
    deep = {}
    expected = Violates("leader_completeness")

    def is_quorum(self, servers: Set[Server], entry: Entry) -> bool:
        return is_majority(servers, entry.new)
