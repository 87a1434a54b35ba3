"""``assay check``: verdicts, exit statuses, limits, and what the reports say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from assay.checker.cli.request import CheckRequest
from assay.checker.engine.limits import Stop, StopReason
from assay.checker.language.execution.instance import Instance
from assay.checker.language.loader import NamedModel
from assay.checker.properties.check import Options, judge
from assay.checker.properties.check import check as really_check
from assay.checker.properties.result import CheckResult

from tests.command_line import Assay, timeless

HOLDS = """\
lease.py  Lease
  A lease that one node holds at a time.
  instance  Node=2
  engine    reference
  bounds    none but the free memory
  expected  holds

  holds  one_holder     invariant
  holds  asks_first     step invariant
  holds  someone_holds  reachable, reached in 4 states
  holds  no deadlock

  action   fired  new states
  ask          8           3
  grant        4           4
  take         4           4
  release      4           0

holds for Node=2: exhaustive, all 12 states
  12 states, 21 generated, depth 5, T s, R generated/s
  not checked: other instances, liveness (none is stated)
"""

VIOLATED = """\
lease.py:GrantsTwice
  Broken: grants without looking whether the lease is taken.
  instance  Node=2
  engine    reference
  bounds    none but the free memory
  expected  violates one_holder

  violated  one_holder     invariant, see below
  holds     someone_holds  reachable, reached in 4 states
  unknown   no deadlock

counterexample to one_holder: 7 states, none is shorter
  1  initial state
       phase    = {n1: IDLE, n2: IDLE}
       holder   = None
       messages = {}
  2  ask(n=n1)
       phase[n1]: IDLE -> WAITING
       messages: + Request(n1)
  3  ask(n=n2)
       phase[n2]: IDLE -> WAITING
       messages: + Request(n2)
  4  grant(n=n1)
       holder: None -> n1
       messages: - Request(n1), + Grant(n1)
  5  grant(n=n2)
       holder: n1 -> n2
       messages: - Request(n2), + Grant(n2)
  6  take(n=n1)
       phase[n1]: WAITING -> HOLDING
       messages: - Grant(n1)
  7  take(n=n2)
       phase[n2]: WAITING -> HOLDING
       messages: - Grant(n2)

  action   fired  new states
  ask          8           3
  grant        8           6
  take         9           9
  release      5           1

violated, as expected: one_holder
  20 states, 31 generated, depth 7, 5 left to explore, T s, R generated/s
  not checked: other instances, liveness (none is stated); still open: asks_first, no deadlock (--keep-going decides)
  reproduce: assay check lease.py:GrantsTwice --engine reference
