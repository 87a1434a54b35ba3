"""What is no log of a model is refused in one clear line, with its place, and exit status 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Assay

FINE = '{"node": "p1", "action": "prepare"}\n'


def refused(assay: Assay, *files: str, words: str = "") -> str:
    """Return the error that a log is refused with, without the word before it."""
    names = []
    for number, text in enumerate(files):
        names.append(f"log{number}.jsonl")
        Path(names[-1]).write_bytes(text.encode("utf-8", "surrogateescape"))
    ran = assay(f"conform two_phase_commit {' '.join(names)} {words}")
    assert (ran.status, ran.out) == (2, ""), ran
    assert "Traceback" not in ran.err
    first, *rest = ran.err.splitlines()
    assert len(rest) <= 1, ran.err
    return first


def line(**keys: Any) -> str:
    return json.dumps({"node": "p1", "action": "prepare", **keys}) + "\n"


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("hello\n", "log0.jsonl:1:1: not a log: not valid JSON: Expecting value"),
        ("[1, 2]\n", "log0.jsonl:1: not a log: the line is no JSON object"),
        (FINE + '{"node": "p1", "acti', "log0.jsonl:2: the last line is cut off: whoever wrote it was stopped"),
        (FINE + '{"node": "p1", "acti\n' + FINE, "log0.jsonl:2:16: not a log: not valid JSON"),
        ("", "log0.jsonl: the log has no events"),
        ("\n \n", "log0.jsonl: the log has no events"),
        ("\udcff\udcfe\n", "cannot read log0.jsonl: it is not text in UTF-8"),
        ("[" * 100_000, "log0.jsonl:1: not a log: the line is nested too deep"),
        ('{"node": "p1", "action": ' + "9" * 5000 + "}", "log0.jsonl:1: not a log: not valid JSON: Exceeds"),
        ('{"node": "p1", "node": "p2", "action": "prepare"}', "log0.jsonl:1: the line has the key 'node' twice"),
        ('{"node": "p1", "action": "prepare", "time": NaN}', "log0.jsonl:1: NaN is not a number of JSON"),
        ('{"node": "p1", "action": "prepare", "time": 1e400}', "log0.jsonl:1: 1e400 is more than"),
        (line(time=10**400), "log0.jsonl:1: time: expected a number"),
        ('{"action": "prepare"}', "log0.jsonl:1: the line has no 'node'"),
        ('{"node": "p1"}', "log0.jsonl:1: the line has no 'action'"),
        ('{"node": ["p1"], "action": "prepare"}', "log0.jsonl:1: node: expected a text"),
        (line(action="prepair"), "log0.jsonl:1: the model has no action 'prepair'; did you mean 'prepare'?"),
        (
            line(node="p9"),
            'log0.jsonl:1: the node is not in the configuration: "p9" is no Participant: there is p1, p2',
        ),
        (line(arguments={"q": "p1"}), "log0.jsonl:1: prepare has no argument 'q'"),
        (line(arguments=["p1"]), "log0.jsonl:1: arguments: expected an object"),
        (line(sate={}), "log0.jsonl:1: there is no key 'sate'; did you mean 'state'?"),
        (line(state={"decison": "NONE"}), "log0.jsonl:1: decison: the model has no variable 'decison'; did you mean"),
        (line(state={"decision": "MAYBE"}), 'log0.jsonl:1: decision: "MAYBE" is no Decision: there is NONE, COMMIT'),
        (line(state={"state[p7]": "WORKING"}), 'log0.jsonl:1: state[p7]: "p7" is no Participant'),
        (line(state={"votes[p1]": True}), "log0.jsonl:1: votes[p1]: Set[Participant] is no map"),
        (line(state={"messages": [{"Prepare": {}}]}), "log0.jsonl:1: messages: "),
        (line(seq=1.5), "log0.jsonl:1: seq: expected a whole number, found 1.5"),
        (line(seq=True), "log0.jsonl:1: seq: expected a whole number, found true"),
        (line(order="0xzz"), "log0.jsonl:1: order: expected a whole number"),
        (line(time="noon"), "log0.jsonl:1: time: expected a number, or a date as in ISO 8601"),
        (line(time=[2, 1]), "log0.jsonl:1: time: the interval [2, 1] ends before it begins"),
        (line(clock={"p1": "x"}), "log0.jsonl:1: clock: p1: expected a whole number"),
        (line(time=5) + line(time="2026-01-01"), "log0.jsonl:2: time: a date without a time zone, and a number before"),
        (
            line(time="2026-01-01T00:00:00") + line(time="2026-01-01T00:00:00Z"),
            "log0.jsonl:2: time: a date with a time zone, and a date without a time zone before (log0.jsonl:1)",
        ),
        (line(time=5) + line(time=3), "log0.jsonl:2: the clock of 'p1' runs backwards: 3 after 5 (log0.jsonl:1)"),
        (line(order=5) + line(order=3), "log0.jsonl:2: the order of 'p1' runs backwards: 3 after 5"),
        (line(clock={"p2": 2}) + line(clock={"p2": 1}), "log0.jsonl:2: the vector clock of 'p1' runs backwards"),
        (
            line(clock={"p1": 2, "p2": 3}) + line(clock={"p1": 3, "p2": 2}),
            "log0.jsonl:2: the vector clock of 'p1' runs backwards",
        ),
        (line(seq=1) + line(seq=1), "log0.jsonl:2: 'p1' has two events with the seq 1: see log0.jsonl:1"),
        (line(seq=1) + line(), "log0.jsonl:2: the event has no seq, and others of 'p1' have one (log0.jsonl:1)"),
    ],
)
def test_what_is_no_log_is_said_in_one_line(assay: Assay, log: str, said: str) -> None:
    assert said in refused(assay, log)


def test_events_that_wait_for_each_other_are_said(assay: Assay) -> None:
    one = line(node="p1", order=1, time=5) + line(node="p1", order=4, time=6)
    two = line(node="p2", order=2, time=1) + line(node="p2", order=3, time=9)
    assert "runs backwards" in refused(assay, one, two) or "contradicts itself" in refused(assay, one, two)


def test_clocks_that_contradict_each_other_are_said(assay: Assay) -> None:
    first = line(node="p1", clock={"p1": 1}) + line(node="p1", time=9, clock={"p1": 2})
    second = line(node="p2", time=1, clock={"p1": 2, "p2": 1})
    assert "log0.jsonl:2: the log contradicts itself" in refused(assay, first, second)


def test_numbers_of_a_node_that_contradict_the_order_of_lines_are_said(assay: Assay) -> None:
    assert "the log contradicts itself" in refused(assay, line(seq=2) + line(seq=1), words="--lines ordered")


def test_vector_clocks_that_contradict_the_order_of_lines_are_said(assay: Assay) -> None:
    log = line(node="p1", clock={"p1": 1, "p2": 1}) + line(node="p2", clock={"p2": 1})
    assert "the log contradicts itself" in refused(assay, log, words="--lines ordered")


def test_a_seq_that_occurs_twice_is_said_whatever_the_order_of_lines(assay: Assay) -> None:
    assert "two events with the seq 1" in refused(assay, line(seq=1) + line(seq=1), words="--lines ordered")


def test_a_file_that_is_not_there_is_said(assay: Assay) -> None:
    ran = assay("conform two_phase_commit nothing.jsonl")
    assert ran.status == 2
    assert ran.err == "error: cannot read nothing.jsonl: no such file or directory\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("conform", "name a MODEL and at least one LOG"),
        ("conform two_phase_commit", "name a MODEL and at least one LOG"),
        ("conform two_phase_commit a --skew x", "--skew x: expected a number"),
        ("conform two_phase_commit a --skew=-1", "--skew -1: expected a number"),
        ("conform two_phase_commit a --unlogged nothing", "the model has no action 'nothing', which is to be unlogged"),
        ("conform nothing a", "nothing"),
    ],
)
def test_wrong_usage_is_said(assay: Assay, words: str, said: str) -> None:
    Path("a").write_text(FINE)
    ran = assay(words)
    assert ran.status == 2
    assert said in ran.err


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("x = ", "map.toml: not valid TOML"),
        ("form = 'json'", "map.toml: the mapping has no key 'form'; did you mean 'format'?"),
        ("format = 'xml'", "map.toml: format must be one of json, text"),
        ("format = 'text'", "map.toml: pattern is for format"),
        ("format = 'text'\npattern = '('", "map.toml: pattern is no regular expression"),
        ("format = 'text'\npattern = 'a'", "log.jsonl:1: the line does not match the pattern of the mapping"),
        ("[fields]\nnode = 'node'\naction = 'act'", "log.jsonl:1: the line has no 'action'"),
        (
            "[fields]\nnode = 'node'\naction = 'action'\nseq = 'n.x'",
            "map.toml: fields.seq: no line of the log has 'n.x'",
        ),
        (
            "[fields]\nnode = 'node'\naction = 'action'\nstate = {'state[{nod}]' = 'action'}",
            "map.toml: fields.state: no line of the log has 'state[{nod}]'",
        ),
        (
            "[fields]\nnode = 'node'\naction = 'action'\ntime = ['node', 'until']",
            "log.jsonl:1: fields.time: the line lacks 'until'",
        ),
        ("[fields]\nnodes = 'node'", "map.toml: fields has no key 'nodes'; did you mean 'node'?"),
        ("[fields]\nnode = 3", "map.toml: fields.node must name where a line has it"),
        ("[nodes]\np1 = 3", "map.toml: nodes must be a table of names"),
        ("unlogged = 'x'", "map.toml: unlogged must be a list of texts"),
        ("unlogged = ['x']", "the model has no action 'x', which is to be unlogged"),
        ("[actions]\nprepare = []\n", "map.toml: actions.prepare must be an action"),
        ("[actions]\nprepare = 3\n", "map.toml: actions.prepare must be an action"),
        ("assign = ['Participants']", "map.toml: assign: the model has no sort 'Participants'; did you mean"),
        ("[actions.prepare]\nnode = 'q'\n", "prepare has no argument 'q', which is to be its node"),
        (
            "[values.Decison]\nx = 'NONE'",
            "map.toml: values.Decison: the model has no such sort, enumeration or range; did",
        ),
        (
            "assign = ['Participant']\n[values.Participant]\np1 = 'p2'",
            "map.toml: assign: the elements of Participant are assigned to names of the log, and values.Participant",
        ),
        (
            "assign = ['Participant']\n[nodes]\np1 = 'p2'",
            "map.toml: nodes: 'p1' is to be 'p2', whose sort is one that assign gives to the names of the log",
        ),
        ("[actions.prepare]\nnode = 3\n", "map.toml: actions.prepare.node must be the name of a parameter, or false"),
    ],
)
def test_what_is_no_mapping_is_said(assay: Assay, mapping: str, said: str) -> None:
    Path("map.toml").write_text(mapping)
    Path("log.jsonl").write_text(FINE)
    ran = assay("conform two_phase_commit log.jsonl --map map.toml")
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


TOLD_APART = """
from assay.checker.language import *


