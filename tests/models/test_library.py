"""What holds of every model of these files: it shows what it says it shows, on each of its instances."""

import importlib
import inspect
import pkgutil

import assay.models
import pytest
from assay.checker.errors import UsageError
from assay.checker.language import Holds, Model
from assay.checker.language.introspection.specification import specify
from assay.checker.language.loader import library_names, load
from assay.checker.language.model import Kind
from assay.models import (
    atomic_register,
    lock,
    multi_paxos,
    multi_paxos_by_votes,
    paxos,
    paxos_commit,
    paxos_progress,
    quorum_register,
    raft,
    raft_completeness,
    raft_membership,
    raft_progress,
    raft_snapshots,
    replication,
    round_robin,
    three_phase_commit,
    two_phase_commit,
    versioned_register,
    voting,
)
from assay.models.classics import (
    byzantine_broadcast,
    cache_coherence,
    chain_replication,
    chord,
    epaxos,
    hybrid_broadcast,
    kafka_replication,
    logless_reconfiguration,
    quorum_election,
    raft_election,
    ring_election,
)
from examination import AUTO, EVERYTHING, REFERENCE, catches, examine

from tests.tiers import first_tier, one_in

FILES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(assay.models.__path__, "assay.models.")
    if not found.ispkg
]
MODELS = [
    value
    for file in FILES
    for value in vars(file).values()
    if isinstance(value, type) and issubclass(value, Model) and value.__module__ == file.__name__
]
SOUND = [model for model in MODELS if isinstance(model.expected, Holds)]
BROKEN = [model for model in MODELS if model not in SOUND]
LARGE_WHEN_DEEP = (
    *(paxos.Paxos, voting.Voting, two_phase_commit.TwoPhaseCommit, lock.Lock),
    *(quorum_register.QuorumRegister, replication.Replication, round_robin.RoundRobin, paxos_commit.PaxosCommit),
    *(multi_paxos.MultiPaxos, multi_paxos_by_votes.MultiPaxosByVotes),
    *(three_phase_commit.ThreePhaseCommit, paxos_progress.PaxosProgress),
    *(chain_replication.ChainReplication, raft_election.RaftElection, ring_election.RingElection),
    *(logless_reconfiguration.LoglessReconfiguration, logless_reconfiguration.LoglessReconfigurationOfQuorums),
    quorum_election.QuorumElection,
    *(cache_coherence.CacheCoherence, raft.Raft, atomic_register.AtomicRegister, versioned_register.VersionedRegister),
)
LARGE = (
    *(atomic_register.AtomicRegister, versioned_register.VersionedRegister, round_robin.RoundRobin, paxos.Paxos),
    *(byzantine_broadcast.ByzantineBroadcast, hybrid_broadcast.HybridBroadcast, chord.Chord),
    *(kafka_replication.KafkaReplication, epaxos.EPaxos),
    *(paxos_commit.PaxosCommit, quorum_register.QuorumRegister, raft_membership.RaftMembership),
    *(
        lock.Lock,
        multi_paxos.MultiPaxos,
        multi_paxos_by_votes.MultiPaxosByVotes,
        replication.Replication,
        raft_completeness.RaftCompleteness,
        raft_snapshots.RaftWithSnapshots,
        raft_progress.RaftProgress,
    ),
    three_phase_commit.ThreePhaseCommit,
)
"""With what the reference engine takes long for already in the default instance; their smoke instances are small."""
SMALL_WHEN_DEEP = [model for model in MODELS if not issubclass(model, (*LARGE_WHEN_DEEP, *LARGE))]


def name_of(value: object) -> str | None:
    return f"{value.__module__.rpartition('.')[2]}-{value.__name__}" if isinstance(value, type) else None


FIRST_BROKEN = {model.__module__: model for model in reversed(BROKEN)}
"""The first broken variant of each file."""


def examine_smallest(model):
    """Examine the smoke instance of a model, or the only one that it has."""
    options = AUTO if issubclass(model, LARGE) else REFERENCE
    return examine(model, "smoke" if model.smoke else "default", options)


