"""Show that a temporal formula follows from another of the same structure, part by part.

Every operator is monotone in its operands, except for negation, which is antitone. So a formula follows from one of the
same structure if each state predicate follows from its counterpart, or the reverse under an odd number of negations.
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
    """Return whether a formula follows from another by structure; False proves nothing."""
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

    All other names in it are renamed, so that none is captured by a name of the other statement.
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
