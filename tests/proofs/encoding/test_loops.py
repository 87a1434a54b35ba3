"""Loops, all rounds at once or one by one: the formulas say what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement import disagreements, scattered_states, some_states
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.bounded import search_steps
from assay.proofs.induction.prover import ProofOptions, prove_model
from assay.proofs.induction.several_steps import induct
from claims import proved

from tests.tiers import one_in

LOOPS = Path(__file__).parents[2] / "checker" / "language" / "constructs" / "loops.py"
ACCUMULATION = LOOPS.with_name("accumulation.py")
LEFT_EARLY = LOOPS.with_name("left_early.py")
BUILT = LOOPS.with_name("built.py")
NAMED_MAPS = LOOPS.with_name("named_maps.py")
MAPS = LOOPS.with_name("maps.py")
MOVES = Path(__file__).parent / "models" / "moves.py"
FLAGS = Path(__file__).parent / "models" / "flags.py"
KEPT = Path(__file__).parent / "models" / "kept.py"
ROWS = Path(__file__).parent / "models" / "rows.py"
NESTED = Path(__file__).parent / "models" / "nested.py"
PROMISES = Path(__file__).parent / "models" / "promises.py"
WHAT_IS_BUILT = Path(__file__).parent / "models" / "built.py"


@pytest.mark.parametrize(
    ("model", "states"),
    one_in(
        4,
        [
            (f"{LOOPS}:Loops", 80),
            (f"{ACCUMULATION}:Accumulates", 40),
            (f"{LEFT_EARLY}:LeftEarly", 25),
            (f"{BUILT}:Builds", 20),
            (f"{NAMED_MAPS}:NamedMaps", 25),
            (f"{MAPS}:FromItself", 30),
            (f"{MOVES}:Moves", 80),
            (f"{PROMISES}:Collected", 14),
            (f"{FLAGS}:Flags", 40),
            (f"{KEPT}:Kept", 20),
            (f"{ROWS}:Rows", 60),
        ],
    ),
)
def test_formulas_of_loops_say_what_the_code_does(model: str, states: int) -> None:
    specification = load(model).specification
    instance = instantiate(specification, {})
    problem = encode(specification, instance=instance)
    assert {t.name for t in problem.transitions} == {method.name for method in specification.actions}
    with instance.active():
        assert next(disagreements(problem, instance, some_states(instance, states)), None) is None


def test_formulas_of_nested_loops_say_what_the_code_does() -> None:
    specification = load(f"{NESTED}:Nested").specification
    instance = instantiate(specification, {})
    problem = encode(specification, instance=instance)
    # The first states have few ranks and no relation among them: only those from all over tell the largest from others.
    with instance.active():
        assert next(disagreements(problem, instance, scattered_states(instance, 24, 12)), None) is None


def test_loops_that_keep_the_largest_need_no_sizes() -> None:
    specification = load(f"{NESTED}:Nested").specification
    assert not encode(specification).unencodable


@pytest.mark.slow
def test_what_loops_accumulate_is_proved_to_be_what_a_fold_computes() -> None:
    result = prove_model(load(f"{ACCUMULATION}:Accumulates").specification)
    assert result.verdict is Verdict.HOLDS


def test_a_loop_that_moves_elements_from_one_set_to_another_is_proved() -> None:
    assert prove_model(load(f"{MOVES}:Served").specification).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    "search", one_in(2, [lambda s: search_steps(s, 4, ProofOptions()), lambda s: induct(s, 5, ProofOptions())])
)
def test_each_step_moves_elements_of_its_own(search) -> None:
    """Rounds of different steps have nothing in common: here the second loop moves another element than the first."""
    result = search(load(f"{MOVES}:ServedTwice").specification)
    assert result.verdict is Verdict.VIOLATED
    assert [len(refutation.trace.steps) for refutation in result.refutations] == [5]


def test_loops_over_records_with_optional_fields_are_proved_for_any_number() -> None:
    result = prove_model(load(f"{PROMISES}:Collected").specification)
    assert result.instance is None
    assert result.verdict is Verdict.HOLDS


def test_a_loop_over_records_with_optional_fields_that_breaks_an_invariant_is_refuted() -> None:
    result = prove_model(load(f"{PROMISES}:CollectedAlways").specification)
    assert [refutation.name for refutation in result.refutations] == ["silent_have_promised"]


def test_loops_that_raise_and_lower_flags_are_proved_for_any_number() -> None:
    result = prove_model(load(f"{FLAGS}:Flags").specification)
    assert result.instance is None
    assert result.verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("model", "violated"),
    one_in(
        3,
        [
            ("RaisedByAny", "found_means_a_vote"),
            ("RaisedIfAll", "lack_of_votes_lowers"),
            ("RaisedForOthers", "heard_of_have_voted"),
            ("LoweredByOthers", "all_voted_means_all_votes"),
            ("NestedLoopRaisesAll", "pairs_have_voted"),
        ],
    ),
)
def test_a_loop_that_raises_or_lowers_the_wrong_flag_is_refuted(model: str, violated: str) -> None:
    result = prove_model(load(f"{FLAGS}:{model}").specification)
    assert result.instance is None
    assert [refutation.name for refutation in result.refutations] == [violated]


def test_loops_that_keep_the_largest_or_one_value_are_proved_for_any_number() -> None:
    result = prove_model(load(f"{KEPT}:Kept").specification)
    assert result.instance is None
    assert result.verdict is Verdict.HOLDS


KEPT_WRONGLY = [
    *("KeptByAny", "KeptSmallest", "SomeKept"),
    *("Lowest", "KeptOfOthers", "KeptTwice"),
    *("MarkedByAll", "MarkedByNone", "Chosen"),
]


@pytest.mark.parametrize("model", one_in(3, KEPT_WRONGLY))
def test_a_loop_that_keeps_something_else_is_refuted(model: str) -> None:
    specification = load(f"{KEPT}:{model}").specification
    result = prove_model(specification)
    assert result.instance is None
    assert specification.expected.property in {refutation.name for refutation in result.refutations}


def test_loops_whose_rounds_change_sequences_of_their_own_are_proved_for_any_number() -> None:
    result = prove_model(load(f"{ROWS}:SameRows").specification)
    assert result.instance is None
    assert result.verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("model", "violated"),
    one_in(3, [("CopiesLess", "are_same"), ("KeepsSaying", "are_same"), ("FillsWhatIsFull", "logs within its bound")]),
)
def test_a_loop_that_makes_other_sequences_is_refuted(model: str, violated: str) -> None:
    result = prove_model(load(f"{ROWS}:{model}").specification)
    assert result.instance is None
    assert violated in {refutation.name for refutation in result.refutations}


TWICE = """
    line: Seq[Node, 2]
    count: Map[Node, Range[0, 4]] = everywhere(0)
    odd: Map[Node, bool] = everywhere(False)
    up: Set[Node]
    seen: Map[Node, bool] = everywhere(False)
    done: bool

    @action
    def put(self, n: Node) -> None:
        require(len(self.line) < 2, not self.done)
        self.line.append(n)

    @action
    def tell(self) -> None:
        require(not self.done)
        self.done = True
        for n in self.line:
            {body}

    @lemma
    def not_yet(self, n: Node) -> bool:
        return self.done or (self.count[n] == 0 and not self.odd[n] and n not in self.up and not self.seen[n])

    @invariant
    def claim(self, n: Node) -> bool:
        return not self.done or ({claim})
