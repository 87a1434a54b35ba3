"""A second way to decide whether a fair behaviour violates a formula, for graphs of a few states.

It shares nothing with what it checks. Formulas are decided by the declarative tableau of Lichtenstein
and Pnueli (*Checking that finite state concurrent programs satisfy their linear specification*, 1985): its nodes are
the consistent truth assignments to all subformulas. The product is a networkx graph, and a fair cycle is looked for
among all sets of its nodes, or where these are too many by taking components apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx
from assay.checker.language.formulas import (
    Always,
    And,
    Eventually,
    Formula,
    Happens,
    Not,
    Now,
    Or,
    Until,
    parts,
)

FEW = 6
"""Nodes of which all sets are tried."""


@dataclass(frozen=True)
class Fair:
    """A fairness assumption of a small graph: one of these labels."""

    labels: frozenset[int]
    strong: bool


@dataclass(frozen=True)
class Small:
    """A small graph of states.

    Attributes
    ----------
    states : int
        How many there are; the first `initial` are initial.
    edges : tuple of (source, target, label)
        Its steps; a target of -1 is outside.
    truths : tuple of frozenset of int
        For each predicate, the states where it is true.
    fair : tuple of Fair
        What may be assumed.
    """

    states: int
    initial: int
    edges: tuple[tuple[int, int, int], ...]
    truths: tuple[frozenset[int], ...]
    fair: tuple[Fair, ...]

    def labels(self, source: int, target: int) -> frozenset[int]:
        """Return what happens in a step: nothing in one that changes no state."""
        if source == target:
            return frozenset()
        return frozenset(label for s, t, label in self.edges if (s, t) == (source, target))

    def enables(self, state: int, fair: Fair) -> bool:
        return any(s == state and t != s and label in fair.labels for s, t, label in self.edges)

    def successors(self, state: int) -> set[int]:
        return {state} | {t for s, t, _ in self.edges if s == state and t >= 0}


def is_violated(graph: Small, formula: Formula) -> bool:
    """Return whether some fair behaviour of a graph violates a formula; action ``a3`` is what is labelled 3."""
    return has_fair_lasso(graph, *product(graph, Not(formula)))


Node = tuple[int, tuple[bool, ...]]


def product(graph: Small, formula: Formula) -> tuple[nx.DiGraph, set[Node], list[set[Node]]]:
    """Return states with truth assignments, where a formula is true at first, and what must be visited."""
    closure = list(dict.fromkeys(parts(formula)))
    index = {part: i for i, part in enumerate(closure)}
    free = [part for part in closure if isinstance(part, Happens | Always | Eventually | Until)]
    made, nodes = nx.DiGraph(), list[Node]()
    for state in range(graph.states):
        for guess in itertools.product((False, True), repeat=len(free)):
            nodes.append((state, _assignment(graph, state, closure, dict(zip(free, guess, strict=True)))))
    made.add_nodes_from(nodes)
    for before, after in itertools.product(nodes, repeat=2):
        if after[0] in graph.successors(before[0]) and _follows(graph, closure, index, before, after):
            made.add_edge(before, after)
    starts = {node for node in nodes if node[0] < graph.initial and node[1][index[formula]]}
    reached = set(starts).union(*(nx.descendants(made, start) for start in starts))
    goals = [_kept(nodes, index, part) & reached for part in closure if isinstance(part, Eventually | Until | Always)]
    return made.subgraph(reached), starts, goals


def _assignment(graph: Small, state: int, closure: list[Formula], guess: dict[Formula, bool]) -> tuple[bool, ...]:
    def value(part: Formula) -> bool:
        match part:
            case Now(predicate):
                return state in graph.truths[predicate]
            case Not(operand):
                return not value(operand)
            case And(left, right):
                return value(left) and value(right)
            case Or(left, right):
                return value(left) or value(right)
        return guess[part]

    return tuple(map(value, closure))


def _follows(graph: Small, closure: list[Formula], index: dict[Formula, int], before: Node, after: Node) -> bool:
    """Return whether two assignments may follow each other: the expansion laws, and what happens in the step."""
    now, then = before[1], after[1]
    for part in closure:
        value = now[index[part]]
        match part:
            case Happens(action, _):
                expected = int(action[1:]) in graph.labels(before[0], after[0])
            case Eventually(operand):
                expected = now[index[operand]] or then[index[part]]
            case Always(operand):
                expected = now[index[operand]] and then[index[part]]
            case Until(left, right):
                expected = now[index[right]] or (now[index[left]] and then[index[part]])
            case _:
                continue
        if value is not expected:
            return False
    return True


def _kept(nodes: list[Node], index: dict[Formula, int], part: Formula) -> set[Node]:
    """Return the nodes that keep a promise, or make none; an always that is false promises to be broken."""
    match part:
        case Eventually(operand) | Until(_, operand):
            return {node for node in nodes if not node[1][index[part]] or node[1][index[operand]]}
        case Always(operand):
            return {node for node in nodes if node[1][index[part]] or not node[1][index[operand]]}
    raise TypeError(part)


def has_fair_lasso(graph: Small, made: nx.DiGraph, starts: set[Node], goals: list[set[Node]]) -> bool:
    """Return whether a fair cycle that visits all goals can be reached."""
    if not starts:
        return False
    if len(made) <= FEW:
        sets = (set(some) for size in range(1, len(made) + 1) for some in itertools.combinations(made, size))
        return any(_is_cycle(made, some) and _is_fair(graph, made, some, goals) for some in sets)
    return any(_contains_fair(graph, made, set(some), goals) for some in nx.strongly_connected_components(made))


def _is_cycle(made: nx.DiGraph, some: set[Node]) -> bool:
    inner = made.subgraph(some)
    return nx.is_strongly_connected(inner) and inner.number_of_edges() > 0


def _is_fair(graph: Small, made: nx.DiGraph, some: set[Node], goals: list[set[Node]]) -> bool:
    return all(goal & some for goal in goals) and not any(True for _ in _unfair(graph, made, some))


def _unfair(graph: Small, made: nx.DiGraph, some: set[Node]) -> Iterator[Fair]:
    for fair in graph.fair:
        taken = any(fair.labels & graph.labels(a[0], b[0]) for a, b in made.subgraph(some).edges)
        enabled = [graph.enables(node[0], fair) for node in some]
        if not taken and (any(enabled) if fair.strong else all(enabled)):
            yield fair


def _contains_fair(graph: Small, made: nx.DiGraph, some: set[Node], goals: list[set[Node]]) -> bool:
    if not _is_cycle(made, some) or not all(goal & some for goal in goals):
        return False
    unfair = list(_unfair(graph, made, some))
    if not unfair:
        return True
    if any(not fair.strong for fair in unfair):
        return False
    rest = {node for node in some if not any(graph.enables(node[0], fair) for fair in unfair)}
    inner = made.subgraph(rest)
    return any(_contains_fair(graph, made, set(part), goals) for part in nx.strongly_connected_components(inner))
