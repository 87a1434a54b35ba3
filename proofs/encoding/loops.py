"""Loops over sorts and sets, all rounds at once: the front end has seen to it that their order does not matter."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from assay.checker.language.ir import nodes as ir
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
            raise self.execution.blocked(f"a loop over {self.node.domain.element}", self.node.location, finite=True)
        self._rounds(found[0])

    def _rounds(self, case: Case) -> None:
        execution = self.execution
        names = [variable(sort) for sort in case.sorts]
        value = case.build(names)
        inside = execution.member(value, self.node.domain)
        before, locals_, guards = execution.definitions, dict(execution.names), execution.guards
        rounds = {**before, **{symbol: _itself(_round(symbol)) for symbol in self._grown()}}
        execution.definitions, execution.guards = dict(rounds), []
        execution.names[self.node.variable.name] = value
        execution.statement(self.node.body)
        after, required = execution.definitions, logic.conjunction(execution.guards)
        execution.names, execution.definitions = locals_, dict(before)
        execution.guards = [*guards, for_all(names, logic.implies(inside, required))]
        for symbol, definition in after.items():
            if definition is not rounds.get(symbol):
                self._all_rounds(symbol, definition, names, inside)

    def _grown(self) -> list[Symbol]:
        """Return the relations of the sets that rounds add to or discard from, other than under their own key."""
        return [
            symbol
            for name, update in self.updates.items()
            if isinstance(update, ir.SetUpdate) and self.node.variable not in update.place.keys
            for symbol in self.execution.theory.layout(name, update.location).leaves()
        ]

    def _all_rounds(self, symbol: Symbol, definition: Definition, names: list[Term], inside: Term) -> None:
        execution, update = self.execution, self._update(symbol)
        formals = tuple(variable(sort) for sort in symbol.arguments)
        old, new = execution.apply(symbol, formals), definition(*formals)
        if self.node.variable in update.place.keys:
            self._demand_one_case(update.place)
            start = self._position(update.place)
            selected = dict(zip(names, formals[start:], strict=False))
            body = logic.ite(replace_variables(inside, selected), replace_variables(new, selected), old)
        elif update.operator == "add":  # type: ignore[union-attr]
            added = replace_symbols(new, {_round(symbol): _never(symbol, FALSE)})
            body = logic.disjunction((old, exists(names, logic.conjunction((inside, added)))))
        else:
            kept = replace_symbols(new, {_round(symbol): _never(symbol, TRUE)})
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
                raise self.execution.blocked(f"a loop over one key behind {key.type}", self.node.location, finite=True)

    def _position(self, place: ir.Place) -> int:
        """Return which of a symbol's arguments the loop's variable selects."""
        before = place.keys[: place.keys.index(self.node.variable)]
        return sum(len(cases(key.type)[0].sorts) for key in before)


def _round(symbol: Symbol) -> Symbol:
    return symbol.copy("before the round")


def _itself(symbol: Symbol) -> Definition:
    formals = tuple(variable(sort) for sort in symbol.arguments)
    return Definition(formals, symbol(*formals))


def _never(symbol: Symbol, value: Term) -> Definition:
    return Definition(tuple(variable(sort) for sort in symbol.arguments), value)
