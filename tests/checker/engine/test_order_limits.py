"""When a run is said to have come to the greatest element of an order, and when that means nothing."""

import pytest
from assay.checker.engine.explorers import Engine, Search, explore
from assay.checker.language import Bag, Map, Model, Order, Seq, Set, action, record
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.models.classics.fenced_lock import EpochLock
from assay.models.classics.ricart_agrawala import RicartAgrawala
from assay.models.classics.ring_election import RingElection
from assay.models.paxos import Paxos


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
@pytest.mark.parametrize(
    ("cls", "settings", "orders"),
    [
        (Paxos, {}, ("Ballot",)),
        (EpochLock, {}, ("Epoch",)),  # some initial states hold the last epoch, and others come to it
        (RingElection, {}, ()),  # every ring has all identities from the beginning
        (RingElection, {"Node": 2, "Identity": 3}, ("Identity",)),
        (RicartAgrawala, {}, ("Time",)),  # nodes are ordered too, to break ties
    ],
)
def test_only_an_order_that_a_run_gets_ahead_in_counts(engine, cls, settings, orders):
    instance = instantiate(specify(cls), settings, name="smoke")
    with instance.active():
        assert explore(instance, Search(keep_going=True), engine).order_limits == orders


class Term(Order):
    """What a run gets ahead in."""


@record
class InSeq:
    log: Seq[Term, 2]


@record
class InSet:
    seen: Set[Term]


@record
class InBag:
    sent: Bag[Term, 2]


@record
class InMap:
    at: Map[bool, tuple[Term | None, bool]]


class Sequences(Model):
    default = {"Term": 2}
    held: InSeq | None

    @action
    def put(self, value: InSeq) -> None:
        self.held = value


class Sets(Model):
    default = {"Term": 2}
    held: InSet | None

    @action
    def put(self, value: InSet) -> None:
        self.held = value


class Bags(Model):
    default = {"Term": 2}
    held: InBag | None

    @action
    def put(self, value: InBag) -> None:
        self.held = value


class Maps(Model):
    default = {"Term": 2}
    held: InMap | None

    @action
    def put(self, value: InMap) -> None:
        self.held = value


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
@pytest.mark.parametrize("cls", [Sequences, Sets, Bags, Maps])
def test_a_container_inside_a_value_holds_elements_too(cls, engine):
    instance = instantiate(specify(cls))
    with instance.active():
        assert explore(instance, Search(keep_going=True), engine).order_limits == ("Term",)
