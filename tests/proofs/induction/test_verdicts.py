"""*Proved* never claims more than was covered: what a proof rests on is in its verdict, and what is open is open."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from assay.checker.errors import ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import NamedModel, load
from assay.checker.language.model import Kind
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.induction.bounded import search_steps
from assay.proofs.induction.decisions import Decision
from assay.proofs.induction.obligations import ClaimKind
from assay.proofs.induction.options import ProofOptions, Watch
from assay.proofs.induction.prover import prove_model
from assay.proofs.induction.results import ProofResult
from assay.proofs.induction.several_steps import induct
from assay.proofs.reports.data import proof_page, proof_record, proofs_page, proofs_record
from assay.proofs.reports.run import ProofRun
from assay.proofs.reports.text import render_proof, render_proofs
from claims import proved, specified

from tests.tiers import one_in


def told(result: ProofResult) -> dict[str, str]:
    """Return every report on a proof, by its form."""
    model = NamedModel("model.py", result.specification.cls, None)
    run = ProofRun(model, result, 30.0, "assay prove model.py")
    return {
        "text": "\n".join(line.plain for line in render_proof(run)),
        "table": "\n".join(line.plain for line in render_proofs([run])),
        "markdown": proof_page(run),
        "markdown table": proofs_page([run], ()),
        "json": json.dumps(proof_record(run)),
        "json of all": json.dumps(proofs_record([run], ())),
    }


def checked(folder: Path, body: str) -> Verdict:
    """Return what the reference interpreter says of the default instance: the second opinion."""
    return check(instantiate(specified(folder, body)), Options(Engine.REFERENCE, deadlock=False)).verdict


SIZED = """
    default = dict(Node=3)
    votes: Set[Node]
    @action
    def vote(self, n: Node):
        require(sum(1 for a in Node if a in self.votes) * 2 <= len(Node))
        self.votes.add(n)
    @invariant
    def at_most_two(self):
        return len(self.votes) < 3
"""


def test_sizes_stand_beside_the_verdict_in_every_report(tmp_path: Path) -> None:
    result = proved(tmp_path, SIZED)
    assert result.verdict is Verdict.HOLDS
    assert {form: "Node=3" in text for form, text in told(result).items()} == dict.fromkeys(told(result), True)
    assert proved(tmp_path, SIZED, fixed={"Node": "4"}).verdict is Verdict.VIOLATED


CONSTRAINED = """
    default = dict()
    x: Range[0, 9] = 0
    @action
    def up(self):
        self.x = min(self.x + 1, 9)
    @constraint
    def few(self):
        return self.x <= 3
    @invariant
    def small(self):
        return self.x <= {most}
"""


def test_constraint_is_an_assumption_and_said_in_every_report(tmp_path: Path) -> None:
    body = CONSTRAINED.format(most=4)
    result = proved(tmp_path, body)
    assert result.verdict is checked(tmp_path, body) is Verdict.HOLDS
    for text in told(result).values():
        assert "inside the constraint few" in text


@pytest.mark.parametrize("prove", [prove_model, lambda s, o: search_steps(s, 9, o)])
def test_violation_beyond_a_constraint_is_found_by_steps_that_begin_inside_of_it(tmp_path: Path, prove) -> None:
    body = CONSTRAINED.format(most=3)
    result = prove(specified(tmp_path, body), ProofOptions(screening=0, workers=1))
    assert result.verdict is checked(tmp_path, body) is Verdict.VIOLATED
    assert [len(r.trace) for r in result.refutations] == [5]


@pytest.mark.parametrize("prove", [lambda s, o: search_steps(s, 9, o), lambda s, o: induct(s, 3, o)])
def test_no_step_is_taken_out_of_a_state_beyond_the_constraint(tmp_path: Path, prove) -> None:
    result = prove(specified(tmp_path, CONSTRAINED.format(most=4)), ProofOptions(workers=1))
    assert result.refutations == ()


NO_BEGINNING = CONSTRAINED.replace(" = 0\n", " = 0\n    @initial\n    def never(self):\n        require(self.x > 5)\n")


@pytest.mark.parametrize("prove", [prove_model, lambda s, o: induct(s, 2, o)])
@pytest.mark.parametrize(
    "body", one_in(2, [CONSTRAINED.format(most=9).replace("self.x <= 3", "self.x > 3"), NO_BEGINNING.format(most=9)])
)
def test_model_that_never_begins_leaves_nothing_to_prove(tmp_path: Path, body: str, prove) -> None:
    result = prove(specified(tmp_path, body), ProofOptions(screening=0, workers=1))
    assert result.verdict is checked(tmp_path, body) is Verdict.UNKNOWN
    assert "model: initial state exists" in [o.claim.name for o in result.guards_failed]


NEVER_BEGINS = """
    x: Range[0, 3]
    default = {}
    @initial
    def start(self, x: Range[0, 3]):
        require(x > 3)
        self.x = x
    @action
    def reset(self):
        self.x = 0
    @invariant
    def low(self):
        return self.x < 1
