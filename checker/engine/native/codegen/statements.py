"""Statements in generated code: what an action does to the working copy of a state."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from assay.checker.engine.native.codegen.access import Spot, View, array_item, offset, read, write
from assay.checker.engine.native.codegen.analysis import has_require
from assay.checker.engine.native.codegen.expressions import Expressions
from assay.checker.engine.native.codegen.layout import WORD, Bag, Bits, Seq
from assay.checker.errors import ModelError
from assay.checker.language.ir.nodes import (
    Assign,
    AssignCollection,
    AssignLocal,
    AssignMap,
    BagUpdate,
    Block,
    Clear,
    Collection,
    Expr,
    For,
    If,
    Member,
    Name,
    Node,
    Place,
    Require,
    Root,
    SeqAppend,
    SeqPop,
    SeqStore,
    SetOf,
    SetUpdate,
    Slice,
    Statement,
    Stored,
    walk,
)
from assay.checker.language.types import BagType, IntType, MapType, SeqType, SetType

__all__ = ["Statements"]


class Statements(Expressions):
    """Statements. `scratch` is where a variable is kept while it is computed anew from itself."""

    scratch: View | None = None
    enabled: str | None = None

    def block(self, block: Block) -> None:
        """Write statements in sequence."""
        for statement in block.statements:
            self.statement(statement)

    def statement(self, node: Statement) -> None:
        """Write one statement."""
        match node:
            case Block():
                self.block(node)
            case Require(condition):
                self._require(condition)
            case Assign(place, value):
                self._assign(place, value)
            case AssignLocal(variable, value):
                self.out.line(f"{self.assigned(variable)} = {self.expr(value)}")
            case If():
                self._if(node)
            case For():
                self._for(node)
            case _:
                self._update(node)

    def _update(self, node: Statement) -> None:
        match node:
            case AssignCollection(place, value):
                self._assign_collection(place, value)
            case AssignMap():
                self._assign_map(node)
            case SetUpdate(operator, place, value):
                self._update_set(operator, place, value)
            case SeqAppend(place, value):
                self._append(place, value)
            case SeqPop():
                self._pop(node)
            case SeqStore(place, index, value):
                self._store_item(place, index, value)
            case BagUpdate(add, place, value):
                self._update_bag(add, place, value)
            case Clear(place):
                self._clear(self.spot(place))
            case _:
                raise NotImplementedError(type(node).__name__)

    # Control

    def _require(self, condition: Expr) -> None:
        test = self.expr(condition)
        with self.out.block(f"if not {test}:"):
            self.out.line(f"{self.enabled} = False")
            self.out.line("break")

    def _if(self, node: If) -> None:
        with self.out.block(f"if {self.expr(node.test)}:"):
            self.block(node.then)
        if node.otherwise.statements:
            with self.out.block("else:"):
                self.block(node.otherwise)

    def _for(self, node: For) -> None:
        stop = f"not {self.enabled}" if has_require(node.body) else None
        with ExitStack() as stack:
            if stop is None:
                self.distinct(stack, node.domain, node.variable)
            else:
                stack.enter_context(self.iterate(node.domain, node.variable, stop))
            self.block(node.body)
        if stop is not None:
            with self.out.block(f"if {stop}:"):
                self.out.line("break")

    # Scalars

    def _assign(self, place: Place, value: Expr) -> None:
        self.write_code(place, self._fitted(place, value))

    def _fitted(self, place: Place, value: Expr) -> str:
        """Return the code of a value for a place, checked against its range."""
        type_ = place.type
        if isinstance(type_, IntType):
            text = self.out.named("number", self.expr(value))
            inside = self.in_range(type_, text)
            if inside is not None:
                self.fail_if(f"not {inside}")
            return self.code_of(type_, text)
        return self.code_of(value.type, self.expr(value))

    def _item_code(self, value: Expr, element: object) -> str:
        """Return the code of an element to be stored, checked against its range."""
        if isinstance(element, IntType):
            text = self.out.named("number", self.expr(value))
            inside = self.in_range(element, text)
            if inside is not None:
                self.fail_if(f"not {inside}")
            return self.code_of(element, text)
        return self.code_of(value.type, self.expr(value))

    # Whole containers

    def _assign_map(self, node: AssignMap) -> None:
        place = node.place
        assert isinstance(place.type, MapType)
        target = Place(place.root, place.variable, (*place.keys, node.variable), place.type.value)
        with ExitStack() as stack:
            if _reads_elsewhere(node.value, place.variable, node.variable):
                stack.callback(self._keep(place.variable))
            counter = self.out.fresh("key")
            stack.enter_context(self.out.block(f"for {counter} in range({self.codes.size(place.type.key)}):"))
            self.bind(node.variable, self.value_of(place.type.key, counter))
            kept = dict(self.snapshots)
            code = self.out.named("code", self._fitted(target, node.value))
            self.snapshots = {}
            self.write_code(target, code)
            self.snapshots = kept

    def _keep(self, variable: str) -> Callable[[], object]:
        """Write a copy of a variable to scratch, read it from there, and return what ends that."""
        assert self.scratch is not None
        where, current = self.layout.places[variable], self.views[Root.STATE]
        for word in where.words:
            if where.in_register:
                self.out.line(f"{self.scratch.word(word)} = {current.word(word)}")
            else:
                self.out.line(f"{self.scratch.cell(str(word))} = {current.cell(str(word))}")
        self.snapshots[variable] = self.scratch
        return lambda: self.snapshots.pop(variable)

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
            if _mentions(value, place.variable):
                stack.callback(self._keep(place.variable))
            kept, self.snapshots = self.snapshots, {}
            self._clear(self.spot(place))
            self.snapshots = kept
            self._for_all(place, value, "1")

    def _for_all(self, place: Place, value: Collection, bit: str) -> None:
        """Write a bit of a stored set for every element of a collection."""
        assert isinstance(place.type, SetType)
        variable = Name(self.out.fresh("element"), value.element)
        with self.iterate(value, variable):
            code = self.out.named("code", self._item_code(variable, place.type.element))
            kept, self.snapshots = self.snapshots, {}
            write(self.spot(place).moved(code, Bits(1)), 1, bit, self.out)
            self.snapshots = kept

    def _update_set(self, operator: str, place: Place, value: Collection) -> None:
        assert isinstance(place.type, SetType)
        element = place.type.element
        if isinstance(value, SetOf):
            self._update_items(operator, place, value)
            return
        size = self.universe_size(element)
        mask = self.collection_mask(value) if size is not None else None
        if size is not None and mask is not None:
            spot = self.spot(place)
            old = read(spot, size, self.out)
            new = {"add": f"({old} | {mask})", "discard": f"({old} & ~{mask})", "keep": f"({old} & {mask})"}[operator]
            write(spot, size, new, self.out)
            return
        with ExitStack() as stack:
            if _mentions(value, place.variable) or operator == "keep":
                stack.callback(self._keep(place.variable))
            if operator == "keep":
                self._keep_only(place, value)
            else:
                self._for_all(place, value, "1" if operator == "add" else "0")

    def _update_items(self, operator: str, place: Place, value: SetOf) -> None:
        assert isinstance(place.type, SetType)
        if operator == "keep":
            mask = self.collection_mask(value)
            self._keep_items(place, value, mask)
            return
        checked = [self.checked_code(item) for item in value.items]
        codes = []
        for item, (code, conditions) in zip(value.items, checked, strict=True):
            if isinstance(place.type.element, IntType):
                codes.append(self._discardable(item, place.type.element, operator))
                continue
            if operator == "add":
                for condition in conditions:
                    self.fail_if(f"not {condition}")
            codes.append((self.out.named("code", code), [] if operator == "add" else conditions))
        for code, conditions in codes:
            spot = self.spot(place).moved(code, Bits(1))
            if conditions:
                with self.out.block(f"if {' and '.join(conditions)}:"):
                    write(spot, 1, "0", self.out)
            else:
                write(spot, 1, "1" if operator == "add" else "0", self.out)

    def _discardable(self, item: Expr, element: IntType, operator: str) -> tuple[str, list[str]]:
        if operator == "add":
            return self._item_code(item, element), []
        value = self.out.named("number", self.expr(item))
        inside = self.in_range(element, value)
        return self.code_of(element, value), [inside] if inside else []

    def _keep_items(self, place: Place, value: SetOf, mask: str | None) -> None:
        assert isinstance(place.type, SetType)
        size = self.universe_size(place.type.element)
        if size is not None and mask is not None:
            spot = self.spot(place)
            write(spot, size, f"({read(spot, size, self.out)} & {mask})", self.out)
            return
        with ExitStack() as stack:
            stack.callback(self._keep(place.variable))
            self._keep_only(place, value)

    def _keep_only(self, place: Place, value: Collection) -> None:
        """Write that a stored set loses what a collection does not hold; it is read from scratch."""
        assert isinstance(place.type, SetType)
        variable = Name(self.out.fresh("element"), place.type.element)
        with self.iterate(Stored(place), variable):
            test = self.expr(Member(variable, value))
            code = self.code_of(place.type.element, self.names[variable.name])
            kept, self.snapshots = self.snapshots, {}
            with self.out.block(f"if not {test}:"):
                write(self.spot(place).moved(code, Bits(1)), 1, "0", self.out)
            self.snapshots = kept

    def _clear(self, spot: Spot) -> None:
        self._fill(spot, None)

    def _copy(self, source: Spot, target: Spot) -> None:
        self._fill(target, source)

    def _fill(self, target: Spot, source: Spot | None) -> None:
        """Write a whole slot: another one of the same form, or zeros."""
        bits = target.slot.bits
        if bits <= WORD:
            write(target, bits, "0" if source is None else read(source, bits, self.out), self.out)
            return
        word = self.out.fresh("word")
        with self.out.block(f"for {word} in range({-(-bits // WORD)}):"):
            value = "0" if source is None else read(source.moved(f"{word} * {WORD}"), WORD, self.out)
            write(target.moved(f"{word} * {WORD}"), WORD, value, self.out)

    # Sequences

    def _append(self, place: Place, value: Expr) -> None:
        assert isinstance(place.type, SeqType)
        code = self.out.named("code", self._item_code(value, place.type.element))
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
        code = self.out.named("code", self._item_code(value, place.type.element))
        spot, position = self.seq_position(place, index)
        self._put(spot, position, code)

    def _assign_sequence(self, place: Place, value: Collection) -> None:
        assert isinstance(place.type, SeqType)
        if isinstance(value, Stored) and value.place.type == place.type:
            self._copy(self.spot(value.place), self.spot(place))
            return
        if not isinstance(value, SetOf | Slice | Stored) or not isinstance(value.element, type(place.type.element)):
            raise ModelError(
                "the native explorer cannot make a sequence of this",
                location=value.location,
                help="assign a list written out, a slice or a copy; or use append and pop",
            )
        bound = self.codes.instance.bound(place.type.bound)
        with ExitStack() as stack:
            if _mentions(value, place.variable):
                stack.callback(self._keep(place.variable))
            self._refill(place, value, bound)

    def _refill(self, place: Place, value: Collection, bound: int) -> None:
        assert isinstance(place.type, SeqType)
        variable, length = Name(self.out.fresh("element"), value.element), self.out.fresh("length")
        self._fresh_spot_do(lambda: self._clear(self.spot(place)))
        self.out.line(f"{length} = 0")
        with self.iterate(value, variable):
            self.fail_if(f"{length} >= {bound}")
            code = self.out.named("code", self._item_code(variable, place.type.element))
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

    # Bags

    def _update_bag(self, add: bool, place: Place, value: Expr) -> None:
        assert isinstance(place.type, BagType)
        code = self.out.named("code", self._item_code(value, place.type.element))
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


def _mentions(node: Node, variable: str) -> bool:
    return any(isinstance(part, Place) and part.variable == variable for part in walk(node))


def _reads_elsewhere(value: Expr, variable: str, key: Name) -> bool:
    """Return whether a value reads a map under other keys than the one it is for."""
    return any(
        isinstance(part, Place) and part.variable == variable and part.keys[-1:] != (key,) for part in walk(value)
    )
