"""Raft's leader completeness and state machine safety, for any number of servers, terms and values.

What is modelled
    Raft with restarts, as in `raft:RaftWithHistory`, with what the argument of the paper speaks of and no server
    knows: which entries a later leader lacks (`lost`), and how much the leader of each term has committed.
Properties
    All of figure 3 of the paper, with what the leaders have committed for what is committed: election safety, log
    matching, leader completeness and state machine safety; also that what is committed stays. They are proved of logs
    of a stated length, one entry unless ``--set entries=2`` says otherwise.
Argument
    An entry of a term's leader that some later leader lacks is noted as lost when that leader is elected. At that
    moment a quorum has voted for it. A voter that had acknowledged the entry would have refused, or would have lost it
    to a leader in between, of which the same is true; so no voter has, and none of them ever will, since it has come
    to a later term: no quorum ever has what is lost. What is committed, a quorum has. So it is never lost.
Source
    Ongaro and Ousterhout, *In search of an understandable consensus algorithm* (2014), sections 5.4 and figure 3;
    the lemmas are ours.
"""

from __future__ import annotations

from assay.checker.language import Map, Set, action, everywhere, lemma
from assay.models.classics.raft_election import Quorum, Role, Server, Term
from assay.models.raft import Append, Appended, Index, Raft, RaftWithHistory, RequestVote, Vote

__all__ = ["RaftCompleteness"]


