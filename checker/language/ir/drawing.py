"""Parameters that the guards of an action draw from the state: ``require(m in self.messages)``.

This guard disables the action for all other arguments, so they need not be tried, however many there are. So does
``require(self.queue[0] == m)``, or ``require(m == self.slot[n])``, or ``require(m in self.sent | self.lost)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assay.checker.immutable import immutable
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    AssignLocal,
    Block,
    Cast,
    Collected,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Concatenation,
    Conditional,
    Elements,
    Entry,
    Expr,
    Field,
    Generator,
    Item,
    ItemAt,
    Listing,
    Member,
    Name,
    Narrow,
    Node,
    Or,
    Place,
    Quantifier,
    Read,
    Require,
    Root,
    SeqItem,
    SetOf,
    SetOperation,
    SetOperator,
    Slice,
    Statement,
    Stored,
    walk,
)
from assay.checker.language.types import IntType, OptionalType, RecordType, SetType, Type, UnionType, has_numbers

__all__ = ["Draw", "Draws", "Way", "drawn_from", "kinds_of", "steps_of", "ways_of"]


@immutable
class Way:
    """Values that a guard leaves to a parameter: ``item for generators``, possibly repeated.

    Values of another type than the parameter's, such as None, are not among them.
    """

    generators: tuple[Generator, ...]
    item: Expr


Origins = frozenset[tuple[Root, str]]


@immutable
class Draw:
    """From where in the state a parameter is drawn.

    Attributes
    ----------
    origins : frozenset of pairs of a Root and a str
        The variables, each in one of the states, of which every argument that matters is a part.
    exact : bool
        Whether no other argument matters. If not, they all raise, or none of them matters.
    """

    origins: Origins
    exact: bool


Draws = Mapping[str, Draw]
"""For each parameter that is drawn from the state, from where."""


def drawn_from(body: Block, parameters: tuple[Name, ...]) -> Draws:
    """Return the parameters that the first guards of an action draw from the state.

    Arguments that are not drawn are never tried, so nothing that may raise for them is left out: whether a guard raises
    must not depend on a parameter that is drawn later, not even by whether the guard is reached.
    """
    search = _Search(parameters)
    for statement in steps_of(body):
        if isinstance(statement, AssignLocal):
            search.names(statement)
        elif isinstance(statement, Require):
            for part in _conjuncts(statement.condition):
                search.guards(part)
        else:
            break
    return search.found


def steps_of(body: Block) -> Iterator[Statement]:
    """Yield the statements of a block, and those of the blocks in it, in order."""
    for statement in body.statements:
        if isinstance(statement, Block):
            yield from steps_of(statement)
        else:
            yield statement


class _Search:
    """What is known after some guards of an action."""

    def __init__(self, parameters: tuple[Name, ...]) -> None:
        self._parameters = parameters
        self.found: dict[str, Draw] = {}
        self._values: dict[str, Expr] = {}  # the definitions of local names
        self._read: set[str] = set()  # the parameters on which it depends how far the guards are evaluated
        self._too_late: set[str] = set()  # the parameters on which it depends whether they raise
        self._may_raise = False

    def names(self, statement: AssignLocal) -> None:
        """Go past an assignment to a local name."""
        self._pass(statement.value)
        self._values[statement.variable.name] = statement.value

    def guards(self, part: Expr) -> None:
        """Go past a guard, and note which parameters it draws."""
        for parameter in self._parameters:
            if parameter.name not in self.found and parameter.name not in self._too_late:
                origins = self._drawn(part, parameter)
                if origins is not None:
                    self.found[parameter.name] = Draw(origins, not (self._may_raise or can_fail(part)))
        self._pass(part)

    def _drawn(self, part: Expr, parameter: Name) -> Origins | None:
        if can_fail(part) and parameter.name in self._read:
            return None
        ways = ways_of(part, parameter)
        return None if ways is None else _all(self._origins_of(way.item, _domains(way.generators)) for way in ways)

    def _pass(self, part: Expr) -> None:
        read = self._depends_on(part)
        if can_fail(part):
            self._may_raise = True
            self._too_late |= self._read | read
        self._read |= read

    def _depends_on(self, node: Node) -> set[str]:
        """Return the parameters, and local names, on which a value depends."""
        found, pending = set[str](), _mentioned(node)
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending |= _mentioned(self._values[name]) if name in self._values else set()
        return found

    def _origins_of(self, expr: Expr, domains: Mapping[str, Collection]) -> Origins | None:
        """Return the variables of which a value is a part; None if it need not be a part of the state."""
        match expr:
            case Name(name) if name in domains:
                return self._origins_in(domains[name], domains)
            case Name(name) if name in self._values:
                return self._origins_of(self._values[name], domains)
            case Name(name) if name in self.found:
                return self.found[name].origins
            case Read(place) | SeqItem(place, _):
                return _variable(place)
            case ItemAt(sequence, _, _):
                return self._origins_in(sequence, domains)
            case Entry(whole, _):
                return self._origins_of(whole, domains)
            case Field(operand, _, _) | Item(operand, _, _) | Narrow(operand, _, _) | Cast(operand, _):
                return self._origins_of(operand, domains)
            case Conditional(_, then, otherwise):
                return _all(self._origins_of(value, domains) for value in (then, otherwise))
        return None

    def _origins_in(self, collection: Collection, domains: Mapping[str, Collection]) -> Origins | None:
        """Return the variables of which the elements of a collection are parts."""
        match collection:
            case Stored(place) | Slice(place, _, _):
                return _variable(place)
            case Elements(value):
                return self._origins_of(value, domains)
            case Comprehension(item, generators) | Listing(item, generators):
                return self._origins_of(item, {**domains, **_domains(generators)})
            case Concatenation(left, right) | SetOperation(SetOperator.UNION, left, right):
                return _all(self._origins_in(part, domains) for part in (left, right))
            case SetOperation(_, left, _):
                return self._origins_in(left, domains)
            case SetOf(items):
                return _all(self._origins_of(item, domains) for item in items)
        return None


def _all(parts: Iterator[Origins | None]) -> Origins | None:
    found = list(parts)
    return None if None in found else frozenset().union(*(part for part in found if part is not None))


def _variable(place: Place) -> Origins | None:
    return frozenset({(place.root, place.variable)}) if place.root is Root.STATE else None


def _domains(generators: tuple[Generator, ...]) -> dict[str, Collection]:
    return {generator.variable.name: generator.domain for generator in generators}


def _mentioned(node: Node) -> set[str]:
    """Return the names that a node mentions, those of chosen containers too."""
    names = {part.name for part in walk(node) if isinstance(part, Name)}
    return names | {part.variable for part in walk(node) if isinstance(part, Place) and part.root is Root.CHOSEN}


def _conjuncts(condition: Expr) -> Iterator[Expr]:
    """Yield the parts of a conjunction, where a part is evaluated only if those before it are true."""
    if isinstance(condition, And) and not (condition.eager and can_fail(condition)):
        for part in condition.parts:
            yield from _conjuncts(part)
    else:
        yield condition


def ways_of(part: Expr, parameter: Name) -> tuple[Way, ...] | None:
    """Return the values that a guard leaves to a parameter; None if they cannot be told, or it does not restrict it.

    For each other argument the guard is false or raises, and which of them does not depend on the argument.
    """
    match part:
        case Member(element, collection) if _is(element, parameter) and not _mentions(collection, parameter):
            return _ways_in(collection, parameter)
        case Compare(Comparison.EQ, left, right):
            for one, other in ((left, right), (right, left)):
                if _is(one, parameter) and not _mentions(other, parameter):
                    return (Way((), other),) if _fits(other.type, parameter.type) else None
        # Where these may raise, it depends on the argument how much of them is evaluated.
        case Quantifier(False, variable, domain, body) if not _mentions(domain, parameter) and not can_fail(part):
            return _ways_somewhere(variable, domain, body, parameter)
        case And(parts, True):
            return _ways_at_once(parts, parameter)
        case Or(parts) if not can_fail(part):
            ways = [ways_of(each, parameter) for each in parts]
            return None if None in ways else tuple(way for each in ways if each is not None for way in each)
    return None


def _ways_at_once(parts: tuple[Expr, ...], parameter: Name) -> tuple[Way, ...] | None:
    """Return the values for which conditions may be true all of which are evaluated: ``require(a, b)``.

    What another of them raises, it may raise for values that are not drawn.
    """
    for index, part in enumerate(parts):
        others = (*parts[:index], *parts[index + 1 :])
        ways = None if any(map(can_fail, others)) else ways_of(part, parameter)
        if ways is not None:
            return ways
    return None


def _ways_in(collection: Collection, parameter: Name) -> tuple[Way, ...] | None:
    match collection:
        case SetOperation(SetOperator.UNION, left, right) | Concatenation(left, right):
            ways = _ways_in(left, parameter), _ways_in(right, parameter)
            return None if ways[0] is None or ways[1] is None else (*ways[0], *ways[1])
        case SetOperation(_, left, right):
            return None if can_fail(right) else _ways_in(left, parameter)
    if not _fits(collection.element, parameter.type):
        return None
    match collection:
        case Comprehension(item, generators) | Listing(item, generators) if not can_fail(collection):
            return (Way(generators, item),)
        case Stored() | Elements() | Slice() | SetOf():
            drawn = Name(f"drawn as {parameter.name}", collection.element)
            return (Way((Generator(drawn, collection),), drawn),)
    return None


def _ways_somewhere(variable: Name, domain: Collection, body: Expr, parameter: Name) -> tuple[Way, ...] | None:
    """Return the values for which a condition may be true of some element of a domain."""
    before: list[Expr] = []
    for part in _conjuncts(body):
        ways = ways_of(part, parameter)
        if ways is not None:
            condition = And(tuple(before)) if before else None
            outer = Generator(variable, domain, condition)
            return tuple(Way((outer, *way.generators), way.item) for way in ways)
        if _mentions(part, parameter):
            return None
        before.append(part)
    return None


def _mentions(node: Node, parameter: Name) -> bool:
    return parameter.name in _mentioned(node)


def _is(element: Expr, parameter: Name) -> bool:
    """Return whether an expression is a parameter, possibly seen as a value of a wider or narrower type."""
    match element:
        case Cast(operand, _) | Narrow(operand, _, True):  # for other values, this is not evaluated
            return _is(operand, parameter)
        case Collected(Stored(Place(Root.CHOSEN, variable, ())), SetType() as type_):
            return variable == parameter.name and type_ == parameter.type and not has_numbers(type_)
    return element == parameter


def _fits(type_: Type, wanted: Type) -> bool:
    """Return whether some values of a type are values of the wanted one, and a test tells which."""
    if type_ == wanted or (isinstance(type_, IntType) and isinstance(wanted, IntType)):
        return True
    match type_:
        case OptionalType(inner):
            return _fits(inner, wanted)
        case UnionType(alternatives):
            return set(kinds_of(wanted)) <= set(alternatives)
        case RecordType() if isinstance(wanted, UnionType):
            return type_ in wanted.alternatives
    return isinstance(wanted, OptionalType) and _fits(type_, wanted.inner)


def kinds_of(type_: Type) -> tuple[Type, ...]:
    """Return the alternatives of a union, or a type as its only alternative."""
    return type_.alternatives if isinstance(type_, UnionType) else (type_,)
