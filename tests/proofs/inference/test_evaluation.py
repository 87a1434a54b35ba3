"""Atoms on arrays, beside the evaluator of terms for each state and each choice of the variables."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode
from assay.proofs.encoding.states import structure_of
from assay.proofs.inference import valuations
from assay.proofs.inference.atoms import Atom, Bound
from assay.proofs.inference.evaluation import Plan
from assay.proofs.inference.extension import names_of
from assay.proofs.inference.grammar import Grammar
from assay.proofs.inference.worlds import World, of_structure, together
from assay.proofs.logic.structures import Structure, evaluate

MODELS = ("toy_consensus", "paxos", "ring_election", "byzantine_broadcast")


def _given(name: str, count: int) -> tuple[tuple[Bound, ...], list[Atom], list[Structure]]:
    """Return some variables, the atoms over them, and structures of some of the states nearest to the initial ones."""
    specification = load(name).specification
    theory, instance = encode(specification).theory, instantiate(specification, name="smoke")
    grammar = Grammar(theory, names_of(specification), ())
    variables = grammar.bound([(type_, 1) for type_ in grammar.types])
    atoms = grammar.atoms(variables, 4, pairs=True)
    with instance.active():
        interpreter = Interpreter(instance)
        states = list(interpreter.each_initial_state())
        for state in states:
            states += [after for _, after in interpreter.successors(state) if after not in states]
            if len(states) > 20 * count:
                break
        chosen = random.Random(0).sample(states, min(count, len(states)))
        return variables, atoms, _alike([structure_of(theory, instance, state) for state in chosen])


def _alike(structures: list[Structure]) -> list[Structure]:
    """Return structures with tables for the same symbols: nothing is said of what an absent value holds."""
    symbols = dict.fromkeys(itertools.chain.from_iterable(structure.tables for structure in structures))
    return [Structure(s.sizes, {symbol: s.tables.get(symbol, {}) for symbol in symbols}, s.numbers) for s in structures]


@pytest.mark.parametrize("name", MODELS)
def test_a_plan_gives_for_each_state_and_choice_what_evaluating_the_term_gives(name: str) -> None:
    variables, atoms, structures = _given(name, 4)
    names = [bound.term for bound in variables]
    atoms = random.Random(1).sample(atoms, min(len(atoms), 25))
    world = together([of_structure(structure) for structure in structures])
    shape = (*(world.size(variable.sort) for variable in names), world.states)
    for atom, values in zip(atoms, Plan([atom.term for atom in atoms], names).values(world), strict=True):
        whole = np.broadcast_to(values, shape)
        for *point, number in itertools.product(*map(range, shape)):
            expected = evaluate(atom.term, structures[number], dict(zip(names, point, strict=True)))
            assert whole[(*point, number)] == expected, (atom.text, point, number)


@pytest.mark.parametrize("name", ["toy_consensus", "byzantine_broadcast"])
def test_atoms_that_a_few_states_tell_apart_need_no_more(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variables, atoms, structures = _given(name, 100)
    worlds = [together([of_structure(structure) for structure in structures])]
    monkeypatch.setattr(valuations, "FEW", 64 * 4 * 16)
    found = valuations.told_apart(atoms, variables, worlds)
    assert len(found) < len(atoms)
    assert found == _one_by_one(atoms, variables, worlds[0])


def _one_by_one(atoms: list[Atom], variables: tuple[Bound, ...], world: World) -> list[Atom]:
    """Return the atoms without those with a quantifier that are what one before them is, or is not, in all states."""
    few = valuations.sampled(world, variables, valuations.FEW)
    shape = (*(few.size(bound.term.sort) for bound in variables), few.states)
    kept, seen = list[Atom](), list[np.ndarray]()
    for atom in atoms:
        if atom.term.depth:
            values = np.broadcast_to(next(Plan([atom.term], [b.term for b in variables]).values(few)), shape)
            if any((values == other).all() or (values != other).all() for other in seen):
                continue
            seen.append(values)
        kept.append(atom)
    return kept
