"""Models with odd names, without invariants, with one element of a sort, with hints that raise; and what looks sound.

A proof is one of the model with the lemmas pasted, so what is inferred for an odd model may be too little, not false.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.loader import load
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model
from assay.proofs.inference.extension import names_of
from assay.proofs.inference.grammar import Grammar
from assay.proofs.inference.infer import infer
from assay.proofs.inference.results import Inference
from assay.proofs.inference.spaces import Clause, Space

from tests.benchmarks.inference import LATER_MODELS, UNSEEN_MODELS
from tests.proofs.inference.pasting import pasted
from tests.tiers import one_in

ALONE = ProofOptions(workers=1)

HEAD = """
from enum import Enum
from assay.checker.language import *

"""

NAMES = """
class Client(Sort):
    "Called as a variable is that its lemmas need: the sort and the sets below."

class c1(Sort):
    "A sort in lower case, whose initial another one has."

class Quorum(QuorumSystem[Client]):
    "Nothing speaks of it."

client3 = 5

class Lock(Model):
    default = {"Client": 2, "c1": 2}
    self_: bool = True
    client2: Set[Client]
    client1: Set[Client]
    c11: Set[c1]

    @action
    def grant(self, c: Client, d: c1) -> None:
        require(self.self_)
        self.self_ = False
        self.client2.add(c)
        self.c11.add(d)

    @action
    def take(self, c: Client) -> None:
        require(c in self.client2)
        self.client2.discard(c)
        self.client1.add(c)

    @action
    def give_back(self, c: Client) -> None:
        require(c in self.client1)
        self.client1.discard(c)
        self.self_ = True

    @invariant
    def inferred_1(self) -> bool:
        return all(c == d for c in self.client1 for d in self.client1)
"""

STEPS_ONLY = """
class Client(Sort):
    "Who may hold the lock."

class Lock(Model):
    default = {"Client": 2}
    holders: Set[Client]
    free: bool = True

    @action
    def take(self, c: Client) -> None:
        require(self.free)
        self.free = False
        self.holders.add(c)

    @action
    def give_back(self, c: Client) -> None:
        require(c in self.holders)
        self.holders.discard(c)
        self.free = True

    @step_invariant
    def nobody_else(self, after) -> bool:
        return all(c in self.holders or not self.holders for c in after.holders)
"""

ONE_OF_EACH = """
class Phase(Enum):
    only = 1

class Client(Sort):
    "There is one in the default instance."

class Lock(Model):
    default = {"Client": 1}
    phase: Phase = Phase.only
    free: bool = True
    holders: Set[Client]

    @action
    def take(self, c: Client) -> None:
        require(self.free)
        self.free = False
        self.holders.add(c)

    @invariant
    def one_holder(self) -> bool:
        return all(c == d for c in self.holders for d in self.holders) and self.phase == Phase.only
"""

HINTS = """
class Node(Sort):
    "A process."

class Quorum(QuorumSystem[Node]):
    "Enough of them."

class Hinted(Model):
    default = {"Node": 2}
    at: Map[Node, Node | None] = None
    ready: Set[Node]
    done: Set[Node]

    @action
    def go(self, n: Node, m: Node) -> None:
        require(self.at[n] is None)
        self.at[n] = m
        self.ready.add(n)

    @action
    def finish(self, n: Node) -> None:
        require(n in self.ready)
        self.done.add(n)

    @hint
    def raises(self, n: Node) -> bool:
        return self.at[n] in self.done

    @hint
    def always(self) -> bool:
        return True

    @hint
    def of_quorum(self, q: Quorum) -> bool:
        return all(self.at[n] is not None for n in q)

    @hint
    def never_true_of_two(self, n: Node, m: Node) -> bool:
        return n == m

    @invariant
    def started(self, n: Node) -> bool:
        return n not in self.done or self.at[n] is not None
