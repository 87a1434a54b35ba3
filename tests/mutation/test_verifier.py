"""No mutant of the library is proved that an instance violates, and the engines agree on every one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation import campaign

EACH = 8
"""Mutants of each model that are tried here; ``python -m tests.mutation`` tries more."""

FEWER = {
    "byzantine_broadcast": 2,
    "cache_coherence": 4,
    "chord": 2,
    "epaxos": 2,
    "hybrid_broadcast": 4,
    "lock": 4,
    "logless_reconfiguration": 4,
    "logless_reconfiguration:LoglessReconfigurationOfQuorums": 1,
    "multi_paxos": 4,
    "multi_paxos:MultiPaxosWithLogs": 4,
    "multi_paxos_by_votes": 4,
    "quorum_register": 4,
    "raft:RaftWithHistory": 1,
    "raft_completeness": 1,
    "raft_snapshots_completeness": 1,
    "replication": 4,
    "three_phase_commit": 4,
}
"""Where eight mutants take about a minute of processor time, or more."""

PAGE = Path(__file__).parents[2] / "ARCHITECTURE.md"


@pytest.mark.slow
@pytest.mark.parametrize("subject", list(campaign.subjects()), ids=str)
def test_no_mutant_is_proved_that_an_instance_violates(subject: campaign.Subject) -> None:
    outcomes = campaign.run([subject], each=FEWER.get(str(subject), EACH), workers=1)
    found = [outcome for outcome in outcomes if outcome.findings.contradictions]
    assert [(o.mutant.place, o.mutant.change, o.findings.contradictions) for o in found] == []


def test_the_models_of_which_fewer_mutants_are_tried_exist() -> None:
    assert {str(subject) for subject in campaign.subjects()} >= set(FEWER)


def test_the_table_in_the_documentation_is_about_these_mutants() -> None:
    lines = campaign.printed(PAGE.read_text(encoding="utf-8")).splitlines()[2:-1]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    there_are = {str(subject): len(campaign.kinds_of(subject)) for subject in campaign.subjects()}
    # A model that says nothing new but what is fair has nothing to break, and no row.
    assert {row[0]: int(row[1]) for row in rows} == {name: count for name, count in there_are.items() if count}
    assert [row[0] for row in rows] == [name for name in there_are if there_are[name]]
    assert all(0 < int(row[2]) <= int(row[1]) for row in rows)
    assert {row[-1] for row in rows} == {"0"}
