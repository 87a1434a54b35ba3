"""The typed intermediate representation: what an action or property says, free of any finite size.

Every backend reads it: the native explorer packs it into machine words, the proofs translate it to
first-order logic. Expressions have no effect; statements change places. Names are unique within a method.

Evaluation is Python's: `And` and `Or` stop at the first part that decides, everything else evaluates all of
its operands. `Narrow`, indexing, `Extreme` without default, division and building a value whose range is
exceeded may *fail*, as Python would raise.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from assay.checker.errors import Location
from assay.checker.language.types import (
    BOOL,
    INT,
    BagType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    Type,
)

__all__ = [  # noqa: RUF022 - grouped as below
    "Node", "Expr", "Literal", "Name", "ConstantRef", "Read", "Place", "Root", "Field", "Item", "Make", "MakeTuple",
    "Cast", "Narrow", "IsKind", "Compare", "Comparison", "SetRelation", "SameContents", "Not", "And", "Or",
    "Implies", "Conditional", "Arithmetic", "Quantifier", "Extreme", "Sum", "Cardinality", "SizeOf", "LeastOf",
    "Member", "SeqLength", "SeqItem", "BagCount", "BagTotal", "Let",
    "Collection", "Universe", "Stored", "Members", "IntRange", "Comprehension", "Generator", "SetOf",
    "SetOperation", "Slice", "SetChoice",
    "Statement", "Block", "Require", "Assign", "AssignLocal", "AssignCollection", "AssignMap", "SetUpdate",
    "SeqAppend", "SeqPop", "SeqStore", "BagUpdate", "Clear", "If", "For",
    "TRUE", "FALSE", "children", "walk", "free_names",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Node:
    """Anything in the IR; ``location`` is where it stands in the model's source."""

    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Expr(Node):
    """A scalar expression; every subclass has a ``type``."""

    if TYPE_CHECKING:

        @property
        def type(self) -> Type:
            """The type of its value."""


class Root(enum.Enum):
    """Which state a place is in."""

    STATE = "self"
    AFTER = "after"


@dataclass(frozen=True)
class Place(Node):
    """A variable of the state, or an entry of a map in it: ``self.votes[b][a]`` has two keys."""

    root: Root
    variable: str
    keys: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True)
class Literal(Expr):
    """A Python value: a bool, int, enum member or None."""

    value: Any
    type: Type


@dataclass(frozen=True)
class Name(Expr):
    """A parameter, a bound variable or a local name."""

    name: str
    type: Type


@dataclass(frozen=True)
class ConstantRef(Expr):
    """An instance parameter."""

    name: str
    type: Type


@dataclass(frozen=True)
class Read(Expr):
    """The scalar at a place."""

    place: Place

    @property
    def type(self) -> Type:
        return self.place.type


@dataclass(frozen=True)
class Field(Expr):
    """A field of a record; the operand is of exactly that record's type."""

    operand: Expr
    name: str
    type: Type


@dataclass(frozen=True)
class Item(Expr):
    """An item of a tuple, by its position."""

    operand: Expr
    index: int
    type: Type


@dataclass(frozen=True)
class Make(Expr):
    """A record made from its fields, in order."""

    type: RecordType
    arguments: tuple[Expr, ...]


@dataclass(frozen=True)
class MakeTuple(Expr):
    """A tuple."""

    type: TupleType
    arguments: tuple[Expr, ...]


@dataclass(frozen=True)
class Cast(Expr):
    """A value seen as one of a wider type: a record as one of a union, a T as a ``T | None``."""

    operand: Expr
    type: Type


@dataclass(frozen=True)
class Narrow(Expr):
    """A value of a wider type used as one of a narrower; fails where it is not, which ``safe`` rules out."""

    operand: Expr
    type: Type
    safe: bool = False


@dataclass(frozen=True)
class IsKind(Expr):
    """Whether a value of a union (or optional) is of one of these types; NoneOnly for None."""

    operand: Expr
    kinds: tuple[Type, ...]

    @property
    def type(self) -> Type:
        return BOOL


class Comparison(enum.Enum):
    """How two values of one type are compared."""

    EQ = "=="
    LT = "<"
    LE = "<="


