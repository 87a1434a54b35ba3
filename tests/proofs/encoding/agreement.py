"""Comparing formulas with the model's own code, state by state: no solver is involved."""

from __future__ import annotations

import contextlib
import itertools
import math
import random
from collections import deque
from collections.abc import Iterator

from assay.checker.errors import ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter, Step
from assay.checker.language.kinds import Kind
from assay.checker.language.types import is_container
from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.encoding.states import embed, state_in, structure_of
from assay.proofs.encoding.symbols.cases import cases
from assay.proofs.encoding.symbols.embedding import Numbering, fill
from assay.proofs.encoding.symbols.theory import primed
from assay.proofs.logic.structures import Structure, evaluate
from assay.proofs.logic.terms import BOOL, TRUE, Op, Symbol, subterms


def some_states(instance: Instance, count: int) -> list[Frozen]:
    """Return some reachable states, breadth first. The instance must be active."""
    interpreter = Interpreter(instance)
    found: dict[Frozen, None] = {}
    waiting = deque(interpreter.initial_states())
    while waiting and len(found) < count:
        state = waiting.popleft()
        if state not in found:
            found[state] = None
            with contextlib.suppress(ModelError):
                waiting.extend(after for _, after in interpreter.successors(state))
    return list(found)


def scattered_states(instance: Instance, count: int, steps: int = 2) -> list[Frozen]:
    """Return states from all over: initial ones, and what actions that do not raise lead to. It must be active."""
    interpreter, draw = Interpreter(instance), random.Random(count)
    starts = interpreter.initial_states()
    found = dict.fromkeys(draw.sample(starts, min(count, len(starts))))
    for state in list(found):
        for _ in range(steps):
            name = draw.choice([method.name for method in instance.specification.actions])
            types = next(m.parameters for m in instance.specification.actions if m.name == name)
            with contextlib.suppress(ModelError):
                call = name, tuple(draw.choice(instance.universe(type_)) for _, type_ in types)
                state = interpreter.step(state, call) or state  # noqa: PLW2901
            found[state] = None
    return list(found)


def disagreements(problem: Problem, instance: Instance, states: list[Frozen]) -> Iterator[str]:
    """Yield where a formula says something else than the code, in words."""
    interpreter = Interpreter(instance)
    for state in states:
        structure = structure_of(problem.theory, instance, state)
        if state_in(problem.theory, structure, instance) != state:
            yield f"{state} is not what comes back"
        yield from _of_predicates(problem, interpreter, structure, state)
        yield from _of_steps(problem, interpreter, structure, state)
        yield from _of_actions(problem, interpreter, structure, state)


def wider(structure: Structure, problem: Problem) -> Structure:
    """Return the structure with more numbers for a variable of a formula to stand for: computed ones, too.

    It is asked only where the numbers that the state's ranges hold do not do, since it takes longer.
    """
    bodies = [d.body for transition in problem.transitions for d in transition.definitions.values()]
    bodies += [predicate.formula for predicate in problem.invariants]
    written = {term.of for term in subterms(bodies) if term.op is Op.NUMBER}
    beside = {number - 1 for number in written}  # the greatest of a range ends before what is written
    computed = {*range(-16, 48), *structure.numbers, *written, *beside}
    return Structure(structure.sizes, structure.tables, tuple(sorted(computed)))


def _of_predicates(problem: Problem, interpreter: Interpreter, structure: Structure, state: Frozen) -> Iterator[str]:
    methods = {method.name: method for method in problem.specification.methods}
    for predicate in problem.invariants:
        if predicate.name not in methods:
            continue
        fails, doubtful = _failing(predicate, structure)
        try:
            expected = interpreter.truth(methods[predicate.name], interpreter.thaw(state))
        except ModelError as error:
            if not fails:
                yield f"{predicate.name} in {state} fails: {error.message}"
            continue
        if doubtful:
            continue
        if fails:
            yield f"{predicate.name} in {state} does not fail"
        if all(
            evaluate(predicate.formula, there, {}) is not expected for there in (structure, wider(structure, problem))
        ):
            yield f"{predicate.name} is {expected} in {state}"


