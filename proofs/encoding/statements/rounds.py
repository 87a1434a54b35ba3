"""Loops whose rounds may run in any order, executed all at once; the front end refuses those whose order matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assay.checker.immutable import immutable
from assay.checker.language.frontend.statements.accumulation import Accumulation, Reduction, accumulation
from assay.checker.language.frontend.statements.rounds import names_of_rounds
from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import BOOL
from assay.proofs.encoding.statements.effects import Execution
from assay.proofs.encoding.symbols.cases import Case, cases
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import Value
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, exists, for_all, replace_symbols, replace_variables
from assay.proofs.logic.terms import FALSE, TRUE, Symbol, Term, variable

__all__ = ["all_rounds", "only_grows"]

_Update = ir.SetUpdate | ir.Assign


@immutable
class _Loop:
    """A loop that is about to be executed.

    Attributes
    ----------
    node : For
        The statement.
    updates : mapping from str to statement
        A statement that changes each variable; if several do, one whose place lacks the loop's own key, if possible.
    names : tuple of Term
        The variables that stand for the element of a round.
    element : Value
        The element that they form.
    inside : Term
        The condition that there is such a round.
    """

    node: ir.For
    updates: Mapping[str, _Update]
    names: tuple[Term, ...]
    element: Value
    inside: Term


def all_rounds(e: Execution, node: ir.For) -> None:
    """Execute a loop.

    One round is executed, for a variable. A map whose entry is selected by that variable then has, for each key, the
    value from that key's round; a set has what it had before and what some round adds; a flag is true if it was before
    or some round makes it so. Elements of several cases, such as records with optional fields, come case by case: in
    which order rounds run does not matter.

    Raises
    ------
    Unencodable
        If the loop changes the entry that its variable selects, and its elements, or a key before that variable, come
        in several cases: then no fixed position among a symbol's arguments belongs to the variable.
    """
    updates = _updates(node)
    for loop in [_rounds(e, node, updates, case) for case in _cases(node, updates)]:
        _executed(e, loop)


def only_grows(statement: ir.Statement, node: ir.For) -> bool | None:
    """Return whether a statement of a loop only adds to a set or raises a flag.

    Returns
    -------
    bool or None
        True if it does, False if it only takes from a set or lowers a flag, None if it does anything else.
    """
    match statement:
        case ir.SetUpdate():
            return statement.change is ir.SetChange.ADD
        case ir.Assign(place) if place.type == BOOL:
            change = accumulation(statement, names_of_rounds(node))
            return None if change is None else _raises(change)
        case _:
            return None


def _raises(change: Accumulation) -> bool | None:
    """Return whether an accumulation makes a flag true; None if it depends on the flag what it makes of it."""
    match change:
        case Accumulation(Reduction.SOME) | Accumulation(Reduction.SAME, ir.Literal(True)):
            return True
        case Accumulation(Reduction.ALL) | Accumulation(Reduction.SAME, ir.Literal(False)):
            return False
        case _:
            return None


def _rounds(e: Execution, node: ir.For, updates: Mapping[str, _Update], case: Case) -> _Loop:
    """Return the rounds for those elements of one case that are in the domain before the loop."""
    names = tuple(variable(sort) for sort in case.sorts)
    element = case.build(names)
    inside, settle = e.choosing(lambda: e.context.member(element, node.domain))
    return _Loop(node, updates, names, element, settle(inside))


def _cases(node: ir.For, updates: Mapping[str, _Update]) -> Sequence[Case]:
    found = cases(node.domain.element)
    if len(found) != 1 and any(node.variable in update.place.keys for update in updates.values()):
        what = f"a loop that changes the entry of each {node.domain.element}"
        raise Unencodable(what, node.location, finite=True)
    return found


def _updates(node: ir.For) -> dict[str, _Update]:
    found: dict[str, _Update] = {}
    for part in ir.walk(node.body):
        place = getattr(part, "place", None)
        if isinstance(part, ir.Statement) and isinstance(place, ir.Place):
            old = found.get(place.variable)
            if old is None or node.variable in old.place.keys:
                found[place.variable] = part  # type: ignore[assignment]
    return found


def _executed(e: Execution, loop: _Loop) -> None:
    """Execute a round on a state in which nothing is known about the sets that other rounds also change."""
    c, grown = e.context, _grown(e, loop)
    before, locals_, guards, path, failures = dict(c.definitions), dict(c.names), e.guards, e.path, e.failures
    around, e.around = e.around, (*e.around, *failures)
    started = {**before, **{symbol: _itself(_in_round(symbol)) for symbol in grown}}
    c.definitions, e.guards, e.failures, e.path = dict(started), [], [], (*path, *guards, loop.inside)
    c.names[loop.node.variable.name] = loop.element
    e.statement(loop.node.body)
    # The body was executed for a variable. In its formulas, a symbol of its own (`_in_round`) stands for whatever it
    # read of a set that other rounds change. Only now is that symbol replaced, by what the set was before the loop.
    after, required, raised = c.definitions, logic.conjunction(e.guards), e.failures
    c.definitions, c.names, e.failures, e.path, e.around = dict(before), locals_, failures, path, around
    known = {_in_round(symbol): before.get(symbol) or _itself(symbol) for symbol in grown}
    e.guards = [*guards, for_all(loop.names, logic.implies(loop.inside, replace_symbols(required, known)))]
    for failure in raised:
        e.failures.append(replace(failure, condition=exists(loop.names, replace_symbols(failure.condition, known))))
    for symbol, definition in after.items():
        # Compared by identity: the very same definition means that no round changed it.
        if definition is not started.get(symbol):
            _define(e, loop, symbol, definition, known)


def _grown(e: Execution, loop: _Loop) -> list[Symbol]:
    """Return the relations of the sets and flags that several rounds may change, not each under a key of its own."""
    return [
        symbol
        for name, update in loop.updates.items()
        if loop.node.variable not in update.place.keys and only_grows(update, loop.node) is not None
        for symbol in e.context.theory.layout(name, update.location).leaves()
    ]


def _define(
    e: Execution, loop: _Loop, symbol: Symbol, definition: Definition, known: Mapping[Symbol, Definition]
) -> None:
    """Define a symbol after the loop from what one round makes of it.

    Of a set that rounds add to or discard from, a round reads only whether the set holds the round's own element. No
    other round changes that, so it reads what was there before the loop. It is different for a member that the round
    neither adds nor discards: there the set is what the rounds before have left.
    """
    update = _update(e, loop, symbol)
    formals = tuple(variable(sort) for sort in symbol.arguments)
    old, new = e.context.apply(symbol, formals), definition(*formals)
    if loop.node.variable in update.place.keys:
        _demand_one_case(loop.node, update.place)
        start, new = _position(loop.node, update.place), replace_symbols(new, known)
        selected = dict(zip(loop.names, formals[start:], strict=False))
        body = logic.ite(replace_variables(loop.inside, selected), replace_variables(new, selected), old)
    elif only_grows(update, loop.node):
        added = replace_symbols(new, {**known, _in_round(symbol): _Left(formals, FALSE, known[_in_round(symbol)])})
        body = logic.disjunction((old, exists(loop.names, logic.conjunction((loop.inside, added)))))
    else:
        kept = replace_symbols(new, {**known, _in_round(symbol): _Left(formals, TRUE, known[_in_round(symbol)])})
        body = logic.conjunction((old, for_all(loop.names, logic.implies(loop.inside, kept))))
    e.context.define(symbol, formals, body)


def _update(e: Execution, loop: _Loop, symbol: Symbol) -> _Update:
    layouts = e.context.theory.layouts
    name = next(name for name in loop.updates if symbol in tuple(layouts[name].leaves()))
    return loop.updates[name]


def _demand_one_case(node: ir.For, place: ir.Place) -> None:
    """Refuse keys before the loop's own whose number of arguments depends on their value."""
    for key in place.keys[: place.keys.index(node.variable)]:
        if len(cases(key.type)) > 1:
            raise Unencodable(f"a loop over one key behind {key.type}", node.location, finite=True)


def _position(node: ir.For, place: ir.Place) -> int:
    """Return which of a symbol's arguments the loop's variable selects."""
    before = place.keys[: place.keys.index(node.variable)]
    return sum(len(cases(key.type)[0].sorts) for key in before)


@immutable
class _Left:
    """A set before a round, with a fixed answer for the members in question.

    Starting from *not in the set*, the round shows what it adds; from *in the set*, what it leaves.
    """

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
