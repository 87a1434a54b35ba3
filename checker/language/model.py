"""The class that models derive from, and the decorators of its methods."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from contextvars import ContextVar
from typing import Any, ClassVar, Literal, NoReturn, TypeVar, get_args, overload

from assay.checker.errors import ModelError
from assay.checker.language.expectations import Expectation, Holds
from assay.checker.language.fairness import Fairness, fairness_of
from assay.checker.language.formulas import Always, Eventually, Formula, formula_of
from assay.checker.language.kinds import Kind

__all__ = ["Disabled", "Kind", "Model", "action", "always_eventually", "axiom", "constraint", "eventually"]
__all__ += [
    "hint",
    "initial",
    "invariant",
    "lemma",
    "reachable",
    "removed",
    "require",
    "some",
    "step_constraint",
    "step_invariant",
]
__all__ += ["temporal", "terminal"]

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
Strength = Literal["weak", "strong"]
Fires = Literal["somewhere", "maybe", "never"]


class Disabled(Exception):
    """Raised by `require` if the action is not enabled."""


Missed = tuple[str, int, int]
"""A guard that was false: the file and line of its `require`, and the index of its first false condition."""

_missed: ContextVar[list[Missed] | None] = ContextVar("assay_missed_guards", default=None)


@contextlib.contextmanager
def passing_guards() -> Iterator[list[Missed]]:
    """Let actions continue past false guards within the block; yield the list of these guards.

    This is for explanations: what an action would have done tells how close it is to a step that it does not allow.
    """
    missed: list[Missed] = []
    token = _missed.set(missed)
    try:
        yield missed
    finally:
        _missed.reset(token)


def require(*conditions: bool | Sized) -> None:
    """Let an action happen only if all the conditions are true; a container is true unless it is empty.

    Python evaluates all arguments before the call. If a condition has a value only where another is true, write two
    calls, or ``a and b``.
    """
    if not all(conditions):
        missed = _missed.get()
        if missed is None:
            raise Disabled(conditions)
        frame = sys._getframe(1)
        missed.append((frame.f_code.co_filename, frame.f_lineno, first_false(conditions)))


def first_false(conditions: Sequence[object]) -> int:
    """Return the index of the first false condition of a `require`."""
    return next(index for index, condition in enumerate(conditions) if not condition)


# From T | None, type checkers cannot solve for a T that is a union of records; overloads give them each case.
@overload
def some(value: None) -> NoReturn: ...
@overload
def some(value: T) -> T: ...
def some(value: Any) -> Any:
    """Return a value that may be None; let an action happen only if it is not.

    ``grant = some(self.lease)`` is ``require(self.lease is not None)`` and the lease, whose type is narrowed for type
    checkers too.
    """
    if value is None:
        raise Disabled
    return value


class _Removed:
    """The type of `removed`, which has one value."""

    __name__ = "removed"  # as classes and functions have it: the name under which modules import it

    def __repr__(self) -> str:
        return "removed"


removed: Any = _Removed()
"""``off = removed`` in a variant removes the inherited action or property ``off``."""


class Model:
    """A protocol: state variables as annotations, and decorated methods for what may happen and what must be true.

    Attributes
    ----------
    default, smoke, deep : mapping from name to setting
        Instances: sizes of sorts, values of parameters, quorum systems, by name. `smoke` and `deep` state only what
        differs from `default`.
    expected : Expectation
        What checking the default instance must show.
    provable : bool
        Whether the model is meant to be proved too. One that is not is skipped when the whole library is proved.
    fairness : sequence of Fairness
        What liveness properties assume, besides what the decorators of actions state: ``weak("send", "receive")``.
    check_deadlock : bool
        Whether the model claims to have no deadlocks.
    """

    default: ClassVar[Mapping[str, Any]] = {}
    smoke: ClassVar[Mapping[str, Any]] = {}
    deep: ClassVar[Mapping[str, Any]] = {}
    expected: ClassVar[Expectation] = Holds()
    provable: ClassVar[bool] = True
    fairness: ClassVar[Sequence[Fairness]] = ()
    check_deadlock: ClassVar[bool] = True


def _mark(function: F, kind: Kind, fair: Fairness | None = None, fires: Fires = "somewhere") -> F:
    function.__assay_kind__ = kind  # type: ignore[attr-defined]
    function.__assay_fair__ = fair  # type: ignore[attr-defined]
    function.__assay_fires__ = fires  # type: ignore[attr-defined]
    return function


@overload
def action(function: F) -> F: ...
@overload
def action(
    *, fair: Strength | None = None, each: str | Iterable[str] = (), fires: Fires = "somewhere"
) -> Callable[[F], F]: ...
def action(
    function: F | None = None,
    *,
    fair: Strength | None = None,
    each: str | Iterable[str] = (),
    fires: Fires = "somewhere",
) -> F | Callable[[F], F]:
    """Mark a method as an action: one atomic step, for each choice of its parameters that `require` admits.

    Parameters
    ----------
    fair : {"weak", "strong"}, optional
        The fairness that liveness properties may assume of it.
    each : str or iterable of str
        Some of its parameters: fairness is then assumed for each choice of their values, not for the action as a whole.
    fires : {"somewhere", "maybe", "never"}
        The claim: that it happens in some state (the default); none; or that it never happens, which any step of it
        violates.
    """
    if fires not in get_args(Fires):
        raise ModelError(f"fires={fires!r} is no claim", help=f"possible are {', '.join(map(repr, get_args(Fires)))}")
    if fair is None and each:
        raise ModelError("each= says for which values an action is fair, and it is not", help='add fair="weak"')
    fairness = None if fair is None else fairness_of(fair, (), each)
    if function is None:
        return lambda decorated: _mark(decorated, Kind.ACTION, fairness, fires)
    return _mark(function, Kind.ACTION)


def initial(function: F) -> F:
    """Mark a method that makes initial states: one for each choice of its parameters that `require` admits."""
    return _mark(function, Kind.INITIAL)


def invariant(function: F) -> F:
    """Mark a predicate that every reachable state must satisfy, for every choice of its parameters."""
    return _mark(function, Kind.INVARIANT)


def lemma(function: F) -> F:
    """Mark an invariant that makes a proof inductive; it is checked like any other."""
    return _mark(function, Kind.LEMMA)


def hint(function: F) -> F:
    """Mark a predicate that is not claimed: inferred lemmas may use it, or its negation, on their variables."""
    return _mark(function, Kind.HINT)


def step_invariant(function: F) -> F:
    """Mark a predicate ``(self, after)`` that every step must satisfy."""
    return _mark(function, Kind.STEP_INVARIANT)


def reachable(function: F) -> F:
    """Mark a predicate that some reachable state must satisfy: a safeguard against vacuous success."""
    return _mark(function, Kind.REACHABLE)


@overload
def eventually(condition: Formula | bool) -> Formula: ...
@overload
def eventually(condition: F) -> F: ...
def eventually(condition: Any) -> Any:
    """Mark a predicate that becomes true on every fair behaviour, for every choice of its parameters.

    In a `@temporal` method, return the formula that a condition is true now or later.
    """
    if isinstance(condition, types.FunctionType):
        return _mark(condition, Kind.EVENTUALLY)
    return Eventually(formula_of(condition))


@overload
def always_eventually(condition: Formula | bool) -> Formula: ...
@overload
def always_eventually(condition: F) -> F: ...
def always_eventually(condition: Any) -> Any:
    """Mark a predicate that is true again and again on every fair behaviour, for every choice of its parameters.

    In a `@temporal` method, return the formula that a condition is true again and again, forever.
    """
    if isinstance(condition, types.FunctionType):
        return _mark(condition, Kind.ALWAYS_EVENTUALLY)
    return Always(Eventually(formula_of(condition)))


def temporal(function: F) -> F:
    """Mark a method that returns a temporal formula, which every fair behaviour must satisfy from its start."""
    return _mark(function, Kind.TEMPORAL)


def refines(specification: type[Model]) -> Callable[[F], F]:
    """Mark a refinement mapping: a method that maps a state of this model to one of another model.

    It returns the values of the other model's variables, by name. Initial states must map to initial states, and each
    step to a step of the other model or to none. If the other model states fairness, every fair behaviour must map to a
    fair one. This model then implements the other one.

    Parameters
    ----------
    specification : type of Model
        The other model; both models use the same sorts.
    """
    if not (isinstance(specification, type) and issubclass(specification, Model)):
        raise ModelError(f"{specification!r} is no model to refine", help="name its class: @refines(AtomicCommit)")

    def mark(function: F) -> F:
        function.__assay_refines__ = specification  # type: ignore[attr-defined]
        return _mark(function, Kind.REFINEMENT)

    return mark


def terminal(function: F) -> F:
    """Mark a predicate of the states in which stopping is fine; any other state without a successor is a deadlock."""
    return _mark(function, Kind.TERMINAL)


def constraint(function: F) -> F:
    """Mark a state constraint: states that violate it are checked, but neither stored nor explored further."""
    return _mark(function, Kind.CONSTRAINT)


def step_constraint(function: F) -> F:
    """Mark a predicate ``(self, after)`` of the steps to take; other steps are checked, but not followed."""
    return _mark(function, Kind.STEP_CONSTRAINT)


def axiom(function: F) -> F:
    """Mark a fact about the sorts, orders, quorums and parameters that the model relies on.

    Proofs assume it; a finite instance that does not satisfy it is refused.
    """
    return _mark(function, Kind.AXIOM)
