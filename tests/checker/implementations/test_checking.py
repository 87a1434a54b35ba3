"""Checks of implementations: what the native refinement finds is what the plain one finds; mutants are caught."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import assay.impl
import pytest
from assay.checker.engine.limits import Limits
from assay.checker.errors import UsageError
from assay.checker.histories import linearizability, sequential, specifications
from assay.checker.histories.searching import Limit
from assay.checker.implementations import plain
from assay.checker.implementations.checking import check_cluster
from assay.checker.implementations.covering import cover
from assay.checker.implementations.fuzzing import fuzz
from assay.checker.implementations.loading import load_cluster, mutants_of
from assay.checker.implementations.native.explorer import explore
from assay.checker.implementations.native.findings import Watched
from assay.checker.implementations.refinement import refine
from assay.checker.implementations.results import ClaimResult, ClusterClaim
from assay.checker.verdicts import Verdict
from assay.impl.node import Address, Cluster, Faults, Network, Node, NodeError, World, message, mutated, on, on_timeout
from assay.impl.node.errors import ClusterError

from tests.checker.implementations.test_plain import Get, Put, Reply
from tests.tiers import first_tier, one_in


def _cases() -> list[Any]:
    return [
        ("paxos", {"acceptors": 2, "proposers": 1, "ballots": 2}),
        ("two_phase_commit", {}),
        ("round_robin", {}),
        ("lock", {"clients": 1}),
        ("raft", {"servers": 2}),
        ("replication", {"failovers": 0, "drops": 1}),
        ("abd", {"replicas": 2, "writes": 1, "reads": 1}),
        pytest.param("replication", {}, marks=pytest.mark.slow),
    ]


@pytest.mark.parametrize(("name", "settings"), one_in(3, _cases()))
def test_the_native_refinement_is_the_plain_one(name: str, settings: dict[str, int]) -> None:
    cluster: Cluster = importlib.import_module(f"assay.impl.{name}").cluster(**settings)
    expected, found = refine(cluster), check_cluster(cluster)
    assert found.verdict is Verdict.HOLDS
    assert found.is_exhaustive
    assert (found.exploration.worlds, found.exploration.generated - 1) == (expected.worlds, expected.steps)
    assert {name for path in found.paths.values() for name, _ in path} == expected.actions()
    assert len(found.paths) == len({edge for edge in expected.edges if edge[0] != edge[1]})
    assert found.edges is not None
    assert found.edges.all is not None
    assert 0 < found.edges.taken <= found.edges.all


SLOW_TO_EXPLORE = ("abd", "lock", "paxos", "replication")


def _families() -> list[Any]:
    names = [entry.name for entry in pkgutil.iter_modules(assay.impl.__path__) if not entry.ispkg]
    return [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW_TO_EXPLORE)) for name in names]


@pytest.mark.parametrize("name", one_in(2, _families()))
def test_every_world_of_the_size_that_is_stated_does_what_is_claimed(name: str) -> None:
    module = importlib.import_module(f"assay.impl.{name}")
    cluster: Cluster = module.cluster(**module.EXPLORED)
    assert cluster.refines is not None
    found = check_cluster(cluster)
    assert found.verdict is Verdict.HOLDS
    assert found.is_exhaustive


def _mutants() -> list[Any]:
    names = [entry.name for entry in pkgutil.iter_modules(assay.impl.__path__) if not entry.ispkg]
    modules = [importlib.import_module(f"assay.impl.{name}") for name in names]
    return [(module, cls) for module in modules for cls in mutants_of(module)]


SLOW_TO_FIND = {
    ("paxos", "ForgetfulPromise", "agreement"),
    ("paxos", "ForgetfulVote", "agreement"),
    ("paxos", "VotingBelowThePromise", "agreement"),
    ("paxos", "IgnoringVotes", "agreement"),
    ("paxos", "CountingPromisesTwice", "agreement"),
    ("paxos", "ForgettingItsBallots", "refinement"),
    ("paxos", "IgnoringVotes", "refinement"),
    ("paxos", "TakingPromisesOfAnyBallot", "refinement"),
    ("lock", "FenceInMemory", "refinement"),
    ("lock", "NotWaitingForTheResource", "refinement"),
    ("lock", "TakingLateReplies", "refinement"),
    ("lock", "WakingTheHerd", "refinement"),
    ("lock", "WatchingWithoutLooking", "refinement"),
    ("lock", "WithoutFencing", "refinement"),
    ("raft", "CommittingByCounting", "refinement"),
    ("raft", "CommittingWhatItDoesNotHave", "refinement"),
    ("raft", "CountingVotesTwice", "refinement"),
    ("raft", "CuttingOff", "refinement"),
    ("raft", "LogInMemory", "refinement"),
    ("raft", "TakingVotesOfAnyTerm", "refinement"),
    ("raft", "VoteInMemory", "refinement"),
    ("raft", "VotingForAnyLog", "refinement"),
    ("raft", "VotingTwice", "refinement"),
    ("replication", "CopyingFromAnybody", "refinement"),
    ("replication", "IgnoringVersions", "refinement"),
    ("replication", "KeepingItsOwnLog", "refinement"),
}
"""Counterexamples beyond some thousand worlds, or behind many states of the model: for the second tier."""

TOO_SLOW = ("paxos", "BelievingTheEarliestVote", "refinement")
"""A counterexample that takes three ballots of three proposers: minutes."""


def _family(module: Any) -> str:
    return str(module.__name__.rpartition(".")[2])


def _caught() -> list[Any]:
    """One mutant of each implementation and check is in the first tier, the first that is found in little time."""
    checks = [(module, cls, by) for module, cls in _mutants() for by in cls.expected.by]
    checks = [check for check in checks if (_family(check[0]), check[1].__name__, check[2]) != TOO_SLOW]
    slow = [(_family(module), cls.__name__, by) in SLOW_TO_FIND for module, cls, by in checks]
    first = {
        (module, by): cls for (module, cls, by), late in zip(reversed(checks), reversed(slow), strict=True) if not late
    }
    cases = [
        pytest.param(*check, id=f"{_family(check[0])}-{check[1].__name__}-{check[2]}", marks=[pytest.mark.slow] * late)
        for check, late in zip(checks, slow, strict=True)
    ]
    return first_tier(cases, lambda case: first.get((case.values[0], case.values[2])) is case.values[1])


def test_what_is_slow_to_find_is_there() -> None:
    assert {(_family(module), cls.__name__, by) for module, cls in _mutants() for by in cls.expected.by} >= SLOW_TO_FIND


@pytest.mark.parametrize(("module", "cls", "by"), one_in(3, _caught()))
def test_a_mutant_is_caught_by_each_check_that_it_names(module: Any, cls: type[Node], by: str) -> None:
    cluster = mutated(module.cluster(**cls.expected.settings), cls)
    found = check_cluster(cluster, only=by)
    assert by in found.violated
    if by == "refinement":
        _demand_the_shortest(cluster, next(claim for claim in found.claims if claim.name == by))


def _demand_the_shortest(cluster: Cluster, claim: ClaimResult) -> None:
    """A failing refinement is as short as the plain explorer's, unless that has more worlds than it has time for."""
    assert claim.divergence is not None
    assert len(claim.divergence.states) == len(claim.trace)
    assert len(claim.trace) == 1 or claim.divergence.attempts
    expected = refine(cluster, max_worlds=1000).failure
    assert not expected or len(claim.trace) == len(expected)


