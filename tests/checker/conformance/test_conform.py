"""What `assay conform` says of logs: that they are runs of the model, or which line is not, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from assay.checker.conformance.logs import schema

from tests.command_line import Assay

Line = dict[str, Any]


def write(name: str, *lines: Line) -> str:
    Path(name).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return name


def did(node: str, action: str, **keys: Any) -> Line:
    return {"node": node, "action": action, **keys}


def told(assay: Assay, words: str) -> dict[str, Any]:
    """Return the JSON report, whose verdict and exit status say the same."""
    ran = assay(f"conform {words} --format json")
    report: dict[str, Any] = json.loads(ran.out)
    assert ran.status == {"holds": 0, "violated": 1, "unknown": 3}[report["verdict"]]
    return report


def commit() -> Iterator[Line]:
    """Yield the lines of a transaction of two participants that commits."""
    for p in ("p1", "p2"):
        yield did(p, "prepare", state={f"state[{p}]": "PREPARED"})
    for p in ("p1", "p2"):
        yield did("tm", "receive_vote", arguments={"p": p})
    yield did("tm", "decide_commit", state={"decision": "COMMIT"})
    for p in ("p2", "p1"):
        yield did(p, "learn_commit", state={"state": {p: "COMMITTED"}})


def test_a_log_with_nothing_but_nodes_and_actions_conforms(assay: Assay) -> None:
    log = write("run.jsonl", *(did("p1", "prepare") for _ in range(1)), did("p2", "refuse"), did("tm", "decide_abort"))
    assert told(assay, f"two_phase_commit {log}")["prefix"] == 3


def test_a_run_of_the_model_is_returned_with_its_unlogged_actions(assay: Assay) -> None:
    log = write("run.jsonl", *(line for line in commit() if line["action"] != "decide_commit"))
    report = told(assay, f"two_phase_commit {log} --set Participant=2 --unlogged decide_commit")
    assert [step["event"] for step in report["run"]].count(None) == 1
    assert {"event": None, "actions": ["decide_commit()"]} in report["run"]


def test_what_is_left_unlogged_may_be_many_steps(assay: Assay) -> None:
    log = write("run.jsonl", did("p1", "learn_commit"))
    unlogged = " ".join(f"--unlogged {name}" for name in ("prepare", "receive_vote", "decide_commit"))
    assert len(told(assay, f"two_phase_commit {log} {unlogged}")["run"]) == 8
    assert told(assay, f"two_phase_commit {log} --unlogged prepare --unlogged receive_vote")["verdict"] == "violated"


def test_the_first_false_guard_of_the_nearest_action_is_shown(assay: Assay) -> None:
    log = write("run.jsonl", *list(commit())[:3], did("tm", "decide_commit"))
    ran = assay(f"conform two_phase_commit {log} --set Participant=2")
    assert ran.status == 1
    assert "reached after run.jsonl:3: 1 state of the model" in ran.out
    assert "next, run.jsonl:4: tm does decide_commit" in ran.out
    assert re.search(r"two_phase_commit\.py:\d+:\d+: this is false: require\(.*all\(p in self\.votes", ran.out)
    assert "possible there: receive_vote, decide_abort, learn" not in ran.out


def test_what_the_log_saw_is_shown_beside_what_the_model_has(assay: Assay) -> None:
    log = write("run.jsonl", did("p1", "refuse", state={"state": {"p1": "PREPARED", "p2": "WORKING"}}))
    report = told(assay, f"two_phase_commit {log} --set Participant=2")
    (following,) = report["explanation"]["next"]
    (attempt,) = following["attempts"]
    assert attempt["differences"] == [{"place": "state[p1]", "relation": "is", "log": "PREPARED", "model": "ABORTED"}]
    assert following["instead"] == ["prepare(p=p1)"]


def test_a_state_that_was_another_one_before_is_shown(assay: Assay) -> None:
    log = write("run.jsonl", did("p1", "prepare", before={"decision": "ABORT"}))
    ran = assay(f"conform two_phase_commit {log}")
    assert "before it: the log saw another state" in ran.out
    assert "decision: the log has ABORT, the model NONE" in ran.out


def test_files_without_a_common_clock_conform_in_some_order(assay: Assay) -> None:
    lines = list(commit())
    names = [write(f"{node}.jsonl", *(li for li in lines if li["node"] == node)) for node in ("tm", "p2", "p1")]
    report = told(assay, f"two_phase_commit {' '.join(names)} --set Participant=2")
    assert (report["verdict"], report["chains"]) == ("holds", 3)


def test_a_file_of_which_no_line_tells_when_is_in_order(assay: Assay) -> None:
    log = write("run.jsonl", *reversed(list(commit())))
    assert told(assay, f"two_phase_commit {log} --set Participant=2")["prefix"] == 0
    swapped = write("swapped.jsonl", did("tm", "receive_vote", arguments={"p": "p1"}), did("p1", "prepare"))
    assert told(assay, f"two_phase_commit {swapped}")["verdict"] == "violated"
    assert told(assay, f"two_phase_commit {swapped} --lines unordered")["verdict"] == "holds"


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ({"order": 7}, {"order": 8}, "violated"),
        ({"order": 8}, {"order": 7}, "holds"),
        ({"order": "0x100000009"}, {"order": "0x10000000a"}, "violated"),
        ({"order": 7}, {"order": 7}, "holds"),
        ({"time": 1.0}, {"time": 1.5}, "violated"),
        ({"time": 1.5}, {"time": 1.0}, "holds"),
        ({"time": [1, 3]}, {"time": [2, 4]}, "holds"),
        ({"time": [1, 2]}, {"time": [3, 4]}, "violated"),
        ({"time": "2026-01-01T10:00:00Z"}, {"time": "2026-01-01T10:00:00.000001Z"}, "violated"),
        ({"time": "2026-01-01T10:00:00+01:00"}, {"time": "2026-01-01T09:00:00Z"}, "holds"),
        ({"clock": {"tm": 1}}, {"clock": {"tm": 1, "p1": 1}}, "violated"),
        ({"clock": {"tm": 1}}, {"clock": {"p1": 1}}, "holds"),
        ({"order": 7}, {"time": 8}, "holds"),
    ],
)
def test_an_order_that_is_told_is_kept(assay: Assay, first: Line, second: Line, verdict: str) -> None:
    """The vote was received before it was cast, if that is what the log says."""
    log = write("run.jsonl", did("tm", "receive_vote", arguments={"p": "p1"}, **first), did("p1", "prepare", **second))
    assert told(assay, f"two_phase_commit {log}")["verdict"] == verdict


def test_clocks_that_may_be_wrong_order_less(assay: Assay) -> None:
    log = write("run.jsonl", did("tm", "receive_vote", arguments={"p": "p1"}, time=1.0), did("p1", "prepare", time=1.3))
    assert told(assay, f"two_phase_commit {log} --skew 0.1")["verdict"] == "violated"
    assert told(assay, f"two_phase_commit {log} --skew 0.2")["verdict"] == "holds"


def test_numbers_tell_the_order_wherever_the_lines_stand(assay: Assay) -> None:
    one = write("one.jsonl", did("p1", "learn_abort", seq=20), did("p1", "prepare", seq=3))
    two = write("two.jsonl", did("tm", "decide_abort", seq=1), did("p1", "learn_abort", seq=30))
    assert told(assay, f"two_phase_commit {one} {two}")["verdict"] == "holds"
    wrong = write("wrong.jsonl", did("p1", "prepare", seq=20), did("p1", "learn_abort", seq=3))
    assert told(assay, f"two_phase_commit {wrong} {two}")["verdict"] == "violated"


def test_parts_of_containers_and_records_are_seen(assay: Assay) -> None:
    seen = {"messages": {"#contains": [{"Prepared": "p1"}]}, "votes": []}
    log = write("run.jsonl", did("p2", "prepare"), did("p1", "prepare", state=seen))
    assert told(assay, f"two_phase_commit {log}")["verdict"] == "holds"
    seen = {"messages": {"#contains": ["Commit"]}}
    log = write("run.jsonl", did("p1", "prepare", state=seen))
    ran = assay(f"conform two_phase_commit {log}")
    assert "messages: the log has {Commit()} in it, the model {Prepared(p1)}" in ran.out


def test_a_limit_leaves_it_open(assay: Assay) -> None:
    log = write("run.jsonl", *commit())
    report = told(assay, f"two_phase_commit {log} --set Participant=2 --max-states 3")
    assert report["verdict"] == "unknown"
    assert report["stopped"]["reason"] == "max-states"


def test_an_error_of_the_model_where_the_log_may_lead_leaves_it_open(assay: Assay) -> None:
    Path("counter.py").write_text(
        "from assay.checker.language import *\n\n\nclass Counter(Model):\n    n: Range[0, 2] = 0\n\n"
        "    @action\n    def up(self) -> None:\n        self.n += 1\n"
    )
    log = write("run.jsonl", *[did("me", "up")] * 3)
    report = told(assay, f"counter.py {log}")
    assert report["verdict"] == "unknown"
    assert "is outside" in report["failure"] or "n" in report["failure"]


def test_the_command_that_a_report_names_says_the_same(assay: Assay) -> None:
    log = write("run.jsonl", *commit())
    words = f"two_phase_commit {log} --set Participant=2 --unlogged refuse --lines ordered --skew 1 --time-limit 60s"
    report = told(assay, words)
    again = told(assay, report["command"].removeprefix("assay conform "))
    assert {**again, "seconds": 0} == {**report, "seconds": 0}


def test_settings_may_stand_before_the_model(assay: Assay) -> None:
    log = write("run.jsonl", *commit())
    assert assay(f"conform --set Participant=2 two_phase_commit {log}").status == 0


def test_a_log_is_not_overwritten_by_its_report(assay: Assay) -> None:
    log = write("run.jsonl", *commit())
    before = Path(log).read_text()
    assert assay(f"conform two_phase_commit {log} --output {log}").status == 2
    assert Path(log).read_text() == before


def test_the_schema_is_that_of_the_keys(assay: Assay) -> None:
    from assay.checker.conformance.reading import KEYS

    ran = assay("conform --schema")
    assert json.loads(ran.out) == schema()
    assert tuple(schema()["properties"]) == KEYS
    assert schema()["required"] == ["node", "action"]


def test_an_action_that_is_a_number_is_left_out_and_a_line_without_one_is_refused(
    assay: Assay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("map.toml").write_text("[actions]\n7 = false\nNone = false\n")
    lines = ['{"node": "p1", "action": 7}', '{"node": "p1", "action": "prepare", "arguments": {"p": "p1"}}']
    Path("run.jsonl").write_text("\n".join(lines))
    assert assay("conform two_phase_commit run.jsonl --map map.toml").status == 0
    Path("run.jsonl").write_text("\n".join([*lines, '{"node": "p1"}']))
    ran = assay("conform two_phase_commit run.jsonl --map map.toml")
    assert ran.status == 2
    assert "run.jsonl:3" in ran.err


def test_a_mapping_may_take_several_steps_at_once(assay: Assay) -> None:
    Path("map.toml").write_text('[actions]\nfinish = [["receive_vote", "decide_commit"]]\n[nodes]\ntm = false\n')
    lines = [did("p1", "prepare"), did("tm", "finish", state={"decision": "COMMIT"}), did("p1", "learn_commit")]
    log = write("run.jsonl", *lines)
    report = told(assay, f"two_phase_commit {log} --set Participant=1 --map map.toml")
    assert report["run"][1]["actions"] == ["receive_vote(p=p1)", "decide_commit()"]
    report = told(assay, f"two_phase_commit {log} --set Participant=2 --map map.toml")
    attempts = report["explanation"]["next"][0]["attempts"]
    assert attempts[0]["actions"] == ["receive_vote(p=p1)", "decide_commit()"]
    assert "self.votes" in attempts[0]["guard"]["text"]


NEST = '''
from assay.checker.language import *


class Node(Sort):
    """A node."""


@record
class Note:
    log: Seq[Node, 2]
    seen: Set[Node]
    at: Map[Node, Range[0, 2]]


class Nest(Model):
    default = {"Node": 2}

    last: Note | None
    chosen: Set[Node]
    queue: Seq[Note, 2]

    @action
    def put(self, n: Node, some: Set[Node]) -> None:
        require(len(self.queue) < 2)
        self.chosen = set(some)
        self.last = Note([n], some, {m: 1 for m in Node})
        self.queue.append(Note([n], some, {m: 1 for m in Node}))
'''


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ({"chosen": ["n2"], "last": {"log": ["n1"], "seen": ["n2"], "at": {"n1": 1}}}, "holds"),
        ({"last.log": ["n1"], "last.at[n2]": 1, "last.seen": {"#contains": ["n2"]}}, "holds"),
        ({"queue": [{"log": ["n1"], "seen": ["n2"], "at": [["n1", 1], ["n2", 1]]}]}, "holds"),
        ({"last.log": ["n2"]}, "violated"),
        ({"last.at": {"n2": 2}}, "violated"),
        ({"last.seen": []}, "violated"),
        ({"last": None}, "violated"),
        ({"queue": [{"log": ["n2"], "seen": ["n2"], "at": [["n1", 1], ["n2", 1]]}]}, "violated"),
    ],
)
def test_containers_inside_of_values_are_seen_and_given(assay: Assay, seen: Line, verdict: str) -> None:
    Path("nest.py").write_text(NEST)
    log = write("run.jsonl", did("n1", "put", arguments={"some": ["n2"]}, state=seen))
    assert told(assay, f"nest.py {log}")["verdict"] == verdict


PERHAPS = '''
from assay.checker.language import *


class Node(Sort):
    """A node."""


class Perhaps(Model):
    default = {"Node": 2}

    seen: Set[Node] | None
    votes: Map[Node, Range[0, 2]] | None
    flying: Bag[Node, 3]
    round: Range[0, 2] = 0

    @action
    def idle(self, n: Node) -> None:
        require(True)

    @action
    def count(self, n: Node) -> None:
        self.seen = frozen({n})
        self.votes = frozen({m: 1 for m in Node})
        self.flying.add(n)

    @action
    def guess(self, n: Node) -> None:
        self.round = choose(r for r in [1, 2])
'''


@pytest.mark.parametrize(
    ("action", "seen", "verdict"),
    [
        ("idle", {"seen": {"#contains": ["n1"]}}, "violated"),
        ("idle", {"votes": {"n1": 1}}, "violated"),
        ("count", {"seen": {"#contains": ["n1"]}, "votes": {"n2": 1}}, "holds"),
        ("count", {"flying": {"#contains": ["n1"]}}, "holds"),
        ("count", {"flying": {"#contains": ["n1", "n1"]}}, "violated"),
    ],
)
def test_what_may_be_missing_or_there_twice_is_compared(assay: Assay, action: str, seen: Line, verdict: str) -> None:
    Path("perhaps.py").write_text(PERHAPS)
    log = write("run.jsonl", did("n1", action, state=seen))
    assert told(assay, f"perhaps.py {log}")["verdict"] == verdict
    assert assay(f"conform perhaps.py {log}").status == (verdict == "violated")


def test_each_choice_of_an_action_is_compared_with_the_log(assay: Assay) -> None:
    Path("perhaps.py").write_text(PERHAPS)
    log = write("run.jsonl", did("n1", "guess", state={"round": 2, "seen": ["n1"]}))
    attempt = told(assay, f"perhaps.py {log}")["explanation"]["next"][0]["attempts"][0]
    assert [difference["place"] for difference in attempt["differences"]] == ["seen"]


def test_the_run_that_explains_a_log_says_what_was_chosen(assay: Assay) -> None:
    Path("perhaps.py").write_text(PERHAPS)
    mapping = Path("twice.toml")
    mapping.write_text('[actions]\ntwice = [["guess", "guess"]]\n')
    log = write("run.jsonl", did("n1", "guess", state={"round": 2}), did("n1", "twice", state={"round": 1}))
    first, second = told(assay, f"perhaps.py {log} --map twice.toml")["run"]
    assert first["actions"] == ["guess(n=n1), choosing round=2"]
    assert re.fullmatch("guess.*choosing round=[12]", second["actions"][0])
    assert second["actions"][1].endswith("choosing round=1")


def test_what_would_fit_instead_says_what_it_would_have_chosen(assay: Assay) -> None:
    Path("perhaps.py").write_text(PERHAPS)
    log = write("run.jsonl", did("n1", "count", state={"round": 2}))
    fitting = "what the log saw would fit guess(n=n1), choosing round=2 or guess(n=n2), choosing round=2\n"
    assert fitting in assay(f"conform perhaps.py {log}").out


@pytest.mark.parametrize(("prepared", "learned", "verdict"), [(2, 1, "violated"), (1, 2, "holds")])
def test_numbers_of_a_node_go_on_from_one_file_to_the_next(
    assay: Assay, prepared: int, learned: int, verdict: str
) -> None:
    one = write("one.jsonl", did("p1", "prepare", seq=prepared))
    two = write("two.jsonl", did("tm", "decide_abort"), did("p1", "learn_abort", seq=learned))
    assert told(assay, f"two_phase_commit {one} {two} --lines ordered")["verdict"] == verdict


def test_what_is_encoded_is_decoded_again() -> None:
    from assay.checker.conformance.values import Values
    from assay.checker.language.execution.instantiate import instantiate
    from assay.checker.language.execution.interpreter import Interpreter
    from assay.checker.language.loader import load

    for name in ("two_phase_commit", "paxos", "lock", "replication"):
        specification = load(name).specification
        instance = instantiate(specification, name="smoke")
        values = Values(instance)
        with instance.active():
            interpreter = Interpreter(instance)
            states = list(interpreter.initial_states())
            for _ in range(4):
                states += [after for state in states[-3:] for _, after in interpreter.successors(state)]
        for state in states:
            for variable, value in zip(specification.variables, state, strict=True):
                assert values.decode(variable.type, values.encode(variable.type, value)) == value


CHOOSING = """
from assay.checker.language import *


