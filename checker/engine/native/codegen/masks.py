"""Quantifiers as arithmetic on whole words.

The truth of a condition for every element of a sort of at most 64 elements is a word: bit i says whether it
holds for element i. `p in votes` is a row of the set's own bits, connectives are bit operations, and a
quantifier compares the word with the domain's.
"""

from __future__ import annotations

from assay.checker.engine.native.codegen.access import full, row
from assay.checker.engine.native.codegen.analysis import narrowed_scope
from assay.checker.engine.native.codegen.layout import WORD
from assay.checker.engine.native.codegen.planes import PlaneWords
from assay.checker.engine.native.codegen.restrict import demanded, without
from assay.checker.engine.native.codegen.writer import constant, number
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    Cast,
    Collection,
    Compare,
    Comparison,
    Comprehension,
    Conditional,
    Expr,
    Implies,
    IsKind,
    Let,
    Literal,
    Make,
    MakeTuple,
    Member,
    Members,
    Name,
    Not,
    Or,
    Quantifier,
    Read,
    SetChoice,
    SetOf,
    SetOperation,
    Stored,
    Universe,
    free_names,
)
from assay.checker.language.types import (
    BoolType,
    IntType,
    NoneOnly,
    OptionalType,
    RecordType,
    SetType,
    Type,
    UnionType,
)

__all__ = ["Masks"]

_Affine = tuple[int, str]
"""The code of an expression as ``stride * variable + rest``."""


