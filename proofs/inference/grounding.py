"""Ground steps of small structures to SAT, to find those that violate a goal.

The number of elements of each sort is fixed and orders are in their natural order. Each entry of a symbol's table is a
Boolean variable, or one for each value. Each formula is translated to a literal once (Tseitin) and used as an
assumption, so that the incremental solver keeps what it has learned: a query takes about a millisecond, where Z3 takes
tens. Finding no violation proves nothing beyond these sizes.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assay.checker.errors import Unsupported
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.problem import Problem
from assay.proofs.logic.orders import order_of
from assay.proofs.logic.structures import Structure
from assay.proofs.logic.terms import BOOL, INT, Op, Sort, Symbol, Term
from pysat.solvers import Minisat22

__all__ = ["Grounding", "Step"]

Literal = int
Values = tuple[Literal, ...]
"""A value of a sort: for each element, the literal that the value is that element."""

BEFORE, AFTER = 0, 1

TRUE: Literal = 1
FALSE: Literal = -1

MOST_INSTANCES = 200_000
"""The most instances of one quantified formula; a structure in which it has more counts as too large for it."""


@dataclass(frozen=True, eq=False)
class Step:
    """A step out of a small structure."""

    before: Structure
    after: Structure
    transition: Transition


class Grounding:
    """The steps of all structures of given sizes.

    Parameters
    ----------
    problem : Problem
        The model.
    sizes : mapping from Sort to int
        The number of elements of each sort that is not an enumeration.

    Raises
    ------
    Unsupported
        If the model has whole numbers, or the structure is too large.
    """

    def __init__(self, problem: Problem, sizes: Mapping[Sort, int]) -> None:
        self.problem, self.sizes = problem, dict(sizes)
        self._empty = Structure(self.sizes, {})
        self._held = frozenset(problem.theory.state_symbols)
        self._last = 1
        self._solver = Minisat22(bootstrap_with=[[TRUE]])
        self._gates: dict[tuple[Literal, ...], Literal] = {}
        self._tables: dict[tuple[Symbol, int, tuple[int, ...]], Values] = {}
        self._known: dict[tuple[Term, tuple[int, ...], int], Values] = {}
        self._taken: dict[int, Literal] = {}
        self._left = MOST_INSTANCES
        self._random = random.Random(0)
        for formula in (*problem.assumptions, *(c.formula for c in problem.constraints)):
            self._add(self.holds(formula, BEFORE))

    # Questions

    def breaking(self, goal: Term, hypotheses: Iterable[Term], transition: Transition) -> Step | None:
        """Return a step from a state that satisfies the hypotheses to one that violates a goal, or None.

        The relations before the step are locally minimal: no single member can be removed.
        """
        assumed = [self.holds(formula, BEFORE) for formula in hypotheses]
        assumed += [self._step(transition), -self.holds(goal, AFTER)]
        if not self._solver.solve(assumptions=assumed):
            return None
        model = self._model()
        return self._read(self._fewest(assumed, model), transition)

    def enough(
        self, goal: Term, hypotheses: Iterable[Term], transition: Transition, *, least: bool = True
    ) -> list[Term] | None:
        """Return hypotheses under which no step breaks a goal; None if a step breaks it under all of them.

        With ``least``, none of those returned can be left out; otherwise, some may be superfluous.
        """
        literals = {self.holds(formula, BEFORE): formula for formula in hypotheses}
        always = [self._step(transition), -self.holds(goal, AFTER)]
        left = self._core(list(literals), always)
        if left is None:
            return None
        for literal in reversed(left.copy() if least else []):
            if literal in left:
                left = self._core([other for other in left if other != literal], always) or left
        return [literals[literal] for literal in left]

    def _core(self, assumed: list[Literal], always: list[Literal]) -> list[Literal] | None:
        """Return the assumptions in an unsatisfiable core; None if the problem is satisfiable."""
        if self._solver.solve(assumptions=[*assumed, *always]):
            return None
        core = set(self._solver.get_core() or ())
        return [literal for literal in assumed if literal in core]

    def several(self, goal: Term, hypotheses: Iterable[Term], transition: Transition, count: int) -> list[Structure]:
        """Return the states before several such steps, diversified by random decisions of the solver."""
        assumed = [self.holds(formula, BEFORE) for formula in hypotheses]
        assumed += [self._step(transition), -self.holds(goal, AFTER)]
        found: list[Structure] = []
        for _ in range(count):
            self._solver.set_phases([v if self._random.random() < 0.3 else -v for v in range(2, self._last + 1)])
            if not self._solver.solve(assumptions=assumed):
                break
            found.append(self._read(self._model(), transition).before)
        self._solver.set_phases([-v for v in range(2, self._last + 1)])
        return found

    def _model(self) -> set[Literal]:
        return {literal for literal in self._solver.get_model() or () if literal > 0}

    def _fewest(self, assumed: list[Literal], model: set[Literal]) -> set[Literal]:
        """Remove members of relations from the state before the step while a violating step remains."""
        entries = self._tables.items()
        members = [v[0] for (s, state, _), v in entries if s.result is BOOL and s in self._held and state == BEFORE]
        without = [*assumed, *(-literal for literal in members if literal not in model)]
        for literal in (literal for literal in members if literal in model):
            if literal not in model:
                without.append(-literal)
            elif self._solver.solve(assumptions=[*without, -literal]):
                model = self._model()
                without.append(-literal)
        return model

    # Formulas

    def holds(self, formula: Term, state: int) -> Literal:
        """Return the literal that a closed formula is true in a state."""
        self._left = MOST_INSTANCES
        return self._of(formula, {}, state)[0]

    def _of(self, term: Term, values: Mapping[Term, int], state: int) -> Values:
        if term.op is Op.VARIABLE:
            return self._element(term.sort, values[term])
        key = term, tuple(values[name] for name in sorted(term.free, key=_number)), state
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._value(term, values, state)
        return found

    def _value(self, term: Term, values: Mapping[Term, int], state: int) -> Values:
        match term.op:
            case Op.TRUE | Op.FALSE:
                return (TRUE,) if term.op is Op.TRUE else (FALSE,)
            case Op.ELEMENT:
                return self._element(term.sort, term.of)
            case Op.FORALL | Op.EXISTS:
                return (self._quantified(term, values, state),)
        if term.sort is INT or any(arg.sort is INT for arg in term.args):
            raise Unsupported("whole numbers are not for a propositional solver")
        args = [self._of(arg, values, state) for arg in term.args]
        match term.op:
            case Op.APPLY:
                return self._applied(term.of, args, state)
            case Op.NOT:
                return (-args[0][0],)
            case Op.AND:
                return (self._and([arg[0] for arg in args]),)
            case Op.OR:
                return (self._or([arg[0] for arg in args]),)
            case Op.EQUAL:
                return (self._equal(*args),)
            case Op.ITE:
                return self._chosen(*args)
        raise Unsupported(f"{term.op.value} is not for a propositional solver")

    def _quantified(self, term: Term, values: Mapping[Term, int], state: int) -> Literal:
        points = [dict(zip(term.of, p, strict=True)) for p in self._empty.tuples(tuple(n.sort for n in term.of))]
        self._left -= len(points)
        if self._left < 0:
            raise Unsupported("a structure of this size is too large for a propositional solver")
        parts = [self._of(term.args[0], {**values, **point}, state)[0] for point in points]
        return self._and(parts) if term.op is Op.FORALL else self._or(parts)

    def _element(self, sort: Sort, index: int) -> Values:
        if sort is BOOL:
            return (TRUE,) if index else (FALSE,)
        return tuple(TRUE if number == index else FALSE for number in range(self._empty.size(sort)))

    def _applied(self, symbol: Symbol, args: Sequence[Values], state: int) -> Values:
        state = state if symbol in self._held else BEFORE
        parts = []
        for point in self._empty.tuples(symbol.arguments):
            here = self._and([_at(*one) for one in zip(args, symbol.arguments, point, strict=True)])
            if here == TRUE:
                return self._entry(symbol, point, state)
            if here != FALSE:
                parts.append((here, self._entry(symbol, point, state)))
        width = 1 if symbol.result is BOOL else self._empty.size(symbol.result)
        return tuple(self._or([self._and([here, entry[i]]) for here, entry in parts]) for i in range(width))

    def _entry(self, symbol: Symbol, point: tuple[int, ...], state: int) -> Values:
        if len(symbol.arguments) == 2 and symbol is order_of(symbol.arguments[0]):
            return (TRUE,) if point[0] <= point[1] else (FALSE,)
        key = symbol, state, point
        if key not in self._tables:
            if symbol.result is INT:
                raise Unsupported("whole numbers are not for a propositional solver")
            self._tables[key] = self._fresh_value(symbol.result)
        return self._tables[key]

    def _fresh_value(self, sort: Sort) -> Values:
        if sort is BOOL:
            return (self._fresh(),)
        if self._empty.size(sort) == 1:
            return (TRUE,)
        values = tuple(self._fresh() for _ in range(self._empty.size(sort)))
        self._solver.add_clause(list(values))
        for left, right in itertools.combinations(values, 2):
            self._solver.add_clause([-left, -right])
        return values

    def _equal(self, left: Values, right: Values) -> Literal:
        if len(left) == 1 and len(right) == 1:
            return self._same(left[0], right[0])
        return self._or([self._and([a, b]) for a, b in zip(left, right, strict=True)])

    def _chosen(self, condition: Values, yes: Values, no: Values) -> Values:
        if condition[0] in (TRUE, FALSE):
            return yes if condition[0] == TRUE else no
        return tuple(
            a if a == b else self._or([self._and([condition[0], a]), self._and([-condition[0], b])])
            for a, b in zip(yes, no, strict=True)
        )

    # Steps

    def _step(self, transition: Transition) -> Literal:
        """Return the literal that implies that the step is one of a transition."""
        if id(transition) not in self._taken:
            taken = self._fresh()
            self._add_if(taken, self.holds(transition.guard, BEFORE))
            for symbol in self.problem.theory.state_symbols:
                for point in self._empty.tuples(symbol.arguments):
                    self._become(taken, transition, symbol, point)
            self._taken[id(transition)] = taken
        return self._taken[id(transition)]

    def _become(self, taken: Literal, transition: Transition, symbol: Symbol, point: tuple[int, ...]) -> None:
        after, definition = self._entry(symbol, point, AFTER), transition.definitions.get(symbol)
        if definition is None:
            made = self._entry(symbol, point, BEFORE)
        else:
            made = self._of(definition.body, dict(zip(definition.formals, point, strict=True)), BEFORE)
        for old, new in zip(made, after, strict=True):
            self._add_if(taken, self._same(old, new))

    # Circuits

    def _fresh(self) -> Literal:
        self._last += 1
        self._solver.set_phases([-self._last])  # prefer false: few members of relations
        return self._last

    def _add(self, literal: Literal) -> None:
        self._solver.add_clause([literal])

    def _add_if(self, condition: Literal, literal: Literal) -> None:
        self._solver.add_clause([-condition, literal])

    def _or(self, literals: Sequence[Literal]) -> Literal:
        return -self._and([-literal for literal in literals])

    def _and(self, literals: Sequence[Literal]) -> Literal:
        parts = sorted({literal for literal in literals if literal != TRUE})
        if not parts:
            return TRUE
        if FALSE in parts or any(-literal in parts for literal in parts if literal > 0):
            return FALSE
        if len(parts) == 1:
            return parts[0]
        key = tuple(parts)
        if key not in self._gates:
            gate = self._gates[key] = self._fresh()
            for part in parts:
                self._solver.add_clause([-gate, part])
            self._solver.add_clause([gate, *(-part for part in parts)])
        return self._gates[key]

    def _same(self, left: Literal, right: Literal) -> Literal:
        return self._and([self._or([-left, right]), self._or([left, -right])])

    # Reading

    def _read(self, model: set[Literal], transition: Transition) -> Step:
        theory = self.problem.theory
        constants = [*theory.structure_symbols, *transition.constants]
        constants += [s for s, state, _ in self._tables if s not in self._held]
        fixed = {s: self._table(s, BEFORE, model) for s in dict.fromkeys(constants)}
        fixed.update({order_of(s): self._table(order_of(s), BEFORE, model) for s in self.sizes})
        before, after = ({s: self._table(s, state, model) for s in theory.state_symbols} for state in (BEFORE, AFTER))
        return Step(Structure(self.sizes, fixed | before), Structure(self.sizes, fixed | after), transition)

    def _table(self, symbol: Symbol, state: int, model: set[Literal]) -> dict[tuple[int, ...], int | bool]:
        table = {}
        for point in self._empty.tuples(symbol.arguments):
            entry = self._entry(symbol, point, state)
            true = [literal == TRUE or literal in model for literal in entry]
            table[point] = true[0] if symbol.result is BOOL else true.index(True) if any(true) else 0
        return table


def _at(value: Values, sort: Sort, index: int) -> Literal:
    """Return the literal that a value is an element of a sort."""
    if sort is BOOL:
        return value[0] if index else -value[0]
    return value[index]


def _number(name: Term) -> int:
    return name.number
