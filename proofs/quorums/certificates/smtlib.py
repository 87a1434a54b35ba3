"""Obligations, and the lemmas that prove them, as SMT-LIB 2; written from the trees alone, without a solver's help.

There are two kinds of script. A *statement* says that an obligation is broken: it is unsatisfiable if and only if the
obligation holds. A *proof by counting* is a chain of lemmas in linear arithmetic, all unsatisfiable, each with the
numbers of the earlier ones that it rests on. Nodes are numbered, and comments give their names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assay.proofs.quorums.intersection.lemmas import DisjointnessLemma
from assay.proofs.quorums.intersection.problem import IntersectionProblem
from assay.proofs.quorums.systems import Federation, QuorumClass
from assay.proofs.quorums.trees import Node, Tree

__all__ = ["lemma_script", "statement_script"]

MOST_NAMED = 40
"""The most earlier lemmas to name in a comment."""


def statement_script(problem: IntersectionProblem, words: str, *, expected: str | None) -> str:
    """Return the script that says that quorums of the classes have too little in common.

    Parameters
    ----------
    problem : IntersectionProblem
    words : str
        The obligation in words, for the comment at the top.
    expected : {"sat", "unsat", None}
        The status that the analysis found; None if it was not decided.
    """
    numbers = {node: number for number, node in enumerate(problem.nodes)}
    lines = [
        f"; {_comment(words)}",
        f"; broken if there are quorums, one of each class, whose intersection weighs less than {problem.need}",
        "(set-logic QF_LIA)",
        *([f"(set-info :status {expected})"] if expected else []),
        *(f"; n{number} is the node {_comment(node)}" for node, number in numbers.items()),
    ]
    for copy, kind in enumerate(problem.kinds):
        symbols = {node: f"q{copy}_n{number}" for node, number in numbers.items()}
        lines += [f"(declare-const {symbol} Bool)" for symbol in symbols.values()]
        lines += [f"(assert {formula})" for formula in _quorum(kind, symbols)]
    lines += [f"(assert {_little_in_common(problem, numbers)})", "(check-sat)", ""]
    return "\n".join(lines)


def lemma_script(lemmas: Sequence[DisjointnessLemma], words: str) -> str:
    """Return the script of a proof by counting: every ``check-sat`` must answer *unsat*."""
    known = {(lemma.left, lemma.right): place for place, lemma in enumerate(lemmas, 1)}
    integral = any(lemma.integral for lemma in lemmas)
    lines = [
        f"; {_comment(words)}",
        "; x and y tell how much of each part is used; parts that exclude each other share one use",
        f"(set-logic {'QF_LIRA' if integral else 'QF_LRA'})",
    ]
    for place, lemma in enumerate(lemmas, 1):
        rests = sorted({known[pair] for pair in _pairs(lemma) if pair in known})
        lines += [
            "(push 1)",
            f"; lemma {place}: {_brief(lemma.left)} | {_brief(lemma.right)}"
            + (f", by {', '.join(f'lemma {rest}' for rest in rests[:MOST_NAMED])}" if rests else ""),
            "(set-info :status unsat)",
            *_lemma(lemma),
            "(check-sat)",
            "(pop 1)",
        ]
    return "\n".join([*lines, ""])


def _comment(text: str) -> str:
    """Return the text as one line of ASCII, so that no name of a node can end a comment."""
    return json.dumps(text)


def _brief(tree: Tree) -> str:
    text = str(tree)
    return _comment(text if len(text) <= 80 else f"{text[:77]}...")


def _pairs(lemma: DisjointnessLemma) -> Iterator[tuple[Tree, Tree]]:
    return ((lemma.left.parts[i][1], lemma.right.parts[j][1]) for i, j in lemma.exclusive)


def _lemma(lemma: DisjointnessLemma) -> Iterator[str]:
    """Yield the negation of a lemma: numbers that satisfy both thresholds although parts exclude each other."""
    sort = "Int" if lemma.integral else "Real"
    number = _integer if lemma.integral else _real
    for letter, tree in (("x", lemma.left), ("y", lemma.right)):
        for place in range(len(tree.parts)):
            symbol = f"{letter}{place}"
            yield f"(declare-const {symbol} {sort})"
            yield f"(assert (and (<= {number(0)} {symbol}) (<= {symbol} {number(1)})))"
        terms = [f"(* {number(weight)} {letter}{place})" for place, (weight, _) in enumerate(tree.parts)]
        yield f"(assert (>= {_sum(terms, number(0))} {number(tree.need)}))"
    for i, j in lemma.exclusive:
        yield f"(assert (<= (+ x{i} y{j}) {number(1)}))"


def _quorum(kind: QuorumClass, symbols: Mapping[str, str]) -> Iterator[str]:
    """Yield formulas that say that the nodes whose symbol is true are a quorum."""
    if not isinstance(kind, Federation):
        yield _formula(kind, symbols)
        return
    yield _or(symbols[node] for node in kind.trees)
    for node, symbol in symbols.items():
        tree = kind.trees.get(node)
        yield f"(=> {symbol} {_formula(tree, symbols) if tree is not None else 'false'})"


def _formula(tree: Tree, symbols: Mapping[str, str]) -> str:
    if isinstance(tree, Node):
        return symbols.get(tree.name, "false")
    parts = [(weight, _formula(part, symbols)) for weight, part in tree.parts]
    return f"(>= {_weight(parts)} {_integer(tree.need)})"


def _little_in_common(problem: IntersectionProblem, numbers: Mapping[str, int]) -> str:
    terms = [
        (problem.weights[node], "(and " + " ".join(f"q{c}_n{n}" for c in range(len(problem.kinds))) + ")")
        for node, n in numbers.items()
    ]
    return f"(< {_weight(terms)} {_integer(problem.need)})"


def _weight(parts: Iterable[tuple[int, str]]) -> str:
    return _sum([f"(ite {formula} {_integer(weight)} 0)" for weight, formula in parts], "0")


def _sum(terms: Sequence[str], zero: str) -> str:
    if not terms:
        return zero
    return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"


def _or(formulas: Iterable[str]) -> str:
    listed = list(formulas)
    return f"(or {' '.join(listed)})" if len(listed) > 1 else (listed or ["false"])[0]


def _integer(number: int) -> str:
    return str(number) if number >= 0 else f"(- {-number})"


def _real(number: int) -> str:
    return f"{number}.0" if number >= 0 else f"(- {-number}.0)"
