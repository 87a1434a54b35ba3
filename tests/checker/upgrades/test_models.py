"""``assay upgrade`` on models whose elements run one of two versions, beside mixtures that are written by hand."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from assay.checker.errors import UsageError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.properties.check import Options, check
from assay.checker.upgrades.answers import Side, Upgrade, UpgradeRequest
from assay.checker.upgrades.models import explore_models
from assay.checker.verdicts import Verdict

from tests.checker.upgrades.conftest import Write
from tests.command_line import Assay
from tests.tiers import one_in

PAXOS = Path(__file__).parent / "protocols" / "paxos_model.py"

HEAD = """
from dataclasses import dataclass
from enum import Enum

from assay.checker.language import *


class Node(Sort):
    pass


class Phase(Enum):
    IDLE = "idle"
    READY = "ready"
    DONE = "done"


@dataclass(frozen=True)
class Notice:
    sender: Node
    phase: Phase
"""

STATE = """
    check_deadlock = False
    phase: Map[Node, Phase] = everywhere(Phase.IDLE)
    notices: Set[Notice] = set()
    last: Node | None = None
"""

CLAIM = """
    @action
    def lose(self, notice: Notice) -> None:
        require(notice in self.notices)
        self.notices.discard(notice)

    @invariant
    def one_is_done(self) -> bool:
        return all(one == other or self.phase[one] != Phase.DONE or self.phase[other] != Phase.DONE
                   for one in Node for other in Node)
"""

PREPARE = {
    "always": "require(self.phase[node] == Phase.IDLE)",
    "alone": "require(self.phase[node] == Phase.IDLE, all(self.phase[n] != Phase.READY for n in Node))",
}
FINISH = {
    "alone": "require(all(n == node or self.phase[n] == Phase.IDLE for n in Node))",
    "first": "require(self.last is None)",
    "unheard": "require(all(notice.phase != Phase.DONE for notice in self.notices))",
}
VERSIONS = list(itertools.product(PREPARE, FINISH))


def actions(prepare: str, finish: str, name: str = "", guard: str = "") -> str:
    return f"""
    @action(fires="maybe")
    def prepare{name}(self, node: Node) -> None:
        {guard}
        {PREPARE[prepare]}
        self.phase[node] = Phase.READY
        self.notices.add(Notice(node, Phase.READY))

    @action(fires="maybe")
    def finish{name}(self, node: Node) -> None:
        {guard}
        require(self.phase[node] == Phase.READY)
        {FINISH[finish]}
        self.phase[node] = Phase.DONE
        self.last = node
        self.notices.add(Notice(node, Phase.DONE))
"""


def version(prepare: str, finish: str) -> str:
    return f'{HEAD}\n\nclass Protocol(Model):\n    default = {{"Node": 2}}\n{STATE}{actions(prepare, finish)}{CLAIM}'


def mixture(before: tuple[str, str], after: tuple[str, str], *, downgrades: bool) -> str:
    """Return the mixture as a model of its own: the version of each node is a variable of it."""
    change = "self.is_new[node] = not self.is_new[node]" if downgrades else "self.is_new[node] = True"
    guard = "" if downgrades else "require(not self.is_new[node])"
    return f"""{HEAD}

