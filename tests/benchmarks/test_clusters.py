"""What the native explorer of implementations promises, at a size that a test has time for."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from assay.checker.implementations import plain

from tests.benchmarks.clusters import basic_paxos, measure


def test_a_state_takes_less_than_64_bytes_and_a_call_serves_1000_steps() -> None:
    found, _ = measure(basic_paxos(), most=150_000)
    assert found.worlds == 150_000
    assert found.memory / found.worlds < 64
    assert found.generated / found.calls > 100  # 1,000 and more where the search goes on


@pytest.mark.slow
def test_paxos_with_two_ballots_each_is_explored_whole() -> None:
    found, _ = measure(basic_paxos())
    assert found.complete
    assert (found.worlds, found.generated) == (8_226_640, 32_729_441)
    assert found.generated / found.calls > 1000


@pytest.mark.slow
def test_paxos_with_a_ballot_each_is_as_the_plain_explorer_has_it() -> None:
    expected, found = plain.explore(basic_paxos(ballots=1), remembers=True), measure(basic_paxos(ballots=1))[0]
    assert (found.worlds, found.generated, found.depth) == (expected.worlds, expected.generated, expected.depth)
