"""Flexible Paxos: as Paxos where the quorums are the same, and right where only those of different phases meet."""

import pytest
from assay.checker.errors import ModelError
from assay.checker.language.introspection.specification import specify
from assay.models.flexible_paxos import FlexiblePaxos, FlexiblePaxosWithQuorumsApart, FlexiblePaxosWithSmallQuorums
from assay.models.paxos import Paxos
from examination import counterexample, counts, examine


def test_counts_with_all_promises_and_one_vote():
    assert counts(examine(FlexiblePaxos)) == (513, 2577, 17)


def test_majorities_in_both_phases_are_paxos():
    flexible = examine(FlexiblePaxos, Acceptor=2, PhaseOneQuorum="majority", PhaseTwoQuorum="majority")
    assert counts(flexible) == counts(examine(Paxos, "smoke"))


def test_quorums_of_paxos_are_no_part_of_it():
    """What a variant replaces does not bring its sorts along."""
    assert [quorum.cls.__name__ for quorum in specify(FlexiblePaxos).quorums] == ["PhaseOneQuorum", "PhaseTwoQuorum"]


@pytest.mark.slow
def test_rows_and_columns_of_a_grid_are_quorums():
    """Two rows need not meet, nor two columns: each row meets each column."""
    grid = {"PhaseOneQuorum": "{1,2},{3,4}", "PhaseTwoQuorum": "{1,3},{2,4}"}
    assert "agreement" not in examine(FlexiblePaxos, Acceptor=4, Value=2, **grid).violated


def test_phases_that_do_not_meet_are_refused():
    with pytest.raises(ModelError, match="the axiom quorums_meet is false"):
        examine(FlexiblePaxos, Acceptor=2, PhaseOneQuorum=1, PhaseTwoQuorum=1)


def test_quorums_that_meet_only_within_their_phase_violate_agreement():
    result = examine(FlexiblePaxosWithQuorumsApart)
    assert result.violated == ("agreement",)
    assert sorted(counterexample(result, "agreement")) == sorted(["prepare", "promise", "propose", "accept"] * 2)


def test_small_quorums_in_both_phases_violate_agreement():
    result = examine(FlexiblePaxosWithSmallQuorums)
    assert result.violated == ("agreement",)
    assert sorted(counterexample(result, "agreement")) == sorted(["prepare", "promise", "propose", "accept"] * 2)
