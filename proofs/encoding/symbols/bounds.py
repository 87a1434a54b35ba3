"""The bounds that explorers check every state against: ranges of numbers, and bounds of sequences and bags."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from assay.checker.language.introspection.specification import Variable
from assay.checker.language.types import BagType, SeqType, Type, subtypes
from assay.proofs.encoding.symbols.cases import Case
from assay.proofs.encoding.symbols.layout import BagLayout, Layout, MapLayout, ScalarLayout, SeqLayout, SetLayout
from assay.proofs.encoding.symbols.theory import Theory
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.universes import all_values, in_type, in_window
from assay.proofs.encoding.symbols.values import are_equal
from assay.proofs.logic.binders import for_all
from assay.proofs.logic.connectives import add, at_most, conjunction, implies, less, negation
from assay.proofs.logic.terms import TRUE, Symbol, Term, number, variable

__all__ = ["bounds", "fits", "fits_within", "holds_more", "keeps", "structure_bounds"]


def bounds(theory: Theory) -> Iterator[tuple[str, Term]]:
    """Yield, for each variable with bounds, the claim that it keeps to them, with a name.

    The bounds of immutable variables are axioms: see `structure_bounds`.
    """
    yield from _bounds(theory, [v for v in theory.specification.variables if not v.immutable])


def structure_bounds(theory: Theory) -> Iterator[tuple[str, Term]]:
    """Yield, for each immutable variable with bounds, the axiom that it keeps to them, with a name."""
    yield from _bounds(theory, theory.specification.structure)


def _bounds(theory: Theory, variables: Sequence[Variable]) -> Iterator[tuple[str, Term]]:
    for variable_ in variables:
        formula = keeps(theory, variable_) if variable_.name in theory.layouts else TRUE
        if formula.symbols:
            yield f"{variable_.name} {'within its bound' if holds_more(variable_.type) else 'in range'}", formula


def keeps(theory: Theory, variable_: Variable) -> Term:
    """Return whether a variable keeps to its bounds.

    Raises
    ------
    Unencodable
        If this needs sizes that are not given.
    """
    try:
        return fits(theory, theory.layout(variable_.name, variable_.location))
    except Unencodable as error:
        what = f"that {variable_.name} is a {variable_.type}"
        remedy = _SET if isinstance(variable_.type, BagType) else ""
        raise Unencodable(what, variable_.location, finite=error.finite, remedy=remedy) from None


_SET = "prove it with a set of all that was ever sent, as in SetNetwork; or explore this model: assay check"


def holds_more(type_: Type) -> bool:
    """Return whether a type contains a sequence or a bag."""
    return any(isinstance(part, SeqType | BagType) for part in subtypes(type_))


def fits(theory: Theory, layout: Layout) -> Term:
    """Return whether the contents of a layout keep to all bounds."""
    return conjunction(_fits(theory, layout, (), ()))


def fits_within(theory: Theory, layout: Layout, keys: tuple[Term, ...]) -> Term:
    """Return whether the contents of a layout for some keys keep to the bounds, for all values of the free keys."""
    return conjunction(_fits(theory, layout, keys, ()))


def _fits(theory: Theory, layout: Layout, keys: tuple[Term, ...], known: tuple[Term, ...]) -> Iterator[Term]:
    """Yield what must be true, for all keys about which something is known."""
    match layout:
        case MapLayout(_, parts):
            for case, part in parts:
                names = _names(case)
                yield from _fits(theory, part, (*keys, *names), (*known, in_window(theory, case, names)))
        case ScalarLayout(type_):
            value = layout.read(keys, _apply)
            yield _everywhere(keys, known, in_type(theory, type_, value))
        case SetLayout(_, relations):
            for case, symbol in relations:
                names = _names(case)
                inside = in_window(theory, case, names)
                yield _everywhere((*keys, *names), (*known, symbol(*keys, *names)), inside)
        case SeqLayout(type_, _, _, capacity):
            length = layout.length(*keys)
            least = number(capacity if type_.distinct else 0)
            yield _everywhere(keys, known, conjunction((at_most(least, length), at_most(length, number(capacity)))))
            if type_.distinct:
                items = [layout.item(index).read(keys, _apply) for index in range(capacity)]
                pairs = itertools.combinations(items, 2)
                yield _everywhere(keys, known, conjunction(negation(are_equal(one, other)) for one, other in pairs))
            for index in range(capacity):
                item = in_type(theory, type_.element, layout.item(index).read(keys, _apply))
                yield _everywhere(keys, (*known, less(number(index), length)), item)
        case BagLayout():
            yield from _bag_fits(theory, layout, keys, known)


def _bag_fits(theory: Theory, layout: BagLayout, keys: tuple[Term, ...], known: tuple[Term, ...]) -> Iterator[Term]:
    for case, symbol in layout.counts:
        names = _names(case)
        count = symbol(*keys, *names)
        yield _everywhere((*keys, *names), known, at_most(number(0), count))
        more = (*known, less(number(0), count))
        yield _everywhere((*keys, *names), more, in_window(theory, case, names))
    total = add(
        symbol(*keys, *terms)
        for value in all_values(theory, layout.type.element, f"the size of a {layout.type}", None)
        for case, symbol in layout.counts
        for test, terms in [case.match(value)]
        if test is TRUE  # each value written out is of exactly one case
    )
    yield _everywhere(keys, known, at_most(total, number(layout.capacity)))


def _names(case: Case) -> tuple[Term, ...]:
    return tuple(variable(sort) for sort in case.sorts)


def _apply(symbol: Symbol, arguments: Sequence[Term]) -> Term:
    return symbol(*arguments)


def _everywhere(names: Sequence[Term], known: Sequence[Term], formula: Term) -> Term:
    return for_all(names, implies(conjunction(known), formula))
