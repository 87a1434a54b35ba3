"""Models whose actions choose sequences and permutations under guards: natively item by item, else one by one.

The universes are small, so that the interpreter tries every sequence: what fires and what raises has to be the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assay.checker.engine import reference
from assay.checker.engine.native import explorer as native

from tests.generation.choices import Choices, Seeded
from tests.generation.drawn import seen

__all__ = ["arranged_differently", "arranging_model"]


def arranged_differently(seed: int, folder: Path) -> str | None:
    """Return what was seen of a seed's model, if the native explorer sees something else than the interpreter."""
    path = folder / f"arranged_{seed}.py"
    path.write_text(arranging_model(Seeded(seed)))
    found = seen(reference.explore, path), seen(native.explore, path)
    return None if found[0] == found[1] else f"by the interpreter: {found[0]}\nnatively: {found[1]}\n{path.read_text()}"


_HEAD = '''\
from assay.checker.language import *


class Node(Order):
    """A node."""


class Arranged(Model):
    """An invented model."""

    default = {"Node": 3, "K": 2}
    K: Parameter[int]
    queue: Seq[Node, 2]
    known: Set[Node]

    @action
    def learn(self, n: Node) -> None:
        require(n not in self.known, len(self.known) < 2)
        self.known.add(n)
        if len(self.queue) < 2:
            self.queue.append(n)
'''


def arranging_model(choices: Choices) -> str:
    """Return the source of a model with some actions that choose a sequence or a permutation."""
    raising = choices.chance(35)
    return "\n".join([_HEAD, *(_action(choices, index, raising) for index in range(5))])


def _action(choices: Choices, index: int, raising: bool) -> str:
    is_permutation = choices.chance(50)
    type_ = "Perm[Node]" if is_permutation else f"Seq[Node, {choices.pick([3, 3, 2])}]"
    condition = _Guards(choices, is_permutation, raising)
    lines = []
    if choices.chance(20):
        lines.append(f"head = {condition.item()}" if is_permutation or raising else "head = len(s)")
    lines += [f"require({condition.guard()})" for _ in range(choices.pick([1, 1, 2, 2, 3]))]
    if raising and choices.chance(60):
        in_order = [f"require({guard})" for guard in choices.pick(_IN_ORDER)]
        lines = [*lines, *in_order] if choices.chance(50) else in_order
    if choices.chance(10):
        lines.append(f"require({condition.guard(1)}, {condition.guard(1)})")
    # What is left of the sequence is seen in the states, and how many there are in what is generated.
    lines.append("self.queue = s[:2]")
    head = ["", '    @action(fires="maybe")', f"    def act{index}(self, n: Node, i: Range[0, 2], s: {type_}) -> None:"]
    return "\n".join([*head, *(f"        {line}" for line in lines)])


_IN_ORDER = [
    ("any(x in self.known for x in s)", "s[0] == self.queue[0]"),
    ("any(x in self.known for x in s)", "s[1] != self.queue[0]"),
    ("s[0] == n", "len(s) > 0"),
    ("s[1] != n", "len(s) == 2"),
    ("s.index(n) == 0", "n in s"),
    ("self.queue[0] == s[0]", "all(x in self.known for x in s)", "len(s) > 0"),
]
"""Guards of which the first is what keeps the next from raising, or the next excludes what the first raises for."""


