"""Byzantine reliable broadcast, against the published counts of its TLA+ specification; its guards are needed."""

from math import comb

import pytest
from assay.checker.errors import ModelError
from assay.checker.language import Set, action, require, weak
from assay.checker.properties.check import Engine, Options
from assay.models.classics.byzantine_broadcast import (
    AThirdFaulty,
    ByzantineBroadcast,
    Echo,
    EchoingOnlyTheBroadcaster,
    FairByzantineBroadcast,
    NothingBroadcast,
    Phase,
    Process,
)
from examination import catches, counterexample, counts, examine

NATIVE = Options(engine=Engine.NATIVE)

IDLE = 14_424
"""TLC counts one step more out of each state: in the published specification all may stay as it is."""


def test_counts_are_those_that_are_published():
    assert counts(examine(ByzantineBroadcast, options=NATIVE)) == (14_424, 227_344 - IDLE, 7)


def test_where_nothing_is_broadcast_there_are_as_many_states_as_choices_of_the_correct_processes():
    found = examine(NothingBroadcast, options=NATIVE, Process=10, Few=6, Most=8)
    assert counts(found) == (comb(10, 8), 45, 1), "published: 45 states, 90 with one step each in which nothing happens"


def test_a_third_of_faulty_processes_forges_a_message():
    result = examine(AThirdFaulty)
    assert "unforgeability" in result.violated
    assert counterexample(result, "unforgeability")[-1] == "accept"


def test_such_an_instance_is_refused_where_one_of_few_must_be_correct():
    with pytest.raises(ModelError, match="the axiom one_of_few_is_correct is false"):
        examine(NothingBroadcast, Process=3, Few=1, Most=2)


class AcceptsFew(ByzantineBroadcast):
    @action
    def accept(self, p: Process, new: Set[Process]) -> None:
        require(self.phase[p] != Phase.ACCEPTED)
        self.hear(p, new)
        require(self.has_few(p))
        self.phase[p] = Phase.ACCEPTED
        self.send(Echo(p))


def test_accepting_few_is_caught():
    assert catches(AcceptsFew, "accepted_with_most", "smoke")


def test_fair_steps_lead_to_no_other_states_and_correct_processes_accept_in_the_end():
    found = examine(FairByzantineBroadcast, options=NATIVE)
    assert counts(found)[0] == IDLE
    assert found.as_expected


def test_without_relaying_a_faulty_process_has_one_accept_and_another_wait_for_ever():
    result = examine(EchoingOnlyTheBroadcaster, options=NATIVE)
    assert result.violated == ("relay",)
    actions = counterexample(result, "relay")
    assert actions[-1] == "accept", "with the echo of a faulty process, which need not come again"


class AcceptingFairly(EchoingOnlyTheBroadcaster):
    """Fairness of a step that may receive what a faulty process sends."""

    fairness = (weak("accept", each="p"),)


def test_fairness_that_has_faulty_processes_help_would_hide_it():
    assert not examine(AcceptingFairly, options=NATIVE).violated
