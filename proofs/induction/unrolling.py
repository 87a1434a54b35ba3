"""Unrolling: a copy of a model's state for each step, to say something about several consecutive steps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.problem import Problem
from assay.proofs.encoding.states import state_in
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.encoding.symbols.theory import Theory, members_of, primed
from assay.proofs.encoding.symbols.vocabulary import Contents
from assay.proofs.logic.binders import Definition, for_all, replace_symbols
from assay.proofs.logic.connectives import conjunction, disjunction, equal
from assay.proofs.logic.orders import greatest_of, least_of, next_of, order_of
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import Counted, Op, Symbol, Term, variable

__all__ = ["Unrolling", "rigid"]


class Unrolling:
    """Copies of a problem's state, one for each step.

    Every symbol that some action changes has a copy for each step. So has every symbol of an action that is neither
    part of the state nor the same in all states: its arguments, and symbols for choices and loops on the way. If two
    steps shared such a symbol, they would have to make the same choice.

    Parameters
    ----------
    problem : Problem
        The model.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        changed = {symbol for transition in problem.transitions for symbol in transition.definitions}
        self.changing = tuple(s for s in problem.theory.state_symbols if s in changed)
        self._state = frozenset(problem.theory.state_symbols)

    @cached_property
    def _rigid(self) -> frozenset[Symbol]:
        """The symbols that are the same in all states."""
        return frozenset(rigid(self.problem.theory))

    def symbol(self, symbol: Symbol, step: int) -> Symbol:
        """Return the copy of a symbol of the state after some number of steps."""
        return symbol.copy(step) if symbol in self.changing else symbol

    def at(self, formula: Term, step: int) -> Term:
        """Return a formula about the state after some steps; its primed symbols are one step later."""
        copies = {s: _same(s, self.symbol(s, step)) for s in self.changing}
        later = {primed(s): _same(primed(s), self.symbol(s, step + 1)) for s in self.problem.theory.state_symbols}
        return replace_symbols(formula, {**copies, **later})

    def initial(self) -> Term:
        """Return that the first state is initial."""
        return disjunction(self._began(transition) for transition in self.problem.initial)

    def _began(self, transition: Transition) -> Term:
        """Return that the first state is what this transition makes of a state about which nothing is known."""
        # An initial method may read variables before it sets them. It then reads a state about which nothing is known,
        # not the first state, so that state gets symbols of its own.
        symbols = self.problem.theory.state_symbols
        unknown = {s: _same(s, s.copy("start")) for s in symbols}
        facts = [transition.guard]
        for symbol in symbols:
            names = [variable(sort) for sort in symbol.arguments]
            definition = transition.definitions.get(symbol, _same(symbol, symbol))
            facts.append(for_all(names, equal(_first(self.symbol(symbol, 0))(*names), definition(*names))))
        begun = replace_symbols(conjunction(facts), unknown)
        return replace_symbols(begun, {_first(self.symbol(s, 0)): _same(s, self.symbol(s, 0)) for s in symbols})

    def step(self, step: int) -> Term:
        """Return that some action leads from the state after some steps, inside the constraints, to the next."""
        taken = disjunction(self._taken(transition, step) for transition in self.problem.transitions)
        return conjunction((self.inside(step), taken))

    def cases(self, step: int) -> list[Term]:
        """Return the same for each action alone: the step is one of these."""
        inside = self.inside(step)
        return [conjunction((inside, self._taken(transition, step))) for transition in self.problem.transitions]

    def inside(self, step: int) -> Term:
        """Return that the state after some steps, and the step to it, satisfy the constraints."""
        inside = [self.at(constraint.formula, step) for constraint in self.problem.constraints]
        if step > 0:
            inside += (self.at(constraint.formula, step - 1) for constraint in self.problem.step_constraints)
        return conjunction(inside)

    def kept(self, step: int) -> Term:
        """Return that the state after some steps keeps to the bounds of its variables."""
        return conjunction(self.at(predicate.formula, step) for predicate in self.problem.bounds)

    def failure(self, transition: Transition, step: int) -> Term:
        """Return that the model's own code fails during an action, after some steps."""
        failure = replace_symbols(self.at(transition.failure, step), self._own(transition, step))
        return conjunction((self.inside(step), failure))

    def _own(self, transition: Transition, step: int) -> dict[Symbol, Definition]:
        """Return the copies of the symbols that belong to one execution of an action."""
        bodies = (definition.body for definition in transition.definitions.values())
        used = frozenset().union(*(term.mentioned for term in (transition.guard, transition.failure, *bodies)))
        # What containers hold is the same in all states; what is counted is counted of the copies.
        inside = {symbol for symbol in used if isinstance(symbol.of, Contents | Counted)}
        own = {*used, *transition.constants} - self._state - self._rigid - inside
        return {s: _same(s, s.copy(step)) for s in own}

    def _taken(self, transition: Transition, step: int) -> Term:
        own = self._own(transition, step)
        facts = [replace_symbols(self.at(transition.guard, step), own)]
        for symbol in self.changing:
            names = tuple(variable(sort) for sort in symbol.arguments)
            definition = transition.definitions.get(symbol, Definition(names, symbol(*names)))
            body = replace_symbols(self.at(definition(*names), step), own)
            facts.append(for_all(names, equal(self.symbol(symbol, step + 1)(*names), body)))
        return conjunction(facts)

    def path(self, structure: Structure, instance: Instance, length: int) -> list[Frozen]:
        """Return the states that a structure describes, over some steps."""
        return [state_in(self.problem.theory, self._seen(structure, step), instance) for step in range(length + 1)]

    def _seen(self, structure: Structure, step: int) -> Structure:
        tables = dict(structure.tables)
        for symbol in self.changing:
            tables[symbol] = structure.tables.get(self.symbol(symbol, step), {})
        return Structure(structure.sizes, tables, structure.numbers)


def rigid(theory: Theory) -> Iterator[Symbol]:
    """Yield the symbols that no step changes: orders, quorums, parameters, sizes and immutable variables."""
    yield from theory.structure_symbols
    for type_ in theory.orders():
        yield order_of(sort_of(type_))
        yield least_of(sort_of(type_)).of
        yield greatest_of(sort_of(type_)).of
        yield from (next_of(sort_of(type_), up=up) for up in (True, False))
    yield from (members_of(quorum) for quorum in theory.specification.quorums)
    terms = [theory.parameter(constant.name) for constant in theory.specification.constants]
    terms += [theory.bound(sort.__name__) for sort in theory.specification.sorts]
    yield from (term.of for term in terms if term.op is Op.APPLY)


def _first(symbol: Symbol) -> Symbol:
    return symbol.copy("first")


def _same(old: Symbol, new: Symbol) -> Definition:
    names = tuple(variable(sort) for sort in old.arguments)
    return Definition(names, new(*names))
