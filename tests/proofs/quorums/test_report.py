"""The report and its forms: verdicts and exit statuses, demands, unknown nodes, odd names."""

import json
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from assay.checker.errors import Location, UsageError
from assay.checker.verdicts import ExitStatus
from assay.proofs.quorums import library
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.analyses.resilience.remarks import remarks
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.findings import QuorumFinding, Severity
from assay.proofs.quorums.questions import Questions
from assay.proofs.quorums.rendering import machine
from assay.proofs.quorums.rendering.names import percent, shown
from assay.proofs.quorums.rendering.outline import outline
from assay.proofs.quorums.rendering.page import page
from assay.proofs.quorums.rendering.svg import picture
from assay.proofs.quorums.rendering.text import render
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition
from assay.proofs.quorums.systems import Federation, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, choose, majority, weighted
from hypothesis import given, settings
from quorum_strategies import federated_systems, systems


def read(system, **more):
    return Configuration("test", ("file.cfg",), system, **more)


def text_of(report, **options):
    return "\n".join(line.plain for line in render(report, **options))


@settings(max_examples=40, deadline=None)
@given(systems() | federated_systems())
def test_every_report_has_every_form(system):
    report = analyse(read(system), Questions(failure=Fraction(1, 10), time_limit=20))
    record = json.loads(machine.encode(report))
    assert record["verdict"] == report.subject.condition.value
    assert record["exit_status"] == report.status
    assert report.subject.condition.value in text_of(report)
    ElementTree.fromstring(picture(report))
    assert page(report).endswith("</html>\n")


@pytest.mark.parametrize(
    ("system", "condition", "status"),
    [
        (library.majority("abc"), Condition.SAFE, 0),
        (library.read_write("abcd", 2, 2), Condition.SPLIT, 1),
        (replace(library.majority("abc"), absent=frozenset("de"), classes={"quorum": majority("abde")}), None, 1),
        (replace(library.majority("abc"), obligations=()), Condition.UNKNOWN, 3),
    ],
)
def test_verdicts_and_exit_statuses(system, condition, status):
    report = analyse(read(system)) if condition else analyse(read(replace(system, nodes=("a", "b", "c"))))
    assert report.subject.condition is (condition or Condition.NO_QUORUM)
    assert report.status == status


def test_a_finding_that_breaks_a_rule_fails_and_a_warning_does_not():
    for severity, status in ((Severity.ERROR, 1), (Severity.WARNING, 0), (Severity.NOTE, 0)):
        finding = QuorumFinding(severity, "code", "message", Location("file.cfg", 3), "help")
        report = analyse(read(library.majority("abc"), findings=(finding,)))
        assert report.status == status
        assert "file.cfg:3: message [code]" in text_of(report)


@pytest.mark.parametrize(("demands", "status"), [({"f": 1}, 0), ({"f": 2}, 1), ({"zone": 0}, 0), ({"zone": 1}, 1)])
def test_demands_are_held_against_what_is_survived(demands, status):
    zones = {"a": {"zone": "x"}, "b": {"zone": "x"}, "c": {"zone": "y"}}
    report = analyse(read(replace(library.majority("abc"), labels=zones)), Questions(demands=demands))
    assert report.status == status


def test_a_demand_about_a_label_that_nothing_has_is_refused():
    with pytest.raises(UsageError, match="no node has the label 'rack'"):
        analyse(read(library.majority("abc")), Questions(demands={"rack": 1}))


UNKNOWN = replace(
    library.federated({"a": choose(2, "abx"), "b": choose(2, "abx"), "c": choose(2, "cxa")}), name="with x"
)


def test_a_verdict_that_hangs_on_an_unknown_node_is_unknown():
    report = analyse(read(UNKNOWN))
    assert report.subject.condition is Condition.UNKNOWN
    assert report.status is ExitStatus.UNKNOWN
    assert "'x'" in report.subject.doubt
    assert analyse(read(UNKNOWN), Questions(UnknownNodes.ABSENT)).subject.condition is Condition.SAFE
    assert analyse(read(UNKNOWN), Questions(UnknownNodes.ANYTHING)).subject.condition is Condition.SPLIT


def test_absent_nodes_keep_their_weight_and_never_vote():
    """A ZooKeeper observer with a weight line raises the bar for its group."""
    weights = library.weighted({"a": 1, "b": 1, "c": 1, "d": 1}, 3)
    system = replace(weights, nodes=("a", "b", "c"), absent=frozenset("d"))
    report = analyse(read(system))
    assert report.subject.condition is Condition.SAFE
    assert report.survival.tolerances["f"].at_most == 0


def test_a_change_that_is_not_safe_names_a_quorum_of_either_side_and_a_way():
    report = analyse(read(library.majority("123")), against=read(library.majority("12345")))
    assert report.status == 1
    text = text_of(report)
    assert "change in one step: not safe" in text
    assert "step 2" in text
    record = machine.record(report)["change"]
    assert [step["joining"] for step in record["steps"]] == [["4"], ["5"]]
    assert record["joint"] is True


