"""When a symbol of a variable matters: a field of an optional that is None, or an item past the end, does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assay.checker.language.types import OptionalType, UnionType
from assay.proofs.encoding.symbols.layout import Layout, MapLayout, ScalarLayout, SeqLayout
from assay.proofs.logic.connectives import conjunction, less, negation
from assay.proofs.logic.terms import TRUE, Symbol, Term, number

__all__ = ["Matters", "mattering"]

Matters = Callable[[Callable[[Symbol], Symbol], Sequence[Term]], Term]
"""Whether a symbol matters for some keys, in the state that the function describes."""


def mattering(layout: Layout) -> Iterator[tuple[Symbol, Matters]]:
    """Yield each symbol of a layout with the condition under which it matters. Equal states agree in what matters."""
    yield from _mattering(layout, lambda _, __: TRUE)


def _mattering(layout: Layout, outer: Matters) -> Iterator[tuple[Symbol, Matters]]:
    match layout:
        case ScalarLayout():
            yield from _of_scalar(layout, outer)
        case MapLayout(parts=parts):
            for _, part in parts:
                yield from _mattering(part, outer)
        case SeqLayout(length=length, capacity=capacity):
            yield length, outer
            for index in range(capacity):
                yield from _of_scalar(layout.item(index), _is_longer(length, index))
        case _:
            yield from ((symbol, outer) for symbol in layout.leaves())


def _is_longer(length: Symbol, index: int) -> Matters:
    return lambda state, keys: less(number(index), state(length)(*keys))


def _of_scalar(layout: ScalarLayout, outer: Matters) -> Iterator[tuple[Symbol, Matters]]:
    match layout.type:
        case OptionalType():
            yield layout.symbols[0], outer
            yield from _of_scalar(layout.parts[0], _also(outer, layout.symbols, ()))
        case UnionType():
            for index, part in enumerate(layout.parts):
                before, own = layout.symbols[:index], layout.symbols[index : index + 1]
                yield from ((flag, _also(outer, (), before)) for flag in own)
                yield from _of_scalar(part, _also(outer, own, before))
        case _:
            yield from ((symbol, outer) for symbol in layout.symbols)
            for part in layout.parts:
                yield from _of_scalar(part, outer)


def _also(outer: Matters, set_: Sequence[Symbol], unset: Sequence[Symbol]) -> Matters:
    """Return the condition that some flags are set and others are not."""

    def matters(state: Callable[[Symbol], Symbol], keys: Sequence[Term]) -> Term:
        flags = [state(flag)(*keys) for flag in set_]
        return conjunction((outer(state, keys), *flags, *(negation(state(flag)(*keys)) for flag in unset)))

    return matters
