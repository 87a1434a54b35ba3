"""Containers that are parts of values, and are assigned to variables without a copy.

After ``self.log[s] = m.log``, the variable holds the very list that is part of the message, until the action ends. To
change it in place raises in Python, for what is part of a value is frozen; so an action that might do that is refused.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from assay.checker.language.frontend.context.bindings import Shared
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.ir.nodes import (
    AssignCollection,
    BagUpdate,
    Clear,
    Place,
    SeqAppend,
    SeqPop,
    SeqStore,
    SetUpdate,
    Statement,
    walk,
)

__all__ = ["demand_unchanged", "share"]

_IN_PLACE = (SetUpdate, SeqAppend, SeqPop, SeqStore, BagUpdate, Clear)


def share(scope: Scope, variable: str, depth: int, node: ast.expr | ast.stmt, copy: str) -> None:
    """Note that a container which is part of a value was assigned to places of a variable that have so many keys."""
    before = scope.shared.get(variable)
    own = (before.own if before else frozenset()) | {scope.at(node)}
    # The places with the fewest keys count: whoever shares a map shares all of its entries.
    if before is None or depth < before.depth:
        scope.shared[variable] = Shared(node, depth, copy, own)
    else:
        scope.shared[variable] = replace(before, own=own)


def demand_unchanged(scope: Scope, body: Statement) -> None:
    """Refuse an action that both assigns part of a value to a variable and changes that variable in place."""
    for variable, shared in scope.shared.items():
        if any(_changes(part, variable, shared) for part in walk(body)):
            scope.fail(
                shared.node,
                f"{variable} is changed in place in this action, too, and what is part of a value does not change",
                f"copy it: {shared.copy}",
            )


def _changes(part: object, variable: str, shared: Shared) -> bool:
    """Return whether a statement changes the container at a place of a variable, instead of replacing it."""
    place = getattr(part, "place", None)
    if not isinstance(part, Statement) or not isinstance(place, Place) or place.variable != variable:
        return False
    in_place = isinstance(part, _IN_PLACE) or (isinstance(part, AssignCollection) and part.in_place)
    return in_place or (len(place.keys) > shared.depth and part.location not in shared.own)
