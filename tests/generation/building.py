"""Loops of invented models that build a local list, set or number, step by step."""

from __future__ import annotations

from tests.generation.idioms import Statement
from tests.generation.leaving import Leaving
from tests.generation.types import BOOL, INT, Int, Range, SeqOf, SetOf, SortClass, Type

__all__ = ["Building"]


class Building(Leaving):
    """Draws loops that accumulate in local names what a comprehension or a fold says at once."""

    @property
    def building(self) -> list[Statement]:
        """What draws them."""
        return [self._built]

    def _built(self, depth: int, indent: str) -> list[str]:
        found = self._of(SetOf, SeqOf)
        if not found:
            return self.counted(depth, indent)
        target = self.choices.pick(found)
        assert isinstance(target.type, SetOf | SeqOf)
        ordered = isinstance(target.type, SeqOf)
        self._bound += 1
        name, copy = f"built{self._bound}", "list" if ordered else "set"
        nothing = "[]" if ordered else "set()"
        start = self.choices.pick([f"{copy}(self.{target.name})", nothing])
        with self.inside():
            domain, given = self.choices.pick(self._in_some_order() if ordered else self._domains())
            x = self.fresh(given)
            value = self._of_round(x, given, target.type.element, depth)
            lines = [f"{indent}{name} = {start}", f"{indent}for {x} in {domain}:"]
            ends = (domain, given) in self._in_some_order() and self.choices.chance(30)
            if self.choices.chance(30):
                left_out = self._ends(x, given) if ends else self.expr(BOOL, depth - 1)
                lines += [f"{indent}    if {left_out}:", f"{indent}        continue"]
            if ends:
                lines += self._ended(x, given, indent + "    ")
            inner = indent + "    "
            step = self._step(name, value, ordered and start == nothing, ordered, depth, "")
            # Two steps that append would take turns, as would adding and discarding.
            plain = not ordered and not any(".discard(" in line or "-=" in line for line in step)
            if self.choices.chance(20):
                lines, inner = self._within(lines, name, value, plain=plain, indent=inner), inner + "    "
            lines += [inner + line for line in step]
            if plain and len(inner) > len(indent) + 4 and self.choices.chance(50):
                lines += [f"{indent}    else:", f"{inner}{name}.add({value})"]
        bound = f"[:{target.type.capacity}]" if isinstance(target.type, SeqOf) else ""
        return [*lines, f"{indent}self.{target.name} = {name}{bound}"]

    def _within(self, lines: list[str], name: str, value: str, *, plain: bool, indent: str) -> list[str]:
        """Return the lines of a round up to a loop in it, whose rounds are left before or after a step."""
        domain, given = self.choices.pick(self._in_some_order())
        y = self.fresh(given)
        lines = [*lines, f"{indent}for {y} in {domain}:"]
        if plain and self.choices.chance(50):
            lines += [f"{indent}    if {self._ends(y, given)}:"]
            lines += [f"{indent}        {name}.add({value})", f"{indent}        break"]
            return [*lines, f"{indent}    if {self._ends(y, given)}:", f"{indent}        continue"]
        return [*lines, *self._ended(y, given, indent + "    ")]

    def _ended(self, x: str, given: Type, indent: str) -> list[str]:
        return [f"{indent}if {self._ends(x, given)}:", f"{indent}    break"]

    def _ends(self, x: str, given: Type) -> str:
        """Return what a round asks before it leaves a loop that builds something, which does not raise."""
        if isinstance(given, SortClass):
            return self._safe(x, given)
        if isinstance(given, Int | Range):
            return f"{x} > 0"
        flags = [text for text, found in self.places(0) if found == BOOL and "[" not in text]
        return self.choices.pick([*flags, "False"])

    def _domains(self) -> list[tuple[str, Type]]:
        sets = [(text, t.element) for text, t in self.places(0) if isinstance(t, SetOf)]
        return [*self._in_some_order(), *((str(sort), sort) for sort in self.vocabulary.sorts), *sets]

    def _of_round(self, x: str, given: Type, element: Type, depth: int) -> str:
        return x if given == element and self.choices.chance(50) else self.expr(element, depth - 1)

    def _step(self, name: str, value: str, empty: bool, ordered: bool, depth: int, indent: str) -> list[str]:
        """Return what a round does, for each value or where something is true."""
        named = [f"{indent}made = {value}"] if self.choices.chance(30) else []
        item = "made" if named else value
        lists = [f"{name} = {name} + [{item}]", f"{name} = [*{name}, {item}]", f"{name} = [{item}, *{name}]"]
        lists += [f"{name}.append({item})", f"{name} += [{item}]", f"{name}.insert(0, {item})"]
        lists += [f"{name} = {name} + [{item}, {item}]", f"{name}.extend([{item}])"]
        sets = [
            f"{name}.add({item})",
            f"{name} = {name} | {{{item}}}",
            f"{name} |= {{{item}}}",
            f"{name}.update({{{item}}})",
        ]
        if not empty and self.choices.chance(20):
            sets = [f"{name}.discard({item})", f"{name} -= {{{item}}}"]
        step = self.choices.pick(lists if ordered else sets)
        appends = any(word in step for word in (".append(", ".extend(", "+="))
        if (appends or not ordered) and self.choices.chance(30):
            present = "in" if "discard" in step or "-=" in step else "not in"
            return [*named, f"{indent}if ({item}) {present} {name}:", f"{indent}    {step}"]
        if self.choices.chance(50):
            return [*named, f"{indent}{step}"]
        return [*named, f"{indent}if {self.expr(BOOL, depth - 1)}:", f"{indent}    {step}"]

    def counted(self, depth: int, indent: str) -> list[str]:
        """Names of numbers, and one that a loop counts."""
        lines = super().counted(depth, indent)
        if self.choices.chance(50):
            return lines
        # Its name is drawn last: nothing that a round adds may ask for it.
        start = self.expr(INT, 0)
        with self.inside():
            domain, given = self.choices.pick(self._domains())
            x = self.fresh(given)
            more = x if isinstance(given, Range | Int) else self.expr(INT, max(depth - 1, 0))
            asked = self.expr(BOOL, max(depth - 1, 0)) if self.choices.chance(50) else None
        total = self.fresh(INT)
        steps = [f"{total} += {more}", f"{total} = {total} - {more}", f"{total} = max({total}, {more})"]
        steps += [f"{total} = {more} + {total}"]
        test = [] if asked is None else [f"{indent}    if {asked}:"]
        step = f"{indent}{'    ' * (1 + len(test))}{self.choices.pick(steps)}"
        return [*lines, f"{indent}{total} = {start}", f"{indent}for {x} in {domain}:", *test, step]
