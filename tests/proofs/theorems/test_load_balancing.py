"""The theorem on round robin against running it."""

from itertools import pairwise

import pytest
from assay.checker.verdicts import Verdict
from assay.proofs.theorems.deciding import decide
from assay.proofs.theorems.evaluation import Interpretation, is_true
from assay.proofs.theorems.load_balancing import ROUND_ROBIN, STEPPED, invariant
from assay.proofs.theorems.statements import choose, equal, numbers
from assay.proofs.theorems.theorem import Conjecture

n, m, q, pointer, i, load = numbers("n m q pointer i load")
CLAIMS = {claim.name: claim for claim in ROUND_ROBIN.claims}


def states(backends, requests):
    """Yield the pointer and the loads after each number of requests."""
    loads, place = [0] * backends, 0
    for _ in range(requests + 1):
        yield place, tuple(loads)
        loads[place] += 1
        place = (place + 1) % backends


@pytest.mark.parametrize("backends", range(1, 6))
def test_every_state_satisfies_the_invariant_and_the_theorem(backends):
    for requests, (place, loads) in enumerate(states(backends, 12)):
        assert set(loads) <= {requests // backends, -(-requests // backends)}
        assert max(loads) - min(loads) <= 1
        for backend, count in enumerate(loads):
            found = Interpretation(
                0,
                {},
                {"n": backends, "m": requests, "q": requests // backends}
                | {"pointer": place, "i": backend, "load": count, "j": 0, "other": loads[0]},
            )
            assert is_true(invariant(m, q, pointer, i, load), found)
            for name in ("preserved", "floor or ceiling", "balanced", "whole rounds"):
                assert is_true(CLAIMS[name].hypotheses, found)
                assert is_true(CLAIMS[name].then, found)


@pytest.mark.parametrize("backends", range(1, 6))
def test_the_step_of_the_theorem_is_a_step_of_round_robin(backends):
    for requests, (before, after) in enumerate(pairwise(states(backends, 12))):
        for backend in range(backends):
            numbers_ = {"n": backends, "m": requests, "q": requests // backends, "pointer": before[0]}
            found = Interpretation(0, {}, numbers_ | {"i": backend, "load": before[1][backend]})
            expected = (requests + 1, (requests + 1) // backends, after[0], backend, after[1][backend])
            assert all(is_true(equal(new, value), found) for new, value in zip(STEPPED, expected, strict=True))


def test_a_pointer_that_skips_breaks_the_induction():
    m_, q_, _, i_, load_ = STEPPED
    skipping = choose(pointer + 2 >= n, 0, pointer + 2)
    claim = CLAIMS["preserved"]
    finding = decide(Conjecture("skips", "a pointer that skips", invariant(m_, q_, skipping, i_, load_), claim.given))
    assert finding.truth is Verdict.VIOLATED


def test_a_request_that_goes_elsewhere_breaks_the_induction():
    m_, q_, pointer_, i_, _ = STEPPED
    wrong = choose(equal(i, 0), load + 1, load)
    claim = CLAIMS["preserved"]
    finding = decide(Conjecture("first", "always the first", invariant(m_, q_, pointer_, i_, wrong), claim.given))
    assert finding.truth is Verdict.VIOLATED
