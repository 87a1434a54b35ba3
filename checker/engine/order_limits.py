"""Whether a run reached the greatest element of an order, in which case a larger instance may show more.

A finite instance cuts off an unbounded order. A protocol that never reaches the last ballot behaves the same with more
ballots; one that does may hide a bug that needs one ballot more.

Not every order is one that a run advances in: processes may be ordered only to break ties, and then reaching the
greatest element says nothing. There are two signs of that: a map is keyed by the order, so its elements are things with
a state of their own; or every initial state holds the greatest element already.
"""

from __future__ import annotations

from collections.abc import Iterable

from assay.checker.language.bags import Bag
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Frozen
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.ir.nodes import (
    FALSE,
    And,
    Compare,
    Comparison,
    Elements,
    Entry,
    Expr,
    Field,
    IsKind,
    Item,
    Name,
    Narrow,
    Not,
    Or,
    Place,
    Quantifier,
    Read,
    Root,
    Stored,
    Universe,
)
from assay.checker.language.sorts import Element
from assay.checker.language.types import (
    BagType,
    MapType,
    NoneOnly,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
    UnionType,
    subtypes,
)

__all__ = ["OrderLimit", "holds_element", "orders_of", "uses_order_limit"]


def orders_of(specification: Specification) -> list[SortType]:
    """Return the orders whose elements occur in state variables of a model, except those that key a map."""
    parts = [part for variable in specification.variables for part in subtypes(variable.type)]
    keys = {inner for part in parts if isinstance(part, MapType) for inner in subtypes(part.key)}
    return list(dict.fromkeys(p for p in parts if isinstance(p, SortType) and p.ordered and p not in keys))


def holds_element(value: object, element: Element) -> bool:
    """Return whether a frozen value contains an element anywhere. O(size of the value)."""
    if isinstance(value, Element):
        return value is element
    return any(holds_element(part, element) for part in _parts(value))


def _parts(value: object) -> Iterable[object]:
    match value:
        case tuple() | list() | frozenset():
            return value
        case dict():
            return value.values()  # every map has all keys, so these say nothing
        case Bag():
            return value.counts
        case _:
            return (getattr(value, name) for name in getattr(value, "__dataclass_fields__", ()))


class OrderLimit:
    """Whether a run reached the greatest element of an order.

    It did if some state holds the element, and some initial state does not.
    """

    def __init__(self, instance: Instance, order: SortType) -> None:
        self.sort = order.cls
        self._element: Element = instance.elements(order.cls)[-1]
        self._held = self._missed = False

    @property
    def reached(self) -> bool:
        """Whether the run reached it."""
        return self._held and self._missed

    def look_at(self, state: Frozen, *, initial: bool) -> None:
        """Look at a state. Other than initial states, none matters once one that holds the element was seen."""
        if initial or not self._held:
            holds = holds_element(state, self._element)
            self._held = self._held or holds
            self._missed = self._missed or (initial and not holds)


def uses_order_limit(specification: Specification, order: SortType) -> Expr:
    """Return the predicate that some variable holds the greatest element of an order."""
    builder = _Builder(order)
    return _either([builder.place(Place(Root.STATE, v.name, (), v.type)) for v in specification.variables])


class _Builder:
    def __init__(self, order: SortType) -> None:
        self.order = order
        self._count = 0

    def _fresh(self, type_: Type) -> Name:
        self._count += 1
        return Name(f"top_{self._count}", type_)

    def place(self, place: Place) -> Expr:
        if self.order not in subtypes(place.type):
            return FALSE
        match place.type:
            case MapType(key, value):
                variable = self._fresh(key)
                entry = Place(place.root, place.variable, (*place.keys, variable), value)
                return self._some(variable, Universe(key), self.place(entry))
            case SetType(element) | SeqType(element, _) | BagType(element, _):
                variable = self._fresh(element)
                return self._some(variable, Stored(place), self.value(variable))
            case _:
                return self.value(Read(place))

    @staticmethod
    def _some(variable: Name, domain: Universe | Stored | Elements, body: Expr) -> Expr:
        return body if body == FALSE else Quantifier(False, variable, domain, body)

    def value(self, value: Expr) -> Expr:
        if self.order not in subtypes(value.type):
            return FALSE
        match value.type:
            # *All elements are at most this one*: the IR knows no sizes, so it cannot name the greatest element.
            case SortType():
                other = self._fresh(self.order)
                return Quantifier(True, other, Universe(self.order), Compare(Comparison.LE, other, value))
            case OptionalType(inner):
                return And((Not(IsKind(value, (NoneOnly(),))), self.value(Narrow(value, inner, safe=True))))
            case RecordType(_, fields):
                return _either([self.value(Field(value, name, part)) for name, part in fields])
            case TupleType(items):
                return _either([self.value(Item(value, index, part)) for index, part in enumerate(items)])
            case UnionType(alternatives):
                return _either([self._kind(value, kind) for kind in alternatives])
            case SetType(element) | SeqType(element, _) | BagType(element, _):
                variable = self._fresh(element)
                return self._some(variable, Elements(value), self.value(variable))
            case MapType(key, _):
                variable = self._fresh(key)
                return self._some(variable, Universe(key), self.value(Entry(value, variable)))
            case _:
                return FALSE

    def _kind(self, value: Expr, kind: RecordType) -> Expr:
        inner = self.value(Narrow(value, kind, safe=True))
        return inner if inner == FALSE else And((IsKind(value, (kind,)), inner))


def _either(parts: list[Expr]) -> Expr:
    real = tuple(part for part in parts if part != FALSE)
    if len(real) <= 1:
        return real[0] if real else FALSE
    return Or(real)
