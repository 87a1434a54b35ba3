"""Containers inside of values: their formulas say what the code does, for any number of elements, and are proved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from agreement import disagreements, scattered_states, some_states
from assay.checker.engine.limits import Limits
from assay.checker.errors import AssayError, ModelError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.obligations import ClaimKind
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model
from assay.proofs.inference.infer import infer
from claims import proved

from tests.generation.choices import Seeded
from tests.generation.parts import FEW, structured_model
from tests.tiers import as_shown_by, one_in

GOSSIP = f"{Path(__file__).parent / 'models' / 'gossip.py'}"
QUORUM_SETS = f"{Path(__file__).parent / 'models' / 'quorum_sets.py'}"


def agree(source: str, path: Path) -> bool:
    """Compare the formulas of a model with its code; return whether all of it has formulas."""
    path.write_text(source)
    try:
        specification = load(str(path)).specification
        instance = instantiate(specification, {})
        problem = encode(specification, instance=instance)
        with instance.active():
            states = scattered_states(instance, 3, 3)
    except AssayError:  # no model of the language
        return False
    with instance.active():
        assert next(disagreements(problem, instance, states), None) is None, source
    return not problem.unencodable


def test_formulas_say_what_the_code_says() -> None:
    specification = load(f"{GOSSIP}:Gossip").specification
    instance = instantiate(specification, {"Node": 1})
    problem = encode(specification, instance=instance)
    assert not problem.unencodable
    with instance.active():
        assert next(disagreements(problem, instance, some_states(instance, 6)), None) is None


def test_formulas_of_invented_models_say_what_their_code_says(tmp_path: Path) -> None:
    held = [agree(structured_model(Seeded(seed), FEW), tmp_path / f"structured_{seed}.py") for seed in (0, 3)]
    assert all(held)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(100, 160, 10))
def test_formulas_of_many_models_say_what_their_code_says(first: int, tmp_path: Path) -> None:
    seeds = range(first, first + 10)
    held = [agree(structured_model(Seeded(seed), FEW), tmp_path / f"structured_{seed}.py") for seed in seeds]
    assert sum(held) > len(held) // 2


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 40, 2))
def test_nothing_that_an_instance_violates_is_proved(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + 2):
        path = tmp_path / f"structured_{seed}.py"
        path.write_text(structured_model(Seeded(seed), FEW))
        try:
            specification = load(str(path)).specification
            instance = instantiate(specification, {})
        except AssayError:  # no model of the language
            continue
        for alone in each_claim_alone(specification):
            assert not holds(alone) or not wrong(instance.about(alone)), (seed, alone.methods[-1].name)


def each_claim_alone(specification: Specification) -> Iterator[Specification]:
    """Yield the model with each of its claims in turn, and no other: a false one beside it would hide a false proof."""
    others = tuple(method for method in specification.methods if not method.kind.is_claim)
    for method in specification.methods:
        if method.kind.is_claim:
            yield replace(specification, methods=(*others, method))


def holds(specification: Specification) -> bool:
    """Return whether a model is proved."""
    try:
        return prove_model(specification, ProofOptions(timeout=0.3, search=0.0)).verdict is Verdict.HOLDS
    except AssayError:  # nothing that can be proved
        return False


def wrong(instance: Instance) -> list[str]:
    """Return the claims that an instance violates, as the reference explorer finds, or what its code raises."""
    try:
        checked = check(instance, Options(Engine.REFERENCE, Limits(states=400), keep_going=True, deadlock=False))
    except ModelError as error:
        return [error.message]
    claims = {method.name for method in instance.specification.methods if method.kind.is_claim}
    return [p.name for p in checked.properties if p.verdict is Verdict.VIOLATED and p.name in claims]


def test_structured_messages_are_proved_for_any_number_of_nodes() -> None:
    result = prove_model(load(f"{GOSSIP}:Gossip").specification, ProofOptions(search=0.0))
    assert result.verdict is Verdict.HOLDS


def test_broken_model_is_refuted_by_a_state_with_containers_in_it() -> None:
    result = prove_model(load(f"{GOSSIP}:GossipOfTheDead").specification, ProofOptions(search=0.0))
    assert result.verdict is not Verdict.HOLDS
    examples = [o.counterexample for o in result.failed if o.counterexample is not None]
    assert any(example.before is not None for example in examples)


def test_quorums_that_are_a_constant_set_of_sets_are_proved_for_any_number_of_nodes() -> None:
    result = prove_model(load(f"{QUORUM_SETS}:QuorumSets").specification)
    assert result.instance is None
    assert result.verdict is Verdict.HOLDS


def test_sets_of_sets_that_need_not_meet_are_refuted() -> None:
    result = prove_model(load(f"{QUORUM_SETS}:AnyRefuses").specification)
    assert [refutation.name for refutation in result.refutations] == ["one_of_both"]


EXTENSIONAL = """
    default = dict(Node=2)
    groups: Set[Set[Node]]
    lists: Set[Seq[Node, 2]]

    @action
    def add(self, n: Node, m: Node) -> None:
        self.groups.add(frozen({n, m}))
        self.lists.add(frozen([n, m]))

    @invariant
    def order_does_not_matter_in_a_set(self, n: Node, m: Node) -> bool:
        return (frozen({n, m}) in self.groups) == (frozen({m, n}) in self.groups)

    @invariant
    def no_group_is_empty(self) -> bool:
        return frozen({n for n in Node if n != n}) not in self.groups