@message
class Tick:
    number: int


class Growing(Node):
    """Counts what it sends to itself, for ever."""

    count: int = 0

    def on_start(self) -> None:
        self.send(self.address, Tick(0))

    @on(Tick)
    def tick(self, sender: Address, message: Tick) -> None:
        self.count += 1
        self.send(self.address, Tick(message.number))


def test_what_grows_without_bound_is_named_with_its_pace_by_both_explorers() -> None:
    cluster = Cluster({"one": Growing()}, network=Network("bag"))
    found = check_cluster(cluster, limits=Limits(states=500))
    assert found.verdict is Verdict.UNKNOWN
    for first in (found.exploration.growth[0], plain.explore(cluster, max_worlds=500).growth[0]):
        assert (first.address, first.attribute, first.goes_on) == ("one", "count", True)
        assert 500 <= first.values <= 501  # the native explorer may know the next one already
        assert first.largest == first.values - 1
        assert first.pace == pytest.approx(1, abs=0.01)


class Repeating(Node):
    """Says the same for ever, and nobody listens."""

    def on_start(self) -> None:
        self.set_timer("again", 1.0)

    @on_timeout("again")
    def again(self) -> None:
        self.send("other", Tick(0))
        self.set_timer("again", 1.0)


@pytest.mark.parametrize("kind", ["bag", "fifo"])
def test_a_network_that_fills_is_named(kind: Literal["bag", "fifo"]) -> None:
    cluster = Cluster({"one": Repeating(), "other": Silent()}, network=Network(kind))
    found = check_cluster(cluster, limits=Limits(states=300)).exploration
    first = found.growth[0]
    assert (first.address, first.attribute, first.goes_on) == (None, "messages on their way", True)
    assert plain.explore(cluster, max_worlds=300).growth[0].attribute == first.attribute


