"""The abstract state at a point of an action: intervals of variables, of single expressions, and of written entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from assay.checker.engine.bounds.intervals import Hull, join
from assay.checker.immutable import immutable
from assay.checker.language.ir.nodes import Expr, Name, Node, Place, Read, Root, walk

__all__ = ["AbstractState", "either"]


@immutable
class AbstractState:
    """What is known at a point of an action.

    A map that is written at one key would lose precision if the new value were joined with all others at once: a later
    read at the same key would see them all. So the entry written last is kept apart, by its place.

    Attributes
    ----------
    held : mapping from str to hull
        For each variable all numbers that it holds, except for its entry in `entries`.
    entries : mapping from str to (place, hull)
        For some variables the map entry written last, and what it holds now.
    facts : mapping from expression to hull
        What guards say of expressions; they hold until something they read changes.
    """

    held: Mapping[str, Hull]
    entries: Mapping[str, tuple[Place, Hull]] = field(default_factory=dict)
    facts: Mapping[Expr, Hull] = field(default_factory=dict)

    def at(self, place: Place) -> Hull:
        """Return what is known of the numbers at a place of the state."""
        held = self.held.get(place.variable)
        if place.variable not in self.entries:
            return held
        written, hull = self.entries[place.variable]
        return hull if written == place else join(held, hull)

    def of(self, variable: str) -> Hull:
        """Return all numbers in a variable."""
        return join(self.held.get(variable), self.entries[variable][1] if variable in self.entries else None)

    def knowing(self, expr: Expr, hull: Hull) -> AbstractState:
        """Return this with an expression's hull replaced."""
        if isinstance(expr, Read) and expr.place.root is Root.STATE:
            place, name = expr.place, expr.place.variable
            if not place.keys:
                return replace(self, held={**self.held, name: hull})
            if name in self.entries and self.entries[name][0] == place:
                return replace(self, entries={**self.entries, name: (place, hull)})
        return replace(self, facts={**self.facts, expr: hull})

    def stored(self, place: Place, hull: Hull) -> AbstractState:
        """Return what is known after a value has replaced the one at a place."""
        forgotten = self._forgetting(place.variable)
        if not place.keys:
            entries = {name: entry for name, entry in forgotten.entries.items() if name != place.variable}
            return replace(forgotten, held={**forgotten.held, place.variable: hull}, entries=entries)
        name = place.variable
        if name in forgotten.entries and forgotten.entries[name][0] != place:
            forgotten = forgotten._folded(name)
        if any(isinstance(inner, Read) and inner.place.variable == name for key in place.keys for inner in walk(key)):
            return forgotten.added(place, hull)  # the keys themselves depend on what was written
        return replace(forgotten, entries={**forgotten.entries, name: (place, hull)})

    def added(self, place: Place, hull: Hull) -> AbstractState:
        """Return what is known after something was added to the container at a place."""
        forgotten, name = self._forgetting(place.variable), place.variable
        if name in forgotten.entries and forgotten.entries[name][0] == place:
            entry = (place, join(forgotten.entries[name][1], hull))
            return replace(forgotten, entries={**forgotten.entries, name: entry})
        return replace(forgotten, held={**forgotten.held, name: join(forgotten.held.get(name), hull)})

    def named(self, name: Name, hull: Hull) -> AbstractState:
        """Return what is known after a name was given a value."""
        result = self
        for variable, (place, _) in self.entries.items():
            if any(name in set(walk(key)) for key in place.keys):
                result = result._folded(variable)
        facts = {expr: known for expr, known in self.facts.items() if name not in set(walk(expr))}
        return replace(result, facts={**facts, name: hull})

    def _forgetting(self, variable: str) -> AbstractState:
        """Return this without the facts about expressions that read a variable."""
        facts = {expr: hull for expr, hull in self.facts.items() if variable not in _variables_in(expr)}
        result = replace(self, facts=facts)
        for other, (place, _) in self.entries.items():
            if other != variable and any(variable in _variables_in(key) for key in place.keys):
                result = result._folded(other)
        return result

    def _folded(self, variable: str) -> AbstractState:
        """Return this with a variable's separate entry joined into all it holds."""
        entries = {name: entry for name, entry in self.entries.items() if name != variable}
        return replace(self, held={**self.held, variable: self.of(variable)}, entries=entries)


def _variables_in(node: Node) -> Iterator[str]:
    return (place.variable for place in walk(node) if isinstance(place, Place) and place.root is Root.STATE)


def either(left: AbstractState | None, right: AbstractState | None) -> AbstractState | None:
    """Return what is known after one of two paths was taken; None is a path that is never taken."""
    if left is None or right is None:
        return left or right
    for variable in {*left.entries, *right.entries}:
        if left.entries.get(variable, (None,))[0] != right.entries.get(variable, (None,))[0]:
            left = left._folded(variable) if variable in left.entries else left
            right = right._folded(variable) if variable in right.entries else right
    return AbstractState(
        {name: join(left.held.get(name), right.held.get(name)) for name in {*left.held, *right.held}},
        {name: (place, join(hull, right.entries[name][1])) for name, (place, hull) in left.entries.items()},
        {expr: join(hull, right.facts[expr]) for expr, hull in left.facts.items() if expr in right.facts},
    )