"""


def test_a_model_that_holds_says_for_which_instance_and_how_many_states(assay: Assay) -> None:
    ran = assay("check lease.py")
    assert (ran.status, timeless(ran.out), ran.err) == (0, HOLDS, "")


def test_a_counterexample_shows_each_action_and_only_what_it_changed(assay: Assay) -> None:
    ran = assay("check lease.py:GrantsTwice --engine reference")
    assert (ran.status, timeless(ran.out), ran.err) == (1, VIOLATED, "")


def test_full_shows_whole_states_and_the_witness_of_what_is_reachable(assay: Assay) -> None:
    out = assay("check lease.py --full").out
    assert "witness of someone_holds: 4 states, none is shorter\n" in out
    assert "       phase    = {n1: HOLDING, n2: IDLE}\n       holder   = n1\n" in out


def test_a_class_may_be_written_in_snake_case(assay: Assay) -> None:
    assert assay("check lease.py:never_releases").out.startswith("lease.py:NeverReleases\n")


def test_a_deadlock_is_shown_and_can_be_switched_off(assay: Assay) -> None:
    ran = assay("check lease.py:NeverReleases")
    assert ran.status == 1
    assert "\na deadlock: 5 states, none is shorter\n" in ran.out
    without = assay("check lease.py:NeverReleases --no-deadlock")
    assert "not checked: other instances, liveness (none is stated), deadlock (--no-deadlock)" in without.out
    assert "no deadlock" not in without.out.partition("action")[0]


def test_an_action_that_never_fires_is_a_finding(assay: Assay) -> None:
    ran = assay("check lease.py:NeverReleases --no-deadlock")
    assert ran.status == 1
    assert "  violated  release        the action never fired\n" in ran.out
    assert "  release      0           0  never fired\n" in ran.out


def test_settings_change_the_instance_and_stand_in_the_command_that_reproduces_it(assay: Assay) -> None:
    ran = assay("check lease.py:GrantsTwice --set Node=3 --keep-going --max-states 10k --time-limit 1m")
    command = "assay check lease.py:GrantsTwice --set Node=3 --max-states 10000 --time-limit 60s --keep-going"
    assert ran.out.endswith(f"\n  reproduce: {command}\n")


def test_the_command_that_reproduces_a_finding_gives_the_same_report(assay: Assay) -> None:
    first = assay("check lease.py:GrantsTwice --set Node=3 --keep-going --engine reference")
    command = first.out.splitlines()[-1].removeprefix("  reproduce: assay ")
    assert timeless(assay(command).out) == timeless(first.out)


def test_set_takes_the_model_for_a_setting_no_more_than_a_reader_would(assay: Assay) -> None:
    assert "instance  Node=3" in assay("check --set Node=3 lease.py").out


@pytest.mark.parametrize(("instance", "nodes"), [("smoke", 1), ("default", 2), ("deep", 3)])
def test_the_instances_of_a_model_are_chosen_by_name(assay: Assay, instance: str, nodes: int) -> None:
    assert f"instance  Node={nodes}\n" in assay(f"check lease.py --instance {instance}").out


def test_deep_is_short_for_the_deep_instance(assay: Assay) -> None:
    assert timeless(assay("check lease.py --deep").out) == timeless(assay("check lease.py --instance deep").out)


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        ("--max-states 5", "the limit of 5 states was reached"),
        ("--max-depth 2", "2"),
        ("--time-limit 0.001ms", "the time limit was reached"),
        ("--memory-limit 1KiB", "the limit is"),
    ],
)
def test_a_limit_that_is_hit_makes_the_verdict_unknown(assay: Assay, limit: str, why: str) -> None:
    ran = assay(f"check lease.py --set Node=4 --engine reference {limit}")
    assert ran.status == 3
    assert "\nunknown: " in ran.out
    assert why in ran.out
    assert " left to explore, " in ran.out


def test_all_checks_every_model_of_the_file_for_what_is_expected_of_it(assay: Assay) -> None:
    ran = assay("check lease.py --all")
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert lines[0].split() == ["model", "expected", "verdict", "states", "depth", "seconds"]
    assert lines[2].startswith("lease.py:GrantsTwice    violates one_holder  violates one_holder      20      7")
    assert "as expected: 3 models" in lines


def test_all_shows_the_details_of_what_is_not_as_expected(assay: Assay, tmp_path: Path) -> None:
    broken = (tmp_path / "lease.py").read_text().replace('Violates("one_holder")', "Holds()")
    (tmp_path / "wrong.py").write_text(broken)
    ran = assay("check wrong.py --all")
    assert ran.status == 1
    assert "not as expected: wrong.py:GrantsTwice (1 of 3 models)" in ran.out
    assert "counterexample to one_holder" in ran.out
    assert "not as expected: wrong.py:GrantsTwice is expected to show: holds" in ran.out


def test_what_a_check_passes_over_to_find_the_expected_violation_is_decided_if_that_does_not_show(assay: Assay) -> None:
    ran = assay("check lease.py:GrantsTwice --set Node=1")
    assert "holds for Node=1: exhaustive" in ran.out
    assert "asks_first" in ran.out
    assert "still open" not in ran.out
    assert ran.status == 0


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_another_claim_that_is_false_is_found_where_the_expected_violation_does_not_show(
    assay: Assay, tmp_path: Path, engine: str
) -> None:
    """No green status for claims that nobody looked at, in an instance too small for what is expected."""
    (tmp_path / "two.py").write_text(
        "from assay.checker.language import *\n\n\n"
        "class Node(Sort):\n    pass\n\n\n"
        "class Both(Model):\n"
        '    default = {"Node": 2}\n'
        '    expected = Violates("few")\n'
        "    seen: Set[Node]\n\n"
        "    @action\n"
        "    def see(self, n: Node) -> None:\n"
        "        self.seen.add(n)\n\n"
        "    @invariant\n"
        "    def few(self) -> bool:\n"
        "        return len(self.seen) < 2\n\n"
        "    @invariant\n"
        "    def none_at_all(self) -> bool:\n"
        "        return len(self.seen) < 1\n"
    )
    assert "violated, as expected: few" in assay(f"check two.py --engine {engine}").out
    alone = assay(f"check two.py --set Node=1 --engine {engine}")
    assert alone.status == 1
    assert "violated  none_at_all" in alone.out


def test_a_broken_model_that_holds_contradicts_its_expectation(assay: Assay, tmp_path: Path) -> None:
    sound = (
        (tmp_path / "lease.py")
        .read_text()
        .replace("class Lease(Model):", "class Lease(Model):\n    expected = Violates('one_holder')\n")
    )
    (tmp_path / "fixed.py").write_text(sound)
    assert assay("check fixed.py:Lease").status == 1
    assert assay("check fixed.py:Lease --set Node=3").status == 0


def test_all_is_unknown_where_a_limit_was_hit(assay: Assay) -> None:
    assert assay("check lease.py --all --max-states 3").status == 3


def test_an_interrupt_ends_a_list_of_models_and_says_which_were_not_checked(
    assay: Assay, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted = Stop(StopReason.INTERRUPT, "interrupted")

    def explore(instance: Instance, options: Options, watch: None) -> CheckResult:
        result = really_check(instance, options, watch)
        exploration = replace(result.exploration, stop=interrupted, found={})
        with instance.active():
            return judge(instance, exploration)

    monkeypatch.setattr("assay.checker.cli.request.explore_and_judge", explore)
    ran = assay("check lease.py --all")
    assert ran.status == 3
    assert "interrupted, not checked: lease.py:GrantsTwice, lease.py:NeverReleases\n" in ran.out


def test_an_interrupt_between_two_searches_costs_no_report_on_those_before(
    assay: Assay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def instantiated(request: CheckRequest, model: NamedModel) -> Instance:
        if model.name == "lease.py:GrantsTwice":
            raise KeyboardInterrupt
        return really_instantiate(request, model)

    really_instantiate = CheckRequest.instantiate
    monkeypatch.setattr(CheckRequest, "instantiate", instantiated)
    ran = assay("check lease.py --all")
    assert ran.status == 3
    assert "interrupted, not checked: lease.py:GrantsTwice, lease.py:NeverReleases\n" in ran.out
    assert any(line.split()[:2] == ["lease.py", "holds"] for line in ran.out.splitlines())


def test_json_has_the_documented_keys(assay: Assay) -> None:
    ran = assay("check lease.py:GrantsTwice --format json")
    report = json.loads(ran.out)
    assert ran.status == 1
    assert report["model"] == "lease.py:GrantsTwice"
    assert report["parameters"] == {"Node": 2}
    assert (report["engine"], report["verdict"], report["exhaustive"]) == ("reference", "violated", False)
    assert {"distinct": 20, "generated": 31, "depth": 7}.items() <= report["states"].items()
    assert isinstance(report["seconds"], float)
    first = report["properties"][0]
    assert (first["name"], first["kind"], first["verdict"]) == ("one_holder", "invariant", "violated")
    assert first["trace"]["vars"] == ["phase", "holder", "messages"]
    assert first["trace"]["states"][3]["#meta"] == {"index": 3, "action": "grant", "arguments": {"n": "n1"}}
    assert first["trace"]["states"][3]["holder"] == {"tag": "Some", "value": "n1"}
    assert report["actions"][0] == {"name": "ask", "fired": 8, "discovered": 3, "claimed": "somewhere"}


def test_json_of_several_models_is_one_object(assay: Assay) -> None:
    report = json.loads(assay("check lease.py --all --format json").out)
    assert report["as_expected"] is True
    assert [model["verdict"] for model in report["models"]] == ["holds", "violated", "violated"]


def test_markdown_folds_the_trace_and_ends_with_the_command(assay: Assay) -> None:
    out = assay("check lease.py:GrantsTwice --format markdown").out
    assert out.startswith("### `lease.py:GrantsTwice`: violated\n\n**violated, as expected: one\\_holder**\n")
    assert "<details open><summary>counterexample to one\\_holder: 7 states, none is shorter</summary>" in out
    assert "| `one_holder` | violated | invariant, see below |" in out
    assert out.endswith("Reproduce: `assay check lease.py:GrantsTwice`\n")


def test_markdown_of_several_models_is_a_table(assay: Assay) -> None:
    out = assay("check lease.py --all --format markdown").out
    assert out.startswith("### assay check: 3 models, as expected\n")
    assert "| `lease.py` | holds | holds | 12 | 5 |" in out


def test_output_goes_to_a_file_in_one_step(assay: Assay, tmp_path: Path) -> None:
    ran = assay("check lease.py --output report.txt")
    assert (ran.status, ran.out, ran.err) == (0, "", "wrote report.txt\n")
    assert timeless((tmp_path / "report.txt").read_text()) == HOLDS
    assert not list(tmp_path.glob(".*part"))


def test_a_dotted_name_is_found_in_the_working_directory(assay: Assay, tmp_path: Path) -> None:
    package = tmp_path / "protocols_of_mine"
    package.mkdir()
    (tmp_path / "lease.py").rename(package / "lease.py")
    ran = assay("check protocols_of_mine.lease:GrantsTwice")
    assert ran.status == 1
    assert ran.out.startswith("protocols_of_mine.lease:GrantsTwice\n")


def test_a_module_of_the_working_directory_needs_no_ending(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "lease.py").rename(tmp_path / "my_own_lease.py")
    assert assay("check my_own_lease").out.startswith("my_own_lease  Lease\n")


def test_what_a_model_prints_while_it_is_imported_does_not_spoil_the_report(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "chatty.py").write_text((tmp_path / "lease.py").read_text() + "\nprint('hello')\n")
    ran = assay("check chatty.py --format json")
    assert json.loads(ran.out)["verdict"] == "holds"
    assert ran.err == "hello\n"


AMONG_OTHERS = """
class Misspelt(Lease):
    default = dict(Nod=2)