class Mixture(Model):
    default = {{"Node": 2}}
    is_new: Map[Node, bool] = anything()
{STATE}
    @action
    def upgrade(self, node: Node) -> None:
        {guard}
        {change}
{actions(*before, "_before", "require(not self.is_new[node])")}
{actions(*after, "_after", "require(self.is_new[node])")}
{CLAIM}"""


UNNOTED = version("alone", "alone").replace("        self.last = node\n", "")
"""Right by itself; but who looks whether anybody was last, as the version before does, finds nobody."""


def upgraded(folder: Path, before: str, after: str, **options: object) -> Upgrade:
    for name, text in (("old.py", before), ("new.py", after)):
        (folder / name).write_text(text)
    sides = (Side(name, name, str(folder)) for name in ("old.py", "new.py"))
    return explore_models(UpgradeRequest(*sides, **{"versions": "Node", **options}))  # type: ignore[arg-type]


@pytest.mark.parametrize("downgrades", [False, True])
@pytest.mark.parametrize(("before", "after"), one_in(4, itertools.product(VERSIONS, VERSIONS[1::2])))
def test_a_mixture_is_what_a_model_of_it_is(
    tmp_path: Path, before: tuple[str, str], after: tuple[str, str], downgrades: bool
) -> None:
    found = upgraded(tmp_path, version(*before), version(*after), downgrades=downgrades)
    (tmp_path / "mixture.py").write_text(mixture(before, after, downgrades=downgrades))
    expected = check(instantiate(load(str(tmp_path / "mixture.py")).specification), Options())
    claim = next(claim for claim in found.mixed.claims if claim.name == "one_is_done")
    told = next(each for each in expected.properties if each.name == "one_is_done")
    assert claim.verdict is told.verdict
    if told.verdict is Verdict.VIOLATED:
        assert told.trace is not None
        assert len(claim.trace) == len(told.trace)
    else:
        assert found.mixed.states == expected.exploration.distinct


def test_each_version_alone_is_what_the_version_is(tmp_path: Path) -> None:
    before, after = ("always", "first"), ("always", "unheard")
    found = upgraded(tmp_path, version(*before), version(*after))
    for phase, name in zip(found.alone, ("old.py", "new.py"), strict=True):
        expected = check(instantiate(load(str(tmp_path / name)).specification), Options(keep_going=True))
        assert phase.states == expected.exploration.distinct
        assert [claim.name for claim in phase.violated] == list(expected.violated)


def test_a_claim_that_became_weaker_is_told(tmp_path: Path) -> None:
    before = version("always", "first")
    assert not upgraded(tmp_path, before, before).warnings
    found = upgraded(tmp_path, before, before.replace("one == other or", "one == other or self.last is None or"))
    assert found.warnings == ("the version before says something else by one_is_done, which was not checked",)


def test_the_counterexample_says_who_runs_what(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(version("always", "first"))
    (tmp_path / "new.py").write_text(UNNOTED)
    ran = assay("upgrade old.py new.py --versions Node")
    assert ran.status == 1
    assert "unsafe only while mixed: one_is_done" in ran.out
    assert re.search(r"finish\(node=n[12]\), n[12] running before", ran.out)
    assert re.search(r"finish\(node=n[12]\), n[12] running after", ran.out)
    assert re.search(r"1  initial state\n +n1 runs (before|after)\n +n2 runs (before|after)\n", ran.out)


CHOOSING = """
class Protocol(Model):
    default = {{"Node": 2}}
    check_deadlock = False
    up: Set[Node]
    holder: Node | None

    @action
    def take(self, some: Set[Node]) -> None:
        require(len(self.up) == 0, some == set(Node))
        self.up = some

    @action
    def elect(self, by: Node) -> None:
        n = choose(n for n in self.up if n != by{elected})
        self.holder = n

    @invariant
    def nobody(self) -> bool:
        return self.holder is None
"""


@pytest.mark.parametrize("elected", ["", " and self.holder is None"], ids=["shared", "own"])
def test_what_an_action_is_given_and_chooses_is_told_in_the_names_of_the_instance(
    assay: Assay, tmp_path: Path, elected: str
) -> None:
    (tmp_path / "old.py").write_text(HEAD + CHOOSING.format(elected=elected))
    (tmp_path / "new.py").write_text(HEAD + CHOOSING.format(elected=""))
    ran = assay("upgrade old.py new.py --versions Node")
    assert "take(some={n1, n2})\n" in ran.out
    assert re.search(r"elect\(by=n([12])\), choosing n=n(?!\1)[12], n\1 running before\n", ran.out)


def test_elements_that_are_not_upgraded_keep_the_version_before(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(version("always", "first"))
    (tmp_path / "new.py").write_text(UNNOTED)
    ran = assay("upgrade old.py new.py --versions Node --nodes n2")
    assert ran.status == 1
    assert "n1 runs after" not in ran.out
    ran = assay("upgrade old.py new.py --versions Node --nodes n3")
    assert (ran.status, "there is no Node 'n3'" in ran.err) == (2, True)


def test_an_upgrade_by_way_of_an_action_takes_it_in_the_version_that_runs_then(tmp_path: Path) -> None:
    restart = """
    @action
    def restart(self, node: Node) -> None:
        self.phase[node] = Phase.IDLE
        self.last = {last}