@dataclass(frozen=True)
class Compare(Expr):
    """A comparison of two scalars of one type."""

    operator: Comparison
    left: Expr
    right: Expr

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class SetRelation(Expr):
    """Whether a set equals another (EQ), is a proper subset (LT) or a subset (LE)."""

    operator: Comparison
    left: Collection
    right: Collection

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class SameContents(Expr):
    """Whether two maps, sequences or bags are equal."""

    left: Place
    right: Place

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class Not(Expr):
    """Negation."""

    operand: Expr

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class And(Expr):
    """Conjunction, from left to right, up to the first false part; all parts are evaluated if ``eager``."""

    parts: tuple[Expr, ...]
    eager: bool = False

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class Or(Expr):
    """Disjunction, from left to right, up to the first true part."""

    parts: tuple[Expr, ...]

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class Implies(Expr):
    """Implication; both sides are evaluated."""

    left: Expr
    right: Expr

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class Conditional(Expr):
    """``then if test else otherwise``."""

    test: Expr
    then: Expr
    otherwise: Expr

    @property
    def type(self) -> Type:
        return self.then.type


@dataclass(frozen=True)
class Arithmetic(Expr):
    """``+``, ``-``, ``*``, ``//`` or ``%`` of two integers, with Python's rounding."""

    operator: str
    left: Expr
    right: Expr

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class Quantifier(Expr):
    """``all(body for variable in domain)`` if universal, else ``any(...)``."""

    universal: bool
    variable: Name
    domain: Collection
    body: Expr

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class Extreme(Expr):
    """The largest or smallest ``element`` that the generators give; ``default`` if there is none, else it fails."""

    largest: bool
    element: Expr
    generators: tuple[Generator, ...]
    default: Expr | None

    @property
    def type(self) -> Type:
        return self.element.type


@dataclass(frozen=True)
class Sum(Expr):
    """The sum of ``element`` over all that the generators give, repeats included."""

    element: Expr
    generators: tuple[Generator, ...]

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class Cardinality(Expr):
    """The number of elements of a set or quorum."""

    collection: Collection

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class SizeOf(Expr):
    """The number of elements of a sort, order, enum or quorum system."""

    universe: Universe

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class LeastOf(Expr):
    """The least element of an order."""

    type: SortType


@dataclass(frozen=True)
class Member(Expr):
    """Whether an element is in a collection."""

    element: Expr
    collection: Collection

    @property
    def type(self) -> Type:
        return BOOL


@dataclass(frozen=True)
class SeqLength(Expr):
    """The length of a sequence."""

    place: Place

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class SeqItem(Expr):
    """An item of a sequence; negative indices count from its end; fails outside."""

    place: Place
    index: Expr

    @property
    def type(self) -> Type:
        assert isinstance(self.place.type, SeqType)
        return self.place.type.element


@dataclass(frozen=True)
class BagCount(Expr):
    """How many copies of an element a bag holds."""

    place: Place
    element: Expr

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class BagTotal(Expr):
    """How many elements a bag holds in all."""

    place: Place

    @property
    def type(self) -> Type:
        return INT


@dataclass(frozen=True)
class Let(Expr):
    """``body`` with a name for the value of an expression, evaluated once, first."""

    variable: Name
    value: Expr
    body: Expr

    @property
    def type(self) -> Type:
        return self.body.type


# Collections: what is iterated over, or asked for membership.


@dataclass(frozen=True, kw_only=True)
class Collection(Node):
    """A finite collection of scalars; every subclass has an ``element`` type."""

    if TYPE_CHECKING:

        @property
        def element(self) -> Type:
            """The type of its elements."""


@dataclass(frozen=True)
class Universe(Collection):
    """All values of a sort, order, enum or quorum system."""

    of: Type

    @property
    def element(self) -> Type:
        return self.of


@dataclass(frozen=True)
class Stored(Collection):
    """The set, sequence or bag at a place (of a bag, each element once)."""

    place: Place

    @property
    def element(self) -> Type:
        assert isinstance(self.place.type, SetType | SeqType | BagType)
        return self.place.type.element


@dataclass(frozen=True)
class Members(Collection):
    """The members of a quorum."""

    quorum: Expr
    member: Type

    @property
    def element(self) -> Type:
        return self.member


@dataclass(frozen=True)
class IntRange(Collection):
    """``range(start, stop)``."""

    start: Expr
    stop: Expr

    @property
    def element(self) -> Type:
        return INT