class _Guards:
    """The guards of one action.

    Parameters
    ----------
    choices : Choices
        What decides.
    is_permutation : bool
        Whether `s` is a permutation.
    raising : bool
        Whether they may ask for items that there are not.
    """

    def __init__(self, choices: Choices, is_permutation: bool, raising: bool) -> None:
        self._choices, self._permutation, self._raising = choices, is_permutation, raising

    def _any_of(self, *forms: str | Callable[[], str]) -> str:
        form = self._choices.pick(forms)
        return form if isinstance(form, str) else form()

    def guard(self, depth: int = 2) -> str:
        """Return a condition on `s`, and on what else an action knows."""
        if depth > 0 and self._choices.chance(25):
            one, other = self.guard(depth - 1), self.guard(depth - 1)
            connected = f"({one} {self._any_of('and', 'or', 'and')} {other})"
            chosen = f"({one} if n in self.known else {other})"
            negated, implied = f"not ({one})", f"implies({one}, {other})"
            return self._any_of(negated, connected, connected, implied, chosen)
        every = (self.on_items, self.on_items, self.on_numbers, self.on_neighbours, self.on_members)
        few = (self.on_places, self.on_places, self.on_numbers, self.on_numbers, self.on_numbers)
        return self._any_of(*every, *(few if self._permutation or self._raising else ()))

    def item(self) -> str:
        """Return an item of `s`."""
        return self._any_of("s[0]", "s[1]", "s[-1]", "s[i]", "s[i - 1]", "s[2 - i]", "s[self.K]", "s[1:][0]", "s[0]")

    def on_places(self) -> str:
        """Return a condition on items that are asked for by their positions."""
        stop = self._any_of("len(s)", "len(s) - 1", "3", "2", "i", "self.K", "len(s)")
        at = self._any_of("s[j]", "s[j]", "s[j + 1]", "s[-1 - j]", "s[2 - j]")
        return self._any_of(
            f"{self.item()} == n", f"{self.item()} in self.known", f"{self.item()} < {self.item()}",
            f"s[0] == {self._any_of('self.queue[0]' if self._raising else 'n', 'n')}",
            f"{self._quantifier()}({at} {self._any_of('==', '!=', '<')} n for j in range({stop}))",
            f"{self._quantifier()}(s[j] < s[k] for j in range(len(s)) for k in range(j))",
            "all(s[j] != s[j + 1] or s[j] == n for j in range(len(s) - 1))",
        )  # fmt: skip

    def _quantifier(self) -> str:
        return self._any_of("all", "all", "any", "not any")

    def on_items(self) -> str:
        """Return a condition on each item, or some."""
        items = self._any_of("s", "s", "s[1:]", "s[:2]", "self.queue")
        on_one = self._any_of("x == n", "x != n", "x in self.known", "x not in self.known", "x <= n")
        return self._any_of(
            f"{self._quantifier()}({on_one} for x in {items})",
            f"{self._quantifier()}({on_one} and j < i for j, x in enumerate({items}))",
            f"{self._quantifier()}({on_one} or j == 1 for j, x in enumerate({items}))",
            f"{self._quantifier()}(x in s and {on_one} for x in Node)",
            f"{self._quantifier()}(x == y or {on_one} for x in s for y in {items})",
        )

    def on_neighbours(self) -> str:
        """Return a condition on items that are beside each other, or at the same position."""
        sign = self._any_of("<", "<=", "==", "!=")
        return f"{self._quantifier()}(x {sign} y for x, y in zip(s, {self._any_of('s[1:]', 'self.queue', 's[1:]')}))"

    def on_members(self) -> str:
        """Return a condition on what is in the sequence."""
        return self._any_of(
            "n in s", "n not in s", "set(s) <= self.known", "self.known <= set(s)", "s == self.queue",
            "s[:2] == self.queue", "n in s[1:]", "set(s[:2]) <= self.known", "len(set(s)) == len(s)", "s == [n]",
            "n in s or n in self.known", "sorted(s) == s", "not s",
        )  # fmt: skip

    def number(self) -> str:
        """Return a number that may depend on `s`."""
        forms = ["len(s)", "sum(1 for x in s if x in self.known)", "s.count(n)", "i", "1", "len(set(s))", "self.K"]
        forms += ["sum(1 for x in s if x != n)", "len({x for x in s if x < n})", "len(s) - 1", "i + len(s)"]
        if self._permutation or self._raising:
            forms += ["s.index(n)", "s.index(first(Node))", "s.index(last(Node))"] * 2
        if self._permutation:
            forms += ["s.index(n) + 1", "min(j for j, x in enumerate(s) if x == n)", "2 - s.index(n)"]
        return self._any_of(*forms)

    def on_numbers(self) -> str:
        """Return a comparison of numbers, mostly of counts or positions."""
        if (self._permutation or self._raising) and self._choices.chance(30):
            return f"{self._quantifier()}(s.index(x) < s.index(y) for x in self.known for y in Node if x != y)"
        sign = self._any_of("<", "<=", "==", "!=", "<")
        if self._permutation and self._choices.chance(40):
            one, other = (f"s.index({self._any_of('n', 'first(Node)', 'last(Node)')})" for _ in range(2))
            return f"{one} {sign} {other}"
        return f"{self.number()} {sign} {self._any_of(self.number, '1', '2')}"
