"""Raft: a log replicated by elected leaders, over a network that loses messages and with servers that restart.

What is modelled
    Elections, replication and commitment, as in figure 2 of the paper. A server whose election timeout ends becomes
    the candidate of the next term; voters refuse candidates whose logs lack entries. A leader appends clients'
    commands, sends entries from any position of its log, and commits an entry of its own term once a quorum has
    acknowledged it. Followers check the entry before those that they are sent, and replace entries that conflict. The
    paper's nextIndex is only a hint where to begin: here a leader may try every position, so there are no replies
    that refuse. Membership changes are in `raft_membership`, snapshots in `raft_snapshots`; reads are left out.
Faults
    `Raft`: messages are delayed, reordered, repeated and lost: the network is a set that only grows. Servers stop.
    `RaftWithRestarts`: servers also crash and restart. Term, vote and log are on disk; role and commit index are not.
Properties
    Election safety, leader append-only, log matching, leader completeness and state machine safety, by the names in
    figure 3. All are proved, for any number of servers and terms, in `raft_completeness`; the first three, with fewer
    lemmas, in `RaftWithHistory`. That a leader is elected in the end, and what that depends on, is the subject of
    `raft_progress`.
Source
    Ongaro and Ousterhout, *In search of an understandable consensus algorithm* (2014), figures 2, 3 and 8;
    a server adopts a later term in a step of its own, as in Ongaro's TLA+ specification of Raft.
"""

from __future__ import annotations

from typing import Annotated, Self

from assay.checker.language import (
    AtMost,
    Map,
    Model,
    Parameter,
    Range,
    Set,
    Violates,
    action,
    axiom,
    everywhere,
    first,
    initial,
    invariant,
    lemma,
    reachable,
    record,
    refines,
    removed,
    require,
    step_invariant,
    terminal,
)
from assay.models.classics.raft_election import Quorum, Role, Server, Term
from assay.models.consensus import Value
from assay.models.consensus_sequence import ConsensusInOrder

__all__ = [
    "Append",
    "Appended",
    "Entry",
    "Log",
    "Raft",
    "RaftApplyingAtOnce",
    "RaftCommittingByCounting",
    "RaftElectingAnyLog",
    "RaftForgettingVotes",
    "RaftWithHistory",
    "RaftWithRestarts",
    "RequestVote",
    "Vote",
]


@record
class Entry:
    """A client's command, and the term in which a leader appended it."""

    term: Term
    value: Value


Log = Annotated[list[Entry], AtMost("entries")]
"""Entries in order. Indices count from 1, as in the paper: the entry at index 1 is the first item."""
Index = Annotated[int, Range(0, "entries")]
"""A position in a log, or the length of a prefix; 0 is before the first entry."""


@record
class RequestVote:
    """From a candidate to all: vote for me; my log has this length, and its last entry is of this term."""

    term: Term
    candidate: Server
    last_index: Index
    last_term: Term


@record
class Vote:
    """To a candidate: you have my vote."""

    term: Term
    voter: Server
    candidate: Server


@record
class Append:
    """From a leader to all: append these entries after the one at `previous_index`, which is of `previous_term`.

    The prefix of length `commit` of the leader's log is committed.
    """

    term: Term
    leader: Server
    previous_index: Index
    previous_term: Term
    entries: Log
    commit: Index


@record
class Appended:
    """To a leader: my log agrees with yours up to an index."""

    term: Term
    follower: Server
    index: Index


