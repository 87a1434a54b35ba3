"""From statements to what an action does: its guard, and each symbol it changes as a function of the state before.

Weakest preconditions then are substitution: what a formula says after the step is the formula with the symbols
replaced by what they become.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assay.checker.errors import Location, ModelError
from assay.checker.language.frontend.loops import demand_unordered, has_order
from assay.checker.language.ir import nodes as ir
from assay.checker.language.ir.program import ActionIR
from assay.checker.language.types import BagType, SeqType
from assay.proofs.encoding.barriers import Barrier
from assay.proofs.encoding.cases import cases
from assay.proofs.encoding.definedness import Failure
from assay.proofs.encoding.loops import Loop, sums_up
from assay.proofs.encoding.theory import Theory
from assay.proofs.encoding.universes import in_type
from assay.proofs.encoding.updates import Updates
from assay.proofs.encoding.values import Value, choose
from assay.proofs.encoding.vocabulary import Argument
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition
from assay.proofs.logic.terms import FALSE, TRUE, Symbol, Term, variable

__all__ = ["Execution", "Transition", "transition"]


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
    failures : tuple of Failure
        Where the model's own code raises in the middle of it; the guard is false there.
    """

    name: str
    parameters: tuple[tuple[str, Value], ...]
    constants: tuple[Symbol, ...]
    guard: Term
    definitions: dict[Symbol, Definition]
    location: Location | None = None
    failures: tuple[Failure, ...] = ()

    @property
    def failure(self) -> Term:
        """Where the model's own code raises in the middle of it, in any way."""
        return logic.disjunction(failure.condition for failure in self.failures)


def transition(theory: Theory, action: ActionIR) -> Iterator[Transition]:
    """Yield what an action does, for each case of its parameters."""
    for combination in _combinations(action.parameters):
        yield Execution(theory).run(action, combination)


def _combinations(names: Sequence[ir.Name]) -> Iterator[tuple[tuple[str, Value, tuple[Symbol, ...]], ...]]:
    """Yield the arguments, for each combination of their cases."""
    if not names:
        yield ()
        return
    first, rest = names[0], names[1:]
    for which, case in enumerate(cases(first.type)):
        shown = [f"{case.label}.{i}" if len(case.sorts) > 1 else case.label for i in range(len(case.sorts))]
        symbols = tuple(Symbol(Argument(first.name, which, i, shown[i]), (), sort) for i, sort in enumerate(case.sorts))
        value = case.build([symbol() for symbol in symbols])
        for others in _combinations(rest):
            yield ((first.name, value, symbols), *others)


_State = tuple[dict[Symbol, Definition], dict[str, Value], list[Term]]


