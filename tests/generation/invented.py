"""Invented models: the source of a module with one model, ``Invented``, whose whole vocabulary is drawn as well.

`tests.checker.language.random_models` draws expressions over one vocabulary; here the types themselves are drawn: keys
and elements of every type, nested records and optionals, numbers near the ends of machine words, two things of one
name, names that mean something to a solver, helpers that call ``super()``, constraints, moving loops, and errors.
"""

# ruff: noqa: E501

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.generation.choices import Choices, Drawn, Seeded
from tests.generation.expressions import Helper, Scope
from tests.generation.statements import Statements
from tests.generation.types import (
    BOOL,
    INT,
    BagOf,
    Bool,
    EnumClass,
    MapOf,
    Optional,
    PermOf,
    Quorums,
    Range,
    Record,
    SeqOf,
    SetOf,
    SortClass,
    Tuple,
    Type,
    Union,
    choices_of,
    is_container,
    size,
)
from tests.generation.vocabulary import Vocabulary, invent

__all__ = ["WIDE", "Invented", "from_seed", "invented"]

HEADER = "from typing import Self\n\nfrom assay.checker.language import *\n"


@dataclass(frozen=True)
class Invented:
    """The source of a model, and of a module that it imports as ``apart``, if it does; its sizes, as ``--set`` has them."""

    source: str
    apart: str | None
    sizes: tuple[str, ...]


WIDE = 10_000
"""The first seed of a model of which more is drawn. What is drawn for the seeds before, tests have chosen among."""


def from_seed(seed: int) -> Invented:
    """Return the model of a seed."""
    return _write(Seeded(seed), wide=seed >= WIDE)


@st.composite
def invented(draw: DrawFn) -> Invented:
    """Draw a model by hypothesis."""
    return _write(Drawn(draw), wide=True)


def _write(choices: Choices, *, wide: bool) -> Invented:
    vocabulary = invent(choices)
    writer = _Writer(choices, vocabulary, wide=wide)
    declarations = "\n".join(_declared(d) for d in vocabulary.apart)
    apart = f"{HEADER}\n{declarations}" if vocabulary.apart else None
    sizes = tuple(f"{sort.name}={sort.elements}" for sort in (*vocabulary.sorts, *vocabulary.orders))
    source = writer.module()
    return Invented(source, apart, (*sizes, *writer.given))


def _declared(type_: EnumClass | Record) -> str:
    name = str(type_).rpartition(".")[2]
    if isinstance(type_, EnumClass):
        return (
            f"\nclass {name}(Enum):\n    {', '.join(type_.members)} = range({len(type_.members)})\n"
            if len(type_.members) > 1
            else f"\nclass {name}(Enum):\n    {type_.members[0]} = 0\n"
        )
    return f"\n@record\nclass {name}:\n" + ("".join(f"    {f}: {t}\n" for f, t in type_.fields) or '    """Empty."""\n')


