"""Choosing: any subset, map, sequence or permutation; options of every kind; any value in the middle of a run."""

from __future__ import annotations

import math

from assay.checker.language import (
    Enum,
    Map,
    Model,
    Perm,
    QuorumSystem,
    Seq,
    Set,
    Sort,
    action,
    anything,
    choose,
    everywhere,
    invariant,
    record,
    require,
    some,
)
from readings import counted, proved, refuted


class Node(Sort):
    """A sort."""


class Item(Sort):
    """Another."""


class Quorum(QuorumSystem[Node]):
    """Quorums of nodes."""


class Color(Enum):
    RED, GREEN = range(2)


@record
class Note:
    """A message that carries containers."""

    sender: Node
    up: Set[Node]
    line: Seq[Node, 2]
    colors: Map[Node, Color]


class Subsets(Model):
    """An action whose parameter is any subset."""

    default = {"Node": 2, "Item": 2}
    held: Map[Node, Set[Item]]

    @action
    def take(self, n: Node, some: Set[Item]) -> None:
        require(some, all(i not in self.held[m] for m in Node for i in some))
        self.held[n] |= some

    @action
    def give(self, n: Node, some: Set[Item]) -> None:
        require(some, some <= self.held[n])
        self.held[n] -= some

    @invariant
    def one_holder(self, a: Node, b: Node) -> bool:
        return a == b or self.held[a].isdisjoint(self.held[b])


class SubsetsInPart(Subsets):
    """Broken: it is enough that one of the items is free."""

    @action
    def take(self, n: Node, some: Set[Item]) -> None:
        require(any(i not in self.held[m] for m in Node for i in some))
        self.held[n] |= some


def test_any_subset_is_a_parameter() -> None:
    assert counted(Subsets) == 3**2  # each item is with one of two nodes, or with none
    assert counted(Subsets, Node=1, Item=1) == 2
    assert proved(Subsets)
    assert refuted(SubsetsInPart) == {"one_holder": "take"}


class Maps(Model):
    """An action whose parameter is any map, or any sequence up to a bound."""

    default = {"Node": 3}
    check_deadlock = False
    color: Map[Node, Color] = everywhere(Color.RED)
    line: Seq[Node, 2]

    @action
    def paint(self, colors: Map[Node, Color]) -> None:
        require(any(colors[n] == Color.RED for n in Node))
        self.color = colors

    @action
    def queue(self, line: Seq[Node, 2]) -> None:
        require(all(self.color[n] == Color.RED for n in line), not self.line)
        self.line = line

    @invariant
    def one_is_red(self) -> bool:
        return any(self.color[n] == Color.RED for n in Node)


class AnyColors(Maps):
    """Broken: any colors."""

    @action
    def paint(self, colors: Map[Node, Color]) -> None:
        self.color = colors


def test_any_map_and_any_sequence_are_parameters() -> None:
    assert counted(Maps) == (2**3 - 1) * (1 + 3 + 3**2)
    assert counted(Maps, Node=1) == 1 * (1 + 1 + 1)
    assert proved(Maps)
    assert refuted(AnyColors) == {"one_is_red": "paint"}


class Orders(Model):
    """An action whose parameter is any permutation."""

    default = {"Node": 3}
    turns: Seq[Node, 3]

    @action
    def arrange(self, order: Perm[Node]) -> None:
        self.turns = order

    @invariant
    def nobody_twice(self) -> bool:
        return all(self.turns.count(n) <= 1 for n in Node)


def test_any_permutation_is_a_parameter() -> None:
    assert counted(Orders) == 1 + 6
    assert counted(Orders, Node=1) == 1 + 1


class Options(Model):
    """Choices among options that are containers: elements of a set of sets, and parts of messages."""

    default = {"Node": 2}
    check_deadlock = False
    groups: Set[Set[Node]]
    notes: Set[Note]
    up: Set[Node]
    line: Seq[Node, 2]
    colors: Map[Node, Color] = everywhere(Color.RED)
    last: Set[Node] | None

    @action
    def group(self, n: Node, m: Node) -> None:
        require(len(self.groups) < 2)
        self.groups.add(frozenset({n, m}))

    @action
    def note(self, n: Node) -> None:
        require(not self.notes)
        self.notes.add(Note(n, frozenset({n}), [n], {m: Color.RED if m == n else Color.GREEN for m in Node}))

    @invariant
    def no_group_is_empty(self) -> bool:
        return all(g for g in self.groups) and (self.last is None or len(self.last) > 0)


class OfAGroup(Options):
    @action
    def choose_a_group(self) -> None:
        group = choose(g for g in self.groups if len(g) == 1)
        self.up = set(group)
        self.last = group


class OfTwoGroups(Options):
    @action
    def choose_two(self) -> None:
        first = choose(self.groups)
        second = choose(g for g in self.groups if g != first)
        self.up = first | second
        self.groups.discard(second)


class OfNotes(Options):
    @action
    def choose_parts(self) -> None:
        self.line = choose(n.line for n in self.notes)
        self.colors = choose(n.colors for n in self.notes)


