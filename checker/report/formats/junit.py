"""JUnit's XML, as continuous integration systems read it: what is unknown is an error, not a pass."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from assay.checker.findings.finding import Finding
from assay.checker.findings.subject import Subject
from assay.checker.findings.survey import Checked, Survey
from assay.checker.verdicts import ExitStatus

__all__ = ["junit"]


def junit(survey: Survey) -> str:
    """Return a run as JUnit's XML: a suite for each subject, a case for each claim.

    A finding is a *failure*; what is unknown or could not be read, and a run that has looked at nothing, an *error*.
    """
    root = ElementTree.Element("testsuites", name=survey.title)
    suites: dict[Subject, list[Checked]] = {}
    for checked in survey.checked:
        suites.setdefault(checked.subject, []).append(checked)
    for subject, claims in suites.items():
        root.append(_suite(subject, claims))
    if not suites:
        root.append(_nothing(survey.title))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(subject: Subject, claims: Iterable[Checked]) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=_clean(subject.name))
    suite.extend(map(_case, claims))
    return _counted(suite)


def _nothing(title: str) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=title)
    case = ElementTree.SubElement(suite, "testcase", classname=title, name="something is checked")
    ElementTree.SubElement(case, "error", message="nothing was checked")
    return _counted(suite)


def _counted(suite: ElementTree.Element) -> ElementTree.Element:
    seconds = sum(float(case.get("time", "0")) for case in suite)
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("skipped", "0")
    suite.set("time", f"{seconds:.3f}")
    return suite


def _case(checked: Checked) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase", classname=_clean(checked.subject.name), name=_clean(checked.claim), time=f"{checked.seconds:.3f}"
    )
    errors = checked.errors
    if checked.status is not ExitStatus.AS_CLAIMED:
        kind = "failure" if checked.status is ExitStatus.FINDING else "error"
        message = "; ".join(finding.message for finding in errors) or checked.note or f"{checked.verdict.value}"
        said = {"message": _clean(message)} | ({"type": errors[0].rule.identifier} if errors else {})
        element = ElementTree.SubElement(case, kind, said)
        element.text = _clean("\n\n".join(map(_told, errors)) or message)
    rest = [finding for finding in checked.findings if finding not in errors]
    if rest:
        ElementTree.SubElement(case, "system-out").text = _clean("\n\n".join(map(_told, rest)))
    return case


def _told(finding: Finding) -> str:
    place = [f"at {finding.location}"] if finding.location is not None else []
    steps = [f"{number:3}  {step.words}" for number, step in enumerate(finding.steps, start=1)]
    head = f"{finding.severity.value} {finding.rule.identifier} {finding.subject}: {finding.message}"
    return "\n".join([head, *steps, *place, f"help: {finding.remedy}"])


def _clean(text: str) -> str:
    """Remove characters that XML 1.0 cannot represent (section 2.2): control characters and lone surrogates."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\N{REPLACEMENT CHARACTER}", text)