"""


def _written(folder: Path, source: str) -> Specification:
    path = folder / "odd.py"
    path.write_text(HEAD + source, encoding="utf-8")
    return load(str(path)).specification


def _inferred(specification: Specification, budget: float = 1e9) -> Inference:
    return infer(specification, ALONE, budget=budget, resume=False)


@pytest.mark.parametrize(
    "source", one_in(3, [NAMES, STEPS_ONLY, ONE_OF_EACH, HINTS]), ids=["names", "steps", "one", "hints"]
)
def test_an_odd_model_is_proved_with_its_lemmas_as_pasted(tmp_path: Path, source: str) -> None:
    specification = _written(tmp_path, source)
    found = _inferred(specification)
    assert found.proof.verdict is Verdict.HOLDS
    again = load(pasted(specification, found, tmp_path / "pasted.py")).specification
    assert prove_model(again, ALONE).verdict is Verdict.HOLDS
    instance = instantiate(again)
    with instance.active():
        explored = reference.explore(instance, Limits(), deadlock=False)
    assert not [claim.name for claim in again.claims if claim in explored.found]


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    one_in(
        3,
        [
            (NAMES, "require(self.self_)", "require(True)"),
            (NAMES, "        self.client1.discard(c)\n", ""),
            (STEPS_ONLY, "require(self.free)", "require(True)"),
            (STEPS_ONLY, "require(c in self.holders)", "require(True)"),
            (ONE_OF_EACH, "require(self.free)", "require(True)"),
            (HINTS, "require(n in self.ready)", "require(n not in self.ready)"),
        ],
    ),
)
def test_a_broken_variant_of_it_is_violated(tmp_path: Path, source: str, right: str, wrong: str) -> None:
    assert right in source
    found = _inferred(_written(tmp_path, source.replace(right, wrong)))
    assert found.proof.verdict is Verdict.VIOLATED


def test_a_model_that_claims_nothing_is_not_proved(tmp_path: Path) -> None:
    found = _inferred(_written(tmp_path, NAMES[: NAMES.index("    @invariant")]))
    assert found.proof.verdict is Verdict.UNKNOWN
    assert found.ended == "the model has no property to prove"


@pytest.mark.slow
def test_what_only_larger_instances_than_are_explored_show_is_not_proved(tmp_path: Path) -> None:
    sets = "abcde"
    head = 'class N(Sort):\n    "Five are needed."\n\nclass Deep(Model):\n    default = {"N": 2}\n'
    fields = "    bad: bool = False\n" + "".join(f"    {s}: Set[N]\n" for s in sets)
    actions = "".join(
        f"\n    @action\n    def add_{s}(self, n: N) -> None:\n"
        + "".join(f"        require(n not in self.{t})\n" for t in sets[:number])
        + f"        self.{s}.add(n)\n"
        for number, s in enumerate(sets)
    )
    chosen = ", ".join(f"{s}: N" for s in sets)
    different = ", ".join(f"{s} != {t}" for s in sets for t in sets if s < t)
    fail = f"\n    @action\n    def fail(self, {chosen}) -> None:\n        require({different})\n"
    fail += "".join(f"        require({s} in self.{s})\n" for s in sets) + "        self.bad = True\n"
    fine = "\n    @invariant\n    def fine(self) -> bool:\n        return not self.bad\n"
    found = _inferred(_written(tmp_path, head + fields + actions + fail + fine), budget=60.0)
    assert found.proof.verdict is not Verdict.HOLDS


# Elements that exist


@pytest.mark.parametrize(
    ("name", "guard"),
    [
        pytest.param("ClientServer", "Asked(client, request) in self.requests, ", marks=pytest.mark.slow),
        ("Firewall", ", source in self.allowed"),
    ],
)
def test_a_lemma_that_an_element_exists_is_found_and_a_broken_variant_is_violated(
    tmp_path: Path, name: str, guard: str
) -> None:
    source = UNSEEN_MODELS.read_text(encoding="utf-8")
    assert source.count(guard) == 1
    (tmp_path / "right.py").write_text(source, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(source.replace(guard, ""), encoding="utf-8")
    found = _inferred(load(f"{tmp_path / 'right.py'}:{name}").specification)
    assert found.proof.verdict is Verdict.HOLDS
    assert any("any(" in method for method in found.methods)
    assert _inferred(load(f"{tmp_path / 'wrong.py'}:{name}").specification).proof.verdict is Verdict.VIOLATED


LATER_BROKEN = {
    "MultiLockServer": (", self.free[lock])", ")"),
    "NaiveConsensus": ("all(Vote(node, v) not in self.votes for v in Value)", "Vote(node, value) not in self.votes"),
    "ClientServerDatabase": ("all(Origin(inquiry, n) not in self.origins for n in Node)", "True"),
    "ShardedStoreWithoutLoss": ("self.transfers.add(Entry(new, key, value))", "pass"),
    "MultisigAll": ("payment in self.collecting, payment.deadline in self.expired", "payment in self.collecting"),
    "SimpleRegular": ("self.register[node] = {Bit.ONE}", "self.register[node] = {Bit.ZERO}"),
}


@pytest.mark.parametrize("name", one_in(3, LATER_BROKEN))
def test_broken_variants_of_protocols_that_were_chosen_later_are_violated(tmp_path: Path, name: str) -> None:
    right, wrong = LATER_BROKEN[name]
    source = LATER_MODELS.read_text(encoding="utf-8")
    assert source.count(right) == 1
    (tmp_path / "broken.py").write_text(source.replace(right, wrong), encoding="utf-8")
    broken = load(f"{tmp_path / 'broken.py'}:{name}").specification
    assert _inferred(broken).proof.verdict is Verdict.VIOLATED


# Names


def test_clauses_about_sets_that_are_called_as_variables_are_not_taken_for_each_other(tmp_path: Path) -> None:
    specification = _written(
        tmp_path,
        """
