"""The symbolic execution of an action so far: its guards, updates and choices, and where it raises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

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
    """Statements, executed on symbols up to a point.

    Attributes
    ----------
    context : Context
        The current state, and what names stand for.
    execute : callable
        Executes one statement: see `assay.proofs.encoding.statements.forms`.
    guards : list of Term
        What has been required.
    witnesses : list of Symbol
        What was chosen on the way, such as a maximum; a function of the variables of the loops around it.
    path : tuple of Term
        What is known where the statement stands, beside the guards: the tests of the branches around it.
    failures : list of Failure
        Where the model's own code raises.
    given : set of str
        The local names that statements gave a value: of what a quantifier bound, none is left behind it.
    """

    context: Context
    execute: Callable[[Execution, ir.Statement], None]
    guards: list[Term] = field(default_factory=list)
    witnesses: list[Symbol] = field(default_factory=list)
    path: tuple[Term, ...] = ()
    failures: list[Failure] = field(default_factory=list)
    given: set[str] = field(default_factory=set)

    def statement(self, node: ir.Statement) -> None:
        """Execute one statement."""
        self.execute(self, node)

    # Definedness

    def demand_defined(self, node: ir.Node) -> None:
        """Record where evaluating the expressions of a node raises, and continue where it does not."""
        for failure in failures(self.context, node):
            self.fails(failure)

    def fails(self, failure: Failure) -> None:
        """Record where the model's own code raises, and continue where it does not."""
        here = logic.conjunction((*self.path, *self.guards, failure.condition))
        if here is not FALSE:
            self.failures.append(replace(failure, condition=here))
            self.guards.append(logic.negation(failure.condition))

    # Values

    def computed(self, expr: ir.Expr) -> Value:
        """Return the value of an expression; what it chooses on the way becomes symbols of the action."""
        value, settle = self.choosing(lambda: self.context.value(expr))
        return mapped(value, settle)

    def places(self, place: ir.Place) -> list[Target]:
        """Return where a place may be, as `targets` does; what its keys choose becomes symbols of the action."""
        found, settle = self.choosing(lambda: targets(self.context, place))
        return [(settle(test), tuple(map(settle, arguments)), layout) for test, arguments, layout in found]

    def choosing(self, build: Callable[[], _T]) -> tuple[_T, Callable[[Term], Term]]:
        """Build something; return it, and what puts symbols in place of the variables that are pending in it.

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
        """Change a symbol where its first arguments are these, and a test is true."""
        self.context.theory.allowance.spend()
        formals = tuple(variable(sort) for sort in symbol.arguments)
        old = self.context.apply(symbol, formals)
        here = logic.conjunction([test, *map(logic.equal, formals, arguments)])
        self.context.define(symbol, formals, logic.ite(here, body(formals[len(arguments) :]), old))

    def write(self, symbol: Symbol, test: Term, arguments: Sequence[Term], term: Term) -> None:
        """Make a symbol a term where its first arguments are these, and a test is true."""
        self.redefine(symbol, test, arguments, Definition((), term).anywhere)
