"""What became of claims and assumptions, held against what each says of every state of small instances."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from assay.checker.changes.claims import Claims, ClaimsRequest, Fate
from assay.checker.changes.observation import ObservationRequest, seen
from assay.checker.changes.outline import Outline, say_the_same
from assay.checker.changes.side_by_side import load_model, loaded
from assay.checker.errors import ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.introspection.specification import Method
from assay.checker.language.kinds import Kind
from assay.checker.language.loader import load
from assay.proofs.changes.answering import compared
from assay.proofs.changes.entailment import EntailmentChecker
from assay.proofs.changes.questions import Questions
from assay.proofs.changes.versions import STATES, Said, Versions
from assay.proofs.encoding.problem import encode

TEMPLATE = """
from dataclasses import dataclass
from enum import Enum

from assay.checker.language import *


class Node(Sort):
    pass


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Vote:
    node: Node
    colour: Colour


class Protocol(Model):
    default = {{"Node": 2}}
    check_deadlock = False
    holders: Set[Node] = set()
    votes: Set[Vote] = set()
    turn: Range[0, 2] = 0
    leader: Node | None = None

    @action
    def grant(self, node: Node) -> None:
        require(not self.holders)
        self.holders.add(node)

    @reachable
    def is_granted(self) -> bool:
        return len(self.holders) > 0

