"""Our own printer of SMT-LIB 2: every symbol quoted where it must be, every enum constant with its sort."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assay.proofs.logic.enums import facts, only_these, sorts_in
from assay.proofs.logic.terms import BOOL, INT, Op, Sort, Symbol, Term, element

__all__ = ["script", "show"]

_SIMPLE = re.compile(r"[A-Za-z~!@$%^&*_+=<>.?/-][A-Za-z0-9~!@$%^&*_+=<>.?/-]*")
_RESERVED = frozenset(
    [
        "true",
        "false",
        "not",
        "and",
        "or",
        "xor",
        "ite",
        "distinct",
        "let",
        "forall",
        "exists",
        "match",
        "par",
        "as",
        "Bool",
        "Int",
        "Real",
        "Array",
        "String",
        "assert",
        "check-sat",
        "declare-fun",
        "declare-sort",
        "div",
        "mod",
        "abs",
        "_",
        "!",
        "BINARY",
        "DECIMAL",
        "HEXADECIMAL",
        "NUMERAL",
        "STRING",
    ]
)


def quoted(name: str) -> str:
    """Return a name as an SMT-LIB symbol."""
    if _SIMPLE.fullmatch(name) and name not in _RESERVED and not name.startswith(("@", ".")):
        return name
    return "|" + name.replace("\\", "/").replace("|", "!") + "|"


def show(term: Term) -> str:
    """Return a term as an S-expression."""
    match term.op:
        case Op.VARIABLE:
            return quoted(term.of)
        case Op.NUMBER:
            return str(term.of) if term.of >= 0 else f"(- {-term.of})"
        case Op.TRUE | Op.FALSE:
            return term.op
        case Op.ELEMENT:
            return _element(term)
        case Op.APPLY:
            return _list(_symbol(term.of), *map(show, term.args)) if term.args else _symbol(term.of)
        case Op.FORALL | Op.EXISTS:
            bound = " ".join(f"({show(name)} {_sort(name.sort)})" for name in term.of)
            return f"({term.op} ({bound}) {show(term.args[0])})"
        case _:
            return _list(term.op, *map(show, term.args))


def _list(*parts: str) -> str:
    return f"({' '.join(parts)})"


def _symbol(symbol: Symbol) -> str:
    return quoted(symbol.name)


def _sort(sort: Sort) -> str:
    return sort.name if sort in (BOOL, INT) else quoted(sort.name)


def _element(term: Term) -> str:
    name = term.sort.names[term.of] if term.sort.names else f"!{term.of}"
    return quoted(f"{term.sort.name}.{name}")


def script(formulas: Sequence[Term], *, comments: Sequence[str] = (), expected: str | None = None) -> str:
    """Return a whole script that asks whether the formulas are satisfiable together.

    Parameters
    ----------
    formulas : sequence of Term
        Closed formulas.
    comments : sequence of str
        Lines to begin with.
    expected : {"sat", "unsat"}, optional
        The answer that is claimed.
    """
    return "\n".join(_lines(formulas, comments, expected)) + "\n"


def _lines(formulas: Sequence[Term], comments: Sequence[str], expected: str | None) -> Iterator[str]:
    yield from (f"; {line}" for line in comments)
    if expected is not None:
        yield f"(set-info :status {expected})"
    numbers = any(sort == INT for sort in sorts_in(formulas))
    yield f"(set-logic {'UFNIA' if numbers else 'UF'})"
    sorts = [sort for sort in sorts_in(formulas) if sort not in (BOOL, INT)]
    yield from (f"(declare-sort {_sort(sort)} 0)" for sort in sorts)
    yield from _elements(formulas)
    symbols: dict[Symbol, None] = {}
    for formula in formulas:
        symbols.update(dict.fromkeys(sorted(formula.symbols, key=lambda s: s.name)))
    for symbol in symbols:
        yield f"(declare-fun {_symbol(symbol)} ({' '.join(map(_sort, symbol.arguments))}) {_sort(symbol.result)})"
    yield from (f"(assert {show(formula)})" for formula in formulas)
    yield "(check-sat)"


def _elements(formulas: Sequence[Term]) -> Iterator[str]:
    for sort, count in facts(formulas):
        names = [_element(element(sort, index)) for index in range(count)]
        yield from (f"(declare-const {name} {_sort(sort)})" for name in names)
        if count > 1:
            yield f"(assert (distinct {' '.join(names)}))"
        if sort.names:
            yield f"(assert {show(only_these(sort, count))})"