@pytest.mark.parametrize(
    "model", first_tier(MODELS, lambda model: model in SOUND or model in FIRST_BROKEN.values()), ids=name_of
)
def test_smallest_instance_shows_what_the_model_says(model):
    """The first tier has one broken variant of each file. `assay check`, the first thing that CI runs, has all."""
    result = examine_smallest(model)
    assert result.as_expected
    if model in SOUND:
        assert result.exhaustive
        assert all(action.is_expected for action in result.actions)


SLOW = {model: [pytest.mark.slow] for model in MODELS if issubclass(model, LARGE)}
DEFAULT = [pytest.param(model, marks=SLOW.get(model, [])) for model in MODELS if model.smoke]


@pytest.mark.parametrize("model", one_in(16, DEFAULT), ids=name_of)
def test_default_instance_shows_what_the_model_says(model):
    assert examine(model, options=AUTO if issubclass(model, LARGE) else REFERENCE).as_expected


@pytest.mark.parametrize("model", one_in(8, SMALL_WHEN_DEEP), ids=name_of)
def test_deep_instance_shows_what_the_model_says(model):
    assert examine(model, "deep", REFERENCE).as_expected


@pytest.mark.slow
@pytest.mark.parametrize(
    "model", [model for model in MODELS if issubclass(model, paxos_progress.PaxosProgress)], ids=name_of
)
def test_deep_instance_of_progress_shows_what_the_model_says(model):
    assert examine(model, "deep").as_expected


@pytest.mark.parametrize("model", BROKEN, ids=name_of)
def test_broken_model_violates_what_users_care_about_and_no_lemma(model):
    kinds = {method.name: method.kind for method in specify(model).methods}
    kind = kinds[model.expected.property]
    assert kind in (Kind.INVARIANT, Kind.STEP_INVARIANT, Kind.REFINEMENT) or kind.is_temporal


ALSO_REFUTED = {
    (two_phase_commit.ForgetfulParticipant, "implements_atomic_commit"),
    (voting.VotesWithoutLooking, "implements_consensus"),
}
"""Broken models that are expected to violate something else, and whose refinement fails too."""


@pytest.mark.parametrize(("model", "refinement"), sorted(ALSO_REFUTED, key=str), ids=name_of)
def test_broken_model_is_not_seen_as_what_the_sound_one_implements(model, refinement):
    assert catches(model, refinement)


def test_every_refinement_of_the_library_fails_in_some_broken_model():
    claimed = {found.name for model in SOUND for found in specify(model).refinements}
    refuted = {name for _, name in ALSO_REFUTED} | {model.expected.property for model in BROKEN}
    assert claimed
    assert claimed <= refuted


def test_broken_model_is_searched_for_what_it_is_meant_to_violate():
    """A lemma fails earlier; it is reported if the search goes on."""
    broken = two_phase_commit.CommitsOnMajority
    assert examine(broken).violated == ("atomicity",)
    assert {"atomicity", "commit_needs_all_votes", "decisions_are_final"} <= set(
        examine(broken, "default", EVERYTHING).violated
    )


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_docstrings_say_what_is_modelled(model):
    assert inspect.cleandoc(model.__doc__ or "").startswith("Broken: ") == (model in BROKEN)


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_actions_say_what_they_do_and_those_of_broken_models_what_they_do_wrong(model):
    """Reports explain the actions of a counterexample by their docstrings; one that is inherited tells of another."""
    assert all(action.doc for action in specify(model).actions)
    if model in BROKEN:
        replaced = [vars(model)[action.name] for action in specify(model).actions if action.name in vars(model)]
        assert all(action.__doc__ for action in replaced)


def test_library_is_found_by_name_with_and_without_its_folder():
    assert {file.__name__.rpartition(".")[2] for file in FILES} == set(library_names())
    assert load("lock_server").cls is load("classics/lock_server").cls is load("classics.lock_server").cls
    assert load("classics/lock_server").name == "lock_server", "so that a file has but one name"
    with pytest.raises(UsageError, match="did you mean 'lock_server'"):
        load("lockserver")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.__name__)
def test_file_says_what_faults_it_models_and_its_source(file):
    text = file.__doc__
    assert "\nWhat is modelled\n" in text
    assert "\nSource\n" in text
