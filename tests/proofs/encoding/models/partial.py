"""Actions and properties of which evaluation raises in some states: every initial state is one to begin with."""

# ruff: noqa
# mypy: ignore-errors

from assay.checker.language import *


class Node(Sort):
    """An element."""


class Level(Order):
    """A level."""


@record
class Box:
    node: Node
    other: Node | None


@record
class Bag2:
    level: Level


class Partial(Model):
    default = {"Node": 2, "Level": 2}
    box: Box | None = anything()
    message: Box | Bag2 = anything()
    flag: bool = anything()
    someone: Node | None = anything()
    n: Range[-1, 2] = anything()
    nodes: Set[Node] = anything()
    count: Map[Range[0, 1], Range[0, 2]] = everywhere(0)
    of: Map[Node, Range[0, 1]] = everywhere(0)
    marks: Map[Range[0, 1], Map[Node, bool]] = everywhere(False)
    places: Map[Node, Map[Range[0, 1], Range[0, 1]]] = everywhere(0)
    queue: Seq[Range[0, 2], 2] = anything()
    bag: Bag[Node, 1] = anything()
    mine: Set[Node]

    @action
    def fields_of_none(self) -> None:
        require(self.flag)
        self.mine = {self.box.node}

    @action
    def asks_before(self) -> None:
        if self.box is not None and self.box.other is not None:
            self.mine = {self.box.other}

    @action
    def asks_the_wrong_way_round(self) -> None:
        require(self.box.other is not None and self.flag)
        self.flag = False

    @action
    def asks_one_of_two(self) -> None:
        require(self.box is None or self.box.other == self.box.node)
        self.flag = self.box is None

    @action
    def stops_at_the_first(self) -> None:
        self.flag = (self.flag and self.box.node in self.nodes) or (self.n > 0 and 4 // self.n > 1)

    @action
    def stops_at_the_first_that_is_true(self) -> None:
        self.flag = not self.flag or self.n == 0 or 6 % self.n == 0

    @action
    def evaluates_one_branch(self) -> None:
        self.flag = 4 // self.n > 1 if self.n != 0 else self.box.other is None

    @action
    def divides_by_what_is_negative(self) -> None:
        require(self.n != 0)
        self.n = (7 // self.n + 7 % self.n + (-7) // self.n) % 2

    @action
    def of_another_alternative(self) -> None:
        self.flag = self.message.level == first(Level)

    @action
    def evaluates_every_element(self) -> None:
        self.flag = any(n == self.box.other or self.of[n] == self.count[self.n] for n in self.nodes)

    @action
    def evaluates_what_passes(self) -> None:
        self.mine = {n for n in self.nodes if self.flag and self.box.node != n}

    @action
    def the_largest_of_nothing(self) -> None:
        require(self.flag)
        self.n = max(self.of[n] for n in self.nodes)

    @action
    def the_default_is_evaluated(self) -> None:
        self.n = max((self.of[n] for n in self.nodes), default=1 // self.n)

    @action
    def the_smallest_in_a_branch(self) -> None:
        self.n = min(self.of[n] for n in self.nodes) if self.nodes else 0

    @action
    def a_key_that_is_none(self, k: Range[0, 1]) -> None:
        self.count[k] = self.count[self.n] + 1 if self.flag else 0

    @action
    def a_key_that_was_computed(self) -> None:
        require(self.n < 2)
        self.n += 1
        self.count[self.n] = 2

    @action
    def a_key_before_the_guard(self) -> None:
        self.count[self.n] = 2
        require(self.flag)

    @action
    def a_key_in_a_branch_before_the_guard(self, n: Node) -> None:
        if n in self.nodes:
            self.count[self.n] = self.of[n]
        require(n in self.mine or self.flag)

    @action
    def a_key_in_a_loop_before_the_guard(self) -> None:
        for n in self.nodes:
            self.marks[self.n][n] = self.flag
            self.places[n][self.n] = 1
        require(self.flag)

    @action
    def a_whole_map_before_the_guard(self) -> None:
        self.marks[self.n] = {n: n in self.nodes for n in Node}
        require(self.flag)

    @action
    def a_key_that_is_read_before_the_guard(self) -> None:
        self.count[self.n] += 1
        require(self.flag)

    @action
    def a_wrong_key_that_is_read_again(self) -> None:
        self.count[self.n] = 2
        require(self.count[self.n] == 2 and self.flag)

    @action
    def a_wrong_key_that_decides_the_guard(self) -> None:
        self.count[self.n] = 2
        require(any(v > 0 for v in self.count.values()))
        self.count[0] = self.count[1] = 0

    @action
    def a_wrong_key_of_a_loop_that_decides_the_guard(self) -> None:
        for n in self.nodes:
            self.places[n][self.n] = 1
        require(all(any(v > 0 for v in self.places[n].values()) for n in Node))

    @action
    def a_wrong_key_that_is_read_in_a_loop(self) -> None:
        self.count[self.n] = 2
        for n in Node:
            self.of[n] = 1 if any(v == 2 for v in self.count.values()) else 0
        require(self.flag)

    @action
    def a_wrong_key_in_a_branch_that_is_stored_twice(self, m: Node) -> None:
        if self.flag:
            self.marks[self.n] = {n: True for n in Node}
        self.marks[self.n][m] = False
        require(m in self.nodes)

    @action
    def in_a_loop(self) -> None:
        for n in Node:
            if n in self.nodes:
                self.nodes.discard(n)
                self.of[n] = self.count[self.n]

    @action
    def in_a_loop_over_two(self) -> None:
        for n in self.nodes:
            for m in Node:
                if n != m:
                    self.mine.add(self.box.node)

    @action
    def in_a_map(self) -> None:
        self.of = {n: 1 // self.n if n in self.nodes else 0 for n in Node}

    @action
    def items(self, i: Range[-3, 2]) -> None:
        self.n = self.queue[i]

    @action
    def the_first_item(self) -> None:
        require(self.flag or self.queue[0] > 0)
        self.flag = True

    @action
    def stores(self, i: Range[0, 2]) -> None:
        self.queue[i] = 1

    @action
    def appends_and_pops(self) -> None:
        if self.flag:
            self.queue.append(self.n)
        last = self.queue.pop()
        self.flag = last == self.n and self.queue[0] == 1

    @action
    def takes_out(self, n: Node) -> None:
        require(n in self.nodes)
        if self.flag:
            self.bag.add(n)
        self.bag.remove(n)

    @action
    def indexes_by_none(self) -> None:
        self.flag = self.of[self.someone] == 0

    @action
    def sums(self) -> None:
        self.n = sum(1 // self.n for n in self.nodes) % 2

    @action
    def counts(self) -> None:
        self.flag = len({self.box.node for n in self.nodes}) == 1

    @action
    def compares_sets(self) -> None:
        self.flag = self.nodes <= {self.box.node}

    @action
    def chained(self) -> None:
        self.flag = 0 < self.n < 4 // (self.n - 1)

    @invariant
    def of_the_state(self, n: Node) -> bool:
        return n not in self.nodes or self.box.node == n or self.count[self.n] == 0

    @invariant
    def of_all(self) -> bool:
        return all(self.box is not None and self.box.other != n for n in self.nodes) or 1 // self.n < 2

    @invariant
    def implied(self) -> bool:
        return implies(self.n == 0, self.queue[0] == 0)

    @invariant
    def whatever(self, k: Range[0, 2]) -> bool:
        return self.flag or self.count[k] < 3
