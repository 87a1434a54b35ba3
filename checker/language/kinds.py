"""The kinds of methods in a model, and the semantics of each kind of property; nothing else defines them.

Explorers ask a kind when it fires and whether that ends a search, the judge asks which verdict follows, and reports ask
how to word it. A new kind of property is a member here, with an entry in the table of semantics.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import cached_property
from typing import Final

from assay.checker.immutable import immutable
from assay.checker.verdicts import Verdict

__all__ = [
    "ASSERTIONS",
    "DEADLOCK",
    "FAILURES",
    "UNEXPECTED",
    "Assertions",
    "Deadlock",
    "Failures",
    "Judged",
    "Kind",
    "Semantics",
]


class Judged(Enum):
    """What a property is judged on."""

    INSTANCE = auto()
    """The instance alone, before anything is explored."""
    STATE = auto()
    """Each reached state, even one outside the state constraints."""
    STEP = auto()
    """Each step: the states before and after it."""
    ENDING = auto()
    """Each state without a successor."""
    CODE = auto()
    """Each assertion in the model's own code, wherever it is reached."""
    BEHAVIOUR = auto()
    """Each fair behaviour: an infinite sequence of states, once everything is explored."""
    REFINEMENT = auto()
    """Each initial state and each step, checked against those of another model, once everything is explored."""
    COVERAGE = auto()
    """The counts of steps, once everything is explored."""


@immutable
class Semantics:
    """The semantics of a kind of property.

    Attributes
    ----------
    judged_on : Judged
        What its predicate is evaluated on.
    fires_when : bool
        The truth value that is looked for; where the predicate has it, the property *fires*.
    fired, unfired : Verdict
        The verdict if it has fired, and if everything was explored and it has not.
    existential : bool
        Whether the predicate is true for *some* choice of its parameters, instead of for all.
    claim, shown : str
        How a report words what the property says, and what its trace shows; ``{}`` is its name.
    violation : str
        What a report says where the property is violated, if not that ``{}``, its name, is violated.
    never : str
        What a report says if it is violated because it never fired.
    """

    judged_on: Judged
    fires_when: bool
    fired: Verdict = Verdict.VIOLATED
    unfired: Verdict = Verdict.HOLDS
    existential: bool = False
    claim: str = "{}"
    shown: str = "counterexample to {}"
    violation: str = ""
    never: str = ""

    @property
    def is_claim(self) -> bool:
        """Whether firing is a violation. It then ends a search: nothing found later could change the verdict."""
        return self.fired is Verdict.VIOLATED


class Kind(Enum):
    """What a decorated method of a model is. Nothing can be decorated as a deadlock, an assertion or a failure."""

    ACTION = "action"
    INITIAL = "initial"
    INVARIANT = "invariant"
    LEMMA = "lemma"
    STEP_INVARIANT = "step invariant"
    REACHABLE = "reachable"
    EVENTUALLY = "eventually"
    ALWAYS_EVENTUALLY = "always eventually"
    TEMPORAL = "temporal property"
    REFINEMENT = "refinement"
    DEADLOCK = "deadlock"
    ASSERTION = "assertion"
    FAILURE = "failure"
    TERMINAL = "terminal"
    CONSTRAINT = "constraint"
    STEP_CONSTRAINT = "step constraint"
    AXIOM = "axiom"
    HINT = "hint"

    # Cached, because explorers ask for every state: looking up an enum by its hash costs more than the answer.

    @cached_property
    def semantics(self) -> Semantics | None:
        """The semantics as a property; None for a kind that only makes or bounds states."""
        return _SEMANTICS.get(self)

    @property
    def is_predicate(self) -> bool:
        """Whether a method of this kind is true or false, rather than making states."""
        made = (Kind.ACTION, Kind.INITIAL, Kind.DEADLOCK, Kind.ASSERTION, Kind.FAILURE, Kind.TEMPORAL, Kind.REFINEMENT)
        return self not in made

    @cached_property
    def is_claim(self) -> bool:
        """Whether a property of this kind claims that something is never reached, so that a violation is a trace."""
        semantics = self.semantics
        return semantics is not None and semantics.judged_on in _EXPLORED and semantics.is_claim

    @property
    def is_about_steps(self) -> bool:
        """Whether a method of this kind is about a step: the state before, and the state after."""
        return self in (Kind.STEP_INVARIANT, Kind.STEP_CONSTRAINT)

    @property
    def is_judged(self) -> bool:
        """Whether it is a property of states, steps or behaviours that a model states itself."""
        semantics = self.semantics
        return semantics is not None and semantics.judged_on in (
            Judged.STATE,
            Judged.STEP,
            Judged.BEHAVIOUR,
            Judged.REFINEMENT,
        )

    @property
    def is_temporal(self) -> bool:
        """Whether it is a property of behaviours: a violation is a lasso, not a finite trace."""
        return self.semantics is not None and self.semantics.judged_on is Judged.BEHAVIOUR

    @cached_property
    def fires_when(self) -> bool:
        """The truth value of the predicate that is looked for; for a terminal predicate, that is true."""
        return self.semantics.fires_when if self.semantics is not None else self is Kind.TERMINAL

    @cached_property
    def existential(self) -> bool:
        """Whether the predicate is true for some choice of its parameters, instead of for all."""
        return self.semantics is not None and self.semantics.existential


