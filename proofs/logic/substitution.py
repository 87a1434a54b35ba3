"""Replacing variables by terms, and symbols by definitions, without capture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assay.proofs.logic import connectives
from assay.proofs.logic.terms import Op, Symbol, Term, make

__all__ = ["Definition", "replace_symbols", "replace_variables"]


@dataclass(frozen=True)
class Definition:
    """What a symbol stands for: the body, for these arguments."""

    formals: tuple[Term, ...]
    body: Term

    def __call__(self, *arguments: Term) -> Term:
        """Return the body for some arguments."""
        return replace_variables(self.body, dict(zip(self.formals, arguments, strict=True)))

    def at(self, arguments: tuple[Term, ...]) -> Term:
        """Return the body for a tuple of arguments."""
        return self(*arguments)

    def anywhere(self, _: tuple[Term, ...]) -> Term:
        """Return the body, whatever the arguments."""
        return self.body


Definitions = Mapping[Symbol, Definition]


def replace_variables(term: Term, values: Mapping[Term, Term]) -> Term:
    """Return a term with its free variables replaced by terms."""
    return _Replacement(values, {}).of(term) if values else term


def replace_symbols(term: Term, definitions: Definitions) -> Term:
    """Return a term with the applications of symbols replaced by what they are defined to be."""
    return _Replacement({}, definitions).of(term) if definitions else term


class _Replacement:
    def __init__(self, values: Mapping[Term, Term], definitions: Definitions) -> None:
        self.values = values
        self.definitions = definitions
        self.touched = frozenset(values)
        self.defined = frozenset(definitions)
        self.done: dict[Term, Term] = {}

    def of(self, term: Term) -> Term:
        if self.touched.isdisjoint(term.free) and self.defined.isdisjoint(term.symbols):
            return term
        found = self.done.get(term)
        if found is None:
            found = self.done[term] = self._replaced(term)
        return found

    def _replaced(self, term: Term) -> Term:
        if term.op == Op.VARIABLE:
            return self.values.get(term, term)
        if term.op in (Op.FORALL, Op.EXISTS):
            return self._under_binder(term)
        args = tuple(self.of(arg) for arg in term.args)
        if term.op == Op.APPLY and term.of in self.definitions:
            return self.definitions[term.of](*args)
        return rebuilt(term, args)

    def _under_binder(self, term: Term) -> Term:
        from assay.proofs.logic.quantifiers import exists, for_all
        from assay.proofs.logic.terms import variable

        fresh = tuple(variable(bound.sort) for bound in term.of)
        values = {**self.values, **dict(zip(term.of, fresh, strict=True))}
        body = _Replacement(values, self.definitions).of(term.args[0])
        return (for_all if term.op == Op.FORALL else exists)(fresh, body)


_BUILT: dict[str, Callable[[tuple[Term, ...]], Term]] = {
    Op.NOT: lambda args: connectives.negation(*args),
    Op.AND: connectives.conjunction,
    Op.OR: connectives.disjunction,
    Op.EQUAL: lambda args: connectives.equal(*args),
    Op.ITE: lambda args: connectives.ite(*args),
    Op.ADD: connectives.add,
    Op.MULTIPLY: lambda args: connectives.multiply(*args),
    Op.AT_MOST: lambda args: connectives.at_most(*args),
    Op.DIVIDE: lambda args: connectives.divide(*args),
    Op.MODULO: lambda args: connectives.modulo(*args),
}


def rebuilt(term: Term, args: tuple[Term, ...]) -> Term:
    """Return the same operation on other operands, simplified."""
    build = _BUILT.get(term.op)
    return build(args) if build else make(term.op, term.sort, args, term.of)