{methods}
"""

CLAIMS = {
    "true": "True",
    "false": "False",
    "small": "self.turn <= 1",
    "smaller": "self.turn == 0",
    "another": "self.turn != 1",
    "in_range": "self.turn <= 2",
    "alone": "all(n == m for n in self.holders for m in self.holders)",
    "alone_again": "all(implies(n in self.holders and m in self.holders, n == m) for n in Node for m in Node)",
    "led": "self.leader is None or self.leader in self.holders",
    "led_or_first": "self.leader is None or self.leader in self.holders or self.turn == 0",
    "no_blue": "all(v.colour == Colour.RED for v in self.votes)",
    "voted": "all(Vote(n, Colour.RED) in self.votes for n in self.holders)",
    "voted_somehow": "all(any(v.node == n for v in self.votes) for n in self.holders)",
    "raises_for_nothing": "6 // self.turn >= 3",
    "raises_never": "self.turn == 0 or 6 // self.turn >= 3",
}


def method(name: str, body: str, kind: str = "invariant", parameters: str = "") -> str:
    return f"    @{kind}\n    def {name}(self{parameters}) -> bool:\n        return {body}\n"


def written(folder: Path, name: str, *methods: str, replaced: tuple[str, str] = ("", "")) -> str:
    (folder / name).write_text(TEMPLATE.format(methods="\n".join(methods)).replace(*replaced))
    return name


def fates(folder: Path, before: str, after: str) -> dict[str, Fate]:
    return {said.name: said.fate for said in told(folder, before, after).statements}


def told(folder: Path, before: str, after: str) -> Claims:
    return compared(ClaimsRequest(before, after, str(folder), str(folder), seconds=30.0))


def test_what_follows_from_what_is_what_follows_in_every_state_of_small_instances(tmp_path: Path) -> None:
    file = written(tmp_path, "claims.py", *itertools.starmap(method, CLAIMS.items()))
    model = load_model(file, tmp_path)
    versions = Versions.of(model, model)
    questions = Questions([EntailmentChecker(encode(model.specification))], 60.0)
    claims = {said.name: said for said in versions.after(*STATES)}
    found = {
        (one, other): questions.follows(claims[one], [claims[other]])
        for one, other in itertools.permutations(claims, 2)
    }
    assert found == {
        (one, other): all(a or not b for a, b in zip(truths[one], truths[other], strict=True))
        for truths in [_truths(tmp_path / file)]
        for one, other in itertools.permutations(claims, 2)
    }
    assert True in found.values()
    assert False in found.values()


def _truths(file: Path) -> dict[str, list[bool]]:
    """Return the truth of each claim in each state of the instances of one and two nodes, by the interpreter."""
    specification = load(str(file)).specification
    claims = specification.of(Kind.INVARIANT)
    found: dict[str, list[bool]] = {claim.name: [] for claim in claims}
    for size in (1, 2):
        instance = instantiate(specification, {"Node": str(size)})
        with instance.active():
            interpreter = Interpreter(instance)
            for state in itertools.product(*(instance.universe(v.type) for v in specification.variables)):
                for claim in claims:
                    found[claim.name].append(_is_true(interpreter, claim, state))
    return found


def _is_true(interpreter: Interpreter, claim: Method, state: Frozen) -> bool:
    try:
        return interpreter.truth(claim, interpreter.thaw(state))
    except ModelError:  # that it never raises is part of what is claimed
        return False


@pytest.mark.parametrize(
    ("before", "after", "fate"),
    [
        ("small", "smaller", Fate.STRENGTHENED),
        ("smaller", "small", Fate.WEAKENED),
        ("small", "another", Fate.CHANGED),
        ("alone", "alone_again", None),
        ("voted", "voted_somehow", Fate.WEAKENED),
    ],
)
def test_a_claim_that_says_something_else(tmp_path: Path, before: str, after: str, fate: Fate | None) -> None:
    old = written(tmp_path, "old.py", method("claim", CLAIMS[before]))
    new = written(tmp_path, "new.py", method("claim", CLAIMS[after]))
    assert fates(tmp_path, old, new).get("claim") is fate


def test_claims_that_are_gone_new_and_called_otherwise(tmp_path: Path) -> None:
    old = written(tmp_path, "old.py", method("gone", CLAIMS["led"]), method("called", CLAIMS["alone"]))
    new = written(tmp_path, "new.py", method("is_called", CLAIMS["alone_again"]), method("new", CLAIMS["no_blue"]))
    assert fates(tmp_path, old, new) == {"gone": Fate.REMOVED, "called": Fate.RESTATED, "new": Fate.ADDED}


def test_claims_whose_names_were_swapped_are_claimed_still(tmp_path: Path) -> None:
    one, other = CLAIMS["led"], CLAIMS["no_blue"]
    old = written(tmp_path, "old.py", method("one", one), method("other", other))
    new = written(tmp_path, "new.py", method("one", other), method("other", one))
    assert fates(tmp_path, old, new) == {"one": Fate.RESTATED, "other": Fate.RESTATED}


def test_a_claim_that_was_split_follows_from_its_parts(tmp_path: Path) -> None:
    old = written(tmp_path, "old.py", method("both", f"({CLAIMS['led']}) and {CLAIMS['alone']}"))
    new = written(tmp_path, "new.py", method("one", CLAIMS["led"]), method("other", CLAIMS["alone"]))
    assert fates(tmp_path, old, new)["both"] is Fate.RESTATED


def test_a_claim_of_another_kind_is_claimed_no_longer(tmp_path: Path) -> None:
    old = written(tmp_path, "old.py", method("claim", CLAIMS["small"]))
    new = written(tmp_path, "new.py", method("claim", CLAIMS["small"], "reachable"))
    statements = told(tmp_path, old, new).statements
    assert [(said.kind, said.fate) for said in statements] == [
        (Kind.INVARIANT, Fate.REMOVED),
        (Kind.REACHABLE, Fate.ADDED),
    ]
    lemma = written(tmp_path, "lemma.py", method("claim", CLAIMS["small"], "lemma"))
    assert fates(tmp_path, old, lemma) == {}


def test_a_claim_that_is_true_of_every_state_is_vacuous(tmp_path: Path) -> None:
    old = written(tmp_path, "old.py", method("claim", CLAIMS["small"]))
    new = written(tmp_path, "new.py", method("claim", CLAIMS["in_range"]))
    assert [said.fate for said in told(tmp_path, old, new).statements] == [Fate.WEAKENED, Fate.VACUOUS]


@pytest.mark.parametrize(
    ("before", "after", "fate"),
    [
        ("after.turn >= self.turn", "after.turn >= self.turn or self.leader is None", Fate.WEAKENED),
        ("after.turn >= self.turn", "not after.turn < self.turn", None),
        ("after.turn >= self.turn", "after.turn == self.turn", Fate.STRENGTHENED),
    ],
)
def test_claims_about_steps(tmp_path: Path, before: str, after: str, fate: Fate | None) -> None:
    old = written(tmp_path, "old.py", method("claim", before, "step_invariant", ", after: 'Protocol'"))
    new = written(tmp_path, "new.py", method("claim", after, "step_invariant", ", after: 'Protocol'"))
    assert fates(tmp_path, old, new).get("claim") is fate


@pytest.mark.parametrize(
    ("before", "after", "fate"),
    [
        ("leads_to(self.leader == node, node in self.holders)", "leads_to(self.leader == n, n in self.holders)", None),
        (
            "leads_to(self.leader == node and self.turn == 0, node in self.holders)",
            "leads_to(self.leader == n, n in self.holders)",
            Fate.STRENGTHENED,
        ),
        (
            "leads_to(self.leader == node, node in self.holders)",
            "leads_to(self.leader == n and self.turn == 0, n in self.holders)",
            Fate.UNKNOWN,
        ),
        ("leads_to(self.turn == 0, self.turn == 1)", "always(self.turn == 1)", Fate.UNKNOWN),
    ],
)
def test_temporal_claims_are_compared_by_their_form(tmp_path: Path, before: str, after: str, fate: Fate | None) -> None:
    old = written(tmp_path, "old.py", method("claim", before, "temporal", ", node: Node").replace("bool", "object"))
    new = written(tmp_path, "new.py", method("claim", after, "temporal", ", n: Node").replace("bool", "object"))
    assert fates(tmp_path, old, new).get("claim") is fate


def test_constraints_and_axioms_are_the_other_way_round(tmp_path: Path) -> None:
    small, smaller = method("kept", CLAIMS["small"], "constraint"), method("kept", CLAIMS["smaller"], "constraint")
    old, new = written(tmp_path, "old.py", small), written(tmp_path, "new.py", smaller)
    bare = written(tmp_path, "bare.py")
    assert fates(tmp_path, old, new) == {"kept": Fate.NARROWED}
    assert fates(tmp_path, new, old) == {}
    assert fates(tmp_path, bare, old) == {"kept": Fate.NARROWED}
    assert fates(tmp_path, old, bare) == {}
    few, fewer = (
        written(tmp_path, f"{name}.py", method("assumed", body, "axiom"))
        for name, body in (
            ("few", "all(n == m or True for n in Node for m in Node)"),
            ("fewer", "all(n == m for n in Node for m in Node)"),
        )
    )
    assert fates(tmp_path, few, fewer) == {"assumed": Fate.NARROWED}
    assert fates(tmp_path, fewer, few) == {}


def test_variables_that_were_renamed_are_said_to_be_taken_for_it(tmp_path: Path) -> None:
    old = written(tmp_path, "old.py", method("claim", CLAIMS["alone"]))
    new = written(tmp_path, "new.py", method("claim", CLAIMS["alone"]), replaced=("holders", "owners"))
    found = told(tmp_path, old, new)
    assert found.statements == ()
    assert found.notes == ("holders is taken for what is owners now",)


@pytest.mark.parametrize(
    ("replaced", "why"),
    [
        (('    BLUE = "blue"\n', '    BLUE = "blue"\n    GREEN = "green"\n'), "Colour is another one"),
        (("    colour: Colour\n", "    colour: Colour\n    term: Range[0, 1] = 0\n"), "Vote is another one"),
        (("votes: Set[Vote] = set()", "votes: Set[tuple[Node, Vote]] = set()"), "no variable votes of this type"),
    ],
)
def test_what_is_about_something_of_another_shape_is_unknown(
    tmp_path: Path, replaced: tuple[str, str], why: str
) -> None:
    old = written(tmp_path, "old.py", method("claim", "all(v.node in self.holders for v in self.votes)"))
    new = written(tmp_path, "new.py", method("claim", "len(self.votes) == 0"), replaced=replaced)
    (found,) = told(tmp_path, old, new).statements
    assert found.fate is Fate.UNKNOWN
    assert why in found.note


def test_modules_of_one_name_in_two_versions_are_two(tmp_path: Path) -> None:
    for version, most in (("old", 1), ("new", 2)):
        (tmp_path / version).mkdir()
        (tmp_path / version / "bounds.py").write_text(f"MOST = {most}\n")
        methods = method("claim", "self.turn <= MOST")
        written(
            tmp_path / version, "protocol.py", methods, replaced=("from enum", "from bounds import MOST\nfrom enum")
        )
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    found = compared(ClaimsRequest("protocol.py", "protocol.py", old, new, seconds=30.0))
    assert [said.fate for said in found.statements] == [Fate.WEAKENED, Fate.VACUOUS]


def test_what_is_asked_too_late_is_unknown(tmp_path: Path) -> None:
    old = written(tmp_path, "old.py", method("claim", CLAIMS["small"]))
    new = written(tmp_path, "new.py", method("claim", CLAIMS["smaller"]))
    found = compared(ClaimsRequest(old, new, str(tmp_path), str(tmp_path), seconds=-1.0))
    assert [said.fate for said in found.statements] == [Fate.UNKNOWN]


def test_where_it_is_open_whether_the_old_follows_from_the_new_nothing_is_said_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the new says less is known; that neither implies the other is not."""
    old = written(tmp_path, "old.py", method("claim", CLAIMS["small"]))
    new = written(tmp_path, "new.py", method("claim", CLAIMS["in_range"]))
    follows = Questions.follows

    def decided(self: Questions, goal: Said, premises: Sequence[Said]) -> bool | None:
        assert goal.location is not None
        return None if goal.location.file.endswith("new.py") else follows(self, goal, premises)

    monkeypatch.setattr(Questions, "follows", decided)
    assert fates(tmp_path, old, new)["claim"] is Fate.WEAKENED


