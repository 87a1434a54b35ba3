"""Expressions of invented models, drawn for the type that is wanted."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from tests.generation.choices import Choices
from tests.generation.types import (
    BOOL,
    INT,
    BagOf,
    Bool,
    EnumClass,
    Int,
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
from tests.generation.vocabulary import Variable, Vocabulary

__all__ = ["Expressions", "Helper", "Scope"]

BIG = [
    "9223372036854775808",
    "-9223372036854775808",
    "4611686018427387905",
    "4_000_000_000",
    "9223372036854775807",
    "18446744073709551615",
]


@dataclass(frozen=True)
class Helper:
    """A helper that an expression may call: a method, or a function of the module."""

    name: str
    parameters: tuple[Type, ...]
    result: Type


@dataclass
class Scope:
    """What an expression may use."""

    state: str = "self"
    locals: list[tuple[str, Type]] = field(default_factory=list)
    helpers: tuple[Helper, ...] = ()
    hidden: frozenset[str] = frozenset()


class Expressions:
    """Draws expressions over a vocabulary."""

    wide = False
    """Whether to draw everything; without it, the models of a seed are what they were for the tests that have them."""

    def __init__(self, choices: Choices, vocabulary: Vocabulary) -> None:
        self.choices = choices
        self.vocabulary = vocabulary
        self.scope = Scope()
        self._bound = 0

    def fresh(self, type_: Type) -> str:
        """Return a new local name, in scope from now on."""
        self._bound += 1
        name = f"{self.choices.pick(['x', 'n', 'y'])}{self._bound}"
        self.scope.locals.append((name, type_))
        return name

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Forget afterwards what names are bound within."""
        saved = list(self.scope.locals)
        try:
            yield
        finally:
            self.scope.locals = saved

    @contextmanager
    def hiding(self, *names: str) -> Iterator[None]:
        """Read none of these variables within."""
        saved = self.scope
        self.scope = replace(saved, hidden=saved.hidden | set(names))
        try:
            yield
        finally:
            self.scope = saved

    @property
    def changing(self) -> list[Variable]:
        """The variables that an action may assign to."""
        return [variable for variable in self.vocabulary.variables if variable.changes]

    # Values of any type

    def expr(self, type_: Type, depth: int) -> str:
        """Return an expression of a type."""
        found = [name for name, t in self.scope.locals if self._fits(t, type_)]
        if found and self.choices.chance(45):
            return self.choices.pick(found)
        if self.choices.chance(30) and (read := self.read(type_, depth)):
            return self._guarded(read, type_, depth) if "[" in read and self.choices.chance(85) else read
        if depth > 0 and self.choices.chance(10):
            with self.inside():
                test = self.expr(BOOL, depth - 1)
            return f"({self.expr(type_, depth - 1)} if {test} else {self.expr(type_, depth - 1)})"
        helpers = [h for h in self.scope.helpers if h.result == type_]
        if depth > 0 and helpers and self.choices.chance(25):
            return self.call(self.choices.pick(helpers), depth - 1)
        return self._made(type_, depth)

    def _guarded(self, read: str, type_: Type, depth: int) -> str:
        """Return what is read from a sequence only where it has that many items."""
        longs = [f"{self.scope.state}.{v.name}" for v in self.vocabulary.variables if isinstance(v.type, SeqOf)]
        for place in longs:
            if read.startswith(f"{place}["):
                return f"({read} if len({place}) > 1 else {self._made(type_, depth - 1)})"
        return read

    @staticmethod
    def _fits(given: Type, wanted: Type) -> bool:
        return given == wanted or (isinstance(wanted, Int) and isinstance(given, Range | Int))

    def call(self, helper: Helper, depth: int) -> str:
        """Return a call of a helper."""
        arguments = ", ".join(self.expr(type_, depth) for type_ in helper.parameters)
        return f"{self.scope.state}.{helper.name}({arguments})"

    def _made(self, type_: Type, depth: int) -> str:
        d = depth - 1
        match type_:
            case Bool():
                return self.bool(depth)
            case Int() | Range():
                return self.int(type_, depth)
            case SortClass():
                return self._element(type_, depth)
            case EnumClass(name, members):
                return f"{name}.{self.choices.pick(members)}"
            case Record(name, fields):
                named = self.choices.chance(30)
                return f"{name}({', '.join((f'{f}=' if named else '') + self.expr(t, d) for f, t in fields)})"
            case Union(alternatives):
                return self.expr(self.choices.pick(alternatives), depth)
            case Tuple(items):
                return (
                    f"({', '.join(self.expr(t, d) for t in items)},)"
                    if len(items) == 1
                    else f"({', '.join(self.expr(t, d) for t in items)})"
                )
            case Optional(inner):
                return "None" if self.choices.chance(35) else self.expr(inner, d)
            case Quorums():
                found = self.read(type_, 0) or next((n for n, t in self.scope.locals if t == type_), None)
                assert found is not None
                return found
        raise AssertionError(type_)

    def _element(self, sort: SortClass, depth: int) -> str:
        options = [
            f"{self.scope.state}.{v.name}"
            for v in self.vocabulary.variables
            if v.type == sort and v.name not in self.scope.hidden
        ]
        if not sort.ordered:
            return self.choices.pick(options or [name for name, t in self.scope.locals if t == sort])
        options.append(f"first({sort.name})")
        if depth > 0 and self.choices.chance(40):
            with self.inside():
                x = self.fresh(sort)
                condition = self.expr(BOOL, depth - 1)
            options = [f"{self.choices.pick(['min', 'max'])}(({x} for {x} in {sort.name} if {condition}), default=first({sort.name}))",
                       f"{self.choices.pick(['min', 'max'])}({self.expr(sort, depth - 1)}, {self.expr(sort, depth - 1)})",
                       f"{self.choices.pick(['min', 'max'])}({sort.name})"]  # fmt: skip
        return self.choices.pick(options)

    # Reading the state

    def read(self, type_: Type, depth: int) -> str | None:
        """Return an expression that reads a value of a type from the state, if there is one."""
        found: list[Callable[[], str]] = []
        for variable in self.vocabulary.variables:
            if variable.name not in self.scope.hidden:
                self._accesses(f"{self.scope.state}.{variable.name}", variable.type, type_, depth, found)
        for name, given in self.scope.locals:
            if not self._fits(given, type_):
                self._accesses(name, given, type_, depth, found)
        return self.choices.pick(found)() if found else None

    def _accesses(
        self, text: str, given: Type, wanted: Type, depth: int, found: list[Callable[[], str]], steps: int = 3
    ) -> None:
        if self._fits(given, wanted):
            found.append(lambda: text)
        elif steps:
            for suffix, part in self._parts(given, depth):
                if isinstance(given, SeqOf) and steps < 3 and self.choices.chance(85):
                    continue  # nobody asks whether there is one
                self._accesses_of(text, suffix, part, wanted, depth, found, steps - 1)

    def _accesses_of(
        self,
        text: str,
        suffix: Callable[[], str],
        part: Type,
        wanted: Type,
        depth: int,
        found: list[Callable[[], str]],
        steps: int,
    ) -> None:
        inner: list[Callable[[], str]] = []
        self._accesses("", part, wanted, depth, inner, steps)
        found.extend((lambda rest=rest: f"{text}{suffix()}{rest()}") for rest in inner)

    def _parts(self, given: Type, depth: int) -> Iterator[tuple[Callable[[], str], Type]]:
        match given:
            case Record(_, fields):
                yield from (((lambda name=name: f".{name}"), t) for name, t in fields)
            case Tuple(items):
                yield from (((lambda index=index: f"[{index}]"), t) for index, t in enumerate(items))
            case MapOf(key, value) if depth >= 0:
                yield (lambda: f"[{self.key(key, depth - 1)}]"), value
            case SeqOf(element, _):
                yield (lambda: f"[{self.choices.pick(['0', '-1', '1'])}]"), element
            case PermOf(element):
                yield (lambda: f"[{self.choices.pick(['0', '-1'])}]"), element

    def key(self, type_: Type, depth: int) -> str:
        """Return a key of a map; a number may be outside of the keys' range."""
        if isinstance(type_, Range) and self.choices.chance(95):
            return self.within(type_, depth)
        return self.expr(type_, depth)

    def within(self, range_: Range, depth: int) -> str:
        """Return a number that is inside of a range."""
        if self.choices.chance(30):
            return str(self.choices.number(range_.low, range_.high))
        return f"({self.expr(INT, depth)} % {range_.high - range_.low + 1} + {range_.low})"

    # Numbers

    def int(self, type_: Type, depth: int) -> str:
        """Return a number."""
        atoms = [str(n) for n in (0, 1, 2, 3, -1)]
        if isinstance(type_, Range):
            atoms = [str(type_.low), str(type_.high)]
        if self.choices.chance(4):
            return self.choices.pick(BIG)
        if depth <= 0:
            return self.choices.pick([*atoms, *self.vocabulary.constants])
        return self.choices.pick(
            [self._atomic, self._sum, self._length, self._fold, self._binary, self._divided, self._counted]
        )(depth - 1)

    def _atomic(self, depth: int) -> str:
        return self.read(INT, depth) or "1"

    def _binary(self, depth: int) -> str:
        return f"({self.expr(INT, depth)} {self.choices.pick(['+', '-', '*'])} {self.expr(INT, depth)})"

    def _divided(self, depth: int) -> str:
        divisor = self.choices.pick(["2", "3", "-2"]) if self.choices.chance(92) else self.expr(INT, depth)
        return f"({self.expr(INT, depth)} {self.choices.pick(['//', '%'])} {divisor})"

    def _fold(self, depth: int) -> str:
        name = self.choices.pick(["min", "max"])
        if self.choices.chance(50):
            return f"{name}({self.expr(INT, depth)}, {self.expr(INT, depth)})"
        with self.inside():
            clauses, _ = self.generators(depth)
            item = self.expr(INT, depth)
        return f"{name}(({item} {clauses}), default={self.expr(INT, depth)})"

    def _sum(self, depth: int) -> str:
        with self.inside():
            clauses, _ = self.generators(depth)
            item = self.expr(self.choices.pick([INT, BOOL]), depth)
        return f"sum({item} {clauses})"

    def _length(self, depth: int) -> str:
        places = [text for text, type_ in self.places(depth) if not isinstance(type_, MapOf)]
        sizes = [s.name for s in (*self.vocabulary.sorts, *self.vocabulary.orders, *self.vocabulary.enums)]
        if places and self.choices.chance(60):
            return f"len({self.choices.pick(places)})"
        if self.choices.chance(40):
            return f"len({self.set(self.element_type(), depth)})"
        return f"len({self.choices.pick(sizes)})"

    def _counted(self, depth: int) -> str:
        bags = [(text, type_) for text, type_ in self.places(depth) if isinstance(type_, BagOf)]
        if not bags:
            return self._atomic(depth)
        text, type_ = self.choices.pick(bags)
        element = type_.element
        return f"{text}.count({self.expr(INT if isinstance(element, Range) else element, depth)})"

    # Containers

    def places(self, depth: int) -> list[tuple[str, Type]]:
        """Return the containers of the state, with drawn keys where they are entries of maps."""
        found = []
        for variable in self.vocabulary.variables:
            text, type_ = f"{self.scope.state}.{variable.name}", variable.type
            if variable.name in self.scope.hidden:
                continue
            if isinstance(type_, MapOf) and is_container(type_.value):
                text, type_ = f"{text}[{self.key(type_.key, min(depth, 1) - 1)}]", type_.value
            if is_container(type_):
                found.append((text, type_))
        return found + [(name, type_) for name, type_ in self.scope.locals if is_container(type_)]

    def optionals(self, depth: int) -> list[tuple[str, Type]]:
        """Return what may be None, wherever it is: in a variable, an entry, a field or an item, or by a name."""
        types = {t for v in self.vocabulary.variables for t in _parts_of(v.type) if isinstance(t, Optional)}
        types |= {t for _, t in self.scope.locals if isinstance(t, Optional)}
        read = [(self.read(t, depth), t) for t in sorted(types, key=str)]
        return [(text, t) for text, t in read if text is not None]

    def element_type(self) -> Type:
        """Return a type of which there are sets."""
        stored = [v.type.element for v in self.vocabulary.variables if isinstance(v.type, SetOf)]
        return self.choices.pick([*stored, *self.vocabulary.sorts, *self.vocabulary.orders, *self.vocabulary.enums])

    def set(self, element: Type, depth: int) -> str:
        """Return a set of elements."""
        stored = [text for text, type_ in self.places(depth) if type_ == SetOf(element)]
        if stored and (depth <= 0 or self.choices.chance(55)):
            return self.choices.pick(stored)
        if depth <= 0:
            return "{" + self.expr(element, 0) + "}"
        kind = self.choices.pick(["union", "written", "filtered", "mapped"])
        if kind == "union":
            return (
                f"({self.set(element, depth - 1)} {self.choices.pick(['|', '&', '-'])} {self.set(element, depth - 1)})"
            )
        if kind == "written" or isinstance(element, Range):
            return "{" + ", ".join(self.expr(element, depth - 1) for _ in range(self.choices.number(1, 2))) + "}"
        with self.inside():
            clauses, _ = self.generators(depth - 1)
            item = self.expr(element, depth - 1)
        return "{" + f"{item} {clauses}" + "}"

    def domain(self, depth: int) -> tuple[str, Type]:
        """Return what a variable may run over, and the type of its elements."""
        v = self.vocabulary
        options: list[tuple[str, Type]] = [(s.name, s) for s in (*v.sorts, *v.orders, *v.enums)]
        options += [(q.name, q) for q in v.quorums]
        options += [(name, t.member) for name, t in self.scope.locals if isinstance(t, Quorums)] * 3
        options += [(text, t.element) for text, t in self.places(0) if not isinstance(t, MapOf)]
        options += [
            (f"{self.scope.state}.{x.name}", x.type.member)
            for x in v.variables
            if isinstance(x.type, Quorums) and x.name not in self.scope.hidden
        ]
        options.append(
            (self.choices.pick(["range(3)", "range(1, 3)", "range(2, 2)", "range(-1, 2)", "range(2, 70)"]), INT)
        )
        if self.wide and depth > 0 and self.choices.chance(12):
            every: list[Type] = [
                *(SetOf(s) for s in (*v.sorts, *v.enums)),
                *(PermOf(s) for s in v.sorts),
                *(MapOf(s, BOOL) for s in v.sorts),
                *(SeqOf(s, 2) for s in v.sorts),
                *(BagOf(s, 2) for s in v.sorts),
                *v.records,
            ]
            type_ = self.choices.pick(every)
            if choices_of(type_) <= 16:
                return f"values_of({type_})", type_
        if depth > 0 and self.choices.chance(20):
            element = self.element_type()
            options.append((self.set(element, depth - 1), element))
        return self.choices.pick(options)

    def generators(self, depth: int) -> tuple[str, Type]:
        """Return ``for ... in ... if ...``, with its variables in scope; and the type of the last."""
        clauses = []
        for _ in range(self.choices.pick([1, 1, 2])):
            domain, type_ = self.domain(depth)
            clauses.append(f"for {self.fresh(type_)} in {domain}")
            if self.choices.chance(35):
                clauses.append(f"if {self.expr(BOOL, depth - 1)}")
        return " ".join(clauses), type_

    # Truth values

    def bool(self, depth: int) -> str:
        """Return a truth value."""
        if depth <= 0:
            return self.choices.pick(["True", "False", self.read(BOOL, depth - 1) or "True"])
        forms = [self._connected, self._connected, self._negated, self._quantified, self._quantified, self._numbers, self._chain,
                 self._equality, self._equality, self._membership, self._membership, self._sets, self._ordered, self._kind, self._none,
                 self._related]  # fmt: skip
        return self.choices.pick(forms)(depth - 1)

    def _connected(self, depth: int) -> str:
        operator = self.choices.pick(["and", "or", "implies"])
        left, right = self.expr(BOOL, depth), self.expr(BOOL, depth)
        return f"implies({left}, {right})" if operator == "implies" else f"({left} {operator} {right})"

    def _negated(self, depth: int) -> str:
        return f"(not {self.expr(BOOL, depth)})"

    def _quantified(self, depth: int) -> str:
        with self.inside():
            clauses, _ = self.generators(depth)
            body = self.expr(BOOL, depth)
        return f"{self.choices.pick(['any', 'all'])}({body} {clauses})"

    def _numbers(self, depth: int) -> str:
        return (
            f"({self.expr(INT, depth)} {self.choices.pick(['<', '<=', '==', '!=', '>', '>='])} {self.expr(INT, depth)})"
        )

    def _chain(self, depth: int) -> str:
        if self.choices.chance(40):
            return f"({self.expr(BOOL, depth)} == ({self.expr(INT, depth)} <= {self.expr(INT, depth)} {self.choices.pick(['==', '<'])} {self.expr(INT, depth)}))"
        return f"({self.expr(INT, depth)} < {self.expr(INT, depth)} <= {self.expr(INT, depth)})"

    def _ordered(self, depth: int) -> str:
        order = self.choices.pick(self.vocabulary.orders)
        return (
            f"({self.expr(order, depth)} {self.choices.pick(['<', '<=', '>', '>=', '!='])} {self.expr(order, depth)})"
        )

    def any_type(self) -> Type:
        """Return a scalar type of which there are values."""
        v = self.vocabulary
        stored = [x.type for x in v.variables if not is_container(x.type) and not isinstance(x.type, Quorums)]
        return self.choices.pick([*stored, *v.sorts, *v.enums, *v.records, BOOL])

    def _equality(self, depth: int) -> str:
        type_ = self.any_type()
        left = self.read(type_, depth) or self.expr(type_, depth)
        return f"({left} {self.choices.pick(['==', '!='])} {self.expr(type_, depth)})"

    def _membership(self, depth: int) -> str:
        v, operator = self.vocabulary, self.choices.pick(["in", "not in"])
        quorums = [name for name, t in self.scope.locals if isinstance(t, Quorums)]
        quorums += [
            f"{self.scope.state}.{x.name}"
            for x in v.variables
            if isinstance(x.type, Quorums) and x.name not in self.scope.hidden
        ]
        if quorums and self.choices.chance(40):
            return f"({self.expr(v.quorums[0].member, depth)} {operator} {self.choices.pick(quorums)})"
        places = [(text, t) for text, t in self.places(depth) if not isinstance(t, MapOf)]
        if places and self.choices.chance(60):
            text, type_ = self.choices.pick(places)
            return f"({self.expr(type_.element, depth)} {operator} {text})"  # type: ignore[union-attr]
        element = self.any_type()
        if self.choices.chance(40):
            return (
                f"({self.expr(element, depth)} {operator} ({self.expr(element, depth)}, {self.expr(element, depth)}))"
            )
        return f"({self.expr(element, depth)} {operator} {self.set(element, depth)})"

    def _sets(self, depth: int) -> str:
        element = self.element_type()
        left, right = self.set(element, depth), self.set(element, depth)
        if self.choices.chance(20):
            return f"{left}.{self.choices.pick(['issubset', 'issuperset', 'isdisjoint'])}({right})"
        if self.choices.chance(20):
            return f"(not {left})"
        return f"({left} {self.choices.pick(['<=', '<', '==', '!=', '>='])} {right})"

    def _related(self, depth: int) -> str:
        related = [v for v in self.vocabulary.variables if (v.structure or "").startswith("Relation")]
        if not related:
            return self._none(depth)
        chosen = self.choices.pick(related)
        assert isinstance(chosen.type, SetOf)
        assert isinstance(chosen.type.element, Tuple)
        items = ", ".join(self.expr(item, depth) for item in chosen.type.element.items)
        return f"{self.scope.state}.{chosen.name}({items})"

    def _kind(self, depth: int) -> str:
        unions = [x for x in self.vocabulary.variables if isinstance(x.type, Union) and x.name not in self.scope.hidden]
        if not unions:
            return self._equality(depth)
        chosen = self.choices.pick(unions)
        text, record = f"{self.scope.state}.{chosen.name}", self.choices.pick(chosen.type.alternatives)  # type: ignore[union-attr]
        test = f"isinstance({text}, {record.name})"
        if record.fields and self.choices.chance(60):
            name, type_ = self.choices.pick(record.fields)
            return f"({test} and {text}.{name} == {self.expr(type_, depth)})"
        return test

    def _none(self, depth: int) -> str:
        options = self.optionals(depth)
        if not options:
            return self._equality(depth)
        text, type_ = self.choices.pick(options)
        inner = type_.inner  # type: ignore[union-attr]
        match self.choices.pick(["is None", "is not None", "used", "unguarded"]):
            case "used" if isinstance(inner, Record) and inner.fields:
                name, type_ = self.choices.pick(inner.fields)
                return f"({text} is not None and {text}.{name} == {self.expr(type_, depth)})"
            case "used" if isinstance(inner, SortClass) and inner.ordered:
                return f"({text} is None or {text} {self.choices.pick(['<', '>=', '=='])} {self.expr(inner, depth)})"
            case "used" if isinstance(inner, Tuple | EnumClass):
                return f"(({text} if {text} is not None else {self._made(inner, depth)}) == {self.expr(inner, depth)})"
            case "used" | "unguarded" if isinstance(inner, Range) and size(inner) > 0:
                return f"({text} is not None and {text} > {self.expr(INT, depth)})"
            case "unguarded" if isinstance(inner, Record) and inner.fields:
                name, type_ = self.choices.pick(inner.fields)
                return f"({text}.{name} == {self.expr(type_, depth)})"
            case "is not None":
                return f"({text} is not None)"
        return f"({text} is None)"


def _parts_of(type_: Type) -> Iterator[Type]:
    """Return a type, and those of all that is inside of its values and can be read one by one."""
    yield type_
    match type_:
        case Record(_, fields):
            inner: tuple[Type, ...] = tuple(t for _, t in fields)
        case Tuple(items):
            inner = items
        case MapOf(_, value):
            inner = (value,)
        case SeqOf(element, _):
            inner = (element,)
        case _:
            inner = ()
    for part in inner:
        yield from _parts_of(part)
