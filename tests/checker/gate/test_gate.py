"""``assay gate``: what is accepted stays green, whatever it is called; what changes is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from assay.checker.gate.gating import accept, gate
from assay.checker.gate.reading import find_configuration
from assay.checker.gate.surveying import survey

from tests.checker.gate.projects import change, project
from tests.command_line import Assay


@pytest.fixture
def protocol(tmp_path: Path, assay: Assay) -> Path:
    """A project whose verdicts were accepted."""
    found = project(tmp_path)
    assert assay("gate --accept").status == 0
    return found


def rules(assay: Assay, *words: str) -> tuple[int, list[tuple[str, str]]]:
    """Run the gate, and return its exit status, and the rule and the subject of each finding."""
    ran = assay("gate", *words, "--format", "json")
    report = json.loads(ran.out)
    assert report["exit_status"] == ran.status
    return ran.status, [(found["rule"], found["subject"]) for found in report["findings"]]


def test_what_was_never_accepted_is_not_green(tmp_path: Path, assay: Assay) -> None:
    project(tmp_path)
    assert rules(assay) == (
        1,
        [("LCK002", "model protocols/lease.py"), ("LCK002", "model protocols/lease.py:Hoards")],
    )
    assert not (tmp_path / "assay.lock").exists()


def test_the_lock_file_tells_a_fact_a_line(protocol: Path, tmp_path: Path) -> None:
    text = (tmp_path / "assay.lock").read_text()
    assert '[model."protocols/lease.py".default]\nexpected = "holds"\nverdict = "holds"\nsizes = "Node=2"\n' in text
    assert "\nstates = 3\ngenerated = 5\ndepth = 2\nbehaviour = " in text
    assert '\nproperty.is_held = "holds, in 1 step"\ndeadlock = "holds"\n' in text
    assert '[model."protocols/lease.py:Hoards".default]\nexpected = "violates deadlock"\n' in text


def test_unchanged_is_green_and_verifies_nothing_anew(protocol: Path, assay: Assay) -> None:
    ran = assay("gate")
    assert ran.status == 0
    assert ran.out.endswith("as accepted: 2 items\n")
    assert ran.err == "verified anew: 0 of 2; the rest did not change\n"


def test_another_spelling_of_the_same_behaviour_is_green(protocol: Path, assay: Assay, tmp_path: Path) -> None:
    accepted = (tmp_path / "assay.lock").read_text()
    text = protocol.read_text().replace("holder", "owner").replace("node: Node", "taker: Node")
    text = text.replace("== node", "== taker").replace("= node\n", "= taker\n")
    protocol.write_text(f"# A refactoring.\n{text}")
    ran = assay("gate")
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "as accepted: 2 items")
    assert assay("gate --accept").status == 0
    assert (tmp_path / "assay.lock").read_text() == accepted


def test_a_widened_guard_changes_the_behaviour(protocol: Path, assay: Assay) -> None:
    change(protocol, "require(self.holder is None)", "require(self.holder is None or self.holder == node)")
    status, found = rules(assay)
    assert status == 1
    assert ("BEH004", "model protocols/lease.py") in found


PAINTING = """
from assay.checker.language import *


class Coat(Enum):
    PRIMER, COLOR, VARNISH = range(3)


class Painting(Model):
    default = {}
    dry: bool = True

    @action
    def wait(self) -> None:
        self.dry = True

    @invariant
    def is_dry(self, coat: Coat) -> bool:
        return self.dry or coat is not Coat.COLOR
"""


def test_a_claim_about_fewer_members_of_an_enumeration_is_another_one(tmp_path: Path, assay: Assay) -> None:
    project(tmp_path)
    model = tmp_path / "protocols" / "painting.py"
    model.write_text(PAINTING)
    (tmp_path / "assay.toml").write_text('[[models]]\nfiles = ["protocols/painting.py"]\n')
    assert assay("gate --accept").status == 0
    change(model, "PRIMER, COLOR, VARNISH = range(3)", "PRIMER, COLOR = range(2)")
    assert rules(assay) == (1, [("CHK005", "model protocols/painting.py")])


EASEL = """
from assay.checker.language import *


