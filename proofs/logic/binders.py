"""Quantifiers and substitution: what binds a variable, and replacing variables and symbols without capture.

A quantifier is simplified by the one-point rule, and merged with one directly inside it. The numbers of its variables
start from the number of variables bound inside. So a bound variable's number is less than that of any variable bound
around it, and formulas that differ only in the names of bound variables are one object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assay.proofs.logic import connectives
from assay.proofs.logic.connectives import conjunction, disjunction, negation
from assay.proofs.logic.terms import (
    BOOL,
    FALSE,
    INT,
    TRUE,
    Counted,
    Op,
    Symbol,
    Term,
    make,
    number,
    numbered_variable,
    subterms,
    variable,
)

__all__ = ["Definition", "count", "exists", "for_all", "opened", "pulled", "rebuilt", "replace_symbols"]
__all__ += ["replace_variables"]


# Quantifiers


def exists(variables: Iterable[Term], body: Term) -> Term:
    """Return whether the body is true for some values of the variables."""
    return _quantified(Op.EXISTS, tuple(variables), body)


def for_all(variables: Iterable[Term], body: Term) -> Term:
    """Return whether the body is true for all values of the variables."""
    return _quantified(Op.FORALL, tuple(variables), body)


def opened(formula: Term) -> tuple[tuple[Term, ...], Term]:
    """Return a quantifier's variables, renamed so that they occur nowhere else, and its body."""
    fresh = tuple(variable(bound.sort) for bound in formula.of)
    return fresh, replace_variables(formula.args[0], dict(zip(formula.of, fresh, strict=True)))


def _quantified(op: Op, variables: tuple[Term, ...], body: Term) -> Term:
    variables = tuple(v for v in variables if v in body.free)
    if not variables:
        return body
    outer, inner = (Op.OR, Op.AND) if op is Op.EXISTS else (Op.AND, Op.OR)
    if body.op is outer:
        join = disjunction if op is Op.EXISTS else conjunction
        return join(_quantified(op, variables, part) for part in body.args)
    parts = body.args if body.op is inner else (body,)
    point = _point(op, variables, parts)
    if point is not None:
        name, value = point
        rest = tuple(v for v in variables if v is not name)
        return _quantified(op, rest, replace_variables(body, {name: value}))
    if body.op is op:
        fresh, inside = opened(body)
        return _quantified(op, (*variables, *fresh), inside)
    return _bound(op, variables, body)


def _point(op: Op, variables: Sequence[Term], parts: Sequence[Term]) -> tuple[Term, Term] | None:
    """Return a variable for which only one value matters, and that value."""
    for part in parts:
        equation = part if op is Op.EXISTS else negation(part)
        for name in variables:
            if equation is name or negation(equation) is name:
                return name, TRUE if equation is name else FALSE
            if equation.op is Op.EQUAL and name in equation.args:
                other = equation.args[1] if equation.args[0] is name else equation.args[0]
                if name not in other.free:
                    return name, other
    return None


def _bound(op: Op, variables: tuple[Term, ...], body: Term) -> Term:
    """Return the quantifier with its variables numbered.

    Renaming may simplify the body so that it binds fewer variables than before. Then the numbers are chosen again,
    since a number depends on how many variables are bound inside, and equal formulas must get equal numbers.
    """
    while True:
        names = tuple(numbered_variable(body.depth + index, v.sort) for index, v in enumerate(variables))
        renamed = replace_variables(body, dict(zip(variables, names, strict=True)))
        if renamed.depth == body.depth:
            return make(op, BOOL, (renamed,), names)
        variables = tuple(variable(name.sort) for name in names)
        body = replace_variables(renamed, dict(zip(names, variables, strict=True)))


def pulled(term: Term) -> Term:
    """Return an equivalent formula with quantifiers of one kind pulled together: ``all x: A or (all y: B)`` as one.

    Solvers instantiate an inner quantifier only after the outer one.
    """
    match term.op:
        case Op.AND | Op.OR:
            join = conjunction if term.op is Op.AND else disjunction
            return join(map(pulled, term.args))
        case Op.FORALL | Op.EXISTS:
            return _pulled(term) if term.depth > len(term.of) else term
        case _:
            return term


def _pulled(term: Term) -> Term:
    names, body = opened(term)
    body = pulled(body)
    inner = Op.OR if term.op is Op.FORALL else Op.AND
    if body.op is not inner:
        return _quantified(term.op, names, body)
    merged, flat = list(names), []
    for part in body.args:
        fresh, inside = opened(part) if part.op is term.op else ((), part)
        merged += fresh
        flat.append(inside)
    return _quantified(term.op, tuple(merged), (conjunction if inner is Op.AND else disjunction)(flat))


# Counts


def count(elements: Sequence[Term], body: Term) -> Term:
    """Return the number of values of the variables ``elements`` for which the body is true."""
    if body is FALSE:
        return number(0)
    formals = [term for term in subterms((body,)) if term in body.free and term not in elements]
    # The variables are numbered as a quantifier's are, so that counts of the same thing are the same symbol.
    named = {name: numbered_variable(body.depth + i, name.sort) for i, name in enumerate((*elements, *formals))}
    counted = Counted(
        tuple(named[name] for name in elements),
        tuple(named[name] for name in formals),
        replace_variables(body, named),
    )
    return Symbol(counted, tuple(name.sort for name in formals), INT)(*formals)


# Substitution


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


Definitions = Mapping[Symbol, Callable[..., Term]]


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
        if self.touched.isdisjoint(term.free) and self.defined.isdisjoint(term.mentioned):
            return term
        found = self.done.get(term)
        if found is None:
            found = self.done[term] = self._replaced(term)
        return found

    def _replaced(self, term: Term) -> Term:
        if term.op is Op.VARIABLE:
            return self.values.get(term, term)
        if term.op is Op.FORALL or term.op is Op.EXISTS:
            return self._under_binder(term)
        args = tuple(self.of(arg) for arg in term.args)
        if term.op is Op.APPLY and term.of in self.definitions:
            return self.definitions[term.of](*args)
        if term.op is Op.APPLY and isinstance(term.of.of, Counted) and not self.defined.isdisjoint(term.counted):
            return self._counted(term.of.of, args)
        return rebuilt(term, args)

    def _counted(self, counted: Counted, args: tuple[Term, ...]) -> Term:
        fresh = tuple(variable(name.sort) for name in counted.elements)
        values = dict(zip((*counted.elements, *counted.formals), (*fresh, *args), strict=True))
        return count(fresh, _Replacement(values, self.definitions).of(counted.body))

    def _under_binder(self, term: Term) -> Term:
        fresh = tuple(variable(bound.sort) for bound in term.of)
        values = {**self.values, **dict(zip(term.of, fresh, strict=True))}
        return _quantified(term.op, fresh, _Replacement(values, self.definitions).of(term.args[0]))


_BUILT: dict[Op, Callable[[tuple[Term, ...]], Term]] = {
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
