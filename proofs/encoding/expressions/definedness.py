"""Definedness: the conditions under which the model's own code raises, in Python's order of evaluation.

`and`, `or` and conditional expressions stop where they do in Python; `any`, `all`, comprehensions, sums and extremes
evaluate every element. A formula means what the code means only if nothing fails before it; elsewhere, nothing may
depend on it. So for every failure there is a separate claim that it is never reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assay.checker.errors import Location
from assay.checker.immutable import immutable
from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import MapType, NoneOnly, OptionalType, Type, has_numbers, is_container
from assay.checker.wording import article
from assay.proofs.encoding.expressions.containers import beyond, copied
from assay.proofs.encoding.expressions.context import Context
from assay.proofs.encoding.expressions.ranging import some_value
from assay.proofs.encoding.expressions.sequences import position, sequence, stored_items
from assay.proofs.encoding.symbols.universes import in_type
from assay.proofs.encoding.symbols.values import Atom, Value, narrow
from assay.proofs.encoding.symbols.vocabulary import Argument, Held
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import FALSE, TRUE, Op, Term, number

__all__ = ["Failure", "failures"]


@immutable
class Failure:
    """A way in which the model's own code raises.

    Attributes
    ----------
    condition : Term
        The condition under which it does.
    what : str
        What has no value, in words.
    location : Location, optional
        Its place in the source.
    stored_in : str
        The variable that then has a value under a wrong key. Such a failure is late: it is met only at the end of the
        action, and so not at all where a guard that follows is false.
    remedy : str
        What to require first, where the code may go on after all: it reads a map that has a wrong key, or makes a
        container outside its bounds as part of a value, of which formulas know nothing. Empty if it raises.
    """

    condition: Term
    what: str
    location: Location | None
    stored_in: str = ""
    remedy: str = ""


@immutable
class _Partial:
    """A node that may fail; its condition is built later, where the names that it mentions are bound."""

    what: str
    location: Location | None
    build: Callable[[], Term]
    stored_in: str = ""
    remedy: str = ""

    def under(self, wrap: Callable[[Callable[[], Term]], Term]) -> _Partial:
        """Return the same failure inside a branch or a quantifier."""
        return replace(self, build=lambda: wrap(self.build))


def failures(c: Context, node: ir.Node) -> Iterator[Failure]:
    """Yield the ways in which evaluating a node raises, in the order of evaluation.

    Parameters
    ----------
    c : Context
        The state, and what names stand for.
    node : Node
        An expression, a collection, a place, or a statement, of which only the expressions are considered.
    """
    for partial in _partials(c, node):
        condition = c.closed(partial.build)
        if condition is not FALSE:
            yield Failure(condition, partial.what, partial.location, partial.stored_in, partial.remedy)


def _partials(c: Context, node: ir.Node) -> Iterator[_Partial]:
    match node:
        case ir.And(parts, False):
            yield from _up_to(c, parts, deciding=False)
        case ir.Or(parts):
            yield from _up_to(c, parts, deciding=True)
        case ir.Conditional(test, then, otherwise) | ir.SetChoice(test, then, otherwise):
            yield from _partials(c, test)
            yield from (p.under(_where(c, test, True)) for p in _partials(c, then))
            yield from (p.under(_where(c, test, False)) for p in _partials(c, otherwise))
        case ir.Let(name, value, body):
            yield from _partials(c, value)
            yield from (p.under(_named(c, name, value)) for p in _partials(c, body))
        case ir.Quantifier(_, name, domain, body):
            yield from _generated(c, (ir.Generator(name, domain),), body)
        case ir.Comprehension(item, generators) | ir.Sum(item, generators) | ir.Listing(item, generators):
            yield from _generated(c, generators, item)
        case ir.Extreme():
            yield from _of_extreme(c, node)
        case ir.MakeMap(type_, name, value):
            yield from (p.under(_of_some(c, name, type_.key)) for p in _partials(c, value))
            yield _made(c, node, type_)
        case ir.Read(place) if is_container(place.type):
            yield from _partials(c, copied(place))
        case ir.Assign(place, value) | ir.AssignCollection(place, value):
            yield from _of_target(c, place)
            yield from _partials(c, value)
        case ir.AssignMap(place, name, value):
            yield from _of_target(c, place)
            assert isinstance(place.type, MapType)
            yield from (p.under(_of_some(c, name, place.type.key)) for p in _partials(c, value))
        case _:
            for child in ir.children(node):
                yield from _partials(c, child)
            yield from _own(c, node)


# Parts that are evaluated under a condition


def _where(c: Context, test: ir.Expr, truth: bool) -> Callable[[Callable[[], Term]], Term]:
    def wrap(build: Callable[[], Term]) -> Term:
        here = c.formula(test) if truth else logic.negation(c.formula(test))
        return FALSE if here is FALSE else logic.conjunction((here, c.closed(build)))

    return wrap


def _up_to(c: Context, parts: Sequence[ir.Expr], *, deciding: bool) -> Iterator[_Partial]:
    """Yield what may fail in the operands of `and` or `or`: each is evaluated only if none before it decides."""
    for index, part in enumerate(parts):
        for partial in _partials(c, part):
            for before in reversed(parts[:index]):
                partial = partial.under(_where(c, before, not deciding))  # noqa: PLW2901
            yield partial


def _named(c: Context, name: ir.Name, value: ir.Expr) -> Callable[[Callable[[], Term]], Term]:
    def wrap(build: Callable[[], Term]) -> Term:
        c.names[name.name] = c.value(value)
        return build()

    return wrap


def _of_some(c: Context, name: ir.Name, type_: Type) -> Callable[[Callable[[], Term]], Term]:
    def wrap(build: Callable[[], Term]) -> Term:
        return logic.disjunction(some_value(c, type_, _bound(c, name, build)))

    return wrap


def _in_some(c: Context, generator: ir.Generator) -> Callable[[Callable[[], Term]], Term]:
    def wrap(build: Callable[[], Term]) -> Term:
        return c.any_of(generator.domain, _bound(c, generator.variable, build))

    return wrap


def _bound(c: Context, name: ir.Name, build: Callable[[], Term]) -> Callable[[Value], Term]:
    def holds(value: Value) -> Term:
        c.names[name.name] = value
        return c.closed(build)

    return holds


def _generated(c: Context, generators: Sequence[ir.Generator], item: ir.Expr) -> Iterator[_Partial]:
    """Yield what may fail in generators, from the outermost inwards, and in what they generate."""
    if not generators:
        yield from _partials(c, item)
        return
    first, inside = generators[0], list[_Partial]()
    if first.condition is not None:
        inside += _partials(c, first.condition)
    for partial in _generated(c, generators[1:], item):
        inside.append(partial if first.condition is None else partial.under(_where(c, first.condition, True)))
    yield from _partials(c, first.domain)
    yield from (partial.under(_in_some(c, first)) for partial in inside)


# Nodes that may themselves fail


def _of_extreme(c: Context, expr: ir.Extreme) -> Iterator[_Partial]:
    if expr.default is not None:
        yield from _partials(c, expr.default)
    yield from _generated(c, expr.generators, expr.element)
    if expr.default is None:
        items = ir.Comprehension(expr.element, expr.generators)
        what = f"the {'largest' if expr.largest else 'smallest'} of nothing"
        yield _Partial(what, expr.location, lambda: logic.negation(c.any_of(items, lambda _: TRUE)))


def _own(c: Context, node: ir.Node) -> Iterator[_Partial]:
    match node:
        case ir.Narrow(_, type_, False):
            what = f"None where there is to be a {type_}" if _only_none_is_wrong(node) else f"what is not a {type_}"
            yield _Partial(what, node.location, lambda: logic.negation(_narrowed(c, node)))
        case ir.Assertion(condition):
            yield _Partial("a false assertion", node.location, lambda: logic.negation(c.formula(condition)))
        case ir.ItemAt(_, _, False) | ir.SeqItem():
            what = "an item beyond the end of a sequence"
            yield _Partial(what, node.location, lambda: _beyond(c, node))
        case ir.Arithmetic(ir.ArithmeticOperator.DIVIDE | ir.ArithmeticOperator.REMAINDER, _, right):
            yield _Partial("a division by zero", node.location, lambda: logic.equal(c.term(right), number(0)))
        case ir.Place(_, _, keys, _):
            yield from _of_keys(c, c.type_of(node), keys, node.location)
        case ir.Entry(map_, key):
            yield from _of_keys(c, map_.type, (key,), node.location)
        case ir.Collected(_, type_):
            yield _made(c, node, type_)


def _made(c: Context, node: ir.Expr, type_: Type) -> _Partial:
    what = f"{article(type_)} outside of its bounds"
    return _Partial(what, node.location, lambda: beyond(c, node), remedy="require that it is within them first")


def _only_none_is_wrong(node: ir.Narrow) -> bool:
    given = node.operand.type
    return isinstance(given, OptionalType) and (given.inner == node.type or isinstance(node.type, NoneOnly))


def _narrowed(c: Context, node: ir.Narrow) -> Term:
    return narrow(c.value(node.operand), node.operand.type, node.type)[0]


def _beyond(c: Context, node: ir.SeqItem | ir.ItemAt) -> Term:
    found = stored_items(c, node.place) if isinstance(node, ir.SeqItem) else sequence(c, node.sequence)
    length = found.length
    wanted = position(c.term(node.index), length)
    return logic.negation(logic.conjunction((logic.at_most(number(0), wanted), logic.less(wanted, length))))


def _of_target(c: Context, place: ir.Place) -> Iterator[_Partial]:
    """Yield what may fail in a place that is assigned."""
    for key in place.keys:
        yield from _partials(c, key)
    yield from _of_keys(c, c.type_of(place), place.keys, place.location, stored_in=place.variable)


def _of_keys(
    c: Context, type_: Type, keys: Sequence[ir.Expr], place: Location | None, *, stored_in: str = ""
) -> Iterator[_Partial]:
    """Yield what may fail where keys are looked up, or where something is stored under the last of them.

    A key is looked up at once; what is stored under a wrong one is found out when the action is over.
    """
    for index, key in enumerate(keys, start=1):
        assert isinstance(type_, MapType)
        if has_numbers(type_.key):
            location, variable = key.location or place, stored_in if index == len(keys) else ""
            yield _Partial(f"a key that is no {type_.key}", location, _outside(c, type_.key, key), variable)
        type_ = type_.value


def _outside(c: Context, type_: Type, key: ir.Expr) -> Callable[[], Term]:
    def build() -> Term:
        value = c.value(key)
        if key.type == type_ and isinstance(value, Atom) and _keeps_to_its_type(c, value.term):
            return FALSE
        return logic.negation(in_type(c.theory, type_, value))

    return build


def _keeps_to_its_type(c: Context, term: Term) -> bool:
    """Return whether a term is certainly within its declared type.

    A variable's value before the action is, and so are arguments and bound variables. A value that an action has
    computed need not be, and neither need an extreme, for which a pending variable stands.
    """
    if term.op is Op.VARIABLE:
        return all(term is not name for name, _ in c.pending)
    return term.op is Op.APPLY and isinstance(term.of.of, Argument | Held)