class RaftCompleteness(RaftWithHistory):
    """With a note of what later leaders lack, and of what each leader has committed: figure 3 is proved with it."""

    deep = {"Term": 3}  # two of them have a leader: the later one must have what the earlier one has committed

    leader_completeness = Raft.leader_completeness
    state_machine_safety = Raft.state_machine_safety
    what_is_chosen_stays = Raft.what_is_chosen_stays

    lost: Set[tuple[Term, Index]]  # of which term's leader which log, up to an index, a later leader does not have
    committed: Map[Term, Index] = everywhere(0)  # how much the leader of a term has committed

    @action
    def lead(self, server: Server, quorum: Quorum) -> None:
        """A quorum has voted for the candidate; what it lacks of the logs of earlier leaders is lost."""
        super().lead(server, quorum)
        lacking = {
            (t, i)
            for t in Term
            for i in range(1, self.entries + 1)
            if t < self.term[server]
            and (i > len(self.led[t]) or (self.led[t][i - 1].term == t and self.log[server][:i] != self.led[t][:i]))
        }
        assert all((t, i) in self.lost or not self.has(voter, t, i) for t, i in lacking for voter in quorum)
        self.lost |= lacking

    @action
    def commit_entries(self, server: Server, quorum: Quorum, index: Index) -> None:
        """The leader commits all entries up to one of its own term that a quorum has; that is noted."""
        super().commit_entries(server, quorum, index)
        self.committed[self.term[server]] = index

    def choose_prefix(self, server: Server, index: int) -> None:
        """Record what was committed, if it is longer than before. It is not lost, and agrees with what was chosen."""
        assert (self.term[server], index) not in self.lost
        agreed = min(index, len(self.chosen))
        assert self.log[server][:agreed] == self.chosen[:agreed]
        super().choose_prefix(server, index)

    def has(self, server: Server, term: Term, index: int) -> bool:
        """Whether a server has had the log of a term's leader up to an index, and the leader may know."""
        return (server == self.leader[term] and index <= len(self.led[term])) or any(
            Appended(term, server, end) in self.messages for end in range(index, self.entries + 1)
        )

    def is_own(self, term: Term, index: int) -> bool:
        """Whether the entry at an index of the log of a term's leader is of that term."""
        return 0 < index <= len(self.led[term]) and self.led[term][index - 1].term == term

    # Requests and votes

    @lemma
    def candidates_have_asked(self, server: Server) -> bool:
        """Whoever is a candidate has asked for votes, with its log as it is."""
        return (
            self.role[server] != Role.CANDIDATE
            or RequestVote(self.term[server], server, self.last_index(server), self.last_term(server)) in self.messages
        )

    @lemma
    def requests_are_of_terms_come_to(self) -> bool:
        """Nobody asks for votes in a term that it has not come to."""
        return all(m.term <= self.term[m.candidate] for m in self.messages if isinstance(m, RequestVote))

    @lemma
    def votes_are_of_terms_come_to(self, term: Term, voter: Server, candidate: Server) -> bool:
        """Nor is anybody voted for in such a term."""
        return Vote(term, voter, candidate) not in self.messages or term <= self.term[candidate]

    @lemma
    def one_request_a_term(self, term: Term, candidate: Server, a: Index, b: Index, x: Term, y: Term) -> bool:
        """A candidate asks once in a term."""
        both = (
            RequestVote(term, candidate, a, x) in self.messages and RequestVote(term, candidate, b, y) in self.messages
        )
        return not both or (a == b and x == y)

    # Terms of entries

    @lemma
    def terms_of_logs_do_not_fall(self, server: Server) -> bool:
        """Terms in a log do not fall, and the server has come to them."""
        log = self.whole_log(server)
        return all(x.term <= self.term[server] and all(y.term <= x.term for y in log[:i]) for i, x in enumerate(log))

    @lemma
    def terms_of_leaders_logs_do_not_fall(self, term: Term) -> bool:
        """So it is in the logs of leaders."""
        return all(
            x.term <= term and all(y.term <= x.term for y in self.led[term][:i]) for i, x in enumerate(self.led[term])
        )

    # Acknowledgements

    @lemma
    def leaders_send(self) -> bool:
        """What is sent in a term, its leader has sent."""
        return all(m.leader == self.leader[m.term] for m in self.messages if isinstance(m, Append))

    @lemma
    def acknowledged_is_sent(self) -> bool:
        """Nobody acknowledges more than the log of the leader, or in a term that it has not come to."""
        return all(
            m.term <= self.term[m.follower] and m.index <= len(self.led[m.term])
            for m in self.messages
            if isinstance(m, Appended)
        )

    @lemma
    def acknowledged_is_kept(self, server: Server, term: Term, index: Index) -> bool:
        """What a server has acknowledged, it has, unless a later leader has not."""
        if not (self.is_own(term, index) and self.has(server, term, index)):
            return True
        return self.whole_log(server)[:index] == self.led[term][:index] or (term, index) in self.lost

    @lemma
    def candidates_have_what_voters_have(
        self, voter: Server, term: Term, index: Index, candidate: Server, now: Term, last_index: Index, last_term: Term
    ) -> bool:
        """A voter that has an entry votes for logs that are as good as one with it, unless it is lost."""
        if not (self.is_own(term, index) and self.has(voter, term, index) and term < now):
            return True
        if RequestVote(now, candidate, last_index, last_term) not in self.messages:
            return True
        if Vote(now, voter, candidate) not in self.messages:
            return True
        return (term, index) in self.lost or term < last_term or (term == last_term and index <= last_index)

    @lemma
    def later_leaders_have_it_or_it_is_lost(self, term: Term, later: Term, index: Index) -> bool:
        """What a leader lacks of an earlier leader's own entries is noted as lost."""
        if not (term < later and self.leader[later] is not None and index > 0) or (term, index) in self.lost:
            return True
        if index > len(self.led[term]):
            return False
        return self.led[term][index - 1].term != term or self.led[later][:index] == self.led[term][:index]

    @lemma
    def no_quorum_has_what_is_lost(self, term: Term, index: Index, quorum: Quorum) -> bool:
        """In every quorum a server has never had what is lost, and has come to a later term."""
        return (term, index) not in self.lost or any(
            term < self.term[server] and not self.has(server, term, index) for server in quorum
        )

    @lemma
    def candidates_have_it(self, voter: Server, term: Term, index: Index, candidate: Server) -> bool:
        """A candidate has what those have who vote for it, unless it is lost."""
        now = self.term[candidate]
        if self.role[candidate] != Role.CANDIDATE or Vote(now, voter, candidate) not in self.messages or now <= term:
            return True
        if not (self.is_own(term, index) and self.has(voter, term, index)):
            return True
        return (term, index) in self.lost or self.whole_log(candidate)[:index] == self.led[term][:index]

    # Commitment

    @lemma
    def leaders_have_what_is_committed(self, term: Term, later: Term) -> bool:
        """Leaders have what was committed in earlier terms."""
        index = self.committed[term]
        if not term < later or self.leader[later] is None:
            return True
        return index <= len(self.led[later]) and self.led[later][:index] == self.led[term][:index]

    @lemma
    def committed_by_quorums(self, term: Term) -> bool:
        """What is committed ends in an entry of the leader's own term, and a quorum has it."""
        index = self.committed[term]
        if index == 0:
            return True
        return self.is_own(term, index) and any(
            all(self.has(server, term, index) for server in quorum) for quorum in Quorum
        )

    @lemma
    def committed_is_chosen(self, term: Term) -> bool:
        """What is committed is a prefix of what is chosen."""
        index = self.committed[term]
        return index <= len(self.chosen) and self.led[term][:index] == self.chosen[:index]

    @lemma
    def chosen_is_committed(self) -> bool:
        """What is chosen has been committed, in the term that is noted."""
        return not self.chosen or self.committed[self.chosen_in] == len(self.chosen)

    @lemma
    def applied_is_committed(self, server: Server) -> bool:
        """What a server applies was committed in its term or before."""
        index = self.commit[server]
        return index == 0 or any(term <= self.term[server] and index <= self.committed[term] for term in Term)

    @lemma
    def applied_is_chosen(self, server: Server) -> bool:
        """And it is what is chosen."""
        index = self.commit[server]
        return index <= len(self.whole_log(server)) and self.whole_log(server)[:index] == self.chosen[:index]

    @lemma
    def sent_is_committed(self) -> bool:
        """So it is with how much a message says is committed."""
        return all(
            m.commit == 0 or any(term <= m.term and m.commit <= self.committed[term] for term in Term)
            for m in self.messages
            if isinstance(m, Append)
        )

    @lemma
    def sent_as_committed_is_chosen(self) -> bool:
        """And that much of the leader's log is what is chosen."""
        return all(
            m.commit <= len(self.led[m.term]) and self.led[m.term][: m.commit] == self.chosen[: m.commit]
            for m in self.messages
            if isinstance(m, Append)
        )