def test_a_safe_change_passes():
    assert analyse(read(library.majority("123")), against=read(library.majority("1234"))).status == 0


ODD = ["a b", "<script>", "\x1b[31m", "", "{x}", "ü", "'", "\ud800"]


def test_names_with_odd_characters_reach_no_terminal_and_no_markup():
    report = analyse(read(library.read_write(ODD, 4, 4)))
    assert report.subject.condition is Condition.SPLIT
    assert "\x1b" not in text_of(report)
    for form in (page(report), picture(report)):
        assert "<script>" not in form
        assert "\x1b" not in form
        form.encode()


def test_what_formats_and_users_call_things_reaches_no_terminal_either():
    odd = "x\x1b[31m\u202ey\ud800"
    system = QuorumSystem(
        odd,
        ("a", "b"),
        {odd: majority("ab")},
        (QuorumObligation((odd, odd), words=odd, source=odd),),
        {"a": {odd: odd}, "b": {odd: odd}},
        services={odd: majority("ab")},
    )
    finding = QuorumFinding(Severity.WARNING, "odd", odd, help=odd)
    report = analyse(read(system, rule=odd, source=odd, findings=(finding,)), against=read(system))
    assert text_of(report, trees=True).replace("\n", "").isprintable()
    for form in (page(report), picture(report)):
        assert form.replace("\n", "").isprintable()
    record = json.loads(machine.encode(report))
    assert record["system"] == "x\x1b[31m\u202ey\\ud800"


def test_names_are_shown_plainly_unless_they_are_odd():
    assert [shown(name) for name in ("mongo1:27017", "a b", "", "\n")] == ["mongo1:27017", "'a b'", "''", "'\\n'"]


@pytest.mark.parametrize(
    ("chance", "text"),
    [
        (1, "100%"),
        (Fraction(1, 2), "50.00%"),
        (1 - Fraction(1, 10**6), "99.999900%"),
        (1 - Fraction(1, 10**30), "more than 99.999999999999%"),
        (1.0, "more than 99.999999999999%"),
    ],
)
def test_an_availability_is_never_rounded_up_to_certainty(chance, text):
    assert percent(chance) == text


def test_the_outline_shows_where_each_part_came_from():
    tree = weighted(2, [(2, Node("a", Location("zoo.cfg", 4))), (1, Node("b"))], origin=Location("zoo.cfg", 3))
    lines = list(outline(replace(library.majority("ab"), classes={"quorum": tree})))
    assert lines == ["quorum:", "  2 of 3    zoo.cfg:3", "    a, weight 2    zoo.cfg:4", "    b"]


def codes(system):
    return {finding.code for finding in remarks(resolve(system, UnknownNodes.ABSENT))}


def test_operators_are_warned():
    zones = {node: {"zone": "x" if node in "abc" else "y"} for node in "abcde"}
    assert codes(library.majority("abc")) == set()
    assert codes(library.majority("abcd")) == {"even-voters"}
    assert codes(replace(library.majority("abcde"), labels=zones)) == {"two-zones"}
    assert "dictator" in codes(library.weighted({"a": 5, "b": 1, "c": 1}))
    assert "single-point-of-failure" in codes(library.read_write("abc", 1, 3))
    idle = replace(library.majority("abc"), nodes=tuple("abcd"))
    assert codes(idle) == {"idle-nodes"}


@pytest.mark.parametrize("system", [library.dissemination("abcd", 1), library.byzantine("abcd", 3, 1)])
def test_four_nodes_of_which_one_may_lie_are_not_one_too_many(system):
    """Three of four is a majority, but of three nodes none may lie: an even number is no oversight here."""
    assert codes(system) == set()


def test_federations_with_different_cores_are_reported():
    trees = {**dict.fromkeys("abc", majority("abc")), "d": Node("d")}
    report = analyse(read(replace(library.federated(trees), classes={"quorum": Federation(trees)})))
    assert report.subject.condition is Condition.SPLIT
    assert report.survival.splitting["f"].smallest.size == 0


def test_a_label_called_f_is_not_taken_for_the_nodes():
    labels = {node: {"f": "same"} for node in "abc"}
    report = analyse(read(replace(library.majority("abc"), labels=labels)), Questions(demands={"f": 1}))
    assert report.status == 0
    assert {name: found.at_least for name, found in report.survival.tolerances.items()} == {"f": 1, "label f": 0}


@pytest.mark.parametrize(("hosts", "warned"), [("xxx", True), ("xxy", False), ("xx", False), ("xyz", False)])
def test_nodes_that_are_all_on_one_host_are_a_warning(hosts, warned):
    labels = {node: {"host": host} for node, host in zip("abc", hosts, strict=False)}
    report = analyse(read(replace(library.majority("abc"), labels=labels)))
    assert ("one-place" in {finding.code for finding in report.findings}) == warned
