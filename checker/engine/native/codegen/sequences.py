"""Changes of sequences and bags, and whole containers assigned, in generated code."""

from __future__ import annotations

from contextlib import ExitStack

from assay.checker.engine.native.codegen.access import Spot, array_item, offset, read, write
from assay.checker.engine.native.codegen.assigning import Assignments, mentions
from assay.checker.engine.native.codegen.layout import Bag, Seq
from assay.checker.errors import Unsupported
from assay.checker.language.ir.nodes import (
    Collection,
    Expr,
    Name,
    Place,
    SeqPop,
    SetOf,
    Slice,
    Stored,
)
from assay.checker.language.types import BagType, SeqType, SetType

__all__ = ["Sequences"]


class Sequences(Assignments):
    """Changes of sequences and bags."""

    def _assign_collection(self, place: Place, value: Collection) -> None:
        if isinstance(place.type, SeqType):
            self._assign_sequence(place, value)
            return
        assert isinstance(place.type, SetType)
        size = self.universe_size(place.type.element)
        mask = self.collection_mask(value) if size is not None else None
        if size is not None and mask is not None:
            write(self.spot(place), size, mask, self.out)
            return
        if isinstance(value, Stored) and value.place.type == place.type:
            self._copy(self.spot(value.place), self.spot(place))
            return
        with ExitStack() as stack:
            if mentions(value, place.variable):
                stack.callback(self._keep(place.variable))
            kept, self.snapshots = self.snapshots, {}
            self._clear(self.spot(place))
            self.snapshots = kept
            self._for_all(place, value, "1")

    def _append(self, place: Place, value: Expr) -> None:
        assert isinstance(place.type, SeqType)
        code = self.out.named("code", self.fitted(value, place.type.element))
        spot = self.spot(place)
        assert isinstance(spot.slot, Seq)
        length = self.out.fresh("length")
        self.out.line(f"{length} = {read(spot, spot.slot.length_width, self.out)}")
        self.fail_if(f"{length} >= {self.codes.instance.bound(place.type.bound)}")
        self._put(spot, length, code)
        write(spot, spot.slot.length_width, f"({length} + 1)", self.out)

    def _put(self, spot: Spot, index: str, code: str) -> None:
        assert isinstance(spot.slot, Seq)
        item = array_item(spot.moved(offset(spot.slot)), spot.slot.items, index, self.out)
        write(item, spot.slot.items.item.bits, code, self.out)

    def _got(self, spot: Spot, index: str) -> str:
        assert isinstance(spot.slot, Seq)
        item = array_item(spot.moved(offset(spot.slot)), spot.slot.items, index, self.out)
        return read(item, spot.slot.items.item.bits, self.out)

    def _pop(self, node: SeqPop) -> None:
        assert isinstance(node.place.type, SeqType)
        spot = self.spot(node.place)
        assert isinstance(spot.slot, Seq)
        length = self.out.fresh("length")
        self.out.line(f"{length} = {read(spot, spot.slot.length_width, self.out)}")
        self.fail_if(f"{length} == 0")
        if node.into is not None:
            value = self.value_of(node.place.type.element, self._got(spot, "0" if node.first else f"({length} - 1)"))
            self.out.line(f"{self.assigned(node.into)} = {value}")
        if node.first:
            index = self.out.fresh("index")
            with self.out.block(f"for {index} in range({length} - 1):"):
                self._put(spot, index, self.out.named("code", self._got(spot, f"({index} + 1)")))
        self._put(spot, f"({length} - 1)", "0")
        write(spot, spot.slot.length_width, f"({length} - 1)", self.out)

    def _store_item(self, place: Place, index: Expr, value: Expr) -> None:
        assert isinstance(place.type, SeqType)
        code = self.out.named("code", self.fitted(value, place.type.element))
        spot, position = self.seq_position(place, index)
        self._put(spot, position, code)

    def _assign_sequence(self, place: Place, value: Collection) -> None:
        assert isinstance(place.type, SeqType)
        if isinstance(value, Stored) and value.place.type == place.type:
            self._copy(self.spot(value.place), self.spot(place))
            return
        if not isinstance(value, SetOf | Slice | Stored) or not isinstance(value.element, type(place.type.element)):
            raise Unsupported(
                "the native explorer cannot make a sequence of this",
                location=value.location,
                help="assign a list written out, a slice or a copy; use append and pop, or --engine reference",
            )
        bound = self.codes.instance.bound(place.type.bound)
        with ExitStack() as stack:
            if mentions(value, place.variable):
                stack.callback(self._keep(place.variable))
            self._refill(place, value, bound)

    def _refill(self, place: Place, value: Collection, bound: int) -> None:
        assert isinstance(place.type, SeqType)
        variable, length = Name(self.out.fresh("element"), value.element), self.out.fresh("length")
        self._fresh_spot_do(lambda: self._clear(self.spot(place)))
        self.out.line(f"{length} = 0")
        with self.iterate(value, variable):
            self.fail_if(f"{length} >= {bound}")
            code = self.out.named("code", self.fitted(variable, place.type.element))
            self._fresh_spot_do(lambda: self._put(self.spot(place), length, code))
            self.out.line(f"{length} += 1")
        self._fresh_spot_do(lambda: self._set_length(place, length))

    def _set_length(self, place: Place, length: str) -> None:
        spot = self.spot(place)
        assert isinstance(spot.slot, Seq)
        write(spot, spot.slot.length_width, length, self.out)

    def _fresh_spot_do(self, action: object) -> None:
        """Write to the state itself, though it is read from scratch."""
        kept, self.snapshots = self.snapshots, {}
        action()  # type: ignore[operator]
        self.snapshots = kept

    def _update_bag(self, add: bool, place: Place, value: Expr) -> None:
        assert isinstance(place.type, BagType)
        code = self.out.named("code", self.fitted(value, place.type.element))
        if add:
            total = self.bag_total(place)
            self.fail_if(f"{total} >= {self.codes.instance.bound(place.type.bound)}")
        spot = self.spot(place)
        assert isinstance(spot.slot, Bag)
        item = array_item(spot, spot.slot.counts, code, self.out)
        copies, width = self.out.fresh("copies"), spot.slot.counts.item.bits
        self.out.line(f"{copies} = {read(item, width, self.out)}")
        if not add:
            self.fail_if(f"{copies} == 0")
        write(item, width, f"({copies} {'+' if add else '-'} 1)", self.out)
