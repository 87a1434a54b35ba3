"""Immutable structure: relations, functions and constants that an instance chooses, with axioms; bounds by those."""

from __future__ import annotations

import itertools

from assay.checker.language import (
    Function,
    Map,
    Model,
    Nat,
    Order,
    Parameter,
    QuorumSystem,
    Range,
    Relation,
    Seq,
    Set,
    Sort,
    action,
    axiom,
    everywhere,
    implies,
    invariant,
    lemma,
    removed,
    require,
)
from readings import counted, proved, refuted


class Node(Sort):
    """A sort."""


class Id(Order):
    """Identities."""


class Config(Sort):
    """Configurations."""


class Quorum(QuorumSystem[Node]):
    """Quorums of nodes."""


class Ring(Model):
    """The leader election of Chang and Roberts on any ring, as mypyvy's and Ivy's examples have it."""

    default = {"Node": 3, "Id": 3}
    check_deadlock = False
    between: Relation[Node, Node, Node]
    id: Function[Node, Id]
    pending: Set[tuple[Id, Node]]
    leader: Set[Node]

    @axiom
    def transitive(self, w: Node, x: Node, y: Node, z: Node) -> bool:
        return implies(self.between(w, x, y) and self.between(w, y, z), self.between(w, x, z))

    @axiom
    def one_way(self, w: Node, x: Node, y: Node) -> bool:
        return implies(self.between(w, x, y), not self.between(w, y, x) and w not in (x, y) and x != y)

    @axiom
    def total(self, w: Node, x: Node, y: Node) -> bool:
        return w in (x, y) or x == y or self.between(w, x, y) or self.between(w, y, x)

    @axiom
    def cyclic(self, x: Node, y: Node, z: Node) -> bool:
        return implies(self.between(x, y, z), self.between(y, z, x))

    @axiom
    def distinct(self, a: Node, b: Node) -> bool:
        return implies(self.id[a] == self.id[b], a == b)

    def follows(self, n: Node, m: Node) -> bool:
        return n != m and all(k in (n, m) or self.between(n, m, k) for k in Node)

    @action
    def send(self, n: Node, m: Node) -> None:
        require(self.follows(n, m))
        self.pending.add((self.id[n], m))

    @action
    def receive(self, n: Node, m: Node, i: Id) -> None:
        require((i, n) in self.pending, self.follows(n, m))
        if i == self.id[n]:
            self.leader.add(n)
        elif i > self.id[n]:
            self.pending.add((i, m))

    @invariant
    def one_leader(self, a: Node, b: Node) -> bool:
        return implies(a in self.leader and b in self.leader, a == b)

    @lemma
    def leads_by_the_last(self, n: Node, m: Node) -> bool:
        return implies(n in self.leader or (self.id[n], n) in self.pending, self.id[m] <= self.id[n])

    @lemma
    def passes_lesser_ones(self, s: Node, n: Node, d: Node) -> bool:
        return implies((self.id[n], d) in self.pending and self.between(n, s, d), self.id[s] < self.id[n])


class RingOfNamesakes(Ring):
    distinct = removed


def test_a_topology_and_identities_with_axioms() -> None:
    # Three nodes in either direction, with 6 ways to give them three identities, of which 3 differ by a turn.
    identities = "{n1: i1, n2: i2, n3: i3}"
    assert counted(Ring) == 6 * sum(counted(Ring, id=identities, between=ring) for ring in (RIGHT, LEFT))
    assert proved(Ring)
    assert "one_leader" in refuted(RingOfNamesakes)


RIGHT = "{(n1, n2, n3), (n2, n3, n1), (n3, n1, n2)}"
LEFT = "{(n1, n3, n2), (n3, n2, n1), (n2, n1, n3)}"


class Members(Model):
    """Configurations are sets of nodes, by a relation; any two of them share a node."""

    default = {"Node": 2, "Config": 2}
    check_deadlock = False
    member: Relation[Node, Config]
    voted: Map[Node, Config | None]
    chosen: Set[Config]

    @axiom
    def meet(self, c: Config, d: Config) -> bool:
        return any(self.member(n, c) and self.member(n, d) for n in Node)

    @action
    def vote(self, n: Node, c: Config) -> None:
        require(self.voted[n] is None)
        self.voted[n] = c

    @action
    def decide(self, c: Config) -> None:
        require(all(self.voted[n] == c for n in Node if self.member(n, c)))
        self.chosen.add(c)

    @invariant
    def one_is_chosen(self, c: Config, d: Config) -> bool:
        return c == d or not (c in self.chosen and d in self.chosen)

    @lemma
    def chosen_by_all(self, c: Config, n: Node) -> bool:
        return implies(c in self.chosen and self.member(n, c), self.voted[n] == c)


class MembersApart(Members):
    meet = removed


def members_by_hand(*, meeting: bool) -> int:
    """Count votes and sets of the chosen, for each pair of sets of two nodes."""
    sets = [frozenset(s) for k in range(3) for s in itertools.combinations(range(2), k)]
    count = 0
    for configs in itertools.product(sets, repeat=2):
        if not meeting or all(a & b for a in configs for b in configs):
            for votes in itertools.product((None, 0, 1), repeat=2):
                count += 2 ** sum(all(votes[n] == c for n in configs[c]) for c in range(2))
    return count


