"""What the programs that we compare ourselves with print, and that we read it right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks import spin, tlc
from tests.benchmarks.figures import Figures
from tests.benchmarks.promela.paxos import paxos
from tests.benchmarks.promela.two_phase import two_phase

SPIN = """
State-vector 36 byte, depth reached 1, errors: 0
 10340352 states, stored
1.2355840e+08 transitions (= stored+matched)
pan: elapsed time 30.5 seconds
"""

TLC = """
Model checking completed. No error has been found.
1146 states generated, 288 distinct states found, 0 states left on queue.
Finished in 1min 02s at (2024-01-01 00:00:00)
"""


def test_a_report_of_spin_is_read():
    assert spin.read_report(SPIN) == Figures(10_340_352, 123_558_400, 30.5)


def test_a_report_of_tlc_is_read():
    assert tlc.read_report(TLC) == Figures(288, 1146, 62)


@pytest.mark.parametrize("words", ["errors: 1", "errors: 0 Search not completed"])
def test_an_incomplete_report_of_spin_is_refused(words):
    with pytest.raises(ValueError, match="did not complete"):
        spin.read_report(SPIN.replace("errors: 0", words))


@pytest.mark.skipif(not spin.available(), reason="SPIN and gcc are not installed")
def test_spin_counts_two_phase_commit_as_we_do():
    figures = spin.run_spin(two_phase(3), hash_bits=16)
    assert (figures.distinct, figures.generated) == (288, 1146)


@pytest.mark.slow
@pytest.mark.skipif(not spin.available(), reason="SPIN and gcc are not installed")
def test_spin_counts_paxos_with_three_acceptors_three_ballots_and_two_values():
    assert spin.run_spin(paxos(3), hash_bits=20).distinct == 185_369