class Node(Sort):
    pass


class Turns(Model):
    default = {"Node": 2}
    check_deadlock = False
    up: Set[Node]
    order: Seq[Node, 2]
    turn: Node | None

    @action
    def arrange(self, some: Set[Node], order: Perm[Node]) -> None:
        require(len(self.order) == 0)
        self.up = some
        self.order = order

    @action
    def take(self) -> None:
        n = choose(self.up)
        require(n != self.turn)
        self.turn = choose(k for k in self.order if k == n)
"""


def test_what_is_no_permutation_is_not_taken_for_one(assay: Assay) -> None:
    Path("turns.py").write_text(CHOOSING)
    for order in (["n1", "n1"], ["n2"], []):
        log = write("run.jsonl", did("x", "arrange", arguments={"some": [], "order": order}))
        ran = assay(f"conform turns.py {log}")
        assert (ran.status, ran.err) == (2, "error: run.jsonl:1: order: a Perm[Node] holds every Node once\n")
    log = write("run.jsonl", did("x", "arrange", arguments={"some": [], "order": ["n2", "n1"]}))
    assert told(assay, f"turns.py {log}")["verdict"] == "holds"


@pytest.mark.parametrize(
    ("up", "takes", "said"),
    [
        ([], 1, "there is nothing to choose from: n = choose(self.up)"),
        (["n1"], 2, "this is false: require(n != self.turn)"),
    ],
)
def test_an_action_that_chooses_and_cannot_happen_says_why(assay: Assay, up: list[str], takes: int, said: str) -> None:
    Path("turns.py").write_text(CHOOSING)
    arranged = did("x", "arrange", arguments={"some": up, "order": ["n2", "n1"]})
    log = write("run.jsonl", arranged, *(did("x", "take") for _ in range(takes)))
    ran = assay(f"conform turns.py {log}")
    assert ran.status == 1
    assert re.search(rf"turns\.py:\d+:\d+: {re.escape(said)}\n", ran.out)


NUMBERED = """
from assay.checker.language import *


