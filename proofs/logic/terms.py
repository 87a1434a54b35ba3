"""Terms and formulas of many-sorted first-order logic with integers: small, hash-consed, simplified when made.

Equal terms are the same object, so ``is`` compares them, and formulas that differ only in the names of bound
variables are equal too: a quantifier renames its variables by how many it binds inside.

Sorts and symbols are told apart by what they stand for (a class of the model, a variable of its state, an order),
never by a name. Whoever prints them chooses the names.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

__all__ = [
    "BOOL",
    "FALSE",
    "INT",
    "TRUE",
    "Copy",
    "Counted",
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


class Sort:
    """A sort of elements; there is one object for whatever the sort stands for.

    Parameters
    ----------
    of : hashable
        What it stands for: a class, of which `name` is the name.
    members : tuple of str
        The names of all its elements, if it is an enumeration; they serve only readers.
    """

    __slots__ = ("members", "of", "rank")

    of: Hashable | type[Any]
    members: tuple[str, ...]
    rank: int

    def __new__(cls, of: Hashable | type[Any], members: tuple[str, ...] = ()) -> Sort:
        """Return the one sort that stands for this."""
        found = _sorts.get((of, members))
        if found is None:
            found = _sorts[of, members] = object.__new__(cls)
            found.of, found.members, found.rank = of, members, len(_sorts)
        return found

    @property
    def name(self) -> str:
        """A readable name, which other sorts may share."""
        return getattr(self.of, "__name__", None) or str(self.of)

    @property
    def order(self) -> tuple[str, int]:
        """A key for sorting, the same in every run that makes the same sorts."""
        return self.name, self.rank

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Sort, (self.of, self.members)


_sorts: dict[tuple[Hashable | type[Any], tuple[str, ...]], Sort] = {}

BOOL = Sort(bool)
INT = Sort(int)


class Symbol:
    """A function; a relation if the result is `BOOL`, a constant if there are no arguments.

    There is one object for whatever the symbol stands for, with these sorts.

    Parameters
    ----------
    of : hashable
        What it stands for.
    arguments : tuple of Sort
        The sorts of its arguments.
    result : Sort
        The sort of its value.
    """

    __slots__ = ("arguments", "of", "rank", "result")

    of: Hashable
    arguments: tuple[Sort, ...]
    result: Sort
    rank: int

    def __new__(cls, of: Hashable, arguments: tuple[Sort, ...], result: Sort) -> Symbol:
        """Return the one symbol that stands for this."""
        key = of, arguments, result
        found = _symbols.get(key)
        if found is None:
            found = _symbols[key] = object.__new__(cls)
            found.of, found.arguments, found.result, found.rank = of, arguments, result, len(_symbols)
        return found

    def __call__(self, *arguments: Term) -> Term:
        """Return the application to arguments."""
        return make(Op.APPLY, self.result, arguments, self)

    def copy(self, mark: Hashable) -> Symbol:
        """Return the symbol that stands for the same thing at another moment, such as after a step."""
        return Symbol(Copy(self, mark), self.arguments, self.result)

    @property
    def name(self) -> str:
        """A readable name, which other symbols may share."""
        return str(self.of)

    @property
    def order(self) -> tuple[str, int]:
        """A key for sorting, the same in every run that makes the same symbols."""
        return self.name, self.rank

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Symbol, (self.of, self.arguments, self.result)


_symbols: dict[tuple[Hashable, tuple[Sort, ...], Sort], Symbol] = {}


@dataclass(frozen=True)
class Copy:
    """What a symbol stands for, at another moment, such as after a step."""

    symbol: Symbol
    mark: Hashable

    def __str__(self) -> str:
        return f"{self.symbol.name}@{self.mark}"


@dataclass(frozen=True)
class Counted:
    """The number of elements that satisfy a condition, for each value of the formals.

    To a solver it is an uninterpreted function; facts about it are derived in `assay.proofs.logic.cardinalities`. Two
    of them are equal if their conditions are, up to the names of variables.

    Attributes
    ----------
    elements : tuple of Term
        The variables that stand for an element; several if it is a tuple or a record.
    formals : tuple of Term
        The other variables of the body.
    body : Term
        What is true of the elements that are counted.
    """

    elements: tuple[Term, ...]
    formals: tuple[Term, ...]
    body: Term

    def __str__(self) -> str:
        return f"number of {', '.join(name.sort.name for name in self.elements)}"


class Op(Enum):
    """The operations of terms. The value is the name in SMT-LIB, if it has one."""

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

    __hash__ = object.__hash__  # each member is one object, and making a term looks up its operation


_NONE: frozenset[Any] = frozenset()


class Term:
    """A term: an operation, its arguments, and whatever else it needs (``of``).

    Attributes
    ----------
    op : Op
        The operation.
    sort : Sort
        `BOOL` for a formula.
    args : tuple of Term
        The operands; for a quantifier, its body.
    of : object
        The symbol of an application; the identity of a variable; the index of an element; the number; the bound
        variables of a quantifier.
    free : frozenset of Term
        The variables that are not bound.
    symbols : frozenset of Symbol
        The symbols applied anywhere in it.
    counted : frozenset of Symbol
        The symbols in the bodies of the counts in it.
    depth : int
        The greatest number of variables bound one inside the other.
    """

    __slots__ = ("args", "counted", "depth", "free", "number", "of", "op", "sort", "symbols")

    op: Op
    sort: Sort
    args: tuple[Term, ...]
    of: Any
    free: frozenset[Term]
    symbols: frozenset[Symbol]
    counted: frozenset[Symbol]
    depth: int
    number: int

    @property
    def mentioned(self) -> frozenset[Symbol]:
        """The symbols that it depends on, including those in the bodies of its counts."""
        return self.symbols | self.counted if self.counted else self.symbols

    def __repr__(self) -> str:
        """Return the term in a form for developers, in which names may be ambiguous."""
        match self.op:
            case Op.VARIABLE:
                return f"x{self.of}" if isinstance(self.of, int) else f"?{self.number}"
            case Op.NUMBER:
                return str(self.of)
            case Op.ELEMENT:
                return f"{self.sort}.{self.sort.members[self.of] if self.sort.members else self.of}"
            case Op.FORALL | Op.EXISTS:
                bound = " ".join(f"({name!r} {name.sort})" for name in self.of)
                return f"({self.op.value} ({bound}) {self.args[0]!r})"
        head = self.of.name if self.op is Op.APPLY else self.op.value
        return f"({' '.join([head, *map(repr, self.args)])})" if self.args else head

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return make, (self.op, self.sort, self.args, self.of)


class _Fresh:
    """The identity of a variable that occurs nowhere else; unpickled in another process, it is new there too."""

    __slots__ = ()


_made: dict[tuple[Any, ...], Term] = {}


def make(op: Op, sort: Sort, args: tuple[Term, ...], of: Any = None) -> Term:
    """Return the one term with these parts, without simplification."""
    key = (op, of, sort, *args) if op is Op.VARIABLE or op is Op.ELEMENT else (op, of, *args)
    found = _made.get(key)
    if found is None:
        found = _made[key] = _new(op, sort, args, of)
    return found


def _new(op: Op, sort: Sort, args: tuple[Term, ...], of: Any) -> Term:
    term = object.__new__(Term)
    term.op, term.sort, term.args, term.of = op, sort, args, of
    term.number = len(_made)
    term.free = _union(arg.free for arg in args)
    term.symbols = _union(arg.symbols for arg in args)
    term.counted = _union(arg.counted for arg in args)
    term.depth = max((arg.depth for arg in args), default=0)
    if op is Op.VARIABLE:
        term.free = frozenset((term,))
    elif op is Op.APPLY:
        term.symbols |= {of}
        if isinstance(of.of, Counted):
            term.counted |= of.of.body.mentioned
    elif op is Op.FORALL or op is Op.EXISTS:
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


def variable(sort: Sort) -> Term:
    """Return a variable that occurs nowhere else yet."""
    return make(Op.VARIABLE, sort, (), _Fresh())


def numbered_variable(index: int, sort: Sort) -> Term:
    """Return the variable that a quantifier with ``index`` bound variables inside binds."""
    return make(Op.VARIABLE, sort, (), index)


def element(sort: Sort, index: int) -> Term:
    """Return an element of a sort; different elements are never equal."""
    return make(Op.ELEMENT, sort, (), index)


def number(value: int) -> Term:
    """Return a whole number."""
    return make(Op.NUMBER, INT, (), value)


def constant(of: Hashable, sort: Sort) -> Term:
    """Return the constant that stands for this."""
    return Symbol(of, (), sort)()


def subterms(terms: Sequence[Term]) -> Iterator[Term]:
    """Yield every subterm of these once, operands before the terms that contain them."""
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
