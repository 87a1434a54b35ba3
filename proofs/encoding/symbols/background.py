"""What is assumed about every instance: orders are total, quorums are not empty.

If sizes are given, the sorts have that many elements, and the quorums are those of the instance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assay.checker.language.execution.instance import Instance
from assay.checker.language.types import QuorumType
from assay.proofs.encoding.symbols.cases import sort_of
from assay.proofs.encoding.symbols.theory import Theory, members_of
from assay.proofs.logic.binders import exists, for_all
from assay.proofs.logic.connectives import at_most, conjunction, disjunction, equal, iff, implies, negation
from assay.proofs.logic.orders import greatest_of, least_of, next_of, order_of
from assay.proofs.logic.terms import FALSE, TRUE, Sort, Symbol, Term, element, number, variable

__all__ = ["background"]


def background(theory: Theory) -> Iterator[tuple[str, Term]]:
    """Yield the assumptions that come with a vocabulary, each with a name."""
    for type_ in theory.orders():
        yield from _order_axioms(sort_of(type_))
        yield from _neighbours(sort_of(type_)) if theory.has_neighbours else ()
    for quorum in theory.specification.quorums:
        yield f"{quorum.cls.__name__} is not empty", _not_empty(quorum)
    for sort, size in theory.sizes.items():
        yield f"{sort.name} has an element", at_most(number(1), size)
    for range_ in theory.named_ranges:
        assert range_.low is not None
        assert range_.high is not None
        yield f"{range_} is not empty", at_most(theory.bound(range_.low), theory.bound(range_.high))
    if theory.instance is not None:
        yield from _closed(theory, theory.instance)


def _closed(theory: Theory, instance: Instance) -> Iterator[tuple[str, Term]]:
    for sort in theory.sorts:
        size = theory.size(sort)
        assert size is not None
        x = variable(sort)
        yield f"{sort.name} has {size}", for_all([x], disjunction(equal(x, element(sort, i)) for i in range(size)))
    for type_ in theory.orders():
        yield f"{type_.cls.__name__} in order", _in_order(sort_of(type_), instance.sizes[type_.cls])
    for quorum in theory.specification.quorums:
        yield f"{quorum.cls.__name__} as given", _as_given(quorum, instance)


def _order_axioms(sort: Sort) -> Iterator[tuple[str, Term]]:
    below, least = order_of(sort), least_of(sort)
    x, y, z = (variable(sort) for _ in range(3))
    yield (
        f"{sort.name} is antisymmetric",
        for_all([x, y], disjunction((negation(below(x, y)), negation(below(y, x)), equal(x, y)))),
    )
    yield (
        f"{sort.name} is transitive",
        for_all([x, y, z], disjunction((negation(below(x, y)), negation(below(y, z)), below(x, z)))),
    )
    yield f"{sort.name} is total", for_all([x, y], disjunction((below(x, y), below(y, x))))
    yield f"{sort.name} has a least element", for_all([x], below(least, x))


def _neighbours(sort: Sort) -> Iterator[tuple[str, Term]]:
    """Yield what is true of finite orders but not of all orders; assumed only if a model mentions it."""
    below, x = order_of(sort), variable(sort)
    yield f"{sort.name} has a greatest element", for_all([x], below(x, greatest_of(sort)))
    yield f"{sort.name} has successors", _next_to(next_of(sort, up=True), below)
    yield f"{sort.name} has predecessors", _next_to(next_of(sort, up=False), lambda low, high: below(high, low))


def _next_to(neighbour: Symbol, below: Callable[[Term, Term], Term]) -> Term:
    """Return the axiom that a function gives the next element in a direction, and for the last one, itself.

    A function keeps all quantifiers universal. An existential quantifier for the next element would take the solver
    much longer to satisfy.
    """
    x, y = variable(neighbour.result), variable(neighbour.result)
    next_, further = neighbour(x), negation(below(y, x))
    least = implies(further, conjunction((below(next_, y), negation(below(next_, x)))))
    return for_all([x, y], conjunction((below(x, next_), least)))


def _not_empty(quorum: QuorumType) -> Term:
    q, a = variable(sort_of(quorum)), variable(sort_of(quorum.member))
    return for_all([q], exists([a], members_of(quorum)(q, a)))


def _in_order(sort: Sort, size: int) -> Term:
    below = order_of(sort)
    elements = [element(sort, index) for index in range(size)]
    return conjunction(
        below(low, high) if i <= j else negation(below(low, high))
        for i, low in enumerate(elements)
        for j, high in enumerate(elements)
    )


def _as_given(quorum: QuorumType, instance: Instance) -> Term:
    member, sort = members_of(quorum), sort_of(quorum.member)
    return conjunction(
        iff(member(element(sort_of(quorum), q), element(sort, a)), TRUE if a in indices else FALSE)
        for q, indices in enumerate(instance.quorums[quorum.cls])
        for a in range(instance.sizes[quorum.member.cls])
    )
