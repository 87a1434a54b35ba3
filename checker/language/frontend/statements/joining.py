"""The join after two branches: the value of each name, whichever branch was taken."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from assay.checker.errors import ModelError
from assay.checker.immutable import immutable
from assay.checker.language.frontend.context.bindings import Binding, GivenAway, Snapshot, Unbound
from assay.checker.language.frontend.context.conversions import common_type, widened
from assay.checker.language.frontend.context.facts import Facts, Written, together
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import described, is_sequence
from assay.checker.language.frontend.context.staleness import as_named
from assay.checker.language.frontend.expressions.collections import chosen
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    AssignLocal,
    Block,
    Collection,
    Expr,
    If,
    Literal,
    Name,
    Narrow,
    Node,
    Place,
    SeqPop,
    SetOf,
    Statement,
    substituted,
    walk,
)
from assay.checker.language.types import BOOL, NoneOnly, OptionalType, Type
from assay.checker.wording import article

__all__ = ["CompiledBranch", "ending", "joined"]


@immutable
class CompiledBranch:
    """A compiled branch, and the names and facts at its end."""

    block: Block
    names: Mapping[str, Binding]
    facts: Facts
    written: dict[Written, int]

    def with_value(self, variable: Name, value: Expr) -> CompiledBranch:
        """Return the branch with an assignment to a name added at its end."""
        last = AssignLocal(variable, value, location=value.location)
        return replace(self, block=replace(self.block, statements=(*self.block.statements, last)))

    def as_named(self, snapshot: Snapshot, changed: Mapping[Written, int]) -> Collection | None:
        """Return the set that was named, in terms of what there is after either branch, if that can be said."""
        return None if snapshot.alias else as_named(snapshot, self.written, changed)

    def made_for(self, snapshot: Snapshot) -> set[Name]:
        """Return the names that a container is computed from and that get their value in this branch."""
        names = {part for part in walk(snapshot.collection) if isinstance(part, Name)}
        return names.intersection(_given_values(self.block))


def _given_values(block: Node) -> Iterator[Name]:
    for part in walk(block):
        if isinstance(part, AssignLocal):
            yield part.variable
        elif isinstance(part, SeqPop) and part.into is not None:
            yield part.into


def ending(
    scope: Scope, facts: Facts, compiled: Callable[[], Block], names: Mapping[str, Binding] = {}
) -> CompiledBranch:
    """Compile a branch under facts and bindings of its own; leave the scope as it was."""
    saved = dict(scope.names), dict(scope.facts), dict(scope.written)
    scope.names, scope.facts, scope.written = {**scope.names, **names}, together(scope.facts, facts), dict(saved[2])
    block = compiled()
    kept = {name: binding for name, binding in scope.names.items() if name not in names}
    found = CompiledBranch(block, {**saved[0], **kept}, scope.facts, scope.written)
    scope.names, scope.facts, scope.written = saved
    return found


def joined(scope: Scope, test: Expr, then: CompiledBranch, otherwise: CompiledBranch, node: ast.AST) -> list[Statement]:
    """Return the `If` of two branches; the scope is left with what holds after either."""
    scope.facts = {e: t for e, t in then.facts.items() if otherwise.facts.get(e) == t}
    scope.written = _most_written(then.written, otherwise.written)
    choice: list[Statement] = []
    names: dict[str, Binding] = {}
    for name in {**then.names, **otherwise.names}:
        first, second = (end.names.get(name, Unbound()) for end in (then, otherwise))
        if first == second:
            names[name] = first
        elif isinstance(first, Place) and isinstance(second, Place):
            names[name] = Unbound("is one map or another, by branch", "use a name for each, inside the branches")
        elif isinstance(first, Expr) and isinstance(second, Expr):
            names[name], then, otherwise = _joined_values(scope, name, (first, second), (then, otherwise), node)
        elif isinstance(first, Snapshot) and isinstance(second, Snapshot):
            if not choice:  # a name keeps its outcome, since a branch may change what the test reads
                test = _named(scope, test, node, choice)
            sets = first, second
            names[name], then, otherwise = _joined_sets(scope, test, sets, (then, otherwise), node)
        else:
            names[name] = _joined_given((first, second), (then, otherwise), scope.written)
    scope.names = names
    return [*choice, If(test, then.block, otherwise.block, location=scope.at(node))]


def _most_written(first: dict[Written, int], second: dict[Written, int]) -> dict[Written, int]:
    """Return how often each variable was written, after either branch: what one of them made stale must be stale."""
    return {name: max(first.get(name, 0), second.get(name, 0)) for name in {**first, **second}}


def _joined_values(
    scope: Scope, name: str, values: tuple[Expr, Expr], ends: tuple[CompiledBranch, CompiledBranch], node: ast.AST
) -> tuple[Binding, CompiledBranch, CompiledBranch]:
    """Return a new name for the two values of a name, and the branches, each of which assigns one at its end."""
    common = common_type(values[0].type, values[1].type)
    if common is None:
        return _of_two_types(values[0], values[1]), *ends
    variable = scope.fresh(name, common, node)
    then, otherwise = (
        end.with_value(variable, widened(value, common)) for end, value in zip(ends, values, strict=True)
    )
    return variable, then, otherwise


def _joined_given(
    bindings: tuple[Binding, Binding], ends: tuple[CompiledBranch, CompiledBranch], written: Mapping[Written, int]
) -> Binding:
    """Return the binding of a name whose container a branch assigned uncopied; it can be read if only one did."""
    given = [(b, end) for b, end in zip(bindings, ends, strict=True) if isinstance(b, GivenAway)]
    containers = [b.container if isinstance(b, GivenAway) else b for b in bindings]
    if not given or containers[0] != containers[1]:
        return Unbound()
    binding, end = given[0]
    unchanged = len(given) == 1 and end.written.get(binding.variable) == binding.changes
    return replace(binding, changes=written[binding.variable] if unchanged else _NEVER)


_NEVER = -1
"""How often a variable was never written."""


def _alike(sets: tuple[Snapshot, Snapshot]) -> tuple[Snapshot, Snapshot]:
    """Return two collections of one element type: the one that is empty takes that of the other."""
    element = next(one.collection.element for one in sets if not one.open)
    first, second = (
        one if not one.open else replace(one, collection=_empty(one.collection, element), open=False) for one in sets
    )
    return first, second


def _empty(collection: Collection, element: Type) -> SetOf:
    assert isinstance(collection, SetOf)
    return replace(collection, of=element)


def _of_two_types(first: Expr | Collection, second: Expr | Collection) -> Unbound:
    return Unbound(f"is {article(described(first))} or {article(described(second))}, by branch", "use two names")


def _named(scope: Scope, test: Expr, node: ast.AST, statements: list[Statement]) -> Expr:
    variable = scope.fresh("chosen", BOOL, node)
    statements.append(AssignLocal(variable, test, location=scope.at(node)))
    return variable


def _joined_sets(
    scope: Scope,
    test: Expr,
    sets: tuple[Snapshot, Snapshot],
    ends: tuple[CompiledBranch, CompiledBranch],
    node: ast.AST,
) -> tuple[Binding, CompiledBranch, CompiledBranch]:
    """Return the binding of a name for one container or the other, and the branches with what that takes.

    A binding is an expression, evaluated where the name is used. A name in it that only one branch assigns is carried
    out of that branch.
    """
    if sets[0].open != sets[1].open:
        sets = _alike(sets)
    found = []
    for index, snapshot in enumerate(sets):
        collection = ends[index].as_named(snapshot, scope.written)
        if collection is None:
            why = "was computed in a branch before what it depends on changed there"
            return Unbound(why, "use it inside the branches"), *ends
        values, ends = _carried(scope, ends[index].made_for(snapshot), ends, index, node)
        found.append(substituted(collection, values))
    try:
        return scope.snapshot(chosen(scope, test, found[0], found[1], node)), *ends
    except ModelError:
        if all(is_sequence(one) for one in found) and any(can_fail(one) for one in found):
            why = "is one list or another, by branch, and one of them may raise"
            return Unbound(why, "use it inside the branches, or guard its items: self.q[:1] for [self.q[0]]"), *ends
        return _of_two_types(sets[0].collection, sets[1].collection), *ends


def _carried(
    scope: Scope, names: set[Name], ends: tuple[CompiledBranch, CompiledBranch], index: int, node: ast.AST
) -> tuple[dict[Name, Expr], tuple[CompiledBranch, CompiledBranch]]:
    """Carry the values of names out of the branch that gave them; after the other one, they are None."""
    values: dict[Name, Expr] = {}
    for name in sorted(names, key=lambda name: name.name):
        common = common_type(name.type, NoneOnly())
        assert isinstance(common, OptionalType)
        kept = scope.fresh(name.name, common, node)
        nothing = Literal(None, common, location=name.location)
        given = [widened(name, common) if end is ends[index] else nothing for end in ends]
        ends = ends[0].with_value(kept, given[0]), ends[1].with_value(kept, given[1])
        values[name] = kept if name.type == common else Narrow(kept, common.inner, safe=True, location=name.location)
    return values, ends
