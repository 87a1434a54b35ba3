"""Terms are simplified without changing what they say."""

from __future__ import annotations

import itertools

from assay.proofs.logic.connectives import conjunction, disjunction, equal, ite, negation
from assay.proofs.logic.quantifiers import exists, for_all, pulled
from assay.proofs.logic.smtlib import script, show
from assay.proofs.logic.structures import Structure, evaluate
from assay.proofs.logic.substitution import Definition, replace_symbols
from assay.proofs.logic.terms import BOOL, FALSE, TRUE, Sort, Symbol, Term, element, variable
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

S = Sort("S")
P = Symbol("P", (S,), BOOL)
R = Symbol("R", (S, S), BOOL)
F = Symbol("F", (S,), S)
C = Symbol("c", (), S)


def test_equal_formulas_are_one_object_whatever_their_variables() -> None:
    x, y = variable(S), variable(S)
    assert for_all([x], P(x)) is for_all([y], P(y))
    assert exists([x], R(x, x)) is not exists([x, y], R(x, y))


def test_one_point_rule_leaves_no_quantifier() -> None:
    x = variable(S)
    assert exists([x], conjunction((equal(x, C()), P(x)))) is P(C())
    assert for_all([x], disjunction((negation(equal(x, C())), P(x)))) is P(C())


def test_replacing_symbols_captures_no_variable() -> None:
    x, y, z = variable(S), variable(S), variable(S)
    formula = for_all([x], P(x))
    some_other = Definition((y,), exists([z], R(z, y)))
    replaced = replace_symbols(formula, {P: some_other})
    assert replaced is for_all([x], exists([z], R(z, x)))
    assert replaced is not for_all([x], exists([z], R(x, z)))


def test_different_elements_are_never_equal() -> None:
    assert equal(element(S, 0), element(S, 1)) is FALSE
    assert equal(element(S, 1), element(S, 1)) is TRUE


def test_names_are_quoted_and_enumerations_told_apart() -> None:
    red, state = Sort("Color", ("RED",)), Sort("State", ("RED",))
    query = [
        equal(Symbol("it's 'x'", (), red)(), element(red, 0)),
        equal(Symbol("let", (), state)(), element(state, 0)),
    ]
    text = script(query, expected="sat")
    assert "|it's 'x'|" in text
    assert "|let|" in text
    assert "(declare-const Color.RED Color)" in text
    assert "(declare-const State.RED State)" in text


@st.composite
def formulas(draw: DrawFn, depth: int = 3, scope: tuple[Term, ...] = ()) -> Term:
    """Draw a formula with free variables in the scope, and the same one without any simplification."""
    terms = [C(), element(S, 0), element(S, 1), *scope, *(F(name) for name in scope)]
    pick = st.sampled_from(terms)
    kind = draw(st.sampled_from(["P", "R", "=", "ite"] + (["and", "or", "not", "all", "any"] * 2 if depth else [])))
    inner = formulas(depth - 1, scope) if depth else None
    match kind:
        case "P":
            return P(draw(pick))
        case "R":
            return R(draw(pick), draw(pick))
        case "=":
            return equal(draw(pick), draw(pick))
        case "ite":
            return equal(ite(P(draw(pick)), draw(pick), draw(pick)), draw(pick))
        case "not":
            return negation(draw(inner))
        case "and" | "or":
            return (conjunction if kind == "and" else disjunction)([draw(inner), draw(inner)])
        case _:
            name = variable(S)
            body = draw(formulas(depth - 1, (*scope, name)))
            return (for_all if kind == "all" else exists)([name], body)


def structures() -> list[Structure]:
    """Return some structures with two elements."""
    found = []
    for p, r, f in itertools.product(range(4), (0, 5, 6, 9, 15), range(4)):
        tables = {
            P: {(i,): bool(p >> i & 1) for i in range(2)},
            R: {(i, j): bool(r >> (2 * i + j) & 1) for i in range(2) for j in range(2)},
            F: {(i,): f >> i & 1 for i in range(2)},
            C: {(): p & 1},
        }
        found.append(Structure({S: 2}, tables))
    return found


@settings(max_examples=150, deadline=None)
@given(formula=formulas())
def test_negation_pulling_and_substitution_say_what_they_should(formula: Term) -> None:
    x = variable(S)
    swapped = Definition((x,), negation(P(F(x))))
    replaced = replace_symbols(formula, {P: swapped})
    for structure in structures():
        holds = evaluate(formula, structure, {})
        assert evaluate(negation(formula), structure, {}) is (not holds)
        assert evaluate(pulled(formula), structure, {}) is holds
        assert evaluate(replaced, structure, {}) is evaluate(formula, structure.after({P: swapped}), {})
    assert show(formula)
