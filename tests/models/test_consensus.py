"""The specification of consensus, against the counts published for it."""

from assay.checker.language import Set, anything, initial, require
from assay.models.consensus import ChoosesTwice, Consensus, Value
from examination import counterexample, counts, examine


class ConsensusFromAnywhere(Consensus):
    """MCConsensus: starts in every state that satisfies the invariant, to check that it is inductive."""

    chosen: Set[Value] = anything()

    @initial
    def satisfies_the_invariant(self) -> None:
        require(len(self.chosen) <= 1)


def test_counts_of_mc_consensus():
    """TLA+ Examples, Paxos, MCConsensus: 3 values, initial states from the invariant."""
    result = examine(ConsensusFromAnywhere, Value=3)
    assert counts(result) == (4, 7, 1)


def test_consensus_from_its_initial_state():
    assert counts(examine(Consensus)) == (4, 4, 2)


def test_choosing_without_looking_violates_agreement():
    result = examine(ChoosesTwice)
    assert result.violated == ("agreement",)
    assert counterexample(result, "agreement") == ["choose", "choose"]


def test_stopping_before_a_choice_is_a_deadlock():
    class NeverChooses(Consensus):
        """Nobody may choose."""

        def has_chosen(self) -> bool:
            return False

        has_chosen.__assay_kind__ = Consensus.has_chosen.__assay_kind__

    assert examine(NeverChooses).violated == ("deadlock",)