class Counting(Node):
    """Sends another message each time, so that a state takes ever more room."""

    count: int = 0

    def on_start(self) -> None:
        self.set_timer("next", 1.0)

    @on_timeout("next")
    def next(self) -> None:
        self.count += 1
        self.send("other", Tick(self.count))
        self.set_timer("next", 1.0)


def test_what_was_explored_before_more_room_was_made_is_told() -> None:
    """The clock stands still until the first search has no room any more; the second ends before it begins."""

    def below_500(world: World) -> bool:
        return world.nodes["one"].count < 500

    def at_60(world: World) -> bool:
        return world.nodes["one"].count == 60

    ends = iter([Limits(), Limits(seconds=0)])

    class Ending(Limits):
        def after(self, seconds: float) -> Limits:
            return next(ends)

    watched = [Watched("at_60", at_60, fires=True, ends=False)]
    cluster = Cluster({"one": Counting(), "other": Silent()}, constraint=below_500)
    found = explore(cluster, watched, limits=Ending())
    assert found.attempts == 2
    assert found.stop is not None
    assert not found.complete
    assert found.worlds > 60
    assert [len(each.trace) for each in found.found] == [61]


class Silent(Node):
    """Handles nothing."""


def test_a_message_that_nobody_handles_is_told() -> None:
    class Talker(Node):
        def on_start(self) -> None:
            self.send("silent", Tick(1))

    cluster = Cluster({"talker": Talker(), "silent": Silent()})
    assert {(n.__name__, m.__name__) for n, m in check_cluster(cluster).exploration.unhandled} == {("Silent", "Tick")}
    strict = check_cluster(replace(cluster, strict=True))
    assert strict.violated == ("rules",)


def test_an_abstraction_that_is_wrong_is_an_error_with_the_way_there() -> None:
    cluster = importlib.import_module("assay.impl.two_phase_commit").cluster()
    wrong = replace(cluster, abstract=lambda world: {"nothing": 1})
    with pytest.raises(Exception, match="gives no value to"):
        check_cluster(wrong)


