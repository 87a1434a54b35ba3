"""Parameters that a guard draws from the state: the loop is over what it leaves of a great many possible arguments.

``require(m in self.messages)`` is a loop over the messages that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from assay.checker.engine.native.codegen.containers.sets import universe_size
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.expressions.records import fitted
from assay.checker.engine.native.codegen.expressions.scalars import same, value_of
from assay.checker.engine.native.codegen.iteration.comprehensions import each_generated, is_distinct
from assay.checker.engine.native.codegen.iteration.loops import each_of_bag
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Register
from assay.checker.engine.native.codegen.operations.values import FALSE, TRUE, RegisterType, Scalar, number
from assay.checker.engine.native.codegen.operations.words import add, less
from assay.checker.engine.native.codegen.statements.guards import Guard
from assay.checker.immutable import immutable
from assay.checker.language.ir.drawing import Way, kinds_of, ways_of
from assay.checker.language.ir.nodes import (
    AssignCollection,
    Elements,
    Expr,
    Generator,
    IsKind,
    Let,
    Member,
    Name,
    Narrow,
    Node,
    Not,
    Place,
    Quantifier,
    Require,
    Root,
    Stored,
)
from assay.checker.language.types import BagType, BoolType, NoneOnly, OptionalType, Type, UnionType, is_container

__all__ = ["Drawing", "drawn_by", "each_drawn", "needed_to_draw"]


@immutable
class Drawing:
    """How a parameter is drawn.

    Attributes
    ----------
    guard : Require
        The guard that draws it.
    ways : tuple of Way
        The values that the guard leaves.
    """

    guard: Require
    ways: tuple[Way, ...]

    @property
    def is_decisive(self) -> bool:
        """Whether the guard is true of every value that is drawn, so that it need not be evaluated."""
        match self.guard.condition:
            case Member(_, Stored() | Elements()):
                return len(self.ways) == 1
        return False


def drawn_by(ctx: Context, parameter: Name, guards: Sequence[Guard]) -> Drawing | None:
    """Return how guards draw a parameter of many possible values from the state; None if they do not."""
    if not _is_worth_drawing(ctx, parameter):
        return None
    for guard in guards:
        if isinstance(guard, Require):
            ways = _ways(guard, parameter)
            if ways is not None and _names(ctx, ways) <= ctx.names.keys():
                return Drawing(guard, ways)
        # What comes before may raise for other values too, and these would not be tried.
        if ctx.facts.can_fail(guard):
            return None
    return None


def needed_to_draw(ctx: Context, parameter: Name, guards: Sequence[Guard]) -> frozenset[str]:
    """Return the names that must have values before the first guard that draws a parameter can do so."""
    if not _is_worth_drawing(ctx, parameter):
        return frozenset()
    for guard in guards:
        ways = _ways(guard, parameter) if isinstance(guard, Require) else None
        if ways is not None:
            return _names(ctx, ways)
    return frozenset()


def _is_worth_drawing(ctx: Context, parameter: Name) -> bool:
    """Return whether a parameter has more values than a word has bits; of fewer, a word may say which guards pass."""
    return not isinstance(parameter.type, BoolType) and universe_size(ctx, parameter.type) is None


def _ways(guard: Require, parameter: Name) -> tuple[Way, ...] | None:
    ways = ways_of(guard.condition, parameter)
    return ways if ways is not None and len(ways) <= _MOST_WAYS else None


_MOST_WAYS = 4
"""The most ways to draw a parameter, because the rest of the action is generated for each of them."""


def _names(ctx: Context, ways: Sequence[Way]) -> frozenset[str]:
    """Return the names that must have values before a parameter can be drawn."""
    mentioned = [name for way in ways for part in _parts(way) for name in ctx.facts.names(part)]
    bound = [name for way in ways for part in _parts(way) for name in _bound(ctx, part)]
    return frozenset(mentioned) - frozenset(bound)


def _parts(way: Way) -> tuple[Node, ...]:
    return (*way.generators, way.item)


def _bound(ctx: Context, part: Node) -> Iterator[str]:
    return (node.variable.name for node in ctx.facts.parts(part) if isinstance(node, Generator | Quantifier | Let))


@contextmanager
def each_drawn(
    ctx: Context, parameter: Name, drawing: Drawing, index: int, look_at_alarm: Callable[[], None]
) -> Iterator[None]:
    """Run the generated block for each value that is drawn in a way, unless an earlier way draws it, too."""
    b, way = ctx.b, drawing.ways[index]
    position = b.register("position", RegisterType.WORD)
    b.set(position, number(0))
    with _each(ctx, parameter, way) as value, ExitStack() as stack:
        new = b.register("new", RegisterType.BIT)
        b.set(new, TRUE)
        if index or not _is_once(way):
            look_at_alarm()  # what was drawn may be as many as a product of sets, and all is drawn again for each value
        for earlier in drawing.ways[:index]:
            with _each(ctx, parameter, earlier) as other, b.when(same(ctx, value, other)):
                b.set(new, FALSE)
        if not _is_once(way):
            _look_back(ctx, parameter, way, value, position, new)
        stack.enter_context(b.when(b.get_bool(new)))
        stack.enter_context(_given(ctx, parameter, value))
        yield


def _look_back(ctx: Context, parameter: Name, way: Way, value: Scalar, position: Register, new: Register) -> None:
    """Draw the values before a position once more, to tell whether one of them is this one, and go on to the next."""
    b = ctx.b
    at, done = b.register("at", RegisterType.WORD), b.label()
    b.set(at, number(0))
    with _each(ctx, parameter, way) as other:
        b.unless(less(b, b.get_word(at), b.get_word(position)), done)
        with b.when(same(ctx, value, other)):
            b.set(new, FALSE)
            b.jump(done)
        _count(b, at)
    b.place(done)
    _count(b, position)


def _count(b: Builder, counter: Register) -> None:
    b.set(counter, add(b, b.get_word(counter, 0, _MOST_DRAWN), number(1)))


_MOST_DRAWN = 1 << 40
"""More than a state holds; with this bound, a count of what is drawn fits a machine word."""


@contextmanager
def _each(ctx: Context, parameter: Name, way: Way) -> Iterator[Scalar]:
    """Run the generated block for each value that is drawn in a way, as one of the parameter's type."""
    bag = _bag(way)
    loop = each_generated(ctx, way.generators) if bag is None else each_of_bag(ctx, bag, way.generators[0].variable)
    with loop, ExitStack() as stack:
        yield _as_argument(ctx, stack, way.item, parameter.type)


