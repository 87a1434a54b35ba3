"""From actions to transitions: a guard, and each changed symbol as a function of the state before.

Then weakest preconditions are substitutions: to say something about the state after a step, replace each symbol in the
formula with what it becomes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assay.checker.errors import InternalError, Location
from assay.checker.immutable import immutable
from assay.checker.language.ir import nodes as ir
from assay.checker.language.ir.program import ActionIR
from assay.checker.language.types import IntType, Type, is_container
from assay.proofs.encoding.expressions.context import Context
from assay.proofs.encoding.expressions.definedness import Failure
from assay.proofs.encoding.expressions.forms import FORMS
from assay.proofs.encoding.statements.effects import Execution
from assay.proofs.encoding.statements.forms import execute
from assay.proofs.encoding.symbols.bounds import fits
from assay.proofs.encoding.symbols.cases import cases
from assay.proofs.encoding.symbols.layout import Layout
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.universes import in_type
from assay.proofs.encoding.symbols.values import Value
from assay.proofs.encoding.symbols.vocabulary import Argument
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition
from assay.proofs.logic.terms import Symbol, Term

__all__ = ["Transition", "transition"]

_Arguments = tuple[tuple[str, Value, tuple[Symbol, ...], str], ...]
"""For each parameter: its name, its value, the symbols that the value is made of, and which case it is of several."""


@immutable
class Transition:
    """The transition that an action takes.

    Attributes
    ----------
    name : str
        The action.
    parameters : tuple of (name, Value or Layout)
        Its arguments: values made of constants or, for a container, its symbols.
    constants : tuple of Symbol
        Those constants, and symbols for values chosen on the way, such as a maximum.
    guard : Term
        The condition under which it is enabled.
    definitions : dict from Symbol to Definition
        For each symbol that it changes, what the symbol becomes.
    location : Location, optional
        Its place in the source.
    failures : tuple of Failure
        The ways in which the model's own code raises during the action; the guard is false in these cases.
    case : str
        Which case of its parameters it is, as in ``m: Promise``, if there are several.
    """

    name: str
    parameters: tuple[tuple[str, Value | Layout], ...]
    constants: tuple[Symbol, ...]
    guard: Term
    definitions: dict[Symbol, Definition]
    location: Location | None = None
    failures: tuple[Failure, ...] = ()
    case: str = ""

    @property
    def failure(self) -> Term:
        """The condition under which the model's own code raises during the action, in any way."""
        return logic.disjunction(failure.condition for failure in self.failures)

    @property
    def doubt(self) -> Term:
        """The condition under which the formulas cannot tell whether the code raises."""
        return logic.disjunction(failure.condition for failure in self.failures if failure.remedy)


def transition(
    theory: Theory,
    action: ActionIR,
    definitions: Mapping[Symbol, Definition] | None = None,
    guards: Sequence[Term] = (),
) -> Iterator[Transition]:
    """Yield the transitions of an action, one for each case of its parameters.

    Parameters
    ----------
    theory : Theory
        The vocabulary.
    action : ActionIR
        The action, or a method that makes initial states.
    definitions : mapping from Symbol to Definition, optional
        What the symbols are before the action.
    guards : sequence of Term
        What is known before the action.
    """
    scalars = [name for name in action.parameters if not is_container(name.type)]
    for arguments in _combinations(scalars):
        e = Execution(Context(theory, FORMS, dict(definitions or {}), dict(definitions or {})), execute, list(guards))
        yield _executed(e, action, arguments)


def _executed(e: Execution, action: ActionIR, arguments: _Arguments) -> Transition:
    e.context.names.update({name: value for name, value, *_ in arguments})
    values: dict[str, Value | Layout] = {}
    constants = [symbol for _, _, symbols, _ in arguments for symbol in symbols]
    left = iter(arguments)
    for name in action.parameters:
        if is_container(name.type):
            values[name.name] = layout = _chosen(e, name)
            constants += layout.leaves()
        else:
            _, value, symbols, _ = next(left)
            values[name.name] = value
            e.context.ranges.update(_ranges(name.type, symbols))
            # A constant of a sort of numbers may be any number, but an argument is always in its range.
            e.guards.append(in_type(e.context.theory, name.type, value))
    e.statement(action.body)
    e.end()
    made = Transition(
        action.name,
        tuple(values.items()),
        (*constants, *e.witnesses),
        logic.conjunction(e.guards),
        _changes(e.context.definitions),
        action.location,
        tuple(e.failures),
        ", ".join(f"{name}: {label}" for name, _, _, label in arguments if label),
    )
    _demand_closed(made)
    return made


def _demand_closed(made: Transition) -> None:
    """Refuse a formula with a variable that nothing binds: it would say something about any value, not about a step."""
    found = [made.guard.free, *(failure.condition.free for failure in made.failures)]
    found += [definition.body.free - {*definition.formals} for definition in made.definitions.values()]
    if any(found):
        raise InternalError(f"the formulas of {made.name} mention a variable that nothing binds")


def _chosen(e: Execution, name: ir.Name) -> Layout:
    """Return the symbols of a container that is a parameter: any relation or function within its bounds."""
    theory = e.context.theory
    try:
        layout = theory.lay_out(name.name, name.type)
        e.guards.append(fits(theory, layout))
    except Unencodable as error:
        raise Unencodable(f"{name.name}, a {name.type},", name.location, finite=error.finite) from None
    e.context.chosen[name.name] = layout
    return layout


def _combinations(names: Sequence[ir.Name]) -> Iterator[_Arguments]:
    """Yield the arguments, one tuple for each combination of their cases."""
    if not names:
        yield ()
        return
    first, rest = names[0], names[1:]
    possible = cases(first.type)
    for which, case in enumerate(possible):
        shown = [f"{case.label}.{i}" if len(case.sorts) > 1 else case.label for i in range(len(case.sorts))]
        symbols = tuple(Symbol(Argument(first.name, which, i, shown[i]), (), sort) for i, sort in enumerate(case.sorts))
        value = case.build([symbol() for symbol in symbols])
        label = case.label.removeprefix(".") if len(possible) > 1 else ""
        for others in _combinations(rest):
            yield ((first.name, value, symbols, label), *others)


def _ranges(type_: Type, symbols: Sequence[Symbol]) -> dict[Term, IntType]:
    """Return the ranges of the parts of an argument, given the case whose symbols these are."""
    case = next(case for case in cases(type_) if case.sorts == tuple(symbol.result for symbol in symbols))
    return {symbol(): range_ for symbol, range_ in zip(symbols, case.ranges, strict=True) if range_ is not None}


def _changes(definitions: dict[Symbol, Definition]) -> dict[Symbol, Definition]:
    """Return the definitions that change something."""
    return {s: d for s, d in definitions.items() if d.body is not s(*d.formals)}