def test_a_world_that_the_model_does_not_begin_with_is_a_violation() -> None:
    cluster = importlib.import_module("assay.impl.paxos").cluster(acceptors=2)
    without_messages = replace(cluster, abstract=lambda world: {**cluster.abstract(world), "messages": set()})
    assert check_cluster(without_messages).violated == ("refinement",)
    voted = {"accepted": dict.fromkeys(("a1", "a2")), "promised": dict.fromkeys(("a1", "a2"), 2), "messages": set()}
    found = check_cluster(replace(cluster, abstract=lambda world: voted))
    claim = next(claim for claim in found.claims if claim.kind is ClusterClaim.REFINEMENT)
    assert claim.verdict is Verdict.VIOLATED
    assert len(claim.trace) == 1


def test_a_node_that_fails_at_its_start_is_a_violation() -> None:
    class Failing(Node):
        def on_start(self) -> None:
            raise ValueError("no")

    found = check_cluster(Cluster({"one": Failing()}))
    assert found.violated == ("rules",)
    assert "it raised ValueError: no" in found.claims[0].note


def test_a_predicate_that_fails_is_told_in_a_line() -> None:
    def fails(world: World) -> bool:
        return world.nodes["nobody"].count == 1

    found = check_cluster(Cluster({"one": Silent()}, invariants=(fails,)))
    assert found.violated == ("rules",)
    line = fails.__code__.co_firstlineno + 1
    assert f"fails raises KeyError: 'nobody' at {__file__}:{line}" in found.claims[0].note


def test_implementations_are_found_by_name(tmp_path) -> None:
    named = load_cluster("paxos:ForgetfulPromise", {"acceptors": "2"})
    assert named.mutant is not None
    assert named.sizes["acceptors"] == 2
    for reference, settings, said in [
        ("nothing", {}, "there is no implementation 'nothing'"),
        ("paxos:Nobody", {}, "paxos has no node class 'Nobody'"),
        ("paxos", {"acceptor": "1"}, "has no parameter 'acceptor'"),
        ("paxos", {"acceptors": "many"}, "raises TypeError"),
        (str(tmp_path / "missing.py"), {}, "does not exist"),
    ]:
        with pytest.raises(Exception, match=said) as raised:
            load_cluster(reference, settings)
        assert not isinstance(raised.value, NodeError)
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def cluster():\n    return Cluster({})\n")
    with pytest.raises(UsageError) as raised:
        load_cluster(str(wrong))
    assert str(raised.value).endswith(f"raises NameError: name 'Cluster' is not defined at {wrong}:2")
    wrong.write_text("def cluster():\n    return 5\n")
    with pytest.raises(UsageError) as raised:
        load_cluster(str(wrong))
    assert str(raised.value) == f"cluster of {wrong} returns a int, not a Cluster"
    (tmp_path / "empty.py").write_text("")
    with pytest.raises(UsageError, match="has no function cluster"):
        load_cluster(str(tmp_path / "empty.py"))


def test_a_predicate_that_depends_on_more_than_the_world_is_told() -> None:
    calls: list[int] = []

    def wavers(world: World) -> bool:
        calls.append(1)
        return len(calls) % 2 == 0

    found = check_cluster(Cluster({"one": Silent()}, invariants=(wavers,)))
    assert found.violated == ("rules",)
    assert "wavers has two values in one world" in found.claims[0].note


def test_one_predicate_may_be_an_invariant_and_to_be_reached() -> None:
    def quiet(world: World) -> bool:
        return world.nodes["one"].count == 0

    cluster = Cluster({"one": Growing()}, network=Network("bag"), invariants=(quiet,), reachable=(quiet,))
    kinds = {claim.kind: claim.verdict for claim in check_cluster(cluster).claims}
    assert kinds[ClusterClaim.INVARIANT] is Verdict.VIOLATED
    assert kinds[ClusterClaim.REACHABLE] is Verdict.HOLDS


def test_predicates_that_are_no_collection_of_functions_are_refused() -> None:
    nodes = load_cluster("two_phase_commit").cluster.nodes
    for given in (lambda world: True, [None], "invariant"):
        with pytest.raises(ClusterError, match=r"Cluster\.invariants holds functions of a World"):
            Cluster(nodes, invariants=given)  # type: ignore[arg-type]


