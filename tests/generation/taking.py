"""Statements of invented models that take something and use it: pops, required optionals, local containers, rounds."""

from __future__ import annotations

from tests.generation.choosing import Choosing
from tests.generation.idioms import Statement
from tests.generation.types import BOOL, INT, BagOf, MapOf, Quorums, SeqOf, SetOf, SortClass, Tuple, Type, is_container

__all__ = ["Taking"]


class Taking(Choosing):
    """Draws what becomes a name, a variable or several at once, and is used after that."""

    @property
    def taking(self) -> list[Statement]:
        """What draws them."""
        return [self._popped, self._popped_into, self._popped_at, self._required, self._local_list, self._local_map,
                self._in_order, self._chosen_for_each, self._matched]  # fmt: skip

    def _queues(self) -> list[tuple[str, SeqOf]]:
        return [(text, t) for text, t in self.places(0) if isinstance(t, SeqOf) and text.startswith("self.")]

    def _popped(self, depth: int, indent: str) -> list[str]:
        """An item that is taken from a sequence, and unpacked where it is a tuple."""
        queues = self._queues()
        if not queues:
            return self._required(depth, indent)
        place, type_ = self.choices.pick(queues)
        if not any(place == f"self.{v.name}" for v in self.changing):
            return self._local_list(depth, indent)
        guard = [f"{indent}require(len({place}) > 0)"] if self.choices.chance(85) else []
        end = self.choices.pick(["0", "", "-1"])
        if isinstance(type_.element, Tuple) and len(type_.element.items) > 1:
            names = ", ".join(self.fresh(item) for item in type_.element.items)
            return [*guard, f"{indent}{names} = {place}.pop({end})"]
        name = self.fresh(type_.element)
        return [*guard, f"{indent}{name} = {place}.pop({end})", *self._shown(name, type_.element, indent)]

    def _shown(self, name: str, type_: Type, indent: str) -> list[str]:
        """Store a value, if a variable can hold it: what no state shows, nobody compares."""
        found = [v.name for v in self.changing if v.type == type_ and v.name not in self.scope.hidden]
        return [f"{indent}self.{self.choices.pick(found)} = {name}"] if found else []

    def _popped_into(self, depth: int, indent: str) -> list[str]:
        """An item that is taken from a sequence becomes a variable."""
        queues = [(v.name, v.type) for v in self._of(SeqOf)]
        pairs = [(q, v.name) for q, t in queues for v in self.changing if v.type == t.element]  # type: ignore[union-attr]
        if not pairs:
            return self._popped(depth, indent)
        queue, target = self.choices.pick(pairs)
        return [
            f"{indent}require(self.{queue})",
            f"{indent}self.{target} = self.{queue}.pop({self.choices.pick(['0', ''])})",
        ]

    def _popped_at(self, depth: int, indent: str) -> list[str]:
        """An item that is taken from within a sequence, whose items differ: which one it is, the rest shows."""
        queues = [v for v in self._of(SeqOf) if isinstance(v.type, SeqOf) and v.type.capacity > 1]
        if not queues:
            return self._popped(depth, indent)
        queue = self.choices.pick(queues)
        place, element = f"self.{queue.name}", queue.type.element  # type: ignore[union-attr]
        if self.choices.chance(50):
            items = ", ".join(self._kept(element) for _ in range(2))
            first = [f"{indent}{place} = [{items}]"]
        else:
            first = [f"{indent}require(len({place}) > 1)"]
        name = self.fresh(element)
        at = self.choices.pick(["1", "-2", "1", f"len({place}) - 1"])
        return [*first, f"{indent}{name} = {place}.pop({at})", *self._shown(name, element, indent)]

    def _required(self, depth: int, indent: str) -> list[str]:
        """What is required not to be None is used as what it is then."""
        found = self.optionals(0)
        if not found:
            return self._assert(depth, indent)
        text, type_ = self.choices.pick(found)
        return [f"{indent}require({text} is not None)", f"{indent}{self.fresh(type_.inner)} = {text}"]  # type: ignore[union-attr]

    def _local_list(self, depth: int, indent: str) -> list[str]:
        """A list that has a name, and becomes what a variable holds."""
        targets = [v for v in self._of(SeqOf) if isinstance(v.type, SeqOf)]
        if not targets:
            return self._local_map(depth, indent)
        target = self.choices.pick(targets)
        assert isinstance(target.type, SeqOf)
        element, most = target.type.element, target.type.capacity
        sources = [text for text, t in self._queues() if t.element == element]
        test = self.expr(BOOL, depth - 1)
        self._bound += 1
        name, one = f"line{self._bound}", self._kept(element)
        value = self.choices.pick(
            [f"self.{target.name}[:{most}]", f"[{one}]", f"[] if {test} else {self.choices.pick(sources)}[:{most}]"]
        )
        return [
            f"{indent}{name} = {value}",
            f"{indent}if {one} in {name} or len({name}) <= {most}:",
            f"{indent}    self.{target.name} = {name}",
        ]

    def _kept(self, type_: object) -> str:
        return self._stored_value(type_, 0)  # type: ignore[attr-defined,no-any-return]

    def _local_map(self, depth: int, indent: str) -> list[str]:
        """A map that is made at once, from itself and another value."""
        maps = [v for v in self._maps() if isinstance(v.type, MapOf)]
        if not maps:
            return self._in_order(depth, indent)
        chosen = self.choices.pick(maps)
        assert isinstance(chosen.type, MapOf)
        with self.inside():
            key = self.fresh(chosen.type.key)
            test, value = self.expr(BOOL, depth - 1), self._kept(chosen.type.value)
        made = f"{key}: {value} if {test} else self.{chosen.name}[{key}]"
        return [f"{indent}self.{chosen.name} = {{{made} for {key} in {chosen.type.key}}}"]

    def _in_order(self, depth: int, indent: str) -> list[str]:
        """A loop whose rounds have an order, and may read what the earlier ones have changed."""
        with self.inside():
            order = self.choices.pick(self.vocabulary.orders)
            domains = [
                (order.name, order),
                ("range(2)", INT),
                *((f"list({text})", t.element) for text, t in self._queues()),
            ]
            domain, type_ = self.choices.pick(domains)
            x = self.fresh(type_)
            kept = [v for v in self.changing if f"self.{v.name}" not in domain]
            scalars = [v for v in kept if not is_container(v.type) and not isinstance(v.type, Quorums)]
            if not scalars:
                return self._chosen_for_each(depth, indent)
            target = self.choices.pick(scalars)
            test, value = self.expr(BOOL, depth - 1), self._kept(target.type)
            other = self.choices.pick(scalars)
            second = self._kept(other.type)
        return [
            f"{indent}for {x} in {domain}:",
            f"{indent}    if {test}:",
            f"{indent}        self.{target.name} = {value}",
            f"{indent}    else:",
            f"{indent}        self.{other.name} = {second}",
        ]

    def _chosen_for_each(self, depth: int, indent: str) -> list[str]:
        """A set of what is chosen for each element of another."""
        sets = [v for v in self._of(SetOf) if isinstance(v.type, SetOf) and isinstance(v.type.element, SortClass)]
        if not sets:
            return self._matched(depth, indent)
        target, source = self.choices.pick(sets), self.choices.pick(self.vocabulary.sorts)
        assert isinstance(target.type, SetOf)
        with self.inside(), self.hiding(target.name):
            key, bound = self.fresh(source), self.fresh(target.type.element)
            test = self.expr(BOOL, depth - 1)
        chosen = f"choose({bound} for {bound} in {target.type.element} if {test})"
        return [f"{indent}self.{target.name} = {{{chosen} for {key} in {source}}}"]

    def _matched(self, depth: int, indent: str) -> list[str]:
        """A match of a stored number or member with literal cases and a guard."""
        bags = [(text, t) for text, t in self.places(0) if isinstance(t, BagOf) and text.startswith("self.")]
        flag, other = self.expr(BOOL, depth - 1), self.expr(BOOL, 0)
        subject = f"len({self.choices.pick(bags)[0]})" if bags else self.expr(INT, 0)
        name = self.fresh(BOOL)
        return [
            f"{indent}match {subject}:",
            f"{indent}    case 0 | 1:",
            f"{indent}        {name} = {flag}",
            f"{indent}    case n if n > 2 and {other}:",
            f"{indent}        {name} = False",
            f"{indent}    case _:",
            f"{indent}        {name} = {other}",
            *self._shown(name, BOOL, indent),
        ]