"""
    before = version("always", "first") + restart.format(last="None")
    after = version("always", "first") + restart.format(last="self.last")
    found = upgraded(tmp_path, before, after, through="restart")
    (violated,) = found.mixed.violated
    assert not found.is_only_mixed(violated)
    assert list(found.violated_alone(violated)) == ["before"]
    found = upgraded(tmp_path, after, after, through="restart")
    assert found.mixed.verdict is Verdict.HOLDS


def test_that_an_action_fails_in_what_the_other_version_has_left_is_a_finding(tmp_path: Path) -> None:
    found = upgraded(
        tmp_path,
        version("always", "first").replace("self.notices.add(Notice(node, Phase.DONE))", "self.notices.clear()"),
        version("always", "first").replace(
            "        require(self.phase[node] == Phase.READY)\n",
            "        require(self.phase[node] == Phase.READY)\n        assert all(self.phase[n] != Phase.DONE "
            "or any(notice.phase == Phase.DONE for notice in self.notices) for n in Node)\n",
        ),
        only=("assertions", "no action fails"),
    )
    assert [claim.name for claim in found.mixed.violated] == ["assertions"]


ELSEWHERE = (
    "    @action\n    def lose(self, notice: Notice)",
    "    @action\n    def tick(self) -> None:\n        self.last = None\n\n"
    "    @action\n    def lose(self, notice: Notice)",
)
ACTED_BY_NOBODY = (
    (ELSEWHERE[0], ELSEWHERE[1].replace("tick(self)", "tick(self, node: Node)")),
    ELSEWHERE,
)
"""An action that a node takes in one version and nobody in the other, where the mixture would never take it."""


@pytest.mark.parametrize(
    ("old", "new", "options", "message"),
    [
        (ELSEWHERE, ("", ""), {}, "tick is there in one of the versions only, and no parameter of it is of Node"),
        (
            ("self.notices.discard(notice)", "self.notices.clear()"),
            ("", ""),
            {},
            "lose is another one in the two versions, and no parameter of it is of Node",
        ),
        (*ACTED_BY_NOBODY, {}, "tick is another one in the two versions, and no parameter of it is of Node"),
        (*ACTED_BY_NOBODY[::-1], {}, "tick is another one in the two versions, and no parameter of it is of Node"),
        (("last", "latest"), ("", ""), {}, "only the version before has a variable latest"),
        (
            ("last: Node | None = None", "last: Node | None = None\n    seen: Range[0, 1] = 0"),
            ("last: Node | None = None", "last: Node | None = None\n    seen: Range[0, 2] = 0"),
            {},
            "seen is Range[0, 1] in the version before, and Range[0, 2] after",
        ),
        (
            ('    DONE = "done"\n', '    DONE = "done"\n    GONE = "gone"\n'),
            ("", ""),
            {},
            "phase cannot be shared by both",
        ),
        (('"Node": 2', '"Node": 3'), ("", ""), {}, "Node is 3 in the version before, and 2 after"),
        (("", ""), ("", ""), {"versions": "Nodes"}, "Protocol has no sort 'Nodes'; did you mean 'Node'?"),
        (("", ""), ("", ""), {"only": ("one_was_done",)}, "claims nothing called 'one_was_done'; did you mean"),
        (("", ""), ("", ""), {"through": "restart"}, "--through restart: Protocol has no action 'restart'"),
        (("", ""), ("", ""), {"actors": {"finished": "node"}}, "--actors names 'finished', which is no action"),
        (("", ""), ("", ""), {"actors": {"lose": "notice.phase"}}, "that is of Phase, not of Node"),
        (("", ""), ("", ""), {"actors": {"lose": "notice.who"}}, "Notice has no field 'who'"),
        (
            ("", ""),
            ("def finish(self, node: Node)", "def finish(self, node: Node, other: Node)"),
            {},
            "finish has 2 parameters of Node, node, other",
        ),
    ],
)
def test_what_cannot_be_mixed_is_refused(
    tmp_path: Path, old: tuple[str, str], new: tuple[str, str], options: dict[str, object], message: str
) -> None:
    text = version("always", "first")
    with pytest.raises(UsageError) as error:
        upgraded(tmp_path, text.replace(*old) if old[0] else text, text.replace(*new) if new[0] else text, **options)
    assert message in error.value.message


def test_of_an_action_that_both_versions_share_it_need_not_be_known_who_takes_it(tmp_path: Path) -> None:
    two = ("def prepare(self, node: Node)", "def prepare(self, node: Node, other: Node)")
    before, after = (version("always", finish).replace(*two) for finish in ("first", "alone"))
    assert upgraded(tmp_path, before, after).mixed.verdict is Verdict.HOLDS


def test_who_takes_an_action_may_stand_in_a_message(tmp_path: Path) -> None:
    before = version("always", "first").replace("self.notices.discard(notice)", "self.notices.clear()")
    found = upgraded(tmp_path, before, version("always", "first"), actors={"lose": "notice.sender"})
    assert found.mixed.verdict is Verdict.HOLDS


def test_behaviours_are_not_judged_of_a_mixture_and_unknown(tmp_path: Path) -> None:
    text = (
        version("always", "first")
        + "\n    @eventually\n    def done(self) -> bool:\n        return self.last is not None\n"
    )
    found = upgraded(tmp_path, text, text)
    assert found.mixed.verdict is Verdict.UNKNOWN
    assert upgraded(tmp_path, text, text, only=("one_is_done",)).mixed.verdict is Verdict.HOLDS


def test_a_state_that_a_step_constraint_leaves_out_is_judged_as_in_one_version(tmp_path: Path) -> None:
    """The constraint keeps from going on after the step in which a second node is done, and not from that state."""
    constraint = """
    @step_constraint
    def one_is_done_at_a_time(self, after: "Protocol") -> bool:
        return all(one == other or after.phase[one] != Phase.DONE or after.phase[other] != Phase.DONE
                   for one in Node for other in Node)