def test_predicates_that_are_generated_are_looked_at_more_than_once() -> None:
    nodes = load_cluster("two_phase_commit").cluster.nodes
    cluster = Cluster(nodes, invariants=(lambda world, most=most: len(world.nodes) > most for most in (0, 9)))  # type: ignore[arg-type]
    found = [claim.verdict for claim in check_cluster(cluster).claims if claim.kind is ClusterClaim.INVARIANT]
    assert [*cluster.invariants]
    assert found == [Verdict.UNKNOWN, Verdict.VIOLATED]


def test_what_nobody_claims_is_not_checked_but_refused() -> None:
    with pytest.raises(UsageError, match="nothing is claimed under the name 'nothing'"):
        check_cluster(Cluster({"one": Silent()}), only="nothing")


def test_messages_of_the_standard_library_are_told_apart_by_their_class() -> None:
    class Sender(Node):
        sent: int = 0

        def on_start(self) -> None:
            self.set_timer("more", 1.0)

        @on_timeout("more")
        def more(self) -> None:
            self.sent += 1
            self.send(self.address, Decimal(1) if self.sent == 1 else Fraction(1, 2))
            if self.sent == 1:
                self.set_timer("more", 1.0)

    def no_decimal(world: World) -> bool:
        return not list(world.messages(Decimal))

    found = check_cluster(Cluster({"one": Sender()}, invariants=(no_decimal,)))
    assert found.violated == ("no_decimal",)


def test_a_budget_beyond_all_counting_is_never_used_up() -> None:
    found = check_cluster(
        Cluster({"one": Silent()}, faults=Faults(crashes=10**30, restarts=10**30)), limits=Limits(states=50)
    )
    assert found.exploration.worlds == 50


class Register(Node):
    """A register that keeps its value for itself."""

    value: str = "?"

    @on(Put)
    def put(self, client: Address, message: Put) -> None:
        self.value = message.value
        self.send(client, Reply(message.request))

    @on(Get)
    def get(self, client: Address, message: Get) -> None:
        self.send(client, Reply(message.request, self.value))


class Reader(Node):
    """Writes a letter to one register, and reads from another."""

    letter: str
    writes_to: Address
    reads_from: Address
    done: int = 0

    def on_start(self) -> None:
        self.invoke(("write", self.letter))
        self.send(self.writes_to, Put(1, self.letter))

    @on(Reply)
    def reply(self, server: Address, message: Reply) -> None:
        if message.request != self.done + 1:
            return
        self.done += 1
        self.respond(message.value)
        if self.done == 1:
            self.invoke(("read",))
            self.send(self.reads_from, Get(2))


def _registers(a: tuple[Address, Address], b: tuple[Address, Address], **options: Any) -> Cluster:
    """Return two registers, and two clients that write to one and read from one."""
    nodes = {"r1": Register(), "r2": Register()}
    nodes |= {"a": Reader(letter="A", writes_to=a[0], reads_from=a[1])}
    nodes |= {"b": Reader(letter="B", writes_to=b[0], reads_from=b[1])}
    return Cluster(nodes, network=Network("bag"), sequential=specifications.Register("?"), **options)


def test_one_register_is_linearizable() -> None:
    found = check_cluster(_registers(("r1", "r1"), ("r1", "r1")), only="linearizability")
    assert found.verdict is Verdict.HOLDS
    assert found.exploration.evaluations < found.exploration.worlds


@pytest.mark.parametrize(
    ("consistency", "claim"), [("linearizable", "linearizability"), ("sequential", "sequential consistency")]
)
def test_who_reads_where_he_did_not_write_is_not_consistent(consistency: Any, claim: str) -> None:
    """One reads the first value after having written his own."""
    found = check_cluster(_registers(("r1", "r2"), ("r2", "r1"), consistency=consistency), only=claim)
    assert found.violated == (claim,)
    assert len(next(each for each in found.claims if each.name == claim).trace) > 3


