"""Our own printer of SMT-LIB 2. It chooses the names: one for each thing, and none that a solver may already know."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count as counting

from assay.proofs.logic.enums import facts, only_these, sorts_in
from assay.proofs.logic.term_order import Key, is_before
from assay.proofs.logic.terms import BOOL, INT, Op, Sort, Symbol, Term, element, make, subterms

__all__ = ["Printer", "oriented", "script"]

_SIMPLE = re.compile(r"[A-Za-z0-9~!@$%^&*_+=<>.?/-]+")
_UNPRINTABLE = re.compile(r"[^ -~]|[|\\]")
_MARK = "$"
"""The prefix of every name that assay chooses. No name of any solver's theories has it, so the two never collide.
Quoting would not be enough: in SMT-LIB, ``|and|`` is the same name as ``and``."""


def quoted(name: str) -> str:
    """Return a name as an SMT-LIB symbol; characters that a symbol cannot contain become underscores."""
    legal = _UNPRINTABLE.sub("_", name)
    return _MARK + legal if _SIMPLE.fullmatch(legal) else f"|{_MARK}{legal}|"


@dataclass
class _Names:
    """Unique names for things: those that are wanted or, if there are numbers, the next of these."""

    numbers: Iterator[int] | None = None
    of: dict[Hashable, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def name(self, thing: Hashable, wanted: str) -> str:
        """Return the name of a thing: the suggested one, with a number if another thing already has it."""
        if thing not in self.of:
            self.of[thing] = self._free(wanted) if self.numbers is None else quoted(f"{next(self.numbers)}")
            self.taken.add(self.of[thing])
        return self.of[thing]

    def _free(self, wanted: str) -> str:
        name, times = quoted(wanted), 1
        while name in self.taken:
            times += 1
            name = quoted(f"{wanted}~{times}")
        return name


class Printer:
    """Prints terms as S-expressions, with the same names throughout one script.

    Parameters
    ----------
    anonymous : bool
        Whether names are numbers, in the order in which they first appear, instead of those of sorts and symbols.
    """

    def __init__(self, *, anonymous: bool = False) -> None:
        numbers = counting() if anonymous else None
        self._sorts = _Names(numbers)
        self._functions = _Names(numbers)
        self._shown: dict[Term, str] = {}

    def sort(self, sort: Sort) -> str:
        """Return the name of a sort."""
        if sort is BOOL or sort is INT:
            return "Bool" if sort is BOOL else "Int"
        return self._sorts.name(sort, sort.name)

    def symbol(self, symbol: Symbol) -> str:
        """Return the name of a function."""
        return self._functions.name(symbol, symbol.name)

    def element(self, term: Term) -> str:
        """Return the name of an element: a constant, to SMT-LIB."""
        name = term.sort.members[term.of] if term.sort.members else f"{term.of}"
        return self._functions.name(term, f"{term.sort.name}.{name}")

    def term(self, term: Term) -> str:
        """Return a term."""
        for inner in subterms((term,)):  # operands first and without recursion, so that no term is nested too deeply
            if inner not in self._shown:
                self._shown[inner] = self._printed(inner)
        return self._shown[term]

    def _printed(self, term: Term) -> str:
        args = [self._shown[arg] for arg in term.args]
        match term.op:
            case Op.VARIABLE:
                return _variable(term)
            case Op.NUMBER:
                return str(term.of) if term.of >= 0 else f"(- {-term.of})"
            case Op.ELEMENT:
                return self.element(term)
            case Op.APPLY:
                return f"({' '.join([self.symbol(term.of), *args])})" if args else self.symbol(term.of)
            case Op.FORALL | Op.EXISTS:
                bound = " ".join(f"({_variable(name)} {self.sort(name.sort)})" for name in term.of)
                return f"({term.op.value} ({bound}) {args[0]})"
            case _:
                return f"({' '.join([term.op.value, *args])})" if args else term.op.value


def _variable(term: Term) -> str:
    """Return the name of a bound variable: it lacks the prefix, so that no function has the same name.

    No quantifier binds a number that is bound around it, so no variable hides another.
    """
    if not isinstance(term.of, int):
        raise ValueError(f"a variable that nothing binds has no name: {term!r}")
    return f"x{term.of}"


def script(
    formulas: Sequence[Term],
    *,
    comments: Sequence[str] = (),
    expected: str | None = None,
    anonymous: Key | None = None,
) -> str:
    """Return a whole script that asks whether the formulas are satisfiable together.

    Parameters
    ----------
    formulas : sequence of Term
        Closed formulas.
    comments : sequence of str
        Lines to begin with.
    expected : {"sat", "unsat"}, optional
        The claimed answer.
    anonymous : callable, optional
        If given, names are numbers, so that formulas that differ only in names have the same script. It returns what
        sorts and symbols are ordered by instead of their names: the sides of an equation have no order of their own.
    """
    asked = list(formulas) if anonymous is None else oriented(formulas, anonymous)
    return "\n".join(_lines(Printer(anonymous=anonymous is not None), asked, comments, expected)) + "\n"


def oriented(formulas: Sequence[Term], key: Key) -> list[Term]:
    """Return formulas whose equations have their sides in the order that a key gives."""
    done: dict[Term, Term] = {}
    for term in subterms(formulas):  # operands first
        args = tuple(done[arg] for arg in term.args)
        if term.op is Op.EQUAL and is_before(args[1], args[0], key):
            args = args[::-1]
        done[term] = term if args == term.args else make(term.op, term.sort, args, term.of)
    return [done[formula] for formula in formulas]


def _lines(printer: Printer, formulas: Sequence[Term], comments: Sequence[str], expected: str | None) -> Iterator[str]:
    yield from (f"; {' '.join(line.split())}" for line in comments)
    if expected is not None:
        yield f"(set-info :status {expected})"
    found = sorts_in(formulas)
    yield f"(set-logic {'UFNIA' if INT in found else 'UF'})"
    yield from (f"(declare-sort {printer.sort(sort)} 0)" for sort in found if sort not in (BOOL, INT))
    yield from _elements(printer, formulas)
    for symbol in dict.fromkeys(term.of for term in subterms(formulas) if term.op is Op.APPLY):
        arguments = " ".join(map(printer.sort, symbol.arguments))
        yield f"(declare-fun {printer.symbol(symbol)} ({arguments}) {printer.sort(symbol.result)})"
    yield from (f"(assert {printer.term(formula)})" for formula in formulas)
    yield "(check-sat)"


def _elements(printer: Printer, formulas: Sequence[Term]) -> Iterator[str]:
    for sort, count in facts(formulas):
        names = [printer.element(element(sort, index)) for index in range(count)]
        yield from (f"(declare-const {name} {printer.sort(sort)})" for name in names)
        if count > 1:
            yield f"(assert (distinct {' '.join(names)}))"
        if sort.members:
            yield f"(assert {printer.term(only_these(sort, count))})"
