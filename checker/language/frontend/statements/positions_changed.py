"""Loops by positions that change what they run over: ``for i, x in enumerate(self.log): self.log[i] = ...``.

Of a container in the state, Python reads each item when its round begins. A copy has the items that there were when it
was made, and these are read in the state that the action began in, unless the action had changed them before.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from typing import NoReturn

from assay.checker.immutable import immutable
from assay.checker.language.frontend.context.bindings import Binding
from assay.checker.language.frontend.context.facts import Written, variables_in
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.ownership import local_container
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_alias
from assay.checker.language.frontend.expressions.collections import compile_collection
from assay.checker.language.ir.nodes import (
    AssignLocal,
    Block,
    Elements,
    Expr,
    Node,
    Place,
    Root,
    SeqStore,
    Statement,
    Stored,
    rewritten,
    walk,
)

__all__ = ["Passed", "demand_alike", "demand_items_only", "no_copy", "passed_by", "settle"]


@immutable
class Passed:
    """What a loop runs over by positions.

    Attributes
    ----------
    own : set of variables
        Those whose very container it runs over.
    copied : set of variables
        Those that tell which container that is, or of which it is a copy.
    """

    own: Set[Written]
    copied: Set[Written]


def passed_by(scope: Scope, node: ast.expr) -> Passed:
    """Return what a loop runs over by positions: nothing, if it runs over something else."""
    own: set[Written] = set()
    copied: set[Written] = set()
    with scope.rehearsing():
        for argument in _sequences(scope, node):
            through = compile_collection(scope, argument)
            is_own = local_container(scope, argument) is None and is_alias(argument, through)
            if is_own and isinstance(through, Stored):
                own.add(through.place.variable)
                copied.update(read for key in through.place.keys for read in variables_in(key))
            elif not is_own or isinstance(through, Elements):
                copied.update(variables_in(through))
    return Passed(own, copied)


def _sequences(scope: Scope, node: ast.expr) -> Iterator[ast.expr]:
    """Yield the arguments of ``enumerate``, ``zip`` and ``reversed``, also in one another."""
    if not isinstance(node, ast.Call):
        return
    function = resolve(scope, node.func)[1]
    for argument in node.args if function is zip else node.args[:1] if function in (enumerate, reversed) else ():
        inner = list(_sequences(scope, argument))
        yield from inner or [argument]


def settle(
    scope: Scope, passed: Passed, bindings: dict[str, Binding], changed: Set[Written], node: ast.For
) -> tuple[list[Statement], Set[Written]]:
    """Bind the items of a loop to what Python reads, whatever the loop changes.

    Returns
    -------
    list of Statement
        What reads the items of the container itself, when a round begins.
    set of variables
        Those that the loop may change.
    """
    copied, own = (passed.copied - passed.own) & changed, (passed.own - passed.copied) & changed
    early = {read for read in copied if isinstance(read, str) and not scope.written.get(read)}

    def before(part: Node) -> Node:
        is_read = isinstance(part, Place) and part.root is Root.STATE and part.variable in early
        return replace(part, root=Root.BEFORE) if is_read and isinstance(part, Place) else part

    first: list[Statement] = []
    for name, binding in bindings.items():
        if not isinstance(binding, Expr):
            continue
        item = rewritten(binding, before)
        if own & set(variables_in(item)):
            variable = scope.fresh(name, item.type, node.target)
            first.append(AssignLocal(variable, item, location=scope.at(node.target)))
            item = variable
        bindings[name] = item
    return first, early | own


def demand_items_only(scope: Scope, passed: Passed, body: Block, before: Mapping[Written, int], node: ast.For) -> None:
    """Refuse a loop that changes how many items there are in what it runs over, or makes another container of it."""
    for part in walk(body):
        place = getattr(part, "place", None)
        if not isinstance(part, Statement) or isinstance(part, SeqStore) or not isinstance(place, Place):
            continue
        if place.variable not in passed.own:
            continue
        whole = ast.unparse(node.iter)
        [name, *_] = [text for text in map(ast.unparse, _sequences(scope, node.iter)) if place.variable in text]
        scope.fail(
            node.iter,
            f"the loop runs over {name}, and does more to {place.variable} than to assign its items",
            _WHOLE if before.get(place.variable) else f"run over a copy: {whole.replace(name, f'list({name})')}",
        )


def demand_alike(scope: Scope, passed: Passed, changed: Set[Written], node: ast.For) -> None:
    """Refuse a loop over both a container that it changes and a copy of it, or over a copy that was made too late."""
    for read in sorted(variable for variable in changed & passed.copied if isinstance(variable, str)):
        if read in passed.own:
            scope.fail(
                node.iter,
                f"the loop changes {read}, of which it runs over a copy as well as over the container itself",
                f"copy it in each place: list(self.{read})",
            )
        no_copy(scope, f"self.{read}", node)


def no_copy(scope: Scope, name: str, node: ast.For) -> NoReturn:
    """Refuse a loop over a copy that was made after the action had changed what the loop changes, too."""
    scope.fail(
        node.iter, f"the loop runs over a copy of {name}, which the action had changed before, and changes it", _WHOLE
    )


_WHOLE = "assign what becomes of the whole: self.queue = [... for i, x in enumerate(self.queue)]"
