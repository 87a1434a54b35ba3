"""Does one temporal formula follow from another? Shown where both have one form, part by part.

Every operator grows with what it is applied to, but for the negation, which falls. So a formula follows from one of
the same form if each of its state predicates follows from the one in its place, or under a negation the other way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assay.checker.language.formulas import Formula, Happens, Not, Now, parts
from assay.checker.language.ir.nodes import Expr, Name, substituted, walk
from assay.checker.language.ir.program import TemporalIR

__all__ = ["follows_by_form", "with_parameters"]

Entails = Callable[[Expr, Expr], bool]
"""Whether a state predicate, the second, is known to follow from another one, whatever the parameters are."""


def follows_by_form(goal: Formula, premise: Formula, entails: Entails) -> bool:
    """Return whether a formula is shown to follow from another one. That it is not shown says nothing."""
    if goal == premise:
        return True
    match premise, goal:
        case Now(stronger), Now(weaker):
            return entails(stronger, weaker)
        case Not(operand), Not(other):
            return follows_by_form(operand, other, entails)
    same = type(goal) is type(premise) and bool(goal.operands)
    return same and all(
        follows_by_form(part, other, entails) for part, other in zip(goal.operands, premise.operands, strict=True)
    )


def with_parameters(said: TemporalIR, parameters: tuple[Name, ...]) -> Formula:
    """Return the formula of a statement with the parameters of another one.

    All other names in it are made new, so that none is taken for one of the other statement's.
    """
    names = {name: Name(f"{name.name} before", name.type) for inner in _inside(said.formula) for name in _names(inner)}
    return _renamed(said.formula, {**names, **dict(zip(said.parameters, parameters, strict=True))})


def _inside(formula: Formula) -> Iterator[Expr]:
    for part in parts(formula):
        if isinstance(part, Now):
            yield part.value
        elif isinstance(part, Happens):
            yield from (value for _, value in part.arguments if isinstance(value, Expr))


def _names(inner: Expr) -> Iterator[Name]:
    return (part for part in walk(inner) if isinstance(part, Name))


def _renamed(formula: Formula, names: Mapping[Name, Expr]) -> Formula:
    match formula:
        case Now(value):
            return Now(substituted(value, names))
        case Happens(action, arguments):
            given = ((name, substituted(v, names) if isinstance(v, Expr) else v) for name, v in arguments)
            return Happens(action, tuple(given))
    return type(formula)(*(_renamed(operand, names) for operand in formula.operands))
