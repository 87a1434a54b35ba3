"""The vocabulary of a model: its sorts, the symbols of its variables and parameters, and the values of bounds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any

from assay.checker.errors import Location
from assay.checker.immutable import immutable
from assay.checker.language import sorts
from assay.checker.language.bounds import bound_of, names_in
from assay.checker.language.execution.instance import Instance
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.mentioned import functions_of, is_named
from assay.checker.language.introspection.specification import Specification, Variable
from assay.checker.language.ir.nodes import Node, Universe, walk
from assay.checker.language.types import (
    Bound,
    IntType,
    MapType,
    QuorumType,
    SortType,
    Type,
    is_container,
    own_bounds,
    subtypes,
)
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.encoding.symbols.layout import Layout, MapLayout, ScalarLayout, SeqLayout, inside_of, lay_out
from assay.proofs.encoding.symbols.unencodable import Allowance, Unencodable
from assay.proofs.encoding.symbols.vocabulary import After, Contents, Held, Member, Nowhere, Parameter, SizeOf
from assay.proofs.logic.connectives import add, divide, multiply, subtract
from assay.proofs.logic.orders import AtMost, Greatest, Least, Next
from assay.proofs.logic.terms import (
    BOOL,
    FALSE,
    INT,
    TRUE,
    Copy,
    Counted,
    Op,
    Sort,
    Symbol,
    Term,
    constant,
    number,
)

__all__ = ["Theory", "members_of", "number_or_truth", "primed"]


def members_of(quorum: QuorumType) -> Symbol:
    """Return the relation between quorums and their members."""
    return Symbol(Member(quorum.cls), (sort_of(quorum), sort_of(quorum.member)), BOOL)


def primed(symbol: Symbol) -> Symbol:
    """Return the symbol that stands for the same thing after a step."""
    return symbol.copy(After.STEP)


@immutable
class Theory:
    """A model's vocabulary.

    Attributes
    ----------
    specification : Specification
        The model.
    fixed : mapping from name to value
        The instance parameters with a given value; the others may have any.
    instance : Instance, optional
        The sizes and quorums; None if the sorts are unbounded.
    counting : bool
        Whether the size of a set whose elements cannot be listed is a number of which only little is known.
    allowance : Allowance
        How many more cases may be written out one by one.
    """

    specification: Specification
    fixed: Mapping[str, Any] = field(default_factory=dict)
    instance: Instance | None = None
    counting: bool = False
    allowance: Allowance = field(default_factory=Allowance, compare=False, repr=False)

    @cached_property
    def layouts(self) -> dict[str, Layout]:
        """The symbols of each variable that has any."""
        found = {}
        for variable_ in self.specification.variables:
            try:
                found[variable_.name] = lay_out(Held(variable_.name), variable_.type, self._capacity)
            except Unencodable:
                continue
        return found

    def layout(self, name: str, location: Location | None) -> Layout:
        """Return the symbols of a variable, or raise if it has none."""
        if name in self.layouts:
            return self.layouts[name]
        declared = self._variable(name)
        try:
            return lay_out(Held(name), declared.type, self._capacity)
        except Unencodable as error:
            raise error.at(location or declared.location) from None

    def lay_out(self, name: str, type_: Type) -> Layout:
        """Return the symbols of a container that is not a variable.

        Raises
        ------
        Unencodable
            If it has none.
        """
        return lay_out(Held(name), type_, self._capacity)

    def contents(self, type_: Type) -> Layout:
        """Return the symbols of the contents of a container type that is part of a value.

        Raises
        ------
        Unencodable
            If it has none.
        """
        return inside_of(type_, self._capacity)

    @cached_property
    def inside(self) -> dict[Type, Layout]:
        """The container types that are parts of values and have symbols, with their contents."""
        found: dict[Type, Layout] = {}
        parts = [part for own in self._declared for part in _parts_of_values(own)]
        parts += [part for own in self.quantified for part in subtypes(own) if is_container(part)]
        for type_ in dict.fromkeys(parts):
            with contextlib.suppress(Unencodable):
                found[type_] = self.contents(type_)
        return found

    def _capacity(self, bound: Bound) -> int | None:
        """Return the value of a sequence's or bag's bound, if it does not depend on sizes."""
        term = self.bound(bound)
        return term.of if term.op == Op.NUMBER else None

    @cached_property
    def intervals(self) -> dict[Symbol, tuple[int, int]]:
        """The least and greatest length of each sequence, and value of each ranged number, in states within bounds."""
        found: dict[Symbol, tuple[int, int]] = {}
        for part in (part for layout in self._all_layouts for part in _single(layout)):
            if isinstance(part, SeqLayout):
                found[part.length] = (0, part.capacity)
            elif not isinstance(part.type, IntType) or part.type.is_unbounded:
                continue
            elif part.type.low is not None and part.type.high is not None:
                low, high = self.bound(part.type.low), self.bound(part.type.high)
                if low.op is high.op is Op.NUMBER:
                    found[part.symbols[0]] = (low.of, high.of)
        return found

    @cached_property
    def ranges(self) -> dict[Symbol, IntType]:
        """The ranges of the numbers that symbols hold, in a state within bounds."""
        return {
            part.symbols[0]: part.type
            for layout in self._all_layouts
            for part in _scalars(layout)
            if isinstance(part.type, IntType)
        }

    @property
    def _all_layouts(self) -> list[Layout]:
        return [*self.layouts.values(), *self.inside.values()]

    def type_of(self, name: str) -> Type:
        """Return the type of a variable."""
        return self._variable(name).type

    def _variable(self, name: str) -> Variable:
        return next(v for v in self.specification.variables if v.name == name)

    @property
    def state_symbols(self) -> tuple[Symbol, ...]:
        """The symbols that a step may change."""
        never = {variable_.name for variable_ in self.specification.structure}
        changing = (layout for name, layout in self.layouts.items() if name not in never)
        return tuple(symbol for layout in changing for symbol in layout.leaves())

    @property
    def structure_symbols(self) -> tuple[Symbol, ...]:
        """The symbols that no step changes: choices of an instance, and the contents of containers inside values."""
        found = [self.layouts[v.name] for v in self.specification.structure if v.name in self.layouts]
        return tuple(symbol for layout in (*found, *self.inside.values()) for symbol in layout.leaves())

    @property
    def sorts(self) -> tuple[Sort, ...]:
        """The sorts whose elements depend on the instance."""
        quorums = (sort_of(quorum) for quorum in self.specification.quorums)
        return (*(Sort(sort) for sort in self.specification.sorts), *quorums)

    def parameter(self, name: str) -> Term:
        """Return the term for an instance parameter: its given value, or else a constant."""
        declared = next(c for c in self.specification.constants if c.name == name)
        if name in self.fixed:
            return number_or_truth(self.fixed[name])
        return constant(Parameter(name), BOOL if declared.type is bool else INT)

    def size(self, sort: Sort) -> int | None:
        """Return the number of elements of a sort, if it is known."""
        if sort.members:
            return len(sort.members)
        if self.instance is None or not isinstance(sort.of, type):
            return None
        return len(self.instance.elements(self.class_of(sort)))

    def class_of(self, sort: Sort) -> type[Any]:
        """Return the class of a sort of the model."""
        assert isinstance(sort.of, type)
        return sort.of

    def demand_declared(self, formulas: Iterable[Term], own: Iterable[Symbol] = ()) -> None:
        """Refuse formulas with symbols outside of the vocabulary.

        A solver may choose whatever it likes for a symbol that nothing defines, so the proof would not be about the
        model. No translation leaves such a symbol; this makes sure of it.

        Raises
        ------
        Unencodable
            If there is such a symbol.
        """
        known = frozenset(own)
        for symbol in frozenset[Symbol]().union(*(formula.mentioned for formula in formulas)) - known:
            if not self._is_declared(symbol):
                raise Unencodable(f"a formula about {symbol}, which nothing defines,", finite=True)

    def _is_declared(self, symbol: Symbol) -> bool:
        match symbol.of:
            case Held(variable_) | Copy(Symbol(of=Held(variable_)), After.STEP):
                return any(declared.name == variable_ for declared in self.specification.variables)
            case Counted():  # what it counts is looked at with the rest
                return True
            case Contents() | AtMost() | Greatest() | Least() | Next() | Member() | Parameter() | SizeOf() | Nowhere():
                return True
            case _:
                return False

    @cached_property
    def has_neighbours(self) -> bool:
        """Whether the model mentions the last element of an order, or the next one."""
        named = functions_of(self.specification.cls)
        return any(is_named(function, named) for function in (sorts.last, sorts.succ, sorts.pred))

    def orders(self) -> Iterator[SortType]:
        """Yield the orders."""
        from assay.checker.language.introspection.annotations import type_of

        for cls in self.specification.sorts:
            type_ = type_of(cls)
            if isinstance(type_, SortType) and type_.ordered:
                yield type_

    def bound(self, bound: Bound) -> Term:
        """Return the bound of a range."""
        return bound_of(bound, number, self._bound_named, _computed)

    def _bound_named(self, name: str) -> Term:
        if any(constant_.name == name for constant_ in self.specification.constants):
            return self.parameter(name)
        if self.instance is not None:
            return number(self.instance.bound(name))
        return constant(SizeOf(self._named(name)), INT)

    def _named(self, bound: str) -> Sort:
        """Return the sort that a bound names; if several have that name it is the last, as in an instance."""
        return next(Sort(cls) for cls in reversed(self.specification.sorts) if cls.__name__ == bound)

    @property
    def types(self) -> list[Type]:
        """The types of variables and parameters, and those over whose values the model's code quantifies."""
        return [*self._declared, *self.quantified]

    @property
    def _declared(self) -> list[Type]:
        types = [variable_.type for variable_ in self.specification.variables]
        return types + [type_ for method in self.specification.methods for _, type_ in method.parameters]

    @cached_property
    def quantified(self) -> tuple[Type, ...]:
        """The types over whose values predicates and actions quantify."""
        model = compile_model(self.specification)
        parameters = [name.type for predicate in model.predicates for name in predicate.parameters]
        parameters += [name.type for temporal in model.temporals for name in temporal.parameters]
        bodies: list[Node] = [made.body for made in (*model.actions, *model.initials)]
        bodies += [predicate.body for predicate in model.predicates]
        bodies += [atom for temporal in model.temporals for atom in temporal.atoms]
        ranged = [part.of for body in bodies for part in walk(body) if isinstance(part, Universe)]
        return tuple(dict.fromkeys((*parameters, *ranged)))

    @property
    def named_ranges(self) -> list[IntType]:
        """The ranges with an unknown bound; no instance may make one of them empty."""
        parts = [part for type_ in self.types for part in subtypes(type_) if isinstance(part, IntType)]
        found = dict.fromkeys(part for part in parts if part.low is not None and part.high is not None)
        return [
            r for r in found if any(self.bound(end).op is not Op.NUMBER for end in (r.low, r.high) if end is not None)
        ]

    @cached_property
    def sizes(self) -> dict[Sort, Term]:
        """The sorts whose unknown number of elements a bound refers to, each with a symbol for that number."""
        parts = (part for type_ in self.types for part in subtypes(type_))
        names = [name for part in parts for bound in own_bounds(part) for name in names_in(bound)]
        terms = [self.bound(name) for name in names]
        return {term.of.of.sort: term for term in terms if term.op is Op.APPLY and isinstance(term.of.of, SizeOf)}