class Unbounded(Lease):
    n: int = 0

    @action
    def count(self) -> None:
        self.n += 1


class Divides(Model):
    n: Range[0, 2] = 2

    @action
    def divide(self) -> None:
        self.n = 2 // self.n - 1
"""


def test_a_model_with_an_error_costs_the_others_no_rows(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "among.py").write_text((tmp_path / "lease.py").read_text() + AMONG_OTHERS)
    ran = assay("check among.py --all")
    rows = {line.split()[0]: line.split()[1:] for line in ran.out.splitlines()[1:7]}
    assert ran.status == 2
    assert rows["among.py:GrantsTwice"][:4] == ["violates", "one_holder", "violates", "one_holder"]
    assert rows["among.py:NeverReleases"]
    assert [rows[f"among.py:{name}"][0] for name in ("Misspelt", "Unbounded", "Divides")] == ["error"] * 3
    assert "Misspelt has no parameter 'Nod'; did you mean 'Node'? (it has Node)" in ran.out
    assert "among.py:Divides: " in ran.out
    assert "ZeroDivisionError" in ran.out
    assert "n: 2 -> 0" in ran.out  # how it gets there
    assert "error: among.py:Misspelt, among.py:Unbounded, among.py:Divides (3 of 6 models)" in ran.out


def test_errors_of_some_models_are_in_every_form_of_the_report(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "among.py").write_text((tmp_path / "lease.py").read_text() + AMONG_OTHERS)
    report = json.loads(assay("check among.py --all --format json").out)
    assert [error["model"].partition(":")[2] for error in report["errors"]] == ["Misspelt", "Unbounded", "Divides"]
    assert [len(report["models"]), report["as_expected"]] == [3, False]
    page = assay("check among.py --all --format markdown").out
    assert "### assay check: 3 of 6 models not as expected" in page
    assert "| `among.py:Unbounded` |  | **error** |" in page


def test_a_default_that_names_nothing_is_refused_by_every_command(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "among.py").write_text((tmp_path / "lease.py").read_text() + AMONG_OTHERS)
    errors = {assay(f"{command} among.py:Misspelt").err for command in ("check", "graph", "prove", "prove --bounded 2")}
    assert len(errors) == 1
    assert "Misspelt has no parameter 'Nod'" in errors.pop()
