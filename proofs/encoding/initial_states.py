"""The initial states: a transition from an arbitrary state, by the variables' defaults and the `@initial` methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from assay.checker.language.introspection.specification import MISSING, Variable
from assay.checker.language.ir import nodes as ir
from assay.checker.language.ir.program import ActionIR, ModelIR
from assay.checker.language.types import BoolType, MapType, OptionalType, SetType, Type
from assay.checker.language.values import Anything, Everywhere
from assay.proofs.encoding.execution import Transition, transition
from assay.proofs.encoding.expressions.definedness import Failure
from assay.proofs.encoding.symbols.bounds import keeps
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.encoding.symbols.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.symbols.literals import literal
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import Atom, Value, are_equal
from assay.proofs.encoding.symbols.vocabulary import Empty
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, for_all, replace_variables
from assay.proofs.logic.terms import FALSE, Symbol, Term, number, variable

__all__ = ["initial_states"]


def initial_states(theory: Theory, model: ModelIR) -> Iterator[Transition]:
    """Yield the ways to make an initial state, each as a transition from a state about which nothing is known."""
    start: dict[Symbol, Definition] = {}
    guards = []
    defaults = _Defaults(theory, model)
    for variable_ in model.specification.variables:
        if variable_.immutable:
            continue
        start.update(defaults.of(variable_))
        # *Any value* means to leave the symbol as it is: nothing is known about it except its bounds.
        if isinstance(variable_.default, Anything):
            guards.append(keeps(theory, variable_))
    guards += defaults.empty.values()
    if not model.initials:
        yield _complete(theory, Transition("initial state", (), (), logic.conjunction(guards), start), defaults.empty)
    for method in model.initials:
        yield from (_complete(theory, made, defaults.empty) for made in transition(theory, method, start, guards))


def _complete(theory: Theory, made: Transition, constants: Iterable[Symbol]) -> Transition:
    """Return a way to make an initial state that fails if it leaves a variable without a value."""
    missing = [
        Failure(made.guard, f"an initial value of {variable_.name}", variable_.location)
        for variable_ in theory.specification.variables
        if variable_.default is MISSING and not variable_.immutable
        if made.definitions.keys().isdisjoint(theory.layouts[variable_.name].leaves())
    ]
    return replace(made, constants=(*made.constants, *constants), failures=(*made.failures, *missing))


class _Defaults:
    """What the variables' defaults make of the symbols.

    Attributes
    ----------
    empty : dict from Symbol to Term
        The empty containers that are parts of values in them, as constants, with the formula that each is empty.
    """

    def __init__(self, theory: Theory, model: ModelIR) -> None:
        self.theory, self.model = theory, model
        self.empty: dict[Symbol, Term] = {}

    def of(self, variable_: Variable) -> Iterator[tuple[Symbol, Definition]]:
        """Yield what a variable's default makes of its symbols."""
        if isinstance(variable_.default, Anything):
            return
        layout = self.theory.layout(variable_.name, variable_.location)
        try:
            yield from self._filled(layout, variable_.type, variable_.default)
        except Unencodable as error:
            raise Unencodable(
                error.construct, variable_.location, finite=True, remedy=self._remedy(variable_.name)
            ) from None

    def _remedy(self, name: str) -> str:
        """Return what to write in place of a default: nothing, where `@initial` replaces it anyway."""
        makers = self.model.initials
        if makers and all(_sets(maker, name) for maker in makers):
            return f"leave out the default: {', '.join(maker.name for maker in makers)} sets self.{name}"
        if makers:
            return f"make it in {', '.join(maker.name for maker in makers)}: self.{name} = ..."
        return f"make it in a method that is decorated with @initial: self.{name} = ..."

    def _filled(self, layout: Layout, type_: Type, value: Any) -> Iterator[tuple[Symbol, Definition]]:
        match layout:
            case MapLayout(MapType(_, inner), parts) if not isinstance(value, dict):
                entry = value.value if isinstance(value, Everywhere) else value
                for _, part in parts:
                    yield from self._filled(part, inner, entry)
            case SetLayout():
                yield from self._set(layout, () if value is MISSING else value)
            case SeqLayout():
                yield from self._sequence(layout, () if value is MISSING else value)
            case BagLayout():
                yield from self._bag(layout, {} if value is MISSING else value.counts)
            case ScalarLayout():
                yield from self._scalar(layout, type_, _initial(type_) if value is MISSING else value)
            case _:
                raise Unencodable("an initial value given key by key", None)

    def _scalar(self, layout: ScalarLayout, type_: Type, value: Any) -> Iterator[tuple[Symbol, Definition]]:
        if value is not MISSING:
            for symbol, term in layout.written(self._literal(value, type_)):
                yield symbol, _everywhere(symbol, term)

    def _sequence(self, layout: SeqLayout, items: Any) -> Iterator[tuple[Symbol, Definition]]:
        yield layout.length, _everywhere(layout.length, number(len(items)))
        for index, item in enumerate(items):
            for symbol, term in layout.item(index).written(self._literal(item, layout.type.element)):
                yield symbol, _everywhere(symbol, term)

    def _bag(self, layout: BagLayout, counts: Any) -> Iterator[tuple[Symbol, Definition]]:
        values = [(self._literal(item, layout.type.element), count) for item, count in counts.items()]
        for case, symbol in layout.counts:
            formals = tuple(variable(sort) for sort in symbol.arguments)
            own = case.build(formals[len(formals) - len(case.sorts) :])
            copies = (logic.ite(are_equal(own, value), number(count), number(0)) for value, count in values)
            yield symbol, Definition(formals, logic.add(copies))

    def _set(self, layout: SetLayout, items: Any) -> Iterator[tuple[Symbol, Definition]]:
        assert isinstance(layout.type, SetType)
        values = [self._literal(item, layout.type.element) for item in items]
        for case, symbol in layout.relations:
            formals = tuple(variable(sort) for sort in symbol.arguments)
            own = case.build(formals[len(formals) - len(case.sorts) :])  # the keys of the maps around it come first
            inside = logic.disjunction(are_equal(own, value) for value in values) if values else FALSE
            yield symbol, Definition(formals, inside)

    def _literal(self, value: Any, type_: Type) -> Value:
        return literal(value, type_, self._empty)

    def _empty(self, type_: Type) -> Value:
        """Return the constant for the empty container of a type, which exists: it is within any bounds."""
        constant = Symbol(Empty(type_), (), sort_of(type_))
        layout = self.theory.contents(type_)
        definitions = self._filled(layout, type_, MISSING)
        self.empty[constant] = logic.conjunction(
            _holds_of(symbol, definition, constant()) for symbol, definition in definitions
        )
        return Atom(constant())


def _sets(maker: ActionIR, name: str) -> bool:
    """Return whether a method gives a variable another value as a whole."""
    kinds = (ir.Assign, ir.AssignCollection, ir.AssignMap)
    assigned = (part.place for part in ir.walk(maker.body) if isinstance(part, kinds))
    return any(place.variable == name and not place.keys for place in assigned)


def _holds_of(symbol: Symbol, definition: Definition, container: Term) -> Term:
    """Return the formula that a symbol of a container's contents is as it is defined."""
    first, *others = definition.formals
    same = logic.equal(symbol(*definition.formals), definition.body)
    return replace_variables(for_all(others, same), {first: container})


def _everywhere(symbol: Symbol, term: Term) -> Definition:
    return Definition(tuple(variable(sort) for sort in symbol.arguments), term)


def _initial(type_: Type) -> Any:
    match type_:
        case BoolType():
            return False
        case OptionalType():
            return None
        case _:
            return MISSING
