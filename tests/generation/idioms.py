"""Statements of invented models that are said in one line, or on every path, as people who know Python say them."""

from __future__ import annotations

from collections.abc import Callable

from tests.generation.ordered import Ordered
from tests.generation.types import BOOL, INT, EnumClass, Optional, SetOf, Type, is_container
from tests.generation.vocabulary import Variable

__all__ = ["Idioms"]

Statement = Callable[[int, str], list[str]]


class Idioms(Ordered):
    """Draws required values, assertions, names of branches and cases, targets of several kinds."""

    @property
    def idioms(self) -> list[Statement]:
        """What draws them."""
        forms = [self._some, self._assert, self._named_values, self._named_sets, self._chained, self._nested]
        return [*forms, self._members, self._pair]

    def _of(self, *kinds: type[Type]) -> list[Variable]:
        hidden = self.scope.hidden
        return [v for v in self.changing if isinstance(v.type, kinds) and v.name not in hidden]

    def _some(self, depth: int, indent: str) -> list[str]:
        found = self.optionals(max(depth - 1, 0))
        if not found:
            return self._assert(depth, indent)
        text, type_ = self.choices.pick(found)
        assert isinstance(type_, Optional)
        if self.choices.chance(30):
            return [f"{indent}require(some({text}) == {self.expr(type_.inner, 0)})"]
        return [f"{indent}{self.fresh(type_.inner)} = some({text})"]

    def _assert(self, depth: int, indent: str) -> list[str]:
        claim = self.expr(BOOL, max(depth - 1, 0))
        return [f"{indent}assert {claim}"] if self.choices.chance(8) else [f"{indent}assert ({claim}) or not ({claim})"]

    def _named_values(self, depth: int, indent: str) -> list[str]:
        """A name that has a value after one branch or another."""
        type_ = self.choices.pick([BOOL, INT, self.any_type()])
        test, first, second = self.expr(BOOL, depth - 1), self.expr(type_, depth - 1), self.expr(type_, depth - 1)
        name = self.fresh(type_)
        return [
            f"{indent}if {test}:",
            f"{indent}    {name} = {first}",
            f"{indent}else:",
            f"{indent}    {name} = {second}",
        ]

    def _named_sets(self, depth: int, indent: str) -> list[str]:
        """A set that is named in one branch or another, and stored after them."""
        found = self._of(SetOf)
        if not found:
            return self._named_values(depth, indent)
        chosen = self.choices.pick(found)
        assert isinstance(chosen.type, SetOf)
        element = chosen.type.element
        test, first, second = self.expr(BOOL, depth - 1), self.set(element, depth - 1), self.set(element, depth - 1)
        self._bound += 1
        name = f"part{self._bound}"
        change = self.choices.pick(["|=", "-=", "&="])
        if self.choices.chance(50):
            lines = [
                f"{indent}if {test}:",
                f"{indent}    {name} = set({first})",
                f"{indent}else:",
                f"{indent}    {name} = set({second})",
            ]
        else:
            lines = [f"{indent}{name} = set({first})", f"{indent}if {test}:", f"{indent}    {name} = set({second})"]
        return [*lines, f"{indent}self.{chosen.name} {change} {name}"]

    def _chained(self, depth: int, indent: str) -> list[str]:
        scalars = [v for v in self._of(Type) if not is_container(v.type)]
        pairs = [(a, b) for a in scalars for b in scalars if a is not b and a.type == b.type]
        if not pairs:
            return self._nested(depth, indent)
        (first, second) = self.choices.pick(pairs)
        value = self.expr(first.type, depth - 1)
        return [f"{indent}self.{first.name} = self.{second.name} = {value}"]

    def _nested(self, depth: int, indent: str) -> list[str]:
        types = [self.choices.pick([BOOL, INT, self.any_type()]) for _ in range(3)]
        values = [self.expr(type_, max(depth - 1, 0)) for type_ in types]
        a, b, c = (self.fresh(type_) for type_ in types)
        return [f"{indent}({a}, {b}), {c} = ({values[0]}, {values[1]}), {values[2]}"]

    def _members(self, depth: int, indent: str) -> list[str]:
        """A match that takes every member of an enumeration, and gives a name a value in each case."""
        found = [v for v in self._of(EnumClass) if "." not in str(v.type)]
        if not found:
            return self._pair(depth, indent)
        chosen = self.choices.pick(found)
        assert isinstance(chosen.type, EnumClass)
        type_ = self.choices.pick([BOOL, INT])
        values = [self.expr(type_, depth - 1) for _ in chosen.type.members]
        name = self.fresh(type_)
        lines = [f"{indent}match self.{chosen.name}:"]
        for member, value in zip(chosen.type.members, values, strict=True):
            lines += [f"{indent}    case {chosen.type.name}.{member}:", f"{indent}        {name} = {value}"]
        return lines

    def _pair(self, depth: int, indent: str) -> list[str]:
        """A match of two truth values, with a guard, and perhaps with a case that leaves the action."""
        first, second, guard = (self.expr(BOOL, max(depth - 1, 0)) for _ in range(3))
        name = self.fresh(BOOL)
        leaves = "return" if self.choices.chance(30) else f"{name} = {second}"
        return [
            f"{indent}match {first}, {second}:",
            f"{indent}    case True, other if {guard}:",
            f"{indent}        {name} = other",
            f"{indent}    case False, _:",
            f"{indent}        {leaves}",
            f"{indent}    case _:",
            f"{indent}        {name} = {guard}",
        ]

    def search(self, type_: Type, indent: str) -> list[str]:
        """A loop of a helper that returns when it has found something; what it asks must not raise."""
        value = self.expr(type_, 0)
        with self.inside():
            sort = self.choices.pick(self.vocabulary.sorts)
            x, y = self.fresh(sort), self.fresh(sort)
            places = [text for text, found in self.places(0) if found == SetOf(sort)]
            flags = [text for text, found in self.places(0) if found == BOOL and "[" not in text]
            tests = [*(f"{x} in {place}" for place in places), f"{x} == {y}", *flags]
            test = self.choices.pick(tests)
            other = self.choices.pick([*(text for text in tests if text != test), "False"])
        if y in test + other or self.choices.chance(30):
            return [
                f"{indent}for {x} in {sort}:",
                f"{indent}    for {y} in {sort}:",
                f"{indent}        if {test} and not ({other}):",
                f"{indent}            return {value}",
            ]
        return [
            f"{indent}for {x} in {self.choices.pick([str(sort), *places])}:",
            f"{indent}    if {test}:",
            f"{indent}        known = not ({other})",
            f"{indent}        if known:",
            f"{indent}            return {value}",
        ]

    def counted(self, depth: int, indent: str) -> list[str]:
        """Names of a helper whose value is used: several at once, and one that is counted up."""
        low = self.expr(INT, max(depth - 1, 0))
        a, b = self.fresh(INT), self.fresh(INT)
        return [f"{indent}{a} = {b} = {low}", f"{indent}{a} {self.choices.pick(['+=', '-=', '*='])} 2"]
