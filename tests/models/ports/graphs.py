"""The Yo-Yo algorithm, which elects a leader on a graph, as the TLA+ Examples collection has it (Yvoz, Merz, 2024)."""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Enum,
    Map,
    Model,
    Order,
    Relation,
    Set,
    action,
    axiom,
    choose,
    eventually,
    everywhere,
    first,
    implies,
    initial,
    invariant,
    record,
    require,
    step_invariant,
    terminal,
    weak,
)


class Node(Order):
    """A node; its place in the order is its identity."""


class Phase(Enum):
    """Values go down the edges, answers go up."""

    DOWN = "down"
    UP = "up"


@record
class Down:
    """The least identity that the sender has heard of."""

    sender: Node
    value: Node


@record
class Answer:
    """Whether the value was the least of those that the sender received."""

    sender: Node
    yes: bool


class YoYo(Model):
    """On a given graph, all sources but one become inner nodes; nobody learns that this is done."""

    default = {"Node": 5, "edge": "{(n1, n2), (n1, n5), (n3, n4), (n3, n5), (n4, n5)}"}

    edge: Relation[Node, Node]  # from the lesser node to the greater
    phase: Map[Node, Phase] = everywhere(Phase.DOWN)
    incoming: Map[Node, Set[Node]]
    outgoing: Map[Node, Set[Node]]
    mailbox: Map[Node, Set[Down | Answer]]

    @axiom
    def upwards(self, m: Node, n: Node) -> bool:
        return implies(self.edge(m, n), m < n)

    @initial
    def orient(self) -> None:
        for n in Node:
            self.incoming[n] = {m for m in Node if self.edge(m, n)}
            self.outgoing[n] = {m for m in Node if self.edge(n, m)}

    @action
    def start_round(self, n: Node) -> None:
        """A source sends its identity down."""
        require(not self.incoming[n], self.phase[n] == Phase.DOWN)
        for m in self.outgoing[n]:
            self.mailbox[m].add(Down(n, n))
        self.phase[n] = Phase.UP

    @action
    def pass_down(self, n: Node) -> None:
        """Any other node sends down the least of the values from above."""
        require(self.incoming[n], self.phase[n] == Phase.DOWN)
        downs = {m for m in self.mailbox[n] if isinstance(m, Down)}
        require({m.sender for m in downs} == self.incoming[n])
        least = min(m.value for m in downs)
        for m in self.outgoing[n]:
            self.mailbox[m].add(Down(n, least))
        self.phase[n] = Phase.UP

    @action
    def end_round(self, n: Node) -> None:
        """A source turns the edges along which it hears no."""
        require(not self.incoming[n], self.phase[n] == Phase.UP)
        answers = {m for m in self.mailbox[n] if isinstance(m, Answer)}
        no = {m.sender for m in answers if not m.yes}
        require({m.sender for m in answers} == self.outgoing[n])
        self.mailbox[n] -= answers
        self.incoming[n] = no
        self.outgoing[n] -= no
        self.phase[n] = Phase.DOWN

    @action
    def pass_up(self, n: Node) -> None:
        """Any other node says yes to who sent the least value, if nobody below says no, and turns the other edges."""
        require(self.incoming[n], self.phase[n] == Phase.UP)
        answers = {m for m in self.mailbox[n] if isinstance(m, Answer)}
        no = {m.sender for m in answers if not m.yes}
        downs = {m for m in self.mailbox[n] if isinstance(m, Down) and m.sender in self.incoming[n]}
        require({m.sender for m in answers} == self.outgoing[n])
        if no:
            kept = set()
            self.outgoing[n] = (self.outgoing[n] - no) | self.incoming[n]
        else:
            least = min(m.value for m in downs)
            kept = {m.sender for m in downs if m.value == least}
            self.outgoing[n] |= self.incoming[n] - kept
        for m in self.incoming[n]:
            self.mailbox[m].add(Answer(n, m in kept))
        self.mailbox[n] -= answers | downs
        self.incoming[n] = kept | no
        self.phase[n] = Phase.DOWN

    @step_invariant
    def no_new_source(self, after: Self, n: Node) -> bool:
        return bool(after.incoming[n]) or not self.incoming[n]

    @invariant
    def neighbours_agree(self, m: Node, n: Node) -> bool:
        """Unless the edge between them is being turned."""
        turning = Answer(n, False) in self.mailbox[m] or Answer(m, False) in self.mailbox[n]
        return (m in self.outgoing[n]) == (n in self.incoming[m] or (n in self.outgoing[m] and turning))


@record
class Reply:
    """An answer that may also ask to remove the edge."""

    sender: Node
    yes: bool
    prune: bool


