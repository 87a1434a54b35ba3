"""The guards of an action: what comes before its first change, and how far out each may move."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assay.checker.engine.native.codegen.facts import Facts, conjuncts
from assay.checker.language.ir.drawing import steps_of
from assay.checker.language.ir.nodes import AssignLocal, Block, Name, Require, Statement

__all__ = ["Guard", "after_what_they_need", "guards_of", "in_order_of_use", "levels"]

Guard = Require | AssignLocal


def guards_of(body: Block, facts: Facts) -> tuple[list[Guard], tuple[Statement, ...]]:
    """Split a body into the guards before any other statement, with conjunctions split up, and the rest."""
    guards: list[Guard] = []
    counts = _assignments(body, facts)
    statements = tuple(steps_of(body))
    for position, statement in enumerate(statements):
        match statement:
            case Require(condition):
                guards += [Require(part, location=part.location) for part in conjuncts(condition, facts)]
            case AssignLocal(variable, _) if counts[variable.name] == 1:
                guards.append(statement)
            case _:
                return guards, statements[position:]
    return guards, ()


def _assignments(body: Block, facts: Facts) -> dict[str, int]:
    """Return how often each local name is assigned."""
    counts: dict[str, int] = {}
    for part in facts.parts(body):
        if isinstance(part, AssignLocal):
            counts[part.variable.name] = counts.get(part.variable.name, 0) + 1
    return counts


def in_order_of_use(parameters: tuple[Name, ...], guards: list[Guard], facts: Facts) -> tuple[Name, ...]:
    """Return the parameters in the order in which guards first need them, so that guards move far out."""
    needed: dict[str, None] = {}
    for guard in guards:
        names = facts.names(guard)
        needed.update(dict.fromkeys(parameter.name for parameter in parameters if parameter.name in names))
    rank = {name: index for index, name in enumerate(needed)}
    return tuple(sorted(parameters, key=lambda parameter: rank.get(parameter.name, len(rank))))


def after_what_they_need(
    parameters: tuple[Name, ...], needs: Mapping[str, frozenset[str]], guards: list[Guard], facts: Facts
) -> tuple[Name, ...]:
    """Move each parameter behind those that it needs, directly or by local names, unless they need it, too."""
    definitions = {guard.variable.name: guard.value for guard in guards if isinstance(guard, AssignLocal)}
    ordered: dict[str, Name] = {}
    begun: set[str] = set()

    def place(names: Collection[str]) -> None:
        for name in names:
            if name in begun:
                continue
            begun.add(name)
            if name in definitions:
                place(sorted(facts.names(definitions[name])))
            elif name in known:
                place([other.name for other in parameters if other.name in needs[name]])
                place(sorted(needs[name] & definitions.keys()))
                ordered[name] = known[name]

    known = {parameter.name: parameter for parameter in parameters}
    place(known)
    return tuple(ordered.values())


def levels(guards: list[Guard], parameters: tuple[Name, ...], facts: Facts) -> list[list[Guard]]:
    """Return, for each depth, the guards that can be evaluated once that many parameters have values.

    A guard that cannot fail moves outwards as far as its names allow; none moves past one that can fail.
    """
    known = {parameter.name: depth + 1 for depth, parameter in enumerate(parameters)}
    result: list[list[Guard]] = [[] for _ in range(len(parameters) + 1)]
    barrier = latest = 0
    for guard in guards:
        expression = guard.condition if isinstance(guard, Require) else guard.value
        depth = max([barrier, *(known.get(name, 0) for name in facts.names(expression))])
        # As in Python, a guard that can fail is evaluated after all those before it, which may be what keeps it from
        # failing, and before all those after it, so that it fails where Python would.
        if facts.can_fail(expression):
            depth = barrier = max(depth, latest)
        latest = max(latest, depth)
        if isinstance(guard, AssignLocal):
            known[guard.variable.name] = depth
        result[depth].append(guard)
    return result
