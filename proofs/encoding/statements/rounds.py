"""Loops whose rounds may run in any order, executed all at once; the front end refuses those whose order matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assay.checker.immutable import immutable
from assay.checker.language.frontend.statements.accumulation import keys_of
from assay.checker.language.ir import nodes as ir
from assay.checker.wording import article
from assay.proofs.encoding.expressions.sequences import room
from assay.proofs.encoding.statements.effects import Execution
from assay.proofs.encoding.statements.reductions import Rounds, only_grows, reduced, reduction_in, reduction_of
from assay.proofs.encoding.symbols.cases import Case, cases
from assay.proofs.encoding.symbols.layout import Layout, MapLayout, ScalarLayout, SeqLayout
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.values import Value, mapped
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, exists, for_all, replace_symbols, replace_variables
from assay.proofs.logic.terms import FALSE, TRUE, Symbol, Term, variable

__all__ = ["all_rounds"]

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

    @property
    def rounds(self) -> Rounds:
        """The rounds."""
        return Rounds(self.names, self.inside)

    def owns(self, update: _Update) -> bool:
        """Return whether each round changes only what its own key selects."""
        return self.node.variable in update.place.keys


def all_rounds(e: Execution, node: ir.For) -> None:
    """Execute a loop.

    One round is executed, for a variable. A map whose entry is selected by that variable then has, for each key, the
    value from that key's round; a set has what it had before and what some round adds; a flag is true if it was before
    or some round makes it so; other values, in the state and in local names, are `reduced`. Elements of several cases,
    such as records with optional fields, come case by case: in which order rounds run does not matter.

    Raises
    ------
    Unencodable
        If the loop changes the entry that its variable selects, and its elements, or a key before that variable, come
        in several cases: then no fixed position among a symbol's arguments belongs to the variable.
    """
    updates = _updates(node)
    for loop in [_rounds(e, node, updates, case) for case in _cases(node, updates)]:
        _executed(e, loop)


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
    """Execute a round on a state in which nothing is known about what other rounds also change."""
    c, shared = e.context, _shared(e, loop)
    before, locals_, guards, path, failures = dict(c.definitions), dict(c.names), e.guards, e.path, e.failures
    around, e.around = e.around, (*e.around, *failures)
    started = {**before, **{symbol: _itself(_in_round(symbol)) for symbol in shared}}
    c.definitions, e.guards, e.failures, e.path = dict(started), [], [], (*path, *guards, loop.inside)
    c.names[loop.node.variable.name] = loop.element
    e.statement(loop.node.body)
    # The body was executed for a variable. In its formulas, a symbol of its own (`_in_round`) stands for whatever it
    # read of what other rounds change. Only now is that symbol replaced, by what it was before the loop.
    after, made, required, raised = c.definitions, c.names, logic.conjunction(e.guards), e.failures
    c.definitions, c.names, e.failures, e.path, e.around = dict(before), dict(locals_), failures, path, around
    known = {_in_round(symbol): before.get(symbol) or _itself(symbol) for symbol in shared}
    e.guards = [*guards, loop.rounds.all(replace_symbols(required, known))]
    for failure in raised:
        e.failures.append(replace(failure, condition=exists(loop.names, replace_symbols(failure.condition, known))))
    # Compared by identity: the very same definition means that no round changed it.
    changed = {symbol: new for symbol, new in after.items() if new is not started.get(symbol)}
    names = _accumulated(e, loop, made, known)
    _reduce(e, loop, changed, known)
    for symbol, definition in changed.items():
        if not _is_reduced(loop, _update(e, loop, symbol)):
            _define(e, loop, symbol, definition, known)
    c.names.update(names)


def _shared(e: Execution, loop: _Loop) -> list[Symbol]:
    """Return the symbols of what several rounds may change, not each under a key of its own."""
    return [
        symbol
        for name, update in loop.updates.items()
        if not loop.owns(update)
        for symbol in e.context.theory.layout(name, update.location).leaves()
    ]


def _is_reduced(loop: _Loop, update: _Update) -> bool:
    """Return whether a variable is neither changed entry by entry nor only grows or shrinks."""
    return not loop.owns(update) and only_grows(update, loop.node) is None


def _accumulated(
    e: Execution, loop: _Loop, made: Mapping[str, Value], known: Mapping[Symbol, Definition]
) -> dict[str, Value]:
    """Return the local names in which rounds accumulate, with their values after the loop."""
    found, before = {}, e.context.names
    assigned = {part.variable for part in ir.walk(loop.node.body) if isinstance(part, ir.AssignLocal)}
    for name in sorted(assigned, key=lambda name: name.name):
        how = reduction_in(name, loop.node)
        if how is None or name.name not in before or made[name.name] == before[name.name]:
            continue
        new = mapped(made[name.name], lambda term: replace_symbols(term, known))
        found[name.name] = reduced(e, how, name.type, loop.rounds, before[name.name], new)
    return found


def _reduce(
    e: Execution, loop: _Loop, changed: Mapping[Symbol, Definition], known: Mapping[Symbol, Definition]
) -> None:
    """Define the symbols of scalars that are neither flags nor changed entry by entry."""
    c = e.context

    def after(symbol: Symbol, arguments: Sequence[Term]) -> Term:
        new = changed.get(symbol)
        return c.apply(symbol, arguments) if new is None else replace_symbols(new(*arguments), known)

    for name, update in loop.updates.items():
        if not _is_reduced(loop, update):
            continue
        how = reduction_of(update, loop.node)
        assert how is not None
        for layout in _scalars(c.theory.layout(name, update.location)):
            symbols = tuple(layout.leaves())
            if changed.keys().isdisjoint(symbols):
                continue
            formals = tuple(variable(sort) for sort in symbols[0].arguments)
            guards, e.guards = e.guards, []
            old, new = layout.read(formals, c.apply), layout.read(formals, after)
            names, c.names = c.names, {**c.names, **dict(_keys(loop.node, update.place, formals))}
            value = reduced(e, how, layout.type, loop.rounds, old, new)
            c.names = names
            e.guards = [*guards, for_all(formals, logic.conjunction(e.guards))]
            for symbol, term in layout.written(value):
                c.define(symbol, formals, term)


def _keys(node: ir.For, place: ir.Place, formals: Sequence[Term]) -> Iterator[tuple[str, Value]]:
    """Yield the names of a place's keys, with what they are at an entry: of several cases, none is told by position."""
    start = 0
    for key, name in keys_of(place):
        first, *others = cases(key.type)
        if others:
            raise Unencodable(f"a loop over keys of which each is {article(str(key.type))}", node.location, finite=True)
        yield name.name, first.build(formals[start : start + len(first.sorts)])
        start += len(first.sorts)


