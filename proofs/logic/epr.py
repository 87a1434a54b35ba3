"""The alternation graph: which quantifiers and functions make terms from terms. Acyclic queries are decidable.

Each ``all x ... any y``, and each function from x's sort to y's, is an edge of a graph over the sorts. If the graph has
no cycle, the formulas are in the many-sorted *effectively propositional* fragment: finitely many ground terms exist,
so instantiating the quantifiers terminates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.proofs.logic.connectives import negation
from assay.proofs.logic.terms import BOOL, INT, Op, Sort, Symbol, Term

__all__ = ["Alternation", "alternations", "cycle", "described", "functions_on_cycles"]


@dataclass(frozen=True)
class Alternation:
    """An edge: elements of one sort give rise to an element of another.

    Attributes
    ----------
    source, target : Sort
        The sorts.
    symbol : Symbol, optional
        The function that makes the element; None if a quantifier does.
    origin : object
        Where the edge comes from; its text says so, and is made only of edges that are shown.
    """

    source: Sort
    target: Sort
    symbol: Symbol | None
    origin: object


def alternations(formulas: Iterable[tuple[object, Term]]) -> list[Alternation]:
    """Return the edges of formulas, each of which is asserted; what stands before one is the origin of its edges."""
    found: dict[tuple[Sort, Sort, Symbol | None], Alternation] = {}
    functions = dict[Symbol, None]()
    for origin, formula in formulas:
        for source, target in _of_quantifiers(formula, {}):
            found.setdefault((source, target, None), Alternation(source, target, None, origin))
        functions.update(dict.fromkeys(filter(_makes_elements, formula.symbols)))
    for symbol in sorted(functions, key=lambda symbol: symbol.order):
        for source in symbol.arguments:
            edge = Alternation(source, symbol.result, symbol, f"the function {symbol.name}")
            found.setdefault((source, symbol.result, symbol), edge)
    return list(found.values())


def _makes_elements(symbol: Symbol) -> bool:
    return bool(symbol.arguments) and symbol.result != BOOL and not symbol.result.members


def _of_quantifiers(term: Term, depends: dict[Term, frozenset[Sort]]) -> Iterator[tuple[Sort, Sort]]:
    """Yield the edges of a formula in negation normal form; ``depends`` has the sorts that each variable depends on."""
    if term.depth == 0:
        return
    if term.op == Op.EQUAL or (term.op == Op.NOT and term.args[0].op == Op.EQUAL):
        yield from _of_equivalence(term if term.op == Op.EQUAL else term.args[0], depends)
    elif term.op == Op.FORALL:
        inner = {**depends, **{name: frozenset((name.sort,)) for name in term.of}}
        yield from _of_quantifiers(term.args[0], inner)
    elif term.op == Op.EXISTS:
        sources = frozenset(sort for name in term.free for sort in depends.get(name, ()))
        ordered = sorted(sources, key=lambda sort: sort.order)
        yield from ((source, name.sort) for name in term.of for source in ordered if not name.sort.members)
        yield from _of_quantifiers(term.args[0], {**depends, **dict.fromkeys(term.of, sources)})
    else:
        for arg in term.args:
            yield from _of_quantifiers(arg, depends)


def _of_equivalence(term: Term, depends: dict[Term, frozenset[Sort]]) -> Iterator[tuple[Sort, Sort]]:
    # An equivalence is two implications, so each side occurs in it both as it is and negated.
    for part in term.args:
        yield from _of_quantifiers(part, depends)
        yield from _of_quantifiers(negation(part), depends)


def cycle(edges: Iterable[Alternation]) -> list[Alternation]:
    """Return the edges of a shortest cycle through a sort; an empty list if there is no cycle."""
    graph = _graph(edges)
    ways = [way for sort in graph if (way := _way(graph, sort, sort))]
    return min(ways, key=len, default=[])


def described(way: Iterable[Alternation]) -> tuple[str, ...]:
    """Return a path of edges in words."""
    return tuple(f"{edge.source.name} to {edge.target.name} by {edge.origin}" for edge in way)


def functions_on_cycles(edges: Iterable[Alternation]) -> frozenset[Symbol]:
    """Return the functions that are part of a cycle."""
    graph = _graph(edges)
    return frozenset(
        edge.symbol
        for leaving in graph.values()
        for edge in leaving
        if edge.symbol is not None and (edge.target == edge.source or _way(graph, edge.target, edge.source))
    )


def _graph(edges: Iterable[Alternation]) -> dict[Sort, list[Alternation]]:
    graph: dict[Sort, list[Alternation]] = {}
    for edge in edges:
        # Truth values and enumerations stay finite whatever makes them, and numbers are not elements of a sort.
        if edge.source != BOOL and edge.target not in (BOOL, INT) and not edge.source.members:
            graph.setdefault(edge.source, []).append(edge)
    return graph


def _way(graph: dict[Sort, list[Alternation]], start: Sort, end: Sort) -> list[Alternation]:
    """Return the edges of a shortest path of at least one edge."""
    ways: dict[Sort, list[Alternation]] = {}
    frontier: list[tuple[Sort, list[Alternation]]] = [(start, [])]
    for sort, way in frontier:  # breadth first: the list grows while the loop runs over it
        for edge in graph.get(sort, ()):
            if edge.target not in ways:
                ways[edge.target] = [*way, edge]
                frontier.append((edge.target, ways[edge.target]))
    return ways.get(end, [])
