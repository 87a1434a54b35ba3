"""Loops over collections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from assay.checker.engine.native.codegen.access import array_item, offset, read, row
from assay.checker.engine.native.codegen.analysis import conjuncts
from assay.checker.engine.native.codegen.layout import WORD, Bag, Seq
from assay.checker.engine.native.codegen.masks import Masks
from assay.checker.engine.native.codegen.restrict import Restriction, restriction, without
from assay.checker.engine.native.codegen.writer import constant, number
from assay.checker.errors import Unsupported
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    TRUE,
    Collection,
    Comprehension,
    Expr,
    Generator,
    IntRange,
    Member,
    Members,
    Name,
    Place,
    SetOf,
    Slice,
    Stored,
    Universe,
    free_names,
)
from assay.checker.language.types import BagType, IntType, SeqType, SetType, subtypes

__all__ = ["Loops"]


class Loops(Masks):
    """Loops, each written as a context whose body comes within."""

    @contextmanager
    def iterate_where(
        self, domain: Collection, variable: Name, conditions: list[Expr], stop: str | None = None
    ) -> Iterator[tuple[Expr, ...]]:
        """Write a loop over at least the elements that satisfy conditions; yield those that all of them do."""
        part = None
        if isinstance(domain, Stored) and isinstance(domain.place.type, SetType):
            part = restriction(variable, conditions, self.codes, self._is_known)
        with ExitStack() as stack:
            if (
                part is None
                or not isinstance(domain, Stored)
                or not self._row(stack, domain.place, variable, part, stop)
            ):
                stack.enter_context(self.iterate(domain, variable, stop))
                yield ()
            else:
                yield part.used

    def _is_known(self, expression: Expr) -> bool:
        names = free_names(expression)
        return names <= self.names.keys() and not names & self.masked and not can_fail(expression)

    def _row(self, stack: ExitStack, place: Place, variable: Name, part: Restriction, stop: str | None) -> bool:
        spot, terms = self.spot(place), [str(part.base)]
        if part.count > WORD and not (spot.where.in_register or part.fixed):
            self._words_between(stack, place, variable, part.base, part.base + part.count, stop)
            return True
        if part.count > WORD:
            return False
        terms += [f"{self.code_of(value.type, self.expr(value))} * {stride}" for value, stride in part.fixed]
        start = self.out.named("start", " + ".join(terms))
        self.bits(stack, row(spot.moved(start), part.count, self.out), variable, stop, start)
        return True

    def _words_between(
        self, stack: ExitStack, place: Place, variable: Name, low: int, high: int, stop: str | None
    ) -> None:
        """Write a loop over the elements of a large set whose codes are in a range."""
        spot, word = self.spot(place), self.out.fresh("word")
        fixed = constant(spot.shift)
        start = f"{fixed // WORD}" if fixed is not None else f"({spot.shift} >> 6)"
        first, last = low // WORD, (high - 1) // WORD
        self._enter(stack, f"for {word} in range({first}, {last + 1}):", stop)
        part = self.out.named("part", spot.view.cell(f"{spot.where.words[0]} + {start} + {word}"))
        if low % WORD:
            with self.out.block(f"if {word} == {first}:"):
                self.out.line(f"{part} &= {number(-1 << low % WORD)}")
        if high % WORD:
            with self.out.block(f"if {word} == {last}:"):
                self.out.line(f"{part} &= {number((1 << high % WORD) - 1)}")
        self.bits(stack, part, variable, stop, f"{word} * {WORD}")

    @contextmanager
    def iterate(self, domain: Collection, variable: Name, stop: str | None = None) -> Iterator[None]:
        """Write a loop over a collection, each element once for each time that it occurs there.

        Parameters
        ----------
        domain : Collection
            What to loop over. A comprehension gives an element as often as its generators do.
        variable : Name
            Stands for the element within the body.
        stop : str, optional
            A condition; the loop ends where it is true.
        """
        with ExitStack() as stack:
            match domain:
                case Universe(of):
                    self._count(stack, str(self.codes.size(of)), variable, stop)
                case IntRange(start, end):
                    first, last = self.expr(start), self.expr(end)
                    self._count(stack, f"{first}, {last}", variable, stop)
                case Members():
                    self._members(stack, domain, variable, stop)
                case Stored(place) if isinstance(place.type, SetType):
                    self._stored_set(stack, place, variable, stop)
                case Stored(place) if isinstance(place.type, SeqType):
                    self._sequence(stack, place, variable, stop, 0, None)
                case Slice(place, start, end):
                    self._sequence(stack, place, variable, stop, start, end)
                case Stored(place) if isinstance(place.type, BagType):
                    self._bag(stack, place, variable, stop)
                case Comprehension(item, generators):
                    self.generate(stack, generators, stop)
                    self.bind(variable, self.out.named("item", self.expr(item)))
                case SetOf():
                    self._written_out(stack, domain, variable, stop)
                case _:
                    self._any_set(stack, domain, variable, stop)
            yield

    def generate(
        self, stack: ExitStack, generators: tuple[Generator, ...], stop: str | None, *, once: bool = False
    ) -> None:
        """Write nested loops for generators, the first one outermost, with their conditions.

        With ``once``, each loop gives each element of its domain once.
        """
        for generator in generators:
            condition = generator.condition
            if once:
                self.distinct(stack, generator.domain, generator.variable)
            elif condition is None:
                stack.enter_context(self.iterate(generator.domain, generator.variable, stop))
            else:
                loop = self.iterate_where(generator.domain, generator.variable, conjuncts(condition), stop)
                condition = without(condition, stack.enter_context(loop), universal=False)
            if condition is not None and condition != TRUE:
                stack.enter_context(self.out.block(f"if {self.expr(condition)}:"))

    def _enter(self, stack: ExitStack, head: str, stop: str | None) -> None:
        stack.enter_context(self.out.block(head))
        if stop is not None:
            with self.out.block(f"if {stop}:"):
                self.out.line("break")

    def _count(self, stack: ExitStack, bounds: str, variable: Name, stop: str | None) -> None:
        counter = self.out.fresh(f"{variable.name}_")
        self._enter(stack, f"for {counter} in range({bounds}):", stop)
        self.bind(variable, counter)

    def bits(self, stack: ExitStack, mask: str, variable: Name, stop: str | None, base: str | None = None) -> None:
        """Write a loop over the bits of a word that are 1."""
        rest, code = self.out.fresh("rest"), self.out.fresh(f"{variable.name}_")
        self.out.line(f"{rest} = {mask}")
        self._enter(stack, f"while {rest} != 0:", stop)
        self.out.line(f"{code} = lowest({rest})" + (f" + {base}" if base else ""))
        self.out.line(f"{rest} &= {rest} - 1")
        self.bind(variable, self.value_of(variable.type, code))

    def _members(self, stack: ExitStack, domain: Members, variable: Name, stop: str | None) -> None:
        table, words = self.quorums(domain)
        quorum = self.expr(domain.quorum)
        if words == 1:
            self.bits(stack, f"{table}[{quorum}]", variable, stop)
            return
        quorum, word = self.out.named("quorum", quorum), self.out.fresh("word")
        self._enter(stack, f"for {word} in range({words}):", stop)
        self.bits(stack, f"{table}[{quorum} * {words} + {word}]", variable, stop, f"{word} * {WORD}")

    def _stored_set(self, stack: ExitStack, place: Place, variable: Name, stop: str | None) -> None:
        spot, size = self.spot(place), self.codes.size(variable.type)
        if size <= WORD:
            self.bits(stack, read(spot, size, self.out), variable, stop)
            return
        fixed, word = constant(spot.shift), self.out.fresh("word")
        start = f"{fixed // WORD}" if fixed is not None else f"({spot.shift} >> 6)"
        self._enter(stack, f"for {word} in range({-(-size // WORD)}):", stop)
        cell = spot.view.cell(f"{spot.where.words[0]} + {start} + {word}")
        self.bits(stack, cell, variable, stop, f"{word} * {WORD}")

    def _sequence(
        self, stack: ExitStack, place: Place, variable: Name, stop: str | None, start: int, end: int | None
    ) -> None:
        spot = self.spot(place)
        assert isinstance(spot.slot, Seq)
        length = self.out.named("length", read(spot, spot.slot.length_width, self.out))
        last = length if end is None else f"min({length}, {end})"
        index = self.out.fresh("index")
        self._enter(stack, f"for {index} in range({start}, {last}):", stop)
        item = array_item(spot.moved(offset(spot.slot)), spot.slot.items, index, self.out)
        code = self.out.named(f"{variable.name}_", read(item, spot.slot.items.item.bits, self.out))
        self.bind(variable, self.value_of(variable.type, code))

    def _bag(self, stack: ExitStack, place: Place, variable: Name, stop: str | None) -> None:
        spot = self.spot(place)
        assert isinstance(spot.slot, Bag)
        code = self.out.fresh(f"{variable.name}_")
        self._enter(stack, f"for {code} in range({spot.slot.counts.count}):", stop)
        copies = read(array_item(spot, spot.slot.counts, code, self.out), spot.slot.counts.item.bits, self.out)
        stack.enter_context(self.out.block(f"if {copies} != 0:"))
        self.bind(variable, self.value_of(variable.type, code))

    def _written_out(self, stack: ExitStack, domain: SetOf, variable: Name, stop: str | None) -> None:
        if not domain.items:
            self._enter(stack, "for _ in range(0):", stop)
            self.bind(variable, "False" if str(variable.type) == "bool" else "0")
            return
        values = [self.out.named("item", self.expr(item)) for item in domain.items]
        index, value = self.out.fresh("index"), self.out.fresh(f"{variable.name}_")
        self._enter(stack, f"for {index} in range({len(values)}):", stop)
        chain = values[-1]
        for position, item in reversed(list(enumerate(values[:-1]))):
            chain = f"({item} if {index} == {position} else {chain})"
        self.out.line(f"{value} = {chain}")
        self.bind(variable, value)
        repeats = [f"({index} > {position} and {value} == {item})" for position, item in enumerate(values[:-1])]
        if repeats and not domain.ordered:
            stack.enter_context(self.out.block(f"if not ({' or '.join(repeats)}):"))

    def _any_set(self, stack: ExitStack, domain: Collection, variable: Name, stop: str | None) -> None:
        """Loop over a set by its word, or over the universe, asking for membership."""
        mask = self.collection_mask(domain)
        if mask is not None:
            self.bits(stack, mask, variable, stop)
            return
        if any(isinstance(part, IntType) and part.is_computed for part in subtypes(domain.element)):
            raise Unsupported(
                "a set of computed numbers has no bounds, so the native explorer cannot run over it",
                location=domain.location,
                help="keep them in a Set[Range[lo, hi]], run over what they come from, or use --engine reference",
            )
        code = self.out.fresh(f"{variable.name}_")
        self._enter(stack, f"for {code} in range({self.codes.size(domain.element)}):", stop)
        self.bind(variable, self.value_of(variable.type, code))
        stack.enter_context(self.out.block(f"if {self.expr(Member(variable, domain))}:"))

    def distinct(self, stack: ExitStack, domain: Collection, variable: Name) -> None:
        """Write a loop over a collection that gives each element once."""
        if isinstance(domain, Comprehension) and not _is_filter(domain):
            mask = self.collection_mask(domain)
            if mask is None and self.universe_size(domain.element) is not None and isinstance(domain, Comprehension):
                mask = self.gathered(domain)
            if mask is not None:
                self.bits(stack, mask, variable, None)
                return
            self._any_set(stack, domain, variable, None)
            return
        stack.enter_context(self.iterate(domain, variable))


def _is_filter(domain: Comprehension) -> bool:
    generator = domain.generators[0]
    return len(domain.generators) == 1 and domain.item == generator.variable and _is_distinct(generator.domain)


def _is_distinct(domain: Collection) -> bool:
    """Return whether a loop over a collection gives each element once."""
    match domain:
        case Slice():
            return False
        case Stored(place):
            return not isinstance(place.type, SeqType)
        case SetOf():
            return not domain.ordered
        case Comprehension():
            return _is_filter(domain)
        case _:
            return True