"""
    before, after = version("always", "first"), version("always", "unheard")
    found = upgraded(tmp_path, before + constraint, after + constraint)
    (tmp_path / "alone.py").write_text(after + constraint)
    alone = check(instantiate(load(str(tmp_path / "alone.py")).specification), Options())
    assert alone.violated == ("one_is_done",)
    assert [claim.name for claim in found.mixed.violated] == ["one_is_done"]


def test_a_limit_leaves_the_rest_unknown(tmp_path: Path) -> None:
    text = version("always", "first")
    found = upgraded(tmp_path, text, text, states=5)
    assert found.mixed.verdict is Verdict.UNKNOWN
    assert found.mixed.stop == "the limit of 5 states was reached"


@pytest.mark.slow
def test_majorities_and_flexible_quorums_are_right_alone_and_break_agreement_while_mixed(
    assay: Assay, write: Write
) -> None:
    enough = "is_enough_to_{}(self, count: int) -> bool:\n        return count >= {}"
    write("majority.py", PAXOS)
    write(
        "flexible.py",
        PAXOS,
        (enough.format("propose", 2), enough.format("propose", 3)),
        (enough.format("decide", 2), enough.format("decide", 1)),
    )
    ran = assay("upgrade majority.py flexible.py --versions Proposer --actors decide=proposal.ballot")
    assert ran.status == 1
    assert "unsafe only while mixed: agreement" in ran.out
    assert "agreement: 13 states, none is shorter" in ran.out


ENDING = f"""{HEAD}

class Protocol(Model):
    default = {{"Node": 2}}
    phase: Map[Node, Phase] = everywhere(Phase.IDLE)
    done: Seq[Node, 2] = []

    @action
    def finish(self, node: Node) -> None:
        require(self.phase[node] == Phase.IDLE)
        self.phase[node] = Phase.DONE
        self.done.append(node)

    @invariant
    def somebody_was_first(self) -> bool:
        return self.phase[self.done[0]] == Phase.DONE
"""


@pytest.mark.parametrize("downgrades", [False, True])
def test_a_state_in_which_only_versions_change_is_a_deadlock(tmp_path: Path, downgrades: bool) -> None:
    """With downgrades there is always such a step."""
    found = upgraded(tmp_path, ENDING, ENDING, downgrades=downgrades, only=("deadlock",))
    assert [claim.name for claim in found.mixed.violated] == ["deadlock"]


def test_a_state_in_which_the_other_version_goes_on_is_no_deadlock(tmp_path: Path) -> None:
    """The version after begins again; while an element may be upgraded, something is left to happen."""
    goes_on = ENDING.replace("require(self.phase[node] == Phase.IDLE)", "pass").replace(
        "self.done.append(node)", "self.done = [node]"
    )
    found = upgraded(tmp_path, ENDING, goes_on, only=("deadlock",))
    assert found.mixed.verdict is Verdict.HOLDS


def test_a_claim_that_cannot_be_evaluated_in_some_state_does_not_hold(tmp_path: Path) -> None:
    """Nobody is done at first, and what is first of nothing raises; another invariant is not concerned."""
    found = upgraded(tmp_path, ENDING, ENDING, only=("somebody_was_first",))
    (claim,) = found.mixed.claims
    assert claim.verdict is Verdict.UNKNOWN
    assert claim.note.startswith("somebody_was_first cannot be evaluated")
    found = upgraded(tmp_path, ENDING, ENDING, only=("somebody_was_first", "no action fails"))
    assert {claim.name: claim.verdict for claim in found.mixed.claims} == {
        "somebody_was_first": Verdict.UNKNOWN,
        "no action fails": Verdict.VIOLATED,
    }