class Node(Sort):
    pass


class Quorum(QuorumSystem[Node]):
    pass


class Lead(Model):
    default = {"Node": 3, "leader": anything()}
    leader: Parameter[Node]
    at_work: Set[Node]
    decided: bool

    @action
    def work(self, node: Node) -> None:
        require(node != self.leader)
        self.at_work.add(node)

    @action
    def lead(self, node: Node) -> None:
        require(node == self.leader)
        self.at_work.add(node)

    @action(fires="maybe")
    def decide(self, quorum: Quorum) -> None:
        require(all(node in self.at_work for node in quorum))
        self.decided = True
"""


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("leader=n1", "map.toml: assign: leader tells the elements of Node apart, so it matters which is which"),
        ("Quorum={1,2}", "map.toml: assign: Quorum tells the elements of Node apart, so it matters which is which"),
        ("Quorum={1,2},{1,3}", "map.toml: assign: Quorum tells the elements of Node apart"),
        ("Quorum={1,2},{1,3},{2,3}", None),
        ("Quorum=majority", None),
        ("Quorum=all", None),
    ],
)
def test_elements_that_an_instance_tells_apart_are_not_assigned(assay: Assay, setting: str, said: str | None) -> None:
    """Whoever is named first would be n1: a log of a system whose leader is named second would be rejected."""
    Path("lead.py").write_text(TOLD_APART)
    Path("map.toml").write_text('assign = ["Node"]\n[nodes]\nobserver = false\n')
    steps = [("a", "work"), ("b", "lead"), ("c", "work"), ("observer", "decide")]
    Path("log.jsonl").write_text("".join(line(node=node, action=action) for node, action in steps))
    ran = assay("conform", "lead.py", "log.jsonl", "--map", "map.toml", "--set", setting)
    assert ran.status == (2 if said else 0)
    assert (said or "") in ran.err