class YoYoWithPruning(Model):
    """On any connected graph: edges and nodes that say nothing new are removed, until the leader is alone."""

    default = {"Node": 3}
    deep = {"Node": 5}
    fairness = (weak("start_round", "pass_down", "end_round", "pass_up"),)

    active: Map[Node, bool] = everywhere(True)
    phase: Map[Node, Phase] = everywhere(Phase.DOWN)
    incoming: Map[Node, Set[Node]]
    outgoing: Map[Node, Set[Node]]
    mailbox: Map[Node, Set[Down | Reply]]

    @initial
    def orient(self, edges: Set[tuple[Node, Node]]) -> None:
        require(all(m < n for m, n in edges))
        near = {n for n in Node if n == first(Node) or (first(Node), n) in edges}
        two = near | {n for n in Node if any((m, n) in edges or (n, m) in edges for m in near)}
        three = two | {n for n in Node if any((m, n) in edges or (n, m) in edges for m in two)}
        four = three | {n for n in Node if any((m, n) in edges or (n, m) in edges for m in three)}
        require(four == set(Node))
        for n in Node:
            self.incoming[n] = {m for m in Node if (m, n) in edges}
            self.outgoing[n] = {m for m in Node if (n, m) in edges}

    @action
    def start_round(self, n: Node) -> None:
        require(not self.incoming[n], self.outgoing[n], self.phase[n] == Phase.DOWN)
        for m in self.outgoing[n]:
            self.mailbox[m].add(Down(n, n))
        self.phase[n] = Phase.UP

    @action
    def pass_down(self, n: Node) -> None:
        require(self.incoming[n], self.phase[n] == Phase.DOWN)
        downs = {m for m in self.mailbox[n] if isinstance(m, Down)}
        require({m.sender for m in downs} == self.incoming[n])
        least = min(m.value for m in downs)
        for m in self.outgoing[n]:
            self.mailbox[m].add(Down(n, least))
        self.phase[n] = Phase.UP

    @action
    def end_round(self, n: Node) -> None:
        require(not self.incoming[n], self.outgoing[n], self.phase[n] == Phase.UP)
        replies = {m for m in self.mailbox[n] if isinstance(m, Reply)}
        no = {m.sender for m in replies if not m.yes}
        pruned = {m.sender for m in replies if m.prune}
        require({m.sender for m in replies} == self.outgoing[n])
        self.mailbox[n] -= replies
        self.incoming[n] = no - pruned
        self.outgoing[n] -= no | pruned
        self.phase[n] = Phase.DOWN

    @action
    def pass_up(self, n: Node) -> None:
        """Of the nodes that sent the same value, the edge of one is kept; a sink with one edge leaves the graph."""
        require(self.incoming[n], self.phase[n] == Phase.UP)
        replies = {m for m in self.mailbox[n] if isinstance(m, Reply)}
        no = {m.sender for m in replies if not m.yes}
        pruned = {m.sender for m in replies if m.prune}
        downs = {m for m in self.mailbox[n] if isinstance(m, Down) and m.sender in self.incoming[n]}
        values = {m.value for m in downs}
        require({m.sender for m in replies} == self.outgoing[n])
        kept = {choose(m for m in self.incoming[n] if Down(m, v) in downs) for v in values}
        leaves = not self.outgoing[n] and len(self.incoming[n]) == 1
        winner = {m for m in kept if not no and Down(m, min(values)) in downs}
        for m in self.incoming[n]:
            self.mailbox[m].add(Reply(n, not no and Down(m, min(values)) in downs, m not in kept or leaves))
        self.mailbox[n] -= replies | downs
        self.incoming[n] = (set(winner) if not leaves else set()) | (no - pruned)
        self.outgoing[n] = (self.outgoing[n] - no - pruned) | (kept - winner)
        self.active[n] = not leaves
        self.phase[n] = Phase.DOWN

    @invariant
    def neighbours_agree(self, m: Node, n: Node) -> bool:
        """Unless the edge between them is being turned, or removed."""
        turning = Reply(n, False, False) in self.mailbox[m] or Reply(m, False, False) in self.mailbox[n]
        going = any(Reply(m, yes, True) in self.mailbox[n] for yes in (False, True))
        gone = n not in self.incoming[m] and n not in self.outgoing[m] and going
        return (m in self.outgoing[n]) == (n in self.incoming[m] or (n in self.outgoing[m] and turning) or gone)

    @terminal
    def elected(self) -> bool:
        """The least node is alone, and all others have left."""
        return all(
            not self.mailbox[n]
            and not self.incoming[n]
            and not self.outgoing[n]
            and self.active[n] == (n == first(Node))
            for n in Node
        )

    @eventually
    def is_elected(self) -> bool:
        return self.elected()