class Node(Sort): ...


class Numbered(Model):
    default = {"Node": 2}
    ids: Set[Nat]
    taken: Map[Node, Nat | None] = everywhere(None)

    @action
    def give(self) -> None:
        require(len(self.ids) < 2)
        self.ids.add(len(self.ids))

    @action
    def take(self, n: Node, i: Nat) -> None:
        require(i in self.ids)
        self.ids.remove(i)
        self.taken[n] = i
"""


def test_an_argument_without_bounds_that_the_log_leaves_out_is_one_that_the_state_holds(assay: Assay) -> None:
    Path("numbered.py").write_text(NUMBERED)
    take = did("n1", "take")
    log = write("run.jsonl", did("n1", "give"), did("n1", "give"), did("n1", "take", state={"taken[n1]": 1}), take)
    report = told(assay, f"numbered.py {log}")
    assert [step["actions"] for step in report["run"]][2:] == [["take(n=n1, i=1)"], ["take(n=n1, i=0)"]]


def test_where_the_state_holds_no_argument_the_report_shows_the_guard_that_asks_for_one(assay: Assay) -> None:
    Path("numbered.py").write_text(NUMBERED)
    log = write("run.jsonl", did("n1", "give"), did("n1", "take"), did("n1", "take"))
    ran = assay(f"conform numbered.py {log}")
    assert ran.status == 1
    assert "take(n=n1, i=0): not enabled" in ran.out
    assert "this is false: require(i in self.ids)" in ran.out


GIVEN = """
from assay.checker.language import *


