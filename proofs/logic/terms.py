"""Terms and formulas of many-sorted first-order logic with integers: small, hash-consed, simplified when made.

Equal terms are the same object, so ``is`` compares them, and formulas that differ only in the names of bound
variables are equal too: a quantifier renames its variables by how many it binds inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "BOOL",
    "FALSE",
    "INT",
    "TRUE",
    "Op",
    "Sort",
    "Symbol",
    "Term",
    "constant",
    "element",
    "number",
    "subterms",
    "variable",
]


@dataclass(frozen=True)
class Sort:
    """A sort of elements; ``names`` are its elements, all of them, if it is enumerated."""

    name: str
    names: tuple[str, ...] = ()


BOOL = Sort("Bool")
INT = Sort("Int")


@dataclass(frozen=True)
class Symbol:
    """A function, or a relation where the result is `BOOL`; a constant where there are no arguments."""

    name: str
    arguments: tuple[Sort, ...]
    result: Sort

    def __call__(self, *arguments: Term) -> Term:
        """Return the application to arguments."""
        return make(Op.APPLY, self.result, arguments, self)


class Op:
    """What a term is."""

    VARIABLE = "variable"
    ELEMENT = "element"
    NUMBER = "number"
    APPLY = "apply"
    TRUE = "true"
    FALSE = "false"
    NOT = "not"
    AND = "and"
    OR = "or"
    EQUAL = "="
    ITE = "ite"
    FORALL = "forall"
    EXISTS = "exists"
    ADD = "+"
    MULTIPLY = "*"
    DIVIDE = "div"
    MODULO = "mod"
    AT_MOST = "<="


_NONE: frozenset[Any] = frozenset()


class Term:
    """A term: an operation, its arguments, and what else it needs to know (``of``).

    Attributes
    ----------
    op : str
        One of `Op`.
    sort : Sort
        `BOOL` for a formula.
    args : tuple of Term
        The operands; of a quantifier, its body.
    of : object
        The symbol of an application; the name of a variable; the index of an element; the number; the bound
        variables of a quantifier.
    free : frozenset of Term
        The variables that are not bound.
    symbols : frozenset of Symbol
        The symbols applied anywhere in it.
    depth : int
        How many variables are bound, one inside the other, at most.
    """

    __slots__ = ("args", "depth", "free", "number", "of", "op", "sort", "symbols")

    op: str
    sort: Sort
    args: tuple[Term, ...]
    of: Any
    free: frozenset[Term]
    symbols: frozenset[Symbol]
    depth: int
    number: int

    def __repr__(self) -> str:
        from assay.proofs.logic.smtlib import show

        return show(self)

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return make, (self.op, self.sort, self.args, self.of)


_made: dict[tuple[Any, ...], Term] = {}


def make(op: str, sort: Sort, args: tuple[Term, ...], of: Any = None) -> Term:
    """Return the one term with these parts, as they are."""
    key = (op, of, sort, *args) if op in (Op.VARIABLE, Op.ELEMENT) else (op, of, *args)
    found = _made.get(key)
    if found is None:
        found = _made[key] = _new(op, sort, args, of)
    return found


def _new(op: str, sort: Sort, args: tuple[Term, ...], of: Any) -> Term:
    term = object.__new__(Term)
    term.op, term.sort, term.args, term.of = op, sort, args, of
    term.number = len(_made)
    term.free = _union(arg.free for arg in args)
    term.symbols = _union(arg.symbols for arg in args)
    term.depth = max((arg.depth for arg in args), default=0)
    if op == Op.VARIABLE:
        term.free = frozenset((term,))
    elif op == Op.APPLY:
        term.symbols |= {of}
    elif op in (Op.FORALL, Op.EXISTS):
        term.free -= frozenset(of)
        term.depth += len(of)
    return term


def _union(sets: Iterable[frozenset[Any]]) -> frozenset[Any]:
    result = _NONE
    for part in sets:
        if not result:
            result = part
        elif not part <= result:
            result |= part
    return result


TRUE = make(Op.TRUE, BOOL, ())
FALSE = make(Op.FALSE, BOOL, ())

_fresh = 0


def variable(sort: Sort) -> Term:
    """Return a variable that occurs nowhere else yet."""
    global _fresh  # noqa: PLW0603
    _fresh += 1
    return make(Op.VARIABLE, sort, (), f"?{_fresh}")


def numbered_variable(index: int, sort: Sort) -> Term:
    """Return the variable that a quantifier with ``index`` bound variables inside binds."""
    return make(Op.VARIABLE, sort, (), f"x{index}")


def element(sort: Sort, index: int) -> Term:
    """Return an element of a sort; different elements are never equal."""
    return make(Op.ELEMENT, sort, (), index)


def number(value: int) -> Term:
    """Return a whole number."""
    return make(Op.NUMBER, INT, (), value)


def constant(name: str, sort: Sort) -> Term:
    """Return a constant by its name."""
    return Symbol(name, (), sort)()


def subterms(terms: Sequence[Term]) -> Iterator[Term]:
    """Yield every term inside these once, operands before what they are operands of."""
    seen: set[Term] = set()
    stack: list[tuple[Term, bool]] = [(term, False) for term in reversed(terms)]
    while stack:
        term, done = stack.pop()
        if done:
            yield term
        elif term not in seen:
            seen.add(term)
            stack.append((term, True))
            stack.extend((arg, False) for arg in reversed(term.args))
