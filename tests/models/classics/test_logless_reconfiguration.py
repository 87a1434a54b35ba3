"""MongoDB's logless reconfiguration: majorities by arithmetic, and what each check of the protocol is for."""

import itertools

from assay.checker.language import Set, action, require
from assay.models.classics.logless_reconfiguration import (
    LoglessReconfiguration,
    LoglessReconfigurationOfQuorums,
    LoglessReconfigurationOfQuorumsThatNeedNotMeet,
    LoglessReconfigurationToAnySet,
    LoglessReconfigurationWithoutConfigCheck,
    LoglessReconfigurationWithoutTermCheck,
    Role,
    Server,
    majorities_meet,
)
from examination import catches, counterexample, counts, examine, instance_of


def subsets(items):
    return [set(c) for n in range(len(items) + 1) for c in itertools.combinations(sorted(items), n)]


def majorities(members):
    return [q for q in subsets(members) if 2 * len(q) > len(members)]


def test_majorities_meet_as_all_of_them_do():
    """The specification quantifies over all majorities of both sets."""
    for a, b in itertools.product(subsets(range(5)), repeat=2):
        assert majorities_meet(a, b) == all(q & r for q in majorities(a) for r in majorities(b))


def test_counts():
    assert counts(examine(LoglessReconfiguration)) == (901, 3310, 7)


def test_the_instance_of_quorums_has_all_majorities_of_all_sets_and_the_same_states():
    structure = instance_of(LoglessReconfigurationOfQuorums).structure
    members = {q: frozenset(s.index for s, r in structure["member"] if r == q) for _, q in structure["member"]}
    configs = {c: {members[q] for q, d in structure["quorum"] if d == c} for _, c in structure["quorum"]}
    sets = [server for server in subsets(range(3)) if server]
    assert len(configs) == len(sets)
    assert {frozenset(quorums) for quorums in configs.values()} == {
        frozenset(map(frozenset, majorities(s))) for s in sets
    }
    counted, related = examine(LoglessReconfiguration), examine(LoglessReconfigurationOfQuorums)
    assert counts(related) == counts(counted)
    assert related.exploration.fired == counted.exploration.fired
    assert related.exploration.discovered == counted.exploration.discovered


def test_quorums_of_a_configuration_must_meet():
    result = examine(LoglessReconfigurationOfQuorumsThatNeedNotMeet)
    assert result.violated == ("one_primary_per_term",)
    assert counterexample(result, "one_primary_per_term") == ["become_leader"] * 2


def test_no_new_configuration_before_the_present_one_is_known():
    result = examine(LoglessReconfigurationWithoutConfigCheck)
    assert result.violated == ("one_primary_per_term",)
    assert counterexample(result, "one_primary_per_term").count("reconfigure") == 2


def test_no_new_configuration_before_the_term_is_known():
    result = examine(LoglessReconfigurationWithoutTermCheck)
    assert result.violated == ("one_primary_per_term",)


def test_majorities_of_consecutive_configurations_must_meet():
    result = examine(LoglessReconfigurationToAnySet)
    assert result.violated == ("one_primary_per_term",)
    assert counterexample(result, "one_primary_per_term").count("reconfigure") == 1


class VotesForOlderConfigs(LoglessReconfiguration):
    """A server votes for one whose configuration is older than its own."""

    @action
    def become_leader(self, s: Server, voters: Set[Server]) -> None:
        require(voters <= self.config[s], s in voters, 2 * len(voters) > len(self.config[s]))
        require(all(self.term[v] == self.term[s] for v in voters))
        self.role[s] = Role.PRIMARY


def test_a_vote_for_an_older_configuration_elects_two():
    assert catches(VotesForOlderConfigs, "one_primary_per_term")