def _parts_of_values(type_: Type) -> Iterator[Type]:
    """Yield the containers in a variable's type that are parts of values: neither the variable nor a map in it."""
    value = type_
    while isinstance(value, MapType):
        yield from (part for part in subtypes(value.key) if is_container(part))
        value = value.value
    for part in subtypes(value):
        if is_container(part) and part is not value:
            yield part


def _computed(operator: str, left: Term, right: Term) -> Term:
    return _OPERATORS[operator](left, right)


_OPERATORS: dict[str, Callable[[Term, Term], Term]] = {
    "+": lambda left, right: add((left, right)),
    "-": subtract,
    "*": multiply,
    "//": divide,
}


def _scalars(layout: Layout) -> Iterator[ScalarLayout]:
    match layout:
        case MapLayout(_, parts):
            for _, part in parts:
                yield from _scalars(part)
        case ScalarLayout(_, _, inner):
            yield layout
            for part in inner:
                yield from _scalars(part)
        case SeqLayout():
            for index in range(layout.capacity):
                yield from _scalars(layout.item(index))


def _single(layout: Layout) -> Iterator[ScalarLayout | SeqLayout]:
    match layout:
        case MapLayout(_, parts):
            for _, part in parts:
                yield from _single(part)
        case ScalarLayout() | SeqLayout():
            yield layout


def number_or_truth(value: Any) -> Term:
    """Return the value of an instance parameter as a term."""
    if isinstance(value, bool):
        return TRUE if value else FALSE
    return number(int(value))
