"""Every theorem, by the solver and by enumeration for few nodes; and none survives a threshold moved by one."""

import re
from dataclasses import fields, replace

import pytest
from assay.checker.errors import UsageError
from assay.checker.verdicts import Verdict
from assay.proofs.theorems.deciding import decide, judge
from assay.proofs.theorems.evaluation import is_true
from assay.proofs.theorems.library import THEOREMS, theorems_named
from assay.proofs.theorems.reconfiguration import New, Old
from assay.proofs.theorems.statements import EVERYTHING, Formula, free_numbers, free_sets, parts, size
from assay.proofs.theorems.syntax import AtMost, Equal, Iff, Quantified, Weight
from assay.proofs.theorems.theorem import Conjecture
from formula_oracle import MOST_WEIGHT, structures

from tests.tiers import one_in

CLAIMS = {f"{theorem.name}: {claim.name}": claim for theorem in THEOREMS for claim in theorem.claims}
TRUE = {name: claim for name, claim in CLAIMS.items() if claim.holds}
FALSE = {name: claim for name, claim in CLAIMS.items() if not claim.holds}
WORK = 30_000
"""Evaluations of a formula that a test may take."""


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.name)
def test_theorem_is_as_claimed(theorem):
    judgement = judge(theorem)
    assert judgement.verdict is Verdict.HOLDS
    assert [finding.truth is Verdict.HOLDS for finding in judgement.findings] == [c.holds for c in theorem.claims]


def test_names_are_unique():
    assert len(CLAIMS) == sum(len(theorem.claims) for theorem in THEOREMS)
    assert len({theorem.name for theorem in THEOREMS}) == len(THEOREMS)


def test_no_theorem_is_of_beliefs_only():
    assert all(any(claim.holds for claim in theorem.claims) for theorem in THEOREMS)


def test_an_unknown_name_is_refused():
    with pytest.raises(UsageError, match="no theorem 'majorities'"):
        theorems_named(["majorities"])


# By enumeration


def cost(claim, nodes):
    """Return about how many evaluations it takes to try everything with so many nodes."""
    formula = claim.formula
    found = len(range(-1, nodes + 3)) ** len(free_numbers(formula)) * 2 ** (nodes * len(free_sets(formula)))
    for part in parts(formula):
        if isinstance(part, Quantified):
            found *= 2 ** (nodes * len(part.variables))
    return found * (MOST_WEIGHT + 1) ** (nodes * any(isinstance(part, Weight) for part in parts(formula)))


def affordable(claim, most=6):
    """Return the numbers of nodes for which everything can be tried."""
    return [nodes for nodes in range(most + 1) if cost(claim, nodes) <= WORK]


def refuting(claim, nodes):
    """Return a structure with so many nodes that refutes a claim's formula, or None."""
    formula, values = claim.formula, range(-1, nodes + 3)
    return next((s for s in structures(formula, nodes, values) if not is_true(formula, s, values)), None)


ARITHMETIC = {name for name, claim in TRUE.items() if name.startswith("round_robin")}
"""Without sets, and with more numbers than can be enumerated: see test_load_balancing."""


@pytest.mark.parametrize("name", one_in(4, sorted(TRUE.keys() - ARITHMETIC)))
def test_what_is_proved_is_true_for_few_nodes(name):
    claim = TRUE[name]
    tried = affordable(claim)
    assert max(tried) >= 1
    assert all(refuting(claim, nodes) is None for nodes in tried)


@pytest.mark.parametrize("name", sorted(FALSE))
def test_the_counterexample_has_the_numbers_that_the_words_say(name):
    claim = FALSE[name]
    example = decide(claim).counterexample
    stated = re.match(r"n = (\d+)", claim.example)
    found = example.numbers.get("n", example.nodes)
    assert int(stated[1]) == found
    for letter, value in re.findall(r"\b([fkm]) = (\d+)", claim.example.partition(":")[0]):
        assert example.numbers[letter] == int(value)