def _failing(predicate: Predicate, structure: Structure) -> tuple[bool, bool]:
    """Return whether the formulas say that evaluating a property raises, and that they cannot tell whether it does."""
    found = [failure for failure in predicate.failures if evaluate(failure.condition, structure, {})]
    return bool(found), any(failure.remedy for failure in found)


def _of_steps(problem: Problem, interpreter: Interpreter, before: Structure, state: Frozen) -> Iterator[str]:
    """Yield where a step invariant says something else than the code, for the first steps out of a state."""
    methods = {method.name: method for method in problem.specification.methods}
    for _, after in itertools.islice(_steps(interpreter, state), 6 if problem.steps else 0):
        there = structure_of(problem.theory, interpreter.instance, after)
        tables = {primed(symbol): there.tables.get(symbol, {}) for symbol in problem.theory.state_symbols}
        both = Structure(before.sizes, {**before.tables, **tables}, before.numbers)
        for predicate in problem.steps:
            if methods[predicate.name].kind is Kind.REFINEMENT:
                continue  # its method says what is seen of a state: see tests/proofs/induction/test_refinement.py
            fails, doubtful = _failing(predicate, both)
            try:
                expected = interpreter.truth(methods[predicate.name], interpreter.thaw(state), interpreter.thaw(after))
            except ModelError as error:
                if not fails:
                    yield f"{predicate.name} from {state} to {after} fails: {error.message}"
                continue
            if doubtful:
                continue
            if fails:
                yield f"{predicate.name} from {state} to {after} does not fail"
            elif all(evaluate(predicate.formula, s, {}) is not expected for s in (both, wider(both, problem))):
                yield f"{predicate.name} is {expected} from {state} to {after}"


def _steps(interpreter: Interpreter, state: Frozen) -> Iterator[Step]:
    with contextlib.suppress(ModelError):
        yield from interpreter.successors(state)


def _of_actions(problem: Problem, interpreter: Interpreter, structure: Structure, state: Frozen) -> Iterator[str]:
    translated = {transition.name for transition in problem.transitions}
    for method in problem.specification.actions:
        if method.name not in translated:
            continue
        for arguments in itertools.product(*(interpreter.instance.universe(type_) for _, type_ in method.parameters)):
            call: Call = (method.name, arguments)
            if max(ways_to_choose(problem, structure, call), default=0) > MOST_CHOICES:
                continue
            try:
                wanted = list(dict.fromkeys(interpreter.outcomes(state, call)))
            except ModelError as error:
                if not is_foreseen(problem, structure, call) and not is_foreseen(
                    problem, wider(structure, problem), call
                ):
                    yield f"{call} in {state} fails: {error.message}"
                continue
            found, fails = taken(problem, interpreter.instance, structure, call)
            if set(found) != set(wanted) or fails:
                found, fails = taken(problem, interpreter.instance, wider(structure, problem), call)
            if fails and is_doubtful(problem, structure, call):
                continue
            if fails:
                yield f"{call} in {state} does not fail"
            if set(found) != set(wanted):
                yield f"{call} in {state}: {found} instead of {wanted}"


MOST_CHOICES = 256
"""Calls in which the formulas leave more to choose are not looked at: each choice is evaluated by itself."""


def ways_to_choose(problem: Problem, structure: Structure, call: Call) -> Iterator[int]:
    """Yield how many ways there are to choose what a call leaves open, case by case."""
    name, arguments = call
    for transition in problem.transitions:
        constants = _arguments(problem, structure, transition, arguments) if transition.name == name else None
        if constants is not None:
            open_ = [symbol for symbol in transition.constants if symbol not in constants]
            places = [s for s in open_ for _ in structure.tuples(s.arguments)]
            yield math.prod(2 if s.result == BOOL else len(structure.elements(s.result)) for s in places)


