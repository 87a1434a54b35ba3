"""Gate implementations: check the nodes of a protocol against its model, and that its mutants are caught."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable, Iterator

from assay.checker.changes.chance import not_checked
from assay.checker.changes.classes import unmet
from assay.checker.changes.places import line_of
from assay.checker.changes.predicates import digests
from assay.checker.engine.limits import Limits
from assay.checker.errors import UsageError
from assay.checker.gate.facts import Name, Value
from assay.checker.gate.instances import parsed
from assay.checker.gate.requests import Objection, Request, Verified
from assay.checker.implementations.checking import check_cluster
from assay.checker.implementations.loading import NamedCluster, load_cluster, mutants_of
from assay.checker.implementations.results import ClaimResult, ClusterClaim, ImplementationResult
from assay.checker.language.expectations import Expectation, Holds, Violates, parse_expectation
from assay.checker.language.introspection import source
from assay.checker.report.run import plural
from assay.checker.verdicts import Verdict
from assay.checker.wording import nearest
from assay.impl.node.errors import ClusterError

__all__ = ["verify"]

Alive = Callable[[], None]


def verify(request: Request, is_alive: Alive) -> Iterator[Verified]:
    """Check a cluster at each of its sizes, and its mutants once, each at its own size.

    Raises
    ------
    AssayError
        If it cannot be loaded, or its description is invalid.
    """
    for number, words in enumerate(request.instances):
        began = time.perf_counter()
        named = _cluster(request.reference, words)
        result = _checked(named, request, is_alive)
        expected = _expected(request, named, result)
        facts, objections = [*_facts(named, result, expected)], [*_objections(result, expected), *_chance(named)]
        if request.mutants and number == 0 and named.mutant is None:
            for mutant in _mutants(request, named):
                fact, objection = _caught(request, mutant, is_alive)
                facts.append(fact)
                objections += [] if objection is None else [objection]
        yield Verified(request.reference, words, tuple(facts), tuple(objections), time.perf_counter() - began)


def _cluster(reference: str, words: str) -> NamedCluster:
    name, settings = parsed(words)
    if name != "default":
        raise UsageError(
            f"an implementation has no instance {name!r}", help='say its sizes: "default", "acceptors=3 crashes=1"'
        )
    return load_cluster(reference, settings)


def _checked(named: NamedCluster, request: Request, is_alive: Alive, only: str | None = None) -> ImplementationResult:
    limits = Limits(request.states, None, request.seconds, request.memory)
    try:
        return check_cluster(named.cluster, limits=limits, watch=lambda _: is_alive(), only=only)
    except ClusterError as error:
        raise UsageError(error.message, help=error.help) from None


def _expected(request: Request, named: NamedCluster, result: ImplementationResult) -> Expectation:
    """Return the expectation of the settings, or else that of the mutant; a cluster by itself is expected to hold."""
    given = parse_expectation(request.expect["*"]) if request.expect else None
    if given is None:
        return Holds() if named.expected is None else Violates(named.expected.by[0])
    known = [claim.name for claim in result.claims]
    if isinstance(given, Violates) and given.property not in known:
        hint = nearest(given.property, known)
        raise UsageError(f"{named.name} claims nothing called {given.property!r}{hint}")
    return given


def _facts(named: NamedCluster, result: ImplementationResult, expected: Expectation) -> Iterator[tuple[Name, Value]]:
    explored = result.exploration
    yield ("expected",), str(expected)
    yield ("verdict",), result.verdict.value
    yield ("sizes",), " ".join(f"{name}={value}" for name, value in named.sizes.items())
    if result.is_exhaustive:  # else they depend on where the search ended
        yield ("worlds",), explored.worlds
        yield ("generated",), explored.generated
        yield ("depth",), explored.depth
    met: set[Name] = set()
    for claim in result.claims:
        *about, last = _name(claim)
        name = (*about, unmet(last, {other[-1] for other in met if other[:-1] == (*about,)}))  # lambdas share one name
        met.add(name)
        if result.is_exhaustive or claim.verdict is Verdict.VIOLATED:
            yield name, _word(claim)
    if result.is_exhaustive and result.abstraction is not None:
        yield ("coverage", "states"), result.states
        if result.edges is not None:
            yield ("coverage", "steps"), result.edges.taken
            yield ("coverage", "of"), "too many to count" if result.edges.all is None else result.edges.all
        yield ("never",), ", ".join(result.never)
    if named.cluster.strict:  # a claim, too: without it, a message that its receiver does not handle is a warning
        yield ("strict",), "every message is handled"
    if isinstance(expected, Holds):
        yield from ((("statement", name), digest) for name, digest in digests(named))


def _name(claim: ClaimResult) -> Name:
    """Return a claim's fact name; the prefix keeps predicates apart from the built-in claims of the same name."""
    is_predicate = claim.kind in (ClusterClaim.INVARIANT, ClusterClaim.REACHABLE)
    return ("claim", claim.name) if is_predicate else (claim.kind.name.lower(),)


