"""Journals: executed again, and refused where they tell what cannot have happened."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from assay.checker.running.journals import judge, merge
from assay.checker.verdicts import Verdict
from assay.impl import two_phase_commit
from assay.impl.node import freeze, mutated
from assay.impl.runtime.codec import Codec
from assay.impl.two_phase_commit import Abort, Coordinator, Participant, Prepared, Refused, State, VoteRequest

CLUSTER = two_phase_commit.cluster(participants=1)
CODEC = Codec([Coordinator, Participant])


def encoded(value: Any) -> Any:
    return CODEC.encode(freeze(value))


def line(time: int, node: str, event: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"node": node, "time": time, "event": event, "choices": [], "changed": {}, "sends": [], "client": [], **rest}


def received(source: str, message: object) -> dict[str, Any]:
    return {"kind": "receive", "from": source, "message": encoded(message)}


def a_run() -> dict[str, list[dict[str, Any]]]:
    refused = {"state": encoded(State.ABORTED)}
    decided = {"decision": encoded(two_phase_commit.Decision.ABORT)}
    return {
        "c": [line(1, "c", {"kind": "start"}), line(4, "c", received("p1", Refused()), changed=decided)],
        "p1": [
            line(2, "p1", {"kind": "start"}),
            line(3, "p1", received("c", VoteRequest()), choices=[["vote", "abort"]], changed=refused),
            line(5, "p1", received("c", Abort())),
            line(6, "p1", {"kind": "recover"}),
        ],
    }


def test_a_run_that_did_what_is_claimed_conforms() -> None:
    judged = judge(CLUSTER, a_run())
    assert judged.findings == []
    assert judged.refines is Verdict.HOLDS
    assert judged.actions == {"refuse": 1, "decide_abort": 1, "tell": 1}
    assert [str(step) for step, _ in judged.steps][-2:] == ["p1 crashes", "p1 handles recovery"]


def spoil(node: str, number: int, **changes: Any) -> dict[str, list[dict[str, Any]]]:
    run = copy.deepcopy(a_run())
    run[node][number].update(changes)
    return run


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (spoil("p1", 1, changed={}), "state became another value when it ran than it does now"),
        (spoil("p1", 1, choices=[["vote", "perhaps"]]), "it chose what an explorer does not let it choose"),
        (spoil("c", 1, event=received("p1", Prepared())), "Prepared() from p1 to c arrived, and nobody has sent it"),
        (spoil("c", 1, time=0), "arrived, and nobody has sent it"),
    ],
)
def test_a_journal_of_what_cannot_have_happened_is_found(run: Any, said: str) -> None:
    (finding,) = judge(CLUSTER, run).findings
    assert finding.check == "replay"
    assert said in finding.message


def test_a_run_of_a_mutant_is_no_run_of_the_model() -> None:
    cluster = mutated(CLUSTER, two_phase_commit.AbortingWhenUncertain)
    run = a_run()
    prepared = {"state": encoded(State.PREPARED)}
    run["p1"][1].update(choices=[["vote", "commit"]], changed=prepared)
    run["p1"][2:] = [
        line(4, "p1", {"kind": "timer", "timer": ["uncertain"]}, changed={"state": encoded(State.ABORTED)})
    ]
    run["c"][1:] = []
    judged = judge(cluster, run)
    assert judged.refines is Verdict.VIOLATED
    assert [finding.check for finding in judged.findings] == ["refinement"]
    assert judged.findings[0].step == 4


def test_steps_are_put_in_the_order_in_which_they_were_written() -> None:
    assert [step["time"] for step in merge(a_run())] == [1, 2, 3, 4, 5, 6]
