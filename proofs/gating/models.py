"""Proofs of models, for the gate: the hash and the verdict of every obligation."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

from assay.checker.changes.places import line_of
from assay.checker.errors import ModelError
from assay.checker.gate.facts import Name, Value
from assay.checker.gate.requests import Objection, Request, Verified
from assay.checker.gate.verifying.models import NOT_JUDGED, classes, expected_of, main_class, steps_of, unreadable
from assay.checker.language.expectations import Expectation, Holds
from assay.checker.language.introspection.specification import Method
from assay.checker.language.loader import NamedModel
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.execution import Transition
from assay.proofs.encoding.problem import Problem
from assay.proofs.induction.cache import with_meanings
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.prover import prove_model
from assay.proofs.induction.results import ObligationResult, ProofResult, Refutation
from assay.proofs.induction.unrolling import rigid
from assay.proofs.logic.smtlib import oriented, script
from assay.proofs.logic.term_order import Key
from assay.proofs.logic.terms import Copy, Counted, Sort, Symbol

__all__ = ["verify"]

CHECKED_ONLY = "for checking only, by what the model says of itself"


def verify(request: Request, is_alive: Callable[[], None]) -> Iterator[Verified]:
    """Prove each class of a file that is meant to be proved.

    Raises
    ------
    AssayError
        If the file cannot be read.
    """
    for model in classes(request):
        began = time.perf_counter()
        try:
            facts, objections = _proved(request, model, is_alive)
        except ModelError as error:  # the file's other classes are proved all the same
            facts, objections = NOT_JUDGED, (unreadable(error),)
        seconds = time.perf_counter() - began
        yield Verified(model.name, request.instances[0], facts, objections, seconds, main_class(model))


def _proved(
    request: Request, model: NamedModel, is_alive: Callable[[], None]
) -> tuple[tuple[tuple[Name, Value], ...], tuple[Objection, ...]]:
    if not model.cls.provable:
        return ((("verdict",), CHECKED_ONLY),), ()
    options = ProofOptions(timeout=request.proof_seconds, workers=1)
    if request.memory is not None:
        options = replace(options, memory=max(1, request.memory >> 20))
    result = prove_model(model.specification, options, Watch(lambda *_: is_alive(), lambda _: is_alive()))
    given = expected_of(request, model.cls.__name__)
    expected = result.expected if given is None else given
    return tuple(_facts(result, expected)), tuple(_objections(result, expected))


def _facts(result: ProofResult, expected: Expectation) -> Iterator[tuple[Name, Value]]:
    yield ("expected",), str(expected)
    yield ("verdict",), "proved" if result.verdict is Verdict.HOLDS else result.verdict.value
    if result.instance is not None:
        yield ("sizes",), " ".join(f"{name}={value}" for name, value in result.instance.settings().items())
    if isinstance(expected, Holds):  # what is left open of a broken model depends on where its proof ended
        yield from _obligations(result)


def _obligations(result: ProofResult) -> Iterator[tuple[Name, Value]]:
    """Yield a fact for each claim. The cases of an action's parameters share one."""
    of_name: dict[str, list[ObligationResult]] = defaultdict(list)
    for one in result.obligations:
        of_name[one.claim.name].append(one)
    for name, several in of_name.items():
        hashes = sorted(map(_hash, several))
        found = hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()
        yield ("obligation", name), f"{_word(several)} {found}"


def _hash(answered: ObligationResult) -> str:
    """Return the hash of the whole query, independent of the strategy that decided it, and of names."""
    assert answered.fragment is not None
    query = answered.fragment.query(answered.obligation, abstract=False)
    key = _declared_order(answered.fragment.problem, answered.claim.transition)
    return hashlib.sha256(script(with_meanings(oriented(query, key)), anonymous=key).encode()).hexdigest()


def _declared_order(problem: Problem, transition: Transition | None) -> Key:
    """Return the order in which a model declares its sorts and symbols.

    It is told neither by their names, which may change, nor by what else this process has proved.
    """
    theory = problem.theory
    own = () if transition is None else transition.constants
    declared = dict.fromkeys((*theory.sorts, *rigid(theory), *theory.state_symbols, *own))
    places = {thing: place for place, thing in enumerate(declared)}

    def key(thing: Sort | Symbol) -> tuple[int, ...]:
        if thing in places:
            return 0, places[thing]
        match thing.of:
            case Copy(symbol):
                return *key(symbol), 1
            case Counted():
                return (2,)  # they are ordered by what they count
        return 1, thing.rank

    return key


def _word(several: list[ObligationResult]) -> str:
    if any(one.proved is False for one in several):
        return "refuted"
    return "proved" if all(one.proved for one in several) else "open"


def _objections(result: ProofResult, expected: Expectation) -> Iterator[Objection]:
    if isinstance(expected, Holds) or not result.is_judged(expected):
        yield from map(_refutation, result.refutations)
        for action in result.dead_actions:
            yield Objection("PRF001", f"{action} can never be taken, at any size", ("never enabled", action))
        if result.verdict is Verdict.UNKNOWN:
            open_ = dict.fromkeys(one.claim.name for one in (*result.failed, *result.guards_failed))
            yield Objection("PRF002", f"it is not proved: {', '.join(open_) or 'nothing of it is claimed'}")
    elif not result.shows(expected) and result.verdict is Verdict.UNKNOWN:
        yield Objection("PRF002", f"whether it {expected} is unknown")
    elif not result.shows(expected):
        instead = f"; violated instead: {', '.join(result.violated)}" if result.violated else ""
        message = f"it is expected to be violated ({expected}), and is not{instead}"
        yield Objection("CHK002", message, (str(expected),))


def _refutation(found: Refutation) -> Objection:
    place = line_of(found.about.location) if isinstance(found.about, Method) else None
    identity = (found.kind.value, found.name)
    return Objection("PRF001", found.violation, identity, place, tuple(steps_of(found.trace)))