class Easel(Model):
    default = {}
    height: Range[0, 2] = 0
    up: bool = True

    @action(fair="weak")
    def raise_it(self) -> None:
        require(self.height < 2)
        next = self.height + 1
        assert next <= 2
        self.height = next

    @action
    def turn(self) -> None:
        self.up = not self.up

    @action(fires="never")
    def fall(self) -> None:
        require(self.height > 2)
        self.height = 0

    @eventually
    def is_high(self) -> bool:
        return self.height == 2
"""


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('fires="never"', 'fires="maybe"', "LCK001"),
        ("    @action\n    def turn", '    @action(fires="maybe")\n    def turn', "LCK001"),
        ("assert next <= 2", "assert next <= 3", "CHK005"),
        ("next = self.height + 1\n        assert next <= 2", "next = self.height + 1", "LCK001"),
        ("    @action\n    def turn", '    @action(fair="strong")\n    def turn', "LCK001"),
    ],
)
def test_what_is_claimed_and_assumed_of_actions_is_accepted_too(
    tmp_path: Path, assay: Assay, old: str, new: str, rule: str
) -> None:
    project(tmp_path)
    model = tmp_path / "protocols" / "easel.py"
    model.write_text(EASEL)
    (tmp_path / "assay.toml").write_text('[[models]]\nfiles = ["protocols/easel.py"]\n')
    assert assay("gate --accept").status == 0
    change(model, old, new)
    status, found = rules(assay)
    assert status == 1
    assert (rule, "model protocols/easel.py") in found


def test_fairness_that_another_action_has_now_is_another_assumption(tmp_path: Path, assay: Assay) -> None:
    project(tmp_path)
    model = tmp_path / "protocols" / "easel.py"
    model.write_text(EASEL.replace("    @eventually", "    @reachable"))
    (tmp_path / "assay.toml").write_text('[[models]]\nfiles = ["protocols/easel.py"]\n')
    assert assay("gate --accept").status == 0
    change(model, '@action(fair="weak")\n    def raise_it', "@action\n    def raise_it")
    change(model, "    @action\n    def turn", '    @action(fair="weak")\n    def turn')
    assert rules(assay) == (1, [("LCK001", "model protocols/easel.py")])


def test_a_violated_property_is_not_accepted(protocol: Path, assay: Assay, tmp_path: Path) -> None:
    accepted = (tmp_path / "assay.lock").read_text()
    change(protocol, "return self.holder is not None", "return self.holder is not None and self.holder is None")
    status, found = rules(assay, "--accept")
    assert status == 1
    assert ("CHK001", "model protocols/lease.py") in found
    assert (tmp_path / "assay.lock").read_text() == accepted


def test_nobody_asks_how_a_violated_model_behaves(tmp_path: Path, assay: Assay) -> None:
    """Its search ends at the violation, and the states beyond may be many."""
    model = project(tmp_path, '[[models]]\nfiles = "protocols/lease.py"\nmax-states = 2\nexclude = "Hoards"\n')
    change(model, "        return all(n == m", "        return self.holder is None and all(n == m")
    assert rules(assay, "--accept") == (1, [("CHK001", "model protocols/lease.py")])


def test_a_variant_that_no_longer_fails_is_a_finding(protocol: Path, assay: Assay) -> None:
    change(protocol, "        require(False)", "        require(self.holder == node)\n        self.holder = None")
    assert ("CHK002", "model protocols/lease.py:Hoards") in rules(assay)[1]


def test_a_property_that_is_gone_is_told(protocol: Path, assay: Assay) -> None:
    change(protocol, "    @reachable\n    def is_held(self) -> bool:\n        return self.holder is not None\n", "")
    ran = assay("gate")
    assert ran.status == 1
    assert "property.is_held: holds, in 1 step -> nothing" in ran.out


def test_a_model_that_is_gone_is_told_and_can_be_accepted(protocol: Path, assay: Assay, tmp_path: Path) -> None:
    protocol.write_text(protocol.read_text().partition("class Hoards")[0])
    assert rules(assay) == (1, [("LCK003", "model protocols/lease.py:Hoards")])
    assert assay("gate --accept").status == 0
    assert "Hoards" not in (tmp_path / "assay.lock").read_text()


def test_names_choose_what_is_verified_and_accepted(protocol: Path, assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "protocols" / "other.py").write_text(protocol.read_text())
    change(protocol, "require(self.holder == node)", "require(self.holder is not None)")
    before = (tmp_path / "assay.lock").read_text()
    assert assay("gate --accept other").status == 0
    after = (tmp_path / "assay.lock").read_text()
    assert before.partition("version")[2] in after.replace('[model."protocols/other.py', "\0").partition("\0")[0]
    assert rules(assay, "lease.py:Hoards") == (0, [])
    assert rules(assay, "protocols/lease.py")[0] == 1


def test_a_name_that_means_nothing_is_refused_with_the_nearest(protocol: Path, assay: Assay) -> None:
    ran = assay("gate protocols/leese.py")
    assert ran.status == 2
    assert "nothing that is gated is called 'protocols/leese.py'; did you mean 'protocols/lease.py'?" in ran.err


def test_a_name_of_no_class_is_refused_whatever_else_is_named(protocol: Path, assay: Assay) -> None:
    for names in ("lease.py:Horde", "lease.py:Hoards lease.py:Horde"):
        ran = assay(f"gate {names}")
        assert ran.status == 2, names
        assert "nothing that is gated is called 'lease.py:Horde'" in ran.err


def test_the_main_class_may_be_named(protocol: Path, assay: Assay) -> None:
    change(protocol, "require(self.holder == node)", "require(self.holder is not None)")
    assert rules(assay, "lease.py:Hoards") == (0, [])
    assert rules(assay, "lease.py:Hoards", "lease.py:Lease")[0] == 1
    assert rules(assay, "lease.py:Lease")[0] == 1


def test_check_writes_nothing(tmp_path: Path, assay: Assay, cache: Path) -> None:
    project(tmp_path)
    before = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert assay("gate --check").status == 1
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == before
    assert [*(cache / "gate").iterdir()] == []


def test_check_and_accept_exclude_each_other(assay: Assay) -> None:
    ran = assay("gate --check --accept")
    assert (ran.status, ran.out) == (2, "")


def test_what_a_limit_leaves_open_is_not_green_and_not_accepted(tmp_path: Path, assay: Assay) -> None:
    project(tmp_path, '[[models]]\nfiles = "protocols/*.py"\nmax-states = 1\n')
    ran = assay("gate --accept")
    assert ran.status == 3
    assert "CHK003" in ran.out
    assert not (tmp_path / "assay.lock").exists()


def test_a_model_that_does_not_import_costs_the_others_nothing(protocol: Path, assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "protocols" / "broken.py").write_text("import nothing_of_this_name\n")
    ran = assay("gate")
    assert ran.status == 2
    assert "CHK004 model protocols/broken.py: it imports 'nothing_of_this_name', which is not installed" in ran.out
    assert "model protocols/lease.py         holds" in ran.out


RAISING = """

