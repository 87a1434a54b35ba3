"""Expressions of invented models about what has an order: sequences, slices, sorted, next, neighbours of an order."""

from __future__ import annotations

from tests.generation.expressions import Expressions
from tests.generation.types import BOOL, INT, Int, Range, SeqOf, SortClass, Type

__all__ = ["Ordered"]


class Ordered(Expressions):
    """Draws what Python says about lists in one expression, wherever a value of a type may stand."""

    def _sequences(self, depth: int) -> list[tuple[str, Type]]:
        """Return the stored sequences; none where an expression is to end, for keys of maps are expressions, too."""
        return [(text, t.element) for text, t in self.places(0) if isinstance(t, SeqOf)] if depth > 0 else []

    def _sequence(self, stored: str, element: Type, depth: int) -> str:
        """Return a sequence that is computed from a stored one."""
        forms = [f"{stored}[1:]", f"{stored}[:1]", f"{stored}[0:2]", f"list(reversed({stored}))"]
        if isinstance(element, Range | Int) or (isinstance(element, SortClass) and element.ordered):
            forms.append(f"sorted({stored})")
        with self.inside():
            x = self.fresh(element)
            forms += [f"[{x} for {x} in {stored} if {super().bool(depth - 1)}]", f"({stored} + {stored})"]
        return self.choices.pick([stored, *forms])

    # Where a value of some type is asked for, one may come from a sequence.

    def expr(self, type_: Type, depth: int) -> str:
        """Return an expression of a type."""
        found = [(text, element) for text, element in self._sequences(depth) if self._fits(element, type_)]
        if depth > 0 and found and self.choices.chance(25):
            return self._picked(*self.choices.pick(found), type_, depth - 1)
        return super().expr(type_, depth)

    def _picked(self, stored: str, element: Type, type_: Type, depth: int) -> str:
        sequence, default = self._sequence(stored, element, depth), super().expr(type_, 0)
        largest = self.choices.pick(["max", "min"])
        with self.inside():
            x = self.fresh(element)
            test, key = super().bool(depth - 1), self._key(x, element, depth)
        forms = [
            f"next(({x} for {x} in {sequence} if {test}), {default})",
            f"({largest}({sequence}, key=lambda {x}: {key}) if len({sequence}) > 0 else {default})",
            f"({sequence}[0] if len({sequence}) > 0 else {default})",
        ]
        return self.choices.pick(forms)

    def _key(self, x: str, element: Type, depth: int) -> str:
        return f"({x} * {self.choices.pick(['1', '-1', '2'])})" if isinstance(element, Range) else self.int(INT, depth)

    def bool(self, depth: int) -> str:
        """Return a truth value."""
        if self.wide and depth > 0 and self.choices.chance(10):
            return self._of_tuples(depth - 1)
        found = self._sequences(depth)
        if depth <= 0 or not found or not self.choices.chance(20):
            return super().bool(depth)
        stored, element = self.choices.pick(found)
        first, second = self._sequence(stored, element, depth - 1), self._sequence(stored, element, depth - 1)
        with self.inside():
            a, b = self.fresh(element), self.fresh(element)
            i = self.fresh(INT)
            test = self.expr(BOOL, depth - 1)
        forms = [
            f"({first} {self.choices.pick(['==', '!='])} {second})",
            f"({super().expr(element, 0)} in {first})",
            f"any({a} == {b} for {a}, {b} in zip({first}, {second}))",
            f"all({test} for {i}, {a} in enumerate({first}))".replace(b, a),
            f"any({i} < {self.int(INT, 0)} for {i}, {a} in enumerate({stored}))",
        ]
        return self.choices.pick(forms)

    def _of_tuples(self, depth: int) -> str:
        """Return what the order of tuples decides, item by item: of written-out tuples, and of computed ones."""
        types = [self.choices.pick([INT, *self.vocabulary.orders]) for _ in range(self.choices.number(1, 3))]
        left = [self.expr(type_, depth) for type_ in types]
        # Where first items are equal, the next ones decide: rarely, if all of them are drawn.
        shared = self.choices.number(0, len(left) - 1)
        right = self._written_out([*left[:shared], *(self.expr(type_, depth) for type_ in types[shared:])])
        operator, largest = self.choices.pick(["<", "<=", ">", ">=", "=="]), self.choices.pick(["max", "min"])
        with self.inside():
            clauses, _ = self.generators(depth)
            items = [self.expr(type_, depth) for type_ in types]
        if len(items) > 1 and self.choices.chance(50):
            items[0] = f"({items[0]} if {items[0]} == {left[0]} else {left[0]})"
        first, item = self._written_out(left), self._written_out(items)
        computed = f"{largest}({first}, {right})", f"{largest}(({item} {clauses}), default={first})"
        found = self.choices.pick([*computed, first])
        return f"({found} {operator} {right})"

    @staticmethod
    def _written_out(items: list[str]) -> str:
        return f"({', '.join(items)},)"

    def int(self, type_: Type, depth: int) -> str:
        """Return a number."""
        found = self._sequences(depth)
        if depth <= 0 or not found or not self.choices.chance(15):
            return super().int(type_, depth)
        stored, element = self.choices.pick(found)
        sequence, value = self._sequence(stored, element, depth - 1), super().expr(element, 0)
        with self.inside():
            x, i = self.fresh(element), self.fresh(INT)
        forms = [
            f"len({sequence})",
            f"{stored}.count({value})",
            f"({stored}.index({value}) if {value} in {stored} else -1)",
            f"sum({i} for {i}, {x} in enumerate({sequence}) if {x} == {value})",
        ]
        return self.choices.pick(forms)

    def set(self, element: Type, depth: int) -> str:
        """Return a set of elements."""
        if depth <= 0 or not self.choices.chance(15):
            return super().set(element, depth)
        stored = [text for text, given in self._sequences(depth) if given == element]
        if stored and self.choices.chance(60):
            return f"set({self.choices.pick(stored)})"
        method = self.choices.pick(["union", "intersection", "difference"])
        first, second = super().set(element, depth - 1), super().set(element, depth - 1)
        third = f", {super().set(element, depth - 1)}" if self.choices.chance(30) else ""
        return f"{first}.{method}({second}{third})"

    def _element(self, sort: SortClass, depth: int) -> str:
        element = super()._element(sort, depth)
        if not sort.ordered or not self.choices.chance(20):
            return element
        last, first = f"last({sort.name})", f"first({sort.name})"
        forms = [last, f"(succ({element}) if {element} != {last} else {first})",
                 f"(pred({element}) if {element} != {first} else {last})"]  # fmt: skip
        return self.choices.pick(forms if depth > 0 else [last])