class Node(Sort):
    "A process."

class Two(Model):
    default = {"Node": 2}
    n1: Set[Node]
    n2: Set[Node]

    @action
    def add(self, n: Node) -> None:
        self.n1.add(n)
        self.n2.add(n)
""",
    )
    grammar = Grammar(encode(specification).theory, names_of(specification))
    one, two = ([(grammar.types[0], count)] for count in (1, 2))
    small, large = (Space(v := grammar.bound(counts), grammar.atoms(v, 2)) for counts in (one, two))

    def clause(space: Space, *texts: str) -> Clause:
        atoms = {atom.text: atom for atom in space.atoms}
        return Clause(space, tuple((atoms[text], True) for text in texts))

    first, second = clause(small, "n1 in self.n1"), clause(large, "n2 in self.n2")
    assert first.identity != second.identity
    assert first.identity == clause(large, "n2 in self.n1").identity == clause(large, "n1 in self.n1").identity
    assert first.order == clause(large, "n2 in self.n1").order == ("n1 in self.n1",)
    apart, together = clause(large, "n1 in self.n1", "n2 in self.n2"), clause(large, "n1 in self.n1", "n1 in self.n2")
    assert apart.identity != together.identity
    assert apart.identity == clause(large, "n2 in self.n1", "n1 in self.n2").identity
    assert apart.order == clause(large, "n2 in self.n1", "n1 in self.n2").order
    assert clause(large, "n1 == n2", "n1 in self.n1").identity == clause(large, "n1 == n2", "n2 in self.n1").identity


def test_variables_are_called_as_nothing_in_the_module_of_the_model_is(tmp_path: Path) -> None:
    specification = _written(tmp_path, NAMES)
    grammar = Grammar(encode(specification).theory, names_of(specification))
    counts = [(type_, 3) for type_ in grammar.types]
    called = [bound.name for bound in grammar.bound(counts)]
    assert len(set(called)) == len(called)
    assert not {*called} & {*names_of(specification).known}
    assert "client3_" in called