@dataclass(frozen=True)
class Generator(Node):
    """``for variable in domain if condition``."""

    variable: Name
    domain: Collection
    condition: Expr | None = None


@dataclass(frozen=True)
class Comprehension(Collection):
    """``{item for ... in ... if ...}``."""

    item: Expr
    generators: tuple[Generator, ...]

    @property
    def element(self) -> Type:
        return self.item.type


@dataclass(frozen=True)
class SetOf(Collection):
    """A set written out, or a sequence if ``ordered``."""

    items: tuple[Expr, ...]
    of: Type
    ordered: bool = False

    @property
    def element(self) -> Type:
        return self.of


@dataclass(frozen=True)
class SetOperation(Collection):
    """``|``, ``&`` or ``-`` of two sets."""

    operator: str
    left: Collection
    right: Collection

    @property
    def element(self) -> Type:
        return self.left.element


@dataclass(frozen=True)
class SetChoice(Collection):
    """One set or another, by a test."""

    test: Expr
    then: Collection
    otherwise: Collection

    @property
    def element(self) -> Type:
        return self.then.element


@dataclass(frozen=True)
class Slice(Collection):
    """The part of a sequence from index ``start`` on, and before ``stop`` if there is one; both not negative."""

    place: Place
    start: int
    stop: int | None

    @property
    def element(self) -> Type:
        assert isinstance(self.place.type, SeqType)
        return self.place.type.element


# Statements.


@dataclass(frozen=True, kw_only=True)
class Statement(Node):
    """What an action does, one after the other."""


@dataclass(frozen=True)
class Block(Statement):
    """Statements in sequence."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Require(Statement):
    """The action is not enabled unless the condition is true here."""

    condition: Expr


@dataclass(frozen=True)
class Assign(Statement):
    """Put a scalar into a place; fails if its range is exceeded."""

    place: Place
    value: Expr


@dataclass(frozen=True)
class AssignLocal(Statement):
    """Give a local name a value, for the first time or again."""

    variable: Name
    value: Expr


@dataclass(frozen=True)
class AssignCollection(Statement):
    """Make a stored set or sequence equal to a collection, evaluated before anything changes."""

    place: Place
    value: Collection


@dataclass(frozen=True)
class AssignMap(Statement):
    """Give a map a value at every key: ``{key: value for key in universe}``, evaluated before anything changes."""

    place: Place
    variable: Name
    value: Expr


@dataclass(frozen=True)
class SetUpdate(Statement):
    """Add to (``add``), or remove from (``discard``) a stored set a whole collection, evaluated before all changes.

    With ``keep``, remove everything that is not in it.
    """

    operator: str
    place: Place
    value: Collection


@dataclass(frozen=True)
class SeqAppend(Statement):
    """Append to a sequence; fails if its bound is exceeded."""

    place: Place
    value: Expr


@dataclass(frozen=True)
class SeqPop(Statement):
    """Remove the first or last item of a sequence, into a local name if there is one; fails if it is empty."""

    place: Place
    first: bool
    into: Name | None


@dataclass(frozen=True)
class SeqStore(Statement):
    """Replace an item of a sequence; fails outside."""

    place: Place
    index: Expr
    value: Expr


@dataclass(frozen=True)
class BagUpdate(Statement):
    """Add a copy to a bag (fails if its bound is exceeded), or remove one (fails if there is none)."""

    add: bool
    place: Place
    value: Expr


@dataclass(frozen=True)
class Clear(Statement):
    """Empty a set, sequence or bag."""

    place: Place


@dataclass(frozen=True)
class If(Statement):
    """``if test: then else: otherwise``."""

    test: Expr
    then: Block
    otherwise: Block


@dataclass(frozen=True)
class For(Statement):
    """``for variable in domain: body``; over a sort or set the order has no influence."""

    variable: Name
    domain: Collection
    body: Block


TRUE = Literal(True, BOOL)
FALSE = Literal(False, BOOL)


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly inside a node, in order of evaluation."""
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and every node inside it, outermost first."""
    yield node
    for child in children(node):
        yield from walk(child)


def free_names(node: Node) -> frozenset[str]:
    """Return the names that a node mentions. Names are unique, so bound ones do no harm to its users."""
    return frozenset(inner.name for inner in walk(node) if isinstance(inner, Name))
