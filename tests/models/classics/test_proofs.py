"""What is proved of the classics, for any number of nodes; each broken variant has a counterexample to induction."""

import pytest
from assay.checker.language import Holds
from assay.checker.language.loader import NamedModel, library
from assay.checker.verdicts import Verdict
from assay.proofs.induction.prover import ProofOptions, prove_model

from tests.tiers import one_in

CLASSICS = [
    model for model in library() if ".classics." in model.cls.__module__ or model.name.startswith("flexible_paxos")
]
PROVABLE = [model for model in CLASSICS if model.cls.provable]
SOUND = [model for model in PROVABLE if isinstance(model.cls.expected, Holds)]
IN_THE_LONG_RUN = ("byzantine_broadcast:EchoingOnlyTheBroadcaster",)
"""Models that are broken in what no proof is about: what happens in the end."""
BROKEN = [model for model in PROVABLE if model not in SOUND and model.name not in IN_THE_LONG_RUN]
OUTSIDE_OF_EPR = (
    *("byzantine_broadcast", "epaxos", "flexible_paxos", "hybrid_broadcast", "logless_reconfiguration"),
    *("quorum_election", "raft_election"),
)
SLOW = ("chord", "logless_reconfiguration")


def name_of(model: NamedModel) -> str:
    return model.name


@pytest.mark.parametrize(
    "model",
    one_in(3, [pytest.param(model, marks=pytest.mark.slow) if model.name in SLOW else model for model in SOUND]),
    ids=name_of,
)
def test_sound_model_is_proved_for_any_number_of_everything(model):
    result = prove_model(model.specification, ProofOptions())
    assert [obligation.claim.name for obligation in result.failed] == []
    assert result.verdict is Verdict.HOLDS
    assert result.instance is None
    assert result.unencodable == ()
    assert bool(result.cycle) == (model.name.partition(":")[0] in OUTSIDE_OF_EPR)


@pytest.mark.slow
@pytest.mark.parametrize("model", BROKEN, ids=name_of)
def test_broken_variant_has_a_counterexample_to_induction_and_a_run(model):
    result = prove_model(model.specification, ProofOptions())
    assert result.as_expected
    assert any(obligation.counterexample is not None for obligation in result.obligations)
