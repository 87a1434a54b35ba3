"""What the rounds of a loop make together, where each of them only accumulates: told without naming the rounds.

Every reduction here is idempotent, and its steps commute. So it suffices to know what each round by itself would make
of the value before the loop: of all rounds together comes whether some makes it true, the largest of what they make,
and so on.
"""

from __future__ import annotations

from assay.checker.immutable import immutable
from assay.checker.language.frontend.statements.accumulation import Accumulation, Reduction, accumulation, mentions
from assay.checker.language.frontend.statements.rounds import accumulation_in, names_of_rounds
from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import BOOL, IntType, OptionalType, SortType, Type
from assay.proofs.encoding.expressions.comparisons import at_most
from assay.proofs.encoding.statements.effects import Execution
from assay.proofs.encoding.symbols.values import Atom, Optional, Value, are_equal, choose, mapped
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import exists, for_all
from assay.proofs.logic.terms import FALSE, TRUE, Term, variable

__all__ = ["Rounds", "only_grows", "reduced", "reduction_in", "reduction_of"]


@immutable
class Rounds:
    """The rounds of a loop.

    Attributes
    ----------
    names : tuple of Term
        The variables that stand for the element of a round.
    inside : Term
        The condition that there is such a round.
    """

    names: tuple[Term, ...]
    inside: Term

    def some(self, condition: Term) -> Term:
        """Return whether something is true of some round."""
        return exists(self.names, logic.conjunction((self.inside, condition)))

    def all(self, condition: Term) -> Term:
        """Return whether something is true of every round."""
        return for_all(self.names, logic.implies(self.inside, condition))


# Which reductions are told at once


def reduction_of(statement: ir.Statement, loop: ir.For) -> Accumulation | None:
    """Return how a statement of a loop accumulates; None if that takes the rounds one by one, as a sum does.

    Raising a flag counts as accumulating *some*, and lowering it as *all*.
    """
    match statement:
        case ir.SetUpdate():
            return accumulation(statement, names_of_rounds(loop))
        case ir.Assign(place):
            return _told_at_once(accumulation(statement, names_of_rounds(loop)), ir.Read(place))
        case _:
            return None


def reduction_in(name: ir.Name, loop: ir.For) -> Accumulation | None:
    """Return how a loop accumulates in a local name; None if that takes the rounds one by one."""
    return _told_at_once(accumulation_in(name.name, loop), name)


def only_grows(statement: ir.Statement, loop: ir.For) -> bool | None:
    """Return whether a statement of a loop only adds to a set or raises a flag.

    Returns
    -------
    bool or None
        True if it does, False if it only takes from a set or lowers a flag, None if it does anything else.
    """
    match reduction_of(statement, loop):
        case Accumulation(Reduction.UNION | Reduction.SOME):
            return True
        case Accumulation(Reduction.DIFFERENCE | Reduction.INTERSECTION | Reduction.ALL):
            return False
        case _:
            return None


def _told_at_once(found: Accumulation | None, target: ir.Name | ir.Read) -> Accumulation | None:
    match found:
        case Accumulation(Reduction.SAME, ir.Literal(value)) if target.type == BOOL:
            return Accumulation(Reduction.SOME if value else Reduction.ALL)
        case Accumulation(Reduction.SAME, ir.Expr() as value) if not mentions(value, target):
            return found
        case Accumulation(Reduction.SOME | Reduction.ALL):
            return found
        case Accumulation(Reduction.LARGEST | Reduction.SMALLEST) if isinstance(
            _compared(target.type), IntType | SortType
        ):
            return found
        case _:
            return None


def _compared(type_: Type) -> Type:
    return type_.inner if isinstance(type_, OptionalType) else type_


# What they leave


def reduced(e: Execution, how: Accumulation, type_: Type, rounds: Rounds, before: Value, made: Value) -> Value:
    """Return the value after a loop.

    Parameters
    ----------
    e : Execution
        The execution, up to the loop: a largest or smallest value becomes a symbol of the action.
    how : Accumulation
        What `reduction_of` or `reduction_in` returned.
    type_ : Type
        The type of the value.
    rounds : Rounds
        The rounds.
    before : Value
        The value before the loop.
    made : Value
        What a round makes of the value before the loop, if no other round is there.
    """
    match how:
        case Accumulation(Reduction.SOME):
            return Atom(logic.disjunction((_term(before), rounds.some(_term(made)))))
        case Accumulation(Reduction.ALL):
            return Atom(logic.conjunction((_term(before), rounds.all(_term(made)))))
        case Accumulation(Reduction.SAME, ir.Expr() as value):
            # A round that does not assign it leaves what was there. If that is the same value, it makes no difference.
            given = e.computed(value)
            return choose(rounds.some(are_equal(made, given)), given, before)
        case _:
            return _extreme(e, type_, rounds, before, made, largest=how.reduction is Reduction.LARGEST)


def _term(value: Value) -> Term:
    assert isinstance(value, Atom)
    return value.term


def _extreme(e: Execution, type_: Type, rounds: Rounds, before: Value, made: Value, *, largest: bool) -> Value:
    """Return the largest or smallest of a value and what rounds make of it, where None is less than nothing.

    It is a new symbol, of which is known that it is one of them and that none is beyond it. There is always one: a loop
    has finitely many rounds.
    """
    (had, old), (has, new) = _optional(before), _optional(made)
    if new is None:
        return before  # no round finds anything
    present = logic.disjunction((had, rounds.some(has)))
    best = variable(new.sort)

    def at_best(there: Term, value: Term | None) -> tuple[Term, Term]:
        """Return whether a value is there and the best, and whether it is not beyond the best."""
        if value is None:
            return FALSE, TRUE
        low, high = (value, best) if largest else (best, value)
        within = at_most(low, high, _compared(type_))
        return logic.conjunction((there, logic.equal(value, best))), logic.implies(there, within)

    (is_old, old_within), (is_new, new_within) = at_best(had, old), at_best(has, new)
    meaning = (logic.disjunction((is_old, rounds.some(is_new))), old_within, rounds.all(new_within))

    def found() -> Value:
        e.context.pending.append((best, logic.implies(present, logic.conjunction(meaning))))
        return Optional(present, Atom(best)) if isinstance(type_, OptionalType) else Atom(best)

    value, settle = e.choosing(found)
    return mapped(value, settle)


def _optional(value: Value) -> tuple[Term, Term | None]:
    """Return whether a value is there, and which one it is, unless it certainly is None."""
    if not isinstance(value, Optional):
        return TRUE, _term(value)
    return value.present, None if value.value is None else _term(value.value)
