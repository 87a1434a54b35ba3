"""The steps of an explored instance as arrays: which stored state leads to which, by a call of which class.

They are built once, after a search that explored everything, and read by every property of behaviours.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from assay.checker.engine.classes import Classes, classes_of, occurrences_in
from assay.checker.engine.limits import Limits
from assay.checker.engine.views import Views
from assay.checker.errors import ModelError
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call, Frozen, Interpreter
from assay.checker.language.formulas import Formula, atoms, shape
from assay.checker.language.introspection.specification import Method

__all__ = ["Behaviours", "Recorder", "TemporalClaim", "claims_of", "labels_of", "told_apart_by"]


@immutable
class TemporalClaim:
    """A temporal property for one choice of its parameters.

    Attributes
    ----------
    method : Method
        The property.
    arguments : tuple
        The values of the parameters.
    formula : Formula
        What it claims; its state predicates are numbered from `first` on.
    first, count : int
        Its own predicates among those of all claims.
    """

    method: Method
    arguments: tuple[object, ...]
    formula: Formula
    first: int
    count: int


@immutable(eq=False)
class Behaviours:
    """The states and steps of an instance, and which state predicates are true where.

    Attributes
    ----------
    indptr : int64 array of shape (n + 1,)
        Where the steps out of each state begin; states are numbered breadth first, initial states first.
    targets : integer array of shape (m,)
        The state that each step leads to; ``n`` if that is outside the constraints.
    classes : integer array of shape (m,)
        The class of each step's call.
    labels : bool array of shape (predicates, n)
        Which state predicates are true in which states.
    initial : int
        The number of initial states.
    claims : tuple of TemporalClaim
        The properties, one for each choice of their parameters.
    told_apart : Classes
        The classes of calls.
    decode : callable
        From a state's number to the state.
    grouped : callable
        From names of variables to the groups of states that agree in them: the first state of each group, and the group
        of each state.
    views : callable, optional
        From another model's instance, a refinement, its mapping by the interpreter (of a state's number) and limits to
        the views of all states. It raises `Unsupported` where only the interpreter can compute them. None if the
        interpreter explored.
    """

    indptr: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64] | npt.NDArray[np.uint32]
    classes: npt.NDArray[np.int32]
    labels: npt.NDArray[np.bool_]
    initial: int
    claims: tuple[TemporalClaim, ...]
    told_apart: Classes
    decode: Callable[[int], Frozen]
    grouped: Callable[[frozenset[str]], tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]
    views: Callable[[Instance, Method, Callable[[int], Frozen], Limits], Views] | None = None

    @property
    def size(self) -> int:
        """The number of states."""
        return len(self.indptr) - 1


def claims_of(interpreter: Interpreter, state: Frozen) -> tuple[TemporalClaim, ...]:
    """Return the temporal properties, one for each choice of their parameters.

    Formulas are evaluated in one state to learn their shape, which must be the same in all states.
    """
    found: list[TemporalClaim] = []
    first = 0
    for method in interpreter.specification.temporals:
        for arguments in interpreter.all_choices(method):
            formula = interpreter.formula(method, interpreter.thaw(state), arguments)
            count = len(atoms(formula))
            found.append(TemporalClaim(method, arguments, shape(formula), first, count))
            first += count
    return tuple(found)


def told_apart_by(interpreter: Interpreter, claims: Sequence[TemporalClaim]) -> Classes:
    """Return the classes of calls that fairness and the claims need."""
    return classes_of(interpreter.instance, occurrences_in(claim.formula for claim in claims))


class Recorder:
    """Records the steps of a search by the interpreter.

    Parameters
    ----------
    interpreter : Interpreter
        The interpreter that does the search.
    """

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._numbers: dict[Frozen, int] = {}
        self._initial = 0
        self._labels: list[list[bool]] = []
        self._error: ModelError | None = None
        self._ends, self._targets, self._classes = array("q", [0]), array("q"), array("q")

    def store(self, state: Frozen, *, initial: bool) -> None:
        """Record a state that is stored."""
        # The shape of a formula is known only once there is a state to evaluate it in.
        if not self._numbers:
            self._claims = claims_of(self._interpreter, state)
            self._told_apart = told_apart_by(self._interpreter, self._claims)
        self._numbers[state] = len(self._numbers)
        self._initial += initial
        try:
            self._labels.append(labels_of(self._interpreter, self._claims, state))
        except ModelError as error:
            self._error = self._error or error

    def step(self, call: Call) -> None:
        """Record a step out of the state that is being expanded.

        Until `reach` says otherwise, it counts as excluded by a constraint. Such a step is in no loop, but its action
        is enabled, which matters for fairness.
        """
        self._targets.append(-1)
        self._classes.append(self._told_apart.number(call))

    def reach(self, after: Frozen) -> None:
        """Record where the last step leads: to a state that is stored by now, or to one outside the constraints."""
        # A state outside the constraints has no number. The number of states, once it is known, will stand for it.
        self._targets[-1] = self._numbers.get(after, -1)

    def leave(self) -> None:
        """Record that a state is expanded; states are expanded in the order in which they were stored."""
        self._ends.append(len(self._targets))

    def behaviours(self) -> Behaviours:
        """Return what was recorded, once everything is explored. The instance must be active.

        Raises
        ------
        ModelError
            If a state predicate of a formula raises in some state.
        """
        if self._error is not None:
            raise self._error
        states = list(self._numbers)
        targets, labels = np.array(self._targets, np.int64), np.array(self._labels, np.bool_)
        return Behaviours(
            np.array(self._ends, np.int64),
            np.where(targets < 0, len(states), targets),
            np.array(self._classes, np.int32),
            np.ascontiguousarray(labels.reshape(len(states), -1).T),
            self._initial,
            self._claims,
            self._told_apart,
            states.__getitem__,
            lambda names: _grouped(states, self._interpreter.names, names),
        )


def _grouped(
    states: Sequence[Frozen], variables: Sequence[str], names: frozenset[str]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    places = [place for place, name in enumerate(variables) if name in names]
    numbers: dict[Frozen, int] = {}
    first: list[int] = []
    groups = np.zeros(len(states), np.int64)
    for index, state in enumerate(states):
        key = tuple(state[place] for place in places)
        if key not in numbers:
            numbers[key] = len(numbers)
            first.append(index)
        groups[index] = numbers[key]
    return np.array(first, np.int64), groups


def labels_of(interpreter: Interpreter, claims: Sequence[TemporalClaim], state: Frozen) -> list[bool]:
    """Return the values of all state predicates in a state.

    Raises
    ------
    ModelError
        If a formula has a different shape there than in other states.
    """
    values: list[bool] = []
    for claim in claims:
        formula = interpreter.formula(claim.method, interpreter.thaw(state), claim.arguments)
        if shape(formula) != claim.formula:
            raise ModelError(
                f"{claim.method.name} states different formulas in different states",
                location=claim.method.location,
                help="a temporal formula must be the same in all states; only the truth of its predicates may differ",
            )
        values += atoms(formula)
    return values
