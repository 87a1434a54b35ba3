"""How a solver is asked: with fewer hypotheses, and apart, where it does not hear that its time is up."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from assay.checker.language.loader import load
from assay.checker.verdicts import Verdict
from assay.proofs.induction import deciding, processes
from assay.proofs.induction.attempt import Attempt
from assay.proofs.induction.deciding import Decider
from assay.proofs.induction.decisions import Means
from assay.proofs.induction.obligations import consecution
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.processes import Clock, can_fork, done_apart, is_replaceable
from assay.proofs.induction.prover import encoded
from assay.proofs.induction.strategies import BRIEFLY, PORTFOLIO, PRODUCTS, Reach, Strategy, ways, within_reach
from assay.proofs.logic.answers import Answer, SolverFailure
from assay.proofs.logic.z3_backend import Z3
from claims import certified, open_claims, proved, specified

forking = pytest.mark.skipif(not can_fork(), reason="processes are not forked here")


@forking
@pytest.mark.parametrize("answer", ["sat", ("a", 1), "long" * 100_000, None])
def test_a_result_comes_back_with_the_time_it_took(answer: object) -> None:
    found, spent = done_apart(lambda seconds: answer, 5.0)
    assert found == answer
    assert spent >= 0.0


@forking
def test_what_does_not_keep_its_time_is_ended_and_has_no_result() -> None:
    def endless(_: float) -> str:
        while True:
            pass

    found, spent = done_apart(endless, 0.05)
    assert found is None
    assert spent > 0.05, "it is counted, too"


@forking
def test_a_process_that_dies_without_a_word_has_no_result() -> None:
    assert done_apart(lambda _: os._exit(3), 5.0)[0] is None


@forking
def test_a_process_that_dies_while_it_tells_has_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes.pickle, "dumps", lambda _: _Interrupted(b"half of it"))
    assert done_apart(lambda _: "sat", 5.0)[0] is None


class _Interrupted(bytes):
    """What says that it is longer than what comes of it."""

    def __len__(self) -> int:
        return 100


@forking
def test_what_is_raised_there_is_raised_here() -> None:
    def failing(_: float) -> str:
        raise KeyError("a fault of ours")

    with pytest.raises(KeyError, match="a fault of ours"):
        done_apart(failing, 5.0)


@forking
def test_a_solver_that_gives_up_there_gives_up_here() -> None:
    def failing(_: float) -> str:
        raise SolverFailure("out of memory")

    with pytest.raises(SolverFailure, match="out of memory"):
        done_apart(failing, 5.0)


@forking
def test_an_interrupt_while_asking_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[int] = []

    def interrupted(_: int, child: int, __: float) -> str:
        children.append(child)
        raise KeyboardInterrupt

    monkeypatch.setattr(processes, "_heard", interrupted)
    with pytest.raises(KeyboardInterrupt):
        done_apart(lambda _: time.sleep(60) or "sat", 5.0)
    with pytest.raises(ProcessLookupError):
        os.kill(children[0], 0)


TWO_MATTERS = """
    held: Set[Node]
    seen: Set[Node]
    other: Set[Item]
    apart: Set[Item]

    @action
    def hold(self, n: Node) -> None:
        require(n in self.seen)
        self.held.add(n)

    @action
    def see(self, n: Node) -> None:
        self.seen.add(n)
        self.other.clear()

    @invariant
    def held_were_seen(self, n: Node) -> bool:
        return n not in self.held or n in self.seen

    @invariant
    def nothing_apart(self, i: Item) -> bool:
        return i not in self.apart or i in self.other or len(self.apart) == 0

    @action
    def clear(self) -> None:
        self.apart.clear()
