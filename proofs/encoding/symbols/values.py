"""Values of the modelling language as trees of terms: an optional is a flag and a value, a record its fields.

If a flag is false, the value beside it means nothing, and nothing looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assay.checker.immutable import immutable
from assay.checker.language.types import (
    NoneOnly,
    OptionalType,
    RecordType,
    TupleType,
    Type,
    UnionType,
    is_container,
)
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.logic.connectives import conjunction, disjunction, equal, implies, ite, negation
from assay.proofs.logic.terms import FALSE, TRUE, Term

__all__ = ["ABSENT", "Atom", "Choice", "Optional", "Product", "Value", "are_equal", "cast", "choose"]
__all__ += ["is_kind", "mapped", "narrow"]


@immutable
class Atom:
    """A single term: a bool, a number, an element of a sort or an enum."""

    term: Term


@immutable
class Optional:
    """An optional: ``present`` says whether there is a value, and the other field which one, if there can be one."""

    present: Term
    value: Value | None


@immutable
class Product:
    """The fields of a record or the items of a tuple."""

    parts: tuple[Value, ...]


@immutable
class Choice:
    """A value of a union: for each alternative, whether it is of that type and, if it can be, its value then."""

    alternatives: tuple[tuple[RecordType, Term, Product | None], ...]

    def of(self, kind: Type) -> tuple[Term, Product | None]:
        """Return whether the value is of an alternative, and its value if so."""
        return next((test, value) for record, test, value in self.alternatives if record == kind)


Value = Atom | Optional | Product | Choice

ABSENT = Optional(FALSE, None)
"""None."""


def are_equal(left: Value, right: Value) -> Term:
    """Return whether two values of one type are equal."""
    match left, right:
        case Atom(first), Atom(second):
            if first.sort is not second.sort:
                raise Unencodable(f"a comparison of a {first.sort} with a {second.sort}", finite=True)
            return equal(first, second)
        case Optional(here, first), Optional(there, second):
            # If one is certainly None, they are equal iff both are None: there is no value to compare.
            same = TRUE if first is None or second is None else are_equal(first, second)
            return conjunction((equal(here, there), implies(here, same)))
        case Product(firsts), Product(seconds):
            return conjunction(map(are_equal, firsts, seconds))
        case Choice(), Choice():
            return disjunction(_same_alternative(left, right))
    raise AssertionError((left, right))


def _same_alternative(left: Choice, right: Choice) -> Iterable[Term]:
    for kind, test, first in left.alternatives:
        other, second = right.of(kind)
        if first is not None and second is not None:
            yield conjunction((test, other, are_equal(first, second)))


def choose(test: Term, then: Value, otherwise: Value) -> Value:
    """Return one of two values of the same type, by a test."""
    if test is TRUE or test is FALSE:
        return then if test is TRUE else otherwise
    match then, otherwise:
        case Atom(first), Atom(second):
            return Atom(ite(test, first, second))
        case Optional(here, first), Optional(there, second):
            return Optional(ite(test, here, there), _either(test, first, second))
        case Product(firsts), Product(seconds):
            return Product(tuple(choose(test, a, b) for a, b in zip(firsts, seconds, strict=True)))
        case Choice(alternatives), Choice():
            return Choice(tuple(_chosen(test, kind, (here, part), otherwise) for kind, here, part in alternatives))
    raise AssertionError((then, otherwise))


def _either(test: Term, first: Value | None, second: Value | None) -> Value | None:
    if first is None or second is None:
        return second if first is None else first
    return choose(test, first, second)


def _chosen(
    test: Term, kind: RecordType, first: tuple[Term, Product | None], other: Choice
) -> tuple[RecordType, Term, Product | None]:
    there, second = other.of(kind)
    value = _either(test, first[1], second)
    assert value is None or isinstance(value, Product)
    return kind, ite(test, first[0], there), value


def cast(value: Value, given: Type, wanted: Type) -> Value:
    """Return a value as one of a wider type.

    Raises
    ------
    Unencodable
        If it contains a container that would be of another type: these are different sorts.
    """
    if given == wanted:
        return value
    match given, wanted:
        case NoneOnly(), OptionalType():
            return ABSENT
        case OptionalType(inner), OptionalType(outer):
            assert isinstance(value, Optional)
            return Optional(value.present, None if value.value is None else cast(value.value, inner, outer))
        case _, OptionalType(inner):
            return Optional(TRUE, cast(value, given, inner))
        case RecordType(), UnionType(alternatives):
            assert isinstance(value, Product)
            return Choice(tuple((k, TRUE, value) if k == given else (k, FALSE, None) for k in alternatives))
        case UnionType(), UnionType(alternatives):
            assert isinstance(value, Choice)
            kept = {kind: (kind, test, part) for kind, test, part in value.alternatives}
            return Choice(tuple(kept.get(kind, (kind, FALSE, None)) for kind in alternatives))
        case TupleType(items), TupleType(wanted_items):
            assert isinstance(value, Product)
            return Product(tuple(map(cast, value.parts, items, wanted_items)))
        case _:
            if is_container(wanted):
                raise Unencodable(f"a {given} that is taken for a {wanted}", finite=True)
            return value


def is_kind(value: Value, kinds: Iterable[Type]) -> Term:
    """Return whether a value of a union or optional is of one of these types."""
    return disjunction(_is_one(value, kind) for kind in kinds)


def _is_one(value: Value, kind: Type) -> Term:
    match value:
        case Optional(present, inner):
            if isinstance(kind, NoneOnly):
                return negation(present)
            return present if not isinstance(inner, Choice) else conjunction((present, _is_one(inner, kind)))
        case Choice():
            return value.of(kind)[0]
        case _:
            return TRUE


def narrow(value: Value, given: Type, wanted: Type) -> tuple[Term, Value | None]:
    """Return whether a value is of a narrower type, and its value if so (None if it never is)."""
    if given == wanted:
        return TRUE, value
    if isinstance(value, Optional) and isinstance(given, OptionalType):
        if isinstance(wanted, NoneOnly) or (isinstance(wanted, OptionalType) and value.value is None):
            return TRUE, value
        if isinstance(wanted, OptionalType) and value.value is not None:
            test, inner = narrow(value.value, given.inner, wanted.inner)
            return disjunction((negation(value.present), test)), Optional(value.present, inner)
        if value.value is None:
            return FALSE, None
        test, inner = narrow(value.value, given.inner, wanted)
        return conjunction((value.present, test)), inner
    if isinstance(value, Choice):
        if isinstance(wanted, UnionType):
            kept = tuple(part for part in value.alternatives if part[0] in wanted.alternatives)
            return disjunction(test for _, test, _ in kept), Choice(kept)
        return value.of(wanted)
    return TRUE, value


def mapped(value: Value, change: Callable[[Term], Term]) -> Value:
    """Return a value with each of its terms changed."""
    match value:
        case Atom(term):
            return Atom(change(term))
        case Optional(present, inner):
            return Optional(change(present), None if inner is None else mapped(inner, change))
        case Product(parts):
            return Product(tuple(mapped(part, change) for part in parts))
        case Choice(alternatives):
            return Choice(tuple((kind, change(test), _mapped(part, change)) for kind, test, part in alternatives))


def _mapped(value: Product | None, change: Callable[[Term], Term]) -> Product | None:
    return None if value is None else Product(tuple(mapped(part, change) for part in value.parts))
