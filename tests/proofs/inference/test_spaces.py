"""Clauses that exclude a state, beside all clauses tried one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from assay.checker.engine.limits import Limits
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode
from assay.proofs.inference.atoms import Atom
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.extension import names_of
from assay.proofs.inference.grammar import Grammar
from assay.proofs.inference.hitting import SMALLEST, Differences, Effort, Rows
from assay.proofs.inference.spaces import Clause, Space
from assay.proofs.inference.worlds import World, explored
from assay.proofs.logic.terms import BOOL, constant

States = list[tuple[bool, ...]]


def _space(count: int) -> Space:
    flags = [constant(f"flag {index}", BOOL) for index in range(count)]
    return Space((), [Atom(flag, f"f{index}", f"not f{index}") for index, flag in enumerate(flags)])


def _world(space: Space, states: States) -> World:
    columns = np.array(states, np.bool_).reshape(len(states), len(space.atoms))
    return World({}, {atom.term.of: columns[:, index] for index, atom in enumerate(space.atoms)}, len(states))


def _is_true(literals: tuple[tuple[int, bool], ...], state: tuple[bool, ...]) -> bool:
    return any(state[index] == positive for index, positive in literals)


def _least_one_by_one(known: States, state: tuple[bool, ...], most: int) -> set[frozenset[tuple[int, bool]]]:
    """Return the least clauses that are true in all known states and false in one, by trying all that there are."""
    found: list[frozenset[tuple[int, bool]]] = []
    for size in range(1, most + 1):
        for chosen in itertools.combinations(range(len(state)), size):
            literals = tuple((index, not state[index]) for index in chosen)
            if all(_is_true(literals, one) for one in known) and not any(f <= frozenset(literals) for f in found):
                found.append(frozenset(literals))
    return set(found)


def _literals(space: Space, clause: Clause) -> frozenset[tuple[int, bool]]:
    return frozenset((space.atoms.index(atom), positive) for atom, positive in clause.literals)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("atoms", [1, 5, 9, 70])
def test_the_least_clauses_that_exclude_a_state_are_those_of_trying_them_all(seed: int, atoms: int) -> None:
    random = np.random.default_rng(1000 * atoms + seed)
    rows = random.random((int(random.integers(1, 12)), atoms)) < random.random(atoms)
    known, state = [tuple(map(bool, row)) for row in rows], tuple(map(bool, random.random(atoms) < 0.5))
    most = 2 if atoms > 10 else 3
    space = _space(atoms)
    space.learn(_world(space, known))
    found = space.excluding(_world(space, [state]), Effort(most, most, 10_000, 10**9))
    assert {_literals(space, clause) for clause in found} == _least_one_by_one(known, state, most)


def test_no_clause_excludes_a_state_that_is_known() -> None:
    space = _space(3)
    space.learn(_world(space, [(True, False, True), (False, False, False)]))
    assert not space.excluding(_world(space, [(True, False, True)]), Effort(3, 3, 100))


def test_where_no_state_is_known_one_literal_is_enough() -> None:
    space = _space(3)
    found = space.excluding(_world(space, [(True, False, True)]), Effort(3, 3, 100))
    assert not any(len(clause.literals) > 1 for clause in found)


def test_a_space_without_atoms_has_no_clauses() -> None:
    space = _space(0)
    world = World({}, {}, 1)
    space.learn(world)
    assert not space.excluding(world, Effort(3, 3, 100))


@pytest.mark.parametrize("seed", range(3))
def test_the_least_clauses_are_the_same_where_many_more_states_are_known_than_are_visited_one_by_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.random((3000, 14)) < random.choice([0.1, 0.5, 0.9], 14)
    known, state = [tuple(map(bool, row)) for row in rows], tuple(map(bool, random.random(14) < 0.5))
    space = _space(14)
    space.learn(_world(space, known))
    assert len(space.known.rows) > SMALLEST
    found = space.excluding(_world(space, [state]), Effort(4, 4, 10_000, 10**9))
    assert {_literals(space, clause) for clause in found} == _least_one_by_one(known, state, 4)


def test_what_a_clause_excludes_and_which_steps_break_it_is_counted_as_by_evaluating_it() -> None:
    random = np.random.default_rng(0)
    space = _space(70)
    before, after = (_world(space, [*map(tuple, random.random((9, 70)) < 0.5)]) for _ in range(2))
    clauses = [
        Clause(space, tuple((space.atoms[int(i)], bool(random.random() < 0.5)) for i in random.permutation(70)[:2]))
        for _ in range(40)
    ]
    true = [(holds(clause.formula, before), holds(clause.formula, after)) for clause in clauses]
    assert list(space.excluded(clauses, before)) == [int(np.count_nonzero(~then)) for then, _ in true]
    assert list(space.broken(clauses, before, after)) == [bool((then & ~now).any()) for then, now in true]


def test_of_places_that_differ_in_the_names_of_variables_one_is_enough() -> None:
    specification = load("lock_server").specification
    theory = encode(specification).theory
    grammar = Grammar(theory, names_of(specification))
    instance = instantiate(specification, {"Client": "3"})
    world = explored(theory, instance, Limits())
    space = Space(variables := grammar.bound([(grammar.types[0], 2)]), grammar.atoms(variables, 3))
    space.learn(world.only(np.arange(world.states // 2)))
    effort, excluded = Effort(3, 6, 10_000, 10**9), 0
    for number in range(world.states // 2, world.states):
        state = world.only(np.array([number]))
        places, all_places = space._places(state), space.valuations(state)
        assert len(places) < len(all_places)
        found = [
            {space._clause(hit, place).identity for place in some for hit in _hits(space, place, effort)}
            for some in (places, all_places)
        ]
        assert found[0] == found[1]
        excluded += len(found[0])
    assert excluded


def _hits(space: Space, place: Rows, effort: Effort) -> list[frozenset[int]]:
    return _differences(space, place).least(effort) or []


def _differences(space: Space, place: Rows) -> Differences:
    return Differences(space.known, place, space._all, space._heavy, space._costs)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limit", [3, 10_000])
def test_a_search_that_goes_on_to_heavier_sets_finds_what_one_from_the_start_finds(seed: int, limit: int) -> None:
    random = np.random.default_rng(seed)
    space = _space(20)
    space._costs[:20] = random.integers(1, 4, 20)
    space.learn(_world(space, [*map(tuple, random.random((300, 20)) < random.random(20))]))
    place = space.valuations(_world(space, [tuple(random.random(20) < 0.5)]))[0]
    going_on = _differences(space, place)
    for budget in (2, 4, 5, 5, 9, 3, 8):  # a smaller one than before begins anew
        effort = Effort(4, budget, limit)
        assert going_on.least(effort) == _differences(space, place).least(effort)


def test_a_place_that_is_known_is_told_from_none_with_any_effort() -> None:
    space = _space(3)
    space.learn(_world(space, [(True, False, True)]))
    differences = _differences(space, space.known.rows[0])
    assert [differences.least(Effort(2, budget)) for budget in (1, 2, 3)] == [None, None, None]
