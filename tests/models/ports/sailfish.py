"""Sailfish, consensus on a graph of blocks, as the TLA+ Examples collection has it (Losa, 2025).

A node that enters a round chooses any set of blocks of the round before: `delivered`. What each node delivers to its
clients follows from the graph, since a node's blocks say which blocks it had at each round; the variable for it is left
out. The instance is that of ``TLCSailfish1``: three nodes, one of them Byzantine.
"""

from assay.checker.language import (
    Function,
    Map,
    Model,
    Order,
    Parameter,
    QuorumSystem,
    Set,
    Sort,
    action,
    first,
    invariant,
    pred,
    reachable,
    record,
    require,
    some,
)

__all__ = ["Sailfish"]


class Node(Sort):
    """Makes a block in each round that it enters."""


class Round(Order):
    """Each has a leader."""


class Quorum(QuorumSystem[Node]):
    """The sets that are quorums; a superset of one is one only if it is listed."""


@record
class Block:
    """A vertex of the graph."""

    node: Node
    round: Round


class Sailfish(Model):
    """Nodes enter rounds; the Byzantine one makes blocks as it likes, but no two in one round."""

    default = {
        "Node": 3,
        "Round": 5,
        "Quorum": [{1, 3}, {2, 3}, {1, 2, 3}],
        "faulty": "{n1}",
        "synchronous": "r3",
        "leader": "{r1: n1, r2: n2, r3: n3, r4: n1, r5: n2}",
    }
    check_deadlock = False

    faulty: Parameter[Set[Node]]
    synchronous: Parameter[Round]  # from this round on, no block of a correct node is late
    leader: Function[Round, Node]
    blocks: Set[Block]
    edges: Set[tuple[Block, Block]]  # from a block to one of the round before
    round: Map[Node, Round | None]

    def is_quorum(self, nodes: set[Node]) -> bool:
        return any(all((n in quorum) == (n in nodes) for n in Node) for quorum in Quorum)

    def leaders(self, r: Round) -> Block:
        return Block(self.leader[r], r)

    def nobody_votes(self, r: Round, among: set[Block], besides: set[Node]) -> bool:
        """Whether a quorum does not vote for the block of the leader before a round."""
        against = {b.node for b in among if (b, self.leaders(pred(r))) not in self.edges}
        return self.is_quorum(against | besides)

    @action
    def start(self, n: Node) -> None:
        require(n not in self.faulty, self.round[n] is None)
        self.round[n] = first(Round)
        self.blocks.add(Block(n, first(Round)))

    @action
    def enter(self, n: Node, r: Round, delivered: Set[Block]) -> None:
        now = some(self.round[n])
        require(n not in self.faulty, r > now, delivered <= self.blocks)
        before = pred(r)
        require(all(b.round == before for b in delivered))
        nodes = {b.node for b in delivered}
        require(self.is_quorum(nodes))
        require(r < self.synchronous or all(m in nodes for m in Node if m not in self.faulty))
        lead = self.leaders(before)
        require(
            lead not in delivered
            or before == first(Round)
            or (lead, self.leaders(pred(before))) in self.edges
            or self.nobody_votes(before, delivered, set[Node]())
        )
        beside = {b for b in self.blocks if b.round == r}
        require(self.leader[r] != n or lead in delivered or self.nobody_votes(r, beside, {n}))
        self.round[n] = r
        self.blocks.add(Block(n, r))
        self.edges |= {(Block(n, r), b) for b in delivered}

    @action
    def lie(self, n: Node, r: Round, delivered: Set[Block]) -> None:
        require(n in self.faulty, Block(n, r) not in self.blocks, delivered <= self.blocks)
        if r == first(Round):
            require(len(delivered) == 0)
        else:
            require(all(b.round == pred(r) for b in delivered), self.is_quorum({b.node for b in delivered}))
        self.blocks.add(Block(n, r))
        self.edges |= {(Block(n, r), b) for b in delivered}

    @invariant
    def edges_lead_one_round_back(self) -> bool:
        return all(
            a in self.blocks and b in self.blocks and a.round > first(Round) and b.round == pred(a.round)
            for a, b in self.edges
        )

    @reachable
    def a_leader_is_committed(self, n: Node, r: Round) -> bool:
        """A quorum of the blocks under a node's own votes for the leader two rounds before."""
        if self.round[n] != r or r == first(Round) or pred(r) == first(Round):
            return False
        lead = self.leaders(pred(pred(r)))
        own = Block(n, r)
        return self.is_quorum({b.node for b in self.blocks if (own, b) in self.edges and (b, lead) in self.edges})