class _Writer:
    def __init__(self, choices: Choices, vocabulary: Vocabulary, *, wide: bool) -> None:
        self.choices = choices
        self.vocabulary = vocabulary
        self.statements = Statements(choices, vocabulary)
        self.wide = self.statements.wide = wide
        self.parameters = 0
        self.given: tuple[str, ...] = ()

    def module(self) -> str:
        v, choices = self.vocabulary, self.choices
        lines = [HEADER]
        if v.apart:
            lines.append("import apart\n")
        lines += [f"\nclass {s.name}({'Order' if s.ordered else 'Sort'}):\n    pass\n" for s in (*v.sorts, *v.orders)]
        lines += [f"\nclass {q.name}(QuorumSystem[{q.member.name}]):\n    pass\n" for q in v.quorums]
        lines += [_declared(d) for d in (*v.enums, *v.records)]
        variant = choices.chance(30)
        if choices.chance(40):
            v.constants["LIMIT"] = choices.pick([3, 0, -1])
            lines.append(f"\nLIMIT = {v.constants['LIMIT']}\n")
        lines += self._model("Base" if variant else "Invented")
        if variant:
            lines += self._variant()
        return "\n".join(lines)

    def _model(self, name: str) -> list[str]:
        v = self.vocabulary
        sizes = {s.name: s.elements for s in (*v.sorts, *v.orders)}
        deadlock = ["    check_deadlock = False"] if self.choices.chance(20) else []
        variables = [f"    {x.name}: {x.structure or f'{x.type}{self._default(x.type)}'}" for x in v.variables]
        constants = self._constants_of_the_class(variables) if self.wide else []
        part = self.choices.number(0, len(variables)) if self.wide and self.choices.chance(35) else None
        lines = [f"\nclass {name}({'Model' if part is None else 'Part, Model'}):", f"    default = {sizes!r}"]
        lines += deadlock + constants + variables[part or 0 :]
        self.helpers: tuple[Helper, ...] = ()
        lines += ["", *self._axioms(), *self._initial()]
        self.helpers: tuple[Helper, ...] = ()
        helpers = [line for index in range(self.choices.pick([1, 0, 2])) for line in self._helper(index)]
        if part is None:
            lines += helpers
        else:
            lines[:0] = ["\nclass Part:", '    """A part of the model."""', "", *variables[:part], "", *helpers]
        self.actions = []
        for index in range(self.choices.number(1, 3)):
            lines += self._action(index)
        return lines + self._properties()

    def _constants_of_the_class(self, variables: list[str]) -> list[str]:
        """Declare constants of the instance and of the class; bounds of variables may be expressions of them."""
        lines = []
        if self.choices.chance(40):
            limit = self.choices.pick([1, 2])
            self.vocabulary.constants["self.limit"] = limit
            self.given = (f"limit={limit}",)
            lines.append(f"    limit: Parameter[int] = {limit}")
            bound = f'Range[0, "limit + {2 - limit}"]'
            variables[:] = [line.replace("Range[0, 2]", bound) for line in variables]
        if self.choices.chance(30):
            self.vocabulary.constants["self.MOST"] = 2
            lines.append("    MOST = 2")
        return lines

    def _scope(self) -> None:
        self.statements.scope = Scope(helpers=self.helpers)

    # Structure and initial values

    def _axioms(self) -> list[str]:
        """A fact about the structure, which may be false of all that there is."""
        v = self.vocabulary
        if all(variable.changes for variable in v.variables) or self.choices.chance(50):
            return []
        self._scope()
        named = self._named([*v.sorts])  # whatever the fact is about, there are elements of each sort
        with self.statements.hiding(*(x.name for x in v.variables if x.changes)):
            fact, weaker = self.statements.expr(BOOL, 2), self.statements.expr(BOOL, 1)
        return ["    @axiom", f"    def fact(self{named}) -> bool:", f"        return {fact} or {weaker}", ""]

    def _default(self, type_: Type) -> str:
        """Return `` = ...`` where a variable needs an initial value, or often gets one."""
        match type_:
            case SortClass(_, _, ordered):
                return " = anything()" if not ordered or self.choices.chance(50) else ""
            case Quorums():
                return " = anything()"
            case MapOf(_, value):
                plain = self._constant(value)
                nested = isinstance(value, MapOf)
                if nested:
                    return self._default(value) and f" = everywhere({self._default(value)[3:]})"
                return f" = everywhere({plain})" if plain is not None and not is_container(value) else ""
        plain = self._constant(type_)
        return "" if plain is None or is_container(type_) else f" = {plain}"

    def _constant(self, type_: Type) -> str | None:
        """Return a value of a type that is written without a state, if there is one."""
        match type_:
            case Bool():
                return self.choices.pick(["False", "True"])
            case Range(low, high):
                return str(self.choices.pick([low, high]))
            case EnumClass(name, members):
                return f"{name}.{self.choices.pick(members)}"
            case Optional(inner):
                return "None" if self.choices.chance(60) else self._constant(inner) or "None"
            case Tuple(items):
                return self._constants("(", [self._constant(t) for t in items], ",)")
            case Record(name, fields):
                return self._constants(f"{name}(", [self._constant(t) for _, t in fields], ")")
            case Union(alternatives):
                return next((c for c in map(self._constant, alternatives) if c is not None), None)
        return None

    @staticmethod
    def _constants(start: str, parts: list[str | None], end: str) -> str | None:
        return None if None in parts else start + ", ".join(p for p in parts if p is not None) + end

    def _initial(self) -> list[str]:
        """An initial method that gives every scalar and map that needs it a value."""
        v = self.vocabulary
        parameters = [(f"p{i}", s) for i, s in enumerate((*v.sorts, *v.orders))]
        self.helpers = ()
        self._scope()
        others = {str(s): f"r{i}" for i, s in enumerate((*v.sorts[:1], *v.orders))} if self.wide else {}
        more = [(n, s) for s, n in others.items()]
        lines = [
            "    @initial",
            f"    def begin(self{''.join(f', {n}: {t}' for n, t in [*parameters, *more])}) -> None:",
        ]
        if self.choices.chance(3):
            lines.append(f"        require({self.statements.expr(BOOL, 0)} and False)")
        for name, sort in parameters:
            target = next(x.name for x in v.variables if x.type == sort and x.name.startswith("any"))
            lines.append(f"        self.{target} = {name}")
        given = {str(t): n for n, t in parameters}
        if self.wide:
            lines += self._filled(given, others)
        for variable in filter(lambda variable: variable.changes, v.variables):
            if (
                isinstance(variable.type, MapOf)
                and not is_container(variable.type.value)
                and self._constant(variable.type.value) is None
            ):
                value, keys = self._written(variable.type.value, given), self._all(variable.type.key)
                at_once = variable.name[-1] in "02468"
                whole = f"dict.fromkeys({keys}, {value})" if at_once else f"{{k: {value} for k in {keys}}}"
                lines.append(f"        self.{variable.name} = {whole}") if keys else None
            elif (
                not is_container(variable.type)
                and not isinstance(variable.type, Quorums)
                and not variable.name.startswith("any")
            ):
                lines.append(f"        self.{variable.name} = {self._written(variable.type, given)}")
        return [*lines, ""]

    def _filled(self, given: dict[str, str], others: dict[str, str]) -> list[str]:
        """Put something into some containers, so that what is taken out of them is not only reached by luck."""
        lines = []
        for variable in (x for x in self.vocabulary.variables if x.changes and self.choices.chance(50)):
            match variable.type:
                case SeqOf(element, capacity):
                    apart = {**given, **others}
                    items = [self._written(element, apart if at % 2 else given) for at in range(capacity)]
                    lines.append(
                        f"        self.{variable.name} = [{', '.join(items[: self.choices.number(1, capacity)])}]"
                    )
                case SetOf(element):
                    lines.append(f"        self.{variable.name} = {{{self._written(element, given)}}}")
                case BagOf(element, _):
                    lines.append(f"        self.{variable.name}.add({self._written(element, given)})")
        return lines

    @staticmethod
    def _all(type_: Type) -> str | None:
        return (
            str(type_)
            if isinstance(type_, SortClass | EnumClass)
            else f"range({type_.low}, {type_.high + 1})"
            if isinstance(type_, Range)
            else None
        )

    def _written(self, type_: Type, given: dict[str, str]) -> str:
        match type_:
            case SortClass():
                return given[str(type_)]
            case Tuple(items):
                return f"({', '.join(self._written(t, given) for t in items)},)"
            case Record(name, fields):
                return f"{name}({', '.join(self._written(t, given) for _, t in fields)})"
            case Union(alternatives):
                return self._written(alternatives[0], given)
            case Optional(inner):
                return "None" if self.choices.chance(40) else self._written(inner, given)
        return self._constant(type_) or "None"

    # Methods

    def _parameter_types(self) -> list[Type]:
        v = self.vocabulary
        types = [
            *v.sorts,
            *v.orders,
            *v.enums,
            *v.quorums,
            BOOL,
            *(r for r in v.records if size(r) <= 9),
            Optional(v.orders[0]),
        ]
        return [self.choices.pick(types) for _ in range(self.choices.pick([1, 0, 2]))]

    def _container_types(self) -> list[Type]:
        """Return a container that an action chooses, or that a property is about, if there is one."""
        if self.choices.chance(65):
            return []
        type_ = self.choices.pick(self._containers())
        return [type_] if choices_of(type_) <= 100 else []

    def _containers(self) -> list[Type]:
        v = self.vocabulary
        scalars: list[Type] = [BOOL, *v.sorts, *v.orders, *v.enums, *v.records, Optional(v.enums[0])]
        keys: list[Type] = [*v.sorts, *v.orders, *v.enums]
        element = self.choices.pick(scalars)
        return [
            SetOf(element),
            MapOf(self.choices.pick(keys), self.choices.pick([element, SetOf(self.choices.pick(scalars))])),
            SeqOf(element, self.choices.pick([1, 2])),
            BagOf(element, self.choices.pick([1, 2])),
            PermOf(self.choices.pick([*v.sorts, *v.orders])),
            *(x.type for x in v.variables if is_container(x.type) and x.changes),
        ]

    def _named(self, types: list[Type]) -> str:
        return "".join(f", {self.statements.fresh(type_)}: {type_}" for type_ in types)

    def _helper(self, index: int) -> list[str]:
        self._scope()
        types = self._parameter_types()
        result = self.choices.pick([BOOL, BOOL, INT, self.vocabulary.orders[0]])
        lines = [f"    def h{index}(self{self._named(types)}) -> {result}:"]
        lines += self._body(result, 2)
        self.helpers += (Helper(f"h{index}", tuple(types), result),)
        return lines

    def _body(self, result: Type, depth: int) -> list[str]:
        """Return what computes a value: names, searches, branches that end, and what is returned at last."""
        lines = []
        if self.choices.chance(25):
            lines += self.statements.counted(1, "        ")
        if self.choices.chance(30):
            lines += self.statements.search(result, "        ")
        if self.choices.chance(40):
            lines += [
                f"        if {self.statements.expr(BOOL, 1)}:",
                f"            return {self.statements.expr(result, 1)}",
            ]
        return [*lines, f"        return {self.statements.expr(result, depth)}", ""]

    def _action(self, index: int) -> list[str]:
        self._scope()
        types = [*self._parameter_types(), *self._container_types()]
        self.actions.append((f"a{index}", types))
        fires = self.choices.pick(["", "", "", '(fires="maybe")', '(fires="never")'])
        lines = [f"    @action{fires}", f"    def a{index}(self{self._named(types)}) -> None:"]
        if self.choices.chance(60):
            lines.append(f"        require({self.statements.expr(BOOL, 2)})")
        return [*lines, *self.statements.block(2, 3, "        "), ""]

    def _properties(self) -> list[str]:
        lines = []
        for kind, number in (
            ("invariant", self.choices.pick([1, 2])),
            ("lemma", 1),
            ("reachable", 1),
            ("terminal", 1),
            ("constraint", self.choices.pick([0, 0, 0, 1])),
        ):
            for index in range(number):
                self._scope()
                types = self._parameter_types()[:1] if kind != "terminal" else []
                types += self._container_types() if self.wide and kind != "terminal" else []
                lines += [f"    @{kind}", f"    def {kind}_{index}(self{self._named(types)}) -> bool:"]
                searches = self.wide and self.choices.chance(40)
                lines += self._body(BOOL, 3) if searches else [f"        return {self.statements.expr(BOOL, 3)}", ""]
        lines += self._about_steps("step_invariant", "step_0")
        return lines + (self._about_steps("step_constraint", "taken") if self.choices.chance(25) else [])

    def _about_steps(self, kind: str, name: str) -> list[str]:
        self._scope()
        parameters = self._named(self._parameter_types()[:1]) if kind == "step_constraint" else ""
        before = self.statements.expr(BOOL, 2)
        self.statements.scope.state = "after"
        return [
            f"    @{kind}",
            f"    def {name}(self, after: Self{parameters}) -> bool:",
            f"        return {before} or {self.statements.expr(BOOL, 2)}",
            "",
        ]

    def _inherited_step(self) -> list[str]:
        self._scope()
        return [
            "    @step_invariant",
            "    def step_0(self, after: Self) -> bool:",
            f"        return super().step_0(after) or {self.statements.expr(BOOL, 1)}",
            "",
        ]

    def _variant(self) -> list[str]:
        """A variant whose helpers and actions call what they replace."""
        lines = ["\nclass Invented(Base):", '    """A variant."""', ""]
        for helper in self.helpers:
            self._scope()
            self.statements.scope.helpers = ()
            named = self._named(list(helper.parameters))
            arguments = ", ".join(re.findall(r", (\w+):", named))
            call = f"super().{helper.name}({arguments})"
            body = f"{call} if {self.statements.expr(BOOL, 1)} else {self.statements.expr(helper.result, 1)}"
            lines += [f"    def {helper.name}(self{named}) -> {helper.result}:", f"        return {body}", ""]
        name, types = self.choices.pick(self.actions)
        lines += [f"    {other} = removed" for other, _ in self.actions if other != name and self.choices.chance(30)]
        if self.choices.chance(50):
            lines += self._inherited_step()
        self._scope()
        named = self._named(types)
        arguments = ", ".join(re.findall(r", (\w+):", named))
        lines += [
            "    @action",
            f"    def {name}(self{named}) -> None:",
            *self.statements.block(1, 2, "        "),
            f"        super().{name}({arguments})",
            "",
        ]
        return lines
