"""``for`` as a statement."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from assay.checker.language.frontend.context.bindings import Binding, Snapshot, Unbound
from assay.checker.language.frontend.context.facts import Written, variables_in
from assay.checker.language.frontend.context.lookup import demand_new
from assay.checker.language.frontend.context.ownership import local_container
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_alias, is_sequence
from assay.checker.language.frontend.context.staleness import as_named
from assay.checker.language.frontend.expressions.building.accumulated import Built, built_by
from assay.checker.language.frontend.expressions.building.steps import Shape
from assay.checker.language.frontend.expressions.iterables.generators import bind_target
from assay.checker.language.frontend.expressions.leaving import leaving
from assay.checker.language.frontend.expressions.searches import demand_in_order
from assay.checker.language.frontend.statements.branches import compile_block
from assay.checker.language.frontend.statements.exits import unless_left
from assay.checker.language.frontend.statements.loops import demand_unchanged, demand_unordered
from assay.checker.language.frontend.statements.map_names import note_row
from assay.checker.language.frontend.statements.positions_changed import (
    Passed,
    demand_alike,
    demand_items_only,
    no_copy,
    passed_by,
    settle,
)
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    AssignLocal,
    Block,
    Collection,
    Expr,
    For,
    IntRange,
    MakeTuple,
    Name,
    Narrow,
    Place,
    Read,
    Root,
    Statement,
    walk,
)
from assay.checker.language.types import BOOL

__all__ = ["compile_for"]


def compile_for(scope: Scope, node: ast.For) -> list[Statement]:
    _demand_whole(scope, node)
    built = built_by(scope, node, (Shape.LIST, Shape.SET))
    if built is None:
        return _compile_loop(scope, node)
    first = _built_before(scope, built, node)
    return first if built.rest is None else [*first, *_compile_loop(scope, built.rest)]


def _built_before(scope: Scope, built: Built, node: ast.For) -> list[Statement]:
    """Compile what a loop builds, before all else that it does."""
    first = [inner for assignment in built.assignments for inner in scope.statement(assignment)]
    if built.rest is None:
        return first
    with scope.rehearsing():
        _, _, bindings = bind_target(scope, built.rest.target, built.rest.iter)
        scope.names.update(bindings)
        written = _written_in(scope, built.rest)
    for assignment in built.assignments:
        [target] = assignment.targets
        assert isinstance(target, ast.Name)
        made = scope.names[target.id]
        assert isinstance(made, Snapshot)
        if leaving(node) is not None or can_fail(made.collection) or written & set(variables_in(made.collection)):
            scope.fail(
                assignment,
                f"the loop does more than to build {target.id}, and what else it does may make a difference to it",
                f"build {target.id} in a loop of its own, or by a comprehension",
            )
    return first


def _compile_loop(scope: Scope, node: ast.For) -> list[Statement]:
    variable, domain, bindings = bind_target(scope, node.target, node.iter)
    demand_new(scope, bindings, node.target)
    before = dict(scope.names)
    reads = _read_each_round(domain, variable, bindings)
    entries = _entries(scope, bindings, node)
    scope.names.update(bindings)
    parameters, scope.parameters = scope.parameters, scope.parameters | bindings.keys()
    written, changed_before = _written_in(scope, node), dict(scope.written)
    passed = passed_by(scope, node.iter)
    items, settled = settle(scope, passed, bindings, reads & written, node)
    scope.names.update(bindings)
    _demand_same_domain(scope, (reads & written) - settled, passed, node)
    kept = scope.snapshot(domain) if _is_copied(scope, node.iter, domain) else None
    _demand_kept_copy(scope, kept, written, node)
    _forget(scope, written)
    domain = (as_named(kept, scope.written) if kept is not None and kept.early else None) or domain
    first, domain = _fixed(scope, domain, written, node)
    known = dict(scope.facts)
    with scope.each_round(variable):
        body = compile_block(scope, node.body, node)
    demand_in_order(scope, domain, node)
    _demand_distinct(scope, domain, body, node)
    demand_items_only(scope, passed, body, changed_before, node)
    whole = Block((*entries, *items, *body.statements), location=body.location)
    body = unless_left(scope, scope.exits, whole, node)
    scope.parameters = parameters
    _demand_kept(scope, before, node)
    scope.names = {name: before.get(name, Unbound()) for name in scope.names}
    scope.facts = {e: t for e, t in known.items() if scope.facts.get(e) == t}
    loop = For(variable, domain, body, location=scope.at(node))
    demand_unordered(loop, [name.name for name in before.values() if isinstance(name, Name)])
    demand_unchanged(loop)
    return [*first, loop]


def _is_copied(scope: Scope, node: ast.expr, domain: Collection) -> bool:
    """Return whether a loop runs over a container of its own, so that what the body changes makes no difference."""
    if isinstance(node, ast.Name):
        return local_container(scope, node) is not None
    return not isinstance(domain, IntRange) and not is_alias(node, domain)


def _demand_distinct(scope: Scope, domain: Collection, body: Block, node: ast.For) -> None:
    """Refuse a choice in a loop that may meet an element twice: both rounds would get the same choice."""
    hidden = {name.name for name in scope.choices}
    made = [part for part in walk(body) if isinstance(part, Place) and part.root is Root.CHOSEN]
    if is_sequence(domain) and any(place.variable in hidden and place.keys for place in made):
        scope.fail(
            node.iter, "this may hold an element twice, and a choice is made for each element", "loop over a set"
        )


def _demand_kept(scope: Scope, before: dict[str, Binding], node: ast.For) -> None:
    """Refuse a loop body that binds an outer name to something else: the next round would need the new binding."""
    for name, binding in before.items():
        if isinstance(binding, Unbound) or scope.names.get(name) == binding:
            continue
        what = "set" if isinstance(binding, Snapshot) else "map" if isinstance(binding, Place) else "thing"
        scope.fail(
            node, f"{name} stands for one {what} outside of this loop, and for another in it", "use another name inside"
        )


def _fixed(
    scope: Scope, domain: Collection, written: set[Written], node: ast.For
) -> tuple[list[Statement], Collection]:
    """Return a range whose bounds the loop cannot change, and the statements that evaluate them before it."""
    if not isinstance(domain, IntRange):
        return [], domain
    first: list[Statement] = []

    def fixed(bound: Expr) -> Expr:
        # The name is taken even if it is not needed: a loop is compiled more than once, and its names must not differ.
        variable = scope.fresh("bound", bound.type, node.iter)
        if not written & set(variables_in(bound)):
            return bound
        first.append(AssignLocal(variable, bound, location=scope.at(node.iter)))
        return variable

    return first, IntRange(fixed(domain.start), fixed(domain.stop), location=domain.location)


def _demand_whole(scope: Scope, node: ast.For) -> None:
    if node.orelse and leaving(node) is None:
        scope.fail(node.orelse[0], "else after a loop that nothing leaves is always executed", "put it after the loop")


def _read_each_round(domain: Collection, variable: Name, bindings: dict[str, Binding]) -> set[Written]:
    """Return what a round reads to find its elements, which Python has read before the first round."""
    # The bounds of a range are evaluated before the loop, and a collection's variables are not changed in it.
    names: set[Written] = set()
    if not isinstance(domain, IntRange):
        names.update(read for read in variables_in(domain) if isinstance(read, Name))
    for binding in _parts(bindings.values()):
        entry = binding.operand if isinstance(binding, Narrow) else binding
        place = entry.place if isinstance(entry, Read) else entry
        if isinstance(place, Place) and place.keys[-1:] == (variable,):
            # The entry itself is read when its round begins, in Python too; but it is always one of the same map.
            names.update(read for key in place.keys[:-1] for read in variables_in(key))
        elif isinstance(binding, Expr):
            names.update(variables_in(binding))
    return names - {variable}


def _parts(bindings: Iterable[Binding]) -> Iterator[Binding]:
    """Yield what names are bound to; of a tuple, each item."""
    for binding in bindings:
        yield from _parts(binding.arguments) if isinstance(binding, MakeTuple) else (binding,)


def _demand_kept_copy(scope: Scope, kept: Snapshot | None, written: set[Written], node: ast.For) -> None:
    read = () if kept is None or kept.early else variables_in(kept.collection)
    changed = sorted(variable for variable in written.intersection(read) if isinstance(variable, str))
    if changed:
        no_copy(scope, f"self.{changed[0]}", node)


def _demand_same_domain(scope: Scope, changed: set[Written], passed: Passed, node: ast.For) -> None:
    demand_alike(scope, passed, changed, node)
    if changed:
        name = min(found.name if isinstance(found, Name) else f"self.{found}" for found in changed)
        scope.fail(
            node.iter,
            f"the loop changes {name}, by which its own elements are found",
            f"give {name} another name before the loop, and use that here: before = {name}",
        )


def _entries(scope: Scope, bindings: dict[str, Binding], node: ast.For) -> list[Statement]:
    """Read each entry of a map that the target names once, at the start of a round, as Python does."""
    statements: list[Statement] = []

    def read_once(name: str, binding: Expr) -> Expr:
        if isinstance(binding, MakeTuple):
            return replace(binding, arguments=tuple(read_once(name, part) for part in binding.arguments))
        if not isinstance(binding, Read | Narrow):
            return binding
        variable = scope.fresh(name, binding.type, node.target)
        statements.append(AssignLocal(variable, binding, location=scope.at(node.target)))
        return variable

    for name, binding in bindings.items():
        if isinstance(binding, Expr):
            bindings[name] = read_once(name, binding)
        elif isinstance(binding, Place):
            note_row(scope, name, binding, node.target)
    return statements


def _forget(scope: Scope, written: set[Written]) -> None:
    """Forget, before the body is compiled, the facts that it may invalidate: a later round must not rely on them."""
    for variable in written:
        if isinstance(variable, Name):
            scope.wrote_local(variable)
        else:
            scope.wrote(variable)


def _written_in(scope: Scope, node: ast.For) -> set[Written]:
    # Only compiling the body tells. The answer is kept, or each level of nested loops would double the work.
    key = id(node), scope.inlining
    if key not in scope.loops:
        scope.loops[key] = _seen_written_in(scope, node)
    return scope.loops[key]


def _seen_written_in(scope: Scope, node: ast.For) -> set[Written]:
    before = dict(scope.written)
    with scope.rehearsing(), scope.each_round(Name("round", BOOL)):
        compile_block(scope, node.body, node)
        return {name for name, count in scope.written.items() if before.get(name, 0) != count}
