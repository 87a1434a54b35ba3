"""The symbolic execution of an action so far: its guards, updates and choices, and the ways in which it raises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from assay.checker.errors import Location
from assay.checker.language.ir import nodes as ir
from assay.proofs.encoding.expressions.context import Context, Target
from assay.proofs.encoding.expressions.definedness import Failure, failures
from assay.proofs.encoding.expressions.places import targets
from assay.proofs.encoding.symbols.values import Value, mapped
from assay.proofs.encoding.symbols.vocabulary import Chosen
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, replace_variables
from assay.proofs.logic.terms import FALSE, Symbol, Term, variable

__all__ = ["Execution"]

_T = TypeVar("_T")


@dataclass
class Execution:
    """The outcome of executing statements on symbols up to some point.

    Attributes
    ----------
    context : Context
        The current state, and what names stand for.
    execute : callable
        Executes one statement: see `assay.proofs.encoding.statements.forms`.
    guards : list of Term
        The conditions required so far.
    witnesses : list of Symbol
        Values chosen on the way, such as a maximum, as functions of the variables of the surrounding loops.
    path : tuple of Term
        What is known at the statement besides the guards: the tests of the branches around it.
    failures : list of Failure
        The ways in which the model's own code raises.
    around : tuple of Failure
        Those that were met before the loops whose round this is.
    given : set of str
        The local names that statements assigned; names bound by a quantifier are gone after it.
    """

    context: Context
    execute: Callable[[Execution, ir.Statement], None]
    guards: list[Term] = field(default_factory=list)
    witnesses: list[Symbol] = field(default_factory=list)
    path: tuple[Term, ...] = ()
    failures: list[Failure] = field(default_factory=list)
    around: tuple[Failure, ...] = ()
    given: set[str] = field(default_factory=set)

    def statement(self, node: ir.Statement) -> None:
        """Execute one statement."""
        self.execute(self, node)

    # Definedness

    def demand_defined(self, node: ir.Node) -> None:
        """Record when evaluating the expressions of a node raises, and from here on assume that it does not."""
        self._demand_right_keys(node)
        for failure in failures(self.context, node):
            self.fails(failure)

    def _demand_right_keys(self, node: ir.Node) -> None:
        """Record when a node reads or replaces a map that has a wrong key by now.

        In Python such a map has one entry more, of which formulas know nothing: they cannot tell what the code does,
        nor whether the entry is still there in the end.
        """
        stored = [failure for failure in (*self.around, *self.failures) if failure.stored_in]
        used = _read_or_replaced(node) if stored else {}
        for name, location in used.items():
            wrong = logic.disjunction(failure.condition for failure in stored if failure.stored_in == name)
            what = f"what follows from a wrong key of {name}"
            self.fails(Failure(wrong, what, location, remedy="require a right key first"))

    def fails(self, failure: Failure) -> None:
        """Record when the model's own code raises, and from here on assume that it does not."""
        here = logic.conjunction((*self.path, *self.guards, failure.condition))
        if here is not FALSE:
            self.failures.append(replace(failure, condition=here))
            if not failure.stored_in:
                self.guards.append(logic.negation(failure.condition))

    def end(self) -> None:
        """Settle the late failures, met only when the action is over: where a guard disables it, none occurs."""
        enabled = tuple(self.guards)
        for index, failure in enumerate(self.failures):
            if failure.stored_in:
                self.failures[index] = replace(failure, condition=logic.conjunction((*enabled, failure.condition)))
                self.guards.append(logic.negation(failure.condition))

    # Values

    def computed(self, expr: ir.Expr) -> Value:
        """Return the value of an expression; values chosen on the way become symbols of the action."""
        value, settle = self.choosing(lambda: self.context.value(expr))
        return mapped(value, settle)

    def places(self, place: ir.Place) -> list[Target]:
        """Return the possible targets of a place, as `targets` does; values that its keys choose become symbols."""
        found, settle = self.choosing(lambda: targets(self.context, place))
        return [(settle(test), tuple(map(settle, arguments)), layout) for test, arguments, layout in found]

    def choosing(self, build: Callable[[], _T]) -> tuple[_T, Callable[[Term], Term]]:
        """Build something; return it, and a function that replaces pending variables with symbols.

        Each becomes a symbol of its own, a function of the variables of the loops around it.
        """
        saved, self.context.pending = self.context.pending, []
        built = build()
        pending, self.context.pending = self.context.pending, saved
        names = frozenset(name for name, _ in pending)
        around = sorted({v for _, meaning in pending for v in meaning.free} - names, key=lambda v: v.number)
        chosen: dict[Term, Term] = {}
        for name, _ in pending:
            witness = Symbol(Chosen(len(self.witnesses) + 1), tuple(v.sort for v in around), name.sort)
            self.witnesses.append(witness)
            chosen[name] = witness(*around)
        self.guards += [replace_variables(meaning, chosen) for _, meaning in pending]
        return built, lambda term: replace_variables(term, chosen)

    # Changes

    def redefine(
        self, symbol: Symbol, test: Term, arguments: Sequence[Term], body: Callable[[tuple[Term, ...]], Term]
    ) -> None:
        """Change a symbol for these first arguments, if a test is true."""
        self.context.theory.allowance.spend()
        formals = tuple(variable(sort) for sort in symbol.arguments)
        old = self.context.apply(symbol, formals)
        here = logic.conjunction([test, *map(logic.equal, formals, arguments)])
        self.context.define(symbol, formals, logic.ite(here, body(formals[len(arguments) :]), old))

    def write(self, symbol: Symbol, test: Term, arguments: Sequence[Term], term: Term) -> None:
        """Set a symbol to a term for these first arguments, if a test is true."""
        self.redefine(symbol, test, arguments, Definition((), term).anywhere)


def _read_or_replaced(node: ir.Node) -> dict[str, Location | None]:
    """Return the variables that a node reads in the current state or assigns a container, each with a place.

    A scalar that is assigned removes no entry, and reads none.
    """
    read: list[ir.Node] = [node]
    if isinstance(node, ir.Assign):
        looked_up = len(node.place.keys) > 1  # the inner map, in which the entry is stored
        read = [node.value, *([node.place] if looked_up else node.place.keys)]
    places = (part for root in read for part in ir.walk(root) if isinstance(part, ir.Place))
    return {place.variable: place.location or node.location for place in places if place.root is ir.Root.STATE}
