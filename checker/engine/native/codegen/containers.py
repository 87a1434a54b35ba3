"""Membership, comparisons of sets, and the items of sequences and bags in generated code."""

from __future__ import annotations

from assay.checker.engine.native.codegen.access import Spot, array_item, offset, read
from assay.checker.engine.native.codegen.folds import Folds
from assay.checker.engine.native.codegen.layout import WORD, Bag, Seq
from assay.checker.language.ir.nodes import (
    Collection,
    Comparison,
    Comprehension,
    Expr,
    IntRange,
    Member,
    Members,
    Name,
    Place,
    Quantifier,
    SetChoice,
    SetOf,
    SetOperation,
    Stored,
    Universe,
)
from assay.checker.language.types import (
    BagType,
    IntType,
    SeqType,
    SetType,
    Type,
)

__all__ = ["Containers"]


class Containers(Folds):
    """What is asked of collections."""

    def _member(self, element: Expr, collection: Collection) -> str:
        if isinstance(collection, Universe):
            return "True"
        if isinstance(element.type, IntType):
            return self.contains(collection, self.out.named("element", self.expr(element)), element.type)
        code, conditions = self.checked_code(element)
        value = self.value_of(element.type, self.out.named("element", code))
        if not conditions:
            return self.contains(collection, value, element.type)
        inside = self.out.fresh("inside")
        self.out.line(f"{inside} = {' and '.join(conditions)}")
        with self.out.block(f"if {inside}:"):
            self.out.line(f"{inside} = {self.contains(collection, value, element.type)}")
        return inside

    def contains(self, collection: Collection, value: str, type_: Type) -> str:
        """Return whether a collection holds a value, given by a name or number."""
        match collection:
            case Universe():
                return "True"
            case Members(quorum, _):
                table, words = self.quorums(collection)
                cell = (
                    f"{table}[{self.expr(quorum)}]"
                    if words == 1
                    else f"{table}[{self.expr(quorum)} * {words} + ({value} >> 6)]"
                )
                return f"((({cell} >> ({value} & 63)) & 1) != 0)"
            case Stored(place) if isinstance(place.type, SetType):
                return self._in_stored_set(place, value, place.type.element)
            case IntRange(start, end):
                return f"({self.expr(start)} <= {value} < {self.expr(end)})"
            case SetOf(items):
                return f"({' or '.join(f'{value} == {self.expr(item)}' for item in items)})" if items else "False"
            case SetOperation(operator, left, right):
                return self._in_operation(operator, left, right, value, type_)
            case SetChoice(test, then, otherwise):
                condition = self.out.named("test", self.expr(test))
                inside = self.contains(then, value, type_), self.contains(otherwise, value, type_)
                return f"({inside[0]} if {condition} else {inside[1]})"
            case Comprehension():
                return self._in_comprehension(collection, value)
            case _:
                return self._found(collection, value)

    def _in_stored_set(self, place: Place, value: str, element: Type) -> str:
        spot = self.spot(place)
        bit = f"({read(spot.moved(self.code_of(element, value)), 1, self.out)} != 0)"
        if not isinstance(element, IntType):
            return bit
        inside = self.in_range(element, value)
        if inside is None:
            return bit
        present = self.out.fresh("present")
        self.out.line(f"{present} = {inside}")
        with self.out.block(f"if {present}:"):
            moved = spot.moved(self.code_of(element, value))
            self.out.line(f"{present} = {read(moved, 1, self.out)} != 0")
        return present

    def _in_operation(self, operator: str, left: Collection, right: Collection, value: str, type_: Type) -> str:
        first, second = self.contains(left, value, type_), self.contains(right, value, type_)
        return {"|": f"({first} or {second})", "&": f"({first} and {second})", "-": f"({first} and not {second})"}[
            operator
        ]

    def _in_comprehension(self, collection: Comprehension, value: str) -> str:
        generator = collection.generators[0]
        if len(collection.generators) == 1 and collection.item == generator.variable:
            self.bind(generator.variable, value)
            inside = self.contains(generator.domain, value, collection.element)
            if generator.condition is None:
                return inside
            result = self.out.fresh("inside")
            self.out.line(f"{result} = {inside}")
            with self.out.block(f"if {result}:"):
                self.out.line(f"{result} = {self.expr(generator.condition)}")
            return result
        return self._found(collection, value)

    def _found(self, collection: Collection, value: str) -> str:
        found = self.out.fresh("found")
        self.out.line(f"{found} = False")
        variable = Name(self.out.fresh("element"), collection.element)
        with self.iterate(collection, variable, found), self.out.block(f"if {self.names[variable.name]} == {value}:"):
            self.out.line(f"{found} = True")
        return found

    def _set_relation(self, operator: Comparison, left: Collection, right: Collection) -> str:
        first, second = self.collection_mask(left), self.collection_mask(right)
        if first is not None and second is not None:
            first, second = self.out.named("set", first), self.out.named("set", second)
            within = f"(({first} & ~{second}) == 0)"
            return {
                Comparison.EQ: f"({first} == {second})",
                Comparison.LE: within,
                Comparison.LT: f"({within} and {first} != {second})",
            }[operator]
        forth = self.out.named("forth", self._subset(left, right))
        if operator is Comparison.LE:
            return forth
        back = self.out.named("back", self._subset(right, left))
        return f"({forth} and {back if operator is Comparison.EQ else f'not {back}'})"

    def _subset(self, left: Collection, right: Collection) -> str:
        variable = Name(self.out.fresh("element"), left.element)
        return self._quantified_by_loop(Quantifier(True, variable, left, Member(variable, right)))

    def _item(self, place: Place, index: Expr) -> str:
        assert isinstance(place.type, SeqType)
        spot, position = self.seq_position(place, index)
        assert isinstance(spot.slot, Seq)
        item = array_item(spot.moved(offset(spot.slot)), spot.slot.items, position, self.out)
        return self.value_of(place.type.element, read(item, spot.slot.items.item.bits, self.out))

    def seq_position(self, place: Place, index: Expr) -> tuple[Spot, str]:
        """Return a sequence's spot, and a position in it that is checked to be inside."""
        spot, position = self.spot(place), self.out.fresh("position")
        assert isinstance(spot.slot, Seq)
        length = self.out.named("length", read(spot, spot.slot.length_width, self.out))
        self.out.line(f"{position} = {self.expr(index)}")
        with self.out.block(f"if {position} < 0:"):
            self.out.line(f"{position} += {length}")
        self.fail_if(f"{position} < 0 or {position} >= {length}")
        return spot, position

    def _copies(self, place: Place, code: str) -> str:
        spot = self.spot(place)
        assert isinstance(spot.slot, Bag)
        return read(array_item(spot, spot.slot.counts, code, self.out), spot.slot.counts.item.bits, self.out)

    def bag_total(self, place: Place) -> str:
        """Return how many elements a bag holds in all."""
        assert isinstance(place.type, BagType)
        spot, total, code = self.spot(place), self.out.fresh("total"), self.out.fresh("code")
        assert isinstance(spot.slot, Bag)
        self.out.line(f"{total} = 0")
        with self.out.block(f"for {code} in range({spot.slot.counts.count}):"):
            item = array_item(spot, spot.slot.counts, code, self.out)
            self.out.line(f"{total} += {read(item, spot.slot.counts.item.bits, self.out)}")
        return total

    def _same(self, left: Spot, right: Spot) -> str:
        """Return whether two containers of one type are equal: their slots are the same, so their bits must be."""
        bits = left.slot.bits
        if bits <= WORD:
            return f"({read(left, bits, self.out)} == {read(right, bits, self.out)})"
        same, word = self.out.fresh("same"), self.out.fresh("word")
        self.out.line(f"{same} = True")
        with self.out.block(f"for {word} in range({-(-bits // WORD)}):"):
            cells = [read(spot.moved(f"{word} * {WORD}"), WORD, self.out) for spot in (left, right)]
            with self.out.block(f"if {cells[0]} != {cells[1]}:"):
                self.out.line(f"{same} = False")
        return same