class Masks(PlaneWords):
    """Words that say for which elements something is true."""

    def universe_size(self, type_: Type) -> int | None:
        """Return how many elements a type has if a word has a bit for each, else None."""
        if isinstance(type_, IntType) and type_.low is None:
            return None
        size = self.codes.size(type_)
        return size if size <= WORD else None

    def quorums(self, members: Members) -> tuple[str, int]:
        """Return the name of the table of a quorum system, and the words an entry takes."""
        cls = members.quorum.type.cls  # type: ignore[union-attr]
        return f"QUORUMS_{cls.__name__}", -(-self.codes.size(members.member) // WORD)

    # Collections

    def collection_mask(self, collection: Collection) -> str | None:
        """Return the word of a collection's elements by their codes, or None if it has no such word."""
        size = self.universe_size(collection.element)
        numbers = isinstance(collection.element, IntType) and not isinstance(collection, Stored | Universe)
        if collection in self.known_masks:
            return self.known_masks[collection]
        if size is None or numbers or can_fail(collection):
            return None
        with self.attempt() as lines:
            mask = self._collection_mask(collection, size)
        if mask is not None:
            self.out.replay(lines)
        return mask

    def _collection_mask(self, collection: Collection, size: int) -> str | None:
        match collection:
            case Universe():
                return full(size)
            case Members(quorum, _):
                table, _ = self.quorums(collection)
                return f"{table}[{self.expr(quorum)}]"
            case Stored(place) if isinstance(place.type, SetType):
                return row(self.spot(place), size, self.out)
            case SetOf(items):
                bits = [f"(1 << {self.code_of(item.type, self.expr(item))})" for item in items]
                return f"({' | '.join(bits)})" if bits else "0"
            case SetOperation(operator, left, right):
                first, second = self.collection_mask(left), self.collection_mask(right)
                if first is None or second is None:
                    return None
                return f"({first} & ~{second})" if operator == "-" else f"({first} {operator} {second})"
            case SetChoice(test, then, otherwise):
                condition, first, second = self.expr(test), self.collection_mask(then), self.collection_mask(otherwise)
                return None if first is None or second is None else f"({first} if {condition} else {second})"
            case Comprehension():
                return self._comprehension_mask(collection)
            case _:
                return None

    def _comprehension_mask(self, collection: Comprehension) -> str | None:
        if len(collection.generators) == 1 and collection.item == collection.generators[0].variable:
            generator = collection.generators[0]
            domain = self.collection_mask(generator.domain)
            if domain is None or generator.condition is None:
                return domain
            inside = self.mask(generator.condition, generator.variable)
            if inside is not None:
                return f"({domain} & {inside})"
        return self.gathered(collection)

    def gathered(self, collection: Comprehension) -> str:
        """Write a loop that gathers the elements of a comprehension into a word."""
        gathered = self.out.fresh("set")
        self.out.line(f"{gathered} = 0")
        variable = Name(self.out.fresh("element"), collection.element)
        with self.iterate(collection, variable):  # type: ignore[attr-defined]
            code = self.code_of(collection.element, self.names[variable.name])
            self.out.line(f"{gathered} |= 1 << {code}")
        return gathered

    # Conditions

    def mask(self, condition: Expr, variable: Name) -> str | None:
        """Return the word of the elements for which a condition is true, or None if it has no such word.

        Bits beyond the universe's size have no meaning. A condition that can fail has no word.
        """
        size = self.universe_size(variable.type)
        if size is None or isinstance(variable.type, IntType | BoolType) or can_fail(condition):
            return None
        masked, self.masked = self.masked, self.masked | {variable.name}
        with self.attempt() as lines:
            mask = self._mask(condition, variable, size)
        self.masked = masked
        if mask is not None:
            self.out.replay(lines)
        return mask

    def _mask(self, condition: Expr, variable: Name, size: int) -> str | None:
        if variable.name not in free_names(condition):
            value = self.expr(condition)
            return {"True": "-1", "False": "0"}.get(value, f"(-1 if {value} else 0)")
        match condition:
            case Not(operand):
                inner = self.mask(operand, variable)
                return None if inner is None else f"~{inner}"
            case And(parts):
                return self._joined(parts, "&", variable)
            case Or(parts):
                return self._joined(parts, "|", variable)
            case Implies(left, right):
                return self._joined((Not(left), right), "|", variable)
            case Conditional(test, then, otherwise):
                return self._joined((And((test, then)), And((Not(test), otherwise))), "|", variable)
            case Let(name, named, body) if variable.name not in free_names(named):
                self.bind(name, self.out.named("let", self.expr(named)))
                return self.mask(body, variable)
            case Member(element, collection):
                return self._member_mask(element, collection, variable, size)
            case Compare(operator, left, right):
                return self._compare_mask(operator, left, right, variable)
            case IsKind(operand, (NoneOnly(),)):
                return self.has_code(operand, 0, variable)
            case Quantifier():
                scoped = narrowed_scope(condition)
                return (
                    self._quantifier_mask(condition, variable) if scoped is condition else self.mask(scoped, variable)
                )
            case Read(place) if isinstance(place.type, BoolType):
                return self.has_code(condition, 1, variable)
            case _:
                return None

    def _joined(self, parts: tuple[Expr, ...], operator: str, variable: Name) -> str | None:
        masks = [self.mask(part, variable) for part in parts]
        if any(mask is None for mask in masks):
            return None
        return f"({f' {operator} '.join(mask for mask in masks if mask is not None)})"

    def _quantifier_mask(self, quantifier: Quantifier, variable: Name) -> str | None:
        if variable.name in free_names(quantifier.domain):
            return None
        gathered = self.out.fresh("mask")
        self.out.line(f"{gathered} = {'-1' if quantifier.universal else '0'}")
        conditions = demanded(quantifier.body, quantifier.universal)
        with self.iterate_where(quantifier.domain, quantifier.variable, conditions) as used:  # type: ignore[attr-defined]
            inner = self.mask(without(quantifier.body, used, quantifier.universal), variable)
            if inner is not None:
                self.out.line(f"{gathered} {'&' if quantifier.universal else '|'}= {inner}")
        return None if inner is None else gathered

    def _member_mask(self, element: Expr, collection: Collection, variable: Name, size: int) -> str | None:
        if isinstance(collection, Stored) and isinstance(collection.place.type, SetType):
            if variable.name in free_names(collection):
                return None
            affine = self.affine(element, variable)
            if affine is None or affine[0] != 1:
                return None
            return row(self.spot(collection.place).moved(affine[1]), size, self.out)
        if element == variable and variable.name not in free_names(collection):
            return self.collection_mask(collection)
        if isinstance(collection, SetOperation):
            parts = (Member(element, collection.left), Member(element, collection.right))
            if collection.operator == "-":
                return self._joined((parts[0], Not(parts[1])), "&", variable)
            return self._joined(parts, collection.operator, variable)
        if isinstance(collection, SetOf):
            return self._joined(
                tuple(Compare(Comparison.EQ, element, item) for item in collection.items), "|", variable
            )
        return None

    def _compare_mask(self, operator: Comparison, left: Expr, right: Expr, variable: Name) -> str | None:
        if left == variable and variable.name not in free_names(right):
            other = self.out.named("other", self.expr(right))
            return {
                Comparison.EQ: f"(1 << {other})",
                Comparison.LT: f"((1 << {other}) - 1)",
                Comparison.LE: f"((2 << {other}) - 1)",
            }[operator]
        if right == variable and variable.name not in free_names(left):
            other = self.out.named("other", self.expr(left))
            return {
                Comparison.EQ: f"(1 << {other})",
                Comparison.LT: f"~((2 << {other}) - 1)",
                Comparison.LE: f"~((1 << {other}) - 1)",
            }[operator]
        return self.compared_by_planes(operator, left, right, variable)

    def affine(self, element: Expr, variable: Name) -> _Affine | None:
        """Return the code of an element as a multiple of the variable's code, and the rest."""
        if variable.name not in free_names(element):
            return 0, self.code_of(element.type, self.expr(element))
        match element:
            case Name():
                return 1, "0"
            case Cast(operand, OptionalType()) if not isinstance(operand.type, OptionalType):
                return self._plus(self.affine(operand, variable), 1)
            case Cast(operand, UnionType() as union) if isinstance(operand.type, RecordType):
                return self._plus(self.affine(operand, variable), self.codes.offset(union, operand.type))
            case Make(type_, arguments) | MakeTuple(type_, arguments):
                return self._affine_sum(self.codes.strides(type_), arguments, variable)
            case Literal():
                return 0, self.expr(element)
            case _:
                return None

    @staticmethod
    def _plus(affine: _Affine | None, by: int) -> _Affine | None:
        if affine is None:
            return None
        stride, rest = affine
        fixed = constant(rest)
        return stride, number(fixed + by) if fixed is not None else f"({rest} + {by})"

    def _affine_sum(self, strides: tuple[int, ...], arguments: tuple[Expr, ...], variable: Name) -> _Affine | None:
        total, fixed, terms = 0, 0, []
        for stride, argument in zip(strides, arguments, strict=True):
            part = self.affine(argument, variable)
            if part is None:
                return None
            total += stride * part[0]
            rest = constant(part[1])
            if rest is not None:
                fixed += stride * rest
            else:
                terms.append(part[1] if stride == 1 else f"{part[1]} * {stride}")
        parts = [*terms, *([str(fixed)] if fixed or not terms else [])]
        return total, parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"