_EXPLORED = (Judged.STATE, Judged.STEP, Judged.ENDING, Judged.CODE, Judged.BEHAVIOUR, Judged.REFINEMENT)

_ALWAYS = Semantics(Judged.STATE, fires_when=False)
_IN_THE_END = Semantics(Judged.BEHAVIOUR, fires_when=False)

_SEMANTICS = {
    Kind.INVARIANT: _ALWAYS,
    Kind.LEMMA: _ALWAYS,
    Kind.STEP_INVARIANT: Semantics(Judged.STEP, fires_when=False),
    Kind.REACHABLE: Semantics(
        Judged.STATE,
        fires_when=True,
        fired=Verdict.HOLDS,
        unfired=Verdict.VIOLATED,
        existential=True,
        shown="witness of {}",
        never="no state reaches it",
    ),
    Kind.EVENTUALLY: _IN_THE_END,
    Kind.ALWAYS_EVENTUALLY: _IN_THE_END,
    Kind.TEMPORAL: _IN_THE_END,
    Kind.REFINEMENT: Semantics(Judged.REFINEMENT, fires_when=False),
    Kind.DEADLOCK: Semantics(
        Judged.ENDING, fires_when=True, claim="no {}", shown="a {}", violation="a deadlock is reachable"
    ),
    Kind.ASSERTION: Semantics(Judged.CODE, fires_when=True, violation="an assertion fails"),
    Kind.FAILURE: Semantics(Judged.CODE, fires_when=True, violation="an action fails"),
    Kind.ACTION: Semantics(
        Judged.COVERAGE,
        fires_when=True,
        fired=Verdict.HOLDS,
        unfired=Verdict.VIOLATED,
        existential=True,
        shown="run in which {} fires",
        violation="{} is not as claimed",
        never="the action never fired",
    ),
    Kind.AXIOM: Semantics(Judged.INSTANCE, fires_when=False),
}


@immutable
class Deadlock:
    """The property that no reachable state is a deadlock: a state without a successor that is not terminal.

    Every model has it. It is told apart by identity, so that a model may call a property of its own `deadlock`.
    """

    name: str = "deadlock"
    kind: Kind = Kind.DEADLOCK
    doc: str = ""


DEADLOCK: Final = Deadlock()


@immutable
class Assertions:
    """The property that no ``assert`` in the model's own code ever fails; only models with assertions have it."""

    name: str = "assertions"
    kind: Kind = Kind.ASSERTION
    doc: str = ""


ASSERTIONS: Final = Assertions()


@immutable
class Failures:
    """The property that no action of one version raises in a state left by the other; only upgrades have it."""

    name: str = "no action fails"
    kind: Kind = Kind.FAILURE
    doc: str = ""


FAILURES: Final = Failures()

UNEXPECTED: Final = "the action fires, and is expected not to"
"""What a report says of an action that is claimed never to fire, and does."""
