"""Statements of invented models."""

# ruff: noqa: E501

from __future__ import annotations

from tests.generation.keeping import Keeping
from tests.generation.types import (
    BOOL,
    INT,
    BagOf,
    MapOf,
    Optional,
    Quorums,
    Range,
    Record,
    SeqOf,
    SetOf,
    SortClass,
    Type,
    Union,
    is_container,
)
from tests.generation.vocabulary import Variable

__all__ = ["Statements"]


Summed = Range | type(BOOL) | BagOf
"""What a loop accumulates in."""


def _step(target: str, type_: Type, value: str, way: int) -> str:
    if isinstance(type_, Range):
        steps = [f"{target} += {value}", f"{target} -= {value}", f"{target} *= {value}"]
        return [*steps, f"{target} = max({target}, {value})", f"{target} = min({value}, {target})", f"{target} = 1"][
            way
        ]
    steps = [f"{target} = {target} or {value}", f"{target} = {target} and {value}", f"{target} = True"]
    return [*steps, f"{target} = {value} or {target}", f"{target} = not {target}", f"{target} = False"][way]


def _ordered(type_: Type) -> bool:
    inner = type_.inner if isinstance(type_, Optional) else type_
    return isinstance(inner, Range) or (isinstance(inner, SortClass) and inner.ordered)


