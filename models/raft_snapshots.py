"""Raft with snapshots: logs are compacted, and a follower that is too far behind receives the leader's snapshot.

What is modelled
    What section 7 adds to Raft. A server replaces committed entries by a snapshot: the index and the term of the last
    of them, and the state of the state machine after it. A leader sends its snapshot to a follower whose next entry it
    has discarded (here to any follower at any time, since nextIndex is only a hint). The follower keeps the part of its
    log that follows the snapshot if it has the snapshot's last entry, and discards its whole log otherwise. The state
    machine's state is the list of the commands applied; any other state is a function of it. A snapshot is sent whole,
    not in chunks, and without the members' configuration, which does not change here.
Faults
    Those of `RaftWithRestarts`. Snapshots are messages, too: delayed, reordered, repeated and lost. They are on disk,
    so a server restarts from its own: what it covers is committed.
Properties
    Those of figure 3, for logs whose first entries are in a snapshot; and that all servers apply one sequence. All but
    the last are proved, for any number of servers and terms, in `raft_snapshots_completeness`.
Source
    Ongaro and Ousterhout, *In search of an understandable consensus algorithm* (2014), section 7 and figure 13 of the
    extended version. Figure 13 does not say what a server does with a snapshot of entries that it has applied
    already. Here it is ignored, as in etcd: the server's own state is more recent.
"""

from __future__ import annotations

from typing import Annotated, Self

from assay.checker.language import (
    AtMost,
    Map,
    Set,
    Violates,
    action,
    everywhere,
    first,
    initial,
    invariant,
    reachable,
    record,
    refines,
    require,
    step_invariant,
)
from assay.models.classics.raft_election import Quorum, Role, Server, Term
from assay.models.consensus import Value
from assay.models.consensus_sequence import ConsensusInOrder
from assay.models.raft import Append, Appended, Entry, Index, RaftWithRestarts

__all__ = [
    "Applied",
    "InstallSnapshot",
    "RaftDiscardingWhatFollows",
    "RaftForgettingTheLastTerm",
    "RaftSnapshottingUncommitted",
    "RaftWithSnapshots",
    "Snapshot",
]

Applied = Annotated[list[Value], AtMost("entries")]
"""The state of a state machine: the commands that it has applied, in order."""


@record
class Snapshot:
    """A log up to an index: the term of the last entry that is covered, and the state after it."""

    index: Index
    term: Term
    state: Applied


@record
class InstallSnapshot:
    """From a leader to all: begin your log with this snapshot."""

    term: Term
    leader: Server
    snapshot: Snapshot