def _as_argument(ctx: Context, stack: ExitStack, item: Expr, wanted: Type) -> Scalar:
    """Return a value as one of the wanted type, and enter a block that is run only if it is one."""
    given = item.type
    if isinstance(given, OptionalType) and not isinstance(wanted, OptionalType):
        stack.enter_context(ctx.b.when(ctx.truth(Not(IsKind(item, (NoneOnly(),))))))
        item = Narrow(item, given.inner, safe=True)
    if isinstance(item.type, UnionType) and item.type != wanted:
        stack.enter_context(ctx.b.when(ctx.truth(IsKind(item, kinds_of(wanted)))))
        item = Narrow(item, wanted, safe=True)
    if item.type == wanted:
        return ctx.expr(item)
    fit = fitted(ctx, item, wanted)
    stack.enter_context(ctx.b.when(fit.inside))
    return value_of(ctx, wanted, fit.code)


@contextmanager
def _given(ctx: Context, parameter: Name, value: Scalar) -> Iterator[None]:
    """Bind a parameter to a value; a container is also unpacked to where the action reads it."""
    if not is_container(parameter.type):
        with ctx.binding(parameter, value):
            yield
        return
    held = ctx.fresh(parameter.type)
    with ctx.binding(parameter, number(0)), ctx.binding(held, value):
        ctx.execute(AssignCollection(Place(Root.CHOSEN, parameter.name, (), parameter.type), Elements(held)))
        yield


def _is_once(way: Way) -> bool:
    """Return whether a way yields each value once."""
    if not way.generators:
        return True
    first = way.generators[0]
    is_simple = len(way.generators) == 1 and way.item == first.variable
    return is_simple and (is_distinct(first.domain) or _bag(way) is not None)


def _bag(way: Way) -> Place | None:
    """Return the place of the bag whose elements a way yields, each once; None for any other way."""
    match way.generators:
        case (Generator(variable, Stored(Place(type=BagType()) as place), None),) if variable == way.item:
            return place
    return None