"""
IN_ORDER = """
    @invariant
    def order_does_not_matter_in_a_list(self, n: Node, m: Node) -> bool:
        return (frozen([n, m]) in self.lists) == (frozen([m, n]) in self.lists)
"""


def test_containers_are_equal_if_they_hold_the_same(tmp_path: Path) -> None:
    result = proved(tmp_path, EXTENSIONAL, search=0.0)
    assert not [o.claim.name for o in result.failed]


@as_shown_by(test_containers_are_equal_if_they_hold_the_same)
def test_lists_are_not_equal_for_their_elements_alone(tmp_path: Path) -> None:
    result = proved(tmp_path, EXTENSIONAL + IN_ORDER, search=0.0, timeout=0.5)
    assert result.verdict is not Verdict.HOLDS


LINES = """
    default = dict(Node=2)
    line: Seq[Node, 2]
    kept: Set[Seq[Node, 1]]

    @action
    def more(self, n: Node) -> None:
        require(len(self.line) < 2)
        self.line.append(n)

    @action
    def keep(self) -> None:
        {keep}

"""
CLOCKS = """
    default = dict(Node=2)
    clock: Map[Node, Map[Node, Range[0, 2]]] = everywhere(everywhere(0))
    kept: Set[Map[Node, Map[Node, Range[0, 2]]]]

    @action
    def keep(self, n: Node, m: Node) -> None:
        {keep}

    @invariant
    def none_is_later(self, n: Node, m: Node) -> bool:
        return all(k[n][m] <= self.clock[n][m] for k in self.kept)

"""
NUMBERS = """
    default = dict(Node=2)
    count: Range[0, 2] = 0
    kept: Set[Set[Range[0, 2]]]

    @action
    def keep(self, n: Node) -> None:
        {keep}
        self.count = min(self.count + 1, 2)
"""
KEPT = {
    "a list that is not too long": (LINES, "require(len(self.line) < 2); self.kept.add(frozen(self.line))"),
    "clocks that go on within their range": (
        CLOCKS,
        "require(self.clock[n][m] < 2); self.clock[n][m] += 1; self.kept.add(frozen(self.clock))",
    ),
    "a number of a range": (NUMBERS, "require(self.count < 2); self.kept.add(frozen({self.count + 1}))"),
    "many numbers": (
        NUMBERS,
        "require(self.count < 2); self.kept.add(frozen({i + 1 for i in range(self.count + 1)}))",
    ),
}
EXCEEDED = {
    "a list that may be too long": (LINES, "self.kept.add(frozen(self.line))"),
    "clocks that may go too far": (
        CLOCKS,
        "self.clock[n][m] += 1; self.kept.add(frozen(self.clock)); self.clock[n][m] = min(self.clock[n][m], 2)",
    ),
    "a number that may be outside": (NUMBERS, "self.kept.add(frozen({self.count + 1}))"),
    "one number of many": (NUMBERS, "self.kept.add(frozen({i + 1 for i in range(self.count + 1)}))"),
}


@pytest.mark.parametrize(("body", "keep"), KEPT.values(), ids=KEPT.keys())
def test_what_guards_keep_within_its_bounds_is_part_of_values(tmp_path: Path, body: str, keep: str) -> None:
    assert proved(tmp_path, body.replace("{keep}", keep)).verdict is Verdict.HOLDS


@pytest.mark.parametrize(("body", "keep"), EXCEEDED.values(), ids=EXCEEDED.keys())
def test_what_exceeds_its_bounds_as_part_of_a_value_is_an_error(tmp_path: Path, body: str, keep: str) -> None:
    result = proved(tmp_path, body.replace("{keep}", keep))
    assert result.verdict is Verdict.VIOLATED
    assert [o.claim.kind for o in result.failed] == [ClaimKind.DEFINED]


ASKED = """
    @invariant
    def none(self) -> bool:
        return len(self.line) < 2 or frozen(self.line) not in self.kept
