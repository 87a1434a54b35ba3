"""Raft with snapshots keeps what it has committed, for any number of servers, terms and values.

What is modelled
    Raft with snapshots, as in `raft_snapshots`, with the history of `raft_completeness`, and with the log that each
    server would have had it never compacted any (`whole`).
Properties
    Those of figure 3 of the paper, for logs whose first entries are in a snapshot; that snapshots are of what is
    committed, and are only replaced by ones that cover more. They are proved of logs of a stated length, one entry
    unless ``--set entries=2`` says otherwise.
Argument
    The lemmas of `raft_completeness`, of whole logs: compacting changes none of these. What is noted as lost when a
    leader is elected is here what none of its voters has had, which is more than what it lacks. A
    snapshot is a prefix of its server's whole log, and committed. So the leader of every later term has it, and a
    server that installs or keeps a snapshot instead of the entries of a leader has the same log as if it had been sent
    all of them.
Source
    Ongaro and Ousterhout, *In search of an understandable consensus algorithm* (2014), section 7 and figure 13 of the
    extended version; the lemmas are ours.
"""

from __future__ import annotations

from assay.checker.language import Map, Violates, action, first, lemma, removed
from assay.models.classics.raft_election import Quorum, Server, Term
from assay.models.consensus import Value
from assay.models.raft import Append, Index, Log, Raft, RaftWithHistory
from assay.models.raft_completeness import RaftCompleteness
from assay.models.raft_snapshots import InstallSnapshot, RaftSnapshottingUncommitted, RaftWithSnapshots

__all__ = ["RaftSnapshotsCompleteness", "RaftSnapshotsCompletenessUncommitted"]


class RaftSnapshotsCompleteness(RaftWithSnapshots, RaftCompleteness):
    """Servers keep a snapshot and the entries that follow it; history has their whole logs."""

    deep = {"Term": 3}  # two of them have a leader

    leader_completeness = RaftWithSnapshots.leader_completeness
    state_machine_safety = RaftWithSnapshots.state_machine_safety
    what_is_chosen_stays = Raft.what_is_chosen_stays
    implements_consensus_in_order = removed
    leaders_have_what_is_committed = removed  # it follows from committed_is_not_lost

    whole: Map[Server, Log]  # the log that a server would have without snapshots

    def whole_log(self, server: Server) -> Log:
        """The log with what the snapshot covers."""
        return self.whole[server]

    # What is lost is what none of a later leader's voters has had

    @action
    def lead(self, server: Server, quorum: Quorum) -> None:
        """A quorum has voted for the candidate; what none of it has of the logs of earlier leaders is lost."""
        RaftWithHistory.lead(self, server, quorum)
        self.lost |= {
            (term, index)
            for term in Term
            for index in range(1, self.entries + 1)
            if term < self.term[server] and all(not self.has(voter, term, index) for voter in quorum)
        }

    @lemma
    def committed_is_own(self, term: Term) -> bool:
        """What is committed ends in an entry of the leader's own term."""
        return self.committed[term] == 0 or self.is_own(term, self.committed[term])

    @lemma
    def committed_by_quorums(self, term: Term) -> bool:
        """A quorum has what is committed."""
        index = self.committed[term]
        return index == 0 or any(all(self.has(server, term, index) for server in quorum) for quorum in Quorum)

    @lemma
    def committed_is_not_lost(self, term: Term) -> bool:
        """So it is not lost: later leaders have it."""
        return (term, self.committed[term]) not in self.lost

    # What happens to whole logs

    @action
    def request(self, server: Server, value: Value) -> None:
        """A client sends the leader a command, which it appends to its log."""
        RaftCompleteness.request(self, server, value)
        self.whole[server] = list(self.led[self.term[server]])

    @action
    def append(self, server: Server, m: Append) -> None:
        """A server appends the leader's entries, except for those that its snapshot covers."""
        RaftWithSnapshots.append(self, server, m)
        known = self.whole[server][: m.previous_index]
        if self.whole[server][: m.previous_index + len(m.entries)] != known + m.entries:
            self.whole[server] = known + m.entries

    @action
    def commit_entries(self, server: Server, quorum: Quorum, index: Index) -> None:
        """The leader commits all entries up to one of its own term that a quorum has; that is noted."""
        RaftWithSnapshots.commit_entries(self, server, quorum, index)
        self.committed[self.term[server]] = index

    def choose_prefix(self, server: Server, index: int) -> None:
        """Record what was committed, if it is longer than before. It agrees with what was chosen already."""
        agreed = min(index, len(self.chosen))
        assert self.whole[server][:agreed] == self.chosen[:agreed]
        if index > len(self.chosen):
            self.chosen = self.whole[server][:index]
            self.chosen_in = self.term[server]

    @action
    def install_snapshot(self, server: Server, m: InstallSnapshot) -> None:
        """A server that has applied less installs the snapshot, and keeps the entries that follow it."""
        RaftWithSnapshots.install_snapshot(self, server, m)
        covered = self.led[m.term][: m.snapshot.index]
        if self.whole[server][: m.snapshot.index] != covered:
            self.whole[server] = covered

    # Snapshots

    @lemma
    def whole_logs_are_kept(self, server: Server) -> bool:
        """A whole log is what the snapshot covers, and the log."""
        covered = self.snapshot[server].index
        return covered <= len(self.whole[server]) and self.whole[server][covered:] == self.log[server]

    @lemma
    def snapshots_are_of_whole_logs(self, server: Server) -> bool:
        """A snapshot has the term of the last entry it covers, and the state after it."""
        snapshot = self.snapshot[server]
        last = self.whole[server][snapshot.index - 1].term if snapshot.index > 0 else first(Term)
        return snapshot.term == last and snapshot.state == [e.value for e in self.whole[server][: snapshot.index]]

    @lemma
    def snapshots_are_applied(self, server: Server) -> bool:
        """A snapshot covers nothing that its server has not applied."""
        return self.snapshot[server].index <= self.commit[server]

    @lemma
    def snapshots_are_sent_by_leaders(self) -> bool:
        """A snapshot that is sent is of the log of the term's leader."""
        return all(
            m.leader == self.leader[m.term]
            and 0 < m.snapshot.index <= len(self.led[m.term])
            and m.snapshot.term == self.led[m.term][m.snapshot.index - 1].term
            and m.snapshot.state == [entry.value for entry in self.led[m.term][: m.snapshot.index]]
            for m in self.snapshots
        )

    @lemma
    def sent_snapshots_are_committed(self) -> bool:
        """What is sent in a snapshot was committed in its term or before."""
        return all(
            any(term <= m.term and m.snapshot.index <= self.committed[term] for term in Term) for m in self.snapshots
        )

    @lemma
    def sent_snapshots_are_chosen(self) -> bool:
        """And it is what is chosen."""
        return all(self.led[m.term][: m.snapshot.index] == self.chosen[: m.snapshot.index] for m in self.snapshots)


class RaftSnapshotsCompletenessUncommitted(RaftSnapshotsCompleteness):
    """Broken: a server compacts its log beyond its commit index."""

    expected = Violates("state_machine_safety")
    smoke = {}
    deep = {}

    take_snapshot = RaftSnapshottingUncommitted.take_snapshot