@pytest.mark.parametrize("name", sorted(FALSE))
def test_the_counterexample_refutes_and_no_smaller_one_does(name):
    claim = FALSE[name]
    example = decide(claim).counterexample
    assert not is_true(claim.formula, example, range(-1, example.nodes + 2))
    smaller = [nodes for nodes in affordable(claim) if nodes < example.nodes]
    assert all(refuting(claim, nodes) is None for nodes in smaller)


# Thresholds moved by one


def moved(formula: Formula):
    """Yield a formula with one comparison moved by one, up or down."""
    if isinstance(formula, AtMost | Equal):
        yield type(formula)(formula.left + 1, formula.right)
        yield type(formula)(formula.left, formula.right + 1)
        return
    for field in fields(formula):
        value = getattr(formula, field.name)
        if isinstance(value, Formula):
            yield from (replace(formula, **{field.name: other}) for other in moved(value))
        elif isinstance(value, tuple):
            for place, item in enumerate(value):
                for other in moved(item) if isinstance(item, Formula) else ():
                    yield replace(formula, **{field.name: (*value[:place], other, *value[place + 1 :])})


EXACT = sorted(name for name, claim in TRUE.items() if isinstance(claim.then, Iff))


@pytest.mark.parametrize("name", one_in(4, EXACT))
def test_an_exact_threshold_moved_by_one_is_refuted(name):
    claim = TRUE[name]
    for right in moved(claim.then.right):
        finding = decide(replace(claim, then=Iff(claim.then.left, right)))
        assert finding.truth is Verdict.VIOLATED, right
        assert not is_true(
            Iff(claim.then.left, right), finding.counterexample, range(-2, finding.counterexample.nodes + 3)
        )


SUFFICIENT = sorted(TRUE.keys() - set(EXACT) - {"majority: halves", "round_robin: initially", "round_robin: preserved"})


@pytest.mark.parametrize("name", one_in(4, SUFFICIENT))
def test_a_conclusion_made_stronger_by_one_is_refuted(name):
    claim = TRUE[name]
    found = [decide(replace(claim, then=then)).truth for then in moved(claim.then)]
    assert Verdict.VIOLATED in found
    assert Verdict.UNKNOWN not in found


JOINT = {name for name in TRUE if name.startswith("joint_consensus")}
"""Either of two majorities may be half of the nodes, as long as the other is more."""


@pytest.mark.parametrize("name", one_in(4, [name for name in SUFFICIENT if TRUE[name].given and name not in JOINT]))
def test_a_hypothesis_moved_by_one_is_needed_as_it_is(name):
    claim = TRUE[name]
    assert Verdict.VIOLATED in [decide(replace(claim, given=(given,))).truth for given in moved(claim.hypotheses)]


@pytest.mark.parametrize("name", sorted(JOINT))
def test_joint_quorums_of_half_of_each_are_refuted(name):
    claim = TRUE[name]
    halves = tuple(AtMost(given.operand.right, given.operand.left) for given in claim.given)
    assert decide(replace(claim, given=(*halves, size(Old & New) >= 2))).truth is Verdict.VIOLATED


# What proves nothing


def test_contradicting_hypotheses_prove_nothing():
    n = size(EVERYTHING)
    finding = decide(Conjecture("empty", "anything follows", n >= 100, given=(n >= 1, n <= 0)))
    assert finding.verdict is Verdict.UNKNOWN
    assert "contradict" in finding.reason


def test_a_theorem_without_claims_is_unknown():
    assert judge(replace(THEOREMS[0], claims=())).verdict is Verdict.UNKNOWN


def test_a_true_belief_is_not_as_claimed():
    claim = replace(CLAIMS["majority: intersect"], example="n = 2: of course not")
    finding = decide(claim)
    assert finding.truth is Verdict.HOLDS
    assert finding.verdict is Verdict.VIOLATED


def test_no_time_is_unknown():
    finding = decide(CLAIMS["opaque: least"], seconds=0.0)
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.reason
