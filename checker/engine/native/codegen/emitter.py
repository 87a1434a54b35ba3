"""What every part of the generator shares: names, views of states, failure, and places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from assay.checker.engine.native.codegen.access import Spot, View, array_item, plane_bit, read, spot_of, write
from assay.checker.engine.native.codegen.codes import Codes
from assay.checker.engine.native.codegen.layout import Array, Layout, Planes
from assay.checker.engine.native.codegen.writer import Writer, constant
from assay.checker.language.ir.nodes import Collection, Expr, Name, Place, Root
from assay.checker.language.types import BoolType, IntType, MapType, Type

__all__ = ["Emitter"]


@dataclass
class Emitter:
    """The state of the generation of one function; the classes built on it emit expressions and statements.

    Scalars in generated code are signed 64-bit numbers: their codes, but a range's value as it is, and a bool as a
    bool.
    """

    codes: Codes
    layout: Layout
    out: Writer
    views: dict[Root, View]
    failure: Callable[[], list[str]]
    names: dict[str, str] = field(default_factory=dict)
    snapshots: dict[str, View] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()
    known_masks: dict[Collection, str] = field(default_factory=dict)

    # What the classes built on this one provide

    def expr(self, node: Expr) -> str:
        """Return source for a scalar's value, after writing what must come before."""
        raise NotImplementedError

    def iterate(self, domain: Collection, variable: Name, stop: str | None = None) -> object:
        """Write a loop over a collection; its body is written within the context."""
        raise NotImplementedError

    # Names

    def bind(self, name: Name, value: str) -> None:
        """Let a name of the IR stand for a piece of source that has no effect."""
        self.names[name.name] = value

    def bind_fresh(self, name: Name) -> str:
        """Let a name of the IR stand for a fresh variable, and return that."""
        self.names[name.name] = self.out.fresh(f"{name.name.strip('_') or 'v'}_")
        return self.names[name.name]

    def assigned(self, name: Name) -> str:
        """Return the variable of a name that may be assigned again."""
        return self.names.get(name.name) or self.bind_fresh(name)

    # Failure

    def fail_if(self, condition: str) -> None:
        """Write that the model has no meaning where a condition is true."""
        with self.out.block(f"if {condition}:"):
            for line in self.failure():
                self.out.line(line)

    @contextmanager
    def attempt(self) -> Iterator[list[str]]:
        """Capture what is written within, to be replayed or dropped."""
        with self.out.captured() as lines:
            yield lines

    # Codes and values

    def code_of(self, type_: Type, value: str) -> str:
        """Return the code of a value of a type; that a range holds it must have been made sure before."""
        if isinstance(type_, BoolType):
            return {"True": "1", "False": "0"}.get(value, f"(1 if {value} else 0)")
        if isinstance(type_, IntType) and type_.low is not None:
            return self._shifted(value, -self.codes.low(type_))
        return value

    def value_of(self, type_: Type, code: str) -> str:
        """Return the value of a code of a type."""
        if isinstance(type_, BoolType):
            fixed = constant(code)
            return f"({code} != 0)" if fixed is None else str(bool(fixed))
        if isinstance(type_, IntType) and type_.low is not None:
            return self._shifted(code, self.codes.low(type_))
        return code

    @staticmethod
    def _shifted(value: str, by: int) -> str:
        fixed = constant(value)
        if fixed is not None:
            return str(fixed + by) if fixed + by >= 0 else f"({fixed + by})"
        return value if by == 0 else f"({value} {'+' if by > 0 else '-'} {abs(by)})"

    def in_range(self, type_: IntType, value: str) -> str | None:
        """Return the condition that a number is in a range; None where that is plain."""
        low, high = self.codes.instance.interval(type_)
        fixed = constant(value)
        if fixed is not None:
            return None if low <= fixed <= high else "False"
        return f"({low} <= {value} <= {high})"

    # Places

    def spot(self, place: Place) -> Spot:
        """Return where a place is, after checking that its keys are in range."""
        view = self.snapshots.get(place.variable) if place.root is Root.STATE else None
        spot = spot_of(view or self.views[place.root], self.layout.places[place.variable])
        type_ = self._variable_type(place.variable)
        for key in place.keys[: len(place.keys) - (1 if self._ends_in_planes(place) else 0)]:
            assert isinstance(type_, MapType)
            spot = self.entry(spot, self.key(type_, key))
            type_ = type_.value
        return spot

    def _variable_type(self, name: str) -> Type:
        return next(variable.type for variable in self.layout.variables if variable.name == name)

    def _ends_in_planes(self, place: Place) -> bool:
        slot = self.layout.places[place.variable].slot
        for _ in place.keys:
            if isinstance(slot, Planes):
                return True
            assert isinstance(slot, Array)
            slot = slot.item
        return False

    def key(self, type_: MapType, key: Expr) -> str:
        """Return the code of a key, checked."""
        value = self.expr(key)
        if isinstance(type_.key, IntType):
            value = self.out.named("key", value)
            inside = self.in_range(type_.key, value)
            if inside is not None:
                self.fail_if(f"not {inside}")
        return self.code_of(type_.key, value)

    def entry(self, spot: Spot, key: str) -> Spot:
        """Return an entry of a map that is stored as an array."""
        assert isinstance(spot.slot, Array)
        return array_item(spot, spot.slot, key, self.out)

    def planes_of(self, place: Place) -> tuple[Spot, str] | None:
        """Return the planes that a scalar's place is an entry of, and the key's code; None if it is not."""
        if not self._ends_in_planes(place):
            return None
        spot, type_ = self.spot(place), self._variable_type(place.variable)
        for _ in place.keys[:-1]:
            assert isinstance(type_, MapType)
            type_ = type_.value
        assert isinstance(type_, MapType)
        return spot, self.key(type_, place.keys[-1])

    def read_code(self, place: Place) -> str:
        """Return the code of the scalar at a place."""
        planar = self.planes_of(place)
        if planar is None:
            spot = self.spot(place)
            return read(spot, spot.slot.bits, self.out)
        spot, key = planar
        assert isinstance(spot.slot, Planes)
        key = self.out.named("key", key)
        bits = [read(plane_bit(spot, spot.slot, plane, key), 1, self.out) for plane in range(spot.slot.width)]
        terms = [bit if plane == 0 else f"({bit} << {plane})" for plane, bit in enumerate(bits)]
        return terms[0] if len(terms) == 1 else f"({' | '.join(terms)})"

    def write_code(self, place: Place, code: str) -> None:
        """Write a scalar's code to a place."""
        planar = self.planes_of(place)
        if planar is None:
            spot = self.spot(place)
            write(spot, spot.slot.bits, code, self.out)
            return
        spot, key = planar
        assert isinstance(spot.slot, Planes)
        key, code = self.out.named("key", key), self.out.named("code", code)
        for plane in range(spot.slot.width):
            fixed = constant(code)
            bit = f"(({code} >> {plane}) & 1)" if fixed is None else str(fixed >> plane & 1)
            write(plane_bit(spot, spot.slot, plane, key), 1, bit, self.out)