class Node(Sort):
    pass


@record
class Note:
    line: Seq[Node, 9]


class Taken(Model):
    default = {"Node": 3}
    check_deadlock = False
    set_: Set[Node]
    map_: Map[Node, Node | None]
    nested: Map[Node, Set[Node]]
    seq: Seq[Node, 2]
    bag: Bag[Node, 2]
    notes: Set[Note]

    @action
    def take_set(self, x: Set[Node]) -> None:
        require(len(x) < 3)
        self.set_ = x

    @action
    def take_map(self, x: Map[Node, Node | None]) -> None:
        require(any(x[n] is None for n in Node))
        self.map_ = x

    @action
    def take_nested(self, x: Map[Node, Set[Node]]) -> None:
        require(all(n not in x[n] for n in Node))
        self.nested = x

    @action
    def take_seq(self, x: Seq[Node, 2]) -> None:
        require(len(x) != 1)
        self.seq = x

    @action
    def take_bag(self, x: Bag[Node, 2]) -> None:
        require(all(x.count(n) < 2 for n in Node))
        self.bag = x

    @action
    def note(self, line: Seq[Node, 9]) -> None:
        self.notes.add(Note(line))

    @action
    def read(self, note: Note) -> None:
        require(note in self.notes)
        self.seq = note.line[:2]
