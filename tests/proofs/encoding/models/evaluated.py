"""What Python evaluates, and so may raise, although the outcome is known without it: the only kind, only None, a length."""

# ruff: noqa
# mypy: ignore-errors

from assay.checker.language import *


class Node(Sort):
    """An element."""


@record
class Only:
    flag: bool


class Evaluated(Model):
    default = {"Node": 2}
    flag: bool = anything()
    queue: Seq[bool, 1] = anything()
    only: Seq[Only, 1] = anything()
    maybe: Node | None = None
    of: Map[Node, Node | None]
    held: Set[Node | None]

    @action
    def of_its_only_kind(self) -> None:
        require(isinstance(self.only[0], Only))
        self.flag = not isinstance(self.only[-1], Only)

    @action
    def none_either_way(self) -> None:
        require((None if self.queue[0] else None) is None)
        self.flag = False

    @action
    def none_equals_none(self) -> None:
        require((None if self.queue[0] else None) == self.maybe)
        self.flag = False

    @action
    def none_among_others(self) -> None:
        require((None if self.queue[0] else None) not in self.held)
        self.flag = False

    @action
    def none_is_assigned(self) -> None:
        self.maybe = None if self.queue[0] else None

    @action
    def none_is_added(self, n: Node) -> None:
        self.held.add(None if self.queue[0] else None)

    @action
    def none_in_a_map(self) -> None:
        self.of = {n: None if self.queue[0] else None for n in Node}

    @action
    def none_beside_it(self) -> None:
        self.flag = (None, self.queue[0])[0] is None

    @action
    def none_is_in_no_set(self) -> None:
        self.flag = self.maybe in {n for n in Node if self.queue[0]}

    @action
    def length_of_items(self) -> None:
        self.flag = len([self.queue[0] for n in Node]) == 2

    @action
    def length_of_sets(self) -> None:
        self.flag = len([{n for n in Node if self.queue[0]} for _ in self.only]) == 1

    @action
    def default_beside_an_item(self) -> None:
        self.flag = next((b for b in [True]), self.queue[0])

    @action
    def default_beside_a_value(self) -> None:
        self.flag = next((i == 0 for i in range(2)), self.queue[0])

    @invariant
    def of_its_kind(self) -> bool:
        return self.flag or isinstance(self.only[0], Only)

    @invariant
    def none_in_any_case(self) -> bool:
        return self.flag or (None if self.queue[0] else None) == self.maybe

    @invariant
    def none_in_the_set(self) -> bool:
        return self.flag or (None if self.queue[0] else None) not in self.held
