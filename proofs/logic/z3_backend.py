"""The back end for Z3: builds its syntax trees through the C interface, ten times faster than with Python operators."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from assay.proofs.logic.answers import Answer, SolverFailure
from assay.proofs.logic.enums import facts, only_these
from assay.proofs.logic.interrupts import held_back
from assay.proofs.logic.lateness import when_late
from assay.proofs.logic.terms import BOOL, INT, Op, Sort, Symbol, Term, element, subterms

with held_back():  # the library looks for its binary inside a bare `except`, which would swallow an interrupt
    import z3
    from z3 import z3core

__all__ = ["Z3", "Answer", "SolverFailure"]


Trigger = Callable[[Sequence[Term], Term], Sequence[Term]]


class Z3:
    """One solver, and the translation of terms for it.

    Parameters
    ----------
    seed : int
        The seed of its random choices.
    memory : int, optional
        Mebibytes that it may use.
    alone : bool
        Whether it must share nothing with earlier queries in this process, so that it finds the same model every time.
    trigger : callable, optional
        From the variables and the body of a universal quantifier to the terms of its trigger; without one, or if there
        are no terms, the solver chooses.
    """

    def __init__(
        self, seed: int = 0, memory: int | None = None, *, alone: bool = False, trigger: Trigger | None = None
    ) -> None:
        if memory is not None:
            z3.set_param("memory_max_size", memory)
        self.context = z3.Context() if alone else z3.main_ctx()
        self._c = self.context.ref()
        self.seed = seed
        self.trigger = trigger
        self.solver = self._fresh()
        self._sorts: dict[Sort, Any] = {BOOL: z3.BoolSort(self.context), INT: z3.IntSort(self.context)}
        self._symbols: dict[Symbol, Any] = {}
        self._terms: dict[Term, Any] = {}
        self._named = 0
        self._tracked: list[Any] = []

    def _fresh(self) -> Any:
        solver = z3.SimpleSolver(self.context)
        solver.set("random_seed", self.seed)
        solver.set("ctrl_c", False)
        return solver

    def again(self, **options: object) -> Z3:
        """Start a fresh solver, in which nothing is asserted; keep the translations, and return this object."""
        self.solver = self._fresh()
        for name, value in options.items():
            self.solver.set(name, value)
        return self

    # Queries

    def declare(self, formulas: Sequence[Term], *, exactly: bool = True) -> None:
        """Assert distinctness and domain-closure axioms for the elements in formulas: an enumeration has no others.

        Without ``exactly``, elements of sorts other than enumerations may be equal.
        """
        for sort, count in facts(formulas):
            if exactly or sort.members:
                self.universe(sort, count)
            if sort.members:
                self.add([only_these(sort, count)])

    def universe(self, sort: Sort, count: int) -> None:
        """Assert that the first `count` elements of a sort differ."""
        asts = [self.term(element(sort, index)) for index in range(count)]
        if count > 1:
            self._assert(z3core.Z3_mk_distinct(self._c, count, _array(asts)))

    def add(self, formulas: Iterable[Term]) -> None:
        """Assert formulas."""
        for formula in formulas:
            self._assert(self.term(formula))

    def _assert(self, ast: Any) -> None:
        z3core.Z3_solver_assert(self._c, self.solver.solver, ast)

    def check(self, seconds: float) -> Answer:
        """Ask whether the assertions are satisfiable, for at most some seconds of processor time."""
        with self._within(seconds):
            answer = self._interruptible() if _is_interrupted_here() else self._asked()
        if isinstance(answer, z3.Z3Exception):
            raise SolverFailure(_text(answer)) from None
        if answer == "unknown" and "mem" in self.reason():
            raise SolverFailure("out of memory")
        return answer

    def _within(self, seconds: float) -> AbstractContextManager[None]:
        """Have the solver stop when this process has used some seconds of processor time.

        The solver's own limit is in wall time, of which a busy machine gives it only a fraction. An interrupt that
        arrives before the solver has begun is lost, so it is repeated until the end.
        """
        return when_late(seconds, self.solver.interrupt)

    def _asked(self) -> Answer | z3.Z3Exception:
        try:
            return str(self.solver.check())
        except z3.Z3Exception as error:
            return error

    def _interruptible(self) -> Answer | z3.Z3Exception:
        """Ask in another thread, so that this one can react to an interrupt, which the solver would swallow."""
        answers: list[Answer | z3.Z3Exception] = []
        asking = threading.Thread(target=lambda: answers.append(self._asked()), daemon=True)
        asking.start()
        try:
            while asking.is_alive():
                asking.join(0.2)
        except KeyboardInterrupt:
            self.solver.interrupt()
            asking.join()
            raise
        return answers[0]

    def reason(self) -> str:
        """Return why the last answer was unknown."""
        return str(self.solver.reason_unknown())

    def add_named(self, formulas: Sequence[Term]) -> None:
        """Assert formulas such that `core` can tell which of them were used."""
        self._tracked = [z3.FreshBool("used", self.context) for _ in formulas]
        for formula, name in zip(formulas, self._tracked, strict=True):
            z3core.Z3_solver_assert_and_track(self._c, self.solver.solver, self.term(formula), name.as_ast())

    def core(self) -> list[int]:
        """Return, after *unsat*, the numbers of the named formulas that suffice for it, together with the others."""
        used = {name.get_id() for name in self.solver.unsat_core()}
        return [number for number, name in enumerate(self._tracked) if name.get_id() in used]

    def push(self) -> None:
        """Begin a scope of assertions."""
        self.solver.push()

    def pop(self) -> None:
        """End the innermost scope and drop its assertions."""
        self.solver.pop()

    def model(self) -> Callable[[Term], Any]:
        """Return the function from closed terms to Python values in the model: bool, int, or the number of an element.

        Elements are equal if and only if their numbers are.
        """
        model, elements = self.solver.model(), dict[int, Any]()

        def value(term: Term) -> Any:
            found = (z3core.Ast * 1)()
            z3core.Z3_model_eval(self._c, model.model, self.term(term), True, found)
            if term.sort is BOOL:
                return z3core.Z3_get_bool_value(self._c, found[0]) == z3.Z3_L_TRUE
            if term.sort is INT:
                return int(z3core.Z3_get_numeral_string(self._c, found[0]))
            number = z3core.Z3_get_ast_id(self._c, found[0])
            # Kept alive, or another expression could get the same number.
            elements[number] = z3.z3._to_expr_ref(found[0], self.context)
            return number

        return value

    def expression(self, term: Term) -> Any:
        """Return a term as an expression of z3's Python interface."""
        return z3.z3._to_expr_ref(self.term(term), self.context)

    # Translation

    def term(self, term: Term) -> Any:
        """Return the syntax tree of a term."""
        found = self._terms.get(term)
        if found is None:
            for inner in subterms((term,)):
                if inner not in self._terms:
                    self._terms[inner] = self._kept(self._translated(inner))
            found = self._terms[term]
        return found

    def _kept(self, ast: Any) -> Any:
        z3core.Z3_inc_ref(self._c, ast)
        return ast

    def _translated(self, term: Term) -> Any:
        c, args = self._c, [self._terms[arg] for arg in term.args]
        match term.op:
            case Op.APPLY:
                return z3core.Z3_mk_app(c, self.symbol(term.of), len(args), _array(args))
            case Op.VARIABLE:
                return z3core.Z3_mk_const(c, self._name(), self.sort(term.sort).ast)
            case Op.ELEMENT:
                return z3core.Z3_mk_const(c, self._name(), self.sort(term.sort).ast)
            case Op.NUMBER:
                return z3core.Z3_mk_numeral(c, str(term.of), self.sort(INT).ast)
            case Op.TRUE:
                return z3core.Z3_mk_true(c)
            case Op.FALSE:
                return z3core.Z3_mk_false(c)
            case Op.NOT:
                return z3core.Z3_mk_not(c, args[0])
            case Op.EQUAL:
                return z3core.Z3_mk_eq(c, args[0], args[1])
            case Op.ITE:
                return z3core.Z3_mk_ite(c, args[0], args[1], args[2])
            case Op.AT_MOST:
                return z3core.Z3_mk_le(c, args[0], args[1])
            case Op.DIVIDE:
                return z3core.Z3_mk_div(c, args[0], args[1])
            case Op.MODULO:
                return z3core.Z3_mk_mod(c, args[0], args[1])
            case Op.FORALL | Op.EXISTS:
                return self._quantifier(term, args[0])
            case _:
                return _NARY[term.op](c, len(args), _array(args))

    def _quantifier(self, term: Term, body: Any) -> Any:
        bound = [self.term(name) for name in term.of]
        make = z3core.Z3_mk_forall_const if term.op is Op.FORALL else z3core.Z3_mk_exists_const
        patterns = self._patterns(term)
        return make(self._c, 1, len(bound), _array(bound), len(patterns), _patterns(patterns), body)

    def _patterns(self, term: Term) -> list[Any]:
        """Return the trigger of a quantifier: one pattern, or none."""
        chosen = self.trigger(term.of, term.args[0]) if self.trigger and term.op is Op.FORALL else ()
        if not chosen:
            return []
        made = z3core.Z3_mk_pattern(self._c, len(chosen), _array([self.term(part) for part in chosen]))
        self._kept(z3core.Z3_pattern_to_ast(self._c, made))
        return [made]

    def _name(self) -> Any:
        """Return a unique name: a number, so that no text can stand for two things."""
        self._named += 1
        return z3core.Z3_mk_int_symbol(self._c, self._named)

    def symbol(self, symbol: Symbol) -> Any:
        """Return the declaration of a symbol."""
        found = self._symbols.get(symbol)
        if found is None:
            arguments = [self.sort(sort).ast for sort in symbol.arguments]
            result, domain = self.sort(symbol.result).ast, (z3.z3core.Sort * len(arguments))(*arguments)
            made = z3core.Z3_mk_func_decl(self._c, self._name(), len(arguments), domain, result)
            self._kept(z3core.Z3_func_decl_to_ast(self._c, made))
            found = self._symbols[symbol] = made
        return found

    def sort(self, sort: Sort) -> Any:
        """Return a sort."""
        found = self._sorts.get(sort)
        if found is None:
            made = z3core.Z3_mk_uninterpreted_sort(self._c, self._name())
            found = self._sorts[sort] = z3.SortRef(made, self.context)
        return found


def _is_interrupted_here() -> bool:
    """Return whether interrupts are raised in this thread: the main one of this process."""
    return threading.current_thread() is threading.main_thread() and callable(signal.getsignal(signal.SIGINT))


def _array(asts: Sequence[Any]) -> Any:
    return (z3.z3core.Ast * len(asts))(*asts)


def _patterns(patterns: Sequence[Any]) -> Any:
    return (z3.z3core.Pattern * len(patterns))(*patterns)


_NARY = {
    Op.AND: z3core.Z3_mk_and,
    Op.OR: z3core.Z3_mk_or,
    Op.ADD: z3core.Z3_mk_add,
    Op.MULTIPLY: z3core.Z3_mk_mul,
}


def _text(error: z3.Z3Exception) -> str:
    value = error.value if hasattr(error, "value") else error
    return value.decode() if isinstance(value, bytes) else str(value)
