"""A proof as reports present it: the result, and what the user asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assay.checker.immutable import immutable
from assay.checker.language.expectations import Holds
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.ir.nodes import Assertion, walk
from assay.checker.language.loader import NamedModel
from assay.checker.language.model import Kind
from assay.checker.language.types import BagType, Bound, RecordType, SeqType, SetType, Type, parts_of
from assay.checker.report.run import plural, seconds
from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from assay.proofs.induction.results import ObligationResult, ProofResult

if TYPE_CHECKING:
    from assay.proofs.inference.results import Inference

__all__ = ["ProofRun"]


@immutable
class ProofRun:
    """The proof of one model.

    Attributes
    ----------
    model : NamedModel
    result : ProofResult
    timeout : float
        Seconds for each obligation.
    command : str
        The command line that repeats the proof.
    inferred : Inference, optional
        The lemmas that were inferred, on which the result rests.
    """

    model: NamedModel
    result: ProofResult
    timeout: float
    command: str
    inferred: Inference | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict on all properties together."""
        return self.result.verdict

    @property
    def status(self) -> ExitStatus:
        """The exit status of proving this model alone."""
        return exit_status([self.verdict])

    @property
    def expectation(self) -> Verdict:
        """The verdict on the claim that the model meets its expectation."""
        if self.result.as_expected:
            return Verdict.HOLDS
        return Verdict.UNKNOWN if self.verdict is Verdict.UNKNOWN else Verdict.VIOLATED

    @property
    def scope(self) -> str:
        """The instances and assumptions that the verdict is about."""
        return ", ".join(filter(None, [self._sizes or "its one instance", self.conditions]))

    @property
    def _sizes(self) -> str:
        """The instances: any number of each sort, or given sizes."""
        if self.result.instance is not None:
            return ", ".join(f"{name}={value}" for name, value in self.result.instance.settings().items())
        sorts = [sort.__name__ for sort in self.result.specification.sorts]
        quorums = [quorum.cls.__name__ for quorum in self.result.specification.quorums]
        fixed = [f"{name}={value}" for name, value in self.result.fixed.items()]
        free = [c.name for c in self.result.specification.constants if c.name not in self.result.fixed]
        parts = [f"any number of {_listed([*sorts, *quorums])}"] if sorts or quorums else []
        if not sorts and not quorums:
            # Without sorts, what is chosen of structure is all that tells instances apart.
            free += [variable.name for variable in self.result.specification.structure]
        parts += [f"any {_listed(free)}"] if free else []
        return ", ".join([*parts, *fixed])

    @property
    def conditions(self) -> str:
        """The assumptions besides sizes: the bounds of sequences and bags, state constraints, the model's axioms."""
        parts = list(self._capacities())
        if self.result.constraints:
            parts.append(f"inside the constraint {_listed(list(self.result.constraints))}")
        axioms = [method.name for method in self.result.specification.of(Kind.AXIOM)]
        if axioms:
            parts.append(f"assuming {_listed(axioms)}")
        return ", ".join(parts)

    def _capacities(self) -> Iterator[str]:
        """Yield the bounds of sequences and bags, which are part of the claim."""
        variables = self.result.specification.variables
        for name, bound in dict.fromkeys(each for v in variables for each in _bounded(v.name, v.type)):
            yield f"{name} up to {self._number(bound)}"

    def _number(self, bound: Bound) -> object:
        if isinstance(bound, str) and self.result.instance is not None:
            return self.result.instance.bound(bound)
        return self.result.fixed.get(bound, bound) if isinstance(bound, str) else bound

    @property
    def counts(self) -> tuple[int, int]:
        """The number of obligations that were proved, and of all obligations; guards count in neither."""
        own = self.result.own
        return sum(bool(o.proved) for o in own), len(own)

    @property
    def slowest(self) -> ObligationResult | None:
        """The obligation that took longest."""
        return max(self.result.obligations, key=lambda o: o.decision.seconds, default=None)

    @property
    def shown(self) -> str:
        """The verdict in a few words, for a table."""
        if self.verdict is Verdict.VIOLATED:
            names = list(self.result.violated) or [f"{name} is never enabled" for name in self.result.dead_actions]
            return f"violates {_first_few(names)}" if self.result.violated else _first_few(names)
        return "proved" if self.verdict is Verdict.HOLDS else "not proved"

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        total = self.counts[1]
        if self.verdict is Verdict.HOLDS:
            what = f"{_listed(list(self.asked))}, with what it rests on: " if self.supported else ""
            spent = seconds(self.result.seconds)
            return f"proved for {self.scope}: {what}all {plural(total, 'obligation')} in {spent}"
        if self.verdict is Verdict.VIOLATED:
            return self._violated
        if self.result.interrupted:
            return self._open
        return f"{'unknown' if self.result.bounded or not total else 'not proved'}: {self._open}"

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of the properties that were asked for."""
        return tuple(dict.fromkeys(o.claim.subject for o in self.result.own if not o.obligation.supporting))

    @property
    def supported(self) -> bool:
        """Whether the proof rests on lemmas that were not asked for."""
        return any(o.obligation.supporting for o in self.result.own)

    @property
    def _violated(self) -> str:
        if not self.result.violated:
            return f"violated: {_listed(list(self.result.dead_actions))} can never happen"
        expected = self.result.as_expected and not isinstance(self.result.expected, Holds)
        return f"violated{', as expected' if expected else ''}: {', '.join(self.result.violated)}"

    @property
    def _open(self) -> str:
        """Why the verdict is open."""
        result, (proved, total) = self.result, self.counts
        open_ = f"{total - proved} of {plural(total, 'obligation')} open"
        if result.interrupted and self.inferred is not None:
            return f"interrupted: {plural(len(self.inferred.methods), 'lemma')} so far"
        if result.interrupted:
            return f"interrupted: {result.bounded or open_}"
        if result.bounded:
            return result.bounded
        if not total:
            return "nothing was checked: the model has no invariant, lemma or step invariant"
        if result.partial and not result.failed:
            where = f"only steps of {_listed(list(result.partial))} were looked at"
            return f"{where}; the {plural(total, 'obligation')} there are proved"
        if result.unproved_lemmas and all(o.obligation.supporting for o in result.failed):
            return (
                f"{_listed(list(self.asked))} rests on {_listed(list(result.unproved_lemmas))}, which is open; {open_}"
            )
        return open_ if result.failed else "; ".join(self._guards())

    def _guards(self) -> Iterator[str]:
        """Yield the guards against a vacuous proof that failed or are undecided."""
        guards = self.result.guards_failed
        refuted = [o.claim.name for o in guards if o.proved is False]
        undecided = [o.claim.name for o in guards if o.proved is None]
        if refuted:
            yield f"{_listed(refuted)} does not hold"
        if undecided:
            yield f"{_listed(undecided)} was not decided"

    @property
    def fragment(self) -> str:
        """Whether the queries are in the decidable fragment EPR, and which functions had to become relations."""
        words = "EPR" if not self.result.cycle else f"outside of EPR: {'; '.join(self.result.cycle)}"
        if self.result.relational:
            words += f" ({', '.join(self.result.relational)} as relations)"
        return words

    @property
    def not_proved(self) -> str:
        """What the verdict does not cover."""
        stated = [method.name for method in self.model.specification.temporals]
        liveness = (
            f"liveness ({_first_few(stated)}: assay check decides it, for one instance)" if stated else "liveness"
        )
        parts = [liveness, "deadlock", "reachability", *self._unproved_assertions]
        if self.result.constraints:
            parts.insert(0, "what lies beyond the constraint")
        if self.result.instance is not None:
            parts.insert(0, "other sizes")
        return ", ".join(parts)

    @property
    def _unproved_assertions(self) -> list[str]:
        """The predicates with assertions in their code that the proof does not cover."""
        model = compile_model(self.model.specification)
        found = model.of(Kind.TERMINAL, Kind.REACHABLE, Kind.EVENTUALLY, Kind.ALWAYS_EVENTUALLY)
        names = [p.name for p in found if any(isinstance(part, Assertion) for part in walk(p.body))]
        return [f"assertions in {name}" for name in names]


def _first_few(names: Sequence[str]) -> str:
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _bounded(name: str, type_: Type) -> Iterator[tuple[str, Bound]]:
    """Yield a name for each sequence and bag in a type, with its bound; one in a record goes by the record's field."""
    if isinstance(type_, SeqType | BagType):
        yield name, type_.bound
    if isinstance(type_, RecordType):
        for field, inner in type_.fields:
            yield from _bounded(f"{type_.cls.__name__}.{field}", inner)
        return
    among = f"each of {name}" if isinstance(type_, SetType | SeqType | BagType) else name
    for part in parts_of(type_):
        yield from _bounded(among, part)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)