"""


def test_hypotheses_within_reach_are_those_that_speak_of_nothing_else(tmp_path: Path) -> None:
    problem, _ = encoded(specified(tmp_path, TWO_MATTERS), ProofOptions())
    names = {p.formula: p.name for p in problem.invariants}
    claim = problem.invariants[0]
    obligations = {o.claim.action: o for o in consecution(problem, claim, problem.invariants)}
    found = {
        reach: [names[f] for f in within_reach(problem, obligations["hold"], reach) if f in names] for reach in Reach
    }
    assert found[Reach.CLAIM] == ["held_were_seen"]
    assert set(found[Reach.ALL]) >= {"held_were_seen", "nothing_apart"}
    for obligation in obligations.values():
        for reach in Reach:
            kept = within_reach(problem, obligation, reach)
            assert set(kept) <= set(obligation.query)
            assert all(f in kept for f in obligation.query if f not in names), (
                "the guard and the denial are always there"
            )


def test_no_way_asks_what_another_has_asked(tmp_path: Path) -> None:
    problem, _ = encoded(specified(tmp_path, TWO_MATTERS), ProofOptions())
    for obligation in consecution(problem, problem.invariants[0], problem.invariants):
        for abstraction in (False, True):
            asked = [
                (s.abstract, str(s.options), s.reach is Reach.NEEDED, o.query)
                for s, o in ways(problem, obligation, abstraction=abstraction)
                if s is not BRIEFLY
            ]
            assert len(set(asked)) == len(asked) <= len(PORTFOLIO)
            assert asked[0][3] == obligation.query


NEEDS_ALL = """
    a: Set[Node]
    b: Set[Node]
    c: Set[Node]

    @action
    def move(self, n: Node) -> None:
        require(n in self.a)
        self.c.add(n)

    @invariant
    def a_is_in_b(self, n: Node) -> bool:
        return n not in self.a or n in self.b

    @invariant
    def c_is_in_b(self, n: Node) -> bool:
        return n not in self.c or n in self.b
"""


@pytest.mark.parametrize("reach", [Reach.CLAIM, Reach.STEP])
def test_what_fewer_hypotheses_do_not_imply_is_asked_with_all_of_them(
    reach: Reach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a model of the weaker query refutes nothing."""
    from assay.proofs.induction import strategies

    fewer_first = (Strategy(False, {}, 1, reach), Strategy(False, {}, 1))
    monkeypatch.setattr(strategies, "PORTFOLIO", fewer_first)
    result = proved(tmp_path, NEEDS_ALL)
    assert open_claims(result) == []
    assert result.verdict is Verdict.HOLDS
    monkeypatch.setattr(strategies, "PORTFOLIO", fewer_first[:1])
    assert not any(r.proved is False for r in proved(tmp_path, NEEDS_ALL).obligations)


BY_TRIGGERS_ALONE = tuple(strategy for strategy in PORTFOLIO if strategy.triggers)


def test_with_triggers_only_a_proof_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the solver stops with nothing left to instantiate refutes nothing, and proves nothing."""
    from assay.proofs.induction import strategies

    monkeypatch.setattr(strategies, "PORTFOLIO", BY_TRIGGERS_ALONE)
    sound = proved(tmp_path, NEEDS_ALL)
    assert not any(r.proved is False for r in sound.obligations)
    broken = proved(tmp_path, NEEDS_ALL.replace("require(n in self.a)", "require(n in self.c or n not in self.a)"))
    assert [r.claim.name for r in broken.obligations if r.claim.subject == "c_is_in_b" and not r.proved] == [
        "c_is_in_b: preserved move"
    ]


@pytest.mark.parametrize("answer", ["sat", "unknown"])
def test_what_a_solver_with_triggers_does_not_refute_is_not_decided(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, _ = encoded(specified(tmp_path, NEEDS_ALL), ProofOptions())
    obligation = next(iter(consecution(problem, problem.invariants[1], problem.invariants)))
    decider = Decider(problem, Attempt(problem, ProofOptions()).fragment)
    monkeypatch.setattr(Decider, "_check", lambda *_: answer)
    for strategy in BY_TRIGGERS_ALONE:
        assert decider._answer(obligation, strategy, 5.0, Clock(5.0)) == "unknown"


@forking
def test_time_that_is_used_apart_is_the_obligation_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_: object, seconds: float, __: float) -> tuple[None, float]:
        return None, seconds

    monkeypatch.setattr(processes, "done_apart", slow)
    problem, _ = encoded(specified(tmp_path, NEEDS_ALL), ProofOptions())
    attempt = Attempt(problem, ProofOptions())
    decider = Decider(problem, attempt.fragment)
    obligation = next(iter(consecution(problem, problem.invariants[1], problem.invariants)))
    time_ = Clock(30.0)
    time_.is_fresh = False
    decided = decider._refutation(obligation, time_)
    assert decided.proved is not True
    assert time_.spent > 0.85 * 30.0


@forking
def test_a_solver_that_does_not_hear_in_the_process_of_a_pool_costs_no_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Z3.check

    def deaf(self: Z3, seconds: float) -> str:
        while is_replaceable():
            (tmp_path / "was asked").touch()
        return asked(self, seconds)

    monkeypatch.setattr(Z3, "check", deaf)
    monkeypatch.setattr(deciding, "BRIEF", 0.01)
    monkeypatch.setattr(processes, "LATENESS", 0.01)
    result = proved(tmp_path, NEEDS_ALL, workers=2)
    assert (tmp_path / "was asked").exists()
    assert open_claims(result) == []
    assert result.verdict is Verdict.HOLDS


PRODUCTS_OF_VARIABLES = """
    weight: Map[Node, Range[1, 3]] = anything()
    turn: Range[0, 3] = 0
    owed: Map[Node, Range[0, 9]] = everywhere(0)

    @action
    def serve(self) -> None:
        require(self.turn < 3)
        self.turn += 1
        for n in Node:
            self.owed[n] = self.owed[n] + self.weight[n]

    @invariant
    def owed_is_turns_times_weight(self, n: Node) -> bool:
        return self.owed[n] == self.turn * self.weight[n]

    @invariant
    def twice_is_not_negative(self) -> bool:
        return 2 * self.turn >= 0
