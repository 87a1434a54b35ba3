"""Vertical Paxos (Lamport, Malkhi, Zhou 2009), as mypyvy's examples have it, after Padon and others (OOPSLA 2017)."""

from __future__ import annotations

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
    first,
    implies,
    invariant,
    lemma,
    record,
    require,
)


class Round(Order):
    """A round of votes."""


class Value(Sort):
    """What is decided."""


class Config(Sort):
    """A configuration: which sets of nodes are quorums."""


class Quorum(Sort):
    """A set of nodes."""


class Node(Sort):
    """An acceptor."""


@record
class Left:
    """Phase 1b: a node has joined a round, and left an earlier one."""

    node: Node
    round: Round
    earlier: Round


@record
class Vote:
    """Phase 2b."""

    node: Node
    round: Round
    value: Value


class VerticalPaxos(Model):
    """A master gives each round a configuration, which says which round is complete, and need not be read beyond."""

    default = {"Round": 2, "Value": 2, "Config": 2, "Quorum": 1, "Node": 1}
    check_deadlock = False

    member: Relation[Node, Quorum]
    quorum_in: Relation[Quorum, Config]
    complete_of: Relation[Config, Round]

    one_a: Set[tuple[Round, Round]]
    one_b: Set[Left]
    left: Set[tuple[Node, Round]]
    proposal: Set[tuple[Round, Value]]
    vote: Set[Vote]
    decision: Set[tuple[Round, Value]]
    configured: Set[tuple[Round, Config]]
    complete: Set[Round]
    master_complete: Round = first(Round)

    @axiom
    def quorums_of_a_configuration_meet(self, c: Config, p: Quorum, q: Quorum) -> bool:
        return implies(
            self.quorum_in(p, c) and self.quorum_in(q, c), any(self.member(n, p) and self.member(n, q) for n in Node)
        )

    @axiom
    def completes_one_round(self, c: Config, r: Round, s: Round) -> bool:
        return implies(self.complete_of(c, r) and self.complete_of(c, s), r == s)

    @action
    def configure_round(self, r: Round, c: Config) -> None:
        require(all((r, d) not in self.configured for d in Config))
        require(self.master_complete <= r, self.complete_of(c, self.master_complete))
        self.configured.add((r, c))

    @action
    def mark_complete(self, r: Round) -> None:
        require(r in self.complete, r > self.master_complete)
        self.master_complete = r

    @action
    def send_1a(self, r: Round, c: Config, cr: Round) -> None:
        require((r, c) in self.configured, self.complete_of(c, cr))
        self.one_a |= {(r, s) for s in Round if cr <= s < r}

    @action
    def join_round(self, n: Node, r: Round, rp: Round) -> None:
        require((r, rp) in self.one_a, (n, r) not in self.left)
        self.one_b.add(Left(n, r, rp))
        self.left |= {(n, s) for s in Round if s < r}

    def is_prepared(self, r: Round, c: Config, cr: Round, quorum_of: Map[Round, Quorum]) -> bool:
        return (
            (r, c) in self.configured
            and self.complete_of(c, cr)
            and all((r, v) not in self.proposal for v in Value)
            and all(
                any((s, d) in self.configured for d in Config)
                and all(implies((s, d) in self.configured, self.quorum_in(quorum_of[s], d)) for d in Config)
                and all(implies(self.member(n, quorum_of[s]), Left(n, r, s) in self.one_b) for n in Node)
                for s in Round
                if cr <= s < r
            )
        )

    @action
    def propose_own(self, r: Round, c: Config, cr: Round, v: Value, quorum_of: Map[Round, Quorum]) -> None:
        require(self.is_prepared(r, c, cr, quorum_of))
        require(
            all(
                Vote(n, s, w) not in self.vote
                for s in Round
                if cr <= s < r
                for n in Node
                if self.member(n, quorum_of[s])
                for w in Value
            )
        )
        self.complete.add(r)
        self.proposal.add((r, v))

    @action
    def propose_voted(
        self, r: Round, c: Config, cr: Round, maxr: Round, v: Value, quorum_of: Map[Round, Quorum]
    ) -> None:
        require(self.is_prepared(r, c, cr, quorum_of))
        require(cr <= maxr < r, any(self.member(n, quorum_of[maxr]) and Vote(n, maxr, v) in self.vote for n in Node))
        require(
            all(
                s <= maxr
                for s in Round
                if cr <= s < r
                for n in Node
                if self.member(n, quorum_of[s])
                for w in Value
                if Vote(n, s, w) in self.vote
            )
        )
        self.proposal.add((r, v))

    @action
    def cast_vote(self, n: Node, v: Value, r: Round) -> None:
        require((n, r) not in self.left, (r, v) in self.proposal)
        self.vote.add(Vote(n, r, v))

    @action
    def decide(self, r: Round, c: Config, v: Value, q: Quorum) -> None:
        require((r, c) in self.configured, self.quorum_in(q, c))
        require(all(implies(self.member(n, q), Vote(n, r, v) in self.vote) for n in Node))
        self.decision.add((r, v))
        self.complete.add(r)

    @invariant
    def agreement(self, r: Round, s: Round, v: Value, w: Value) -> bool:
        return implies((r, v) in self.decision and (s, w) in self.decision, v == w)

    @lemma
    def one_proposal_a_round(self, r: Round, v: Value, w: Value) -> bool:
        return implies((r, v) in self.proposal and (r, w) in self.proposal, v == w)

    @lemma
    def votes_are_for_proposals(self, n: Node, r: Round, v: Value) -> bool:
        return implies(Vote(n, r, v) in self.vote, (r, v) in self.proposal)

    @lemma
    def proposals_follow_configured_rounds(self, r: Round, s: Round, v: Value) -> bool:
        return implies((s, v) in self.proposal and r <= s, any((r, c) in self.configured for c in Config))

    @lemma
    def what_counts_as_complete_is(self, r: Round, s: Round, t: Round, c: Config) -> bool:
        counts = s == self.master_complete or ((t, c) in self.configured and self.complete_of(c, s))
        return implies(counts and r < s, s in self.complete)

    @lemma
    def complete_rounds_follow_configured_ones(self, r: Round, s: Round) -> bool:
        return implies(s in self.complete and r <= s, any((r, c) in self.configured for c in Config))

    @lemma
    def decisions_have_a_quorum(self, r: Round, v: Value) -> bool:
        return implies(
            (r, v) in self.decision,
            any(
                (r, c) in self.configured
                and self.quorum_in(q, c)
                and all(implies(self.member(n, q), Vote(n, r, v) in self.vote) for n in Node)
                for c in Config
                for q in Quorum
            ),
        )

    def cannot_choose(self, r: Round, q: Quorum, v: Value) -> bool:
        return any(self.member(n, q) and (n, r) in self.left and Vote(n, r, v) not in self.vote for n in Node)

    @lemma
    def later_proposals_exclude_other_choices(
        self, r: Round, s: Round, v: Value, w: Value, q: Quorum, c: Config
    ) -> bool:
        return implies(
            r < s and (s, w) in self.proposal and v != w and (r, c) in self.configured and self.quorum_in(q, c),
            self.cannot_choose(r, q, v),
        )

    @lemma
    def configurations_complete_earlier_rounds(self, r: Round, c: Config, s: Round) -> bool:
        return implies((r, c) in self.configured and self.complete_of(c, s), s <= r and s <= self.master_complete)

    @lemma
    def before_complete_rounds_only_decisions_are_chosen(
        self, r: Round, s: Round, c: Config, q: Quorum, v: Value
    ) -> bool:
        return implies(
            s in self.complete
            and r < s
            and (r, c) in self.configured
            and self.quorum_in(q, c)
            and (s, v) not in self.decision,
            self.cannot_choose(r, q, v),
        )

    @lemma
    def joining_leaves_all_rounds_before(self, n: Node, r: Round, s: Round, t: Round) -> bool:
        return implies(Left(n, r, s) in self.one_b and t < r, (n, t) in self.left)


class CompletesAnyRound(VerticalPaxos):
    """Broken: the master counts a round as complete that is not, and nobody looks at the rounds before any more."""

    default = {"Round": 2, "Value": 2, "Config": 2, "Quorum": 1, "Node": 1}
    expected = Violates("agreement")

    @action
    def mark_complete(self, r: Round) -> None:
        require(r > self.master_complete)
        self.master_complete = r