class Raft(Model):
    """Servers apply the same entries in the same order, although messages are lost and servers stop."""

    default = {"Server": 3, "Quorum": "majority", "Term": 2, "Value": 1, "entries": 1}
    smoke = {"Server": 2}
    deep = {"entries": 2}
    provable = False  # its lemmas need history variables: see RaftWithHistory and raft_completeness

    entries: Parameter[int] = 1

    term: Map[Server, Term] = everywhere(first(Term))
    voted: Map[Server, Server | None] = everywhere(None)
    log: Map[Server, Log]
    role: Map[Server, Role] = everywhere(Role.FOLLOWER)
    commit: Map[Server, Index] = everywhere(0)
    messages: Set[RequestVote | Vote | Append | Appended]
    chosen: Log  # history, for the properties: the longest committed prefix
    chosen_in: Term = first(Term)  # the term in which it was committed

    def last_term(self, server: Server) -> Term:
        """The term of the log's last entry; for an empty log the first term, in which nobody leads."""
        return self.log[server][-1].term if self.log[server] else first(Term)

    def last_index(self, server: Server) -> int:
        """The index of the log's last entry; 0 if the log is empty."""
        return len(self.log[server])

    # Elections

    @action
    def time_out(self, server: Server, term: Term) -> None:
        """A server has not heard from a leader for too long, and becomes the candidate of the next term."""
        require(self.role[server] != Role.LEADER, self.term[server] < term)
        require(all(other <= self.term[server] or term <= other for other in Term))
        self.term[server] = term
        self.voted[server] = server
        self.role[server] = Role.CANDIDATE
        self.messages.add(RequestVote(term, server, self.last_index(server), self.last_term(server)))
        self.messages.add(Vote(term, server, server))

    @action
    def adopt(self, server: Server, term: Term) -> None:
        """A server sees a later term in any message, and becomes a follower in it."""
        require(self.term[server] < term, any(m.term == term for m in self.messages))
        self.term[server] = term
        self.voted[server] = None
        self.role[server] = Role.FOLLOWER

    def is_up_to_date(self, m: RequestVote, server: Server) -> bool:
        """Whether the candidate's log is at least as up-to-date as the voter's (section 5.4.1)."""
        if m.last_term == self.last_term(server):
            return self.last_index(server) <= m.last_index
        return self.last_term(server) < m.last_term

    @action
    def vote(self, server: Server, m: RequestVote) -> None:
        """A server that has not voted in its term votes for a candidate whose log is as up-to-date as its own."""
        require(m in self.messages)
        require(m.term == self.term[server], self.voted[server] is None, self.is_up_to_date(m, server))
        self.voted[server] = m.candidate
        self.messages.add(Vote(m.term, server, m.candidate))

    @action
    def lead(self, server: Server, quorum: Quorum) -> None:
        """A candidate has the votes of a quorum, and leads."""
        require(self.role[server] == Role.CANDIDATE)
        require(all(Vote(self.term[server], voter, server) in self.messages for voter in quorum))
        self.role[server] = Role.LEADER

    # Replication

    @action
    def request(self, server: Server, value: Value) -> None:
        """A client sends the leader a command, which it appends to its log."""
        require(self.role[server] == Role.LEADER, self.last_index(server) < self.entries)
        self.log[server].append(Entry(self.term[server], value))

    @action
    def send(self, server: Server, index: Index) -> None:
        """The leader sends the entries after an index, and its commit index."""
        require(self.role[server] == Role.LEADER, index <= len(self.log[server]))
        require(index < len(self.log[server]) or self.commit[server] > 0)
        before = self.log[server][index - 1].term if index > 0 else first(Term)
        self.messages.add(
            Append(self.term[server], server, index, before, self.log[server][index:], self.commit[server])
        )

    def matches(self, m: Append, server: Server) -> bool:
        """Whether the log contains the entry that precedes those of the message."""
        if m.previous_index == 0:
            return True
        return (
            m.previous_index <= len(self.log[server]) and self.log[server][m.previous_index - 1].term == m.previous_term
        )

    @action
    def append(self, server: Server, m: Append) -> None:
        """A server appends the leader's entries, replacing its own from the first conflict on.

        A log that agrees with the message keeps what follows: the message may be an old one, and later entries
        acknowledged.
        """
        require(m in self.messages)
        require(m.term == self.term[server], m.leader != server, self.matches(m, server))
        known = self.log[server][: m.previous_index]
        end = m.previous_index + len(m.entries)
        if self.log[server][:end] != known + m.entries:
            self.log[server] = known + m.entries
        self.role[server] = Role.FOLLOWER
        self.commit[server] = max(self.commit[server], min(m.commit, end))
        self.messages.add(Appended(m.term, server, end))

    # Commitment

    def has_appended(self, follower: Server, server: Server, index: int) -> bool:
        """Whether the leader knows that a server's log agrees with its own up to an index."""
        return follower == server or any(
            Appended(self.term[server], follower, end) in self.messages for end in range(index, self.entries + 1)
        )

    @action
    def commit_entries(self, server: Server, quorum: Quorum, index: Index) -> None:
        """The leader commits its log up to an entry of its own term that a quorum has."""
        require(self.role[server] == Role.LEADER, self.commit[server] < index <= len(self.log[server]))
        require(index > 0 and self.log[server][index - 1].term == self.term[server])
        require(all(self.has_appended(follower, server, index) for follower in quorum))
        self.commit[server] = index
        self.choose_prefix(server, index)

    def choose_prefix(self, server: Server, index: int) -> None:
        """Record what was committed, if it is longer than before."""
        if index > len(self.chosen):
            self.chosen = self.log[server][:index]
            self.chosen_in = self.term[server]

    # Properties

    @axiom
    def quorums_meet(self, a: Quorum, b: Quorum) -> bool:
        """Any two quorums have a server in common."""
        return any(server in b for server in a)

    @invariant
    def election_safety(self, a: Server, b: Server) -> bool:
        """At most one server leads in a term."""
        both = self.role[a] == self.role[b] == Role.LEADER
        return a == b or not both or self.term[a] != self.term[b]

    @invariant
    def log_matching(self, a: Server, b: Server) -> bool:
        """Logs that have an entry of the same term at the same index agree up to that index."""
        return all(
            x.term != y.term or self.log[a][: i + 1] == self.log[b][: i + 1]
            for i, (x, y) in enumerate(zip(self.log[a], self.log[b], strict=False))
        )

    @invariant
    def leader_completeness(self, server: Server) -> bool:
        """What was committed, `chosen`, is in the logs of all leaders of later terms than `chosen_in`."""
        later = self.role[server] == Role.LEADER and self.chosen_in < self.term[server]
        return not later or self.log[server][: len(self.chosen)] == self.chosen

    @invariant
    def state_machine_safety(self, server: Server) -> bool:
        """What a server applies, its log up to its commit index, is a prefix of what was committed."""
        return self.log[server][: self.commit[server]] == self.chosen[: self.commit[server]]

    @refines(ConsensusInOrder)
    def implements_consensus_in_order(self) -> dict[str, object]:
        """What leaders commit is decided, and servers apply their logs up to their commit indices."""
        return {
            "decided": [entry.value for entry in self.chosen],
            "applied": {s: [entry.value for entry in self.log[s][: self.commit[s]]] for s in Server},
        }

    @step_invariant
    def leaders_only_append(self, after: Self, server: Server) -> bool:
        """A leader never changes or removes entries of its own log."""
        stays = self.role[server] == after.role[server] == Role.LEADER
        return not stays or after.log[server][: len(self.log[server])] == self.log[server]

    @step_invariant
    def what_is_chosen_stays(self, after: Self) -> bool:
        """What was committed is never replaced."""
        return after.chosen[: len(self.chosen)] == self.chosen

    @reachable
    def replicated(self) -> bool:
        """Every server has applied an entry."""
        return all(self.commit[server] > 0 for server in Server)

    @terminal
    def out_of_terms(self) -> bool:
        """An instance has a bounded number of terms and bounded logs, and may stop when they are used up."""
        return True