def _word(claim: ClaimResult) -> str:
    """Return a verdict with the length of the shortest run that shows it."""
    return f"{claim.verdict.value}, in {plural(len(claim.trace), 'world')}" if claim.trace else claim.verdict.value


def _objections(result: ImplementationResult, expected: Expectation) -> Iterator[Objection]:
    wanted = expected.property if isinstance(expected, Violates) else None
    if wanted is not None and wanted not in result.violated and result.verdict is not Verdict.UNKNOWN:
        instead = f"; violated instead: {', '.join(result.violated)}" if result.violated else ""
        yield Objection("CHK002", f"it is expected to violate {wanted}, and does not{instead}", (wanted,))
    elif wanted is None:
        yield from (_violation(claim) for claim in result.claims if claim.verdict is Verdict.VIOLATED)
    if result.verdict is Verdict.UNKNOWN:
        stop = result.exploration.stop
        open_ = ", ".join(claim.name for claim in result.claims if claim.verdict is Verdict.UNKNOWN)
        yield Objection("CHK003", f"it was not decided: {open_ if stop is None else stop.detail}")


def _chance(named: NamedCluster) -> Iterator[Objection]:
    left_out = not_checked(named)
    if left_out:
        yield Objection("IMP004", f"not checked: {left_out}", ("chance",))


def _violation(claim: ClaimResult) -> Objection:
    rule = "IMP001" if claim.kind is ClusterClaim.REFINEMENT else "CHK001"
    steps = tuple((str(step), None) for step, _ in claim.trace if step is not None)
    said = "the last step is no step of the model" if rule == "IMP001" else claim.violation
    note = f": {claim.note}" if claim.note else ""
    return Objection(rule, f"{said}{note}", (claim.kind.name, claim.name), None, steps)


def _mutants(request: Request, named: NamedCluster) -> Iterator[NamedCluster]:
    for mutant in mutants_of(named.module):
        if not any(fnmatch.fnmatchcase(mutant.__name__, pattern) for pattern in request.exclude):
            yield load_cluster(f"{request.reference}:{mutant.__name__}")


def _caught(request: Request, named: NamedCluster, is_alive: Alive) -> tuple[tuple[Name, Value], Objection | None]:
    """Return the claims that caught a mutant as a fact, and an objection if one of the expected claims did not."""
    assert named.mutant is not None
    assert named.expected is not None
    name, place = named.mutant.__name__, line_of(source.class_location(named.mutant))
    found = {claim: _checked(named, request, is_alive, claim).verdict for claim in named.expected.by}
    by = [claim for claim, verdict in found.items() if verdict is Verdict.VIOLATED]
    fact: tuple[Name, Value] = (("mutant", name), f"caught by {', '.join(by)}" if by else "missed")
    missing = [claim for claim, verdict in found.items() if verdict is Verdict.HOLDS]
    open_ = [claim for claim, verdict in found.items() if verdict is Verdict.UNKNOWN]
    if missing:
        return fact, Objection("IMP002", f"{name} is not caught by {', '.join(missing)}", (name, *missing), place)
    if open_:
        return fact, Objection("CHK003", f"whether {name} is caught by {', '.join(open_)} is unknown", (name,), place)
    return fact, None