def _scalars(layout: Layout) -> Iterator[ScalarLayout]:
    """Yield the scalars of a variable: the variable itself, or the values of a map."""
    match layout:
        case ScalarLayout():
            yield layout
        case MapLayout(_, parts):
            for _, part in parts:
                yield from _scalars(part)


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
    if loop.owns(update):
        _demand_one_case(loop.node, update.place)
        start, new = _position(loop.node, update.place), replace_symbols(new, known)
        selected = dict(zip(loop.names, formals[start:], strict=False))
        body = logic.ite(replace_variables(loop.inside, selected), replace_variables(new, selected), old)
    elif only_grows(update, loop.node):
        added = replace_symbols(new, {**known, _in_round(symbol): _Left(formals, FALSE, known[_in_round(symbol)])})
        body = logic.disjunction((old, loop.rounds.some(added)))
    else:
        kept = replace_symbols(new, {**known, _in_round(symbol): _Left(formals, TRUE, known[_in_round(symbol)])})
        body = logic.conjunction((old, loop.rounds.all(kept)))
    e.context.define(symbol, formals, body)


def _update(e: Execution, loop: _Loop, symbol: Symbol) -> _Update:
    layouts = e.context.theory.layouts
    name = next(name for name in loop.updates if symbol in _symbols(e, layouts[name]))
    return loop.updates[name]


def _symbols(e: Execution, layout: Layout) -> Iterator[Symbol]:
    """Yield the symbols of a variable, with those of items that a sequence may have during the action."""
    match layout:
        case MapLayout(_, parts):
            for _, part in parts:
                yield from _symbols(e, part)
        case SeqLayout():
            yield layout.length
            for index in range(max(layout.capacity, room(e.context, layout))):
                yield from layout.item(index).leaves()
        case _:
            yield from layout.leaves()


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
