"""Reading and writing the bits of a packed state."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assay.checker.engine.native.codegen.layout import WORD, Array, Bag, Bits, Planes, Seq, Slot, Where, stride
from assay.checker.engine.native.codegen.writer import Writer, constant, number

__all__ = ["Spot", "View", "array_item", "full", "offset", "plane_bit", "read", "row", "spot_of", "write"]


@dataclass(frozen=True)
class View:
    """One state in generated code: its registers, and where its memory is.

    Attributes
    ----------
    register : str
        The prefix of the local names that hold its words.
    memory : str
        The pointer to its words.
    base : str
        The index of its first word there.
    """

    register: str
    memory: str
    base: str

    def word(self, index: int) -> str:
        """Return the register of a word."""
        return f"{self.register}{index}"

    def cell(self, index: str) -> str:
        """Return a word in memory."""
        return f"{self.memory}[{self.base} + {index}]"


@dataclass(frozen=True)
class Spot:
    """Bits of a variable in a view: from bit ``fixed`` plus the sum of ``terms`` on, laid out as ``slot``."""

    view: View
    where: Where
    slot: Slot
    fixed: int = 0
    terms: tuple[str, ...] = ()

    def moved(self, by: int | str, slot: Slot | None = None) -> Spot:
        """Return the spot further on, by a number or a piece of source."""
        fixed = by if isinstance(by, int) else constant(by)
        if fixed is not None:
            return replace(self, fixed=self.fixed + fixed, slot=slot or self.slot)
        assert isinstance(by, str)
        return replace(self, terms=(*self.terms, by), slot=slot or self.slot)

    @property
    def shift(self) -> str:
        """How far its first bit is from bit 0 of the register, or of the variable's first word."""
        fixed = self.fixed + (self.where.start % WORD if self.where.in_register else 0)
        parts = [*self.terms, *([str(fixed)] if fixed or not self.terms else [])]
        return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"


def spot_of(view: View, where: Where) -> Spot:
    """Return a whole variable."""
    return Spot(view, where, where.slot)


def full(bits: int) -> str:
    """Return the word whose lowest ``bits`` bits are 1."""
    return number((1 << bits) - 1)


def read(spot: Spot, width: int, out: Writer) -> str:
    """Return source for ``width`` bits at a spot; they do not straddle words."""
    if spot.where.in_register:
        return _extract(spot.view.word(spot.where.words[0]), spot.shift, width)
    index, shift = _cell(spot, out)
    return _extract(spot.view.cell(index), shift, width)


def _extract(word: str, shift: str, width: int) -> str:
    shifted = word if shift == "0" else f"({word} >> {shift})"
    return shifted if width == WORD else f"({shifted} & {full(width)})"


def _cell(spot: Spot, out: Writer) -> tuple[str, str]:
    """Return the index of the word in memory in which a spot begins, and the shift within."""
    first = spot.where.words[0]
    fixed = constant(spot.shift)
    if fixed is not None:
        return str(first + fixed // WORD), str(fixed % WORD)
    place = out.named("at", spot.shift)
    return f"{first} + ({place} >> 6)", f"({place} & 63)"


def write(spot: Spot, width: int, value: str, out: Writer) -> None:
    """Write source that puts ``width`` bits at a spot; they do not straddle words."""
    if spot.where.in_register:
        target, shift = spot.view.word(spot.where.words[0]), spot.shift
    else:
        index, shift = _cell(spot, out)
        target = spot.view.cell(index)
    out.line(f"{target} = {_inserted(target, shift, width, value)}")


def _inserted(word: str, shift: str, width: int, value: str) -> str:
    if width == WORD:
        return value
    fixed, bits = constant(shift), constant(value)
    mask = (1 << width) - 1
    cleared = (
        f"({word} & {number(~(mask << fixed))})" if fixed is not None else f"({word} & ~({number(mask)} << {shift}))"
    )
    if bits == mask:
        return f"({word} | {number(mask << fixed)})" if fixed is not None else f"({word} | ({number(mask)} << {shift}))"
    if bits == 0:
        return cleared
    if fixed is not None and bits is not None:
        return f"({cleared} | {number(bits << fixed)})"
    return f"({cleared} | ({value} << {shift}))"


def row(spot: Spot, width: int, out: Writer) -> str:
    """Return source for ``width`` bits (at most 64) at a spot that may straddle two words."""
    if spot.where.in_register or width == 1:
        return read(spot, width, out)
    fixed = constant(spot.shift)
    if fixed is not None and fixed % WORD + width <= WORD:
        return read(spot, width, out)
    index, shift = _cell(spot, out)
    shift = out.named("shift", shift)
    first, bits = out.named("index", index), out.fresh("row")
    out.line(f"{bits} = {spot.view.cell(first)} >> {shift}")
    with out.block(f"if {shift} + {width} > 64:"):
        low = f"({bits} & ((1 << (64 - {shift})) - 1))"
        out.line(f"{bits} = {low} | ({spot.view.cell(f'{first} + 1')} << (64 - {shift}))")
    return bits if width == WORD else f"({bits} & {full(width)})"


def array_item(spot: Spot, array: Array, index: str, out: Writer) -> Spot:
    """Return an item of an array."""
    fixed = constant(index)
    if array.per_word and array.per_word < array.count:
        index = out.named("index", index) if fixed is None else index
        per, bits = array.per_word, array.item.bits
        if fixed is not None:
            return spot.moved(fixed // per * WORD + fixed % per * bits, array.item)
        return spot.moved(f"({index} // {per} * {WORD} + {index} % {per} * {bits})", array.item)
    step = stride(array)
    if fixed is not None:
        return spot.moved(fixed * step, array.item)
    return spot.moved(index if step == 1 else f"{index} * {step}", array.item)


def plane_bit(spot: Spot, planes: Planes, plane: int, index: str) -> Spot:
    """Return one bit of one entry of a map stored as planes."""
    return spot.moved(plane * planes.count).moved(index, Bits(1))


def offset(slot: Seq | Bag) -> int:
    """Return where the items of a sequence or the counts of a bag start."""
    return slot.start if isinstance(slot, Seq) else 0