"""
BETWEEN = {
    "an action that takes it away again": LINES.replace(
        "{keep}", "self.kept.add(frozen(self.line)); self.kept.discard(frozen(self.line))"
    ),
    "a property that asks for it": LINES.replace("{keep}", "self.kept.add(frozen(self.line[:1]))") + ASKED,
}


@pytest.mark.parametrize("body", BETWEEN.values(), ids=BETWEEN.keys())
def test_what_is_outside_of_its_bounds_in_between_is_open_and_never_wrong(tmp_path: Path, body: str) -> None:
    result = proved(tmp_path, body)
    assert result.verdict is Verdict.UNKNOWN
    assert all("outside of its bounds, which formulas do not follow" in o.decision.reason for o in result.failed)


def test_lemmas_about_containers_inside_of_values_are_not_inferred() -> None:
    with pytest.raises(ModelError, match="inside of a value"):
        infer(load(f"{GOSSIP}:Gossip").specification, ProofOptions(workers=1))


INITIAL = """
    sets: Set[Set[Node]]{value}

    @action
    def put(self, n: Node) -> None:
        self.sets.add(frozen({{n}}))

    @invariant
    def begins_with_nothing(self) -> bool:
        return frozenset[Node]() in self.sets
"""
MADE = """
    @initial
    def start(self) -> None:
        self.sets = {frozenset[Node]()}
"""


def test_an_empty_container_inside_of_an_initial_value_is_empty(tmp_path: Path) -> None:
    assert proved(tmp_path, INITIAL.format(value=" = {frozen(set())}")).verdict is Verdict.HOLDS
    assert proved(tmp_path, INITIAL.format(value="") + MADE).verdict is Verdict.HOLDS
    wrong = INITIAL.replace("() in self.sets", "() not in self.sets")
    assert proved(tmp_path, wrong.format(value=" = {frozen(set())}")).verdict is Verdict.VIOLATED


NOTED = """
    default = dict(Node=2)
    notes: Map[Node, tuple[Set[Node], Seq[Node, 2], Bag[Node, 2], Set[Node]]] = everywhere(
        (set(), [], Bag[Node](), set())
    )
    done: bool = False

    @action
    def end(self) -> None:
        require(not self.done)
        self.done = True

    @invariant
    def as_it_began(self, n: Node) -> bool:
        nodes, line, bag, others = self.notes[n]
        return {claim}
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    one_in(
        2,
        [
            ("not nodes and not line and not bag and nodes == others", Verdict.HOLDS),
            ("len(nodes) == 0 and len(line) == 0 and len(bag) == 0", Verdict.HOLDS),
            ("n in nodes", Verdict.VIOLATED),
            ("len(line) == 1", Verdict.VIOLATED),
            ("n in bag", Verdict.VIOLATED),
            ("nodes != others", Verdict.VIOLATED),
        ],
    ),
)
def test_empty_containers_inside_of_one_initial_value_are_empty(tmp_path: Path, claim: str, verdict: Verdict) -> None:
    assert proved(tmp_path, NOTED.format(claim=claim)).verdict is verdict


def test_a_container_inside_of_an_initial_value_that_is_not_empty_is_made_by_a_method(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no translation to logic") as refused:
        proved(
            tmp_path,
            NOTED.replace("(set(), []", "(set(), [7]").replace("Seq[Node, 2]", "Seq[int, 2]").format(claim="True"),
        )
    assert refused.value.help == "make it in a method that is decorated with @initial: self.notes = ..."


CHOSEN = """
    default = dict(Node=2)
    known: Set[Seq[Node, 1]]
    line: Seq[Node, 1]
    done: bool = False

    @action
    def learn(self, n: Node) -> None:
        self.known.add(frozen([n]))

    @action
    def take(self) -> None:
        self.line = list(choose(self.known))
        self.done = True

    @lemma
    def no_list_is_empty(self) -> bool:
        return all(len(log) == 1 for log in self.known)

    @invariant
    def what_was_taken_has_a_node(self) -> bool:
        return len(self.line) == 1 or not self.done
"""


@as_shown_by(test_containers_are_equal_if_they_hold_the_same)
def test_a_list_that_is_chosen_has_the_length_of_the_chosen_one(tmp_path: Path) -> None:
    """The length was a variable that nothing bound: any length, to which no state belonged when one was looked for."""
    assert proved(tmp_path, CHOSEN, search=0.0).verdict is Verdict.HOLDS
    longer = CHOSEN.replace("len(self.line) == 1", "len(self.line) == 0")
    assert proved(tmp_path, longer, search=0.0).verdict is not Verdict.HOLDS
