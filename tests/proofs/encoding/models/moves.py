"""Loops whose rounds move elements from one set to others."""

# ruff: noqa
# mypy: ignore-errors

from assay.checker.language import *


class Node(Sort):
    """What is moved."""


class Moves(Model):
    default = {"Node": 2}
    waiting: Set[Node] = anything()
    served: Set[Node] = anything()
    done: Set[Node] = anything()
    by: Map[Node, Set[Node]]
    count: Map[Node, Range[0, 2]]
    pairs: Set[tuple[Node, Node]]
    queue: Seq[Node, 2]
    bags: Map[Node, Bag[Node, 1]]
    flag: bool = anything()

    @initial
    def start(self) -> None:
        self.count = {n: 0 for n in Node}

    @action
    def pair(self, a: Node, b: Node) -> None:
        self.pairs.add((a, b))
        self.by[a].add(b)

    @action
    def serve(self) -> None:
        for n in Node:
            if n in self.waiting:
                self.waiting.discard(n)
                self.served.add(n)

    @action
    def serve_after_the_discard(self) -> None:
        for n in Node:
            self.waiting.discard(n)
            if n not in self.waiting:
                self.served.add(n)

    @action
    def in_a_cycle(self) -> None:
        for n in Node:
            if n in self.waiting and self.flag:
                self.waiting.discard(n)
                self.served.add(n)
            if n in self.served:
                self.done.add(n)

    @action
    def two_loops(self, a: Node) -> None:
        for n in Node:
            if n in self.waiting and n != a:
                self.waiting.discard(n)
                self.served.add(n)
        for n in self.served:
            if n in self.done:
                self.done.discard(n)
                self.waiting.add(n)

    @action
    def in_nested_loops(self, a: Node) -> None:
        for n in Node:
            if n in self.waiting:
                for m in Node:
                    if m in self.by[n] or m == a:
                        self.done.add(m)
                        self.pairs.discard((n, m))
                self.waiting.discard(n)

    @action
    def into_its_own_entry(self, a: Node) -> None:
        for n in Node:
            if n in self.waiting:
                self.waiting.discard(n)
                self.by[n].add(a)
                self.by[n].discard(n)
                self.count[n] = 2
            elif n in self.done:
                self.done.discard(n)
                self.by[n] = {a} if not self.flag else {n}
                self.count[n] = 1

    @action
    def only_where_all_wait(self, a: Node) -> None:
        for n in Node:
            require(n in self.waiting or n == a)
            self.waiting.discard(n)
            self.served.add(n)

    @action
    def with_a_local(self, a: Node) -> None:
        for n in Node:
            was = n in self.waiting
            self.waiting.discard(n)
            if was and n != a:
                self.served.add(n)

    @action
    def with_a_sum(self) -> None:
        total = 0
        for n in Node:
            if n in self.waiting:
                self.waiting.discard(n)
                self.done.add(n)
                total += 1
        self.flag = total == 1

    @action
    def out_of_a_queue(self, a: Node) -> None:
        if len(self.queue) < 2:
            self.queue.append(a)
        for n in self.queue:
            self.waiting.discard(n)
            self.done.add(n)

    @action
    def into_a_bag(self, a: Node) -> None:
        for n in Node:
            if n in self.waiting and self.bags[n].count(n) == 0:
                self.bags[n].add(n)
                self.waiting.discard(n)

    @action
    def at_random(self, a: Node) -> None:
        for n in {m for m in Node if m in self.by[a]}:
            if n in self.served:
                self.served.discard(n)
                self.pairs.add((n, a))
                if self.flag:
                    self.done.discard(n)


class Served(Model):
    """Who waits is served, all at once."""

    default = {"Node": 2}
    waiting: Set[Node]
    asked: Set[Node]
    done: Set[Node]

    @action
    def ask(self, n: Node) -> None:
        self.waiting.add(n)
        self.asked.add(n)

    @action
    def serve(self) -> None:
        for n in Node:
            if n in self.waiting:
                self.waiting.discard(n)
                self.done.add(n)

    @invariant
    def only_who_asked(self, n: Node) -> bool:
        return n not in self.done or n in self.asked

    @lemma
    def who_waits_asked(self, n: Node) -> bool:
        return n not in self.waiting or n in self.asked


class ServedTwice(Model):
    """One node at a time waits; those who are served first need not be those who are served second."""

    default = {"Node": 2}
    waiting: Set[Node]
    first_served: Set[Node]
    second_served: Set[Node]
    phase: Range[0, 4] = 0

    @action
    def ask(self, n: Node) -> None:
        require(not self.waiting, self.phase == 0 or self.phase == 2)
        self.waiting.add(n)
        self.phase += 1

    @action
    def serve(self) -> None:
        require(self.phase == 1)
        for n in Node:
            if n in self.waiting:
                self.waiting.discard(n)
                self.first_served.add(n)
        self.phase = 2

    @action
    def serve_again(self) -> None:
        require(self.phase == 3)
        for n in Node:
            if n in self.waiting:
                self.waiting.discard(n)
                self.second_served.add(n)
        self.phase = 4

    @invariant
    def the_same_are_served(self) -> bool:
        return self.phase < 4 or self.first_served == self.second_served

    @terminal
    def over(self) -> bool:
        return self.phase == 4