"""


@pytest.mark.parametrize(
    ("body", "claim", "holds"),
    [
        ("self.count[n] += 1", "self.count[n] <= 1", False),
        ("self.count[n] += 1", "self.count[n] == self.line.count(n)", True),
        ("self.odd[n] = not self.odd[n]", "self.odd[n] == (n in self.line)", False),
        ("self.up = {m for m in Node if (m in self.up) != (m == n)}", "(n in self.up) == (n in self.line)", False),
        ("self.seen[n] = True", "self.seen[n] == (n in self.line)", True),
    ],
)
def test_an_element_that_a_sequence_holds_twice_has_two_rounds(
    body: str, claim: str, holds: bool, tmp_path: Path
) -> None:
    result = proved(tmp_path, TWICE.format(body=body, claim=claim), search=0.0)
    assert (result.verdict is Verdict.HOLDS) is holds
    assert holds or {o.claim.subject for o in result.obligations if o.proved is False} == {"claim"}


def test_what_loops_build_is_proved_for_any_number() -> None:
    result = prove_model(load(f"{WHAT_IS_BUILT}:Built").specification)
    assert result.instance is None
    assert result.verdict is Verdict.HOLDS


BUILT_OTHERWISE = ["AllWritersAreNamed", "KeptBeginsTheLog", "KeptAscends", "FrontIsOfOne", "OneIsFirst"]


@pytest.mark.parametrize("model", one_in(2, BUILT_OTHERWISE))
def test_a_wrong_claim_about_what_loops_build_is_refuted(model: str) -> None:
    result = prove_model(load(f"{WHAT_IS_BUILT}:{model}").specification)
    assert result.instance is None
    assert [refutation.name for refutation in result.refutations] == ["wrong"]
