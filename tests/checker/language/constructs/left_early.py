"""Loops that are left early: by break, by continue, by return, and what comes behind them."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Color(Enum):
    RED, GREEN, BLUE = range(3)


class LeftEarly(Model):
    default = {"Node": 2, "Ballot": 3}
    check_deadlock = False
    flag: bool
    count: Range[0, 3] = 0
    nodes: Set[Node]
    level: Map[Node, Range[0, 2]] = everywhere(0)
    line: Seq[Ballot, 2]
    seen: Set[Ballot]
    colors: Map[Color, bool]
    owner: Map[Ballot, Node | None] = everywhere(None)

    @action
    def begin(self, x: Node, b: Ballot, c: Color) -> None:
        if x in self.nodes:
            self.nodes.remove(x)
            self.owner[b] = None
        else:
            self.nodes.add(x)
            self.owner[b] = x
        self.level[x] = (self.level[x] + 1) % 3
        self.colors[c] = not self.colors[c]

    @action
    def puts(self, b: Ballot) -> None:
        require(len(self.line) < 2)
        self.line.append(b)

    # Over a sort: whichever round leaves, the effect is the same.

    @action
    def finds(self) -> None:
        for n in Node:
            if n in self.nodes:
                self.flag = True
                break
        else:
            self.flag = False

    @action
    def returns(self) -> None:
        for n in self.nodes:
            if self.level[n] > 0:
                return
        self.count = 1

    @action
    def finds_in_two(self) -> None:
        found = False
        for n in Node:
            if n not in self.nodes:
                continue
            level = self.level[n]
            for b in Ballot:
                if self.owner[b] == n and level == 1:
                    found = True
                    break
        self.flag = found

    @action
    def guards_behind(self) -> None:
        for n in Node:
            if n in self.nodes:
                require(self.count < 3)
                self.count += 1
                break

    @action
    def continues(self) -> None:
        for n in Node:
            if n in self.nodes:
                continue
            self.level[n] = 0

    # Over what has an order: the rounds before the one that leaves have been.

    @action
    def first_free(self, x: Node) -> None:
        for b in Ballot:
            if self.owner[b] is None:
                self.owner[b] = x
                break

    @action
    def takes_until(self) -> None:
        for b in Ballot:
            if b in self.seen:
                break
            self.seen.add(b)
        else:
            self.seen.clear()

    @action
    def counts_up_to(self, x: Node) -> None:
        self.count = 0
        for b in Ballot:
            owner = self.owner[b]
            if owner is None:
                continue
            if owner == x:
                return
            self.count += 1
        require(self.count > 0)
        self.flag = not self.flag

    @action
    def of_a_sequence(self) -> None:
        for b in self.line:
            if b == first(Ballot):
                break
            self.seen.add(b)
            if b == last(Ballot):
                return
        self.flag = True

    @action
    def breaks_or_returns(self, x: Node) -> None:
        for b in Ballot:
            if b in self.seen:
                break
            self.owner[b] = x
            if x in self.nodes:
                return
        self.flag = not self.flag

    @action
    def guarded(self) -> None:
        for b in Ballot:
            require(b not in self.seen)
            if self.owner[b] is not None:
                self.seen.add(b)
                break

    @action
    def of_colors(self) -> None:
        for c in Color:
            if self.colors[c]:
                self.flag = not self.flag
                break

    @action
    def of_items(self, x: Node) -> None:
        for b, owner in self.owner.items():
            if owner is None:
                break
            if owner != x:
                self.owner[b] = x

    @action
    def of_numbers(self) -> None:
        for i in range(3):
            if self.count == i:
                break
            self.count = i
        else:
            self.flag = False

    @action
    def nested(self, x: Node) -> None:
        for b in Ballot:
            for c in Ballot:
                if c > b and self.owner[c] == x:
                    break
                if c in self.seen:
                    self.flag = True
                    return
            else:
                self.seen.add(b)
                continue
            self.count = 0
            if b == last(Ballot):
                self.seen.clear()

    @action
    def else_of_the_inner_one(self) -> None:
        for b in Ballot:
            for c in Ballot:
                if c in self.seen and c > b:
                    self.seen.discard(c)
                    break
            else:
                self.flag = not self.flag
                break

    @action
    def inside_a_round_of_a_set(self) -> None:
        for n in Node:
            for b in Ballot:
                if self.owner[b] == n:
                    break
                self.level[n] = 2
            else:
                self.level[n] = 0

    @action
    def chooses(self) -> None:
        for b in Ballot:
            if b in self.seen:
                continue
            n = choose(n for n in Node)
            self.owner[b] = n
            if n in self.nodes:
                break

    @action
    def by_cases(self) -> None:
        for b, owner in self.owner.items():
            match owner:
                case None:
                    continue
                case found if found in self.nodes:
                    break
                case _:
                    self.seen.add(b)
        else:
            self.flag = True

    def step(self, x: Node) -> None:
        for b in Ballot:
            if self.owner[b] == x:
                return
            if b not in self.seen:
                self.seen.add(b)
                return
        self.count = 2

    @action
    def through_a_helper(self, x: Node) -> None:
        self.step(x)
        self.flag = not self.flag

    @action
    def helper_in_a_loop(self) -> None:
        for b in Ballot:
            owner = self.owner[b]
            if owner is None:
                break
            self.step(owner)
            if self.free():
                break

    @action
    def raises_behind(self) -> None:
        for b in Ballot:
            if not self.line:
                break
            self.flag = self.line[0] == b
            if b != first(Ballot):
                self.line.pop(0)

    # In properties

    def free(self) -> bool:
        for b in Ballot:
            if self.owner[b] is None:
                return True
        return False

    def busy(self) -> bool:
        found = False
        for n in Node:
            if n not in self.nodes:
                continue
            if self.level[n] == 2:
                found = True
                break
        return found

    def level_of_one(self) -> int:
        for n in Node:
            if self.level[n] == 1:
                break
        else:
            return 0
        return 1

    def each_has_one(self) -> bool:
        for n in Node:
            owns = False
            for b in Ballot:
                if self.owner[b] == n:
                    owns = True
                    break
            if not owns:
                return False
        return True

    def each_has_one_by_else(self) -> bool:
        for n in Node:
            for b in Ballot:
                if self.owner[b] == n:
                    break
            else:
                return False
        return True

    def in_order(self) -> bool:
        for b in self.line:
            if b in self.seen:
                continue
            for c in Ballot:
                if c <= b:
                    continue
                if self.owner[c] is None:
                    return False
        return True

    @action
    def asks(self) -> None:
        require(self.each_has_one() or self.in_order())
        for n in Node:
            owns = False
            for b in Ballot:
                if self.owner[b] == n:
                    owns = True
                    break
            if not owns:
                self.count = 3
                return
        for b in Ballot:
            if b in self.seen:
                continue
            for c in Ballot:
                if c <= b:
                    continue
                if self.owner[c] is None:
                    self.count = 2
                    return
        self.flag = not self.flag

    @reachable
    def is_in_order(self) -> bool:
        return self.in_order() and len(self.line) == 2

    @invariant
    def else_is_what_was_not_left(self) -> bool:
        return self.each_has_one() == self.each_has_one_by_else()

    @reachable
    def all_have_one(self) -> bool:
        return self.each_has_one()

    @reachable
    def claims(self, x: Node) -> bool:
        for b in Ballot:
            if b in self.seen:
                for c in Color:
                    if self.colors[c] and self.owner[b] == x:
                        return self.flag
            else:
                continue
        else:
            return not self.busy() or self.level_of_one() == 1
        return self.free()