ONE = """
from enum import Enum

from assay.checker.language import *


class Node(Sort):
    pass


@record
class Vote:
    node: Node


class Colour(Enum):
    RED = "red"
"""
ANOTHER = """
from enum import Enum

from assay.checker.language import record
from one import Node


@record
class Vote:
    node: Node


class Colour(Enum):
    RED = "red"
"""
BOTH = """
import another
import one
from assay.checker.language import *
from one import Node


class Protocol(Model):
    default = {{"Node": 2}}
    check_deadlock = False
    votes: Set[one.Vote | another.Vote]
    colours: Set[one.Colour]
    others: Set[another.Colour]

    @action
    def vote(self, node: Node) -> None:
        self.votes.add(one.Vote(node))

    @invariant
    def claim(self) -> bool:
        return {claim}
"""


@pytest.mark.parametrize(
    ("before", "after", "fate"),
    [
        ("one.Vote", "one.Vote", None),
        ("another.Vote", "another.Vote", None),
        ("another.Vote", "one.Vote", Fate.CHANGED),
        ("one.Vote", "another.Vote", Fate.CHANGED),
    ],
)
def test_classes_of_one_name_are_two(tmp_path: Path, before: str, after: str, fate: Fate | None) -> None:
    for folder, vote in (("before", before), ("after", after)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "one.py").write_text(ONE)
        (tmp_path / folder / "another.py").write_text(ANOTHER)
        claim = f"all({vote}(n) not in self.votes for n in Node)"
        (tmp_path / folder / "model.py").write_text(BOTH.format(claim=claim))
    request = ClaimsRequest("model.py", "model.py", *(str(tmp_path / name) for name in ("before", "after")))
    found = {each.name: each.fate for each in compared(request).statements}
    assert found.get("claim") is fate
    outlines = [_outline(tmp_path / folder) for folder in ("before", "after")]
    assert say_the_same(*outlines) is (fate is None)


def _outline(folder: Path) -> Outline:
    return loaded(lambda: seen(ObservationRequest("model.py")).outline, folder, lambda _: (str(folder),))[0]