class RaftWithRestarts(Raft):
    """Raft whose servers also crash and restart from their disks."""

    @action
    def restart(self, server: Server) -> None:
        """A server restarts: it has forgotten its role and its commit index."""
        require(self.role[server] != Role.FOLLOWER or self.commit[server] > 0)
        self.role[server] = Role.FOLLOWER
        self.commit[server] = 0


class RaftWithHistory(RaftWithRestarts):
    """Raft with history variables, with which election safety and log matching are proved.

    They record who has led each term, and what the leader's log was. The two properties hold for any number of servers,
    terms and values, and for logs of any stated length (``--set entries=2``). Leader completeness and state machine
    safety are not claimed here: `raft_completeness` adds what their proof needs. That Raft implements a sequence of
    consensus is checked in `Raft`, instance by instance: nobody has written the lemmas.
    """

    provable = True
    leader_completeness = removed
    state_machine_safety = removed
    implements_consensus_in_order = removed
    what_is_chosen_stays = removed

    leader: Map[Term, Server | None] = everywhere(None)
    led: Map[Term, Log]

    def whole_log(self, server: Server) -> Log:
        """The log that the lemmas are about: with snapshots, it has what these cover as well."""
        return self.log[server]

    @action
    def lead(self, server: Server, quorum: Quorum) -> None:
        """A candidate has the votes of a quorum, and leads; the history records it and its log."""
        require(self.role[server] == Role.CANDIDATE)
        require(all(Vote(self.term[server], voter, server) in self.messages for voter in quorum))
        self.role[server] = Role.LEADER
        self.leader[self.term[server]] = server
        self.led[self.term[server]] = list(self.whole_log(server))

    @action
    def request(self, server: Server, value: Value) -> None:
        """A client sends the leader a command, which it appends to its log and to the history."""
        require(self.role[server] == Role.LEADER, self.last_index(server) < self.entries)
        self.log[server].append(Entry(self.term[server], value))
        self.led[self.term[server]].append(Entry(self.term[server], value))

    # Elections

    @lemma
    def votes_are_kept(self, term: Term, voter: Server, candidate: Server) -> bool:
        """A server is still in the term of a vote that it has cast, and remembers the vote, or is in a later term."""
        if Vote(term, voter, candidate) not in self.messages:
            return True
        return term < self.term[voter] or (term == self.term[voter] and self.voted[voter] == candidate)

    @lemma
    def one_vote_a_term(self, term: Term, voter: Server, a: Server, b: Server) -> bool:
        """No server votes for two candidates in a term."""
        both = Vote(term, voter, a) in self.messages and Vote(term, voter, b) in self.messages
        return not both or a == b

    @lemma
    def leaders_have_quorums(self, term: Term) -> bool:
        """The leader of a term has the votes of a quorum in it."""
        leader = self.leader[term]
        return leader is None or any(
            all(Vote(term, voter, leader) in self.messages for voter in quorum) for quorum in Quorum
        )

    @lemma
    def leaders_are_noted(self, server: Server) -> bool:
        """The history has every leader, and its log."""
        if self.role[server] != Role.LEADER:
            return True
        return self.leader[self.term[server]] == server and self.led[self.term[server]] == self.whole_log(server)

    @lemma
    def no_leader_is_ahead(self, term: Term, server: Server) -> bool:
        """No server has led in a term that it has not reached."""
        return self.leader[term] != server or term <= self.term[server]

    @lemma
    def candidates_have_not_led(self, server: Server) -> bool:
        """A candidate has not led in its term before."""
        return self.role[server] != Role.CANDIDATE or self.leader[self.term[server]] != server

    @lemma
    def nothing_is_noted_without_a_leader(self, term: Term) -> bool:
        """A term without a leader has an empty log in the history."""
        return self.leader[term] is not None or not self.led[term]

    # Logs

    @lemma
    def logs_are_of_leaders(self, server: Server) -> bool:
        """Up to each of its entries, a log agrees with that of the leader of the entry's term."""
        log = self.whole_log(server)
        return all(log[: i + 1] == self.led[x.term][: i + 1] for i, x in enumerate(log))

    @lemma
    def logs_of_leaders_are_of_leaders(self, term: Term) -> bool:
        """The same holds for the logs of leaders."""
        return all(self.led[term][: i + 1] == self.led[x.term][: i + 1] for i, x in enumerate(self.led[term]))

    @lemma
    def only_leaders_send(self) -> bool:
        """Entries are sent only in terms that have had a leader."""
        return all(self.leader[m.term] is not None for m in self.messages if isinstance(m, Append))

    @lemma
    def leaders_keep_what_they_have_sent(self) -> bool:
        """The log of a term's leader is at least as long as what was sent in the term."""
        return all(
            m.previous_index + len(m.entries) <= len(self.led[m.term]) for m in self.messages if isinstance(m, Append)
        )

    @lemma
    def what_is_sent_is_in_the_log(self) -> bool:
        """The entries of a message are in the log of the term's leader, at their indices."""
        return all(
            self.led[m.term][m.previous_index : m.previous_index + len(m.entries)] == m.entries
            for m in self.messages
            if isinstance(m, Append)
        )

    @lemma
    def what_is_sent_follows_the_log(self) -> bool:
        """The entry that precedes those of a message is in the log of the term's leader, with its term."""
        return all(
            m.previous_index == 0
            or (
                m.previous_index <= len(self.led[m.term])
                and self.led[m.term][m.previous_index - 1].term == m.previous_term
            )
            for m in self.messages
            if isinstance(m, Append)
        )