class Raising(Lease):
    @invariant
    def answers(self) -> bool:
        return 1 // 0 == 1
"""


def test_a_class_that_raises_costs_the_others_of_its_file_nothing(protocol: Path, assay: Assay, tmp_path: Path) -> None:
    accepted = (tmp_path / "assay.lock").read_text()
    protocol.write_text(protocol.read_text() + RAISING)
    ran = assay("gate --accept")
    assert ran.status == 2
    assert "CHK004 model protocols/lease.py:Raising: " in ran.out
    assert "not accepted, because it is not as expected: model protocols/lease.py:Raising" in ran.err
    assert re.search("^model protocols/lease.py +holds +holds", ran.out, re.MULTILINE)
    assert re.search("^model protocols/lease.py:Raising +not judged", ran.out, re.MULTILINE)
    assert (tmp_path / "assay.lock").read_text() == accepted


def test_of_a_file_that_cannot_be_read_nothing_is_gone(protocol: Path, assay: Assay, tmp_path: Path) -> None:
    accepted = (tmp_path / "assay.lock").read_text()
    protocol.write_text("raise SystemExit\n")
    assert rules(assay, "--accept") == (2, [("CHK004", "model protocols/lease.py")])
    assert (tmp_path / "assay.lock").read_text() == accepted


def test_of_a_file_in_which_a_named_class_cannot_be_read_nothing_is_gone(tmp_path: Path, assay: Assay) -> None:
    protocol = project(tmp_path, '[[models]]\nnames = ["protocols/lease.py:Lease"]\n')
    assert assay("gate --accept").status == 0
    accepted = (tmp_path / "assay.lock").read_text()
    protocol.write_text("import nowhere_to_be_found\n")
    assert rules(assay, "--accept") == (2, [("CHK004", "model protocols/lease.py:Lease")])
    assert (tmp_path / "assay.lock").read_text() == accepted


def test_what_is_gated_by_its_file_and_by_its_class_is_refused(tmp_path: Path, assay: Assay) -> None:
    by_class = '[[models]]\nnames = ["protocols/lease.py:Lease"]\nexpect = "violates deadlock"\n'
    project(tmp_path, f'[[models]]\nfiles = "protocols/*.py"\n{by_class}')
    ran = assay("gate --format junit")
    assert (ran.status, ran.out) == (2, "")
    assert "model protocols/lease.py is gated twice at the instance 'default'" in ran.err


def test_expectations_of_the_settings_go_before_those_of_the_model(tmp_path: Path, assay: Assay) -> None:
    protocol = project(tmp_path, '[[models]]\nfiles = "protocols/*.py"\nexpect = { Lease = "violates at_most_one" }\n')
    status, found = rules(assay, "--accept")
    assert (status, found[0]) == (1, ("CHK002", "model protocols/lease.py"))
    change(protocol, "return all(n == m for", "return all(n != m for")
    assert rules(assay, "--accept") == (0, [])


def test_levels_make_a_finding_a_warning(protocol: Path, assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "assay.toml").write_text('[levels]\nLCK003 = "warning"\n[[models]]\nfiles = "protocols/*.py"\n')
    protocol.write_text(protocol.read_text().partition("class Hoards")[0])
    assert rules(assay) == (0, [("LCK003", "model protocols/lease.py:Hoards")])


def test_what_a_model_prints_is_no_result(protocol: Path, assay: Assay) -> None:
    protocol.write_text(f"print('{{}}')\nimport os; os.write(1, b'noise')\n{protocol.read_text()}")
    assert assay("gate").status == 0


@pytest.mark.parametrize("format_", ["junit", "sarif", "gitlab", "github", "markdown"])
def test_every_format_tells_what_is_wrong(
    protocol: Path, assay: Assay, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    protocol.write_text(protocol.read_text().partition("class Hoards")[0])
    ran = assay("gate", "--format", format_)
    assert ran.status == 1
    assert "LCK003" in ran.out
    assert "Hoards" in ran.out


def test_a_finding_without_a_line_is_shown_at_the_file_of_its_item(tmp_path: Path, assay: Assay) -> None:
    project(tmp_path, 'max-states = 2\n[[models]]\nfiles = "protocols/lease.py"')
    run = assay("gate", "--format", "gitlab")
    places = {issue["location"]["path"] for issue in json.loads(run.out) if issue["check_name"] == "verdict-unknown"}
    assert places == {"protocols/lease.py"}


def test_a_survey_has_the_status_of_the_run(protocol: Path, assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "protocols" / "broken.py").write_text("raise SystemExit\n")
    change(protocol, "return self.holder is not None", "return self.holder is not None and self.holder is None")
    gating = gate(find_configuration(tmp_path))
    assert gating.status == survey(gating, "assay gate").status == 2
    others = gate(find_configuration(tmp_path), ["lease.py"])
    assert others.status == survey(others, "assay gate lease.py").status == 1


def test_what_another_run_accepts_in_the_meantime_stays(tmp_path: Path, assay: Assay) -> None:
    protocol = project(tmp_path)
    (protocol.parent / "other.py").write_text(protocol.read_text())
    one, other = (gate(find_configuration(tmp_path), [name]) for name in ("lease.py", "other.py"))
    accept(one)
    accept(other)
    assert rules(assay) == (0, [])
