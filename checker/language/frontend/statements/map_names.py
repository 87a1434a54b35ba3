"""Names for maps in the state, as in ``votes = self.votes[n]``: the name is the map itself, as it is in Python.

What is assigned to an entry by one of the two is read by the other. Only where an action also gives the place another
map would the name keep the old one, which is no part of the state any more; such an action is refused.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from assay.checker.errors import ModelError
from assay.checker.language.frontend.context.bindings import NamedMap
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.ir.nodes import AssignLocal, Expr, Literal, Name, Place, Root, Statement, walk

__all__ = ["demand_in_place", "name_map", "note_row"]


def name_map(scope: Scope, name: str, place: Place, node: ast.expr) -> list[Statement]:
    """Bind a name to a map in the state; the keys that select it are evaluated once, here."""
    statements: list[Statement] = []
    keys: list[Expr] = []
    for key in place.keys:
        if _never_changes(scope, key):
            keys.append(key)
            continue
        variable = scope.fresh("key", key.type, node)
        statements.append(AssignLocal(variable, key, location=scope.at(node)))
        keys.append(variable)
    place = replace(place, keys=tuple(keys))
    scope.names[name] = place
    if place.root is Root.STATE:
        scope.maps.append(NamedMap(name, place, scope.at(node)))
    return statements


def note_row(scope: Scope, name: str, place: Place, node: ast.expr) -> None:
    """Note that the target of a loop names the maps in a map; what that one is selected by must not change."""
    if not all(_never_changes(scope, key) for key in place.keys[:-1]):
        scope.fail(
            node, f"the map that {name} is in is selected by what may change", "loop over its keys, and index it"
        )
    if place.root is Root.STATE:
        scope.maps.append(NamedMap(name, place, scope.at(node)))


def _never_changes(scope: Scope, key: Expr) -> bool:
    """Return whether a key is the same wherever the name is used: a literal, a parameter, a loop's variable."""
    if isinstance(key, Literal):
        return True
    return isinstance(key, Name) and any(scope.names.get(name) == key for name in scope.parameters)


def demand_in_place(scope: Scope, body: Statement) -> None:
    """Refuse an action that gives another map to a place whose map has a name."""
    places = (getattr(part, "place", None) for part in walk(body) if isinstance(part, Statement))
    given = [*scope.replaced, *(place for place in places if isinstance(place, Place))]
    for named in scope.maps:
        for place in given:
            if place.variable == named.place.variable and len(place.keys) <= len(named.place.keys):
                raise ModelError(
                    f"{named.name} is a map in self.{place.variable}, which is given another map in this action",
                    location=named.location,
                    help="index it where it is used, or assign its entries one by one",
                )
