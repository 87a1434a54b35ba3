"""Terms are simplified without changing what they say."""

from __future__ import annotations

import itertools
import pickle
import re

from assay.proofs.induction.cache import with_meanings
from assay.proofs.logic.binders import Definition, count, exists, for_all, pulled, replace_symbols
from assay.proofs.logic.connectives import (
    add,
    conjunction,
    disjunction,
    equal,
    ite,
    multiply,
    negation,
    subtract,
)
from assay.proofs.logic.smtlib import Printer, script
from assay.proofs.logic.structures import Structure, evaluate
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Op, Sort, Symbol, Term, element, number, variable
from assay.proofs.logic.z3_backend import Z3
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


def declared(text: str) -> list[str]:
    """Return the names that a script declares, sorts and functions apart."""
    return re.findall(r"\(declare-(?:sort|fun|const) (\|[^|]*\||[^ ]+) ", text)


def test_symbols_that_read_alike_have_names_of_their_own_in_a_script() -> None:
    red, state = Sort("Color", ("RED",)), Sort("State", ("RED",))
    query = [
        equal(Symbol("it's 'x'", (), red)(), element(red, 0)),
        equal(Symbol("let", (), state)(), element(state, 0)),
        equal(Symbol(("let", 1), (), state)(), Symbol("('let', 1)", (), state)()),
        equal(Symbol("a|b", (), state)(), Symbol("a\\b", (), state)()),
        equal(Symbol("Color.RED", (), red)(), Symbol("gr\u00fcn", (), red)()),
    ]
    names = declared(script(query, expected="sat"))
    assert len(names) == len(set(names)) == 2 + 2 + 8
    assert {"|$it's 'x'|", "$let", "$Color.RED", "$State.RED", "$gr_n"} <= set(names)
    assert all(name.strip("|").startswith("$") for name in names)


def test_equations_have_their_sides_in_an_order_that_is_not_that_of_their_making() -> None:
    def equations(*making: int) -> list[str]:
        """Return equations whose sides were made in an order, as terms of a sort of their own."""
        sort = Sort(type("Node", (), {}))
        x = variable(sort)

        def side(which: int) -> Term:
            owner, held = Symbol("owner", (sort,), sort), Symbol("held", (sort,), BOOL)
            match which:
                case 0 | 1:
                    return Symbol("ab"[which], (), sort)()
                case 2:
                    return owner(owner(x))
                case 3:
                    return owner(Symbol("b", (), sort)())
                case _:
                    return count([x], held(x) if which == 4 else negation(held(x)))

        made = {which: side(which) for which in making}
        pairs = [*itertools.combinations(range(4), 2), (4, 5)]
        assert all(equal(made[one], made[other]) is equal(made[other], made[one]) for one, other in pairs)
        return [script(with_meanings([for_all([x], equal(made[one], made[other]))])) for one, other in pairs]

    in_order = equations(0, 1, 2, 3, 4, 5)
    assert len(set(in_order)) == 7
    assert equations(5, 4, 3, 2, 1, 0) == equations(3, 5, 0, 2, 4, 1) == in_order


def test_anonymous_scripts_are_equal_where_queries_differ_in_names_only() -> None:
    def as_made(thing: Sort | Symbol) -> tuple[int]:
        return (thing.rank,)

    def asked(name: str, predicate: str, one: str, other: str) -> str:
        sort = Sort(type(name, (), {}))
        c, d = Symbol(one, (), sort), Symbol(other, (), sort)
        query = [equal(c(), d()), Symbol(predicate, (sort,), BOOL)(c()), negation(equal(c(), element(sort, 0)))]
        return script(query, anonymous=as_made)

    assert asked("S", "P", "c", "d") == asked("a|b", "S", "S", "P") == asked("P", "and", "$1", "$0")
    assert asked("S", "P", "c", "d") != script([P(C())], anonymous=as_made)
    x, y = Symbol("x", (), S), Symbol("y", (), S)
    denied = [script([P(x()), negation(P(name()))], anonymous=as_made) for name in (x, y)]
    assert denied[0] != denied[1]


def test_sorts_of_one_name_are_two_sorts_to_every_solver() -> None:
    class Bool:
        pass

    mine, other, named = Sort(Bool), Sort(type("Bool", (), {})), Sort("Table")
    assert mine.name == other.name == BOOL.name.capitalize() == "Bool"
    x = variable(mine)
    some = [Symbol("c", (), sort)() for sort in (mine, other, named)]
    query = [for_all([x], equal(x, some[0])), negation(equal(element(other, 0), some[1])), equal(some[2], some[2])]
    query += [negation(equal(element(mine, 0), some[0])), Symbol("P", (named,), BOOL)(some[2])]
    solver = Z3()
    solver.declare(query[:2])
    solver.add(query[:2])
    assert solver.check(5.0) == "sat"
    solver.add(query[2:])
    assert solver.check(5.0) == "unsat"


def test_identity_survives_a_pickle_and_a_fresh_variable_stays_fresh() -> None:
    x = variable(S)
    closed = for_all([x], P(x))
    for thing in (S, P, P.copy(1), closed, element(S, 1), TRUE, Op.AND):
        assert pickle.loads(pickle.dumps(thing)) is thing
    open_ = pickle.loads(pickle.dumps(R(x, x)))
    assert open_.args[0] is open_.args[1]
    assert open_.args[0] is not x


def test_what_is_added_again_and_again_does_not_grow() -> None:
    n = Symbol("n", (), INT)()
    total = n
    for _ in range(64):
        total = add((total, total))
    assert total is multiply(number(2**64), n)
    assert subtract(total, total) is number(0)


def test_no_bound_variable_has_the_number_of_one_around_it() -> None:
    names = [variable(S) for _ in range(4)]
    inner = exists([names[2]], conjunction((R(names[1], names[2]), for_all([names[3]], R(names[3], names[2])))))
    formula = for_all([names[0], names[1]], disjunction((negation(R(names[0], names[1])), inner)))
    _demand_nested(formula, frozenset())


def _demand_nested(term: Term, around: frozenset[int]) -> None:
    own = frozenset(name.of for name in term.of) if term.op in (Op.FORALL, Op.EXISTS) else frozenset()
    assert not own & around
    for arg in term.args:
        _demand_nested(arg, around | own)


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
    closed = for_all(formula.free, formula)
    assert Printer().term(closed)
    _demand_nested(closed, frozenset())