"""
"""That x is in its range does not follow from the invariant: it is proved in a second round."""


def test_guard_that_failed_stays_failed_when_hypotheses_are_added(tmp_path: Path) -> None:
    result = prove_model(specified(tmp_path, NEVER_BEGINS), ProofOptions(screening=0, workers=1))
    assert result.verdict is checked(tmp_path, NEVER_BEGINS) is Verdict.UNKNOWN
    assert "model: initial state exists" in [o.claim.name for o in result.guards_failed]


AXIOM = """
    default = dict(Node=1)
    asked: Set[Node]
    seen: Set[Node]
    @axiom
    def one_node(self):
        return all(m == n for m in Node for n in Node)
    @action
    def see(self, n: Node, m: Node):
        self.asked.add(m)
        self.seen.add(n)
    @invariant
    def who_is_seen_was_asked(self):
        return all(n in self.asked for n in self.seen)
"""


def test_axioms_stand_beside_the_verdict_in_every_report(tmp_path: Path) -> None:
    result = proved(tmp_path, AXIOM)
    assert result.verdict is Verdict.HOLDS
    for text in told(result).values():
        assert "assuming one_node" in text


FALSE_LEMMA = """
    default = dict(Node=2)
    smoke = dict(Node=1)
    seen: Set[Node]
    other: bool = False
    @action
    def see(self, a: Node, b: Node):
        require(a != b)
        self.seen.add(a)
    @invariant
    def nobody(self):
        return not self.seen
    @lemma
    def nobody_is_seen(self, a: Node):
        return a not in self.seen
    @invariant
    def unrelated(self):
        return not self.other
"""


@pytest.mark.parametrize("screening", [0, 1000])
def test_only_does_not_rest_on_a_lemma_that_is_false(tmp_path: Path, screening: int) -> None:
    result = proved(tmp_path, FALSE_LEMMA, only=("nobody",), screening=screening)
    assert result.verdict is Verdict.UNKNOWN
    assert result.unproved_lemmas == ("nobody_is_seen",)
    for form in ("text", "markdown"):
        assert "not proved: nobody rests on nobody_is_seen, which is open" in told(result)[form]
    assert proved(tmp_path, FALSE_LEMMA, screening=screening).verdict is Verdict.VIOLATED


def test_only_proves_the_lemmas_that_a_property_rests_on_and_nothing_else(tmp_path: Path) -> None:
    result = prove_model(load("two_phase_commit").specification, ProofOptions(only=("atomicity",)))
    assert result.verdict is Verdict.HOLDS
    asked = {o.claim.subject for o in result.own if not o.obligation.supporting}
    assert asked == {"atomicity"}
    assert "resting on\n  proved  told_as_decided" in told(result)["text"]
    whole = prove_model(load("two_phase_commit").specification)
    lemmas = {o.claim.subject for o in whole.own} - {o.claim.subject for o in result.own}
    assert lemmas == {
        m.name for m in whole.specification.methods if m.kind in (Kind.INVARIANT, Kind.STEP_INVARIANT)
    } - {"atomicity"}


def test_only_says_nothing_of_what_else_is_violated(tmp_path: Path) -> None:
    body = FALSE_LEMMA.replace("smoke = dict(Node=1)", "smoke = dict(Node=2)")
    result = proved(tmp_path, body, only=("unrelated",), screening=1000)
    assert result.verdict is Verdict.HOLDS
    assert result.refutations == ()
    assert result.dropped == ("nobody_is_seen", "nobody")


def test_steps_of_one_action_prove_no_property() -> None:
    result = prove_model(load("two_phase_commit").specification, ProofOptions(only=("decide_commit",)))
    assert result.verdict is Verdict.UNKNOWN
    assert result.failed == ()
    assert "not proved: only steps of decide_commit were looked at; the " in told(result)["text"]


NOTHING = """
    default = dict(Node=2)
    seen: Set[Node]
    @action
    def see(self, n: Node):
        self.seen.add(n)
"""


def test_nothing_to_prove_is_nothing_proved(tmp_path: Path) -> None:
    result = proved(tmp_path, NOTHING)
    assert result.verdict is Verdict.UNKNOWN
    assert "nothing was checked" in told(result)["text"]
    for steps in (search_steps(specified(tmp_path, NOTHING), 2, ProofOptions()),):
        assert steps.verdict is Verdict.UNKNOWN


WITHOUT_VALUE = """
    default = dict(Node=2)
    owner: Node
    seen: Set[Node]
    @action
    def see(self, n: Node):
        require(n == self.owner)
        self.seen.add(n)
    @invariant
    def owners_only(self):
        return all(n == self.owner for n in self.seen)