@pytest.mark.parametrize("consistency", ["linearizable", "sequential"])
def test_a_history_that_is_too_large_to_decide_leaves_the_claim_open_and_breaks_no_rule(
    consistency: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of its worlds shows a violation, and the search still comes to its end."""
    monkeypatch.setattr(linearizability, "Limit", lambda: Limit(configurations=0))
    monkeypatch.setattr(sequential, "Limit", lambda: Limit(configurations=0))
    found = check_cluster(_registers(("r1", "r1"), ("r1", "r1"), consistency=consistency))
    assert (found.verdict, found.violated) == (Verdict.UNKNOWN, ())
    assert found.is_exhaustive
    (claim,) = (each for each in found.claims if each.verdict is Verdict.UNKNOWN)
    assert (claim.kind, claim.note) == (ClusterClaim.CONSISTENCY, "a history of clients is too large to decide")


def test_what_is_outside_of_the_constraint_need_not_be_a_state_of_the_model() -> None:
    cluster = importlib.import_module("assay.impl.two_phase_commit").cluster()

    def few_messages(world: World) -> bool:
        return len(world.sent) <= 2

    def abstract(world: World) -> Any:
        assert few_messages(world), "asked of a world outside of the constraint"
        return cluster.abstract(world)

    found = check_cluster(replace(cluster, constraint=few_messages, abstract=abstract, reachable=()))
    assert found.violated == ()
    assert found.is_exhaustive


def test_what_is_not_reached_inside_the_constraint_may_be_reached_beyond() -> None:
    def has_counted(world: World) -> bool:
        return bool(world.nodes["one"].count == 5)

    cluster = Cluster({"one": Growing()}, network=Network("bag"), reachable=(has_counted,))
    inside = replace(cluster, constraint=lambda world: world.nodes["one"].count < 5)
    assert check_cluster(inside).verdict is Verdict.UNKNOWN
    silent = Cluster({"one": Silent()}, reachable=(lambda world: False,), constraint=lambda world: True)
    assert check_cluster(silent).verdict is Verdict.VIOLATED


class Beginning(Node):
    """Begins at 0, 1 or 2, and counts."""

    at: int = 0

    def on_start(self) -> None:
        self.at = self.choose("at", [0, 1, 2])
        self.set_timer("on", 1.0)

    @on_timeout("on")
    def on(self) -> None:
        self.at += 1
        self.set_timer("on", 1.0)


def _of_consensus(world: World) -> dict[str, object]:
    """At 2 both values are chosen, which the model never comes to."""
    return {"chosen": {1, 2} if world.nodes["one"].at > 1 else set()}


def _below(most: int) -> Cluster:
    return Cluster(
        {"one": Beginning()},
        constraint=lambda world: world.nodes["one"].at < most,
        refines="consensus",
        instance={"Value": 2},
        elements={"Value": (1, 2)},
        abstract=_of_consensus,
    )


def test_nothing_is_claimed_outside_of_the_constraint_by_any_check() -> None:
    cluster = _below(2)
    found = check_cluster(cluster)
    assert found.verdict is Verdict.HOLDS
    assert found.exploration.worlds == refine(cluster).worlds == 2
    assert fuzz(cluster, walks=20).failure is None
    assert cover(cluster).failure is None
    assert check_cluster(_below(3)).violated == ("refinement",)


@pytest.mark.parametrize("check", [check_cluster, lambda cluster: fuzz(cluster, walks=1), cover])
def test_a_cluster_without_a_world_inside_of_its_constraint_is_refused(check: Callable[[Cluster], object]) -> None:
    with pytest.raises(NodeError, match="no first world is inside the constraint"):
        check(_below(0))