class RaftWithSnapshots(RaftWithRestarts):
    """Servers keep a snapshot, and the log entries that follow it."""

    deep = {"Server": 2, "entries": 2}

    snapshot: Map[Server, Snapshot] = everywhere(Snapshot(0, first(Term), []))
    snapshots: Set[InstallSnapshot]

    # Logs that begin with a snapshot: an index counts from before it, a position in `log` from after it.

    def last_index(self, server: Server) -> int:
        """The index of the last entry, counting those in the snapshot."""
        return self.snapshot[server].index + len(self.log[server])

    def last_term(self, server: Server) -> Term:
        """The term of the last entry, which only the snapshot may have recorded."""
        return self.log[server][-1].term if self.log[server] else self.snapshot[server].term

    def has_entry(self, server: Server, index: int, term: Term) -> bool:
        """Whether the entry at an index is known to be of a term.

        That is known of the entries that follow the snapshot, and of the last one that it covers.
        """
        place = index - self.snapshot[server].index
        if place <= 0:
            return place == 0 and self.snapshot[server].term == term
        return place <= len(self.log[server]) and self.log[server][place - 1].term == term

    def behind(self, server: Server, index: int) -> int:
        """How many entries of `log` there are up to an index."""
        return max(index - self.snapshot[server].index, 0)

    def applied(self, server: Server, index: int) -> list[Value]:
        """The state after applying all entries up to an index, which the snapshot does not exceed."""
        following = [entry.value for entry in self.log[server][: self.behind(server, index)]]
        return self.snapshot[server].state + following

    # Replication

    @action
    def send(self, server: Server, index: Index) -> None:
        """The leader sends the entries after an index that its snapshot does not exceed, and its commit index."""
        covered = self.snapshot[server].index
        require(self.role[server] == Role.LEADER, covered <= index <= self.last_index(server))
        require(index < self.last_index(server) or self.commit[server] > 0)
        before = self.log[server][index - covered - 1].term if index > covered else self.snapshot[server].term
        following = self.log[server][index - covered :]
        self.messages.add(Append(self.term[server], server, index, before, following, self.commit[server]))

    def matches(self, m: Append, server: Server) -> bool:
        """Whether the log contains the entry that precedes those of the message; one that a snapshot covers matches."""
        return m.previous_index < self.snapshot[server].index or self.has_entry(
            server, m.previous_index, m.previous_term
        )

    @action
    def append(self, server: Server, m: Append) -> None:
        """A server appends the leader's entries, except for those that its snapshot covers."""
        require(m in self.messages)
        require(m.term == self.term[server], m.leader != server, self.matches(m, server))
        known = self.log[server][: self.behind(server, m.previous_index)]
        new = m.entries[max(self.snapshot[server].index - m.previous_index, 0) :]
        if self.log[server][: len(known) + len(new)] != known + new:
            self.log[server] = known + new
        end = m.previous_index + len(m.entries)
        self.role[server] = Role.FOLLOWER
        self.commit[server] = max(self.commit[server], min(m.commit, end))
        self.messages.add(Appended(m.term, server, end))

    @action
    def commit_entries(self, server: Server, quorum: Quorum, index: Index) -> None:
        """The leader commits its log up to an entry of its own term that a quorum has."""
        require(self.role[server] == Role.LEADER, self.commit[server] < index)
        require(self.has_entry(server, index, self.term[server]))
        require(all(self.has_appended(follower, server, index) for follower in quorum))
        self.commit[server] = index
        self.choose_prefix(server, index)

    def choose_prefix(self, server: Server, index: int) -> None:
        """Record what was committed, if it is longer than before. What a snapshot covers has been recorded."""
        if index > len(self.chosen):
            covered = self.snapshot[server].index
            self.chosen = self.chosen[:covered] + self.log[server][: index - covered]
            self.chosen_in = self.term[server]

    # Snapshots

    @action
    def take_snapshot(self, server: Server, index: Index) -> None:
        """A server compacts its log up to a committed index."""
        require(self.snapshot[server].index < index <= self.commit[server])
        self.compact(server, index)

    def compact(self, server: Server, index: int) -> None:
        """Replace the entries up to an index by a snapshot."""
        place = index - self.snapshot[server].index
        last = self.log[server][place - 1].term
        self.snapshot[server] = Snapshot(index, last, self.applied(server, index)[: self.entries])
        self.log[server] = self.log[server][place:]

    @action
    def send_snapshot(self, server: Server) -> None:
        """The leader sends its snapshot, for servers that lack entries it has discarded."""
        require(self.role[server] == Role.LEADER, self.snapshot[server].index > 0)
        self.snapshots.add(InstallSnapshot(self.term[server], server, self.snapshot[server]))

    @action
    def install_snapshot(self, server: Server, m: InstallSnapshot) -> None:
        """A server that has applied less installs the snapshot, and keeps the entries that follow it."""
        require(m in self.snapshots)
        require(m.term == self.term[server], m.leader != server, self.commit[server] < m.snapshot.index)
        if self.has_entry(server, m.snapshot.index, m.snapshot.term):
            self.log[server] = self.log[server][self.behind(server, m.snapshot.index) :]
        else:
            self.log[server] = []
        self.snapshot[server] = m.snapshot
        self.commit[server] = m.snapshot.index
        self.role[server] = Role.FOLLOWER
        self.messages.add(Appended(m.term, server, m.snapshot.index))

    @action
    def restart(self, server: Server) -> None:
        """A server restarts with its log and its snapshot, which it knows to be committed."""
        covered = self.snapshot[server].index
        require(self.role[server] != Role.FOLLOWER or self.commit[server] > covered)
        self.role[server] = Role.FOLLOWER
        self.commit[server] = covered

    # Properties

    @invariant
    def log_matching(self, a: Server, b: Server) -> bool:
        """Logs with an entry of the same term at the same index agree up to it, as far as no snapshot covers them."""
        covered = max(self.snapshot[a].index, self.snapshot[b].index)
        left = self.log[a][self.behind(a, covered) :]
        right = self.log[b][self.behind(b, covered) :]
        return all(
            x.term != y.term or left[: i + 1] == right[: i + 1]
            for i, (x, y) in enumerate(zip(left, right, strict=False))
        )

    @invariant
    def leader_completeness(self, server: Server) -> bool:
        """What was committed, `chosen`, is in the snapshots and logs of all leaders of later terms."""
        later = self.role[server] == Role.LEADER and self.chosen_in < self.term[server]
        following = self.chosen[self.snapshot[server].index :]
        return not later or self.log[server][: len(following)] == following

    @invariant
    def state_machine_safety(self, server: Server) -> bool:
        """What a server applies, its snapshot and its log up to its commit index, is a prefix of what was committed."""
        committed = self.chosen[: self.commit[server]]
        return self.applied(server, self.commit[server]) == [entry.value for entry in committed]

    @invariant
    def snapshots_are_of_what_is_committed(self, server: Server) -> bool:
        """A snapshot covers only committed entries, and records the term of the last one."""
        covered = self.snapshot[server].index
        return covered == 0 or (
            covered <= min(self.commit[server], len(self.chosen))
            and self.chosen[covered - 1].term == self.snapshot[server].term
        )

    @refines(ConsensusInOrder)
    def implements_consensus_in_order(self) -> dict[str, object]:
        """What leaders commit is decided; a server that restarts has applied what its snapshot covers."""
        return {
            "decided": [entry.value for entry in self.chosen],
            "applied": {s: self.applied(s, self.commit[s]) for s in Server},
        }

    @step_invariant
    def leaders_only_append(self, after: Self, server: Server) -> bool:
        """A leader never changes or removes entries of its own log, except for those that it has a snapshot of."""
        stays = self.role[server] == after.role[server] == Role.LEADER
        known = self.log[server][self.behind(server, after.snapshot[server].index) :]
        return not stays or after.log[server][: len(known)] == known

    @step_invariant
    def nothing_is_forgotten(self, after: Self, server: Server) -> bool:
        """A snapshot is only ever replaced by one that covers more."""
        return self.snapshot[server].index <= after.snapshot[server].index

    @reachable
    def all_compacted(self) -> bool:
        """Every server has a snapshot."""
        return all(self.snapshot[server].index > 0 for server in Server)