"""


def test_error_of_the_exploration_beside_a_proof_is_the_error_of_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="owner has no initial value"):
        proved(tmp_path, WITHOUT_VALUE, screening=100)
    with pytest.raises(ModelError, match="owner has no initial value"):
        checked(tmp_path, WITHOUT_VALUE)


def test_exploration_that_could_not_begin_is_told(tmp_path: Path) -> None:
    body = AXIOM.replace("default = dict(Node=1)", "default = dict(Node=2)")
    result = proved(tmp_path, body, screening=100)
    assert result.verdict is Verdict.HOLDS
    assert any(
        "the smoke instance was not explored beside the proof: the axiom one_node is false" in w
        for w in result.warnings
    )
    assert "explored beside the proof: the smoke instance in" not in told(result)["text"]


RAISING = """
    default = dict(Node=1)
    known: Node | None = None
    up: Map[Node, bool]
    copied: bool = False
    @action
    def copy(self):
        self.copied = self.up[self.known]
    @invariant
    def not_copied(self):
        return not self.copied
"""


def test_no_run_is_shown_that_python_refuses(tmp_path: Path) -> None:
    result = proved(tmp_path, RAISING)
    assert result.violated == ("copy is defined",)
    assert [(len(r.trace), r.failure) for r in result.refutations] == [(1, "copy(): raised KeyError: None")]
    assert "not_copied is violated" not in told(result)["text"]


def test_dead_action_is_a_finding_only_if_what_says_so_is_proved(tmp_path: Path) -> None:
    body = """
    default = dict(Node=2)
    on: bool = False
    seen: Set[Node]
    @action
    def see(self, n: Node):
        require(self.on)
        self.seen.add(n)
    @action
    def switch(self, n: Node, m: Node):
        require({guard})
        self.on = True
    @invariant
    def nobody_is_seen(self):
        return not self.seen
    @lemma
    def off(self):
        return not self.on
"""
    dead = proved(tmp_path, body.format(guard="self.on"))
    assert (dead.verdict, dead.dead_actions) == (Verdict.VIOLATED, ("see", "switch"))
    false = proved(tmp_path, body.format(guard="n != m"), search=0.0)
    assert false.dead_actions == ()


def test_action_is_enabled_if_one_case_of_its_parameters_is(tmp_path: Path) -> None:
    body = """
    default = dict(Node=1)
    seen: Set[Node]
    @action
    def see(self, n: Node | None):
        require(n is not None)
        self.seen.add(n)
    @invariant
    def somebody_or_nobody(self):
        return all(n in Node for n in self.seen)
"""
    result = proved(tmp_path, body, search=0.0)
    assert result.dead_actions == ()


def test_false_lemma_of_the_smoke_instance_is_told_before_anything_is_decided(tmp_path: Path) -> None:
    body = FALSE_LEMMA.replace("smoke = dict(Node=1)", "smoke = dict(Node=2)")
    heard: list[object] = []
    watch = Watch(lambda done, total: heard.append(done), heard.append)
    prove_model(specified(tmp_path, body), ProofOptions(workers=1), watch)
    assert heard[:2] == [1, "the lemma nobody_is_seen is violated in the smoke instance: going on without it"]


def test_time_of_the_explorations_is_told() -> None:
    result = prove_model(load("two_phase_commit:CommitsOnMajority").specification)
    assert {e.source for e in result.explorations} >= {"the smoke instance"}
    assert "explored beside the proof: the smoke instance in " in told(result)["text"]


def test_guard_that_was_not_decided_is_not_said_to_fail() -> None:
    result = prove_model(load("consensus").specification)
    undecided = Decision(None, 30.0, reason="not decided in 30 s")
    results = tuple(
        replace(o, decision=undecided) if o.claim.kind is ClaimKind.ENABLED else o for o in result.obligations
    )
    cut = replace(result, obligations=results)
    assert cut.verdict is Verdict.UNKNOWN
    assert cut.dead_actions == ()
    assert "not proved: choose: enabled was not decided" in told(cut)["text"]
    assert "does not hold" not in told(cut)["text"]


def test_guards_assume_what_the_proof_assumes_and_not_what_follows_from_it() -> None:
    result = prove_model(load("two_phase_commit").specification)
    implied = {o.claim.predicate.formula for o in result.own if o.claim.kind is ClaimKind.IMPLIED and o.claim.predicate}
    for guard in (o for o in result.obligations if o.claim.kind is ClaimKind.ENABLED):
        assert implied.isdisjoint(guard.obligation.query)


WRONG_KEY = """
    default = dict(Node=2)
    smoke = dict(Node=1)
    at: Range[0, 1] = 0
    votes: Map[Range[0, 1], bool]
    flag: bool
    @action
    def up(self):
        self.at = 1
        self.flag = not self.flag
    @action
    def vote(self, n: Node, m: Node):
        require(self.flag or n != m)
        self.votes[self.at + (0 if self.flag else 2)] = True
        require({guard})
        self.votes[self.at] = False
    @invariant
    def nobody(self):
        return not any(self.votes.values())
