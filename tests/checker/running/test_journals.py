"""Journals: executed again, and refused where they tell what cannot have happened."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from assay.checker.histories.judgement import Judgement, Part
from assay.checker.implementations.refinement import ModelPaths
from assay.checker.report.running import RunReport, lines
from assay.checker.running import journals
from assay.checker.running.fleet import Deployment
from assay.checker.running.journals import JudgedRun, judge, merge
from assay.checker.running.run import Plan, Run
from assay.checker.verdicts import Verdict
from assay.impl import two_phase_commit
from assay.impl.node import Cluster, Node, World, freeze, mutated, on_timeout
from assay.impl.node.world import Invocation, Response
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


def sent(destination: str, message: object) -> list[Any]:
    return [[destination, encoded(message)]]


def a_run() -> dict[str, list[dict[str, Any]]]:
    refused = {"state": encoded(State.ABORTED)}
    decided = {"decision": encoded(two_phase_commit.Decision.ABORT)}
    return {
        "c": [
            line(1, "c", {"kind": "start"}, sends=sent("p1", VoteRequest())),
            line(4, "c", received("p1", Refused()), changed=decided, sends=sent("p1", Abort())),
        ],
        "p1": [
            line(2, "p1", {"kind": "start"}),
            line(
                *(3, "p1", received("c", VoteRequest())),
                choices=[["vote", "abort"]],
                changed=refused,
                sends=sent("c", Refused()),
            ),
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
        (spoil("c", 1, sends=[]), "it sent something else when it ran than it does now"),
        (spoil("c", 1, client=[["respond", 1]]), "its clients heard something else when it ran than they do now"),
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
    run["p1"][1].update(choices=[["vote", "commit"]], changed=prepared, sends=sent("c", Prepared()))
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


def test_of_what_is_outside_of_the_constraint_nothing_is_said() -> None:
    def nobody_has_aborted(world: World) -> bool:
        return all(node.state is not State.ABORTED for node in world.of(Participant).values())

    def never_asked(world: World) -> bool:
        return nobody_has_aborted(world)

    judged = judge(replace(CLUSTER, constraint=nobody_has_aborted, invariants=(never_asked,)), a_run())
    assert (judged.left, judged.findings, judged.refines) == (3, [], Verdict.UNKNOWN)
    judged = judge(replace(CLUSTER, constraint=lambda world: False, invariants=(never_asked,)), a_run())
    assert (judged.left, judged.findings, judged.refines) == (2, [], Verdict.UNKNOWN)
    assert run_of(judged, "nothing happened any more").verdict is Verdict.UNKNOWN


def test_claims_are_about_worlds_in_which_all_nodes_have_started() -> None:
    """As of those that are explored: the starts of nodes are no steps."""

    def votes_are_asked_for(world: World) -> bool:
        return any(True for _ in world.messages(VoteRequest))

    judged = judge(replace(CLUSTER, invariants=(votes_are_asked_for,)), spoil("p1", 0, time=0))
    assert (judged.findings, judged.refines) == ([], Verdict.HOLDS)


class Client(Node):
    """Asks when it starts, and is answered after a while."""

    def on_start(self) -> None:
        self.invoke("read")
        self.set_timer("answer", 1)

    @on_timeout("answer")
    def answer(self) -> None:
        self.respond(1)


def test_what_clients_saw_keeps_the_order_of_real_time() -> None:
    """A client that starts after another was answered asks after that."""
    asks = {"event": {"kind": "start"}, "client": [["invoke", encoded("read")]]}
    answered = {"event": {"kind": "timer", "timer": ["answer"]}, "client": [["respond", encoded(1)]]}
    run = {"a": [line(1, "a", **asks), line(2, "a", **answered)], "b": [line(3, "b", **asks)]}
    judged = judge(Cluster({"a": Client(), "b": Client()}, history=True), run)
    assert judged.findings == []
    assert judged.history == (Invocation("a", "read"), Response("a", 1), Invocation("b", "read"))


def test_a_step_of_which_it_stays_open_whether_it_is_the_models_leaves_the_run_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journals, "ModelPaths", partial(ModelPaths, most=3))
    judged = judge(CLUSTER, a_run())
    assert (judged.refines, judged.findings) == (Verdict.UNKNOWN, [])
    assert judged.undecided == [3, 4]
    run = run_of(judged, "nothing happened any more")
    assert run.verdict is Verdict.UNKNOWN
    said = "\n".join(text.plain for text in lines(RunReport(run, "assay run")))
    assert "this run does not show it: whether step 3 is one of the model's" in said


def run_of(judged: JudgedRun, ending: str, judgement: Judgement | None = None) -> Run:
    deployment = Deployment("two_phase_commit", "cluster", {}, None, 0, Path())
    return Run(Plan(CLUSTER, deployment, {}), ending, judged=judged, judgement=judgement)


def test_what_clients_saw_is_a_finding_however_the_run_ended() -> None:
    wrong = Judgement((Part(None, Verdict.VIOLATED, ()),))
    judged = judge(CLUSTER, a_run())
    assert run_of(judged, "it was interrupted").verdict is Verdict.UNKNOWN
    assert run_of(judged, "it was interrupted", wrong).verdict is Verdict.VIOLATED
    assert run_of(judged, "its time was over", wrong).verdict is Verdict.VIOLATED
    assert run_of(judged, "its time was over").verdict is Verdict.HOLDS