"""


@pytest.mark.parametrize(
    ("action", "place", "allowed", "refused"),
    [
        ("take_set", "set_", ["n1", "n3"], ["n1", "n2", "n3"]),
        ("take_map", "map_", {"n1": "n2", "n2": None, "n3": "n3"}, {"n1": "n2", "n2": "n1", "n3": "n3"}),
        ("take_nested", "nested", {"n1": ["n2"], "n2": [], "n3": ["n1", "n2"]}, {"n1": ["n1"], "n2": [], "n3": []}),
        ("take_seq", "seq", ["n2", "n1"], ["n2"]),
        ("take_bag", "bag", ["n2", "n1"], ["n2", "n2"]),
    ],
)
def test_an_argument_that_is_a_container_is_given_to_the_action(
    assay: Assay, action: str, place: str, allowed: Any, refused: Any
) -> None:
    Path("taken.py").write_text(GIVEN)
    log = write("run.jsonl", did("x", action, arguments={"x": allowed}, state={place: allowed}))
    assert told(assay, f"taken.py {log}")["verdict"] == "holds"
    log = write("run.jsonl", did("x", action, arguments={"x": refused}))
    ran = assay(f"conform taken.py {log}")
    assert ran.status == 1
    assert re.search(r"taken\.py:\d+:\d+: this is false: require\(", ran.out)


@pytest.mark.parametrize(("action", "place"), [("take_set", "set_"), ("take_map", "map_"), ("take_bag", "bag")])
def test_an_argument_that_is_a_container_and_not_logged_may_be_any(assay: Assay, action: str, place: str) -> None:
    Path("taken.py").write_text(GIVEN)
    seen = {"set_": ["n2"], "map_": {"n1": "n3"}, "bag": ["n1"]}[place]
    log = write("run.jsonl", did("x", action, state={place: seen}))
    assert told(assay, f"taken.py {log}")["verdict"] == "holds"


def test_a_model_outside_of_the_language_is_refused(assay: Assay) -> None:
    Path("taken.py").write_text(GIVEN.replace("require(len(x) < 3)", "while False: pass"))
    log = write("run.jsonl", did("x", "take_bag"))
    ran = assay(f"conform taken.py {log}")
    assert ran.status == 2
    assert "while" in ran.err


def test_a_message_that_is_one_of_too_many_to_try_is_drawn_from_those_that_were_sent(assay: Assay) -> None:
    Path("taken.py").write_text(GIVEN)
    lines = [["n1"] * 9, ["n2", "n3"]]
    sent = [did("x", "note", arguments={"line": line}) for line in lines]
    for read, verdict in ((["n2", "n3"], "holds"), (["n3", "n3"], "violated")):
        log = write("run.jsonl", *sent, did("x", "read", state={"seq": read}))
        assert told(assay, f"taken.py {log} --set Node=5")["verdict"] == verdict