"""


def test_a_wrong_key_that_makes_a_guard_true_is_a_failure(tmp_path: Path) -> None:
    # The map has an entry more in Python, which the guard sees. The smoke instance has no such step.
    result = proved(tmp_path, WRONG_KEY.replace("{guard}", "any(self.votes.values())"))
    open_ = {r.claim.name.partition(" (")[0]: r.proved for r in result.obligations if not r.proved and not r.guard}
    assert open_ == {"vote: never what follows from a wrong key of votes": False}


def test_a_wrong_key_that_makes_a_guard_false_leaves_the_proof_open(tmp_path: Path) -> None:
    # Every step with a wrong key is disabled: nothing raises, and that does not follow from the formulas.
    result = proved(tmp_path, WRONG_KEY.replace("{guard}", "not any(self.votes.values()) or self.flag"))
    (left,) = [r for r in result.obligations if not r.proved and not r.guard]
    assert (left.claim.kind, left.proved, left.counterexample) == (ClaimKind.DEFINED, None, None)
    assert "require a right key first" in left.decision.reason


GONE = """
    default = dict(Node=2)
    at: Range[0, 1] = 0
    votes: Map[Range[0, 1], bool]
    of: Map[Node, Map[Range[0, 1], bool]]
    @action
    def vote(self, n: Node):
        {stores}
    @invariant
    def nobody(self):
        return not any(self.votes.values())
"""


@pytest.mark.parametrize(
    "stores",
    one_in(
        3,
        [
            "self.votes[self.at + 2] = True; self.votes = {k: False for k in range(2)}",
            "self.of[n][self.at + 2] = True; self.of[n] = {k: False for k in range(2)}",
            "self.of[n][self.at + 2] = True; self.of = {m: {k: False for k in range(2)} for m in Node}",
        ],
    ),
)
def test_a_wrong_key_that_is_gone_in_the_end_leaves_the_proof_open(tmp_path: Path, stores: str) -> None:
    result = proved(tmp_path, GONE.replace("{stores}", stores))
    (left,) = [r for r in result.obligations if not r.proved and not r.guard]
    assert (left.claim.kind, left.proved, left.counterexample) == (ClaimKind.DEFINED, None, None)
    assert "require a right key first" in left.decision.reason


RESTING_ON_WHAT_IS_FALSE = """
    default = dict(Node=2)
    up: Set[Node]
    told: Set[Node]
    most: Nat = 0
    @action
    def start(self, n: Node):
        require(n not in self.up, self.most < 3)
        self.up.add(n)
        self.told.add(n)
        self.most += 1
    @action
    def stop(self, n: Node):
        require(n in self.up)
        self.up.discard(n)
    @action(fires="never")
    def forget(self, n: Node):
        require(n in self.told and n not in self.up)
        self.told.discard(n)
    @action(fires="maybe")
    def divide(self, n: Node):
        require(n in self.told)
        self.most = 6 // (1 if n in self.up else 0)
    @invariant
    def told_are_up(self, n: Node):
        return n not in self.told or n in self.up
    @invariant
    def up_are_told(self, n: Node):
        return n not in self.up or n in self.told
    @step_invariant
    def told_stay_up(self, after: Self):
        return all(n in self.up for n in self.told)
"""


def test_what_rests_on_an_invariant_that_is_violated_is_not_called_proved(tmp_path: Path) -> None:
    result = proved(tmp_path, RESTING_ON_WHAT_IS_FALSE)
    assert "told_are_up" in result.violated
    never, divided, *stay = [
        next(o for o in result.own if o.claim.kind is ClaimKind.NEVER),
        next(o for o in result.own if o.claim.kind is ClaimKind.DEFINED and o.claim.action == "divide"),
        *(o for o in result.own if o.claim.subject == "told_stay_up"),
    ]
    for one in (never, divided, *stay):
        assert one.proved is not True, one.claim.name
        assert one.decision.reason == "rests on told_are_up, which is violated"
    # What was proved of all states in which the hypotheses hold is still that.
    assert [o.proved for o in result.own if o.claim.subject == "up_are_told"].count(None) == 0
    # A lemma would not help.
    assert result.gaps == ()
