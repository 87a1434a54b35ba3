"""Which lemmas keep all obligations, looked at together, in EPR.

Two lemmas, each harmless by itself, may lead out of EPR together: one gives a quorum to each node, the
other a node to each quorum. So what counts is the graph of all obligations at once: see `logic.epr`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assay.proofs.encoding.problem import Predicate, Problem
from assay.proofs.induction.fragment import ordered_sorts
from assay.proofs.induction.obligations import Obligation
from assay.proofs.inference.goals import Goals
from assay.proofs.logic.abstraction import Abstraction
from assay.proofs.logic.epr import Alternation, alternations, cycle, functions_on_cycles
from assay.proofs.logic.terms import Sort, Symbol, Term

__all__ = ["Alternations"]

Edges = frozenset[Alternation]


@dataclass
class Alternations:
    """The alternations of sorts in the obligations of the claims and of lemmas.

    Attributes
    ----------
    goals : Goals
        The obligations.
    """

    goals: Goals
    _known: dict[tuple[frozenset[Symbol], Predicate | None], Edges] = field(default_factory=dict)

    def split(self, lemmas: Sequence[Predicate]) -> tuple[list[Predicate], list[Predicate]]:
        """Return the lemmas that keep all obligations in EPR if they are added one by one, and the others.

        If the claims lead out of it by themselves, no lemma can be blamed.
        """
        inside, outside = list[Predicate](), list[Predicate]()
        if not self.is_acyclic([]):
            return list(lemmas), outside
        held = self._edges([], frozenset())
        for lemma in lemmas:
            own = self._of(lemma, frozenset())
            if own <= held or self.is_acyclic([*inside, lemma]):
                inside.append(lemma)
                held |= own
            else:
                outside.append(lemma)
        return inside, outside

    def is_acyclic(self, lemmas: Sequence[Predicate]) -> bool:
        """Return whether the obligations of the claims and some lemmas are in EPR, with relations for functions."""
        plain = self._edges(lemmas, frozenset())
        if not cycle(plain):
            return True
        functions = functions_on_cycles(plain)
        return bool(functions) and not cycle(self._edges(lemmas, functions))

    def reachable(self, start: Sort, lemmas: Sequence[Predicate]) -> frozenset[Sort]:
        """Return the sorts of which an element may arise, in some steps, from each element of a sort."""
        plain = self._edges(lemmas, frozenset())
        edges, found = self._edges(lemmas, functions_on_cycles(plain)), {start}
        while more := {edge.target for edge in edges if edge.source in found} - found:
            found |= more
        return frozenset(found)

    def _edges(self, lemmas: Iterable[Predicate], functions: frozenset[Symbol]) -> Edges:
        subjects = (None, *self.goals.claimed, *lemmas)
        return Edges().union(*(self._of(subject, functions) for subject in subjects))

    def _of(self, subject: Predicate | None, functions: frozenset[Symbol]) -> Edges:
        """Return the edges of the obligations of a claim or lemma; without one, of the axioms and those about steps."""
        key = functions, subject
        if key not in self._known:
            formulas = self._formulas(subject)
            if functions:
                abstraction = Abstraction(functions, self._orders)
                formulas = [abstraction.formula(formula) for formula in formulas]
            self._known[key] = Edges(alternations(("", formula) for formula in formulas))
        return self._known[key]

    def _formulas(self, subject: Predicate | None) -> list[Term]:
        if subject is None:
            return [*(formula for _, formula in self._problem.axioms), *_asked(self.goals.steps())]
        asked = [*self.goals.initial(subject), *self.goals.preserved(subject)]
        return [subject.formula, *_asked(asked)]

    @property
    def _problem(self) -> Problem:
        return self.goals.problem

    @cached_property
    def _orders(self) -> list[Sort]:
        return ordered_sorts(self._problem)


def _asked(obligations: Iterable[Obligation]) -> list[Term]:
    return list(dict.fromkeys(formula for one in obligations if not one.on_sight for formula in one.query))
