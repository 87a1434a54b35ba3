"""The formats for other programs: what they hold of any survey, whatever its names."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from assay.checker.errors import Location
from assay.checker.findings.finding import Finding, Step
from assay.checker.findings.rules import RULES, Level
from assay.checker.findings.subject import Subject, subject_of
from assay.checker.findings.survey import Checked, Survey
from assay.checker.report.formats import FORMATS, github
from assay.checker.report.formats.markdown import MOST_BYTES, page
from assay.checker.report.formats.mermaid import sequence_diagram
from assay.checker.verdicts import ExitStatus, Verdict

ODD = "a<b>&\"'\x00\x1b[31m\ud800 ::error::,%0A\nb|`c`;#d ö\U0001f600"

STEPS = (
    Step("initial state"),
    Step("a1 receives Prepare(1) from p1", Location("old.py", 3), "p1", "a1", "a1"),
    Step("a1 crashes", actor="a1"),
)


def survey(*checked: Checked) -> Survey:
    return Survey("assay check", checked, "assay check old.py")


def violated(name: str = "agreement", *, subject: str = "old.py", level: Level | None = None, steps=STEPS) -> Checked:
    place = Location("old.py", 7, 5)
    finding = Finding(RULES["CHK001"], subject_of(subject), f"{name} is violated", (name,), place, steps, level=level)
    return Checked(subject_of(subject), name, Verdict.VIOLATED, (finding,))


HOLDS = Checked(subject_of("old.py"), "validity", Verdict.HOLDS, seconds=1.5)
UNKNOWN = Checked(subject_of("old.py"), "liveness", Verdict.UNKNOWN, note="the limit of 3 states was reached")

CASES = [
    (survey(HOLDS), ExitStatus.AS_CLAIMED),
    (survey(HOLDS, violated()), ExitStatus.FINDING),
    (survey(HOLDS, UNKNOWN), ExitStatus.UNKNOWN),
    (survey(), ExitStatus.UNKNOWN),
    (survey(violated(level=Level.WARNING)), ExitStatus.AS_CLAIMED),
    (survey(Checked(subject_of("old.py"), "forgotten", Verdict.VIOLATED)), ExitStatus.FINDING),
    (survey(violated(ODD, subject=ODD), violated(ODD, subject=ODD)), ExitStatus.FINDING),
]


@pytest.fixture(autouse=True)
def _in_a_folder_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.py").write_text("\n" * 10)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("of", "status"), CASES)
def test_what_is_not_green_is_not_green_in_any_format(of, status):
    assert of.status is status
    is_green = status is ExitStatus.AS_CLAIMED
    suites = ElementTree.fromstring(FORMATS["junit"](of).encode("utf-8", "strict"))
    assert (suites.get("failures") == suites.get("errors") == "0") is is_green
    assert int(suites.get("tests")) >= 1
    assert (not [line for line in FORMATS["github"](of).splitlines() if line.startswith("::error")]) is is_green
    issues = json.loads(FORMATS["gitlab"](of))
    assert (not [issue for issue in issues if issue["severity"] == "critical"]) is is_green
    run = json.loads(FORMATS["sarif"](of))["runs"][0]
    errors = [result for result in run["results"] if result["level"] == "error"]
    said = errors or run["invocations"][0].get("toolExecutionNotifications") or of.checked[0].claim == "forgotten"
    assert bool(said) is not is_green
    assert run["invocations"][0]["exitCode"] == status


def test_junit_tells_failures_from_errors():
    suites = ElementTree.fromstring(FORMATS["junit"](survey(HOLDS, violated(), UNKNOWN)))
    assert {name: suites.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
    }
    failure = suites.find("testsuite/testcase[@name='agreement']/failure")
    assert failure.get("type") == "CHK001"
    assert "  2  a1 receives Prepare(1) from p1" in failure.text
    assert suites.find("testsuite/testcase[@name='liveness']/error").get("message") == UNKNOWN.note
    assert suites.find("testsuite/testcase[@name='validity']").get("time") == "1.500"


def test_sarif_has_code_flows_places_and_fingerprints_without_lines():
    run = json.loads(FORMATS["sarif"](survey(violated())))["runs"][0]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "CHK001"
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "old.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 7, "startColumn": 5},
    }
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["executionOrder"] for step in steps] == [1, 2, 3]
    assert steps[1]["location"]["physicalLocation"]["region"] == {"startLine": 3}
    moved = violated()
    elsewhere = Checked(subject_of("old.py"), "agreement", Verdict.VIOLATED, (moved.findings[0],))
    assert result["partialFingerprints"]["assay/v1"] == elsewhere.findings[0].fingerprint


def test_github_shows_ten_of_a_kind_and_counts_the_rest():
    many = survey(*(violated(f"p{number}") for number in range(25)), violated("w", level=Level.WARNING))
    lines = FORMATS["github"](many).splitlines()
    errors = [line for line in lines if line.startswith("::error")]
    assert len(errors) == 10
    assert errors[0].startswith(
        "::error file=old.py,line=7,col=5,title=CHK001 property-violated::old.py: p0 is violated%0A"
    )
    assert errors[-1] == "::error title=assay::16 more are in the summary of the job"
    assert sum(line.startswith("::warning") for line in lines) == 1


def test_a_name_cannot_add_an_annotation():
    assert len(FORMATS["github"](survey(violated("x\n::warning::hello", subject="y\r\n::error::z"))).splitlines()) == 1


def test_gitlab_has_a_fingerprint_for_each_issue():
    issues = json.loads(FORMATS["gitlab"](survey(violated(), violated(), UNKNOWN)))
    assert len({issue["fingerprint"] for issue in issues}) == 3
    assert issues[0]["location"] == {"path": "old.py", "lines": {"begin": 7}}


def test_the_diagram_has_messages_as_arrows_and_all_else_as_notes():
    assert sequence_diagram(STEPS).splitlines() == [
        "sequenceDiagram",
        "    participant p0 as p1",
        "    participant p1 as a1",
        "    Note over p0,p1: 1 initial state",
        "    p0->>p1: 2 a1 receives Prepare(1) from p1",
        "    Note over p1: 3 a1 crashes",
    ]


@pytest.mark.parametrize("count", [0, 1, 449, 450, 451, 5000])
def test_a_diagram_keeps_to_the_limits_of_mermaid(count):
    steps = [Step("x" * 1000 + ODD, sender="a", receiver="b")] * count
    drawn = sequence_diagram(steps)
    assert len(drawn) < 50_000
    assert drawn.count("->>") < 500
    assert count == 0 or drawn.splitlines()[-1].startswith(f"    p0->>p1: {count} xxx")


def test_a_page_keeps_to_the_limit_of_a_summary():
    long = [violated(f"p{number}", steps=tuple(Step("x" * 500) for _ in range(200))) for number in range(50)]
    written = page(survey(*long))
    assert len(written.encode()) < MOST_BYTES + 1000
    assert "more findings are not shown" in written
    assert written.endswith("Again: `assay check old.py`\n")
    assert len(page(survey(*(violated(f"{number}" * 400) for number in range(9000)))).encode()) < MOST_BYTES + 1000


def test_names_cannot_break_out_of_the_page():
    written = page(survey(violated("``` </details> <script>", subject="| x")))
    assert "\n``` </details>" not in written


def test_the_summary_of_a_job_is_where_github_says(monkeypatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    assert github.summary_file() is None
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/tmp/summary")
    assert github.summary_file() == "/tmp/summary"


def test_a_finding_without_a_line_is_shown_at_the_file_of_its_subject():
    def places(subject: Subject) -> tuple[dict, str]:
        of = survey(Checked(subject, "liveness", Verdict.UNKNOWN))
        (result,) = json.loads(FORMATS["sarif"](of))["runs"][0]["results"]
        (issue,) = json.loads(FORMATS["gitlab"](of))
        return result["locations"][0], issue["location"]["path"]

    for subject in (Subject("HEAD~1:old.py:Old", "old.py"), subject_of("HEAD~1:old.py:Old")):
        located, path = places(subject)
        assert path == located["physicalLocation"]["artifactLocation"]["uri"] == "old.py"
        assert located["logicalLocations"] == [{"fullyQualifiedName": "HEAD~1:old.py:Old"}]
    # A name that reads like a file is none: names are not read.
    located, path = places(Subject("old.py"))
    assert "physicalLocation" not in located
    assert path == "pyproject.toml"
