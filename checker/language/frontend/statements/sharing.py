"""Containers that are parts of values, and are assigned to variables without a copy.

After ``self.log[s] = m.log``, the variable holds the very list that is part of the message, until the action ends. To
change it in place raises in Python, for what is part of a value is frozen; so an action that might do that is refused.
"""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import Shared
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.ir.nodes import (
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


def share(scope: Scope, place: Place, node: ast.expr, copy: str) -> None:
    """Note that a container which is part of a value was assigned to a place."""
    # The place with the fewest keys counts: whoever shares a map shares all of its entries.
    before = scope.shared.get(place.variable)
    if before is None or len(place.keys) < before.depth:
        scope.shared[place.variable] = Shared(node, len(place.keys), copy)


def demand_unchanged(scope: Scope, body: Statement) -> None:
    """Refuse an action that both assigns part of a value to a variable and changes that variable in place."""
    for variable, shared in scope.shared.items():
        if any(_changes(part, variable, shared.depth) for part in walk(body)):
            scope.fail(
                shared.node,
                f"{variable} is changed in place in this action, too, and what is part of a value does not change",
                f"copy it: {shared.copy}(...)",
            )


def _changes(part: object, variable: str, depth: int) -> bool:
    """Return whether a statement changes the container at a place of a variable, instead of replacing it."""
    place = getattr(part, "place", None)
    if not isinstance(part, Statement) or not isinstance(place, Place) or place.variable != variable:
        return False
    return isinstance(part, _IN_PLACE) or len(place.keys) > depth
