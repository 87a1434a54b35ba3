"""Heartbeats that carry what their senders have heard: a set, a map and a list inside of each."""

from __future__ import annotations

from assay.checker.language import (
    Map,
    Model,
    Seq,
    Set,
    Sort,
    Violates,
    action,
    frozen,
    implies,
    invariant,
    lemma,
    record,
    require,
)


class Node(Sort):
    pass


@record
class Beat:
    sender: Node
    seen: Set[Node]
    last: Map[Node, Node | None]
    line: Seq[Node, 2]


class Gossip(Model):
    default = {"Node": 2}

    seen: Map[Node, Set[Node]]
    line: Seq[Node, 2]
    alive: Set[Node]
    beats: Set[Beat]
    best: Set[Node] | None = None
    groups: Set[Set[Node]]

    @action
    def start(self, n: Node) -> None:
        self.alive.add(n)
        self.seen[n].add(n)
        if len(self.line) < 2:
            self.line.append(n)

    @action
    def beat(self, n: Node) -> None:
        require(n in self.alive)
        mine = set(self.seen[n])
        self.beats.add(Beat(n, mine, {k: (n if k in mine else None) for k in Node}, self.line))

    @action
    def hear(self, n: Node, b: Beat) -> None:
        require(b in self.beats, n in self.alive)
        self.seen[n] |= b.seen
        self.best = b.seen
        self.groups |= {frozen(other.seen & b.seen) for other in self.beats}
        if b.line and b.line[-1] == n:
            self.line = b.line[1:]

    @invariant
    def only_the_living(self, n: Node, k: Node) -> bool:
        return implies(k in self.seen[n], k in self.alive)

    @lemma
    def beats_tell_the_truth(self) -> bool:
        return all(b.seen <= self.alive and all(k in self.alive for k in b.line) for b in self.beats)

    @lemma
    def beats_agree(self) -> bool:
        return all((b.last[k] is not None) == (k in b.seen) for b in self.beats for k in Node)

    @invariant
    def best_is_of_the_living(self) -> bool:
        return self.best is None or all(k in self.alive for k in self.best)

    @invariant
    def line_is_of_the_living(self) -> bool:
        return all(k in self.alive for k in self.line)

    @invariant
    def groups_are_of_the_living(self) -> bool:
        return all(k in self.alive for group in self.groups for k in group)


class GossipOfTheDead(Gossip):
    """Broken: a node that has not started says that it has."""

    smoke = {"Node": 1}
    expected = Violates("only_the_living")

    @action
    def beat(self, n: Node) -> None:
        self.beats.add(Beat(n, {n}, {k: n if k == n else None for k in Node}, []))