class RaftSnapshottingUncommitted(RaftWithSnapshots):
    """Broken: a server compacts its log beyond its commit index."""

    expected = Violates("state_machine_safety")
    smoke = {}
    deep = {}

    @action
    def take_snapshot(self, server: Server, index: Index) -> None:
        """A server compacts its log up to any index, committed or not."""
        require(self.snapshot[server].index < index <= self.last_index(server))
        self.compact(server, index)


class RaftDiscardingWhatFollows(RaftWithSnapshots):
    """Broken: a server that installs a snapshot discards its whole log. Begins with two committed entries."""

    default = {"Server": 3, "Quorum": "majority", "Term": 3, "Value": 1, "entries": 2}
    expected = Violates("leader_completeness")
    smoke = {}
    deep = {}

    @initial
    def snapshot_delayed(self, one: Server, two: Server, now: Term, value: Value) -> None:
        """Server `one` leads; it and `two` have two committed entries; a snapshot of the first is on its way."""
        require(one != two, first(Term) < now, all(term <= first(Term) or now <= term for term in Term))
        entry = Entry(now, value)
        self.term = everywhere(now)
        self.voted = everywhere(one)
        self.role[one] = Role.LEADER
        self.snapshot[one] = Snapshot(1, now, [value])
        self.snapshots.add(InstallSnapshot(now, one, self.snapshot[one]))
        self.log[one] = [entry]
        self.log[two] = [entry, entry]
        self.commit[one] = 2
        self.chosen = [entry, entry]
        self.chosen_in = now

    @action
    def install_snapshot(self, server: Server, m: InstallSnapshot) -> None:
        """A server that has applied less installs the snapshot in place of its whole log."""
        require(m in self.snapshots)
        require(m.term == self.term[server], m.leader != server, self.commit[server] < m.snapshot.index)
        self.log[server] = []
        self.snapshot[server] = m.snapshot
        self.commit[server] = m.snapshot.index
        self.role[server] = Role.FOLLOWER
        self.messages.add(Appended(m.term, server, m.snapshot.index))


class RaftForgettingTheLastTerm(RaftWithSnapshots):
    """Broken: a server with nothing after its snapshot reports no last term. Begins with a committed entry."""

    default = {"Server": 3, "Quorum": "majority", "Term": 4, "Value": 1, "entries": 1}
    expected = Violates("leader_completeness")
    smoke = {}
    deep = {}

    @initial
    def compacted(self, one: Server, two: Server, three: Server, early: Term, now: Term, value: Value) -> None:
        """Server `one` leads, `two` has compacted the committed entry, and `three` has an entry of an earlier term."""
        require(one != two, one != three, two != three, first(Term) < early < now)
        require(all(term in (first(Term), early, now) or now < term for term in Term))
        self.term = everywhere(now)
        self.voted = {server: None if server == three else one for server in Server}
        self.role[one] = Role.LEADER
        self.log[one] = [Entry(now, value)]
        self.snapshot[two] = Snapshot(1, now, [value])
        self.log[three] = [Entry(early, value)]
        self.commit = {server: 1 if server in (one, two) else 0 for server in Server}
        self.chosen = [Entry(now, value)]
        self.chosen_in = now

    def last_term(self, server: Server) -> Term:
        """The term of the last entry in `log`; the snapshot's is ignored."""
        return self.log[server][-1].term if self.log[server] else first(Term)
