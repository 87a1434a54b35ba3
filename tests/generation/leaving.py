"""Loops of invented models that are left early: by break, continue and return, with an else, one in another."""

from __future__ import annotations

from tests.generation.idioms import Statement
from tests.generation.taking import Taking
from tests.generation.types import BOOL, INT, Quorums, SeqOf, SetOf, SortClass, Type, is_container

__all__ = ["Leaving"]


class Leaving(Taking):
    """Draws loops whose rounds leave them."""

    @property
    def leaving(self) -> list[Statement]:
        """What draws them."""
        return [self._left_in_order, self._searching]

    # Loops with an order

    def _left_in_order(self, depth: int, indent: str) -> list[str]:
        """A loop whose rounds have an order: those before the one that leaves it have changed something."""
        with self.inside():
            domain, type_ = self.choices.pick(self._in_some_order())
            x = self.fresh(type_)
            lines = [f"{indent}for {x} in {domain}:"]
            for _ in range(self.choices.number(2, 4)):
                lines += self._part_of_a_round(depth, indent + "    ", domain)
            lines += self._left(depth, indent + "    ")
        return [*lines, *self._otherwise(indent, domain)]

    def _in_some_order(self) -> list[tuple[str, Type]]:
        sequences = [(f"list({text})", t.element) for text, t in self._queues()]
        reverse = [(f"reversed({order.name})", order) for order in self.vocabulary.orders]
        orders: list[tuple[str, Type]] = [(order.name, order) for order in self.vocabulary.orders]
        spans = ["range(3)", "reversed(range(3))", "range(2, -2, -1)", "range(-1, 3, 2)"]
        return [*orders, *reverse, *((span, INT) for span in spans), *sequences]

    def _part_of_a_round(self, depth: int, indent: str, domain: str) -> list[str]:
        form = self.choices.number(0, 9)
        if form < 4:
            return self._stored(indent, domain)
        if form < 7:
            return self._left(depth, indent)
        if form == 7:
            return [f"{indent}require({self.expr(BOOL, max(depth - 1, 0))})"]
        if form == 8 and depth > 1:
            return self._left_in_order(depth - 1, indent)
        return self._searching(depth - 1, indent)

    def _left(self, depth: int, indent: str) -> list[str]:
        way = self.choices.pick(["break", "break", "continue", "return"])
        first = self._stored(indent + "    ", "") if self.choices.chance(40) else []
        return [f"{indent}if {self.expr(BOOL, max(depth - 1, 0))}:", *first, f"{indent}    {way}"]

    def _stored(self, indent: str, domain: str) -> list[str]:
        kept = [v for v in self.changing if f"self.{v.name}" not in domain and v.name not in self.scope.hidden]
        scalars = [v for v in kept if not is_container(v.type) and not isinstance(v.type, Quorums)]
        if not scalars:
            return [f"{indent}pass"]
        target = self.choices.pick(scalars)
        return [f"{indent}self.{target.name} = {self._kept(target.type)}"]

    def _otherwise(self, indent: str, domain: str) -> list[str]:
        return [f"{indent}else:", *self._stored(indent + "    ", domain)] if self.choices.chance(40) else []

    # Loops that search: with an order or without, what leaves them is the same

    def _searching(self, depth: int, indent: str) -> list[str]:
        """A search of an action: what its rounds ask must not raise."""
        with self.inside():
            found = self._found(indent)
        way = self.choices.pick(["break", "break", "return"])
        effect = self._stored(indent + "    " * (len(found)), "")
        leaves = [*effect, f"{indent}{'    ' * len(found)}{way}"]
        return [*found, *leaves, *self._otherwise(indent, "")]

    def _found(self, indent: str) -> list[str]:
        """Return a loop up to what a round does that has found something."""
        sort = self.choices.pick([*self.vocabulary.sorts, *self.vocabulary.orders])
        x = self.fresh(sort)
        domains = [str(sort), *(text for text, found in self.places(0) if found == SetOf(sort))]
        return [
            f"{indent}for {x} in {self.choices.pick(domains)}:",
            f"{indent}    if {self._safe(x, sort)} and not ({self._safe(x, sort)}):",
        ]

    def _safe(self, x: str, sort: SortClass) -> str:
        """Return a condition that does not raise."""
        tests = [f"{x} in {text}" for text, found in self.places(0) if found in (SetOf(sort), SeqOf(sort, 2))]
        tests += [text for text, found in self.places(0) if found == BOOL and "[" not in text]
        tests += [f"{x} == {text}" for text, found in self.places(0) if found == sort and "[" not in text]
        return self.choices.pick([*tests, f"{x} != {x}"])

    def search(self, type_: Type, indent: str) -> list[str]:
        """Return a loop of a helper, which returns when it has found something, or breaks."""
        if not self.wide or self.choices.chance(50):
            return super().search(type_, indent)
        value = self.expr(type_, 0)
        with self.inside():
            sort = self.choices.pick(self.vocabulary.sorts)
            x, known = self.fresh(sort), self.fresh(BOOL)
            skipped = [f"{indent}    if {self._safe(x, sort)}:", f"{indent}        continue"]
            asked = [f"{indent}for {x} in {sort}:", *skipped, f"{indent}    if {self._safe(x, sort)}:"]
            inner = [f"    {line}" for line in self._found(indent)]
        forms = [
            [*asked, f"{indent}        return {value}"],
            [f"{indent}{known} = False", *asked, f"{indent}        {known} = True", f"{indent}        break",
             f"{indent}if {known}:", f"{indent}    return {value}"],
            [*asked, f"{indent}        break", f"{indent}else:", f"{indent}    return {value}"],
            [f"{indent}for {x} in {sort}:", *skipped, f"{indent}    {known} = False", *inner,
             f"{indent}            {known} = True", f"{indent}            break",
             f"{indent}    if not {known}:", f"{indent}        return {value}"],
            [f"{indent}for {x} in {sort}:", *inner, f"{indent}            break", f"{indent}    else:",
             f"{indent}        return {value}"],
        ]  # fmt: skip
        return self.choices.pick(forms)