class Statements(Keeping):
    """Draws statements over a vocabulary; each is a list of lines."""

    procedures: tuple[tuple[str, tuple[Type, ...]], ...] = ()

    def block(self, depth: int, most: int, indent: str) -> list[str]:
        """Return some statements."""
        lines: list[str] = []
        for _ in range(self.choices.number(1, most)):
            lines += self.statement(depth, indent)
        return lines

    def statement(self, depth: int, indent: str) -> list[str]:
        """Return one statement."""
        forms = [self._change] * 5
        if depth > 0:
            forms += [
                self._branch,
                self._require,
                self._loop,
                *[self._loop_accumulating, self._loop_extreme] * 2,
                self._move,
                self._local,
                self._match,
                self._leave,
                self._call,
                *self.idioms,
                *self.choosing,
                *([*self.taking, *self.leaving] * 2 if self.wide else []),
                *([*self.building, *self.keeping] * 2 if self.wide else []),
            ]
        return self.choices.pick(forms)(depth, indent)

    def _require(self, depth: int, indent: str) -> list[str]:
        conditions = ", ".join(self.expr(BOOL, depth) for _ in range(self.choices.pick([1, 1, 2])))
        return [f"{indent}require({conditions})"]

    def _leave(self, depth: int, indent: str) -> list[str]:
        return [f"{indent}if {self.expr(BOOL, depth)}:", f"{indent}    return"]

    def _local(self, depth: int, indent: str) -> list[str]:
        type_ = self.choices.pick([BOOL, INT, self.any_type()])
        value = self.expr(type_, depth)
        return [f"{indent}{self.fresh(type_)} = {value}"]

    def _call(self, depth: int, indent: str) -> list[str]:
        if not self.procedures:
            return self._change(depth, indent)
        name, parameters = self.choices.pick(self.procedures)
        return [f"{indent}self.{name}({', '.join(self.expr(t, depth - 1) for t in parameters)})"]

    def _branch(self, depth: int, indent: str) -> list[str]:
        lines = []
        for index in range(self.choices.pick([1, 1, 2])):
            with self.inside():
                lines += [
                    f"{indent}{'el' if index else ''}if {self.expr(BOOL, depth)}:",
                    *self.block(depth - 1, 2, indent + "    "),
                ]
        if self.choices.chance(50):
            with self.inside():
                lines += [f"{indent}else:", *self.block(depth - 1, 2, indent + "    ")]
        return lines

    def _match(self, depth: int, indent: str) -> list[str]:
        unions = [v for v in self.vocabulary.variables if isinstance(v.type, Union)]
        if not unions:
            return self._branch(depth, indent)
        chosen = self.choices.pick(unions)
        lines = [f"{indent}match self.{chosen.name}:"]
        for record in chosen.type.alternatives:  # type: ignore[union-attr]
            with self.inside():
                lines += self._case(record, depth, indent + "    ")
        return lines

    def _case(self, record: Record, depth: int, indent: str) -> list[str]:
        names = [self.fresh(type_) for _, type_ in record.fields]
        return [f"{indent}case {record.name}({', '.join(names)}):", *self._change(depth - 1, indent + "    ")]

    # Loops

    def _loop(self, depth: int, indent: str) -> list[str]:
        """A loop over a sort or set that changes its own entry of a map, or adds to a set."""
        sorts = self.vocabulary.sorts
        maps = [
            v
            for v in self.changing
            if isinstance(v.type, MapOf) and v.type.key in sorts and not is_container(v.type.value)
        ]
        sets = [v for v in self.changing if isinstance(v.type, SetOf)]
        if maps and self.choices.chance(60):
            return self._loop_over_entries(self.choices.pick(maps), depth, indent)
        if sets:
            return self._loop_adding(self.choices.pick(sets), depth, indent)
        return self._change(depth, indent)

    def _loop_over_entries(self, variable: Variable, depth: int, indent: str) -> list[str]:
        assert isinstance(variable.type, MapOf)
        with self.inside(), self.hiding(variable.name):
            x = self.fresh(variable.type.key)
            condition = self.expr(BOOL, depth - 1)
            value = self._stored_value(variable.type.value, depth - 1)
        return [
            f"{indent}for {x} in {variable.type.key}:",
            f"{indent}    if {condition}:",
            f"{indent}        self.{variable.name}[{x}] = {value}",
        ]

    def _loop_adding(self, variable: Variable, depth: int, indent: str) -> list[str]:
        assert isinstance(variable.type, SetOf)
        with self.inside(), self.hiding(variable.name):
            domain, type_ = self.domain(depth - 1)
            x = self.fresh(type_)
            element = self._stored_value(variable.type.element, depth - 1)
            change = self.choices.pick(["add", "discard"])
        if f"self.{variable.name}" in domain:
            return self._change(depth, indent)
        return [f"{indent}for {x} in {domain}:", f"{indent}    self.{variable.name}.{change}({element})"]

    def _loop_accumulating(self, depth: int, indent: str) -> list[str]:
        """A loop that accumulates in a variable, in any entry of a map, or in a local name."""
        found = [v for v in self.changing if isinstance(v.type.value if isinstance(v.type, MapOf) else v.type, Summed)]
        if not found:
            return self._change(depth, indent)
        variable = self.choices.pick(found)
        type_ = variable.type.value if isinstance(variable.type, MapOf) else variable.type
        with self.inside(), self.hiding(variable.name):
            domain, element = self.domain(depth - 1)
            x = self.fresh(element)
            key = f"[{self.key(variable.type.key, depth - 1)}]" if isinstance(variable.type, MapOf) else ""
            test, way = self.expr(BOOL, depth - 1), self.choices.number(0, 5)
            values = [self._stored_value(type_, 0) if not isinstance(type_, BagOf) else "", self._put_or_taken(type_)]
        if f"self.{variable.name}" in domain:
            return self._change(depth, indent)
        if isinstance(type_, BagOf):
            place = f"self.{variable.name}{key}"
            return self._guarded_loop(x, domain, test, f"{place}.{'add' if way % 2 else 'remove'}({values[1]})", indent)
        place, name = f"self.{variable.name}{key}", f"sum{self._bound}"
        target, after = (place, []) if way % 2 else (name, [f"{indent}{place} = {name}"])
        before = [] if way % 2 else [f"{indent}{name} = {place}"]
        if before and x in key:
            before, after = [f"{indent}{name} = {values[0]}"], []
        return [*before, *self._guarded_loop(x, domain, test, _step(target, type_, values[0], way), indent), *after]

    def _loop_extreme(self, depth: int, indent: str) -> list[str]:
        """A loop that keeps the largest or smallest of what it meets, by a branch, in a variable or a local name."""
        found = [v for v in self.changing if _ordered(v.type.value if isinstance(v.type, MapOf) else v.type)]
        if not found:
            return self._loop_accumulating(depth, indent)
        variable = self.choices.pick(found)
        type_ = variable.type.value if isinstance(variable.type, MapOf) else variable.type
        inner = type_.inner if isinstance(type_, Optional) else type_
        with self.inside(), self.hiding(variable.name):
            key = f"[{self.key(variable.type.key, depth - 1)}]" if isinstance(variable.type, MapOf) else ""
            domain, element = self.domain(depth - 1)
            x = self.fresh(element)
            value, more = self._stored_value(inner, 0), self.expr(BOOL, depth - 1)
        if f"self.{variable.name}" in domain:
            return self._change(depth, indent)
        place, name = f"self.{variable.name}{key}", f"best{self._bound}"
        target = place if self.choices.chance(50) else name
        made = f"{name}: {type_} = {'None' if isinstance(type_, Optional) else place}"
        before, after = ([], []) if target == place else ([f"{indent}{made}"], [f"{indent}{place} = {name}"])
        test = f"{value} {self.choices.pick(['<', '<=', '>', '>='])} {target}"
        if isinstance(type_, Optional):
            test = f"{target} is None or {test}"
        if self.choices.chance(40):
            test = f"({more}) and ({test})"
        return [*before, *self._guarded_loop(x, domain, test, f"{target} = {value}", indent), *after]

    def _put_or_taken(self, type_: Type) -> str:
        return self._stored_value(type_.element, 0) if isinstance(type_, BagOf) else ""

    @staticmethod
    def _guarded_loop(x: str, domain: str, test: str, step: str, indent: str) -> list[str]:
        return [f"{indent}for {x} in {domain}:", f"{indent}    if {test}:", f"{indent}        {step}"]

    def _move(self, depth: int, indent: str) -> list[str]:
        """A loop that moves the elements that satisfy a condition from one set to another."""
        sets = [v for v in self.changing if isinstance(v.type, SetOf) and v.type.element in self.vocabulary.sorts]
        pairs = [(a, b) for a in sets for b in sets if a is not b and a.type == b.type]
        if not pairs:
            return self._loop(depth, indent)
        (source, target) = self.choices.pick(pairs)
        element = source.type.element  # type: ignore[union-attr]
        with self.inside(), self.hiding(source.name, target.name):
            x = self.fresh(element)
            more = f" and {self.expr(BOOL, depth - 1)}" if self.choices.chance(50) else ""
        return [f"{indent}for {x} in {element}:", f"{indent}    if {x} in self.{source.name}{more}:",
                f"{indent}        self.{source.name}.discard({x})", f"{indent}        self.{target.name}.add({x})"]  # fmt: skip

    # Changes

    def _change(self, depth: int, indent: str) -> list[str]:
        variable = self.choices.pick(self.changing)
        given = [name for name, type_ in self.scope.locals if type_ == variable.type and is_container(type_)]
        if given and self.choices.chance(50):
            return self._given(f"self.{variable.name}", variable.type, self.choices.pick(given), indent)
        return [f"{indent}{line}" for line in self._changed(f"self.{variable.name}", variable.type, max(depth, 0))]

    def _given(self, place: str, type_: Type, name: str, indent: str) -> list[str]:
        """A variable becomes the container that the action has chosen, or a copy of it."""
        copied = {SetOf: "set", SeqOf: "list", MapOf: "dict"}.get(type(type_))
        if copied is None or self.choices.chance(40):
            return [f"{indent}{place} = {name}"]
        return [f"{indent}{place} = {copied}({name})"]

    def _stored_value(self, type_: Type, depth: int) -> str:
        if isinstance(type_, Range) and self.choices.chance(90):
            return self.within(type_, depth)
        return self.expr(type_, depth)

    def _changed(self, place: str, type_: Type, depth: int) -> list[str]:
        match type_:
            case MapOf(key, value):
                return self._changed(f"{place}[{self.key(key, depth - 1)}]", value, depth)
            case SetOf(element):
                return self._changed_set(place, element, depth)
            case SeqOf(element, capacity):
                return self._changed_sequence(place, element, capacity, depth)
            case BagOf(element, capacity):
                method = self.choices.pick(["add", "remove", "clear"])
                value = "" if method == "clear" else self._stored_value(element, depth)
                change = f"{place}.{method}({value})"
                guard = f"if {value} in {place}:" if method == "remove" else f"if len({place}) < {capacity}:"
                return [change] if method == "clear" or self.choices.chance(15) else [guard, f"    {change}"]
            case Quorums():
                return [f"{place} = {self.expr(type_, 0)}"]
            case Range(low, high) if self.choices.chance(30):
                return [
                    f"{place} {self.choices.pick(['+=', '-=', '*='])} {self.choices.pick(['1', '2', str(low), str(high)])}"
                ]
        return [f"{place} = {self._stored_value(type_, depth)}"]

    def _changed_set(self, place: str, element: Type, depth: int) -> list[str]:
        if self.choices.chance(10):
            value = self._stored_value(element, depth)
            guard = [] if self.choices.chance(15) else [f"if {value} in {place}:"]
            return [*guard, f"{'    ' * len(guard)}{place}.remove({value})"]
        if self.choices.chance(50):
            return [f"{place}.{self.choices.pick(['add', 'discard'])}({self._stored_value(element, depth)})"]
        if self.choices.chance(60):
            methods = ["update", "difference_update", "intersection_update"]
            if self.choices.chance(45):
                sets = [self.set(element, depth) for _ in range(2 if self.choices.chance(30) else 1)]
                return [f"{place}.{self.choices.pick(methods)}({', '.join(sets)})"]
            return [f"{place} {self.choices.pick(['|=', '-=', '&='])} {self.set(element, depth)}"]
        return [f"{place} = set({self.set(element, depth)})"] if self.choices.chance(70) else [f"{place}.clear()"]

    def _changed_sequence(self, place: str, element: Type, capacity: int, depth: int) -> list[str]:
        value = self._stored_value(element, depth)
        forms = [
            f"{place}.append({value})",
            f"{place}.pop(0)",
            f"{place}.pop()",
            f"{place}.clear()",
            f"{place}[0] = {value}",
            f"{place} = [{value}]",
            f"{place} = {self._sequence(place, element, depth - 1)}",
            f"{place}.insert(0, {value})",
            f"{place}.extend([{value}])",
            f"{place} += [{value}]",
            f"{place}.remove({value})",
        ]
        form = self.choices.pick(forms)
        if self.choices.chance(15):
            return [form]
        if f"{place} = " in form and "(" in form:
            return [f"if len({place}) * 2 <= {capacity}:", f"    {form}"]
        if ".remove" in form:
            return [f"if {value} in {place}:", f"    {form}"]
        if "append" in form or "insert" in form or "extend" in form or "+=" in form:
            return [f"if len({place}) < {capacity}:", f"    {form}"]
        return [f"if len({place}) > 0:", f"    {form}"] if "pop" in form or "[0] =" in form else [form]
