"""Containers that have a name: read after what they were computed from has changed, or after they were given away."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Level(Order):
    """An order."""


@record
class Note:
    sender: Node
    level: Level


class Kept(Model):
    """Named, then read when its variables have changed: it is what it was."""

    default = {"Node": 2, "Level": 2}
    check_deadlock = False
    flag: bool
    up: Set[Node]
    seen: Set[Node]
    notes: Set[Note]
    held: Map[Node, Set[Node]]
    queue: Seq[Node, 2]
    count: Range[0, 3] = 0

    @action
    def send(self, n: Node, l: Level) -> None:
        self.notes.add(Note(n, l))

    @action
    def after_a_change(self, n: Node) -> None:
        rest = {m for m in self.up if m != n}
        self.up.add(n)
        self.seen = rest

    @action
    def exchanged(self) -> None:
        up, seen = set(self.up), set(self.seen)
        self.up = seen
        self.seen = up | {n for n in self.seen if n not in seen}

    @action
    def of_messages(self, n: Node) -> None:
        mine = {m for m in self.notes if m.sender == n}
        levels = {m.level for m in mine}
        require(mine)
        self.notes -= mine
        self.count = len(mine) + len(levels)
        self.held[n] = {m for m in Node if any(Note(m, l) in self.notes and l in levels for l in Level)}
        self.flag = len(mine) > 1

    @action
    def of_entries(self, n: Node, m: Node) -> None:
        both = self.held[n] | self.held[m]
        self.held[n] = {k for k in Node if k not in both}
        self.held[m] = both

    @action
    def of_a_sequence(self, n: Node) -> None:
        line = self.queue[:1] + [n]
        self.queue = [n]
        self.up = set(line)
        self.queue = line

    @action
    def in_a_loop(self, n: Node) -> None:
        rest = {m for m in self.up if m != n}
        for m in Node:
            self.up.add(m)
            self.held[m] |= rest

    @action
    def through_a_helper(self, n: Node) -> None:
        rest = {m for m in self.up if m != n}
        self.up = {n}
        require(self.is_few(rest))
        self.change(rest)
        self.flag = n in rest

    def is_few(self, nodes: set[Node]) -> bool:
        return len(nodes) <= 1 and not nodes <= self.up

    def change(self, nodes: set[Node]) -> None:
        self.up |= {n for n in nodes if n not in self.up}
        self.seen -= nodes

    @action
    def under_a_key(self, l: Level) -> None:
        least = min((m.level for m in self.notes), default=l)
        top = {m.sender for m in self.notes if m.level == least}
        self.notes.clear()
        self.up = top
        self.flag = least == l

    @invariant
    def counted(self) -> bool:
        return self.count <= 3


class ByBranch(Kept):
    """Made in a branch, of names and variables that are of the branch."""

    @action
    def of_a_branch(self, n: Node) -> None:
        if self.flag:
            rest = {m for m in self.up if m != n}
            self.up.add(n)
        else:
            rest = {n}
        self.seen = rest

    @action
    def over_a_name(self) -> None:
        if self.notes:
            least = min(m.level for m in self.notes)
            some = {m.sender for m in self.notes if m.level == least}
        else:
            some = set(self.up)
        self.notes.clear()
        self.seen = some

    @action
    def over_names_of_both(self, n: Node) -> None:
        if self.flag:
            size = len(self.up)
            some = {m for m in Node if len(self.held[m]) == size}
        elif n in self.up:
            me, other = n, self.count > 1
            some = {m for m in Node if (m == me) == other}
        else:
            some = set()
        self.flag = not self.flag
        self.up.clear()
        self.held[n] = some

    @action
    def of_a_case(self, n: Node) -> None:
        match self.count:
            case 0:
                line = [n]
            case 1:
                last = n
                line = [last] + [m for m in self.queue[:1]]
                self.queue = []
            case _:
                line = self.queue[1:]
        self.queue = line
        self.count = 1 if n in line else 0


class GivenAway(Kept):
    """Made the value of a place, and read until that changes."""

    @action
    def read_after(self, n: Node) -> None:
        some = {m for m in self.up if m != n}
        self.held[n] = some
        self.up -= some
        self.flag = n in some
        self.count = len(some)

    @action
    def read_as_a_part(self, n: Node) -> None:
        some = self.up | {n}
        self.seen = some
        self.held[n] = {m for m in Node if m not in some}
        self.notes |= {Note(m, first(Level)) for m in some}

    @action
    def read_of_itself(self) -> None:
        rest = {m for m in Node if m not in self.up}
        self.up = rest
        self.seen = set(rest)
        self.flag = self.up == rest

    @action
    def read_after_a_branch(self, n: Node) -> None:
        some = {m for m in self.up if m != n}
        if self.flag:
            self.held[n] = some
        else:
            self.held[n] = set()
        self.seen = {m for m in Node if m in some or m in self.held[n]}

    @action
    def nothing(self, n: Node) -> None:
        none = set()
        self.up = none
        self.flag = n in none
        self.seen = none | {n}

    @action
    def a_line(self, n: Node) -> None:
        line = [m for m in self.queue if m != n]
        self.queue = line
        self.up = set(line)
        self.count = len(line)

    @action
    def chosen(self, some: Set[Node]) -> None:
        require(some <= self.up)
        self.seen = some
        self.up = {n for n in some if n in self.up}


class EachChosen(Model):
    """A choice for each element of a comprehension."""

    default = {"Node": 2, "Level": 2}
    check_deadlock = False
    up: Set[Node]
    some: Set[Node]
    pairs: Set[tuple[Node, Level]]
    levels: Set[Level]
    flag: bool

    @action
    def rise(self, n: Node, l: Level) -> None:
        self.pairs.add((n, l))
        self.up.add(n)

    @action
    def for_each(self) -> None:
        self.some = {choose(Node) for l in Level}

    @action
    def for_some(self) -> None:
        kept = {choose(n for n in Node if (n, l) in self.pairs) for l in Level if any((n, l) in self.pairs for n in Node)}
        self.pairs = {p for p in self.pairs if p[0] not in kept}
        self.some = kept

    @action
    def of_a_set(self) -> None:
        values = {l for n, l in self.pairs}
        self.some = {choose(self.up) for l in values} | self.some

    @action
    def where_there_may_be_none(self) -> None:
        self.levels = {choose(l for l in Level if (n, l) in self.pairs) for n in self.up}

    @action
    def in_a_branch(self) -> None:
        if self.flag:
            kept = {choose(Level) for n in self.up}
        else:
            kept = {last(Level)}
        self.levels = kept
        self.flag = not self.flag

    @action
    def in_a_loop(self) -> None:
        for n in self.up:
            self.levels |= {choose(l for l in Level if (n, l) in self.pairs) for m in self.some}

    @action
    def read_in_a_branch(self) -> None:
        kept = {choose(Level) for n in self.up}
        if self.flag:
            self.levels = kept
        else:
            self.some.clear()

    @action
    def of_one(self) -> None:
        l = choose(Level)
        if self.flag:
            self.levels = {l}
        else:
            self.some.clear()


class Taken(Model):
    """Items that are taken from a sequence and assigned at once, to names, to places and in parts."""

    default = {"Node": 2, "Level": 2}
    check_deadlock = False
    queue: Seq[tuple[Node, Level], 2]
    notes: Seq[tuple[Node, tuple[Level, Node]], 1]
    node: Node | None
    level: Level | None
    count: Range[0, 3] = 0
    held: Map[Node, Level | None]

    @action
    def put(self, n: Node, l: Level) -> None:
        require(len(self.queue) < 2)
        self.queue.append((n, l))

    @action
    def note(self, n: Node, l: Level) -> None:
        require(not self.notes)
        self.notes.append((n, (l, n)))

    @action
    def to_names(self) -> None:
        require(self.queue)
        node, level = self.queue.pop(0)
        self.held[node] = level

    @action
    def to_places(self) -> None:
        require(self.queue)
        popped = len(self.queue)
        self.node, self.level = self.queue.pop()
        self.count = popped

    @action
    def to_an_entry_of_what_is_taken(self) -> None:
        require(self.queue)
        self.node, self.held[self.node] = self.queue.pop(len(self.queue) - 1)

    @action
    def in_parts(self) -> None:
        require(self.notes)
        self.node, (self.level, other) = self.notes.pop(0)
        if other != self.node:
            self.level = None
