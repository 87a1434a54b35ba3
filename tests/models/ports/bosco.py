"""Bosco, one-step Byzantine consensus (Song, van Renesse 2008), with more than three nodes for each faulty one.

As mypyvy's examples have it, after Berkovits and others (CAV 2019), where sets of nodes stand for their sizes. What a
faulty node has received, decided and called is left out, and so are projections that keep the formulas in EPR.
"""

from __future__ import annotations

from assay.checker.language import (
    Model,
    Relation,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    implies,
    initial,
    invariant,
    lemma,
    record,
    require,
)


class Node(Sort):
    """A process."""


class Value(Sort):
    """What is proposed."""


class Most(Sort):
    """A set of n - t nodes."""


class Fast(Sort):
    """A set of more than (n + 3t) / 2 nodes."""


class Half(Sort):
    """A set of more than (n - t) / 2 nodes."""


@record
class Message:
    """The input of its sender, or what a faulty one claims."""

    src: Node
    dst: Node
    value: Value


class Bosco(Model):
    """A node that hears one value from many decides at once; all of them call a consensus that takes longer."""

    default = {
        "Node": 3,
        "Value": 2,
        "Most": 1,
        "Fast": 1,
        "Half": 1,
        "faulty": "{(n3,)}",
        "in_most": "{(n1, m1), (n2, m1)}",
        "in_fast": "{(n1, f1), (n2, f1), (n3, f1)}",
        "in_half": "{(n1, h1), (n2, h1)}",
    }
    check_deadlock = False

    faulty: Relation[Node]
    in_most: Relation[Node, Most]
    in_fast: Relation[Node, Fast]
    in_half: Relation[Node, Half]
    input: Relation[Node, Value]

    sent: Set[Message]
    received: Set[Message]
    decided: Set[tuple[Node, Value]]
    called: Set[tuple[Node, Value]]
    done: Set[Node]
    fallback: Set[Value]

    @axiom
    def half_of_most_and_fast(self, a: Most, b: Fast) -> bool:
        return any(
            all(
                implies(self.in_half(n, c), self.in_most(n, a) and self.in_fast(n, b) and not self.faulty(n))
                for n in Node
            )
            for c in Half
        )

    @axiom
    def fast_meets_half(self, b: Fast, c: Half) -> bool:
        return any(self.in_fast(n, b) and self.in_half(n, c) and not self.faulty(n) for n in Node)

    @axiom
    def one_input(self, n: Node, v: Value, w: Value) -> bool:
        return implies(not self.faulty(n) and self.input(n, v) and self.input(n, w), v == w)

    @initial
    def start(self, lies: Set[Message]) -> None:
        """All have sent their input to all; faulty nodes have sent anything to anybody."""
        require(all(self.faulty(m.src) for m in lies))
        require(all(self.faulty(n) or any(self.input(n, v) for v in Value) for n in Node))
        self.sent = lies | {
            Message(m, n, v) for m in Node for n in Node for v in Value if not self.faulty(m) and self.input(m, v)
        }

    def heard_most(self, n: Node) -> bool:
        return any(
            all(implies(self.in_most(m, a), any(Message(m, n, v) in self.received for v in Value)) for m in Node)
            for a in Most
        )

    def heard_fast(self, n: Node, v: Value) -> bool:
        return any(all(implies(self.in_fast(m, b), Message(m, n, v) in self.received) for m in Node) for b in Fast)

    def heard_half(self, n: Node, v: Value) -> bool:
        return any(all(implies(self.in_half(m, c), Message(m, n, v) in self.received) for m in Node) for c in Half)

    @action
    def receive(self, m: Message) -> None:
        require(m in self.sent, m.dst not in self.done)
        self.received.add(m)
        require(not self.heard_most(m.dst))

    @action
    def receive_last(self, m: Message, u: Value, w: Value) -> None:
        n = m.dst
        require(m in self.sent, n not in self.done)
        self.received.add(m)
        require(self.heard_most(n))
        if any(self.heard_fast(n, v) for v in Value):
            require(self.heard_fast(n, u))
            self.decided.add((n, u))
        one = any(self.heard_half(n, v) for v in Value)
        two = any(v != x and self.heard_half(n, v) and self.heard_half(n, x) for v in Value for x in Value)
        require((self.heard_half(n, w) and not two) or ((not one or two) and self.input(n, w)))
        self.called.add((n, w))
        self.done.add(n)

    @action
    def underlying_consensus(self, v: Value) -> None:
        require(not self.fallback)
        honest = {w for n, w in self.called if not self.faulty(n)}
        require(v in honest or any(w != x for w in honest for x in honest))
        self.fallback.add(v)

    @invariant
    def agreement(self, m: Node, n: Node, v: Value, w: Value) -> bool:
        return implies(
            not self.faulty(m) and not self.faulty(n) and (m, v) in self.decided and (n, w) in self.decided, v == w
        )

    @invariant
    def agreement_with_the_fallback(self, n: Node, v: Value, w: Value) -> bool:
        return implies(not self.faulty(n) and (n, v) in self.decided and w in self.fallback, v == w)

    @invariant
    def validity(self, v: Value, w: Value) -> bool:
        return implies(
            all(self.faulty(n) or self.input(n, v) for n in Node) and v != w,
            w not in self.fallback and all(self.faulty(n) or (n, w) not in self.decided for n in Node),
        )

    @lemma
    def what_is_sent_is_the_input(self, m: Node, n: Node, v: Value) -> bool:
        return self.faulty(m) or (Message(m, n, v) in self.sent) == self.input(m, v)

    @lemma
    def one_call(self, n: Node, v: Value, w: Value) -> bool:
        return implies(not self.faulty(n) and (n, v) in self.called and (n, w) in self.called, v == w)

    @lemma
    def who_calls_is_done(self, n: Node, v: Value) -> bool:
        return implies(not self.faulty(n) and (n, v) in self.called, n in self.done)

    @lemma
    def what_is_received_was_sent(self, m: Message) -> bool:
        return implies(not self.faulty(m.dst) and m in self.received, m in self.sent)

    def is_choosable(self, v: Value) -> bool:
        return any(
            all(not self.in_fast(m, b) or self.faulty(m) or Message(m, m, v) in self.sent for m in Node) for b in Fast
        )

    @lemma
    def decisions_are_choosable(self, n: Node, v: Value) -> bool:
        return self.faulty(n) or (n, v) not in self.decided or self.is_choosable(v)

    @lemma
    def what_others_call_is_not_choosable(self, n: Node, v: Value) -> bool:
        return implies(not self.faulty(n) and n in self.done and (n, v) not in self.called, not self.is_choosable(v))

    @lemma
    def fallback_was_called(self) -> bool:
        honest = {w for n, w in self.called if not self.faulty(n)}
        return self.fallback <= honest or any(w != x for w in honest for x in honest)


class DecidesAtOnce(Bosco):
    """Broken: whoever has heard a value from anybody decides it."""

    expected = Violates("agreement_with_the_fallback")

    def heard_fast(self, n: Node, v: Value) -> bool:
        return any(Message(m, n, v) in self.received for m in Node)