class RaftCommittingByCounting(Raft):
    """Broken: an entry of an earlier term is committed once a quorum has it. Begins in the middle of figure 8."""

    default = {"Server": 3, "Quorum": "majority", "Term": 5, "Value": 1, "entries": 1}
    smoke = {}
    deep = {}
    expected = Violates("leader_completeness")
    replicated = removed

    @initial
    def figure_8(self, one: Server, two: Server, early: Term, late: Term, now: Term, value: Value) -> None:
        """Server `one` has led early and `two` late, each with an entry that nobody else has; now `one` leads again."""
        require(one != two, first(Term) < early < late < now)
        require(all(term in (first(Term), early, late, now) or now < term for term in Term))
        self.term = {server: late if server == two else now for server in Server}
        self.voted = {server: two if server == two else one for server in Server}
        self.role[one] = Role.LEADER
        self.role[two] = Role.LEADER  # of an earlier term, as it will learn
        self.log[one] = [Entry(early, value)]
        self.log[two] = [Entry(late, value)]

    @action
    def commit_entries(self, server: Server, quorum: Quorum, index: Index) -> None:
        """The leader commits its log up to any entry that a quorum has, even one of an earlier term."""
        require(self.role[server] == Role.LEADER, self.commit[server] < index <= len(self.log[server]))
        require(all(self.has_appended(follower, server, index) for follower in quorum))
        self.commit[server] = index
        self.choose_prefix(server, index)


