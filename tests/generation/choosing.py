"""Statements of invented models that choose: one of some options, an element of a set, any value, one for each key."""

from __future__ import annotations

from tests.generation.idioms import Idioms, Statement
from tests.generation.types import BOOL, EnumClass, MapOf, Quorums, Range, SetOf, SortClass, choices_of
from tests.generation.vocabulary import Variable

__all__ = ["Choosing"]

FEW = 24
"""How many values a variable may have that becomes any of them."""


class Choosing(Idioms):
    """Draws choices that an action makes on its way."""

    @property
    def choosing(self) -> list[Statement]:
        """What draws them."""
        return [self._one_of, self._element_of, self._any_value, self._for_each_key, self._in_a_loop]

    def _one_of(self, depth: int, indent: str) -> list[str]:
        """A name for one of the options that satisfy a condition."""
        with self.inside():
            domain, type_ = self._options(depth)
            bound = self.fresh(type_)
            condition = f" if {self.expr(BOOL, depth - 1)}" if self.choices.chance(60) else ""
            item, result = bound, type_
            if self.choices.chance(25):
                result = self.choices.pick([BOOL, self.any_type()])
                item = self.expr(result, depth - 1)
        return [f"{indent}{self.fresh(result)} = choose({item} for {bound} in {domain}{condition})"]

    def _options(self, depth: int) -> tuple[str, object]:
        """Return what to choose from; of numbers only a few."""
        while True:
            domain, type_ = self.domain(depth - 1)
            if domain != "range(2, 70)":
                return domain, type_

    def _element_of(self, depth: int, indent: str) -> list[str]:
        sets = [(text, t) for text, t in self.places(depth - 1) if isinstance(t, SetOf)]
        if not sets:
            return self._one_of(depth, indent)
        text, type_ = self.choices.pick(sets)
        assert isinstance(type_, SetOf)
        return [f"{indent}{self.fresh(type_.element)} = choose({text})"]

    def _any_value(self, depth: int, indent: str) -> list[str]:
        few = [v for v in self.changing if not isinstance(v.type, Quorums) and choices_of(v.type) <= FEW]
        if not few:
            return self._element_of(depth, indent)
        return [f"{indent}self.{self.choices.pick(few).name} = anything()"]

    def _maps(self) -> list[Variable]:
        keys = SortClass | EnumClass
        found = [v for v in self._of(MapOf) if isinstance(v.type, MapOf) and isinstance(v.type.key, keys)]
        return [v for v in found if isinstance(v.type.value, SortClass | EnumClass | Range)]  # type: ignore[union-attr]

    def _for_each_key(self, depth: int, indent: str) -> list[str]:
        maps = self._maps()
        if not maps:
            return self._any_value(depth, indent)
        chosen = self.choices.pick(maps)
        assert isinstance(chosen.type, MapOf)
        with self.inside():
            key = self.fresh(chosen.type.key)
            value = self._chosen(chosen.type, depth)
        return [f"{indent}self.{chosen.name} = {{{key}: {value} for {key} in {chosen.type.key}}}"]

    def _chosen(self, type_: MapOf, depth: int) -> str:
        of = type_.value
        with self.inside():
            bound = self.fresh(of)
            condition = f" if {self.expr(BOOL, depth - 1)}" if self.choices.chance(60) else ""
        domain = f"range({of.low}, {of.high + 1})" if isinstance(of, Range) else str(of)
        return f"choose({bound} for {bound} in {domain}{condition})"

    def _in_a_loop(self, depth: int, indent: str) -> list[str]:
        """An entry for each key, chosen in a loop that reads none of the others."""
        maps = self._maps()
        if not maps:
            return self._any_value(depth, indent)
        chosen = self.choices.pick(maps)
        assert isinstance(chosen.type, MapOf)
        with self.inside(), self.hiding(chosen.name):
            key = self.fresh(chosen.type.key)
            value = self._chosen(chosen.type, depth)
        return [f"{indent}for {key} in {chosen.type.key}:", f"{indent}    self.{chosen.name}[{key}] = {value}"]