"""

WRONG_WEIGHT = PRODUCTS_OF_VARIABLES.replace("self.owed[n] + self.weight[n]", "self.owed[n] + 1")
OWED = "owed_is_turns_times_weight: preserved serve"


@pytest.mark.parametrize(
    ("sizes", "claim", "applies"),
    [
        ({"Node": "2"}, "owed_is_turns_times_weight", True),
        ({}, "owed_is_turns_times_weight", False),
        ({"Node": "2"}, "twice_is_not_negative", False),
    ],
    ids=["stated sizes and a product", "any sizes", "only a numeral is multiplied with"],
)
def test_quantifiers_are_written_out_where_a_claim_about_stated_sizes_multiplies(
    sizes: dict[str, str], claim: str, applies: bool, tmp_path: Path
) -> None:
    problem, _ = encoded(specified(tmp_path, PRODUCTS_OF_VARIABLES), ProofOptions(fixed=sizes))
    assert problem.unbounded is not bool(sizes)
    predicate = next(p for p in problem.invariants if p.name == claim)
    for obligation in consecution(problem, predicate, [predicate]):
        for abstraction in (False, True):
            strategies = [strategy for strategy, _ in ways(problem, obligation, abstraction=abstraction)]
            assert any(strategy.written_out for strategy in strategies) is applies


def test_written_out_what_is_true_is_proved_and_what_is_false_refuted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.proofs.induction import strategies

    monkeypatch.setattr(strategies, "PORTFOLIO", (PRODUCTS,))
    sound = proved(tmp_path, PRODUCTS_OF_VARIABLES, fixed={"Node": "2"})
    assert {o.claim.name: o.decision.means for o in sound.obligations if o.proved}[OWED] is Means.WRITTEN_OUT
    broken = proved(tmp_path, WRONG_WEIGHT, fixed={"Node": "2"})
    (refuted,) = (o for o in broken.obligations if o.claim.name == OWED)
    assert refuted.proved is False
    assert refuted.counterexample is not None


def test_a_certificate_has_the_quantifiers_written_out_that_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.proofs.induction import strategies

    monkeypatch.setattr(strategies, "PORTFOLIO", (PRODUCTS,))
    result = proved(tmp_path, PRODUCTS_OF_VARIABLES, fixed={"Node": "2"})
    certified(result, tmp_path / "out")
    (script,) = (tmp_path / "out").glob("*owed_is_turns_times_weight_preserved_serve.smt2")
    text = script.read_text()
    assert "(set-info :status unsat)" in text
    assert "forall" not in text
    assert "exists" not in text


def owed(name: str, action: str, seed: int, without: str = "") -> Answer:
    """Ask whether an action can break what is owed in weighted round robin, without one of the hypotheses."""
    problem, _ = encoded(load(name).specification, ProofOptions())
    claim = next(p for p in problem.invariants if p.name == "current_weight_is_what_is_owed")
    left_out = {p.formula for p in problem.invariants if p.name == without}
    obligations = consecution(problem, claim, problem.invariants)
    (obligation,) = (o for o in obligations if o.claim.transition and o.claim.transition.name == action)
    asked = replace(obligation, query=tuple(f for f in obligation.query if f not in left_out))
    decider = Decider(problem, Attempt(problem, ProofOptions()).fragment)
    return decider._loaded(asked, PRODUCTS, Z3(seed, alone=True)).check(30.0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_weighted_round_robin_owes_what_it_says_with_every_seed(seed: int) -> None:
    assert owed("weighted_round_robin", "serve", seed) == "unsat"


def test_weighted_round_robin_owes_it_only_if_it_did_before() -> None:
    assert owed("weighted_round_robin", "serve", 0, without="current_weight_is_what_is_owed") == "sat"


def test_a_reload_of_weighted_round_robin_forgets_what_is_owed() -> None:
    assert owed("weighted_round_robin:WeightedRoundRobinRestarting", "reload", 0) == "sat"
