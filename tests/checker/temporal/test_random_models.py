"""Random models with random fairness and formulas: what both engines say of them, and a walk over their states.

The walk asks the interpreter for everything, and knows neither arrays nor classes of calls: it builds the small graph
that `tests.checker.temporal.tableaux` decides by a method of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from assay.checker.engine.explorers import Engine
from assay.checker.engine.limits import Limits
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language import Model
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.formulas import Formula, Happens, atoms, parts, shape
from assay.checker.language.introspection.specification import Method, specify
from assay.checker.properties.check import Options, check
from assay.checker.properties.lassos import assumptions
from assay.checker.verdicts import Verdict

from tests.checker.properties.random_variants import behaving
from tests.checker.temporal.tableaux import Fair, Small, is_violated
from tests.checker.temporal.tables import table

MOST = 12
"""States up to which the second opinion is asked: a tableau with all subformulas is large."""


def judged(model: type[Model], engine: Engine) -> dict[str, tuple[Verdict, str]]:
    options = Options(engine, Limits(states=500), keep_going=True, deadlock=False)
    result = check(instantiate(specify(model)), options)
    return {p.name: (p.verdict, p.note) for p in result.properties if p.kind.is_temporal}


def walked(instance: Instance) -> list[Frozen]:
    """Return all states, the initial ones first."""
    interpreter = Interpreter(instance)
    states = dict.fromkeys(interpreter.initial_states())
    for state in (pending := list(states)):
        for _, after in interpreter.successors(state):
            if after not in states:
                states[after] = None
                pending.append(after)
    return list(states)


def violated_for_some(instance: Instance, method: Method, states: list[Frozen]) -> bool:
    """Decide a property by the tableau, for each choice of its parameters."""
    walk = Walk(instance, states)
    return any(walk.violates(method, arguments) for arguments in walk.interpreter.all_choices(method))


class Walk:
    """The steps between some states, as the small graph of a tableau: each call is a label of its own."""

    def __init__(self, instance: Instance, states: list[Frozen]) -> None:
        self.states, self.interpreter = states, Interpreter(instance)
        self.names = {m.name: [name for name, _ in m.parameters] for m in instance.specification.actions}
        number = {state: index for index, state in enumerate(states)}
        self.steps = [
            (number[state], number[after], call)
            for state in states
            for call, after in self.interpreter.successors(state)
        ]
        self.labels = {call: label for label, call in enumerate(dict.fromkeys(call for *_, call in self.steps))}

    def violates(self, method: Method, arguments: tuple[object, ...]) -> bool:
        thawed = map(self.interpreter.thaw, self.states)
        formulas = [self.interpreter.formula(method, state, arguments) for state in thawed]
        formula, true = shape(formulas[0]), list(map(atoms, formulas))
        edges = [(source, target, self.labels[call]) for source, target, call in self.steps]
        occurrences = list(dict.fromkeys(part for part in parts(formula) if isinstance(part, Happens)))
        for label, occurrence in enumerate(occurrences, len(self.labels)):
            own = self._labelled((occurrence.action,), dict(occurrence.arguments))
            edges += [(source, target, label) for source, target, call in self.steps if self.labels[call] in own]
        renamed = {part: Happens(f"a{label}", ()) for label, part in enumerate(occurrences, len(self.labels))}
        graph = Small(
            len(self.states),
            len(self.interpreter.initial_states()),
            tuple(dict.fromkeys(edges)),
            tuple(frozenset(s for s in range(len(true)) if true[s][atom]) for atom in range(len(true[0]))),
            tuple(
                Fair(self._labelled(a.fairness.actions, a.fixed), a.fairness.is_strong)
                for a in assumptions(self.interpreter)
            ),
        )
        return is_violated(graph, _renamed(formula, renamed))

    def _labelled(self, actions: tuple[str, ...], fixed: Mapping[str, object]) -> frozenset[int]:
        """Return the labels of the calls of some actions with these arguments."""
        return frozenset(label for call, label in self.labels.items() if self._is_of(call, actions, fixed))

    def _is_of(self, call: Call, actions: tuple[str, ...], fixed: Mapping[str, object]) -> bool:
        given = dict(zip(self.names[call[0]], call[1], strict=True))
        return (not actions or call[0] in actions) and all(given[name] == value for name, value in fixed.items())


def _renamed(formula: Formula, names: Mapping[Formula, Formula]) -> Formula:
    if formula in names:
        return names[formula]
    return type(formula)(*(_renamed(part, names) for part in formula.operands)) if formula.operands else formula


def compared(seeds: range, folder: Path) -> Counter[str]:
    """Judge random models by both engines, and small ones by the tableau; return how often each verdict came out."""
    outcomes: Counter[str] = Counter()
    for seed in seeds:
        try:
            model = behaving(seed, folder)
            slow = judged(model, Engine.REFERENCE)
        except ModelError:  # of the model's own code
            continue
        try:
            assert judged(model, Engine.NATIVE) == slow, seed
        except Unsupported:
            continue
        outcomes.update(verdict.value for verdict, _ in slow.values())
        if Verdict.UNKNOWN not in {verdict for verdict, _ in slow.values()}:
            outcomes["by tableau"] += decided_alike(model, slow)
    return outcomes


def decided_alike(model: type[Model], judged: Mapping[str, tuple[Verdict, str]]) -> bool:
    """Hold verdicts against those of the tableau; return whether the model is small enough for that."""
    instance = instantiate(specify(model))
    with instance.active():
        states = walked(instance)
        if len(states) > MOST:
            return False
        for method in instance.specification.temporals:
            violated = violated_for_some(instance, method, states)
            assert (judged[method.name][0] is Verdict.VIOLATED) == violated, (model, method.name)
    return True


def test_random_models_behave_alike_in_every_reading(tmp_path: Path) -> None:
    outcomes = compared(range(16, 22), tmp_path)
    assert outcomes["holds"]
    assert outcomes["violated"]


@pytest.mark.slow
def test_many_random_models_behave_alike_in_every_reading(tmp_path: Path) -> None:
    outcomes = compared(range(100, 140), tmp_path)
    assert min(outcomes["holds"], outcomes["violated"], outcomes["by tableau"]) >= 4


def decided_as_by_tableau(seed: int, folder: Path, *, natively: bool = False) -> Counter[str]:
    """Hold the verdicts on a random table of steps, under a constraint or not, against those without the constraint."""
    made = table(seed, folder)
    told = judged(made.model, Engine.REFERENCE)
    if natively:
        assert judged(made.model, Engine.NATIVE) == told, seed
    instance = instantiate(specify(made.whole))
    with instance.active():
        states = walked(instance)
        for method in instance.specification.temporals:
            verdict, violated = told[method.name][0], violated_for_some(instance, method, states)
            assert verdict is not (Verdict.HOLDS if violated else Verdict.VIOLATED), (seed, method.name)
            assert made.is_constrained or verdict is not Verdict.UNKNOWN, (seed, method.name)
    return Counter(verdict.value for verdict, _ in told.values())


def test_random_tables_are_decided_as_by_a_tableau_also_under_constraints(tmp_path: Path) -> None:
    outcomes = sum((decided_as_by_tableau(seed, tmp_path) for seed in range(1000, 1012)), Counter[str]())
    assert set(outcomes) == {"holds", "violated", "unknown"}


@pytest.mark.slow
def test_many_random_tables_are_decided_as_by_a_tableau_by_both_engines(tmp_path: Path) -> None:
    outcomes = sum(
        (decided_as_by_tableau(seed, tmp_path, natively=seed % 10 == 0) for seed in range(2000, 2080)), Counter[str]()
    )
    assert min(outcomes["holds"], outcomes["violated"], outcomes["unknown"]) >= 10