class Execution(Updates):
    """Statements, executed on symbols."""

    def run(self, action: ActionIR, arguments: Sequence[tuple[str, Value, tuple[Symbol, ...]]]) -> Transition:
        """Execute an action for some arguments."""
        self.names.update({name: value for name, value, _ in arguments})
        for name, (_, value, _) in zip(action.parameters, arguments, strict=True):
            self.guards.append(in_type(self.theory, name.type, value))
        self.statement(action.body)
        constants = [symbol for _, _, symbols in arguments for symbol in symbols]
        return Transition(
            action.name,
            tuple((name, value) for name, value, _ in arguments),
            (*constants, *self.witnesses),
            logic.conjunction(self.guards),
            _changes(self.definitions),
            action.location,
            tuple(self.failures),
        )

    def statement(self, node: ir.Statement) -> None:
        """Execute one statement."""
        try:
            self._statement(node)
        except Barrier as barrier:
            if barrier.location is not None:
                raise
            raise barrier.at(node.location) from None

    def _statement(self, node: ir.Statement) -> None:
        match node:
            case ir.Block(statements):
                for inner in statements:
                    self.statement(inner)
            case ir.Require(condition):
                self.demand_defined(condition)
                self.guards.append(self.formula(condition))
            case ir.AssignLocal(name, value):
                self.demand_defined(value)
                self.names[name.name] = self.computed(value)
            case ir.If():
                self._branch(node)
            case ir.For():
                self._loop(node)
            case _:
                self._change(node)

    def _change(self, node: ir.Statement) -> None:
        self.demand_defined(node)
        match node:
            case ir.Assign(place, value):
                self.assign(self.places(place), self.computed(value))
            case ir.AssignMap():
                self.assign_map(node)
            case ir.AssignCollection(place, value) if isinstance(place.type, SeqType):
                self.assign_sequence(place, value)
            case ir.AssignCollection(place, value):
                self.update_set(place, "become", value)
            case ir.SetUpdate(operator, place, value):
                self.update_set(place, operator, value)
            case ir.Clear(place):
                self.clear(place)
            case ir.SeqAppend():
                self.append(node)
            case ir.SeqPop():
                self.pop(node)
            case ir.SeqStore():
                self.store(node)
            case ir.BagUpdate():
                self.update_bag(node)
            case _:
                raise Barrier(f"a {type(node).__name__.lower()}", node.location, finite=True)

    # Control

    def _branch(self, node: ir.If) -> None:
        self.demand_defined(node.test)
        self.either(self.formula(node.test), lambda: self.statement(node.then), lambda: self.statement(node.otherwise))

    def either(self, test: Term, then: Callable[[], None], otherwise: Callable[[], None]) -> None:
        """Execute one thing or another, by a test."""
        if test is TRUE or test is FALSE:
            return then() if test is TRUE else otherwise()
        before = dict(self.definitions), dict(self.names), self.guards
        first = self._taken(test, then, before)
        second = self._taken(logic.negation(test), otherwise, before)
        self.guards = [*before[2], logic.ite(test, logic.conjunction(first[2]), logic.conjunction(second[2]))]
        self.definitions = _merged(test, first[0], second[0])
        self.names = {
            name: choose(test, first[1][name], second[1][name]) if first[1][name] is not second[1][name] else value
            for name, value in first[1].items()
            if name in second[1] and (name in before[1] or first[1][name] == second[1][name])
        }

    def _taken(self, test: Term, block: Callable[[], None], before: _State) -> _State:
        context = self.context
        self.context = (*context, *before[2], test)
        self.definitions, self.names, self.guards = dict(before[0]), dict(before[1]), []
        block()
        self.context = context
        return self.definitions, self.names, self.guards

    def _loop(self, node: ir.For) -> None:
        self.demand_defined(node.domain)
        rounds = self._rounds(node)
        if rounds is None:
            Loop(self, node).run()
            return
        for there, value in rounds:
            self.names[node.variable.name] = value
            self.either(there, lambda: self.statement(node.body), lambda: None)

    def _rounds(self, node: ir.For) -> list[tuple[Term, Value]] | None:
        """Return the rounds of a loop that has to be executed round by round; None if all are one.

        Raises
        ------
        Barrier
            If they have to be executed one by one, and have no known end.
        """
        ordered = has_order(node.domain)
        if ordered and self._is_in_order(node):
            what = "a loop in the order of its elements"
        elif sums_up(node, self.names):
            what = "a loop that sums up"
        elif _counts(node):
            what = "a loop that changes sequences or bags"
        else:
            return None
        return list(self.one_by_one(node.domain, what, node.location))

    def _is_in_order(self, node: ir.For) -> bool:
        """Return whether the outcome of a loop depends on its order, as far as the front end can tell."""
        try:
            demand_unordered(ir.For(node.variable, ir.SetOf((), node.domain.element), node.body), self.names)
        except ModelError:
            return True
        return False


def _counts(loop: ir.For) -> bool:
    """Return whether a loop changes what holds numbers of its own: a length, or how often there is something."""
    places = [part.place for part in ir.walk(loop.body) if isinstance(part, ir.Statement) and hasattr(part, "place")]
    return any(isinstance(place.type, SeqType | BagType) for place in places)


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