def taken(problem: Problem, instance: Instance, structure: Structure, call: Call) -> tuple[list[Frozen], bool]:
    """Return the states to which an action leads under its formulas, and whether it may fail on the way."""
    fails = any(fails for fails, _ in outcomes(problem, structure, call))
    return successors(problem, instance, structure, call), fails


def successors(problem: Problem, instance: Instance, structure: Structure, call: Call) -> list[Frozen]:
    """Return the states to which an action leads under its formulas, bounds and all."""
    after = [found for _, found in outcomes(problem, structure, call) if found is not None]
    kept = [found for found in after if all(evaluate(p.formula, found, {}) for p in problem.bounds)]
    return list(dict.fromkeys(state_in(problem.theory, found, instance) for found in kept))


def outcomes(problem: Problem, structure: Structure, call: Call) -> Iterator[tuple[bool, Structure | None]]:
    """Yield whether an action fails on the way, and the structure to which it leads, if it is enabled."""
    name, arguments = call
    for transition in problem.transitions:
        constants = _arguments(problem, structure, transition, arguments) if transition.name == name else None
        if constants is None:
            continue
        for chosen in _choices(structure, [s for s in transition.constants if s not in constants]):
            there = Structure(structure.sizes, {**structure.tables, **constants, **chosen}, structure.numbers)
            enabled = evaluate(transition.guard, there, {})
            after = there.after(transition.definitions) if enabled else None
            yield evaluate(transition.failure, there, {}), after


def is_foreseen(problem: Problem, structure: Structure, call: Call) -> bool:
    """Return whether the formulas say that the code raises: on the way, or for what is left in the end."""
    found = list(outcomes(problem, structure, call))
    inside = [after for _, after in found if after is not None]
    broken = [after for after in inside if not all(evaluate(p.formula, after, {}) for p in problem.bounds)]
    return any(fails for fails, _ in found) or bool(broken)  # the code tries every choice: one suffices


def is_doubtful(problem: Problem, structure: Structure, call: Call) -> bool:
    """Return whether the formulas say that they cannot tell whether the code raises."""
    name, arguments = call
    for transition in problem.transitions:
        constants = _arguments(problem, structure, transition, arguments) if transition.name == name else None
        if constants is not None:
            there = Structure(structure.sizes, {**structure.tables, **constants}, structure.numbers)
            return bool(evaluate(transition.doubt, there, {}))
    return False


def _arguments(problem, structure, transition, arguments):
    """Return the tables of an action's constants for some arguments, or None if they are of another case."""
    method = next(m for m in problem.specification.methods if m.name == transition.name)
    tables, numbering = {}, Numbering(problem.theory.instance)
    for (_, value), (_, type_), argument in zip(transition.parameters, method.parameters, arguments, strict=False):
        if is_container(type_):
            empty = Structure(structure.sizes, {})
            fill(tables, value, type_, argument, problem.theory.instance, empty, (), numbering)
            continue
        for case in cases(type_):
            mine, terms = case.match(value)
            other, values = case.match(embed(type_, argument, numbering))
            if mine is TRUE and other is not TRUE:
                return None
            if mine is TRUE:
                empty = Structure({}, {})
                tables.update({t.of: {(): evaluate(v, empty, {})} for t, v in zip(terms, values, strict=True)})
    return tables


def _choices(structure: Structure, symbols: list[Symbol]):
    """Yield every way to choose: a table for each symbol, which depends on the variables of the loops around it."""
    places = [(symbol, point) for symbol in symbols for point in structure.tuples(symbol.arguments)]
    sizes = [(False, True) if s.result == BOOL else structure.elements(s.result) for s, _ in places]
    for values in itertools.product(*sizes):
        tables: dict[Symbol, dict] = {symbol: {} for symbol in symbols}
        for (symbol, point), value in zip(places, values, strict=True):
            tables[symbol][point] = value
        yield tables
