"""MongoDB's logless reconfiguration: majorities by arithmetic, and what each check of the protocol is for."""

import itertools

from assay.checker.language import Set, action, require
from assay.models.classics.logless_reconfiguration import (
    LoglessReconfiguration,
    LoglessReconfigurationToAnySet,
    LoglessReconfigurationWithoutConfigCheck,
    LoglessReconfigurationWithoutTermCheck,
    Role,
    Server,
    majorities_meet,
)
from examination import catches, counterexample, counts, examine


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