def test_configurations_are_sets_of_nodes_by_a_relation() -> None:
    assert counted(Members) == members_by_hand(meeting=True)
    assert counted(MembersApart) == members_by_hand(meeting=False)
    assert counted(Members, Node=1, Config=1) == 1 * (1 + 2)
    assert proved(Members)
    assert refuted(MembersApart) == {"one_is_chosen": "decide"}


class OfQuorums(Model):
    """A relation to quorums, which an axiom makes that of their members."""

    default = {"Node": 3}
    check_deadlock = False
    member: Relation[Node, Quorum]
    voted: Set[Node]
    won: bool

    @axiom
    def as_members(self, n: Node, q: Quorum) -> bool:
        return self.member(n, q) == (n in q)

    @action
    def vote(self, n: Node) -> None:
        self.voted.add(n)

    @action
    def win(self, q: Quorum) -> None:
        require(all(n in self.voted for n in Node if self.member(n, q)))
        self.won = True

    @invariant
    def by_a_quorum(self) -> bool:
        return not self.won or any(all(n in self.voted for n in q) for q in Quorum)


def test_a_relation_of_nodes_and_quorums() -> None:
    assert counted(OfQuorums) == 2**3 + (3 + 1)
    assert proved(OfQuorums)


class Clock(Model):
    """A bound that is an expression of a constant."""

    default = {"max_clock": 2}
    check_deadlock = False
    max_clock: Parameter[int]
    clock: Range[0, "max_clock + 1"] = 0  # noqa: F821, UP037 - an expression for the language, not for Python

    @action
    def tick(self) -> None:
        require(self.clock <= self.max_clock)
        self.clock += 1


def test_a_bound_is_an_expression_of_constants() -> None:
    assert counted(Clock) == 4
    assert [counted(Clock, max_clock=n) for n in (0, 1, 7)] == [2, 3, 9]
    assert proved(Clock)


class AnyClock(Model):
    """A constant that a proof is for all values of."""

    default = {"most": 2}
    check_deadlock = False
    most: Parameter[Nat]
    clock: Nat = 0

    @action
    def tick(self) -> None:
        require(self.clock <= self.most)
        self.clock += 1

    @invariant
    def low(self) -> bool:
        return self.clock <= self.most + 1


class AnyClockUpToThree(AnyClock):
    """Broken: true of the default, and not of others."""

    @invariant
    def low(self) -> bool:
        return self.clock <= 3


def test_a_natural_constant_is_any_number_to_a_proof() -> None:
    assert counted(AnyClock) == counted(AnyClockUpToThree) == 4
    assert proved(AnyClock)
    assert refuted(AnyClockUpToThree) == {"low": "tick"}


class Given(Model):
    """Constants of many types, with values in the model: maps of maps, sets of sets, sequences, records' parts."""

    default = {"Node": 2, "Id": 2}
    levels: Parameter[Map[Node, Map[Node, Id]]] = everywhere("i1")
    groups: Parameter[Set[Set[Node]]] = "{{n1}, {n1, n2}}"
    turns: Parameter[Seq[Seq[Node, 2], 2]] = [["n1"], []]
    ids: Function[tuple[Node, Node], Id] = everywhere("i2")
    flag: bool

    @action
    def turn(self) -> None:
        require(all(self.levels[a][b] < self.ids[a, b] for a in Node for b in Node), len(self.groups) == 2)
        require(len(self.turns[0]) == 1)
        self.flag = not self.flag

    @invariant
    def groups_meet(self) -> bool:
        return all(any(n in h for n in g) for g in self.groups for h in self.groups)


def test_constants_of_every_type_are_given_in_the_model_and_on_the_command_line() -> None:
    assert counted(Given) == 2
    assert counted(Given, levels="everywhere(everywhere(i1))", turns="[[n2], [n1, n2]]") == 2
    assert counted(Given, levels="{n1: everywhere(i1), n2: {n1: i1, n2: i1}}", groups="{{n2}, {n2, n1}}") == 2
    assert counted(Given, levels="everywhere(i1)", ids="anything()") == 16 + 1


class Unset(Model):
    """Constants that are given as None, whole and in part, which is a value as any other."""

    default = {"Node": 2, "chief": None, "deputy": "{n1: n2, n2: None}"}
    check_deadlock = False
    chief: Parameter[Node | None]
    deputy: Parameter[Map[Node, Node | None]]
    free: Parameter[Node]
    flag: bool

    @action
    def toggle(self) -> None:
        self.flag = not self.flag

    @invariant
    def as_given(self, n: Node) -> bool:
        return self.chief is None and (self.deputy[n] is None or self.deputy[n] != n)


class UnsetByAxioms(Unset):
    """The axiom looks at what is given, and lets it pass."""

    @axiom
    def somebody(self, n: Node) -> bool:
        return self.chief != n or self.deputy[n] != self.free

    @axiom
    def nobody_is_their_own(self, n: Node) -> bool:
        return self.deputy[n] is None or self.deputy[n] != n


def test_a_constant_that_is_given_as_none_is_none() -> None:
    assert counted(Unset) == 4
    assert counted(UnsetByAxioms) == 4
    assert counted(UnsetByAxioms, chief="n1") == 2  # the axiom leaves one who may be free