def groups_by_hand() -> list[frozenset[frozenset[int]]]:
    """Up to two of the three groups that two nodes make."""
    one, other, both = frozenset({0}), frozenset({1}), frozenset({0, 1})
    return [frozenset(g) for g in ((), (one,), (other,), (both,), (one, other), (one, both), (other, both))]


def test_an_option_may_be_a_set() -> None:
    """The note is there or not, of either node; `up` is one of the groups of one node, which stays there."""
    by_hand = sum(1 + sum(len(g) == 1 for g in groups) for groups in groups_by_hand())
    # A group may be chosen and another one be added later, but none goes, so what was chosen is always one of those.
    assert counted(OfAGroup) == by_hand * 3
    assert proved(OfAGroup)


def test_two_options_may_be_sets() -> None:
    assert counted(OfTwoGroups) > len(groups_by_hand()) * 3
    assert proved(OfTwoGroups)


def test_an_option_may_be_a_sequence_or_a_map_that_a_message_carries() -> None:
    assert counted(OfNotes) == len(groups_by_hand()) * (1 + 2 * 2)
    assert proved(OfNotes)


class Each(Model):
    """A choice of a container for each element: in a comprehension over keys, in a loop, in a set of what is chosen."""

    default = {"Node": 2}
    check_deadlock = False
    groups: Set[Set[Node]]
    held: Map[Node, Set[Node]]
    owner: Map[Node, Node | None]
    step: bool

    @action
    def group(self, n: Node, m: Node) -> None:
        self.groups.add(frozenset({n, m}))

    @action
    def give(self) -> None:
        self.held = {n: choose(self.groups) for n in Node}

    @action
    def give_in_a_loop(self) -> None:
        for n in Node:
            self.held[n] = choose(g for g in self.groups if n in g)

    @action
    def own(self) -> None:
        self.owner = {n: choose(m for m in Node if m != n) for n in Node}

    @invariant
    def held_are_groups(self, n: Node) -> bool:
        return not self.held[n] or any(self.held[n] == g for g in self.groups)


def each_by_hand() -> int:
    """With each number of the three groups, nothing is held, or a group by each node; owned by nobody, or the other."""
    return 2 * sum(math.comb(3, groups) * (1 + groups**2) for groups in range(4))


def test_there_is_a_choice_for_each_element() -> None:
    assert counted(Each) == each_by_hand()
    assert proved(Each)


class Rechosen(Options):
    """A set of sets that are chosen, one for each."""

    @action
    def replace_each(self) -> None:
        self.groups = {choose(h for h in self.groups if h != g) for g in self.groups}


def test_the_set_of_what_is_chosen_may_hold_sets() -> None:
    assert counted(Rechosen) == len(groups_by_hand()) * 3


class Votes(Model):
    """A quorum that satisfies a condition."""

    default = {"Node": 3}
    check_deadlock = False
    voted: Set[Node]
    won: Set[Node]

    @action
    def vote(self, n: Node) -> None:
        self.voted.add(n)

    @action
    def win(self) -> None:
        quorum = choose(q for q in Quorum if all(n in self.voted for n in q))
        self.won = set(quorum)

    @invariant
    def winners_voted(self) -> bool:
        return self.won <= self.voted


class VotesByOne(Votes):
    """Broken: one vote of a quorum is enough."""

    @action
    def win(self) -> None:
        quorum = choose(q for q in Quorum if any(n in self.voted for n in q))
        self.won = set(quorum)


def test_a_quorum_is_chosen_inside_an_action() -> None:
    assert counted(Votes) == 1 + 3 + 3 * (1 + 1) + (1 + 3)
    assert proved(Votes)
    assert refuted(VotesByOne) == {"winners_voted": "win"}


class Havoc(Model):
    """Any value, in the middle of a run: of a scalar, a set, a map of maps, a sequence."""

    default = {"Node": 2}
    check_deadlock = False
    up: Set[Node]
    seen: Map[Node, Map[Node, bool]] = everywhere(everywhere(False))
    line: Seq[Node, 1]
    one: Node | None

    @action
    def shuffle(self) -> None:
        self.up = anything()
        require(len(self.up) == 1)

    @action
    def lose_track(self) -> None:
        require(self.up)
        self.seen = anything()
        require(all(not self.seen[n][n] for n in Node))

    @action
    def line_up(self) -> None:
        require(self.up)
        self.line = anything()
        require(all(n in self.up for n in self.line))

    @action
    def elect(self) -> None:
        self.one = anything()
        require(some(self.one) in self.up)

    @invariant
    def nobody_sees_itself(self, n: Node) -> bool:
        return not self.seen[n][n]


class HavocInFull(Havoc):
    """Broken: nothing is required of what has become anything."""

    @action
    def lose_track(self) -> None:
        self.seen = anything()


def test_a_variable_may_become_anything_in_the_middle_of_a_run() -> None:
    assert counted(Havoc) == 1 + 2 * 2**2 * 3 * 3
    assert proved(Havoc)
    assert refuted(HavocInFull) == {"nobody_sees_itself": "lose_track"}
