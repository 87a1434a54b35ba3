"""Loops over sorts and sets, all rounds at once: the front end has seen to it that their order does not matter."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assay.checker.language.ir import nodes as ir
from assay.proofs.encoding.barriers import Barrier
from assay.proofs.encoding.cases import Case, cases
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, exists, for_all, replace_symbols, replace_variables
from assay.proofs.logic.terms import FALSE, TRUE, Symbol, Term, variable

if TYPE_CHECKING:
    from assay.proofs.encoding.execution import Execution

__all__ = ["Loop", "sums_up"]


def sums_up(node: ir.For, known: Container[str]) -> bool:
    """Return whether a loop carries something from one round to the next in a local name."""
    assigned = (part for part in ir.walk(node.body) if isinstance(part, ir.AssignLocal))
    return any(part.variable.name in known for part in assigned)


class Loop:
    """One loop, about to be executed.

    A round is executed once, for a variable. A map whose entry is selected by that variable then has, for each key,
    the value of that key's round; a set that is added to has what it had and what some round adds.
    """

    def __init__(self, execution: Execution, node: ir.For) -> None:
        self.execution = execution
        self.node = node
        self.updates: dict[str, ir.SetUpdate | ir.Assign] = {}
        for part in ir.walk(node.body):
            if isinstance(part, ir.Statement) and hasattr(part, "place"):
                self._note(part)  # type: ignore[arg-type]

    def _note(self, update: ir.SetUpdate | ir.Assign) -> None:
        """Note what a variable is changed by: by a statement outside of the loop's own key, if there is one."""
        old = self.updates.get(update.place.variable)
        if old is None or self.node.variable in old.place.keys:
            self.updates[update.place.variable] = update

    def run(self) -> None:
        """Execute the loop."""
        found = cases(self.node.domain.element)
        if len(found) != 1:
            raise Barrier(f"a loop over {self.node.domain.element}", self.node.location, finite=True)
        self._rounds(found[0])

    def _rounds(self, case: Case) -> None:
        execution = self.execution
        names = [variable(sort) for sort in case.sorts]
        value = case.build(names)
        inside = execution.member(value, self.node.domain)
        before, locals_, guards = dict(execution.definitions), dict(execution.names), execution.guards
        grown = self._grown()
        execution.definitions = {**before, **{symbol: _itself(_in_round(symbol)) for symbol in grown}}
        rounds, context, failures = dict(execution.definitions), execution.context, execution.failures
        execution.guards, execution.failures = [], []
        execution.context = (*context, *guards, inside)
        execution.names[self.node.variable.name] = value
        execution.statement(self.node.body)
        after, required = execution.definitions, logic.conjunction(execution.guards)
        execution.names, execution.definitions = locals_, dict(before)
        found, execution.context, execution.failures = execution.failures, context, failures
        known = {_in_round(symbol): _before(symbol, before) for symbol in grown}
        execution.guards = [*guards, for_all(names, logic.implies(inside, replace_symbols(required, known)))]
        for failure in found:
            condition = exists(names, replace_symbols(failure.condition, known))
            failures.append(replace(failure, condition=condition))
        for symbol, definition in after.items():
            if definition is not rounds.get(symbol):
                self._all_rounds(symbol, definition, names, inside, known)

    def _grown(self) -> list[Symbol]:
        """Return the relations of the sets that rounds add to or discard from, other than under their own key."""
        return [
            symbol
            for name, update in self.updates.items()
            if isinstance(update, ir.SetUpdate) and self.node.variable not in update.place.keys
            for symbol in self.execution.theory.layout(name, update.location).leaves()
        ]

    def _all_rounds(
        self,
        symbol: Symbol,
        definition: Definition,
        names: list[Term],
        inside: Term,
        known: Mapping[Symbol, Definition],
    ) -> None:
        """Define a symbol by what one round makes of it.

        What a round reads of a set that rounds add to, or discard from, is whether it holds the round's own element,
        which no other round changes: so it reads what there was before the loop. That a round neither adds nor
        discards a member is another thing: there the set is what the rounds before have left.
        """
        execution, update = self.execution, self._update(symbol)
        formals = tuple(variable(sort) for sort in symbol.arguments)
        old, new = execution.apply(symbol, formals), definition(*formals)
        if self.node.variable in update.place.keys:
            self._demand_one_case(update.place)
            start, new = self._position(update.place), replace_symbols(new, known)
            selected = dict(zip(names, formals[start:], strict=False))
            body = logic.ite(replace_variables(inside, selected), replace_variables(new, selected), old)
        elif update.operator == "add":  # type: ignore[union-attr]
            added = replace_symbols(new, {**known, _in_round(symbol): _Left(formals, FALSE, known[_in_round(symbol)])})
            body = logic.disjunction((old, exists(names, logic.conjunction((inside, added)))))
        else:
            kept = replace_symbols(new, {**known, _in_round(symbol): _Left(formals, TRUE, known[_in_round(symbol)])})
            body = logic.conjunction((old, for_all(names, logic.implies(inside, kept))))
        execution.define(symbol, formals, body)

    def _update(self, symbol: Symbol) -> ir.SetUpdate | ir.Assign:
        layouts = self.execution.theory.layouts
        name = next(name for name in self.updates if symbol in tuple(layouts[name].leaves()))
        return self.updates[name]

    def _demand_one_case(self, place: ir.Place) -> None:
        """Refuse keys before the loop's own of which it depends on the value how many arguments they are."""
        for key in place.keys[: place.keys.index(self.node.variable)]:
            if len(cases(key.type)) > 1:
                raise Barrier(f"a loop over one key behind {key.type}", self.node.location, finite=True)

    def _position(self, place: ir.Place) -> int:
        """Return which of a symbol's arguments the loop's variable selects."""
        before = place.keys[: place.keys.index(self.node.variable)]
        return sum(len(cases(key.type)[0].sorts) for key in before)


@dataclass(frozen=True)
class _Left:
    """What a set is before a round: for the members in question, what the round would leave as it is."""

    formals: tuple[Term, ...]
    unchanged: Term
    otherwise: Definition

    def __call__(self, *arguments: Term) -> Term:
        return self.unchanged if arguments == self.formals else self.otherwise(*arguments)


def _in_round(symbol: Symbol) -> Symbol:
    """Return a symbol for what a set is before a round; it is replaced before the loop's formulas are used."""
    return symbol.copy("before the round")


def _itself(symbol: Symbol) -> Definition:
    formals = tuple(variable(sort) for sort in symbol.arguments)
    return Definition(formals, symbol(*formals))


def _before(symbol: Symbol, definitions: Mapping[Symbol, Definition]) -> Definition:
    return definitions.get(symbol) or _itself(symbol)
