"""From statements to what an action does: its guard, and each symbol it changes as a function of the state before.

Weakest preconditions then are substitution: what a formula says after the step is the formula with the symbols
replaced by what they become.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from assay.checker.errors import Location, ModelError
from assay.checker.language.frontend.loops import demand_unordered
from assay.checker.language.ir import nodes as ir
from assay.checker.language.ir.program import ActionIR
from assay.checker.language.types import BOOL as BOOL_TYPE
from assay.checker.language.types import SortType
from assay.proofs.encoding import connectives as logic
from assay.proofs.encoding.cases import cases
from assay.proofs.encoding.formulas import Formulas, Target
from assay.proofs.encoding.layout import MapLayout, ScalarLayout
from assay.proofs.encoding.loops import Loop
from assay.proofs.encoding.quantifiers import for_all
from assay.proofs.encoding.substitution import Definition, replace_variables
from assay.proofs.encoding.terms import FALSE, TRUE, Symbol, Term, variable
from assay.proofs.encoding.theory import Theory
from assay.proofs.encoding.values import Value, choose, mapped

__all__ = ["Execution", "Transition", "transition"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class Transition:
    """What an action does.

    Attributes
    ----------
    name : str
        The action.
    parameters : tuple of (name, Value)
        Its arguments, as values made of constants.
    constants : tuple of Symbol
        Those constants, and symbols for values chosen on the way, such as a maximum.
    guard : Term
        Where it is enabled.
    definitions : dict from Symbol to Definition
        What the symbols that it changes become.
    location : Location, optional
        Where it stands.
    """

    name: str
    parameters: tuple[tuple[str, Value], ...]
    constants: tuple[Symbol, ...]
    guard: Term
    definitions: dict[Symbol, Definition]
    location: Location | None = None


def transition(theory: Theory, action: ActionIR) -> Iterator[Transition]:
    """Yield what an action does, for each case of its parameters."""
    for combination in _combinations(action.parameters):
        yield Execution(theory).run(action, combination)


def _combinations(names: Sequence[ir.Name]) -> Iterator[tuple[tuple[str, Value, tuple[Symbol, ...]], ...]]:
    """Yield a symbol for each argument. No name of Python has a space, so none is a variable of the state."""
    if not names:
        yield ()
        return
    first, rest = names[0], names[1:]
    for case in cases(first.type):
        symbols = tuple(
            Symbol(f"the {first.name}{case.label}" + (f".{i}" if len(case.sorts) > 1 else ""), (), sort)
            for i, sort in enumerate(case.sorts)
        )
        value = case.build([symbol() for symbol in symbols])
        for others in _combinations(rest):
            yield ((first.name, value, symbols), *others)


_State = tuple[dict[Symbol, Definition], dict[str, Value], list[Term]]


@dataclass
class Execution(Formulas):
    """Statements, executed on symbols.

    Attributes
    ----------
    guards : list of Term
        What has been required.
    witnesses : list of Symbol
        What was chosen on the way, such as a maximum; a function of the variables of the loops around it.
    """

    guards: list[Term] = field(default_factory=list)
    witnesses: list[Symbol] = field(default_factory=list)

    def run(self, action: ActionIR, arguments: Sequence[tuple[str, Value, tuple[Symbol, ...]]]) -> Transition:
        """Execute an action for some arguments."""
        self.names.update({name: value for name, value, _ in arguments})
        self.statement(action.body)
        constants = [symbol for _, _, symbols in arguments for symbol in symbols]
        return Transition(
            action.name,
            tuple((name, value) for name, value, _ in arguments),
            (*constants, *self.witnesses),
            logic.conjunction(self.guards),
            _changes(self.definitions),
            action.location,
        )

    def statement(self, node: ir.Statement) -> None:
        """Execute one statement."""
        match node:
            case ir.Block(statements):
                for inner in statements:
                    self.statement(inner)
            case ir.Require(condition):
                self.guards.append(self.formula(condition))
            case ir.Assign(place, value):
                self._assign(self.places(place), self.computed(value))
            case ir.AssignLocal(name, value):
                self.names[name.name] = self.computed(value)
            case ir.AssignMap():
                self._assign_map(node)
            case ir.AssignCollection(place, value):
                self._update_set(place, "become", value)
            case ir.SetUpdate(operator, place, value):
                self._update_set(place, operator, value)
            case ir.Clear(place):
                self._update_set(place, "become", ir.SetOf((), BOOL_TYPE))
            case ir.If():
                self._branch(node)
            case ir.For():
                self._loop(node)
            case _:
                raise self.blocked(_DESCRIBED.get(type(node).__name__, "this"), node.location, finite=True)

    def computed(self, expr: ir.Expr) -> Value:
        """Return the value of an expression; what it chooses on the way becomes symbols of the action."""
        value, chosen = self._choosing(lambda: self.value(expr))
        return mapped(value, lambda term: replace_variables(term, chosen))

    def places(self, place: ir.Place) -> list[Target]:
        """Return where a place may be, as `targets` does; what its keys choose becomes symbols of the action."""
        found, chosen = self._choosing(lambda: self.targets(place))

        def settled(term: Term) -> Term:
            return replace_variables(term, chosen)

        return [(settled(test), tuple(map(settled, arguments)), layout) for test, arguments, layout in found]

    def _choosing(self, build: Callable[[], _T]) -> tuple[_T, dict[Term, Term]]:
        """Build something; return it, and what to put in place of the variables that are pending in it.

        Each becomes a symbol of its own, a function of the variables of the loops around it.
        """
        saved, self.pending = self.pending, []
        built = build()
        pending, self.pending = self.pending, saved
        names = frozenset(name for name, _ in pending)
        around = sorted({v for _, meaning in pending for v in meaning.free} - names, key=lambda v: v.number)
        chosen = {}
        for name, _ in pending:
            witness = Symbol(f"chosen {len(self.witnesses) + 1}", tuple(v.sort for v in around), name.sort)
            self.witnesses.append(witness)
            chosen[name] = witness(*around)
        self.guards += [replace_variables(meaning, chosen) for _, meaning in pending]
        return built, chosen

    # Changes

    def _assign(self, targets: Sequence[Target], value: Value) -> None:
        changes = []
        for test, arguments, layout in targets:
            assert isinstance(layout, ScalarLayout)
            changes += [(symbol, test, arguments, term) for symbol, term in layout.written(value)]
        for symbol, test, arguments, term in changes:
            self._redefine(symbol, test, arguments, Definition((), term).anywhere)

    def _redefine(
        self, symbol: Symbol, test: Term, arguments: Sequence[Term], body: Callable[[tuple[Term, ...]], Term]
    ) -> None:
        """Change a symbol where its first arguments are these, and a test is true."""
        formals = tuple(variable(sort) for sort in symbol.arguments)
        old = self.apply(symbol, formals)
        here = logic.conjunction([test, *map(logic.equal, formals, arguments)])
        self.define(symbol, formals, logic.ite(here, body(formals[len(arguments) :]), old))

    def _assign_map(self, node: ir.AssignMap) -> None:
        changes = []
        for test, arguments, layout in self.places(node.place):
            assert isinstance(layout, MapLayout)
            for case, part in layout.parts:
                assert isinstance(part, ScalarLayout)
                keys = [variable(sort) for sort in case.sorts]
                self.names[node.variable.name] = case.build(keys)
                guards, self.guards = self.guards, []
                value = self.computed(node.value)
                self.guards = [*guards, for_all(keys, logic.conjunction(self.guards))]
                changes += [(symbol, test, arguments, keys, term) for symbol, term in part.written(value)]
        for symbol, test, arguments, keys, term in changes:
            self._redefine(symbol, test, arguments, Definition(tuple(keys), term).at)

    def _update_set(self, place: ir.Place, operator: str, value: ir.Collection) -> None:
        changes = []
        for test, arguments, layout in self.sets_among(self.places(place), place):
            for case, symbol in layout.relations:
                names = [variable(sort) for sort in case.sorts]
                new = self.closed(functools.partial(self.member, case.build(names), value))
                changes.append((symbol, test, arguments, names, new))
        for symbol, test, arguments, names, new in changes:
            inside = Definition(tuple(names), new)
            self._update_relation(symbol, test, arguments, inside, operator)

    def _update_relation(
        self, symbol: Symbol, test: Term, arguments: Sequence[Term], inside: Definition, operator: str
    ) -> None:
        """Change a relation where its first arguments are these, by what is inside of a collection."""
        formals = tuple(variable(sort) for sort in symbol.arguments)
        new, old = inside(*formals[len(arguments) :]), self.apply(symbol, formals)
        here = logic.conjunction([test, *map(logic.equal, formals, arguments)])
        match operator:
            case "add":
                body = logic.disjunction((old, logic.conjunction((here, new))))
            case "discard":
                body = logic.conjunction((old, logic.negation(logic.conjunction((here, new)))))
            case "keep":
                body = logic.ite(here, logic.conjunction((old, new)), old)
            case _:
                body = logic.ite(here, new, old)
        self.define(symbol, formals, body)

    # Control

    def _branch(self, node: ir.If) -> None:
        test = self.formula(node.test)
        if test is TRUE or test is FALSE:
            self.statement(node.then if test is TRUE else node.otherwise)
            return
        before = dict(self.definitions), dict(self.names), self.guards
        then = self._taken(node.then, before)
        otherwise = self._taken(node.otherwise, before)
        self.guards = [*before[2], logic.ite(test, logic.conjunction(then[2]), logic.conjunction(otherwise[2]))]
        self.definitions = _merged(test, then[0], otherwise[0])
        self.names = {
            name: choose(test, then[1][name], otherwise[1][name]) if then[1][name] is not otherwise[1][name] else value
            for name, value in then[1].items()
            if name in otherwise[1] and (name in before[1] or then[1][name] == otherwise[1][name])
        }

    def _taken(self, block: ir.Block, before: _State) -> _State:
        self.definitions, self.names, self.guards = dict(before[0]), dict(before[1]), []
        self.statement(block)
        return self.definitions, self.names, self.guards

    def _loop(self, node: ir.For) -> None:
        if isinstance(node.domain, ir.Universe) and isinstance(node.domain.of, SortType) and node.domain.of.ordered:
            self._demand_no_order(node, node.domain.of)
        Loop(self, node).run()

    def _demand_no_order(self, node: ir.For, order: SortType) -> None:
        """Refuse a loop over an order whose outcome depends on it."""
        domain = ir.Universe(SortType(order.cls))
        try:
            demand_unordered(ir.For(node.variable, domain, node.body, location=node.location))
        except ModelError:
            raise self.blocked("a loop in the order of its elements", node.location, finite=True) from None


def _merged(
    test: Term, then: dict[Symbol, Definition], otherwise: dict[Symbol, Definition]
) -> dict[Symbol, Definition]:
    merged = {}
    for symbol in {**then, **otherwise}:
        first, second = then.get(symbol), otherwise.get(symbol)
        if first is second and first is not None:
            merged[symbol] = first
            continue
        formals = tuple(variable(sort) for sort in symbol.arguments)
        bodies = [symbol(*formals) if d is None else d(*formals) for d in (first, second)]
        merged[symbol] = Definition(formals, logic.ite(test, *bodies))
    return merged


def _changes(definitions: dict[Symbol, Definition]) -> dict[Symbol, Definition]:
    """Return the definitions that say something else than that nothing changes."""
    return {s: d for s, d in definitions.items() if d.body is not s(*d.formals)}


_DESCRIBED = {
    "SeqAppend": "appending to a sequence",
    "SeqPop": "taking from a sequence",
    "SeqStore": "changing an item of a sequence",
    "BagUpdate": "changing a bag",
}