class RaftElectingAnyLog(Raft):
    """Broken: voters do not check whether a candidate's log is up-to-date. Begins with one committed entry."""

    default = {"Server": 3, "Quorum": "majority", "Term": 3, "Value": 1, "entries": 1}
    smoke = {}
    deep = {}
    expected = Violates("leader_completeness")

    @initial
    def one_committed(self, one: Server, two: Server, now: Term, value: Value) -> None:
        """Server `one` leads, and has committed an entry that `two` also has."""
        require(one != two, first(Term) < now, all(term <= first(Term) or now <= term for term in Term))
        self.term = everywhere(now)
        self.voted = everywhere(one)
        self.role[one] = Role.LEADER
        for server in Server:
            if server in (one, two):
                self.log[server].append(Entry(now, value))
        self.commit[one] = 1
        self.chosen = [Entry(now, value)]
        self.chosen_in = now

    @action
    def vote(self, server: Server, m: RequestVote) -> None:
        """A server votes for a candidate of its term, whatever its log, if it has not voted in the term."""
        require(m in self.messages)
        require(m.term == self.term[server], self.voted[server] is None)
        self.voted[server] = m.candidate
        self.messages.add(Vote(m.term, server, m.candidate))


class RaftApplyingAtOnce(Raft):
    """Broken: a follower applies entries as it appends them, whether or not they are committed."""

    expected = Violates("implements_consensus_in_order")
    smoke = {}
    deep = {}

    @action
    def append(self, server: Server, m: Append) -> None:
        """A server appends the leader's entries, and applies them at once, committed or not."""
        require(m in self.messages)
        require(m.term == self.term[server], m.leader != server, self.matches(m, server))
        known = self.log[server][: m.previous_index]
        end = m.previous_index + len(m.entries)
        if self.log[server][:end] != known + m.entries:
            self.log[server] = known + m.entries
        self.role[server] = Role.FOLLOWER
        self.commit[server] = max(self.commit[server], end)
        self.messages.add(Appended(m.term, server, end))


class RaftForgettingVotes(RaftWithRestarts):
    """Broken: the vote is kept in memory only. A server that restarts votes again in the same term."""

    smoke = {}
    deep = {}
    expected = Violates("election_safety")

    @action
    def restart(self, server: Server) -> None:
        """A server restarts: it has forgotten its vote, its role and its commit index."""
        self.role[server] = Role.FOLLOWER
        self.commit[server] = 0
        self.voted[server] = None
