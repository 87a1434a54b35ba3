"""Rules, their levels, and findings: told apart by what they are, whatever lines and words they have.

To bring the page up to date: ``python -m tests.checker.findings.test_rules``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from assay.checker.errors import Location, UsageError
from assay.checker.findings.finding import Finding, Step, status_of
from assay.checker.findings.levels import leveled, levels
from assay.checker.findings.rules import RULES, Level
from assay.checker.findings.subject import Subject
from assay.checker.report.rules import page
from assay.checker.verdicts import ExitStatus

from tests.command_line import Assay

PAGE = Path(__file__).parents[3] / "checker" / "help" / "rules.md"

ADDED = Finding(RULES["BEH002"], Subject("lease.py"), "grant can be taken where it could not", ("grant",))


def test_the_page_documents_every_rule() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(RULES.values())


def test_identifiers_and_names_are_told_apart_at_a_glance() -> None:
    assert all(re.fullmatch(r"[A-Z]{3}[0-9]{3}", identifier) for identifier in RULES)
    assert len({rule.name for rule in RULES.values()}) == len(RULES)
    assert not {rule.name.upper() for rule in RULES.values()} & {*RULES}


@pytest.mark.parametrize("words", ["BEH001", "beh001", "behaviour-removed"])
def test_a_rule_is_explained_by_its_identifier_and_by_its_name(assay: Assay, words: str) -> None:
    ran = assay("explain", words)
    assert ran.status == 0
    assert ran.out.startswith("BEH001  behaviour-removed  error\n")
    assert "What to do: restore the step" in ran.out


def test_all_rules_are_listed(assay: Assay) -> None:
    assert [line.split()[0] for line in assay("explain").out.splitlines()] == [*RULES]


def test_of_a_rule_that_does_not_exist_the_nearest_is_named(assay: Assay) -> None:
    ran = assay("explain", "behavior-removed")
    assert ran.status == 2
    assert "there is no rule 'behavior-removed'; did you mean 'behaviour-removed'?" in ran.err


def test_a_fingerprint_knows_no_lines_and_no_words() -> None:
    moved = replace(ADDED, location=Location("lease.py", 7), message="it can be taken", steps=(Step("grant()"),))
    assert moved.fingerprint == ADDED.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        replace(ADDED, rule=RULES["BEH001"]),
        replace(ADDED, subject=Subject("lease.py:Other")),
        replace(ADDED, identity=("revoke",)),
        replace(ADDED, identity=("gr", "ant")),
        replace(ADDED, subject=Subject(""), identity=("lease.py", "grant")),
    ],
)
def test_a_fingerprint_tells_apart_what_differs_in_anything_else(other: Finding) -> None:
    assert other.fingerprint != ADDED.fingerprint


def test_only_errors_fail_a_run() -> None:
    chosen = levels({"BEH": "note", "BEH004": "off", "BEH001": "error"})
    found = (ADDED, replace(ADDED, rule=RULES["BEH004"]))
    assert status_of(found) is ExitStatus.FINDING
    assert [finding.severity for finding in leveled(found, chosen)] == [Level.NOTE]
    assert status_of(leveled(found, chosen)) is ExitStatus.AS_CLAIMED
    assert chosen["BEH001"] is Level.ERROR


def test_what_is_for_one_rule_goes_before_its_kind_whichever_stands_first() -> None:
    assert levels({"BEH001": "error", "BEH": "off"}) == levels({"BEH": "off", "BEH001": "error"})


def test_no_level_of_a_kind_makes_the_unknown_green() -> None:
    unknown = replace(ADDED, rule=RULES["BEH003"])
    assert status_of(leveled([unknown], levels({"BEH": "off"}))) is ExitStatus.UNKNOWN


def test_what_could_not_be_read_comes_before_a_finding() -> None:
    assert status_of([ADDED, replace(ADDED, rule=RULES["CHK004"])]) is ExitStatus.BAD_INPUT


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"BEH003": "warning"}, "BEH003 (behaviour-unknown) is always an error"),
        ({"BEH001": "warn"}, "BEH001 = 'warn' is no level; did you mean 'warning'?"),
        ({"BEH01": "off"}, "there is no rule 'BEH01'; did you mean 'BEH001'?"),
        ({"XYZ": "off"}, "there is no rule 'XYZ'"),
        ({"": "off"}, "there is no rule ''"),
    ],
)
def test_a_level_that_means_nothing_is_refused(given: dict[str, str], complaint: str) -> None:
    with pytest.raises(UsageError, match=re.escape(complaint)):
        levels(given)


if __name__ == "__main__":
    PAGE.write_text(page(RULES.values()), encoding="utf-8")
