"""Reachable states as arrays, beside the same states by the interpreter; formulas on them, beside the evaluator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from assay.checker.engine.limits import Limits
from assay.checker.errors import Unsupported
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode
from assay.proofs.encoding.states import structure_of
from assay.proofs.inference import worlds
from assay.proofs.inference.evaluation import holds
from assay.proofs.inference.worlds import World, explored, of_structure
from assay.proofs.logic.structures import evaluate
from assay.proofs.logic.terms import INT

from tests.tiers import one_in

MODELS = (
    "lock_server",
    "two_phase_commit",
    "paxos",
    "ring_election",
    "raft_election",
    "fenced_lock:FencedLock",
    "quorum_election",
    "byzantine_broadcast",  # maps to sets
)


def _states(instance: Instance) -> list[Frozen]:
    with instance.active():
        interpreter = Interpreter(instance)
        found = dict.fromkeys(interpreter.each_initial_state())
        waiting = list(found)
        for state in waiting:
            for _, after in interpreter.successors(state):
                if after not in found:
                    found[after] = None
                    waiting.append(after)
    return list(found)


def _rows(world: World, like: World) -> set[tuple[object, ...]]:
    """Return what the symbols of a world are in each state; where nothing is said of one, it is false or 0."""
    symbols = sorted(like.tables, key=lambda symbol: symbol.order)
    nothing = {s: np.zeros((*like.tables[s].shape[:-1], 1)) for s in symbols}
    tables = [world.tables.get(symbol, nothing[symbol]) for symbol in symbols]
    columns = [np.broadcast_to(table, (*table.shape[:-1], world.states)) for table in tables]
    return {tuple(column[..., number].astype(int).tobytes() for column in columns) for number in range(world.states)}


@pytest.mark.parametrize("name", one_in(4, MODELS))
@pytest.mark.parametrize("natively", [True, False])
def test_states_as_arrays_are_those_of_the_interpreter(
    name: str, natively: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    specification = load(name).specification
    theory = encode(specification).theory
    instance = instantiate(specification, name="smoke")
    if not natively:
        monkeypatch.setattr(worlds, "_natively", _refuse)
    found = explored(theory, instance, Limits())
    states = _states(instance)
    with instance.active():
        alone = [of_structure(structure_of(theory, instance, state)) for state in states]
    assert found.exhaustive
    assert found.states == len(states)
    assert _rows(found, found) == set[object]().union(*(_rows(one, found) for one in alone))


def _refuse(*_: object) -> World:
    raise Unsupported("no machine code")


@pytest.mark.parametrize("name", one_in(4, MODELS))
def test_formulas_on_arrays_are_what_they_are_state_by_state(name: str) -> None:
    specification = load(name).specification
    problem = encode(specification)
    instance = instantiate(specification, name="smoke")
    with instance.active():
        structures = [structure_of(problem.theory, instance, state) for state in _states(instance)[:60]]
    formulas = [predicate.formula for predicate in problem.invariants]
    formulas += [transition.guard for transition in problem.transitions if not transition.constants]
    for formula in formulas:
        for structure in structures:
            assert holds(formula, of_structure(structure)).all() == evaluate(formula, structure, {})


def test_within_limits_the_states_are_some_of_them() -> None:
    specification = load("two_phase_commit").specification
    found = explored(encode(specification).theory, instantiate(specification), Limits(states=50))
    assert not found.exhaustive
    assert 50 <= found.states < 288


NUMBERED = '''
from assay.checker.language import *


class Client(Sort):
    """A client."""


class Numbered(Model):
    """Numbers are drawn: as members of a set, as keys of a map, and as members of a set in a map."""

    default = {"Client": 2}
    drawn: Set[Range[2, 4]]
    by: Map[Range[2, 4], Client | None] = None
    own: Map[Client, Set[Range[2, 4]]]
    done: Set[Client]

    @action
    def draw(self, client: Client, number: Range[2, 4]) -> None:
        self.drawn.add(number)
        self.by[number] = client
        self.own[client].add(number)
        self.done.add(client)

    @invariant
    def nothing_is_lost(self, client: Client) -> bool:
        return implies(client in self.done, len(self.own[client]) > 0)
'''


@pytest.mark.parametrize("natively", [True, False])
def test_sets_of_numbers_and_maps_from_numbers_are_left_out(
    natively: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "numbered.py"
    path.write_text(NUMBERED)
    specification = load(str(path)).specification
    theory, instance = encode(specification).theory, instantiate(specification)
    if not natively:
        monkeypatch.setattr(worlds, "_natively", _refuse)
    found = explored(theory, instance, Limits())
    assert found.states == len(_states(instance))
    assert [symbol for symbol in found.tables if INT in symbol.arguments] == []
    done = next(table for symbol, table in found.tables.items() if "done" in str(symbol.name))
    assert sorted(set(map(tuple, done.T.tolist()))) == [(False, False), (False, True), (True, False), (True, True)]
