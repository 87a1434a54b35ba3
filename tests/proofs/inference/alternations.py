"""A second opinion on whether queries are in EPR, from their SMT-LIB alone: it shares nothing with the prover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import networkx as nx

__all__ = ["alternation_graph"]

Expression = str | list["Expression"]

Depends = Mapping[str, frozenset[str]]
"""The sorts of the universal variables that the choice of each variable depends on."""


def alternation_graph(scripts: Iterable[str]) -> nx.DiGraph:
    """Return the graph of sorts of some queries together: without a cycle, all of them are in EPR.

    An edge is a function from one sort to another, or an element of one sort that exists for each one of another.
    Sorts with finitely many named elements are left out.
    """
    graph, finite = nx.DiGraph(), set[str]()
    for script in scripts:
        commands = list(_expressions(script))
        finite |= {sort for command in commands if (sort := _finite(command))}
        for command in commands:
            graph.add_edges_from(_edges(command))
    graph.remove_nodes_from([*finite, "Bool"])
    return graph


def _expressions(text: str) -> Iterator[Expression]:
    """Yield the expressions of a script, each as nested lists."""
    stack: list[list[Expression]] = [[]]
    for token in re.findall(r"\(|\)|\|[^|]*\||[^\s()|]+", re.sub(r"(?m)^;.*$", "", text)):
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    assert len(stack) == 1
    yield from stack[0]


def _finite(command: Expression) -> str:
    """Return the sort of which a command says that it has no elements but some constants."""
    match command:
        case ["assert", ["forall", [[name, sort]], ["or", *parts]]] if all(_is_constant(p, name) for p in parts):
            return str(sort)
        case ["assert", ["forall", [[name, sort]], part]] if _is_constant(part, name):
            return str(sort)
    return ""


def _is_constant(part: Expression, name: Expression) -> bool:
    return isinstance(part, list) and len(part) == 3 and part[0] == "=" and name in part and _atoms(part[1:])


def _atoms(parts: Iterable[Expression]) -> bool:
    return all(isinstance(part, str) for part in parts)


def _edges(command: Expression) -> Iterator[tuple[str, str]]:
    match command:
        case ["declare-fun", _, arguments, result]:
            yield from ((str(argument), str(result)) for argument in arguments if result != "Bool")
        case ["assert", formula]:
            yield from _quantified(formula, {}, positive=True)


def _quantified(
    term: Expression, depends: Mapping[str, frozenset[str]], *, positive: bool
) -> Iterator[tuple[str, str]]:
    """Yield the edges that quantifiers make in a formula, or in its negation."""
    match term:
        case str():
            return
        case ["forall" | "exists" as word, names, body]:
            bound = {str(name): str(sort) for name, sort in names}
            if (word == "forall") is positive:
                inner = {name: frozenset((sort,)) for name, sort in bound.items()}
            else:
                outside = frozenset(sort for name in _free(term) for sort in depends.get(name, ()))
                yield from ((source, sort) for source in outside for sort in bound.values())
                inner = dict.fromkeys(bound, outside)
            yield from _quantified(body, {**depends, **inner}, positive=positive)
        case ["not", inside]:
            yield from _quantified(inside, depends, positive=not positive)
        case ["=>", *before, last]:
            for part in before:
                yield from _quantified(part, depends, positive=not positive)
            yield from _quantified(last, depends, positive=positive)
        case ["and" | "or", *parts]:
            for part in parts:
                yield from _quantified(part, depends, positive=positive)
        case [_, *parts]:  # an equivalence, or what else may be true or false inside
            for part in parts:
                yield from _quantified(part, depends, positive=True)
                yield from _quantified(part, depends, positive=False)


def _free(term: Expression) -> frozenset[str]:
    """Return the names in a term that no quantifier inside binds."""
    match term:
        case str():
            return frozenset((term,))
        case ["forall" | "exists", names, body]:
            return _free(body) - {str(name) for name, _ in names}
    return frozenset[str]().union(*map(_free, term))
