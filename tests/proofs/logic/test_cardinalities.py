"""What is said of the sizes of sets is true of all finite sets: by trying all small ones, and by counting regions."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Iterator

import pytest
from assay.proofs.encoding.symbols.vocabulary import SizeOf
from assay.proofs.induction.cache import with_meanings
from assay.proofs.logic.binders import Definition, count, exists, for_all, replace_symbols
from assay.proofs.logic.cardinalities import Fact, Part, contradiction, counted_in, definition, meaning
from assay.proofs.logic.connectives import add, at_most, conjunction, disjunction, equal, ite, less, multiply, negation
from assay.proofs.logic.smtlib import script
from assay.proofs.logic.structures import Structure, evaluate
from assay.proofs.logic.terms import BOOL, FALSE, INT, TRUE, Sort, Symbol, constant, number, variable
from assay.proofs.logic.z3_backend import Z3

S = Sort("S")
A, B, C = (Symbol(name, (S,), BOOL) for name in "ABC")
R = Symbol("R", (S, S), BOOL)


def size(relation: Symbol) -> Symbol:
    x = variable(S)
    return count([x], relation(x)).of


def structures(most: int, relations: tuple[Symbol, ...] = (A, B, C)) -> Iterator[Structure]:
    """Yield every structure with some sets, of up to so many elements."""
    for n in range(1, most + 1):
        for chosen in itertools.product(itertools.product((False, True), repeat=n), repeat=len(relations)):
            tables = {r: {(i,): held for i, held in enumerate(row)} for r, row in zip(relations, chosen, strict=True)}
            yield Structure({S: n}, tables)


FACTS = [
    Fact(tuple(Part(f, size(r)) for f, r in zip(factors, (A, B, C), strict=True) if f), least)
    for factors in itertools.product((-2, -1, 0, 1), (-1, 0, 1), (-1, 0, 2))
    if any(factors)
    for least in ((), (1,), (2,), (2, 1), (1, 1, 1))
]


@pytest.mark.parametrize("fact", FACTS[::7], ids=lambda fact: "".join(f"{p.factor:+}" for p in fact.parts))
def test_facts_are_true_of_all_sets_of_up_to_three_elements(fact: Fact) -> None:
    formula = fact.formula
    for structure in structures(3):
        assert evaluate(formula, structure, {}), structure


@pytest.mark.slow
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: "".join(f"{p.factor:+}" for p in fact.parts))
def test_all_facts_are_true_of_all_sets_of_up_to_three_elements(fact: Fact) -> None:
    formula = fact.formula
    assert all(evaluate(formula, structure, {}) for structure in structures(3))


def follows_from_regions(fact: Fact) -> bool:
    """Return whether a fact follows of all finite sets, from the numbers of elements of the regions of its sets.

    The elements that are given are in regions of their own choice; together they are at most as many as those have.
    """
    regions = list(itertools.product((False, True), repeat=len(fact.parts)))
    counts = {region: constant(("region", region), INT) for region in regions}
    weights = {r: sum(p.factor for p, inside in zip(fact.parts, r, strict=True) if inside) for r in regions}
    total = add(multiply(number(weight), counts[region]) for region, weight in weights.items())
    base = [at_most(number(0), counts[region]) for region in regions]
    base += [equal(counts[region], number(0)) for region in regions if weights[region] < 0]
    base.append(less(total, number(sum(fact.least))))
    homes = [[region for region in regions if weights[region] >= least] for least in fact.least]
    solver = Z3(alone=True)
    for chosen in itertools.product(*homes):
        solver = solver.again()
        solver.add([*base, *(at_most(number(chosen.count(region)), counts[region]) for region in regions)])
        if solver.check(10.0) != "unsat":
            return False
    return True


@pytest.mark.parametrize("fact", FACTS[::5], ids=lambda fact: "".join(f"{p.factor:+}" for p in fact.parts))
def test_facts_follow_from_the_regions_of_their_sets_at_any_size(fact: Fact) -> None:
    assert follows_from_regions(fact)


def test_regions_tell_what_is_no_fact() -> None:
    """The second way is one: it refuses what is false."""
    fact = Fact((Part(1, size(A)), Part(-1, size(B))))
    weights = {(True, True): 0, (True, False): 1, (False, True): -1, (False, False): 0}
    solver = Z3(alone=True)
    counts = {region: constant(("n", region), INT) for region in weights}
    solver.add([at_most(number(0), n) for n in counts.values()])
    solver.add([less(add(multiply(number(w), counts[r]) for r, w in weights.items()), number(0))])
    assert solver.check(10.0) == "sat", "where a part of the second set is outside of the first"
    assert follows_from_regions(fact), "and where that is no case"


def test_two_majorities_of_a_set_meet() -> None:
    """The fact that it takes is found from the structure in which they do not."""
    sizes = [size(A), size(B), size(C)]
    a, b, c = (s() for s in sizes)
    x = variable(S)
    query = [
        for_all([x], disjunction((negation(A(x)), C(x)))),
        for_all([x], disjunction((negation(B(x)), C(x)))),
        less(c, multiply(number(2), a)),
        less(c, multiply(number(2), b)),
        for_all([x], negation(conjunction((A(x), B(x))))),
    ]
    tables = {A: {(0,): True, (1,): False}, B: {(0,): False, (1,): True}, C: {(0,): True, (1,): True}}
    said = {sizes[0]: {(): 2}, sizes[1]: {(): 2}, sizes[2]: {(): 3}}
    facts = contradiction(Structure({S: 2}, {**tables, **said}), sizes, 10.0)
    assert [sorted(part.factor for part in fact.parts) for fact in facts] == [[-1, -1, 1]]
    solver = Z3(alone=True)
    solver.add(query)
    assert solver.check(10.0) == "sat"
    solver.add([fact.formula for fact in facts])
    assert solver.check(10.0) == "unsat"


def weighted(structure: Structure, sizes: dict[Symbol, int], relations: dict[Symbol, Symbol], most: int) -> bool:
    """Return whether the elements can stand for up to so many each, so that the sizes are those that are said."""
    n = structure.sizes[S]
    return any(
        all(sum(w for i, w in enumerate(weights) if structure.tables[relations[s]][i,]) == v for s, v in sizes.items())
        for weights in itertools.product(range(1, most + 1), repeat=n)
    )


def test_a_structure_is_against_a_fact_where_no_weights_of_its_elements_explain_its_sizes() -> None:
    own = {size(r): r for r in (A, B)}
    for structure in itertools.islice(structures(2, (A, B)), 1, None, 3):
        for said in ((-1, 1), (1, 1), (2, 1), (1, 2), (2, 0)):
            values = dict(zip(own, said, strict=True))
            whole = Structure(structure.sizes, {**structure.tables, **{s: {(): v} for s, v in values.items()}})
            found = contradiction(whole, list(own), 10.0)
            assert bool(found) is not weighted(structure, values, own, 4), (structure, values)
            assert all(is_against(whole, fact) for fact in found)


def is_against(structure: Structure, fact: Fact) -> bool:
    """Return whether a fact is false in a structure with the sizes that its tables say."""
    said = {p.size: Definition((), number(structure.value(p.size, ()))) for p in fact.parts}
    return not evaluate(replace_symbols(fact.formula, said), structure, {})


def test_what_is_counted_is_told_apart_by_what_it_is_and_not_by_names() -> None:
    x, y, z = (variable(S) for _ in range(3))
    assert count([x], R(x, z)).of is count([y], R(y, z)).of
    assert count([x], R(x, z)).of is not count([x], R(z, x)).of
    assert count([x], FALSE) is number(0)
    made = count([x], conjunction((A(x), exists([y], R(x, y)))))
    assert pickle.loads(pickle.dumps(made)) is made


def test_replacing_symbols_replaces_what_is_counted() -> None:
    x, y, z = (variable(S) for _ in range(3))
    grown = Definition((x,), disjunction((A(x), equal(x, z))))
    after = replace_symbols(count([y], A(y)), {A: grown})
    assert after.args == (z,)
    for structure in structures(3, (A,)):
        for point in range(structure.sizes[S]):
            held = {i for i in range(structure.sizes[S]) if structure.tables[A][i,]}
            assert evaluate(after, structure, {z: point}) == len(held | {point})


def test_nested_counts_are_counted_too() -> None:
    x, y = variable(S), variable(S)
    inner = at_most(number(2), count([y], R(x, y)))
    outer = count([x], inner)
    assert len(counted_in([equal(outer, number(1))])) == 2
    table = {point: point[0] <= point[1] for point in itertools.product(range(3), repeat=2)}
    assert evaluate(outer, Structure({S: 3}, {R: table}), {}) == 2
    no_relation = replace_symbols(outer, {R: Definition((x, y), TRUE)})
    assert evaluate(no_relation, Structure({S: 3}, {}), {}) == 3


def test_definition_is_true_of_what_is_counted_and_of_nothing_else() -> None:
    x, z = variable(S), variable(S)
    counted = count([x], R(x, z)).of
    for n in (1, 2):
        for held in itertools.product((False, True), repeat=n * n):
            points = itertools.product(range(n), repeat=2)
            structure = Structure({S: n}, {R: dict(zip(points, held, strict=True))})
            assert evaluate(definition(counted, structure), structure, {})
    wrong = replace_symbols(definition(counted, Structure({S: 2}, {})), {counted: Definition((z,), number(5))})
    assert not evaluate(wrong, Structure({S: 2}, {R: {}}), {})


def test_queries_that_count_other_things_print_differently_with_their_meanings() -> None:
    x = variable(S)
    one, other = (at_most(number(2), count([x], body)) for body in (A(x), conjunction((A(x), B(x)))))
    assert script([one]) == script([other])
    assert script([one, *map(meaning, counted_in([one]))]) != script([other, *map(meaning, counted_in([other]))])
    full = at_most(number(2), count([x], TRUE))
    assert script([one, *map(meaning, counted_in([one]))]) != script([full, *map(meaning, counted_in([full]))])


def test_queries_that_ask_the_same_of_other_sizes_print_differently_with_their_meanings() -> None:
    """What was proved of one order of two sizes is not proved of the other."""
    x = variable(S)
    a, b = (count([x], r(x)) for r in (A, B))
    assert script(with_meanings([less(a, b)])) != script(with_meanings([less(b, a)]))
    swapped = {A: Definition((x,), B(x)), B: Definition((x,), A(x))}
    assert script(with_meanings([replace_symbols(less(a, b), swapped)])) == script(with_meanings([less(b, a)]))


def test_truth_values_are_counted_as_elements() -> None:
    flag = variable(BOOL)
    counted = count([flag], ite(flag, TRUE, FALSE)).of
    assert evaluate(counted(), Structure({}, {}), {}) == 1
    assert evaluate(definition(counted, Structure({}, {})), Structure({}, {}), {})


def test_factors_are_small() -> None:
    """Sizes that differ for one set are one fact with two parts."""
    x, z = variable(S), variable(S)
    counted = count([x], R(x, z)).of
    table = dict.fromkeys(itertools.product(range(2), repeat=2), True)
    structure = Structure({S: 2}, {R: table, counted: {(0,): 2, (1,): 3}})
    (fact,) = contradiction(structure, [counted], 10.0)
    assert len(fact.parts) == 2
    assert sum(part.factor for part in fact.parts) == 0


def test_sizes_of_two_sorts_of_one_name_are_told_apart() -> None:
    """The texts of two queries are the same that ask about the elements of one sort and the size of this or another."""
    one, other = (Sort(type("Node", (), {})) for _ in range(2))
    x = variable(one)
    some = for_all([x], Symbol("seen", (one,), BOOL)(x))
    queries = [[some, at_most(number(2), Symbol(SizeOf(sort), (), INT)())] for sort in (one, other)]
    assert script(queries[0]) == script(queries[1])
    assert script(with_meanings(queries[0])) != script(with_meanings(queries[1]))
